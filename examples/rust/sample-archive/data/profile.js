window.YTD.profile.part0 = [
  {
    "profile": {
      "description": {
        "bio": "bakes bread, writes rust, in that order. crumbs & crates, leipzig. gerald is the starter 🥖",
        "website": "https://t.co/4hTiWp41WZ",
        "location": "behind the counter"
      },
      "avatarMediaUrl": "https://pbs.twimg.com/profile_images/1190000000000000001/crumb.jpg",
      "headerMediaUrl": "https://pbs.twimg.com/profile_banners/1101696660272058369/1551500000"
    }
  }
]
