//! What the program says: a report for a person, or one JSON object for a program.

use std::collections::BTreeMap;

use ghostwren::records::{AccountRecord, AiOutcome, AiRun, Draft, ImportEnd, SpendKind, SpendRecord};
use ghostwren::store::TweetTotals;
use ghostwren::style::{Feature, Habit, Summary};
use ghostwren::text::escape_controls;
use ghostwren::twitter::Cost;
use ghostwren::workflow::{
    Connection, GenerationReport, ImportPreview, ImportReport, PublishPreview, PublishReport, StyleReport,
    TimelineReport,
};
use serde_json::{Value, json};

use crate::options::Options;
use crate::twitter::Twitter;
use crate::writer::Writer;

const BAR: usize = 24;

pub(crate) struct Report {
    json: Option<serde_json::Map<String, Value>>,
    steps: u32,
}

impl Report {
    pub(crate) fn new(json: bool) -> Self {
        Self { json: json.then(serde_json::Map::new), steps: 0 }
    }

    pub(crate) fn begin(&mut self, writer: &Writer, twitter: Option<&Twitter>, options: &Options) {
        let stand_in_x = twitter.is_some_and(|twitter| twitter.sandbox.is_some());
        if let Some(object) = &mut self.json {
            object.insert("store".into(), json!(options.store));
            object.insert("stand_in".into(), json!(writer.sandbox.is_some()));
            object.insert("stand_in_x".into(), json!(stand_in_x));
            return;
        }
        println!("Ghostwren keeps everything in {}", options.store.display());
        if writer.sandbox.is_some() {
            println!();
            println!(
                "  No OPENAI_API_KEY is set, so a stand-in on this machine plays the model. It recombines pieces of the"
            );
            println!("  imported tweets: what follows shows the workflow, not the quality of a model. Set the key (or");
            println!("  OPENAI_BASE_URL to a server of your own) and run this again for real drafts.");
        }
        if stand_in_x {
            println!();
            println!(
                "  No TWITTER_CLIENT_ID is set, so a stand-in on this machine plays X: its login page, timeline and prices"
            );
            println!(
                "  are imitated, nothing reaches X and nothing is charged. With your own app at X in the environment"
            );
            println!("  (docs/twitter.md says how) the same command logs in and publishes for real.");
        }
    }

    pub(crate) fn logged_in(&mut self, account: &AccountRecord, connection: &Connection) {
        if let Some(object) = &mut self.json {
            object.insert("login".into(), json!(connection));
            return;
        }
        self.heading("Login");
        if let Some(user) = &account.twitter_user {
            println!("  @{} is logged in", escape_controls(&user.username));
        }
        if let Connection::Connected { scopes, expires_at, refreshable, .. } = connection {
            println!("  allowed: {}", escape_controls(&scopes.to_string()));
            let then = if *refreshable { ", and is refreshed before that" } else { "" };
            println!("  the token, sealed in the store, ends at {} UTC{then}", expires_at.format("%H:%M"));
        }
    }

    pub(crate) fn reading(&mut self, preview: &ImportPreview) {
        match &mut self.json {
            Some(object) => drop(object.insert("import_preview".into(), json!(preview))),
            None => println!("  to read: {preview}"),
        }
    }

    pub(crate) fn imported(&mut self, account: &AccountRecord, import: &ImportReport, totals: &TweetTotals) {
        if let Some(object) = &mut self.json {
            object.insert("account".into(), json!(account));
            object.insert("import".into(), json!(import));
            object.insert("totals".into(), json!(totals));
            return;
        }
        let counts = import.counts;
        self.heading("Import");
        if let Some(user) = &account.twitter_user {
            let name = user.name.as_deref().unwrap_or_default();
            println!("  @{} {}", escape_controls(&user.username), escape_controls(name));
        }
        if let (Some(oldest), Some(newest)) = (totals.oldest, totals.newest) {
            println!("  from {} to {}", oldest.format("%-d %B %Y"), newest.format("%-d %B %Y"));
        }
        let rate = per_second(counts.read(), import.elapsed.as_secs_f64());
        println!(
            "  {} new, {} changed, {} unchanged, in {:.2} s{rate}",
            counts.inserted,
            counts.updated,
            counts.unchanged,
            import.elapsed.as_secs_f64()
        );
        println!("  {}", end(import));
        if let ImportEnd::Incomplete { reasons } = &import.end {
            for reason in reasons.iter().take(10) {
                println!("    - {}", escape_controls(reason));
            }
        }
        println!();
        bars(totals.by_kind.iter().map(|(kind, count)| (kind.clone(), *count)), totals.total);
        println!(
            "  {} threads of {} tweets · {} edited · {} deleted · {} kept out by you",
            totals.threads, totals.in_threads, totals.edited, totals.deleted, totals.excluded
        );
        println!();
        bars(most(&totals.by_lang, 5), totals.total);
    }

    pub(crate) fn style(&mut self, style: &StyleReport) {
        let summary = style.profile.fingerprint().summary();
        if let Some(object) = &mut self.json {
            object.insert(
                "style".into(),
                json!({
                    "version": style.record.version,
                    "cached": style.cached,
                    "sufficiency": style.profile.sufficiency(),
                    "summary": summary,
                    "analysis": style.analysis(),
                    "analysis_failed": style.analysis_failed,
                }),
            );
            return;
        }
        self.heading("Style");
        println!("  {}{}", style.profile.sufficiency().message, if style.cached { ", analysed before" } else { "" });
        println!(
            "  an average tweet: {:.0} words, {:.0} characters, {:.1} line breaks",
            summary.words, summary.characters, summary.line_breaks
        );
        println!();
        println!("  length");
        shares(&summary.lengths);
        println!("  habits");
        habits(&summary);
        favourites("favourite emoji", &summary.favourite_emoji);
        favourites("first words", &summary.first_words);
        favourites("favourite words", &summary.favourite_words);
        favourites("favourite hashtags", &summary.favourite_hashtags);
        println!("  unlike most people, more (+) or less (-)");
        for feature in summary.characteristic_habits.iter().chain(&summary.characteristic_words).take(10) {
            println!("    {}", unlike(feature));
        }
        for note in &summary.notes {
            println!("  note: {}", escape_controls(note));
        }
        if let Some(analysis) = style.analysis() {
            println!(
                "  in the model's words ({} claims agree with the numbers, {} did not and were dropped)",
                analysis.claims.len(),
                analysis.dropped.len()
            );
            for claim in analysis.claims.iter().take(6) {
                println!("    - {}", escape_controls(&claim.words));
            }
        }
        if let Some(failed) = &style.analysis_failed {
            println!("  the model gave no usable words about the numbers: {}", escape_controls(&failed.detail));
        }
    }

    pub(crate) fn drafts(&mut self, made: &GenerationReport) {
        if let Some(object) = &mut self.json {
            object.insert("drafts".into(), json!(made.drafts));
            object.insert("generation".into(), json!(made.generation));
            object.insert("notes".into(), json!(made.notes));
            return;
        }
        self.heading("Drafts");
        if made.drafts.is_empty() {
            println!("  none: no candidate passed");
        }
        for (at, draft) in made.drafts.iter().enumerate() {
            for (line, text) in draft.text.lines().enumerate() {
                let mark = if line == 0 { format!("{}.", at + 1) } else { String::new() };
                println!("  {mark:<3}{}", escape_controls(text));
            }
            let scores = draft.scores;
            println!(
                "     {}/280 long · style {:.2} · topic {:.2} · different {:.2} · copied {:.2}",
                draft.weighted_length, scores.style, scores.topic, scores.diversity, scores.copied
            );
            println!();
        }
        let mut reasons: BTreeMap<&str, (u64, &str)> = BTreeMap::new();
        for rejected in &made.generation.rejected {
            reasons.entry(&rejected.code).or_insert((0, &rejected.reason)).0 += 1;
        }
        println!("  {} candidates were not taken", made.generation.rejected.len());
        for (code, (times, reason)) in reasons {
            println!("    {times} × {code}: {}", escape_controls(reason));
        }
        for note in &made.notes {
            println!("  note: {}", escape_controls(&note.text));
        }
        println!("  the model was shown {} of your tweets as examples", made.generation.exemplars.len());
    }

    pub(crate) fn cost(&mut self, runs: &[AiRun], writer: &Writer) {
        if let Some(object) = &mut self.json {
            object.insert("ai_runs".into(), json!(runs));
            return;
        }
        self.heading("Model calls so far");
        println!("  {:<14} {:<22} {:>9} {:>9} {:>9} {:>10}", "purpose", "model", "tokens in", "cached", "out", "cost");
        for run in runs {
            let cost = run.cost_micros.map_or_else(|| "unknown".to_owned(), dollars);
            let ended = if run.outcome == AiOutcome::Ok { "" } else { "  (did not end well)" };
            let (purpose, model) = (escape_controls(&run.purpose), escape_controls(&run.model));
            println!(
                "  {purpose:<14} {model:<22} {:>9} {:>9} {:>9} {cost:>10}{ended}",
                run.input_tokens, run.cached_tokens, run.output_tokens
            );
        }
        let total: Option<u64> = runs.iter().map(|run| run.cost_micros).sum();
        println!("  in all {}", total.map_or_else(|| "unknown".to_owned(), dollars));
        if writer.sandbox.is_some() {
            println!("  (the stand-in is free: this is what OpenAI would have charged for these tokens)");
        }
    }

    pub(crate) fn publishing(&mut self, drafts: &[Draft], previews: &[PublishPreview]) {
        if let Some(object) = &mut self.json {
            let costs: Vec<u64> = previews.iter().map(|preview| preview.cost_micros).collect();
            object.insert("publish_costs".into(), json!(costs));
            return;
        }
        self.heading("Publishing");
        for (at, (draft, preview)) in drafts.iter().zip(previews).enumerate() {
            let line = draft.text.split_whitespace().collect::<Vec<_>>().join(" ");
            let (start, cost) =
                (line.chars().take(60).collect::<String>(), Cost::micros(preview.cost_micros).to_string());
            let more = if start.len() < line.len() { "…" } else { "" };
            println!("  {}. {cost:<7} {}{more}", at + 1, escape_controls(&start));
            for finding in preview.tweets.iter().flat_map(|tweet| &tweet.findings) {
                println!("     {}", escape_controls(&finding.detail));
            }
        }
    }

    pub(crate) fn published(&mut self, report: Option<&PublishReport>, twitter: &Twitter) {
        let tweets = report.map(|report| &report.tweets).into_iter().flatten();
        if let Some(object) = &mut self.json {
            let urls: Vec<&str> = tweets.map(|tweet| tweet.url.as_str()).collect();
            object.insert("published".into(), json!(urls));
            return;
        }
        if report.is_none() {
            println!("  nothing was published: no draft was approved");
        }
        for tweet in tweets {
            let address = escape_controls(&tweet.url);
            match twitter.sandbox {
                Some(_) => println!("  approved and published at the stand-in, where X would show {address}"),
                None => println!("  approved and published: {address}"),
            }
        }
    }

    pub(crate) fn twitter_cost(
        &mut self,
        import: Option<&TimelineReport>,
        published: Option<&PublishReport>,
        spend: &[SpendRecord],
        twitter: &Twitter,
    ) {
        let read = import.map_or(0, |import| import.session_cost_micros);
        let written = published.map_or(0, |report| report.cost_micros);
        let newest = spend.iter().find(|day| day.kind == SpendKind::Twitter);
        let today = newest.map_or(0, |day| day.spent_micros);
        if let Some(object) = &mut self.json {
            let costs = json!({"import_micros": read, "published_micros": written, "day_micros": today});
            object.insert("twitter_costs".into(), costs);
            return;
        }
        self.heading("Calls of X");
        for (name, micros) in [
            ("the timeline, read by this run", read),
            ("the tweet that was published", written),
            ("in all on this UTC day, with the users looked up", today),
        ] {
            println!("  {name:<50} {:>10}", Cost::micros(micros).to_string());
        }
        if let Some(sandbox) = &twitter.sandbox {
            let book = Cost::micros(sandbox.x().spent_today().mills * 1_000);
            println!("  (the stand-in is free; its book for this run says {book}: X bills the same user once a day)");
        }
    }

    fn heading(&mut self, text: &str) {
        self.steps += 1;
        let text = format!("{}  {text}", self.steps);
        println!("\n{text}\n{}", "─".repeat(text.chars().count().max(60)));
    }

    pub(crate) fn end(self, options: &Options) {
        if let Some(object) = self.json {
            println!("{}", escape_json(&Value::Object(object).to_string()));
            return;
        }
        println!();
        println!(
            "Look at what is stored: sqlite3 {} 'select id, full_text from tweets limit 5'",
            options.store.display()
        );
    }
}

/// JSON escapes C0 controls itself; what else could steer a terminal is escaped here, in JSON's own way.
fn escape_json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let one = c.to_string();
        if escape_controls(&one) == one {
            out.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

fn end(import: &ImportReport) -> String {
    let text = match (&import.end, &import.archive, &import.timeline) {
        (ImportEnd::Complete, Some(_), None) => "complete: every tweet that the archive names is here",
        (ImportEnd::Complete, None, _) => "complete: every tweet that X has is here",
        (ImportEnd::Complete, Some(_), Some(_)) => "complete: every tweet of the archive, and what X has since",
        (ImportEnd::Incomplete { .. }, ..) => "incomplete:",
        (ImportEnd::ReachedLimit, ..) => "X gives the 3,200 newest tweets and no more: the archive has the others",
        (ImportEnd::OverBudget, ..) => "stopped at the budget: the same call goes on from here",
        (ImportEnd::NeedsLogin, ..) => "stopped, since the login is over: run this again to log in",
        (ImportEnd::Waiting { until }, ..) => {
            return format!(
                "stopped, since X's limit is used up: run this again after {}",
                until.format("%H:%M:%S UTC")
            );
        }
        (other, ..) => return format!("{other:?}"),
    };
    text.to_owned()
}

fn per_second(tweets: u64, seconds: f64) -> String {
    #[allow(clippy::cast_precision_loss, reason = "a rate is shown to a person")]
    let rate = if seconds > 0.0 { tweets as f64 / seconds } else { 0.0 };
    format!(", {rate:.0} tweets/s")
}

fn most(counts: &BTreeMap<String, u64>, shown: usize) -> Vec<(String, u64)> {
    let mut all: Vec<(String, u64)> = counts.iter().map(|(name, count)| (name.clone(), *count)).collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all.truncate(shown);
    all
}

fn bars(rows: impl IntoIterator<Item = (String, u64)>, total: u64) {
    for (name, count) in rows {
        #[allow(clippy::cast_precision_loss, reason = "the length of a bar")]
        let share = if total > 0 { count as f64 / total as f64 } else { 0.0 };
        println!("  {:<12}{count:>7}  {}", escape_controls(&name), bar(share));
    }
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

fn shares(kinds: &[Habit]) {
    for kind in kinds.iter().filter(|kind| kind.per_tweet >= 0.005) {
        println!("    {:<24}{:>4.0} %  {}", escape_controls(&kind.text), kind.per_tweet * 100.0, bar(kind.per_tweet));
    }
}

fn habits(summary: &Summary) {
    let of_tweets = [("begins in lower case", summary.lower_case_start), ("has an emoji", summary.with_emoji)];
    for (name, share) in of_tweets {
        println!("    {name:<24}{:>4.0} %  {}", share * 100.0, bar(share));
    }
    let per_tweet = [
        ("exclamation marks", summary.exclamation_marks),
        ("question marks", summary.question_marks),
        ("hashtags", summary.hashtags),
        ("mentions", summary.mentions),
        ("links", summary.links),
    ];
    for (name, each) in per_tweet {
        println!("    {name:<24}{each:>5.2}  {}", bar(each / 2.0));
    }
}

fn favourites(name: &str, habits: &[Habit]) {
    if !habits.is_empty() {
        let texts: Vec<String> = habits.iter().take(6).map(|habit| escape_controls(&habit.text).into_owned()).collect();
        println!("  {name}: {}", texts.join("  "));
    }
}

fn unlike(feature: &Feature) -> String {
    let sign = if feature.z > 0.0 { '+' } else { '-' };
    // What is counted in tweets or words can be more than one of them; all else is a share.
    let rate = |value: f64| match feature.per.as_str() {
        "texts" => format!("{value:.2} a tweet"),
        "words" => format!("{:.1} of 100 words", value * 100.0),
        _ => format!("{:.0} %", value * 100.0),
    };
    let others = feature.background.map(|others| format!(" (others {})", rate(others))).unwrap_or_default();
    format!("{sign} {}: {}{others}", escape_controls(&feature.label), rate(feature.value))
}

fn dollars(micros: u64) -> String {
    #[allow(clippy::cast_precision_loss, reason = "shown to a person")]
    let dollars = micros as f64 / 1e6;
    format!("${dollars:.4}")
}
