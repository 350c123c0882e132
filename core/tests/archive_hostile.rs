//! Archives that are broken, cut, or made to do harm: a clear error, or everything that can be read and a report.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod common;

use std::io::Write;
use std::path::Path;

use common::archive_builder::{ArchiveBuilder, Layout, entry, sample, user};
use ghostwren::ErrorKind;
use ghostwren::archive::{Archive, ArchiveReport, Limits, read_tweets_js};
use ghostwren::records::Tweet;
use serde_json::json;
use zip::write::SimpleFileOptions;

fn read(archive: &Archive) -> ghostwren::Result<(Vec<Tweet>, ArchiveReport)> {
    let mut reader = archive.read(None)?;
    let mut tweets = Vec::new();
    while let Some(page) = reader.next_page(1000)? {
        tweets.extend(page.tweets);
    }
    Ok((tweets, reader.report()))
}

fn sample_zip(path: &Path) {
    ArchiveBuilder::new(user()).tweets(sample()).write_zip(path);
}

fn code(path: &Path) -> String {
    let error = Archive::open(path).unwrap_err();
    assert_ne!(error.remedy(), ghostwren::Error::new(error.kind(), "", "").remedy(), "{error}");
    error.code().to_owned()
}

#[test]
fn what_is_no_archive_is_said_plainly() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    assert_eq!(code(&path), "archive.not_found");
    for content in [&b""[..], b"%PDF-1.7 ...", b"Rar!....", b"\x1f\x8b\x08", b"hello", b"PKhello world", b"<html>"] {
        std::fs::write(&path, content).unwrap();
        assert_eq!(code(&path), "archive.not_an_archive", "{content:?}");
    }
    let empty = folder.path().join("empty");
    std::fs::create_dir_all(empty.join("data")).unwrap();
    std::fs::write(empty.join("data/direct-messages.js"), "x").unwrap();
    assert_eq!(code(&empty), "archive.not_an_archive");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    zip.start_file("holiday.jpg", SimpleFileOptions::default()).unwrap();
    zip.finish().unwrap();
    assert_eq!(code(&path), "archive.not_an_archive");
}

#[test]
fn half_a_zip_is_told_from_something_else_at_every_cut() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    sample_zip(&path);
    let whole = std::fs::read(&path).unwrap();
    let cut = folder.path().join("cut.zip");
    let step = (whole.len() / 300).max(1);
    for length in (4..whole.len()).step_by(step).chain(whole.len() - 30..whole.len()) {
        std::fs::write(&cut, &whole[..length]).unwrap();
        assert_eq!(code(&cut), "archive.truncated_zip", "{length} of {}", whole.len());
    }
    // The end alone is no more of an archive than the beginning.
    for from in [1, 1000, whole.len() / 2] {
        std::fs::write(&cut, &whole[from..]).unwrap();
        let error = Archive::open(&cut).unwrap_err();
        assert!(["archive.truncated_zip", "archive.damaged_zip"].contains(&error.code()), "{error}");
    }
}

#[test]
fn any_flipped_byte_is_an_error_or_is_reported_or_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    sample_zip(&path);
    let whole = std::fs::read(&path).unwrap();
    let sound = read(&Archive::open(&path).unwrap()).unwrap().0;
    let flipped = folder.path().join("flipped.zip");
    for at in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x41;
        std::fs::write(&flipped, &bytes).unwrap();
        let Ok(archive) = Archive::open(&flipped) else { continue };
        let Ok((tweets, report)) = read(&archive) else { continue };
        assert!(tweets == sound || !report.reasons().is_empty(), "a flip at {at} went unseen");
    }
}

#[test]
fn bombs_are_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bomb.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    zip.start_file("data/tweets.js", SimpleFileOptions::default().compression_level(Some(9))).unwrap();
    zip.write_all(b"window.YTD.tweets.part0 = [").unwrap();
    for _ in 0..32 {
        zip.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    zip.write_all(b"]").unwrap();
    zip.finish().unwrap();
    let error = read(&Archive::open(&path).unwrap()).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::InvalidInput, "archive.zip_bomb"));
    let error = Archive::open_with(&path, Limits::default().with_total_bytes(1 << 20)).unwrap_err();
    assert_eq!(error.code(), "archive.zip_bomb");

    let sound = folder.path().join("sound.zip");
    sample_zip(&sound);
    let error = Archive::open_with(&sound, Limits::default().with_entries(2)).unwrap_err();
    assert_eq!(error.code(), "archive.too_many_files");
}

/// Changes a field of the entry's record in the zip's list of files.
fn patch(bytes: &mut [u8], name: &str, field: usize, value: u32) {
    let at = (0..bytes.len())
        .find(|at| bytes[*at..].starts_with(b"PK\x01\x02") && bytes[*at + 46..].starts_with(name.as_bytes()));
    let at = at.unwrap() + field;
    bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

#[test]
fn lies_in_the_list_of_files_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    sample_zip(&path);
    let whole = std::fs::read(&path).unwrap();
    let lying = folder.path().join("lying.zip");
    // Smaller than it is.
    let mut bytes = whole.clone();
    patch(&mut bytes, "data/tweets.js", 24, 100);
    std::fs::write(&lying, &bytes).unwrap();
    assert_eq!(read(&Archive::open(&lying).unwrap()).unwrap_err().code(), "archive.zip_bomb");
    // Larger than it is, another check sum, another place, outside the file.
    for (field, value) in [(24, 1 << 30), (16, 1), (42, 0), (42, u32::MAX - 1)] {
        let mut bytes = whole.clone();
        patch(&mut bytes, "data/tweets.js", field, value);
        std::fs::write(&lying, &bytes).unwrap();
        let (_, report) = read(&Archive::open(&lying).unwrap()).unwrap();
        assert!(!report.reasons().is_empty(), "field {field} = {value}");
    }
    // Encrypted.
    let mut bytes = whole.clone();
    let flags = u32::from_le_bytes([1, 0, 8, 0]);
    patch(&mut bytes, "data/tweets.js", 8, flags);
    std::fs::write(&lying, &bytes).unwrap();
    assert_eq!(code(&lying), "archive.encrypted");
}

#[test]
fn something_before_the_zip_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    sample_zip(&path);
    let mut bytes = b"#!/bin/sh\nexit 0\n".to_vec();
    bytes.extend(std::fs::read(&path).unwrap());
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(read(&Archive::open(&path).unwrap()).unwrap().0.len(), sample().len());
}

#[test]
fn only_listed_files_are_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    // The content of every other file is no deflate data at all, and its local header is gone: opening it must fail.
    let forbidden = [
        "data/direct-messages.js",
        "data/ip-audit.js",
        "data/like.js",
        "data/tweets_media/1.jpg",
        "../../etc/passwd",
        "/etc/tweets.js",
        "__MACOSX/data/tweets.js",
        "data/../tweets.js",
    ];
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    for (name, content) in ArchiveBuilder::new(user()).tweets(sample()).files() {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(&content).unwrap();
    }
    for name in forbidden {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(b"BOOBYTRAP").unwrap();
    }
    zip.finish().unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let mut traps = 0;
    for at in 0..bytes.len() - 64 {
        let trapped = bytes[at..].starts_with(b"PK\x03\x04")
            && forbidden.iter().any(|name| bytes[at + 30..].starts_with(name.as_bytes()));
        if trapped {
            bytes[at..at + 30].fill(0xff);
            traps += 1;
        }
    }
    assert_eq!(traps, forbidden.len());
    std::fs::write(&path, bytes).unwrap();
    let (tweets, report) = read(&Archive::open(&path).unwrap()).unwrap();
    assert_eq!((tweets.len(), report.reasons()), (sample().len(), vec![]));
    assert!(report.skipped.iter().any(|file| file.reason.contains("leads out")), "{:?}", report.skipped);
}

#[cfg(unix)]
#[test]
fn links_out_of_a_folder_and_pipes_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    let files = ArchiveBuilder::new(user()).tweets(sample()).files();
    std::fs::write(outside.path().join("tweets-part1.js"), &files["data/tweets.js"]).unwrap();
    ArchiveBuilder::new(user()).tweets(sample()).write_folder(folder.path());
    let data = folder.path().join("data");
    std::os::unix::fs::symlink(outside.path().join("tweets-part1.js"), data.join("tweets-part1.js")).unwrap();
    // Opening a pipe without a writer would never return.
    for pipe in ["tweets-part2.js", "direct-messages.js"] {
        assert!(std::process::Command::new("mkfifo").arg(data.join(pipe)).status().unwrap().success());
    }
    let (tweets, report) = read(&Archive::open(folder.path()).unwrap()).unwrap();
    assert_eq!(tweets.len(), sample().len());
    let skipped: Vec<&str> = report.skipped.iter().map(|file| file.file.as_str()).collect();
    assert_eq!(skipped, ["data/tweets-part1.js", "data/tweets-part2.js"]);
}

#[test]
fn a_missing_and_a_short_part_are_named_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    ArchiveBuilder::new(user())
        .tweets(sample())
        .parts(4)
        .without("data/tweets-part2.js")
        .count("data/tweets-part1.js", 1500)
        .write_folder(folder.path());
    let archive = Archive::open(folder.path()).unwrap();
    let (tweets, report) = read(&archive).unwrap();
    assert_eq!(tweets.len(), 6);
    let reasons = report.reasons().join("\n");
    assert!(
        reasons.contains("data/tweets-part2.js with 2 entries is named in data/manifest.js and is not in"),
        "{reasons}"
    );
    assert!(reasons.contains("data/tweets-part1.js holds 2 of the 1,500 tweets"), "{reasons}");

    let files = ArchiveBuilder::new(user()).tweets(sample()).layout(Layout::Headers).files();
    let headers = String::from_utf8(files["data/tweet-headers.js"].clone()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    ArchiveBuilder::new(user())
        .tweets(sample().into_iter().take(5))
        .layout(Layout::Headers)
        .file("data/tweet-headers.js", headers)
        .write_folder(folder.path());
    let (_, report) = read(&Archive::open(folder.path()).unwrap()).unwrap();
    assert_eq!(report.reasons(), ["the archive holds 5 of the 8 tweets that tweet-headers.js names"]);
}

#[test]
fn a_broken_manifest_costs_the_numbers_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    ArchiveBuilder::new(user())
        .tweets(sample())
        .file("data/manifest.js", "window.__THAR_CONFIG = {\"dataTy")
        .write_folder(folder.path());
    let (tweets, report) = read(&Archive::open(folder.path()).unwrap()).unwrap();
    assert_eq!(tweets.len(), sample().len());
    assert!(report.reasons()[0].contains("data/manifest.js cannot be read"), "{:?}", report.reasons());
}

#[test]
fn one_malformed_tweet_among_a_hundred_thousand() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tweets.js");
    let template = entry(&sample()[0], true).to_string();
    let id = sample()[0].id.clone();
    let mut text = String::from("window.YTD.tweets.part0 = [");
    let mut byte = 0;
    for n in 0..100_000_u64 {
        text.push_str(if n == 0 { "\n" } else { ",\n" });
        let one = template.replace(&id, &(1_000_000_000_000_000_000 + n).to_string());
        if n == 54_321 {
            byte = text.len() as u64;
            text.extend(one.chars().take(one.len() / 2));
        } else {
            text.push_str(&one);
        }
    }
    text.push_str("\n]");
    std::fs::write(&path, text).unwrap();
    let mut reader = read_tweets_js(&path).unwrap();
    let (mut count, mut bad) = (0, Vec::new());
    while let Some(page) = reader.next_page(5000).unwrap() {
        count += page.tweets.len();
        bad.extend(page.malformed);
    }
    assert_eq!((count, bad.len()), (99_999, 1));
    assert_eq!((bad[0].position.entry, bad[0].position.byte), (54_322, byte));
    let reasons = reader.report().reasons();
    assert!(reasons.len() == 1 && reasons[0].contains("entry 54,322 at byte"), "{reasons:?}");
}

#[test]
fn a_tweet_of_ten_megabytes_is_read_and_a_larger_one_is_named() {
    let mut tweets = sample();
    tweets[1].full_text = "long é\n".repeat(10 * 1024 * 1024 / 8);
    tweets[1].full_text.push('.');
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    ArchiveBuilder::new(user()).tweets(tweets.clone()).write_folder(folder.path());
    ArchiveBuilder::new(user()).tweets(tweets.clone()).write_zip(&path);
    let (found, report) = read(&Archive::open(folder.path()).unwrap()).unwrap();
    assert!(report.reasons().is_empty(), "{:?}", report.reasons());
    assert!(found.iter().any(|tweet| tweet.full_text == tweets[1].full_text));
    let limits = Limits::default().with_object_bytes(1 << 20).with_ratio(2000);
    let (found, report) = read(&Archive::open_with(&path, limits).unwrap()).unwrap();
    assert_eq!((found.len(), report.malformed_count), (tweets.len() - 1, 1));
    assert!(report.reasons()[0].contains("longer than 1048576 bytes"), "{:?}", report.reasons());
}

#[test]
fn damage_in_the_middle_of_a_part_leaves_the_others_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let many: Vec<Tweet> = (0..3000u64)
        .map(|n| Tweet {
            id: (1_000_000_000_000_000_000 + n * 7_919).to_string(),
            full_text: format!("{n} {:x}", n * n * 2_654_435_761),
            ..sample().remove(0)
        })
        .collect();
    ArchiveBuilder::new(user()).tweets(many).parts(3).write_zip(&path);
    let mut bytes = std::fs::read(&path).unwrap();
    let at = (0..bytes.len())
        .find(|at| bytes[*at..].starts_with(b"PK\x03\x04") && bytes[*at + 30..].starts_with(b"data/tweets-part1.js"));
    let at = at.unwrap() + 10_000;
    bytes[at..at + 64].fill(0xff);
    std::fs::write(&path, bytes).unwrap();
    let (tweets, report) = read(&Archive::open(&path).unwrap()).unwrap();
    assert!(tweets.len() >= 2000, "{}", tweets.len());
    assert_eq!(report.parts.iter().map(|part| part.read).filter(|read| *read == 1000).count(), 2);
    assert!(
        report.reasons().iter().any(|reason| reason.starts_with("data/tweets-part1.js: ")),
        "{:?}",
        report.reasons()
    );
}

#[test]
fn half_an_emoji_is_repaired_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tweets.js");
    let text = format!("x = {}", json!([entry(&sample()[0], true), entry(&sample()[1], true)]))
        .replace("plain", "\\ud83d plain\\u0000");
    std::fs::write(&path, text).unwrap();
    let mut reader = read_tweets_js(&path).unwrap();
    let page = reader.next_page(10).unwrap().unwrap();
    assert!(page.tweets[0].full_text.starts_with("\u{fffd} plain\u{fffd} & simple"), "{}", page.tweets[0].full_text);
    assert_eq!(page.tweets[1].full_text, sample()[1].full_text);
    assert!(reader.next_page(10).unwrap().is_none());
    let report = reader.report();
    assert_eq!((report.repaired, report.malformed_count, report.reasons()), (1, 0, vec![]));
}
