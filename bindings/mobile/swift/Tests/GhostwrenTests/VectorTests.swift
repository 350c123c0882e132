import Foundation
import XCTest
@testable import Ghostwren

private struct Vector {
    let name: String
    /// Whether a device can run it, which has no secret key.
    let device: Bool
    let settings: JSONValue?
    let steps: [JSONValue]

    /// All of `core/tests/vectors`, by file.
    static func all() throws -> [Vector] {
        let folder = root.appendingPathComponent("core/tests/vectors")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
        return try files.sorted().flatMap { file in
            let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            return try Wire.read(JSONValue.self, text).need("vectors").items.map { vector in
                Vector(
                    name: "\(file): \(try vector.text("name"))",
                    device: vector["device"] == nil,
                    settings: vector.found("settings"),
                    steps: try vector.need("steps").items
                )
            }
        }
    }
}

/// The vectors of `core/tests/vectors`, which every language runs, through the public calls of this package.
final class VectorTests: XCTestCase {
    func testVectors() async throws {
        try await run(over: nil)
    }

    func testVectorsOverTheHTTPOfThePhone() async throws {
        try await run(over: URLSessionTransport())
    }

    private func run(over transport: URLSessionTransport?) async throws {
        let vectors = try Vector.all()
        XCTAssertGreaterThan(vectors.count, 40)
        for vector in vectors where vector.device {
            do {
                try await Runner(transport).run(vector)
                print("vector passed: \(vector.name)")
            } catch {
                XCTFail("\(vector.name): \(error)")
            }
        }
    }

    func testEachKindOfErrorHasAVectorAndAName() throws {
        let kinds: [ErrorKind] = [
            .config, .invalidInput, .auth, .needsLogin, .permissionDenied, .notFound, .conflict, .rateLimited, .quotaExceeded,
            .overBudget, .contentRefused, .timeout, .connect, .server, .truncated, .outcomeUnknown, .leaseLost, .decode,
            .storage, .cancelled, .internal,
        ]
        let known = Set(try call("errors.kinds", [:], as: [String].self))
        XCTAssertEqual(Set(kinds.map(\.rawValue)), known)
        let errors = try Vector.all().flatMap(\.steps).compactMap { $0["error"]?["kind"]?.string }
        // What cancels a call is the caller's own task, which hears of it as a CancellationError.
        XCTAssertEqual(known.subtracting(["cancelled"]), Set(errors))
    }

    func testADifferenceIsFound() {
        let got = JSONValue.object(["a": .array([.int(1), .object(["b": .string("x"), "c": .bool(true)])])])
        let same: [JSONValue] = [
            got,
            .object(["a": .array([.double(1), .object(["b": .object(["$any": .bool(true)])])])]),
            .object([:]),
        ]
        for want in same { XCTAssertNil(difference(want, got, "", whole: false)) }
        let others: [JSONValue] = [
            .object(["a": .array([.int(1)])]),
            .object(["a": .array([.int(2), .object([:])])]),
            .object(["a": .array([.int(1), .object(["d": .object(["$any": .bool(true)])])])]),
            .object(["a": .array([.int(1), .object(["c": .int(1)])])]),
        ]
        for want in others { XCTAssertNotNil(difference(want, got, "", whole: false)) }
        XCTAssertNotNil(difference(.object([:]), got, "", whole: true))
        XCTAssertNotNil(difference(.string("2026-11-28T12:00:00Z"), .string("2026-11-28T12:00:01.000Z"), "", whole: true))
        XCTAssertNil(difference(.string("2026-11-28T12:00:00Z"), .string("2026-11-28T12:00:00.000Z"), "", whole: true))
    }
}

/// Where what came is not what is wanted; objects may hold more unless `whole`.
private func difference(_ want: JSONValue, _ got: JSONValue, _ place: String, whole: Bool) -> String? {
    switch (want, got) {
    case (.object(let fields), _) where fields["$any"] != nil:
        return got == .null ? "\(place) is missing" : nil
    case (.object(let want), .object(let got)):
        let names = whole ? Set(want.keys).union(got.keys) : Set(want.keys)
        return names.sorted().lazy.compactMap {
            difference(want[$0] ?? .null, got[$0] ?? .null, "\(place)/\($0)", whole: whole)
        }.first
    case (.array(let want), .array(let got)) where want.count == got.count:
        return want.indices.lazy.compactMap { difference(want[$0], got[$0], "\(place)/\($0)", whole: whole) }.first
    case (.int(let want), .double(let got)), (.double(let got), .int(let want)):
        return Double(want) == got ? nil : "\(place) is \(got), not \(want)"
    case (.string(let one), .string(let other)) where one != other:
        // A time is written with as many digits as a language keeps.
        if let one = try? Wire.read(Date.self, Wire.write(one)), let other = try? Wire.read(Date.self, Wire.write(other)) {
            return one == other ? nil : "\(place) is \(other), not \(one)"
        }
        return "\(place) is \(other), not \(one)"
    default:
        return want == got ? nil : "\(place) is \(got), not \(want)"
    }
}

extension JSONValue {
    var items: [JSONValue] {
        if case .array(let items) = self { return items }
        return []
    }

    var fields: [String: JSONValue] {
        if case .object(let fields) = self { return fields }
        return [:]
    }

    /// A field that is there and not null.
    func found(_ name: String) -> JSONValue? {
        self[name].flatMap { $0 == .null ? nil : $0 }
    }

    func need(_ name: String) throws -> JSONValue {
        guard let value = found(name) else { throw Failed("the step has no \(name)") }
        return value
    }

    func text(_ name: String) throws -> String {
        guard let text = try need(name).string else { throw Failed("\(name) is no text") }
        return text
    }

    func texts(_ name: String) -> [String] {
        found(name)?.items.compactMap(\.string) ?? []
    }

    func seconds(_ name: String) -> TimeInterval? {
        switch found(name) {
        case .int(let number)?: return TimeInterval(number)
        case .double(let number)?: return number
        default: return nil
        }
    }

    /// What a JSON pointer leads to.
    func at(_ pointer: String) throws -> JSONValue {
        try pointer.split(separator: "/").reduce(self) { value, part in
            if case .array(let items) = value, let index = Int(part), items.indices.contains(index) { return items[index] }
            return try value.need(String(part))
        }
    }
}

private final class Runner {
    private var known: [String: JSONValue]
    private let parts: [String: String]
    private let store: SqliteStore
    private let transport: URLSessionTransport?
    private var openai: OpenAI?
    private var twitter: Twitter?
    private var signedIn: [User] = []

    init(_ transport: URLSessionTransport?) throws {
        self.transport = transport
        parts = ["$folder": try folder().path, "$sample": sample.path, "$unique": "u\(UUID().uuidString.lowercased())"]
        store = try SqliteStore.inMemory()
        known = [
            "$openai": .string(try Sandbox.address("openai_url")),
            "$key": .string(try Sandbox.address("key")),
            "$x": .string(try Sandbox.address("x_url")),
            "$authorize": .string(try Sandbox.address("authorize_url")),
            // A device is a public client: the secret of the vectors stays away.
            "$client": .string(try Sandbox.address("public_client_id")),
            "$me": .string(try Sandbox.address("user_id")),
            "$supabase": .string(try Sandbox.address("supabase_url")),
            "$publishable": .string(try Sandbox.address("supabase_publishable_key")),
        ]
    }

    private func fill(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let items): return .array(items.map(fill))
        case .object(let fields): return .object(fields.mapValues(fill))
        case .string(let text):
            if let value = known[text] { return value }
            return .string(parts.reduce(text) { $0.replacingOccurrences(of: $1.key, with: $1.value) })
        default: return value
        }
    }

    private func open(_ asked: JSONValue) throws -> Ghostwren {
        let settings = fill(asked)
        if let project = settings["store"]?["supabase"] {
            let store = SupabaseStore(try url(project.text("url")), publishableKey: try project.text("publishable_key"))
            return try Ghostwren(store: store, tokens: MemoryTokenStore(), transport: transport)
        }
        let file = settings["store"]?["sqlite"]?["path"]?.string
        let store = try file.map { try SqliteStore(URL(fileURLWithPath: $0)) } ?? SqliteStore.inMemory()
        return try Ghostwren(
            store: store,
            model: try settings["model"]?["openai"].map(openai),
            twitter: try settings.found("twitter").map(app),
            transport: transport,
            dailyModelBudgetMicros: settings["daily_model_budget_micros"]?.int,
            dailyTwitterBudgetMicros: settings["daily_twitter_budget_micros"]?.int,
            publishSettle: settings.seconds("publish_settle_seconds")
        )
    }

    /// A model's client; its key is in a token store, because a device has no parameter for one.
    private func openai(_ settings: JSONValue) throws -> OpenAI {
        try OpenAI(
            baseUrl: settings["base_url"]?.string,
            model: settings["model"]?.string,
            tokens: settings["key"]?.string.map { MemoryTokenStore([TokenName.modelKey: $0]) },
            transport: transport,
            keyName: TokenName.modelKey,
            timeout: settings.seconds("timeout_seconds"),
            maxAttempts: settings["max_attempts"]?.int
        )
    }

    private func app(_ settings: JSONValue) throws -> TwitterApp {
        TwitterApp(
            clientId: try settings.text("client_id"),
            redirectUri: settings["redirect_uri"]?.string,
            apiBase: settings["api_base"]?.string,
            authorizeBase: settings["authorize_base"]?.string
        )
    }

    /// Clients by themselves.
    private func openClients(_ clients: JSONValue) throws {
        if let settings = clients["openai"] { openai = try openai(settings) }
        if let settings = clients["twitter"] {
            let (token, app) = (try settings.text("token"), try app(settings.need("app")))
            let attempts = settings["max_attempts"]?.int
            twitter = try Twitter(accessToken: token, app: app, transport: transport, maxAttempts: attempts)
        }
    }

    private func account(_ wren: Ghostwren, _ args: JSONValue) throws -> Account {
        Account(session: wren.session, who: ["owner": .string(args["owner"]?.string ?? "local")], id: try args.text("account"))
    }

    private func call(_ wren: Ghostwren?, _ name: String, _ args: JSONValue) async throws -> JSONValue {
        if name.hasPrefix("openai."), let openai { return try await openai.vector(name, args) }
        if name.hasPrefix("twitter."), let twitter { return try await twitter.vector(name, args) }
        guard let wren else { throw Failed("the vector has no settings") }
        if name.hasPrefix("auth.") { return try await wren.auth.vector(name, args) }
        if name == "user.sign_in" {
            let session = try args.found("session").map { try Wire.read(AuthSession.self, Wire.write($0)) }
            signedIn.append(try await wren.signIn(session))
            return .object(["session": .int(signedIn.count - 1)])
        }
        if let number = args["session"]?.int { return try await signedIn[number].vector(name, args) }
        let user = wren.user(args["owner"]?.string ?? "local")
        switch name {
        case "test.panic": return try await wren.session.call(name, args.fields)
        case "user.open_account": return .string(try await user.openAccount(args.text("label")).id)
        case "user.account": return .string(try await user.account(args.text("id")).id)
        case "user.accounts": return try plain(try await user.accounts().map(\.id))
        case "connect.begin": return try plain(try await user.connect().begin(scopes: args["scopes"]?.string))
        case "connect.finish":
            let (callback, binding) = (try args.text("callback"), try args.text("binding"))
            return .string(try await user.connect().finish(callback: callback, binding: binding).id)
        default: return try await call(try account(wren, args), name, args)
        }
    }

    private func call(_ account: Account, _ name: String, _ args: JSONValue) async throws -> JSONValue {
        switch name {
        case "account.save_export": return try plain(try await account.saveExport())
        case "account.save_drafts": return try plain(try await account.saveDrafts(state: args["state"]?.string))
        case "account.save_style": return try plain(try await account.saveStyle())
        case "account.file_address": return try plain(try await account.fileAddress(args.text("name")))
        case "account.publish_file": return .string(try await account.publishFile(args.text("name")))
        case "account.unpublish_file": return .bool(try await account.unpublishFile(args.text("name")))
        case "account.saved_files": return try plain(try await account.savedFiles())
        case "account.remove_file": return .bool(try await account.removeFile(args.text("name")))
        case "account.record": return try plain(try await account.record())
        case "account.imports": return try plain(try await account.imports())
        case "account.preview_import": return try plain(try await account.previewImport())
        case "account.preview_reconcile": return try plain(try await account.previewReconcile())
        case "account.export_to": return .int(try await account.exportTo(URL(fileURLWithPath: args.text("path"))))
        case "account.tweets":
            let query = try filled(TweetQuery(), args)
            let (page, next) = try await account.tweets(query, limit: args["limit"]?.int ?? 100, after: args["after"]?.string)
            return .object(["items": try plain(Array(page)), "next": next.map { .string($0) } ?? .null])
        case "account.all_tweets":
            return try plain(Array(try await account.allTweets(try filled(TweetQuery(), args))))
        case "account.count_tweets": return .int(try await account.countTweets(try filled(TweetQuery(), args)))
        case "account.totals": return try plain(try await account.totals())
        case "account.mark_tweets":
            let (add, remove) = (args.texts("add_labels"), args.texts("remove_labels"))
            return .int(try await account.markTweets(args.texts("ids"), addLabels: add, removeLabels: remove))
        case "account.exclude_tweets": return .int(try await account.excludeTweets(args.texts("ids")))
        case "account.analyze_style":
            let report = try await account.analyzeStyle()
            return .object([
                "record": try plain(report.record),
                "cached": .bool(report.cached),
                "analysis_failed": try plain(report.analysisFailed.map { GhostwrenError.Fields($0) }),
            ])
        case "account.style_profile": return try plain(try await account.styleProfile())
        case "account.generate":
            return try plain(try await account.generate(try filled(DraftRequest(), args.need("request"))))
        case "account.preview":
            if let asked = args["call"]?.string { return try plain(try await account.preview(call: asked)) }
            return try plain(try await account.preview(try filled(DraftRequest(), args.need("call").need("generate"))))
        case "account.drafts":
            let state = args["state"]?.string.flatMap(DraftState.init(rawValue:))
            return try plain(try await account.drafts(state: state, generation: args["generation"]?.string))
        case "account.draft": return try plain(try await account.draft(args.text("id")))
        case "account.approve": return try plain(try await account.approve(args.text("id")))
        case "account.reject": return try plain(try await account.reject(args.text("id"), note: args["note"]?.string))
        case "account.edit_draft":
            return try plain(try await account.editDraft(args.text("id"), text: args.text("text")))
        case "account.connection": return try plain(try await account.connection())
        case "account.disconnect": return .bool(try await account.disconnect())
        case "account.publish": return try plain(try await account.publish(try filled(PublishRequest(), args)))
        case "account.preview_publish":
            return try plain(try await account.previewPublish(try filled(PublishRequest(), args)))
        case "account.resume_publish": return try plain(try await account.resumePublish(args.text("outbox")))
        case "account.resolve_publish":
            let said = try args.need("resolution")
            let (outbox, resolution) = (try args.text("outbox"), try said.text("resolution"))
            return try plain(try await account.resolvePublish(outbox, resolution, tweetId: said["tweet_id"]?.string))
        case "account.unpublish": return try plain(try await account.unpublish(args.text("draft")))
        case "account.outbox": return try plain(try await account.outbox())
        case "account.ai_runs": return try plain(try await account.aiRuns())
        case "account.spend": return try plain(try await account.spend())
        case "account.audit_log": return try plain(try await account.auditLog())
        case "account.erase_tweets": return try plain(try await account.eraseTweets(args.texts("ids")))
        case "account.erase": return try plain(try await account.erase())
        default: throw Failed("a call that the runner does not know: \(name)")
        }
    }

    /// The events of a stream; what is not compared is left empty.
    private func stream(_ wren: Ghostwren?, _ name: String, _ args: JSONValue) async throws -> [JSONValue] {
        if name == "openai.chat", let openai {
            return try await collect(openai.chatStream(try filled(ChatRequest([]), args))).map(event)
        }
        if name == "twitter.pages", let twitter {
            let pages = try args["search"]?.string.map { twitter.searchPages($0, range: range(args)) }
                ?? twitter.timelinePages(args.text("user_id"), range: range(args))
            return try await collect(pages).map { .object(["event": .string("page"), "data": try plain($0)]) }
        }
        guard let wren else { throw Failed("the vector has no settings") }
        let account = try account(wren, args)
        let options = try filled(ImportOptions(), args)
        switch name {
        case "account.import_archive":
            return try await collect(account.importArchive(URL(fileURLWithPath: args.text("path")))).map(event)
        case "account.import_timeline": return try await collect(account.importTimeline(options)).map(event)
        case "account.import_all":
            return try await collect(account.importAll(URL(fileURLWithPath: args.text("path")), options)).map(event)
        case "account.reconcile": return try await collect(account.reconcile(options)).map(event)
        case "account.generate":
            return try await collect(account.generateStream(try filled(DraftRequest(), args.need("request")))).map(event)
        case "account.export": return try await collect(account.export())
        default: throw Failed("a stream that the runner does not know: \(name)")
        }
    }

    private func event(_ event: ImportEvent) throws -> JSONValue {
        switch event {
        case .started(let run, let resumed):
            return .object(["event": .string("started"), "data": .object(["run": try plain(run), "resumed": .bool(resumed)])])
        case .finished(let report): return .object(["event": .string("finished"), "data": try plain(report)])
        default: return .null
        }
    }

    private func event(_ event: DraftEvent) throws -> JSONValue {
        switch event {
        case .started(let data): return .object(["event": .string("started"), "data": data])
        case .finished(let report): return .object(["event": .string("finished"), "data": try plain(report)])
        default: return .null
        }
    }

    private func event(_ event: ModelDelta) -> JSONValue {
        if case .completed(let response) = event {
            return .object(["event": .string("completed"), "data": response])
        }
        return .null
    }

    private func local(_ name: String, _ args: JSONValue) throws -> JSONValue {
        // What Swift itself refuses to compile, the core refuses too.
        let untyped = args.found("limit").map { $0.int == nil } ?? false
        if untyped || args.fields.isEmpty || args["extra"] != nil { return try bindingCall(name, args) }
        switch name {
        case "text.weighted_length": return .int(try TweetText.weightedLength(args.text("text")))
        case "text.parse": return try plain(try TweetText.parse(args.text("text"), limit: args["limit"]?.int ?? 280))
        case "text.extract":
            let text = try args.text("text")
            switch args["what"]?.string {
            case nil: return try plain(try TweetText.extract(text))
            case "urls": return try plain(try TweetText.extractUrls(text))
            case "mentions": return try plain(try TweetText.extractMentions(text))
            case "mentions_or_lists": return try plain(try TweetText.extractMentionsOrLists(text))
            case "hashtags": return try plain(try TweetText.extractHashtags(text))
            default: return try plain(try TweetText.extractCashtags(text))
            }
        case "text.reply_to": return try plain(try TweetText.replyTo(args.text("text")))
        case "text.has_url": return .bool(try TweetText.hasUrl(args.text("text")))
        case "text.cashtag_count": return .int(try TweetText.cashtagCount(args.text("text")))
        case "text.search_terms": return .string(try TweetText.searchTerms(args.text("text")))
        case "text.search_query": return try plain(try TweetText.searchQuery(args.text("text")))
        case "text.escape_controls": return .string(try TweetText.escapeControls(args.text("text")))
        case "text.unescape_html": return .string(try TweetText.unescapeHtml(args.text("text")))
        case "text.status_id": return try plain(try TweetText.statusId(args.text("text")))
        case "records.compare_ids": return .int(try Records.compareIds(args.text("a"), args.text("b")))
        case "records.is_valid_id": return .bool(try Records.isValidId(args.text("text")))
        case "records.time_of_id": return try plain(try Records.timeOfId(args.text("text")))
        case "openai.model_info": return try plain(try OpenAI.modelInfo(args.text("name")))
        case "openai.strict_schema": return try OpenAI.strictSchema(args.need("schema"))
        case "generate.clean_candidate": return .string(try Generate.cleanCandidate(args.text("text")))
        case "twitter.lint":
            let tweet = try args.need("tweet")
            let options = tweet.fields.filter { $0.key != "text" }
            return try plain(try Twitter.lint(tweet.text("text"), limit: args["limit"]?.int, options: options))
        case "twitter.prices": return try plain(try Twitter.prices())
        case "twitter.write_cost": return .object(["micros": .int(try Twitter.writeCost(args.text("text")))])
        // Calls that only bindings make.
        default: return try bindingCall(name, args)
        }
    }

    private func step(_ wren: Ghostwren?, _ step: JSONValue) async throws -> (value: JSONValue, events: [JSONValue]) {
        let args = fill(step["args"] ?? .object([:]))
        if let command = step["sandbox"] { return (try await Sandbox.command(fill(command)), []) }
        if let address = step["browse"] {
            var at = fill(address).string ?? ""
            repeat { at = try await Sandbox.browse(at) } while !at.hasPrefix(step["to"]?.string ?? "")
            return (.string(at), [])
        }
        if let clients = step["open"] {
            try openClients(fill(clients))
            return (.null, [])
        }
        if let name = step["local"]?.string { return (try local(name, args), []) }
        if let asked = step["select"] {
            let profile = try StyleProfile.fromTexts(asked.texts("texts"))
            let (n, limit) = (asked["n"]?.int ?? 0, asked["limit"]?.int ?? 280)
            return (try plain(try Generate.select(profile, asked.texts("candidates"), n: n, limit: limit)), [])
        }
        if let texts = step["fingerprint"] {
            return (try plain(try Fingerprint.of(texts.items.compactMap(\.string)).summary()), [])
        }
        if let method = step["store"]?.string {
            return (try await store.call(method: method, owner: "local", arguments: args), [])
        }
        if let name = step["stream"]?.string { return (.null, try await stream(wren, name, args)) }
        return (try await call(wren, step.text("call"), args), [])
    }

    func run(_ vector: Vector) async throws {
        let wren = try vector.settings.map(open)
        for (number, step) in vector.steps.enumerated() {
            let place = "step \(number)"
            if let wanted = step["error"] {
                let error = try await failure { _ = try await self.step(wren, step) }
                let fields = try plain(GhostwrenError.Fields(error))
                try compare(wanted, fields, place, whole: false)
                if step["save_error"] != nil { known["$entry"] = .string(error.outbox ?? "") }
                continue
            }
            let (value, events) = try await self.step(wren, step)
            if let wanted = step["result"] { try compare(wanted, value, place, whole: true) }
            if let wanted = step["has"] { try compare(wanted, value, place, whole: false) }
            if let wanted = step["first"] { try compare(wanted, events.first ?? .null, place, whole: false) }
            if let wanted = step["last"] { try compare(wanted, events.last ?? .null, place, whole: false) }
            if let wanted = step["holds"].map(fill) {
                if value.items.allSatisfy({ difference(wanted, $0, place, whole: false) != nil }) {
                    throw Failed("\(place): no item is as wanted in \(try Wire.write(value))")
                }
            }
            for (name, pointer) in step["save"]?.fields ?? [:] {
                known["$" + name] = try value.at(pointer.string ?? "")
            }
        }
        await wren?.close()
        await openai?.close()
        await twitter?.close()
        await store.close()
    }

    private func compare(_ wanted: JSONValue, _ got: JSONValue, _ place: String, whole: Bool) throws {
        if let difference = difference(fill(wanted), got, place, whole: whole) {
            throw Failed("\(difference) in \(try Wire.write(got))")
        }
    }
}

/// A call by its name, as the public half makes it.
private func bindingCall(_ name: String, _ args: JSONValue) throws -> JSONValue {
    try call(name, args.fields)
}
