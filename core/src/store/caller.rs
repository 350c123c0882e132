use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// Who is asking: an identity that was checked, as every method of a store takes it first.
///
/// For a local store this is the owner's name. Two owners in one file see nothing of each other.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Caller {
    owner: String,
}

impl Caller {
    /// The local owner of that name: 1 to 200 bytes without control characters.
    ///
    /// # Errors
    /// `InvalidInput` (`identity.bad_owner`) for another name.
    pub fn local(owner: impl Into<String>) -> Result<Self> {
        let owner = owner.into();
        if owner.is_empty() || owner.len() > 200 || owner.chars().any(char::is_control) {
            return Err(Error::new(ErrorKind::InvalidInput, "identity.bad_owner", "the owner's name cannot be used")
                .with_remedy("Use a name of 1 to 200 bytes without control characters."));
        }
        Ok(Self { owner })
    }

    /// The owner whose rows this caller sees.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.owner
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").field("owner", &self.owner).finish()
    }
}
