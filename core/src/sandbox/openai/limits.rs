use std::time::{Duration, Instant};

/// The rate limits that the answers tell of, counted in windows of one minute.
#[derive(Debug)]
pub(crate) struct Limits {
    enforced: bool,
    requests: u64,
    tokens: u64,
    used_requests: u64,
    used_tokens: u64,
    since: Instant,
}

impl Limits {
    const WINDOW: Duration = Duration::from_secs(60);

    pub(crate) fn new(requests_per_minute: Option<u32>) -> Self {
        Self {
            enforced: requests_per_minute.is_some(),
            requests: requests_per_minute.map_or(10_000, u64::from),
            tokens: 2_000_000,
            used_requests: 0,
            used_tokens: 0,
            since: Instant::now(),
        }
    }

    /// Counts a request; gives the time to wait when it is one too many.
    pub(crate) fn take(&mut self, tokens: u64) -> Option<Duration> {
        if self.since.elapsed() >= Self::WINDOW {
            (self.used_requests, self.used_tokens, self.since) = (0, 0, Instant::now());
        }
        self.used_requests += 1;
        self.used_tokens += tokens;
        (self.enforced && self.used_requests > self.requests).then(|| Self::WINDOW.saturating_sub(self.since.elapsed()))
    }

    /// The `x-ratelimit-*` headers; the resets are durations as Go writes them, such as `59.2s` or `1m0s`.
    pub(crate) fn headers(&self) -> Vec<(&'static str, String)> {
        let left = Self::WINDOW.saturating_sub(self.since.elapsed());
        let reset = if left.as_secs() >= 60 { "1m0s".to_owned() } else { format!("{:.3}s", left.as_secs_f64()) };
        vec![
            ("x-ratelimit-limit-requests", self.requests.to_string()),
            ("x-ratelimit-limit-tokens", self.tokens.to_string()),
            ("x-ratelimit-remaining-requests", self.requests.saturating_sub(self.used_requests).to_string()),
            ("x-ratelimit-remaining-tokens", self.tokens.saturating_sub(self.used_tokens).to_string()),
            ("x-ratelimit-reset-requests", reset.clone()),
            ("x-ratelimit-reset-tokens", reset),
        ]
    }
}
