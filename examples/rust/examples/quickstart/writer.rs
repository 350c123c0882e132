//! Who writes the drafts.

use ghostwren::config::{OPENAI_API_KEY, OPENAI_BASE_URL};
use ghostwren::openai::OpenAi;
use ghostwren::sandbox::Sandbox;
use ghostwren::{Error, ErrorKind, Result};

use crate::options::Options;

pub(crate) struct Writer {
    pub(crate) model: OpenAi,
    /// Set when nobody but the stand-in writes; it ends with this.
    pub(crate) sandbox: Option<Sandbox>,
}

pub(crate) fn choose(options: &Options) -> Result<Writer> {
    let configured = OPENAI_API_KEY.get().is_some() || OPENAI_BASE_URL.get().is_some();
    let (mut model, sandbox) = if configured {
        (OpenAi::from_env()?, None)
    } else {
        let sandbox = Sandbox::start()?;
        let address = sandbox.openai_url().parse().map_err(|error| {
            Error::new(ErrorKind::Internal, "quickstart.address", "the stand-in has no address").with_source(error)
        })?;
        (OpenAi::new(sandbox.key().to_owned().into()).base_url(address), Some(sandbox))
    };
    if let Some(name) = &options.model {
        model = model.model(name);
    }
    Ok(Writer { model, sandbox })
}
