window.__THAR_CONFIG = {
  "userInfo": {
    "accountId": "1101696660272058369",
    "userName": "crumbsandcrates",
    "displayName": "tilda crumb"
  },
  "archiveInfo": {
    "sizeBytes": "294294",
    "generationDate": "2026-10-31T18:02:44.000Z",
    "isPartialArchive": false,
    "maxPartSizeBytes": "53687091200"
  },
  "dataTypes": {
    "account": {
      "files": [
        {
          "fileName": "data/account.js",
          "globalName": "YTD.account.part0",
          "count": "1"
        }
      ]
    },
    "deletedTweets": {
      "mediaDirectory": "data/deleted_tweets_media",
      "files": [
        {
          "fileName": "data/deleted-tweets.js",
          "globalName": "YTD.deleted_tweets.part0",
          "count": "7"
        }
      ]
    },
    "directMessages": {
      "mediaDirectory": "data/direct_messages_media",
      "files": [
        {
          "fileName": "data/direct-messages.js",
          "globalName": "YTD.direct_messages.part0",
          "count": "1"
        }
      ]
    },
    "noteTweet": {
      "files": [
        {
          "fileName": "data/note-tweet.js",
          "globalName": "YTD.note_tweet.part0",
          "count": "3"
        }
      ]
    },
    "profile": {
      "mediaDirectory": "data/profile_media",
      "files": [
        {
          "fileName": "data/profile.js",
          "globalName": "YTD.profile.part0",
          "count": "1"
        }
      ]
    },
    "tweets": {
      "mediaDirectory": "data/tweets_media",
      "files": [
        {
          "fileName": "data/tweets.js",
          "globalName": "YTD.tweets.part0",
          "count": "120"
        },
        {
          "fileName": "data/tweets-part1.js",
          "globalName": "YTD.tweets.part1",
          "count": "120"
        }
      ]
    }
  }
}
