//! A token taken apart, strictly: what one reader accepts and another reads differently is refused.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::key::Algorithm;
use crate::error::{Error, ErrorKind, Result};

/// Longer than any token of Auth, whose size is what its metadata take; servers refuse headers of this size, too.
const MAX_TOKEN: usize = 16 << 10;
const MAX_KID: usize = 256;

/// The parts of a token whose signature nobody has looked at yet.
pub(super) struct Parts<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
    /// What was signed.
    pub(super) message: &'a [u8],
    pub(super) signature: Vec<u8>,
    payload: &'a str,
}

impl<'a> Parts<'a> {
    pub(super) fn of(token: &'a str) -> Result<Self> {
        if token.len() > MAX_TOKEN {
            return Err(malformed("it is longer than 16 KiB"));
        }
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed("it has not three parts"));
        };
        let message = token.as_bytes().get(..header.len() + 1 + payload.len()).unwrap_or_default();
        let header = object(header, "header")?;
        // A critical extension must be understood or refused (RFC 7515, section 4.1.11); none is understood here.
        if header.contains_key("crit") || header.contains_key("b64") {
            return Err(malformed("its header asks for an extension"));
        }
        let kind = header.get("typ").map(|kind| kind.as_str().unwrap_or("?"));
        if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("jwt") && !kind.eq_ignore_ascii_case("at+jwt")) {
            return Err(malformed("its header says that it is something else"));
        }
        let algorithm = header.get("alg").and_then(Value::as_str).and_then(Algorithm::of).ok_or_else(|| {
            Error::new(
                ErrorKind::Auth,
                "supabase.jwt_algorithm",
                "the token is signed in a way that is not accepted: only ES256, RS256, EdDSA and HS256 are",
            )
        })?;
        let kid = match header.get("kid") {
            None => None,
            Some(Value::String(kid)) if kid.len() <= MAX_KID => Some(kid.clone()),
            Some(_) => return Err(malformed("the id of its key is no short text")),
        };
        Ok(Self { algorithm, kid, message, signature: base64(signature, "signature")?, payload })
    }

    /// What it claims: true only once the signature is verified.
    pub(super) fn payload(&self) -> Result<Map<String, Value>> {
        object(self.payload, "payload")
    }
}

fn object(part: &str, name: &str) -> Result<Map<String, Value>> {
    let bytes = base64(part, name)?;
    match serde_json::from_slice::<Strict>(&bytes) {
        Ok(Strict(Value::Object(object))) => Ok(object),
        _ => Err(malformed(&format!("its {name} is no JSON object, or has a name twice"))),
    }
}

/// Base64url in its one canonical form: no padding, no spare bits.
fn base64(part: &str, name: &str) -> Result<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed(&format!("its {name} is not canonical base64url")))
}

pub(super) fn malformed(why: &str) -> Error {
    Error::new(ErrorKind::Auth, "supabase.jwt_malformed", format!("the token cannot be read: {why}"))
        .with_remedy("Pass the access token of a session as Supabase Auth gave it.")
}

/// A JSON value in which no object has a name twice: of two, each reader takes the one it likes.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without doubled names")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(value)) = seq.next_element()? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Strict(value))) = map.next_entry::<String, Strict>()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(Value::Object(object))
    }
}

/// Whether a token, unverified, says that it has expired: no proof of anything, but the reason why a server refuses it.
pub(in crate::supabase) fn says_expired(token: &SecretString, now: DateTime<Utc>) -> bool {
    let claims = Parts::of(token.expose_secret()).and_then(|parts| parts.payload());
    let ends = claims.ok().and_then(|claims| claims.get("exp")?.as_i64());
    ends.is_some_and(|ends| ends <= now.timestamp())
}
