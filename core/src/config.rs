//! The environment variables that the SDK reads, in one table. Each has a setting in code that goes before it.

use std::fmt;

/// One environment variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it sets, in one sentence.
    pub what: &'static str,
    /// What counts when it is not set.
    pub default: &'static str,
    /// Whether its value is a secret, never to be shown.
    pub secret: bool,
}

impl Variable {
    const fn new(name: &'static str, what: &'static str, default: &'static str) -> Self {
        Self { name, what, default, secret: false }
    }

    const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// Its value, without white space around it; `None` when it is not set, empty or not text.
    #[must_use]
    pub fn get(&self) -> Option<String> {
        std::env::var(self.name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The key of the OpenAI API, or of the server at [`OPENAI_BASE_URL`].
pub const OPENAI_API_KEY: Variable =
    Variable::new("OPENAI_API_KEY", "The key of the OpenAI API.", "none: only a server on this machine can be used")
        .secret();

/// Where the API is.
pub const OPENAI_BASE_URL: Variable = Variable::new(
    "OPENAI_BASE_URL",
    "The address of the API or of a compatible server, usually ending in `/v1`.",
    "https://api.openai.com/v1",
);

/// The organization that a call is billed to.
pub const OPENAI_ORG_ID: Variable =
    Variable::new("OPENAI_ORG_ID", "The organization that calls are billed to.", "the key's own");

/// The project that a call is billed to.
pub const OPENAI_PROJECT_ID: Variable =
    Variable::new("OPENAI_PROJECT_ID", "The project that calls are billed to.", "the key's own");

/// The model that is asked.
pub const GHOSTWREN_MODEL: Variable = Variable::new(
    "GHOSTWREN_MODEL",
    "The model that is asked: this one and no successor.",
    "gpt-4o, and gpt-6-luna once gpt-4o is shut down",
);

/// The window of the model.
pub const GHOSTWREN_MODEL_CONTEXT: Variable = Variable::new(
    "GHOSTWREN_MODEL_CONTEXT",
    "How many tokens the model reads and writes in all, where a server runs it with another window than its usual one.",
    "the model's own, and 8192 for a model that is not known",
);

/// The id of the X app.
pub const TWITTER_CLIENT_ID: Variable =
    Variable::new("TWITTER_CLIENT_ID", "The OAuth 2.0 client id of your X app.", "none: no login with Twitter");

/// The secret of a confidential X app.
pub const TWITTER_CLIENT_SECRET: Variable = Variable::new(
    "TWITTER_CLIENT_SECRET",
    "The OAuth 2.0 client secret of your X app.",
    "none: the app is a public client (type Native App or Single Page App)",
)
.secret();

/// Where the browser comes back to.
pub const TWITTER_REDIRECT_URI: Variable = Variable::new(
    "TWITTER_REDIRECT_URI",
    "The callback address, exactly as it is registered with the X app.",
    "http://127.0.0.1:8787/callback",
);

/// Where the X API is.
pub const TWITTER_API_BASE: Variable =
    Variable::new("TWITTER_API_BASE", "The address of the X API, without `/2`.", "https://api.x.com");

/// Where the person gives consent.
pub const TWITTER_AUTHORIZE_BASE: Variable = Variable::new(
    "TWITTER_AUTHORIZE_BASE",
    "The address of the page that asks for consent.",
    "https://x.com/i/oauth2/authorize",
);

/// Where the Supabase project is.
pub const SUPABASE_URL: Variable =
    Variable::new("SUPABASE_URL", "The address of your Supabase project.", "none: the data lives elsewhere");

/// The key that everybody may see.
pub const SUPABASE_PUBLISHABLE_KEY: Variable = Variable::new(
    "SUPABASE_PUBLISHABLE_KEY",
    "The project's publishable key (`sb_publishable_…`), or its legacy `anon` key.",
    "none",
);

/// The key of servers.
pub const SUPABASE_SECRET_KEY: Variable = Variable::new(
    "SUPABASE_SECRET_KEY",
    "The project's secret key (`sb_secret_…`), or its legacy `service_role` key: on servers only.",
    "none: what needs it is refused",
)
.secret();

/// The keys that seal tokens.
pub const GHOSTWREN_SEALING_KEYS: Variable = Variable::new(
    "GHOSTWREN_SEALING_KEYS",
    "The keys that seal stored tokens, as `id:base64,id:base64`: the first one seals, all of them open.",
    "a key file beside the SQLite file; none for other stores",
)
.secret();

/// All of them, in the order in which documentation lists them.
///
/// ```
/// use ghostwren::config;
/// for variable in config::VARIABLES {
///     println!("{:<20} {} Default: {}.", variable.name, variable.what, variable.default);
/// }
/// assert!(config::VARIABLES.iter().any(|variable| variable.name == "OPENAI_API_KEY" && variable.secret));
/// ```
pub const VARIABLES: &[Variable] = &[
    OPENAI_API_KEY,
    OPENAI_BASE_URL,
    OPENAI_ORG_ID,
    OPENAI_PROJECT_ID,
    GHOSTWREN_MODEL,
    GHOSTWREN_MODEL_CONTEXT,
    TWITTER_CLIENT_ID,
    TWITTER_CLIENT_SECRET,
    TWITTER_REDIRECT_URI,
    TWITTER_API_BASE,
    TWITTER_AUTHORIZE_BASE,
    SUPABASE_URL,
    SUPABASE_PUBLISHABLE_KEY,
    SUPABASE_SECRET_KEY,
    GHOSTWREN_SEALING_KEYS,
];
