//! Tweets into a Supabase project under row-level security: `SupabaseStore` beside supabase-js's `upsert`, in turn, on the
//! same server, with the same tweets. `supabase_upsert [TWEETS [ROUNDS]]`, with the environment that `cargo xtask supabase
//! up` prints, and Node.js. Each round makes an account for each of them and brings the tweets three times: new, unchanged,
//! and with other counts. The peer gets its rows ready, hashes and words to search for included; ours makes them.
#![allow(clippy::print_stdout, reason = "a program that prints a measurement")]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ghostwren::records::{
    Entities, ImportEnd, ImportSource, Mention, Tweet, TweetCounts, TweetKind, UrlEntity, new_id,
};
use ghostwren::store::{Caller, ImportPage, NewImport, Store, SupabaseStore, TweetQuery, content_hash};
use ghostwren::supabase::{AuthClient, Session, SignUp, UserSession};
use ghostwren::text::search_terms;
use ghostwren_benches::tweets;
use rustix::time::{ClockId, clock_gettime};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const PASSES: [&str; 3] = ["new", "again", "updated"];
/// Rows a request: what the peers' harness takes, and what an import of ours sends.
const PAGES: [usize; 2] = [500, 1_000];
const PEER: &str = include_str!("peer.mjs");
const PACKAGE: &str = r#"{ "private": true, "dependencies": { "@supabase/supabase-js": "2.119.0" } }"#;

/// One pass of one contender.
#[derive(Clone, Copy, serde::Deserialize)]
struct Cost {
    seconds: f64,
    cpu: f64,
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<usize>());
    let count = arguments.next().transpose()?.unwrap_or(50_000);
    let rounds = arguments.next().transpose()?.unwrap_or(5);
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(measure(count, rounds))
}

async fn measure(count: usize, rounds: usize) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    install(folder.path())?;
    let made = made(count)?;
    let rows: String = made.iter().map(|tweet| format!("{}\n", row(tweet))).collect();
    std::fs::write(folder.path().join("rows.jsonl"), rows)?;

    let before = cpu();
    for tweet in &made {
        std::hint::black_box((content_hash(tweet), search_terms(&tweet.full_text)));
    }
    println!("hashes and words to search for, which the peer is given: {:.3} s of processor", cpu() - before);

    let store = SupabaseStore::from_env()?;
    let auth = AuthClient::new(store.project())?;
    for page in PAGES {
        let mut ours = Vec::new();
        let mut peers = [Vec::new(), Vec::new()];
        for _ in 0..rounds {
            ours.push(import(&store, &auth, &made, page).await?);
            for (in_flight, costs) in [1, 3].into_iter().zip(&mut peers) {
                costs.push(peer(folder.path(), &store, &auth, count, page, in_flight).await?);
            }
        }
        println!("\n{count} tweets, {page} a request, medians of {rounds}:");
        for (pass, name) in PASSES.into_iter().enumerate() {
            let ours = shown(&format!("{name}: ours"), &ours, pass, count);
            for (what, costs) in ["one request after another", "three at once"].into_iter().zip(&peers) {
                let peer = shown(&format!("{name}: supabase-js, {what}"), costs, pass, count);
                println!(
                    "    {:.2} x the time, {:.3} x the processor",
                    ours.seconds / peer.seconds,
                    ours.cpu / peer.cpu
                );
            }
        }
    }
    Ok(())
}

/// Prints the medians of a pass, and gives them.
fn shown(name: &str, rounds: &[[Cost; 3]], pass: usize, count: usize) -> Cost {
    let median = |of: fn(&Cost) -> f64| {
        let mut all: Vec<f64> = rounds.iter().filter_map(|round| round.get(pass)).map(of).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
    };
    let cost = Cost { seconds: median(|cost| cost.seconds), cpu: median(|cost| cost.cpu) };
    let rate = count as f64 / cost.seconds;
    println!("{name:<48} {:7.3} s {rate:>8.0} tweets/s {:7.3} s of processor", cost.seconds, cost.cpu);
    cost
}

/// Imports the tweets three times, as the workflow gives pages to a store.
async fn import(store: &SupabaseStore, auth: &AuthClient, made: &[Tweet], page: usize) -> Result<[Cost; 3], Failure> {
    let session = signed_up(auth).await?;
    let me = Caller::user(session.user.id, Arc::new(UserSession::in_memory(auth.clone(), session)));
    let account = store.open_account(&me, "main".into()).await?.id;
    let mut costs = [Cost { seconds: 0.0, cpu: 0.0 }; 3];
    for (pass, cost) in PASSES.into_iter().zip(&mut costs) {
        let new = NewImport { account_id: account, source: ImportSource::Archive, source_key: pass.into() };
        let (_, lease) = store.begin_import(&me, new, Duration::from_secs(60)).await?;
        let mut written = 0;
        *cost = Cost { seconds: 0.0, cpu: 0.0 };
        for (n, tweets) in made.chunks(page).enumerate() {
            // A source makes one page after the other; making it is not what is measured.
            let mut tweets = tweets.to_vec();
            if pass == "updated" {
                for tweet in &mut tweets {
                    tweet.counts.likes = tweet.counts.likes.map(|likes| likes + 1);
                }
            }
            let page =
                ImportPage { tweets, checkpoint: json!(n), lease: Duration::from_secs(60), ..ImportPage::default() };
            let (start, cpu) = (Instant::now(), cpu());
            let counts = store.import_page(&me, lease, page).await?;
            cost.seconds += start.elapsed().as_secs_f64();
            cost.cpu += self::cpu() - cpu;
            written += if pass == "again" { counts.unchanged } else { counts.inserted + counts.updated };
        }
        store.finish_import(&me, lease, ImportEnd::Complete).await?;
        if written != u64::try_from(made.len())? {
            return Err(format!("{pass}: {written} of {} tweets", made.len()).into());
        }
    }
    store.erase_account(&me, account).await?;
    Ok(costs)
}

/// The same by supabase-js, in a process of its own.
async fn peer(
    folder: &Path,
    store: &SupabaseStore,
    auth: &AuthClient,
    count: usize,
    page: usize,
    in_flight: usize,
) -> Result<[Cost; 3], Failure> {
    let session = signed_up(auth).await?;
    let token = session.access.clone();
    let me = Caller::user(session.user.id, Arc::new(UserSession::in_memory(auth.clone(), session)));
    let account = store.open_account(&me, "main".into()).await?.id;
    let output = Command::new("node")
        .arg("peer.mjs")
        .current_dir(folder)
        .env("UPSERT_URL", std::env::var("SUPABASE_URL")?)
        .env("UPSERT_KEY", std::env::var("SUPABASE_PUBLISHABLE_KEY")?)
        .env("UPSERT_TOKEN", token.expose_secret())
        .env("UPSERT_ACCOUNT", account.to_string())
        .env("UPSERT_ROWS", folder.join("rows.jsonl"))
        .env("UPSERT_PAGE", page.to_string())
        .env("UPSERT_IN_FLIGHT", in_flight.to_string())
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let found = store.count_tweets(&me, account, TweetQuery::default()).await?;
    if found != u64::try_from(count)? {
        return Err(format!("supabase-js wrote {found} of {count} tweets").into());
    }
    store.erase_account(&me, account).await?;
    let lines = String::from_utf8(output.stdout)?;
    let costs: Vec<Cost> = lines.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    costs.try_into().map_err(|_| format!("the peer printed {lines}").into())
}

async fn signed_up(auth: &AuthClient) -> Result<Session, Failure> {
    let email = format!("{}@ghostwren.test", new_id().simple());
    match auth.sign_up(&email, &new_id().to_string().into(), serde_json::Map::new()).await? {
        SignUp::SignedIn(signed_in) => Ok(signed_in.session),
        other => Err(format!("{other:?}").into()),
    }
}

/// Installs the peer and its program.
fn install(folder: &Path) -> Result<(), Failure> {
    std::fs::write(folder.join("package.json"), PACKAGE)?;
    std::fs::write(folder.join("peer.mjs"), PEER)?;
    let npm = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
    let status = Command::new("npm").args(npm).current_dir(folder).status()?;
    if status.success() { Ok(()) } else { Err("npm install failed".into()) }
}

/// Tweets with the texts of real ones, again and again; a third names somebody, a third has a link, a quarter answers.
fn made(count: usize) -> Result<Vec<Tweet>, Failure> {
    let shared = tweets::shared().ok_or("shared data not found")?;
    let texts = tweets::read(&shared.join("data/tweets/BarackObama.csv")).map_err(|error| error.to_string())?;
    let tweet = |n: usize, text: &String| -> Result<Tweet, Failure> {
        let number = u64::try_from(n)?;
        let id = |number: u64| (1_000_000_000_000_000_000 + number * 4_194_304).to_string();
        let mut entities = Entities::default();
        if n.is_multiple_of(3) {
            let mention = Mention { username: "jane".into(), id: Some("33".into()), name: Some("Jane".into()) };
            entities.mentions.push(mention);
        }
        if n % 3 == 1 {
            let address = format!("https://example.com/{n}");
            let (url, display_url) = (format!("https://t.co/{n}"), format!("example.com/{n}"));
            entities.urls.push(UrlEntity { url, expanded_url: address, display_url });
        }
        let answers = n % 4 == 3;
        Ok(Tweet {
            id: id(number),
            full_text: text.clone(),
            created_at: chrono::DateTime::from_timestamp(1_400_000_000 + i64::try_from(n)? * 900, 0)
                .ok_or("no time")?,
            kind: if answers { TweetKind::Reply } else { TweetKind::Original },
            in_reply_to_id: answers.then(|| id(number - 1)),
            lang: Some("en".into()),
            counts: TweetCounts { likes: Some(number % 50), retweets: Some(number % 7), ..TweetCounts::default() },
            client: Some("Twitter Web App".into()),
            entities,
            ..Tweet::default()
        })
    };
    texts.iter().cycle().take(count).enumerate().map(|(n, text)| tweet(n, text)).collect()
}

/// The same tweet as an app would give it to supabase-js, in the columns of the table.
fn row(tweet: &Tweet) -> Value {
    json!({
        "id": tweet.id, "content_hash": format!("{:032x}", tweet.id.parse::<u128>().unwrap_or_default()),
        "created_at": tweet.created_at, "kind": tweet.kind, "lang": tweet.lang, "in_reply_to_id": tweet.in_reply_to_id,
        "likes": tweet.counts.likes, "retweets": tweet.counts.retweets, "source": tweet.source, "client": tweet.client,
        "entities": (tweet.entities != Entities::default()).then_some(&tweet.entities), "full_text": tweet.full_text,
        "search_terms": search_terms(&tweet.full_text),
    })
}

/// User and system time of all threads of this process, in seconds.
fn cpu() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(time).unwrap_or_default().as_secs_f64()
}
