//! The client of an account's login: its tokens come from the custody, and are those of the account's Twitter user.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;

use super::account::Account;
use super::connect::Connection;
use super::custody::{Custody, Need, needs_login, not_connected};
use crate::error::{Error, ErrorKind, Result};
use crate::twitter::{Scopes, TokenSource, TwitterClient};

impl Account {
    /// A client of X with this account's login, for calls that the workflow does not offer. Its tokens are refreshed for it
    /// and it knows the limits that the store knows; what its calls cost is not counted.
    ///
    /// ```no_run
    /// # async fn run(account: ghostwren::Account) -> ghostwren::Result<()> {
    /// let mentions = account.twitter_client().await?.mentions("20").page().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Config` (`workflow.no_twitter`, `seal.…`, `http.tls_setup`); `NotFound` (`store.no_account`); `Storage`. Without a login
    /// its calls fail with `NeedsLogin`. Of a login that is not finished (`login.unfinished`), what
    /// [`Connect::finish`](super::Connect::finish) fails with.
    pub async fn twitter_client(&self) -> Result<TwitterClient> {
        self.finish_login().await?;
        let record = self.record().await?;
        let custody = self.custody().await?;
        // The store has just taken this caller. A token that a server received lives an hour, the custody longer.
        custody.used_by(&self.caller);
        let client = custody.client(false)?;
        let client = match &record.twitter_user {
            Some(user) => client.for_user(&user.id),
            None => client,
        };
        self.seed_limits(&client, &custody.limits).await?;
        Ok(client)
    }

    /// The same, for calls that need these scopes: a login that lacks one is told before anything is sent.
    pub(super) async fn client_allowed(&self, wanted: &Scopes) -> Result<TwitterClient> {
        match self.connection().await? {
            Connection::NotConnected => Err(not_connected()),
            Connection::NeedsLogin { reason, .. } => Err(needs_login(reason)),
            // Of a login that came from elsewhere it may not be known.
            Connection::Connected { scopes, .. } | Connection::Unfinished { scopes, .. }
                if !scopes.is_empty() && !scopes.missing(wanted).is_empty() =>
            {
                let detail = format!("the login does not allow it: it lacks {}", scopes.missing(wanted).join(", "));
                Err(Error::new(ErrorKind::PermissionDenied, "twitter.missing_scope", detail)
                    .with_remedy("Connect the account again, and ask for the scopes that are missing."))
            }
            Connection::Connected { .. } | Connection::Unfinished { .. } => self.twitter_client().await,
        }
    }
}

impl Custody {
    /// A client with these tokens: only once X has said whose they are, or whosever they are.
    pub(super) fn client(self: &Arc<Self>, whosever: bool) -> Result<TwitterClient> {
        self.app.client_of(Arc::new(StoredTokens { custody: Arc::clone(self), whosever }))
    }
}

/// The tokens as a client asks for them.
#[derive(Debug)]
struct StoredTokens {
    custody: Arc<Custody>,
    /// Whether it is the client that asks whose they are.
    whosever: bool,
}

impl StoredTokens {
    async fn access(&self, need: Need) -> Result<SecretString> {
        let mut tokens = self.custody.tokens(need.clone()).await?;
        if tokens.unverified && !self.whosever {
            // X may have said it meanwhile.
            self.custody.state().tokens = None;
            tokens = self.custody.tokens(need).await?;
        }
        if tokens.unverified && !self.whosever {
            let detail = "somebody logged in again, and X did not say yet who";
            return Err(Error::new(ErrorKind::Auth, "login.unfinished", detail)
                .with_remedy("Make the call again: the next one for the account finishes the login."));
        }
        Ok(tokens.access)
    }
}

#[async_trait]
impl TokenSource for StoredTokens {
    async fn access_token(&self) -> Result<SecretString> {
        self.access(Need::Fresh).await
    }

    async fn refreshed_after_401(&self, refused: &SecretString) -> Result<SecretString> {
        self.access(Need::Other(refused.clone())).await
    }
}
