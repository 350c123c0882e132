//! One request of the API: token, scopes, rate window, credits, then the work and its price.

use super::super::server::Call;
use super::fields::{Query, dialect_of, read_query};
use super::media::Uploader;
use super::money::{self, Cost};
use super::oauth::Grant;
use super::problem::{self, Answer};
use super::reads::Reader;
use super::render::Viewer;
use super::write::Writer;
use super::{Endpoint, Fault, State, header};

const READ: &[&str] = &["tweet.read", "users.read"];
const WRITE: &[&str] = &["tweet.read", "tweet.write", "users.read"];
const MEDIA: &[&str] = &["media.write"];

impl State {
    /// A request of the login.
    pub(super) fn login(&mut self, endpoint: Endpoint, call: &Call<'_>, fault: Option<Fault>) -> Answer {
        let now = self.clock.now();
        let form: Query = read_query(std::str::from_utf8(call.body).unwrap_or_default());
        let basic = header(call, "authorization").and_then(|value| value.strip_prefix("Basic "));
        let done = match (endpoint, call.method) {
            (Endpoint::Authorize, "GET") => Ok(self.auth.authorize(&read_query(call.query), &self.world, now)),
            (Endpoint::Authorize, _) => Ok(self.auth.decide(&form, now)),
            (Endpoint::Token, _) => self.auth.token(&form, basic, now, fault),
            _ => self.auth.revoke(&form, basic),
        };
        done.unwrap_or_else(|problem| problem)
    }

    /// A request with an access token.
    pub(super) fn api(
        &mut self,
        endpoint: Endpoint,
        id: &str,
        call: &Call<'_>,
        fault: Option<Fault>,
        cost: &mut Option<Cost>,
    ) -> Answer {
        let token = header(call, "authorization").and_then(|value| value.strip_prefix("Bearer "));
        let Some(grant) = token.and_then(|token| self.auth.check(token, self.clock.now())).cloned() else {
            return problem::unauthorized();
        };
        if let Err(problem) = allowed(endpoint, &grant) {
            return problem;
        }
        let query = read_query(call.query);
        let (headers, over) = self.limits.take(endpoint, &grant.client_id, grant.user, &self.clock);
        let done = if over {
            Err(problem::too_many())
        } else {
            self.work(endpoint, id, call, &query, &grant, fault).map(|(answer, price)| {
                *cost = Some(price);
                answer
            })
        };
        let mut answer = done.unwrap_or_else(|problem| problem);
        answer.headers.extend(headers);
        answer
    }

    fn work(
        &mut self,
        endpoint: Endpoint,
        id: &str,
        call: &Call<'_>,
        query: &Query,
        grant: &Grant,
        fault: Option<Fault>,
    ) -> Result<(Answer, Cost), Answer> {
        let dialect = dialect_of(query, self.dialects);
        if self.money.is_broke() {
            return Err(problem::no_credits(dialect));
        }
        let now = self.clock.now();
        let user = grant.user.unwrap_or_default();
        let by = Uploader { user, now, dialect };
        let (answer, price) = match endpoint {
            Endpoint::CreateTweet | Endpoint::DeleteTweet => {
                let writer = Writer {
                    world: &mut self.world,
                    user,
                    dialects: self.dialects,
                    self_serve: self.self_serve,
                    uploads: &self.uploads,
                    now: self.clock.now_ms(),
                };
                if endpoint == Endpoint::CreateTweet { writer.create(call.json)? } else { writer.delete(id)? }
            }
            Endpoint::MediaInitialize => (self.uploads.initialize(by, call.json, &mut self.world)?, 0),
            Endpoint::MediaAppend => {
                let kind = header(call, "content-type").unwrap_or_default();
                (self.uploads.append(by, id, kind, call.body, call.json)?, 0)
            }
            Endpoint::MediaFinalize => (self.uploads.finalize(by, id, &mut self.world)?, 0),
            Endpoint::MediaStatus => (self.uploads.status(by, query)?, 0),
            Endpoint::MediaMetadata => (self.uploads.metadata(by, call.json, &mut self.world)?, money::MEDIA_METADATA),
            _ => return self.read(endpoint, id, query, grant, fault),
        };
        Ok((answer, self.money.spend(now, Cost::flat(price))))
    }

    fn read(
        &mut self,
        endpoint: Endpoint,
        id: &str,
        query: &Query,
        grant: &Grant,
        fault: Option<Fault>,
    ) -> Result<(Answer, Cost), Answer> {
        if self.money.is_capped() {
            return Err(problem::usage_cap(dialect_of(query, self.dialects)));
        }
        let viewer = Viewer { user: grant.user, email: grant.has("users.email"), now: self.clock.now_ms() };
        let reader = Reader {
            world: &self.world,
            clock: &self.clock,
            cursors: &self.cursors,
            dialects: self.dialects,
            viewer,
            timeline_limit: self.timeline_limit,
            query,
            fault,
        };
        let (body, resources) = match (endpoint, id.split_once('=')) {
            (Endpoint::Me, _) => reader.me(),
            (Endpoint::Users, Some((parameter, value))) => reader.one_user(parameter, value),
            (Endpoint::Users, None) => reader.users(if id == "ids" { "ids" } else { "usernames" }),
            (Endpoint::Timeline | Endpoint::Mentions, _) => reader.timeline(endpoint, id),
            (Endpoint::Search, _) => reader.search(),
            _ if id.is_empty() => reader.tweets(),
            _ => reader.tweet(id),
        }?;
        let owner = self.auth.apps.get(&grant.client_id).and_then(|app| app.owner);
        let own_list = matches!(endpoint, Endpoint::Timeline | Endpoint::Mentions) && id.parse().ok() == owner;
        let owned = own_list && owner.is_some() && owner == grant.user;
        let cost = self.money.read(&grant.client_id, self.clock.now(), &resources, owned);
        Ok((Answer::json(200, body), cost))
    }
}

/// Whether a grant opens an endpoint.
fn allowed(endpoint: Endpoint, grant: &Grant) -> Result<(), Answer> {
    let scopes = match endpoint {
        Endpoint::CreateTweet | Endpoint::DeleteTweet => WRITE,
        Endpoint::MediaInitialize
        | Endpoint::MediaAppend
        | Endpoint::MediaFinalize
        | Endpoint::MediaStatus
        | Endpoint::MediaMetadata => MEDIA,
        _ => READ,
    };
    if grant.user.is_none() {
        let app_alone = scopes == READ && endpoint != Endpoint::Me;
        let refused = || problem::of_fault(Fault::UnsupportedAuthentication, super::Dialect::Tweet);
        return if app_alone { Ok(()) } else { Err(refused().unwrap_or_else(problem::not_permitted)) };
    }
    if scopes.iter().all(|scope| grant.has(scope)) { Ok(()) } else { Err(problem::not_permitted()) }
}
