import Foundation
import GhostwrenNative

/// The SDK, set up once per process: where the data lives, which model writes, what it may cost.
///
/// ```swift
/// let wren = try Ghostwren(store: SqliteStore(file), model: OpenAI(), tokens: KeychainTokenStore())
/// let account = try await wren.user().openAccount("main")
/// ```
///
/// A device holds no secret of an operator: there is no parameter for one, and what looks like one is refused
/// (`mobile.secret_in_app`). The person's own key of a model and what seals the login are in `tokens`. Everything is sent by
/// `transport`. Where `tokens` or `transport` are not given, those of an `OpenAI` that is the model serve for everything.
public final class Ghostwren: Sendable, CustomStringConvertible {
    let session: Session
    private let shownStore: String

    public init(
        store: any Store,
        model: (any Model)? = nil,
        twitter: TwitterApp? = nil,
        tokens: (any TokenStore)? = nil,
        transport: (any Transport)? = nil,
        dailyModelBudgetMicros: Int? = nil,
        dailyTwitterBudgetMicros: Int? = nil,
        publishSettle: TimeInterval? = nil,
        lease: TimeInterval? = nil
    ) throws {
        var hosts = Hosts()
        var settings = arguments([
            "daily_model_budget_micros": dailyModelBudgetMicros,
            "daily_twitter_budget_micros": dailyTwitterBudgetMicros,
            "publish_settle_seconds": publishSettle,
            "lease_seconds": lease,
        ])
        if let sqlite = store as? SqliteStore {
            settings["store"] = sqlite.settings
            shownStore = sqlite.description
        } else {
            settings["store"] = .object(["host": .object([:])])
            hosts.store = StoreHost(store)
            // What an app's own store says of itself is the app's.
            shownStore = "\(type(of: store))"
        }
        let place = tokens ?? (model as? OpenAI)?.tokens
        session = try Ghostwren.session(settings, hosts, model, twitter, place, transport)
    }

    /// On Supabase: the session and what seals logins are in `tokens`. Then `signIn`.
    public init(
        store: SupabaseStore,
        tokens: any TokenStore,
        model: (any Model)? = nil,
        twitter: TwitterApp? = nil,
        transport: (any Transport)? = nil,
        dailyModelBudgetMicros: Int? = nil,
        dailyTwitterBudgetMicros: Int? = nil,
        publishSettle: TimeInterval? = nil,
        lease: TimeInterval? = nil
    ) throws {
        var settings = arguments([
            "daily_model_budget_micros": dailyModelBudgetMicros,
            "daily_twitter_budget_micros": dailyTwitterBudgetMicros,
            "publish_settle_seconds": publishSettle,
            "lease_seconds": lease,
        ])
        settings["store"] = store.settings
        shownStore = store.description
        session = try Ghostwren.session(settings, Hosts(), model, twitter, tokens, transport)
    }

    private static func session(
        _ known: Arguments,
        _ given: Hosts,
        _ model: (any Model)?,
        _ twitter: TwitterApp?,
        _ tokens: (any TokenStore)?,
        _ transport: (any Transport)?
    ) throws -> Session {
        var settings = known.merging(arguments(["twitter": twitter?.settings])) { known, _ in known }
        var hosts = given
        if let openai = model as? OpenAI {
            settings["model"] = .object(["openai": .object(openai.settings)])
        } else if let model {
            let host = ModelHost(model)
            settings["model"] = .object(["host": .object(try host.facts())])
            hosts.model = host
        }
        hosts.tokens = tokens.map { TokenHost($0) }
        hosts.transport = (transport ?? (model as? OpenAI)?.transport).map { TransportHost($0) }
        return try Session("ghostwren", settings, hosts)
    }

    /// The handle of one owner of a local store. Costs nothing and checks nothing: the first call does.
    public func user(_ owner: String = "local") -> User {
        User(handle: session, who: arguments(["owner": owner]))
    }

    /// The user of Supabase by the session that a login gave, which is kept in the token store and fresh from here on.
    /// Without one the session that is kept there goes on; `needsLogin` when there is none.
    public func signIn(_ login: AuthSession? = nil) async throws -> User {
        var named: Arguments = ["keep": .object(["tokens": .object([:])])]
        if let login {
            named["session"] = .object(try Wire.plain(login))
        }
        let ticket = try await session.call("user.sign_in", named, as: Ticket.self)
        return User(handle: session, who: arguments(["session": ticket.session]))
    }

    /// The Auth of the project that the store is in.
    public var auth: AuthClient { AuthClient(session: session, store: shownStore) }

    /// Opens the store now, so that what is wrong with the settings is told now; the first call does it otherwise.
    public func open() async throws {
        try await session.open()
    }

    /// Closes the store: calls that come later fail with `conflict`. What is under way goes on to its end, and the files are closed with it.
    public func close() async {
        await session.close()
    }

    /// Whether it was closed.
    public var isClosed: Bool { session.isClosed }

    public var description: String { "Ghostwren(on \(shownStore)\(isClosed ? ", closed" : ""))" }
}

/// One identity: what it owns, and nothing else.
public struct User: Sendable, CustomStringConvertible {
    let handle: Session
    let who: Arguments

    /// Opens the account of this label, or makes it: bound to its Twitter user by the first archive or login.
    public func openAccount(_ label: String = "main") async throws -> Account {
        let id = try await handle.call("user.open_account", with(["label": label]), as: String.self)
        return Account(session: handle, who: who, id: id)
    }

    /// The account with this id; `notFound` when there is none, or it is somebody else's.
    public func account(_ id: String) async throws -> Account {
        let id = try await handle.call("user.account", with(["id": id]), as: String.self)
        return Account(session: handle, who: who, id: id)
    }

    /// All accounts, oldest first.
    public func accounts() async throws -> [Account] {
        let ids = try await handle.call("user.accounts", who, as: [String].self)
        return ids.map { Account(session: handle, who: who, id: $0) }
    }

    /// Connects a Twitter account, which is opened under this label when the login succeeds.
    public func connect(_ label: String = "main") -> Connect {
        Connect(session: handle, who: who, of: with(["label": label]))
    }

    /// The session of who is signed in, as it is now: to call Supabase by other means.
    public func session() async throws -> AuthSession {
        try await handle.call("user.session", who)
    }

    /// Ends the session, or others of the user, and forgets it on this device, also when Auth could not be reached.
    public func signOut(_ scope: SignOutScope = .local) async throws {
        _ = try await handle.call("user.sign_out", with(["scope": scope.rawValue]), as: JSONValue.self)
    }

    public var description: String { "User(\(who["owner"]?.string.map(String.init(reflecting:)) ?? "signed in"))" }

    private func with(_ named: KeyValuePairs<String, any Argument>) -> Arguments {
        who.merging(arguments(named)) { own, _ in own }
    }
}

/// A login at Twitter: `begin` it, send the browser to its `url`, `finish` it with the address that comes back.
public struct Connect: Sendable, CustomStringConvertible {
    let session: Session
    let who: Arguments
    let of: Arguments

    private func with(_ more: Arguments) -> Arguments {
        of.merging(more) { _, new in new }
    }

    /// Begins a login. `scopes` are separated by spaces; reading alone unless set. It can be finished for ten minutes,
    /// once, by any process on the same store.
    public func begin(scopes: String? = nil) async throws -> PendingLogin {
        try await session.call("connect.begin", with(arguments(["scopes": scopes])))
    }

    /// Finishes a login with the address that the browser was sent to and the binding of that browser.
    public func finish(callback: String, binding: String) async throws -> Account {
        let named = with(arguments(["callback": callback, "binding": binding]))
        let id = try await session.call("connect.finish", named, as: String.self)
        return Account(session: session, who: who, id: id)
    }

    /// A login with a browser on this machine: gives the address to open, and at the end the id of the account.
    public func inBrowser(scopes: String? = nil, timeout: TimeInterval = 300) -> Events<LoginEvent> {
        let named = with(arguments(["scopes": scopes, "timeout_seconds": timeout]))
        return Events(session: session, name: "connect.in_browser", arguments: named, read: LoginEvent.read)
    }

    public var description: String { "Connect(\(String(reflecting: (of["label"] ?? of["account"])?.string ?? "")))" }
}
