use std::path::PathBuf;

use super::options::ImportOptions;
use super::reader::Reader;
use super::report::ImportReport;
use super::session::Session;
use super::{archive, timeline};
use crate::error::Result;
use crate::records::ImportEnd;

/// The archive first, which is free; then the X API for what is newer.
pub(super) async fn run(session: Session, path: PathBuf, options: ImportOptions) -> Result<ImportReport> {
    // Without a login nothing is begun.
    Reader::open(&session.account, &options).await?;
    let first = archive::run(session.beside(), path).await?;
    // On the heap: the two would be a large future.
    let mut report = Box::pin(timeline::run(session, options)).await?;
    report.counts += first.counts;
    if let (ImportEnd::Incomplete { reasons }, ImportEnd::Complete) = (&first.end, &report.end) {
        report.end = ImportEnd::Incomplete { reasons: reasons.clone() };
    }
    report.warnings = first.warnings.into_iter().chain(report.warnings).collect();
    report.elapsed += first.elapsed;
    report.restarted |= first.restarted;
    report.archive = first.archive;
    Ok(report)
}
