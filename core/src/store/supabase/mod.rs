//! The store in a Supabase project: every method is one function of the schema in `core/supabase`, called in the caller's own
//! name. What is sealed is reached with the secret key alone, for a caller whose token was verified before.

mod call;
mod device;
pub mod doctor;
mod identity;
mod imports;
mod methods;
mod objects;
mod page;
mod runs;
mod sealed;
mod session;
mod text;

use std::fmt;
use std::sync::Arc;

use secrecy::SecretString;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use self::call::Again;
use self::device::Device;
pub use self::device::TokenStore;
use self::identity::Identities;
pub(super) use self::identity::{Proof, RunRight};
use self::imports::Imports;
pub use self::runs::{DelegatedRun, Job, JobState, NewJob, RunAction, RunEnd, RunLease};
pub use self::session::StoredSession;
use super::{Caller, Page, PageRequest, check};
use crate::error::{Error, ErrorKind, Result};
use crate::json;
use crate::records::Id;
use crate::supabase::{Access, AuthClient, Supabase};

/// The store in a Supabase project whose database has the schema `ghostwren` (see `docs/schema.md`).
///
/// Every call is made with the token that the [`Caller`] carries, so that row-level security decides what it sees; a caller
/// whose token cannot be had gets an error, and never the view of somebody else or of nobody. Sealed tokens and logins need
/// the project's secret key as well, or a [`token_store`](Self::token_store) of the device: without either those methods are
/// `Config`, `supabase.secret_key_needed`.
///
/// ```
/// use ghostwren::store::SupabaseStore;
/// # fn main() -> ghostwren::Result<()> {
/// let store = SupabaseStore::new("https://abcdefghijklmnopqrst.supabase.co", "sb_publishable_ACJWlzQHlZjBrEguHvfOxg")?
///     .secret_key("sb_secret_N7UND0UgjKTVK-Uodkm0Hg")?; // on a server
/// # let _ = store;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SupabaseStore {
    inner: Arc<Inner>,
}

struct Inner {
    project: Supabase,
    identities: Identities,
    imports: Imports,
    /// Where a device keeps what is sealed.
    device: Option<Device>,
}

impl fmt::Debug for SupabaseStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SupabaseStore").field("project", &self.inner.project).finish_non_exhaustive()
    }
}

impl SupabaseStore {
    /// The store in the project at this address, with its publishable key.
    ///
    /// # Errors
    /// As [`Supabase::new`]; `Config`, `http.tls_setup`.
    pub fn new(url: &str, publishable_key: impl Into<SecretString>) -> Result<Self> {
        Self::of(Supabase::new(url, publishable_key)?)
    }

    /// The store in the project of the environment.
    ///
    /// # Errors
    /// As [`Supabase::from_env`].
    pub fn from_env() -> Result<Self> {
        Self::of(Supabase::from_env()?)
    }

    /// The store in a project that is set up already.
    ///
    /// # Errors
    /// `Config`, `http.tls_setup`.
    pub fn of(project: Supabase) -> Result<Self> {
        let auth = AuthClient::new(&project)?;
        Ok(Self::with(project, auth, None))
    }

    /// Adds the project's secret key: for sealed tokens and logins, on a server alone.
    ///
    /// # Errors
    /// As [`Supabase::secret_key`].
    pub fn secret_key(self, key: impl Into<SecretString>) -> Result<Self> {
        let project = self.inner.project.clone().secret_key(key)?;
        let auth = AuthClient::new(&project)?;
        Ok(Self::with(project, auth, self.inner.device.clone()))
    }

    /// Keeps sealed tokens and logins under way on this device, in the host's own store, and not in the database: for an
    /// app on a device, which has no secret key. They are sealed with a key that is kept there as well, unless the setup
    /// names another. The owner's other devices log in to Twitter on their own.
    #[must_use]
    pub fn token_store(self, tokens: impl TokenStore) -> Self {
        let Inner { project, identities, .. } = self.inner.as_ref();
        Self::with(project.clone(), identities.auth().clone(), Some(Device::new(Arc::new(tokens))))
    }

    /// Verifies tokens with this client, for one that knows the project's signing secret or another issuer.
    #[must_use]
    pub fn auth(self, auth: AuthClient) -> Self {
        Self::with(self.inner.project.clone(), auth, self.inner.device.clone())
    }

    /// The project.
    #[must_use]
    pub fn project(&self) -> &Supabase {
        &self.inner.project
    }

    fn with(project: Supabase, auth: AuthClient, device: Option<Device>) -> Self {
        let (identities, imports) = (Identities::new(auth), Imports::default());
        Self { inner: Arc::new(Inner { project, identities, imports, device }) }
    }

    /// Calls a function in the caller's own name.
    async fn call<A, T>(&self, caller: &Caller, function: &'static str, arguments: &A, again: Again) -> Result<T>
    where
        A: Serialize + Sync + ?Sized,
        T: DeserializeOwned + Send,
    {
        if let Some(right) = caller.run() {
            return self.call_for_run(right, function, arguments, again).await;
        }
        call::call(&self.inner.project, self.inner.identities.access(caller).await?, function, arguments, again).await
    }

    /// Calls a function with the secret key, for the caller, who is its first argument.
    async fn sealed_call<T>(
        &self,
        caller: &Caller,
        function: &'static str,
        mut arguments: Value,
        again: Again,
    ) -> Result<T>
    where
        T: DeserializeOwned + Send,
    {
        // Before anybody is asked who the caller is.
        self.inner.project.secret()?;
        if let Some(right) = caller.run() {
            return self.call_for_run(right, function, &arguments, again).await;
        }
        let owner = self.inner.identities.owner(caller).await?;
        if let Some(arguments) = arguments.as_object_mut() {
            arguments.insert("owner".to_owned(), owner.to_string().into());
        }
        call::call(&self.inner.project, Access::Secret, function, &arguments, again).await
    }

    /// A record with fields that are text which holds JSON.
    fn record<T: DeserializeOwned>(&self, function: &'static str, mut value: Value, opaque: &[&str]) -> Result<T> {
        text::open_fields(&mut value, opaque)
            .and_then(|()| json::from_value(&value))
            .map_err(|error| other_schema(function, &error.to_string()))
    }

    /// A page of a list that is ordered by `created_at` and `id`.
    async fn list<T: DeserializeOwned>(
        &self,
        caller: &Caller,
        list: List,
        mut arguments: Value,
        request: &PageRequest,
        place: impl Fn(&T) -> [String; 2] + Send,
    ) -> Result<Page<T>> {
        let List { function, cursor, opaque } = list;
        check::page(request)?;
        let after: Option<[String; 2]> =
            request.after.as_ref().map(|after| check::open_cursor(cursor, after)).transpose()?;
        if let Some(arguments) = arguments.as_object_mut() {
            arguments.insert("page_size".to_owned(), request.limit.into());
            if let Some([at, id]) = after {
                arguments.insert("after_at".to_owned(), at.into());
                arguments.insert("after_id".to_owned(), id.into());
            }
        }
        let found: Found = self.call(caller, function, &arguments, Again::Yes).await?;
        let items = found.items.into_iter().map(|item| self.record(function, item, opaque));
        let items = items.collect::<Result<Vec<T>>>()?;
        let next = items.last().filter(|_| found.more).map(|last| {
            let [at, id] = place(last);
            check::cursor(&[cursor, &at, &id])
        });
        Ok(Page { items, next })
    }
}

fn other_schema(function: &'static str, why: &str) -> Error {
    Error::new(ErrorKind::Decode, "store.other_schema", format!("what the database gives has another form: {why}"))
        .with_operation("supabase", function)
        .with_remedy("Apply the migrations of this version of the SDK, or update the SDK.")
}

/// A list of the schema.
#[derive(Clone, Copy)]
struct List {
    function: &'static str,
    /// The first part of its cursors.
    cursor: &'static str,
    /// The fields that are text which holds JSON.
    opaque: &'static [&'static str],
}

#[derive(serde::Deserialize)]
struct Found<T = Value> {
    items: Vec<T>,
    more: bool,
}

/// The place of a row in a list that is ordered by time and id.
fn place(at: chrono::DateTime<chrono::Utc>, id: Id) -> [String; 2] {
    [instant(at), id.to_string()]
}

/// A time with the milliseconds that every store keeps.
fn instant(at: chrono::DateTime<chrono::Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
