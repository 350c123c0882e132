import Foundation
import XCTest
@testable import Ghostwren

/// The clients of the services by themselves, against the stand-ins.
final class ClientTests: XCTestCase {
    private func openai(maxAttempts: Int? = nil) throws -> OpenAI {
        try OpenAI(
            baseUrl: Sandbox.address("openai_url"),
            model: "gpt-4o",
            tokens: MemoryTokenStore(["mine": try Sandbox.address("key")]),
            keyName: "mine",
            maxAttempts: maxAttempts
        )
    }

    private let question = ChatRequest([Message(role: "user", content: "One line about wrens.")])

    func testWholeAnswers() async throws {
        try await Sandbox.command("reset")
        let openai = try openai()
        var asked = question
        asked.n = 2
        asked.temperature = 0.5
        let reply = try await openai.chat(asked)
        XCTAssertEqual(reply.answers.map(\.index), [0, 1])
        XCTAssertFalse(reply.text.isEmpty)
        XCTAssertGreaterThan(reply.usage.outputTokens, 0)
        XCTAssertNotNil(reply.requestId)
        XCTAssertNotNil(reply.costMicros)
        XCTAssertEqual(reply.attempts, 1)
        XCTAssertGreaterThan(reply.latency.seconds, 0)
        let models = try await openai.models()
        XCTAssertTrue(models.contains { $0.id == "gpt-4o" })
        let record = try await openai.modelRecord("gpt-4o")
        XCTAssertEqual(record.id, "gpt-4o")
        asked.model = "gpt-nothing"
        let unknown = asked
        let error = try await failure { _ = try await openai.chat(unknown) }
        XCTAssertEqual(error.kind, .notFound)
        XCTAssertEqual(error.status, 404)
        XCTAssertEqual(error.service, "openai")
        var strict = ChatRequest([Message(role: "system", content: "Answer in JSON."), Message(role: "user", content: "hello")])
        let schema = #"{"json_schema": {"name": "answer", "schema": {"type": "object", "properties": {"a_word": {"type": "string"}}}}}"#
        strict.format = try Wire.read(JSONValue.self, schema)
        let answer = try await openai.chat(strict)
        XCTAssertEqual(Array(try Wire.read(JSONValue.self, answer.text).fields.keys), ["a_word"])
        await openai.close()
    }

    func testAClientIsAModelToo() async throws {
        try await Sandbox.command("reset")
        let openai = try openai()
        let request = try Wire.read(ModelRequest.self, """
        {"purpose": "test", "messages": [{"role": "user", "content": "hello"}], "format": "text", "n": 2}
        """)
        let answer = try await openai.complete(request)
        XCTAssertEqual(answer.answers.count, 2)
        XCTAssertGreaterThan(answer.usage.outputTokens, 0)
        await openai.close()
    }

    func testRetriesAreSeen() async throws {
        try await Sandbox.command("reset")
        let faults = JSONValue.array([.string("rate-limit-ms=10")])
        try await Sandbox.command("openai_script", ["endpoint": .string("chat"), "faults": faults])
        let openai = try openai()
        let reply = try await openai.chat("hello")
        XCTAssertEqual(reply.attempts, 2)
        await openai.close()
    }

    func testGrowingAnswers() async throws {
        try await Sandbox.command("reset")
        let openai = try openai()
        var grown = ""
        var whole: String?
        for try await delta in try openai.chatStream(question) {
            switch delta {
            case .text(_, let text): grown += text
            case .completed(let data): whole = try data.at("/answers/0/0").string
            default: break
            }
        }
        XCTAssertFalse(grown.isEmpty)
        XCTAssertEqual(grown, whole)
        try await Sandbox.command("openai_script", ["endpoint": .string("chat"), "faults": .array([.string("truncated")])])
        let error = try await failure { _ = try await collect(openai.chatStream(question)) }
        XCTAssertEqual(error.kind, .truncated)
        await openai.close()
    }

    func testWhatStopsReadingStopsTheRequest() async throws {
        try await Sandbox.command("reset")
        let openai = try openai()
        try await Sandbox.command("openai_script", ["endpoint": .string("chat"), "faults": .array([.string("slow-bytes=20")])])
        for try await delta in try openai.chatStream(question) {
            if case .text = delta { break }
        }
        try await waitUntil("the request is dropped") {
            let requests = try await Sandbox.command("requests").items
            return requests.contains { $0["path"]?.string?.hasSuffix("/chat/completions") == true && $0["dropped"] == .bool(true) }
        }
        await openai.close()
    }

    func testTwitter() async throws {
        try await Sandbox.command("reset")
        let scopes = ["tweet.read", "users.read", "tweet.write", "offline.access"].map { JSONValue.string($0) }
        let token = try await Sandbox.command("issue_tokens", ["scopes": .array(scopes)]).text("access")
        let app = TwitterApp(clientId: try Sandbox.address("public_client_id"), apiBase: try Sandbox.address("x_url"))
        let twitter = try Twitter(accessToken: token, app: app)
        let me = try await twitter.me()
        XCTAssertEqual(me.user.username, "sandbox_wren")
        let byId = try await twitter.user(me.user.id)
        XCTAssertEqual(byId.user, me.user)
        let byName = try await twitter.userByName("sandbox_wren")
        XCTAssertEqual(byName.user.id, me.user.id)
        let users = try await twitter.users([me.user.id, "1"])
        XCTAssertEqual(users.users.count, 1)
        XCTAssertFalse(users.problems.isEmpty)
        let named = try await twitter.usersByNames(["sandbox_wren"])
        XCTAssertEqual(named.users.count, 1)
        var range = TimelineRange()
        range.pageSize = 50
        let pages = try await collect(twitter.timelinePages(me.user.id, range: range))
        XCTAssertGreaterThan(pages.count, 1)
        let tweets = try await twitter.timeline(me.user.id)
        XCTAssertEqual(tweets.count, pages.reduce(0) { $0 + $1.tweets.count })
        let newest = try XCTUnwrap(tweets.first)
        XCTAssertEqual(newest.id, pages[0].tweets.first?.id)
        range.until = newest.createdAt
        let older = try await twitter.timeline(me.user.id, range: range)
        XCTAssertLessThan(older.count, tweets.count)
        let one = try await twitter.tweets([newest.id])
        XCTAssertEqual(one.tweets.map(\.fullText), [newest.fullText])
        let written = try await twitter.createTweet("a tweet from Swift", options: ["made_with_ai": .bool(true)])
        XCTAssertEqual(written.text, "a tweet from Swift")
        try await twitter.deleteTweet(written.id)
        try await Sandbox.command("x_script", ["endpoint": .string("me"), "faults": .array([.string("usage-cap")])])
        let error = try await failure { _ = try await twitter.me() }
        XCTAssertEqual(error.kind, .quotaExceeded)
        XCTAssertEqual(error.service, "twitter")
        await twitter.close()
    }

    func testWhatIsKnownWithoutANetwork() throws {
        XCTAssertEqual(try OpenAI.modelInfo("gpt-4o").contextTokens, 128_000)
        let open = try Wire.read(JSONValue.self, #"{"type": "object", "properties": {"a_b": {"type": "string"}}}"#)
        let strict = try OpenAI.strictSchema(open)
        XCTAssertEqual(strict["additionalProperties"], .bool(false))
        XCTAssertEqual(strict["required"], .array([.string("a_b")]))
        XCTAssertEqual(try Twitter.lint(String(repeating: "x", count: 300)).map(\.code), ["lint.too_long"])
        let prices = try Twitter.prices()
        XCTAssertEqual(prices["post_write"], try Twitter.writeCost("hello"))
        XCTAssertTrue(prices.values.allSatisfy { $0 > 0 }, "\(prices)")
    }
}
