import Foundation
import XCTest
@testable import Ghostwren

private func claims(role: String) -> String {
    let encode = { (text: String) in
        Data(text.utf8).base64EncodedString()
            .replacingOccurrences(of: "=", with: "")
            .replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_")
    }
    return encode(#"{"alg":"HS256"}"#) + "." + encode(#"{"iss":"supabase","role":"\#(role)"}"#) + ".c2lnbmF0dXJl"
}

/// What no device may hold.
private let forbidden = [
    "Supabase's secret key": "sb_secret_hunter2hunter2",
    "Supabase's service_role key": claims(role: "service_role"),
    "Supabase's key of its admin": claims(role: "supabase_admin"),
    "a service account's key of OpenAI": "sk-svcacct-hunter2",
    "an administrator's key of OpenAI": "sk-admin-hunter2",
    "the bearer token of an X app": "AAAAAAAAAAAAAAAAAAAAAMLheAAAAAAA0%2Bhunter2",
    // As somebody copies them.
    "Supabase's secret key in another case": "SB_Secret_hunter2hunter2",
    "Supabase's secret key, escaped for an address": "sb%5Fsecret%5Fhunter2hunter2",
    "Supabase's service_role key, escaped for an address": claims(role: "service_role")
        .replacingOccurrences(of: ".", with: "%2E"),
]

private struct Locked: TokenStore, Error {
    func load(_ name: String) async throws -> String? { throw self }
    func save(_ name: String, _ secret: String) async throws {}
    func remove(_ name: String) async throws {}
}

/// What no device may hold is refused, wherever it stands.
final class DeviceTests: XCTestCase {
    private func assertRefused(_ what: String, _ work: () async throws -> Void) async throws {
        do {
            let error = try await failure(work)
            XCTAssertEqual(error.kind, .config, what)
            XCTAssertEqual(error.code, "mobile.secret_in_app", what)
            XCTAssertFalse(error.remedy?.isEmpty ?? true, what)
            let shows = error.description.contains("hunter" + "2") || error.description.contains(#"service_role""#)
            XCTAssertFalse(shows, "\(what) is shown")
        } catch {
            XCTFail("\(what): \(error)")
        }
    }

    /// Settings that go around the public half.
    private func open(_ settings: String, kind: String = "ghostwren", tokens: (any TokenStore)? = nil) async throws {
        let settings = try Wire.read(JSONValue.self, settings).fields
        try await Session(kind, settings, Hosts(tokens: tokens.map { TokenHost($0) })).open()
    }

    /// Every text that the public builders take, with a secret in it.
    func testAnOperatorsSecretIsRefusedWhereverItStands() async throws {
        let local = "http://127.0.0.1:9/v1"
        for (what, secret) in forbidden {
            let memory = try SqliteStore.inMemory()
            func project(_ address: String, _ key: String) throws -> Ghostwren {
                try Ghostwren(store: SupabaseStore(url(address), publishableKey: key), tokens: MemoryTokenStore())
            }
            let places: [(String, () async throws -> Void)] = [
                ("the file's name", { try await Ghostwren(store: SqliteStore(URL(fileURLWithPath: "/tmp/" + secret))).open() }),
                ("the model's name", { try await Ghostwren(store: memory, model: OpenAI(baseUrl: local, model: secret)).open() }),
                ("the model's address", {
                    try await Ghostwren(store: memory, model: OpenAI(baseUrl: "https://x.example/v1?apikey=" + secret)).open()
                }),
                ("the organization", {
                    try await Ghostwren(store: memory, model: OpenAI(baseUrl: local, organization: secret)).open()
                }),
                ("the client id", { try await Ghostwren(store: memory, twitter: TwitterApp(clientId: secret)).open() }),
                ("the callback", {
                    let app = TwitterApp(clientId: "id", redirectUri: "https://x.example/" + secret)
                    try await Ghostwren(store: memory, twitter: app).open()
                }),
                ("the project's address", { try await project("https://x.example/" + secret, "sb_publishable_x").open() }),
                ("the publishable key", { try await project("http://127.0.0.1:9", secret).open() }),
                ("a client's settings", { _ = try await OpenAI(baseUrl: local, model: secret).models() }),
                ("an access token", { _ = try await Twitter(accessToken: secret).me() }),
                ("the token store", {
                    let tokens = MemoryTokenStore([TokenName.modelKey: secret])
                    try await Ghostwren(store: memory, model: OpenAI(), tokens: tokens).open()
                }),
            ]
            for (place, work) in places {
                try await assertRefused("\(what) in \(place)", work)
            }
        }
    }

    /// Every call that takes a token: nothing is sent, and nothing is kept.
    func testAnOperatorsSecretIsNobodysToken() async throws {
        let project = SupabaseStore(try url("http://127.0.0.1:9"), publishableKey: "sb_publishable_x")
        func session(_ access: String, _ refresh: String) throws -> AuthSession {
            try Wire.read(AuthSession.self, Wire.write(JSONValue.object([
                "access_token": .string(access),
                "refresh_token": .string(refresh),
                "expires_at": .string("2126-01-01T00:00:00Z"),
                "user": .object(["id": .string("01890000-0000-7000-8000-000000000000")]),
            ])))
        }
        let login = AuthLogin(url: "https://x.example", state: "s", verifier: "v", redirectTo: "app://back")
        for (what, secret) in forbidden {
            let tokens = MemoryTokenStore()
            let wren = try Ghostwren(store: project, tokens: tokens)
            let kept = MemoryTokenStore([TokenName.supabaseSession: try Wire.write(Wire.plain(session(secret, "r")))])
            let places: [(String, () async throws -> Void)] = [
                ("a session's access token", { _ = try await wren.signIn(session(secret, "r")) }),
                ("a session's refresh token", { _ = try await wren.signIn(session("a", secret)) }),
                ("a session out of the token store", { _ = try await Ghostwren(store: project, tokens: kept).signIn() }),
                ("a refresh", { _ = try await wren.auth.refresh(secret) }),
                ("a token's user", { _ = try await wren.auth.user(secret) }),
                ("a token's claims", { _ = try await wren.auth.claims(secret) }),
                ("a change of the user", { _ = try await wren.auth.updateUser(secret, email: "a@example.org") }),
                ("a sign-out", { try await wren.auth.signOut(secret) }),
                ("an identity's token", { try await wren.auth.unlinkIdentity(secret, identity: "i") }),
                ("a code", { _ = try await wren.auth.exchange(code: secret, verifier: "v") }),
                ("a code that was sent", { _ = try await wren.auth.verifyCode(email: "a@example.org", code: secret) }),
                ("a password", { _ = try await wren.auth.signInWithPassword(email: "a@example.org", password: secret) }),
                ("a callback", { _ = try await wren.auth.finish(login, callback: "app://back?code=" + secret) }),
                ("an address to come back to", { _ = try await wren.auth.authorize(redirectTo: "app://back?a=" + secret) }),
                ("a parameter of a login", {
                    _ = try await wren.auth.authorize(redirectTo: "app://back", params: ["apikey": secret])
                }),
            ]
            for (place, work) in places {
                try await assertRefused("\(what) as \(place)", work)
            }
            let session = await tokens.load(TokenName.supabaseSession)
            XCTAssertNil(session)
        }
    }

    func testAKeyOfAModelIsNowhereButInTheTokenStore() async throws {
        try await assertRefused("a key as a model's name") {
            let model = try OpenAI(baseUrl: "https://x.example/v1", model: "sk-proj-hunter2hunter2hunter2")
            try await Ghostwren(store: SqliteStore.inMemory(), model: model).open()
        }
        // Also where somebody goes around the public half.
        try await assertRefused("a key of the model") {
            try await open(#"{"store": {"memory": {}}, "model": {"openai": {"key": "anything"}}}"#)
        }
        try await assertRefused("a key of the client") {
            try await open(#"{"key": "anything", "base_url": "http://127.0.0.1:9/v1"}"#, kind: "openai")
        }
    }

    func testTheSecretOfAConfidentialClientHasNoPlace() async throws {
        let secrets = [
            (#"{"store": {"memory": {}}, "twitter": {"client_id": "id", "client_secret": "x"}}"#, "ghostwren"),
            (#"{"token": "t", "app": {"client_id": "id", "client_secret": "x"}}"#, "twitter"),
            (#"{"store": {"supabase": {"url": "https://x.supabase.co", "secret_key": "x"}}}"#, "ghostwren"),
            (#"{"store": {"supabase": {"url": "https://x.supabase.co", "jwt_secret": "x"}}}"#, "ghostwren"),
        ]
        for (settings, kind) in secrets {
            try await assertRefused(settings) { try await open(settings, kind: kind) }
        }
        let project = SupabaseStore(try url("https://x.supabase.co"), publishableKey: "k")
        let names = Array(TwitterApp(clientId: "id").settings.keys) + Array(project.settings["supabase"]?.fields.keys ?? [:].keys)
        XCTAssertGreaterThan(names.count, 5)
        XCTAssertTrue(names.allSatisfy { !$0.contains("secret") })
    }

    func testAProjectIsNamedAndItsSessionHasASafePlace() async throws {
        let nameless = try await failure {
            try await open(#"{"store": {"supabase": {"url": "https://x.supabase.co"}}}"#, tokens: MemoryTokenStore())
        }
        XCTAssertEqual(nameless.kind, .invalidInput)
        XCTAssertEqual(nameless.code, "argument.missing")
        let unsafe = try await failure {
            try await open(#"{"store": {"supabase": {"url": "http://127.0.0.1:9", "publishable_key": "sb_publishable_x"}}}"#)
        }
        XCTAssertEqual(unsafe.kind, .config)
        XCTAssertEqual(unsafe.code, "mobile.no_token_store")
    }

    func testAPersonsOwnKeyIsUsedAndNeverShown() async throws {
        try await Sandbox.command("reset")
        let key = try Sandbox.address("key")
        let tokens = MemoryTokenStore(["mine": key])
        let openai = try OpenAI(baseUrl: Sandbox.address("openai_url"), model: "gpt-4o", tokens: tokens, keyName: "mine")
        let answer = try await openai.chat("hello")
        XCTAssertFalse(answer.text.isEmpty)
        XCTAssertFalse("\(openai) \(tokens)".contains(key), "the key is shown")
        await openai.close()
    }

    func testAKeyGoesToNoOtherServerByItself() async throws {
        try await Sandbox.command("reset")
        let tokens = MemoryTokenStore([TokenName.modelKey: try Sandbox.address("key")])
        // The stand-in answers 401 to who brings no key.
        let error = try await failure { _ = try await OpenAI(baseUrl: Sandbox.address("openai_url"), tokens: tokens).chat("x") }
        XCTAssertEqual(error.kind, .auth)
        XCTAssertEqual(error.status, 401)
    }

    func testWhatIsMissingIsTold() async throws {
        let noKey = try await failure { _ = try await OpenAI(tokens: MemoryTokenStore()).chat("x") }
        XCTAssertEqual(noKey.code, "mobile.no_model_key")
        let file = try folder().appendingPathComponent("a.db")
        let noPlace = try await failure {
            try await Ghostwren(store: SqliteStore(file), twitter: TwitterApp(clientId: "id")).open()
        }
        XCTAssertEqual(noPlace.code, "mobile.no_token_store")
    }

    func testTheKeyThatSealsTheLoginIsMadeOnceAndStaysInTheTokenStore() async throws {
        let place = try folder()
        func made(_ name: String, _ tokens: MemoryTokenStore) async throws -> String {
            let store = try SqliteStore(place.appendingPathComponent(name))
            let wren = try Ghostwren(store: store, twitter: TwitterApp(clientId: "id"), tokens: tokens)
            try await wren.open()
            await wren.close()
            let key = await tokens.load(TokenName.sealingKeys)
            return try XCTUnwrap(key)
        }
        let tokens = MemoryTokenStore()
        let first = try await made("a.db", tokens)
        let second = try await made("a.db", tokens)
        XCTAssertTrue(first == second, "another key was made")
        let pattern = "^device-[0-9a-f]{16}:[A-Za-z0-9+/]{43}=$"
        XCTAssertNotNil(first.range(of: pattern, options: .regularExpression), "not a key")
        let beside = place.appendingPathComponent("a.db.key").path
        XCTAssertFalse(FileManager.default.fileExists(atPath: beside), "a key lies beside the database")
        let other = try await made("b.db", MemoryTokenStore())
        XCTAssertTrue(first != other, "the same key was made")
    }

    func testATokenStoreThatFailsSaysSo() async throws {
        let error = try await failure { _ = try await OpenAI(tokens: Locked()).chat("x") }
        XCTAssertEqual(error.kind, .storage)
        XCTAssertEqual(error.code, "mobile.token_store")
        XCTAssertTrue(error.underlying is Locked)
    }
}
