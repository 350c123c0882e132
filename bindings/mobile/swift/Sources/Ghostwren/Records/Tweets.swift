import Foundation
import GhostwrenNative

/// Likes and so on; `nil` where the source does not say.
public struct TweetCounts: Codable, Hashable, Sendable {
    public let likes: Int?
    public let retweets: Int?
    public let replies: Int?
    public let quotes: Int?
    public let bookmarks: Int?
    public let impressions: Int?
}

/// A link in a tweet.
public struct UrlEntity: Codable, Hashable, Sendable {
    public let url: String
    public let expandedUrl: String
    public let displayUrl: String
}

/// A person named in a tweet.
public struct Mention: Codable, Hashable, Sendable {
    public let username: String
    public let id: String?
    public let name: String?
}

/// What stands in a tweet's text; `nil` where there is none.
public struct Entities: Codable, Hashable, Sendable {
    public let urls: [UrlEntity]?
    public let mentions: [Mention]?
    public let hashtags: [String]?
    public let cashtags: [String]?
}

/// A picture or film in a tweet.
public struct Media: Codable, Hashable, Sendable {
    public let id: String
    public let kind: String
    public let url: String?
    public let altText: String?
}

/// One tweet of an account. `fullText` is what the author typed.
public struct Tweet: Codable, Hashable, Identifiable, Sendable {
    public let id: String
    public let fullText: String
    public let createdAt: Date
    public let lang: String?
    public let kind: String
    public let isNote: Bool
    public let isTruncated: Bool
    public let threadId: String?
    public let threadPosition: Int?
    public let inReplyToId: String?
    public let inReplyToUserId: String?
    public let quotedId: String?
    public let retweetedId: String?
    public let conversationId: String?
    public let counts: TweetCounts
    public let entities: Entities
    public let media: [Media]
    public let source: String
    public let client: String?
    public let editHistory: [String]
    public let deletedAt: Date?
    public let excluded: Bool
    public let labels: [String]
}

/// Tweets whose records stay in Rust: each is read when it is looked at, with its neighbours.
public final class TweetList: RandomAccessCollection, @unchecked Sendable, CustomStringConvertible {
    let native: NativeTweets
    public let startIndex = 0
    public let endIndex: Int
    private static let part = 256
    private let lock = NSLock()
    private var parts: [Int: [Tweet]] = [:]

    init(_ native: NativeTweets) {
        self.native = native
        endIndex = Int(native.count())
    }

    public subscript(position: Int) -> Tweet {
        precondition(position >= 0 && position < endIndex, "there is no tweet \(position)")
        let part = position / Self.part
        lock.lock()
        defer { lock.unlock() }
        if let known = parts[part] {
            return known[position % Self.part]
        }
        // Records that Rust wrote can be read: a failure is a defect of this package.
        let json = try? native.part(from: UInt64(part * Self.part), count: UInt64(Self.part))
        guard let json, let tweets = try? Wire.read([Tweet].self, json) else {
            preconditionFailure("the tweets cannot be read: package and library are of different versions")
        }
        parts[part] = tweets
        return tweets[position % Self.part]
    }

    public var description: String { "TweetList(of \(count))" }
}

/// A page of a longer list. `next` is the `after` of the next call; `nil` at the end.
public struct Page<Item: Codable & Sendable>: Codable, Sendable, Sequence, CustomStringConvertible {
    public let items: [Item]
    public let next: String?

    public func makeIterator() -> IndexingIterator<[Item]> { items.makeIterator() }

    public var description: String { "Page(\(items.count) items, next: \(next ?? "nil"))" }
}

extension Page: Equatable where Item: Equatable {}
extension Page: Hashable where Item: Hashable {}
