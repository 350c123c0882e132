//! The stand-in for X, what it reads: pages, limits, fields, partial errors, rate windows, money, the clock.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;
mod raw_http;
mod x_http;

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use ghostwren::sandbox::x::{Dialects, Endpoint, Fault, Limit, NewTweet, NewUser};
use ghostwren::sandbox::{Outcome, Sandbox};
use serde_json::{Value, json};
use x_http::{Client, ids};

/// All ids of a list, page by page; a page without items is not the end.
fn walk(client: &Client, target: &str) -> (Vec<u64>, usize) {
    let (mut all, mut pages, mut token) = (Vec::new(), 0, String::new());
    loop {
        let page = client.get(&format!("{target}{token}"));
        assert_eq!(page.status, 200, "{}", page.text());
        let page = page.json();
        pages += 1;
        let found = ids(&page["data"]);
        assert_eq!(page["meta"]["result_count"], found.len());
        all.extend(found);
        match page["meta"]["next_token"].as_str() {
            Some(next) => token = format!("&pagination_token={next}"),
            None => return (all, pages),
        }
    }
}

#[test]
fn a_timeline_is_read_to_its_end_newest_first() {
    let client = Client::start();
    let user = client.x.user_id();
    let target = format!("/2/users/{user}/tweets?max_results=100");
    let (all, pages) = walk(&client, &target);
    assert_eq!((pages, &all), (3, &client.x.tweets_of(user)));
    let first = client.get(&target).json();
    assert_eq!(first["meta"]["newest_id"], all[0].to_string());
    assert_eq!(first["meta"]["oldest_id"], all[99].to_string());
    assert!(first["meta"].get("previous_token").is_none());
    let token = first["meta"]["next_token"].as_str().unwrap();
    assert!(token.len() > 30 && token.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'v')), "{token}");

    // A tweet that was made meanwhile moves nothing; a deleted one is not there any more.
    client.x.add_tweet(user, NewTweet::new("meanwhile"));
    client.x.delete_tweet(all[150]);
    let second = client.get(&format!("{target}&pagination_token={token}")).json();
    assert_eq!(ids(&second["data"])[..50], all[100..150]);
    assert_eq!(ids(&second["data"])[50], all[151]);
    let back = second["meta"]["previous_token"].as_str().unwrap();
    assert_eq!(ids(&client.get(&format!("{target}&pagination_token={back}")).json()["data"]), all[..100]);
}

#[test]
fn only_the_newest_3200_can_be_read_and_800_without_replies() {
    let client = Client::start();
    let user = client.x.add_user(NewUser::new("much_to_say"));
    let made = client.x.make_timeline(user, 4_000, 3);
    assert_eq!(made, client.x.tweets_of(user));
    let (all, pages) = walk(&client, &format!("/2/users/{user}/tweets?max_results=100"));
    assert_eq!((all.len(), pages), (3_200, 32));
    assert_eq!(all, made[..3_200]);
    let (some, _) = walk(&client, &format!("/2/users/{user}/tweets?max_results=100&exclude=replies"));
    assert!(some.len() < 800 && some.iter().all(|id| made[..800].contains(id)), "{}", some.len());
    let replies = made[..800].iter().filter(|id| client.x.parent_of(**id).is_some()).count();
    assert_eq!(some.len() + replies, 800);
    // Beyond the limit there is nothing, and no error.
    let beyond = client.get(&format!("/2/users/{user}/tweets?until_id={}", made[3_500]));
    assert_eq!((beyond.status, beyond.json()), (200, json!({"meta": {"result_count": 0}})));
    client.x.set_timeline_limit(10_000);
    assert_eq!(walk(&client, &format!("/2/users/{user}/tweets?max_results=100")).0.len(), 4_000);
}

#[test]
fn since_until_start_and_end_bound_a_timeline() {
    let client = Client::start();
    let user = client.x.user_id();
    let all = client.x.tweets_of(user);
    let base = format!("/2/users/{user}/tweets?max_results=100");
    assert_eq!(walk(&client, &format!("{base}&since_id={}", all[7])).0, all[..7]);
    assert_eq!(walk(&client, &format!("{base}&until_id={}", all[200])).0, all[201..]);
    assert_eq!(walk(&client, &format!("{base}&since_id={}&until_id={}", all[20], all[10])).0, all[11..20]);
    let tweets = client.get(&format!("{base}&tweet.fields=created_at")).json();
    let at = tweets["data"][5]["created_at"].as_str().unwrap();
    let start = walk(&client, &format!("{base}&start_time={at}")).0;
    let end = walk(&client, &format!("{base}&end_time={at}")).0;
    assert_eq!((start.as_slice(), end.as_slice()), (&all[..6], &all[6..]));
    for bad in [
        "max_results=4",
        "max_results=101",
        "max_results=x",
        "since_id=a",
        "start_time=2009-01-01T00:00:00Z",
        "end_time=yesterday",
        "exclude=quotes",
        "pagination_token=zzz",
    ] {
        let answer = client.get(&format!("/2/users/{user}/tweets?{bad}"));
        let name = bad.split('=').next().unwrap();
        assert_eq!(answer.status, 400, "{bad}");
        assert!(answer.json()["errors"][0]["parameters"].get(name).is_some(), "{}", answer.text());
    }
}

#[test]
fn a_pagination_token_expires_and_belongs_to_its_list() {
    let client = Client::start();
    let user = client.x.user_id();
    let target = format!("/2/users/{user}/tweets?max_results=50");
    let token = client.get(&target).json()["meta"]["next_token"].as_str().unwrap().to_owned();
    let with = |target: &str| client.get(&format!("{target}&pagination_token={token}"));
    assert_eq!(with(&target).status, 200);
    assert_eq!(with(&format!("{target}&exclude=retweets")).status, 400, "another list");
    client.x.advance(Duration::from_secs(3_599));
    assert_eq!(with(&target).status, 200);
    client.x.advance(Duration::from_secs(1));
    let late = with(&target);
    assert_eq!(late.status, 400);
    assert_eq!(late.json()["errors"][0]["parameters"]["pagination_token"], json!([token]));
    let fresh = client.get(&target).json()["meta"]["next_token"].as_str().unwrap().to_owned();
    client.x.expire_pagination_tokens();
    assert_eq!(client.get(&format!("{target}&pagination_token={fresh}")).status, 400);
}

#[test]
fn empty_pages_are_not_the_end() {
    let mut client = Client::start();
    let user = client.x.user_id();
    // By nature: metrics that only the author sees are gone after 30 days, and take the tweets with them.
    client.x.advance(Duration::from_secs(86_400 * 20));
    client.token = client.x.issue_tokens(user, &x_http::SCOPES).access;
    let target = format!("/2/users/{user}/tweets?max_results=100&tweet.fields=non_public_metrics,created_at");
    let (some, pages) = walk(&client, &target);
    assert_eq!(pages, 3);
    let month = client.x.now() - TimeDelta::days(30);
    assert!(!some.is_empty() && some.len() < 240);
    let oldest = client.get(&format!("/2/tweets?ids={}&tweet.fields=created_at", some.last().unwrap())).json();
    let oldest = DateTime::parse_from_rfc3339(oldest["data"][0]["created_at"].as_str().unwrap()).unwrap();
    assert!(oldest > month);
    // By fault.
    client.x.script(Endpoint::Timeline, [Fault::Pass, Fault::EmptyPage, Fault::EmptyPage]).unwrap();
    let (all, pages) = walk(&client, &format!("/2/users/{user}/tweets?max_results=100"));
    assert_eq!((all, pages), (client.x.tweets_of(user), 5));
    client.x.script(Endpoint::Timeline, [Fault::Pass, Fault::DuplicatePage]).unwrap();
    let (doubled, pages) = walk(&client, &format!("/2/users/{user}/tweets?max_results=100"));
    assert_eq!((doubled.len(), pages), (340, 4));
    assert_eq!(doubled[..100], doubled[100..200]);
    assert_eq!(doubled.iter().collect::<BTreeSet<_>>().len(), 240);
    let first = client.get(&format!("/2/users/{user}/tweets")).json();
    let token = first["meta"]["next_token"].as_str().unwrap();
    let target = format!("/2/users/{user}/tweets?pagination_token={token}");
    assert_eq!(client.get_with(Fault::LoopingPage, &target).json()["meta"]["next_token"], token);
    assert_eq!(client.get_with(Fault::ExpiredToken, &target).status, 400);
}

#[test]
fn texts_are_cut_as_x_cuts_them() {
    let client = Client::start();
    let (x, user) = (&client.x, client.x.user_id());
    let long = format!("a & b {} https://example.com/end", "word ".repeat(100));
    let note = x.add_tweet(user, NewTweet::new(&long));
    let other = x.add_user(NewUser::new("other_bird"));
    let original = x.add_tweet(other, NewTweet::new("n".repeat(200)));
    let retweet = x.add_tweet(user, NewTweet::new("").retweets(original));
    let tweets =
        client.get(&format!("/2/tweets?ids={note},{retweet}&tweet.fields=note_tweet,referenced_tweets")).json();
    let preview = tweets["data"][0]["text"].as_str().unwrap();
    let whole = tweets["data"][0]["note_tweet"]["text"].as_str().unwrap();
    assert!(preview.contains("… https://t.co/") && preview.starts_with("a &amp; b word"), "{preview}");
    assert!(whole.starts_with("a &amp; b word") && whole.contains("https://t.co/") && whole.len() > 500);
    let link = &tweets["data"][0]["note_tweet"]["entities"]["urls"][0];
    assert_eq!(link["expanded_url"], "https://example.com/end");
    assert!(whole.contains(link["url"].as_str().unwrap()));
    let cut = tweets["data"][1]["text"].as_str().unwrap();
    assert!(cut.starts_with("RT @other_bird: nnn") && cut.ends_with('…') && cut.chars().count() == 140, "{cut}");
    assert_eq!(tweets["data"][1]["referenced_tweets"], json!([{"type": "retweeted", "id": original.to_string()}]));
    assert_eq!(x.text_of(note).unwrap(), long);
    assert!(x.delete_tweet(original) && x.text_of(retweet).is_none(), "a retweet goes with what it repeats");
}

#[test]
fn edits_keep_their_history_and_the_newest_version_is_shown() {
    let client = Client::start();
    let (x, user) = (&client.x, client.x.user_id());
    let first = x.add_tweet(user, NewTweet::new("first"));
    let count = x.tweets_of(user).len();
    let second = x.edit_tweet(first, "second").unwrap();
    let third = x.edit_tweet(second, "third").unwrap();
    assert_eq!(x.tweets_of(user).len(), count);
    for id in [first, second, third] {
        let tweet = client.get(&format!("/2/tweets/{id}?tweet.fields=edit_controls")).json()["data"].clone();
        assert_eq!((&tweet["id"], &tweet["text"]), (&json!(third.to_string()), &json!("third")));
        let history = [first, second, third].map(|id| id.to_string());
        assert_eq!(tweet["edit_history_tweet_ids"], json!(history));
        assert_eq!(tweet["edit_controls"]["edits_remaining"], 3);
    }
    assert!(x.delete_tweet(second), "deleting one deletes the chain");
    assert_eq!(
        client.get(&format!("/2/tweets?ids={first},{second},{third}")).json()["errors"].as_array().unwrap().len(),
        3
    );
}

#[test]
fn what_is_missing_or_protected_is_a_partial_error() {
    let client = Client::start();
    let (x, user) = (&client.x, client.x.user_id());
    let shy = x.add_user(NewUser::new("shy_bird").protected());
    let secret = x.add_tweet(shy, NewTweet::new("for friends"));
    let gone = x.add_tweet(user, NewTweet::new("soon gone"));
    let mine = x.add_tweet(user, NewTweet::new("look at both").reply_to(gone).quotes(secret));
    x.delete_tweet(gone);
    let answer = client.get(&format!("/2/tweets?ids={mine},{gone},{secret},5&expansions=referenced_tweets.id")).json();
    assert_eq!(ids(&answer["data"]), [mine]);
    assert!(answer.get("includes").is_none());
    let seen: Vec<(String, String, String)> = answer["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| {
            let text = |name: &str| error[name].as_str().unwrap().to_owned();
            (text("parameter"), text("resource_id"), text("type").rsplit('/').next().unwrap().to_owned())
        })
        .collect();
    let expected = [
        ("referenced_tweets.id", secret, "not-authorized-for-resource"),
        ("referenced_tweets.id", gone, "resource-not-found"),
        ("ids", gone, "resource-not-found"),
        ("ids", secret, "not-authorized-for-resource"),
        ("ids", 5, "resource-not-found"),
    ];
    assert_eq!(seen, expected.map(|(parameter, id, kind)| (parameter.to_owned(), id.to_string(), kind.to_owned())));
    // A list of one that is protected or not there is 200 with errors alone.
    for target in [format!("/2/users/{shy}/tweets"), "/2/users/77/tweets".to_owned(), "/2/users/77".to_owned()] {
        let answer = client.get(&target);
        let keys: Vec<String> = answer.json().as_object().unwrap().keys().cloned().collect();
        assert_eq!((answer.status, keys), (200, vec!["errors".to_owned()]), "{target}");
    }
    assert!(client.get("/2/users/by/username/bad-name").status == 400);
    assert!(x.delete_user(shy));
    assert_eq!(client.get(&format!("/2/users/{shy}")).json()["errors"][0]["resource_type"], "user");
}

#[test]
fn mentions_and_the_search_find_tweets() {
    let client = Client::start();
    let (x, user) = (&client.x, client.x.user_id());
    let other = x.add_user(NewUser::new("other_bird"));
    let named = x.add_tweet(other, NewTweet::new("hey @Sandbox_Wren, zanzibar tea?"));
    assert_eq!(ids(&client.get(&format!("/2/users/{user}/mentions")).json()["data"])[0], named);
    let find = |query: &str| {
        let answer = client.get(&format!("/2/tweets/search/recent?{}", x_http::url_encode(&[("query", query)])));
        assert_eq!(answer.status, 200, "{}", answer.text());
        ids(&answer.json()["data"])
    };
    assert_eq!(find("zanzibar from:other_bird"), [named]);
    assert_eq!(find("\"zanzibar tea\" @sandbox_wren -is:retweet"), [named]);
    assert_eq!(find("zanzibar -from:other_bird"), [0_u64; 0]);
    x.advance(Duration::from_secs(7 * 86_400));
    let later = Client { token: x.issue_tokens(user, &x_http::SCOPES).access, ..client };
    assert_eq!(later.get("/2/tweets/search/recent?query=zanzibar").json()["meta"]["result_count"], 0);
    for bad in ["query=is%3Areply", "query=a+OR+b", "", "query=a&max_results=9"] {
        assert_eq!(later.get(&format!("/2/tweets/search/recent?{bad}")).status, 400, "{bad}");
    }
}

#[test]
fn a_dialect_that_is_not_spoken_is_named_in_the_error() {
    let client = Client::start();
    let user = client.x.user_id();
    let ask = |parameter: &str| client.get(&format!("/2/users/{user}/tweets?{parameter}&max_results=5"));
    let history =
        |answer: &Value| answer["data"][0].as_object().unwrap().keys().find(|key| key.starts_with("edit_")).cloned();
    assert_eq!(history(&ask("tweet.fields=lang").json()).unwrap(), "edit_history_tweet_ids");
    assert_eq!(history(&ask("post.fields=lang").json()).unwrap(), "edit_history_post_ids");
    assert_eq!(history(&ask("expansions=referenced_posts").json()).unwrap(), "edit_history_post_ids");
    assert_eq!(history(&ask("expansions=author_id").json()).unwrap(), "edit_history_tweet_ids");
    for (dialects, good, bad, host) in [
        (Dialects::TweetOnly, "tweet.fields", "post.fields", "api.twitter.com"),
        (Dialects::PostOnly, "post.fields", "tweet.fields", "api.x.com"),
    ] {
        client.x.set_dialects(dialects);
        assert_eq!(ask(&format!("{good}=lang")).status, 200);
        let refused = ask(&format!("{bad}=lang,id"));
        assert_eq!(refused.status, 400);
        let body = refused.json();
        assert_eq!(body["errors"][0]["parameters"], json!({bad: ["lang,id"]}));
        let message = body["errors"][0]["message"].as_str().unwrap();
        assert!(message.starts_with(&format!("The query parameter [{bad}] is not one of [max_results,")), "{message}");
        assert_eq!(body["type"], format!("https://{host}/2/problems/invalid-request"));
        let wrong = ask("expansions=nonsense");
        assert!(wrong.text().contains("expansions"), "{}", wrong.text());
    }
}

#[test]
fn rate_windows_count_users_apps_and_days() {
    let client = Client::start();
    let (x, user) = (&client.x, client.x.user_id());
    let limit = |answer: &raw_http::Answer, name: &str| answer.header(name).map(|value| value.parse::<i64>().unwrap());
    let first = client.get("/2/users/me");
    assert_eq!(limit(&first, "x-rate-limit-limit"), Some(75));
    assert_eq!(limit(&first, "x-rate-limit-remaining"), Some(74));
    assert_eq!(limit(&first, "x-rate-limit-reset"), Some(x.now().timestamp() + 900));
    for _ in 0..74 {
        assert_eq!(client.get("/2/users/me").status, 200);
    }
    let over = client.get("/2/users/me");
    assert_eq!((over.status, limit(&over, "x-rate-limit-remaining")), (429, Some(0)));
    assert_eq!(over.json()["title"], "Too Many Requests");
    assert_eq!(client.get(&format!("/2/users/{user}")).status, 200, "another endpoint");
    // Another user of the app has a window of its own, and so has the app alone.
    let other = x.issue_tokens(x.add_user(NewUser::new("other_bird")), &x_http::SCOPES).access;
    let with = |token: &str, target: &str| {
        let bearer = format!("Bearer {token}");
        raw_http::send(&client.sandbox, "GET", target, &[("authorization", &bearer)], b"", usize::MAX)
    };
    assert_eq!(with(&other, "/2/users/me").status, 200);
    x.set_limit(Endpoint::Users, Limit { user: Some(2), app: Some(1), ..Limit::default() });
    x.reset_limits();
    let (target, alone) = (format!("/2/users/{user}"), x.app_token());
    assert_eq!([client.get(&target).status, client.get(&target).status, client.get(&target).status], [200, 200, 429]);
    assert_eq!([with(&other, &target).status, with(&alone, &target).status], [200, 200]);
    let over = with(&alone, &target);
    assert_eq!((over.status, limit(&over, "x-rate-limit-limit")), (429, Some(1)));
    x.advance(Duration::from_secs(899));
    assert_eq!(with(&alone, &target).status, 429);
    x.advance(Duration::from_secs(1));
    assert_eq!(with(&alone, &target).status, 200);
    // The day's window of the app.
    x.set_limit(Endpoint::CreateTweet, Limit { user: Some(9), app_day: Some(1), ..Limit::default() });
    let post = |text: &str| client.post("/2/tweets", &json!({"text": text}));
    assert_eq!(post("one").status, 201);
    let over = post("two");
    assert_eq!(over.status, 429);
    assert_eq!(limit(&over, "x-app-limit-24hour-remaining"), Some(0));
    assert_eq!(limit(&over, "x-app-limit-24hour-reset"), Some(x.now().timestamp() + 86_400));
    assert_eq!(limit(&over, "x-rate-limit-remaining"), Some(7), "the quarter of an hour is healthy");
}

#[test]
fn the_clock_and_its_skew_are_told() {
    let client = Client::start();
    let x = &client.x;
    let at = DateTime::parse_from_rfc3339("2027-01-31T23:59:50Z").unwrap().to_utc();
    x.freeze_at(at);
    let token = x.issue_tokens(x.user_id(), &x_http::SCOPES).access;
    let client = Client { token, ..client };
    let answer = client.get("/2/users/me");
    assert_eq!(answer.header("date"), Some("Sun, 31 Jan 2027 23:59:50 GMT"));
    client.x.set_skew(-300);
    let wrong = client.get("/2/users/me");
    assert_eq!(wrong.header("date"), Some("Sun, 31 Jan 2027 23:54:50 GMT"));
    let reset: i64 = wrong.header("x-rate-limit-reset").unwrap().parse().unwrap();
    assert_eq!(reset, at.timestamp() + 900 - 300);
    client.x.run_clock();
    assert!(client.x.now() >= at && client.x.now() < at + TimeDelta::minutes(1));
}

#[test]
fn money_is_counted_by_resource_and_day() {
    let client = Client::start();
    let (x, user) = (&client.x, client.x.user_id());
    x.freeze_at(DateTime::parse_from_rfc3339("2026-12-01T23:00:00Z").unwrap().to_utc());
    let token = x.issue_tokens(user, &x_http::SCOPES).access;
    let client = Client { token, ..client };
    let x = &client.x;
    let last = || client.sandbox.requests().last().unwrap().x_cost.unwrap();
    client.get(&format!("/2/users/{user}/tweets?max_results=100"));
    assert_eq!((last().tweets, last().free, last().mills), (100, 0, 500));
    client.get(&format!("/2/users/{user}/tweets?max_results=100"));
    assert_eq!((last().tweets, last().free, last().mills), (0, 100, 0), "free on the same day");
    client.get("/2/users/me");
    assert_eq!((last().users, last().mills), (1, 10));
    let spent = x.spent_today();
    assert_eq!((spent.tweets, spent.users, spent.free, spent.mills), (100, 1, 100, 510));
    x.advance(Duration::from_secs(3600));
    client.get(&format!("/2/users/{user}/tweets?max_results=5"));
    assert_eq!(last().mills, 25, "a new day");
    assert_eq!(x.spent_today().mills, 25);
    // The owner of the app reads its own timeline for less, and nobody else's.
    x.set_app_owner(Some(user));
    client.get(&format!("/2/users/{user}/tweets?max_results=10"));
    assert_eq!((last().mills, last().free), (5, 5));
    // A refused request costs nothing.
    client.get("/2/users/me?nonsense=1");
    assert_eq!(client.sandbox.requests().last().unwrap().x_cost, None);
    x.set_credits(Some(20));
    client.get("/2/users/me");
    assert_eq!(client.get("/2/users/by/username/night_baker").status, 200);
    let broke = client.get("/2/users/me");
    assert_eq!((broke.status, broke.json()["title"].as_str().unwrap()), (402, "CreditsDepleted"));
    x.set_credits(None);
    x.set_tweet_cap(Some(100));
    let capped = client.get(&format!("/2/users/{user}/tweets"));
    assert_eq!((capped.status, capped.json()["period"].as_str().unwrap()), (429, "Monthly"));
    assert!(capped.header("x-rate-limit-remaining").unwrap().parse::<u32>().unwrap() > 0);
}

#[test]
fn the_same_seed_gives_the_same_timeline_with_one_of_each_kind() {
    let client = Client::start();
    let texts = |seed| {
        let sandbox = Sandbox::start().unwrap();
        let user = sandbox.x().add_user(NewUser::new("made_up"));
        let made = sandbox.x().make_timeline(user, 200, seed);
        made.into_iter().map(|id| sandbox.x().text_of(id).unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(texts(5), texts(5));
    assert_ne!(texts(5), texts(6));
    let user = client.x.user_id();
    let fields = "lang,note_tweet,referenced_tweets,attachments,entities,geo,conversation_id";
    let (mut kinds, mut langs) = (BTreeSet::new(), BTreeSet::new());
    for id in
        client.x.tweets_of(user).chunks(100).map(|ids| ids.iter().map(u64::to_string).collect::<Vec<_>>().join(","))
    {
        for tweet in client.get(&format!("/2/tweets?ids={id}&tweet.fields={fields}")).json()["data"].as_array().unwrap()
        {
            langs.insert(tweet["lang"].as_str().unwrap().to_owned());
            kinds.extend(tweet.as_object().unwrap().keys().cloned());
            kinds.extend(tweet["attachments"].as_object().into_iter().flat_map(|object| object.keys().cloned()));
            for reference in tweet["referenced_tweets"].as_array().into_iter().flatten() {
                kinds.insert(reference["type"].as_str().unwrap().to_owned());
            }
            if tweet["edit_history_tweet_ids"].as_array().unwrap().len() > 1 {
                kinds.insert("edited".into());
            }
        }
    }
    for kind in
        ["note_tweet", "retweeted", "quoted", "replied_to", "media_keys", "poll_ids", "entities", "geo", "edited"]
    {
        assert!(kinds.contains(kind), "no {kind}: {kinds:?}");
    }
    assert!(langs.len() > 4, "{langs:?}");
    let newest = client.x.tweets_of(user)[0];
    let newest = DateTime::from_timestamp_millis(i64::try_from(newest >> 22).unwrap() + 1_288_834_974_657).unwrap();
    assert!(client.x.now() - newest < TimeDelta::hours(3), "the timeline ends now: {newest}");
    let given = client.x.add_texts(user, ["one", "two\n\nlines", "three"]);
    assert_eq!(client.x.tweets_of(user)[..3], [given[2], given[1], given[0]]);
}

#[test]
fn the_log_tells_what_came_and_keeps_no_secret() {
    let client = Client::start();
    client.get_with(Fault::Unavailable, "/2/users/me?user.fields=name");
    let entry = client.sandbox.requests().pop().unwrap();
    assert_eq!((entry.path.as_str(), entry.query.as_str()), ("/2/users/me", "user.fields=name"));
    assert_eq!((entry.x_fault, entry.status, entry.outcome), (Some(Fault::Unavailable), 503, Outcome::Finished));
    let basic = "Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1jbGllbnQtc2VjcmV0";
    let refresh = client.x.issue_tokens(client.x.user_id(), &x_http::SCOPES).refresh.unwrap();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    assert_eq!(client.form("/2/oauth2/token", &[("authorization", basic)], &fields).status, 200);
    let entry = client.sandbox.requests().pop().unwrap();
    assert_eq!(entry.body, json!({"grant_type": "refresh_token", "refresh_token": "(redacted)"}));
    let all = format!("{:?} {:?}", client.sandbox.requests(), client.sandbox);
    assert!(
        !all.contains(&refresh) && !all.contains(&client.token) && !all.contains(client.x.client_secret()),
        "{all}"
    );
}
