use std::fmt;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use http::HeaderValue;
use http::Method;
use http::header::HeaderName;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

use super::errors::{bad_argument, unreadable};
use super::{Bucket, ObjectPath, Storage, StoredObject, Upload};
use crate::error::Result;
use crate::http::{HttpRequest, shown_address};

/// An address that lets whoever has it read one object for a while. `Debug` shows no signature.
#[derive(Clone)]
pub struct SignedUrl {
    url: Url,
    /// When it ends, by the clock of this machine.
    pub expires_at: DateTime<Utc>,
}

/// An address that lets whoever has it upload one object, within two hours. `Debug` shows no signature.
#[derive(Clone)]
pub struct SignedUpload {
    url: Url,
}

impl SignedUrl {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }
}

impl SignedUpload {
    /// The address: send the bytes there with `PUT`, and their `Content-Type`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }
}

impl fmt::Debug for SignedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedUrl")
            .field("url", &shown_address(&self.url))
            .field("expires_at", &self.expires_at)
            .finish()
    }
}

impl fmt::Debug for SignedUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedUpload").field("url", &shown_address(&self.url)).finish()
    }
}

impl Bucket {
    /// The address of an object in a public bucket, served through the CDN. Sends nothing, and does not look whether the
    /// object is there or the bucket public.
    ///
    /// # Errors
    /// `Config`, `supabase.bad_url`.
    pub fn public_url(&self, path: &ObjectPath) -> Result<Url> {
        self.object(&["object", "public"], path)
    }

    /// An address that lets whoever has it read the object for so long; whole seconds, at least one.
    ///
    /// # Errors
    /// `NotFound`, `supabase.no_object`; and every kind of the pipeline.
    pub async fn signed_url(&self, path: &ObjectPath, lives: Duration) -> Result<SignedUrl> {
        const OPERATION: &str = "storage.sign";
        let (seconds, expires_at) = life(lives);
        let url = self.object(&["object", "sign"], path)?;
        let request = HttpRequest::new(OPERATION, Method::POST, url).json(&json!({"expiresIn": seconds}))?;
        let answer = self.storage.send(request.idempotent(true)).await?.value;
        self.storage
            .signed(&answer)
            .map(|url| SignedUrl { url, expires_at })
            .ok_or_else(|| unreadable(OPERATION, "the answer of Supabase Storage holds no address of its own"))
    }

    /// As [`signed_url`](Self::signed_url), for several objects in one request: `None` for those that are not there.
    ///
    /// # Errors
    /// Every kind of the pipeline.
    pub async fn signed_urls(&self, paths: &[ObjectPath], lives: Duration) -> Result<Vec<Option<SignedUrl>>> {
        const OPERATION: &str = "storage.sign_all";
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        let (seconds, expires_at) = life(lives);
        let body = json!({
            "expiresIn": seconds,
            "paths": paths.iter().map(ObjectPath::as_str).collect::<Vec<_>>(),
        });
        let url = self.storage.endpoint(&["object", "sign", &self.name])?;
        let request = HttpRequest::new(OPERATION, Method::POST, url).json(&body)?.idempotent(true);
        let answer = self.storage.send(request).await?.value;
        let all =
            answer.as_array().ok_or_else(|| unreadable(OPERATION, "the answer of Supabase Storage is no list"))?;
        let of = |path: &ObjectPath| {
            let named = |one: &&Value| one.get("path").and_then(Value::as_str) == Some(path.as_str());
            let url = self.storage.signed(all.iter().find(named)?)?;
            Some(SignedUrl { url, expires_at })
        };
        Ok(paths.iter().map(of).collect())
    }

    /// An address that lets whoever has it upload this object, once; over one that is there only with `upsert`.
    ///
    /// # Errors
    /// `Conflict`, `supabase.object_exists`; `PermissionDenied`, `supabase.storage_forbidden`; and every kind of the pipeline.
    pub async fn signed_upload(&self, path: &ObjectPath, upsert: bool) -> Result<SignedUpload> {
        const OPERATION: &str = "storage.sign_upload";
        let url = self.object(&["object", "upload", "sign"], path)?;
        let mut request = HttpRequest::new(OPERATION, Method::POST, url).json(&json!({}))?.idempotent(true);
        if upsert {
            request = request.header(HeaderName::from_static("x-upsert"), HeaderValue::from_static("true"));
        }
        let answer = self.storage.send(request).await?.value;
        self.storage
            .signed(&answer)
            .map(|url| SignedUpload { url })
            .ok_or_else(|| unreadable(OPERATION, "the answer of Supabase Storage holds no address of its own"))
    }

    /// Uploads with an address that somebody signed, in one piece: for a program that has no session.
    ///
    /// # Errors
    /// `Auth`: `supabase.signed_url_expired`, `supabase.signature_refused`; and as [`upload`](Self::upload).
    pub async fn upload_signed(
        &self,
        signed: &SignedUpload,
        path: &ObjectPath,
        upload: &Upload,
    ) -> Result<StoredObject> {
        let token = signed.url.query_pairs().find(|(name, _)| name == "token").map(|(_, token)| token.into_owned());
        let token = SecretString::from(token.unwrap_or_default());
        let expected = self.object(&["object", "upload", "sign"], path)?;
        if token.expose_secret().is_empty() || expected.path() != signed.url.path() {
            return Err(bad_argument("storage.upload_signed", "the address was signed for another object"));
        }
        let request = HttpRequest::new("storage.upload_signed", Method::PUT, signed.url.clone());
        let request = upload.in_one_piece(request).await?.idempotent(false);
        self.storage.send_signed(request, &token).await?;
        Ok(StoredObject { path: path.clone(), id: None })
    }
}

impl Storage {
    /// The address in an answer: relative to Storage, or to the host with the whole path; never on another host.
    fn signed(&self, answer: &Value) -> Option<Url> {
        let text = ["signedURL", "signedUrl", "url"].iter().find_map(|name| answer.get(*name)?.as_str())?;
        let base = self.endpoint(&[]).ok()?;
        let prefix = base.path().trim_end_matches('/');
        let path = text.split(['?', '#']).next().unwrap_or_default();
        let relative = text.starts_with('/') && !text.starts_with("//");
        let url = if relative && (prefix.is_empty() || !path.starts_with(&format!("{prefix}/"))) {
            base.join(&format!("{prefix}{text}")).ok()?
        } else {
            base.join(text).ok()?
        };
        (url.origin() == base.origin() && url.query_pairs().any(|(name, _)| name == "token")).then_some(url)
    }
}

fn life(lives: Duration) -> (u64, DateTime<Utc>) {
    let seconds = lives.as_secs().max(1);
    let ends = i64::try_from(seconds).ok().and_then(TimeDelta::try_seconds);
    let now = Utc::now();
    (seconds, ends.and_then(|lives| now.checked_add_signed(lives)).unwrap_or(DateTime::<Utc>::MAX_UTC))
}
