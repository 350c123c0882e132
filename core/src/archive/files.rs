//! The files of an archive that are ever opened, and what each is.

use serde::{Deserialize, Serialize};

/// What a file of an archive holds.
///
/// An archive has some eighty more kinds of files, with messages, contacts, addresses and inferred traits: they are not on
/// this list, so nothing opens them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FileKind {
    /// `tweets.js`, `tweet.js` and their further parts.
    Tweets,
    /// `community-tweet.js`: the owner's tweets in communities.
    CommunityTweets,
    /// `deleted-tweets.js`: what was deleted in the two weeks before.
    DeletedTweets,
    /// `data/js/tweets/2013_01.js`: one month, in archives up to 2018 ("Grailbird").
    GrailbirdMonth,
    /// `tweets.csv` of such an archive: the same tweets once more, with fewer facts.
    GrailbirdCsv,
    /// `note-tweet.js`: the whole texts of long posts.
    Notes,
    /// `twitter-circle-tweet.js`: tweets for a restricted audience. Never read.
    CircleTweets,
    /// `tweet-headers.js`: the ids of all tweets.
    TweetHeaders,
    /// `deleted-tweet-headers.js`: the ids of deleted tweets and when they were deleted.
    DeletedHeaders,
    /// `manifest.js`: the list of files with the number of entries of each.
    Manifest,
    /// `account.js`: whose archive it is.
    Account,
    /// `profile.js`: the profile picture.
    Profile,
    /// `data/js/user_details.js`: whose archive it is, up to 2018.
    GrailbirdUser,
    /// `data/js/tweet_index.js`: the months with their number of tweets.
    GrailbirdIndex,
    /// `data/js/payload_details.js`: the number of tweets.
    GrailbirdPayload,
}

impl FileKind {
    /// Whether the file's entries are tweets that are imported.
    #[must_use]
    pub fn is_tweets(self) -> bool {
        matches!(
            self,
            Self::Tweets | Self::CommunityTweets | Self::DeletedTweets | Self::GrailbirdMonth | Self::GrailbirdCsv
        )
    }

    /// What the file holds, in words.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Notes => "long posts",
            _ => "tweets",
        }
    }
}

/// The base names that may carry a part number, as in `tweets-part1.js`.
const PARTED: &[(&str, FileKind)] = &[
    ("tweets", FileKind::Tweets),
    ("tweet", FileKind::Tweets),
    ("community-tweet", FileKind::CommunityTweets),
    ("deleted-tweets", FileKind::DeletedTweets),
    ("deleted-tweet", FileKind::DeletedTweets),
    ("note-tweet", FileKind::Notes),
    ("twitter-circle-tweet", FileKind::CircleTweets),
    ("tweet-headers", FileKind::TweetHeaders),
    ("deleted-tweet-headers", FileKind::DeletedHeaders),
];

/// Files with one exact name in the data folder.
const SINGLE: &[(&str, FileKind)] = &[
    ("manifest.js", FileKind::Manifest),
    ("account.js", FileKind::Account),
    ("profile.js", FileKind::Profile),
    ("js/user_details.js", FileKind::GrailbirdUser),
    ("js/tweet_index.js", FileKind::GrailbirdIndex),
    ("js/payload_details.js", FileKind::GrailbirdPayload),
];

/// What the file at this path inside an archive is; `None` for everything that is never opened.
///
/// The data folder is `data/`; in the first archives of 2018 and 2019 its files lie at the top.
pub(crate) fn kind_of(path: &str) -> Option<FileKind> {
    if path == "tweets.csv" {
        return Some(FileKind::GrailbirdCsv);
    }
    let name = path.strip_prefix("data/").unwrap_or(path);
    if let Some((_, kind)) = SINGLE.iter().find(|(single, _)| *single == name) {
        return Some(*kind);
    }
    let stem = name.strip_suffix(".js")?;
    if let Some(month) = stem.strip_prefix("js/tweets/") {
        let (year, month) = month.split_once('_')?;
        return (year.len() == 4 && month.len() == 2 && is_digits(year) && is_digits(month))
            .then_some(FileKind::GrailbirdMonth);
    }
    let base = match stem.rsplit_once("-part") {
        Some((base, number)) if is_digits(number) && number.len() <= 6 => base,
        _ => stem,
    };
    PARTED.iter().find(|(parted, _)| *parted == base).map(|(_, kind)| *kind)
}

/// Orders the parts of one kind: `tweets.js`, `tweets-part1.js`, …, `tweets-part10.js`.
pub(crate) fn part_number(path: &str) -> u32 {
    path.strip_suffix(".js")
        .and_then(|stem| stem.rsplit_once("-part"))
        .and_then(|(_, number)| number.parse().ok())
        .unwrap_or(0)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A path inside an archive, made comparable; `None` if it would lead out of the folder it is unpacked to.
///
/// # Errors
/// `Err(())` for an absolute path, a drive, a backslash or a `..`.
pub(crate) fn clean_path(path: &str) -> Result<String, ()> {
    if path.starts_with('/') || path.contains(['\\', '\0', ':']) {
        return Err(());
    }
    let mut out = String::with_capacity(path.len());
    for step in path.split('/') {
        match step {
            "" | "." => {}
            ".." => return Err(()),
            step => {
                if !out.is_empty() {
                    out.push('/');
                }
                out.push_str(step);
            }
        }
    }
    Ok(out)
}

/// Splits a path into the one top folder that everything may lie in (empty for none), the path below, and what it is.
pub(crate) fn place(path: &str) -> Option<(&str, &str, FileKind)> {
    if let Some(kind) = kind_of(path) {
        return Some(("", path, kind));
    }
    let (top, below) = path.split_once('/')?;
    if top == "__MACOSX" {
        return None;
    }
    kind_of(below).map(|kind| (top, below, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_names_have_a_kind() {
        for (path, kind) in [
            ("data/tweets.js", FileKind::Tweets),
            ("data/tweets-part12.js", FileKind::Tweets),
            ("tweet.js", FileKind::Tweets),
            ("data/tweet-headers.js", FileKind::TweetHeaders),
            ("data/deleted-tweet-headers-part1.js", FileKind::DeletedHeaders),
            ("data/js/tweets/2013_01.js", FileKind::GrailbirdMonth),
            ("tweets.csv", FileKind::GrailbirdCsv),
            ("data/note-tweet.js", FileKind::Notes),
        ] {
            assert_eq!(kind_of(path), Some(kind), "{path}");
        }
        for path in [
            "data/direct-messages.js",
            "data/tweets-partx.js",
            "data/tweets-part.js",
            "data/ip-audit.js",
            "data/tweets_media/tweets.js",
            "data/js/tweets/../../x.js",
            "data/js/tweets/2013_1.js",
            "data/tweets.csv",
            "data/Tweets.js",
            "data/tweets.json",
            "data/like.js",
            "assets/js/tweets.js",
            "data/data/tweets.js/x",
        ] {
            assert_eq!(kind_of(path), None, "{path}");
        }
        assert_eq!(place("twitter-1/data/tweets.js"), Some(("twitter-1", "data/tweets.js", FileKind::Tweets)));
        assert_eq!(place("__MACOSX/data/tweets.js"), None);
        assert_eq!(place("a/b/data/tweets.js"), None);
    }

    #[test]
    fn paths_that_leave_the_folder_are_refused() {
        assert_eq!(clean_path("./data//tweets.js"), Ok("data/tweets.js".into()));
        for path in ["../data/tweets.js", "data/../../x", "/data/tweets.js", "C:/tweets.js", "data\\tweets.js", "a\0b"]
        {
            assert_eq!(clean_path(path), Err(()), "{path}");
        }
    }
}
