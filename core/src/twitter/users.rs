use serde::Serialize;

use super::client::TwitterClient;
use super::dialect::WireUsers;
use super::errors::{bad_argument, failed_with_success, unreadable};
use super::problem::Problem;
use crate::error::Result;
use crate::records::{TwitterUser, is_valid_id};
use crate::tolerant::read_repaired;

/// Fields that both dialects have under one name.
const USER_FIELDS: &str = "created_at,description,id,name,profile_image_url,protected,public_metrics,subscription_type,\
                           username,verified_type";

/// A person on Twitter, with what an import and a lint want to know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UserInfo {
    /// Who it is.
    pub user: TwitterUser,
    /// Their own words about themselves.
    pub description: Option<String>,
    /// Whether only followers see their tweets.
    pub protected: bool,
    /// `blue`, `business`, `government` or `none`.
    pub verified_type: Option<String>,
    /// What they pay for, such as `Basic`, `Premium`, `PremiumPlus`; only of the logged-in user.
    pub subscription: Option<String>,
    /// How many follow them.
    pub followers: Option<u64>,
    /// How many they follow.
    pub following: Option<u64>,
    /// How many tweets they have, retweets included: what a preview of an import starts from.
    pub tweets: Option<u64>,
}

impl UserInfo {
    /// How long their tweets may be: 25,000 with any of X's subscriptions, as far as X tells.
    #[must_use]
    pub fn text_limits(&self) -> crate::text::Limits {
        let pays = self.subscription.as_deref().is_some_and(|kind| !kind.eq_ignore_ascii_case("none"));
        if pays { crate::text::Limits::PREMIUM } else { crate::text::Limits::STANDARD }
    }
}

/// Users, and what X could not give.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct UserList {
    /// The users.
    pub users: Vec<UserInfo>,
    /// What X could not give, such as users that do not exist.
    pub problems: Vec<Problem>,
}

impl TwitterClient {
    /// Who is logged in.
    ///
    /// # Errors
    /// `Auth`, `twitter.unauthorized`, and every kind of the pipeline and of X.
    pub async fn me(&self) -> Result<UserInfo> {
        self.one_user("users.me", &["users", "me"]).await
    }

    /// A user by id.
    ///
    /// # Errors
    /// `NotFound`, `twitter.not_found`, and every kind of the pipeline and of X.
    pub async fn user(&self, id: &str) -> Result<UserInfo> {
        if !is_valid_id(id) {
            return Err(bad_argument("users.get", "it is no user's id"));
        }
        self.one_user("users.get", &["users", id]).await
    }

    /// A user by name, with or without `@`.
    ///
    /// # Errors
    /// `NotFound`, `twitter.not_found`, and every kind of the pipeline and of X.
    pub async fn user_by_name(&self, username: &str) -> Result<UserInfo> {
        let username = checked_name("users.by_name", username)?;
        self.one_user("users.by_name", &["users", "by", "username", username]).await
    }

    /// Users by their ids, 1 to 100.
    ///
    /// # Errors
    /// `InvalidInput`, `twitter.bad_argument`, and every kind of the pipeline and of X.
    pub async fn users(&self, ids: &[&str]) -> Result<UserList> {
        if ids.is_empty() || ids.len() > 100 || !ids.iter().all(|id| is_valid_id(id)) {
            return Err(bad_argument("users.list", "it takes 1 to 100 ids of users"));
        }
        self.some_users("users.list", &["users"], ("ids", &ids.join(","))).await
    }

    /// Users by their names, 1 to 100, with or without `@`.
    ///
    /// # Errors
    /// As [`users`](Self::users).
    pub async fn users_by_names(&self, usernames: &[&str]) -> Result<UserList> {
        const OPERATION: &str = "users.by_names";
        if usernames.is_empty() || usernames.len() > 100 {
            return Err(bad_argument(OPERATION, "it takes 1 to 100 names of users"));
        }
        let names: Vec<&str> = usernames.iter().map(|name| checked_name(OPERATION, name)).collect::<Result<_>>()?;
        self.some_users(OPERATION, &["users", "by"], ("usernames", &names.join(","))).await
    }

    async fn one_user(&self, operation: &'static str, path: &[&str]) -> Result<UserInfo> {
        let mut url = self.app().endpoint(path)?;
        url.query_pairs_mut().append_pair("user.fields", USER_FIELDS);
        let mut list = self.get(operation, url, read_users).await?.value;
        match (list.users.pop(), list.problems.first()) {
            (Some(user), _) => Ok(user),
            (None, Some(problem)) => Err(failed_with_success(problem, operation)),
            (None, None) => Err(unreadable(operation, "the answer holds no user")),
        }
    }

    async fn some_users(&self, operation: &'static str, path: &[&str], which: (&str, &str)) -> Result<UserList> {
        let mut url = self.app().endpoint(path)?;
        url.query_pairs_mut().append_pair(which.0, which.1).append_pair("user.fields", USER_FIELDS);
        Ok(self.get(operation, url, read_users).await?.value)
    }
}

fn read_users(body: &[u8]) -> serde_json::Result<UserList> {
    read_repaired(body, |body| {
        let wire: WireUsers<'_> = serde_json::from_slice(body)?;
        let users = wire.data.0.iter().filter_map(UserInfo::from_wire).collect();
        Ok(UserList { users, problems: wire.errors.0 })
    })
}

fn checked_name<'n>(operation: &'static str, name: &'n str) -> Result<&'n str> {
    let name = name.strip_prefix('@').unwrap_or(name);
    // X takes 15 characters; some old accounts have up to 20, which can be asked for by id.
    let valid = (1..=15).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    valid.then_some(name).ok_or_else(|| bad_argument(operation, "it is no user's name"))
}
