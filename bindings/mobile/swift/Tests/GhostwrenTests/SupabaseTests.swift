import Foundation
import XCTest
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif
@testable import Ghostwren

/// A device on Supabase: against the real servers that `cargo xtask test swift` starts, and the login with X against the stand-ins.
final class SupabaseTests: XCTestCase {
    private func store() throws -> SupabaseStore {
        let environment = ProcessInfo.processInfo.environment
        guard
            let address = environment["GHOSTWREN_TEST_SUPABASE_URL"],
            let key = environment["GHOSTWREN_TEST_SUPABASE_PUBLISHABLE_KEY"]
        else {
            throw XCTSkip("needs the servers that `cargo xtask test swift` starts")
        }
        return SupabaseStore(try url(address), publishableKey: key)
    }

    private func newUser(_ wren: Ghostwren) async throws -> AuthSession {
        let made = try await wren.auth.signUp(email: "\(UUID().uuidString)@example.org", password: "correct horse battery")
        return try XCTUnwrap(made.session)
    }

    private func kept(_ tokens: MemoryTokenStore, _ name: String = TokenName.supabaseSession) async throws -> String {
        let kept = await tokens.load(name)
        return try XCTUnwrap(kept)
    }

    private func text(at address: String) async throws -> String {
        let (data, _) = try await URLSession.shared.data(for: URLRequest(url: try url(address)))
        return String(decoding: data, as: UTF8.self)
    }

    func testADeviceKeepsItsSessionAndReachesItsOwnRowsAlone() async throws {
        let tokens = MemoryTokenStore()
        let first = try Ghostwren(store: store(), tokens: tokens)
        let nobody = try await failure { _ = try await first.signIn() }
        XCTAssertEqual(nobody.kind, .needsLogin)
        XCTAssertEqual(nobody.code, "supabase.no_session")
        let session = try await newUser(first)
        let me = try await first.signIn(session)
        let account = try await me.openAccount("phone")
        let report = try await account.importArchive(sample).report()
        XCTAssertEqual(report.end.kind, "complete")
        let count = try await account.countTweets()
        XCTAssertGreaterThan(count, 0)
        let stranger = try await failure { _ = try await first.user().accounts() }
        XCTAssertEqual(stranger.kind, .auth)
        XCTAssertEqual(stranger.code, "identity.no_user")
        let sealed = try await kept(tokens)
        XCTAssertTrue(sealed.contains(session.refreshToken), "the session is not kept")
        let shown = "\(session)"
        XCTAssertFalse(shown.contains(session.accessToken) || shown.contains(session.refreshToken), "a session shows its tokens")
        await first.close()

        // After the app was closed.
        let second = try Ghostwren(store: store(), tokens: tokens)
        let again = try await second.signIn()
        let accounts = try await again.accounts()
        XCTAssertEqual(accounts.map(\.id), [account.id])
        let now = try await again.session()
        XCTAssertEqual(now.user.id, session.user.id)
        let other = try Ghostwren(store: store(), tokens: MemoryTokenStore())
        let somebody = try await other.signIn(try await newUser(other))
        let none = try await somebody.accounts()
        XCTAssertEqual(none.count, 0)
        let theirs = try await failure { _ = try await somebody.account(account.id) }
        XCTAssertEqual(theirs.kind, .notFound)

        try await files(of: try await again.account(account.id))

        try await again.signOut(.global)
        let gone = await tokens.load(TokenName.supabaseSession)
        XCTAssertNil(gone)
        let out = try await failure { _ = try await again.accounts() }
        XCTAssertEqual(out.kind, .needsLogin)
        await second.close()
        await other.close()
    }

    private func files(of account: Account) async throws {
        let kept = try await account.saveExport()
        let names = try await account.savedFiles()
        XCTAssertEqual(names.map(\.name), [kept.name])
        let address = try await account.fileAddress(kept.name)
        let export = try await text(at: address.url)
        XCTAssertTrue(export.contains("\"end\""))
        XCTAssertFalse("\(address)".contains(address.url), "an address is shown")
        let open = try await text(at: try await account.publishFile(kept.name))
        XCTAssertEqual(export, open)
        let unpublished = try await account.unpublishFile(kept.name)
        let removed = try await account.removeFile(kept.name)
        XCTAssertTrue(unpublished && removed)
        _ = try await account.erase()
    }

    func testTheAuthOfAProject() async throws {
        let wren = try Ghostwren(store: store(), tokens: MemoryTokenStore())
        let (email, password) = ("\(UUID().uuidString.lowercased())@example.org", "correct horse battery")
        let metadata = JSONValue.object(["first_name": .string("Wren")])
        let made = try await wren.auth.signUp(email: email, password: password, metadata: metadata)
        XCTAssertEqual(made.user.email, email)
        XCTAssertEqual(made.user.userMetadata?["first_name"]?.string, "Wren")
        let session = try await wren.auth.signInWithPassword(email: email, password: password).session
        XCTAssertEqual(session.user.id, made.user.id)
        let claims = try await wren.auth.claims(session.accessToken)
        XCTAssertEqual(claims.user, made.user.id)
        XCTAssertEqual(claims.role, "authenticated")
        XCTAssertLessThan(abs(claims.expiresAt.timeIntervalSince(session.expiresAt)), 5)
        let user = try await wren.auth.user(session.accessToken)
        XCTAssertEqual(user.id, made.user.id)
        let changed = try await wren.auth.updateUser(session.accessToken, metadata: .object(["first_name": .string("Ada")]))
        XCTAssertEqual(changed.userMetadata?["first_name"]?.string, "Ada")
        let fresh = try await wren.auth.refresh(session.refreshToken)
        XCTAssertTrue(fresh.refreshToken != session.refreshToken, "the same token came back")
        let settings = try await wren.auth.settings()
        XCTAssertNotNil(settings["external"])
        let wrong = try await failure { _ = try await wren.auth.signInWithPassword(email: email, password: "wrong") }
        XCTAssertEqual(wrong.kind, .auth)
        try await wren.auth.signOut(fresh.accessToken)
        await wren.close()
    }

    /// The login at Twitter of an app without a secret; what it gives stays on the device.
    func testTheLoginAtTwitterStaysInTheTokenStore() async throws {
        try await Sandbox.command("reset")
        try await Sandbox.command("set_consent", ["consent": .string("allow")])
        let tokens = MemoryTokenStore()
        let app = TwitterApp(
            clientId: try Sandbox.address("public_client_id"),
            redirectUri: "http://127.0.0.1:8723/callback",
            apiBase: try Sandbox.address("x_url"),
            authorizeBase: try Sandbox.address("authorize_url")
        )
        let wren = try Ghostwren(store: store(), tokens: tokens, twitter: app)
        let user = try await newUser(wren)
        let me = try await wren.signIn(user)
        let login = try await me.connect("twitter").begin()
        let callback = try await Sandbox.browse(login.url)
        let account = try await me.connect("twitter").finish(callback: callback, binding: login.binding)
        let record = try await account.record()
        XCTAssertEqual(record.twitterUser?.username, "sandbox_wren")
        let sealed = try await kept(tokens, "ghostwren.\(user.user.id)")
        XCTAssertFalse(sealed.contains("sandbox-access" + "-") || sealed.contains("sandbox-refresh" + "-"), "not sealed")
        _ = try await account.disconnect()
        let gone = await tokens.load("ghostwren.\(user.user.id)")
        XCTAssertNil(gone)
        _ = try await account.erase()
        await wren.close()
    }

    func testALoginWithXThroughSupabase() async throws {
        try await Sandbox.command("reset")
        try await Sandbox.command("set_consent", ["consent": .string("allow")])
        let tokens = MemoryTokenStore()
        let project = SupabaseStore(
            try url(Sandbox.address("supabase_url")),
            publishableKey: try Sandbox.address("supabase_publishable_key")
        )
        let wren = try Ghostwren(store: project, tokens: tokens)
        let back = "http://127.0.0.1:8787/callback"
        try await wren.auth.probe(redirectTo: back)
        let login = try await wren.auth.authorize(redirectTo: back, scopes: ["tweet.write"])
        var place = login.url
        while !place.hasPrefix(back) { place = try await Sandbox.browse(place) }
        let signedIn = try await wren.auth.finish(login, callback: place)
        let subject = signedIn.session.user.identities?.first { $0.provider == "x" }?.subject
        XCTAssertEqual(subject, try Sandbox.address("user_id"))
        let provider = try XCTUnwrap(signedIn.provider)
        XCTAssertNotNil(provider.refreshToken)
        XCTAssertFalse("\(login)".contains(login.verifier) || "\(signedIn)".contains(provider.accessToken), "a secret is shown")
        // Fresh tokens come by themselves, and are kept: what is signed in with is worn out.
        let worn = AuthSession(
            accessToken: signedIn.session.accessToken,
            refreshToken: signedIn.session.refreshToken,
            expiresAt: Date(timeIntervalSince1970: 0),
            user: signedIn.session.user
        )
        let me = try await wren.signIn(worn)
        let fresh = try await me.session()
        XCTAssertTrue(fresh.accessToken != signedIn.session.accessToken, "the old token is used on")
        let sealed = try await kept(tokens)
        XCTAssertTrue(sealed.contains(fresh.refreshToken), "the fresh session is not kept")
        try await me.signOut()
        let gone = await tokens.load(TokenName.supabaseSession)
        XCTAssertNil(gone)
        await wren.close()
    }
}
