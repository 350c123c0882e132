import Foundation
import GhostwrenNative

/// What went wrong, to branch on. Open: a newer library may know more kinds.
public struct ErrorKind: RawRepresentable, Codable, Hashable, Sendable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    /// A setting is missing or contradicts another. Never retried: change the setting.
    public static let config = ErrorKind(rawValue: "config")
    /// An argument, file or text cannot be used. Never retried.
    public static let invalidInput = ErrorKind(rawValue: "invalid_input")
    /// A key or token was refused. Never retried with the same credential.
    public static let auth = ErrorKind(rawValue: "auth")
    /// The person has to log in again. Never retried.
    public static let needsLogin = ErrorKind(rawValue: "needs_login")
    /// The identity is known and may not do this. Never retried.
    public static let permissionDenied = ErrorKind(rawValue: "permission_denied")
    /// The thing does not exist, or not for this caller. Never retried.
    public static let notFound = ErrorKind(rawValue: "not_found")
    /// The thing is in another state than the call expects. Never retried: read it again, then decide.
    public static let conflict = ErrorKind(rawValue: "conflict")
    /// Too many requests for now; `retryAt` says when it may be tried again. Retried within the deadline.
    public static let rateLimited = ErrorKind(rawValue: "rate_limited")
    /// A paid quota or a usage cap is used up. Never retried: waiting does not refill it.
    public static let quotaExceeded = ErrorKind(rawValue: "quota_exceeded")
    /// The call would cost more than the budget that was set. Never retried, nothing was spent.
    public static let overBudget = ErrorKind(rawValue: "over_budget")
    /// A model refused to answer, or its filter cut the answer. Never retried.
    public static let contentRefused = ErrorKind(rawValue: "content_refused")
    /// No answer within the time allowed. Retried when the request may be repeated.
    public static let timeout = ErrorKind(rawValue: "timeout")
    /// The request was never sent: no connection could be made. Retried, also for writes.
    public static let connect = ErrorKind(rawValue: "connect")
    /// The server failed, or the connection broke before the answer was whole. Retried when the request may be repeated.
    public static let server = ErrorKind(rawValue: "server")
    /// A stream ended before its end was announced; what came is not the whole. Never retried once a part was shown.
    public static let truncated = ErrorKind(rawValue: "truncated")
    /// The write was sent and nothing says whether it happened. Never retried; `outbox` names the entry to go on with.
    public static let outcomeUnknown = ErrorKind(rawValue: "outcome_unknown")
    /// Another worker took this run over. Never retried: this worker must stop.
    public static let leaseLost = ErrorKind(rawValue: "lease_lost")
    /// The answer came, and cannot be read. Never retried.
    public static let decode = ErrorKind(rawValue: "decode")
    /// The database, the disk or the token store failed. Not retried, except for a lock that is waited for.
    public static let storage = ErrorKind(rawValue: "storage")
    /// The call was stopped by something else than its task. Never retried.
    public static let cancelled = ErrorKind(rawValue: "cancelled")
    /// A defect of the SDK itself. Never retried: please report it.
    public static let `internal` = ErrorKind(rawValue: "internal")
}

/// Every error of the SDK. Branch on `kind`, or on `code` for one exact cause; its description is one line that ends with
/// what a person can do. Throw one of your own from a model, a store or a token store, and the caller sees it.
public struct GhostwrenError: Error, LocalizedError, CustomStringConvertible, Sendable {
    /// What went wrong.
    public let kind: ErrorKind
    /// The exact cause, stable and dotted: `twitter.usage_cap`.
    public let code: String
    /// One sentence about this case.
    public let detail: String
    /// The service that answered.
    public let service: String?
    /// The operation that failed.
    public let operation: String?
    /// The HTTP status of the answer.
    public let status: Int?
    /// The id that the service gave the request.
    public let requestId: String?
    /// The time from which the call may be tried again.
    public let retryAt: Date?
    /// How many times the request was sent.
    public let attempts: Int
    /// How many of these attempts had no whole answer, so that nobody knows what the service did, and billed, for them.
    public let unanswered: Int
    /// What a person can do about it.
    public let remedy: String?
    /// The entry of the outbox to go on with, by `Account.resumePublish`.
    public let outbox: String?
    /// The errors beneath, outermost first, as text.
    public let causes: [String]
    /// What the application's own code threw, when that is beneath it.
    public let underlying: (any Error)?

    public init(
        kind: ErrorKind,
        code: String,
        detail: String,
        service: String? = nil,
        operation: String? = nil,
        status: Int? = nil,
        requestId: String? = nil,
        retryAt: Date? = nil,
        attempts: Int = 0,
        unanswered: Int = 0,
        remedy: String? = nil,
        outbox: String? = nil,
        causes: [String] = [],
        underlying: (any Error)? = nil
    ) {
        self.kind = kind
        self.code = code
        self.detail = detail
        self.service = service
        self.operation = operation
        self.status = status
        self.requestId = requestId
        self.retryAt = retryAt
        self.attempts = attempts
        self.unanswered = unanswered
        self.remedy = remedy
        self.outbox = outbox
        self.causes = causes
        self.underlying = underlying
    }

    /// One text for every language: the core's, with control and bidirectional characters escaped.
    public var description: String {
        let fields = (try? Wire.plain(Fields(self))) ?? [:]
        if let text = try? call("errors.display", ["fields": .object(fields)], as: String.self) { return text }
        // Of fields that no error of the core has.
        return (try? TweetText.escapeControls(detail)) ?? ""
    }

    public var errorDescription: String? { description }

    public var recoverySuggestion: String? { remedy }

    /// The fields as the core writes them.
    struct Fields: Codable {
        let kind: ErrorKind
        let code: String
        let detail: String
        let service: String?
        let operation: String?
        let status: Int?
        let requestId: String?
        let retryAt: Date?
        let attempts: Int?
        let unanswered: Int?
        let remedy: String?
        let outbox: String?
        let causes: [String]?

        init(_ error: GhostwrenError) {
            kind = error.kind
            code = error.code
            detail = error.detail
            service = error.service
            operation = error.operation
            status = error.status
            requestId = error.requestId
            retryAt = error.retryAt
            attempts = error.attempts
            unanswered = error.unanswered
            remedy = error.remedy
            outbox = error.outbox
            causes = error.causes
        }
    }

    init(_ fields: Fields, underlying: (any Error)? = nil) {
        self.init(
            kind: fields.kind,
            code: fields.code,
            detail: fields.detail,
            service: fields.service,
            operation: fields.operation,
            status: fields.status,
            requestId: fields.requestId,
            retryAt: fields.retryAt,
            attempts: fields.attempts ?? 0,
            unanswered: fields.unanswered ?? 0,
            remedy: fields.remedy,
            outbox: fields.outbox,
            causes: fields.causes ?? [],
            underlying: underlying
        )
    }

    static func broken(_ error: any Error) -> GhostwrenError {
        GhostwrenError(
            kind: .internal,
            code: "binding.json",
            detail: "a value could not be carried between Swift and Rust: \(error)",
            remedy: "Use package and library of one version; else this is a defect of the SDK: please report it.",
            underlying: error
        )
    }
}

/// Runs a call of the native half; its errors become ours.
func translating<Value>(_ work: () throws -> Value) throws -> Value {
    do {
        return try work()
    } catch let NativeError.Failed(fields, thrown) {
        throw try translated(fields, thrown)
    }
}

/// As `translating`, for a call that waits.
func translatingAsync<Value>(_ work: () async throws -> Value) async throws -> Value {
    do {
        return try await work()
    } catch let NativeError.Failed(fields, thrown) {
        let error = try translated(fields, thrown)
        // What this task's own cancelling stopped is told as Swift tells it.
        if error.code == "binding.stopped" && Task.isCancelled { throw CancellationError() }
        throw error
    }
}

private func translated(_ fields: String, _ thrown: UInt64?) throws -> GhostwrenError {
    let read = try Wire.read(GhostwrenError.Fields.self, fields)
    return GhostwrenError(read, underlying: thrown.flatMap { Thrown.shared.take($0) })
}
