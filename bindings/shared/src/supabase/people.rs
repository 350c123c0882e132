//! Users of Supabase Auth who are signed in here: each by a number, as long as the `Ghostwren` is open.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ghostwren::records::Id;
use ghostwren::store::seal::SealingKeys;
use ghostwren::store::{Caller, Store, StoredSession};
use ghostwren::supabase::{AuthClient, MemorySessions, Session, SessionStore, UserSession};
use ghostwren::{Error, ErrorKind, Identity, Result};
use serde::Deserialize;
use serde_json::json;

use super::Home;
use super::auth::{read_session, scope, session_json};
use super::device::{SharedTokens, TokenSessions};
use crate::args::Args;
use crate::reply::Reply;
use crate::session::{no_call, open_sqlite};
use crate::settings::StoreSettings;

/// Where the session of a user is kept, so that it outlives this program or is shared with others.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Keep {
    /// Sealed, in a SQLite file that other processes may share.
    Sqlite {
        store: StoreSettings,
        #[serde(default = "local")]
        owner: String,
        #[serde(default = "supabase")]
        label: String,
        sealing_keys: Option<String>,
    },
    /// In the host's own safe place.
    Tokens {},
}

fn local() -> String {
    "local".to_owned()
}

fn supabase() -> String {
    "supabase".to_owned()
}

/// The users who are signed in.
#[derive(Default)]
pub(crate) struct People {
    known: Mutex<HashMap<u64, (Id, UserSession)>>,
    /// The one session of a device, which all who sign in there share.
    device: Option<Arc<dyn SessionStore>>,
}

/// One row for all sessions of the process, so that a number of one `Ghostwren` means nobody in another.
static NEXT: AtomicU64 = AtomicU64::new(1);

impl People {
    pub(crate) fn new(tokens: Option<SharedTokens>) -> Self {
        let device = tokens.map(|tokens| Arc::new(TokenSessions::new(tokens)) as Arc<dyn SessionStore>);
        Self { known: Mutex::default(), device }
    }

    pub(crate) fn identity(&self, ticket: u64) -> Result<Identity> {
        self.session(ticket).map(|(user, session)| Identity::session(user, session))
    }

    fn session(&self, ticket: u64) -> Result<(Id, UserSession)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&ticket).cloned().ok_or_else(|| {
            let detail = "nobody is signed in by this handle: it was signed out, or belongs to another process";
            Error::new(ErrorKind::NeedsLogin, "binding.not_signed_in", detail).with_remedy("Sign in again.")
        })
    }

    fn add(&self, user: Id, session: UserSession) -> u64 {
        let ticket = NEXT.fetch_add(1, Ordering::Relaxed);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(ticket, (user, session));
        ticket
    }

    fn forget(&self, ticket: u64) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(&ticket);
    }

    async fn sign_in(&self, auth: &AuthClient, session: Option<Session>, keep: Option<Keep>) -> Result<(u64, Id)> {
        let store: Arc<dyn SessionStore> = match keep {
            None => Arc::new(MemorySessions::default()),
            Some(Keep::Sqlite { store, owner, label, sealing_keys }) => {
                Arc::new(stored(store, owner, label, sealing_keys).await?)
            }
            Some(Keep::Tokens {}) => self.device.clone().ok_or_else(|| {
                Error::new(ErrorKind::Config, "mobile.no_token_store", "there is no safe place for the session")
                    .with_remedy("Give a token store: `tokens`.")
            })?,
        };
        let user = match session {
            Some(session) => {
                let user = session.user.id;
                store.save(session).await?;
                user
            }
            None => match store.load().await? {
                Some(session) => session.user.id,
                None => {
                    return Err(Error::new(ErrorKind::NeedsLogin, "supabase.no_session", "nobody is logged in")
                        .with_remedy("Log in first, and sign in with the session that it gives."));
                }
            },
        };
        Ok((self.add(user, UserSession::shared(auth.clone(), store)), user))
    }
}

async fn stored(
    store: StoreSettings,
    owner: String,
    label: String,
    sealing_keys: Option<String>,
) -> Result<StoredSession> {
    let opened = tokio::task::spawn_blocking(move || {
        let store: Arc<dyn Store> = Arc::new(open_sqlite(store)?);
        let keys = match sealing_keys {
            Some(keys) => Arc::new(SealingKeys::from_env_value(&keys.into())?),
            None => match ghostwren::config::GHOSTWREN_SEALING_KEYS.get() {
                Some(keys) => Arc::new(SealingKeys::from_env_value(&keys.into())?),
                None => store.default_keys()?,
            },
        };
        Ok::<_, Error>((store, keys))
    });
    let (store, keys) = opened.await.map_err(|error| {
        Error::new(ErrorKind::Internal, "binding.panic", "opening ended without an answer").with_source(error)
    })??;
    let caller = Caller::local(owner)?;
    let account = store.open_account(&caller, label).await?.id;
    Ok(StoredSession::new(store, caller, account, keys))
}

/// `user.sign_in`, `user.session`, `user.sign_out`.
pub(crate) async fn user_call(home: &Home, name: &str, mut args: Args) -> Result<Reply> {
    let people = &home.people;
    if name == "sign_in" {
        let session = read_session(&mut args)?;
        let keep: Option<Keep> = args.optional("keep")?;
        args.end()?;
        if session.is_none() && keep.is_none() {
            return Err(Error::new(ErrorKind::InvalidInput, "argument.missing", "the argument `session` is missing")
                .with_remedy("Give the session of a login, or say where one is kept."));
        }
        let (ticket, user) = people.sign_in(&home.project.auth, session, keep).await?;
        return Reply::json(&json!({ "session": ticket, "user": user }));
    }
    let ticket: u64 = args.take("session")?;
    let (_, session) = people.session(ticket)?;
    match name {
        "session" => {
            args.end()?;
            Reply::json(&session_json(&session.current().await?)?)
        }
        "sign_out" => {
            let scope = scope(&mut args)?;
            args.end()?;
            let told = session.sign_out(scope).await;
            if scope != ghostwren::supabase::SignOutScope::Others {
                people.forget(ticket);
            }
            told?;
            Reply::json(&())
        }
        _ => Err(no_call(name)),
    }
}
