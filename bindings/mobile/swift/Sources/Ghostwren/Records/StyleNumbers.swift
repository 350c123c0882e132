import Foundation

/// One habit in numbers: how often, how often others do it, and how far apart that is (`z`).
public struct Feature: Codable, Hashable, Sendable {
    public let name: String
    public let label: String
    public let per: String
    public let group: String
    public let value: Double
    public let background: Double?
    public let z: Double
}

/// A language that somebody writes in, and how much.
public struct LanguageUse: Codable, Hashable, Sendable {
    public let language: String
    public let share: Double
    public let wordsCompared: Bool
}

/// A word, sign or length, and how often it comes.
public struct Habit: Codable, Hashable, Sendable {
    public let text: String
    public let perTweet: Double
}

/// A style in the numbers that people read.
public struct Summary: Codable, Hashable, Sendable {
    public let texts: Int
    public let characters: Double
    public let words: Double
    public let lengths: [Habit]
    public let emoji: Double
    public let withEmoji: Double
    public let favouriteEmoji: [Habit]
    public let hashtags: Double
    public let favouriteHashtags: [Habit]
    public let mentions: Double
    public let links: Double
    public let exclamationMarks: Double
    public let questionMarks: Double
    public let lineBreaks: Double
    public let lowerCaseStart: Double
    public let wordsInCapitals: Double
    public let openers: [Habit]
    public let firstWords: [Habit]
    public let closers: [Habit]
    public let favouriteWords: [Habit]
    public let characteristicWords: [Feature]
    public let characteristicHabits: [Feature]
    public let languages: [LanguageUse]
    public let notes: [String]
}

/// Whether there are enough tweets to speak of a style.
public struct Sufficiency: Codable, Hashable, Sendable {
    public let tweets: Int
    public let wanted: Int
    public let enough: Bool
    public let message: String
}

/// What was left out of a corpus, and why.
public struct LeftOut: Codable, Hashable, Sendable {
    public let excluded: Int
    public let deleted: Int
    public let retweets: Int
    public let truncated: Int
    public let automatic: Int
    public let repeated: Int
    public let wordless: Int
    public let oversized: Int
    public let older: Int
}

/// What a model says of a style, checked against the numbers.
public struct Claim: Codable, Hashable, Sendable {
    public let feature: String
    public let direction: String
    public let strength: String
    public let words: String
    public let evidenceIds: [String]
}

/// What a model said against the numbers.
public struct DroppedClaim: Codable, Hashable, Sendable {
    public let feature: String
    public let code: String
    public let reason: String
}

/// A model's words about a style.
public struct Analysis: Codable, Hashable, Sendable {
    public let claims: [Claim]
    public let dropped: [DroppedClaim]
    public let partial: Bool
    public let model: String
    public let calls: Int
}

/// A style profile as it is stored.
public struct ProfileRecord: Codable, Hashable, Sendable, CustomStringConvertible {
    public let id: String
    public let accountId: String
    public let version: Int
    public let corpusHash: String
    public let fingerprint: [String: JSONValue]
    public let analysis: Analysis?
    public let tweetIds: [String]
    public let createdAt: Date

    public var description: String { "ProfileRecord(version \(version) of \(tweetIds.count) tweets)" }
}

/// Where texts differ from how the author writes, in numbers and in a sentence.
public struct Gap: Codable, Hashable, Sendable {
    public let feature: String
    public let direction: String
    public let theirs: Double
    public let ours: Double
    public let words: String
}
