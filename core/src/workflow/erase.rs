use super::account::Account;
use crate::error::Result;
use crate::store::Erased;

impl Account {
    /// Erases the account with everything in it: tweets, profiles, drafts, model calls, sealed values. The audit log and
    /// the spending stay, without a name. What is erased cannot be read out of the files of the store any more. A login is
    /// revoked at X first, as far as X can be reached, and the account's own files go with their public copies.
    ///
    /// Where it is cut short the same call does the rest, also for an account whose rows are gone already
    /// ([`User::known_account`](super::User::known_account)): the files are looked for first.
    ///
    /// # Errors
    /// `NotFound` (`store.no_account`) when it is erased already; `Storage`.
    pub async fn erase(&self) -> Result<Erased> {
        self.revoke_login().await;
        self.remove_files().await?;
        let erased = self.store().erase_account(&self.caller, self.id).await;
        if erased.is_ok() {
            // What was being saved meanwhile: from now on nothing more is taken for an account that is not there.
            self.remove_files().await?;
        }
        self.wren.setup().corpora.forget(self.id);
        self.forget_login();
        erased
    }

    /// Erases tweets and what was derived from them: drafts that used them as examples, and profiles whose corpus holds
    /// them. A profile that goes is made anew without them, by the numbers alone.
    ///
    /// # Errors
    /// `InvalidInput` for more than 1,000 ids; `Storage`.
    pub async fn erase_tweets(&self, ids: Vec<String>) -> Result<Erased> {
        let erased = self.store().erase_tweets(&self.caller, self.id, ids).await;
        self.wren.setup().corpora.forget(self.id);
        let profile_is_gone = match &erased {
            Ok(erased) => erased.profiles > 0,
            // The rows are gone; only their traces in the files are not yet.
            Err(error) => error.code() == "store.erase_unfinished",
        };
        if profile_is_gone {
            self.recompute_profile().await?;
        }
        erased
    }
}
