//! What is asked of a project, and what its answers mean.

use std::fmt;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::walls::{self, PUSH};
use super::{Check, Diagnosis, Remedy, Severity};
use crate::config::GHOSTWREN_SEALING_KEYS;
use crate::error::{Error, ErrorKind, Result};
use crate::json;
use crate::store::seal::SealingKeys;
use crate::store::supabase::SupabaseStore;
use crate::store::supabase::call::SCHEMA;
use crate::store::{Caller, Clock};
use crate::supabase::{Access, OAuthLogin};

/// How far the clocks may be apart: as far as tokens are given leeway.
const APART: TimeDelta = TimeDelta::seconds(30);

const PRIVATE: &str = "ghostwren_private";
const API_KEYS: &str = "Project Settings → API Keys";
const EXPOSED: &str = "Project Settings → Data API → Exposed schemas";

/// What looks at the walls.
const WALLS: [Check; 5] = [Check::Grants, Check::RowSecurity, Check::Policies, Check::Buckets, Check::Timeouts];

/// Looks whether a project is set up as it must be. It changes nothing, and asks only with what it is given: with the
/// publishable key alone whether the project is there and exposes the right schema; as a user the version and the clocks;
/// with the secret key how the walls stand and what seals the tokens. What it cannot see it says.
///
/// ```no_run
/// # async fn example() -> ghostwren::Result<()> {
/// use ghostwren::store::SupabaseStore;
/// use ghostwren::supabase::OAuthLogin;
///
/// let diagnosis = SupabaseStore::from_env()?.doctor().login(OAuthLogin::x("https://my.app/callback")?).run().await;
/// println!("{diagnosis}");
/// for finding in &diagnosis.findings {
///     println!("{:?}: {}", finding.severity, finding.remedy);
/// }
/// # Ok(())
/// # }
/// ```
#[must_use]
pub struct Doctor {
    store: SupabaseStore,
    caller: Option<Caller>,
    login: Option<OAuthLogin>,
    keys: Option<Keys>,
    clock: Clock,
}

/// The ids of the keys, the one that seals first.
type Keys = Vec<String>;

impl fmt::Debug for Doctor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Doctor").field("store", &self.store).field("keys", &self.keys).finish_non_exhaustive()
    }
}

/// What the database says of itself to everybody who may ask.
#[derive(Deserialize)]
struct SelfCheck {
    version: u64,
    now: DateTime<Utc>,
    role: String,
}

#[derive(Deserialize)]
struct Seen {
    now: DateTime<Utc>,
}

#[derive(Deserialize)]
struct SealedWith {
    key_id: String,
    sealed: u64,
}

impl SupabaseStore {
    /// Looks whether the project is set up as it must be.
    pub fn doctor(&self) -> Doctor {
        Doctor { store: self.clone(), caller: None, login: None, keys: None, clock: Clock::system() }
    }
}

impl Doctor {
    /// Asks as this user as well.
    pub fn caller(mut self, caller: &Caller) -> Self {
        self.caller = Some(caller.clone());
        self
    }

    /// Looks whether this login would work: whether its provider is on, and may come back to its address.
    pub fn login(mut self, login: OAuthLogin) -> Self {
        self.login = Some(login);
        self
    }

    /// The keys that seal tokens; those of `GHOSTWREN_SEALING_KEYS` unless told.
    pub fn sealing_keys(mut self, keys: &SealingKeys) -> Self {
        self.keys = Some(keys.ids().map(str::to_owned).collect());
        self
    }

    /// What is taken for the time of this machine; the system's clock unless told.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Asks. It never fails: what goes wrong is what it finds.
    pub async fn run(self) -> Diagnosis {
        let project = &self.store.inner.project;
        let mut diagnosis = Diagnosis::new(project.shown_url());
        self.kinds(&mut diagnosis);
        let database = self.exposure(&mut diagnosis).await;
        match database {
            Reached::Nothing => diagnosis.skip(&Check::ALL, "the project does not answer"),
            Reached::Project => {
                diagnosis.skip(&[Check::Version, Check::User, Check::Clock], "the schema cannot be reached");
                diagnosis.skip(&WALLS, "the schema cannot be reached");
                diagnosis.skip(&[Check::SealingKeys], "the schema cannot be reached");
                self.login_works(&mut diagnosis).await;
            }
            Reached::Schema => {
                self.with_secret(&mut diagnosis).await;
                self.as_user(&mut diagnosis).await;
                self.login_works(&mut diagnosis).await;
            }
        }
        diagnosis.skip(
            &[Check::Version, Check::Clock],
            "the database tells it to a user or to the secret key, and neither was given",
        );
        diagnosis.finished()
    }

    /// What can be said of the keys without asking.
    fn kinds(&self, diagnosis: &mut Diagnosis) {
        let project = &self.store.inner.project;
        let keys = [Some(project.publishable()), project.secret().ok()];
        let legacy = keys.into_iter().flatten().filter(|key| key.kind().is_legacy()).count();
        if legacy > 0 {
            let place = API_KEYS.to_owned();
            let value = "create a publishable and a secret key, and use them instead of anon and service_role";
            let remedy = Remedy::Setting { place, value: value.to_owned() };
            let what = "a legacy key is used: it cannot be replaced alone, and Supabase is taking its kind away";
            diagnosis.find(Check::Keys, Severity::Advice, what, remedy);
        }
    }

    /// Calls a function of a schema without arguments. A mere question may be repeated.
    async fn ask<T: DeserializeOwned + Send>(&self, access: Access, schema: &str, function: &str) -> Result<T> {
        let call = self.store.inner.project.rest(access).schema(schema).rpc(function, &json!({}));
        call.idempotent(true).value().await
    }

    /// Whether the project answers, and exposes what it must and nothing else.
    async fn exposure(&self, diagnosis: &mut Diagnosis) -> Reached {
        let asked: Result<u64> = self.ask(Access::Anonymous, SCHEMA, "schema_version").await;
        let reached = match asked {
            Ok(_) => Reached::Schema,
            // Nobody may call it: that is right.
            Err(error) if error.kind() == ErrorKind::PermissionDenied => Reached::Schema,
            Err(error) => match error.code() {
                "supabase.schema_not_exposed" => {
                    let value = format!("add `{SCHEMA}`");
                    let remedy = Remedy::Setting { place: EXPOSED.to_owned(), value };
                    let what = format!("the schema `{SCHEMA}` is not exposed: every call fails");
                    diagnosis.find(Check::Exposure, Severity::Broken, what, remedy);
                    Reached::Project
                }
                "supabase.no_function" => {
                    diagnosis.saw(Check::Version);
                    let what = "the schema is exposed and has none of the functions: the migrations were not applied";
                    diagnosis.find(Check::Version, Severity::Broken, what, Remedy::Command(PUSH.to_owned()));
                    Reached::Project
                }
                _ if matches!(error.kind(), ErrorKind::Auth | ErrorKind::NeedsLogin) => {
                    diagnosis.saw(Check::Address);
                    diagnosis.saw(Check::Keys);
                    diagnosis.fails(Check::Keys, Severity::Broken, API_KEYS, &error);
                    return Reached::Nothing;
                }
                _ => {
                    diagnosis.saw(Check::Address);
                    diagnosis.fails(Check::Address, Severity::Broken, "SUPABASE_URL", &error);
                    return Reached::Nothing;
                }
            },
        };
        for check in [Check::Address, Check::Keys, Check::Exposure] {
            diagnosis.saw(check);
        }
        let private =
            self.store.inner.project.rest(Access::Anonymous).schema(PRIVATE).from("credentials").select("name");
        let open = match private.limit(1).rows::<serde_json::Value>().await {
            Ok(_) => true,
            // Everything else of the database's own is an answer out of that schema.
            Err(error) => {
                error.code() != "supabase.schema_not_exposed"
                    && matches!(
                        error.kind(),
                        ErrorKind::PermissionDenied | ErrorKind::NotFound | ErrorKind::InvalidInput
                    )
            }
        };
        if open {
            let value = format!("take `{PRIVATE}` away");
            let remedy = Remedy::Setting { place: EXPOSED.to_owned(), value };
            let what =
                format!("the schema `{PRIVATE}` is exposed: only its grants keep the sealed tokens from the web");
            diagnosis.find(Check::Exposure, Severity::Danger, what, remedy);
        }
        reached
    }

    async fn as_user(&self, diagnosis: &mut Diagnosis) {
        let Some(caller) = &self.caller else {
            diagnosis.skip(&[Check::User], "no user was given");
            return;
        };
        diagnosis.saw(Check::User);
        let began = self.clock.now();
        let asked = match self.store.inner.identities.access(caller).await {
            Ok(access) => self.ask::<SelfCheck>(access, SCHEMA, "self_check").await,
            Err(error) => Err(error),
        };
        match asked {
            Ok(said) if said.role != "authenticated" => {
                let what = format!("the user's token is taken for the role {}", said.role);
                let value = "log in again; it must be an access token of a user of this project".to_owned();
                let remedy = Remedy::Setting { place: "your program".to_owned(), value };
                diagnosis.find(Check::User, Severity::Broken, what, remedy);
            }
            Ok(said) => {
                self.clocks(began, said.now, diagnosis);
                version(said.version, diagnosis);
            }
            // Where the secret key looked as well, it says what is lacking.
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                if !diagnosis.checked.contains(&Check::RowSecurity) {
                    diagnosis.saw(Check::Grants);
                    no_right("authenticated", "self_check()", diagnosis);
                }
            }
            Err(error) => diagnosis.fails(Check::User, Severity::Broken, "your program", &error),
        }
    }

    async fn with_secret(&self, diagnosis: &mut Diagnosis) {
        if !self.store.inner.project.has_secret() {
            let because = "only the secret key may ask, and none was given";
            diagnosis.skip(&WALLS, because);
            diagnosis.skip(&[Check::SealingKeys], because);
            return;
        }
        // The version first: an older schema has no function that says more.
        let newest = match self.ask::<u64>(Access::Secret, SCHEMA, "schema_version").await {
            Ok(found) => version(found, diagnosis),
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                diagnosis.saw(Check::Grants);
                no_right("service_role", "schema_version()", diagnosis);
                false
            }
            Err(error) => {
                match error.kind() {
                    ErrorKind::Auth => diagnosis.fails(Check::Keys, Severity::Broken, API_KEYS, &error),
                    _ => diagnosis.skip(&WALLS, &error.to_string()),
                }
                false
            }
        };
        if !newest {
            let because = "the schema is not the one that this version of the SDK knows, or cannot be asked";
            diagnosis.skip(&WALLS, because);
            diagnosis.skip(&[Check::SealingKeys, Check::Clock], because);
            return;
        }
        let began = self.clock.now();
        match self.ask::<serde_json::Value>(Access::Secret, SCHEMA, "inspect").await {
            Ok(said) => {
                if let Ok(Seen { now }) = json::from_value::<Seen>(&said) {
                    self.clocks(began, now, diagnosis);
                }
                match (walls::expected(), json::from_value(&said)) {
                    (Ok(expected), Ok(found)) => walls::compare(&expected, &found, diagnosis),
                    (Err(error), _) | (_, Err(error)) => {
                        diagnosis.skip(&WALLS, &format!("the answer of the database cannot be read: {error}"));
                    }
                }
            }
            Err(error) if error.kind() == ErrorKind::PermissionDenied => {
                diagnosis.saw(Check::Grants);
                no_right("service_role", "inspect()", diagnosis);
                diagnosis.skip(&WALLS, "the secret key may not ask");
            }
            Err(error) => diagnosis.skip(&WALLS, &error.to_string()),
        }
        self.sealed(diagnosis).await;
    }

    fn clocks(&self, began: DateTime<Utc>, database: DateTime<Utc>, diagnosis: &mut Diagnosis) {
        if diagnosis.checked.contains(&Check::Clock) {
            return;
        }
        diagnosis.saw(Check::Clock);
        let ended = self.clock.now();
        // It was asked somewhere between the two.
        let (ahead, behind) = (began - database, database - ended);
        let (apart, way) = if ahead > behind { (ahead, "ahead of") } else { (behind, "behind") };
        if apart > APART {
            let what = format!(
                "the clock of this machine is {} s {way} the database's: good tokens are taken for expired or for not yet good",
                apart.num_seconds()
            );
            let systemd = Path::new("/run/systemd/system").exists();
            diagnosis.find(Check::Clock, Severity::Broken, what, set_clock(std::env::consts::OS, systemd));
        }
    }

    /// Whether there are keys, and they open what is stored.
    async fn sealed(&self, diagnosis: &mut Diagnosis) {
        let stored = match self.ask::<Vec<SealedWith>>(Access::Secret, SCHEMA, "sealed_overview").await {
            Ok(stored) => stored,
            Err(error) => return diagnosis.skip(&[Check::SealingKeys], &error.to_string()),
        };
        diagnosis.saw(Check::SealingKeys);
        let of_environment = || {
            let value = GHOSTWREN_SEALING_KEYS.get()?;
            Some(SealingKeys::from_env_value(&value.into()).map(|keys| keys.ids().map(str::to_owned).collect()))
        };
        let keys: Keys = match self.keys.clone().map(Ok).or_else(of_environment) {
            Some(Ok(keys)) => keys,
            Some(Err(error)) => {
                return diagnosis.fails(Check::SealingKeys, Severity::Broken, GHOSTWREN_SEALING_KEYS.name, &error);
            }
            None => {
                let command = format!("export {GHOSTWREN_SEALING_KEYS}=\"k1:$(openssl rand -base64 32)\"");
                let what = "there is no key that seals: no Twitter account can be connected";
                return diagnosis.find(Check::SealingKeys, Severity::Broken, what, Remedy::Command(command));
            }
        };
        for SealedWith { key_id, sealed } in stored {
            let place = GHOSTWREN_SEALING_KEYS.name.to_owned();
            if !keys.contains(&key_id) {
                let what = format!("{sealed} stored values were sealed with the key `{key_id}`, which is not there");
                let remedy =
                    Remedy::Setting { place, value: format!("add `,{key_id}:…` with that key after the first one") };
                diagnosis.find(Check::SealingKeys, Severity::Broken, what, remedy);
            } else if keys.first() != Some(&key_id) {
                let what = format!("{sealed} stored values are sealed with the old key `{key_id}`");
                let value = format!("call `store::seal::reseal` for their owners; then take `{key_id}` away");
                diagnosis.find(Check::SealingKeys, Severity::Advice, what, Remedy::Setting { place, value });
            }
        }
    }

    async fn login_works(&self, diagnosis: &mut Diagnosis) {
        let Some(login) = &self.login else {
            diagnosis.skip(&[Check::Provider, Check::Redirect], "no login was named that is to work");
            return;
        };
        let auth = self.store.inner.identities.auth();
        match auth.probe_provider(login).await {
            Ok(()) => diagnosis.saw(Check::Provider),
            Err(error) if error.code() == "supabase.provider_disabled" => {
                diagnosis.saw(Check::Provider);
                let (name, title) = match login.provider() {
                    "x" => ("x", "X / Twitter (OAuth 2.0)"),
                    other => (other, other),
                };
                let place =
                    format!("Authentication → Sign In / Providers → {title} (config.toml: [auth.external.{name}])");
                let value = "enabled, with the client id and secret of the app".to_owned();
                let what = format!("the provider `{name}` is not switched on: nobody can log in with it");
                diagnosis.find(Check::Provider, Severity::Broken, what, Remedy::Setting { place, value });
            }
            Err(error) => diagnosis.skip(&[Check::Provider], &said(&error)),
        }
        match auth.probe_redirect(login).await {
            Ok(()) => diagnosis.saw(Check::Redirect),
            Err(error) if error.code() == "supabase.redirect_not_allowed" => {
                diagnosis.saw(Check::Redirect);
                let place = "Authentication → URL Configuration → Redirect URLs".to_owned();
                // The state travels in the query, which an exact pattern does not let pass.
                let value = format!("add `{}**`", login.shown_redirect());
                let what = "a login may not come back to its address: the browser is sent to the site URL";
                diagnosis.find(Check::Redirect, Severity::Broken, what, Remedy::Setting { place, value });
            }
            Err(error) => diagnosis.skip(&[Check::Redirect], &said(&error)),
        }
    }
}

/// How far the doctor came.
enum Reached {
    Nothing,
    /// It answers, but not out of our schema.
    Project,
    Schema,
}

/// Whether the schema is the one that this SDK knows.
fn version(found: u64, diagnosis: &mut Diagnosis) -> bool {
    let Ok(expected) = walls::expected() else { return false };
    let first = diagnosis.schema_version.replace(found).is_none();
    if found == expected.version || !first {
        diagnosis.saw(Check::Version);
        return found == expected.version;
    }
    diagnosis.saw(Check::Version);
    let known = expected.version;
    if found < known {
        let what = format!("the schema has the version {found}, and this SDK needs {known}");
        diagnosis.find(Check::Version, Severity::Broken, what, Remedy::Command(PUSH.to_owned()));
    } else {
        let what = format!("the schema has the version {found}, and this SDK knows {known}");
        diagnosis.find(Check::Version, Severity::Advice, what, Remedy::Command("cargo update -p ghostwren".to_owned()));
    }
    false
}

fn no_right(role: &str, function: &str, diagnosis: &mut Diagnosis) {
    let what = format!("{role} may not call {SCHEMA}.{function}");
    let sql =
        format!("grant usage on schema {SCHEMA} to {role};\ngrant execute on function {SCHEMA}.{function} to {role};");
    diagnosis.find(Check::Grants, Severity::Broken, what, Remedy::Sql(sql));
}

fn said(error: &Error) -> String {
    format!("Auth says: {}", error.detail())
}

/// How the clock of a machine is set right, which is told by its system.
fn set_clock(system: &str, systemd: bool) -> Remedy {
    let command = |command: &str| Remedy::Command(command.to_owned());
    let setting = |place: &str, value: &str| Remedy::Setting { place: place.to_owned(), value: value.to_owned() };
    match system {
        "linux" if systemd => command("sudo timedatectl set-ntp true"),
        "macos" => command("sudo sntp -sS time.apple.com"),
        "windows" => command("w32tm /resync"),
        "android" => setting("Settings → System → Date & time", "automatic"),
        "ios" => setting("Settings → General → Date & Time", "set automatically"),
        _ => setting("the clock of this machine (in a container: of its host)", "kept by NTP, such as chrony"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_set_as_its_system_does_it() {
        let shown = |system, systemd| set_clock(system, systemd).to_string();
        assert_eq!(shown("linux", true), "run: sudo timedatectl set-ntp true");
        // A container, Alpine: no such command.
        assert!(shown("linux", false).starts_with("set: the clock of this machine (in a container: of its host)"));
        for (system, word) in
            [("macos", "sntp"), ("windows", "w32tm"), ("android", "Date & time"), ("ios", "Date & Time")]
        {
            let remedy = shown(system, true);
            assert!(remedy.contains(word) && !remedy.contains("timedatectl"), "{system}: {remedy}");
        }
    }
}
