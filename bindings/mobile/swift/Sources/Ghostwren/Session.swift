import Foundation
import GhostwrenNative

/// What the host brings itself.
struct Hosts {
    var model: (any NativeHost)?
    var store: (any NativeHost)?
    var tokens: (any NativeTokens)?
    var transport: (any NativeTransport)?
}

/// Something with a setup that calls are made on.
final class Session: @unchecked Sendable {
    private let native: NativeSession

    init(_ kind: String, _ settings: Arguments, _ hosts: Hosts = Hosts()) throws {
        let json = try Wire.write(settings)
        native = try translating {
            try NativeSession(
                kind: kind,
                settings: json,
                model: hosts.model,
                store: hosts.store,
                tokens: hosts.tokens,
                transport: hosts.transport
            )
        }
    }

    /// Runs a call of the native half. The generated code does not pass a task's cancelling on to Rust: the handle does.
    static func cancellable<Value>(_ work: (NativeCancel) async throws -> Value) async throws -> Value {
        let handle = NativeCancel()
        return try await withTaskCancellationHandler {
            try await translatingAsync { try await work(handle) }
        } onCancel: {
            handle.cancel()
        }
    }

    func open() async throws {
        try await Session.cancellable { try await self.native.open(cancel: $0) }
    }

    func close() async {
        await native.shutdown()
    }

    var isClosed: Bool { native.isClosed() }

    /// A call whose answer may stay in Rust. Cancelling the task stops the work there.
    func reply(_ name: String, _ arguments: Arguments) async throws -> NativeReply {
        let json = try Wire.write(arguments)
        return try await Session.cancellable { try await self.native.call(name: name, arguments: json, cancel: $0) }
    }

    /// A call whose answer is JSON.
    func json(_ name: String, _ arguments: Arguments) async throws -> String {
        let given = try await reply(name, arguments)
        switch given {
        case .value(let json): return json
        default: throw GhostwrenError(kind: .internal, code: "binding.no_call", detail: "\(name) gave no JSON")
        }
    }

    /// A call whose answer is plain data.
    func call<Value: Decodable>(
        _ name: String,
        _ arguments: Arguments,
        as type: Value.Type = Value.self
    ) async throws -> Value {
        try Wire.read(type, try await json(name, arguments))
    }

    /// A call that gives tweets.
    func found(_ name: String, _ arguments: Arguments) async throws -> (TweetList, String?) {
        let given = try await reply(name, arguments)
        switch given {
        case .found(let tweets, let next): return (TweetList(tweets), next)
        default: throw GhostwrenError(kind: .internal, code: "binding.no_call", detail: "\(name) gave no tweets")
        }
    }

    /// Events that come in batches.
    func stream(_ name: String, _ arguments: Arguments) throws -> NativeStream {
        let json = try Wire.write(arguments)
        return try translating { try native.stream(name: name, arguments: json) }
    }
}
