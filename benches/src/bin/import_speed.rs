//! A whole import as an application runs it: a zip archive through [`ghostwren::Account::import_archive`] into a fresh
//! SQLite file, with full-text index. Beside it two floors: reading the archive alone, and plain prepared INSERTs of the
//! same columns without full text. Each in its own process, so that every peak of memory is its own.
//! `import_speed [TWEETS]`
#![allow(clippy::print_stdout, reason = "a program that prints a measurement")]

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use ghostwren::archive::Archive;
use ghostwren::store::SqliteStore;
use ghostwren::{Ghostwren, Identity};
use ghostwren_benches::archive::{Made, id, write_tweet};
use rusqlite::{Connection, params};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [run, archive, database] = arguments.as_slice() {
        return measure(run, Path::new(archive), Path::new(database));
    }
    let tweets = arguments.first().map_or(Ok(200_000), |number| number.parse())?;
    let folder = tempfile::tempdir()?;
    let archive = folder.path().join("archive.zip");
    write(&archive, tweets)?;
    println!("{tweets} tweets, zip of {} MB", std::fs::metadata(&archive)?.len() / 1_000_000);
    println!("{:<22} {:>10} {:>9} {:>9} {:>12} {:>11}", "", "tweets/s", "wall s", "CPU s", "CPU µs/tweet", "peak MB");
    for run in ["import", "floor: read", "floor: insert"] {
        let database = folder.path().join(format!("{}.db", run.replace(": ", "-")));
        let mut process = std::process::Command::new(std::env::current_exe()?);
        if !process.arg(run).arg(&archive).arg(&database).status()?.success() {
            return Err(format!("'{run}' failed").into());
        }
    }
    Ok(())
}

fn measure(run: &str, archive: &Path, database: &Path) -> Result<(), Failure> {
    let began = Instant::now();
    let tweets = match run {
        "import" => import(archive, database)?,
        "floor: read" => read(archive)?,
        _ => insert(archive, database)?,
    };
    let (wall, cpu) = (began.elapsed().as_secs_f64(), cpu_seconds()?);
    let rate = tweets as f64 / wall;
    let each = cpu * 1e6 / tweets as f64;
    println!("{run:<22} {rate:>10.0} {wall:>9.2} {cpu:>9.2} {each:>12.1} {:>11.1}", peak_megabytes()?);
    Ok(())
}

fn import(archive: &Path, database: &Path) -> Result<u64, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let wren = Ghostwren::builder().store(SqliteStore::open(database)?).build()?;
        let account = wren.user(Identity::local("me")).open_account("main").await?;
        let report = account.import_archive(archive).await?;
        Ok(report.counts.inserted)
    })
}

fn read(archive: &Path) -> Result<u64, Failure> {
    let archive = Archive::open(archive)?;
    let mut reader = archive.read(None)?;
    let mut tweets = 0;
    while let Some(page) = reader.next_page(1000)? {
        tweets += page.tweets.len() as u64;
    }
    Ok(tweets)
}

/// Reads on one thread and inserts on another, as the import does.
fn insert(archive: &Path, database: &Path) -> Result<u64, Failure> {
    let archive = Archive::open(archive)?;
    let (sender, pages) = std::sync::mpsc::sync_channel(2);
    let reading = std::thread::spawn(move || -> ghostwren::Result<()> {
        let mut reader = archive.read(None)?;
        while let Some(page) = reader.next_page(1000)? {
            if sender.send(page.tweets).is_err() {
                break;
            }
        }
        Ok(())
    });
    let mut connection = Connection::open(database)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000;
         PRAGMA wal_autocheckpoint = 4000;
         CREATE TABLE tweets (key INTEGER PRIMARY KEY, account_id INTEGER NOT NULL, id TEXT NOT NULL,
             created_at TEXT NOT NULL, kind TEXT NOT NULL, lang TEXT, is_note INTEGER, is_truncated INTEGER,
             in_reply_to_id TEXT, in_reply_to_user_id TEXT, quoted_id TEXT, likes INTEGER, retweets INTEGER, client TEXT,
             edit_history TEXT, entities TEXT, media TEXT, full_text TEXT NOT NULL, UNIQUE (account_id, id)) STRICT;
         CREATE INDEX timeline ON tweets (account_id, created_at, length(id), id);",
    )?;
    let mut tweets = 0;
    for page in pages {
        let transaction = connection.transaction()?;
        {
            let mut statement = transaction.prepare_cached(
                "INSERT INTO tweets (account_id, id, created_at, kind, lang, is_note, is_truncated, in_reply_to_id,
                     in_reply_to_user_id, quoted_id, likes, retweets, client, edit_history, entities, media, full_text)
                 VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
            )?;
            for tweet in &page {
                let number = |value: Option<u64>| value.and_then(|value| i64::try_from(value).ok());
                statement.execute(params![
                    tweet.id,
                    tweet.created_at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
                    tweet.kind.as_str(),
                    tweet.lang,
                    tweet.is_note,
                    tweet.is_truncated,
                    tweet.in_reply_to_id,
                    tweet.in_reply_to_user_id,
                    tweet.quoted_id,
                    number(tweet.counts.likes),
                    number(tweet.counts.retweets),
                    tweet.client,
                    serde_json::to_string(&tweet.edit_history)?,
                    serde_json::to_string(&tweet.entities)?,
                    serde_json::to_string(&tweet.media)?,
                    tweet.full_text
                ])?;
            }
        }
        transaction.commit()?;
        tweets += page.len() as u64;
    }
    reading.join().map_err(|_| "the reader panicked")??;
    Ok(tweets)
}

/// User and system time of this process so far.
fn cpu_seconds() -> Result<f64, Failure> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name in parentheses may hold spaces; utime and stime are the 12th and 13th fields after it, in 1/100 s.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<f64>().ok()).ok_or("no CPU time in /proc");
    Ok((ticks(11)? + ticks(12)?) / 100.0)
}

fn peak_megabytes() -> Result<f64, Failure> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM in /proc")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}

/// The archive: parts of at most 50,000 tweets.
fn write(path: &Path, tweets: u64) -> Result<(), Failure> {
    let options = SimpleFileOptions::default().large_file(true);
    let mut zip = ZipWriter::new(BufWriter::new(File::create(path)?));
    let parts = tweets.div_ceil(50_000).max(1);
    let per_part = tweets.div_ceil(parts);
    let mut files = Vec::new();
    for part in 0..parts {
        let name = if part == 0 { "data/tweets.js".to_owned() } else { format!("data/tweets-part{part}.js") };
        zip.start_file(&name, options)?;
        write!(zip, "window.YTD.tweets.part{part} = [")?;
        let (from, to) = (part * per_part, tweets.min((part + 1) * per_part));
        for n in from..to {
            write!(zip, "{}", if n == from { "\n" } else { ",\n" })?;
            tweet(&mut zip, n)?;
        }
        write!(zip, "\n]")?;
        files.push(serde_json::json!({
            "fileName": name, "globalName": format!("YTD.tweets.part{part}"), "count": (to - from).to_string()
        }));
    }
    zip.start_file("data/manifest.js", options)?;
    let manifest = serde_json::json!({
        "userInfo": { "accountId": "2244994945", "userName": "bench", "displayName": "Bench" },
        "archiveInfo": { "sizeBytes": "1", "generationDate": "2026-11-01T00:00:00.000Z", "isPartialArchive": false },
        "dataTypes": { "tweets": { "files": files } },
    });
    write!(zip, "window.__THAR_CONFIG = {manifest:#}")?;
    zip.finish()?.flush()?;
    Ok(())
}

const COMMON: [&str; 40] = [
    "the", "a", "of", "and", "to", "is", "it", "so", "we", "in", "that", "for", "on", "my", "with", "morning",
    "coffee", "compiler", "train", "late", "again", "music", "river", "city", "walk", "paper", "reading", "about",
    "memory", "weather", "rain", "garden", "bread", "dog", "friends", "weekend", "football", "news", "lovely", "ship",
];

/// Words of a text: mostly common ones, one in eight of 50,000 rare ones.
fn words(seed: u64, count: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut out = String::new();
    for _ in 0..count {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        if state.is_multiple_of(8) {
            out.push_str(&format!("w{} ", (state >> 8) % 50_000));
        } else {
            let at = usize::try_from((state >> 8) % COMMON.len() as u64).unwrap_or(0);
            out.push_str(COMMON.get(at).copied().unwrap_or_default());
            out.push(' ');
        }
    }
    out
}

/// Every third one answers another tweet of the account.
fn tweet(out: &mut impl Write, n: u64) -> Result<(), Failure> {
    let reply = if n % 3 == 1 {
        format!(
            "\n      \"in_reply_to_status_id_str\" : \"{parent}\",\n      \"in_reply_to_status_id\" : \"{parent}\",\n      \
             \"in_reply_to_user_id\" : \"2244994945\",\n      \"in_reply_to_user_id_str\" : \"2244994945\",\n      \
             \"in_reply_to_screen_name\" : \"bench\",",
            parent = id(n - 1)
        )
    } else {
        String::new()
    };
    let text = format!("@other {}&amp; #birds https://t.co/{n:010}", words(n, 20));
    write_tweet(out, n, &Made { text, hashtags: BIRDS, reply })?;
    Ok(())
}

/// A list of one hashtag, as an archive indents it.
const BIRDS: &str = r#"[
          {
            "text" : "birds",
            "indices" : [
              "90",
              "96"
            ]
          }
        ]"#;
