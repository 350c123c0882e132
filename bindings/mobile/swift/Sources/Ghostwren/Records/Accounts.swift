import Foundation

/// A person on Twitter, as far as the SDK knows them.
public struct TwitterUser: Codable, Hashable, Sendable {
    public let id: String
    public let username: String
    public let name: String?
    public let avatarUrl: String?
    public let createdAt: Date?
}

/// One Twitter account of one owner. `revision` grows with every write: an `ETag` that costs no query.
public struct AccountRecord: Codable, Hashable, Sendable {
    public let id: String
    public let owner: String
    public let label: String
    public let twitterUser: TwitterUser?
    public let tweetCount: Int
    public let revision: Int
    public let tweetsRevision: Int
    public let createdAt: Date
}

/// How many tweets of each kind, language and so on an account has; deleted ones only in `deleted`.
public struct TweetTotals: Codable, Hashable, Sendable {
    public let total: Int
    public let byKind: [String: Int]
    public let byLang: [String: Int]
    public let threads: Int
    public let inThreads: Int
    public let edited: Int
    public let deleted: Int
    public let excluded: Int
    public let oldest: Date?
    public let newest: Date?
}

/// What became of the tweets of an import.
public struct Counts: Codable, Hashable, Sendable {
    public let inserted: Int
    public let updated: Int
    public let unchanged: Int
    public let malformed: Int

    /// All tweets that could be read.
    public var read: Int { inserted + updated + unchanged }
}

/// How an import ended, honestly: `kind` is `complete`, `incomplete` (with `reasons`), `reached_limit`, `waiting`
/// (with `until`), `over_budget`, `needs_login`, `cancelled` or `failed` (with `code` and `detail`).
public struct ImportEnd: Codable, Hashable, Sendable {
    public let kind: String
    public let reasons: [String]?
    public let until: Date?
    public let code: String?
    public let detail: String?

    private enum CodingKeys: String, CodingKey {
        case kind = "end"
        case reasons, until, code, detail
    }
}

/// One import, running or ended.
public struct ImportRun: Codable, Hashable, Sendable {
    public let id: String
    public let accountId: String
    public let source: String
    public let sourceKey: String
    public let checkpoint: JSONValue?
    public let counts: Counts
    public let costMicros: Int
    public let watermark: String?
    public let end: ImportEnd?
    public let fence: Int
    public let leaseUntil: Date?
    public let startedAt: Date
    public let updatedAt: Date
}

/// What the X API gave of a timeline.
public struct TimelineReport: Codable, Hashable, Sendable {
    public let tweetsOfUser: Int?
    public let read: Int
    public let costMicros: Int
    public let sessionCostMicros: Int
    public let problems: [String]
    public let problemCount: Int
    public let replaced: Int
}

/// How much was erased.
public struct Erased: Codable, Hashable, Sendable {
    public let tweets: Int
    public let profiles: Int
    public let drafts: Int
    public let generations: Int
    public let sealed: Int
    public let imports: Int
    public let aiRuns: Int
    public let outbox: Int
    public let marked: Int
}

/// What looking up what is stored found.
public struct ReconcileReport: Codable, Hashable, Sendable, CustomStringConvertible {
    public let own: Int
    public let context: Int
    public let gone: [String]
    public let hidden: Int
    public let erased: Erased
    public let costMicros: Int
    public let sessionCostMicros: Int

    public var description: String {
        "ReconcileReport(own: \(own), context: \(context), gone: \(gone.count), hidden: \(hidden), erased: \(erased), "
            + "costMicros: \(costMicros), sessionCostMicros: \(sessionCostMicros))"
    }
}

/// What an import did.
public struct ImportReport: Codable, Hashable, Sendable {
    public let run: ImportRun
    public let counts: Counts
    public let end: ImportEnd
    public let archive: [String: JSONValue]?
    public let timeline: TimelineReport?
    public let reconcile: ReconcileReport?
    public let restarted: Bool
    public let warnings: [String]
    public let elapsed: Seconds
}

/// How far an import has come.
public struct Progress: Codable, Hashable, Sendable {
    public let counts: Counts
    public let total: Int?
    public let perSecond: Double
    public let remaining: Seconds?
    public let costMicros: Int
}

/// What importing a timeline would read and cost.
public struct ImportPreview: Codable, Hashable, Sendable {
    public let tweetsOfUser: Int?
    public let tweets: Int
    public let likely: Int
    public let beyond: Int
    public let maxMicros: Int
    public let likelyMicros: Int
    public let contextMicros: Int
    public let leftMicros: Int?
}

/// What looking up what is stored would cost.
public struct ReconcilePreview: Codable, Hashable, Sendable {
    public let own: Int
    public let context: Int
    public let likelyMicros: Int
    public let maxMicros: Int
    public let leftMicros: Int?
}
