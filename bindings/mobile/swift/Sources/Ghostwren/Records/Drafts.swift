import Foundation

/// How well a candidate fits, each from 0 to 1.
public struct Scores: Codable, Hashable, Sendable {
    public let style: Double
    public let topic: Double
    public let diversity: Double
    public let copied: Double
    public let total: Double
}

/// What the owner said about a draft.
public struct Feedback: Codable, Hashable, Sendable {
    public let note: String?
    public let originalText: String?
}

/// A drafted tweet.
public struct Draft: Codable, Hashable, Identifiable, Sendable {
    public let id: String
    public let accountId: String
    public let generationId: String
    public let text: String
    public let weightedLength: Int
    public let scores: Scores
    public let state: String
    public let feedback: Feedback?
    public let createdAt: Date
    public let updatedAt: Date
}

/// A candidate that was not taken, with the gate that it failed and the reason in one sentence.
public struct Rejection: Codable, Hashable, Sendable {
    public let text: String
    public let code: String
    public let reason: String
}

/// One call of `generate`, as it is stored.
public struct Generation: Codable, Hashable, Sendable {
    public let id: String
    public let accountId: String
    public let profileId: String?
    public let request: [String: JSONValue]
    public let model: String
    public let exemplars: [[String: String]]
    public let rejected: [Rejection]
    public let createdAt: Date
}

/// Something the reader of drafts should know.
public struct Note: Codable, Hashable, Sendable {
    public let code: String
    public let text: String
}

/// What a generation came to. Fewer drafts than asked for, or none, is a valid end: `generation.rejected` and
/// `notes` say why.
public struct GenerationReport: Codable, Hashable, Sendable, Sequence {
    public let generation: Generation
    public let drafts: [Draft]
    public let notes: [Note]
    public let costMicros: Int?

    public func makeIterator() -> IndexingIterator<[Draft]> { drafts.makeIterator() }
}

/// A candidate that was chosen.
public struct Chosen: Codable, Hashable, Sendable {
    public let index: Int
    public let text: String
    public let scores: Scores
}

/// A candidate that was not chosen.
public struct Rejected: Codable, Hashable, Sendable {
    public let index: Int
    public let text: String
    public let code: String
    public let reason: String
}

/// What became of each candidate: it is in exactly one of the two lists.
public struct Selection: Codable, Hashable, Sendable {
    public let chosen: [Chosen]
    public let rejected: [Rejected]
    public let batchDistance: Double?
}

/// What a call may cost, before it is made.
public struct CostPreview: Codable, Hashable, Sendable {
    public let modelCalls: Int
    public let maxMicros: Int?
    public let leftMicros: Int?
    public let affordable: Bool
}

/// Something about a tweet that a person should know before it is sent.
public struct Finding: Codable, Hashable, Sendable {
    public let code: String
    public let refused: Bool
    public let detail: String
}

/// A tweet that is on Twitter.
public struct PublishedTweet: Codable, Hashable, Sendable {
    public let position: Int
    public let tweetId: String
    public let url: String
}

/// What was published.
public struct PublishReport: Codable, Hashable, Sendable {
    public let outbox: String
    public let tweets: [PublishedTweet]
    public let costMicros: Int
    public let warnings: [Finding]
}

/// One tweet of a preview.
public struct PreviewedTweet: Codable, Hashable, Sendable {
    public let text: String
    public let costMicros: Int
    public let findings: [Finding]
}

/// What publishing would cost and what would be refused.
public struct PublishPreview: Codable, Hashable, Sendable {
    public let tweets: [PreviewedTweet]
    public let costMicros: Int
    public let leftMicros: Int?
    public let affordable: Bool
}

/// A tweet or a thread on its way to Twitter.
public struct OutboxEntry: Codable, Hashable, Sendable {
    public let id: String
    public let accountId: String
    public let draftId: String?
    public let contentHash: String
    public let payload: [[String: JSONValue]]
    public let state: String
    public let postedIds: [String]
    public let attempts: Int
    public let errorCode: String?
    public let fence: Int
    public let leaseUntil: Date?
    public let sentAt: Date?
    public let createdAt: Date
    public let updatedAt: Date
}

/// How an account stands with Twitter: `state` is `notConnected`, `connected` or `needsLogin`.
public struct Connection: Codable, Hashable, Sendable {
    public let state: String
    public let scopes: [String]?
    public let expiresAt: Date?
    public let refreshable: Bool?
    public let inDoubt: Bool?
    public let reason: String?
    public let since: Date?
}

/// A login that was begun: open `url` in the browser, and keep `binding` in memory.
public struct PendingLogin: Codable, Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    public let url: String
    public let binding: String
    public let expiresAt: Date

    // The binding is a secret of the browser.
    public var description: String { "PendingLogin(expiresAt: \(expiresAt))" }

    public var customMirror: Mirror { Mirror(self, children: ["expiresAt": expiresAt]) }
}
