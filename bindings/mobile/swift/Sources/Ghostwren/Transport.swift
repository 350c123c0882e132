import Foundation

/// One request, to be sent once. Its headers hold tokens, and its address may: neither is shown.
public struct HTTPRequest: Sendable, CustomStringConvertible, CustomReflectable {
    public let method: String
    public let url: String
    public let headers: [(name: String, value: String)]
    public let body: Data

    public var description: String { "HTTPRequest(\(method), \(body.count) bytes)" }

    public var customMirror: Mirror { Mirror(self, children: ["method": method, "bytes": body.count]) }
}

/// The head of an answer, and its body as it comes. Its headers may hold secrets, and are not shown.
public struct HTTPResponse: Sendable, CustomStringConvertible, CustomReflectable {
    public let status: Int
    public let headers: [(name: String, value: String)]
    public let body: AsyncThrowingStream<Data, any Error>

    public init(status: Int, headers: [(name: String, value: String)], body: AsyncThrowingStream<Data, any Error>) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public var description: String { "HTTPResponse(\(status))" }

    public var customMirror: Mirror { Mirror(self, children: ["status": status]) }
}

/// Your own HTTP: every request of the SDK goes out by it. `URLSessionTransport` is that of the phone. Time limits, retries
/// and errors stay the SDK's. Redirects must not be followed, and content encodings are undone. Cancelling the task, or
/// the end of the body's stream, stops the request.
public protocol Transport: Sendable {
    /// Sends a request, and returns when the head of the answer is there.
    func send(_ request: HTTPRequest) async throws -> HTTPResponse
}

/// Where an attempt broke. Only what is told as `connect` was surely never sent, so that a write may be sent again.
public struct TransportError: Error, Sendable {
    /// Where.
    public enum Kind: String, Sendable {
        /// No connection could be made: the request was surely never sent.
        case connect
        /// The host could not be trusted.
        case tls
        /// The connection broke after the request may have been sent.
        case interrupted
    }

    public let kind: Kind
    public let detail: String

    public init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }
}
