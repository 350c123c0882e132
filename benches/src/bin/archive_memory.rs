//! Makes an archive of a million tweets as a zip on disk, reads it as an import does, and prints the highest resident
//! memory of the reading process and its speed. `archive_memory [TWEETS] [NOTES]`.
#![allow(clippy::print_stdout, reason = "a program that prints a measurement")]

use std::fs::File;
use std::io::{BufWriter, Write};
use std::time::Instant;

use ghostwren_benches::archive::{Made, time, write_tweet};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    if let (Some("read"), Some(path)) = (arguments.next().as_deref(), arguments.next()) {
        return read(&path);
    }
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse::<u64>().ok());
    let tweets = numbers.next().unwrap_or(1_000_000);
    let notes = numbers.next().unwrap_or(tweets / 50);
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("archive.zip");
    write(&path, tweets, notes)?;
    // Another process, so that what the writing took is not counted.
    let status = std::process::Command::new(std::env::current_exe()?).arg("read").arg(&path).status()?;
    if status.success() { Ok(()) } else { Err("the reading process failed".into()) }
}

fn read(path: &str) -> Result<(), Failure> {
    let start = Instant::now();
    let archive = ghostwren::archive::Archive::open(path)?;
    let opened = start.elapsed();
    let mut reader = archive.read(None)?;
    let (mut tweets, mut joined, mut bytes) = (0u64, 0u64, 0);
    while let Some(page) = reader.next_page(1000)? {
        tweets += page.tweets.len() as u64;
        joined += page.tweets.iter().filter(|tweet| tweet.is_note).count() as u64;
        bytes = page.bytes_total;
    }
    let seconds = start.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown").trim();
    let rate = tweets as f64 / seconds;
    println!(
        "tweets {tweets}, long posts joined {joined}, {} MB unpacked, zip {} MB",
        bytes / 1_000_000,
        std::fs::metadata(path)?.len() / 1_000_000
    );
    println!("peak resident {peak}, opened in {opened:?}, read in {seconds:.2} s, {rate:.0} tweets/s");
    println!("reasons: {:?}", reader.report().reasons());
    Ok(())
}

fn write(path: &std::path::Path, tweets: u64, notes: u64) -> Result<(), Failure> {
    let options = SimpleFileOptions::default().large_file(true);
    let mut zip = ZipWriter::new(BufWriter::new(File::create(path)?));
    let parts = tweets.div_ceil(400_000).max(1);
    let per_part = tweets.div_ceil(parts);
    let every = tweets.checked_div(notes).unwrap_or(u64::MAX).max(1);
    let mut files = Vec::new();
    for part in 0..parts {
        let name = if part == 0 { "data/tweets.js".to_owned() } else { format!("data/tweets-part{part}.js") };
        zip.start_file(&name, options)?;
        write!(zip, "window.YTD.tweets.part{part} = [")?;
        let (from, to) = (part * per_part, tweets.min((part + 1) * per_part));
        for n in from..to {
            write!(zip, "{}", if n == from { "\n" } else { ",\n" })?;
            tweet(&mut zip, n, n % every == 0 && n / every < notes)?;
        }
        write!(zip, "\n]")?;
        files.push(serde_json::json!({ "fileName": name, "globalName": format!("YTD.tweets.part{part}"), "count": (to - from).to_string() }));
    }
    zip.start_file("data/note-tweet.js", options)?;
    write!(zip, "window.YTD.note_tweet.part0 = [")?;
    for n in 0..notes {
        let number = n * every;
        let created = time(number).format("%Y-%m-%dT%H:%M:%S.000Z");
        let text = format!("{}{}", words(number, 40), words(number + 7, 90));
        write!(
            zip,
            "{}\n{{\"noteTweet\" : {{\"noteTweetId\" : \"{}\", \"createdAt\" : \"{created}\", \"core\" : {{\"text\" : \"{text}\", \"urls\" : [], \"mentions\" : [], \"hashtags\" : [], \"cashtags\" : []}}}}}}",
            if n == 0 { "" } else { "," },
            1_900_000_000_000_000_000 + n
        )?;
    }
    write!(zip, "\n]")?;
    zip.start_file("data/manifest.js", options)?;
    let manifest = serde_json::json!({
        "userInfo": { "accountId": "2244994945", "userName": "bench", "displayName": "Bench" },
        "archiveInfo": { "sizeBytes": "1", "generationDate": "2026-11-01T00:00:00.000Z", "isPartialArchive": false },
        "dataTypes": {
            "tweets": { "files": files },
            "noteTweet": { "files": [{ "fileName": "data/note-tweet.js", "count": notes.to_string() }] },
        },
    });
    write!(zip, "window.__THAR_CONFIG = {manifest:#}")?;
    zip.finish()?.flush()?;
    Ok(())
}

const WORDS: &[&str] = &[
    "river", "morning", "coffee", "rust", "quiet", "lantern", "harbour", "nobody", "maybe", "bread", "window",
    "letters",
];

fn words(seed: u64, count: u64) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut out = String::new();
    for _ in 0..count {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let at = usize::try_from(state % WORDS.len() as u64).unwrap_or(0);
        out.push_str(WORDS.get(at).copied().unwrap_or_default());
        out.push(' ');
    }
    out
}

fn tweet(out: &mut impl Write, n: u64, is_note: bool) -> Result<(), Failure> {
    let text = if is_note {
        format!("{}… https://t.co/self", words(n, 40).trim_end())
    } else {
        format!("{}&amp; more https://t.co/{n:010}", words(n, 20))
    };
    write_tweet(out, n, &Made { text, hashtags: "[ ]", reply: String::new() })?;
    Ok(())
}
