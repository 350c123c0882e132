//! What a failure of an OpenAI-compatible server means, in whatever shape it comes.
//!
//! Codes and their meaning: <https://developers.openai.com/api/docs/guides/error-codes>. Shapes of others are those of
//! llama.cpp (integer codes, `exceed_context_size_error`), vLLM, Ollama, Azure, and of proxies in front of them (HTML).

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret, SecretString};

use super::limits::{Carried, RateLimits};
use super::told::{Told, plain};
use crate::error::{Error, ErrorKind};
use crate::http::{Failure, Repeat, Service, mask_secrets};

/// The name of the service in errors, spans and metrics.
pub(super) const NAME: &str = "openai";

/// How long to wait after `slow_down` when the server does not say: it wants a slower ramp, not a second try at once.
const SLOW_DOWN: Duration = Duration::from_secs(5);

/// OpenAI as the pipeline sees it.
#[derive(Debug)]
pub(super) struct OpenAiService {
    /// Never shown; a server that echoes it is not quoted.
    key: Option<SecretString>,
}

impl OpenAiService {
    pub(super) fn new(key: Option<SecretString>) -> Self {
        Self { key }
    }

    /// What an error inside a stream means: there is no status, the words must do.
    pub(super) fn in_stream(&self, body: &[u8]) -> Failure {
        self.read(None, &HeaderMap::new(), body)
    }

    fn read(&self, status: Option<StatusCode>, headers: &HeaderMap, body: &[u8]) -> Failure {
        let told = Told::parse(body);
        let limits = RateLimits::from_headers(headers);
        let mut failure = judge(status, &told, limits.as_ref());
        failure.detail = self.redact(&failure.detail);
        if let Some(limits) = limits {
            failure = failure.source(Carried(limits));
        }
        // OpenAI's own clients obey this header: https://github.com/openai/openai-python (`_should_retry`).
        match headers.get("x-should-retry").and_then(|value| value.to_str().ok()) {
            Some("false") => failure.repeat = Repeat::Never,
            Some("true") if failure.repeat == Repeat::Never && failure.kind != ErrorKind::QuotaExceeded => {
                failure.repeat = Repeat::IfIdempotent;
            }
            _ => {}
        }
        failure
    }

    /// Takes keys out of a server's words: the one that was sent, and whatever looks like one.
    pub(super) fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        if let Some(key) = &self.key {
            let key = key.expose_secret();
            if key.len() >= 4 && text.contains(key) {
                text = text.replace(key, "***");
            }
        }
        let masked = mask_secrets(&text);
        let mut out = String::with_capacity(masked.len());
        let mut rest = masked.as_ref();
        // In an address or an assignment the key is not a word of its own.
        while let Some((before, after)) = rest.split_once("sk-") {
            let key = after.find(|c: char| !(c.is_ascii_alphanumeric() || "-_*".contains(c))).unwrap_or(after.len());
            let inside_a_word = before.ends_with(|c: char| c.is_alphanumeric());
            out.push_str(before);
            out.push_str(if inside_a_word || key < 4 { "sk-" } else { "***" });
            rest = if inside_a_word || key < 4 { after } else { after.get(key..).unwrap_or_default() };
        }
        out.push_str(rest);
        out
    }
}

impl Service for OpenAiService {
    fn name(&self) -> &'static str {
        NAME
    }

    fn classify(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Failure {
        self.read(Some(status), headers, body)
    }

    fn request_id(&self, headers: &HeaderMap) -> Option<String> {
        // Azure: https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies
        ["x-request-id", "apim-request-id", "x-ms-request-id"]
            .iter()
            .find_map(|name| headers.get(*name))
            .and_then(|id| id.to_str().ok())
            .filter(|id| !id.is_empty())
            .map(|id| id.chars().take(200).collect())
    }
}

/// A failure of a stream as an error.
pub(super) fn into_error(failure: Failure, operation: &'static str) -> Error {
    let mut error = Error::new(failure.kind, failure.code, failure.detail).with_operation(NAME, operation);
    if let Some(remedy) = failure.remedy {
        error = error.with_remedy(remedy);
    }
    if let Some(at) = failure.retry_at {
        error = error.with_retry_at(at);
    }
    error
}

const QUOTA: &[&str] = &[
    "insufficient_quota",
    "credit_balance_exhausted",
    "billing_hard_limit_reached",
    "billing_not_active",
    "spend_limit_reached",
    "spend_limit_exceeded",
    "monthly_spend_limit_exceeded",
    "project_spend_limit_reached",
    "quota_exceeded",
    "insufficient_balance",
];
const FILTER: &[&str] = &[
    "content_filter",
    "content_policy_violation",
    "ResponsibleAIPolicyViolation",
    "moderation_blocked",
    "image_content_policy_violation",
    "bio_policy",
    "cyber_policy",
    "safety",
];
const NO_MODEL: &[&str] = &["model_not_found", "DeploymentNotFound", "model_not_available"];
const GONE: &[&str] = &["model_gone", "model_deprecated", "model_retired", "model_shutdown"];
const CONTEXT: &[&str] = &["context_length_exceeded", "exceed_context_size_error", "string_above_max_length"];
const OVERLOADED: &[&str] = &["server_is_overloaded", "overloaded", "overloaded_error", "engine_overloaded"];

fn judge(status: Option<StatusCode>, told: &Told, limits: Option<&RateLimits>) -> Failure {
    let code = status.map_or(0, |status| status.as_u16());
    let detail = detail(told, code);
    let fail = |kind, name: &'static str| Failure::new(kind, name, detail.clone());

    // What it says goes before the status: compatible servers and streams put their causes under any status.
    if code == 402
        || told.is(QUOTA)
        || told.says(&["exceeded your current quota", "spend limit", "insufficient balance"])
    {
        return fail(ErrorKind::QuotaExceeded, "openai.quota").remedy(
            "Add credit or raise the spend limit in the billing settings of the API account; waiting does not help.",
        );
    }
    if told.is(&["invalid_api_key", "invalid_authentication", "authentication_error"]) || code == 401 {
        return invalid_key(told);
    }
    if told.is(FILTER) || (told.is(&["invalid_prompt"]) && told.says(&["policy", "safety", "flagged"])) {
        return fail(ErrorKind::ContentRefused, "openai.content_filter")
            .remedy("Change the request: the service's filter refuses it as it is.");
    }
    if told.is(GONE)
        || code == 410
        || (told.says(&["model"]) && told.says(&["has been shut down", "has been deprecated", "is retired"]))
    {
        return fail(ErrorKind::NotFound, "openai.model_gone")
            .remedy("Set another model: this one was shut down (GHOSTWREN_MODEL, or the setting `model`).");
    }
    if told.is(NO_MODEL)
        || told.says(&["does not exist or you do not have access"])
        || (code == 404 && told.says(&["model"]))
    {
        return fail(ErrorKind::NotFound, "openai.model_not_found").remedy(
            "Set a model that the server has (GHOSTWREN_MODEL, or the setting `model`); `models()` lists them.",
        );
    }
    if told.is(CONTEXT) || told.says(&["maximum context length", "exceeds the available context size"]) {
        return fail(ErrorKind::InvalidInput, "openai.context_length").remedy("Send fewer or shorter examples.");
    }
    if code == 413 || told.says(&["request too large"]) {
        return fail(ErrorKind::InvalidInput, "openai.request_too_large").remedy(
            "Send a shorter request: a single one is over the limit of tokens a minute, or over the server's size.",
        );
    }
    if told.is(&["slow_down"]) {
        return fail(ErrorKind::RateLimited, "openai.slow_down")
            .repeat(Repeat::NothingHappened { wait: Some(limits.and_then(RateLimits::wait).unwrap_or(SLOW_DOWN)) });
    }
    if code == 429 || told.is(&["rate_limit_exceeded", "rate_limit_error", "requests", "tokens"]) {
        return fail(ErrorKind::RateLimited, "openai.rate_limit")
            .repeat(Repeat::NothingHappened { wait: limits.and_then(RateLimits::wait) })
            .remedy("Send fewer requests at once, or ask for a higher limit.");
    }
    if told.is(OVERLOADED) || code == 503 || code == 529 {
        return fail(ErrorKind::Server, "openai.overloaded").repeat(Repeat::NothingHappened { wait: None });
    }
    if told.is(&["unsupported_parameter", "unsupported_value", "unknown_parameter"])
        || told.says(&["unsupported parameter", "unsupported value"])
    {
        return fail(ErrorKind::InvalidInput, "openai.unsupported_parameter");
    }
    by_status(status, told, fail)
}

fn by_status(status: Option<StatusCode>, told: &Told, fail: impl Fn(ErrorKind, &'static str) -> Failure) -> Failure {
    match status.map(|status| status.as_u16()) {
        Some(403) => fail(ErrorKind::PermissionDenied, "openai.permission")
            .remedy("Check what the key may do: its project, its scopes and the country it is used from."),
        Some(404) => fail(ErrorKind::NotFound, "openai.not_found")
            .remedy("Check the base URL: it ends before `/chat/completions`, usually with `/v1`."),
        Some(408 | 504 | 524) => fail(ErrorKind::Timeout, "openai.timeout").repeat(Repeat::IfIdempotent),
        Some(409) => fail(ErrorKind::Conflict, "openai.conflict").repeat(Repeat::IfIdempotent),
        Some(501) => fail(ErrorKind::InvalidInput, "openai.not_supported"),
        Some(500..) => fail(ErrorKind::Server, "openai.server_error").repeat(Repeat::IfIdempotent),
        Some(400..=499) => fail(ErrorKind::InvalidInput, "openai.invalid_request"),
        Some(_) => fail(ErrorKind::Decode, "openai.unexpected_status"),
        // Inside a stream: what blames the request would fail again, the rest may be tried again.
        None if told.is(&["invalid_request_error", "invalid_prompt"]) => {
            fail(ErrorKind::InvalidInput, "openai.invalid_request")
        }
        None => fail(ErrorKind::Server, "openai.stream_error").repeat(Repeat::IfIdempotent),
    }
}

/// The service's own sentence is not kept: it quotes the key.
fn invalid_key(told: &Told) -> Failure {
    if told.says(&["scope", "permission"]) {
        return Failure::new(ErrorKind::PermissionDenied, "openai.permission", "the API key may not make this call")
            .remedy("Give the key the missing permission in the API account, or use another key.");
    }
    Failure::new(ErrorKind::Auth, "openai.invalid_key", "the server refused the API key")
        .remedy("Check OPENAI_API_KEY: it is missing, mistyped, revoked, or belongs to another server.")
}

fn detail(told: &Told, status: u16) -> String {
    let mut text = match told.message.trim() {
        "" if status == 0 => "the stream carried an error without words".to_owned(),
        "" => format!("status {status} without words"),
        message => plain(message),
    };
    if let (Some(prompt), Some(context)) = (told.prompt_tokens, told.context_tokens) {
        text.push_str(&format!(" ({prompt} tokens, the context has {context})"));
    }
    if !told.param.is_empty() && !text.contains(told.param.as_str()) {
        text.push_str(&format!(" (parameter {})", plain(&told.param)));
    }
    text.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classify(status: u16, body: &str) -> Failure {
        OpenAiService::new(Some("sk-secret-123456".to_owned().into())).classify(
            StatusCode::from_u16(status).unwrap(),
            &HeaderMap::new(),
            body.as_bytes(),
        )
    }

    #[test]
    fn every_known_shape_and_cause() {
        use ErrorKind::*;
        let page = "<html><head><TITLE>502 Bad\n Gateway</TITLE></head></html>";
        for (status, body, kind, code, repeats) in [
            (
                401,
                r#"{"error":{"message":"Incorrect API key provided: sk-sec*456.","code":"invalid_api_key"}}"#,
                Auth,
                "openai.invalid_key",
                false,
            ),
            (401, "", Auth, "openai.invalid_key", false),
            (
                401,
                r#"{"error":{"message":"You have insufficient permissions: Missing scopes: model.request"}}"#,
                PermissionDenied,
                "openai.permission",
                false,
            ),
            (
                403,
                r#"{"error":{"code":"unsupported_country_region_territory","message":"Country not supported"}}"#,
                PermissionDenied,
                "openai.permission",
                false,
            ),
            (
                404,
                r#"{"error":{"message":"The model `x` does not exist or you do not have access to it.","type":"invalid_request_error","param":null,"code":"model_not_found"}}"#,
                NotFound,
                "openai.model_not_found",
                false,
            ),
            (
                400,
                r#"{"error":{"code":"model_not_found","message":"The requested model 'x' does not exist."}}"#,
                NotFound,
                "openai.model_not_found",
                false,
            ),
            (
                404,
                r#"{"error":{"code":"DeploymentNotFound","message":"The API deployment does not exist"}}"#,
                NotFound,
                "openai.model_not_found",
                false,
            ),
            (404, r#"{"error":"model 'x' not found"}"#, NotFound, "openai.model_not_found", false),
            (410, "gone", NotFound, "openai.model_gone", false),
            (404, "<html>nginx</html>", NotFound, "openai.not_found", false),
            (
                400,
                r#"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_prompt_tokens":9000,"n_ctx":8192}}"#,
                InvalidInput,
                "openai.context_length",
                false,
            ),
            (
                400,
                r#"{"error":{"message":"This model's maximum context length is 128000 tokens.","code":"context_length_exceeded"}}"#,
                InvalidInput,
                "openai.context_length",
                false,
            ),
            (
                400,
                r#"{"error":{"code":400,"message":"bad","type":"invalid_request_error"}}"#,
                InvalidInput,
                "openai.invalid_request",
                false,
            ),
            (
                400,
                r#"{"error":{"message":"filtered","code":"content_filter","innererror":{"code":"ResponsibleAIPolicyViolation"},"status":400}}"#,
                ContentRefused,
                "openai.content_filter",
                false,
            ),
            (
                400,
                r#"{"error":{"message":"Unsupported parameter: 'max_tokens'","param":"max_tokens","code":"unsupported_parameter"}}"#,
                InvalidInput,
                "openai.unsupported_parameter",
                false,
            ),
            (
                422,
                r#"{"detail":[{"loc":["body"],"msg":"field required","type":"value_error"}]}"#,
                InvalidInput,
                "openai.invalid_request",
                false,
            ),
            (
                429,
                r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#,
                QuotaExceeded,
                "openai.quota",
                false,
            ),
            (
                429,
                r#"{"error":{"message":"x","code":"credit_balance_exhausted"}}"#,
                QuotaExceeded,
                "openai.quota",
                false,
            ),
            (
                429,
                r#"{"error":{"message":"Project spend limit reached","code":null}}"#,
                QuotaExceeded,
                "openai.quota",
                false,
            ),
            (402, "", QuotaExceeded, "openai.quota", false),
            (
                429,
                r#"{"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}}"#,
                RateLimited,
                "openai.rate_limit",
                true,
            ),
            (429, page, RateLimited, "openai.rate_limit", true),
            (
                429,
                r#"{"error":{"message":"Request too large for gpt-4o: Limit 30000, Requested 40000","code":"rate_limit_exceeded","type":"tokens"}}"#,
                InvalidInput,
                "openai.request_too_large",
                false,
            ),
            (429, r#"{"error":{"message":"ramp","code":"slow_down"}}"#, RateLimited, "openai.slow_down", true),
            (
                503,
                r#"{"error":{"message":"The server is overloaded","code":"server_is_overloaded"}}"#,
                Server,
                "openai.overloaded",
                true,
            ),
            (
                503,
                r#"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#,
                Server,
                "openai.overloaded",
                true,
            ),
            (500, "", Server, "openai.server_error", true),
            (502, page, Server, "openai.server_error", true),
            (501, r#"{"error":{"code":501,"message":"not supported"}}"#, InvalidInput, "openai.not_supported", false),
            (408, "", Timeout, "openai.timeout", true),
            (304, "", Decode, "openai.unexpected_status", false),
            (
                400,
                r#"{"object":"error","message":"vllm says no","type":"BadRequestError","code":400}"#,
                InvalidInput,
                "openai.invalid_request",
                false,
            ),
            (
                400,
                r#"[{"error":{"code":400,"message":"in a list","status":"INVALID_ARGUMENT"}}]"#,
                InvalidInput,
                "openai.invalid_request",
                false,
            ),
            (
                400,
                "\u{feff}{\"error\":{\"message\":[\"odd\"],\"code\":{},\"param\":7}}",
                InvalidInput,
                "openai.invalid_request",
                false,
            ),
            (400, "{\"error\":", InvalidInput, "openai.invalid_request", false),
            (400, "\0\u{1b}[2J", InvalidInput, "openai.invalid_request", false),
        ] {
            let failure = classify(status, body);
            assert_eq!((failure.kind, &*failure.code), (kind, code), "{status} {body}");
            assert_eq!(failure.repeat != Repeat::Never, repeats, "{status} {body}");
            assert!(!failure.detail.is_empty());
            assert!(!failure.detail.contains("sk-"), "{}", failure.detail);
        }
        assert_eq!(classify(502, page).detail, "502 Bad Gateway");
        assert!(
            classify(400, r#"{"error":{"type":"exceed_context_size_error","n_prompt_tokens":9,"n_ctx":8}}"#)
                .detail
                .contains("9 tokens, the context has 8")
        );
        assert_eq!(classify(422, r#"{"detail":[{"msg":"field required"}]}"#).detail, "field required");
    }

    #[test]
    fn keys_are_never_quoted() {
        for body in [
            r#"{"error":{"message":"bad header: Authorization: Bearer sk-secret-123456"}}"#,
            "<title>Bearer sk-secret-123456</title>",
            "key=sk-proj-abcdefghijk&x",
            "\"sk-secret-123456\"",
        ] {
            let detail = classify(400, body).detail;
            assert!(!detail.contains("secret") && !detail.contains("abcdef"), "{detail}");
        }
        let odd = OpenAiService::new(Some("local key".to_owned().into()));
        assert_eq!(odd.redact("you sent local key to us"), "you sent *** to us");
    }

    #[test]
    fn long_words_are_cut_and_should_retry_is_obeyed() {
        assert!(classify(400, &"é".repeat(100_000)).detail.chars().count() <= 601);
        let service = OpenAiService::new(None);
        let mut headers = HeaderMap::new();
        headers.insert("x-should-retry", "false".parse().unwrap());
        let failure = service.classify(StatusCode::SERVICE_UNAVAILABLE, &headers, b"");
        assert_eq!(failure.repeat, Repeat::Never);
        headers.insert("x-should-retry", "true".parse().unwrap());
        assert_eq!(service.classify(StatusCode::BAD_REQUEST, &headers, b"").repeat, Repeat::IfIdempotent);
        let quota = br#"{"error":{"code":"insufficient_quota"}}"#;
        assert_eq!(service.classify(StatusCode::TOO_MANY_REQUESTS, &headers, quota).repeat, Repeat::Never);
    }

    #[test]
    fn errors_inside_a_stream() {
        let service = OpenAiService::new(None);
        let failure = service.in_stream(br#"{"error":{"message":"boom"}}"#);
        assert_eq!(
            (failure.kind, &*failure.code, failure.repeat),
            (ErrorKind::Server, "openai.stream_error", Repeat::IfIdempotent)
        );
        let flat = service.in_stream(
            br#"{"type":"error","code":"rate_limit_exceeded","message":"slow","param":null,"sequence_number":1}"#,
        );
        assert_eq!(&*flat.code, "openai.rate_limit");
        let nested = service.in_stream(br#"{"type":"error","sequence_number":2,"error":{"type":"insufficient_quota","code":"insufficient_quota","message":"q","param":null}}"#);
        assert_eq!(&*nested.code, "openai.quota");
    }
}
