window.YTD.account.part0 = [
  {
    "account": {
      "email": "tilda@krume.example",
      "createdVia": "web",
      "username": "crumbsandcrates",
      "accountId": "1101696660272058369",
      "createdAt": "2019-03-02T04:12:07.000Z",
      "accountDisplayName": "tilda crumb"
    }
  }
]
