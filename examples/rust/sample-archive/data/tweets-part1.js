window.YTD.tweets.part1 = [
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1113521032393654320"
          ],
          "editableUntil": "2019-04-03T20:17:57.000Z",
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
        "64"
      ],
      "favorite_count": "69",
      "id_str": "1113521032393654320",
      "truncated": false,
      "retweet_count": "3",
      "id": "1113521032393654320",
      "possibly_sensitive": false,
      "created_at": "Wed Apr 03 19:17:57 +0000 2019",
      "favorited": false,
      "full_text": "hello. i bake bread, i write software, i am bad at introductions",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1118699223643064059"
          ],
          "editableUntil": "2019-04-18T03:14:14.000Z",
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
        "118"
      ],
      "favorite_count": "24",
      "id_str": "1118699223643064059",
      "truncated": false,
      "retweet_count": "1",
      "id": "1118699223643064059",
      "possibly_sensitive": false,
      "created_at": "Thu Apr 18 02:14:14 +0000 2019",
      "favorited": false,
      "full_text": "ok so the bakery has an order system. the order system is a spreadsheet. the spreadsheet has a tab called DO NOT TOUCH",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1124785683035064402"
          ],
          "editableUntil": "2019-05-04T22:19:39.000Z",
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
        "24"
      ],
      "favorite_count": "75",
      "id_str": "1124785683035064402",
      "truncated": false,
      "retweet_count": "4",
      "id": "1124785683035064402",
      "possibly_sensitive": false,
      "created_at": "Sat May 04 21:19:39 +0000 2019",
      "favorited": false,
      "full_text": "somebody touched the tab",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1130484932670393093"
          ],
          "editableUntil": "2019-05-20T15:46:26.000Z",
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
        "86"
      ],
      "favorite_count": "39",
      "id_str": "1130484932670393093",
      "truncated": false,
      "retweet_count": "8",
      "id": "1130484932670393093",
      "possibly_sensitive": false,
      "created_at": "Mon May 20 14:46:26 +0000 2019",
      "favorited": false,
      "full_text": "first loaf of the new starter came out like a discus… i have named him gerald anyway 🥖",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1136392161063862660"
          ],
          "editableUntil": "2019-06-05T22:59:39.000Z",
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
        "73"
      ],
      "favorite_count": "20",
      "id_str": "1136392161063862660",
      "truncated": false,
      "retweet_count": "6",
      "id": "1136392161063862660",
      "possibly_sensitive": false,
      "created_at": "Wed Jun 05 21:59:39 +0000 2019",
      "favorited": false,
      "full_text": "it is 3:40 in the morning and the oven is the only one who understands me",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1141906207011768639"
          ],
          "editableUntil": "2019-06-21T04:10:30.000Z",
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
        "103"
      ],
      "favorite_count": "51",
      "id_str": "1141906207011768639",
      "truncated": false,
      "retweet_count": "5",
      "id": "1141906207011768639",
      "possibly_sensitive": false,
      "created_at": "Fri Jun 21 03:10:30 +0000 2019",
      "favorited": false,
      "full_text": "customer asked if the sourdough is vegan. i said yes. she asked what it eats. honestly a great question",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1147327948911545862"
          ],
          "editableUntil": "2019-07-06T03:14:34.000Z",
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
        "89"
      ],
      "favorite_count": "37",
      "id_str": "1147327948911545862",
      "truncated": false,
      "retweet_count": "1",
      "id": "1147327948911545862",
      "possibly_sensitive": false,
      "created_at": "Sat Jul 06 02:14:34 +0000 2019",
      "favorited": false,
      "full_text": "flour delivery is late because of \"the bridge\". which bridge? nobody at the mill will say",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1153386004476855113"
          ],
          "editableUntil": "2019-07-22T20:27:07.000Z",
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
            "expanded_url": "https://twitter.com/crumbsandcrates/status/1153386004476855113/photo/1",
            "indices": [
              "91",
              "114"
            ],
            "url": "https://t.co/PYBaYxIDhM",
            "media_url": "http://pbs.twimg.com/media/uBmqjhOxpHF5e8C.jpg",
            "id_str": "1153385966728118303",
            "id": "1153385966728118303",
            "media_url_https": "https://pbs.twimg.com/media/uBmqjhOxpHF5e8C.jpg",
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
            "display_url": "pic.twitter.com/PYBaYxIDhM"
          }
        ]
      },
      "display_text_range": [
        "0",
        "114"
      ],
      "favorite_count": "78",
      "id_str": "1153386004476855113",
      "truncated": false,
      "retweet_count": "7",
      "id": "1153386004476855113",
      "possibly_sensitive": false,
      "created_at": "Mon Jul 22 19:27:07 +0000 2019",
      "favorited": false,
      "full_text": "the cat found the warm spot behind the proofer and now we are three in the night shift 🐈‍⬛ https://t.co/PYBaYxIDhM",
      "lang": "en",
      "extended_entities": {
        "media": [
          {
            "expanded_url": "https://twitter.com/crumbsandcrates/status/1153386004476855113/photo/1",
            "indices": [
              "91",
              "114"
            ],
            "url": "https://t.co/PYBaYxIDhM",
            "media_url": "http://pbs.twimg.com/media/uBmqjhOxpHF5e8C.jpg",
            "id_str": "1153385966728118303",
            "id": "1153385966728118303",
            "media_url_https": "https://pbs.twimg.com/media/uBmqjhOxpHF5e8C.jpg",
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
            "display_url": "pic.twitter.com/PYBaYxIDhM"
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
            "1158958909092793400"
          ],
          "editableUntil": "2019-08-07T05:31:51.000Z",
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
        "123"
      ],
      "favorite_count": "12",
      "id_str": "1158958909092793400",
      "truncated": false,
      "retweet_count": "12",
      "id": "1158958909092793400",
      "possibly_sensitive": false,
      "created_at": "Wed Aug 07 04:31:51 +0000 2019",
      "favorited": false,
      "full_text": "ok so apparently you can sort ONE column in a spreadsheet and not the others. forty orders, forty wrong names. good morning",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1164759589581754019"
          ],
          "editableUntil": "2019-08-23T05:41:41.000Z",
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
        "95"
      ],
      "favorite_count": "457",
      "id_str": "1164759589581754019",
      "truncated": false,
      "retweet_count": "6",
      "id": "1164759589581754019",
      "possibly_sensitive": false,
      "created_at": "Fri Aug 23 04:41:41 +0000 2019",
      "favorited": false,
      "full_text": "heute kam ein kunde und wollte \"das brot von gestern, aber frisch\". ich denke noch darüber nach",
      "lang": "de"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1170694630405048922"
          ],
          "editableUntil": "2019-09-08T14:45:25.000Z",
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
        "94"
      ],
      "favorite_count": "29",
      "id_str": "1170694630405048922",
      "truncated": false,
      "retweet_count": "3",
      "id": "1170694630405048922",
      "possibly_sensitive": false,
      "created_at": "Sun Sep 08 13:45:25 +0000 2019",
      "favorited": false,
      "full_text": "@ofenpost_ we use the t65 from the small mill, 70% water, and a lot of patience we do not have",
      "lang": "en",
      "in_reply_to_status_id": "1170684060758966283",
      "in_reply_to_status_id_str": "1170684060758966283",
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
            "1176356257133496333"
          ],
          "editableUntil": "2019-09-24T05:42:42.000Z",
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
      "favorite_count": "41",
      "id_str": "1176356257133496333",
      "truncated": false,
      "retweet_count": "10",
      "id": "1176356257133496333",
      "possibly_sensitive": false,
      "created_at": "Tue Sep 24 04:42:42 +0000 2019",
      "favorited": false,
      "full_text": "rain. no customers. read a chapter about ownership and felt personally attacked",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1181943925699510540"
          ],
          "editableUntil": "2019-10-09T15:46:06.000Z",
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
      "favorite_count": "18",
      "id_str": "1181943925699510540",
      "truncated": false,
      "retweet_count": "7",
      "id": "1181943925699510540",
      "possibly_sensitive": false,
      "created_at": "Wed Oct 09 14:46:06 +0000 2019",
      "favorited": false,
      "full_text": "the croissants are laminated, i am not",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1187823257777080199"
          ],
          "editableUntil": "2019-10-25T21:08:28.000Z",
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
        "140"
      ],
      "favorite_count": "0",
      "id_str": "1187823257777080199",
      "truncated": false,
      "retweet_count": "0",
      "id": "1187823257777080199",
      "possibly_sensitive": false,
      "created_at": "Fri Oct 25 20:08:28 +0000 2019",
      "favorited": false,
      "full_text": "RT @ofenpost_: a reminder that a starter is not a pet, it is a landlord. it lives in your house, you pay for everything and it complains ab…",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1193370400977849582"
          ],
          "editableUntil": "2019-11-10T04:30:50.000Z",
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
        "76"
      ],
      "favorite_count": "36",
      "id_str": "1193370400977849582",
      "truncated": false,
      "retweet_count": "7",
      "id": "1193370400977849582",
      "possibly_sensitive": false,
      "created_at": "Sun Nov 10 03:30:50 +0000 2019",
      "favorited": false,
      "full_text": "you have not known fear until the till says \"updating 1 of 94\" on a saturday",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1199184050254776753"
          ],
          "editableUntil": "2019-11-26T05:32:12.000Z",
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
        "118"
      ],
      "favorite_count": "98",
      "id_str": "1199184050254776753",
      "truncated": false,
      "retweet_count": "8",
      "id": "1199184050254776753",
      "possibly_sensitive": false,
      "created_at": "Tue Nov 26 04:32:12 +0000 2019",
      "favorited": false,
      "full_text": "bike tyre went flat on the way to the market… delivered eleven baguettes on foot like a very slow, very french relay 🚲",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1205000086090682080"
          ],
          "editableUntil": "2019-12-12T06:43:03.000Z",
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
        "108"
      ],
      "favorite_count": "9",
      "id_str": "1205000086090682080",
      "truncated": false,
      "retweet_count": "2",
      "id": "1205000086090682080",
      "possibly_sensitive": false,
      "created_at": "Thu Dec 12 05:43:03 +0000 2019",
      "favorited": false,
      "full_text": "our wholesale customers order by phone, by mail, by sms and in one case by postcard. i love the postcard one",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1213544948691895179"
          ],
          "editableUntil": "2020-01-04T20:37:17.000Z",
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
        "26"
      ],
      "favorite_count": "36",
      "id_str": "1213544948691895179",
      "truncated": false,
      "retweet_count": "3",
      "id": "1213544948691895179",
      "possibly_sensitive": false,
      "created_at": "Sat Jan 04 19:37:17 +0000 2020",
      "favorited": false,
      "full_text": "new year, same spreadsheet",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1218390519051191842"
          ],
          "editableUntil": "2020-01-18T05:31:51.000Z",
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
        "88"
      ],
      "favorite_count": "449",
      "id_str": "1218390519051191842",
      "truncated": false,
      "retweet_count": "5",
      "id": "1218390519051191842",
      "possibly_sensitive": false,
      "created_at": "Sat Jan 18 04:31:51 +0000 2020",
      "favorited": false,
      "full_text": "ok so everyone is baking now. the shelves have no flour. WE have no flour. i am a bakery",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1223818577572792373"
          ],
          "editableUntil": "2020-02-02T05:01:01.000Z",
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
            "url": "https://t.co/lWpdqssDEi",
            "expanded_url": "https://krume.example/blog/feeding-a-starter",
            "display_url": "krume.example/blog/feeding…",
            "indices": [
              "64",
              "87"
            ]
          }
        ]
      },
      "display_text_range": [
        "0",
        "87"
      ],
      "favorite_count": "12",
      "id_str": "1223818577572792373",
      "truncated": false,
      "retweet_count": "5",
      "id": "1223818577572792373",
      "possibly_sensitive": false,
      "created_at": "Sun Feb 02 04:01:01 +0000 2020",
      "favorited": false,
      "full_text": "wrote down how i feed a starter when i am lazy, which is always https://t.co/lWpdqssDEi",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1229254735295416020"
          ],
          "editableUntil": "2020-02-17T05:02:22.000Z",
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
        "110"
      ],
      "favorite_count": "47",
      "id_str": "1229254735295416020",
      "truncated": false,
      "retweet_count": "1",
      "id": "1229254735295416020",
      "possibly_sensitive": false,
      "created_at": "Mon Feb 17 04:02:22 +0000 2020",
      "favorited": false,
      "full_text": "please stop sending me pictures of your first loaf. (please never stop sending me pictures of your first loaf)",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1234697973003190959"
          ],
          "editableUntil": "2020-03-03T05:31:51.000Z",
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
        "69"
      ],
      "favorite_count": "34",
      "id_str": "1234697973003190959",
      "truncated": false,
      "retweet_count": "4",
      "id": "1234697973003190959",
      "possibly_sensitive": false,
      "created_at": "Tue Mar 03 04:31:51 +0000 2020",
      "favorited": false,
      "full_text": "someone called their starter \"segfault\" and i have never felt so seen",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1234698518262711702"
          ],
          "editableUntil": "2020-03-03T05:34:01.000Z",
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
      "favorite_count": "403",
      "id_str": "1234698518262711702",
      "truncated": false,
      "retweet_count": "0",
      "id": "1234698518262711702",
      "possibly_sensitive": false,
      "created_at": "Tue Mar 03 04:34:01 +0000 2020",
      "favorited": false,
      "full_text": "it rises, it falls, nobody knows why, you restart it",
      "lang": "en",
      "in_reply_to_status_id": "1234697973003190959",
      "in_reply_to_status_id_str": "1234697973003190959",
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
            "1234700212761527193"
          ],
          "editableUntil": "2020-03-03T05:40:45.000Z",
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
      "favorite_count": "56",
      "id_str": "1234700212761527193",
      "truncated": false,
      "retweet_count": "7",
      "id": "1234700212761527193",
      "possibly_sensitive": false,
      "created_at": "Tue Mar 03 04:40:45 +0000 2020",
      "favorited": false,
      "full_text": "you ask for help and people say \"have you tried a different flour\"",
      "lang": "en",
      "in_reply_to_status_id": "1234698518262711702",
      "in_reply_to_status_id_str": "1234698518262711702",
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
            "1234701567521720360"
          ],
          "editableUntil": "2020-03-03T05:46:08.000Z",
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
        "43"
      ],
      "favorite_count": "85",
      "id_str": "1234701567521720360",
      "truncated": false,
      "retweet_count": "7",
      "id": "1234701567521720360",
      "possibly_sensitive": false,
      "created_at": "Tue Mar 03 04:46:08 +0000 2020",
      "favorited": false,
      "full_text": "and the worst part is that it was the flour",
      "lang": "en",
      "in_reply_to_status_id": "1234700212761527193",
      "in_reply_to_status_id_str": "1234700212761527193",
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
            "1256443719578551539"
          ],
          "editableUntil": "2020-05-02T05:41:41.000Z",
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
      "favorite_count": "86",
      "id_str": "1256443719578551539",
      "truncated": false,
      "retweet_count": "3",
      "id": "1256443719578551539",
      "possibly_sensitive": false,
      "created_at": "Sat May 02 04:41:41 +0000 2020",
      "favorited": false,
      "full_text": "the queue outside goes around the corner, two metres each. from above we look like a linked list",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1261877318775737162"
          ],
          "editableUntil": "2020-05-17T05:32:52.000Z",
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
        "90"
      ],
      "favorite_count": "43",
      "id_str": "1261877318775737162",
      "truncated": false,
      "retweet_count": "6",
      "id": "1261877318775737162",
      "possibly_sensitive": false,
      "created_at": "Sun May 17 04:32:52 +0000 2020",
      "favorited": false,
      "full_text": "@rye_and_shine_ no no, the cracks on top are called character. you can charge extra for it",
      "lang": "en",
      "in_reply_to_status_id": "1261870272345014283",
      "in_reply_to_status_id_str": "1261870272345014283",
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
            "1272903279965111100"
          ],
          "editableUntil": "2020-06-16T15:46:06.000Z",
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
      "favorite_count": "445",
      "id_str": "1272903279965111100",
      "truncated": false,
      "retweet_count": "3",
      "id": "1272903279965111100",
      "possibly_sensitive": false,
      "created_at": "Tue Jun 16 14:46:06 +0000 2020",
      "favorited": false,
      "full_text": "heute 214 brote. meine arme sind jetzt auch teig",
      "lang": "de"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1278157476197304919"
          ],
          "editableUntil": "2020-07-01T03:44:24.000Z",
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
        "122"
      ],
      "favorite_count": "95",
      "id_str": "1278157476197304919",
      "truncated": false,
      "retweet_count": "4",
      "id": "1278157476197304919",
      "possibly_sensitive": false,
      "created_at": "Wed Jul 01 02:44:24 +0000 2020",
      "favorited": false,
      "full_text": "the order form on our website sends an email. the email goes into a folder. the folder has a rule. nobody wrote the rule 🫠",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1283863633851320222"
          ],
          "editableUntil": "2020-07-16T21:38:38.000Z",
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
        "101"
      ],
      "favorite_count": "61",
      "id_str": "1283863633851320222",
      "truncated": false,
      "retweet_count": "4",
      "id": "1283863633851320222",
      "possibly_sensitive": false,
      "created_at": "Thu Jul 16 20:38:38 +0000 2020",
      "favorited": false,
      "full_text": "i learned php in 2009 to make this form and i would like to apologise to everyone involved, mostly me",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1289284180374454433"
          ],
          "editableUntil": "2020-07-31T20:37:57.000Z",
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
            "expanded_url": "https://twitter.com/crumbsandcrates/status/1289284180374454433/photo/1",
            "indices": [
              "82",
              "105"
            ],
            "url": "https://t.co/QaYd5lh8KC",
            "media_url": "http://pbs.twimg.com/media/z4DY7WAdl3clAUe.jpg",
            "id_str": "1289284142625718303",
            "id": "1289284142625718303",
            "media_url_https": "https://pbs.twimg.com/media/z4DY7WAdl3clAUe.jpg",
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
            "display_url": "pic.twitter.com/QaYd5lh8KC"
          }
        ]
      },
      "display_text_range": [
        "0",
        "105"
      ],
      "favorite_count": "94",
      "id_str": "1289284180374454433",
      "truncated": false,
      "retweet_count": "2",
      "id": "1289284180374454433",
      "possibly_sensitive": false,
      "created_at": "Fri Jul 31 19:37:57 +0000 2020",
      "favorited": false,
      "full_text": "look at this crumb. LOOK at it. i am told it is rude to cry in front of customers https://t.co/QaYd5lh8KC",
      "lang": "en",
      "extended_entities": {
        "media": [
          {
            "expanded_url": "https://twitter.com/crumbsandcrates/status/1289284180374454433/photo/1",
            "indices": [
              "82",
              "105"
            ],
            "url": "https://t.co/QaYd5lh8KC",
            "media_url": "http://pbs.twimg.com/media/z4DY7WAdl3clAUe.jpg",
            "id_str": "1289284142625718303",
            "id": "1289284142625718303",
            "media_url_https": "https://pbs.twimg.com/media/z4DY7WAdl3clAUe.jpg",
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
            "display_url": "pic.twitter.com/QaYd5lh8KC"
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
            "1294489328415672240"
          ],
          "editableUntil": "2020-08-15T05:21:21.000Z",
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
        "113"
      ],
      "favorite_count": "41",
      "id_str": "1294489328415672240",
      "truncated": false,
      "retweet_count": "2",
      "id": "1294489328415672240",
      "possibly_sensitive": false,
      "created_at": "Sat Aug 15 04:21:21 +0000 2020",
      "favorited": false,
      "full_text": "the cat sat on the keyboard and ordered 900 kg of spelt. i have called the mill. the mill laughed for a long time",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1300176120968119099"
          ],
          "editableUntil": "2020-08-30T21:58:38.000Z",
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
        "29"
      ],
      "favorite_count": "66",
      "id_str": "1300176120968119099",
      "truncated": false,
      "retweet_count": "7",
      "id": "1300176120968119099",
      "possibly_sensitive": false,
      "created_at": "Sun Aug 30 20:58:38 +0000 2020",
      "favorited": false,
      "full_text": "reader, we received the spelt",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1300177161155512882"
          ],
          "editableUntil": "2020-08-30T22:02:46.000Z",
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
        "49"
      ],
      "favorite_count": "75",
      "id_str": "1300177161155512882",
      "truncated": false,
      "retweet_count": "0",
      "id": "1300177161155512882",
      "possibly_sensitive": false,
      "created_at": "Sun Aug 30 21:02:46 +0000 2020",
      "favorited": false,
      "full_text": "the man at the mill said \"you confirmed it twice\"",
      "lang": "en",
      "in_reply_to_status_id": "1300176120968119099",
      "in_reply_to_status_id_str": "1300176120968119099",
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
            "1300178343949238853"
          ],
          "editableUntil": "2020-08-30T22:07:28.000Z",
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
        "26"
      ],
      "favorite_count": "14",
      "id_str": "1300178343949238853",
      "truncated": false,
      "retweet_count": "3",
      "id": "1300178343949238853",
      "possibly_sensitive": false,
      "created_at": "Sun Aug 30 21:07:28 +0000 2020",
      "favorited": false,
      "full_text": "the cat confirmed it twice",
      "lang": "en",
      "in_reply_to_status_id": "1300177161155512882",
      "in_reply_to_status_id_str": "1300177161155512882",
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
            "1300179400913847780"
          ],
          "editableUntil": "2020-08-30T22:11:40.000Z",
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
        "72"
      ],
      "favorite_count": "40",
      "id_str": "1300179400913847780",
      "truncated": false,
      "retweet_count": "8",
      "id": "1300179400913847780",
      "possibly_sensitive": false,
      "created_at": "Sun Aug 30 21:11:40 +0000 2020",
      "favorited": false,
      "full_text": "so there is now a spelt loaf. it is very good. please buy the spelt loaf",
      "lang": "en",
      "in_reply_to_status_id": "1300178343949238853",
      "in_reply_to_status_id_str": "1300178343949238853",
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
            "1321891328816058079"
          ],
          "editableUntil": "2020-10-29T20:07:07.000Z",
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
      "id_str": "1321891328816058079",
      "truncated": false,
      "retweet_count": "0",
      "id": "1321891328816058079",
      "possibly_sensitive": false,
      "created_at": "Thu Oct 29 19:07:07 +0000 2020",
      "favorited": false,
      "full_text": "RT @petitfour_dev: every small business runs on one person's unreadable script &amp; a prayer, and both are maintained by the same person who a…",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1327117372879799142"
          ],
          "editableUntil": "2020-11-13T06:13:33.000Z",
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
        "93"
      ],
      "favorite_count": "71",
      "id_str": "1327117372879799142",
      "truncated": false,
      "retweet_count": "12",
      "id": "1327117372879799142",
      "possibly_sensitive": false,
      "created_at": "Fri Nov 13 05:13:33 +0000 2020",
      "favorited": false,
      "full_text": "a child asked me what i do at night. \"i wait for bread.\" he nodded like he had expected worse",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1332699836314550473"
          ],
          "editableUntil": "2020-11-28T15:56:16.000Z",
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
        "55"
      ],
      "favorite_count": "72",
      "id_str": "1332699836314550473",
      "truncated": false,
      "retweet_count": "4",
      "id": "1332699836314550473",
      "possibly_sensitive": false,
      "created_at": "Sat Nov 28 14:56:16 +0000 2020",
      "favorited": false,
      "full_text": "cold today… the dough moves like it is paid by the hour",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1337989092733881720"
          ],
          "editableUntil": "2020-12-13T06:13:53.000Z",
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
      "favorite_count": "94",
      "id_str": "1337989092733881720",
      "truncated": false,
      "retweet_count": "12",
      "id": "1337989092733881720",
      "possibly_sensitive": false,
      "created_at": "Sun Dec 13 05:13:53 +0000 2020",
      "favorited": false,
      "full_text": "in the end the year was mostly flour",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1345918890013625859"
          ],
          "editableUntil": "2021-01-04T03:24:04.000Z",
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
        "131"
      ],
      "favorite_count": "25",
      "id_str": "1345918890013625859",
      "truncated": false,
      "retweet_count": "4",
      "id": "1345918890013625859",
      "possibly_sensitive": false,
      "created_at": "Mon Jan 04 02:24:04 +0000 2021",
      "favorited": false,
      "full_text": "ok so i started reading the rust book at 4 am between two batches. the borrow checker and the proofer have the same energy: not yet",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1351037530534839002"
          ],
          "editableUntil": "2021-01-18T06:23:43.000Z",
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
      "favorite_count": "30",
      "id_str": "1351037530534839002",
      "truncated": false,
      "retweet_count": "1",
      "id": "1351037530534839002",
      "possibly_sensitive": false,
      "created_at": "Mon Jan 18 05:23:43 +0000 2021",
      "favorited": false,
      "full_text": "fought a lifetime for an hour. the lifetime won. baked a rye about it",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1356680647799737293"
          ],
          "editableUntil": "2021-02-02T20:07:27.000Z",
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
        "108"
      ],
      "favorite_count": "76",
      "id_str": "1356680647799737293",
      "truncated": false,
      "retweet_count": "5",
      "id": "1356680647799737293",
      "possibly_sensitive": false,
      "created_at": "Tue Feb 02 19:07:27 +0000 2021",
      "favorited": false,
      "full_text": "the nice thing about rust errors is that they explain what i did wrong without sighing. unlike my accountant",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1362124141360058060"
          ],
          "editableUntil": "2021-02-17T20:37:57.000Z",
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
        "72"
      ],
      "favorite_count": "29",
      "id_str": "1362124141360058060",
      "truncated": false,
      "retweet_count": "10",
      "id": "1362124141360058060",
      "possibly_sensitive": false,
      "created_at": "Wed Feb 17 19:37:57 +0000 2021",
      "favorited": false,
      "full_text": "compiled on the first try. i do not trust it. i am checking the oven too",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1367582910575542439"
          ],
          "editableUntil": "2021-03-04T22:09:09.000Z",
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
            "url": "https://t.co/kRvt33DRs8",
            "expanded_url": "https://twitter.com/i/web/status/1367582910575542439",
            "display_url": "twitter.com/i/web/status/1…",
            "indices": [
              "262",
              "285"
            ]
          }
        ]
      },
      "display_text_range": [
        "0",
        "285"
      ],
      "favorite_count": "92",
      "id_str": "1367582910575542439",
      "truncated": false,
      "retweet_count": "9",
      "id": "1367582910575542439",
      "possibly_sensitive": false,
      "created_at": "Thu Mar 04 21:09:09 +0000 2021",
      "favorited": false,
      "full_text": "ok so people asked how a bakery takes orders, so here is how a bakery takes orders.\n\na café calls at 2 pm and says \"same as tuesday\". which tuesday? nobody knows. i write \"tuesday??\" on a sticky note. the note goes on the oven door because that is where i look… https://t.co/kRvt33DRs8",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1372762972484536462"
          ],
          "editableUntil": "2021-03-19T05:12:52.000Z",
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
        "112"
      ],
      "favorite_count": "27",
      "id_str": "1372762972484536462",
      "truncated": false,
      "retweet_count": "8",
      "id": "1372762972484536462",
      "possibly_sensitive": false,
      "created_at": "Fri Mar 19 04:12:52 +0000 2021",
      "favorited": false,
      "full_text": "@petitfour_dev oh it is absolutely a distributed system. the nodes are sticky notes and the network is my memory",
      "lang": "en",
      "in_reply_to_status_id": "1372757184345014283",
      "in_reply_to_status_id_str": "1372757184345014283",
      "in_reply_to_user_id": "859701610148790351",
      "in_reply_to_user_id_str": "859701610148790351"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1383621304120248800"
          ],
          "editableUntil": "2021-04-18T04:20:00.000Z",
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
        "97"
      ],
      "favorite_count": "410",
      "id_str": "1383621304120248800",
      "truncated": false,
      "retweet_count": "10",
      "id": "1383621304120248800",
      "possibly_sensitive": false,
      "created_at": "Sun Apr 18 03:20:00 +0000 2021",
      "favorited": false,
      "full_text": "wrote a parser for the postcard customer. it is just me, typing what the postcard says. but typed",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1389338807366583819"
          ],
          "editableUntil": "2021-05-03T22:59:19.000Z",
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
            "url": "https://t.co/GgSrr9kVqQ",
            "expanded_url": "https://twitter.com/rye_and_shine_/status/1389271111300022371",
            "display_url": "twitter.com/rye_and_shine_/status/1…",
            "indices": [
              "20",
              "43"
            ]
          }
        ]
      },
      "display_text_range": [
        "0",
        "43"
      ],
      "favorite_count": "73",
      "id_str": "1389338807366583819",
      "truncated": false,
      "retweet_count": "4",
      "id": "1389338807366583819",
      "possibly_sensitive": false,
      "created_at": "Mon May 03 21:59:19 +0000 2021",
      "favorited": false,
      "full_text": "this but with bread https://t.co/GgSrr9kVqQ",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1394762084381623522"
          ],
          "editableUntil": "2021-05-18T22:09:29.000Z",
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
      "favorite_count": "25",
      "id_str": "1394762084381623522",
      "truncated": false,
      "retweet_count": "12",
      "id": "1394762084381623522",
      "possibly_sensitive": false,
      "created_at": "Tue May 18 21:09:29 +0000 2021",
      "favorited": false,
      "full_text": "the supplier changed the flour and did not say. i noticed because the dough noticed",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1399933959009208533"
          ],
          "editableUntil": "2021-06-02T04:40:40.000Z",
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
        "108"
      ],
      "favorite_count": "56",
      "id_str": "1399933959009208533",
      "truncated": false,
      "retweet_count": "3",
      "id": "1399933959009208533",
      "possibly_sensitive": false,
      "created_at": "Wed Jun 02 03:40:40 +0000 2021",
      "favorited": false,
      "full_text": "ayer vino un señor de valencia y me dijo que mi pan sabe a casa. no dije nada porque estaba ocupada llorando",
      "lang": "es"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1405522051199929940"
          ],
          "editableUntil": "2021-06-17T14:45:45.000Z",
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
      "favorite_count": "28",
      "id_str": "1405522051199929940",
      "truncated": false,
      "retweet_count": "9",
      "id": "1405522051199929940",
      "possibly_sensitive": false,
      "created_at": "Thu Jun 17 13:45:45 +0000 2021",
      "favorited": false,
      "full_text": "snow on the bike, snow on the bread boxes, snow in the one glove i still have ❄️",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1411043860804537999"
          ],
          "editableUntil": "2021-07-02T20:27:27.000Z",
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
        "84"
      ],
      "favorite_count": "14",
      "id_str": "1411043860804537999",
      "truncated": false,
      "retweet_count": "10",
      "id": "1411043860804537999",
      "possibly_sensitive": false,
      "created_at": "Fri Jul 02 19:27:27 +0000 2021",
      "favorited": false,
      "full_text": "every pull request of mine has flour in it. not as a metaphor. the keyboard crunches",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1415909907755960182"
          ],
          "editableUntil": "2021-07-16T06:43:23.000Z",
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
        "104"
      ],
      "favorite_count": "413",
      "id_str": "1415909907755960182",
      "truncated": false,
      "retweet_count": "2",
      "id": "1415909907755960182",
      "possibly_sensitive": false,
      "created_at": "Fri Jul 16 05:43:23 +0000 2021",
      "favorited": false,
      "full_text": "@ofenpost_ 4 hours at 24°, or overnight in the fridge if you also have to sleep, which i have read about",
      "lang": "en",
      "in_reply_to_status_id": "1415900344742838283",
      "in_reply_to_status_id_str": "1415900344742838283",
      "in_reply_to_user_id": "858976834417590349",
      "in_reply_to_user_id_str": "858976834417590349"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1421482472633272953"
          ],
          "editableUntil": "2021-07-31T15:46:46.000Z",
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
            "url": "https://t.co/7XRqR2XRdI",
            "expanded_url": "https://doc.rust-example.org/book/errors",
            "display_url": "doc.rust-example.org/book/…",
            "indices": [
              "103",
              "126"
            ]
          }
        ]
      },
      "display_text_range": [
        "0",
        "126"
      ],
      "favorite_count": "90",
      "id_str": "1421482472633272953",
      "truncated": false,
      "retweet_count": "5",
      "id": "1421482472633272953",
      "possibly_sensitive": false,
      "created_at": "Sat Jul 31 14:46:46 +0000 2021",
      "favorited": false,
      "full_text": "this chapter on errors made me rewrite the part that eats orders. i mean that literally, it ate orders https://t.co/7XRqR2XRdI",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1427019721470905480"
          ],
          "editableUntil": "2021-08-15T22:29:49.000Z",
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
            "expanded_url": "https://twitter.com/crumbsandcrates/status/1427019721470905480/photo/1",
            "indices": [
              "86",
              "109"
            ],
            "url": "https://t.co/RhxHd3zMhl",
            "media_url": "http://pbs.twimg.com/media/1r7Tm2kHBdwnhot.jpg",
            "id_str": "1427019683722166303",
            "id": "1427019683722166303",
            "media_url_https": "https://pbs.twimg.com/media/1r7Tm2kHBdwnhot.jpg",
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
            "display_url": "pic.twitter.com/RhxHd3zMhl"
          }
        ]
      },
      "display_text_range": [
        "0",
        "109"
      ],
      "favorite_count": "4",
      "id_str": "1427019721470905480",
      "truncated": false,
      "retweet_count": "5",
      "id": "1427019721470905480",
      "possibly_sensitive": false,
      "created_at": "Sun Aug 15 21:29:49 +0000 2021",
      "favorited": false,
      "full_text": "new sign for the shop. the painter asked if \"crumbs &amp; crates\" is a moving company https://t.co/RhxHd3zMhl",
      "lang": "en",
      "extended_entities": {
        "media": [
          {
            "expanded_url": "https://twitter.com/crumbsandcrates/status/1427019721470905480/photo/1",
            "indices": [
              "86",
              "109"
            ],
            "url": "https://t.co/RhxHd3zMhl",
            "media_url": "http://pbs.twimg.com/media/1r7Tm2kHBdwnhot.jpg",
            "id_str": "1427019683722166303",
            "id": "1427019683722166303",
            "media_url_https": "https://pbs.twimg.com/media/1r7Tm2kHBdwnhot.jpg",
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
            "display_url": "pic.twitter.com/RhxHd3zMhl"
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
            "1432169928324024979"
          ],
          "editableUntil": "2021-08-30T03:34:54.000Z",
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
        "133"
      ],
      "favorite_count": "31",
      "id_str": "1432169928324024979",
      "truncated": false,
      "retweet_count": "11",
      "id": "1432169928324024979",
      "possibly_sensitive": false,
      "created_at": "Mon Aug 30 02:34:54 +0000 2021",
      "favorited": false,
      "full_text": "today i learned that &lt;b&gt;bold&lt;/b&gt; in an order comment becomes bold on the kitchen ticket. who needs bold rye. who did this",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1437888798913462442"
          ],
          "editableUntil": "2021-09-14T22:19:39.000Z",
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
        "93"
      ],
      "favorite_count": "20",
      "id_str": "1437888798913462442",
      "truncated": false,
      "retweet_count": "6",
      "id": "1437888798913462442",
      "possibly_sensitive": false,
      "created_at": "Tue Sep 14 21:19:39 +0000 2021",
      "favorited": false,
      "full_text": "our busiest hour is 7:10 to 7:50. i have a histogram now. i have feelings about the histogram",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1443301414007736573"
          ],
          "editableUntil": "2021-09-29T20:47:27.000Z",
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
        "110"
      ],
      "favorite_count": "88",
      "id_str": "1443301414007736573",
      "truncated": false,
      "retweet_count": "5",
      "id": "1443301414007736573",
      "possibly_sensitive": false,
      "created_at": "Wed Sep 29 19:47:27 +0000 2021",
      "favorited": false,
      "full_text": "ok so: match is the best keyword in any language, and \"rest ten minutes\" is the best instruction in any recipe",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1448469790585783420"
          ],
          "editableUntil": "2021-10-14T03:04:44.000Z",
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
      "favorite_count": "11",
      "id_str": "1448469790585783420",
      "truncated": false,
      "retweet_count": "12",
      "id": "1448469790585783420",
      "possibly_sensitive": false,
      "created_at": "Thu Oct 14 02:04:44 +0000 2021",
      "favorited": false,
      "full_text": "the cat has learned to open the proofer. i have learned that proofers can have locks 🐈‍⬛",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1454165626057656759"
          ],
          "editableUntil": "2021-10-29T20:17:57.000Z",
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
        "107"
      ],
      "favorite_count": "0",
      "id_str": "1454165626057656759",
      "truncated": false,
      "retweet_count": "0",
      "id": "1454165626057656759",
      "possibly_sensitive": false,
      "created_at": "Fri Oct 29 19:17:57 +0000 2021",
      "favorited": false,
      "full_text": "RT @rustbelt_bakes: hot take: \"let it rest\" is the best advice in baking, in arguments &amp; in code review",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1459634629374902302"
          ],
          "editableUntil": "2021-11-13T22:29:49.000Z",
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
      "favorite_count": "76",
      "id_str": "1459634629374902302",
      "truncated": false,
      "retweet_count": "1",
      "id": "1459634629374902302",
      "possibly_sensitive": false,
      "created_at": "Sat Nov 13 21:29:49 +0000 2021",
      "favorited": false,
      "full_text": "someone left a one star review because we were out of croissants at 11. ma'am, that is a five star review",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1464814267659191393"
          ],
          "editableUntil": "2021-11-28T05:31:51.000Z",
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
        "62"
      ],
      "favorite_count": "78",
      "id_str": "1464814267659191393",
      "truncated": false,
      "retweet_count": "2",
      "id": "1464814267659191393",
      "possibly_sensitive": false,
      "created_at": "Sun Nov 28 04:31:51 +0000 2021",
      "favorited": false,
      "full_text": "nachts um drei ist der teig ehrlicher als die meisten menschen",
      "lang": "de"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1470265529070519760"
          ],
          "editableUntil": "2021-12-13T06:33:13.000Z",
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
        "126"
      ],
      "favorite_count": "54",
      "id_str": "1470265529070519760",
      "truncated": false,
      "retweet_count": "5",
      "id": "1470265529070519760",
      "possibly_sensitive": false,
      "created_at": "Mon Dec 13 05:33:13 +0000 2021",
      "favorited": false,
      "full_text": "deleted four thousand lines of php today. kept one. it prints \"hello\". i do not know why it needs to but i am not brave enough",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1478364402938809339"
          ],
          "editableUntil": "2022-01-04T14:55:15.000Z",
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
        "93"
      ],
      "favorite_count": "47",
      "id_str": "1478364402938809339",
      "truncated": false,
      "retweet_count": "5",
      "id": "1478364402938809339",
      "possibly_sensitive": false,
      "created_at": "Tue Jan 04 13:55:15 +0000 2022",
      "favorited": false,
      "full_text": "ok so i am rewriting the order system in rust. for real now. i told three people so it counts",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1478364948198327762"
          ],
          "editableUntil": "2022-01-04T14:57:25.000Z",
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
      "favorite_count": "85",
      "id_str": "1478364948198327762",
      "truncated": false,
      "retweet_count": "0",
      "id": "1478364948198327762",
      "possibly_sensitive": false,
      "created_at": "Tue Jan 04 13:57:25 +0000 2022",
      "favorited": false,
      "full_text": "the plan: cafés order on a page, the page knows what tuesday means",
      "lang": "en",
      "in_reply_to_status_id": "1478364402938809339",
      "in_reply_to_status_id_str": "1478364402938809339",
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
            "1478366772720569413"
          ],
          "editableUntil": "2022-01-04T15:04:40.000Z",
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
        "57"
      ],
      "favorite_count": "491",
      "id_str": "1478366772720569413",
      "truncated": false,
      "retweet_count": "8",
      "id": "1478366772720569413",
      "possibly_sensitive": false,
      "created_at": "Tue Jan 04 14:04:40 +0000 2022",
      "favorited": false,
      "full_text": "orders go into one table. ONE. not six tabs and a feeling",
      "lang": "en",
      "in_reply_to_status_id": "1478364948198327762",
      "in_reply_to_status_id_str": "1478364948198327762",
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
            "1478368043594678500"
          ],
          "editableUntil": "2022-01-04T15:09:43.000Z",
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
      "favorite_count": "31",
      "id_str": "1478368043594678500",
      "truncated": false,
      "retweet_count": "10",
      "id": "1478368043594678500",
      "possibly_sensitive": false,
      "created_at": "Tue Jan 04 14:09:43 +0000 2022",
      "favorited": false,
      "full_text": "at 1 am it prints a bake list sorted by oven and by temperature",
      "lang": "en",
      "in_reply_to_status_id": "1478366772720569413",
      "in_reply_to_status_id_str": "1478366772720569413",
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
            "1478369293497270719"
          ],
          "editableUntil": "2022-01-04T15:14:41.000Z",
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
      "favorite_count": "475",
      "id_str": "1478369293497270719",
      "truncated": false,
      "retweet_count": "6",
      "id": "1478369293497270719",
      "possibly_sensitive": false,
      "created_at": "Tue Jan 04 14:14:41 +0000 2022",
      "favorited": false,
      "full_text": "if the printer is dead it tries again, and then it wakes me, and then i wake the printer",
      "lang": "en",
      "in_reply_to_status_id": "1478368043594678500",
      "in_reply_to_status_id_str": "1478368043594678500",
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
            "1478370564371382822"
          ],
          "editableUntil": "2022-01-04T15:19:44.000Z",
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
      "favorite_count": "99",
      "id_str": "1478370564371382822",
      "truncated": false,
      "retweet_count": "2",
      "id": "1478370564371382822",
      "possibly_sensitive": false,
      "created_at": "Tue Jan 04 14:19:44 +0000 2022",
      "favorited": false,
      "full_text": "that is the whole plan. it is not a start-up. please do not send me your deck",
      "lang": "en",
      "in_reply_to_status_id": "1478369293497270719",
      "in_reply_to_status_id_str": "1478369293497270719",
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
            "1498121877451702633"
          ],
          "editableUntil": "2022-02-28T03:24:24.000Z",
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
      "favorite_count": "85",
      "id_str": "1498121877451702633",
      "truncated": false,
      "retweet_count": "10",
      "id": "1498121877451702633",
      "possibly_sensitive": false,
      "created_at": "Mon Feb 28 02:24:24 +0000 2022",
      "favorited": false,
      "full_text": "day 3 of the rewrite: the type for \"half a loaf\" took all evening",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1501404952130487640"
          ],
          "editableUntil": "2022-03-09T04:50:10.000Z",
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
        "85"
      ],
      "favorite_count": "91",
      "id_str": "1501404952130487640",
      "truncated": false,
      "retweet_count": "6",
      "id": "1501404952130487640",
      "possibly_sensitive": false,
      "created_at": "Wed Mar 09 03:50:10 +0000 2022",
      "favorited": false,
      "full_text": "day 9: a loaf is a u32 of grams now. everything got easier and slightly less romantic",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1504647333671864899"
          ],
          "editableUntil": "2022-03-18T03:34:14.000Z",
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
      "favorite_count": "61",
      "id_str": "1504647333671864899",
      "truncated": false,
      "retweet_count": "9",
      "id": "1504647333671864899",
      "possibly_sensitive": false,
      "created_at": "Fri Mar 18 02:34:14 +0000 2022",
      "favorited": false,
      "full_text": "day 20. it takes orders. it takes orders in TWO currencies. we have one currency. i got carried away",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1507956425618359482"
          ],
          "editableUntil": "2022-03-27T06:43:23.000Z",
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
        "94"
      ],
      "favorite_count": "480",
      "id_str": "1507956425618359482",
      "truncated": false,
      "retweet_count": "2",
      "id": "1507956425618359482",
      "possibly_sensitive": false,
      "created_at": "Sun Mar 27 05:43:23 +0000 2022",
      "favorited": false,
      "full_text": "@petitfour_dev because when it fails at 3 am i want it to fail on my laptop in october instead",
      "lang": "en",
      "in_reply_to_status_id": "1507943087731638283",
      "in_reply_to_status_id_str": "1507943087731638283",
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
            "1511458568795063053"
          ],
          "editableUntil": "2022-04-05T22:39:39.000Z",
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
        "93"
      ],
      "favorite_count": "42",
      "id_str": "1511458568795063053",
      "truncated": false,
      "retweet_count": "5",
      "id": "1511458568795063053",
      "possibly_sensitive": false,
      "created_at": "Tue Apr 05 21:39:39 +0000 2022",
      "favorited": false,
      "full_text": "friend: why not use one of the ready made systems\nme: they do not know about the postcard man",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1514590648529847180"
          ],
          "editableUntil": "2022-04-14T14:05:25.000Z",
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
      "favorite_count": "50",
      "id_str": "1514590648529847180",
      "truncated": false,
      "retweet_count": "5",
      "id": "1514590648529847180",
      "possibly_sensitive": false,
      "created_at": "Thu Apr 14 13:05:25 +0000 2022",
      "favorited": false,
      "full_text": "the mill asked for our \"api\". the api is that they send a text and i say ok 👍",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1518082813457335879"
          ],
          "editableUntil": "2022-04-24T05:22:02.000Z",
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
            "expanded_url": "https://twitter.com/crumbsandcrates/status/1518082813457335879/photo/1",
            "indices": [
              "100",
              "123"
            ],
            "url": "https://t.co/KD7bVr386t",
            "media_url": "http://pbs.twimg.com/media/FwAv3Igdcf4ZF2L.jpg",
            "id_str": "1518082775708598303",
            "id": "1518082775708598303",
            "media_url_https": "https://pbs.twimg.com/media/FwAv3Igdcf4ZF2L.jpg",
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
            "display_url": "pic.twitter.com/KD7bVr386t"
          }
        ]
      },
      "display_text_range": [
        "0",
        "123"
      ],
      "favorite_count": "28",
      "id_str": "1518082813457335879",
      "truncated": false,
      "retweet_count": "3",
      "id": "1518082813457335879",
      "possibly_sensitive": false,
      "created_at": "Sun Apr 24 04:22:02 +0000 2022",
      "favorited": false,
      "full_text": "the bake list printed itself at 1:00:00. i was there. i watched. i clapped, alone, in a hairnet 👩‍🍳 https://t.co/KD7bVr386t",
      "lang": "en",
      "extended_entities": {
        "media": [
          {
            "expanded_url": "https://twitter.com/crumbsandcrates/status/1518082813457335879/photo/1",
            "indices": [
              "100",
              "123"
            ],
            "url": "https://t.co/KD7bVr386t",
            "media_url": "http://pbs.twimg.com/media/FwAv3Igdcf4ZF2L.jpg",
            "id_str": "1518082775708598303",
            "id": "1518082775708598303",
            "media_url_https": "https://pbs.twimg.com/media/FwAv3Igdcf4ZF2L.jpg",
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
            "type": "video",
            "display_url": "pic.twitter.com/KD7bVr386t",
            "video_info": {
              "aspect_ratio": [
                "4",
                "3"
              ],
              "duration_millis": "8200",
              "variants": [
                {
                  "content_type": "application/x-mpegURL",
                  "url": "https://video.twimg.com/ext_tw_video/1518082775708598303/pl/a.m3u8"
                },
                {
                  "bitrate": "0",
                  "content_type": "video/mp4",
                  "url": "https://video.twimg.com/ext_tw_video/1518082775708598303/vid/a.mp4"
                }
              ]
            }
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
            "1521600311980985742"
          ],
          "editableUntil": "2022-05-03T22:19:19.000Z",
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
        "109"
      ],
      "favorite_count": "16",
      "id_str": "1521600311980985742",
      "truncated": false,
      "retweet_count": "8",
      "id": "1521600311980985742",
      "possibly_sensitive": false,
      "created_at": "Tue May 03 21:19:19 +0000 2022",
      "favorited": false,
      "full_text": "two ovens, one thread each, no data races, one burned focaccia (not the software's fault, i was on the phone)",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1524742625817526673"
          ],
          "editableUntil": "2022-05-12T14:25:45.000Z",
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
        "82"
      ],
      "favorite_count": "81",
      "id_str": "1524742625817526673",
      "truncated": false,
      "retweet_count": "0",
      "id": "1524742625817526673",
      "possibly_sensitive": false,
      "created_at": "Thu May 12 13:25:45 +0000 2022",
      "favorited": false,
      "full_text": "when the type checker finds the bug at your desk you do not find it at the counter",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1528125768201145120"
          ],
          "editableUntil": "2022-05-21T22:29:09.000Z",
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
      "favorite_count": "50",
      "id_str": "1528125768201145120",
      "truncated": false,
      "retweet_count": "11",
      "id": "1528125768201145120",
      "possibly_sensitive": false,
      "created_at": "Sat May 21 21:29:09 +0000 2022",
      "favorited": false,
      "full_text": "hoy el horno hizo un ruido nuevo. no me gustan los ruidos nuevos",
      "lang": "es"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1531133893669815659"
          ],
          "editableUntil": "2022-05-30T05:42:22.000Z",
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
        "125"
      ],
      "favorite_count": "0",
      "id_str": "1531133893669815659",
      "truncated": false,
      "retweet_count": "0",
      "id": "1531133893669815659",
      "possibly_sensitive": false,
      "created_at": "Mon May 30 04:42:22 +0000 2022",
      "favorited": false,
      "full_text": "RT @petitfour_dev: TIL there is a bakery where the bake list is a sorted iterator and honestly my bank should be this careful",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1534983153251257602"
          ],
          "editableUntil": "2022-06-09T20:37:57.000Z",
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
        "111"
      ],
      "favorite_count": "87",
      "id_str": "1534983153251257602",
      "truncated": false,
      "retweet_count": "12",
      "id": "1534983153251257602",
      "possibly_sensitive": false,
      "created_at": "Thu Jun 09 19:37:57 +0000 2022",
      "favorited": false,
      "full_text": "ok so i have to say something about time zones: i live in one. i bake in one. why are there four in my database",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1538173756109753493"
          ],
          "editableUntil": "2022-06-18T15:56:16.000Z",
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
        "125"
      ],
      "favorite_count": "35",
      "id_str": "1538173756109753493",
      "truncated": false,
      "retweet_count": "8",
      "id": "1538173756109753493",
      "possibly_sensitive": false,
      "created_at": "Sat Jun 18 14:56:16 +0000 2022",
      "favorited": false,
      "full_text": "the café on the corner ordered minus two brioches. the old system took it. the new system said no. i said \"good boy\" out loud",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1541267785118649460"
          ],
          "editableUntil": "2022-06-27T04:50:50.000Z",
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
        "70"
      ],
      "favorite_count": "463",
      "id_str": "1541267785118649460",
      "truncated": false,
      "retweet_count": "6",
      "id": "1541267785118649460",
      "possibly_sensitive": false,
      "created_at": "Mon Jun 27 03:50:50 +0000 2022",
      "favorited": false,
      "full_text": "customers do not want software. they want the same bread as on tuesday",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1541268800140216239"
          ],
          "editableUntil": "2022-06-27T04:54:52.000Z",
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
      "favorite_count": "89",
      "id_str": "1541268800140216239",
      "truncated": false,
      "retweet_count": "11",
      "id": "1541268800140216239",
      "possibly_sensitive": false,
      "created_at": "Mon Jun 27 03:54:52 +0000 2022",
      "favorited": false,
      "full_text": "so the page has one big button: same as tuesday",
      "lang": "en",
      "in_reply_to_status_id": "1541267785118649460",
      "in_reply_to_status_id_str": "1541267785118649460",
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
            "1541269303456695062"
          ],
          "editableUntil": "2022-06-27T04:56:52.000Z",
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
      "favorite_count": "88",
      "id_str": "1541269303456695062",
      "truncated": false,
      "retweet_count": "5",
      "id": "1541269303456695062",
      "possibly_sensitive": false,
      "created_at": "Mon Jun 27 03:56:52 +0000 2022",
      "favorited": false,
      "full_text": "it gets 60% of all clicks",
      "lang": "en",
      "in_reply_to_status_id": "1541268800140216239",
      "in_reply_to_status_id_str": "1541268800140216239",
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
            "1541269915825079513"
          ],
          "editableUntil": "2022-06-27T04:59:18.000Z",
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
        "15"
      ],
      "favorite_count": "46",
      "id_str": "1541269915825079513",
      "truncated": false,
      "retweet_count": "8",
      "id": "1541269915825079513",
      "possibly_sensitive": false,
      "created_at": "Mon Jun 27 03:59:18 +0000 2022",
      "favorited": false,
      "full_text": "i have a degree",
      "lang": "en",
      "in_reply_to_status_id": "1541269303456695062",
      "in_reply_to_status_id_str": "1541269303456695062",
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
            "1554668544455608200"
          ],
          "editableUntil": "2022-08-03T04:20:40.000Z",
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
      "id_str": "1554668544455608200",
      "truncated": false,
      "retweet_count": "6",
      "id": "1554668544455608200",
      "possibly_sensitive": false,
      "created_at": "Wed Aug 03 03:20:40 +0000 2022",
      "favorited": false,
      "full_text": "five years of sticky notes in a shoebox. i will not throw them away. it is called an audit log",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1561229916500922122"
          ],
          "editableUntil": "2022-08-21T06:53:13.000Z",
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
        "101"
      ],
      "favorite_count": "41",
      "id_str": "1561229916500922122",
      "truncated": false,
      "retweet_count": "3",
      "id": "1561229916500922122",
      "possibly_sensitive": false,
      "created_at": "Sun Aug 21 05:53:13 +0000 2022",
      "favorited": false,
      "full_text": "i keep hearing that nobody needs a fast bakery. correct. i need a bakery that does not lose wednesday",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1564478782436280733"
          ],
          "editableUntil": "2022-08-30T06:03:03.000Z",
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
      "favorite_count": "65",
      "id_str": "1564478782436280733",
      "truncated": false,
      "retweet_count": "10",
      "id": "1564478782436280733",
      "possibly_sensitive": false,
      "created_at": "Tue Aug 30 05:03:03 +0000 2022",
      "favorited": false,
      "full_text": "flour is up 30%. butter is up 40%. i am up since 2",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1567983400252345340"
          ],
          "editableUntil": "2022-09-08T22:09:09.000Z",
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
        "76"
      ],
      "favorite_count": "76",
      "id_str": "1567983400252345340",
      "truncated": false,
      "retweet_count": "4",
      "id": "1567983400252345340",
      "possibly_sensitive": false,
      "created_at": "Thu Sep 08 21:09:09 +0000 2022",
      "favorited": false,
      "full_text": "crab emoji discourse in the kitchen: the apprentice thinks it is a lobster 🦀",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1571321667777463799"
          ],
          "editableUntil": "2022-09-18T03:14:14.000Z",
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
        "78"
      ],
      "favorite_count": "440",
      "id_str": "1571321667777463799",
      "truncated": false,
      "retweet_count": "0",
      "id": "1571321667777463799",
      "possibly_sensitive": false,
      "created_at": "Sun Sep 18 02:14:14 +0000 2022",
      "favorited": false,
      "full_text": "@rye_and_shine_ thank you!! it is only rye, salt, water and the fear of monday",
      "lang": "en",
      "in_reply_to_status_id": "1571309839840182283",
      "in_reply_to_status_id_str": "1571309839840182283",
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
            "1574856056763318782"
          ],
          "editableUntil": "2022-09-27T21:18:38.000Z",
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
      "favorite_count": "87",
      "id_str": "1574856056763318782",
      "truncated": false,
      "retweet_count": "8",
      "id": "1574856056763318782",
      "possibly_sensitive": false,
      "created_at": "Tue Sep 27 20:18:38 +0000 2022",
      "favorited": false,
      "full_text": "proof of concept is such a nice word for someone who proofs things for a living",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1578109700010937153"
          ],
          "editableUntil": "2022-10-06T20:47:27.000Z",
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
        "120"
      ],
      "favorite_count": "94",
      "id_str": "1578109700010937153",
      "truncated": false,
      "retweet_count": "12",
      "id": "1578109700010937153",
      "possibly_sensitive": false,
      "created_at": "Thu Oct 06 19:47:27 +0000 2022",
      "favorited": false,
      "full_text": "went live on a sunday because nobody orders on a sunday. eleven people ordered on sunday. they wanted to see if it works",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1581153657418680880"
          ],
          "editableUntil": "2022-10-15T06:23:03.000Z",
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
        "8"
      ],
      "favorite_count": "85",
      "id_str": "1581153657418680880",
      "truncated": false,
      "retweet_count": "7",
      "id": "1581153657418680880",
      "possibly_sensitive": false,
      "created_at": "Sat Oct 15 05:23:03 +0000 2022",
      "favorited": false,
      "full_text": "it works",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1581154311730102779"
          ],
          "editableUntil": "2022-10-15T06:25:39.000Z",
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
      "id_str": "1581154311730102779",
      "truncated": false,
      "retweet_count": "7",
      "id": "1581154311730102779",
      "possibly_sensitive": false,
      "created_at": "Sat Oct 15 05:25:39 +0000 2022",
      "favorited": false,
      "full_text": "i should say more but i have been awake since yesterday",
      "lang": "en",
      "in_reply_to_status_id": "1581153657418680880",
      "in_reply_to_status_id_str": "1581153657418680880",
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
            "1581156094309305042"
          ],
          "editableUntil": "2022-10-15T06:32:44.000Z",
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
        "10"
      ],
      "favorite_count": "62",
      "id_str": "1581156094309305042",
      "truncated": false,
      "retweet_count": "11",
      "id": "1581156094309305042",
      "possibly_sensitive": false,
      "created_at": "Sat Oct 15 05:32:44 +0000 2022",
      "favorited": false,
      "full_text": "it works 🥖",
      "lang": "en",
      "in_reply_to_status_id": "1581154311730102779",
      "in_reply_to_status_id_str": "1581154311730102779",
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
            "1591543728567224773"
          ],
          "editableUntil": "2022-11-12T22:29:29.000Z",
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
      "favorite_count": "28",
      "id_str": "1591543728567224773",
      "truncated": false,
      "retweet_count": "8",
      "id": "1591543728567224773",
      "possibly_sensitive": false,
      "created_at": "Sat Nov 12 21:29:29 +0000 2022",
      "favorited": false,
      "full_text": "paper bags ran out, so for two hours every baguette went home naked. nobody minded",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1594774592549814820"
          ],
          "editableUntil": "2022-11-21T20:27:47.000Z",
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
      "favorite_count": "35",
      "id_str": "1594774592549814820",
      "truncated": false,
      "retweet_count": "9",
      "id": "1594774592549814820",
      "possibly_sensitive": false,
      "created_at": "Mon Nov 21 19:27:47 +0000 2022",
      "favorited": false,
      "full_text": "learned to say \"idempotent\" to the apprentice: you may shout the order twice, i bake it once",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1597967837819830559"
          ],
          "editableUntil": "2022-11-30T15:56:36.000Z",
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
        "99"
      ],
      "favorite_count": "24",
      "id_str": "1597967837819830559",
      "truncated": false,
      "retweet_count": "5",
      "id": "1597967837819830559",
      "possibly_sensitive": false,
      "created_at": "Wed Nov 30 14:56:36 +0000 2022",
      "favorited": false,
      "full_text": "meine oma hat immer gesagt: wer den sauerteig stört, backt zweimal. das gilt auch für die datenbank",
      "lang": "de"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1601077138289592902"
          ],
          "editableUntil": "2022-12-09T05:51:51.000Z",
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
      "favorite_count": "41",
      "id_str": "1601077138289592902",
      "truncated": false,
      "retweet_count": "3",
      "id": "1601077138289592902",
      "possibly_sensitive": false,
      "created_at": "Fri Dec 09 04:51:51 +0000 2022",
      "favorited": false,
      "full_text": "the new thing sends me one message a day: \"all orders printed.\" the most romantic text i get",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1604306471351223593"
          ],
          "editableUntil": "2022-12-18T03:44:04.000Z",
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
      "favorite_count": "99",
      "id_str": "1604306471351223593",
      "truncated": false,
      "retweet_count": "2",
      "id": "1604306471351223593",
      "possibly_sensitive": false,
      "created_at": "Sun Dec 18 02:44:04 +0000 2022",
      "favorited": false,
      "full_text": "ice on the road, so the bread went by tram. people moved over for the bread. nobody ever moved over for me",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1610625991439287160"
          ],
          "editableUntil": "2023-01-04T14:15:35.000Z",
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
      "favorite_count": "65",
      "id_str": "1610625991439287160",
      "truncated": false,
      "retweet_count": "8",
      "id": "1610625991439287160",
      "possibly_sensitive": false,
      "created_at": "Wed Jan 04 13:15:35 +0000 2023",
      "favorited": false,
      "full_text": "ok so new year's resolution: less midnight deploys, more midnight dough",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1614113207088055139"
          ],
          "editableUntil": "2023-01-14T05:12:32.000Z",
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
      "favorite_count": "97",
      "id_str": "1614113207088055139",
      "truncated": false,
      "retweet_count": "1",
      "id": "1614113207088055139",
      "possibly_sensitive": false,
      "created_at": "Sat Jan 14 04:12:32 +0000 2023",
      "favorited": false,
      "full_text": "a tourist took a photo of the error log on the wall. \"is it art?\" it is now",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1618079852655542362"
          ],
          "editableUntil": "2023-01-25T03:54:34.000Z",
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
            "expanded_url": "https://twitter.com/crumbsandcrates/status/1618079852655542362/photo/1",
            "indices": [
              "72",
              "95"
            ],
            "url": "https://t.co/GJHxEUxc4F",
            "media_url": "http://pbs.twimg.com/media/B3CaMafbl1qw0cQ.jpg",
            "id_str": "1618079814906806303",
            "id": "1618079814906806303",
            "media_url_https": "https://pbs.twimg.com/media/B3CaMafbl1qw0cQ.jpg",
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
            "display_url": "pic.twitter.com/GJHxEUxc4F"
          }
        ]
      },
      "display_text_range": [
        "0",
        "95"
      ],
      "favorite_count": "32",
      "id_str": "1618079852655542362",
      "truncated": false,
      "retweet_count": "1",
      "id": "1618079852655542362",
      "possibly_sensitive": false,
      "created_at": "Wed Jan 25 02:54:34 +0000 2023",
      "favorited": false,
      "full_text": "the postcard man came by in person. he is ninety. he brought a postcard https://t.co/GJHxEUxc4F",
      "lang": "en",
      "extended_entities": {
        "media": [
          {
            "expanded_url": "https://twitter.com/crumbsandcrates/status/1618079852655542362/photo/1",
            "indices": [
              "72",
              "95"
            ],
            "url": "https://t.co/GJHxEUxc4F",
            "media_url": "http://pbs.twimg.com/media/B3CaMafbl1qw0cQ.jpg",
            "id_str": "1618079814906806303",
            "id": "1618079814906806303",
            "media_url_https": "https://pbs.twimg.com/media/B3CaMafbl1qw0cQ.jpg",
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
            "display_url": "pic.twitter.com/GJHxEUxc4F"
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
            "1621951040058297613"
          ],
          "editableUntil": "2023-02-04T20:17:17.000Z",
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
        "80"
      ],
      "favorite_count": "58",
      "id_str": "1621951040058297613",
      "truncated": false,
      "retweet_count": "12",
      "id": "1621951040058297613",
      "possibly_sensitive": false,
      "created_at": "Sat Feb 04 19:17:17 +0000 2023",
      "favorited": false,
      "full_text": "@ofenpost_ you are welcome to copy it! the recipe is not the secret, the 3 am is",
      "lang": "en",
      "in_reply_to_status_id": "1621938960462774283",
      "in_reply_to_status_id_str": "1621938960462774283",
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
            "1625856264238009900"
          ],
          "editableUntil": "2023-02-15T14:55:15.000Z",
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
        "72"
      ],
      "favorite_count": "31",
      "id_str": "1625856264238009900",
      "truncated": false,
      "retweet_count": "10",
      "id": "1625856264238009900",
      "possibly_sensitive": false,
      "created_at": "Wed Feb 15 13:55:15 +0000 2023",
      "favorited": false,
      "full_text": "open sourced the bake list thing today. it has one star. it is my sister",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1625856935326648519"
          ],
          "editableUntil": "2023-02-15T14:57:55.000Z",
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
        "63"
      ],
      "favorite_count": "424",
      "id_str": "1625856935326648519",
      "truncated": false,
      "retweet_count": "8",
      "id": "1625856935326648519",
      "possibly_sensitive": false,
      "created_at": "Wed Feb 15 13:57:55 +0000 2023",
      "favorited": false,
      "full_text": "it has two stars. the second one is the postcard man's grandson",
      "lang": "en",
      "in_reply_to_status_id": "1625856264238009900",
      "in_reply_to_status_id_str": "1625856264238009900",
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
            "1633297668371385422"
          ],
          "editableUntil": "2023-03-08T03:44:44.000Z",
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
            "url": "https://t.co/fYm4PJm74H",
            "expanded_url": "https://code.example/crumbs/bakelist",
            "display_url": "code.example/crumbs/bakeli…",
            "indices": [
              "90",
              "113"
            ]
          }
        ]
      },
      "display_text_range": [
        "0",
        "113"
      ],
      "favorite_count": "56",
      "id_str": "1633297668371385422",
      "truncated": false,
      "retweet_count": "10",
      "id": "1633297668371385422",
      "possibly_sensitive": false,
      "created_at": "Wed Mar 08 02:44:44 +0000 2023",
      "favorited": false,
      "full_text": "the repo is here, the readme is longer than the code, the licence is \"please just use it\" https://t.co/fYm4PJm74H",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1636941000209334833"
          ],
          "editableUntil": "2023-03-18T05:02:02.000Z",
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
        "112"
      ],
      "favorite_count": "32",
      "id_str": "1636941000209334833",
      "truncated": false,
      "retweet_count": "11",
      "id": "1636941000209334833",
      "possibly_sensitive": false,
      "created_at": "Sat Mar 18 04:02:02 +0000 2023",
      "favorited": false,
      "full_text": "a stranger from porto sent a patch for the oven scheduler. i sent a loaf. this is how open source should be paid",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1641084318249911040"
          ],
          "editableUntil": "2023-03-29T15:26:06.000Z",
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
        "84"
      ],
      "favorite_count": "57",
      "id_str": "1641084318249911040",
      "truncated": false,
      "retweet_count": "7",
      "id": "1641084318249911040",
      "possibly_sensitive": false,
      "created_at": "Wed Mar 29 14:26:06 +0000 2023",
      "favorited": false,
      "full_text": "first issue on the tracker: \"does it support donuts\". no. but i respect the question",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1644692841558966699"
          ],
          "editableUntil": "2023-04-08T14:25:05.000Z",
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
        "115"
      ],
      "favorite_count": "0",
      "id_str": "1644692841558966699",
      "truncated": false,
      "retweet_count": "0",
      "id": "1644692841558966699",
      "possibly_sensitive": false,
      "created_at": "Sat Apr 08 13:25:05 +0000 2023",
      "favorited": false,
      "full_text": "RT @rustbelt_bakes: a bakery in leipzig just fixed a scheduling bug that i had in a FACTORY. i am going to lie down",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1648765351359418082"
          ],
          "editableUntil": "2023-04-19T20:07:47.000Z",
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
        "105"
      ],
      "favorite_count": "17",
      "id_str": "1648765351359418082",
      "truncated": false,
      "retweet_count": "10",
      "id": "1648765351359418082",
      "possibly_sensitive": false,
      "created_at": "Wed Apr 19 19:07:47 +0000 2023",
      "favorited": false,
      "full_text": "my favourite bug report this year: \"the program is too polite, please let it say NO to my brother in law\"",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1652298037457847253"
          ],
          "editableUntil": "2023-04-29T14:05:25.000Z",
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
      "favorite_count": "94",
      "id_str": "1652298037457847253",
      "truncated": false,
      "retweet_count": "10",
      "id": "1652298037457847253",
      "possibly_sensitive": false,
      "created_at": "Sat Apr 29 13:05:25 +0000 2023",
      "favorited": false,
      "full_text": "you can tell the season by the dough and by which laptop fan is loudest",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1656418748199862580"
          ],
          "editableUntil": "2023-05-10T22:59:39.000Z",
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
      "favorite_count": "25",
      "id_str": "1656418748199862580",
      "truncated": false,
      "retweet_count": "4",
      "id": "1656418748199862580",
      "possibly_sensitive": false,
      "created_at": "Wed May 10 21:59:39 +0000 2023",
      "favorited": false,
      "full_text": "ok so the health inspector loves the temperature log. \"who made this?\" the crab did",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1659758383068089679"
          ],
          "editableUntil": "2023-05-20T04:10:10.000Z",
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
        "101"
      ],
      "favorite_count": "20",
      "id_str": "1659758383068089679",
      "truncated": false,
      "retweet_count": "8",
      "id": "1659758383068089679",
      "possibly_sensitive": false,
      "created_at": "Sat May 20 03:10:10 +0000 2023",
      "favorited": false,
      "full_text": "today's bread sponsored by a wrong number in my own config. 400 rolls. the kindergarten is very happy",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1663728014980024342"
          ],
          "editableUntil": "2023-05-31T03:04:04.000Z",
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
        "53"
      ],
      "favorite_count": "37",
      "id_str": "1663728014980024342",
      "truncated": false,
      "retweet_count": "1",
      "id": "1663728014980024342",
      "possibly_sensitive": false,
      "created_at": "Wed May 31 02:04:04 +0000 2023",
      "favorited": false,
      "full_text": "kein brot der welt rechtfertigt diese steuerformulare",
      "lang": "de"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1667394205774774873"
          ],
          "editableUntil": "2023-06-10T05:52:12.000Z",
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
      "favorite_count": "16",
      "id_str": "1667394205774774873",
      "truncated": false,
      "retweet_count": "12",
      "id": "1667394205774774873",
      "possibly_sensitive": false,
      "created_at": "Sat Jun 10 04:52:12 +0000 2023",
      "favorited": false,
      "full_text": "\"can you put a qr code on the bread\" no\n\n\"can you put a qr code on the BAG\" …fine",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1671602288063416520",
            "1671603294696376520"
          ],
          "editableUntil": "2023-06-21T20:33:37.000Z",
          "editsRemaining": "4",
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
        "134"
      ],
      "favorite_count": "40",
      "id_str": "1671602288063416520",
      "truncated": false,
      "retweet_count": "8",
      "id": "1671602288063416520",
      "possibly_sensitive": false,
      "created_at": "Wed Jun 21 19:33:37 +0000 2023",
      "favorited": false,
      "full_text": "rode 40 km to see a mill. teh miller had a raspberry pi in a biscuit tin. we did not speak for a while. then we spoke for four hours 🚲",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "edit": {
          "initialTweetId": "1671602288063416520",
          "editControlInitial": {
            "editTweetIds": [
              "1671602288063416520",
              "1671603294696376520"
            ],
            "editableUntil": "2023-06-21T20:33:37.000Z",
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
        "134"
      ],
      "favorite_count": "49",
      "id_str": "1671603294696376520",
      "truncated": false,
      "retweet_count": "9",
      "id": "1671603294696376520",
      "possibly_sensitive": false,
      "created_at": "Wed Jun 21 19:37:37 +0000 2023",
      "favorited": false,
      "full_text": "rode 40 km to see a mill. the miller had a raspberry pi in a biscuit tin. we did not speak for a while. then we spoke for four hours 🚲",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1675369637082041459"
          ],
          "editableUntil": "2023-07-02T06:03:43.000Z",
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
        "110"
      ],
      "favorite_count": "78",
      "id_str": "1675369637082041459",
      "truncated": false,
      "retweet_count": "3",
      "id": "1675369637082041459",
      "possibly_sensitive": false,
      "created_at": "Sun Jul 02 05:03:43 +0000 2023",
      "favorited": false,
      "full_text": "the cat walked over the keyboard &amp; closed a ticket. it was the right one. i have made her a maintainer 🐈‍⬛",
      "lang": "en"
    }
  }
]
