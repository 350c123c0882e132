//! What is known of OpenAI's models: limits, prices, capabilities, and the day each one stops.
//!
//! Figures: LiteLLM 1.109.1, `model_prices_and_context_window_backup.json`, read 2026-11-22
//! (<https://github.com/BerriAI/litellm>). Shutdown of `gpt-4o`, `gpt-4o-mini`, `gpt-4.1` and `gpt-4.1-mini` on
//! 2027-01-14 and their successor: <https://developers.openai.com/api/docs/deprecations> and
//! <https://help.openai.com/en/articles/20001600-migrating-from-gpt-4x-to-gpt-6-luna>. Prices are those of standard
//! processing; batch, priority and regional surcharges are not in them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::model::ReasoningEffort::{High, Low, Medium, Minimal, None as NoEffort};
use crate::model::{Capabilities, ReasoningEffort, Usage};

/// The day on which the figures of this table were read.
pub const FIGURES_OF: &str = "2026-11-22";

/// What a million tokens cost, in millionths of a US dollar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Price {
    /// Tokens read.
    pub input: u64,
    /// Tokens read that came from the service's cache.
    pub cached: u64,
    /// Tokens read that were written to the cache: the price of `input` where the model does not charge for it.
    pub cache_write: u64,
    /// Tokens written, reasoning included.
    pub output: u64,
}

impl Price {
    /// A price in millionths of a US dollar for a million tokens: read, read from the cache, written.
    ///
    /// ```
    /// use ghostwren::openai::Price;
    /// // $2.50, $1.25 and $10.00 a million tokens.
    /// let price = Price::new(2_500_000, 1_250_000, 10_000_000);
    /// assert_eq!(price.output, 10_000_000);
    /// ```
    #[must_use]
    pub const fn new(input: u64, cached: u64, output: u64) -> Self {
        Self { input, cached, cache_write: input, output }
    }

    /// Sets what writing to the cache costs.
    #[must_use]
    pub const fn cache_write(mut self, price: u64) -> Self {
        self.cache_write = price;
        self
    }

    /// What this usage costs, in millionths of a US dollar, rounded up.
    ///
    /// A server whose parts are larger than its total is read as if the total were the sum of the parts.
    #[must_use]
    pub fn cost_micros(&self, usage: &Usage) -> u64 {
        let plain = usage.input_tokens.saturating_sub(usage.cached_tokens).saturating_sub(usage.cache_write_tokens);
        let total = u128::from(plain) * u128::from(self.input)
            + u128::from(usage.cached_tokens) * u128::from(self.cached)
            + u128::from(usage.cache_write_tokens) * u128::from(self.cache_write)
            + u128::from(usage.output_tokens) * u128::from(self.output);
        u64::try_from(total.div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }

    /// What a call cost that may take `most`, in millionths of a US dollar: its tokens, and `most` for each attempt without an
    /// answer and for an answer that does not say its tokens. A server does not work for nothing.
    pub(super) fn cost_of_call(&self, usage: &Usage, most: u64, unanswered: u32) -> u64 {
        let unknown = u64::from(unanswered) + u64::from(*usage == Usage::default());
        self.cost_micros(usage).saturating_add(most.saturating_mul(unknown))
    }
}

/// How a model reasons before it writes, and so which parameters it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reasoning {
    /// It does not: it takes `temperature`, `top_p` and log probabilities, and no effort.
    No,
    /// It does; the efforts that it takes. It takes the sampling parameters only at effort `none`.
    Efforts(&'static [ReasoningEffort]),
}

impl Reasoning {
    /// The effort to send for the one that was asked for: the nearest that the model takes, upwards first.
    #[must_use]
    pub fn nearest(self, asked: ReasoningEffort) -> Option<ReasoningEffort> {
        let Self::Efforts(efforts) = self else { return None };
        let rank = |effort| match effort {
            NoEffort => 0,
            Minimal => 1,
            Low => 2,
            Medium => 3,
            High => 4,
        };
        efforts.iter().copied().find(|&effort| rank(effort) >= rank(asked)).or_else(|| efforts.last().copied())
    }
}

/// What is known of one model.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ModelInfo {
    /// The name that the table has it under: without the date of a snapshot, unless the snapshot differs.
    pub id: String,
    /// How many tokens it reads at most.
    pub context_tokens: u32,
    /// How many tokens it writes at most.
    pub max_output_tokens: u32,
    /// What it costs; `None` where that is not known.
    pub price: Option<Price>,
    /// Whether it keeps to a strict JSON schema.
    pub json_schema: bool,
    /// Whether it speaks Chat Completions; some speak Responses only.
    pub chat: bool,
    /// How it reasons.
    pub reasoning: Reasoning,
    /// How many answers one call may ask for (Chat Completions only).
    pub max_n: u32,
    /// The day on which it stops, as far as the table knows; the service's own `shutdown_date` goes before it.
    pub shutdown: Option<NaiveDate>,
    /// The model that takes its place, and the effort to start it with.
    pub successor: Option<&'static str>,
    /// Whether the table knows the model itself. If not, the figures are those of its family, or cautious ones.
    pub known: bool,
}

impl ModelInfo {
    /// What the model can be asked, as style and generation see it.
    #[must_use]
    pub fn capabilities(&self) -> Capabilities {
        Capabilities {
            context_tokens: self.context_tokens,
            max_output_tokens: self.max_output_tokens,
            json_schema: self.json_schema,
            max_n: self.max_n,
            temperature: match self.reasoning {
                Reasoning::No => true,
                Reasoning::Efforts(efforts) => efforts.contains(&ReasoningEffort::None),
            },
        }
    }
}

const NOT: Reasoning = Reasoning::No;
/// The o series: <https://developers.openai.com/api/docs/guides/reasoning>.
const LOW_UP: Reasoning = Reasoning::Efforts(&[Low, Medium, High]);
/// GPT-5 of August 2025.
const MINIMAL_UP: Reasoning = Reasoning::Efforts(&[Minimal, Low, Medium, High]);
/// GPT-5.1 and later.
const NONE_UP: Reasoning = Reasoning::Efforts(&[NoEffort, Low, Medium, High]);

struct Row {
    id: &'static str,
    context: u32,
    output: u32,
    /// Micro-dollars for a million tokens: input, cached, cache write, output.
    price: [u64; 4],
    reasoning: Reasoning,
    json_schema: bool,
    chat: bool,
    shutdown: Option<(i32, u32, u32)>,
    successor: Option<&'static str>,
}

const fn row(id: &'static str, context: u32, output: u32, price: [u64; 4], reasoning: Reasoning) -> Row {
    Row { id, context, output, price, reasoning, json_schema: true, chat: true, shutdown: None, successor: None }
}

impl Row {
    const fn stops(mut self, year: i32, month: u32, day: u32, successor: &'static str) -> Self {
        self.shutdown = Some((year, month, day));
        self.successor = Some(successor);
        self
    }

    const fn no_schema(mut self) -> Self {
        self.json_schema = false;
        self
    }

    const fn responses_only(mut self) -> Self {
        self.chat = false;
        self
    }
}

/// The successor that OpenAI names for GPT-4o and GPT-4.1.
const LUNA: &str = "gpt-6-luna";
const SOL: &str = "gpt-6-sol";

/// A dated snapshot (`gpt-4o-2024-08-06`) is found under its name without the date unless it has a row of its own.
const MODELS: &[Row] = &[
    row("gpt-4o", 128_000, 16_384, [2_500_000, 1_250_000, 2_500_000, 10_000_000], NOT).stops(2027, 1, 14, LUNA),
    row("gpt-4o-2024-05-13", 128_000, 4_096, [5_000_000, 5_000_000, 5_000_000, 15_000_000], NOT)
        .no_schema()
        .stops(2026, 10, 23, LUNA),
    row("gpt-4o-mini", 128_000, 16_384, [150_000, 75_000, 150_000, 600_000], NOT).stops(2027, 1, 14, LUNA),
    row("gpt-4.1", 1_047_576, 32_768, [2_000_000, 500_000, 2_000_000, 8_000_000], NOT).stops(2027, 1, 14, LUNA),
    row("gpt-4.1-mini", 1_047_576, 32_768, [400_000, 100_000, 400_000, 1_600_000], NOT).stops(2027, 1, 14, LUNA),
    row("gpt-4.1-nano", 1_047_576, 32_768, [100_000, 25_000, 100_000, 400_000], NOT).stops(2026, 10, 23, LUNA),
    row("gpt-4-turbo", 128_000, 4_096, [10_000_000, 10_000_000, 10_000_000, 30_000_000], NOT)
        .no_schema()
        .stops(2026, 10, 23, SOL),
    row("gpt-4", 8_192, 4_096, [30_000_000, 30_000_000, 30_000_000, 60_000_000], NOT)
        .no_schema()
        .stops(2026, 10, 23, SOL),
    row("gpt-3.5-turbo", 16_385, 4_096, [500_000, 500_000, 500_000, 1_500_000], NOT)
        .no_schema()
        .stops(2026, 10, 23, LUNA),
    row("o1", 200_000, 100_000, [15_000_000, 7_500_000, 15_000_000, 60_000_000], LOW_UP).stops(2026, 10, 23, SOL),
    row("o3", 200_000, 100_000, [2_000_000, 500_000, 2_000_000, 8_000_000], LOW_UP).stops(2026, 12, 11, SOL),
    row("o3-mini", 200_000, 100_000, [1_100_000, 550_000, 1_100_000, 4_400_000], LOW_UP).stops(2026, 10, 23, LUNA),
    row("o4-mini", 200_000, 100_000, [1_100_000, 275_000, 1_100_000, 4_400_000], LOW_UP).stops(2026, 10, 23, LUNA),
    row("gpt-5", 272_000, 128_000, [1_250_000, 125_000, 1_250_000, 10_000_000], MINIMAL_UP).stops(2026, 12, 11, SOL),
    row("gpt-5-mini", 272_000, 128_000, [250_000, 25_000, 250_000, 2_000_000], MINIMAL_UP).stops(2026, 12, 11, LUNA),
    row("gpt-5-nano", 272_000, 128_000, [50_000, 5_000, 50_000, 400_000], MINIMAL_UP).stops(2026, 12, 11, LUNA),
    row("gpt-5.1", 272_000, 128_000, [1_250_000, 125_000, 1_250_000, 10_000_000], NONE_UP).stops(2027, 4, 1, SOL),
    row("gpt-5.2", 272_000, 128_000, [1_750_000, 175_000, 1_750_000, 14_000_000], NONE_UP),
    row("gpt-5.4", 1_050_000, 128_000, [2_500_000, 250_000, 2_500_000, 15_000_000], NONE_UP),
    row("gpt-5.4-mini", 272_000, 128_000, [750_000, 75_000, 750_000, 4_500_000], NONE_UP),
    row("gpt-5.4-nano", 272_000, 128_000, [200_000, 20_000, 200_000, 1_250_000], NONE_UP).stops(2027, 4, 1, LUNA),
    row("gpt-5.5", 1_050_000, 128_000, [5_000_000, 500_000, 5_000_000, 30_000_000], NONE_UP),
    row("gpt-5.5-pro", 1_050_000, 128_000, [30_000_000, 30_000_000, 30_000_000, 180_000_000], LOW_UP)
        .no_schema()
        .responses_only(),
    row("gpt-5.6", 922_000, 128_000, [4_000_000, 400_000, 5_000_000, 20_000_000], NONE_UP),
    row("gpt-5.6-sol", 922_000, 128_000, [4_000_000, 400_000, 5_000_000, 20_000_000], NONE_UP),
    row("gpt-5.6-terra", 922_000, 128_000, [2_000_000, 200_000, 2_500_000, 12_000_000], NONE_UP),
    row("gpt-5.6-luna", 922_000, 128_000, [200_000, 20_000, 250_000, 1_200_000], NONE_UP),
    row("gpt-6-astra", 922_000, 128_000, [10_000_000, 1_000_000, 12_500_000, 50_000_000], LOW_UP),
    row("gpt-6-sol", 922_000, 128_000, [2_000_000, 200_000, 2_500_000, 10_000_000], NONE_UP),
    row("gpt-6-luna", 922_000, 128_000, [100_000, 10_000, 125_000, 500_000], NONE_UP),
    row("gpt-6.1-terra", 922_000, 128_000, [1_000_000, 50_000, 1_250_000, 5_000_000], NONE_UP),
    // LiteLLM lists no effort `none` for this one.
    row("gpt-6.1-sol", 922_000, 128_000, [2_000_000, 100_000, 2_500_000, 10_000_000], LOW_UP),
];

/// The specification's maximum of `n` for Chat Completions
/// (<https://github.com/openai/openai-openapi>, `CreateChatCompletionRequest.n`).
const MAX_N: u32 = 128;

/// What is known of a model by its name. Never fails: an unknown name gets the figures of its family without a price, and
/// a name of no family gets cautious ones (8,192 tokens, one answer a call).
///
/// ```
/// use ghostwren::openai::model_info;
/// let info = model_info("gpt-4o-2024-08-06");
/// assert_eq!((info.id.as_str(), info.context_tokens), ("gpt-4o", 128_000));
/// assert!(model_info("smollm2").price.is_none());
/// ```
#[must_use]
pub fn model_info(name: &str) -> ModelInfo {
    let name = bare(name);
    if let Some(row) = find(name) {
        return from_row(row, row.id, true);
    }
    let undated = without_date(name);
    if let Some(row) = find(undated) {
        return from_row(row, row.id, true);
    }
    family(name)
}

/// Without the routing prefix that gateways put before a name (`openai/gpt-4o`), and without what a fine-tune adds
/// (`ft:gpt-4o-2024-08-06:org::id`).
fn bare(name: &str) -> &str {
    let name = name.rsplit('/').next().unwrap_or(name);
    match name.strip_prefix("ft:") {
        Some(tuned) => tuned.split(':').next().unwrap_or(tuned),
        None => name,
    }
}

fn find(name: &str) -> Option<&'static Row> {
    MODELS.iter().find(|row| row.id == name)
}

/// `gpt-4o-2024-08-06` → `gpt-4o`, `gpt-3.5-turbo-0125` → `gpt-3.5-turbo`.
fn without_date(name: &str) -> &str {
    for pattern in ["-0000-00-00", "-0000"] {
        let dated = name.len() > pattern.len()
            && name.bytes().rev().zip(pattern.bytes().rev()).all(|(have, want)| match want {
                b'0' => have.is_ascii_digit(),
                _ => have == want,
            });
        if dated {
            return name.get(..name.len() - pattern.len()).unwrap_or(name);
        }
    }
    name
}

fn from_row(row: &Row, id: &str, known: bool) -> ModelInfo {
    let [input, cached, cache_write, output] = row.price;
    ModelInfo {
        id: id.to_owned(),
        context_tokens: row.context,
        max_output_tokens: row.output,
        price: known.then(|| Price::new(input, cached, output).cache_write(cache_write)),
        json_schema: row.json_schema,
        chat: row.chat,
        reasoning: row.reasoning,
        max_n: if row.id == "o1" || !row.chat { 1 } else { MAX_N },
        shutdown: row.shutdown.filter(|_| known).and_then(|(y, m, d)| NaiveDate::from_ymd_opt(y, m, d)),
        successor: row.successor.filter(|_| known),
        known,
    }
}

/// The nearest relative of a model that the table does not have: figures without a price.
fn family(name: &str) -> ModelInfo {
    let relative = if name.starts_with("gpt-4o-mini") {
        "gpt-4o-mini"
    } else if name.starts_with("gpt-4o") || name.starts_with("chatgpt-4o") {
        "gpt-4o"
    } else if name.starts_with("gpt-4.1") || name.starts_with("gpt-4.5") {
        "gpt-4.1"
    } else if name.starts_with("gpt-4-turbo") || name.starts_with("gpt-4-1106") || name.starts_with("gpt-4-0125") {
        "gpt-4-turbo"
    } else if name.starts_with("gpt-4") {
        "gpt-4"
    } else if name.starts_with("gpt-3.5") {
        "gpt-3.5-turbo"
    } else if is_chat_only(name) {
        "gpt-4o" // `gpt-5-chat-latest`: the model of the ChatGPT app, without reasoning parameters
    } else if name.contains("-pro") && generation(name).is_some() {
        "gpt-5.5-pro"
    } else if name.contains("codex") && generation(name).is_some() {
        let mut info = family_of("gpt-5", name);
        info.chat = false;
        return info;
    } else {
        match generation(name) {
            Some((5, 0)) => "gpt-5",
            Some((5, minor)) if minor < 6 => "gpt-5.2",
            Some((5, _)) => "gpt-5.6",
            Some((major, _)) if major > 5 => "gpt-6-sol",
            _ if o_series(name) => "o3",
            _ => return unknown(name),
        }
    };
    family_of(relative, name)
}

fn family_of(relative: &str, name: &str) -> ModelInfo {
    find(relative).map_or_else(|| unknown(name), |row| from_row(row, name, false))
}

fn unknown(name: &str) -> ModelInfo {
    ModelInfo {
        id: name.to_owned(),
        context_tokens: 8192,
        max_output_tokens: 2048,
        price: None,
        // llama.cpp, vLLM, Ollama and LM Studio all take `response_format` with a schema.
        json_schema: true,
        chat: true,
        reasoning: if name.contains("gpt-oss") { LOW_UP } else { NOT },
        // Ollama ignores `n`, llama.cpp refuses more than its slots: ask one at a time.
        max_n: 1,
        shutdown: None,
        successor: None,
        known: false,
    }
}

fn is_chat_only(name: &str) -> bool {
    generation(name).is_some() && name.contains("-chat")
}

/// `gpt-5.6-luna` → (5, 6).
fn generation(name: &str) -> Option<(u32, u32)> {
    let digits = name.strip_prefix("gpt-")?.split('-').next()?;
    let (major, minor) = digits.split_once('.').unwrap_or((digits, "0"));
    let major = major.parse().ok()?;
    (major >= 5).then_some((major, minor.parse().ok()?))
}

/// `o1`, `o3-deep-research`, `o4-mini-2025-04-16`.
fn o_series(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next() == Some('o')
        && chars.next().is_some_and(|c| c.is_ascii_digit())
        && matches!(chars.next(), None | Some('-'))
}

/// Whether the name belongs to OpenAI's own reasoning models, which take `developer` and `max_completion_tokens` only.
#[must_use]
pub fn is_openai_reasoning(name: &str) -> bool {
    let name = bare(name);
    (o_series(name) || generation(name).is_some()) && matches!(model_info(name).reasoning, Reasoning::Efforts(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapshots_share_the_row_of_their_model_unless_they_differ() {
        for (name, id) in [
            ("gpt-4o", "gpt-4o"),
            ("gpt-4o-2024-08-06", "gpt-4o"),
            ("gpt-4o-2024-11-20", "gpt-4o"),
            ("gpt-4o-2024-05-13", "gpt-4o-2024-05-13"),
            ("gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
            ("gpt-4-0613", "gpt-4"),
            ("gpt-3.5-turbo-0125", "gpt-3.5-turbo"),
            ("gpt-5.4-2026-03-05", "gpt-5.4"),
            ("gpt-5-2025-08-07", "gpt-5"),
            ("o4-mini-2025-04-16", "o4-mini"),
            ("o1-2024-12-17", "o1"),
            ("openai/gpt-4o", "gpt-4o"),
            ("ft:gpt-4o-2024-08-06:acme::abc", "gpt-4o"),
        ] {
            let info = model_info(name);
            assert_eq!(info.id, id, "{name}");
            assert!(info.known, "{name}");
        }
    }

    #[test]
    fn unknown_models_get_their_family_and_no_price() {
        for (name, reasons) in [
            ("gpt-4o-audio-preview", false),
            ("gpt-5-chat-latest", false),
            ("gpt-5.3-chat-latest", false),
            ("gpt-5.7", true),
            ("gpt-7-nova", true),
            ("gpt-5-pro", true),
            ("o9", true),
            ("smollm2", false),
            ("olmo-2", false),
            ("gpt-oss-20b", true),
            ("", false),
            ("-2024-08-06", false),
            ("é-2024-08-06", false),
        ] {
            let info = model_info(name);
            assert!(!info.known && info.price.is_none() && info.shutdown.is_none(), "{name}");
            assert_eq!(info.reasoning != Reasoning::No, reasons, "{name}");
        }
        assert_eq!(model_info("smollm2").max_n, 1);
        assert!(!is_openai_reasoning("gpt-oss-20b"));
        assert!(is_openai_reasoning("gpt-6-luna"));
        assert!(!is_openai_reasoning("gpt-4o"));
    }

    #[test]
    fn cost_counts_each_token_once_and_rounds_up() {
        let price = model_info("gpt-4o").price.unwrap();
        let usage = Usage { input_tokens: 1_000, cached_tokens: 400, output_tokens: 100, ..Usage::default() };
        assert_eq!(price.cost_micros(&usage), 1_500 + 500 + 1_000);
        let luna = model_info("gpt-6-luna").price.unwrap();
        let usage = Usage {
            input_tokens: 2_000,
            cached_tokens: 1_000,
            cache_write_tokens: 500,
            output_tokens: 10,
            reasoning_tokens: 8,
        };
        // 500 × 0.10 + 1,000 × 0.01 + 500 × 0.125 + 10 × 0.50 micro-dollars = 127.5
        assert_eq!(luna.cost_micros(&usage), 128);
        let absurd = Usage { input_tokens: 1, cached_tokens: u64::MAX, output_tokens: u64::MAX, ..Usage::default() };
        assert_eq!(price.cost_micros(&absurd), u64::MAX);
    }

    #[test]
    fn the_nearest_effort_is_one_that_the_model_takes() {
        assert_eq!(model_info("gpt-6-luna").reasoning.nearest(NoEffort), Some(NoEffort));
        assert_eq!(model_info("gpt-6-luna").reasoning.nearest(Minimal), Some(Low));
        assert_eq!(model_info("gpt-5").reasoning.nearest(NoEffort), Some(Minimal));
        assert_eq!(model_info("o3").reasoning.nearest(NoEffort), Some(Low));
        assert_eq!(model_info("gpt-4o").reasoning.nearest(High), None);
    }

    #[test]
    fn every_model_that_stops_has_a_known_successor_that_does_not() {
        for row in MODELS {
            let info = model_info(row.id);
            assert!(info.known);
            if info.shutdown.is_some() {
                let next = model_info(info.successor.unwrap());
                assert!(next.known && next.shutdown.is_none(), "{}", row.id);
            }
        }
    }
}
