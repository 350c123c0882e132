use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::super::server::Shared;
use super::oauth::{App, Consent, Tokens};
use super::{Cost, Dialects, Endpoint, Fault, Limit, NewTweet, NewUser, Upload, seed};
use crate::error::Result;

pub(crate) const CLIENT: &str = "sandbox-client";
pub(crate) const SECRET: &str = "sandbox-client-secret";
pub(crate) const PUBLIC_CLIENT: &str = "sandbox-public-client";
pub(crate) const CALLBACKS: [&str; 6] = [
    "http://127.0.0.1:8723/callback",
    "http://[::1]:8723/callback",
    "http://localhost:8723/callback",
    "http://127.0.0.1:3000/callback",
    "http://localhost:3000/callback",
    "ghostwren://callback",
];

/// The X side of a [`Sandbox`](crate::sandbox::Sandbox): what a test sets, moves and reads. Cheap to clone; it works as long
/// as the sandbox runs. Ids are numbers here and decimal strings on the wire.
#[derive(Clone, Debug)]
pub struct XSandbox {
    pub(crate) shared: Arc<Shared>,
    pub(crate) address: SocketAddr,
}

impl XSandbox {
    /// The base URL of the API, such as `http://127.0.0.1:40123`: the paths begin with `/2/`.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address of the consent page, without its query.
    #[must_use]
    pub fn authorize_url(&self) -> String {
        format!("http://{}/i/oauth2/authorize", self.address)
    }

    /// The id of a confidential client. Its callback addresses are `http://127.0.0.1:8723/callback`, the same with
    /// `[::1]` and `localhost`, and `ghostwren://callback`; more with [`add_redirect_uri`](Self::add_redirect_uri).
    #[must_use]
    pub fn client_id(&self) -> &'static str {
        CLIENT
    }

    /// The secret of the confidential client. It opens nothing else.
    #[must_use]
    pub fn client_secret(&self) -> &'static str {
        SECRET
    }

    /// The id of a public client, with the same callback addresses.
    #[must_use]
    pub fn public_client_id(&self) -> &'static str {
        PUBLIC_CLIENT
    }

    /// The id of `@sandbox_wren`, who has a made-up timeline and is signed in at the consent page.
    #[must_use]
    pub fn user_id(&self) -> u64 {
        seed::WREN
    }

    // Faults and rules.

    /// Queues faults for an endpoint: one for each coming request, in this order, then none. [`Fault::Pass`] lets one
    /// request through. A fault in the request's own header comes first and leaves the queue as it is.
    ///
    /// # Errors
    /// `InvalidInput`, `sandbox.script_full`, when more than 10,000 faults would wait; none of these is queued then.
    pub fn script(&self, endpoint: Endpoint, faults: impl IntoIterator<Item = Fault>) -> Result<()> {
        self.shared.x().script(endpoint, faults.into_iter())
    }

    /// Empties the queues of faults.
    pub fn clear_script(&self) {
        self.shared.x().scripts.clear();
    }

    /// Which dialects are understood; both by default.
    pub fn set_dialects(&self, dialects: Dialects) {
        self.shared.x().dialects = dialects;
    }

    /// Whether the rules of self-serve access hold for replies and quotes; they do by default.
    pub fn set_self_serve(&self, self_serve: bool) {
        self.shared.x().self_serve = self_serve;
    }

    /// How many of a person's newest tweets can be read; 3,200 by default, as in X.
    pub fn set_timeline_limit(&self, tweets: usize) {
        self.shared.x().timeline_limit = tweets;
    }

    /// Sets how many requests an endpoint takes.
    pub fn set_limit(&self, endpoint: Endpoint, limit: Limit) {
        self.shared.x().limits.set(endpoint, limit);
    }

    /// Begins all rate windows anew.
    pub fn reset_limits(&self) {
        self.shared.x().limits.reset();
    }

    // The clock.

    /// Stops the stand-in's clock at a moment. It ages tokens, codes, rate windows, uploads and the days of money.
    pub fn freeze_at(&self, at: DateTime<Utc>) {
        self.shared.x().clock.freeze(at);
    }

    /// Moves the clock forward, stopped or not.
    pub fn advance(&self, by: Duration) {
        self.shared.x().clock.advance(by);
    }

    /// Lets the clock run again from where it stands.
    pub fn run_clock(&self) {
        self.shared.x().clock.run();
    }

    /// The moment that the stand-in takes for now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.shared.x().clock.now_ms()).unwrap_or_default()
    }

    /// Makes the `Date` header and the resets of rate windows wrong by that many seconds, as seen from the tokens and tweets.
    pub fn set_skew(&self, seconds: i64) {
        self.shared.x().clock.skew = seconds;
    }

    // People and tweets.

    /// Adds a person, or replaces the one with that id. Gives the id.
    pub fn add_user(&self, user: NewUser) -> u64 {
        let mut state = self.shared.x();
        let now = state.clock.now_ms();
        let id = user.id.unwrap_or_else(|| state.world.new_id(now));
        state.world.put_user(user.build(id));
        id
    }

    /// Takes a person and all their tweets away.
    pub fn delete_user(&self, user: u64) -> bool {
        self.shared.x().world.delete_user(user)
    }

    /// Pins a tweet to a profile.
    pub fn pin(&self, user: u64, tweet: Option<u64>) {
        if let Some(user) = self.shared.x().world.user_mut(user) {
            user.pinned = tweet;
        }
    }

    /// Protects a person's tweets, or opens them.
    pub fn set_protected(&self, user: u64, protected: bool) {
        if let Some(user) = self.shared.x().world.user_mut(user) {
            user.protected = protected;
        }
    }

    /// Adds a tweet. Gives its id.
    pub fn add_tweet(&self, author: u64, tweet: NewTweet) -> u64 {
        let mut state = self.shared.x();
        let now = state.clock.now_ms();
        seed::add(&mut state.world, author, tweet, now)
    }

    /// Adds tweets with these texts, one minute apart, the last one now. Gives their ids in the order of the texts.
    pub fn add_texts(&self, author: u64, texts: impl IntoIterator<Item = impl Into<String>>) -> Vec<u64> {
        let texts: Vec<String> = texts.into_iter().map(Into::into).collect();
        let mut state = self.shared.x();
        let (now, count) = (state.clock.now_ms(), texts.len() as i64);
        let one = |(at, text): (i64, String)| {
            let moment = now - (count - at) * 60_000;
            seed::add(
                &mut state.world,
                author,
                NewTweet { at: DateTime::from_timestamp_millis(moment), ..NewTweet::new(text) },
                now,
            )
        };
        (1..).zip(texts).map(one).collect()
    }

    /// Makes up a timeline of that many tweets, ending now, at most two hours apart: several languages, threads, replies,
    /// quotes, retweets, long notes, edits, media, polls, answers to tweets that are gone. The same seed gives the same
    /// texts. Gives the ids, newest first.
    pub fn make_timeline(&self, author: u64, tweets: usize, seed: u64) -> Vec<u64> {
        let mut state = self.shared.x();
        let now = state.clock.now_ms();
        seed::timeline(&mut state.world, author, tweets, seed, now)
    }

    /// Replaces a tweet's text by a new version. Gives the id of that, or `None` without the tweet.
    pub fn edit_tweet(&self, tweet: u64, text: &str) -> Option<u64> {
        let mut state = self.shared.x();
        let now = state.clock.now_ms();
        state.world.edit(tweet, text, now)
    }

    /// Deletes a tweet with all its versions.
    pub fn delete_tweet(&self, tweet: u64) -> bool {
        self.shared.x().world.delete(tweet)
    }

    /// The ids of a person's tweets, newest first.
    #[must_use]
    pub fn tweets_of(&self, user: u64) -> Vec<u64> {
        self.shared.x().world.tweets_of(user).collect()
    }

    /// The whole text of a tweet, unescaped, with links as they were written.
    #[must_use]
    pub fn text_of(&self, tweet: u64) -> Option<String> {
        let state = self.shared.x();
        let tweet = state.world.tweet(tweet)?;
        Some(tweet.links.iter().fold(tweet.text.clone(), |text, link| text.replace(&link.short, &link.long)))
    }

    /// The tweet that a tweet answers.
    #[must_use]
    pub fn parent_of(&self, tweet: u64) -> Option<u64> {
        self.shared.x().world.tweet(tweet)?.reply_to
    }

    /// Whether a tweet was posted with `made_with_ai`.
    #[must_use]
    pub fn is_made_with_ai(&self, tweet: u64) -> bool {
        self.shared.x().world.tweet(tweet).is_some_and(|tweet| tweet.made_with_ai)
    }

    /// The uploads, with the hashes of their bytes.
    #[must_use]
    pub fn uploads(&self) -> Vec<Upload> {
        self.shared.x().uploads.list()
    }

    /// Lets the processing of every video fail.
    pub fn fail_videos(&self, failing: bool) {
        self.shared.x().uploads.failing = failing;
    }

    /// Ends all pagination tokens.
    pub fn expire_pagination_tokens(&self) {
        self.shared.x().cursors.generation += 1;
    }

    /// How long pagination tokens live; one hour by default. X does not say.
    pub fn set_pagination_token_life(&self, life: Duration) {
        self.shared.x().cursors.life = i64::try_from(life.as_secs()).unwrap_or(i64::MAX / 2);
    }

    // Login and tokens.

    /// Adds an app, or replaces the one with that client id.
    pub fn add_app(&self, app: App) {
        self.shared.x().auth.apps.insert(app.client_id.clone(), app);
    }

    /// Adds a callback address to the apps that the stand-in comes with. It is compared to the letter.
    pub fn add_redirect_uri(&self, uri: &str) {
        for app in self.shared.x().auth.apps.values_mut() {
            *app = app.clone().redirect_uri(uri);
        }
    }

    /// What the person at the consent page does.
    pub fn set_consent(&self, consent: Consent) {
        self.shared.x().auth.consent = consent;
    }

    /// Who is signed in at the consent page.
    pub fn sign_in(&self, user: u64) {
        self.shared.x().auth.signed_in = user;
    }

    /// The `iss` that the redirect to the callback carries; none by default.
    pub fn set_issuer(&self, issuer: Option<&str>) {
        self.shared.x().auth.issuer = issuer.map(str::to_owned);
    }

    /// Tokens of the confidential client without the login.
    #[must_use]
    pub fn issue_tokens(&self, user: u64, scopes: &[&str]) -> Tokens {
        let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let mut state = self.shared.x();
        let now = state.clock.now();
        state.auth.issue(CLIENT, Some(user), &scopes, now)
    }

    /// A token of the app alone.
    #[must_use]
    pub fn app_token(&self) -> String {
        let mut state = self.shared.x();
        let now = state.clock.now();
        state.auth.issue(CLIENT, None, &[], now).access
    }

    /// Ends every access token; refresh tokens stay.
    pub fn expire_access_tokens(&self) {
        self.shared.x().auth.expire_access();
    }

    /// Ends every access token and every refresh token, as a person does who takes the app's access away.
    pub fn revoke_all_tokens(&self) {
        self.shared.x().auth.revoke_all();
    }

    /// How many refresh tokens were taken and replaced since the start.
    #[must_use]
    pub fn rotations(&self) -> u64 {
        self.shared.x().auth.rotations
    }

    // Money.

    /// What was spent on the UTC day of the stand-in's clock.
    #[must_use]
    pub fn spent_today(&self) -> Cost {
        let state = self.shared.x();
        state.money.spent(state.clock.now())
    }

    /// Thousandths of a US dollar that are left; at 0 every call is a 402. By default there is no end.
    pub fn set_credits(&self, mills: Option<u64>) {
        self.shared.x().money.credits = mills;
    }

    /// How many tweets may be read until the usage cap, counted since the start. By default there is no cap.
    pub fn set_tweet_cap(&self, tweets: Option<u64>) {
        self.shared.x().money.tweet_cap = tweets;
    }

    /// Makes a user the owner of the apps that the stand-in comes with: the own timeline costs $0.001 a tweet.
    pub fn set_app_owner(&self, user: Option<u64>) {
        for app in self.shared.x().auth.apps.values_mut() {
            app.owner = user;
        }
    }
}
