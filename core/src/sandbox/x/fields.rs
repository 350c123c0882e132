//! The query parameters of the two dialects: which there are, and what was asked for. Inside, the older names are used.

use std::collections::{BTreeMap, BTreeSet};

use super::Endpoint;
use super::problem::{self, Answer};

/// The names on the wire: X renamed them in August 2026 (specification 2.166 to 2.167).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `tweet.fields`, `note_tweet`, `referenced_tweets`, …
    Tweet,
    /// `post.fields`, `note_post`, `referenced_posts`, …
    Post,
}

/// Which dialects the stand-in understands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialects {
    /// The older one; the newer names are unknown parameters.
    TweetOnly,
    /// The newer one; the older names are unknown parameters.
    PostOnly,
    /// Both: the answer follows the names in the request, and is in the older one where there are none.
    #[default]
    Both,
}

const TWEET_FIELDS: &str = "article,attachments,author_id,card_uri,community_id,context_annotations,conversation_id,\
    created_at,display_text_range,edit_controls,edit_history_tweet_ids,entities,geo,id,in_reply_to_user_id,lang,\
    media_metadata,non_public_metrics,note_tweet,organic_metrics,possibly_sensitive,promoted_metrics,public_metrics,\
    referenced_tweets,reply_settings,scopes,source,suggested_source_links,suggested_source_links_with_counts,text,withheld";
const POST_FIELDS: &str = "article,article_title,attachments,card_uri,community_id,context_annotations,conversation_id,\
    created_at,display_text_range,edit_controls,entities,geo,id,lang,matched_media_notes,media_metadata,\
    non_public_metrics,note_post,note_request_suggestions,organic_metrics,paid_partnership,possibly_sensitive,\
    promoted_metrics,public_metrics,reply_settings,scopes,source,suggested_source_links,\
    suggested_source_links_with_counts,text,withheld";
const TWEET_EXPANSIONS: &str = "article.cover_media,article.media_entities,attachments.media_keys,\
    attachments.media_source_tweet,attachments.poll_ids,author_id,edit_history_tweet_ids,entities.mentions.username,\
    geo.place_id,in_reply_to_user_id,entities.note.mentions.username,referenced_tweets.id,\
    referenced_tweets.id.attachments.media_keys,referenced_tweets.id.author_id";
const POST_EXPANSIONS: &str = "article.cover_media,article.media_entities,attachments.media_keys,\
    attachments.media_source_tweet,attachments.poll_ids,author_id,edit_history_post_ids,entities.mentions.username,\
    geo.place_id,in_reply_to_user_id,referenced_posts,username";
const USER_FIELDS: &str = "confirmed_email,connection_status,created_at,description,entities,id,is_identity_verified,\
    location,name,parody,profile_banner_url,profile_image_url,protected,public_metrics,receives_your_dm,subscription,\
    subscription_type,url,username,verified,verified_followers_count,verified_type,withheld";
const MEDIA_FIELDS: &str = "alt_text,duration_ms,height,media_key,non_public_metrics,organic_metrics,preview_image_url,\
    promoted_metrics,public_metrics,type,url,variants,width";
const POLL_FIELDS: &str = "duration_minutes,end_datetime,id,options,voting_status";
const PLACE_FIELDS: &str = "contained_within,country,country_code,full_name,geo,id,name,place_type";

/// The query of a request: each name once.
pub(crate) type Query = BTreeMap<String, String>;

pub(crate) fn read_query(query: &str) -> Query {
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// What was asked for, in the older names.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) dialect: Dialect,
    tweet: BTreeSet<String>,
    user: BTreeSet<String>,
    media: BTreeSet<String>,
    poll: BTreeSet<String>,
    place: BTreeSet<String>,
    expansions: BTreeSet<String>,
}

impl Ask {
    /// Reads the fields and expansions of a query, and refuses what the endpoint does not know. `other` are its further
    /// parameters.
    pub(crate) fn read(query: &Query, endpoint: Endpoint, other: &[&str], dialects: Dialects) -> Result<Self, Answer> {
        let dialect = dialect_of(query, dialects);
        let users = matches!(endpoint, Endpoint::Me | Endpoint::Users);
        let takes_fields =
            users || matches!(endpoint, Endpoint::Timeline | Endpoint::Mentions | Endpoint::Tweets | Endpoint::Search);
        let names = Names::of(dialect, users);
        let mut known: Vec<&str> = other.to_vec();
        if takes_fields {
            known.extend(["expansions", names.tweet_parameter, "user.fields"]);
            if !users {
                known.extend(["media.fields", "poll.fields", "place.fields"]);
            }
        }
        let mut wrong: Vec<(&str, &str, String)> = Vec::new();
        for (name, value) in query {
            if !known.contains(&name.as_str()) {
                let list = known.join(",");
                wrong.push((name, value, format!("The query parameter [{name}] is not one of [{list}]")));
            }
        }
        let mut list = |name: &str, allowed: &str| -> BTreeSet<String> {
            let Some((name, value)) = query.get_key_value(name) else { return BTreeSet::new() };
            let mut asked = BTreeSet::new();
            for item in value.split(',') {
                if allowed.split(',').any(|known| known == item) {
                    asked.insert(older(item).to_owned());
                } else {
                    let message = format!("The `{name}` query parameter value [{item}] is not one of [{allowed}]");
                    wrong.push((name, value, message));
                }
            }
            asked
        };
        let ask = Self {
            dialect,
            tweet: list(names.tweet_parameter, names.tweet_fields),
            user: list("user.fields", &names.user_fields),
            media: list("media.fields", MEDIA_FIELDS),
            poll: list("poll.fields", POLL_FIELDS),
            place: list("place.fields", PLACE_FIELDS),
            expansions: list("expansions", names.expansions),
        };
        if wrong.is_empty() { Ok(ask) } else { Err(problem::invalid(dialect, &wrong)) }
    }

    pub(crate) fn tweet(&self, field: &str) -> bool {
        self.tweet.contains(field)
    }

    pub(crate) fn user(&self, field: &str) -> bool {
        self.user.contains(field)
    }

    pub(crate) fn media(&self, field: &str) -> bool {
        self.media.contains(field)
    }

    pub(crate) fn poll(&self, field: &str) -> bool {
        self.poll.contains(field)
    }

    pub(crate) fn place(&self, field: &str) -> bool {
        self.place.contains(field)
    }

    pub(crate) fn expands(&self, expansion: &str) -> bool {
        self.expansions.contains(expansion)
    }

    /// The metrics that only the author sees were asked for.
    pub(crate) fn private_metrics(&self) -> bool {
        ["non_public_metrics", "organic_metrics", "promoted_metrics"].iter().any(|field| self.tweet(field))
    }

    /// The older name or the newer one.
    pub(crate) fn name(&self, older: &'static str, newer: &'static str) -> &'static str {
        match self.dialect {
            Dialect::Tweet => older,
            Dialect::Post => newer,
        }
    }
}

/// The dialect of an answer.
pub(crate) fn dialect_of(query: &Query, dialects: Dialects) -> Dialect {
    match dialects {
        Dialects::TweetOnly => Dialect::Tweet,
        Dialects::PostOnly => Dialect::Post,
        Dialects::Both => {
            let expansions = query.get("expansions").map(String::as_str).unwrap_or_default();
            let newer = expansions.split(',').any(|one| one == "affiliation" || older(one) != one);
            if query.contains_key("post.fields") || newer { Dialect::Post } else { Dialect::Tweet }
        }
    }
}

struct Names {
    tweet_parameter: &'static str,
    tweet_fields: &'static str,
    user_fields: String,
    expansions: &'static str,
}

impl Names {
    fn of(dialect: Dialect, users: bool) -> Self {
        match dialect {
            Dialect::Tweet => Self {
                tweet_parameter: "tweet.fields",
                tweet_fields: TWEET_FIELDS,
                user_fields: format!("affiliation,most_recent_tweet_id,pinned_tweet_id,{USER_FIELDS}"),
                expansions: if users {
                    "affiliation.user_id,most_recent_tweet_id,pinned_tweet_id"
                } else {
                    TWEET_EXPANSIONS
                },
            },
            Dialect::Post => Self {
                tweet_parameter: "post.fields",
                tweet_fields: POST_FIELDS,
                user_fields: format!("subscribes_to_you,{USER_FIELDS}"),
                expansions: if users { "affiliation,most_recent_post_id,pinned_post_id" } else { POST_EXPANSIONS },
            },
        }
    }
}

/// The older name of a field or expansion.
fn older(name: &str) -> &str {
    match name {
        "note_post" => "note_tweet",
        "referenced_posts" => "referenced_tweets.id",
        "edit_history_post_ids" => "edit_history_tweet_ids",
        "most_recent_post_id" => "most_recent_tweet_id",
        "pinned_post_id" => "pinned_tweet_id",
        other => other,
    }
}
