import Foundation

/// Your app at X: of type Native, a public client. There is no parameter for a secret: a confidential client belongs into
/// a backend.
public struct TwitterApp: Sendable, CustomStringConvertible {
    public let clientId: String
    let settings: Arguments

    public init(
        clientId: String,
        redirectUri: String? = nil,
        apiBase: String? = nil,
        authorizeBase: String? = nil,
        ownedReads: Bool? = nil,
        prices: [String: Int]? = nil,
        dialect: String? = nil
    ) {
        self.clientId = clientId
        settings = arguments([
            "client_id": clientId,
            "redirect_uri": redirectUri,
            "api_base": apiBase,
            "authorize_base": authorizeBase,
            "owned_reads": ownedReads,
            "prices": prices,
            "dialect": dialect,
        ])
    }

    public var description: String { "TwitterApp(\(clientId))" }
}

/// Which part of a timeline, of mentions or of a search.
public struct TimelineRange: Hashable, Sendable {
    public var sinceId: String?
    public var untilId: String?
    public var since: Date?
    public var until: Date?
    public var fromToken: String?
    public var pageSize: Int?

    public init() {}
}

/// A client of the X API with a person's own access token, which the app keeps. An app's bearer token is refused.
public final class Twitter: Sendable, CustomStringConvertible {
    private let session: Session
    private let userId: String?

    public init(
        accessToken: String,
        userId: String? = nil,
        app: TwitterApp? = nil,
        transport: (any Transport)? = nil,
        onLimit: OnLimit? = nil,
        withContext: Bool? = nil,
        timeout: TimeInterval? = nil,
        deadline: TimeInterval? = nil,
        maxAttempts: Int? = nil
    ) throws {
        self.userId = userId
        let settings = arguments([
            "token": accessToken,
            "user_id": userId,
            "app": app?.settings ?? [:],
            "on_limit": onLimit?.rawValue,
            "with_context": withContext,
            "timeout_seconds": timeout,
            "deadline_seconds": deadline,
            "max_attempts": maxAttempts,
        ])
        session = try Session("twitter", settings, Hosts(transport: transport.map { TransportHost($0) }))
    }

    /// Who is logged in.
    public func me() async throws -> UserInfo {
        try await session.call("twitter.me", [:])
    }

    /// One user, by id.
    public func user(_ id: String) async throws -> UserInfo {
        try await session.call("twitter.user", arguments(["id": id]))
    }

    /// One user, by handle.
    public func userByName(_ username: String) async throws -> UserInfo {
        try await session.call("twitter.user_by_name", arguments(["username": username]))
    }

    /// Users, by id; at most 100.
    public func users(_ ids: [String]) async throws -> UserList {
        try await session.call("twitter.users", arguments(["ids": ids]))
    }

    /// Users, by handle; at most 100.
    public func usersByNames(_ usernames: [String]) async throws -> UserList {
        try await session.call("twitter.users_by_names", arguments(["usernames": usernames]))
    }

    /// Tweets, by id; at most 100.
    public func tweets(_ ids: [String]) async throws -> TweetPage {
        try await session.call("twitter.tweets", arguments(["ids": ids]))
    }

    /// A user's timeline, or their mentions, page after page.
    public func timelinePages(
        _ userId: String,
        mentions: Bool = false,
        range: TimelineRange = TimelineRange()
    ) -> Events<TweetPage> {
        pages(request(nil, userId, mentions, range))
    }

    /// What a search at X finds, page after page.
    public func searchPages(_ query: String, range: TimelineRange = TimelineRange()) -> Events<TweetPage> {
        pages(request(query, nil, nil, range))
    }

    /// All tweets of a timeline that X gives (the newest 3,200), whose records stay in Rust.
    public func timeline(
        _ userId: String,
        mentions: Bool = false,
        range: TimelineRange = TimelineRange()
    ) async throws -> TweetList {
        try await session.found("twitter.all_tweets", request(nil, userId, mentions, range)).0
    }

    /// Writes a tweet; never repeated by itself. `options` are the fields of X's request.
    public func createTweet(_ text: String, options: [String: JSONValue] = [:]) async throws -> Written {
        let tweet = options.merging(["text": .string(text)]) { _, own in own }
        return try await session.call("twitter.create_tweet", ["tweet": .object(tweet)])
    }

    /// Deletes a tweet.
    public func deleteTweet(_ id: String) async throws {
        _ = try await session.json("twitter.delete_tweet", arguments(["id": id]))
    }

    /// Uploads a picture or film.
    public func upload(
        _ path: URL,
        mediaType: String? = nil,
        category: String? = nil,
        altText: String? = nil
    ) async throws -> UploadedMedia {
        let file: KeyValuePairs<String, any Argument> = [
            "path": path, "media_type": mediaType, "category": category, "alt_text": altText,
        ]
        return try await session.call("twitter.upload", arguments(file))
    }

    /// Describes a picture for those who cannot see it.
    public func altText(_ mediaId: String, _ text: String) async throws {
        _ = try await session.json("twitter.alt_text", arguments(["media_id": mediaId, "text": text]))
    }

    /// Closes the connections.
    public func close() async {
        await session.close()
    }

    public var description: String { "Twitter(userId: \(userId ?? "nil"))" }

    private func pages(_ request: Arguments) -> Events<TweetPage> {
        Events(session: session, name: "twitter.pages", arguments: request) { event in
            try Wire.read(TweetPage.self, Wire.write(event["data"] ?? .null))
        }
    }

    private func request(_ search: String?, _ userId: String?, _ mentions: Bool?, _ range: TimelineRange) -> Arguments {
        arguments([
            "search": search,
            "user_id": userId,
            "mentions": mentions,
            "since_id": range.sinceId,
            "until_id": range.untilId,
            "since": range.since,
            "until": range.until,
            "from_token": range.fromToken,
            "page_size": range.pageSize,
        ])
    }

    /// What X would refuse about a tweet, or charge more for. `options` are the fields of X's request.
    public static func lint(
        _ text: String,
        limit: Int? = nil,
        selfServe: Bool? = nil,
        called: Bool? = nil,
        options: [String: JSONValue] = [:]
    ) throws -> [Finding] {
        var named = arguments(["limit": limit, "self_serve": selfServe, "called": called])
        named["tweet"] = .object(options.merging(["text": .string(text)]) { _, own in own })
        return try call("twitter.lint", named)
    }

    /// What reads and writes cost, in millionths of a US dollar.
    public static func prices() throws -> [String: Int] {
        // `owned` beside them is a setting, and no number.
        try call("twitter.prices", [:], as: [String: JSONValue].self).compactMapValues(\.int)
    }

    /// What this tweet would cost, in millionths of a US dollar.
    public static func writeCost(_ text: String) throws -> Int {
        try (call("twitter.write_cost", arguments(["text": text])) as [String: Int])["micros"] ?? 0
    }
}
