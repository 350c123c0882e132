use super::super::account::Account;
use super::session::Session;
use crate::error::Result;
use crate::store::Erased;

/// What a session found gone at X: marked in the store, with everything that was made of it erased.
#[derive(Debug)]
pub(super) struct Gone {
    account: Account,
    pub(super) ids: Vec<String>,
    pub(super) erased: Erased,
    warnings: Vec<String>,
}

impl Gone {
    pub(super) fn new(account: Account) -> Self {
        Self { account, ids: Vec::new(), erased: Erased::default(), warnings: Vec::new() }
    }

    /// Marks those of the tweets that are stored and not marked yet.
    pub(super) async fn mark_stored(&mut self, ids: Vec<String>) -> Result<()> {
        let mut stored = Vec::new();
        for ids in ids.chunks(1000) {
            let account = &self.account;
            let found = account.store().tweets_by_id(&account.caller, account.id, ids.to_vec()).await?;
            stored.extend(found.into_iter().filter(|tweet| tweet.deleted_at.is_none()).map(|tweet| tweet.id));
        }
        if stored.is_empty() { Ok(()) } else { self.mark(stored).await }
    }

    pub(super) async fn mark(&mut self, ids: Vec<String>) -> Result<()> {
        let account = &self.account;
        let now = account.wren.setup().clock.now();
        for ids in ids.chunks(1000) {
            match account.store().mark_deleted(&account.caller, account.id, ids.to_vec(), now).await {
                Ok(erased) => add(&mut self.erased, erased),
                // The rows are gone; their traces in the files go with the next erasing, or when the store is opened.
                Err(error) if error.code() == "store.erase_unfinished" => self.warnings.push(error.to_string()),
                Err(error) => return Err(error),
            }
        }
        account.wren.setup().corpora.forget(account.id);
        self.ids.extend(ids);
        Ok(())
    }

    /// Makes the style profile anew when it stood on something that is gone; `had_profile` says that one was there when the
    /// run began, perhaps in another process.
    pub(super) async fn remake_profile(&mut self, session: &mut Session, had_profile: bool) -> Result<()> {
        for warning in self.warnings.drain(..) {
            session.warn(warning);
        }
        let account = &self.account;
        let erased = self.erased.profiles > 0
            || had_profile && account.store().latest_profile(&account.caller, account.id, None).await?.is_none();
        if erased {
            account.recompute_profile().await?;
        }
        Ok(())
    }
}

fn add(sum: &mut Erased, erased: Erased) {
    sum.tweets += erased.tweets;
    sum.profiles += erased.profiles;
    sum.drafts += erased.drafts;
    sum.generations += erased.generations;
    sum.outbox += erased.outbox;
    sum.marked += erased.marked;
}
