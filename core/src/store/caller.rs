use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// Who is asking: an identity that was checked, as every method of a store takes it first.
///
/// For a local store this is the owner's name. Two owners in one file see nothing of each other. For a store that asks
/// for proof ([`Store::asks_for_proof`](super::Store::asks_for_proof)) it is the id of a user, together with the source of
/// the user's tokens, which stays in this process: it is neither shown nor written.
#[derive(Clone, Serialize, Deserialize)]
pub struct Caller {
    owner: String,
    #[cfg(feature = "supabase")]
    #[serde(skip)]
    proof: Option<super::supabase::Proof>,
}

/// The same owner; a worker on a run of that owner is somebody else, and another one on another run.
impl PartialEq for Caller {
    fn eq(&self, other: &Self) -> bool {
        #[cfg(feature = "supabase")]
        if self.run() != other.run() {
            return false;
        }
        self.owner == other.owner
    }
}

impl Eq for Caller {}

impl Hash for Caller {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.owner.hash(state);
        #[cfg(feature = "supabase")]
        self.run().hash(state);
    }
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
        Ok(Self {
            owner,
            #[cfg(feature = "supabase")]
            proof: None,
        })
    }

    #[cfg(feature = "supabase")]
    pub(super) fn proven(owner: String, proof: super::supabase::Proof) -> Self {
        Self { owner, proof: Some(proof) }
    }

    #[cfg(feature = "supabase")]
    pub(super) fn proof(&self) -> Option<&super::supabase::Proof> {
        self.proof.as_ref()
    }

    /// The run that the caller works on, in its owner's name.
    #[cfg(feature = "supabase")]
    pub(super) fn run(&self) -> Option<super::supabase::RunRight> {
        self.proof.as_ref().and_then(super::supabase::Proof::run)
    }

    /// Whether it is a user with a token (or a worker on a user's run), and no local owner.
    #[must_use]
    pub fn is_user(&self) -> bool {
        #[cfg(feature = "supabase")]
        return self.proof.is_some();
        #[cfg(not(feature = "supabase"))]
        return false;
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
