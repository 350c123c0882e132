use super::account::Account;
use super::ghostwren::Ghostwren;
use crate::error::Result;
use crate::records::Id;
use crate::store::Caller;

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Identity {
    /// An owner of a local store, by name. Two names see nothing of each other.
    Local(String),
}

impl Identity {
    /// An owner of a local store: 1 to 200 bytes without control characters.
    #[must_use]
    pub fn local(owner: impl Into<String>) -> Self {
        Self::Local(owner.into())
    }

    pub(super) fn caller(&self) -> Result<Caller> {
        match self {
            Self::Local(owner) => Caller::local(owner.clone()),
        }
    }
}

impl Default for Identity {
    /// The local owner `local`.
    fn default() -> Self {
        Self::local("local")
    }
}

/// One identity: what it owns, and nothing else. Cheap to clone.
#[derive(Clone, Debug)]
pub struct User {
    wren: Ghostwren,
    identity: Identity,
}

impl User {
    pub(super) fn new(wren: Ghostwren, identity: Identity) -> Self {
        Self { wren, identity }
    }

    pub(super) fn wren(&self) -> &Ghostwren {
        &self.wren
    }

    pub(super) fn caller(&self) -> Result<Caller> {
        self.identity.caller()
    }

    /// Opens the account of this label, or makes it: without Twitter's API, bound to its Twitter user by the first
    /// archive.
    ///
    /// # Errors
    /// `InvalidInput` (`identity.bad_owner`, `store.bad_name`); `Storage`.
    pub async fn open_account(&self, label: impl Into<String>) -> Result<Account> {
        let caller = self.identity.caller()?;
        let record = self.wren.store().open_account(&caller, label.into()).await?;
        Ok(Account::new(self.wren.clone(), caller, record.id))
    }

    /// The account with this id.
    ///
    /// # Errors
    /// `NotFound` (`store.no_account`) when there is none, or it is somebody else's.
    pub async fn account(&self, id: Id) -> Result<Account> {
        let caller = self.identity.caller()?;
        let record = self.wren.store().account(&caller, id).await?;
        Ok(Account::new(self.wren.clone(), caller, record.id))
    }

    /// The handle of an account that is known to exist, such as one whose id a session keeps. Costs nothing and checks
    /// nothing: the first call does, and another owner's account is not found then.
    ///
    /// # Errors
    /// `InvalidInput` (`identity.bad_owner`).
    pub fn known_account(&self, id: Id) -> Result<Account> {
        Ok(Account::new(self.wren.clone(), self.identity.caller()?, id))
    }

    /// All accounts, oldest first.
    ///
    /// # Errors
    /// `InvalidInput` (`identity.bad_owner`); `Storage`.
    pub async fn accounts(&self) -> Result<Vec<Account>> {
        let caller = self.identity.caller()?;
        let records = self.wren.store().accounts(&caller).await?;
        Ok(records.into_iter().map(|record| Account::new(self.wren.clone(), caller.clone(), record.id)).collect())
    }
}
