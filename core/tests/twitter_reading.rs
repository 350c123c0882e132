//! What X's answers become, in both dialects, and that nothing in them can break the reader.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream;
use ghostwren::Result;
use ghostwren::http::{HttpClient, Transport, TransportError, TransportResponse};
use ghostwren::records::{MediaKind, Tweet, TweetKind, TweetSource};
use ghostwren::twitter::{FixedToken, Prices, TweetPage, TwitterApp, TwitterClient};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Answers everything with one body.
struct Always(Bytes);

impl std::fmt::Debug for Always {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Always")
    }
}

#[async_trait]
impl Transport for Always {
    async fn send(&self, _: http::Request<Bytes>) -> Result<TransportResponse, TransportError> {
        let body = Box::pin(stream::iter([Ok(self.0.clone())]));
        Ok(TransportResponse { status: http::StatusCode::OK, headers: http::HeaderMap::new(), body })
    }
}

fn client(body: impl Into<Bytes>) -> TwitterClient {
    let http = HttpClient::builder().transport(Always(body.into())).build().unwrap();
    TwitterApp::new("app").http(http).client(FixedToken::new("t".to_owned().into())).unwrap()
}

async fn page(body: &Value) -> TweetPage {
    client(body.to_string()).timeline("12").page().await.unwrap()
}

async fn only(tweet: Value) -> Tweet {
    page(&json!({"data": [tweet], "meta": {"result_count": 1}})).await.tweets.remove(0)
}

/// A page with everything, in the old dialect.
fn everything() -> Value {
    json!({
        "data": [
            {
                "id": "1445880548472328192", "author_id": "12", "text": "Are you &lt;ready&gt;? &amp;amp;\n\t#wren $TWTR @robin https://t.co/link https://t.co/pic",
                "created_at": "2021-10-06T22:44:50.000Z", "lang": "en", "conversation_id": "1445880548472328192",
                "edit_history_tweet_ids": ["1445880548472328191", "1445880548472328192"],
                "attachments": {"media_keys": ["3_1445880000000000001", "7_1445880000000000002"]},
                "entities": {
                    "urls": [
                        {"start": 1, "end": 2, "url": "https://t.co/link", "expanded_url": "https://example.com/?a=1&b=2", "display_url": "example.com", "unwound_url": "https://example.com/elsewhere"},
                        {"start": 3, "end": 4, "url": "https://t.co/pic", "expanded_url": "https://twitter.com/wren/status/1445880548472328192/photo/1", "display_url": "pic.twitter.com/x", "media_key": "3_1445880000000000001"},
                    ],
                    "hashtags": [{"start": 0, "end": 1, "tag": "wren"}], "cashtags": [{"start": 0, "end": 1, "tag": "TWTR"}],
                    "mentions": [{"start": 0, "end": 1, "username": "robin", "id": "13"}],
                    "annotations": [{"start": 0, "end": 1, "probability": 0.5, "type": "Person", "normalized_text": "Wren"}],
                },
                "public_metrics": {"like_count": 5, "retweet_count": 4, "reply_count": 3, "quote_count": 2, "bookmark_count": 1, "impression_count": 1234},
                "source": "Twitter Web App", "context_annotations": [{"domain": {"id": "1"}}],
            },
            {
                "id": "1445880548472328200", "author_id": "12", "created_at": "2023-02-18T12:00:00.000Z",
                "text": "The first words of a long post…",
                "note_tweet": {"text": "The first words of a long post &amp; all that follow. https://t.co/n", "entities": {"urls": [{"url": "https://t.co/n", "expanded_url": "https://example.org"}]}},
            },
            {
                "id": "1445880548472328201", "author_id": "12", "created_at": "2023-02-18T12:00:00.000Z",
                "text": "RT @robin: A text that is cut in the mid…",
                "entities": {"mentions": [{"username": "robin", "id": "13"}]},
                "referenced_tweets": [{"type": "retweeted", "id": "1445880548472320001"}],
            },
            {
                "id": "1445880548472328202", "author_id": "12", "created_at": "2023-02-18T12:00:00.000Z",
                "text": "so true https://t.co/q",
                "entities": {"urls": [{"url": "https://t.co/q", "expanded_url": "https://x.com/robin/status/1445880548472320002"}]},
                "referenced_tweets": [{"type": "quoted", "id": "1445880548472320002"}],
            },
            {
                "id": "1445880548472328203", "author_id": "12", "created_at": "2023-02-18T12:00:00.000Z",
                "text": "@robin yes", "in_reply_to_user_id": "13",
                "referenced_tweets": [{"type": "replied_to", "id": "1445880548472320003"}],
            },
            {
                "id": "1445880548472328204", "author_id": "12", "created_at": "2023-02-18T12:00:00.000Z",
                "text": "and on", "in_reply_to_user_id": "12",
                "referenced_tweets": [{"type": "replied_to", "id": "1445880548472328192"}],
            },
        ],
        "includes": {
            "users": [{"id": "13", "username": "robin", "name": "Robin"}, {"id": "12", "username": "wren", "name": "Wren"}],
            "tweets": [
                {"id": "1445880548472320001", "author_id": "13", "text": "A text that is cut…", "note_tweet": {"text": "A text that is cut in the middle &lt;3 #end https://t.co/e", "entities": {
                    "hashtags": [{"tag": "end"}], "urls": [{"url": "https://t.co/e", "expanded_url": "https://e.example"}]}}},
                {"id": "1445880548472320002", "author_id": "13", "created_at": "2020-01-01T00:00:00.000Z", "text": "quoted &amp; whole"},
                {"id": "1445880548472320003", "author_id": "13", "text": "answered"},
                {"id": "1445880548472328192", "author_id": "12", "text": "own"},
            ],
            "media": [
                {"media_key": "3_1445880000000000001", "type": "photo", "url": "https://pbs.twimg.com/1.jpg", "alt_text": "a wren"},
                {"media_key": "7_1445880000000000002", "type": "video", "preview_image_url": "https://pbs.twimg.com/2.jpg", "variants": [
                    {"content_type": "application/x-mpegURL", "url": "https://video.twimg.com/x.m3u8"},
                    {"bit_rate": 256000, "content_type": "video/mp4", "url": "https://video.twimg.com/low.mp4"},
                    {"bit_rate": 2176000, "content_type": "video/mp4", "url": "https://video.twimg.com/high.mp4"}]},
            ],
        },
        "errors": [{"type": "https://api.twitter.com/2/problems/resource-not-found", "title": "Not Found Error", "detail": "Could not find tweet with referenced_tweets.id: [1].", "resource_type": "tweet", "resource_id": "1", "parameter": "referenced_tweets.id", "value": "1"}],
        "meta": {"result_count": 6, "newest_id": "1445880548472328204", "oldest_id": "1445880548472328192", "next_token": "7140dibdnow9c7btw423x5t4"},
    })
}

/// The same in the new dialect.
fn in_the_new_dialect(value: &Value) -> Value {
    let mut text = value.to_string();
    for (old, new) in [
        ("\"note_tweet\":", "\"note_post\":"),
        ("\"referenced_tweets\":", "\"referenced_posts\":"),
        ("\"edit_history_tweet_ids\":", "\"edit_history_post_ids\":"),
        ("\"retweet_count\":", "\"repost_count\":"),
        ("\"tweets\":", "\"posts\":"),
        ("api.twitter.com/2/problems", "api.x.com/2/problems"),
    ] {
        assert!(text.contains(old), "{old}");
        text = text.replace(old, new);
    }
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn both_dialects_become_the_same_records() {
    let old = page(&everything()).await;
    let new = page(&in_the_new_dialect(&everything())).await;
    assert_eq!(old.tweets, new.tweets);
    assert_eq!(old.context, new.context);
    assert_eq!((old.next, old.problems), (new.next, new.problems));
}

#[tokio::test]
async fn a_page_becomes_records() {
    let page = page(&everything()).await;
    let tweet = &page.tweets[0];
    assert_eq!(tweet.full_text, "Are you <ready>? &amp;\n\t#wren $TWTR @robin https://example.com/?a=1&b=2");
    assert_eq!((tweet.kind, tweet.source, tweet.lang.as_deref()), (TweetKind::Original, TweetSource::Api, Some("en")));
    assert_eq!(tweet.edit_history, ["1445880548472328191", "1445880548472328192"]);
    let counts = tweet.counts;
    assert_eq!(
        [counts.likes, counts.retweets, counts.replies, counts.quotes, counts.bookmarks, counts.impressions],
        [5, 4, 3, 2, 1, 1234].map(Some)
    );
    assert_eq!(tweet.client.as_deref(), Some("Twitter Web App"));
    assert_eq!(tweet.entities.urls.len(), 1, "the picture's address is no link of the author's");
    assert_eq!(tweet.entities.urls[0].expanded_url, "https://example.com/?a=1&b=2");
    assert_eq!((tweet.entities.hashtags[0].0.as_str(), tweet.entities.cashtags[0].0.as_str()), ("wren", "TWTR"));
    let mention = &tweet.entities.mentions[0];
    assert_eq!((mention.username.as_str(), mention.id.as_deref()), ("robin", Some("13")));
    let media: Vec<_> =
        tweet.media.iter().map(|media| (media.id.as_str(), media.kind, media.url.as_deref().unwrap())).collect();
    assert_eq!(
        media,
        [
            ("1445880000000000001", MediaKind::Photo, "https://pbs.twimg.com/1.jpg"),
            ("1445880000000000002", MediaKind::Video, "https://video.twimg.com/high.mp4")
        ]
    );
    assert_eq!(tweet.media[0].alt_text.as_deref(), Some("a wren"));

    let note = &page.tweets[1];
    assert_eq!(note.full_text, "The first words of a long post & all that follow. https://example.org");
    assert_eq!((note.kind, note.is_note, note.is_truncated), (TweetKind::Note, true, false));
    let retweet = &page.tweets[2];
    assert_eq!(retweet.full_text, "RT @robin: A text that is cut in the middle <3 #end https://e.example");
    assert_eq!(
        (retweet.kind, retweet.is_truncated, retweet.retweeted_id.as_deref()),
        (TweetKind::Retweet, false, Some("1445880548472320001"))
    );
    assert_eq!(
        (retweet.entities.mentions[0].username.as_str(), retweet.entities.hashtags[0].0.as_str()),
        ("robin", "end")
    );
    let quote = &page.tweets[3];
    assert_eq!(
        (quote.full_text.as_str(), quote.kind, quote.quoted_id.as_deref()),
        ("so true", TweetKind::Quote, Some("1445880548472320002"))
    );
    let reply = &page.tweets[4];
    assert_eq!(
        (reply.kind, reply.in_reply_to_id.as_deref(), reply.in_reply_to_user_id.as_deref()),
        (TweetKind::Reply, Some("1445880548472320003"), Some("13"))
    );

    // Other people's words that were quoted or answered; not what was passed on, nor the user's own.
    let context: Vec<_> = page.context.iter().map(|other| (other.id.as_str(), other.full_text.as_str())).collect();
    assert_eq!(context, [("1445880548472320002", "quoted & whole"), ("1445880548472320003", "answered")]);
    assert_eq!(page.context[0].author.as_ref().unwrap().username.as_deref(), Some("robin"));
    assert!(page.context[1].created_at.is_some(), "out of the id");
    assert_eq!(page.authors["1445880548472328192"].username.as_deref(), Some("wren"));
    assert_eq!(page.gone().collect::<Vec<_>>(), ["1"]);
    assert_eq!((page.newest(), page.oldest()), (Some("1445880548472328204"), Some("1445880548472328192")));
    assert_eq!((page.posts_read, page.users_read), (10, 2));
    assert_eq!(page.cost(&Prices::default()).to_string(), "$0.07");
    let mut owner = Prices::default();
    owner.owned = true;
    assert_eq!(page.cost(&owner).to_string(), "$0.046", "six of them at a fifth");
    let looked_up = client(everything().to_string()).tweets(&["1"]).await.unwrap();
    assert_eq!(looked_up.cost(&owner).to_string(), "$0.07", "a lookup is no owned read");
}

#[tokio::test]
async fn a_preview_is_marked_and_an_ellipsis_is_not() {
    let tweet = |text: &str, expanded: &str| json!({"id": "1445880548472328192", "text": text, "entities": {"urls": [{"url": "https://t.co/self", "expanded_url": expanded}]}});
    let preview =
        only(tweet("beginning… https://t.co/self", "https://twitter.com/i/web/status/1445880548472328192")).await;
    assert_eq!((preview.full_text.as_str(), preview.is_truncated, preview.is_note), ("beginning…", true, false));
    let own = only(tweet("and so on… https://t.co/self", "https://example.com")).await;
    assert_eq!((own.full_text.as_str(), own.is_truncated), ("and so on… https://example.com", false));
    let plain = only(json!({"id": "1445880548472328192", "text": "to be continued…"})).await;
    assert!(!plain.is_truncated);
    let long = only(json!({"id": "1445880548472328192", "text": format!("{}…", "w".repeat(279))})).await;
    assert!(long.is_truncated, "as long as a preview, and cut");
    let cut = only(json!({"id": "1445880548472328192", "text": "RT @robin: cut…", "referenced_tweets": [{"type": "retweeted", "id": "5"}]})).await;
    assert_eq!((cut.kind, cut.is_truncated), (TweetKind::Retweet, true));
    let empty_note = only(json!({"id": "1445880548472328192", "text": "x", "note_tweet": {"text": ""}})).await;
    assert_eq!((empty_note.full_text.as_str(), empty_note.is_note), ("x", false));
}

#[tokio::test]
async fn odd_values_are_read_as_far_as_they_go() {
    // Ids and counts of another type, doubled keys, both dialects at once, lists that are none, NUL and half an emoji.
    let body = r#"{"data":[{"id":1445880548472328192,"text":"a\u0000b \ud83d","text":null,"public_metrics":{"like_count":"7","retweet_count":null,"repost_count":3},
        "entities":{"urls":{"url":"https://t.co/1","expanded_url":null},"hashtags":"none","mentions":[null,5,{"username":"x","id":-1}]},
        "attachments":[],"note_post":{"text":"whole"},"note_tweet":null,"referenced_posts":{"type":"quoted","id":5},"created_at":"yesterday"}, 7, null],
        "includes":null,"meta":{"result_count":"1"}}"#;
    let page = client(body).timeline("12").page().await.unwrap();
    let tweet = &page.tweets[0];
    assert_eq!((tweet.id.as_str(), tweet.full_text.as_str(), tweet.is_note), ("1445880548472328192", "whole", true));
    assert_eq!((tweet.counts.likes, tweet.counts.retweets), (Some(7), Some(3)));
    assert_eq!(tweet.quoted_id.as_deref(), Some("5"));
    assert_eq!(tweet.entities.mentions[0].id, None);
    assert_eq!(tweet.created_at.to_rfc3339(), "2021-10-06T22:36:00.574+00:00", "out of the id");
    let broken = [
        b"{\"data\":[{\"id\":\"1445880548472328192\",\"text\":\"".as_slice(),
        b"caf\xe9",
        b"\"}],\"meta\":{\"result_count\":1}}",
    ]
    .concat();
    let page = client(broken).timeline("12").page().await.unwrap();
    assert_eq!(page.tweets[0].full_text, "caf\u{fffd}");
    let deep = format!("{}{}", r#"{"data":"#.repeat(10_000), "}".repeat(10_000));
    assert!(client(deep).timeline("12").page().await.is_err());
}

#[tokio::test]
async fn a_tweet_that_cannot_be_read_is_told_and_not_passed_over() {
    let one = json!({"id": "1445880548472328192", "text": "one"});
    for (body, lacking) in [
        (json!({"data": [one], "meta": {"result_count": 1}}), None),
        (json!({"data": [one, one], "meta": {"result_count": 2}}), None),
        (json!({"data": [one]}), None),
        (json!({"data": [one, null, 7, {}], "meta": {"result_count": 4}}), Some(3)),
        (json!({"data": [one], "meta": {"result_count": 100}}), Some(99)),
        (json!({"data": "none", "meta": {"result_count": 5}}), Some(5)),
        (json!({"meta": {"result_count": 2, "next_token": "t"}}), Some(2)),
        (json!({"meta": {"result_count": 0}}), None),
    ] {
        let page = page(&body).await;
        let told: Vec<_> = page.problems.iter().filter(|problem| problem.is_unreadable()).collect();
        assert_eq!(told.len(), usize::from(lacking.is_some()), "{body}");
        if let Some(lacking) = lacking {
            assert!(told[0].detail.starts_with(&lacking.to_string()), "{body}: {}", told[0].detail);
        }
    }
}

#[tokio::test]
async fn users_are_read_in_both_dialects() {
    let user = json!({"data": {"id": "12", "username": "wren", "name": "W", "description": "a &amp; b", "profile_image_url": "https://pbs.twimg.com/w.jpg",
        "created_at": "2010-01-01T00:00:00.000Z", "protected": true, "verified_type": "blue", "subscription_type": "Premium",
        "public_metrics": {"followers_count": 1, "following_count": 2, "tweet_count": 3}}});
    let old = client(user.to_string()).me().await.unwrap();
    let new = client(user.to_string().replace("tweet_count", "post_count")).me().await.unwrap();
    assert_eq!(old, new);
    assert_eq!((old.tweets, old.protected, old.description.as_deref()), (Some(3), true, Some("a & b")));
    assert_eq!(old.text_limits().max_weighted_length, 25_000);
    let partial = json!({"data": [{"id": "12", "username": "wren"}, {"id": "13"}], "errors": [{"type": "https://api.x.com/2/problems/resource-not-found", "value": "14", "resource_type": "user"}]});
    let list = client(partial.to_string()).users(&["12", "13", "14"]).await.unwrap();
    assert_eq!(
        (list.users.len(), list.problems[0].resource_id.as_deref(), list.problems[0].is_gone()),
        (1, Some("14"), true)
    );
    let none = json!({"errors": [{"type": "https://api.x.com/2/problems/resource-not-found", "detail": "Could not find user"}]});
    assert_eq!(client(none.to_string()).user("12").await.unwrap_err().code(), "twitter.not_found");
    assert_eq!(client("{}").me().await.unwrap_err().code(), "twitter.unreadable");
    let gone = json!({"errors": [{"type": "https://api.x.com/2/problems/resource-not-found", "resource_id": "5", "resource_type": "tweet"}]});
    let page = client(gone.to_string()).tweets(&["5"]).await.unwrap();
    assert_eq!(page.gone().collect::<Vec<_>>(), ["5"], "all gone is an answer, and no error");
}

/// The same tweet in the archive and from the API, so that an import of both writes nothing twice.
#[tokio::test]
async fn the_archive_and_the_api_agree() {
    let archive = r#"window.YTD.tweets.part0 = [{"tweet":{"id_str":"1445880548472328192","created_at":"Wed Oct 06 22:44:50 +0000 2021","lang":"en",
        "full_text":"Look &amp; see https://t.co/link https://t.co/pic","entities":{"hashtags":[],"symbols":[],"user_mentions":[],
        "urls":[{"url":"https://t.co/link","expanded_url":"https://example.com","display_url":"example.com","indices":["1","2"]}],
        "media":[{"id_str":"77","type":"photo","url":"https://t.co/pic","media_url_https":"https://pbs.twimg.com/1.jpg","expanded_url":"https://twitter.com/wren/status/1445880548472328192/photo/1"}]}}}]"#;
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    std::fs::write(folder.path().join("data/tweets.js"), archive).unwrap();
    let archive = ghostwren::archive::Archive::open(folder.path()).unwrap();
    let mut read = archive.read(None).unwrap().next_page(10).unwrap().unwrap().tweets;
    let api = page(&json!({
        "data": [{"id": "1445880548472328192", "created_at": "2021-10-06T22:44:50.000Z", "lang": "en", "text": "Look &amp; see https://t.co/link https://t.co/pic",
            "attachments": {"media_keys": ["3_77"]}, "entities": {"urls": [
                {"url": "https://t.co/link", "expanded_url": "https://example.com", "display_url": "example.com"},
                {"url": "https://t.co/pic", "expanded_url": "https://twitter.com/wren/status/1445880548472328192/photo/1", "display_url": "pic", "media_key": "3_77"}]}}],
        "includes": {"media": [{"media_key": "3_77", "type": "photo", "url": "https://pbs.twimg.com/1.jpg"}]}, "meta": {"result_count": 1}}))
    .await;
    assert_eq!(read.len(), 1);
    let expected = Tweet { source: TweetSource::Api, counts: api.tweets[0].counts, ..read.remove(0) };
    assert_eq!(api.tweets[0], expected);
}

/// Renames, drops or retypes one value of an answer.
fn mutate(value: &mut Value, path: &[usize], how: u8) {
    let Some((&step, rest)) = path.split_first() else { return };
    match value {
        Value::Object(node) if !node.is_empty() => {
            let key = node.keys().nth(step % node.len()).unwrap().clone();
            if rest.is_empty() || !(node[&key].is_object() || node[&key].is_array()) {
                let old = node.remove(&key).unwrap();
                match how {
                    0 => {}
                    1 => {
                        node.insert(format!("{key}_"), old);
                    }
                    _ => {
                        node.insert(key, other(how));
                    }
                }
            } else {
                mutate(&mut node[&key], rest, how);
            }
        }
        Value::Array(list) if !list.is_empty() => {
            let at = step % list.len();
            if rest.is_empty() {
                list[at] = other(how);
            } else {
                mutate(&mut list[at], rest, how);
            }
        }
        _ => *value = other(how),
    }
}

fn other(how: u8) -> Value {
    match how % 9 {
        0 => Value::Null,
        1 => json!(-1),
        2 => json!(1e300),
        3 => json!("…"),
        4 => json!([]),
        5 => json!({}),
        6 => json!([[null], {"id": []}]),
        7 => json!(true),
        _ => json!({"id": {"id": "1"}, "text": ["x"], "data": {}}),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_answer_breaks_the_reader(changes in prop::collection::vec((prop::collection::vec(0usize..64, 1..7), 0u8..18), 1..5), new in any::<bool>()) {
        let mut body = if new { in_the_new_dialect(&everything()) } else { everything() };
        for (path, how) in &changes {
            mutate(&mut body, path, *how);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let body = Arc::new(body.to_string());
        runtime.block_on(async {
            let client = client(body.as_bytes().to_vec());
            // One value that is odd costs at most what it says, never the page; and no page is a silent end.
            match client.timeline("12").page().await {
                Ok(page) => assert!(page.tweets.len() <= 6),
                Err(error) => assert_ne!(error.code(), "http.json", "{error} {body}"),
            }
            let _ = client.me().await;
            let _ = client.users(&["1"]).await;
            let _ = client.tweets(&["1"]).await;
            let _ = client.delete_tweet("1").await;
            let _ = client.create_tweet(&ghostwren::twitter::NewTweet::new("x")).await;
        });
    }
}
