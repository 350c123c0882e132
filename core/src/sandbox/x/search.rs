use super::reads::names;
use super::world::{Tweet, World};

/// A query of the recent search: words and the common operators, joined by "and".
#[derive(Debug)]
pub(crate) struct Search {
    terms: Vec<(bool, Term)>,
}

#[derive(Debug)]
enum Term {
    Word(String),
    From(String),
    To(String),
    Names(String),
    Lang(String),
    Conversation(u64),
    Reply,
    Quote,
    Retweet,
    Links,
    Media,
}

impl Search {
    /// Reads a query; the error says what the stand-in does not know.
    pub(crate) fn read(query: &str) -> Result<Self, String> {
        let mut terms = Vec::new();
        for word in pieces(query) {
            let (wanted, word) = match word.strip_prefix('-') {
                Some(rest) => (false, rest),
                None => (true, word.as_str()),
            };
            let name = |name: &str| name.trim_start_matches('@').to_owned();
            let term = match word.split_once(':') {
                None if word == "OR" => return Err("uses OR, which the stand-in does not imitate".to_owned()),
                None => match word.strip_prefix('@') {
                    Some(user) => Term::Names(user.to_owned()),
                    None => Term::Word(word.trim_matches('"').to_lowercase()),
                },
                Some(("from", user)) => Term::From(name(user)),
                Some(("to", user)) => Term::To(name(user)),
                Some(("lang", lang)) => Term::Lang(lang.to_owned()),
                Some(("conversation_id", id)) => {
                    Term::Conversation(id.parse().map_err(|_| format!("has a wrong id `{id}`"))?)
                }
                Some(("is", "reply")) => Term::Reply,
                Some(("is", "quote")) => Term::Quote,
                Some(("is", "retweet")) => Term::Retweet,
                Some(("has", "links")) => Term::Links,
                Some(("has", "media")) => Term::Media,
                Some(_) => return Err(format!("has the operator `{word}`, which the stand-in does not imitate")),
            };
            terms.push((wanted, term));
        }
        if terms
            .iter()
            .any(|(wanted, term)| *wanted && !matches!(term, Term::Lang(_) | Term::Reply | Term::Quote | Term::Retweet))
        {
            Ok(Self { terms })
        } else {
            Err("has no stand-alone operator".to_owned())
        }
    }

    pub(crate) fn matches(&self, world: &World, tweet: &Tweet) -> bool {
        let named = |id: Option<u64>, name: &str| {
            id.and_then(|id| world.user(id)).is_some_and(|user| user.username.eq_ignore_ascii_case(name))
        };
        self.terms.iter().all(|(wanted, term)| {
            let hit = match term {
                Term::Word(word) => tweet.text.to_lowercase().contains(word),
                Term::From(name) => named(Some(tweet.author), name),
                Term::To(name) => named(tweet.reply_to_user, name),
                Term::Names(name) => names(&tweet.text, name),
                Term::Lang(lang) => tweet.lang == *lang,
                Term::Conversation(id) => tweet.conversation == *id,
                Term::Reply => tweet.reply_to.is_some(),
                Term::Quote => tweet.quotes.is_some(),
                Term::Retweet => tweet.retweets.is_some(),
                Term::Links => !tweet.links.is_empty(),
                Term::Media => !tweet.media.is_empty(),
            };
            hit == *wanted
        })
    }
}

/// Words and phrases in quotes.
fn pieces(query: &str) -> Vec<String> {
    let (mut out, mut quoted) = (vec![String::new()], false);
    for c in query.chars() {
        quoted ^= c == '"';
        if c.is_whitespace() && !quoted {
            out.push(String::new());
        } else if let Some(last) = out.last_mut() {
            last.push(c);
        }
    }
    out.retain(|piece| !piece.is_empty());
    out
}
