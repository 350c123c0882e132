import Foundation
import XCTest
import GhostwrenNative
@testable import Ghostwren

/// How calls behave: cancelling, closing, many at once, bad use.
final class CallTests: XCTestCase {
    func testACancelledTaskStopsTheImportAndTheNextOneGoesOn() async throws {
        let big = try archive(of: 60_000)
        let wren = try Ghostwren(store: SqliteStore(try folder().appendingPathComponent("a.db")))
        let account = try await wren.user().openAccount()
        let stored = Shared(0)
        let importing = Task {
            for try await event in account.importArchive(big) {
                if case .progress(let progress) = event { stored.change { $0 = progress.counts.inserted } }
            }
        }
        try await waitUntil("2,000 tweets are stored") { stored.value >= 2_000 }
        try await assertCancels(importing)
        // What was being stored is stored; then nothing more comes.
        try await Task.sleep(nanoseconds: 500_000_000)
        let now = try await account.countTweets()
        XCTAssertTrue((2_000...59_999).contains(now), "\(now) tweets")
        try await Task.sleep(nanoseconds: 500_000_000)
        let later = try await account.countTweets()
        XCTAssertEqual(now, later)
        var resumed: [Bool] = []
        for try await event in account.importArchive(big) {
            if case .started(_, let goesOn) = event { resumed.append(goesOn) }
        }
        XCTAssertEqual(resumed, [true])
        let all = try await account.countTweets()
        XCTAssertEqual(all, 60_000)
        await wren.close()
    }

    func testLeavingALoopStopsTheWork() async throws {
        let wren = try Ghostwren(store: SqliteStore.inMemory())
        let account = try await wren.user().openAccount()
        var seen = 0
        for try await event in account.importArchive(try archive(of: 5_000)) {
            seen += 1
            guard case .started = event else { return XCTFail("the first event is \(event)") }
            break
        }
        XCTAssertEqual(seen, 1)
        let other = try await wren.user().openAccount("other")
        let report = try await other.importArchive(sample).report()
        XCTAssertEqual(report.end.kind, "complete")
        await wren.close()
    }

    func testCancellingEndsACallThatHangsInRustToo() async throws {
        try await Sandbox.command("reset")
        let faults = JSONValue.array([.string("hang"), .string("pass")])
        try await Sandbox.command("openai_script", ["endpoint": .string("chat"), "faults": faults])
        let tokens = MemoryTokenStore(["k": try Sandbox.address("key")])
        let openai = try OpenAI(baseUrl: Sandbox.address("openai_url"), model: "gpt-4o", tokens: tokens, keyName: "k")
        let began = Date()
        let asking = Task { try await openai.chat("x") }
        try await Task.sleep(nanoseconds: 300_000_000)
        try await assertCancels(asking)
        XCTAssertLessThan(Date().timeIntervalSince(began), 5)
        let answer = try await openai.chat("x")
        XCTAssertFalse(answer.text.isEmpty)
        await openai.close()
    }

    func testATaskThatIsCancelledAlreadyMakesNoCall() async throws {
        let wren = try Ghostwren(store: SqliteStore.inMemory())
        let user = wren.user()
        let asking = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await user.openAccount("never")
        }
        try await assertCancels(asking)
        let accounts = try await user.accounts()
        XCTAssertEqual(accounts.count, 0)
        await wren.close()
    }

    func testANumberWithoutEndIsAnErrorThatNamesIt() async throws {
        for endless in [Double.infinity, -Double.infinity, Double.nan] {
            let lease = try await failure { _ = try Ghostwren(store: SqliteStore.inMemory(), lease: endless) }
            XCTAssertEqual(lease.kind, .invalidInput)
            XCTAssertTrue(lease.description.contains("`lease`"), lease.description)
            let busy = try await failure { _ = try Ghostwren(store: SqliteStore(try folder(), busyTimeout: endless)) }
            XCTAssertEqual(busy.kind, .invalidInput)
            XCTAssertTrue(busy.description.contains("`busyTimeout`"), busy.description)
            let wren = try Ghostwren(store: SqliteStore.inMemory())
            let account = try await wren.user().openAccount()
            var request = DraftRequest("tea")
            request.temperature = endless
            let asked = request
            let draft = try await failure { _ = try await account.generate(asked) }
            XCTAssertEqual(draft.code, "argument.type")
            XCTAssertTrue(draft.description.contains("`temperature`"), draft.description)
            await wren.close()
        }
    }

    func testADateThatIsNoneIsAnError() async throws {
        let wren = try Ghostwren(store: SqliteStore.inMemory())
        let account = try await wren.user().openAccount()
        for time in [Double.infinity, -Double.infinity, Double.nan, 1e18, -1e18] {
            var query = TweetQuery()
            query.since = Date(timeIntervalSince1970: time)
            let asked = query
            let error = try await failure { _ = try await account.countTweets(asked) }
            XCTAssertEqual(error.kind, .invalidInput)
            XCTAssertTrue(error.description.contains("`since`"), error.description)
        }
        await wren.close()
    }

    func testAnErrorOfAnApplicationSaysWhatItHasWhateverThatIs() {
        for error in [
            GhostwrenError(kind: .notFound, code: "app.odd", detail: "half\u{1b}[31m of it", status: 99_999),
            GhostwrenError(kind: .notFound, code: "app.odd", detail: "half\u{1b}[31m of it", attempts: -1),
            GhostwrenError(kind: .notFound, code: "app.odd", detail: "half\u{1b}[31m of it", outbox: "no id"),
            GhostwrenError(kind: .rateLimited, code: "app.odd", detail: "half\u{1b}[31m of it", retryAt: .init(timeIntervalSince1970: .nan)),
        ] {
            XCTAssertTrue(error.description.contains(" of it"), error.description)
            XCTAssertFalse(error.description.contains("\u{1b}"), "it colours the terminal")
        }
    }

    func testUseAfterCloseIsAClearError() async throws {
        let wren = try Ghostwren(store: SqliteStore.inMemory())
        try await wren.open()
        let user = wren.user()
        let account = try await user.openAccount()
        XCTAssertFalse(wren.isClosed)
        await wren.close()
        XCTAssertTrue(wren.isClosed)
        let call = try await failure { _ = try await user.accounts() }
        XCTAssertEqual(call.kind, .conflict)
        XCTAssertEqual(call.code, "binding.closed")
        let stream = try await failure { _ = try await account.importArchive(sample).report() }
        XCTAssertEqual(stream.code, "binding.closed")
        await wren.close()
    }

    func testAThousandCallsAtOnce() async throws {
        let wren = try Ghostwren(store: SqliteStore.inMemory())
        let account = try await wren.user().openAccount()
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<1_000 { group.addTask { try await account.countTweets() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        XCTAssertEqual(counts, Array(repeating: 0, count: 1_000))
        await wren.close()
    }

    func testTimesAreReadAndWrittenToTheMillisecond() throws {
        let at = Date(timeIntervalSince1970: 1_795_867_200)
        for (text, time) in [
            ("2026-11-28T12:00:00Z", at),
            ("2026-11-28T12:00:00.5Z", at + 0.5),
            ("2026-11-28T12:00:00.250Z", at + 0.25),
            ("2026-11-28T12:00:00.123456789Z", at + 0.123),
            ("2026-11-28T13:30:00+01:30", at),
        ] {
            let read = try Wire.read(Date.self, "\"\(text)\"")
            XCTAssertEqual(read.timeIntervalSince1970, time.timeIntervalSince1970, accuracy: 0.0001, text)
        }
        for milliseconds in 0..<1000 {
            let text = "2018-10-10T20:19:24.\(String(format: "%03d", milliseconds))Z"
            XCTAssertEqual(Wire.text(of: try Wire.read(Date.self, "\"\(text)\"")), text)
        }
        for text in ["", "yesterday", "2026-11-28", "2026-11-28T12:00:00."] {
            XCTAssertThrowsError(try Wire.read(Date.self, "\"\(text)\""), text) { error in
                XCTAssertEqual((error as? GhostwrenError)?.code, "binding.json")
            }
        }
    }

    func testAPanicIsAnErrorWithItsTextAndTheProcessLives() async throws {
        let error = try await failure { _ = try call("test.panic", [:], as: String.self) }
        XCTAssertEqual(error.kind, .internal)
        XCTAssertEqual(error.code, "binding.panic")
        XCTAssertTrue(error.description.contains("a panic for a test"), error.description)
        XCTAssertEqual(try TweetText.weightedLength("hello"), 5)
    }

    func testWrongTypesAndNamesAreTold() async throws {
        // What the types of Swift let nobody write, the core refuses too.
        let wrong: [(String, Arguments, String)] = [
            ("text.weighted_length", ["text": .int(1)], "argument.type"),
            ("text.weighted_length", ["text": .array([.string("a")])], "argument.type"),
            ("text.weighted_length", [:], "argument.missing"),
            ("text.weighted_length", ["text": .string("a"), "extra": .bool(true)], "argument.unknown"),
        ]
        for (name, arguments, code) in wrong {
            let error = try await failure { _ = try call(name, arguments, as: JSONValue.self) }
            XCTAssertEqual(error.kind, .invalidInput)
            XCTAssertEqual(error.code, code)
        }
        let wren = try Ghostwren(store: SqliteStore.inMemory())
        let account = try await wren.user().openAccount()
        let many = try await failure { _ = try await account.tweets(limit: -1) }
        XCTAssertEqual(many.kind, .invalidInput)
        let stranger = try await failure { _ = try await wren.user("somebody").account(account.id) }
        XCTAssertEqual(stranger.kind, .notFound)
        await wren.close()
    }

    func testErrorsSayAllTheyKnowInOneLine() throws {
        let at = Date(timeIntervalSince1970: 1_795_867_200)
        let error = GhostwrenError(
            kind: .rateLimited,
            code: "twitter.rate_limited",
            detail: "too\nmany",
            status: 429,
            requestId: "r",
            retryAt: at,
            remedy: "Wait."
        )
        for part in ["too", "429", "twitter.rate_limited"] {
            XCTAssertTrue(error.description.contains(part), error.description)
        }
        XCTAssertTrue(error.description.hasSuffix("Wait.") && !error.description.contains("\n"), error.description)
        XCTAssertEqual(error.localizedDescription, error.description)
        let back = GhostwrenError(try Wire.read(GhostwrenError.Fields.self, Wire.write(GhostwrenError.Fields(error))))
        XCTAssertEqual(back.retryAt, at)
        XCTAssertEqual(back.kind, .rateLimited)
        let newer = GhostwrenError(kind: ErrorKind(rawValue: "brand_new"), code: "a.b", detail: "of a newer library")
        XCTAssertTrue(newer.description.contains("of a newer library"), newer.description)
    }

    func testManyTweetsStayInRustAndAreReadAsAList() async throws {
        let wren = try Ghostwren(store: SqliteStore.inMemory())
        let account = try await wren.user().openAccount()
        _ = try await account.importArchive(try archive(of: 1_000)).report()
        let tweets = try await account.allTweets()
        XCTAssertEqual(tweets.count, 1_000)
        XCTAssertEqual(Set(tweets.map(\.id)).count, 1_000)
        XCTAssertTrue(tweets[700].fullText.hasPrefix("tweet number "))
        XCTAssertEqual(tweets[999], tweets.last)
        XCTAssertEqual(tweets.first?.createdAt, Date(timeIntervalSince1970: 1_646_136_000))
        let profile = try StyleProfile.fromTweets(tweets)
        let left = try profile.leftOut()
        XCTAssertEqual(profile.texts.count + left.automatic + left.repeated, 1_000)
        let (page, next) = try await account.tweets(limit: 10)
        XCTAssertEqual(page.count, 10)
        let (second, _) = try await account.tweets(limit: 10, after: next)
        XCTAssertTrue(Set(page.map(\.id)).isDisjoint(with: second.map(\.id)))
        await wren.close()
    }

    func testAnExportIsWhole() async throws {
        let wren = try Ghostwren(store: SqliteStore.inMemory())
        let account = try await wren.user().openAccount()
        _ = try await account.importArchive(sample).report()
        let file = try folder().appendingPathComponent("export.jsonl")
        let lines = try await account.exportTo(file)
        let text = try String(contentsOf: file, encoding: .utf8)
        XCTAssertEqual(text.split(separator: "\n").count, lines)
        let records = try await collect(account.export())
        XCTAssertEqual(records.count, lines)
        XCTAssertEqual(records.last?["type"]?.string, "end")
        await wren.close()
    }

    func testEntitiesStandInTheTextOfSwift() throws {
        let text = "🐦 see #wren"
        let entity = try XCTUnwrap(TweetText.extract(text).first)
        XCTAssertEqual(String(text[entity.range(in: text)]), "#wren")
    }

    func testWhatHoldsASecretDoesNotShowIt() throws {
        let login = PendingLogin(url: "https://x.example", binding: "hunter2", expiresAt: .distantPast)
        let session = try Wire.read(AuthSession.self, """
        {"access_token": "hunter2", "refresh_token": "hunter2", "expires_at": "2026-11-28T12:00:00Z", "user": {"id": "u"}}
        """)
        let auth = AuthLogin(url: "hunter2", state: "hunter2", verifier: "hunter2", redirectTo: "app://back")
        let signedIn = SignedIn(session: session, provider: ProviderTokens(accessToken: "hunter2", refreshToken: "hunter2"))
        let address = FileAddress(url: "hunter2", expiresAt: .distantPast)
        let tokens = MemoryTokenStore(["a": "hunter2"])
        let headers = [(name: "authorization", value: "Bearer hunter2")]
        let request = HTTPRequest(method: "GET", url: "https://x.example/?code=hunter2", headers: headers, body: Data())
        let twitter = try Twitter(accessToken: "hunter2")
        let hiding = "https://a:hunter2@x.example/v1?key=hunter2"
        let openai = try OpenAI(baseUrl: hiding)
        let project = SupabaseStore(try url(hiding), publishableKey: "sb_publishable_x")
        for secret: Any in [login, session, auth, signedIn, address, tokens, request, twitter, openai, project] {
            var dumped = ""
            dump(secret, to: &dumped)
            for shown in ["\(secret)", String(reflecting: secret), dumped] {
                XCTAssertFalse(shown.contains("hunter" + "2"), "\(type(of: secret)) shows its secret")
            }
        }
    }

    private struct Mine: Store, CustomStringConvertible {
        let description = "hidden-word"

        func call(method: String, owner: String, arguments: JSONValue) async throws -> JSONValue { .null }
    }

    func testWhatOneGetsInHandCanBeReadAndNoSecretWithIt() async throws {
        let hiding = try url("https://name:hidden-word@x.example/v1?key=hidden-word")
        let tokens = MemoryTokenStore(["a": "hidden-word"])
        let wren = try Ghostwren(store: SqliteStore.inMemory(), twitter: TwitterApp(clientId: "id"), tokens: tokens)
        let account = try await wren.user().openAccount()
        _ = try await account.importArchive(sample).report()
        let tweets = try await account.allTweets()
        let report = try await account.analyzeStyle(askModel: false)
        let size = report.record.tweetIds.count
        let file = try folder().appendingPathComponent("a.db")
        let project = SupabaseStore(hiding, publishableKey: "sb_publishable_x")
        let online = try Ghostwren(store: project, tokens: tokens)
        let erased = Erased(tweets: 0, profiles: 0, drafts: 0, generations: 0, sealed: 0, imports: 0, aiRuns: 0, outbox: 0, marked: 0)
        let gone = ReconcileReport(
            own: 9, context: 0, gone: report.record.tweetIds, hidden: 0, erased: erased, costMicros: 0, sessionCostMicros: 0
        )
        let page = TweetPage(
            tweets: Array(tweets), context: [], authors: [:], problems: [], next: nil, oldestId: nil, newestId: nil, resultCount: nil,
            postsRead: 0, usersRead: 0, read: ReadIds(tweets: [], along: [], users: []), limits: [:], answeredAt: nil
        )
        let head = [(name: "set-cookie", value: "hidden-word")]
        let shown: [(Any, String)] = [
            (wren, "Ghostwren(on SqliteStore(in memory))"),
            (try Ghostwren(store: SqliteStore(file)), "Ghostwren(on SqliteStore(\"\(file.path)\"))"),
            (try Ghostwren(store: Mine()), "Ghostwren(on Mine)"),
            (online, "Ghostwren(on SupabaseStore(https://x.example/v1))"),
            (online.auth, "AuthClient(on SupabaseStore(https://x.example/v1))"),
            (wren.user(), "User(\"local\")"),
            (wren.user("\u{1b}]0;x\u{7}"), #"User("\u{1B}]0;x\u{07}")"#),
            (User(handle: wren.session, who: arguments(["session": 7])), "User(signed in)"),
            (wren.user().connect("second"), "Connect(\"second\")"),
            (account, "Account(\(account.id))"),
            (account.connect(), "Connect(\"\(account.id)\")"),
            (account.importArchive(file), "Work(begins when it is read)"),
            (account.export(), "Events(begin when they are read)"),
            (tweets, "TweetList(of \(tweets.count))"),
            (page, "TweetPage(\(tweets.count) tweets)"),
            (Page(items: Array(tweets), next: nil), "Page(\(tweets.count) items, next: nil)"),
            (report, "StyleReport(version 1 of \(size) tweets)"),
            (report.record, "ProfileRecord(version 1 of \(size) tweets)"),
            (report.profile, "StyleProfile(of \(size) texts)"),
            (report.profile.fingerprint, "Fingerprint(of \(size) texts)"),
            (gone, "ReconcileReport(own: 9, context: 0, gone: \(size), hidden: 0, erased: \(erased), costMicros: 0, sessionCostMicros: 0)"),
            (TwitterApp(clientId: "id"), "TwitterApp(id)"),
            (try Twitter(accessToken: "hidden-word"), "Twitter(userId: nil)"),
            (try Twitter(accessToken: "hidden-word", userId: "7"), "Twitter(userId: 7)"),
            (HTTPResponse(status: 200, headers: head, body: AsyncThrowingStream { $0.finish() }), "HTTPResponse(200)"),
        ]
        for (one, text) in shown {
            XCTAssertEqual("\(one)", text)
            var dumped = ""
            dump(one, to: &dumped)
            XCTAssertFalse(dumped.contains("hidden" + "-word"), "\(text) shows its secret")
        }
        await wren.close()
        XCTAssertEqual("\(wren)", "Ghostwren(on SqliteStore(in memory), closed)")
        XCTAssertEqual("\(account), \(tweets)", "Account(\(account.id)), TweetList(of \(tweets.count))")
    }

    func testWhatIsEqualIsSo() {
        let page = Page(items: ["a"], next: nil)
        XCTAssertEqual(Set([page, Page(items: ["a"], next: nil), Page(items: ["a"], next: "b")]).count, 2)
        XCTAssertEqual(ImportEvent.warning("a"), .warning("a"))
        XCTAssertNotEqual(DraftEvent.growing(candidate: 0, text: "a"), .growing(candidate: 1, text: "a"))
        XCTAssertNotEqual(ModelDelta.text(index: 0, text: "a"), .completed(.null))
        XCTAssertEqual(LoginEvent.opened(url: "a"), .opened(url: "a"))
    }

    func testAnAddressIsShownWithoutWhatItHides() {
        for (address, shown) in [
            ("https://a:hunter2@x.example:8/v1?key=hunter2#hunter2", "https://x.example:8/v1"),
            ("https://a:hunt@er2@x.example", "https://x.example"),
            ("https://x.example/@a/v1", "https://x.example/@a/v1"),
            ("no address", "no address"),
            ("", ""),
        ] {
            XCTAssertTrue(shownAddress(address) == shown, shown)
        }
    }

    func testPackageAndLibraryAreOfOneVersion() throws {
        let cargo = try String(contentsOf: root.appendingPathComponent("Cargo.toml"), encoding: .utf8)
        XCTAssertTrue(cargo.contains("\nversion = \"\(GhostwrenNative.version())\"\n"))
    }

    #if canImport(Security) && !os(macOS)
    func testTheKeychainKeepsSecrets() async throws {
        let store = KeychainTokenStore(service: "io.github.ghostwren.tests")
        try await store.save("a", "hunter2")
        let found = try await store.load("a")
        XCTAssertTrue(found == "hunter2", "another secret came back")
        try await store.remove("a")
        let gone = try await store.load("a")
        XCTAssertNil(gone)
    }
    #endif
}
