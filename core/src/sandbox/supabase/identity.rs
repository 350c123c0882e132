//! The tokens of the stand-in: signed with ES256, as a new project's are, or with a secret that another server shares.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Utc;
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, UnparsedPublicKey,
};
use serde_json::{Value, json};
use uuid::Uuid;

/// How long an access token lives, in seconds.
pub(super) const LIFE: i64 = 3600;

/// What a token says.
pub(super) struct Claims {
    pub(super) user: Uuid,
    pub(super) session: Uuid,
}

/// The keys, the one that signs last.
#[derive(Default)]
pub(super) struct Keys {
    published: Vec<(String, EcdsaKeyPair)>,
    /// Signs and verifies instead of them.
    shared: Option<hmac::Key>,
}

impl Keys {
    pub(super) fn share(&mut self, secret: &str) {
        self.shared = Some(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()));
    }

    pub(super) fn rotate(&mut self, forget: bool) {
        if forget {
            self.published.clear();
        }
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).and_then(|pkcs8| {
            let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random);
            key.map_err(|_| ring::error::Unspecified)
        });
        // Without randomness there is no key, and every token is refused.
        self.published.extend(made.ok().map(|key| (Uuid::now_v7().to_string(), key)));
    }

    pub(super) fn published(&self) -> Value {
        let keys: Vec<Value> = self
            .published
            .iter()
            .filter(|_| self.shared.is_none())
            .map(|(kid, key)| {
                let point = key.public_key().as_ref();
                let half = |from: usize| URL_SAFE_NO_PAD.encode(point.get(from..from + 32).unwrap_or_default());
                json!({"alg": "ES256", "crv": "P-256", "ext": true, "key_ops": ["verify"], "kid": kid, "kty": "EC",
                    "use": "sig", "x": half(1), "y": half(33)})
            })
            .collect();
        json!({ "keys": keys })
    }

    pub(super) fn sign(&self, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        if let Some(secret) = &self.shared {
            let message = format!("{}.{}", part(&json!({"alg": "HS256", "typ": "JWT"})), part(claims));
            let signature = hmac::sign(secret, message.as_bytes());
            return format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()));
        }
        let Some((kid, key)) = self.published.last() else { return String::new() };
        let header = json!({"alg": "ES256", "kid": kid, "typ": "JWT"});
        let message = format!("{}.{}", part(&header), part(claims));
        match key.sign(&SystemRandom::new(), message.as_bytes()) {
            Ok(signature) => format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref())),
            Err(_) => String::new(),
        }
    }

    /// What a token says, or why it is refused, in the words of the real servers.
    pub(super) fn read(&self, token: &str) -> Result<Claims, &'static str> {
        const INVALID: &str = "invalid JWT: unable to parse or verify signature";
        let parts: Vec<&str> = token.split('.').collect();
        let &[header, payload, signature] = parts.as_slice() else { return Err(INVALID) };
        let json = |part: &str| -> Option<Value> { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok() };
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| INVALID)?;
        let message = format!("{header}.{payload}");
        let named = json(header).ok_or(INVALID)?;
        if let Some(secret) = &self.shared {
            let ours = named.get("alg").and_then(Value::as_str) == Some("HS256");
            if !ours || hmac::verify(secret, message.as_bytes(), &signature).is_err() {
                return Err(INVALID);
            }
        } else {
            let kid = named.get("kid").and_then(Value::as_str).ok_or(INVALID)?;
            let (_, key) = self.published.iter().find(|(known, _)| known == kid).ok_or(INVALID)?;
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public_key().as_ref())
                .verify(message.as_bytes(), &signature)
                .map_err(|_| INVALID)?;
        }
        let claims = json(payload).ok_or(INVALID)?;
        if claims.get("exp").and_then(Value::as_i64).is_none_or(|ends| ends <= Utc::now().timestamp()) {
            return Err("invalid JWT: unable to parse or verify signature, token has invalid claims: token is expired");
        }
        let id = |name: &str| claims.get(name).and_then(Value::as_str).and_then(|id| Uuid::try_parse(id).ok());
        Ok(Claims { user: id("sub").ok_or(INVALID)?, session: id("session_id").ok_or(INVALID)? })
    }
}
