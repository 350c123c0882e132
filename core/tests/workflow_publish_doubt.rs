//! Publishing where something is in doubt or was changed meanwhile: what stands on Twitter, what was meant, and what may
//! be sent.
#![cfg(feature = "sqlite")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod x_publish;

use ghostwren::workflow::PublishRequest;
use x_publish::Bench;

#[tokio::test]
async fn the_blanks_inside_of_words_are_the_drafts() {
    let bench = Bench::new().await;
    for (text, parts) in [
        ("no one is here", ["noone is", "here"]),
        ("nobody is here", ["no body is", "here"]),
        ("a therapist", ["a the", "rapist"]),
        ("to gather", ["together", ""]),
    ] {
        let draft = bench.draft(text).await;
        let preview = bench.publisher.preview_publish(PublishRequest::split(draft, parts)).await;
        assert_eq!(preview.map_err(|error| error.code().to_owned()).unwrap_err(), "publish.other_text", "{text}");
    }
    // Other blanks, and none where a language writes none.
    for (text, parts) in [
        ("one  two\n\nthree", ["one two", "three\n"]),
        ("鳥が鳴く。朝が来る", ["鳥が鳴く。", "朝が来る"]),
        ("鳥が鳴く朝", ["鳥が鳴く", "朝"]),
    ] {
        let draft = bench.draft(text).await;
        bench.publisher.preview_publish(PublishRequest::split(draft, parts)).await.unwrap();
    }
}
