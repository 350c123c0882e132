//! Calls of the schema's functions, and what their failures mean.

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::text;
use crate::error::{Error, ErrorKind, Result};
use crate::json;
use crate::supabase::{Access, DatabaseError, Supabase};

/// The schema that PostgREST exposes.
pub(super) const SCHEMA: &str = "ghostwren";

/// Whether a call may be sent again when its answer is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// Twice leaves what once leaves.
    Yes,
    /// Only when it surely did nothing.
    No,
}

/// Calls a function in somebody's name.
pub(super) async fn call<A, T>(
    project: &Supabase,
    access: Access,
    function: &'static str,
    arguments: &A,
    again: Again,
) -> Result<T>
where
    A: Serialize + Sync + ?Sized,
    T: DeserializeOwned + Send,
{
    let call = project.rest(access).schema(SCHEMA).rpc(function, arguments).idempotent(again == Again::Yes);
    call.read(function, text::read).await.map_err(ours)
}

/// The details of a failure that says when to try again.
#[derive(Deserialize)]
struct Later {
    detail: String,
    retry_at: DateTime<Utc>,
}

/// A failure of our functions in our words: SQLSTATE `PTnnn`, the code as message, the sentence as details, the remedy as
/// hint. Every other failure is left as it is.
fn ours(error: Error) -> Error {
    let Some(said) = said(&error) else { return error };
    let Some(status) = said.code.strip_prefix("PT").and_then(|status| status.parse::<u16>().ok()) else { return error };
    let code = said.message.clone();
    let kind = match status {
        _ if code.ends_with(".lease_lost") => ErrorKind::LeaseLost,
        400 => ErrorKind::InvalidInput,
        401 if code == "login.needed" => ErrorKind::NeedsLogin,
        401 => ErrorKind::Auth,
        402 => ErrorKind::OverBudget,
        403 => ErrorKind::PermissionDenied,
        404 => ErrorKind::NotFound,
        409 => ErrorKind::Conflict,
        _ => return error,
    };
    let mut fields = error.to_fields();
    fields.kind = kind;
    fields.code = code.into();
    fields.remedy = Some(said.hint.clone()).filter(|hint| !hint.is_empty()).map(Into::into);
    fields.causes.clear();
    match json::read::<Later>(&said.details) {
        Ok(Later { detail, retry_at }) => (fields.detail, fields.retry_at) = (detail, Some(retry_at)),
        Err(_) => fields.detail = text::shown(&said.details),
    }
    fields.into()
}

/// What the server said.
pub(super) fn said(error: &Error) -> Option<&DatabaseError> {
    std::error::Error::source(error)?.downcast_ref()
}

/// Whether the call may have been done although it failed.
pub(super) fn in_doubt(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Server | ErrorKind::Timeout)
}
