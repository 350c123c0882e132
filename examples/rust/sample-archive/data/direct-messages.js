window.YTD.direct_messages.part0 = [
  {
    "dmConversation": {
      "conversationId": "858976834417590349-1101696660272058369",
      "messages": [
        {
          "messageCreate": {
            "recipientId": "1101696660272058369",
            "reactions": [],
            "urls": [],
            "text": "an invented private line: no import may ever open this file",
            "mediaUrls": [],
            "senderId": "858976834417590349",
            "id": "1764216429474742277",
            "createdAt": "2024-03-03T09:09:09.000Z"
          }
        }
      ]
    }
  }
]
