import Foundation
import XCTest
@testable import Ghostwren

private struct Fixed: Model {
    let name = "fixed"
    let price: Price? = Price(input: 1_000_000, output: 2_000_000)

    func complete(_ request: ModelRequest) async throws -> ModelAnswer {
        ModelAnswer(
            Array(repeating: #"{"tweets": ["dns again, and tea", "the parser is done"]}"#, count: request.n),
            usage: Usage(inputTokens: 100, outputTokens: 20)
        )
    }
}

private struct Refusing: Model {
    struct Odd: Error {}
    let name = "refusing"

    func complete(_ request: ModelRequest) async throws -> ModelAnswer {
        throw Odd()
    }
}

private final class Flag: @unchecked Sendable {
    private let lock = NSLock()
    private var raised = false

    func raise() {
        lock.lock()
        defer { lock.unlock() }
        raised = true
    }

    var isRaised: Bool {
        lock.lock()
        defer { lock.unlock() }
        return raised
    }
}

private struct Endless: Model {
    let name = "endless"
    let asked = Flag()
    let stopped = Flag()

    func complete(_ request: ModelRequest) async throws -> ModelAnswer {
        asked.raise()
        defer { stopped.raise() }
        try await Task.sleep(nanoseconds: 60_000_000_000)
        return ModelAnswer("late")
    }
}

private func wait(for flag: Flag) async throws {
    for _ in 0..<500 where !flag.isRaised {
        try await Task.sleep(nanoseconds: 10_000_000)
    }
    XCTAssertTrue(flag.isRaised)
}

final class WorkflowTests: XCTestCase {
    private func imported(_ model: (any Model)? = nil) async throws -> (Ghostwren, Account) {
        let wren = try Ghostwren(store: SqliteStore.inMemory(), model: model)
        let account = try await wren.user().openAccount()
        let report = try await account.importArchive(sample).report()
        XCTAssertEqual(report.end.kind, "complete")
        return (wren, account)
    }

    func testAnArchiveIsImportedAndReadBack() async throws {
        let (wren, account) = try await imported()
        let (page, next) = try await account.tweets(limit: 2)
        XCTAssertEqual(page.count, 2)
        XCTAssertNotNil(next)
        let all = try await account.allTweets()
        let count = try await account.countTweets()
        XCTAssertEqual(all.count, count)
        XCTAssertEqual(Set(all.map(\.id)).count, count)
        let profile = try StyleProfile.fromTweets(all)
        XCTAssertGreaterThan(profile.fingerprint.texts, 0)
        await wren.close()
    }

    func testDraftsOfAModelOfTheApp() async throws {
        let (wren, account) = try await imported(Fixed())
        let report = try await account.generate("dns", count: 1)
        XCTAssertEqual(report.generation.model, "fixed")
        let runs = try await account.aiRuns()
        XCTAssertEqual(runs.items.first?.provider, "app")
        await wren.close()
    }

    func testWhatAModelThrowsIsUnderneath() async throws {
        let (wren, account) = try await imported(Refusing())
        let error = try await failure { _ = try await account.generate("dns") }
        XCTAssertEqual(error.code, "model.app_failed")
        XCTAssertTrue(error.underlying is Refusing.Odd)
        await wren.close()
    }

    func testCancellingATaskStopsTheWorkInRust() async throws {
        let model = Endless()
        let (wren, account) = try await imported(model)
        let task = Task { try await account.generate("dns") }
        try await wait(for: model.asked)
        task.cancel()
        do {
            _ = try await task.value
            XCTFail("it was not cancelled")
        } catch is CancellationError {}
        try await wait(for: model.stopped)
        await wren.close()
    }

    func testLeavingALoopStopsTheImport() async throws {
        let wren = try Ghostwren(store: SqliteStore.inMemory())
        let account = try await wren.user().openAccount()
        for try await event in account.importArchive(sample) {
            if case .started = event { break }
        }
        let report = try await account.importArchive(sample).report()
        XCTAssertEqual(report.end.kind, "complete")
        await wren.close()
    }

    func testUseAfterClose() async throws {
        let wren = try Ghostwren(store: SqliteStore.inMemory())
        try await wren.open()
        await wren.close()
        let error = try await failure { _ = try await wren.user().accounts() }
        XCTAssertEqual(error.kind, .conflict)
        XCTAssertEqual(error.code, "binding.closed")
    }

    func testTextAndStyles() throws {
        XCTAssertEqual(try TweetText.weightedLength("hello"), 5)
        let tagged = "see #wren"
        let entity = try XCTUnwrap(TweetText.extract(tagged).first)
        XCTAssertEqual(String(tagged[entity.range(in: tagged)]), "#wren")
        let profile = try StyleProfile.fromTexts(["ok so the parser is done!!", "why is it ALWAYS dns!!"])
        let chosen = try Generate.select(profile, ["dns again!! of course", "ok so the parser is done!!"], n: 1)
        XCTAssertEqual(chosen.chosen.count, 1)
        XCTAssertThrowsError(try TweetText.searchQuery("\"")) { error in
            XCTAssertEqual((error as? GhostwrenError)?.code, "search.empty")
        }
    }

    func testTheKeychainKeepsSecrets() async throws {
        #if canImport(Security) && !os(macOS)
        let store = KeychainTokenStore(service: "io.github.ghostwren.tests")
        try await store.save("a", "hunter2")
        let found = try await store.load("a")
        XCTAssertEqual(found, "hunter2")
        try await store.remove("a")
        let gone = try await store.load("a")
        XCTAssertNil(gone)
        #endif
    }
}
