use std::time::Duration;

use serde_json::{Value, json};

use super::super::server::{Reply, Step};
use super::{Endpoint, Fault, Headers};

const HTML: &str = "<html>\r\n<head><title>Bad gateway</title></head>\r\n<body>\r\n<center><h1>Something went \
                    wrong</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n";
const QUOTA: &str = "You exceeded your current quota, please check your plan and billing details. For more information on \
                     this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.";

/// An error answer in the service's shape: `{"error":{"message","type","param","code"}}`.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    status: u16,
    message: String,
    kind: &'static str,
    param: Option<String>,
    code: Option<&'static str>,
    headers: Vec<(&'static str, String)>,
}

impl Problem {
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            kind: "invalid_request_error",
            param: None,
            code: None,
            headers: Vec::new(),
        }
    }

    pub(crate) fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    pub(crate) fn param(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into());
        self
    }

    pub(crate) fn code(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn body(&self) -> Value {
        json!({"error": {"message": self.message, "type": self.kind, "param": self.param, "code": self.code}})
    }

    pub(crate) fn reply(&self, headers: &Headers) -> Reply {
        let body = self.body().to_string().into_bytes();
        headers.bytes(self.status, "application/json", body, None, self.headers.clone())
    }
}

pub(crate) fn not_json() -> Problem {
    Problem::new(400, "We could not parse the JSON body of your request. The body must be a JSON object.")
}

/// The real service shows the ends of a wrong key and hides the middle; so does this, so that clients have something to hide.
pub(crate) fn wrong_key(key: &str) -> Problem {
    let chars: Vec<char> = key.chars().collect();
    let shown = if chars.len() > 12 {
        let head: String = chars.iter().take(8).collect();
        let tail: String = chars.iter().rev().take(4).rev().collect();
        format!("{head}{}{tail}", "*".repeat(chars.len().min(64) - 12))
    } else {
        "*".repeat(chars.len())
    };
    Problem::new(
        401,
        format!(
            "Incorrect API key provided: {shown}. You can find your API key at https://platform.openai.com/account/api-keys."
        ),
    )
    .code("invalid_api_key")
}

pub(crate) fn no_model(endpoint: Endpoint, model: &str) -> Problem {
    // As recorded: chat answers 404, Responses 400, each in its own words.
    match endpoint {
        Endpoint::Responses => {
            Problem::new(400, format!("The requested model '{model}' does not exist.")).param("model")
        }
        _ => Problem::new(404, format!("The model `{model}` does not exist or you do not have access to it.")),
    }
    .code("model_not_found")
}

/// The 429 of a limit that is enforced.
pub(crate) fn over_limit(wait: Duration) -> Problem {
    let ms = wait.as_millis().max(1);
    rate_limited().header("retry-after-ms", ms.to_string()).header("retry-after", ms.div_ceil(1000).to_string())
}

fn rate_limited() -> Problem {
    Problem::new(
        429,
        "Rate limit reached for gpt-4o in organization sandbox on requests per min (RPM): Limit 500, Used 500, \
         Requested 1. Please try again in 120ms. Visit https://platform.openai.com/account/rate-limits to learn more.",
    )
    .kind("requests")
    .code("rate_limit_exceeded")
}

pub(crate) fn quota() -> Problem {
    Problem::new(429, QUOTA).kind("insufficient_quota").code("insufficient_quota")
}

/// The answer to a fault that comes before any work is done; `None` for the faults of answers.
pub(crate) fn before(fault: Fault, endpoint: Endpoint, headers: &Headers) -> Option<Reply> {
    let html = |status| headers.bytes(status, "text/html; charset=UTF-8", HTML.into(), None, Vec::new());
    let problem = match fault {
        Fault::RateLimit { seconds } => rate_limited().header("retry-after", seconds.to_string()),
        Fault::RateLimitMs { ms } => {
            rate_limited().header("retry-after-ms", ms.to_string()).header("retry-after", ms.div_ceil(1000).to_string())
        }
        Fault::RateLimitBare => rate_limited(),
        Fault::RateLimitHour => rate_limited().header("retry-after", "3600"),
        Fault::RateLimitDate => {
            let at = chrono::Utc::now() + chrono::TimeDelta::seconds(2);
            rate_limited().header("retry-after", at.format("%a, %d %b %Y %H:%M:%S GMT").to_string())
        }
        Fault::SlowDown => {
            Problem::new(429, "Your rate of requests rose too fast. Please slow down and increase it gradually.")
                .kind("requests")
                .code("slow_down")
        }
        Fault::InsufficientQuota => quota(),
        Fault::CreditBalanceExhausted => Problem::new(429, "Your credit balance is used up. Add credits to go on.")
            .kind("insufficient_quota")
            .code("credit_balance_exhausted"),
        Fault::SpendLimit => Problem::new(429, "The project has reached its spend limit.")
            .kind("insufficient_quota")
            .code("billing_hard_limit_reached"),
        Fault::Overloaded => Problem::new(503, "The server is overloaded. Please try again later.")
            .kind("server_error")
            .code("server_is_overloaded"),
        Fault::OverloadedSlowDown => Problem::new(503, "Please slow down.").kind("server_error").code("slow_down"),
        Fault::ServerError => {
            Problem::new(500, "The server had an error while processing your request. Sorry about that!")
                .kind("server_error")
        }
        Fault::RequestTimeout => Problem::new(408, "Request timed out.").kind("timeout"),
        Fault::ContextLength => Problem::new(
            400,
            "This model's maximum context length is 128000 tokens. However, your messages resulted in 150000 tokens. \
             Please reduce the length of the messages.",
        )
        .param("messages")
        .code("context_length_exceeded"),
        Fault::Unauthorized => wrong_key("sk-sandbox-no-longer-valid"),
        Fault::Forbidden => Problem::new(403, "Country, region, or territory not supported")
            .kind("request_forbidden")
            .code("unsupported_country_region_territory"),
        Fault::ModelNotFound => no_model(endpoint, "gpt-4o"),
        Fault::RateLimitHtml => return Some(html(429)),
        Fault::ServerErrorHtml => return Some(html(500)),
        Fault::BadGateway => return Some(html(502)),
        Fault::HtmlOk => return Some(html(200)),
        Fault::IntegerCode => {
            let body =
                json!({"error": {"code": 400, "message": "Failed to parse messages", "type": "invalid_request_error"}});
            return Some(headers.json(400, &body));
        }
        Fault::ErrorString => return Some(headers.json(400, &json!({"error": "the model is still loading"}))),
        Fault::ErrorEmpty => return Some(headers.bytes(400, "application/json", Vec::new(), None, Vec::new())),
        Fault::Redirect => {
            let to = vec![("location", "http://redirected.invalid/v1/chat/completions".to_owned())];
            return Some(headers.bytes(307, "text/plain", Vec::new(), None, to));
        }
        Fault::EndlessLine => {
            let steps = vec![Step::Bytes(bytes::Bytes::from_static(b"data: ")), Step::Filler(64 * 1024 * 1024)];
            return Some(headers.stream(steps));
        }
        Fault::Hang => return Some(Reply::Hang),
        Fault::ResetFirst => return Some(Reply::Reset),
        _ => return None,
    };
    Some(problem.reply(headers))
}
