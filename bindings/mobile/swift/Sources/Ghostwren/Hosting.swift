import Foundation
import GhostwrenNative

/// Errors of the application's code on their way through Rust, by their numbers. Bounded: an error that nobody asks for
/// (its call was tried again) is forgotten in the end.
final class Thrown: @unchecked Sendable {
    static let shared = Thrown()
    private static let limit = 256
    private let lock = NSLock()
    private var next: UInt64 = 0
    private var kept: [UInt64: any Error] = [:]

    func keep(_ error: any Error) -> UInt64 {
        lock.lock()
        defer { lock.unlock() }
        next += 1
        kept[next] = error
        if next > UInt64(Self.limit) {
            kept[next - UInt64(Self.limit)] = nil
        }
        return next
    }

    func take(_ number: UInt64) -> (any Error)? {
        lock.lock()
        defer { lock.unlock() }
        return kept.removeValue(forKey: number)
    }
}

/// Runs the application's code; what it throws goes through Rust and comes out as `underlying`.
private func hosting<Value>(
    _ place: (any Error) -> String? = fields,
    _ work: () async throws -> Value
) async throws -> Value {
    do {
        return try await work()
    } catch {
        throw HostError.Thrown(number: Thrown.shared.keep(error), text: String(describing: error), fields: place(error))
    }
}

private func fields(_ error: any Error) -> String? {
    (error as? GhostwrenError).flatMap { try? Wire.write(GhostwrenError.Fields($0)) }
}

/// Sequences that Rust reads piece by piece, by the numbers that it gave them.
private final class Open<Element: Sendable>: @unchecked Sendable {
    private final class Reader {
        var iterator: AsyncThrowingStream<Element, any Error>.Iterator

        init(_ stream: AsyncThrowingStream<Element, any Error>) {
            iterator = stream.makeAsyncIterator()
        }

        func next() async throws -> Element? {
            try await iterator.next()
        }
    }

    private let lock = NSLock()
    private var readers: [UInt64: Reader] = [:]

    func add(_ number: UInt64, _ stream: AsyncThrowingStream<Element, any Error>) {
        keep(number, Reader(stream))
        // Nobody waits for it any more, and it was closed before it was there.
        if Task.isCancelled { close(number) }
    }

    private func keep(_ number: UInt64, _ reader: Reader) {
        lock.lock()
        defer { lock.unlock() }
        readers[number] = reader
    }

    private func reader(_ number: UInt64) -> Reader? {
        lock.lock()
        defer { lock.unlock() }
        return readers[number]
    }

    /// The next piece; nothing at the end.
    func next(_ number: UInt64) async throws -> Element? {
        try await reader(number)?.next()
    }

    /// Dropped, a stream ends its source.
    func close(_ number: UInt64) {
        lock.lock()
        defer { lock.unlock() }
        readers[number] = nil
    }
}

/// Answers for a model.
final class ModelHost: NativeHost, @unchecked Sendable {
    private let model: any Model
    private let open = Open<ModelText>()
    private let lock = NSLock()
    private var texts: [UInt64: [Int: String]] = [:]

    init(_ model: any Model) {
        self.model = model
    }

    /// What a model says of itself.
    func facts() throws -> Arguments {
        var facts = arguments(["provider": model.provider, "name": model.name])
        let capabilities = try Wire.plain(model.capabilities)
        facts["capabilities"] = .object(capabilities.filter { $0.value != .null })
        facts["streams"] = .bool(model is any StreamingModel)
        if let price = model.price {
            facts["price"] = .object(try Wire.plain(price))
        }
        return facts
    }

    func call(method: String, argument: String) async throws -> String {
        try await hosting {
            switch method {
            case "complete":
                return try Wire.write(try await model.complete(try Wire.read(ModelRequest.self, argument)))
            case "next":
                return try await next(UInt64(argument) ?? 0)
            default:
                throw GhostwrenError(kind: .internal, code: "binding.no_call", detail: "a model has no \(method)")
            }
        }
    }

    func begin(argument: String, number: UInt64) async throws {
        try await hosting {
            guard let streaming = model as? any StreamingModel else {
                throw GhostwrenError(kind: .internal, code: "binding.no_call", detail: "this model has no streams")
            }
            open.add(number, streaming.stream(try Wire.read(ModelRequest.self, argument)))
        }
    }

    private func next(_ number: UInt64) async throws -> String {
        guard let part = try await open.next(number) else {
            let grown = forget(number) ?? [:]
            let answers = grown.isEmpty ? [""] : grown.keys.sorted().compactMap { grown[$0] }
            return try Wire.write(["done": JSONValue.object(try Wire.plain(ModelAnswer(answers)))])
        }
        grow(number, by: part)
        return try Wire.write(["text": JSONValue.object(try Wire.plain(part))])
    }

    private func grow(_ number: UInt64, by part: ModelText) {
        lock.lock()
        defer { lock.unlock() }
        texts[number, default: [:]][part.index, default: ""] += part.text
    }

    private func forget(_ number: UInt64) -> [Int: String]? {
        lock.lock()
        defer { lock.unlock() }
        return texts.removeValue(forKey: number)
    }

    func tell(method: String, argument: String) {
        if method == "close", let number = UInt64(argument) {
            _ = forget(number)
            open.close(number)
        }
    }
}

/// Answers for a store.
final class StoreHost: NativeHost, @unchecked Sendable {
    private let store: any Store

    init(_ store: any Store) {
        self.store = store
    }

    func call(method: String, argument: String) async throws -> String {
        try await hosting {
            let message = try Wire.read(JSONValue.self, argument)
            let result = try await store.call(
                method: message["method"]?.string ?? "",
                owner: message["caller"]?["owner"]?.string ?? "",
                arguments: message["args"] ?? .null
            )
            return try Wire.write(["ok": result])
        }
    }

    func begin(argument: String, number: UInt64) async throws {
        try await hosting {
            throw GhostwrenError(kind: .internal, code: "binding.no_call", detail: "a store has no streams")
        }
    }

    func tell(method: String, argument: String) {}
}

/// Answers for a safe place.
final class TokenHost: NativeTokens, @unchecked Sendable {
    private let tokens: any TokenStore

    init(_ tokens: any TokenStore) {
        self.tokens = tokens
    }

    func load(name: String) async throws -> String? {
        try await hosting { try await tokens.load(name) }
    }

    func save(name: String, secret: String) async throws {
        try await hosting { try await tokens.save(name, secret) }
    }

    func remove(name: String) async throws {
        try await hosting { try await tokens.remove(name) }
    }
}

/// Answers for a transport.
final class TransportHost: NativeTransport, @unchecked Sendable {
    private let transport: any Transport
    private let bodies = Open<Data>()

    init(_ transport: any Transport) {
        self.transport = transport
    }

    func send(request: NativeRequest, body: UInt64) async throws -> NativeResponse {
        try await hosting(place) {
            let headers = request.headers.map { (name: $0.name, value: $0.value) }
            let asked = HTTPRequest(method: request.method, url: request.url, headers: headers, body: request.body)
            let response = try await transport.send(asked)
            bodies.add(body, response.body)
            return NativeResponse(
                status: UInt16(clamping: response.status),
                headers: response.headers.map { NativeHeader(name: $0.name, value: $0.value) }
            )
        }
    }

    func read(body: UInt64) async throws -> Data? {
        try await hosting(place) { try await bodies.next(body) }
    }

    func release(body: UInt64) {
        bodies.close(body)
    }
}

/// Where an attempt broke, as Rust wants it told.
private func place(_ error: any Error) -> String? {
    if let error = error as? TransportError { return error.kind.rawValue }
    return (error as? URLError).map { TransportError.Kind($0.code, sent: nil).rawValue }
}
