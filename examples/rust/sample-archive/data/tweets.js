window.YTD.tweets.part0 = [
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1679233912271800202"
          ],
          "editableUntil": "2023-07-12T21:58:58.000Z",
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
        "urls": [
          {
            "url": "https://t.co/ky3bxir2rZ",
            "expanded_url": "https://twitter.com/petitfour_dev/status/1679181819016118371",
            "display_url": "twitter.com/petitfour_dev/status/1…",
            "indices": [
              "56",
              "79"
            ]
          }
        ]
      },
      "display_text_range": [
        "0",
        "79"
      ],
      "favorite_count": "93",
      "id_str": "1679233912271800202",
      "truncated": false,
      "retweet_count": "12",
      "id": "1679233912271800202",
      "possibly_sensitive": false,
      "created_at": "Wed Jul 12 20:58:58 +0000 2023",
      "favorited": false,
      "full_text": "i have nothing to add except that my oven does this too https://t.co/ky3bxir2rZ",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1682942163547065693"
          ],
          "editableUntil": "2023-07-23T03:34:14.000Z",
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
        "74"
      ],
      "favorite_count": "71",
      "id_str": "1682942163547065693",
      "truncated": false,
      "retweet_count": "5",
      "id": "1682942163547065693",
      "possibly_sensitive": false,
      "created_at": "Sun Jul 23 02:34:14 +0000 2023",
      "favorited": false,
      "full_text": "twelve degrees in the shop. the starter and i have the same sweater energy",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1686846787941304860"
          ],
          "editableUntil": "2023-08-02T22:09:49.000Z",
          "editsRemaining": "5",
          "isEditEligible": false
        }
      },
      "retweeted": false,
      "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [
          {
            "name": "rust belt bakes",
            "screen_name": "rustbelt_bakes",
            "indices": [
              "0",
              "15"
            ],
            "id_str": "860063998014390352",
            "id": "860063998014390352"
          }
        ],
        "urls": []
      },
      "display_text_range": [
        "0",
        "118"
      ],
      "favorite_count": "51",
      "id_str": "1686846787941304860",
      "truncated": false,
      "retweet_count": "7",
      "id": "1686846787941304860",
      "possibly_sensitive": false,
      "created_at": "Wed Aug 02 21:09:49 +0000 2023",
      "favorited": false,
      "full_text": "@rustbelt_bakes half of it is just sorting by temperature, the other half is not telling the oven about the first half",
      "lang": "en",
      "in_reply_to_status_id": "1686833450054582283",
      "in_reply_to_status_id_str": "1686833450054582283",
      "in_reply_to_user_id": "860063998014390352",
      "in_reply_to_user_id_str": "860063998014390352",
      "in_reply_to_screen_name": "rustbelt_bakes"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1690597519127482039"
          ],
          "editableUntil": "2023-08-13T06:33:53.000Z",
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
        "56"
      ],
      "favorite_count": "480",
      "id_str": "1690597519127482039",
      "truncated": false,
      "retweet_count": "12",
      "id": "1690597519127482039",
      "possibly_sensitive": false,
      "created_at": "Sun Aug 13 05:33:53 +0000 2023",
      "favorited": false,
      "full_text": "people ask if i miss the spreadsheet. people are strange",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1694446527050681662"
          ],
          "editableUntil": "2023-08-23T21:28:28.000Z",
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
        "83"
      ],
      "favorite_count": "70",
      "id_str": "1694446527050681662",
      "truncated": false,
      "retweet_count": "8",
      "id": "1694446527050681662",
      "possibly_sensitive": false,
      "created_at": "Wed Aug 23 20:28:28 +0000 2023",
      "favorited": false,
      "full_text": "mi proveedor dice que la mantequilla llega \"mañana\". llevamos una semana de mañanas",
      "lang": "es"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1698432709686199713"
          ],
          "editableUntil": "2023-09-03T21:28:08.000Z",
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
        "71"
      ],
      "favorite_count": "30",
      "id_str": "1698432709686199713",
      "truncated": false,
      "retweet_count": "5",
      "id": "1698432709686199713",
      "possibly_sensitive": false,
      "created_at": "Sun Sep 03 20:28:08 +0000 2023",
      "favorited": false,
      "full_text": "bought a second cargo bike. it is called box, because of course it is 🚲",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1701970512835511600"
          ],
          "editableUntil": "2023-09-13T15:46:06.000Z",
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
        "106"
      ],
      "favorite_count": "36",
      "id_str": "1701970512835511600",
      "truncated": false,
      "retweet_count": "0",
      "id": "1701970512835511600",
      "possibly_sensitive": false,
      "created_at": "Wed Sep 13 14:46:06 +0000 2023",
      "favorited": false,
      "full_text": "the apprentice wrote her first test. it failed. she was so proud. i was so proud. we ate the failing batch",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1709388969931704722"
          ],
          "editableUntil": "2023-10-04T03:04:24.000Z",
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
        "40"
      ],
      "favorite_count": "20",
      "id_str": "1709388969931704722",
      "truncated": false,
      "retweet_count": "2",
      "id": "1709388969931704722",
      "possibly_sensitive": false,
      "created_at": "Wed Oct 04 02:04:24 +0000 2023",
      "favorited": false,
      "full_text": "if your unit test needs sleep, so do you",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1713380353504184933"
          ],
          "editableUntil": "2023-10-15T03:24:44.000Z",
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
        "102"
      ],
      "favorite_count": "419",
      "id_str": "1713380353504184933",
      "truncated": false,
      "retweet_count": "2",
      "id": "1713380353504184933",
      "possibly_sensitive": false,
      "created_at": "Sun Oct 15 02:24:44 +0000 2023",
      "favorited": false,
      "full_text": "power cut at 2:13. the ovens went dark, the orders did not. printed them by candle, like the monks had",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1713381477577656740"
          ],
          "editableUntil": "2023-10-15T03:29:12.000Z",
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
        "58"
      ],
      "favorite_count": "20",
      "id_str": "1713381477577656740",
      "truncated": false,
      "retweet_count": "3",
      "id": "1713381477577656740",
      "possibly_sensitive": false,
      "created_at": "Sun Oct 15 02:29:12 +0000 2023",
      "favorited": false,
      "full_text": "ok so the battery thing i bought \"for fun\" paid for itself",
      "lang": "en",
      "in_reply_to_status_id": "1713380353504184933",
      "in_reply_to_status_id_str": "1713380353504184933",
      "in_reply_to_user_id": "1101696660272058369",
      "in_reply_to_user_id_str": "1101696660272058369",
      "in_reply_to_screen_name": "crumbsandcrates"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1713382815560633599"
          ],
          "editableUntil": "2023-10-15T03:34:31.000Z",
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
        "65"
      ],
      "favorite_count": "10",
      "id_str": "1713382815560633599",
      "truncated": false,
      "retweet_count": "6",
      "id": "1713382815560633599",
      "possibly_sensitive": false,
      "created_at": "Sun Oct 15 02:34:31 +0000 2023",
      "favorited": false,
      "full_text": "also candles are not food safe, please do not write in, inspector",
      "lang": "en",
      "in_reply_to_status_id": "1713381477577656740",
      "in_reply_to_status_id_str": "1713381477577656740",
      "in_reply_to_user_id": "1101696660272058369",
      "in_reply_to_user_id_str": "1101696660272058369",
      "in_reply_to_screen_name": "crumbsandcrates"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1724638775604153382"
          ],
          "editableUntil": "2023-11-15T05:01:41.000Z",
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
        "41"
      ],
      "favorite_count": "86",
      "id_str": "1724638775604153382",
      "truncated": false,
      "retweet_count": "7",
      "id": "1724638775604153382",
      "possibly_sensitive": false,
      "created_at": "Wed Nov 15 04:01:41 +0000 2023",
      "favorited": false,
      "full_text": "rosinen im brot: ja. rosinen im log: nein",
      "lang": "de"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1728865694512057353"
          ],
          "editableUntil": "2023-11-26T20:57:57.000Z",
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
        "121"
      ],
      "favorite_count": "17",
      "id_str": "1728865694512057353",
      "truncated": false,
      "retweet_count": "5",
      "id": "1728865694512057353",
      "possibly_sensitive": false,
      "created_at": "Sun Nov 26 19:57:57 +0000 2023",
      "favorited": false,
      "full_text": "wedding order: 120 small loaves, each with initials. i wrote a macro. i mean a derive macro. i mean i also used a stencil",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1732398464496568280"
          ],
          "editableUntil": "2023-12-06T14:55:55.000Z",
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
        "111"
      ],
      "favorite_count": "82",
      "id_str": "1732398464496568280",
      "truncated": false,
      "retweet_count": "1",
      "id": "1732398464496568280",
      "possibly_sensitive": false,
      "created_at": "Wed Dec 06 13:55:55 +0000 2023",
      "favorited": false,
      "full_text": "a customer corrected my grammar on the chalkboard. it was \"it's\" and she was right. she got the heel of the rye",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1736372022277048579"
          ],
          "editableUntil": "2023-12-17T14:05:25.000Z",
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
        "52"
      ],
      "favorite_count": "15",
      "id_str": "1736372022277048579",
      "truncated": false,
      "retweet_count": "12",
      "id": "1736372022277048579",
      "possibly_sensitive": false,
      "created_at": "Sun Dec 17 13:05:25 +0000 2023",
      "favorited": false,
      "full_text": "the year in numbers: 61,204 loaves, 3 outages, 1 cat",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1742895087743927642"
          ],
          "editableUntil": "2024-01-04T14:05:45.000Z",
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
        "30"
      ],
      "favorite_count": "8",
      "id_str": "1742895087743927642",
      "truncated": false,
      "retweet_count": "10",
      "id": "1742895087743927642",
      "possibly_sensitive": false,
      "created_at": "Thu Jan 04 13:05:45 +0000 2024",
      "favorited": false,
      "full_text": "january is just a long tuesday",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1745905687851960973"
          ],
          "editableUntil": "2024-01-12T21:28:48.000Z",
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
        "79"
      ],
      "favorite_count": "94",
      "id_str": "1745905687851960973",
      "truncated": false,
      "retweet_count": "10",
      "id": "1745905687851960973",
      "possibly_sensitive": false,
      "created_at": "Fri Jan 12 20:28:48 +0000 2024",
      "favorited": false,
      "full_text": "ok so i gave a talk. slides: nine. bread: forty. questions: all about the bread",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1748921153352634220"
          ],
          "editableUntil": "2024-01-21T05:11:11.000Z",
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
        "urls": [
          {
            "url": "https://t.co/LVmL5lS2Ma",
            "expanded_url": "https://talks.example/2024/ovens-are-queues",
            "display_url": "talks.example/2024/ovens-a…",
            "indices": [
              "85",
              "108"
            ]
          }
        ]
      },
      "display_text_range": [
        "0",
        "108"
      ],
      "favorite_count": "23",
      "id_str": "1748921153352634220",
      "truncated": false,
      "retweet_count": "11",
      "id": "1748921153352634220",
      "possibly_sensitive": false,
      "created_at": "Sun Jan 21 04:11:11 +0000 2024",
      "favorited": false,
      "full_text": "\"ovens are queues\", the recording. you can hear the moment where i drop the baguette https://t.co/LVmL5lS2Ma",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1752208489444280359"
          ],
          "editableUntil": "2024-01-30T06:53:53.000Z",
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
        "90"
      ],
      "favorite_count": "24",
      "id_str": "1752208489444280359",
      "truncated": false,
      "retweet_count": "6",
      "id": "1752208489444280359",
      "possibly_sensitive": false,
      "created_at": "Tue Jan 30 05:53:53 +0000 2024",
      "favorited": false,
      "full_text": "someone in the audience asked what we use for observability. windows. the oven has windows",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1755438929802167502"
          ],
          "editableUntil": "2024-02-08T04:50:30.000Z",
          "editsRemaining": "5",
          "isEditEligible": false
        }
      },
      "retweeted": false,
      "source": "<a href=\"http://twitter.com/download/android\" rel=\"nofollow\">Twitter for Android</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [
          {
            "name": "petit four",
            "screen_name": "petitfour_dev",
            "indices": [
              "3",
              "17"
            ],
            "id_str": "859701610148790351",
            "id": "859701610148790351"
          }
        ],
        "urls": []
      },
      "display_text_range": [
        "0",
        "144"
      ],
      "favorite_count": "0",
      "id_str": "1755438929802167502",
      "truncated": false,
      "retweet_count": "0",
      "id": "1755438929802167502",
      "possibly_sensitive": false,
      "created_at": "Thu Feb 08 03:50:30 +0000 2024",
      "favorited": false,
      "full_text": "RT @petitfour_dev: the baker's talk was the best of the day and not only because she handed out focaccia at the Q&amp;A (but also because of th…",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1758584062210999793"
          ],
          "editableUntil": "2024-02-16T21:08:08.000Z",
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
        "urls": [],
        "media": [
          {
            "expanded_url": "https://twitter.com/crumbsandcrates/status/1758584062210999793/photo/1",
            "indices": [
              "78",
              "101"
            ],
            "url": "https://t.co/XKetJ8aNl5",
            "media_url": "http://pbs.twimg.com/media/vjsiAyCUOyXUjg3.jpg",
            "id_str": "1758584024462262303",
            "id": "1758584024462262303",
            "media_url_https": "https://pbs.twimg.com/media/vjsiAyCUOyXUjg3.jpg",
            "sizes": {
              "small": {
                "w": "680",
                "h": "510",
                "resize": "fit"
              },
              "thumb": {
                "w": "150",
                "h": "150",
                "resize": "crop"
              }
            },
            "type": "photo",
            "display_url": "pic.twitter.com/XKetJ8aNl5"
          }
        ]
      },
      "display_text_range": [
        "0",
        "101"
      ],
      "favorite_count": "29",
      "id_str": "1758584062210999793",
      "truncated": false,
      "retweet_count": "10",
      "id": "1758584062210999793",
      "possibly_sensitive": false,
      "created_at": "Fri Feb 16 20:08:08 +0000 2024",
      "favorited": false,
      "full_text": "test bake with the heritage wheat. it smells like a field that has read books https://t.co/XKetJ8aNl5",
      "lang": "en",
      "extended_entities": {
        "media": [
          {
            "expanded_url": "https://twitter.com/crumbsandcrates/status/1758584062210999793/photo/1",
            "indices": [
              "78",
              "101"
            ],
            "url": "https://t.co/XKetJ8aNl5",
            "media_url": "http://pbs.twimg.com/media/vjsiAyCUOyXUjg3.jpg",
            "id_str": "1758584024462262303",
            "id": "1758584024462262303",
            "media_url_https": "https://pbs.twimg.com/media/vjsiAyCUOyXUjg3.jpg",
            "sizes": {
              "small": {
                "w": "680",
                "h": "510",
                "resize": "fit"
              },
              "thumb": {
                "w": "150",
                "h": "150",
                "resize": "crop"
              }
            },
            "type": "photo",
            "display_url": "pic.twitter.com/XKetJ8aNl5"
          }
        ]
      }
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1761602254009270560"
          ],
          "editableUntil": "2024-02-25T05:01:21.000Z",
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
        "71"
      ],
      "favorite_count": "66",
      "id_str": "1761602254009270560",
      "truncated": false,
      "retweet_count": "7",
      "id": "1761602254009270560",
      "possibly_sensitive": false,
      "created_at": "Sun Feb 25 04:01:21 +0000 2024",
      "favorited": false,
      "full_text": "hired a second developer. she is a pastry chef. the code has layers now",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1761603164173240939"
          ],
          "editableUntil": "2024-02-25T05:04:58.000Z",
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
        "31"
      ],
      "favorite_count": "81",
      "id_str": "1761603164173240939",
      "truncated": false,
      "retweet_count": "4",
      "id": "1761603164173240939",
      "possibly_sensitive": false,
      "created_at": "Sun Feb 25 04:04:58 +0000 2024",
      "favorited": false,
      "full_text": "729 layers if you fold it right",
      "lang": "en",
      "in_reply_to_status_id": "1761602254009270560",
      "in_reply_to_status_id_str": "1761602254009270560",
      "in_reply_to_user_id": "1101696660272058369",
      "in_reply_to_user_id_str": "1101696660272058369",
      "in_reply_to_screen_name": "crumbsandcrates"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1761604133057464962"
          ],
          "editableUntil": "2024-02-25T05:08:49.000Z",
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
        "51"
      ],
      "favorite_count": "79",
      "id_str": "1761604133057464962",
      "truncated": false,
      "retweet_count": "3",
      "id": "1761604133057464962",
      "possibly_sensitive": false,
      "created_at": "Sun Feb 25 04:08:49 +0000 2024",
      "favorited": false,
      "full_text": "she reviews like she laminates: cold hands, no rush",
      "lang": "en",
      "in_reply_to_status_id": "1761603164173240939",
      "in_reply_to_status_id_str": "1761603164173240939",
      "in_reply_to_user_id": "1101696660272058369",
      "in_reply_to_user_id_str": "1101696660272058369",
      "in_reply_to_screen_name": "crumbsandcrates"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1771047457518521813"
          ],
          "editableUntil": "2024-03-22T06:33:13.000Z",
          "editsRemaining": "5",
          "isEditEligible": false
        }
      },
      "retweeted": false,
      "source": "<a href=\"http://twitter.com/download/android\" rel=\"nofollow\">Twitter for Android</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [
          {
            "name": "rye & shine",
            "screen_name": "rye_and_shine_",
            "indices": [
              "0",
              "15"
            ],
            "id_str": "859339222283190350",
            "id": "859339222283190350"
          }
        ],
        "urls": []
      },
      "display_text_range": [
        "0",
        "83"
      ],
      "favorite_count": "450",
      "id_str": "1771047457518521813",
      "truncated": false,
      "retweet_count": "12",
      "id": "1771047457518521813",
      "possibly_sensitive": false,
      "created_at": "Fri Mar 22 05:33:13 +0000 2024",
      "favorited": false,
      "full_text": "@rye_and_shine_ the trick is to stop. nobody tells you that. you just stop kneading",
      "lang": "en",
      "in_reply_to_status_id": "1771040159429558283",
      "in_reply_to_status_id_str": "1771040159429558283",
      "in_reply_to_user_id": "859339222283190350",
      "in_reply_to_user_id_str": "859339222283190350",
      "in_reply_to_screen_name": "rye_and_shine_"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1774549516809145300"
          ],
          "editableUntil": "2024-03-31T22:29:09.000Z",
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
        "25"
      ],
      "favorite_count": "71",
      "id_str": "1774549516809145300",
      "truncated": false,
      "retweet_count": "3",
      "id": "1774549516809145300",
      "possibly_sensitive": false,
      "created_at": "Sun Mar 31 21:29:09 +0000 2024",
      "favorited": false,
      "full_text": "今日のパンは少し焼きすぎた。でも、いい匂いがする。",
      "lang": "ja"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1777560200803254319"
          ],
          "editableUntil": "2024-04-09T05:52:32.000Z",
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
        "105"
      ],
      "favorite_count": "17",
      "id_str": "1777560200803254319",
      "truncated": false,
      "retweet_count": "6",
      "id": "1777560200803254319",
      "possibly_sensitive": false,
      "created_at": "Tue Apr 09 04:52:32 +0000 2024",
      "favorited": false,
      "full_text": "a big chain asked to buy the order system. i asked what they would change. \"the bread part.\" no thank you",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1781052193764280022"
          ],
          "editableUntil": "2024-04-18T21:08:28.000Z",
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
        "71"
      ],
      "favorite_count": "88",
      "id_str": "1781052193764280022",
      "truncated": false,
      "retweet_count": "11",
      "id": "1781052193764280022",
      "possibly_sensitive": false,
      "created_at": "Thu Apr 18 20:08:28 +0000 2024",
      "favorited": false,
      "full_text": "it rained into the flour store. i have now met every mop in this street",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1783707997696951033"
          ],
          "editableUntil": "2024-04-26T05:01:41.000Z",
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
        "75"
      ],
      "favorite_count": "43",
      "id_str": "1783707997696951033",
      "truncated": false,
      "retweet_count": "4",
      "id": "1783707997696951033",
      "possibly_sensitive": false,
      "created_at": "Fri Apr 26 04:01:41 +0000 2024",
      "favorited": false,
      "full_text": "tests green, ovens hot, cat asleep. do not speak to me i am having a moment",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1787205023822774440"
          ],
          "editableUntil": "2024-05-05T20:37:37.000Z",
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
        "54"
      ],
      "favorite_count": "79",
      "id_str": "1787205023822774440",
      "truncated": false,
      "retweet_count": "11",
      "id": "1787205023822774440",
      "possibly_sensitive": false,
      "created_at": "Sun May 05 19:37:37 +0000 2024",
      "favorited": false,
      "full_text": "the printer and i had a long talk. we both said things",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1790502342357944499"
          ],
          "editableUntil": "2024-05-14T22:59:59.000Z",
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
        "61"
      ],
      "favorite_count": "41",
      "id_str": "1790502342357944499",
      "truncated": false,
      "retweet_count": "3",
      "id": "1790502342357944499",
      "possibly_sensitive": false,
      "created_at": "Tue May 14 21:59:59 +0000 2024",
      "favorited": false,
      "full_text": "i do not have a morning routine, the morning has a me routine",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1793467987915704682"
          ],
          "editableUntil": "2024-05-23T03:24:24.000Z",
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
      "favorite_count": "29",
      "id_str": "1793467987915704682",
      "truncated": false,
      "retweet_count": "8",
      "id": "1793467987915704682",
      "possibly_sensitive": false,
      "created_at": "Thu May 23 02:24:24 +0000 2024",
      "favorited": false,
      "full_text": "ok so a small rant about delivery slots",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1793468789027767453"
          ],
          "editableUntil": "2024-05-23T03:27:35.000Z",
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
        "81"
      ],
      "favorite_count": "53",
      "id_str": "1793468789027767453",
      "truncated": false,
      "retweet_count": "10",
      "id": "1793468789027767453",
      "possibly_sensitive": false,
      "created_at": "Thu May 23 02:27:35 +0000 2024",
      "favorited": false,
      "full_text": "everyone wants 6:30. of course they do. i also want 6:30. 6:30 has thirty minutes",
      "lang": "en",
      "in_reply_to_status_id": "1793467987915704682",
      "in_reply_to_status_id_str": "1793467987915704682",
      "in_reply_to_user_id": "1101696660272058369",
      "in_reply_to_user_id_str": "1101696660272058369",
      "in_reply_to_screen_name": "crumbsandcrates"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1793470655493049980"
          ],
          "editableUntil": "2024-05-23T03:35:00.000Z",
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
        "77"
      ],
      "favorite_count": "24",
      "id_str": "1793470655493049980",
      "truncated": false,
      "retweet_count": "6",
      "id": "1793470655493049980",
      "possibly_sensitive": false,
      "created_at": "Thu May 23 02:35:00 +0000 2024",
      "favorited": false,
      "full_text": "so the page now shows how many loaves fit into a slot, like seats in a cinema",
      "lang": "en",
      "in_reply_to_status_id": "1793468789027767453",
      "in_reply_to_status_id_str": "1793468789027767453",
      "in_reply_to_user_id": "1101696660272058369",
      "in_reply_to_user_id_str": "1101696660272058369",
      "in_reply_to_screen_name": "crumbsandcrates"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1793471158809527479"
          ],
          "editableUntil": "2024-05-23T03:37:00.000Z",
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
        "81"
      ],
      "favorite_count": "72",
      "id_str": "1793471158809527479",
      "truncated": false,
      "retweet_count": "7",
      "id": "1793471158809527479",
      "possibly_sensitive": false,
      "created_at": "Thu May 23 02:37:00 +0000 2024",
      "favorited": false,
      "full_text": "complaints went down by half, and the florist now picks 6:50 \"for the good seats\"",
      "lang": "en",
      "in_reply_to_status_id": "1793470655493049980",
      "in_reply_to_status_id_str": "1793470655493049980",
      "in_reply_to_user_id": "1101696660272058369",
      "in_reply_to_user_id_str": "1101696660272058369",
      "in_reply_to_screen_name": "crumbsandcrates"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1806411664585654942"
          ],
          "editableUntil": "2024-06-27T20:37:57.000Z",
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
        "90"
      ],
      "favorite_count": "457",
      "id_str": "1806411664585654942",
      "truncated": false,
      "retweet_count": "6",
      "id": "1806411664585654942",
      "possibly_sensitive": false,
      "created_at": "Thu Jun 27 19:37:57 +0000 2024",
      "favorited": false,
      "full_text": "wer um fünf uhr früh gute laune hat, hat entweder nicht geschlafen oder den ofen repariert",
      "lang": "de"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1809328597496759073"
          ],
          "editableUntil": "2024-07-05T21:48:48.000Z",
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
        "82"
      ],
      "favorite_count": "65",
      "id_str": "1809328597496759073",
      "truncated": false,
      "retweet_count": "1",
      "id": "1809328597496759073",
      "possibly_sensitive": false,
      "created_at": "Fri Jul 05 20:48:48 +0000 2024",
      "favorited": false,
      "full_text": "the old php is still in a branch called \"museum\". admission is free. bring tissues",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1812346793489335920"
          ],
          "editableUntil": "2024-07-14T05:42:02.000Z",
          "editsRemaining": "5",
          "isEditEligible": true
        }
      },
      "retweeted": false,
      "source": "<a href=\"http://twitter.com/download/android\" rel=\"nofollow\">Twitter for Android</a>",
      "entities": {
        "hashtags": [],
        "symbols": [
          {
            "text": "CRUMB",
            "indices": [
              "11",
              "17"
            ]
          }
        ],
        "user_mentions": [],
        "urls": []
      },
      "display_text_range": [
        "0",
        "76"
      ],
      "favorite_count": "65",
      "id_str": "1812346793489335920",
      "truncated": false,
      "retweet_count": "1",
      "id": "1812346793489335920",
      "possibly_sensitive": false,
      "created_at": "Sun Jul 14 04:42:02 +0000 2024",
      "favorited": false,
      "full_text": "do not put $CRUMB in my mentions. it is a joke, it was always a joke, i bake",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1815600520623031259"
          ],
          "editableUntil": "2024-07-23T05:11:11.000Z",
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
        "22"
      ],
      "favorite_count": "37",
      "id_str": "1815600520623031259",
      "truncated": false,
      "retweet_count": "4",
      "id": "1815600520623031259",
      "possibly_sensitive": false,
      "created_at": "Tue Jul 23 04:11:11 +0000 2024",
      "favorited": false,
      "full_text": "my knees: semver major",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1819003963438006802"
          ],
          "editableUntil": "2024-08-01T14:35:15.000Z",
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
        "99"
      ],
      "favorite_count": "31",
      "id_str": "1819003963438006802",
      "truncated": false,
      "retweet_count": "6",
      "id": "1819003963438006802",
      "possibly_sensitive": false,
      "created_at": "Thu Aug 01 13:35:15 +0000 2024",
      "favorited": false,
      "full_text": "visited a school. twenty kids, twenty pretzels, one asked if bread has bugs. i said only on fridays",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1821783394481081893",
            "1821784401114041893"
          ],
          "editableUntil": "2024-08-09T06:39:43.000Z",
          "editsRemaining": "4",
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
        "9"
      ],
      "favorite_count": "54",
      "id_str": "1821783394481081893",
      "truncated": false,
      "retweet_count": "12",
      "id": "1821783394481081893",
      "possibly_sensitive": false,
      "created_at": "Fri Aug 09 05:39:43 +0000 2024",
      "favorited": false,
      "full_text": "heat wave",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "edit": {
          "initialTweetId": "1821783394481081893",
          "editControlInitial": {
            "editTweetIds": [
              "1821783394481081893",
              "1821784401114041893"
            ],
            "editableUntil": "2024-08-09T06:39:43.000Z",
            "editsRemaining": "4",
            "isEditEligible": true
          }
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
        "62"
      ],
      "favorite_count": "12",
      "id_str": "1821784401114041893",
      "truncated": false,
      "retweet_count": "2",
      "id": "1821784401114041893",
      "possibly_sensitive": false,
      "created_at": "Fri Aug 09 05:43:43 +0000 2024",
      "favorited": false,
      "full_text": "heat wave. dough proofs in the time it takes to say \"dough pro",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1825020046603192260"
          ],
          "editableUntil": "2024-08-18T05:01:01.000Z",
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
      "favorite_count": "77",
      "id_str": "1825020046603192260",
      "truncated": false,
      "retweet_count": "0",
      "id": "1825020046603192260",
      "possibly_sensitive": false,
      "created_at": "Sun Aug 18 04:01:01 +0000 2024",
      "favorited": false,
      "full_text": "hace tanto calor que la masa madre ha pedido vacaciones",
      "lang": "es"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1828431164994487839"
          ],
          "editableUntil": "2024-08-27T14:55:35.000Z",
          "editsRemaining": "5",
          "isEditEligible": false
        }
      },
      "retweeted": false,
      "source": "<a href=\"http://twitter.com/download/android\" rel=\"nofollow\">Twitter for Android</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [
          {
            "name": "Ofenpost",
            "screen_name": "ofenpost_",
            "indices": [
              "0",
              "10"
            ],
            "id_str": "858976834417590349",
            "id": "858976834417590349"
          }
        ],
        "urls": []
      },
      "display_text_range": [
        "0",
        "96"
      ],
      "favorite_count": "49",
      "id_str": "1828431164994487839",
      "truncated": false,
      "retweet_count": "9",
      "id": "1828431164994487839",
      "possibly_sensitive": false,
      "created_at": "Tue Aug 27 13:55:35 +0000 2024",
      "favorited": false,
      "full_text": "@ofenpost_ 26 hours is fine if it is cold. if it is warm that is not a dough, that is a roommate",
      "lang": "en",
      "in_reply_to_status_id": "1828417072133046283",
      "in_reply_to_status_id_str": "1828417072133046283",
      "in_reply_to_user_id": "858976834417590349",
      "in_reply_to_user_id_str": "858976834417590349",
      "in_reply_to_screen_name": "ofenpost_"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1831773614240696262"
          ],
          "editableUntil": "2024-09-05T20:17:17.000Z",
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
        "92"
      ],
      "favorite_count": "20",
      "id_str": "1831773614240696262",
      "truncated": false,
      "retweet_count": "10",
      "id": "1831773614240696262",
      "possibly_sensitive": false,
      "created_at": "Thu Sep 05 19:17:17 +0000 2024",
      "favorited": false,
      "full_text": "the florist next door runs our software now. for flowers. \"same as tuesday\" works for tulips",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1834447164273591913"
          ],
          "editableUntil": "2024-09-13T05:21:01.000Z",
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
        "106"
      ],
      "favorite_count": "38",
      "id_str": "1834447164273591913",
      "truncated": false,
      "retweet_count": "0",
      "id": "1834447164273591913",
      "possibly_sensitive": false,
      "created_at": "Fri Sep 13 04:21:01 +0000 2024",
      "favorited": false,
      "full_text": "three contributors this week!! a nurse, a student and somebody called x_oven_x who only speaks in emoji 🦀🥖",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1837939325006775000"
          ],
          "editableUntil": "2024-09-22T20:37:37.000Z",
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
        "urls": [],
        "media": [
          {
            "expanded_url": "https://twitter.com/crumbsandcrates/status/1837939325006775000/photo/1",
            "indices": [
              "73",
              "96"
            ],
            "url": "https://t.co/x38PLzPpWW",
            "media_url": "http://pbs.twimg.com/media/9bRzF8mxj3JwpAp.jpg",
            "id_str": "1837939287258038303",
            "id": "1837939287258038303",
            "media_url_https": "https://pbs.twimg.com/media/9bRzF8mxj3JwpAp.jpg",
            "sizes": {
              "small": {
                "w": "680",
                "h": "510",
                "resize": "fit"
              },
              "thumb": {
                "w": "150",
                "h": "150",
                "resize": "crop"
              }
            },
            "type": "photo",
            "display_url": "pic.twitter.com/x38PLzPpWW"
          }
        ]
      },
      "display_text_range": [
        "0",
        "96"
      ],
      "favorite_count": "67",
      "id_str": "1837939325006775000",
      "truncated": false,
      "retweet_count": "2",
      "id": "1837939325006775000",
      "possibly_sensitive": false,
      "created_at": "Sun Sep 22 19:37:37 +0000 2024",
      "favorited": false,
      "full_text": "foggy ride, warm boxes. the whole street smells like the inside of a hug https://t.co/x38PLzPpWW",
      "lang": "en",
      "extended_entities": {
        "media": [
          {
            "expanded_url": "https://twitter.com/crumbsandcrates/status/1837939325006775000/photo/1",
            "indices": [
              "73",
              "96"
            ],
            "url": "https://t.co/x38PLzPpWW",
            "media_url": "http://pbs.twimg.com/media/9bRzF8mxj3JwpAp.jpg",
            "id_str": "1837939287258038303",
            "id": "1837939287258038303",
            "media_url_https": "https://pbs.twimg.com/media/9bRzF8mxj3JwpAp.jpg",
            "sizes": {
              "small": {
                "w": "680",
                "h": "510",
                "resize": "fit"
              },
              "thumb": {
                "w": "150",
                "h": "150",
                "resize": "crop"
              }
            },
            "type": "photo",
            "display_url": "pic.twitter.com/x38PLzPpWW"
          }
        ]
      }
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1840965280461753219"
          ],
          "editableUntil": "2024-10-01T05:01:41.000Z",
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
        "48"
      ],
      "favorite_count": "90",
      "id_str": "1840965280461753219",
      "truncated": false,
      "retweet_count": "6",
      "id": "1840965280461753219",
      "possibly_sensitive": false,
      "created_at": "Tue Oct 01 04:01:41 +0000 2024",
      "favorited": false,
      "full_text": "is it still a side project if it pays the butter",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1844234451022775322"
          ],
          "editableUntil": "2024-10-10T05:32:12.000Z",
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
        "92"
      ],
      "favorite_count": "8",
      "id_str": "1844234451022775322",
      "truncated": false,
      "retweet_count": "4",
      "id": "1844234451022775322",
      "possibly_sensitive": false,
      "created_at": "Thu Oct 10 04:32:12 +0000 2024",
      "favorited": false,
      "full_text": "my mother uses the order page to check if i am awake. the \"last login\" feature was a mistake",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1847143876129721133"
          ],
          "editableUntil": "2024-10-18T06:13:13.000Z",
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
        "67"
      ],
      "favorite_count": "3",
      "id_str": "1847143876129721133",
      "truncated": false,
      "retweet_count": "10",
      "id": "1847143876129721133",
      "possibly_sensitive": false,
      "created_at": "Fri Oct 18 05:13:13 +0000 2024",
      "favorited": false,
      "full_text": "sauerteig füttern, katze füttern, ci füttern. in dieser reihenfolge",
      "lang": "de"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1853624373605303399"
          ],
          "editableUntil": "2024-11-05T03:24:24.000Z",
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
        "urls": [
          {
            "url": "https://t.co/maZeiabaNm",
            "expanded_url": "https://twitter.com/i/web/status/1853624373605303399",
            "display_url": "twitter.com/i/web/status/1…",
            "indices": [
              "259",
              "282"
            ]
          }
        ]
      },
      "display_text_range": [
        "0",
        "282"
      ],
      "favorite_count": "80",
      "id_str": "1853624373605303399",
      "truncated": false,
      "retweet_count": "4",
      "id": "1853624373605303399",
      "possibly_sensitive": false,
      "created_at": "Tue Nov 05 02:24:24 +0000 2024",
      "favorited": false,
      "full_text": "ok so it is two years since the rewrite and some of you asked if it was worth it.\n\nwhat got better: nothing gets lost. i sleep until 2:30, which is practically noon. the apprentice can change the bake list without calling me. when the power goes, the orders… https://t.co/maZeiabaNm",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1857156120179639982"
          ],
          "editableUntil": "2024-11-14T21:18:18.000Z",
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
        "77"
      ],
      "favorite_count": "464",
      "id_str": "1857156120179639982",
      "truncated": false,
      "retweet_count": "0",
      "id": "1857156120179639982",
      "possibly_sensitive": false,
      "created_at": "Thu Nov 14 20:18:18 +0000 2024",
      "favorited": false,
      "full_text": "the printer has been replaced. a moment of silence. ok that is enough silence",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1859812007998393553"
          ],
          "editableUntil": "2024-11-22T05:11:51.000Z",
          "editsRemaining": "5",
          "isEditEligible": true
        }
      },
      "retweeted": false,
      "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
      "entities": {
        "hashtags": [
          {
            "text": "winterbread",
            "indices": [
              "0",
              "12"
            ]
          }
        ],
        "symbols": [],
        "user_mentions": [],
        "urls": []
      },
      "display_text_range": [
        "0",
        "68"
      ],
      "favorite_count": "90",
      "id_str": "1859812007998393553",
      "truncated": false,
      "retweet_count": "6",
      "id": "1859812007998393553",
      "possibly_sensitive": false,
      "created_at": "Fri Nov 22 04:11:51 +0000 2024",
      "favorited": false,
      "full_text": "#winterbread is back. it is the same bread with a scarf on the label",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1863230722274231680"
          ],
          "editableUntil": "2024-12-01T15:36:36.000Z",
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
        "67"
      ],
      "favorite_count": "480",
      "id_str": "1863230722274231680",
      "truncated": false,
      "retweet_count": "12",
      "id": "1863230722274231680",
      "possibly_sensitive": false,
      "created_at": "Sun Dec 01 14:36:36 +0000 2024",
      "favorited": false,
      "full_text": "sold out at 8:05. the display case looks like a very clean argument",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1866476857717686379"
          ],
          "editableUntil": "2024-12-10T14:35:35.000Z",
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
      "favorite_count": "29",
      "id_str": "1866476857717686379",
      "truncated": false,
      "retweet_count": "10",
      "id": "1866476857717686379",
      "possibly_sensitive": false,
      "created_at": "Tue Dec 10 13:35:35 +0000 2024",
      "favorited": false,
      "full_text": "christmas plan: 900 stollen, 2 ovens, 1 iterator. wish us luck 👩‍🍳",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1869588465054650242"
          ],
          "editableUntil": "2024-12-19T04:40:00.000Z",
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
        "38"
      ],
      "favorite_count": "94",
      "id_str": "1869588465054650242",
      "truncated": false,
      "retweet_count": "11",
      "id": "1869588465054650242",
      "possibly_sensitive": false,
      "created_at": "Thu Dec 19 03:40:00 +0000 2024",
      "favorited": false,
      "full_text": "899. we do not talk about the last one",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1875625020617657173"
          ],
          "editableUntil": "2025-01-04T20:27:07.000Z",
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
        "24"
      ],
      "favorite_count": "32",
      "id_str": "1875625020617657173",
      "truncated": false,
      "retweet_count": "2",
      "id": "1875625020617657173",
      "possibly_sensitive": false,
      "created_at": "Sat Jan 04 19:27:07 +0000 2025",
      "favorited": false,
      "full_text": "ok so january again, huh",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1878681854538681620"
          ],
          "editableUntil": "2025-01-13T06:53:53.000Z",
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
        "63"
      ],
      "favorite_count": "28",
      "id_str": "1878681854538681620",
      "truncated": false,
      "retweet_count": "4",
      "id": "1878681854538681620",
      "possibly_sensitive": false,
      "created_at": "Mon Jan 13 05:53:53 +0000 2025",
      "favorited": false,
      "full_text": "the proofer now has an api. GET /dough returns 200 or \"not yet\"",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1882414248227770159"
          ],
          "editableUntil": "2025-01-23T14:05:05.000Z",
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
        "121"
      ],
      "favorite_count": "47",
      "id_str": "1882414248227770159",
      "truncated": false,
      "retweet_count": "3",
      "id": "1882414248227770159",
      "possibly_sensitive": false,
      "created_at": "Thu Jan 23 13:05:05 +0000 2025",
      "favorited": false,
      "full_text": "somebody printed our readme and glued it into their recipe binder. between brioche and buns. i am done, that was the goal",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1885911442125754102"
          ],
          "editableUntil": "2025-02-02T05:41:41.000Z",
          "editsRemaining": "5",
          "isEditEligible": false
        }
      },
      "retweeted": false,
      "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [
          {
            "name": "petit four",
            "screen_name": "petitfour_dev",
            "indices": [
              "0",
              "14"
            ],
            "id_str": "859701610148790351",
            "id": "859701610148790351"
          }
        ],
        "urls": []
      },
      "display_text_range": [
        "0",
        "91"
      ],
      "favorite_count": "81",
      "id_str": "1885911442125754102",
      "truncated": false,
      "retweet_count": "5",
      "id": "1885911442125754102",
      "possibly_sensitive": false,
      "created_at": "Sun Feb 02 04:41:41 +0000 2025",
      "favorited": false,
      "full_text": "@petitfour_dev no kubernetes. one box under the counter. if it gets warm we put rolls on it",
      "lang": "en",
      "in_reply_to_status_id": "1885904899011510283",
      "in_reply_to_status_id_str": "1885904899011510283",
      "in_reply_to_user_id": "859701610148790351",
      "in_reply_to_user_id_str": "859701610148790351",
      "in_reply_to_screen_name": "petitfour_dev"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1889147511239607993"
          ],
          "editableUntil": "2025-02-11T04:00:40.000Z",
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
        "60"
      ],
      "favorite_count": "16",
      "id_str": "1889147511239607993",
      "truncated": false,
      "retweet_count": "12",
      "id": "1889147511239607993",
      "possibly_sensitive": false,
      "created_at": "Tue Feb 11 03:00:40 +0000 2025",
      "favorited": false,
      "full_text": "bread is just a very slow build system with better artifacts",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1893052991271865960"
          ],
          "editableUntil": "2025-02-21T22:39:39.000Z",
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
        "79"
      ],
      "favorite_count": "8",
      "id_str": "1893052991271865960",
      "truncated": false,
      "retweet_count": "10",
      "id": "1893052991271865960",
      "possibly_sensitive": false,
      "created_at": "Fri Feb 21 21:39:39 +0000 2025",
      "favorited": false,
      "full_text": "my starter turned six. gerald, you flat, stubborn thing. you made all of this 🥖",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1896555134448566739"
          ],
          "editableUntil": "2025-03-03T14:35:55.000Z",
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
        "urls": [],
        "media": [
          {
            "expanded_url": "https://twitter.com/crumbsandcrates/status/1896555134448566739/photo/1",
            "indices": [
              "74",
              "97"
            ],
            "url": "https://t.co/82KDnIqFWv",
            "media_url": "http://pbs.twimg.com/media/6fDZsvGN3yB5l8w.jpg",
            "id_str": "1896555096699830303",
            "id": "1896555096699830303",
            "media_url_https": "https://pbs.twimg.com/media/6fDZsvGN3yB5l8w.jpg",
            "sizes": {
              "small": {
                "w": "680",
                "h": "510",
                "resize": "fit"
              },
              "thumb": {
                "w": "150",
                "h": "150",
                "resize": "crop"
              }
            },
            "type": "photo",
            "display_url": "pic.twitter.com/82KDnIqFWv"
          }
        ]
      },
      "display_text_range": [
        "0",
        "97"
      ],
      "favorite_count": "55",
      "id_str": "1896555134448566739",
      "truncated": false,
      "retweet_count": "2",
      "id": "1896555134448566739",
      "possibly_sensitive": false,
      "created_at": "Mon Mar 03 13:35:55 +0000 2025",
      "favorited": false,
      "full_text": "the cat, in the box, on the box, next to the other box. coverage 100% 🐈‍⬛ https://t.co/82KDnIqFWv",
      "lang": "en",
      "extended_entities": {
        "media": [
          {
            "expanded_url": "https://twitter.com/crumbsandcrates/status/1896555134448566739/photo/1",
            "indices": [
              "74",
              "97"
            ],
            "url": "https://t.co/82KDnIqFWv",
            "media_url": "http://pbs.twimg.com/media/6fDZsvGN3yB5l8w.jpg",
            "id_str": "1896555096699830303",
            "id": "1896555096699830303",
            "media_url_https": "https://pbs.twimg.com/media/6fDZsvGN3yB5l8w.jpg",
            "sizes": {
              "small": {
                "w": "680",
                "h": "510",
                "resize": "fit"
              },
              "thumb": {
                "w": "150",
                "h": "150",
                "resize": "crop"
              }
            },
            "type": "photo",
            "display_url": "pic.twitter.com/82KDnIqFWv"
          }
        ]
      }
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1899682181018551562"
          ],
          "editableUntil": "2025-03-12T05:41:41.000Z",
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
        "96"
      ],
      "favorite_count": "467",
      "id_str": "1899682181018551562",
      "truncated": false,
      "retweet_count": "5",
      "id": "1899682181018551562",
      "possibly_sensitive": false,
      "created_at": "Wed Mar 12 04:41:41 +0000 2025",
      "favorited": false,
      "full_text": "a man asked for \"something without carbs\". we looked at each other for a while. i sold him a bag",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1903301198476218013"
          ],
          "editableUntil": "2025-03-22T05:22:22.000Z",
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
        "88"
      ],
      "favorite_count": "81",
      "id_str": "1903301198476218013",
      "truncated": false,
      "retweet_count": "3",
      "id": "1903301198476218013",
      "possibly_sensitive": false,
      "created_at": "Sat Mar 22 04:22:22 +0000 2025",
      "favorited": false,
      "full_text": "rewrote the allocator of the display case. (i moved the rolls to the left.) sales up 12%",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1907084603290552700"
          ],
          "editableUntil": "2025-04-01T15:56:16.000Z",
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
        "urls": [
          {
            "url": "https://t.co/s0NzuCAvq4",
            "expanded_url": "https://twitter.com/numbers_nora/status/1907031755060150371",
            "display_url": "twitter.com/numbers_nora/status/1…",
            "indices": [
              "43",
              "66"
            ]
          }
        ]
      },
      "display_text_range": [
        "0",
        "66"
      ],
      "favorite_count": "97",
      "id_str": "1907084603290552700",
      "truncated": false,
      "retweet_count": "9",
      "id": "1907084603290552700",
      "possibly_sensitive": false,
      "created_at": "Tue Apr 01 14:56:16 +0000 2025",
      "favorited": false,
      "full_text": "my accountant sent me this with no comment https://t.co/s0NzuCAvq4",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1910191601087416119"
          ],
          "editableUntil": "2025-04-10T05:42:22.000Z",
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
        "77"
      ],
      "favorite_count": "29",
      "id_str": "1910191601087416119",
      "truncated": false,
      "retweet_count": "3",
      "id": "1910191601087416119",
      "possibly_sensitive": false,
      "created_at": "Thu Apr 10 04:42:22 +0000 2025",
      "favorited": false,
      "full_text": "the best error message i ever wrote: \"the oven is full. so are you. go home.\"",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1913808055825334622"
          ],
          "editableUntil": "2025-04-20T05:12:52.000Z",
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
        "81"
      ],
      "favorite_count": "81",
      "id_str": "1913808055825334622",
      "truncated": false,
      "retweet_count": "4",
      "id": "1913808055825334622",
      "possibly_sensitive": false,
      "created_at": "Sun Apr 20 04:12:52 +0000 2025",
      "favorited": false,
      "full_text": "die mühle hat jetzt einen newsletter. ausgabe eins: mehl. ausgabe zwei: mehr mehl",
      "lang": "de"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1917672335209399233"
          ],
          "editableUntil": "2025-04-30T21:08:08.000Z",
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
        "78"
      ],
      "favorite_count": "74",
      "id_str": "1917672335209399233",
      "truncated": false,
      "retweet_count": "5",
      "id": "1917672335209399233",
      "possibly_sensitive": false,
      "created_at": "Wed Apr 30 20:08:08 +0000 2025",
      "favorited": false,
      "full_text": "borrowing is when the florist takes my ladder. ownership is when i stop asking",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1920700593337273840"
          ],
          "editableUntil": "2025-05-09T05:41:21.000Z",
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
        "92"
      ],
      "favorite_count": "438",
      "id_str": "1920700593337273840",
      "truncated": false,
      "retweet_count": "9",
      "id": "1920700593337273840",
      "possibly_sensitive": false,
      "created_at": "Fri May 09 04:41:21 +0000 2025",
      "favorited": false,
      "full_text": "ok so i broke prod for nine minutes and the only ticket said \"no hurry, love the seeded rye\"",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1920701222482870299"
          ],
          "editableUntil": "2025-05-09T05:43:51.000Z",
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
        "48"
      ],
      "favorite_count": "413",
      "id_str": "1920701222482870299",
      "truncated": false,
      "retweet_count": "5",
      "id": "1920701222482870299",
      "possibly_sensitive": false,
      "created_at": "Fri May 09 04:43:51 +0000 2025",
      "favorited": false,
      "full_text": "this is why i will never work in an office again",
      "lang": "en",
      "in_reply_to_status_id": "1920700593337273840",
      "in_reply_to_status_id_str": "1920700593337273840",
      "in_reply_to_user_id": "1101696660272058369",
      "in_reply_to_user_id_str": "1101696660272058369",
      "in_reply_to_screen_name": "crumbsandcrates"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1928082794869687282"
          ],
          "editableUntil": "2025-05-29T14:35:35.000Z",
          "editsRemaining": "5",
          "isEditEligible": false
        }
      },
      "retweeted": false,
      "source": "<a href=\"http://twitter.com/download/android\" rel=\"nofollow\">Twitter for Android</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [
          {
            "name": "Ofenpost",
            "screen_name": "ofenpost_",
            "indices": [
              "3",
              "13"
            ],
            "id_str": "858976834417590349",
            "id": "858976834417590349"
          }
        ],
        "urls": []
      },
      "display_text_range": [
        "0",
        "130"
      ],
      "favorite_count": "0",
      "id_str": "1928082794869687282",
      "truncated": false,
      "retweet_count": "0",
      "id": "1928082794869687282",
      "possibly_sensitive": false,
      "created_at": "Thu May 29 13:35:35 +0000 2025",
      "favorited": false,
      "full_text": "RT @ofenpost_: went to leipzig, ate the spelt loaf, met the cat that ordered it. 10/10, no notes, would be invoiced again by a ca…",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1931192095339447653"
          ],
          "editableUntil": "2025-06-07T04:30:50.000Z",
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
        "63"
      ],
      "favorite_count": "13",
      "id_str": "1931192095339447653",
      "truncated": false,
      "retweet_count": "9",
      "id": "1931192095339447653",
      "possibly_sensitive": false,
      "created_at": "Sat Jun 07 03:30:50 +0000 2025",
      "favorited": false,
      "full_text": "lluvia, pan y un bug que solo aparece los jueves. qué romántico",
      "lang": "es"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1934794306220985380"
          ],
          "editableUntil": "2025-06-17T03:04:44.000Z",
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
        "96"
      ],
      "favorite_count": "60",
      "id_str": "1934794306220985380",
      "truncated": false,
      "retweet_count": "7",
      "id": "1934794306220985380",
      "possibly_sensitive": false,
      "created_at": "Tue Jun 17 02:04:44 +0000 2025",
      "favorited": false,
      "full_text": "everyone is asking if i let a machine write my commit messages. have you SEEN my commit messages",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1938703624041401279"
          ],
          "editableUntil": "2025-06-27T21:58:58.000Z",
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
        "119"
      ],
      "favorite_count": "21",
      "id_str": "1938703624041401279",
      "truncated": false,
      "retweet_count": "9",
      "id": "1938703624041401279",
      "possibly_sensitive": false,
      "created_at": "Fri Jun 27 20:58:58 +0000 2025",
      "favorited": false,
      "full_text": "the apprentice passed her exam!!! she baked, she defended the crumb, she also mentioned lock files. we are insufferable",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1941714396115897542"
          ],
          "editableUntil": "2025-07-06T05:22:42.000Z",
          "editsRemaining": "5",
          "isEditEligible": false
        }
      },
      "retweeted": false,
      "source": "<a href=\"http://twitter.com/download/android\" rel=\"nofollow\">Twitter for Android</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [
          {
            "name": "rye & shine",
            "screen_name": "rye_and_shine_",
            "indices": [
              "0",
              "15"
            ],
            "id_str": "859339222283190350",
            "id": "859339222283190350"
          }
        ],
        "urls": []
      },
      "display_text_range": [
        "0",
        "50"
      ],
      "favorite_count": "477",
      "id_str": "1941714396115897542",
      "truncated": false,
      "retweet_count": "7",
      "id": "1941714396115897542",
      "possibly_sensitive": false,
      "created_at": "Sun Jul 06 04:22:42 +0000 2025",
      "favorited": false,
      "full_text": "@rye_and_shine_ flour, water, salt, and a cron job",
      "lang": "en",
      "in_reply_to_status_id": "1941704581444534283",
      "in_reply_to_status_id_str": "1941704581444534283",
      "in_reply_to_user_id": "859339222283190350",
      "in_reply_to_user_id_str": "859339222283190350",
      "in_reply_to_screen_name": "rye_and_shine_"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1945351155479479273"
          ],
          "editableUntil": "2025-07-16T06:13:53.000Z",
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
        "61"
      ],
      "favorite_count": "46",
      "id_str": "1945351155479479273",
      "truncated": false,
      "retweet_count": "1",
      "id": "1945351155479479273",
      "possibly_sensitive": false,
      "created_at": "Wed Jul 16 05:13:53 +0000 2025",
      "favorited": false,
      "full_text": "wind so strong the baguettes had to be delivered vertically 🚲",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1949225585079223320"
          ],
          "editableUntil": "2025-07-26T22:49:29.000Z",
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
      "favorite_count": "70",
      "id_str": "1949225585079223320",
      "truncated": false,
      "retweet_count": "6",
      "id": "1949225585079223320",
      "possibly_sensitive": false,
      "created_at": "Sat Jul 26 21:49:29 +0000 2025",
      "favorited": false,
      "full_text": "there is no cloud, just someone else's proofer",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1952355106288569059"
          ],
          "editableUntil": "2025-08-04T14:05:05.000Z",
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
        "73"
      ],
      "favorite_count": "85",
      "id_str": "1952355106288569059",
      "truncated": false,
      "retweet_count": "9",
      "id": "1952355106288569059",
      "possibly_sensitive": false,
      "created_at": "Mon Aug 04 13:05:05 +0000 2025",
      "favorited": false,
      "full_text": "summer list:\n- fix the flaky door sensor\n- fix the flaky croissant\n- swim",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1955857845056441402"
          ],
          "editableUntil": "2025-08-14T06:03:43.000Z",
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
        "43"
      ],
      "favorite_count": "29",
      "id_str": "1955857845056441402",
      "truncated": false,
      "retweet_count": "2",
      "id": "1955857845056441402",
      "possibly_sensitive": false,
      "created_at": "Thu Aug 14 05:03:43 +0000 2025",
      "favorited": false,
      "full_text": "swam. door still flaky. croissant excellent",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1959610623062970093"
          ],
          "editableUntil": "2025-08-24T14:35:55.000Z",
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
        "88"
      ],
      "favorite_count": "75",
      "id_str": "1959610623062970093",
      "truncated": false,
      "retweet_count": "5",
      "id": "1959610623062970093",
      "possibly_sensitive": false,
      "created_at": "Sun Aug 24 13:35:55 +0000 2025",
      "favorited": false,
      "full_text": "i timed it: from \"i will only fix this one thing\" to sunrise, four hours and ten minutes",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "edit": {
          "initialTweetId": "1962707147682743660",
          "editControlInitial": {
            "editTweetIds": [
              "1962707147682743660",
              "1962708154315703660"
            ],
            "editableUntil": "2025-09-02T03:40:24.000Z",
            "editsRemaining": "4",
            "isEditEligible": true
          }
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
        "113"
      ],
      "favorite_count": "46",
      "id_str": "1962708154315703660",
      "truncated": false,
      "retweet_count": "1",
      "id": "1962708154315703660",
      "possibly_sensitive": false,
      "created_at": "Tue Sep 02 02:44:24 +0000 2025",
      "favorited": false,
      "full_text": "the database of a bakery should be boring. ours is one file, a backup, and a second backup in my mother's kitchen",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1966579425604537639"
          ],
          "editableUntil": "2025-09-12T20:07:27.000Z",
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
        "29"
      ],
      "favorite_count": "98",
      "id_str": "1966579425604537639",
      "truncated": false,
      "retweet_count": "6",
      "id": "1966579425604537639",
      "possibly_sensitive": false,
      "created_at": "Fri Sep 12 19:07:27 +0000 2025",
      "favorited": false,
      "full_text": "パン屋の朝は早い。プログラマーの夜は遅い。私はいつ寝るの？",
      "lang": "ja"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1970122261918646862"
          ],
          "editableUntil": "2025-09-22T14:45:25.000Z",
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
        "96"
      ],
      "favorite_count": "68",
      "id_str": "1970122261918646862",
      "truncated": false,
      "retweet_count": "4",
      "id": "1970122261918646862",
      "possibly_sensitive": false,
      "created_at": "Mon Sep 22 13:45:25 +0000 2025",
      "favorited": false,
      "full_text": "today a customer said \"your site is so fast\". i gave her a roll. i would have given her the shop",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1973252378719160113"
          ],
          "editableUntil": "2025-10-01T06:03:23.000Z",
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
        "65"
      ],
      "favorite_count": "9",
      "id_str": "1973252378719160113",
      "truncated": false,
      "retweet_count": "9",
      "id": "1973252378719160113",
      "possibly_sensitive": false,
      "created_at": "Wed Oct 01 05:03:23 +0000 2025",
      "favorited": false,
      "full_text": "kleine umfrage in der backstube: tabs oder spaces? ergebnis: hefe",
      "lang": "de"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1977129366844342400"
          ],
          "editableUntil": "2025-10-11T22:49:09.000Z",
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
        "95"
      ],
      "favorite_count": "83",
      "id_str": "1977129366844342400",
      "truncated": false,
      "retweet_count": "4",
      "id": "1977129366844342400",
      "possibly_sensitive": false,
      "created_at": "Sat Oct 11 21:49:09 +0000 2025",
      "favorited": false,
      "full_text": "the oven technician saw my dashboard and asked for a job. then he saw my hours and took it back",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1983751048786873922"
          ],
          "editableUntil": "2025-10-30T05:21:21.000Z",
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
        "46"
      ],
      "favorite_count": "78",
      "id_str": "1983751048786873922",
      "truncated": false,
      "retweet_count": "9",
      "id": "1983751048786873922",
      "possibly_sensitive": false,
      "created_at": "Thu Oct 30 04:21:21 +0000 2025",
      "favorited": false,
      "full_text": "still have the printer if anyone is interested",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1987357013570489333"
          ],
          "editableUntil": "2025-11-09T04:10:10.000Z",
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
        "98"
      ],
      "favorite_count": "21",
      "id_str": "1987357013570489333",
      "truncated": false,
      "retweet_count": "10",
      "id": "1987357013570489333",
      "possibly_sensitive": false,
      "created_at": "Sun Nov 09 03:10:10 +0000 2025",
      "favorited": false,
      "full_text": "somewhere between the second rise and the third coffee there is a version of me who answers emails",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1990969374667703540"
          ],
          "editableUntil": "2025-11-19T03:24:24.000Z",
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
        "urls": [],
        "media": [
          {
            "expanded_url": "https://twitter.com/crumbsandcrates/status/1990969374667703540/photo/1",
            "indices": [
              "97",
              "120"
            ],
            "url": "https://t.co/RI6c6wSBQl",
            "media_url": "http://pbs.twimg.com/media/oHI17D81Q1fKNOw.jpg",
            "id_str": "1990969336918966303",
            "id": "1990969336918966303",
            "media_url_https": "https://pbs.twimg.com/media/oHI17D81Q1fKNOw.jpg",
            "sizes": {
              "small": {
                "w": "680",
                "h": "510",
                "resize": "fit"
              },
              "thumb": {
                "w": "150",
                "h": "150",
                "resize": "crop"
              }
            },
            "type": "photo",
            "display_url": "pic.twitter.com/RI6c6wSBQl"
          }
        ]
      },
      "display_text_range": [
        "0",
        "120"
      ],
      "favorite_count": "495",
      "id_str": "1990969374667703540",
      "truncated": false,
      "retweet_count": "10",
      "id": "1990969374667703540",
      "possibly_sensitive": false,
      "created_at": "Wed Nov 19 02:24:24 +0000 2025",
      "favorited": false,
      "full_text": "4:50, first frost, first batch, first bike out. this is the whole job and i would not swap it ❄️ https://t.co/RI6c6wSBQl",
      "lang": "en",
      "extended_entities": {
        "media": [
          {
            "expanded_url": "https://twitter.com/crumbsandcrates/status/1990969374667703540/photo/1",
            "indices": [
              "97",
              "120"
            ],
            "url": "https://t.co/RI6c6wSBQl",
            "media_url": "http://pbs.twimg.com/media/oHI17D81Q1fKNOw.jpg",
            "id_str": "1990969336918966303",
            "id": "1990969336918966303",
            "media_url_https": "https://pbs.twimg.com/media/oHI17D81Q1fKNOw.jpg",
            "sizes": {
              "small": {
                "w": "680",
                "h": "510",
                "resize": "fit"
              },
              "thumb": {
                "w": "150",
                "h": "150",
                "resize": "crop"
              }
            },
            "type": "photo",
            "display_url": "pic.twitter.com/RI6c6wSBQl"
          }
        ]
      }
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1994280941253561199"
          ],
          "editableUntil": "2025-11-28T06:43:23.000Z",
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
        "88"
      ],
      "favorite_count": "87",
      "id_str": "1994280941253561199",
      "truncated": false,
      "retweet_count": "11",
      "id": "1994280941253561199",
      "possibly_sensitive": false,
      "created_at": "Fri Nov 28 05:43:23 +0000 2025",
      "favorited": false,
      "full_text": "new rule: no deploys while the stollen is in. the stollen is a change freeze you can eat",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1997894669693878582"
          ],
          "editableUntil": "2025-12-08T06:03:03.000Z",
          "editsRemaining": "5",
          "isEditEligible": false
        }
      },
      "retweeted": false,
      "source": "<a href=\"http://twitter.com/download/android\" rel=\"nofollow\">Twitter for Android</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [
          {
            "name": "nora, numbers",
            "screen_name": "numbers_nora",
            "indices": [
              "0",
              "13"
            ],
            "id_str": "860426385879990353",
            "id": "860426385879990353"
          }
        ],
        "urls": []
      },
      "display_text_range": [
        "0",
        "110"
      ],
      "favorite_count": "17",
      "id_str": "1997894669693878582",
      "truncated": false,
      "retweet_count": "0",
      "id": "1997894669693878582",
      "possibly_sensitive": false,
      "created_at": "Mon Dec 08 05:03:03 +0000 2025",
      "favorited": false,
      "full_text": "@numbers_nora it is called a \"sourdough culture\" and yes it is deductible, i checked, you checked, please stop",
      "lang": "en",
      "in_reply_to_status_id": "1997888378237878283",
      "in_reply_to_status_id_str": "1997888378237878283",
      "in_reply_to_user_id": "860426385879990353",
      "in_reply_to_user_id_str": "860426385879990353",
      "in_reply_to_screen_name": "numbers_nora"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2001473505719225753"
          ],
          "editableUntil": "2025-12-18T03:04:04.000Z",
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
        "42"
      ],
      "favorite_count": "72",
      "id_str": "2001473505719225753",
      "truncated": false,
      "retweet_count": "0",
      "id": "2001473505719225753",
      "possibly_sensitive": false,
      "created_at": "Thu Dec 18 02:04:04 +0000 2025",
      "favorited": false,
      "full_text": "nine hundred and ONE stollen. redemption 🥖",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2007800533611447080"
          ],
          "editableUntil": "2026-01-04T14:05:25.000Z",
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
        "61"
      ],
      "favorite_count": "5",
      "id_str": "2007800533611447080",
      "truncated": false,
      "retweet_count": "11",
      "id": "2007800533611447080",
      "possibly_sensitive": false,
      "created_at": "Sun Jan 04 13:05:25 +0000 2026",
      "favorited": false,
      "full_text": "ok so seven years of this account and i still type with flour",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2011538467976120179"
          ],
          "editableUntil": "2026-01-14T21:38:38.000Z",
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
        "71"
      ],
      "favorite_count": "41",
      "id_str": "2011538467976120179",
      "truncated": false,
      "retweet_count": "8",
      "id": "2011538467976120179",
      "possibly_sensitive": false,
      "created_at": "Wed Jan 14 20:38:38 +0000 2026",
      "favorited": false,
      "full_text": "someone asked for our design principles. one: bread first. two: see one",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2015154671055800842"
          ],
          "editableUntil": "2026-01-24T21:08:08.000Z",
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
        "100"
      ],
      "favorite_count": "86",
      "id_str": "2015154671055800842",
      "truncated": false,
      "retweet_count": "8",
      "id": "2015154671055800842",
      "possibly_sensitive": false,
      "created_at": "Sat Jan 24 20:08:08 +0000 2026",
      "favorited": false,
      "full_text": "the bakelist repo has 1,000 stars. i looked outside. same number of stars there, roughly, but colder",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2015155409253305373"
          ],
          "editableUntil": "2026-01-24T21:11:04.000Z",
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
        "47"
      ],
      "favorite_count": "47",
      "id_str": "2015155409253305373",
      "truncated": false,
      "retweet_count": "1",
      "id": "2015155409253305373",
      "possibly_sensitive": false,
      "created_at": "Sat Jan 24 20:11:04 +0000 2026",
      "favorited": false,
      "full_text": "thank you, all of you, especially the first two",
      "lang": "en",
      "in_reply_to_status_id": "2015154671055800842",
      "in_reply_to_status_id_str": "2015154671055800842",
      "in_reply_to_user_id": "1101696660272058369",
      "in_reply_to_user_id_str": "1101696660272058369",
      "in_reply_to_screen_name": "crumbsandcrates"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2022534225982393020"
          ],
          "editableUntil": "2026-02-14T05:51:51.000Z",
          "editsRemaining": "5",
          "isEditEligible": false
        }
      },
      "retweeted": false,
      "source": "<a href=\"http://twitter.com/download/android\" rel=\"nofollow\">Twitter for Android</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [
          {
            "name": "rust belt bakes",
            "screen_name": "rustbelt_bakes",
            "indices": [
              "3",
              "18"
            ],
            "id_str": "860063998014390352",
            "id": "860063998014390352"
          }
        ],
        "urls": []
      },
      "display_text_range": [
        "0",
        "119"
      ],
      "favorite_count": "0",
      "id_str": "2022534225982393020",
      "truncated": false,
      "retweet_count": "0",
      "id": "2022534225982393020",
      "possibly_sensitive": false,
      "created_at": "Sat Feb 14 04:51:51 +0000 2026",
      "favorited": false,
      "full_text": "RT @rustbelt_bakes: the maintainers of bakelist review your PR &amp; then mail you bread. what is your foundation doing",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2026398761218999959"
          ],
          "editableUntil": "2026-02-24T21:48:08.000Z",
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
        "50"
      ],
      "favorite_count": "62",
      "id_str": "2026398761218999959",
      "truncated": false,
      "retweet_count": "4",
      "id": "2026398761218999959",
      "possibly_sensitive": false,
      "created_at": "Tue Feb 24 20:48:08 +0000 2026",
      "favorited": false,
      "full_text": "mondays are for deep cleaning and shallow thinking",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2029921632646072702"
          ],
          "editableUntil": "2026-03-06T15:06:46.000Z",
          "editsRemaining": "5",
          "isEditEligible": false
        }
      },
      "retweeted": false,
      "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
      "entities": {
        "hashtags": [],
        "symbols": [],
        "user_mentions": [
          {
            "name": "Ofenpost",
            "screen_name": "ofenpost_",
            "indices": [
              "0",
              "10"
            ],
            "id_str": "858976834417590349",
            "id": "858976834417590349"
          }
        ],
        "urls": []
      },
      "display_text_range": [
        "0",
        "75"
      ],
      "favorite_count": "39",
      "id_str": "2029921632646072702",
      "truncated": false,
      "retweet_count": "10",
      "id": "2029921632646072702",
      "possibly_sensitive": false,
      "created_at": "Fri Mar 06 14:06:46 +0000 2026",
      "favorited": false,
      "full_text": "@ofenpost_ come by, we have a chair next to the oven and a cat on the chair",
      "lang": "en",
      "in_reply_to_status_id": "2029908294759350283",
      "in_reply_to_status_id_str": "2029908294759350283",
      "in_reply_to_user_id": "858976834417590349",
      "in_reply_to_user_id_str": "858976834417590349",
      "in_reply_to_screen_name": "ofenpost_"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2033628856316856193"
          ],
          "editableUntil": "2026-03-16T20:37:57.000Z",
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
        "94"
      ],
      "favorite_count": "59",
      "id_str": "2033628856316856193",
      "truncated": false,
      "retweet_count": "6",
      "id": "2033628856316856193",
      "possibly_sensitive": false,
      "created_at": "Mon Mar 16 19:37:57 +0000 2026",
      "favorited": false,
      "full_text": "my watch congratulated me on 14 flights of stairs. it was one stair. fourteen times. for flour",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "edit": {
          "initialTweetId": "2037631946191801360",
          "editControlInitial": {
            "editTweetIds": [
              "2037631946191801360",
              "2037632952824761360"
            ],
            "editableUntil": "2026-03-27T21:44:48.000Z",
            "editsRemaining": "4",
            "isEditEligible": true
          }
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
        "143"
      ],
      "favorite_count": "15",
      "id_str": "2037632952824761360",
      "truncated": false,
      "retweet_count": "4",
      "id": "2037632952824761360",
      "possibly_sensitive": false,
      "created_at": "Fri Mar 27 20:48:48 +0000 2026",
      "favorited": false,
      "full_text": "migrated the last café from phone to page. the phone has not rung for a week. i called it from my mobile to check. it works. it is just quiet 🫠",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2041006112764856539"
          ],
          "editableUntil": "2026-04-06T05:12:32.000Z",
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
        "61"
      ],
      "favorite_count": "36",
      "id_str": "2041006112764856539",
      "truncated": false,
      "retweet_count": "5",
      "id": "2041006112764856539",
      "possibly_sensitive": false,
      "created_at": "Mon Apr 06 04:12:32 +0000 2026",
      "favorited": false,
      "full_text": "ok so what do you do with a quiet phone. we put a plant on it",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2044611737809850162"
          ],
          "editableUntil": "2026-04-16T04:00:00.000Z",
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
        "96"
      ],
      "favorite_count": "24",
      "id_str": "2044611737809850162",
      "truncated": false,
      "retweet_count": "4",
      "id": "2044611737809850162",
      "possibly_sensitive": false,
      "created_at": "Thu Apr 16 03:00:00 +0000 2026",
      "favorited": false,
      "full_text": "el panadero de al lado me ha pedido ayuda con su web. su web es una foto de un papel. me encanta",
      "lang": "es"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2048760512639930213"
          ],
          "editableUntil": "2026-04-27T14:45:45.000Z",
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
        "36"
      ],
      "favorite_count": "97",
      "id_str": "2048760512639930213",
      "truncated": false,
      "retweet_count": "5",
      "id": "2048760512639930213",
      "possibly_sensitive": false,
      "created_at": "Mon Apr 27 13:45:45 +0000 2026",
      "favorited": false,
      "full_text": "rye does not care about your roadmap",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2052470299030456100"
          ],
          "editableUntil": "2026-05-07T20:27:07.000Z",
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
        "urls": [
          {
            "url": "https://t.co/duN29YvR9r",
            "expanded_url": "https://twitter.com/i/web/status/2052470299030456100",
            "display_url": "twitter.com/i/web/status/1…",
            "indices": [
              "263",
              "286"
            ]
          }
        ]
      },
      "display_text_range": [
        "0",
        "286"
      ],
      "favorite_count": "62",
      "id_str": "2052470299030456100",
      "truncated": false,
      "retweet_count": "11",
      "id": "2052470299030456100",
      "possibly_sensitive": false,
      "created_at": "Thu May 07 19:27:07 +0000 2026",
      "favorited": false,
      "full_text": "a short list, because people keep asking what you need to start selling bread with software:\n\n1. bread. really. it does not work without\n2. one table with orders, one person who believes the table\n3. a way to say \"same as tuesday\"\n4. a printer, and a friend who… https://t.co/duN29YvR9r",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2056005795312569919"
          ],
          "editableUntil": "2026-05-17T14:35:55.000Z",
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
        "urls": [],
        "media": [
          {
            "expanded_url": "https://twitter.com/crumbsandcrates/status/2056005795312569919/photo/1",
            "indices": [
              "110",
              "133"
            ],
            "url": "https://t.co/URV4rsFB2u",
            "media_url": "http://pbs.twimg.com/media/PqcIF6bzZxiOkCm.jpg",
            "id_str": "2056005757563830303",
            "id": "2056005757563830303",
            "media_url_https": "https://pbs.twimg.com/media/PqcIF6bzZxiOkCm.jpg",
            "sizes": {
              "small": {
                "w": "680",
                "h": "510",
                "resize": "fit"
              },
              "thumb": {
                "w": "150",
                "h": "150",
                "resize": "crop"
              }
            },
            "type": "photo",
            "display_url": "pic.twitter.com/URV4rsFB2u"
          }
        ]
      },
      "display_text_range": [
        "0",
        "133"
      ],
      "favorite_count": "63",
      "id_str": "2056005795312569919",
      "truncated": false,
      "retweet_count": "10",
      "id": "2056005795312569919",
      "possibly_sensitive": false,
      "created_at": "Sun May 17 13:35:55 +0000 2026",
      "favorited": false,
      "full_text": "two cargo bikes, one puncture, zero late deliveries. the florist rode the last bit with tulips and ciabatta 🚲 https://t.co/URV4rsFB2u",
      "lang": "en",
      "extended_entities": {
        "media": [
          {
            "expanded_url": "https://twitter.com/crumbsandcrates/status/2056005795312569919/photo/1",
            "indices": [
              "110",
              "133"
            ],
            "url": "https://t.co/URV4rsFB2u",
            "media_url": "http://pbs.twimg.com/media/PqcIF6bzZxiOkCm.jpg",
            "id_str": "2056005757563830303",
            "id": "2056005757563830303",
            "media_url_https": "https://pbs.twimg.com/media/PqcIF6bzZxiOkCm.jpg",
            "sizes": {
              "small": {
                "w": "680",
                "h": "510",
                "resize": "fit"
              },
              "thumb": {
                "w": "150",
                "h": "150",
                "resize": "crop"
              }
            },
            "type": "photo",
            "display_url": "pic.twitter.com/URV4rsFB2u"
          }
        ]
      }
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2059728462410681222"
          ],
          "editableUntil": "2026-05-27T21:08:28.000Z",
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
        "90"
      ],
      "favorite_count": "40",
      "id_str": "2059728462410681222",
      "truncated": false,
      "retweet_count": "7",
      "id": "2059728462410681222",
      "possibly_sensitive": false,
      "created_at": "Wed May 27 20:08:28 +0000 2026",
      "favorited": false,
      "full_text": "wir haben jetzt donuts. ticket nummer eins ist geschlossen. es hat nur drei jahre gedauert",
      "lang": "de"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2059728990892983433"
          ],
          "editableUntil": "2026-05-27T21:10:34.000Z",
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
        "80"
      ],
      "favorite_count": "89",
      "id_str": "2059728990892983433",
      "truncated": false,
      "retweet_count": "11",
      "id": "2059728990892983433",
      "possibly_sensitive": false,
      "created_at": "Wed May 27 20:10:34 +0000 2026",
      "favorited": false,
      "full_text": "der tester aus porto hat sofort eine flasche wein geschickt. so geht open source",
      "lang": "de",
      "in_reply_to_status_id": "2059728462410681222",
      "in_reply_to_status_id_str": "2059728462410681222",
      "in_reply_to_user_id": "1101696660272058369",
      "in_reply_to_user_id_str": "1101696660272058369",
      "in_reply_to_screen_name": "crumbsandcrates"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2067356605346745240"
          ],
          "editableUntil": "2026-06-17T22:19:59.000Z",
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
        "68"
      ],
      "favorite_count": "26",
      "id_str": "2067356605346745240",
      "truncated": false,
      "retweet_count": "1",
      "id": "2067356605346745240",
      "possibly_sensitive": false,
      "created_at": "Wed Jun 17 21:19:59 +0000 2026",
      "favorited": false,
      "full_text": "a kid pressed \"same as tuesday\" forty times. idempotency, my beloved",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2070702380676024099"
          ],
          "editableUntil": "2026-06-27T03:54:54.000Z",
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
        "41"
      ],
      "favorite_count": "495",
      "id_str": "2070702380676024099",
      "truncated": false,
      "retweet_count": "7",
      "id": "2070702380676024099",
      "possibly_sensitive": false,
      "created_at": "Sat Jun 27 02:54:54 +0000 2026",
      "favorited": false,
      "full_text": "hot day. the butter has left the building",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2074492441850809882"
          ],
          "editableUntil": "2026-07-07T14:55:15.000Z",
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
        "urls": [
          {
            "url": "https://t.co/bncqUMaRjO",
            "expanded_url": "https://krume.example/blog/seven-years-of-gerald",
            "display_url": "krume.example/blog/seven-y…",
            "indices": [
              "75",
              "98"
            ]
          }
        ]
      },
      "display_text_range": [
        "0",
        "98"
      ],
      "favorite_count": "93",
      "id_str": "2074492441850809882",
      "truncated": false,
      "retweet_count": "5",
      "id": "2074492441850809882",
      "possibly_sensitive": false,
      "created_at": "Tue Jul 07 13:55:15 +0000 2026",
      "favorited": false,
      "full_text": "a long post about a small jar. contains feelings and hydration percentages https://t.co/bncqUMaRjO",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2078344859743159853"
          ],
          "editableUntil": "2026-07-18T06:03:23.000Z",
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
        "116"
      ],
      "favorite_count": "36",
      "id_str": "2078344859743159853",
      "truncated": false,
      "retweet_count": "7",
      "id": "2078344859743159853",
      "possibly_sensitive": false,
      "created_at": "Sat Jul 18 05:03:23 +0000 2026",
      "favorited": false,
      "full_text": "if you need me i am behind the counter, explaining to a man in linen that we do not do seed rounds, we do seed rolls",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2081928728933304780"
          ],
          "editableUntil": "2026-07-28T03:24:24.000Z",
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
        "83"
      ],
      "favorite_count": "67",
      "id_str": "2081928728933304780",
      "truncated": false,
      "retweet_count": "9",
      "id": "2081928728933304780",
      "possibly_sensitive": false,
      "created_at": "Tue Jul 28 02:24:24 +0000 2026",
      "favorited": false,
      "full_text": "the backup restore drill took six minutes. the focaccia took nine. both were golden",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2085838218720183079"
          ],
          "editableUntil": "2026-08-07T22:19:19.000Z",
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
        "urls": [
          {
            "url": "https://t.co/m79U6QNYBR",
            "expanded_url": "https://twitter.com/rustbelt_bakes/status/2085772787577782371",
            "display_url": "twitter.com/rustbelt_bakes/status/1…",
            "indices": [
              "62",
              "85"
            ]
          }
        ]
      },
      "display_text_range": [
        "0",
        "85"
      ],
      "favorite_count": "495",
      "id_str": "2085838218720183079",
      "truncated": false,
      "retweet_count": "7",
      "id": "2085838218720183079",
      "possibly_sensitive": false,
      "created_at": "Fri Aug 07 21:19:19 +0000 2026",
      "favorited": false,
      "full_text": "every word of this, but say it slower, i am shaping baguettes https://t.co/m79U6QNYBR",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2089581358216120142"
          ],
          "editableUntil": "2026-08-18T06:13:13.000Z",
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
        "87"
      ],
      "favorite_count": "39",
      "id_str": "2089581358216120142",
      "truncated": false,
      "retweet_count": "2",
      "id": "2089581358216120142",
      "possibly_sensitive": false,
      "created_at": "Tue Aug 18 05:13:13 +0000 2026",
      "favorited": false,
      "full_text": "café owner: can the page remember that i hate raisins\nme: the page has known since 2022",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2093422854140855473"
          ],
          "editableUntil": "2026-08-28T20:37:57.000Z",
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
        "115"
      ],
      "favorite_count": "27",
      "id_str": "2093422854140855473",
      "truncated": false,
      "retweet_count": "7",
      "id": "2093422854140855473",
      "possibly_sensitive": false,
      "created_at": "Fri Aug 28 19:37:57 +0000 2026",
      "favorited": false,
      "full_text": "the printer's ghost printed one line last night: \"same as tuesday\". nobody was here. i am choosing to find it sweet",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2097059445732278720"
          ],
          "editableUntil": "2026-09-07T21:28:28.000Z",
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
        "69"
      ],
      "favorite_count": "18",
      "id_str": "2097059445732278720",
      "truncated": false,
      "retweet_count": "1",
      "id": "2097059445732278720",
      "possibly_sensitive": false,
      "created_at": "Mon Sep 07 20:28:28 +0000 2026",
      "favorited": false,
      "full_text": "autumn. the dough wants longer, the cat wants in, the inbox wants out",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2100452994184118859"
          ],
          "editableUntil": "2026-09-17T06:13:13.000Z",
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
        "114"
      ],
      "favorite_count": "79",
      "id_str": "2100452994184118859",
      "truncated": false,
      "retweet_count": "3",
      "id": "2100452994184118859",
      "possibly_sensitive": false,
      "created_at": "Thu Sep 17 05:13:13 +0000 2026",
      "favorited": false,
      "full_text": "ok so i am told this is normal…\tthe starter overflowed into the drawer with the usb sticks. gerald has backups now",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2104428938523576002"
          ],
          "editableUntil": "2026-09-28T05:32:12.000Z",
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
        "60"
      ],
      "favorite_count": "439",
      "id_str": "2104428938523576002",
      "truncated": false,
      "retweet_count": "3",
      "id": "2104428938523576002",
      "possibly_sensitive": false,
      "created_at": "Mon Sep 28 04:32:12 +0000 2026",
      "favorited": false,
      "full_text": "bread's in. laptop's closed. good night from the day shift 🥖",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "2111937736733623060"
          ],
          "editableUntil": "2026-10-18T22:49:29.000Z",
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
        "75"
      ],
      "favorite_count": "6",
      "id_str": "2111937736733623060",
      "truncated": false,
      "retweet_count": "7",
      "id": "2111937736733623060",
      "possibly_sensitive": false,
      "created_at": "Sun Oct 18 21:49:29 +0000 2026",
      "favorited": false,
      "full_text": "first fog of the year and the whole square smells of rye. that is the tweet",
      "lang": "en"
    }
  }
]
