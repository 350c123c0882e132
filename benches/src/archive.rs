//! Tweets as an archive holds them, made by number: the same number gives the same tweet.

use std::io::Write;

/// The id of the nth tweet, in the range of real ones.
#[must_use]
pub fn id(n: u64) -> u64 {
    1_500_000_000_000_000_000 + n * 4_194_304
}

/// When the nth tweet was written: one each 400 seconds from 2011 on.
#[must_use]
pub fn time(n: u64) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(1_300_000_000 + i64::try_from(n).unwrap_or(0) * 400, 0).unwrap_or_default()
}

/// What differs between the tweets of one measurement and another, as JSON.
#[derive(Clone, Debug)]
pub struct Made {
    /// Its text, escaped for JSON.
    pub text: String,
    /// The list of its hashtags.
    pub hashtags: &'static str,
    /// Fields that say what it answers, each with its comma; empty for none.
    pub reply: String,
}

/// Writes the nth tweet with the indentation of the archive, some 1.9 KB.
///
/// # Errors
/// Those of `out`.
pub fn write_tweet(out: &mut impl Write, n: u64, made: &Made) -> std::io::Result<()> {
    let id = id(n);
    let Made { text, hashtags, reply } = made;
    write!(
        out,
        r#"  {{
    "tweet" : {{
      "edit_info" : {{
        "initial" : {{
          "editTweetIds" : [
            "{id}"
          ],
          "editableUntil" : "2023-02-18T13:33:11.000Z",
          "editsRemaining" : "5",
          "isEditEligible" : true
        }}
      }},
      "retweeted" : false,
      "source" : "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
      "entities" : {{
        "hashtags" : {hashtags},
        "symbols" : [ ],
        "user_mentions" : [
          {{
            "name" : "The other account",
            "screen_name" : "other",
            "indices" : [
              "0",
              "6"
            ],
            "id_str" : "783214",
            "id" : "783214"
          }}
        ],
        "urls" : [
          {{
            "url" : "https://t.co/{n:010}",
            "expanded_url" : "https://example.com/a/page/{n}?with=query&more=1",
            "display_url" : "example.com/a/page/{n}",
            "indices" : [
              "100",
              "123"
            ]
          }}
        ]
      }},
      "display_text_range" : [
        "0",
        "123"
      ],
      "favorite_count" : "{likes}",{reply}
      "id_str" : "{id}",
      "truncated" : false,
      "retweet_count" : "{retweets}",
      "id" : "{id}",
      "possibly_sensitive" : false,
      "created_at" : "{created}",
      "favorited" : false,
      "full_text" : "{text}",
      "lang" : "en"
    }}
  }}"#,
        created = time(n).format("%a %b %d %H:%M:%S +0000 %Y"),
        likes = n % 977,
        retweets = n % 41,
    )
}
