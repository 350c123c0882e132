//! Which X this is, and the login.

use std::time::Duration;

use ghostwren::archive::Archive;
use ghostwren::config::TWITTER_CLIENT_ID;
use ghostwren::records::{Tweet, TweetKind, TwitterUser};
use ghostwren::sandbox::{Sandbox, XSandbox, x};
use ghostwren::twitter::{Scopes, TIMELINE_LIMIT, TwitterApp};
use ghostwren::workflow::Connection;
use ghostwren::{Account, Error, ErrorKind, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::options::Options;
use crate::terminal::{Terminal, tell};

/// How long the program waits for the browser.
const PATIENCE: Duration = Duration::from_secs(300);

pub(crate) struct Twitter {
    pub(crate) app: TwitterApp,
    /// Set when nothing reaches X; it ends with this.
    pub(crate) sandbox: Option<Sandbox>,
}

/// Your app at X where the environment names one, else the stand-in.
pub(crate) fn choose(options: &Options) -> Result<Twitter> {
    if TWITTER_CLIENT_ID.get().is_some() {
        return Ok(Twitter { app: TwitterApp::from_env()?, sandbox: None });
    }
    let sandbox = Sandbox::start()?;
    let x = sandbox.x();
    populate(&x, options)?;
    let address =
        |text: String| text.parse().map_err(|error| internal("the stand-in has no address").with_source(error));
    let app = TwitterApp::new(x.client_id())
        .client_secret(x.client_secret().to_owned().into())
        // A free port; X itself wants the one that is registered.
        .redirect_uri("http://127.0.0.1:0/callback")?
        .api_base(address(x.api_url())?)?
        .authorize_base(address(x.authorize_url())?)?;
    Ok(Twitter { app, sandbox: Some(sandbox) })
}

/// The person of the archive and her newest tweets, as the stand-in's X has them.
fn populate(x: &XSandbox, options: &Options) -> Result<()> {
    let archive = Archive::open(options.archive())?;
    let user = archive.account().cloned().unwrap_or_else(|| TwitterUser {
        id: x.user_id().to_string(),
        username: "somebody".to_owned(),
        ..TwitterUser::default()
    });
    let mut tweets = Vec::new();
    let mut reader = archive.read(None)?;
    while let Some(page) = reader.next_page(1_000)? {
        let shown = |tweet: &Tweet| tweet.kind != TweetKind::Retweet && tweet.deleted_at.is_none();
        tweets.extend(page.tweets.into_iter().filter(shown));
        tweets.sort_by_key(|tweet| std::cmp::Reverse(tweet.created_at));
        tweets.truncate(usize::try_from(TIMELINE_LIMIT).unwrap_or(usize::MAX));
    }
    let number = |id: &str| id.parse::<u64>().ok();
    let name = user.name.unwrap_or_else(|| user.username.clone());
    let author = x.add_user(x::NewUser::new(user.username).id(number(&user.id).unwrap_or_default()).name(name));
    for tweet in tweets {
        let mut new = x::NewTweet::new(tweet.full_text).at(tweet.created_at);
        if let Some(id) = number(&tweet.id) {
            new = new.id(id);
        }
        if let Some(lang) = tweet.lang {
            new = new.lang(lang);
        }
        if let Some(answers) = tweet.in_reply_to_id.as_deref().and_then(number) {
            new = new.reply_to(answers);
        }
        if let Some(quoted) = tweet.quoted_id.as_deref().and_then(number) {
            new = new.quotes(quoted);
        }
        x.add_tweet(author, new);
    }
    x.sign_in(author);
    Ok(())
}

impl Twitter {
    /// Logs the account in, unless it is.
    pub(crate) async fn log_in(&self, account: Account, terminal: &mut Terminal) -> Result<Account> {
        let wanted = Scopes::read().write();
        // Another run's stand-in is gone, and its tokens with it.
        if self.sandbox.is_none() {
            match account.connection().await? {
                Connection::Connected { scopes, .. } if scopes.missing(&wanted).is_empty() => return Ok(account),
                Connection::Unfinished { scopes } if scopes.missing(&wanted).is_empty() => {
                    tell("X did not say last time whose login it is: asking again.");
                    account.twitter_client().await?;
                    return Ok(account);
                }
                Connection::NeedsLogin { reason, .. } => tell(&format!("The last login is over: {reason}.")),
                _ => {}
            }
        }
        // It listens before the browser opens, so that no answer is lost.
        let login = account.connect().in_browser(wanted).await?;
        let url = login.url().clone();
        let callback = url.query_pairs().find(|(name, _)| name == "redirect_uri");
        let callback = callback.map(|(_, uri)| uri.into_owned()).unwrap_or_default();
        let waiting = login.wait(PATIENCE);
        tokio::pin!(waiting);
        let Some(sandbox) = &self.sandbox else {
            tell(&format!("\nOpen this page in a browser and allow the access:\n\n  {url}\n"));
            tell("If that browser is on another machine, paste the address here that it ends at.\n");
            loop {
                tokio::select! {
                    done = &mut waiting => return done,
                    Some(pasted) = terminal.line() => match pasted.parse::<url::Url>() {
                        // What the browser could not reach from there: this program's own listener.
                        Ok(address) if pasted.starts_with(&callback) => drop(tokio::spawn(hand_in(address))),
                        _ => tell(&format!("That is no address that begins with {callback}")),
                    },
                }
            }
        };
        sandbox.x().add_redirect_uri(&callback);
        if !terminal.says_yes() {
            tell(&format!(
                "\nOpen this page in a browser, or press Enter and the program allows it in your place:\n\n  {url}\n"
            ));
            tokio::select! {
                done = &mut waiting => return done,
                _ = terminal.line() => {}
            }
        }
        sandbox.x().set_consent(x::Consent::Allow);
        let (done, visited) = tokio::join!(waiting, visit(&url));
        visited?;
        done
    }
}

/// What a browser does that is sent from page to page: from the consent, which the stand-in gives at once, to the callback.
async fn visit(page: &url::Url) -> Result<()> {
    let answer = get(page).await?;
    let location = answer.lines().find_map(|line| line.strip_prefix("location: "));
    let callback = location.and_then(|location| location.parse().ok());
    get(&callback.ok_or_else(|| internal("the stand-in's page leads nowhere"))?).await.map(drop)
}

/// Gives the listener an address that was pasted; it takes only the end of the login that it waits for.
async fn hand_in(address: url::Url) {
    if !get(&address).await.is_ok_and(|answer| answer.starts_with("HTTP/1.1 200")) {
        tell("That is not the end of this login: paste the whole address, of the page that was opened last.");
    }
}

async fn get(page: &url::Url) -> Result<String> {
    let (host, port) = (page.host_str().unwrap_or_default(), page.port_or_known_default().unwrap_or_default());
    let request = format!(
        "GET {}?{} HTTP/1.1\r\nhost: {host}:{port}\r\nconnection: close\r\n\r\n",
        page.path(),
        page.query().unwrap_or_default()
    );
    let exchange = async {
        let mut stream = TcpStream::connect((host, port)).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    exchange.await.map_err(|error| internal("the stand-in's page cannot be opened").with_source(error))
}

fn internal(detail: &'static str) -> Error {
    Error::new(ErrorKind::Internal, "quickstart.stand_in", detail)
}
