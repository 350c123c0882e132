//! The stand-in for X against both published specifications: every answer, with every object closed and the fields that were
//! asked for required. Mutations prove that the check can fail.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;
mod raw_http;
mod x_http;
mod x_spec;

use std::collections::BTreeSet;

use ghostwren::sandbox::x::{Dialect, Dialects, NewTweet, NewUser};
use serde_json::{Value, json};
use x_http::{Client, url_encode};
use x_spec::Spec;

/// Everything that the specification lets a call ask for.
fn everything(spec: &Spec, path: &str) -> String {
    let lists =
        ["tweet.fields", "post.fields", "user.fields", "media.fields", "poll.fields", "place.fields", "expansions"];
    let asked: Vec<(&str, String)> = lists
        .into_iter()
        .filter(|name| spec.parameters(path).iter().any(|known| known == name))
        .map(|name| (name, spec.choices(path, name).join(",")))
        .collect();
    url_encode(&asked.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>())
}

/// The same without the metrics that only the author sees: they empty the older pages of a timeline.
fn everything_public(spec: &Spec, path: &str) -> String {
    let private = ["non%5Fpublic%5Fmetrics%2C", "organic%5Fmetrics%2C", "promoted%5Fmetrics%2C"];
    private.iter().fold(everything(spec, path), |ask, name| ask.replace(name, ""))
}

struct World {
    client: Client,
    rich: u64,
    poll: u64,
    note: u64,
    retweet: u64,
}

/// A stand-in of one dialect, with tweets that have everything.
fn world(dialect: Dialect) -> World {
    let client = Client::start();
    let x = &client.x;
    x.set_dialects(match dialect {
        Dialect::Tweet => Dialects::TweetOnly,
        Dialect::Post => Dialects::PostOnly,
    });
    let other = x.add_user(NewUser::new("other_bird").premium());
    let target = x.add_tweet(other, NewTweet::new("what do you think? & why").photo("a question"));
    let rich = NewTweet::new("@other_bird tea $TEA #tea https://example.com/tea?cup=2 <3")
        .reply_to(target)
        .quotes(target)
        .photo("a cup")
        .place();
    let rich = x.add_tweet(x.user_id(), rich);
    let poll = x.add_tweet(x.user_id(), NewTweet::new("tea?").poll(["yes", "no"]).video());
    let long = format!("@other_bird $TEA #long https://example.com/long {}", "words and words ".repeat(40));
    let note = x.add_tweet(x.user_id(), NewTweet::new(long));
    let retweet = x.add_tweet(x.user_id(), NewTweet::new("").retweets(target));
    x.pin(x.user_id(), Some(rich));
    World { client, rich, poll, note, retweet }
}

/// What every tweet must have, since it was asked for.
fn tweet_fields(spec: &Spec) -> Vec<&'static str> {
    let mut fields = vec![
        "id",
        "text",
        "author_id",
        "created_at",
        "lang",
        "conversation_id",
        "public_metrics",
        "edit_controls",
        "possibly_sensitive",
        "reply_settings",
        "source",
        "display_text_range",
    ];
    match spec.dialect {
        Dialect::Tweet => fields.push("edit_history_tweet_ids"),
        Dialect::Post => fields.extend(["edit_history_post_ids", "username", "paid_partnership"]),
    }
    fields
}

const USER: &[&str] = &[
    "id",
    "name",
    "username",
    "created_at",
    "description",
    "location",
    "protected",
    "verified",
    "verified_type",
    "subscription_type",
    "url",
    "entities",
    "profile_image_url",
    "public_metrics",
];

fn names(spec: &Spec) -> [&'static str; 4] {
    match spec.dialect {
        Dialect::Tweet => ["referenced_tweets", "note_tweet", "tweets", "/includes/tweets/*"],
        Dialect::Post => ["referenced_posts", "note_post", "posts", "/includes/posts/*"],
    }
}

#[test]
fn tweets_with_everything_keep_to_the_specification() {
    let Some(specs) = Spec::both() else { return };
    for spec in specs {
        let World { client, rich, poll, note, retweet } = world(spec.dialect);
        let [references, note_name, tweets, included] = names(&spec);
        let fields = tweet_fields(&spec);
        let schema = spec.answer("/2/tweets", "get", "200");
        let ask = everything(&spec, "/2/tweets");
        let extra: [(u64, &[&str], &[&str]); 4] = [
            (
                rich,
                &["entities", "attachments", "geo", references, "in_reply_to_user_id", "non_public_metrics"],
                &[tweets, "users", "media", "places"],
            ),
            (poll, &["attachments"], &["polls", "media", "users"]),
            (note, &["entities", note_name], &["users"]),
            (retweet, &["entities", references], &[tweets, "users"]),
        ];
        let mut droppable = BTreeSet::new();
        for (id, more, includes) in extra {
            let answer = client.get(&format!("/2/tweets?ids={id}&{ask}"));
            assert_eq!(answer.status, 200, "{}", answer.text());
            let mut asked = fields.clone();
            asked.extend(more);
            let entities: &[&str] = if id == rich { &["cashtags", "hashtags", "mentions", "urls"] } else { &[] };
            let required: &[(&str, &[&str])] = &[
                ("", &["data", "includes"]),
                ("/data/*", &asked),
                ("/data/*/entities", entities),
                ("/includes", includes),
                (included, &fields),
                ("/includes/users/*", USER),
                ("/includes/media/*", &["media_key", "type", "width", "height"]),
                ("/includes/polls/*", &["id", "options", "duration_minutes", "end_datetime", "voting_status"]),
                ("/includes/places/*", &["id", "full_name", "name", "country", "country_code", "place_type", "geo"]),
            ];
            droppable.extend(spec.mutate(&schema, &answer.json(), required));
        }
        // What may be missing is what only some tweets have, and what the specification leaves open.
        let optional = [
            "cashtags",
            "hashtags",
            "mentions",
            "urls",
            "id",
            "display_url",
            "expanded_url",
            "unwound_url",
            "status",
            "entities",
            "alt_text",
            "url",
            "duration_ms",
            "preview_image_url",
            "variants",
            "public_metrics",
            "bit_rate",
            "content_type",
            "media_keys",
            "poll_ids",
            "attachments",
            "place_id",
            "most_recent_tweet_id",
            "most_recent_post_id",
            "pinned_tweet_id",
            "pinned_post_id",
            "quote_count",
            "like_count",
            "media_count",
            "impression_count",
            "edits_remaining",
            "is_edit_eligible",
            "editable_until",
            "username",
            "view_count",
            "text",
            references,
            "in_reply_to_user_id",
            "non_public_metrics",
            "media",
            "confirmed_email",
            "users",
            note_name,
        ];
        for path in &droppable {
            let name = path.rsplit('/').next().unwrap();
            assert!(optional.contains(&name), "{:?}: {path} may be missing?", spec.dialect);
        }
    }
}

#[test]
fn every_read_keeps_to_the_specification() {
    let Some(specs) = Spec::both() else { return };
    for spec in specs {
        let World { client, .. } = world(spec.dialect);
        let user = client.x.user_id();
        let tweet = client.x.tweets_of(user)[0];
        let [_, _, _, included] = names(&spec);
        let fields = tweet_fields(&spec);
        let calls = [
            ("/2/users/me", "/2/users/me?".to_owned(), false),
            ("/2/users/{id}", format!("/2/users/{user}?"), false),
            ("/2/users/by/username/{username}", "/2/users/by/username/Sandbox_Wren?".to_owned(), false),
            ("/2/users", format!("/2/users?ids={user},77&"), true),
            ("/2/users/by", "/2/users/by?usernames=sandbox_wren,nobody_at_all&".to_owned(), true),
            ("/2/users/{id}/tweets", format!("/2/users/{user}/tweets?max_results=100&"), true),
            ("/2/users/{id}/mentions", format!("/2/users/{user}/mentions?"), true),
            ("/2/tweets", format!("/2/tweets?ids={tweet},1&"), true),
            ("/2/tweets/{id}", format!("/2/tweets/{tweet}?"), false),
            ("/2/tweets/search/recent", "/2/tweets/search/recent?query=tea&".to_owned(), true),
        ];
        for (path, target, list) in calls {
            let schema = spec.answer(path, "get", "200");
            // Nothing asked for: nothing but the defaults.
            let bare = client.get(target.trim_end_matches(['&', '?']));
            assert_eq!(bare.status, 200, "{target} {}", bare.text());
            let one = if list { bare.json()["data"][0].clone() } else { bare.json()["data"].clone() };
            let keys: Vec<&str> = one.as_object().unwrap().keys().map(String::as_str).collect();
            let defaults = match spec.dialect {
                _ if one.get("username").is_some() => ["id", "name", "username"],
                Dialect::Tweet => ["edit_history_tweet_ids", "id", "text"],
                Dialect::Post => ["edit_history_post_ids", "id", "text"],
            };
            assert_eq!(keys, defaults, "{target}");
            assert!(bare.json().get("includes").is_none());
            spec.check(&schema, &bare.json(), &[("", &["data"])]);

            let full = client.get(&format!("{target}{}", everything_public(&spec, path)));
            assert_eq!(full.status, 200, "{target} {}", full.text());
            let about_tweets = one.get("text").is_some();
            let place = if list { "/data/*" } else { "/data" };
            let data: (&str, &[&str]) = (place, if about_tweets { &fields } else { USER });
            let meta: (&str, &[&str]) = ("/meta", &["result_count", "newest_id", "oldest_id"]);
            // The calls for people have no expansion that gives the author in the newer dialect.
            let absent: &[&str] =
                if about_tweets || spec.dialect == Dialect::Tweet { &[] } else { &["author_id", "username"] };
            let more: Vec<&str> = fields.iter().copied().filter(|name| !absent.contains(name)).collect();
            let required = [("", &["data"][..]), data, meta, (included, &more), ("/includes/users/*", USER)];
            spec.check(&schema, &full.json(), &required);
            spec.mutate(&schema, &bare.json(), &[]);
        }
        // All pages of the made-up timeline, which has one of each kind.
        let (mut token, mut seen) = (String::new(), 0);
        let ask = everything_public(&spec, "/2/users/{id}/tweets");
        let schema = spec.answer("/2/users/{id}/tweets", "get", "200");
        loop {
            let page = client.get(&format!("/2/users/{user}/tweets?max_results=50{token}&{ask}")).json();
            spec.check(&schema, &page, &[("/data/*", &fields), (included, &fields)]);
            seen += page["data"].as_array().map_or(0, Vec::len);
            match page["meta"]["next_token"].as_str() {
                Some(next) => token = format!("&pagination_token={next}"),
                None => break,
            }
        }
        assert_eq!(seen, client.x.tweets_of(user).len());
    }
}

#[test]
fn every_write_keeps_to_the_specification() {
    let Some(specs) = Spec::both() else { return };
    for spec in specs {
        let World { client, .. } = world(spec.dialect);
        let made = client.post("/2/tweets", &json!({"text": "a new one & more"}));
        assert_eq!(made.status, 201, "{}", made.text());
        let schema = spec.answer("/2/tweets", "post", "201");
        spec.mutate(&schema, &made.json(), &[("/data", &["id", "text"])]);
        let id = made.json()["data"]["id"].as_str().unwrap().to_owned();
        let gone = client.delete(&format!("/2/tweets/{id}"));
        spec.mutate(&spec.answer("/2/tweets/{id}", "delete", "200"), &gone.json(), &[]);

        let start = client.post("/2/media/upload/initialize", &json!({"media_type": "video/mp4", "total_bytes": 3}));
        spec.mutate(&spec.answer("/2/media/upload/initialize", "post", "200"), &start.json(), &[]);
        let media = start.json()["data"]["id"].as_str().unwrap().to_owned();
        let append =
            client.post(&format!("/2/media/upload/{media}/append"), &json!({"media": "AQID", "segment_index": 0}));
        spec.mutate(&spec.answer("/2/media/upload/{id}/append", "post", "200"), &append.json(), &[]);
        let done = client.post(&format!("/2/media/upload/{media}/finalize"), &json!({}));
        spec.mutate(
            &spec.answer("/2/media/upload/{id}/finalize", "post", "200"),
            &done.json(),
            &[("/data", &["id", "media_key", "size", "processing_info"])],
        );
        for seconds in [0, 5, 10] {
            client.x.advance(std::time::Duration::from_secs(seconds));
            let status = client.get(&format!("/2/media/upload?media_id={media}&command=STATUS"));
            spec.mutate(&spec.answer("/2/media/upload", "get", "200"), &status.json(), &[]);
        }
        let metadata = json!({"id": media, "metadata": {"alt_text": {"text": "a bird"}}});
        let described = client.post("/2/media/metadata", &metadata);
        spec.mutate(&spec.answer("/2/media/metadata", "post", "200"), &described.json(), &[]);
    }
}

#[test]
fn problems_keep_to_the_specification() {
    let Some(specs) = Spec::both() else { return };
    for spec in specs {
        let World { client, .. } = world(spec.dialect);
        let unknown = match spec.dialect {
            Dialect::Tweet => "post.fields=text",
            Dialect::Post => "tweet.fields=text",
        };
        for target in ["/2/users/me?nonsense=1", &format!("/2/users/me?{unknown}"), "/2/tweets?ids=x"] {
            let answer = client.get(target);
            assert_eq!(answer.status, 400);
            assert_eq!(answer.header("content-type"), Some("application/problem+json"));
            let required: &[(&str, &[&str])] =
                &[("", &["errors", "title", "detail", "type"]), ("/errors/*", &["message", "parameters"])];
            spec.check("Problem", &answer.json(), required);
            let mut spoilt = answer.json();
            spoilt["errors"][0]["parameters"] = json!([]);
            assert!(!spec.is_valid("Problem", &spoilt, required));
        }
        // The partial errors of a list.
        let list = client.get("/2/tweets?ids=1,2").json();
        let required: &[(&str, &[&str])] = &[("/errors/*", &["value", "resource_id", "parameter", "detail", "title"])];
        let may = spec.mutate(&spec.answer("/2/tweets", "get", "200"), &list, required);
        assert_eq!(may, Vec::from(["errors"]), "without `data` and `errors` it is an empty answer");
    }
}

#[test]
fn the_lists_of_parameters_are_those_of_the_specification() {
    let Some(specs) = Spec::both() else { return };
    for spec in specs {
        let World { client, .. } = world(spec.dialect);
        let user = client.x.user_id();
        for (path, target) in [
            ("/2/users/{id}/tweets", format!("/2/users/{user}/tweets")),
            ("/2/users/{id}/mentions", format!("/2/users/{user}/mentions")),
            ("/2/tweets", "/2/tweets".to_owned()),
            ("/2/tweets/search/recent", "/2/tweets/search/recent".to_owned()),
            ("/2/users/me", "/2/users/me".to_owned()),
            ("/2/users/by", "/2/users/by".to_owned()),
        ] {
            let refused: Value = client.get(&format!("{target}?nonsense=1")).json();
            let message = refused["errors"][0]["message"].as_str().unwrap();
            let listed = message.split("is not one of [").nth(1).unwrap().trim_end_matches(']');
            let listed: BTreeSet<String> = listed.split(',').map(str::to_owned).collect();
            assert_eq!(listed, spec.parameters(path).into_iter().collect(), "{path}");
        }
    }
}
