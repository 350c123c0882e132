//! What a device must not hold. An app is in everybody's hands: whatever is in it can be read. So the keys of the operator
//! are refused by their shape, wherever they stand in the settings and in the credentials of a call, and a person's own secrets come out of the safe place
//! of the device ([`NativeTokens`]), never out of the settings.

use std::borrow::Cow;
use std::iter;

use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine as _, alphabet};
use ghostwren::store::seal::SealingKeys;
use ghostwren::{Error, ErrorKind, Result};
use ghostwren_shared::{Args, Kind};
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use tokio::sync::Mutex;

use crate::host::{NativeTokens, load, unsafe_place};

/// What sealed rows are sealed with.
const SEALING_KEYS: &str = "sealing_keys";

fn refused(what: &str, remedy: &'static str) -> Error {
    Error::new(ErrorKind::Config, "mobile.secret_in_app", format!("{what} must not be on a device")).with_remedy(remedy)
}

/// What came out of the safe place is a person's own, or refused.
pub(crate) fn of_a_person(secret: &str) -> Result<()> {
    secret_of_an_operator(secret).map_or(Ok(()), |what| Err(refused(what, THROUGH_THE_BACKEND)))
}

const THROUGH_THE_BACKEND: &str = "Take it out of the app, revoke it, and make the calls that need it in your backend.";
const IN_THE_TOKEN_STORE: &str =
    "Save the person's own key in the token store; an operator's key belongs into a backend.";

/// A text, and what it says when the escapes of an address are undone: an address may stand in the query of another.
fn readings(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    iter::successors(Some(Cow::Borrowed(text)), |text| unescaped(text).map(Cow::Owned)).take(4)
}

/// A text without percent escapes; nothing where it has none.
fn unescaped(text: &str) -> Option<String> {
    match percent_decode_str(text).into() {
        Cow::Borrowed(_) => None,
        Cow::Owned(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

/// The parts of a text, such as of an address, that could be a key.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-' | '.'))
}

/// Whether a text is or holds a key of a model, by its shape: its long part of letters and digits tells it from a name.
fn holds_model_key(text: &str) -> bool {
    let is_key = |word: &str| {
        let named = word.get(..3).is_some_and(|begin| begin.eq_ignore_ascii_case("sk-"));
        named && word.split(['-', '_', '.']).any(|part| part.len() >= 16)
    };
    readings(text).any(|text| words(&text).any(is_key))
}

/// Which operator's secret a text is or holds, by its shape.
fn secret_of_an_operator(text: &str) -> Option<&'static str> {
    readings(text).find_map(|text| words(&text).find_map(operators))
}

fn operators(word: &str) -> Option<&'static str> {
    let lower = word.to_ascii_lowercase();
    if lower.contains("sb_secret_") {
        Some("a secret key of Supabase")
    } else if lower.contains("sk-svcacct-") || lower.contains("sk-admin-") {
        Some("an operator's key of OpenAI")
    } else if word.contains("AAAAAAAAAAAAAAAAAAAA") {
        Some("the bearer token of an X app")
    } else if word.split('.').filter_map(role).any(|role| is_of_an_operator(&role)) {
        Some("a service_role key of Supabase")
    } else {
        None
    }
}

fn is_of_an_operator(role: &str) -> bool {
    ["service_role", "supabase_admin"].iter().any(|name| role.eq_ignore_ascii_case(name))
}

/// The role that a part of a JSON web token claims, read as the most tolerant server would.
fn role(part: &str) -> Option<String> {
    const TOLERANT: GeneralPurpose = GeneralPurpose::new(
        &alphabet::URL_SAFE,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let claims: Map<String, Value> = serde_json::from_slice(&TOLERANT.decode(part).ok()?).ok()?;
    claims.get("role")?.as_str().map(str::to_owned)
}

fn refuse_text(text: &str) -> Result<()> {
    if let Some(what) = secret_of_an_operator(text) {
        return Err(refused(what, THROUGH_THE_BACKEND));
    }
    match holds_model_key(text) {
        true => Err(refused("a key of a model outside of the token store", IN_THE_TOKEN_STORE)),
        false => Ok(()),
    }
}

/// Refuses what is a secret by its name or its shape, anywhere in the settings.
fn refuse(value: &Value) -> Result<()> {
    match value {
        Value::String(text) => refuse_text(text),
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

/// Whether a field of a call carries what proves who somebody is, or stands in an address that a browser opens. Texts that
/// people write may speak of keys.
fn carries_a_credential(name: &str) -> bool {
    name.ends_with("token") || matches!(name, "code" | "verifier" | "password" | "callback" | "redirect_to" | "params")
}

/// Refuses a secret where a call would send it as somebody's own; `sent` says whether this value is.
fn refuse_credentials(value: &Value, sent: bool) -> Result<()> {
    match value {
        Value::String(text) if sent => refuse_text(text),
        Value::Array(items) => items.iter().try_for_each(|item| refuse_credentials(item, sent)),
        Value::Object(fields) => {
            fields.iter().try_for_each(|(name, value)| refuse_credentials(value, sent || carries_a_credential(name)))
        }
        _ => Ok(()),
    }
}

/// The arguments of a call: checked.
pub(crate) fn arguments(json: &str) -> Result<Args> {
    let arguments = Args::parse(json)?;
    // What is no JSON was told by `parse`.
    serde_json::from_str(json).map_or(Ok(()), |value| refuse_credentials(&value, false))?;
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
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

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
            // As somebody copies them: in another case, between spaces, in an address that was encoded once or twice.
            "SB_SECRET_abc",
            " \tsb_secret_abc\r\n",
            "https://x.supabase.co?apikey=sb%5Fsecret%5fabc",
            "https://x.supabase.co?next=%2Fa%3Fapikey%3Dsb%255Fsecret_abc",
            "SK-Admin-abc",
            &format!("\u{feff}Bearer {}", token(r#"{"role":"service_role"}"#)),
            &token(r#"{"role":"Service_Role"}"#),
            &format!("https://x.supabase.co/{}.json", token(r#"{"role":"service_role"}"#)),
            &format!("https://x.supabase.co?apikey={}", token(r#"{"role":"service_role"}"#).replace('.', "%2E")),
            // Padded, and with bits at the end that say nothing, as some servers read it.
            "e30.eyJyb2xlIjoic2VydmljZV9yb2xlIn0=.c2ln",
            "e30.eyJyb2xlIjoic2VydmljZV9yb2xlIn1.c2ln",
        ] {
            assert!(secret_of_an_operator(text).is_some(), "{text}");
        }
        for text in [
            "sb_publishable_abc",
            "gpt-4o",
            "https://example.com/v1",
            "100%",
            "%zz%4",
            "%F0%9F",
            &token(r#"{"role":"anon"}"#),
            &token(r#"{"role":"authenticated","user_metadata":{"role":"service_role"}}"#),
            &token("[]"),
            "a.b.c",
        ] {
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
            r#"{"callback": "app://back?code=sb%5Fsecret_abc"}"#.to_owned(),
            // These stand in the address that a browser opens.
            format!(r#"{{"redirect_to": "https://x.example/?apikey={key}"}}"#),
            format!(r#"{{"redirect_to": "app://back", "params": {{"apikey": "{key}"}}}}"#),
            r#"{"token": "sk-proj-0123456789abcdef"}"#.to_owned(),
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
        for text in [
            "https://x.example?key=sk-proj-0123456789abcdef",
            "https://x.example?key=sk%2Dproj%2D0123456789abcdef",
            "SK-0123456789abcdef",
            "sk-ant-api03-Ab_0123456789abcdef-x",
        ] {
            assert!(holds_model_key(text), "{text}");
        }
        for text in [
            "/data/task-0123456789abcdef/a.db",
            "https://risk-analysis-of-everything.example",
            "sk-learn",
            "https://sk-gateway-2.production.example.com/v1",
            "sk-tuned-for-the-whole-company-2026-11",
        ] {
            assert!(!holds_model_key(text), "{text}");
        }
    }
}
