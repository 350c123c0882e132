import Foundation

/// One model call: hashes and ids, never a prompt and never an answer.
public struct AiRun: Codable, Hashable, Sendable {
    public let id: String
    public let accountId: String
    public let purpose: String
    public let provider: String
    public let model: String
    public let requestId: String?
    public let requestHash: String
    public let inputTokens: Int
    public let cachedTokens: Int
    public let outputTokens: Int
    public let reasoningTokens: Int
    public let costMicros: Int?
    public let latencyMs: Int
    public let attempts: Int
    public let outcome: [String: String]
    public let createdAt: Date
}

/// What an account spent on one UTC day.
public struct SpendRecord: Codable, Hashable, Sendable {
    public let day: String
    public let kind: String
    public let spentMicros: Int
    public let reservedMicros: Int
}

/// Who did what and when.
public struct AuditEvent: Codable, Hashable, Sendable {
    public let at: Date
    public let subject: String
    public let action: String
    public let facts: [String: JSONValue]
}

/// What X makes of a text. Ranges are half open, in UTF-16 units; see `validText` for what fits.
public struct ParsedTweet: Codable, Hashable, Sendable {
    public let weightedLength: Int
    public let valid: Bool
    public let permillage: Int
    public let validRange: TextRange
    public let validBytes: Int
    public let displayRange: TextRange
    public let urlCount: Int
    public let cashtagCount: Int
    public let hasUrl: Bool
}

/// A range of a text, half open.
public struct TextRange: Codable, Hashable, Sendable {
    public let start: Int
    public let end: Int
}

/// A link, person, hashtag or cashtag in a text: `text[entity.range(in: text)]`.
public struct Entity: Codable, Hashable, Sendable {
    public let kind: String
    public let value: String
    public let list: String?
    /// Where it stands, in Unicode scalars.
    public let chars: TextRange
    /// Where it stands, in UTF-16 units.
    public let utf16: TextRange

    /// Where it stands in the text that it was found in.
    public func range(in text: String) -> Range<String.Index> {
        let start = text.utf16.index(text.utf16.startIndex, offsetBy: utf16.start)
        let end = text.utf16.index(text.utf16.startIndex, offsetBy: utf16.end)
        return start..<end
    }
}

/// One part of a search: all its tokens, in this order.
public struct SearchClause: Codable, Hashable, Sendable {
    public let tokens: [String]
    public let prefix: Bool
}

/// The tokens of a call.
public struct Usage: Codable, Hashable, Sendable {
    public let inputTokens: Int
    public let cachedTokens: Int
    public let cacheWriteTokens: Int
    public let outputTokens: Int
    public let reasoningTokens: Int

    public init(
        inputTokens: Int = 0,
        cachedTokens: Int = 0,
        cacheWriteTokens: Int = 0,
        outputTokens: Int = 0,
        reasoningTokens: Int = 0
    ) {
        self.inputTokens = inputTokens
        self.cachedTokens = cachedTokens
        self.cacheWriteTokens = cacheWriteTokens
        self.outputTokens = outputTokens
        self.reasoningTokens = reasoningTokens
    }
}

/// One answer of a model.
public struct Answer: Codable, Hashable, Sendable {
    public let index: Int
    public let text: String
    public let refusal: String?
    public let finish: JSONValue?
    public let logprobs: JSONValue?
}

/// Whole answers, with all that the service said about them.
public struct Reply: Codable, Hashable, Sendable {
    public let id: String?
    public let model: String?
    public let answers: [Answer]
    public let usage: Usage
    public let costMicros: Int?
    public let systemFingerprint: String?
    public let requestId: String?
    public let limits: [String: JSONValue]?
    public let attempts: Int
    public let unanswered: Int
    public let latency: Seconds

    /// The text of the first answer.
    public var text: String { answers.first?.text ?? "" }
}

/// A model that a server has.
public struct ModelRecord: Codable, Hashable, Sendable {
    public let id: String
    public let ownedBy: String?
    public let created: Int?
    public let shutdownDate: String?
}

/// What is known of one model.
public struct ModelInfo: Codable, Hashable, Sendable {
    public let id: String
    public let contextTokens: Int
    public let maxOutputTokens: Int
    public let price: Price?
    public let jsonSchema: Bool
    public let chat: Bool
    public let reasoning: JSONValue?
    public let maxN: Int
    public let shutdown: String?
    public let successor: String?
    public let known: Bool
}

/// A person on Twitter, with what an import and a lint want to know.
public struct UserInfo: Codable, Hashable, Sendable {
    public let user: TwitterUser
    public let description: String?
    public let protected: Bool
    public let verifiedType: String?
    public let subscription: String?
    public let followers: Int?
    public let following: Int?
    public let tweets: Int?
}

/// Users, and what X could not give.
public struct UserList: Codable, Hashable, Sendable {
    public let users: [UserInfo]
    public let problems: [[String: JSONValue]]
}

/// Tweets as one answer of X brought them, newest first. An empty page is no end: see `next`.
public struct TweetPage: Codable, Hashable, Sendable, CustomStringConvertible {
    public let tweets: [Tweet]
    public let context: [[String: JSONValue]]
    public let authors: [String: JSONValue]
    public let problems: [[String: JSONValue]]
    public let next: JSONValue?
    public let oldestId: String?
    public let newestId: String?
    public let resultCount: Int?
    public let postsRead: Int
    public let usersRead: Int
    public let read: ReadIds
    public let limits: [String: JSONValue]
    public let answeredAt: Date?

    public var description: String { "TweetPage(\(tweets.count) tweets)" }
}

/// Which tweets and users an answer held: those asked for, and those that came along.
public struct ReadIds: Codable, Hashable, Sendable {
    public let tweets: [String]
    public let along: [String]
    public let users: [String]
}

/// A tweet that was written.
public struct Written: Codable, Hashable, Sendable {
    public let id: String
    public let text: String
    public let editHistory: [String]
    public let problems: [[String: JSONValue]]
}

/// A picture or film that X has.
public struct UploadedMedia: Codable, Hashable, Sendable {
    public let id: String
    public let expiresAfter: Seconds?
}
