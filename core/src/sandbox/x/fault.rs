use crate::sandbox::fault::faults;

faults! {
    /// What goes wrong with one answer of the stand-in for X.
    ///
    /// Asked for by the header `x-sandbox-fault` of one request, or queued with `XSandbox::script`. The name in the
    /// header is the `Display` form: words joined by hyphens, and `=number` where the fault has one. "After acting"
    /// means that the request did its work: the tweet exists, the refresh token has rotated.
    pub enum Fault, known as "sandbox::x::Fault", such as "usage-cap";

    /// `rate-limit=SECONDS` (60 without a number): the 429 of a used-up window, with its three headers; the reset
    /// is this far away.
    RateLimit {
        /// Seconds to the reset.
        seconds: 60, at least 0
    } => "rate-limit",
    /// `slow-bytes=MS` (5 without a number): the body comes 16 bytes at a time, with this pause before each piece.
    SlowBytes {
        /// The pause, in milliseconds.
        ms: 5, at least 0
    } => "slow-bytes",
    /// `split-bytes=N` (7 without a number): the body comes in pieces of this many bytes.
    SplitBytes {
        /// Bytes in each piece.
        size: 7, at least 1
    } => "split-bytes",
    ;
    /// No fault: lets one request of a script through.
    Pass => "pass",

    /// The 429 of a used-up window without any rate header.
    RateLimitBare => "rate-limit-bare",
    /// 429 in the old shape `{"errors":[{"code":88,…}]}`, with the headers of a used-up window.
    RateLimitV1 => "rate-limit-v1",
    /// 429 because of more than one request a second: the headers tell of a healthy window.
    OnePerSecond => "one-per-second",
    /// 429 `usage-capped`: the month's reads are used up; the headers tell of a healthy window.
    UsageCap => "usage-cap",
    /// 429 of the spending limit of a billing cycle; the headers tell of a healthy window.
    SpendLimit => "spend-limit",
    /// 402: no credits are left.
    NoCredits => "no-credits",

    /// 401, whatever the token.
    Unauthorized => "unauthorized",
    /// 403 in the generic shape.
    Forbidden => "forbidden",
    /// 403 `client-forbidden`, reason `client-not-enrolled`.
    NotEnrolled => "not-enrolled",
    /// 403 `unsupported-authentication`.
    UnsupportedAuthentication => "unsupported-authentication",
    /// 403 whose `type` is an address of the old documentation with a fragment.
    OldTypeAddress => "old-type-address",
    /// 403 for duplicate content, whatever the text.
    Duplicate => "duplicate",
    /// 403 in the old shape `{"errors":[{"code":326,…}]}`: the account is locked.
    Locked => "locked",
    /// 409 `conflict`.
    Conflict => "conflict",
    /// 400 in the validation shape that names `sandbox_parameter`.
    Invalid => "invalid",
    /// 404 with nothing in the body.
    NotFoundEmpty => "not-found-empty",
    /// 404 in plain text.
    NotFoundPlain => "not-found-plain",
    /// 500 with the problem `internal-error`.
    ServerError => "server-error",
    /// 500 in the specification's `Error` shape `{"code","message"}`.
    ServerErrorCode => "server-error-code",
    /// 503 in the old shape `{"errors":[{"code":130,…}]}`.
    OverCapacity => "over-capacity",
    /// 503 in plain text.
    Unavailable => "unavailable",
    /// 502 with a page of HTML.
    BadGateway => "bad-gateway",
    /// 504 with nothing in the body.
    GatewayTimeout => "gateway-timeout",
    /// 200 with a page of HTML, as a captive portal sends it.
    HtmlOk => "html-ok",
    /// 200 with nothing in the body.
    EmptyOk => "empty-ok",
    /// 200 with `errors` alone.
    OnlyErrors => "only-errors",
    /// 307 to another host: a client must not take its token there.
    Redirect => "redirect",
    /// The request is read and never answered; nothing is done.
    Hang => "hang",
    /// The connection is reset before anything is done.
    ResetFirst => "reset-first",

    /// Token endpoint: 400 `invalid_grant`.
    InvalidGrant => "invalid-grant",
    /// Token endpoint: 400 `invalid_request`, "Value passed for the token was invalid."
    TokenInvalid => "token-invalid",
    /// Token endpoint, after acting: the answer lacks `expires_in`.
    NoExpiry => "no-expiry",
    /// Token endpoint, after acting: the answer lacks `refresh_token`.
    NoRefreshToken => "no-refresh-token",

    /// The connection is reset after acting, without a byte of the answer.
    ResetAfter => "reset-after",
    /// Silence after acting.
    HangAfter => "hang-after",
    /// 503 after acting.
    ErrorAfter => "error-after",
    /// After acting, half of the body, then a reset.
    Reset => "reset",
    /// After acting, half of the body, then silence.
    Stall => "stall",
    /// After acting, half of the JSON as if it were the whole.
    Truncated => "truncated",

    /// No rate headers, no ids: the body alone.
    Bare => "bare",
    /// A page of a list without items, with a `next_token` that gives the page that was asked for.
    EmptyPage => "empty-page",
    /// A page of a list that begins with the items of the page before it.
    DuplicatePage => "duplicate-page",
    /// A page of a list whose `next_token` is the one that was sent.
    LoopingPage => "looping-page",
    /// The `pagination_token` has expired.
    ExpiredToken => "expired-token",
    /// Fields that no specification knows, in every object.
    ExtraFields => "extra-fields",
    /// Values that no specification knows, in every field that has a list of values.
    UnknownValues => "unknown-values",
    /// Every object inside a tweet is missing: entities, metrics, attachments.
    NoObjects => "no-objects",
}
