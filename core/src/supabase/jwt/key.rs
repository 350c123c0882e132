//! The public keys that tokens are verified with, each for one algorithm.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;

/// More keys than any project has: the current one, its successor, those that were revoked last.
const MAX_KEYS: usize = 100;

/// How a token may be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Es256,
    Rs256,
    EdDsa,
    Hs256,
}

impl Algorithm {
    /// By its name, which is to be spelt exactly so (RFC 7515, section 4.1.1).
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            "ES256" => Some(Self::Es256),
            "RS256" => Some(Self::Rs256),
            "EdDSA" => Some(Self::EdDsa),
            "HS256" => Some(Self::Hs256),
            _ => None,
        }
    }
}

/// One public key.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) kid: Option<String>,
    pub(super) algorithm: Algorithm,
    material: Material,
}

#[derive(Debug, PartialEq, Eq)]
enum Material {
    /// An uncompressed point: 4, x, y.
    P256(Vec<u8>),
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    Ed25519(Vec<u8>),
}

impl Key {
    /// Whether it signed the message. Signatures of ES256 are r and s of 32 bytes each, never DER (RFC 7518, section 3.4).
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::P256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature).is_ok()
            }
            Material::Rsa { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
            }
            Material::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature).is_ok(),
        }
    }
}

/// A key set as it is published (<https://www.rfc-editor.org/rfc/rfc7517>).
#[derive(Deserialize)]
struct WireSet {
    keys: Vec<serde_json::Value>,
}

/// One key of it. Several may be missing: older servers give neither `use` nor `alg`.
#[derive(Deserialize)]
struct WireKey {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

/// The keys of a set that can verify tokens. Others (for encryption, of another kind, secret ones, unreadable ones) are
/// left out, so that a kind of key which a server begins to publish breaks nothing.
pub(super) fn read_keys(body: &[u8]) -> serde_json::Result<Vec<Key>> {
    let set: WireSet = serde_json::from_slice(body)?;
    let keys = set.keys.into_iter().take(MAX_KEYS);
    Ok(keys.filter_map(|key| json::from_value::<WireKey>(&key).ok().and_then(WireKey::into_key)).collect())
}

impl WireKey {
    fn into_key(self) -> Option<Key> {
        if self.usage.as_deref().is_some_and(|usage| usage != "sig")
            || self.key_ops.as_ref().is_some_and(|ops| !ops.iter().any(|op| op == "verify"))
        {
            return None;
        }
        // The kind of the key decides the algorithm; what else it says must agree, and what a token says, too.
        let (algorithm, material) = match (self.kty.as_str(), self.crv.as_deref()) {
            ("EC", Some("P-256")) => {
                let (x, y) = (bytes(self.x)?, bytes(self.y)?);
                if x.len() != 32 || y.len() != 32 {
                    return None;
                }
                let mut point = vec![4];
                point.extend(x);
                point.extend(y);
                (Algorithm::Es256, Material::P256(point))
            }
            ("RSA", None) => {
                let unsigned = |number: Vec<u8>| number.into_iter().skip_while(|byte| *byte == 0).collect();
                (Algorithm::Rs256, Material::Rsa { n: unsigned(bytes(self.n)?), e: unsigned(bytes(self.e)?) })
            }
            ("OKP", Some("Ed25519")) => {
                (Algorithm::EdDsa, Material::Ed25519(bytes(self.x).filter(|key| key.len() == 32)?))
            }
            _ => return None,
        };
        if self.alg.as_deref().is_some_and(|alg| Algorithm::of(alg) != Some(algorithm)) {
            return None;
        }
        Some(Key { kid: self.kid, algorithm, material })
    }
}

fn bytes(text: Option<String>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text?).ok()
}
use crate::json;
