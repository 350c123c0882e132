//! The project's public keys, asked for when one is needed that is not known, and never more often than that helps.
//!
//! One request at a time, however many wait. A key that the set does not have is not looked for again for half a minute:
//! the same answer holds for every made-up key, so that a storm of them costs no request and no memory. Keys that were
//! read are used for as long as the server says (Auth: ten minutes), and an hour more while it cannot be reached.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::header::CACHE_CONTROL;
use http::{HeaderMap, Method};
use tokio::time::Instant;
use url::Url;

use super::claims::refused;
use super::key::{Algorithm, Key, read_keys};
use crate::error::{Error, ErrorFields, Result};
use crate::http::{HttpClient, HttpRequest, Made, Service};

/// The largest key set that is read; one of three keys has 1 KB.
const MAX_BODY: usize = 256 << 10;
/// How long a key that the set does not have is not looked for again.
const ABSENT: Duration = Duration::from_secs(30);
/// How long a request that failed is not made again.
const FAILED: Duration = Duration::from_secs(5);
/// How long keys are used without being read again: what the server says, within these.
const FRESH: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(3600));
const FRESH_UNLESS_SAID: Duration = Duration::from_secs(600);
/// How much longer while the server cannot be reached.
const STALE: Duration = Duration::from_secs(3600);

pub(super) struct Jwks {
    url: Url,
    http: HttpClient,
    service: Box<dyn Service>,
    state: Mutex<State>,
    /// Held by the one who asks.
    gate: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    keys: Arc<[Key]>,
    /// When the keys were read, and until when they are used without asking.
    read: Option<(Instant, Instant)>,
    failed: Option<(Instant, ErrorFields)>,
}

enum Known {
    Keys(Arc<[Key]>),
    Absent,
    Failed(ErrorFields),
    Ask { meanwhile: Option<Arc<[Key]>> },
}

impl Jwks {
    pub(super) fn new(url: Url, http: HttpClient, service: Box<dyn Service>) -> Self {
        Self { url, http, service, state: Mutex::default(), gate: tokio::sync::Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The keys, among which is one for this token.
    pub(super) async fn keys(&self, kid: Option<&str>, algorithm: Algorithm) -> Result<Arc<[Key]>> {
        let settle = |known: Known| match known {
            Known::Keys(keys) => Ok(Ok(keys)),
            Known::Absent => Ok(Err(unknown_key())),
            Known::Failed(error) => Ok(Err(Error::from(error))),
            Known::Ask { meanwhile } => Err(meanwhile),
        };
        let meanwhile = match settle(self.state().known(kid, algorithm)) {
            Ok(end) => return end,
            Err(meanwhile) => meanwhile,
        };
        let gate = match (self.gate.try_lock(), meanwhile) {
            (Ok(gate), _) => gate,
            // Somebody is asking already, and the keys that are known will do until then.
            (Err(_), Some(keys)) => return Ok(keys),
            (Err(_), None) => self.gate.lock().await,
        };
        // Who held the gate before may have brought them.
        if let Ok(end) = settle(self.state().known(kid, algorithm)) {
            return end;
        }
        let asked = self.ask().await;
        let now = Instant::now();
        let mut state = self.state();
        let error = match asked {
            Ok((keys, fresh)) => {
                let fresh = now.checked_add(fresh).unwrap_or(now);
                *state = State { keys: keys.into(), read: Some((now, fresh)), failed: None };
                None
            }
            Err(error) => {
                tracing::warn!(target: "ghostwren::supabase", %error, "the public keys of the project could not be read");
                state.failed = Some((now, error.to_fields()));
                Some(error)
            }
        };
        let known = state.known(kid, algorithm);
        drop(state);
        drop(gate);
        match settle(known) {
            Ok(end) => end,
            Err(meanwhile) => meanwhile.ok_or_else(|| error.unwrap_or_else(unknown_key)),
        }
    }

    async fn ask(&self) -> Result<(Vec<Key>, Duration)> {
        let request = HttpRequest::new("auth.jwks", Method::GET, self.url.clone())
            .total_timeout(Some(Duration::from_secs(5)))
            .max_attempts(2);
        let made = Made::new();
        let answer = self.http.send_read(&*self.service, request, MAX_BODY, &|body| made.keep(read_keys(body))).await?;
        Ok((made.take()?, fresh(&answer.headers)))
    }
}

impl State {
    fn known(&self, kid: Option<&str>, algorithm: Algorithm) -> Known {
        let now = Instant::now();
        let has = is_among(&self.keys, kid, algorithm);
        let failed = self.failed.as_ref().filter(|(at, _)| now < *at + FAILED);
        match self.read {
            Some((_, fresh)) if has && now < fresh => Known::Keys(Arc::clone(&self.keys)),
            Some((_, fresh)) if has && now < fresh + STALE => match failed {
                Some(_) => Known::Keys(Arc::clone(&self.keys)),
                None => Known::Ask { meanwhile: Some(Arc::clone(&self.keys)) },
            },
            Some((read, _)) if !has && now < read + ABSENT => Known::Absent,
            _ => match failed {
                Some((_, error)) => Known::Failed(error.clone()),
                None => Known::Ask { meanwhile: None },
            },
        }
    }
}

/// Whether a token that names this key can be looked at. A key that is known, but not for the token's algorithm, counts:
/// asking again would not help. A token that names none takes the only one there is for its algorithm.
fn is_among(keys: &[Key], kid: Option<&str>, algorithm: Algorithm) -> bool {
    match kid {
        Some(_) => keys.iter().any(|key| key.kid.as_deref() == kid),
        None => keys.iter().filter(|key| key.algorithm == algorithm).count() == 1,
    }
}

pub(super) fn unknown_key() -> Error {
    refused("supabase.jwt_unknown_key", "the project has no such key, or has it no longer")
        .with_remedy("Log in again; where this is a token of another project, use that project's URL.")
}

fn fresh(headers: &HeaderMap) -> Duration {
    let said = headers.get(CACHE_CONTROL).and_then(|value| value.to_str().ok()).and_then(|value| {
        let age = value.split(',').find_map(|part| part.trim().strip_prefix("max-age="))?;
        age.parse().ok().map(Duration::from_secs)
    });
    said.unwrap_or(FRESH_UNLESS_SAID).clamp(FRESH.0, FRESH.1)
}
