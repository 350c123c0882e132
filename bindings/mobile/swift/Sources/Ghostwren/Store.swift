import Foundation

/// A store of your own: one method that answers the messages of the core. Each is one atomic step with the name and the
/// arguments of a method of the Rust trait `Store` (https://docs.rs/ghostwren/latest/ghostwren/store/trait.Store.html). A
/// store that wraps another one passes on what it does not change.
public protocol Store: Sendable {
    /// Answers one message with plain data; throws a `GhostwrenError` for what fails.
    func call(method: String, owner: String, arguments: JSONValue) async throws -> JSONValue
}

/// A store in one SQLite file; in memory it is gone when it is closed.
public final class SqliteStore: Store, CustomStringConvertible {
    let settings: JSONValue
    private let session: Session

    /// The file; made when it is not there.
    public init(_ file: URL, busyTimeout: TimeInterval? = nil) throws {
        let named = arguments(["path": file, "busy_timeout_seconds": busyTimeout])
        settings = .object(["sqlite": .object(named)])
        session = try Session("sqlite", ["sqlite": .object(named)])
    }

    private init() throws {
        settings = .object(["memory": .object([:])])
        session = try Session("sqlite", ["memory": .object([:])])
    }

    /// A store in memory.
    public static func inMemory() throws -> SqliteStore {
        try SqliteStore()
    }

    /// Answers one message of the core, for stores that wrap this one.
    public func call(method: String, owner: String, arguments asked: JSONValue) async throws -> JSONValue {
        let request = arguments(["method": method, "caller": JSONValue.object(["owner": .string(owner)]), "args": asked])
        let reply: JSONValue = try await session.call("store.call", ["request": .string(try Wire.write(request))])
        if let error = reply["error"] {
            throw GhostwrenError(try Wire.read(GhostwrenError.Fields.self, Wire.write(error)))
        }
        return reply["ok"] ?? .null
    }

    /// Closes the file, if it was opened by `call`.
    public func close() async {
        await session.close()
    }

    public var description: String {
        "SqliteStore(\(settings["sqlite"]?["path"]?.string.map(String.init(reflecting:)) ?? "in memory"))"
    }
}

/// The store in a Supabase project whose database has the schema `ghostwren`, for a device: with the publishable key, as the
/// user who is signed in. What seals logins and the session itself are in the `TokenStore` that the `Ghostwren` is given.
///
/// There is no parameter for a secret key, and what looks like one is refused (`mobile.secret_in_app`).
public struct SupabaseStore: Sendable, CustomStringConvertible, CustomReflectable {
    let settings: JSONValue
    private let url: URL

    public init(
        _ url: URL,
        publishableKey: String,
        timeout: TimeInterval? = nil,
        deadline: TimeInterval? = nil,
        maxAttempts: Int? = nil
    ) {
        self.url = url
        settings = .object(["supabase": .object(arguments([
            "url": url.absoluteString,
            "publishable_key": publishableKey,
            "timeout_seconds": timeout,
            "deadline_seconds": deadline,
            "max_attempts": maxAttempts,
        ]))])
    }

    public var description: String { "SupabaseStore(\(shownAddress(url.absoluteString)))" }

    public var customMirror: Mirror { Mirror(self, children: ["url": shownAddress(url.absoluteString)]) }
}
