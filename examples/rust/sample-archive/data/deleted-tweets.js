window.YTD.deleted_tweets.part0 = [
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1267442040304569213"
          ],
          "editableUntil": "2020-06-01T14:05:05.000Z",
          "editsRemaining": "5",
          "isEditEligible": true
        }
      },
      "retweeted": false,
      "source": "<a href=\"http://twitter.com/download/android\" rel=\"nofollow\">Twitter for Android</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [],
        "urls": []
      },
      "display_text_range": [
        "0",
        "64"
      ],
      "favorite_count": "80",
      "id_str": "1267442040304569213",
      "truncated": false,
      "retweet_count": "3",
      "id": "1267442040304569213",
      "possibly_sensitive": false,
      "created_at": "Mon Jun 01 13:05:05 +0000 2020",
      "favorited": false,
      "full_text": "does anyone know a plumber who is awake. asking for a dishwasher",
      "lang": "en",
      "deleted_at": "Thu Oct 29 15:02:44 +0000 2026"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1378464696759223313"
          ],
          "editableUntil": "2021-04-03T22:49:29.000Z",
          "editsRemaining": "5",
          "isEditEligible": true
        }
      },
      "retweeted": false,
      "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [],
        "urls": []
      },
      "display_text_range": [
        "0",
        "39"
      ],
      "favorite_count": "60",
      "id_str": "1378464696759223313",
      "truncated": false,
      "retweet_count": "7",
      "id": "1378464696759223313",
      "possibly_sensitive": false,
      "created_at": "Sat Apr 03 21:49:29 +0000 2021",
      "favorited": false,
      "full_text": "testing testing is the new router alive",
      "lang": "en",
      "deleted_at": "Wed Oct 28 15:02:44 +0000 2026"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1557965867185081619"
          ],
          "editableUntil": "2022-08-12T06:43:03.000Z",
          "editsRemaining": "5",
          "isEditEligible": true
        }
      },
      "retweeted": false,
      "source": "<a href=\"http://twitter.com/download/android\" rel=\"nofollow\">Twitter for Android</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [],
        "urls": []
      },
      "display_text_range": [
        "0",
        "55"
      ],
      "favorite_count": "32",
      "id_str": "1557965867185081619",
      "truncated": false,
      "retweet_count": "0",
      "id": "1557965867185081619",
      "possibly_sensitive": false,
      "created_at": "Fri Aug 12 05:43:03 +0000 2022",
      "favorited": false,
      "full_text": "who has a spare fuse, 16A, i am at the shop, it is dark",
      "lang": "en",
      "deleted_at": "Tue Oct 27 15:02:44 +0000 2026"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1706063327261623419"
          ],
          "editableUntil": "2023-09-24T22:49:29.000Z",
          "editsRemaining": "5",
          "isEditEligible": true
        }
      },
      "retweeted": false,
      "source": "<a href=\"http://twitter.com/download/android\" rel=\"nofollow\">Twitter for Android</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [],
        "urls": []
      },
      "display_text_range": [
        "0",
        "3"
      ],
      "favorite_count": "28",
      "id_str": "1706063327261623419",
      "truncated": false,
      "retweet_count": "1",
      "id": "1706063327261623419",
      "possibly_sensitive": false,
      "created_at": "Sun Sep 24 21:49:29 +0000 2023",
      "favorited": false,
      "full_text": "ugh",
      "lang": "en",
      "deleted_at": "Mon Oct 26 15:02:44 +0000 2026"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1850635781010360140"
          ],
          "editableUntil": "2024-10-27T21:28:48.000Z",
          "editsRemaining": "5",
          "isEditEligible": true
        }
      },
      "retweeted": false,
      "source": "<a href=\"http://twitter.com/download/android\" rel=\"nofollow\">Twitter for Android</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [],
        "urls": []
      },
      "display_text_range": [
        "0",
        "66"
      ],
      "favorite_count": "58",
      "id_str": "1850635781010360140",
      "truncated": false,
      "retweet_count": "8",
      "id": "1850635781010360140",
      "possibly_sensitive": false,
      "created_at": "Sun Oct 27 20:28:48 +0000 2024",
      "favorited": false,
      "full_text": "it is pronounced \"crate\" like the box. i will not discuss it again",
      "lang": "en",
      "deleted_at": "Sun Oct 25 15:02:44 +0000 2026"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1980750938633143019"
          ],
          "editableUntil": "2025-10-21T22:39:59.000Z",
          "editsRemaining": "5",
          "isEditEligible": true
        }
      },
      "retweeted": false,
      "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [],
        "urls": []
      },
      "display_text_range": [
        "0",
        "38"
      ],
      "favorite_count": "481",
      "id_str": "1980750938633143019",
      "truncated": false,
      "retweet_count": "9",
      "id": "1980750938633143019",
      "possibly_sensitive": false,
      "created_at": "Tue Oct 21 21:39:59 +0000 2025",
      "favorited": false,
      "full_text": "selling: 1 printer. condition: haunted",
      "lang": "en",
      "deleted_at": "Sat Oct 24 15:02:44 +0000 2026"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2108018096731062293"
          ],
          "editableUntil": "2026-10-08T03:14:14.000Z",
          "editsRemaining": "5",
          "isEditEligible": true
        }
      },
      "retweeted": false,
      "source": "<a href=\"http://twitter.com/download/android\" rel=\"nofollow\">Twitter for Android</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [],
        "urls": []
      },
      "display_text_range": [
        "0",
        "46"
      ],
      "favorite_count": "49",
      "id_str": "2108018096731062293",
      "truncated": false,
      "retweet_count": "0",
      "id": "2108018096731062293",
      "possibly_sensitive": false,
      "created_at": "Thu Oct 08 02:14:14 +0000 2026",
      "favorited": false,
      "full_text": "wrong account, sorry, that was a shopping list",
      "lang": "en",
      "deleted_at": "Fri Oct 23 15:02:44 +0000 2026"
    }
  }
]
