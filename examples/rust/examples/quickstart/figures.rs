//! Figures as the report shows them: bars, rates and lists.

use std::collections::BTreeMap;
use std::io::{self, Write};

use ghostwren::style::{Feature, Fingerprint, Habit, LeftOut, Summary};
use ghostwren::text::escape_controls;

const BAR: usize = 24;

pub(crate) fn per_second(tweets: u64, seconds: f64) -> String {
    #[allow(clippy::cast_precision_loss, reason = "a rate is shown to a person")]
    let rate = if seconds > 0.0 { tweets as f64 / seconds } else { 0.0 };
    format!(", {rate:.0} tweets/s")
}

pub(crate) fn most(counts: &BTreeMap<String, u64>, shown: usize) -> Vec<(String, u64)> {
    let mut all: Vec<(String, u64)> = counts.iter().map(|(name, count)| (name.clone(), *count)).collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all.truncate(shown);
    all
}

pub(crate) fn bars(out: &mut impl Write, rows: impl IntoIterator<Item = (String, u64)>, total: u64) -> io::Result<()> {
    for (name, count) in rows {
        #[allow(clippy::cast_precision_loss, reason = "the length of a bar")]
        let share = if total > 0 { count as f64 / total as f64 } else { 0.0 };
        writeln!(out, "  {:<12}{count:>7}  {}", escape_controls(&name), bar(share))?;
    }
    Ok(())
}

/// A bar of eighths of a character, so that small shares are seen too.
fn bar(share: f64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "0 to 8 × BAR"
    )]
    let eighths = (share.clamp(0.0, 1.0) * (BAR * 8) as f64).round() as usize;
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS.get(eighths % 8).unwrap_or(&""))
}

pub(crate) fn shares(out: &mut impl Write, kinds: &[Habit]) -> io::Result<()> {
    for kind in kinds.iter().filter(|kind| kind.per_tweet >= 0.005) {
        writeln!(
            out,
            "    {:<30}{:>4.0} %  {}",
            escape_controls(&kind.text),
            kind.per_tweet * 100.0,
            bar(kind.per_tweet)
        )?;
    }
    Ok(())
}

pub(crate) fn habits(out: &mut impl Write, fingerprint: &Fingerprint, summary: &Summary) -> io::Result<()> {
    let features = fingerprint.features();
    let share = |name: &str| features.iter().find(|feature| feature.name == name).map_or(0.0, |feature| feature.value);
    let of_tweets = [
        ("begins in lower case", summary.lower_case_start),
        ("has an emoji", summary.with_emoji),
        ("has a hashtag", share("hashtag_texts")),
        ("names somebody", share("mention_texts")),
        ("has a link", share("link_texts")),
    ];
    for (name, share) in of_tweets {
        writeln!(out, "    {name:<30}{:>4.0} %  {}", share * 100.0, bar(share))?;
    }
    for (name, each) in [("exclamation marks", summary.exclamation_marks), ("question marks", summary.question_marks)] {
        writeln!(out, "    {name:<30}{:>4.0} in 100 tweets", each * 100.0)?;
    }
    Ok(())
}

pub(crate) fn favourites(out: &mut impl Write, name: &str, habits: &[Habit]) -> io::Result<()> {
    if !habits.is_empty() {
        let texts: Vec<String> = habits.iter().take(6).map(|habit| escape_controls(&habit.text).into_owned()).collect();
        writeln!(out, "  {name}: {}", texts.join("  "))?;
    }
    Ok(())
}

/// Why the style stands on fewer tweets than were imported.
pub(crate) fn left_out(out: &mut impl Write, left: LeftOut) -> io::Result<()> {
    let some = |count: u64, one, many| (count, if count == 1 { one } else { many });
    let reasons = [
        (left.excluded, "kept out by you"),
        (left.deleted, "deleted"),
        some(left.retweets, "retweet", "retweets"),
        (left.truncated, "cut off"),
        (left.automatic, "written by a program"),
        some(left.repeated, "greeting or repetition", "greetings or repetitions"),
        (left.wordless, "without words"),
        (left.oversized, "too long"),
        (left.older, "older than the newest 50,000"),
    ];
    let told: Vec<String> =
        reasons.iter().filter(|(count, _)| *count > 0).map(|(count, reason)| format!("{count} {reason}")).collect();
    match told.is_empty() {
        true => Ok(()),
        false => writeln!(out, "  left out: {}", told.join(", ")),
    }
}

pub(crate) fn unlike(feature: &Feature) -> String {
    let sign = if feature.z > 0.0 { '+' } else { '-' };
    // Of tweets some things are counted, and of others there is one or none.
    let share = feature.name.ends_with("_texts")
        || ["start_", "end_", "last_", "chars_"].iter().any(|kind| feature.name.starts_with(kind));
    // Words are counted in those of their language: `words@en`.
    let rate = |value: f64| match feature.per.split('@').next().unwrap_or_default() {
        "texts" if share => format!("in {:.0} % of tweets", value * 100.0),
        "texts" if value < 1.0 => format!("{:.0} in 100 tweets", value * 100.0),
        "texts" => format!("{value:.1} a tweet"),
        "words" => format!("{:.1} of 100 words", value * 100.0),
        _ => format!("{:.0} %", value * 100.0),
    };
    let others = feature.background.map(|others| format!(" (others {})", rate(others))).unwrap_or_default();
    format!("{sign} {}: {}{others}", escape_controls(&feature.label), rate(feature.value))
}

pub(crate) fn dollars(micros: u64) -> String {
    #[allow(clippy::cast_precision_loss, reason = "shown to a person")]
    let dollars = micros as f64 / 1e6;
    format!("${dollars:.4}")
}
