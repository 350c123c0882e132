//! Requests to the stand-in for X over raw HTTP.

// Each test file uses its part of this.
#![allow(dead_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

use ghostwren::sandbox::{Sandbox, XSandbox, x};
use serde_json::Value;

use super::raw_http::{Answer, send};

pub const SCOPES: [&str; 6] =
    ["tweet.read", "tweet.write", "users.read", "users.email", "media.write", "offline.access"];

/// A sandbox with a token of its user.
pub struct Client {
    pub sandbox: Sandbox,
    pub x: XSandbox,
    pub token: String,
}

impl Client {
    /// The clock stands at the beginning of a rate window and of a UTC day's afternoon.
    pub fn start() -> Self {
        let sandbox = Sandbox::start().unwrap();
        let x = sandbox.x();
        x.freeze_at(x.now());
        let token = x.issue_tokens(x.user_id(), &SCOPES).access;
        Self { sandbox, x, token }
    }

    pub fn get(&self, target: &str) -> Answer {
        self.call("GET", target, &[], b"")
    }

    pub fn get_with(&self, fault: x::Fault, target: &str) -> Answer {
        self.call("GET", target, &[("x-sandbox-fault", &fault.to_string())], b"")
    }

    pub fn post(&self, target: &str, body: &Value) -> Answer {
        self.call("POST", target, &[("content-type", "application/json")], body.to_string().as_bytes())
    }

    pub fn delete(&self, target: &str) -> Answer {
        self.call("DELETE", target, &[], b"")
    }

    pub fn call(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let mut all = vec![("authorization", bearer.as_str())];
        all.extend(headers);
        send(&self.sandbox, method, target, &all, body, usize::MAX)
    }

    /// A form without a token, as the login sends it.
    pub fn form(&self, target: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Answer {
        let body = url_encode(fields);
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend(headers);
        send(&self.sandbox, "POST", target, &all, body.as_bytes(), usize::MAX)
    }
}

/// A query or form, with every byte that is not a letter or digit as `%XX`.
pub fn url_encode(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| -> String {
        text.bytes()
            .map(
                |byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") },
            )
            .collect()
    };
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.join("&")
}

/// The ids in a list of objects.
pub fn ids(list: &Value) -> Vec<u64> {
    list.as_array().into_iter().flatten().map(|one| one["id"].as_str().unwrap().parse().unwrap()).collect()
}
