import Foundation
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// HTTP by the phone: every request goes out by a `URLSession`, with its proxies, its VPN, and the certificates that the
/// device trusts or the app has pinned (`NSPinnedDomains`).
///
/// ```swift
/// let wren = try Ghostwren(store: SqliteStore(file), model: OpenAI(), transport: URLSessionTransport())
/// ```
///
/// Nothing is kept but connections: no cookie, no cache, no credential, and no redirect is followed. URLSession may itself
/// repeat a request whose connection was lost, but only one whose method may be repeated, such as `GET` (Apple's QA1941).
/// Several clients may share one transport; when the last of them is gone, its session ends with what is still under way.
public final class URLSessionTransport: Transport {
    /// The longest time that URLSession waits, which is its own limit for a resource. The SDK's limits end a request by
    /// cancelling it; the minute that URLSession waits for the next byte would break a model that thinks for longer.
    private static let week: TimeInterval = 7 * 24 * 60 * 60

    let session: URLSession
    private let exchanges = Exchanges()

    /// How many requests have not ended.
    var underWay: Int { exchanges.count }

    /// What `configuration` says of proxies, headers, cellular networks and connections is kept; its time limits and what it
    /// would store are not. It must not be one of a background session.
    public init(configuration: URLSessionConfiguration = .ephemeral) {
        // The caller's own stays as it is.
        let own = (configuration.copy() as? URLSessionConfiguration) ?? .ephemeral
        own.timeoutIntervalForRequest = Self.week
        own.timeoutIntervalForResource = Self.week
        own.requestCachePolicy = .reloadIgnoringLocalCacheData
        own.urlCache = nil
        own.urlCredentialStorage = nil
        own.httpCookieStorage = nil
        own.httpCookieAcceptPolicy = .never
        own.httpShouldSetCookies = false
        session = URLSession(configuration: own, delegate: exchanges, delegateQueue: nil)
    }

    deinit {
        session.finishTasksAndInvalidate()
    }

    public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        try Task.checkCancellation()
        let reading = Reading(exchanges.begin(try task(request)))
        guard case .head(let head)? = try await reading.next() else {
            throw TransportError(.interrupted, "the answer has no head")
        }
        let body = AsyncThrowingStream<Data, any Error>(unfolding: {
            guard case .bytes(let bytes)? = try await reading.next() else { return nil }
            return bytes
        })
        return HTTPResponse(status: head.statusCode, headers: headers(head), body: body)
    }

    private func task(_ request: HTTPRequest) throws -> URLSessionDataTask {
        guard let url = URL(string: request.url) else { throw TransportError(.connect, "the address cannot be read") }
        var asked = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: Self.week)
        asked.httpMethod = request.method
        for (name, value) in request.headers { asked.addValue(value, forHTTPHeaderField: name) }
        // A `GET` with a body is refused.
        if !request.body.isEmpty { asked.httpBody = request.body }
        return session.dataTask(with: asked)
    }
}

/// The headers as they are true of the body that comes: URLSession undoes its encoding, and leaves the length that it had.
private func headers(_ head: HTTPURLResponse) -> [(name: String, value: String)] {
    let all = head.allHeaderFields.map { (name: "\($0.key)", value: "\($0.value)") }
    let encoded = all.contains { $0.name.lowercased() == "content-encoding" && $0.value.lowercased() != "identity" }
    return encoded ? all.filter { !["content-encoding", "content-length"].contains($0.name.lowercased()) } : all
}

/// Who holds this reads the answer to a request; when nobody does, the request is cancelled.
private final class Reading: Sendable {
    private let exchange: Exchange

    init(_ exchange: Exchange) {
        self.exchange = exchange
    }

    deinit {
        exchange.cancel()
    }

    func next() async throws -> Exchange.Part? {
        try await exchange.next()
    }
}

/// What a session tells, brought to the request that it is told of.
private final class Exchanges: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    private let lock = NSLock()
    private var running: [Int: Exchange] = [:]

    func begin(_ task: URLSessionDataTask) -> Exchange {
        let exchange = Exchange(task)
        lock.lock()
        running[task.taskIdentifier] = exchange
        lock.unlock()
        task.resume()
        return exchange
    }

    var count: Int {
        lock.lock()
        defer { lock.unlock() }
        return running.count
    }

    private func of(_ task: URLSessionTask) -> Exchange? {
        lock.lock()
        defer { lock.unlock() }
        return running[task.taskIdentifier]
    }

    func urlSession(
        _ session: URLSession,
        dataTask: URLSessionDataTask,
        didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        of(dataTask)?.answered(response)
        completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        of(dataTask)?.received(data)
    }

    func urlSession(
        _ session: URLSession,
        task: URLSessionTask,
        willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest,
        completionHandler: @escaping (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didFinishCollecting metrics: URLSessionTaskMetrics) {
        of(task)?.measured(metrics)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        of(task)?.ended(error)
        lock.lock()
        running[task.taskIdentifier] = nil
        lock.unlock()
    }
}

/// One request on its way, and what came of its answer and waits to be read.
final class Exchange: @unchecked Sendable {
    enum Part {
        case head(HTTPURLResponse)
        case bytes(Data)
    }

    /// So many bytes wait for a slow reader before the network has to wait for it.
    static let enough = 256 * 1_024
    /// So many wait at most. URLSession may go on for a while after it was told to suspend; when it goes on and on, the
    /// request is given up.
    static let most = 32 * 1_024 * 1_024

    private let task: URLSessionDataTask
    private let lock = NSLock()
    // All below is used by who holds the lock.
    private var head: HTTPURLResponse?
    private var bytes = Data()
    private var end: Result<Part?, any Error>?
    private var reader: CheckedContinuation<Part?, any Error>?
    private var isSuspended = false
    /// Whether something of the request was sent; nothing where URLSession did not say.
    private var sent: Bool?

    init(_ task: URLSessionDataTask) {
        self.task = task
    }

    /// The head, then the pieces of the body; nothing at the end. One reads at a time.
    func next() async throws -> Part? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiting in
                settle { reader = waiting }
            }
        } onCancel: {
            cancel()
        }
    }

    /// Ends it for whoever waits or comes later, at once.
    func cancel() {
        giveUp(CancellationError())
    }

    private func giveUp(_ error: any Error) {
        settle {
            end = .failure(error)
            (head, bytes) = (nil, Data())
        }
        // Not in the lock: FoundationNetworking waits for its own queue there.
        task.cancel()
    }

    /// Changes what is there, gives the reader what it waits for, and lets the network go on or wait.
    @discardableResult
    private func settle<Value>(_ change: () -> Value) -> Value {
        lock.lock()
        let value = change()
        let waiting = reader
        let part = waiting.flatMap { _ in take() }
        if part != nil { reader = nil }
        pace()
        lock.unlock()
        if let part { waiting?.resume(with: part) }
        return value
    }

    /// What is there for a reader; nothing while it has to wait.
    private func take() -> Result<Part?, any Error>? {
        if let head {
            self.head = nil
            return .success(.head(head))
        }
        if !bytes.isEmpty {
            defer { bytes = Data() }
            return .success(.bytes(bytes))
        }
        return end
    }

    /// Suspends the task while enough waits, and resumes it when all of that was read.
    private func pace() {
        guard end == nil, isSuspended != (bytes.count >= Self.enough) else { return }
        isSuspended.toggle()
        // FoundationNetworking of Linux would break the connection off, and send the request again when it is resumed.
        #if !canImport(FoundationNetworking)
        if isSuspended { task.suspend() } else { task.resume() }
        #endif
    }

    func answered(_ response: URLResponse) {
        settle { if end == nil { head = response as? HTTPURLResponse } }
    }

    func received(_ data: Data) {
        let waiting = settle {
            if end == nil { bytes.append(data) }
            return bytes.count
        }
        if waiting > Self.most { giveUp(TransportError(.interrupted, "the answer was not read as fast as it came")) }
    }

    /// Told before the end, which is the last that is told of a task.
    func measured(_ metrics: URLSessionTaskMetrics) {
        settle { sent = metrics.transactionMetrics.contains { $0.requestStartDate != nil } }
    }

    func ended(_ error: (any Error)?) {
        settle {
            guard end == nil else { return }
            let began = task.response != nil || task.countOfBytesSent > 0
            end = error.map { .failure(TransportError($0, sent: began ? true : sent)) } ?? .success(nil)
        }
    }
}

extension TransportError {
    /// What URLSession says of an attempt that broke. Its own words name the address, so they are left out.
    init(_ error: any Error, sent: Bool?) {
        if let error = error as? URLError {
            self.init(Kind(error.code, sent: sent), "URLError \(error.code.rawValue)")
        } else {
            self.init(.interrupted, "\(type(of: error))")
        }
    }
}

extension TransportError.Kind {
    /// Where an attempt with this error of URLSession broke, when it is known that something of the request was sent or that
    /// nothing was, or when that is not known.
    init(_ code: URLError.Code, sent: Bool?) {
        guard sent != true else {
            self = .interrupted
            return
        }
        switch code {
        case .cannotFindHost, .dnsLookupFailed, .cannotConnectToHost:
            self = .connect
        // Also said when the network goes away under a request: by themselves they prove nothing.
        case .notConnectedToInternet, .dataNotAllowed, .internationalRoamingOff, .callIsActive, .timedOut:
            self = sent == false ? .connect : .interrupted
        case .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate,
            .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid, .clientCertificateRejected,
            .clientCertificateRequired, .appTransportSecurityRequiresSecureConnection:
            self = .tls
        default:
            self = .interrupted
        }
    }
}
