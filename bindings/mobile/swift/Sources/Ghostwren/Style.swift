import Foundation
import GhostwrenNative

/// The numbers of a style: function words, punctuation, casing, length, emoji, openers and closers, per language.
public final class Fingerprint: Codable, Hashable, @unchecked Sendable, CustomStringConvertible {
    private let native: NativeFingerprint

    init(_ native: NativeFingerprint) {
        self.native = native
    }

    /// Counts texts that weigh the same.
    public static func of(_ texts: [String]) throws -> Fingerprint {
        Fingerprint(try translating { try NativeFingerprint.of(texts: texts) })
    }

    /// Reads what `json` gave; `invalidInput` for anything else.
    public convenience init(json: String) throws {
        self.init(try translating { try NativeFingerprint.fromJson(json: json) })
    }

    public convenience init(from decoder: any Decoder) throws {
        self.init(try Wire.written(decoder, NativeFingerprint.fromJson))
    }

    public func encode(to encoder: any Encoder) throws {
        try Wire.encode(json(), to: encoder)
    }

    /// The numbers in their stored form, which has a version.
    public func json() throws -> String {
        try translating { try native.json() }
    }

    /// How many texts were counted.
    public var texts: Int { Int(clamping: native.texts()) }

    /// How far apart two styles are; 0 for the same.
    public func distance(_ other: Fingerprint) throws -> Double {
        try translating { try native.distance(other: other.native) }
    }

    /// Every habit with its numbers, the most telling first.
    public func features() throws -> [Feature] {
        try Wire.read([Feature].self, translating { try native.features() })
    }

    /// The languages, the most used first.
    public func languages() throws -> [LanguageUse] {
        try Wire.read([LanguageUse].self, translating { try native.languages() })
    }

    /// What a reader of the numbers should know, in sentences.
    public func notes() throws -> [String] {
        try translating { try native.notes() }
    }

    /// The numbers that people read.
    public func summary() throws -> Summary {
        try Wire.read(Summary.self, translating { try native.summary() })
    }

    /// Whether they are the same in every number.
    public static func == (one: Fingerprint, other: Fingerprint) -> Bool { one.native.same(other: other.native) }

    public func hash(into hasher: inout Hasher) { hasher.combine(texts) }

    public var description: String { "Fingerprint(of \(texts) texts)" }
}

/// How somebody writes, with the texts that it was learned from, which stand in what is encoded.
public final class StyleProfile: Codable, @unchecked Sendable, CustomStringConvertible {
    let native: NativeStyleProfile

    init(_ native: NativeStyleProfile) {
        self.native = native
    }

    /// A profile of texts that are all the author's own and weigh the same.
    public static func fromTexts(_ texts: [String]) throws -> StyleProfile {
        StyleProfile(try translating { try NativeStyleProfile.fromTexts(texts: texts) })
    }

    /// A profile of an account's tweets: own words only, weighted by how recent they are.
    public static func fromTweets(_ tweets: TweetList) throws -> StyleProfile {
        StyleProfile(try translating { try NativeStyleProfile.fromTweets(tweets: tweets.native) })
    }

    /// Reads what `json` gave; `invalidInput` for anything else.
    public convenience init(json: String) throws {
        self.init(try translating { try NativeStyleProfile.fromJson(json: json) })
    }

    public convenience init(from decoder: any Decoder) throws {
        self.init(try Wire.written(decoder, NativeStyleProfile.fromJson))
    }

    /// All of it, the author's texts included: to keep it, or to hand it to another program.
    public func json() throws -> String {
        try translating { try native.json() }
    }

    public func encode(to encoder: any Encoder) throws {
        try Wire.encode(json(), to: encoder)
    }

    /// The numbers.
    public var fingerprint: Fingerprint { Fingerprint(native.fingerprint()) }

    /// The author's texts.
    public var texts: [String] { native.texts() }

    /// The ids of the tweets that the texts come from, in the same order; empty for a profile made from texts.
    public var tweetIds: [String] { native.tweetIds() }

    /// The same tweets in any order give the same hash.
    public var corpusHash: String { native.corpusHash() }

    /// What was left out, and why.
    public func leftOut() throws -> LeftOut {
        try Wire.read(LeftOut.self, translating { try native.leftOut() })
    }

    /// Whether there are enough tweets to speak of a style.
    public func sufficiency() throws -> Sufficiency {
        try Wire.read(Sufficiency.self, translating { try native.sufficiency() })
    }

    /// A model's words about the numbers, if it was asked.
    public func analysis() throws -> Analysis? {
        try Wire.read(Analysis?.self, translating { try native.analysis() })
    }

    /// The numbers that people read.
    public func summary() throws -> Summary {
        try fingerprint.summary()
    }

    public var description: String { "StyleProfile(of \(fingerprint.texts) texts)" }
}

/// What `analyzeStyle` found: the profile to work with, the stored row, whether it was there already (`cached`), and why
/// the model's words are missing although it was asked (`analysisFailed`).
public struct StyleReport: Sendable, CustomStringConvertible {
    public let profile: StyleProfile
    public let record: ProfileRecord
    public let cached: Bool
    public let analysisFailed: GhostwrenError?

    /// The model's words.
    public func analysis() throws -> Analysis? {
        try profile.analysis()
    }

    public var description: String { "StyleReport(version \(record.version) of \(record.tweetIds.count) tweets)" }

    private struct Said: Decodable {
        let record: ProfileRecord
        let cached: Bool
        let analysisFailed: GhostwrenError.Fields?
    }

    init(_ reply: NativeReply) throws {
        guard case .learned(let profile, let json) = reply else {
            throw GhostwrenError(kind: .internal, code: "binding.no_call", detail: "a call gave no style")
        }
        let said = try Wire.read(Said.self, json)
        self.profile = StyleProfile(profile)
        record = said.record
        cached = said.cached
        analysisFailed = said.analysisFailed.map { GhostwrenError($0) }
    }
}

/// What can be asked of a style.
public enum Style {
    /// Where texts differ from a profile enough to be worth a repair, the largest difference first.
    public static func gap(_ profile: StyleProfile, _ texts: [String]) throws -> [Gap] {
        let native = profile.native
        return try Wire.read([Gap].self, translating { try GhostwrenNative.gap(profile: native, texts: texts) })
    }
}

/// Choosing among candidates.
public enum Generate {
    /// The `n` candidates that pass the gates and, as a batch, read most like the author. Needs no model. With `sources`,
    /// handles, links and numbers of a candidate must stand in one of them.
    public static func select(
        _ profile: StyleProfile,
        _ candidates: [String],
        n: Int,
        topic: String? = nil,
        limit: Int = 280,
        language: String? = nil,
        banned: [String] = [],
        sources: [String]? = nil,
        maxHashtags: Int? = nil,
        existing: [String] = []
    ) throws -> Selection {
        let options = arguments([
            "topic": topic,
            "limit": limit,
            "language": language,
            "banned": banned,
            "sources": sources,
            "max_hashtags": maxHashtags,
            "existing": existing,
        ])
        let json = try Wire.write(options)
        let chosen = try translating {
            try GhostwrenNative.select(
                profile: profile.native,
                candidates: candidates,
                n: UInt32(clamping: n),
                options: json
            )
        }
        return try Wire.read(Selection.self, chosen)
    }

    /// A model's answer without the wrapping that models put around a tweet.
    public static func cleanCandidate(_ text: String) throws -> String {
        try call("generate.clean_candidate", arguments(["text": text]))
    }
}
