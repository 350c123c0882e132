//! Where everything is kept: a SQLite file, or a Supabase project and a user in it.

use std::sync::Arc;

use ghostwren::config::{SUPABASE_PUBLISHABLE_KEY, SUPABASE_URL, TWITTER_REDIRECT_URI};
use ghostwren::store::doctor::{Diagnosis, Severity};
use ghostwren::store::seal::SealingKeys;
use ghostwren::store::{SqliteStore, Store, SupabaseStore};
use ghostwren::supabase::{AuthClient, OAuthLogin, SignUp, SignedIn, UserSession};
use ghostwren::text::escape_controls;
use ghostwren::{Error, ErrorKind, Identity, Result};

use crate::local::Local;
use crate::options::Options;
use crate::terminal::Terminal;

pub(crate) struct Place {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) identity: Identity,
    /// The keys that seal tokens, where neither the environment nor the store has any.
    pub(crate) keys: Option<SealingKeys>,
    /// Where that is, for a person.
    pub(crate) shown: String,
    /// How to look at what is stored.
    pub(crate) look: String,
    /// The servers that were started for this run; they end with it.
    _servers: Option<Local>,
}

/// A project, and the servers behind it that were started for this run.
pub(crate) struct Project {
    store: SupabaseStore,
    servers: Option<Local>,
    /// Whether it is on this machine, where nobody has to log in who does not say so and X could not come back to it.
    local: bool,
}

/// The project: the local servers with `--supabase-local`, else that of the environment. `None` where there is neither.
pub(crate) fn project(options: &Options) -> Result<Option<Project>> {
    let named = SUPABASE_URL.get().is_some();
    if options.supabase_local && !named {
        let servers = Local::start()?;
        return Ok(Some(Project { store: servers.store()?, servers: Some(servers), local: true }));
    }
    if !named {
        return match SUPABASE_PUBLISHABLE_KEY.get() {
            // Better than to write into a file what was meant for a project.
            Some(_) => Err(SupabaseStore::from_env().err().unwrap_or_else(|| internal("SUPABASE_URL is not set"))),
            None => Ok(None),
        };
    }
    let store = SupabaseStore::from_env()?;
    let local = matches!(store.project().url().host_str(), Some("127.0.0.1" | "localhost"));
    if options.supabase_local && !local {
        let detail = format!("--supabase-local was given, and SUPABASE_URL is {}", store.project().url());
        return Err(
            Error::new(ErrorKind::Config, "quickstart.not_local", detail).with_remedy("Leave one of the two out.")
        );
    }
    Ok(Some(Project { store, servers: None, local }))
}

impl Project {
    /// Whether the project is set up as it must be; a login is looked at where X could come back to it.
    pub(crate) async fn doctor(&self) -> Result<Diagnosis> {
        let mut doctor = self.store.doctor();
        if self.servers.is_some() {
            doctor = doctor.sealing_keys(&SealingKeys::random()?);
        }
        if !self.local {
            let callback = TWITTER_REDIRECT_URI.get().unwrap_or_else(|| "http://127.0.0.1:8787/callback".to_owned());
            doctor = doctor.login(OAuthLogin::x(&callback)?);
        }
        Ok(doctor.run().await)
    }

    /// The place, for the user who logs in.
    pub(crate) async fn place(self, options: &Options, terminal: &mut Terminal) -> Result<Place> {
        let auth = AuthClient::new(self.store.project())?;
        let signed_in = match &options.email {
            None if self.local => sign_in(&auth, "quickstart@example.com", "quickstart on this machine").await?,
            email => {
                let email = match email {
                    Some(email) => email.clone(),
                    None => asked(terminal, "Your e-mail address at this project (a new one signs you up):").await?,
                };
                let password = match std::env::var("SUPABASE_PASSWORD") {
                    Ok(password) => password,
                    Err(_) => asked(terminal, "Password (or set SUPABASE_PASSWORD; what you type is seen):").await?,
                };
                sign_in(&auth, &email, &password).await?
            }
        };
        let user = &signed_in.session.user;
        let who = user.email.clone().unwrap_or_else(|| user.id.to_string());
        let shown = format!(
            "the schema `ghostwren` of {} at {}, in rows that only {} may read",
            if self.servers.is_some() { "servers that end with this program," } else { "the Supabase project" },
            self.store.project().url().as_str().trim_end_matches('/'),
            escape_controls(&who)
        );
        let look = match self.servers {
            Some(_) => "The servers are gone now, and what they stored with them.".to_owned(),
            None => "Look at what is stored, in the project's SQL editor: select id, full_text from ghostwren.tweets limit 5"
                .to_owned(),
        };
        let identity = Identity::session(user.id, UserSession::in_memory(auth, signed_in.session));
        // The keys may go with the servers; a project that stays keeps what they sealed.
        let keys = self.servers.as_ref().map(|_| SealingKeys::random()).transpose()?;
        Ok(Place { store: Arc::new(self.store), identity, keys, shown, look, _servers: self.servers })
    }
}

/// The file.
pub(crate) fn file(options: &Options) -> Result<Place> {
    let path = options.store.display().to_string();
    let shown = escape_controls(&path).into_owned();
    let word = shell_word(&shown);
    let look = format!("Look at what is stored: sqlite3 {word} 'select id, full_text from tweets limit 5'");
    let store = Arc::new(SqliteStore::open(&options.store)?);
    Ok(Place { store, identity: Identity::default(), keys: None, shown, look, _servers: None })
}

/// The path as one word of a command, and no option of it.
fn shell_word(path: &str) -> String {
    let path = if path.starts_with('-') { format!("./{path}") } else { path.to_owned() };
    match path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+".contains(c)) {
        true => path,
        false => format!("'{}'", path.replace('\'', "'\\''")),
    }
}

/// Shows what the doctor found; whether the program may go on.
pub(crate) fn tell_diagnosis(diagnosis: &Diagnosis, json: bool) -> bool {
    let text = match json {
        true => serde_json::to_string(diagnosis).unwrap_or_default(),
        false => diagnosis.to_string(),
    };
    let _ = std::io::Write::write_all(&mut std::io::stdout(), format!("{text}\n").as_bytes());
    !matches!(diagnosis.worst(), Some(Severity::Danger | Severity::Broken))
}

async fn sign_in(auth: &AuthClient, email: &str, password: &str) -> Result<SignedIn> {
    let password = password.to_owned().into();
    match auth.sign_in_with_password(email, &password).await {
        Err(error) if error.code() == "supabase.invalid_credentials" => {}
        end => return end,
    }
    match auth.sign_up(email, &password, serde_json::Map::new()).await {
        Ok(SignUp::SignedIn(signed_in)) => Ok(*signed_in),
        Ok(_) => Err(Error::new(
            ErrorKind::NeedsLogin,
            "quickstart.unconfirmed",
            format!("{email} is not confirmed yet, or the password is another one"),
        )
        .with_remedy("Open the link in the mail that Supabase has sent, and run this again.")),
        Err(error) if error.code() == "supabase.user_exists" => {
            Err(Error::new(ErrorKind::Auth, "quickstart.password", format!("the password is not that of {email}"))
                .with_remedy("Give the password with which you signed up, or another address."))
        }
        Err(error) => Err(error),
    }
}

async fn asked(terminal: &mut Terminal, question: &str) -> Result<String> {
    terminal.ask(question).await.filter(|answer| !answer.is_empty()).ok_or_else(|| {
        Error::new(ErrorKind::Config, "quickstart.nobody", "nobody is there to log in")
            .with_remedy("Give --email, and the password in SUPABASE_PASSWORD.")
    })
}

fn internal(detail: &'static str) -> Error {
    Error::new(ErrorKind::Internal, "quickstart.place", detail)
}
