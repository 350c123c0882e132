//! What X said of its limits, kept in the store for the processes that come after.

use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;

use super::account::Account;
use crate::error::Result;
use crate::http::{KnownWindow, RateKey};
use crate::records::{RateScope, RateWindowKind, RateWindowRecord};
use crate::twitter::TwitterClient;

/// A store takes so many at once.
const AT_ONCE: usize = 200;

/// What the store was told last: a process that made no call since must not speak over one that did.
#[derive(Debug, Default)]
pub(super) struct KeptLimits(Mutex<Vec<KnownWindow>>);

impl KeptLimits {
    /// Those of the windows that changed.
    fn changed(&self, windows: Vec<KnownWindow>) -> Vec<KnownWindow> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = windows.iter().filter(|window| !kept.iter().any(|old| same(old, window))).cloned().collect();
        *kept = windows;
        changed
    }

    fn seeded(&self, windows: &[KnownWindow]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for window in windows {
            kept.retain(|old| !same_place(old, window));
            kept.push(window.clone());
        }
    }
}

fn same_place(a: &KnownWindow, b: &KnownWindow) -> bool {
    a.endpoint == b.endpoint && a.window == b.window
}

/// The times are those of two clocks subtracted: up to two seconds apart is the same.
fn same(a: &KnownWindow, b: &KnownWindow) -> bool {
    let apart = a.resets_at.signed_duration_since(b.resets_at).abs();
    same_place(a, b) && a.remaining == b.remaining && apart < TimeDelta::seconds(2)
}

/// What stands behind an endpoint in the store: X counts each app by itself, and an account may be read by several.
fn of_app(client: &TwitterClient) -> String {
    format!("@{}", RateKey::owner(client.app().client_id()))
}

impl Account {
    /// Gives a client what the store knows of its limits.
    pub(super) async fn seed_limits(&self, client: &TwitterClient, kept: &KeptLimits) -> Result<()> {
        let (shift, of_app) = (self.wren.setup().clock.shift(), of_app(client));
        let windows = self.store().rate_windows(&self.caller, self.id).await?;
        let windows: Vec<KnownWindow> = windows
            .into_iter()
            .filter_map(|window| {
                Some(KnownWindow {
                    // The client knows whose they are.
                    owner: String::new(),
                    window: format!("{}.{}", window.scope.as_str(), window.kind.as_str()).into(),
                    endpoint: window.endpoint.strip_suffix(&of_app)?.to_owned().into(),
                    limit: Some(window.limit),
                    remaining: window.remaining,
                    resets_at: window.resets_at - shift,
                    said_at: window.seen_at - shift,
                })
            })
            .collect();
        kept.seeded(&windows);
        client.seed_rate_windows(windows);
        Ok(())
    }

    /// Saves what a client learned of its limits. For the end of a run.
    pub(super) async fn keep_limits(&self, client: &TwitterClient) {
        let Ok(custody) = self.custody().await else { return };
        let changed = custody.limits.changed(client.rate_windows());
        let (shift, of_app) = (self.wren.setup().clock.shift(), of_app(client));
        let records: Vec<RateWindowRecord> = changed
            .into_iter()
            .filter_map(|window| {
                let (scope, kind) = window.window.split_once('.')?;
                Some(RateWindowRecord {
                    scope: if scope == "app" { RateScope::App } else { RateScope::User },
                    kind: if kind == "24h" { RateWindowKind::Hours24 } else { RateWindowKind::Minutes15 },
                    limit: window.limit.unwrap_or(window.remaining),
                    remaining: window.remaining,
                    resets_at: window.resets_at + shift,
                    endpoint: format!("{}{of_app}", window.endpoint),
                    // And not now: another process may have heard of it since.
                    seen_at: window.said_at + shift,
                })
            })
            .collect();
        for records in records.chunks(AT_ONCE) {
            // What is lost here is learned again from the next answer.
            if let Err(error) = self.store().save_rate_windows(&self.caller, self.id, records.to_vec()).await {
                tracing::warn!(target: "ghostwren::workflow", %error, "what X said of its limits could not be kept");
            }
        }
    }
}
