//! What a device must not hold. An app is in everybody's hands: whatever is in it can be read. So the keys of the operator
//! are refused by their shape, wherever they stand in the settings and in the credentials of a call, and a person's own secrets come out of the safe place
//! of the device ([`NativeTokens`]), never out of the settings.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ghostwren::store::seal::SealingKeys;
use ghostwren::{Error, ErrorKind, Result};
use ghostwren_shared::{Args, Kind};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use crate::host::{NativeTokens, load, unsafe_place};

/// What sealed rows are sealed with.
const SEALING_KEYS: &str = "sealing_keys";

fn refused(what: &str, remedy: &'static str) -> Error {
    Error::new(ErrorKind::Config, "mobile.secret_in_app", format!("{what} must not be on a device")).with_remedy(remedy)
}

const THROUGH_THE_BACKEND: &str = "Take it out of the app, revoke it, and make the calls that need it in your backend.";
const IN_THE_TOKEN_STORE: &str =
    "Save the person's own key in the token store; an operator's key belongs into a backend.";

/// The parts of a text, such as of an address, that could be a key.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-' | '.'))
}

/// Whether a text is or holds a key of a model, by its shape.
fn holds_model_key(text: &str) -> bool {
    words(text).any(|word| word.starts_with("sk-") && word.len() >= 20)
}

/// Which operator's secret a text is or holds, by its shape.
fn secret_of_an_operator(text: &str) -> Option<&'static str> {
    words(text).find_map(|word| {
        if word.contains("sb_secret_") {
            Some("a secret key of Supabase")
        } else if word.contains("sk-svcacct-") || word.contains("sk-admin-") {
            Some("an operator's key of OpenAI")
        } else if word.contains("AAAAAAAAAAAAAAAAAAAA") {
            Some("the bearer token of an X app")
        } else if role(word).is_some_and(|role| role == "service_role" || role == "supabase_admin") {
            Some("a service_role key of Supabase")
        } else {
            None
        }
    })
}

/// The role that a JSON web token claims.
fn role(word: &str) -> Option<String> {
    let mut parts = word.split('.');
    let (Some(_), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    let claims: Map<String, Value> = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    claims.get("role")?.as_str().map(str::to_owned)
}

/// Refuses what is a secret by its name or its shape, anywhere in the settings.
fn refuse(value: &Value) -> Result<()> {
    match value {
        Value::String(text) => {
            if let Some(what) = secret_of_an_operator(text) {
                return Err(refused(what, THROUGH_THE_BACKEND));
            }
            if holds_model_key(text) {
                return Err(refused("a key of a model in the settings", IN_THE_TOKEN_STORE));
            }
            Ok(())
        }
        Value::Array(items) => items.iter().try_for_each(refuse),
        Value::Object(fields) => fields.iter().try_for_each(|(name, value)| match (name.as_str(), value) {
            (_, Value::Null) => Ok(()),
            ("client_secret", _) => Err(refused("the secret of a confidential client", THROUGH_THE_BACKEND)),
            ("jwt_secret", _) => Err(refused("the signing secret of a project", THROUGH_THE_BACKEND)),
            ("secret_key", _) => Err(refused("a secret key of Supabase", THROUGH_THE_BACKEND)),
            ("key" | "api_key", _) => Err(refused("a key of a model in the settings", IN_THE_TOKEN_STORE)),
            (_, value) => refuse(value),
        }),
        _ => Ok(()),
    }
}

/// Whether a field of a call carries what proves who somebody is. Texts that people write may speak of keys.
fn carries_a_credential(name: &str) -> bool {
    name.ends_with("token") || matches!(name, "code" | "verifier" | "password" | "callback")
}

/// Refuses an operator's secret where a call would send it as somebody's own.
fn refuse_credentials(value: &Value) -> Result<()> {
    match value {
        Value::Array(items) => items.iter().try_for_each(refuse_credentials),
        Value::Object(fields) => fields.iter().try_for_each(|(name, value)| match value {
            Value::String(text) if carries_a_credential(name) => match secret_of_an_operator(text) {
                Some(what) => Err(refused(what, THROUGH_THE_BACKEND)),
                None => Ok(()),
            },
            value => refuse_credentials(value),
        }),
        _ => Ok(()),
    }
}

/// The arguments of a call: checked.
pub(crate) fn arguments(json: &str) -> Result<Args> {
    let arguments = Args::parse(json)?;
    // What is no JSON was told by `parse`.
    serde_json::from_str(json).map_or(Ok(()), |value| refuse_credentials(&value))?;
    Ok(arguments)
}

fn object(settings: &str) -> Result<Map<String, Value>> {
    serde_json::from_str(settings).map_err(|_| {
        // serde's text may repeat a value.
        Error::new(ErrorKind::InvalidInput, "argument.type", "the settings cannot be used: they are not a JSON object")
    })
}

/// The settings for the calls of all bindings: checked, and with the secrets of the safe place in them.
pub(crate) async fn admit(
    kind: Kind,
    settings: &SecretString,
    tokens: Option<&dyn NativeTokens>,
) -> Result<SecretString> {
    let mut settings = object(settings.expose_secret())?;
    refuse(&Value::Object(settings.clone()))?;
    match kind {
        Kind::OpenAi => give_key(&mut settings, tokens).await?,
        Kind::Ghostwren => {
            if let Some(Value::Object(client)) = settings.get_mut("model").and_then(|model| model.get_mut("openai")) {
                give_key(client, tokens).await?;
            }
            if let Some(Value::Object(project)) = settings.get("store").and_then(|store| store.get("supabase")) {
                // Elsewhere they would come from the environment, which a device has none of.
                for name in ["url", "publishable_key"] {
                    if project.get(name).is_none_or(Value::is_null) {
                        return Err(missing(name));
                    }
                }
                if tokens.is_none() {
                    return Err(no_tokens());
                }
            }
            let in_memory = settings.get("store").is_some_and(|store| store.get("memory").is_some());
            if settings.get("twitter").is_some_and(|app| !app.is_null()) && !in_memory {
                let keys = sealing_keys(tokens.ok_or_else(no_tokens)?).await?;
                settings.insert(SEALING_KEYS.to_owned(), keys.expose_secret().into());
            }
        }
        _ => {}
    }
    let app = if kind == Kind::Twitter { "app" } else { "twitter" };
    if let Some(Value::Object(app)) = settings.get(app)
        && kind == Kind::Ghostwren
        && app.get("client_id").is_none_or(Value::is_null)
    {
        // Elsewhere it would come from the environment, which a device has none of.
        return Err(missing("client_id"));
    }
    Ok(Value::Object(settings).to_string().into())
}

fn missing(name: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, "argument.missing", format!("the argument `{name}` is missing"))
}

fn no_tokens() -> Error {
    Error::new(ErrorKind::Config, "mobile.no_token_store", "there is no safe place for a login")
        .with_remedy("Give a token store: `tokens`.")
}

/// Puts the person's own key into the settings of a client. To another server than OpenAI it goes only by its name.
async fn give_key(client: &mut Map<String, Value>, tokens: Option<&dyn NativeTokens>) -> Result<()> {
    let elsewhere = client.get("base_url").is_some_and(|base| !base.is_null());
    let name = match client.remove("key_name") {
        Some(Value::String(name)) => name,
        _ if elsewhere => return Ok(()),
        _ => "model_key".to_owned(),
    };
    let key = match tokens {
        Some(tokens) => load(tokens, &name).await?,
        None => None,
    };
    let key = key.ok_or_else(|| {
        Error::new(ErrorKind::Config, "mobile.no_model_key", format!("the token store has no `{name}`"))
            .with_remedy("Save the person's own key in the token store, or name your backend as `baseUrl`.")
    })?;
    if let Some(what) = secret_of_an_operator(key.expose_secret()) {
        return Err(refused(what, THROUGH_THE_BACKEND));
    }
    client.insert("key".to_owned(), key.expose_secret().into());
    Ok(())
}

/// The keys that seal the login in the database: made at the first time.
async fn sealing_keys(tokens: &dyn NativeTokens) -> Result<SecretString> {
    // One at a time: the second of two sessions would save another key over the first one's.
    static MAKING: Mutex<()> = Mutex::const_new(());
    let _making = MAKING.lock().await;
    if let Some(keys) = load(tokens, SEALING_KEYS).await? {
        return Ok(keys);
    }
    let keys = SealingKeys::new_value("device")?;
    tokens.save(SEALING_KEYS.to_owned(), keys.expose_secret().to_owned()).await.map_err(unsafe_place)?;
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        format!("eyJhbGciOiJIUzI1NiJ9.{}.c2ln", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn what_belongs_to_an_operator_is_known_by_its_shape() {
        for text in [
            "sb_secret_abc",
            "https://x.supabase.co?apikey=sb_secret_abc",
            "sk-svcacct-abc",
            "Bearer sk-admin-abc",
            "AAAAAAAAAAAAAAAAAAAAAMLheAAAAAAA0%2BuSeid",
            &token(r#"{"role":"service_role"}"#),
            &format!("https://x.supabase.co?apikey={}", token(r#"{"role":"supabase_admin"}"#)),
        ] {
            assert!(secret_of_an_operator(text).is_some(), "{text}");
        }
        for text in ["sb_publishable_abc", "gpt-4o", "https://example.com/v1", &token(r#"{"role":"anon"}"#), "a.b.c"] {
            assert!(secret_of_an_operator(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_call_carries_no_secret_of_an_operator_as_somebodys_own() {
        let key = token(r#"{"role":"service_role"}"#);
        for json in [
            format!(r#"{{"session": {{"access_token": "{key}", "refresh_token": "r"}}}}"#),
            r#"{"session": {"access_token": "a", "refresh_token": "sb_secret_abc"}}"#.to_owned(),
            format!(r#"{{"token": "{key}", "account": "1"}}"#),
            format!(r#"{{"callback": "app://back?code={key}"}}"#),
        ] {
            assert_eq!(arguments(&json).unwrap_err().code(), "mobile.secret_in_app", "{json}");
        }
        // A topic may speak of such keys, and a picture is made of anything.
        let prose =
            r#"{"request": {"topic": "never ship sb_secret_abc"}, "metadata": {"avatar": "AAAAAAAAAAAAAAAAAAAAAAA"}}"#;
        assert!(arguments(prose).is_ok());
        assert_eq!(arguments("no JSON").unwrap_err().code(), "argument.type");
    }

    #[test]
    fn a_key_of_a_model_is_no_part_of_a_word() {
        assert!(holds_model_key("https://x.example?key=sk-proj-0123456789abcdef"));
        for text in ["/data/task-0123456789abcdef/a.db", "https://risk-analysis-of-everything.example", "sk-learn"] {
            assert!(!holds_model_key(text), "{text}");
        }
    }
}
