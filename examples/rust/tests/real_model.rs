//! The quickstart against a real small model on this machine, with the gates of production.
//!
//! It passes when the prompt fits, the JSON is valid, every candidate is accepted or rejected with a reason and the usage is
//! logged. No accepted draft is a valid end: the model is small. `cargo xtask test model` serves the model and runs this.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[path = "../../../core/tests/common/mod.rs"]
mod common;
mod program;

use std::time::Duration;

use common::archive_builder::{ArchiveBuilder, real_tweets};
use futures_util::StreamExt;
use ghostwren::model::{Message, Model, ModelDelta, ModelRequest};
use ghostwren::openai::OpenAi;
use ghostwren::records::TwitterUser;
use program::{json, quickstart};

const URL: &str = "GHOSTWREN_TEST_MODEL_URL";

#[test]
fn the_whole_job_with_a_real_model() {
    let url = std::env::var(URL).unwrap();
    let tweets = real_tweets("BarackObama").expect("shared data");
    let folder = tempfile::tempdir().unwrap();
    let user = TwitterUser { id: "813286".into(), username: "BarackObama".into(), ..TwitterUser::default() };
    let archive = folder.path().join("archive.zip");
    ArchiveBuilder::new(user).tweets(tweets.into_iter().take(400)).write_zip(&archive);
    let mut command = quickstart(folder.path());
    // A small window keeps prompts short: this machine reads some 50 tokens a second.
    command.env("OPENAI_BASE_URL", url).env("GHOSTWREN_MODEL_CONTEXT", "2048").args([
        "--model",
        "smollm2",
        "--topic",
        "health care",
        "--count",
        "2",
        "--json",
    ]);
    let report = json(command.arg("--archive").arg(&archive));
    assert_eq!(report["stand_in"], false);

    let runs = report["ai_runs"].as_array().unwrap();
    let purposes: Vec<&str> = runs.iter().map(|run| run["purpose"].as_str().unwrap()).collect();
    assert!(purposes.contains(&"analyze_style") && purposes.contains(&"generate"), "{purposes:?}");
    for run in runs {
        assert_eq!(run["outcome"]["outcome"], "ok", "{run}");
        assert!(run["input_tokens"].as_u64().unwrap() > 0 && run["output_tokens"].as_u64().unwrap() > 0, "{run}");
    }
    let drafts = report["drafts"].as_array().unwrap();
    let rejected = report["generation"]["rejected"].as_array().unwrap();
    println!("{} drafts, {} rejected: {rejected:?}", drafts.len(), rejected.len());
    assert!(!drafts.is_empty() || !rejected.is_empty() || !report["notes"].as_array().unwrap().is_empty());
    for rejection in rejected {
        assert!(!rejection["code"].as_str().unwrap().is_empty() && !rejection["reason"].as_str().unwrap().is_empty());
    }
    for draft in drafts {
        assert!(draft["weighted_length"].as_u64().unwrap() <= 280);
    }
}

/// The server has four slots. A stream that is dropped frees its slot at once; one that went on would hold it for minutes.
#[tokio::test]
async fn dropping_a_stream_stops_the_servers_work() {
    let model = OpenAi::without_key(std::env::var(URL).unwrap().parse().unwrap()).model("smollm2");
    let endless = || {
        ModelRequest::new("test", vec![Message::user("Count from one to ten thousand in words.")])
            .max_output_tokens(3500)
    };
    let mut growing = Vec::new();
    for _ in 0..4 {
        let mut stream = model.stream(endless()).await.unwrap();
        while !matches!(stream.next().await.unwrap().unwrap(), ModelDelta::Text { .. }) {}
        growing.push(stream);
    }
    drop(growing);
    // All four slots work on nothing now, or this waits for thousands of tokens.
    let short = ModelRequest::new("test", vec![Message::user("Say hello.")]).max_output_tokens(8);
    let answer =
        tokio::time::timeout(Duration::from_secs(60), model.complete(short)).await.expect("a slot is free").unwrap();
    assert!(answer.usage.output_tokens > 0);
}
