use super::super::account::Account;
use super::options::ImportOptions;
use crate::error::{Error, ErrorKind, Result};
use crate::http::OnLimit;
use crate::twitter::{Scopes, TwitterClient};

/// The client that a session reads with. It never waits for a limit by itself: the session does, and holds its lease.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) client: TwitterClient,
    ours: bool,
}

impl Reader {
    /// The client of the options, or of the account's login.
    ///
    /// # Errors
    /// `NeedsLogin` (`login.not_connected`, `login.needed`); `PermissionDenied` (`twitter.missing_scope`); `Config`
    /// (`workflow.no_twitter`).
    pub(super) async fn open(account: &Account, options: &ImportOptions) -> Result<Self> {
        let (client, ours) = match &options.client {
            Some(client) => (client.clone(), false),
            // <https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code>
            None => {
                let wanted = Scopes::default().and("tweet.read").and("users.read");
                (account.client_allowed(&wanted).await?, true)
            }
        };
        Ok(Self { client: client.on_limit(OnLimit::Yield), ours })
    }

    /// Keeps what X said of its limits for the processes that come after.
    pub(super) async fn keep_limits(&self, account: &Account) {
        if self.ours {
            account.keep_limits(&self.client).await;
        }
    }
}

/// The Twitter user of the account.
///
/// # Errors
/// `Config` (`import.no_user`) when it is bound to none.
pub(super) async fn user_of(account: &Account) -> Result<crate::records::TwitterUser> {
    account.record().await?.twitter_user.ok_or_else(|| {
        Error::new(ErrorKind::Config, "import.no_user", "it is not known whose Twitter account this is")
            .with_remedy("Connect the account, or import its archive first.")
    })
}
