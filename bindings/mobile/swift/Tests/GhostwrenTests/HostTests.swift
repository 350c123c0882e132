import Foundation
import XCTest
@testable import Ghostwren

private let answer = #"{"tweets": ["dns again, and tea", "the parser is done"]}"#

/// What the application's own code throws: each is another.
private struct Odd: Error, Equatable {
    let id = UUID()
}

private struct Fixed: Model {
    let provider = "home"
    let name = "fixed"
    let price: Price? = Price(input: 1_000_000, output: 2_000_000, cached: 500_000, cacheWrite: 0)
    let requests = Shared<[ModelRequest]>([])

    func complete(_ request: ModelRequest) async throws -> ModelAnswer {
        requests.change { $0.append(request) }
        let usage = Usage(inputTokens: 100, outputTokens: 20)
        return ModelAnswer(Array(repeating: answer, count: request.n), usage: usage, requestId: "r-7")
    }
}

private struct Broken: Model {
    let name = "broken"
    let thrown: any Error

    func complete(_ request: ModelRequest) async throws -> ModelAnswer { throw thrown }
}

/// Waits until its task is cancelled.
private struct Endless: Model {
    let name = "endless"
    let asked = Flag()
    let stopped = Flag()

    func complete(_ request: ModelRequest) async throws -> ModelAnswer {
        asked.raise()
        defer { stopped.raise() }
        try await Task.sleep(nanoseconds: 600_000_000_000)
        return ModelAnswer("late")
    }
}

/// Gives its pieces and ends, or waits after them until nobody reads any more.
private struct Growing: StreamingModel {
    let name = "growing"
    let pieces: [String]
    let ends: Bool
    let closed = Flag()

    func complete(_ request: ModelRequest) async throws -> ModelAnswer { ModelAnswer(answer) }

    func stream(_ request: ModelRequest) -> AsyncThrowingStream<ModelText, any Error> {
        AsyncThrowingStream { grown in
            grown.onTermination = { [closed] _ in closed.raise() }
            for piece in pieces { grown.yield(ModelText(piece)) }
            if ends { grown.finish() }
        }
    }
}

private struct Watching: Store {
    let inner: SqliteStore
    let thrown: any Error
    let methods = Shared<Set<String>>([])

    func call(method: String, owner: String, arguments: JSONValue) async throws -> JSONValue {
        methods.change { _ = $0.insert(method) }
        if method == "spend" { throw thrown }
        return try await inner.call(method: method, owner: owner, arguments: arguments)
    }
}

/// URLSession, and how often it is asked.
private struct Counting: Transport {
    let sent = Shared(0)
    private let inner = URLSessionTransport()

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        sent.change { $0 += 1 }
        return try await inner.send(request)
    }
}

private struct Failing: Transport {
    let thrown: any Error

    func send(_ request: HTTPRequest) async throws -> HTTPResponse { throw thrown }
}

private struct Hanging: Transport {
    let asked = Flag()
    let stopped = Flag()

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        asked.raise()
        defer { stopped.raise() }
        try await Task.sleep(nanoseconds: 600_000_000_000)
        throw Failed("late")
    }
}

/// Who gives up a call in the moment in which the application answers it.
private final class Stopping: Sendable {
    let opened = Shared(0)
    let closed = Shared(0)
    private let stop = Shared<(@Sendable () -> Void)?>(nil)

    /// Something that tells when it is closed.
    func open<Element: Sendable>(_ element: Element) -> AsyncThrowingStream<Element, any Error> {
        opened.change { $0 += 1 }
        stop.value?()
        return AsyncThrowingStream { [closed] pieces in
            pieces.onTermination = { _ in closed.change { $0 += 1 } }
            pieces.yield(element)
        }
    }

    func giveUp(_ times: Int, _ call: @escaping @Sendable () async throws -> Void) async throws {
        for _ in 0..<times {
            let ready = Flag()
            let asking = Task {
                try await ready.wait("it may begin")
                try await call()
            }
            stop.change { $0 = { asking.cancel() } }
            ready.raise()
            _ = await asking.result
        }
        XCTAssertEqual(opened.value, times)
        try await waitUntil("all of them are closed") { closed.value == times }
    }
}

private struct StoppingTransport: Transport {
    let stopping: Stopping

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        HTTPResponse(status: 200, headers: [], body: stopping.open(Data("{".utf8)))
    }
}

private struct StoppingModel: StreamingModel {
    let name = "stopping"
    let stopping: Stopping

    func complete(_ request: ModelRequest) async throws -> ModelAnswer { ModelAnswer(answer) }

    func stream(_ request: ModelRequest) -> AsyncThrowingStream<ModelText, any Error> { stopping.open(ModelText("{")) }
}

/// The code of the application: models, stores and transports that are written in Swift.
final class HostTests: XCTestCase {
    private var request: DraftRequest {
        var request = DraftRequest("dns", count: 1)
        request.repair = false
        return request
    }

    private func with(_ model: any Model, _ work: (Account) async throws -> Void) async throws {
        let wren = try Ghostwren(store: SqliteStore.inMemory(), model: model)
        let account = try await wren.user().openAccount()
        _ = try await account.importArchive(sample).report()
        try await work(account)
        await wren.close()
    }

    func testAModelOfTheApplication() async throws {
        let model = Fixed()
        try await with(model) { account in
            let report = try await account.generate(request)
            XCTAssertEqual(report.generation.model, "fixed")
            XCTAssertGreaterThan(report.drafts.count + report.generation.rejected.count, 0)
            XCTAssertEqual(model.requests.value.first?.messages.first?.role, "system")
            let runs = try await account.aiRuns()
            XCTAssertEqual(runs.items.count, 1)
            let run = try XCTUnwrap(runs.items.first)
            XCTAssertEqual([run.provider, run.model, run.requestId], ["home", "fixed", "r-7"])
            // 100 tokens at a dollar a million and 20 at two.
            XCTAssertEqual(run.costMicros, 140)
        }
    }

    func testWhatAModelThrowsIsUnderneath() async throws {
        let thrown = Odd()
        try await with(Broken(thrown: thrown)) { account in
            let error = try await failure { _ = try await account.generate(request) }
            XCTAssertEqual(error.kind, .server)
            XCTAssertEqual(error.code, "model.app_failed")
            XCTAssertEqual(error.underlying as? Odd, thrown)
            XCTAssertTrue(error.description.contains("Odd"), error.description)
        }
    }

    func testAnErrorOfOursKeepsItsKind() async throws {
        let thrown = GhostwrenError(kind: .contentRefused, code: "app.refused", detail: "not that", status: 451)
        try await with(Broken(thrown: thrown)) { account in
            let error = try await failure { _ = try await account.generate(request) }
            XCTAssertEqual(error.kind, .contentRefused)
            XCTAssertEqual(error.code, "app.refused")
            XCTAssertEqual(error.status, 451)
            XCTAssertEqual((error.underlying as? GhostwrenError)?.code, "app.refused")
        }
    }

    func testAModelThatStreams() async throws {
        let pieces = stride(from: 0, to: answer.count, by: 7).map { String(answer.dropFirst($0).prefix(7)) }
        let model = Growing(pieces: pieces, ends: true)
        try await with(model) { account in
            var grown = ""
            let events = try await collect(account.generateStream(request))
            for case .growing(0, let text) in events { grown += text }
            XCTAssertTrue(grown.contains("dns again"), grown)
            guard case .finished? = events.last else { return XCTFail("the last event is \(String(describing: events.last))") }
        }
        try await model.closed.wait("the stream is closed")
    }

    func testAModelThatStreamsIsStopped() async throws {
        let first = #"{"tweets": ["dns"#
        // While it is waited for, and while it has more.
        for pieces in [[first], [first] + Array(repeating: " dns", count: 20_000)] {
            let model = Growing(pieces: pieces, ends: false)
            try await with(model) { account in
                for try await event in try account.generateStream(request) {
                    if case .growing = event { break }
                }
                try await model.closed.wait("the stream is closed")
            }
        }
    }

    func testACancelledCallCancelsTheTaskOfTheModel() async throws {
        let model = Endless()
        try await with(model) { account in
            let asked = request
            let asking = Task { try await account.generate(asked) }
            try await model.asked.wait("the model is asked")
            try await assertCancels(asking)
            try await model.stopped.wait("the model is stopped")
        }
    }

    func testAStoreOfTheApplication() async throws {
        let thrown = Odd()
        let store = Watching(inner: try SqliteStore.inMemory(), thrown: thrown)
        let wren = try Ghostwren(store: store)
        let account = try await wren.user("ada").openAccount()
        let report = try await account.importArchive(sample).report()
        XCTAssertEqual(report.end.kind, "complete")
        let (page, _) = try await account.tweets(limit: 5)
        XCTAssertEqual(page.count, 5)
        XCTAssertTrue(store.methods.value.isSuperset(of: ["open_account", "begin_import", "import_page", "tweets"]))
        let missing = try await failure { _ = try await account.draft("01890000-0000-7000-8000-000000000000") }
        XCTAssertEqual(missing.kind, .notFound)
        XCTAssertEqual(missing.code, "store.no_draft")
        let failed = try await failure { _ = try await account.spend() }
        XCTAssertEqual(failed.kind, .storage)
        XCTAssertEqual(failed.underlying as? Odd, thrown)
        await wren.close()
        await store.inner.close()
    }

    private func openai(_ transport: any Transport) throws -> OpenAI {
        try OpenAI(
            baseUrl: Sandbox.address("openai_url"),
            model: "gpt-4o",
            tokens: MemoryTokenStore(["mine": try Sandbox.address("key")]),
            transport: transport,
            keyName: "mine",
            maxAttempts: 1
        )
    }

    func testATransportOfTheApplicationCarriesEveryRequestAlsoStreams() async throws {
        try await Sandbox.command("reset")
        let transport = Counting()
        let openai = try openai(transport)
        let reply = try await openai.chat("hello")
        XCTAssertFalse(reply.text.isEmpty)
        let deltas = try await collect(openai.chatStream(ChatRequest([Message(role: "user", content: "hello")])))
        guard case .completed? = deltas.last else { return XCTFail("the last is \(String(describing: deltas.last))") }
        let texts = deltas.filter { if case .text = $0 { return true } else { return false } }
        XCTAssertFalse(texts.isEmpty)
        XCTAssertEqual(transport.sent.value, 2)
        await openai.close()
    }

    func testTheTransportOfAModelServesWhereNoneIsGivenBesideIt() async throws {
        try await Sandbox.command("reset")
        let transport = Counting()
        try await with(openai(transport)) { account in
            _ = try await account.generate(request)
        }
        XCTAssertGreaterThan(transport.sent.value, 0)
    }

    func testWhereATransportBrokeIsToldApart() async throws {
        let cases: [(any Error, ErrorKind)] = [
            (URLError(.cannotConnectToHost, userInfo: [NSURLErrorFailingURLStringErrorKey: "http://10.0.0.1/hunter2"]), .connect),
            (TransportError(.connect, "no route"), .connect),
            (TransportError(.interrupted, "reset"), .server),
            (URLError(.networkConnectionLost), .server),
            (URLError(.notConnectedToInternet), .server),
            (Odd(), .server),
        ]
        for (thrown, kind) in cases {
            let error = try await failure { _ = try await openai(Failing(thrown: thrown)).chat("x") }
            XCTAssertEqual(error.kind, kind, error.description)
            XCTAssertFalse(error.description.contains("hunter" + "2"), "an address is shown")
            XCTAssertEqual("\(try XCTUnwrap(error.underlying))", "\(thrown)")
        }
    }

    func testNoBodyIsLeftOpenWheneverItsCallWasGivenUp() async throws {
        let stopping = Stopping()
        let openai = try openai(StoppingTransport(stopping: stopping))
        try await stopping.giveUp(200) { _ = try await openai.chat("x") }
        await openai.close()
    }

    func testNoStreamIsLeftOpenWheneverItsCallWasGivenUp() async throws {
        let stopping = Stopping()
        let asked = request
        try await with(StoppingModel(stopping: stopping)) { account in
            try await stopping.giveUp(50) { _ = try await collect(account.generateStream(asked)) }
        }
    }

    func testACancelledCallCancelsTheTransport() async throws {
        let transport = Hanging()
        let openai = try openai(transport)
        let asking = Task { try await openai.chat("x") }
        try await transport.asked.wait("the transport is asked")
        try await assertCancels(asking)
        try await transport.stopped.wait("the transport is stopped")
        await openai.close()
    }

    func testALimitOfTheSDKAndACancelledCallEndTheRequestOfThePhone() async throws {
        let closed = Shared(0)
        let server = try RawServer { connection in
            guard connection.request() != nil else { return }
            connection.waitForTheEnd()
            closed.change { $0 += 1 }
        }
        let transport = URLSessionTransport()
        let hasty = try OpenAI(baseUrl: server.address, model: "m", transport: transport, timeout: 0.5, maxAttempts: 1)
        let error = try await failure { _ = try await hasty.chat("x") }
        XCTAssertEqual(error.kind, .timeout)
        try await waitUntil("the connection is closed") { closed.value == 1 }
        let patient = try OpenAI(baseUrl: server.address, model: "m", transport: transport)
        let asking = Task { try await patient.chat("x") }
        try await waitUntil("it is asked") { server.requests.value.count == 2 }
        try await assertCancels(asking)
        try await waitUntil("the connection is closed") { closed.value == 2 }
        XCTAssertEqual(server.connections.value, 2)
        try await waitUntil("nothing of them is left") { transport.underWay == 0 }
        await hasty.close()
        await patient.close()
    }
}
