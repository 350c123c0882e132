//! The error bodies, each in the shape that X was seen to send.

use serde_json::{Value, json};

use super::fields::Dialect;

/// An answer before faults are done to it.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Content,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    Json(Value),
    Text(String),
}

pub(crate) const JSON: &str = "application/json; charset=utf-8";
const PROBLEM: &str = "application/problem+json";
const HTML: &str = "<!DOCTYPE html>\n<html><head><title>x.com | 502: Bad gateway</title></head>\n<body><h1>Bad gateway</h1>\
                    </body></html>\n";

impl Answer {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self { status, content_type: JSON, headers: Vec::new(), body: Content::Json(body) }
    }

    pub(crate) fn text(status: u16, content_type: &'static str, body: impl Into<String>) -> Self {
        Self { status, content_type, headers: Vec::new(), body: Content::Text(body.into()) }
    }

    pub(crate) fn html(status: u16) -> Self {
        Self::text(status, "text/html; charset=UTF-8", HTML)
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self::text(status, JSON, "")
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn problem(status: u16, body: Value) -> Self {
        Self { content_type: PROBLEM, ..Self::json(status, body) }
    }
}

/// The address of a kind of problem: each dialect's specification has its own host.
pub(crate) fn kind(dialect: Dialect, slug: &str) -> String {
    let host = match dialect {
        Dialect::Tweet => "api.twitter.com",
        Dialect::Post => "api.x.com",
    };
    format!("https://{host}/2/problems/{slug}")
}

/// The generic shape: `about:blank`.
pub(crate) fn blank(status: u16, title: &str, detail: &str) -> Answer {
    Answer::problem(status, json!({"title": title, "type": "about:blank", "status": status, "detail": detail}))
}

pub(crate) fn unauthorized() -> Answer {
    blank(401, "Unauthorized", "Unauthorized")
}

pub(crate) fn not_permitted() -> Answer {
    blank(403, "Forbidden", "You are not permitted to perform this action.")
}

pub(crate) fn forbidden(detail: &str) -> Answer {
    blank(403, "Forbidden", detail)
}

/// Recorded in <https://github.com/PLhery/node-twitter-api-v2/issues/469>.
pub(crate) fn duplicate() -> Answer {
    forbidden("You are not allowed to create a Tweet with duplicate content.")
}

/// The validation shape: each error with what was sent.
pub(crate) fn invalid(dialect: Dialect, errors: &[(&str, &str, String)]) -> Answer {
    let errors: Vec<Value> = errors
        .iter()
        .map(|(name, value, message)| json!({"parameters": {*name: [value]}, "message": message}))
        .collect();
    Answer::problem(
        400,
        json!({
            "errors": errors,
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": kind(dialect, "invalid-request"),
        }),
    )
}

/// One thing wrong with a JSON body.
pub(crate) fn invalid_body(dialect: Dialect, message: String) -> Answer {
    Answer::problem(
        400,
        json!({
            "errors": [{"message": message, "parameters": {}}],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": kind(dialect, "invalid-request"),
        }),
    )
}

pub(crate) fn too_many() -> Answer {
    Answer::problem(
        429,
        json!({"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429}),
    )
}

pub(crate) fn usage_cap(dialect: Dialect) -> Answer {
    Answer::problem(
        429,
        json!({
            "account_id": 1_500_000_000_000_000_001_u64,
            "product_name": "standard-basic",
            "title": "UsageCapExceeded",
            "period": "Monthly",
            "scope": "Product",
            "detail": "Usage cap exceeded: Monthly product cap",
            "type": kind(dialect, "usage-capped"),
        }),
    )
}

/// The status and the words of this one are not documented (see the pricing page): a client must not depend on them.
fn spend_limit(dialect: Dialect) -> Answer {
    Answer::problem(
        429,
        json!({
            "title": "SpendCapReached",
            "detail": "Your enrolled account has reached its billing cycle spend cap. API requests are blocked until the \
                       next cycle begins.",
            "type": kind(dialect, "credits"),
        }),
    )
}

/// Status 402 was seen in production (<https://github.com/tryethernal/ethernal/issues/1324>); the words are not documented.
pub(crate) fn no_credits(dialect: Dialect) -> Answer {
    Answer::problem(
        402,
        json!({
            "title": "CreditsDepleted",
            "detail": "Your enrolled account does not have any credits to fulfill this request.",
            "type": kind(dialect, "credits"),
        }),
    )
}

pub(crate) fn oauth(status: u16, error: &str, description: &str) -> Answer {
    Answer::json(status, json!({"error": error, "error_description": description}))
}

fn v1(status: u16, code: u32, message: &str) -> Answer {
    Answer::json(status, json!({"errors": [{"code": code, "message": message}]}))
}

/// What a fault answers, and whether the headers of a healthy rate window go with it; `None` for the other faults.
pub(crate) fn of_fault(fault: super::Fault, dialect: Dialect) -> Option<Answer> {
    use super::Fault;
    Some(match fault {
        Fault::RateLimit { .. } | Fault::RateLimitBare | Fault::OnePerSecond => too_many(),
        Fault::RateLimitV1 => v1(429, 88, "Rate limit exceeded"),
        Fault::UsageCap => usage_cap(dialect),
        Fault::SpendLimit => spend_limit(dialect),
        Fault::NoCredits => no_credits(dialect),
        Fault::Unauthorized => unauthorized(),
        Fault::Forbidden => forbidden("Forbidden"),
        Fault::NotEnrolled => Answer::problem(
            403,
            json!({
                "client_id": "30000000",
                "detail": "When authenticating requests to the X API v2 endpoints, you must use keys and tokens from a \
                           developer App that is attached to a Project.",
                "registration_url": "https://developer.x.com/en/docs/projects/overview",
                "title": "Client Forbidden",
                "reason": "client-not-enrolled",
                "type": kind(dialect, "client-forbidden"),
            }),
        ),
        Fault::UnsupportedAuthentication => Answer::problem(
            403,
            json!({
                "title": "Unsupported Authentication",
                "detail": "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint. Supported \
                           authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context].",
                "type": kind(dialect, "unsupported-authentication"),
                "status": 403,
            }),
        ),
        Fault::OldTypeAddress => Answer::problem(
            403,
            json!({
                "title": "Forbidden",
                "detail": "Forbidden",
                "type": "https://developer.twitter.com/en/support/twitter-api/error-troubleshooting#not-authorized-for-resource",
                "status": 403,
            }),
        ),
        Fault::Duplicate => duplicate(),
        Fault::Locked => v1(
            403,
            326,
            "To protect our users from spam and other malicious activity, this account is temporarily locked.",
        ),
        Fault::Conflict => Answer::problem(
            409,
            json!({"title": "Conflict", "detail": "The request conflicts with another.", "type": kind(dialect, "conflict"),
                   "status": 409}),
        ),
        Fault::Invalid => {
            invalid(dialect, &[("sandbox_parameter", "x", "The query parameter [sandbox_parameter] is invalid".into())])
        }
        Fault::NotFoundEmpty => Answer::empty(404),
        Fault::NotFoundPlain => Answer::text(404, "text/plain", "404 page not found\n"),
        Fault::ServerError => Answer::problem(
            500,
            json!({"title": "Internal Server Error", "detail": "Something went wrong on our side.", "status": 500,
                   "type": kind(dialect, "internal-error")}),
        ),
        Fault::ServerErrorCode => Answer::json(500, json!({"code": 131, "message": "Internal error"})),
        Fault::OverCapacity => v1(503, 130, "Over capacity"),
        Fault::Unavailable => {
            Answer::text(503, "text/plain", "upstream connect error or disconnect/reset before headers")
        }
        Fault::BadGateway => Answer::html(502),
        Fault::GatewayTimeout => Answer::empty(504),
        Fault::HtmlOk => Answer::html(200),
        Fault::EmptyOk => Answer::empty(200),
        Fault::OnlyErrors => Answer::json(
            200,
            json!({"errors": [{
                "title": "Internal Server Error",
                "detail": "The data could not be loaded.",
                "type": kind(dialect, "internal-error"),
            }]}),
        ),
        Fault::Redirect => Answer::empty(307).header("location", "http://redirected.invalid/2/users/me"),
        Fault::InvalidGrant => oauth(400, "invalid_grant", "The refresh token is invalid, expired or revoked."),
        Fault::TokenInvalid => oauth(400, "invalid_request", "Value passed for the token was invalid."),
        _ => return None,
    })
}
