//! Tokens: those that are good, and every forgery that a library is known to have taken for one.
#![cfg(feature = "supabase")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use common::signer::{Signer, b64};
use futures_util::future::join_all;
use futures_util::stream;
use ghostwren::http::{HttpClient, Transport, TransportError, TransportErrorKind, TransportResponse};
use ghostwren::supabase::{AuthClient, Claims, JwtVerifier, JwtVerifierBuilder, Supabase};
use ghostwren::{ErrorKind, Result};
use secrecy::SecretString;
use serde_json::{Value, json};

const URL: &str = "https://abcdefghijklmnopqrst.supabase.co";
const ISSUER: &str = "https://abcdefghijklmnopqrst.supabase.co/auth/v1";
const USER: &str = "8a1f0a3e-6a53-4b0a-9a52-0c6a4f3f5f10";
const SECRET: &str = "super-secret-jwt-token-with-at-least-32-characters-long";

fn now() -> DateTime<Utc> {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

fn claims() -> Value {
    claims_at(now())
}

fn claims_at(now: DateTime<Utc>) -> Value {
    json!({
        "iss": ISSUER, "sub": USER, "aud": "authenticated", "role": "authenticated",
        "exp": now.timestamp() + 3600, "iat": now.timestamp(),
        "session_id": "0b9d27a5-3a0d-4d7e-9a0f-2f7f3c6f8d11", "aal": "aal1", "is_anonymous": false,
        "email": "ada@example.com", "app_metadata": {"provider": "x"}, "user_metadata": {"name": "Ada"},
        "amr": [{"method": "oauth", "timestamp": now.timestamp()}],
    })
}

fn with(change: impl FnOnce(&mut Value)) -> Value {
    let mut claims = claims();
    change(&mut claims);
    claims
}

fn builder(keys: &[Value]) -> JwtVerifierBuilder {
    let set = json!({ "keys": keys }).to_string();
    JwtVerifier::builder(ISSUER).key_set(set.as_bytes()).unwrap().clock(now)
}

async fn verify(verifier: &JwtVerifier, token: &str) -> Result<Claims> {
    verifier.verify(&SecretString::from(token)).await
}

/// The code of the refusal.
async fn refusal(verifier: &JwtVerifier, token: &str) -> String {
    let error = verify(verifier, token).await.expect_err(token);
    let shown = format!("{error} {error:?}");
    for part in token.split('.').filter(|part| part.len() > 20) {
        assert!(!shown.contains(part), "the error quotes the token: {shown}");
    }
    assert!(matches!(error.kind(), ErrorKind::Auth | ErrorKind::Config), "{error}");
    error.code().to_owned()
}

#[tokio::test]
async fn tokens_of_each_kind_are_read() {
    for signer in [Signer::es256(), Signer::rs256(), Signer::eddsa()] {
        let verifier = builder(&[signer.jwk("k1")]).build().unwrap();
        let claims = verify(&verifier, &signer.token("k1", &claims())).await.unwrap();
        assert_eq!(claims.user.to_string(), USER);
        assert_eq!((claims.role.as_str(), claims.aal.as_deref()), ("authenticated", Some("aal1")));
        assert_eq!(claims.session.unwrap().to_string(), "0b9d27a5-3a0d-4d7e-9a0f-2f7f3c6f8d11");
        assert_eq!(claims.expires_at, now() + TimeDelta::hours(1));
        assert_eq!(claims.get("email").unwrap(), "ada@example.com");
        assert!(!claims.is_anonymous());
        let shown = format!("{claims:?}");
        assert!(shown.contains(USER) && !shown.contains("ada@") && !shown.contains("Ada"), "{shown}");
    }
    let secret = Signer::Hs256(SECRET.into());
    let verifier = builder(&[]).secret("x".repeat(32).into()).secret(SECRET.to_owned().into()).build().unwrap();
    // Tokens of old projects name a key that is published nowhere, or none.
    verify(&verifier, &secret.token("anything", &claims())).await.unwrap();
    verify(&verifier, &secret.token_of(r#"{"alg":"HS256"}"#, &claims().to_string())).await.unwrap();
}

/// The examples of RFC 7515 (A.2, A.3) and RFC 8037 (A.4): signatures that others made. That what they claim is not for us
/// is found only after the signature was.
#[tokio::test]
async fn signatures_of_the_rfcs_are_verified() {
    let verifier = |key: &str| {
        let set = format!(r#"{{"keys":[{key}]}}"#);
        JwtVerifier::builder("joe").key_set(set.as_bytes()).unwrap().clock(now).build().unwrap()
    };
    let payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let es256 = verifier(
        r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
    );
    let signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let token = format!("eyJhbGciOiJFUzI1NiJ9.{payload}.{signature}");
    assert_eq!(refusal(&es256, &token).await, "supabase.jwt_audience");
    let forged = format!("eyJhbGciOiJFUzI1NiJ9.{payload}.{}", signature.replacen("DtE", "DtF", 1));
    assert_eq!(refusal(&es256, &forged).await, "supabase.jwt_signature");
    let rs256 = verifier(
        r#"{"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}"#,
    );
    let signature = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    let token = format!("eyJhbGciOiJSUzI1NiJ9.{payload}.{signature}");
    assert_eq!(refusal(&rs256, &token).await, "supabase.jwt_audience");
    let eddsa = verifier(r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#);
    let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let token = format!("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.{signature}");
    // Signed, and no JSON.
    assert_eq!(refusal(&eddsa, &token).await, "supabase.jwt_malformed");
}

#[tokio::test]
async fn no_token_chooses_how_it_is_verified() {
    let signer = Signer::es256();
    let verifier = builder(&[signer.jwk("k1")]).secret(SECRET.to_owned().into()).build().unwrap();
    let body = claims().to_string();
    for alg in ["none", "None", "NONE", "nOnE", "", "es256", "ES256K", "ES384", "HS384", "HS512", "PS256", "RS512"] {
        let header = json!({"alg": alg, "kid": "k1"}).to_string();
        for signature in
            [String::new(), b64("x"), b64(signer.sign(format!("{}.{}", b64(&header), b64(&body)).as_bytes()))]
        {
            let token = format!("{}.{}.{signature}", b64(&header), b64(&body));
            assert_eq!(refusal(&verifier, &token).await, "supabase.jwt_algorithm", "{alg}");
        }
    }
    for header in [r#"{"kid":"k1"}"#, r#"{"alg":null}"#, r#"{"alg":["ES256"]}"#, r#"{"alg":{"ES256":1}}"#] {
        assert_eq!(refusal(&verifier, &signer.token_of(header, &body)).await, "supabase.jwt_algorithm", "{header}");
    }
    // Keys that a token brings along are not looked at.
    let thief = Signer::es256();
    let header = json!({"alg": "ES256", "kid": "k1", "jwk": thief.jwk("k1"), "jku": "https://evil.example/jwks.json",
        "x5u": "https://evil.example/x", "x5c": ["MII"]});
    assert_eq!(refusal(&verifier, &thief.token_of(&header.to_string(), &body)).await, "supabase.jwt_signature");
}

#[tokio::test]
async fn a_key_is_for_one_algorithm() {
    let rsa = Signer::rs256();
    let ec = Signer::es256();
    let keys = [rsa.jwk("rsa"), ec.jwk("ec")];
    let without_secret = builder(&keys).build().unwrap();
    let with_secret = builder(&keys).secret(SECRET.to_owned().into()).build().unwrap();
    // The public key as the secret of HS256, in each form that it has.
    let n = b64("x");
    let jwk = rsa.jwk("rsa").to_string();
    let modulus = rsa.jwk("rsa")["n"].as_str().unwrap().to_owned();
    for public in [jwk.into_bytes(), modulus.into_bytes(), n.into_bytes(), Vec::new()] {
        for kid in ["rsa", "ec", "other"] {
            let forged = Signer::Hs256(public.clone()).token(kid, &claims());
            assert_eq!(refusal(&without_secret, &forged).await, "supabase.jwt_secret_needed");
            assert_eq!(refusal(&with_secret, &forged).await, "supabase.jwt_signature");
        }
    }
    // A secret that somebody published by mistake is no key either.
    let oct = Signer::Hs256(vec![7; 32]);
    let verifier = builder(&[oct.jwk("oct")]).build().unwrap();
    assert_eq!(refusal(&verifier, &oct.token("oct", &claims())).await, "supabase.jwt_secret_needed");
    // The one key with the other's algorithm.
    let body = claims().to_string();
    for (header, signer) in [(r#"{"alg":"RS256","kid":"ec"}"#, &ec), (r#"{"alg":"ES256","kid":"rsa"}"#, &rsa)] {
        assert_eq!(refusal(&without_secret, &signer.token_of(header, &body)).await, "supabase.jwt_algorithm");
    }
    assert_eq!(refusal(&without_secret, &ec.token("rsa", &claims())).await, "supabase.jwt_algorithm");
    // A key of another curve that says it is for ES256 is none.
    let other = Signer::es384();
    let mut jwk = other.jwk("k1");
    jwk["alg"] = "ES256".into();
    let verifier = builder(&[jwk]).build().unwrap();
    let forged = other.token_of(r#"{"alg":"ES256","kid":"k1"}"#, &body);
    assert_eq!(refusal(&verifier, &forged).await, "supabase.jwt_unknown_key");
}

#[tokio::test]
async fn signatures_have_one_form() {
    let (raw, der) = Signer::es256_and_der();
    let verifier = builder(&[raw.jwk("k1")]).build().unwrap();
    verify(&verifier, &raw.token("k1", &claims())).await.unwrap();
    let forged = [
        der.token("k1", &claims()),
        // CVE-2022-21449: r and s of 0 verified for every text.
        Signer::Fixed(vec![0; 64]).token("k1", &claims()),
        Signer::Fixed(Vec::new()).token("k1", &claims()),
        Signer::Fixed(vec![0xff; 64]).token("k1", &claims()),
        Signer::es256().token("k1", &claims()),
    ];
    for token in forged {
        assert_eq!(refusal(&verifier, &token).await, "supabase.jwt_signature");
    }
    let good = raw.token("k1", &claims());
    // Each part changed by one bit.
    for part in 0..3 {
        let mut parts: Vec<String> = good.split('.').map(str::to_owned).collect();
        let mut bytes =
            base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, &parts[part]).unwrap();
        let last = bytes.len() - 3;
        bytes[last] ^= 1;
        parts[part] = b64(bytes);
        let code = refusal(&verifier, &parts.join(".")).await;
        assert!(["supabase.jwt_signature", "supabase.jwt_malformed"].contains(&code.as_str()), "{part}: {code}");
    }
}

#[tokio::test]
async fn what_can_be_read_in_two_ways_is_refused() {
    let signer = Signer::es256();
    let verifier = builder(&[signer.jwk("k1")]).build().unwrap();
    let header = r#"{"alg":"ES256","kid":"k1","typ":"JWT"}"#;
    let body = claims().to_string();
    let good = signer.token_of(header, &body);
    verify(&verifier, &good).await.unwrap();
    // Doubled names, at the top and below.
    let doubled = body.replacen('{', r#"{"sub":"00000000-0000-4000-8000-000000000000","#, 1);
    let below = body.replacen(r#"{"provider":"x"}"#, r#"{"provider":"x","provider":"y"}"#, 1);
    assert_ne!(below, body);
    let twice = r#"{"alg":"none","alg":"ES256","kid":"k1"}"#;
    let mut tokens = vec![
        signer.token_of(header, &doubled),
        signer.token_of(header, &below),
        signer.token_of(twice, &body),
        signer.token_of(r#"{"alg":"ES256","kid":"k1","crit":["exp"],"exp":1}"#, &body),
        signer.token_of(r#"{"alg":"ES256","kid":"k1","crit":[]}"#, &body),
        signer.token_of(r#"{"alg":"ES256","kid":"k1","b64":false}"#, &body),
        signer.token_of(r#"{"alg":"ES256","kid":1}"#, &body),
        signer.token_of(r#"{"alg":"ES256","kid":"k1","typ":"dpop+jwt"}"#, &body),
        signer.token_of(header, "[]"),
        signer.token_of(header, "null"),
        signer.token_of(header, &format!("{body} {{}}")),
        signer.token_of("", &body),
        signer.token_of(&format!(r#"{{"alg":"ES256","kid":"{}"}}"#, "k".repeat(300)), &body),
        signer.token_of(header, &format!(r#"{{"a":{}1{}}}"#, "[".repeat(5000), "]".repeat(5000))),
        // Not canonical: padding, the other alphabet, spare bits, white space.
        format!("{good}="),
        format!("{good}=="),
        good.replace('.', "=."),
        format!("{good}\n"),
        format!(" {good}"),
        spare_bits(&good),
        // Not three parts.
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        good.rsplit_once('.').unwrap().0.to_owned(),
        format!("{good}."),
        format!("{good}.{good}"),
        "\u{1F980}.\u{1F980}.\u{1F980}".to_owned(),
    ];
    tokens.extend(["+", "/", "%2B"].map(|odd| format!("{good}{odd}")));
    for token in tokens {
        let code = refusal(&verifier, &token).await;
        assert_eq!(code, "supabase.jwt_malformed", "{token}");
    }
    let large = with(|claims| claims["user_metadata"]["bio"] = "x".repeat(20_000).into());
    assert_eq!(refusal(&verifier, &signer.token("k1", &large)).await, "supabase.jwt_malformed");
}

/// The same bytes in another spelling: the last character with a bit that no byte uses.
fn spare_bits(token: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (rest, last) = token.split_at(token.len() - 1);
    let place = ALPHABET.iter().position(|c| *c == last.as_bytes()[0]).unwrap();
    format!("{rest}{}", char::from(ALPHABET[place | 1]))
}

#[tokio::test]
async fn claims_must_be_ours_and_of_now() {
    let signer = Signer::es256();
    let verifier = builder(&[signer.jwk("k1")]).build().unwrap();
    let at = |seconds: i64| json!(now().timestamp() + seconds);
    for (name, value, code) in [
        ("iss", json!("https://evil.supabase.co/auth/v1"), "supabase.jwt_issuer"),
        ("iss", json!(format!("{ISSUER}/")), "supabase.jwt_issuer"),
        ("iss", json!([ISSUER]), "supabase.jwt_claims"),
        ("aud", json!("anon"), "supabase.jwt_audience"),
        ("aud", json!(["a", "b"]), "supabase.jwt_audience"),
        ("aud", json!(null), "supabase.jwt_audience"),
        ("aud", json!({"authenticated": true}), "supabase.jwt_audience"),
        ("exp", at(-31), "supabase.jwt_expired"),
        ("exp", json!(0), "supabase.jwt_expired"),
        ("exp", json!(-1), "supabase.jwt_expired"),
        ("exp", json!("9999999999"), "supabase.jwt_malformed"),
        ("exp", json!(1e300), "supabase.jwt_malformed"),
        ("exp", json!(null), "supabase.jwt_malformed"),
        ("nbf", at(31), "supabase.jwt_not_yet_valid"),
        ("nbf", json!("soon"), "supabase.jwt_malformed"),
        ("iat", at(31), "supabase.jwt_not_yet_valid"),
        ("role", json!("service_role"), "supabase.jwt_role"),
        ("role", json!("anon"), "supabase.jwt_role"),
        ("role", json!(""), "supabase.jwt_claims"),
        ("role", json!(["authenticated"]), "supabase.jwt_claims"),
        ("sub", json!("root"), "supabase.jwt_claims"),
        ("sub", json!(7), "supabase.jwt_claims"),
    ] {
        let token = signer.token("k1", &with(|claims| claims[name] = value.clone()));
        assert_eq!(refusal(&verifier, &token).await, code, "{name} {value}");
    }
    for name in ["iss", "exp", "role", "sub"] {
        let token = signer.token("k1", &with(|claims| drop(claims.as_object_mut().unwrap().remove(name))));
        assert_eq!(refusal(&verifier, &token).await, "supabase.jwt_claims", "{name}");
    }
    for (name, value) in [
        ("aud", json!(["other", "authenticated"])),
        ("exp", at(-29)),
        ("exp", json!(now().timestamp() as f64 + 0.5)),
        ("nbf", at(29)),
        ("iat", at(29)),
        ("session_id", json!("?")),
        ("aal", json!(2)),
    ] {
        let token = signer.token("k1", &with(|claims| claims[name] = value.clone()));
        verify(&verifier, &token).await.unwrap_or_else(|error| panic!("{name} {value}: {error}"));
    }
    let lenient = builder(&[signer.jwk("k1")]).issuer_may_be_missing().build().unwrap();
    let silent = signer.token("k1", &with(|claims| drop(claims.as_object_mut().unwrap().remove("iss"))));
    assert_eq!(verify(&lenient, &silent).await.unwrap().issuer, None);
    for (other, code) in [(json!("https://evil.example"), "supabase.jwt_issuer"), (json!(null), "supabase.jwt_claims")]
    {
        let token = signer.token("k1", &with(|claims| claims["iss"] = other.clone()));
        assert_eq!(refusal(&lenient, &token).await, code);
    }
    let strict = builder(&[signer.jwk("k1")]).leeway(Duration::ZERO).build().unwrap();
    assert_eq!(refusal(&strict, &signer.token("k1", &with(|c| c["exp"] = at(0)))).await, "supabase.jwt_expired");
    let other = builder(&[signer.jwk("k1")]).audience("mine").roles(["worker"]).build().unwrap();
    let token = signer.token("k1", &with(|claims| (claims["aud"], claims["role"]) = (json!("mine"), json!("worker"))));
    verify(&other, &token).await.unwrap();
}

#[tokio::test]
async fn keys_are_taken_as_servers_publish_them() {
    let signer = Signer::es256();
    let token = signer.token("k1", &claims());
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut jwk = signer.jwk("k1");
        change(&mut jwk);
        builder(&[json!("nonsense"), json!({"kty": "future"}), jwk]).build().unwrap()
    };
    let remove = |jwk: &mut Value, names: &[&str]| {
        for name in names {
            jwk.as_object_mut().unwrap().remove(*name);
        }
    };
    verify(&changed(&|jwk| remove(jwk, &["use", "alg", "key_ops"])), &token).await.unwrap();
    for broken in [
        &(|jwk: &mut Value| jwk["use"] = "enc".into()) as &dyn Fn(&mut Value),
        &|jwk| jwk["key_ops"] = json!(["encrypt"]),
        &|jwk| jwk["alg"] = "RS256".into(),
        &|jwk| jwk["crv"] = "secp256k1".into(),
        &|jwk| jwk["kty"] = "RSA".into(),
        &|jwk| jwk["x"] = "AAAA".into(),
        &|jwk| jwk["kid"] = "k2".into(),
        &|jwk| remove(jwk, &["kid"]),
    ] {
        assert_eq!(refusal(&changed(broken), &token).await, "supabase.jwt_unknown_key");
    }
    // Not a point of the curve.
    let off = changed(&|jwk| jwk["y"] = jwk["x"].clone());
    assert_eq!(refusal(&off, &token).await, "supabase.jwt_signature");
    // A token that names no key takes the only one, and none of two.
    let unnamed = signer.token_of(r#"{"alg":"ES256"}"#, &claims().to_string());
    verify(&builder(&[signer.jwk("k1"), Signer::rs256().jwk("k2")]).build().unwrap(), &unnamed).await.unwrap();
    let two = builder(&[signer.jwk("k1"), Signer::es256().jwk("k2")]).build().unwrap();
    assert_eq!(refusal(&two, &unnamed).await, "supabase.jwt_unknown_key");
    assert!(JwtVerifier::builder(ISSUER).key_set(b"<html>").is_err());
    let short = builder(&[]).secret("short".to_owned().into()).build().unwrap_err();
    assert_eq!((short.kind(), short.code()), (ErrorKind::Config, "supabase.jwt_secret_short"));
}

/// A key server without a network: what it answers, and how often it was asked.
#[derive(Clone)]
struct KeyServer {
    answer: Arc<Mutex<Option<Value>>>,
    asked: Arc<Mutex<usize>>,
    takes: Duration,
}

impl std::fmt::Debug for KeyServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyServer")
    }
}

#[async_trait]
impl Transport for KeyServer {
    async fn send(&self, request: http::Request<Bytes>) -> Result<TransportResponse, TransportError> {
        assert_eq!(request.uri().path(), "/auth/v1/.well-known/jwks.json");
        *self.asked.lock().unwrap() += 1;
        tokio::time::sleep(self.takes).await;
        let Some(keys) = self.answer.lock().unwrap().clone() else {
            return Err(TransportError::new(TransportErrorKind::Connect, "down"));
        };
        let body = Bytes::from(keys.to_string());
        let headers = [("cache-control", "public, max-age=600")];
        let headers = headers.map(|(name, value)| (name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap()));
        Ok(TransportResponse {
            status: http::StatusCode::OK,
            headers: headers.into_iter().collect(),
            body: Box::pin(stream::iter([Ok(body)])),
        })
    }
}

impl KeyServer {
    fn new(keys: &[Value]) -> Self {
        let answer = Arc::new(Mutex::new(Some(json!({ "keys": keys }))));
        Self { answer, asked: Arc::default(), takes: Duration::from_millis(50) }
    }

    fn publish(&self, keys: Option<&[Value]>) {
        *self.answer.lock().unwrap() = keys.map(|keys| json!({ "keys": keys }));
    }

    fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }

    fn verifier(&self) -> JwtVerifier {
        let http = HttpClient::builder().transport(self.clone()).jitter(|| 0.0).build().unwrap();
        let project = Supabase::new(URL, "sb_publishable_x").unwrap().http(http);
        AuthClient::new(&project).unwrap().verifier().clone()
    }
}

/// Long enough for everything that a test lets pass; the clock of tokens is the system's here.
fn long() -> Value {
    let mut claims = claims_at(Utc::now());
    claims["exp"] = (Utc::now().timestamp() + 1_000_000).into();
    claims
}

#[tokio::test(start_paused = true)]
async fn one_request_for_all_who_wait() {
    let signer = Signer::es256();
    let server = KeyServer::new(&[signer.jwk("k1")]);
    let (verifier, token) = (server.verifier(), signer.token("k1", &long()));
    for end in join_all((0..500).map(|_| verify(&verifier, &token))).await {
        end.unwrap();
    }
    assert_eq!(server.asked(), 1);
    tokio::time::advance(Duration::from_secs(500)).await;
    verify(&verifier, &token).await.unwrap();
    assert_eq!(server.asked(), 1);
    // Read again after the ten minutes that the server said.
    tokio::time::advance(Duration::from_secs(200)).await;
    for end in join_all((0..100).map(|_| verify(&verifier, &token))).await {
        end.unwrap();
    }
    assert_eq!(server.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn whoever_asks_and_gives_up_blocks_nobody() {
    let signer = Signer::es256();
    let server = KeyServer { takes: Duration::from_secs(2), ..KeyServer::new(&[signer.jwk("k1")]) };
    let (verifier, token) = (server.verifier(), signer.token("k1", &long()));
    assert!(tokio::time::timeout(Duration::from_secs(1), verify(&verifier, &token)).await.is_err());
    verify(&verifier, &token).await.unwrap();
    assert_eq!(server.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_storm_of_unknown_keys_is_no_storm_of_requests() {
    let signer = Signer::es256();
    let server = KeyServer::new(&[signer.jwk("k1")]);
    let verifier = server.verifier();
    let storm: Vec<String> = (0..2000).map(|n| signer.token(&format!("made-up-{n}"), &long())).collect();
    for end in join_all(storm.iter().map(|token| verify(&verifier, token))).await {
        assert_eq!(end.unwrap_err().code(), "supabase.jwt_unknown_key");
    }
    assert_eq!(server.asked(), 1);
    // Good tokens pass meanwhile.
    verify(&verifier, &signer.token("k1", &long())).await.unwrap();
    for second in 0..300 {
        tokio::time::advance(Duration::from_secs(1)).await;
        let token = signer.token(&format!("later-{second}"), &long());
        assert_eq!(refusal(&verifier, &token).await, "supabase.jwt_unknown_key");
    }
    assert!(server.asked() <= 11, "{} requests in five minutes", server.asked());
    // Forged algorithms ask nobody.
    let asked = server.asked();
    let none = format!("{}.{}.", b64(r#"{"alg":"none","kid":"k9"}"#), b64("{}"));
    assert_eq!(refusal(&verifier, &none).await, "supabase.jwt_algorithm");
    assert_eq!(server.asked(), asked);
}

#[tokio::test(start_paused = true)]
async fn keys_rotate_and_servers_fail() {
    let (old, new) = (Signer::es256(), Signer::eddsa());
    let server = KeyServer::new(&[old.jwk("old")]);
    let verifier = server.verifier();
    let (by_old, by_new) = (old.token("old", &long()), new.token("new", &long()));
    verify(&verifier, &by_old).await.unwrap();
    server.publish(Some(&[old.jwk("old"), new.jwk("new")]));
    assert_eq!(refusal(&verifier, &by_new).await, "supabase.jwt_unknown_key");
    tokio::time::advance(Duration::from_secs(31)).await;
    verify(&verifier, &by_new).await.unwrap();
    assert_eq!(server.asked(), 2);
    // A key that was taken back is refused once the set is read again.
    server.publish(Some(&[new.jwk("new")]));
    tokio::time::advance(Duration::from_secs(601)).await;
    assert_eq!(refusal(&verifier, &by_old).await, "supabase.jwt_unknown_key");
    verify(&verifier, &by_new).await.unwrap();
    // While the server is away the keys go on for an hour, and no longer.
    server.publish(None);
    tokio::time::advance(Duration::from_secs(601)).await;
    let asked = server.asked();
    for _ in 0..100 {
        verify(&verifier, &by_new).await.unwrap();
    }
    assert!(server.asked() <= asked + 2, "a failure is not repeated for each token");
    tokio::time::advance(Duration::from_secs(3601)).await;
    let error = verify(&verifier, &by_new).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Connect, "http.connect"));
    server.publish(Some(&[new.jwk("new")]));
    tokio::time::advance(Duration::from_secs(6)).await;
    verify(&verifier, &by_new).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn hostile_key_sets() {
    let signer = Signer::es256();
    let token = signer.token("k1", &long());
    for (set, code) in [
        (json!("<html>"), "http.json"),
        (json!({"keys": {}}), "http.json"),
        (json!([]), "http.json"),
        (
            json!({"keys": [null, 7, {"kty": 1}, {"kty": "EC"}, {"kty": "RSA", "kid": "k1"}]}),
            "supabase.jwt_unknown_key",
        ),
        (json!({"keys": [], "more": "x".repeat(1 << 20)}), "http.body_too_large"),
    ] {
        let server = KeyServer::new(&[]);
        *server.answer.lock().unwrap() = Some(set);
        let error = verify(&server.verifier(), &token).await.unwrap_err();
        assert_eq!(error.code(), code);
    }
}

proptest::proptest! {
    /// Nothing that somebody sends is taken, and nothing of it makes the reader fall over.
    #[test]
    fn no_text_is_a_token(
        text in "\\PC{0,60}",
        header in "[ -~]{0,60}",
        payload in "[ -~]{0,60}",
        signature in proptest::collection::vec(proptest::num::u8::ANY, 0..80),
    ) {
        let verifier = builder(&[]).secret(SECRET.to_owned().into()).build().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let parts = format!("{}.{}.{}", b64(&header), b64(&payload), b64(&signature));
        let typed = format!("{}.{}.{}", b64(r#"{"alg":"HS256"}"#), b64(&payload), b64(&signature));
        for token in [text, parts, typed] {
            runtime.block_on(async { assert!(verifier.verify(&token.into()).await.is_err()) });
        }
    }
}
