use crate::sandbox::fault::faults;

/// The request header that asks for a fault: `x-sandbox-fault: truncated`, or with a number, `x-sandbox-fault: rate-limit=30`.
pub const FAULT_HEADER: &str = "x-sandbox-fault";

/// The request header that slows an answer down: milliseconds before each event of a stream, such as `x-sandbox-pace-ms: 20`.
pub const PACE_HEADER: &str = "x-sandbox-pace-ms";

faults! {
    /// What goes wrong with one answer of the OpenAI stand-in.
    ///
    /// Asked for by the header [`FAULT_HEADER`] of one request, or queued with `Sandbox::script`. The name in the
    /// header is the `Display` form: words joined by hyphens, and `=number` where the fault has one. A fault that
    /// belongs to streams (or to JSON answers) leaves every other answer as it is, unless its doc says otherwise.
    pub enum Fault, known as "sandbox::Fault", such as "truncated";

    /// `rate-limit=SECONDS` (1 without a number): 429 `rate_limit_exceeded` with `retry-after` in seconds.
    RateLimit {
        /// What `retry-after` says.
        seconds: 1, at least 0
    } => "rate-limit",
    /// `rate-limit-ms=MS` (50 without a number): 429 `rate_limit_exceeded` with `retry-after-ms`, and with a
    /// `retry-after` that was rounded up to whole seconds.
    RateLimitMs {
        /// What `retry-after-ms` says.
        ms: 50, at least 0
    } => "rate-limit-ms",
    /// `slow-bytes=MS` (5 without a number): the body comes 16 bytes at a time, with this pause before each piece.
    SlowBytes {
        /// The pause, in milliseconds.
        ms: 5, at least 0
    } => "slow-bytes",
    /// `split-bytes=N` (7 without a number): the body comes in pieces of this many bytes, so that characters of
    /// several bytes are cut, and a stream has `: keep-alive` comments between its events.
    SplitBytes {
        /// Bytes in each piece.
        size: 7, at least 1
    } => "split-bytes",
    ;
    /// No fault: lets one request of a script through.
    Pass => "pass",

    /// 429 `rate_limit_exceeded` that says nothing of when to come back.
    RateLimitBare => "rate-limit-bare",
    /// 429 `rate_limit_exceeded` with a `retry-after` one hour ahead, in seconds: longer than most deadlines.
    RateLimitHour => "rate-limit-hour",
    /// 429 `rate_limit_exceeded` with a `retry-after` two seconds ahead, as an HTTP date.
    RateLimitDate => "rate-limit-date",
    /// 429 with a page of HTML, as a proxy in front of the service sends it.
    RateLimitHtml => "rate-limit-html",
    /// 429 `slow_down`: the rate of requests rose too fast.
    SlowDown => "slow-down",
    /// 429 `insufficient_quota`: never to be retried.
    InsufficientQuota => "insufficient-quota",
    /// 429 `credit_balance_exhausted`: never to be retried.
    CreditBalanceExhausted => "credit-balance-exhausted",
    /// 429 `billing_hard_limit_reached`, the spend limit of a project: never to be retried.
    SpendLimit => "spend-limit",
    /// 503 `server_is_overloaded`.
    Overloaded => "overloaded",
    /// 503 `slow_down`.
    OverloadedSlowDown => "overloaded-slow-down",
    /// 500 with the JSON error of the service.
    ServerError => "server-error",
    /// 500 with a page of HTML.
    ServerErrorHtml => "server-error-html",
    /// 502 with a page of HTML.
    BadGateway => "bad-gateway",
    /// 408 with the JSON error of the service.
    RequestTimeout => "request-timeout",
    /// 400 whose `code` is the integer 400, as llama.cpp sends it.
    IntegerCode => "integer-code",
    /// 400 whose body is `{"error":"text"}`, as some compatible servers send it.
    ErrorString => "error-string",
    /// 400 with nothing in the body.
    ErrorEmpty => "error-empty",
    /// 400 `context_length_exceeded`.
    ContextLength => "context-length",
    /// 401 `invalid_api_key`, whatever the key.
    Unauthorized => "unauthorized",
    /// 403 `unsupported_country_region_territory`.
    Forbidden => "forbidden",
    /// The model does not exist: 404 in chat, 400 in Responses, as recorded.
    ModelNotFound => "model-not-found",
    /// 307 to another host: a client must not take its key there.
    Redirect => "redirect",
    /// 200 with a page of HTML, as a captive portal sends it.
    HtmlOk => "html-ok",
    /// The request is read and never answered, not even with a header.
    Hang => "hang",
    /// The connection is reset before the first byte of an answer.
    ResetFirst => "reset-first",

    /// The stream closes cleanly in the middle: no finish reason, no `[DONE]`, no terminal event.
    Truncated => "truncated",
    /// The chat stream has its finish reason and lacks `[DONE]`; the Responses stream lacks its terminal event.
    NoDone => "no-done",
    /// An error in the middle of the stream: chat `data: {"error":{…}}`, Responses the flat error event of the specification.
    StreamError => "stream-error",
    /// As `stream-error`; in Responses the nested error event that was recorded, then `response.failed`.
    StreamErrorNested => "stream-error-nested",
    /// As `stream-error`; in Responses `response.failed` alone.
    StreamFailed => "stream-failed",
    /// As `stream-error-nested`, with `insufficient_quota` before the first word.
    StreamErrorFirst => "stream-error-first",
    /// The connection is reset in the middle of the body, streamed or not.
    Reset => "reset",
    /// Half of the body, then silence with the connection open.
    Stall => "stall",
    /// Lines of the stream end in CR LF.
    Crlf => "crlf",
    /// Lines of the stream end in CR.
    Cr => "cr",
    /// A byte order mark first, comments, `event: keepalive`, `id:` and `retry:` lines between the events.
    SseNoise => "sse-noise",
    /// Two bytes in the middle of the stream that are no UTF-8.
    BadUtf8 => "bad-utf8",
    /// An event in the middle of the stream that is no JSON.
    BadEvent => "bad-event",
    /// A line that does not end: 64 MiB of it, as fast as the client reads.
    EndlessLine => "endless-line",
    /// The whole answer as `application/json` although a stream was asked for.
    NotAStream => "not-a-stream",
    /// The first delta of a chat stream has a null `content`, as llama.cpp sends it.
    NullContent => "null-content",

    /// `finish_reason` is `eos`, as other servers send it; in Responses `status` is `finished`.
    UnknownFinishReason => "unknown-finish-reason",
    /// `service_tier` is `on_demand`, as Groq sends it.
    UnknownServiceTier => "unknown-service-tier",
    /// Fields that no specification knows, in every object.
    ExtraFields => "extra-fields",
    /// Only what a small server sends: no usage, no request id, no fingerprint, no logprobs, no tier.
    Bare => "bare",
    /// No answer in the list.
    NoChoices => "no-choices",
    /// One answer less than `n`, or two where one was asked for.
    WrongN => "wrong-n",

    /// An answer of no characters.
    EmptyAnswer => "empty-answer",
    /// Friendly prose where JSON was asked for.
    Prose => "prose",
    /// The right JSON inside a Markdown fence.
    FencedJson => "fenced-json",
    /// The first half of the JSON, with the finish reason of a whole answer.
    HalfJson => "half-json",
    /// JSON that breaks the schema: a required key is missing.
    WrongSchema => "wrong-schema",
    /// The answer is cut by its token limit: finish reason `length`, or `response.incomplete`.
    Length => "length",
    /// The model refuses: the refusal field, or refusal deltas.
    Refusal => "refusal",
    /// A filter cuts the answer: finish reason `content_filter`, or `response.incomplete`.
    ContentFilter => "content-filter",
    /// Tweets of 400 characters.
    LongTweets => "long-tweets",
    /// The example tweets of the prompt, word for word.
    Copies => "copies",
    /// The same tweet each time.
    SameTweets => "same-tweets",
    /// Tweets with handles, links and numbers that stand nowhere in the prompt.
    Invented => "invented",
    /// Tweets with a terminal title change, HTML, a line that looks like an event, a bidi override, and an instruction.
    HostileText => "hostile-text",
    /// Claims on style that contradict the numbers in the prompt and name evidence that does not exist.
    WrongClaims => "wrong-claims",
}
