//! Rows for the cases.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::{Checked, Stage, Why};
use crate::records::{
    AccountRecord, AiOutcome, AiRun, Counts, Draft, DraftState, Entities, ExemplarUse, Generation, Hashtag, Id,
    ImportEnd, ImportSource, Media, MediaKind, Mention, RateScope, RateWindowKind, RateWindowRecord, Rejection, Scores,
    Tweet, TweetCounts, TweetKind, TweetSource, TwitterUser, UrlEntity, new_id, now,
};
use crate::store::{
    Caller, DraftChange, ImportPage, Lease, LoginAccount, LoginState, NewImport, NewOutbox, SealedValue,
};

pub(super) const MINUTE: Duration = Duration::from_secs(60);

pub(super) async fn main(store: &Stage) -> Checked<(Caller, AccountRecord)> {
    let me = store.me.clone();
    let account = store.open_account(&me, "main".into()).await?;
    Ok((me, account))
}

/// A time that every store keeps exactly.
pub(super) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_500_000_000 + seconds)
}

pub(super) fn tweet(id: u64, text: &str) -> Tweet {
    let seconds = i64::try_from(id % 1_000_000).unwrap_or(0);
    Tweet { id: id.to_string(), full_text: text.into(), created_at: at(seconds), ..Tweet::default() }
}

/// A tweet that uses every field and every awkward character.
pub(super) fn full_tweet(id: &str) -> Tweet {
    Tweet {
        id: id.into(),
        full_text: "tab\there\nnew line \u{0} nul, \"quotes\" 'n' \\ 🦀 e\u{301} \u{202e}bidi <b>&amp;</b> #Tag".into(),
        created_at: at(7) + TimeDelta::milliseconds(123),
        lang: Some("de".into()),
        kind: TweetKind::Quote,
        is_note: true,
        is_truncated: true,
        thread_id: None,
        thread_position: None,
        in_reply_to_id: Some("9".into()),
        in_reply_to_user_id: Some("12".into()),
        quoted_id: Some("1234567890123456789".into()),
        retweeted_id: Some("5".into()),
        conversation_id: Some("6".into()),
        counts: TweetCounts {
            likes: Some(0),
            retweets: Some(1),
            replies: None,
            quotes: Some(u64::from(u32::MAX)),
            bookmarks: Some(3),
            impressions: Some(1 << 53),
        },
        entities: Entities {
            urls: vec![UrlEntity {
                url: "https://t.co/a".into(),
                expanded_url: "https://example.com/?q=1&r='\"".into(),
                display_url: "example.com/…".into(),
            }],
            mentions: vec![Mention { username: "jane".into(), id: Some("3".into()), name: Some("J \u{7}".into()) }],
            hashtags: vec![Hashtag("Tag".into())],
            cashtags: vec![Hashtag("TWTR".into())],
        },
        media: vec![Media {
            id: "m1".into(),
            kind: MediaKind::AnimatedGif,
            url: Some("https://pbs.twimg.com/a.jpg".into()),
            alt_text: Some("a \n bird".into()),
        }],
        source: TweetSource::Api,
        client: Some("Twitter Web App".into()),
        edit_history: vec!["1".into(), "2".into()],
        deleted_at: Some(at(8)),
        excluded: true,
        labels: vec!["a".into(), "ß".into()],
    }
}

/// A tweet with the links, people and pictures of most tweets: nothing in them has to be escaped.
pub(super) fn plain_tweet(id: &str) -> Tweet {
    let mention = |username: &str, id: Option<&str>| Mention {
        username: username.into(),
        id: id.map(str::to_owned),
        name: id.map(|_| "Jane 🐦".into()),
    };
    let picture = |kind, alt_text: Option<&str>| Media {
        id: "m1".into(),
        kind,
        url: Some("https://pbs.twimg.com/a.jpg".into()),
        alt_text: alt_text.map(str::to_owned),
    };
    Tweet {
        entities: Entities {
            urls: ["a", "b"]
                .map(|name| UrlEntity {
                    url: format!("https://t.co/{name}"),
                    expanded_url: format!("https://example.com/{name}?q=1&r=2"),
                    display_url: format!("example.com/{name}…"),
                })
                .into(),
            mentions: vec![mention("jane", Some("3")), mention("joe", None)],
            hashtags: vec![Hashtag("täg".into()), Hashtag(String::new())],
            cashtags: vec![Hashtag("TWTR".into())],
        },
        media: vec![picture(MediaKind::Video, Some("a bird")), picture(MediaKind::Other, None)],
        ..full_tweet(id)
    }
}

pub(super) fn new_import(account: Id, key: &str) -> NewImport {
    NewImport { account_id: account, source: ImportSource::Archive, source_key: key.into() }
}

pub(super) fn page(tweets: Vec<Tweet>) -> ImportPage {
    ImportPage { tweets, checkpoint: json!({ "entry": 1 }), lease: MINUTE, ..ImportPage::default() }
}

pub(super) async fn begin(store: &Stage, me: &Caller, account: Id, key: &str) -> Checked<Lease> {
    Ok(store.begin_import(me, new_import(account, key), MINUTE).await?.1)
}

/// A whole import of these tweets under a new key.
pub(super) async fn import(store: &Stage, me: &Caller, account: Id, tweets: Vec<Tweet>) -> Checked<Counts> {
    let lease = begin(store, me, account, &new_id().to_string()).await?;
    let counts = store.import_page(me, lease, page(tweets)).await?;
    store.finish_import(me, lease, ImportEnd::Complete).await?;
    Ok(counts)
}

pub(super) async fn one(store: &Stage, me: &Caller, account: Id, id: &str) -> Checked<Tweet> {
    let found = store.tweets_by_id(me, account, vec![id.into()]).await?;
    found.into_iter().next().ok_or_else(|| Why(format!("the tweet {id} is not there")))
}

pub(super) fn generation(account: Id, exemplar: &str) -> Generation {
    Generation {
        id: new_id(),
        account_id: account,
        profile_id: None,
        request: json!({ "topic": "birds", "count": 2, "temperature": 0.1 }),
        model: "gpt-4o".into(),
        exemplars: vec![ExemplarUse { tweet_id: exemplar.into() }],
        rejected: vec![Rejection { text: "too near".into(), code: "gate.copied".into(), reason: "A copy.".into() }],
        created_at: now(),
    }
}

pub(super) fn draft(generation: &Generation, text: &str) -> Draft {
    Draft {
        id: new_id(),
        account_id: generation.account_id,
        generation_id: generation.id,
        text: text.into(),
        weighted_length: 12,
        // Numbers that a careless reader of JSON changes in the last bit.
        scores: Scores {
            style: 0.1 + 0.2,
            topic: 1.0 / 3.0,
            diversity: 5e-324,
            copied: 0.0,
            total: 0.717_106_781_186_547_6,
        },
        state: DraftState::Draft,
        feedback: None,
        created_at: generation.created_at,
        updated_at: generation.created_at,
    }
}

pub(super) fn ai_run(account: Id, cost: Option<u64>) -> AiRun {
    AiRun {
        id: new_id(),
        account_id: account,
        purpose: "generate".into(),
        provider: "openai".into(),
        model: "gpt-4o-2024-11-20".into(),
        request_id: Some("req_1".into()),
        request_hash: "00ff".into(),
        input_tokens: 1_000,
        cached_tokens: 500,
        output_tokens: 200,
        reasoning_tokens: 0,
        cost_micros: cost,
        latency_ms: 1_234,
        attempts: 2,
        outcome: AiOutcome::Failed { code: "openai.server".into() },
        created_at: now(),
    }
}

pub(super) fn user(id: &str, username: &str) -> TwitterUser {
    TwitterUser { id: id.into(), username: username.into(), ..TwitterUser::default() }
}

pub(super) fn sealed(text: &str) -> SealedValue {
    SealedValue { key_id: "k".into(), sealed: text.into() }
}

/// What stands for the hash of the secret with this number.
pub(super) fn hash(n: u64) -> String {
    format!("{n:064x}")
}

/// The login with this state; its binding has the hash of the next number.
pub(super) fn login(n: u64, account: LoginAccount) -> LoginState {
    LoginState {
        state_hash: hash(n),
        binding_hash: hash(n + 1),
        verifier: sealed(&format!("verifier {n}")),
        facts: json!({ "redirect_uri": "http://127.0.0.1:1/callback", "scopes": ["tweet.read", "é"], "n": [null, 0.1] }),
        account,
    }
}

pub(super) fn window(endpoint: &str, remaining: u64) -> RateWindowRecord {
    RateWindowRecord {
        scope: RateScope::User,
        endpoint: endpoint.into(),
        kind: RateWindowKind::Minutes15,
        limit: 900,
        remaining,
        resets_at: now() + TimeDelta::minutes(10),
        seen_at: now() - TimeDelta::minutes(1),
    }
}

pub(super) fn to_publish(account: Id, draft: Option<Id>, tweets: usize) -> NewOutbox {
    NewOutbox {
        id: new_id(),
        account_id: account,
        draft_id: draft,
        content_hash: hash(7),
        payload: (0..tweets).map(|n| json!({ "text": format!("tweet {n} 🦀"), "made_with_ai": true })).collect(),
    }
}

pub(super) fn approve() -> DraftChange {
    DraftChange { from: vec![DraftState::Draft], to: DraftState::Approved, feedback: None, text: None }
}

/// A generation with one draft, which is approved.
pub(super) async fn approved(store: &Stage, me: &Caller, account: Id, exemplar: &str) -> Checked<Draft> {
    let generation = generation(account, exemplar);
    let draft = draft(&generation, "to be published");
    store.save_generation(me, generation, vec![draft.clone()]).await?;
    Ok(store.change_draft(me, draft.id, approve()).await?)
}
