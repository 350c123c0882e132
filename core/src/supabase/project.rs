use std::fmt;
use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use secrecy::SecretString;
use tokio::time::Instant;
use url::Url;

use super::access::{Access, Credentials, TOKEN_REFUSED};
use super::keys::ApiKey;
use crate::config::{SUPABASE_PUBLISHABLE_KEY, SUPABASE_SECRET_KEY, SUPABASE_URL};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Finish, HttpClient, HttpRequest, HttpResponse, Made, Reader, Received, Service};

/// Makes the service that tells answers apart, with what it must never quote.
pub(super) type MakeService<'a> = &'a (dyn Fn(Vec<SecretString>) -> Box<dyn Service> + Send + Sync + 'a);

/// A part of a project with an address of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// PostgREST.
    Rest,
    /// Supabase Auth.
    Auth,
    /// Supabase Storage.
    Storage,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Rest => "rest",
            Self::Auth => "auth",
            Self::Storage => "storage",
        }
    }
}

/// A Supabase project: where it is, its keys, and the pipeline to it. Cloning is cheap; clones share connections.
///
/// The publishable key is all that a device or a page may hold. The secret key is a step of its own
/// ([`secret_key`](Self::secret_key)), for servers alone; what needs it fails without it, and nothing uses it by itself.
///
/// ```
/// use ghostwren::supabase::Supabase;
/// # fn main() -> ghostwren::Result<()> {
/// let project = Supabase::new("https://abcdefghijklmnopqrst.supabase.co", "sb_publishable_ACJWlzQHlZjBrEguHvfOxg")?
///     .secret_key("sb_secret_N7UND0UgjKTVK-Uodkm0Hg")?;
/// assert!(!format!("{project:?}").contains("N7UND0"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Supabase {
    settings: Arc<Settings>,
}

#[derive(Clone)]
struct Settings {
    url: Url,
    parts: [Option<Url>; 3],
    publishable: ApiKey,
    secret: Option<ApiKey>,
    /// Made at the first call where none is shared; one for all clones.
    http: Arc<OnceLock<HttpClient>>,
    timeout: Duration,
    deadline: Option<Duration>,
    attempts: u32,
}

impl fmt::Debug for Supabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Supabase")
            .field("url", &crate::http::shown_address(&self.settings.url))
            .field("publishable", &self.settings.publishable)
            .field("secret", &self.settings.secret)
            .finish_non_exhaustive()
    }
}

impl Supabase {
    /// A project by its address (`https://<project>.supabase.co`, or a server of one's own) and its publishable key
    /// (`sb_publishable_…`, or the legacy `anon` key).
    ///
    /// # Errors
    /// `Config`: `supabase.bad_url`; `supabase.key_not_publishable`, `supabase.unknown_key`, `supabase.user_token_as_key` for
    /// another key; `supabase.key_of_other_project` for a legacy key that names another project.
    pub fn new(url: &str, publishable_key: impl Into<SecretString>) -> Result<Self> {
        let url = address(url)?;
        let publishable = ApiKey::new(publishable_key)?.must_be_publishable()?;
        same_project(&url, &publishable)?;
        Ok(Self {
            settings: Arc::new(Settings {
                url,
                parts: [None, None, None],
                publishable,
                secret: None,
                http: Arc::default(),
                timeout: Duration::from_secs(30),
                deadline: None,
                attempts: 3,
            }),
        })
    }

    /// The project of the environment: `SUPABASE_URL`, `SUPABASE_PUBLISHABLE_KEY` and, where it is set,
    /// `SUPABASE_SECRET_KEY`.
    ///
    /// # Errors
    /// `Config`: `supabase.not_set`, and as [`new`](Self::new) and [`secret_key`](Self::secret_key).
    pub fn from_env() -> Result<Self> {
        let needed = |variable: &crate::config::Variable| {
            variable.get().ok_or_else(|| {
                Error::new(ErrorKind::Config, "supabase.not_set", format!("{variable} is not set"))
                    .with_remedy("Copy the project's address and its publishable key from the project's settings.")
            })
        };
        let project = Self::new(&needed(&SUPABASE_URL)?, needed(&SUPABASE_PUBLISHABLE_KEY)?)?;
        match SUPABASE_SECRET_KEY.get() {
            Some(key) => project.secret_key(key),
            None => Ok(project),
        }
    }

    /// Adds the secret key (`sb_secret_…`, or the legacy `service_role` key). Only on a server.
    ///
    /// # Errors
    /// `Config`: `supabase.key_not_secret`, and as [`new`](Self::new).
    pub fn secret_key(self, key: impl Into<SecretString>) -> Result<Self> {
        let key = ApiKey::new(key)?.must_be_secret()?;
        same_project(&self.settings.url, &key)?;
        Ok(self.with(|settings| settings.secret = Some(key)))
    }

    /// Sets where PostgREST is, where that is not `/rest/v1` below the project's address.
    #[must_use]
    pub fn rest_url(self, url: Url) -> Self {
        self.part_url(Part::Rest, url)
    }

    /// Sets where Auth is, where that is not `/auth/v1` below the project's address.
    #[must_use]
    pub fn auth_url(self, url: Url) -> Self {
        self.part_url(Part::Auth, url)
    }

    /// Sets where Storage is, where that is not `/storage/v1` below the project's address.
    #[must_use]
    pub fn storage_url(self, url: Url) -> Self {
        self.part_url(Part::Storage, url)
    }

    /// Shares the pipeline of the program: connections, budgets of retries, limits.
    #[must_use]
    pub fn http(self, http: HttpClient) -> Self {
        self.with(|settings| settings.http = Arc::new(OnceLock::from(http)))
    }

    /// Sets how long one attempt may take; 30 s unless set.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|settings| settings.timeout = timeout)
    }

    /// Sets how long a call may take in all, waits and retries included; no limit unless set.
    #[must_use]
    pub fn deadline(self, deadline: Duration) -> Self {
        self.with(|settings| settings.deadline = Some(deadline))
    }

    /// Sets how many attempts a call has at most; 3 unless set.
    #[must_use]
    pub fn max_attempts(self, attempts: u32) -> Self {
        self.with(|settings| settings.attempts = attempts.max(1))
    }

    /// The project's address.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.settings.url
    }

    /// The project's address, as it may be shown.
    pub(crate) fn shown_url(&self) -> String {
        crate::http::shown_address(&self.settings.url).to_string().trim_end_matches('/').to_owned()
    }

    /// The project's id, where the address says it (`https://<project>.supabase.co`).
    #[must_use]
    pub fn project_ref(&self) -> Option<&str> {
        project_of(&self.settings.url)
    }

    /// The publishable key.
    #[must_use]
    pub fn publishable(&self) -> &ApiKey {
        &self.settings.publishable
    }

    /// The secret key.
    ///
    /// # Errors
    /// `Config`, `supabase.secret_key_needed`, where none was given.
    pub fn secret(&self) -> Result<&ApiKey> {
        self.settings.secret.as_ref().ok_or_else(|| {
            Error::new(ErrorKind::Config, "supabase.secret_key_needed", "this needs the project's secret key")
                .with_remedy(
                    "On a server, give the project its secret key too; on a device, keep tokens in a store of its own.",
                )
        })
    }

    /// Whether the secret key was given.
    #[must_use]
    pub fn has_secret(&self) -> bool {
        self.settings.secret.is_some()
    }

    fn part_url(self, part: Part, url: Url) -> Self {
        self.with(|settings| {
            if let Some(own) = settings.parts.get_mut(part as usize) {
                *own = Some(url);
            }
        })
    }

    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.settings));
        self
    }

    /// An address of a part: its base and these segments, each escaped.
    pub(super) fn endpoint(&self, part: Part, segments: &[&str]) -> Result<Url> {
        let own = self.settings.parts.get(part as usize).and_then(Option::as_ref);
        let mut url = own.unwrap_or(&self.settings.url).clone();
        {
            let mut path = url.path_segments_mut().map_err(|()| bad_url("has no path"))?;
            path.pop_if_empty();
            if own.is_none() {
                path.extend([part.name(), "v1"]);
            }
            path.extend(segments);
        }
        Ok(url)
    }

    /// When a call that begins now must be over.
    pub(super) fn deadline_from_now(&self) -> Option<Instant> {
        self.settings.deadline.and_then(|deadline| Instant::now().checked_add(deadline))
    }

    /// The pipeline, made at the first call where none is shared.
    pub(super) fn pipeline(&self) -> Result<HttpClient> {
        match self.settings.http.get() {
            Some(http) => Ok(http.clone()),
            None => {
                let http = HttpClient::new()?;
                Ok(self.settings.http.get_or_init(|| http).clone())
            }
        }
    }

    /// What a call on behalf of somebody carries. Fails where that cannot be had; it never gives less or more.
    pub(super) async fn credentials(&self, access: &Access) -> Result<Credentials<'_>> {
        Ok(match access {
            Access::Anonymous => Credentials { key: &self.settings.publishable, token: None },
            Access::User(tokens) => {
                Credentials { key: &self.settings.publishable, token: Some(tokens.access_token().await?) }
            }
            Access::Secret => Credentials { key: self.secret()?, token: None },
        })
    }

    /// Sends a request on behalf of somebody, and once more with a refreshed token when a user's was answered with 401.
    /// `service` is made for each attempt with what it must never quote; `finish` reads the answer as part of the attempt.
    pub(super) async fn call<T, F, Fut>(
        &self,
        access: &Access,
        request: HttpRequest,
        service: MakeService<'_>,
        finish: F,
    ) -> Result<T>
    where
        T: Send,
        F: Fn(HttpResponse) -> Fut + Send + Sync,
        Fut: Future<Output = Result<T>> + Send,
    {
        let made = Made::new();
        self.call_finishing(access, request, service, &made.finishing(&finish)).await?;
        made.take()
    }

    /// As [`call`](Self::call), and gives the answer's body to a reader of its JSON.
    pub(super) async fn call_read(
        &self,
        access: &Access,
        request: HttpRequest,
        service: MakeService<'_>,
        limit: usize,
        read: Reader<'_>,
    ) -> Result<Received<()>> {
        self.call(access, request, service, |response| response.read_by(limit, read)).await
    }

    async fn call_finishing(
        &self,
        access: &Access,
        request: HttpRequest,
        service: MakeService<'_>,
        finish: Finish<'_, '_>,
    ) -> Result<()> {
        let http = self.pipeline()?;
        let mut request = request.max_attempts(self.settings.attempts);
        request.deadline = request.deadline.or_else(|| self.deadline_from_now());
        request.total_timeout = request.total_timeout.map(|_| self.settings.timeout);
        let mut credentials = self.credentials(access).await?;
        let first = service(credentials.secrets());
        match http.send_finishing(&*first, &credentials.apply(request.clone())?, finish).await {
            // Auth answers a token that has expired with 403, Storage with 400: their own words say it.
            Err(error) if error.status() == Some(401) || error.code() == TOKEN_REFUSED => {
                let (Access::User(tokens), Some(refused)) = (access, &credentials.token) else { return Err(error) };
                let fresh = match tokens.refreshed_after_401(refused).await {
                    Ok(fresh) => fresh,
                    // The refusal itself says more than that nobody refreshes.
                    Err(other) if other.kind() == ErrorKind::Auth => return Err(error),
                    Err(other) => return Err(other),
                };
                credentials.token = Some(fresh);
                let again = service(credentials.secrets());
                http.send_finishing(&*again, &credentials.apply(request)?, finish).await
            }
            end => end,
        }
    }
}

fn address(text: &str) -> Result<Url> {
    let mut url = Url::parse(text.trim()).map_err(|_| bad_url("is not an address"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(bad_url("is not an address of the web"));
    }
    if ["rest", "auth", "storage"].iter().any(|part| url.path().trim_end_matches('/').ends_with(&format!("/{part}/v1")))
    {
        return Err(bad_url("is the address of one part"));
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

fn bad_url(detail: &str) -> Error {
    Error::new(ErrorKind::Config, "supabase.bad_url", format!("the project's address {detail}"))
        .with_remedy("Use the project's address alone, such as https://abcdefghijklmnopqrst.supabase.co.")
}

/// The project that an address of Supabase's own names.
fn project_of(url: &Url) -> Option<&str> {
    url.host_str()?.strip_suffix(".supabase.co").filter(|project| !project.contains('.'))
}

fn same_project(url: &Url, key: &ApiKey) -> Result<()> {
    match (project_of(url), key.project()) {
        (Some(project), Some(named)) if project != named => Err(Error::new(
            ErrorKind::Config,
            "supabase.key_of_other_project",
            format!("the key is of the project {named}, the address of {project}"),
        )
        .with_remedy("Copy the address and the key from the settings of the same project.")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let of = |url: &str| Supabase::new(url, "sb_publishable_x");
        for (url, rest) in [
            ("https://abc.supabase.co", "https://abc.supabase.co/rest/v1/tweets"),
            (" https://abc.supabase.co/ ", "https://abc.supabase.co/rest/v1/tweets"),
            ("http://127.0.0.1:54321", "http://127.0.0.1:54321/rest/v1/tweets"),
            ("https://my.host/supabase/", "https://my.host/supabase/rest/v1/tweets"),
        ] {
            assert_eq!(of(url).unwrap().endpoint(Part::Rest, &["tweets"]).unwrap().as_str(), rest);
        }
        for url in ["", "abc.supabase.co", "postgres://db/x", "https://abc.supabase.co/rest/v1/"] {
            assert_eq!(of(url).unwrap_err().code(), "supabase.bad_url", "{url}");
        }
        let own = of("http://127.0.0.1:1").unwrap().rest_url("http://127.0.0.1:3000".parse().unwrap());
        assert_eq!(own.endpoint(Part::Rest, &["a/b"]).unwrap().as_str(), "http://127.0.0.1:3000/a%2Fb");
        assert_eq!(own.endpoint(Part::Auth, &["token"]).unwrap().as_str(), "http://127.0.0.1:1/auth/v1/token");
    }

    #[test]
    fn keys_in_the_wrong_place() {
        let project = || Supabase::new("https://abc.supabase.co", "sb_publishable_x").unwrap();
        let wrong = Supabase::new("https://abc.supabase.co", "sb_secret_x").unwrap_err();
        assert_eq!((wrong.kind(), wrong.code()), (ErrorKind::Config, "supabase.key_not_publishable"));
        assert!(wrong.remedy().unwrap().contains("sb_publishable_"), "{wrong}");
        assert_eq!(project().secret_key("sb_publishable_x").unwrap_err().code(), "supabase.key_not_secret");
        // {"role":"anon","ref":"other"}
        let anon = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiIsInJlZiI6Im90aGVyIn0.c2ln";
        let other = Supabase::new("https://abc.supabase.co", anon).unwrap_err();
        assert_eq!(other.code(), "supabase.key_of_other_project");
        assert!(Supabase::new("https://other.supabase.co", anon).is_ok());
        assert!(Supabase::new("https://my.host", anon).is_ok());
        assert_eq!(project().secret().unwrap_err().code(), "supabase.secret_key_needed");
    }
}
