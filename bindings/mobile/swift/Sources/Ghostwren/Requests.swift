import Foundation

/// What a tweet is. Open, because X makes new kinds.
public struct TweetKind: RawRepresentable, Codable, Hashable, Sendable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public static let original = TweetKind(rawValue: "original")
    public static let reply = TweetKind(rawValue: "reply")
    public static let quote = TweetKind(rawValue: "quote")
    public static let retweet = TweetKind(rawValue: "retweet")
    public static let note = TweetKind(rawValue: "note")
}

/// The order of tweets.
public enum TweetOrder: String, Codable, Sendable {
    case newestFirst = "newest_first"
    case oldestFirst = "oldest_first"
}

/// What is done when a limit of X is used up.
public enum OnLimit: String, Codable, Sendable {
    /// Waits until X gives again.
    case wait
    /// Fails with `rateLimited`.
    case fail
    /// Ends as waiting; the same call goes on later.
    case yield
}

/// Where a draft stands.
public enum DraftState: String, Codable, Sendable {
    case draft, approved, rejected, published
}

/// The form of a draft.
public enum DraftFormat: String, Codable, Sendable {
    case tweet
    case threadOpener = "thread_opener"
    case reply
}

/// What is done about hashtags.
public enum HashtagUse: String, Codable, Sendable {
    case asAuthor = "as_author"
    case none
    case free
}

/// Which tweets. `search` takes words, `"a phrase"` and `prefix*`; all of them must match.
public struct TweetQuery: Codable, Hashable, Sendable {
    public var search: String?
    public var kinds: [TweetKind] = []
    public var lang: String?
    public var since: Date?
    public var until: Date?
    public var label: String?
    public var excluded: Bool?
    public var withDeleted = false
    public var order = TweetOrder.newestFirst

    public init(search: String? = nil) {
        self.search = search
    }
}

/// How an import reads from X. Money is in millionths of a US dollar.
public struct ImportOptions: Codable, Hashable, Sendable {
    public var budgetMicros: Int?
    public var onLimit = OnLimit.wait
    public var again = false

    public init(budgetMicros: Int? = nil, onLimit: OnLimit = .wait, again: Bool = false) {
        self.budgetMicros = budgetMicros
        self.onLimit = onLimit
        self.again = again
    }
}

/// What is to be drafted. Numbers, links and handles come only from `topic`, `facts`, `tone` and `replyTo`.
public struct DraftRequest: Codable, Hashable, Sendable {
    public var topic: String
    public var count: Int
    public var language: String?
    public var limit = 280
    public var format: DraftFormat?
    public var tone: String?
    public var facts: [String] = []
    public var banned: [String] = []
    public var replyTo: String?
    public var hashtags = HashtagUse.asAuthor
    public var repair = true
    public var seed: Int?
    public var temperature: Double?

    public init(_ topic: String = "", count: Int = 3) {
        self.topic = topic
        self.count = count
    }

    func whole() throws -> JSONValue {
        var request = self
        request.format = format ?? (replyTo == nil ? .tweet : .reply)
        return .object(try Wire.plain(request))
    }
}

/// A picture or film for the tweet at `position`: one that X has (`id`), or a file (`path`).
public struct PublishMedia: Codable, Hashable, Sendable {
    public var position: Int
    public var id: String?
    public var path: String?
    public var mediaType: String?
    public var category: String?
    public var altText: String?

    public init(position: Int = 0, id: String? = nil, path: String? = nil, altText: String? = nil) {
        self.position = position
        self.id = id
        self.path = path
        self.altText = altText
    }
}

/// What is to be published: approved drafts, several as a thread in this order, or one `split` into several tweets.
public struct PublishRequest: Codable, Hashable, Sendable {
    public var drafts: [String]
    public var split: [String]?
    public var madeWithAi: Bool?
    public var paidPartnership: Bool?
    public var replyTo: String?
    public var quote: String?
    public var replySettings: String?
    public var media: [PublishMedia] = []
    public var textLimit: Int?
    public var selfServe: Bool?

    public init(_ drafts: String...) {
        self.drafts = drafts
    }
}
