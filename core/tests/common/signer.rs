//! Keys that sign tokens in tests, and forgeries of all kinds.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use ring::{hmac, rsa::PublicKeyComponents};
use serde_json::{Value, json};

/// Made for these tests, and of no other use: ring makes no keys of RSA.
const RSA: &str = "\
    MIIEpQIBAAKCAQEAypkHiz5GYNo7PpbBM6T+OiuYWUKwW3kat+kfcu5L3aeFfg73cX6wTXPs1YgloIRcaZi4wePPDgXCNzUj8ItE\
    M8dASAdMzdkH5eUXzpLmYyV3Fem6V36awY6/jiDkY03RkXRWH7ZjOapdFdl8SZ1Ns5/8x8YsFjgKOTPSnSgVGkWzgkii57FQrzua\
    UNQVi6xFeZgs+WLpBox1eg+0Cs018KOJsOyTWQZGWDN3TFm2Rp4x61RXEBVG7PJ8ESDcIvokUXVtQJy7pYjRy1KLivfJ3rHX2MMR\
    WcuJ+2ZE0rs5n06VldEkwc3HkzMOIlSSYwL2l1MlBRL/H3HpQFY6BvUpewIDAQABAoIBABElJ9xyozhsD3/Jo0UFwqv/53naU8a8\
    oMm36qeVH199NKYJNItAH5cWZzsKNWD4V+0UdcJBef14+El9b51aM9CL8qvbI6FMq3HwVCDxEUU1CkxqRhDvJRVEntUI1zseKUzo\
    GFJruB73r2lQyUdeOWao9JagII1VexashOI0M6ulhrRHsqjwWUG58ckThfCujYuYWoSAt80nHTSp2qroau/Ijiu6Ofb9kuPnKcNH\
    kjc4lvkqJ9HbrdRJ3jgKGaNtwnE5OiduUl9Ws2f55bqJ20ftiLpFGQajN4Q9fNgty4sCB2grv4DkNir9prJ+f+Rqc/enyWSnlLK0\
    e2+v2KSjtx0CgYEA+XDRJ4kTH92U9LIbrkQa0WNxRdVJnVb5Y5/ns+t9kp/wSQWV5Fhn6R8Y0kjAK5UsG1UzUTFFi863Fg1Nw3uk\
    KBumVLvdavxqW2/lywCAGc7Pc1LfHGB0IyOs2boMN9+od8+heYZXgc5uVf0yFTdy4zyF/szpAhAQsRkKXpvAqKcCgYEAz+zgKdFG\
    JpGDSBxRQUJMfZiPibNkpmJ0wB3aFfs+CyVljDeGdLnBsC96SLVYtouPFPWMCn5Dq9NuesxKG0SX3ccHlVxoBiOIyphS8LmhH3V+\
    jayaHREWEM5ekVqNZrh9t3Kx0ZdArisvnso3qlMFB63titLPV0shdAcsNU/ovw0CgYEAtucBhmLdkhURHyfmYi7wFy86pMETfHqE\
    3YcoB+aaKkR6laCx20Dz2J2DvtW3i32TXOtpeJSPcUd/On1A0yE7Kmmz2hfy8HrrpeZz8hmI1OOve9l9XbpgDlAfc3sXcHTgfBHU\
    Tl6ylaz/fK/u5F3HMVZ0znQEOw36n1FEKEE+0KsCgYEAx7vJPgJtO+FuVhf1qhWw+rlRsTplxjsv4dkLRTBa0kQzPzWbcId8Wu3Q\
    rwWdWYXIhZ62zuGpyeZJ66ZQzc7ff8iQLVdeCf+aiNs4WUxITbsFPbz/MkrWgoBrcX+l83XoNg/0Zty/4k9T6FpijLhBTbYzSLbn\
    O/jNAvNc8T143AUCgYEAnfzAkDOhmPsjfPGedfhyF8rcfSPhLrcLRPbPwyKTBEl85y9BNSc92QeUVxn8iOgccAbwMHU3OsuRpFye\
    aQTUzPndSsEgqyO7hqUDmEQZGU5df04WdzUFFsEasCSGxt0NYbR9WXrx9JjJO8ngDU/fw7Iu/o4QMggWDfPad/e7uGs=";

/// A key of one kind.
pub enum Signer {
    Es256(EcdsaKeyPair),
    /// The same curve, its signatures as DER.
    Der(EcdsaKeyPair),
    Es384(EcdsaKeyPair),
    Rs256(Box<RsaKeyPair>),
    EdDsa(Ed25519KeyPair),
    Hs256(Vec<u8>),
    /// What is signed is not looked at: these bytes.
    Fixed(Vec<u8>),
}

pub fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Signer {
    pub fn es256() -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        Self::Es256(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap())
    }

    /// One key, twice: with raw signatures, and with DER ones.
    pub fn es256_and_der() -> (Self, Self) {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let of = |algorithm| EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
        (Self::Es256(of(&ECDSA_P256_SHA256_FIXED_SIGNING)), Self::Der(of(&ECDSA_P256_SHA256_ASN1_SIGNING)))
    }

    pub fn es384() -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, &random).unwrap();
        Self::Es384(EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_FIXED_SIGNING, pkcs8.as_ref(), &random).unwrap())
    }

    pub fn rs256() -> Self {
        let der = STANDARD.decode(RSA).unwrap();
        Self::Rs256(Box::new(RsaKeyPair::from_der(&der).unwrap()))
    }

    pub fn eddsa() -> Self {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self::EdDsa(Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap())
    }

    pub fn alg(&self) -> &'static str {
        match self {
            Self::Es256(_) | Self::Der(_) | Self::Fixed(_) => "ES256",
            Self::Es384(_) => "ES384",
            Self::Rs256(_) => "RS256",
            Self::EdDsa(_) => "EdDSA",
            Self::Hs256(_) => "HS256",
        }
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Es256(key) | Self::Der(key) | Self::Es384(key) => {
                key.sign(&random, message).unwrap().as_ref().to_vec()
            }
            Self::Rs256(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
            Self::EdDsa(key) => key.sign(message).as_ref().to_vec(),
            Self::Hs256(secret) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
                hmac::sign(&key, message).as_ref().to_vec()
            }
            Self::Fixed(signature) => signature.clone(),
        }
    }

    /// The public key as it is published, with everything that a server may say of it.
    pub fn jwk(&self, kid: &str) -> Value {
        let mut jwk = match self {
            Self::Es256(key) | Self::Der(key) => point(key.public_key().as_ref(), "P-256"),
            Self::Es384(key) => point(key.public_key().as_ref(), "P-384"),
            Self::Rs256(key) => {
                let PublicKeyComponents::<Vec<u8>> { n, e } = key.public().into();
                json!({"kty": "RSA", "n": b64(n), "e": b64(e)})
            }
            Self::EdDsa(key) => json!({"kty": "OKP", "crv": "Ed25519", "x": b64(key.public_key())}),
            Self::Hs256(secret) => json!({"kty": "oct", "k": b64(secret)}),
            Self::Fixed(_) => json!({}),
        };
        jwk["kid"] = kid.into();
        jwk["alg"] = self.alg().into();
        jwk["use"] = "sig".into();
        jwk["key_ops"] = json!(["verify"]);
        jwk
    }

    /// A token with this header and these claims, as they are.
    pub fn token_of(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", b64(header), b64(claims));
        let signature = b64(self.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }

    /// A token as Auth makes it.
    pub fn token(&self, kid: &str, claims: &Value) -> String {
        let header = json!({"alg": self.alg(), "kid": kid, "typ": "JWT"});
        self.token_of(&header.to_string(), &claims.to_string())
    }
}

fn point(point: &[u8], crv: &str) -> Value {
    let (x, y) = point[1..].split_at((point.len() - 1) / 2);
    json!({"kty": "EC", "crv": crv, "x": b64(x), "y": b64(y)})
}
