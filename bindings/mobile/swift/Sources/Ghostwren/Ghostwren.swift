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
/// (`mobile.secret_in_app`). The person's own key of a model and what seals the login are in `tokens`.
public final class Ghostwren: Sendable {
    let session: Session

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
        var settings = arguments([
            "twitter": twitter?.settings,
            "daily_model_budget_micros": dailyModelBudgetMicros,
            "daily_twitter_budget_micros": dailyTwitterBudgetMicros,
            "publish_settle_seconds": publishSettle,
            "lease_seconds": lease,
        ])
        var hosts = Hosts()
        if let sqlite = store as? SqliteStore {
            settings["store"] = sqlite.settings
        } else {
            settings["store"] = .object(["host": .object([:])])
            hosts.store = StoreHost(store)
        }
        if let openai = model as? OpenAI {
            settings["model"] = .object(["openai": .object(openai.settings)])
        } else if let model {
            let host = ModelHost(model)
            settings["model"] = .object(["host": .object(try host.facts())])
            hosts.model = host
        }
        hosts.tokens = (tokens ?? (model as? OpenAI)?.tokens).map { TokenHost($0) }
        hosts.transport = transport.map { TransportHost($0) }
        session = try Session("ghostwren", settings, hosts)
    }

    /// The handle of one owner of a local store. Costs nothing and checks nothing: the first call does.
    public func user(_ owner: String = "local") -> User {
        User(session: session, owner: owner)
    }

    /// Opens the store now, so that what is wrong with the settings is told now; the first call does it otherwise.
    public func open() async throws {
        try await session.open()
    }

    /// Closes the store, after what is being written. Calls that come later fail with `conflict`.
    public func close() async {
        await session.close()
    }

    /// Whether it was closed.
    public var isClosed: Bool { session.isClosed }
}

/// One identity: what it owns, and nothing else.
public struct User: Sendable {
    let session: Session
    let owner: String

    /// Opens the account of this label, or makes it: bound to its Twitter user by the first archive or login.
    public func openAccount(_ label: String = "main") async throws -> Account {
        let id = try await session.call("user.open_account", arguments(["owner": owner, "label": label]), as: String.self)
        return Account(session: session, owner: owner, id: id)
    }

    /// The account with this id; `notFound` when there is none, or it is somebody else's.
    public func account(_ id: String) async throws -> Account {
        let id = try await session.call("user.account", arguments(["owner": owner, "id": id]), as: String.self)
        return Account(session: session, owner: owner, id: id)
    }

    /// All accounts, oldest first.
    public func accounts() async throws -> [Account] {
        let ids = try await session.call("user.accounts", arguments(["owner": owner]), as: [String].self)
        return ids.map { Account(session: session, owner: owner, id: $0) }
    }

    /// Connects a Twitter account, which is opened under this label when the login succeeds.
    public func connect(_ label: String = "main") -> Connect {
        Connect(session: session, owner: owner, of: arguments(["owner": owner, "label": label]))
    }
}

/// A login at Twitter: `begin` it, send the browser to its `url`, `finish` it with the address that comes back.
public struct Connect: Sendable {
    let session: Session
    let owner: String
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
        return Account(session: session, owner: owner, id: id)
    }

    /// A login with a browser on this machine: gives the address to open, and at the end the id of the account.
    public func inBrowser(scopes: String? = nil, timeout: TimeInterval = 300) -> Events<LoginEvent> {
        let named = with(arguments(["scopes": scopes, "timeout_seconds": timeout]))
        return Events(session: session, name: "connect.in_browser", arguments: named, read: LoginEvent.read)
    }
}
