window.YTD.note_tweet.part0 = [
  {
    "noteTweet": {
      "noteTweetId": "1367582910575542444",
      "updatedAt": "2021-03-04T21:09:09.000Z",
      "lifecycle": {
        "value": "0",
        "name": "Note",
        "originalName": "Note",
        "annotations": {}
      },
      "createdAt": "2021-03-04T21:09:09.000Z",
      "core": {
        "styletags": [],
        "urls": [],
        "text": "ok so people asked how a bakery takes orders, so here is how a bakery takes orders.\n\na café calls at 2 pm and says \"same as tuesday\". which tuesday? nobody knows. i write \"tuesday??\" on a sticky note. the note goes on the oven door because that is where i look most. the oven door is hot. the note falls off. it lands under the proofer with the other notes.\n\nat 3 am i find four notes, one of them from march, and i bake what feels right.\n\nthis has worked for six years. i am writing software now.",
        "mentions": [],
        "cashtags": [],
        "hashtags": []
      }
    }
  },
  {
    "noteTweet": {
      "noteTweetId": "1853624373605303404",
      "updatedAt": "2024-11-05T02:24:24.000Z",
      "lifecycle": {
        "value": "0",
        "name": "Note",
        "originalName": "Note",
        "annotations": {}
      },
      "createdAt": "2024-11-05T02:24:24.000Z",
      "core": {
        "styletags": [],
        "urls": [],
        "text": "ok so it is two years since the rewrite and some of you asked if it was worth it.\n\nwhat got better: nothing gets lost. i sleep until 2:30, which is practically noon. the apprentice can change the bake list without calling me. when the power goes, the orders stay.\n\nwhat got worse: i now have opinions about time zones. also i can no longer say \"must have been the spreadsheet\".\n\nwhat stayed the same: the butter is late, the cat is in charge, and the postcard man still sends postcards.\n\nwould i do it again? yes, but i would start with the printer.",
        "mentions": [],
        "cashtags": [],
        "hashtags": []
      }
    }
  },
  {
    "noteTweet": {
      "noteTweetId": "2052470299030456105",
      "updatedAt": "2026-05-07T19:27:07.000Z",
      "lifecycle": {
        "value": "0",
        "name": "Note",
        "originalName": "Note",
        "annotations": {}
      },
      "createdAt": "2026-05-07T19:27:07.000Z",
      "core": {
        "styletags": [],
        "urls": [
          {
            "expandedUrl": "https://krume.example/blog/what-you-need",
            "toIndex": "490",
            "shortUrl": "https://t.co/NoteLink01",
            "displayUrl": "krume.example/blog/what-you-…",
            "fromIndex": "467"
          }
        ],
        "text": "a short list, because people keep asking what you need to start selling bread with software:\n\n1. bread. really. it does not work without\n2. one table with orders, one person who believes the table\n3. a way to say \"same as tuesday\"\n4. a printer, and a friend who can talk to printers\n5. a backup that you have restored at least once, preferably on a day without customers\n\nwhat you do not need: a spinning globe, a login for the cat, my old php.\n\nlonger version here: https://t.co/NoteLink01 #smallbakery",
        "mentions": [],
        "cashtags": [],
        "hashtags": [
          {
            "text": "smallbakery",
            "fromIndex": "491",
            "toIndex": "503"
          }
        ]
      }
    }
  }
]
