//! What the program says: a report for a person, or one JSON object for a program.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, StdoutLock, Write};

use ghostwren::records::{AccountRecord, AiOutcome, AiRun, Draft, ImportEnd, SpendKind, SpendRecord};
use ghostwren::store::TweetTotals;
use ghostwren::text::escape_controls;
use ghostwren::twitter::Cost;
use ghostwren::workflow::{
    Connection, GenerationReport, ImportPreview, ImportReport, PublishPreview, PublishReport, StyleReport,
    TimelineReport,
};
use serde_json::{Value, json};

use crate::figures::{bars, dollars, favourites, habits, left_out, most, per_second, shares, unlike};
use crate::place::Place;
use crate::twitter::Twitter;
use crate::writer::Writer;

pub(crate) struct Report {
    json: Option<serde_json::Map<String, Value>>,
    steps: u32,
}

impl Report {
    pub(crate) fn new(json: bool) -> Self {
        Self { json: json.then(serde_json::Map::new), steps: 0 }
    }

    pub(crate) fn begin(&mut self, writer: &Writer, twitter: Option<&Twitter>, place: &Place) -> io::Result<()> {
        let stand_in_x = twitter.is_some_and(|twitter| twitter.sandbox.is_some());
        if let Some(object) = &mut self.json {
            object.insert("store".into(), json!(place.shown));
            object.insert("stand_in".into(), json!(writer.sandbox.is_some()));
            object.insert("stand_in_x".into(), json!(stand_in_x));
            return Ok(());
        }
        let mut out = io::stdout().lock();
        writeln!(out, "Ghostwren keeps everything in {}", place.shown)?;
        if writer.sandbox.is_some() {
            writeln!(out)?;
            writeln!(
                out,
                "  No OPENAI_API_KEY is set, so a stand-in on this machine plays the model. It recombines pieces of the"
            )?;
            writeln!(
                out,
                "  imported tweets: what follows shows the workflow, not the quality of a model. Set the key (or"
            )?;
            writeln!(out, "  OPENAI_BASE_URL to a server of your own) and run this again for real drafts.")?;
        }
        if stand_in_x {
            writeln!(out)?;
            writeln!(
                out,
                "  No TWITTER_CLIENT_ID is set, so a stand-in on this machine plays X: its login page, timeline and prices"
            )?;
            writeln!(
                out,
                "  are imitated, nothing reaches X and nothing is charged. With your own app at X in the environment"
            )?;
            writeln!(out, "  (docs/twitter.md says how) the same command logs in and publishes for real.")?;
        }
        Ok(())
    }

    pub(crate) fn logged_in(&mut self, account: &AccountRecord, connection: &Connection) -> io::Result<()> {
        if let Some(object) = &mut self.json {
            object.insert("login".into(), json!(connection));
            return Ok(());
        }
        let mut out = self.heading("Login")?;
        if let Some(user) = &account.twitter_user {
            writeln!(out, "  @{} is logged in", escape_controls(&user.username))?;
        }
        if let Connection::Connected { scopes, expires_at, refreshable, .. } = connection {
            writeln!(out, "  allowed: {}", escape_controls(&scopes.to_string()))?;
            let then = if *refreshable { ", and is refreshed before that" } else { "" };
            writeln!(out, "  the token, sealed in the store, ends at {} UTC{then}", expires_at.format("%H:%M"))?;
        }
        Ok(())
    }

    pub(crate) fn reading(&mut self, preview: &ImportPreview) -> io::Result<()> {
        match &mut self.json {
            Some(object) => drop(object.insert("import_preview".into(), json!(preview))),
            None => writeln!(io::stdout(), "  to read: {preview}")?,
        }
        Ok(())
    }

    pub(crate) fn imported(
        &mut self,
        account: &AccountRecord,
        import: &ImportReport,
        totals: &TweetTotals,
    ) -> io::Result<()> {
        if let Some(object) = &mut self.json {
            object.insert("account".into(), json!(account));
            object.insert("import".into(), json!(import));
            object.insert("totals".into(), json!(totals));
            return Ok(());
        }
        let counts = import.counts;
        let mut out = self.heading("Import")?;
        if let Some(user) = &account.twitter_user {
            let name = user.name.as_deref().unwrap_or_default();
            writeln!(out, "  @{} {}", escape_controls(&user.username), escape_controls(name))?;
        }
        if let (Some(oldest), Some(newest)) = (totals.oldest, totals.newest) {
            writeln!(out, "  from {} to {}", oldest.format("%-d %B %Y"), newest.format("%-d %B %Y"))?;
        }
        let rate = per_second(counts.read(), import.elapsed.as_secs_f64());
        writeln!(
            out,
            "  {} new, {} changed, {} unchanged, in {:.2} s{rate}",
            counts.inserted,
            counts.updated,
            counts.unchanged,
            import.elapsed.as_secs_f64()
        )?;
        writeln!(out, "  {}", end(import))?;
        if let ImportEnd::Incomplete { reasons } = &import.end {
            // A few of many malformed tweets are named, and the last reason counts the others.
            for reason in reasons {
                writeln!(out, "    - {}", escape_controls(reason))?;
            }
        }
        writeln!(out)?;
        bars(&mut out, totals.by_kind.iter().map(|(kind, count)| (kind.clone(), *count)), totals.total)?;
        writeln!(
            out,
            "  {} threads of {} tweets · {} edited · {} deleted · {} kept out by you",
            totals.threads, totals.in_threads, totals.edited, totals.deleted, totals.excluded
        )?;
        writeln!(out)?;
        bars(&mut out, most(&totals.by_lang, 5), totals.total)?;
        Ok(())
    }

    pub(crate) fn style(&mut self, style: &StyleReport) -> io::Result<()> {
        let fingerprint = style.profile.fingerprint();
        let summary = fingerprint.summary();
        if let Some(object) = &mut self.json {
            object.insert(
                "style".into(),
                json!({
                    "version": style.record.version,
                    "cached": style.cached,
                    "sufficiency": style.profile.sufficiency(),
                    "left_out": style.profile.left_out(),
                    "summary": summary,
                    "analysis": style.analysis(),
                    "analysis_failed": style.analysis_failed,
                }),
            );
            return Ok(());
        }
        let mut out = self.heading("Style")?;
        writeln!(
            out,
            "  {}{}",
            style.profile.sufficiency().message,
            if style.cached { ", analysed before" } else { "" }
        )?;
        left_out(&mut out, style.profile.left_out())?;
        writeln!(
            out,
            "  an average tweet: {:.0} words, {:.0} characters, {:.1} line breaks",
            summary.words, summary.characters, summary.line_breaks
        )?;
        writeln!(out)?;
        writeln!(out, "  length")?;
        shares(&mut out, &summary.lengths)?;
        writeln!(out, "  habits")?;
        habits(&mut out, fingerprint, &summary)?;
        favourites(&mut out, "favourite emoji", &summary.favourite_emoji)?;
        favourites(&mut out, "first words", &summary.first_words)?;
        favourites(&mut out, "favourite words", &summary.favourite_words)?;
        favourites(&mut out, "favourite hashtags", &summary.favourite_hashtags)?;
        writeln!(out, "  unlike most people, more (+) or less (-)")?;
        for feature in summary.characteristic_habits.iter().chain(&summary.characteristic_words).take(10) {
            writeln!(out, "    {}", unlike(feature))?;
        }
        for note in &summary.notes {
            writeln!(out, "  note: {}", escape_controls(note))?;
        }
        if let Some(analysis) = style.analysis() {
            writeln!(
                out,
                "  in the model's words ({} claims agree with the numbers, {} did not and were dropped)",
                analysis.claims.len(),
                analysis.dropped.len()
            )?;
            let mut told = BTreeSet::new();
            for claim in analysis.claims.iter().filter(|claim| told.insert(&claim.words)).take(6) {
                writeln!(out, "    - {}", escape_controls(&claim.words))?;
            }
        }
        if let Some(failed) = &style.analysis_failed {
            writeln!(out, "  the model gave no usable words about the numbers: {}", escape_controls(&failed.detail))?;
        }
        Ok(())
    }

    pub(crate) fn drafts(&mut self, made: &GenerationReport) -> io::Result<()> {
        if let Some(object) = &mut self.json {
            object.insert("drafts".into(), json!(made.drafts));
            object.insert("generation".into(), json!(made.generation));
            object.insert("notes".into(), json!(made.notes));
            return Ok(());
        }
        let mut out = self.heading("Drafts")?;
        if made.drafts.is_empty() {
            writeln!(out, "  none: no candidate passed")?;
        }
        for (at, draft) in made.drafts.iter().enumerate() {
            for (line, text) in draft.text.lines().enumerate() {
                let mark = if line == 0 { format!("{}.", at + 1) } else { String::new() };
                writeln!(out, "  {mark:<4}{}", escape_controls(text))?;
            }
            let scores = draft.scores;
            writeln!(
                out,
                "      {}/280 long · style {:.2} · topic {:.2} · different {:.2} · copied {:.2}",
                draft.weighted_length, scores.style, scores.topic, scores.diversity, scores.copied
            )?;
            writeln!(out)?;
        }
        let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for rejected in &made.generation.rejected {
            reasons.entry(&rejected.code).or_default().push(&rejected.reason);
        }
        match made.generation.rejected.len() {
            1 => writeln!(out, "  1 candidate was not taken")?,
            more => writeln!(out, "  {more} candidates were not taken")?,
        }
        for (code, told) in reasons {
            // Of several reasons one stands for all: it says so.
            let first = told.first().copied().unwrap_or_default();
            let such = if told.iter().all(|reason| *reason == first) { "" } else { "such as: " };
            writeln!(out, "    {} × {code}: {such}{}", told.len(), escape_controls(first))?;
        }
        for note in &made.notes {
            writeln!(out, "  note: {}", escape_controls(&note.text))?;
        }
        writeln!(out, "  the model was shown {} of your tweets as examples", made.generation.exemplars.len())?;
        Ok(())
    }

    /// `older`: there are more calls than these.
    pub(crate) fn cost(&mut self, runs: &[AiRun], older: bool, writer: &Writer) -> io::Result<()> {
        if let Some(object) = &mut self.json {
            object.insert("ai_runs".into(), json!(runs));
            return Ok(());
        }
        let of_these =
            if older { format!("Model calls, the newest {}", runs.len()) } else { "Model calls so far".to_owned() };
        let mut out = self.heading(&of_these)?;
        writeln!(
            out,
            "  {:<14} {:<22} {:>9} {:>9} {:>9} {:>10}",
            "purpose", "model", "tokens in", "cached", "out", "cost"
        )?;
        for run in runs {
            let cost = run.cost_micros.map_or_else(|| "unknown".to_owned(), dollars);
            let ended = match run.outcome {
                AiOutcome::Ok => "",
                AiOutcome::Open => "  (its end is not known)",
                _ => "  (did not end well)",
            };
            let (purpose, model) = (escape_controls(&run.purpose), escape_controls(&run.model));
            writeln!(
                out,
                "  {purpose:<14} {model:<22} {:>9} {:>9} {:>9} {cost:>10}{ended}",
                run.input_tokens, run.cached_tokens, run.output_tokens
            )?;
        }
        let total: Option<u64> = runs.iter().map(|run| run.cost_micros).sum();
        writeln!(out, "  in all {}", total.map_or_else(|| "unknown".to_owned(), dollars))?;
        if writer.sandbox.is_some() {
            writeln!(out, "  (the stand-in is free: this is what OpenAI would have charged for these tokens)")?;
        }
        Ok(())
    }

    pub(crate) fn publishing(&mut self, drafts: &[Draft], previews: &[PublishPreview]) -> io::Result<()> {
        if let Some(object) = &mut self.json {
            let costs: Vec<u64> = previews.iter().map(|preview| preview.cost_micros).collect();
            object.insert("publish_costs".into(), json!(costs));
            return Ok(());
        }
        let mut out = self.heading("Publishing")?;
        for (at, (draft, preview)) in drafts.iter().zip(previews).enumerate() {
            let line = draft.text.split_whitespace().collect::<Vec<_>>().join(" ");
            let (start, cost) =
                (line.chars().take(60).collect::<String>(), Cost::micros(preview.cost_micros).to_string());
            let more = if start.len() < line.len() { "…" } else { "" };
            writeln!(out, "  {:<4}{cost:<7} {}{more}", format!("{}.", at + 1), escape_controls(&start))?;
            for finding in preview.tweets.iter().flat_map(|tweet| &tweet.findings) {
                writeln!(out, "      {}", escape_controls(&finding.detail))?;
            }
        }
        Ok(())
    }

    pub(crate) fn published(&mut self, report: Option<&PublishReport>, twitter: &Twitter) -> io::Result<()> {
        let tweets = report.map(|report| &report.tweets).into_iter().flatten();
        if let Some(object) = &mut self.json {
            let urls: Vec<&str> = tweets.map(|tweet| tweet.url.as_str()).collect();
            object.insert("published".into(), json!(urls));
            return Ok(());
        }
        let mut out = io::stdout().lock();
        if report.is_none() {
            writeln!(out, "  nothing was published: no draft was approved")?;
        }
        for tweet in tweets {
            let address = escape_controls(&tweet.url);
            match twitter.sandbox {
                Some(_) => writeln!(out, "  approved and published at the stand-in, where X would show {address}")?,
                None => writeln!(out, "  approved and published: {address}")?,
            }
        }
        Ok(())
    }

    pub(crate) fn twitter_cost(
        &mut self,
        import: Option<&TimelineReport>,
        published: Option<&PublishReport>,
        spend: &[SpendRecord],
        twitter: &Twitter,
    ) -> io::Result<()> {
        let read = import.map_or(0, |import| import.session_cost_micros);
        let written = published.map_or(0, |report| report.cost_micros);
        let newest = spend.iter().find(|day| day.kind == SpendKind::Twitter);
        let today = newest.map_or(0, |day| day.spent_micros);
        if let Some(object) = &mut self.json {
            let costs = json!({"import_micros": read, "published_micros": written, "day_micros": today});
            object.insert("twitter_costs".into(), costs);
            return Ok(());
        }
        let mut out = self.heading("Calls of X")?;
        for (name, micros) in [
            ("the timeline and its author, read by this run", read),
            ("the tweet that was published", written),
            ("in all on this UTC day, with the users looked up", today),
        ] {
            writeln!(out, "  {name:<50} {:>10}", Cost::micros(micros).to_string())?;
        }
        if let Some(sandbox) = &twitter.sandbox {
            let book = Cost::micros(sandbox.x().spent_today().mills * 1_000);
            writeln!(
                out,
                "  (the stand-in is free; its book for this run says {book}: X bills the same user once a day)"
            )?;
        }
        Ok(())
    }

    /// Begins a step, and gives where it goes on.
    fn heading(&mut self, text: &str) -> io::Result<StdoutLock<'static>> {
        self.steps += 1;
        let text = format!("{}  {text}", self.steps);
        let mut out = io::stdout().lock();
        writeln!(
            out,
            "
{text}
{}",
            "─".repeat(text.chars().count().max(60))
        )?;
        Ok(out)
    }

    pub(crate) fn end(self, look: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if let Some(object) = self.json {
            writeln!(out, "{}", escape_json(&Value::Object(object).to_string()))?;
            return Ok(());
        }
        writeln!(out)?;
        writeln!(out, "{look}")
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
