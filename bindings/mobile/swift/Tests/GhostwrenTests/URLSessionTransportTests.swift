import Foundation
import XCTest
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif
@testable import Ghostwren

// On Linux these run on FoundationNetworking, which is libcurl and not Apple's URLSession. It cannot suspend a task (the
// connection breaks, and the request is sent again when it goes on), reads without waiting for whoever takes the pieces, does
// not tell what is wrong with TLS, has no metrics, and never ends an answer of 401 that asks for a login.

extension Transport {
    func send(
        _ method: String,
        _ url: String,
        headers: [(name: String, value: String)] = [],
        body: Data = Data()
    ) async throws -> HTTPResponse {
        try await send(HTTPRequest(method: method, url: url, headers: headers, body: body))
    }
}

extension HTTPResponse {
    func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }

    func whole() async throws -> Data { try await collect(body).reduce(Data(), +) }
}

/// What a call breaks with.
private func broken(_ work: () async throws -> Void) async throws -> TransportError {
    do {
        try await work()
    } catch let error as TransportError {
        return error
    }
    throw Failed("it did not break")
}

final class URLSessionTransportTests: XCTestCase {
    private let transport = URLSessionTransport()

    func testEachMethodAndBodyArrivesAsItIs() async throws {
        let server = try RawServer { connection in
            while let request = connection.request() {
                let length = request.line.hasPrefix("HEAD") ? "Content-Length: 5\r\n\r\n" : "Content-Length: 2\r\n\r\nok"
                try connection.send("HTTP/1.1 201 Created\r\nX-Request-Id: r-7\r\n\(length)")
            }
        }
        let upload = Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) })
        let headers = [
            (name: "User-Agent", value: "ghostwren/1"), (name: "Authorization", value: "Bearer abc"),
            (name: "Content-Type", value: "application/json"), (name: "Prefer", value: "a"), (name: "Prefer", value: "b"),
        ]
        let cases: [(String, Data)] = [
            ("GET", Data()), ("HEAD", Data()), ("POST", Data()), ("POST", Data("{}".utf8)), ("PATCH", Data("{\"a\":1}".utf8)),
            ("DELETE", Data()), ("DELETE", Data("x".utf8)), ("PUT", upload),
        ]
        for (number, (method, body)) in cases.enumerated() {
            let answer = try await transport.send(method, "\(server.address)/a%20b?q=%2B&r=(1,2)", headers: headers, body: body)
            XCTAssertEqual(answer.status, 201)
            XCTAssertEqual(answer.header("x-request-id"), "r-7")
            let text = try await answer.whole()
            XCTAssertEqual(text, Data((method == "HEAD" ? "" : "ok").utf8))
            XCTAssertEqual(answer.header("content-length"), method == "HEAD" ? "5" : "2")
            let got = server.requests.value[number]
            XCTAssertEqual(got.line, "\(method) /a%20b?q=%2B&r=(1,2) HTTP/1.1")
            XCTAssertTrue(got.body == body, "the body of \(method) has \(got.body.count) bytes")
            if method == "POST" { XCTAssertEqual(got.headers["content-length"], "\(body.count)") }
            XCTAssertEqual(got.headers["user-agent"], "ghostwren/1")
            XCTAssertEqual(got.headers["authorization"], "Bearer abc")
            XCTAssertEqual(got.headers["content-type"], "application/json")
            XCTAssertEqual(got.headers["prefer"].map { $0.replacingOccurrences(of: " ", with: "") }, "a,b")
        }
    }

    func testNothingIsKeptAndNoRedirectIsFollowed() async throws {
        let other = try RawServer { connection in
            while connection.request() != nil { try connection.answer("200 OK") }
        }
        let (to, large) = ("\(other.address)/elsewhere", Data(repeating: 7, count: 100_000))
        let server = try RawServer { connection in
            while let request = connection.request() {
                if request.line.contains("/moved/") {
                    let status = request.line.components(separatedBy: "/moved/")[1].prefix(3)
                    try connection.answer("\(status) Moved\r\nLocation: \(to)", large)
                } else {
                    let fresh = "Cache-Control: max-age=1000\r\nETag: \"1\"\r\nSet-Cookie: a=b; Path=/; Max-Age=1000"
                    try connection.answer("200 OK\r\n\(fresh)", large)
                }
            }
        }
        for status in [301, 302, 303, 307, 308] {
            for method in ["GET", "POST"] {
                let body = method == "POST" ? large : Data()
                let answer = try await transport.send(method, "\(server.address)/moved/\(status)", body: body)
                XCTAssertEqual(answer.status, status)
                XCTAssertEqual(answer.header("location"), to)
                let page = try await answer.whole()
                XCTAssertEqual(page, large)
            }
        }
        for number in 1...3 {
            let answer = try await transport.send("GET", "\(server.address)/fresh")
            let body = try await answer.whole()
            XCTAssertEqual(body, large)
            XCTAssertEqual(server.requests.value.count, 10 + number)
            let asked = try XCTUnwrap(server.requests.value.last?.headers)
            XCTAssertNil(asked["cookie"])
            XCTAssertNil(asked["if-none-match"])
        }
        XCTAssertEqual(other.connections.value, 0)
    }

    func testNobodyIsLoggedInByTheWay() async throws {
        let server = try RawServer { connection in
            while connection.request() != nil {
                try connection.answer("401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"", Data("who?".utf8))
            }
        }
        let answer = try await transport.send("GET", server.address)
        XCTAssertEqual(answer.status, 401)
        var pieces = answer.body.makeAsyncIterator()
        let piece = try await pieces.next()
        XCTAssertEqual(piece, Data("who?".utf8))
        #if !canImport(FoundationNetworking)
        let end = try await pieces.next()
        XCTAssertNil(end)
        #endif
        XCTAssertEqual(server.requests.value.count, 1)
    }

    func testAnEncodingIsUndoneAndTheHeadersSaySo() async throws {
        let packed = try XCTUnwrap(Data(base64Encoded: "H4sIAAAAAAACA8tIzcnJ11HIIEQBAITJ3lsoAAAA"))
        let server = try RawServer { connection in
            while connection.request() != nil {
                try connection.answer("200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip", packed)
            }
        }
        let answer = try await transport.send("GET", server.address)
        let text = String(decoding: try await answer.whole(), as: UTF8.self)
        XCTAssertEqual(text, Array(repeating: "hello", count: 6).joined(separator: ", "))
        XCTAssertNil(answer.header("content-encoding"))
        XCTAssertNil(answer.header("content-length"))
        XCTAssertEqual(answer.header("content-type"), "text/plain")
        let asked = try XCTUnwrap(server.requests.value.first?.headers["accept-encoding"])
        XCTAssertTrue(asked.contains("gzip"), asked)
    }

    func testTheSettingsOfTheApplicationStayItsOwn() async throws {
        let server = try RawServer { connection in
            while connection.request() != nil { try connection.answer("200 OK") }
        }
        let configuration = URLSessionConfiguration.default
        configuration.timeoutIntervalForRequest = 1
        configuration.httpAdditionalHeaders = ["X-App": "mine"]
        let answer = try await URLSessionTransport(configuration: configuration).send("GET", server.address)
        XCTAssertEqual(answer.status, 200)
        XCTAssertEqual(server.requests.value.first?.headers["x-app"], "mine")
        XCTAssertEqual(configuration.timeoutIntervalForRequest, 1)
        XCTAssertNotNil(configuration.urlCache)
    }

    func testNoTimeLimitIsItsOwn() async throws {
        let server = try RawServer { connection in
            _ = connection.request()
            Thread.sleep(forTimeInterval: 2.5)
            try connection.answer("200 OK", Data("late".utf8))
        }
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = 1
        configuration.timeoutIntervalForResource = 1
        let answer = try await URLSessionTransport(configuration: configuration).send("POST", server.address)
        let body = try await answer.whole()
        XCTAssertEqual(body, Data("late".utf8))
        XCTAssertEqual(server.connections.value, 1)
    }

    func testWhereItBrokeIsTold() async throws {
        let refused = try await broken { _ = try await transport.send("POST", "http://127.0.0.1:\(try RawServer.refusing())") }
        XCTAssertEqual(refused.kind, .connect)
        let unknown = try await broken { _ = try await transport.send("POST", "http://nobody.invalid/hunter2") }
        XCTAssertEqual(unknown.kind, .connect)
        XCTAssertFalse("\(unknown)".contains("nobody") || "\(unknown)".contains("hunter2"), "\(unknown)")
        let server = try RawServer { connection in
            guard let request = connection.request() else { return }
            switch request.line.split(separator: " ")[1] {
            case "/reset": connection.reset()
            case "/half": try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            case "/chunk": try connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")
            case "/odd": try connection.send("what is this\r\n\r\n")
            default: break
            }
        }
        for path in ["/reset", "/closed", "/odd"] {
            let error = try await broken {
                _ = try await transport.send("POST", "\(server.address)\(path)", body: Data("tweet".utf8)).whole()
            }
            XCTAssertEqual(error.kind, .interrupted, path)
            XCTAssertEqual(server.requests.value.filter { $0.line.contains(path) }.count, 1, "sent again: \(path)")
        }
        for path in ["/half", "/chunk"] {
            let answer = try await transport.send("POST", "\(server.address)\(path)")
            XCTAssertEqual(answer.status, 200)
            var got = Data()
            let error = try await broken { for try await piece in answer.body { got += piece } }
            XCTAssertEqual(error.kind, .interrupted, path)
            XCTAssertEqual(got, Data("half".utf8), path)
        }
        // Not over a connection on which the first byte of the request is one of TLS.
        let plain = try RawServer { connection in
            try connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.waitForTheEnd()
        }
        let tls = try await broken { _ = try await transport.send("POST", "https://127.0.0.1:\(plain.port)") }
        #if canImport(FoundationNetworking)
        XCTAssertEqual(tls.kind, .interrupted, "FoundationNetworking does not tell")
        #else
        XCTAssertEqual(tls.kind, .tls)
        #endif
        withExtendedLifetime(plain) {}
    }

    func testAWriteOverAConnectionThatDiesIsNotSentAgain() async throws {
        for resets in [true, false] {
            let server = try RawServer { connection in
                if connection.request() != nil { try connection.answer("200 OK") }
                _ = connection.request()
                if resets { connection.reset() }
            }
            _ = try await transport.send("GET", server.address).whole()
            let error = try await broken {
                _ = try await transport.send("POST", server.address, body: Data("tweet".utf8)).whole()
            }
            XCTAssertEqual(error.kind, .interrupted)
            XCTAssertEqual(server.requests.value.filter { $0.line.hasPrefix("POST") }.count, 1, "reset: \(resets)")
        }
    }

    func testOnlyWhatWasSurelyNeverSentIsToldSo() {
        let cases: [(URLError.Code, [TransportError.Kind])] = [
            // When it is not known whether anything was sent, when it is known that nothing was, and that something was.
            (.cannotFindHost, [.connect, .connect, .interrupted]),
            (.dnsLookupFailed, [.connect, .connect, .interrupted]),
            (.cannotConnectToHost, [.connect, .connect, .interrupted]),
            (.notConnectedToInternet, [.interrupted, .connect, .interrupted]),
            (.dataNotAllowed, [.interrupted, .connect, .interrupted]),
            (.serverCertificateUntrusted, [.tls, .tls, .interrupted]),
            (.secureConnectionFailed, [.tls, .tls, .interrupted]),
            (.appTransportSecurityRequiresSecureConnection, [.tls, .tls, .interrupted]),
            (.networkConnectionLost, [.interrupted, .interrupted, .interrupted]),
            (.timedOut, [.interrupted, .connect, .interrupted]),
            (.cancelled, [.interrupted, .interrupted, .interrupted]),
            (.unknown, [.interrupted, .interrupted, .interrupted]),
        ]
        for (code, kinds) in cases {
            XCTAssertEqual([nil, false, true].map { TransportError.Kind(code, sent: $0) }, kinds, "\(code)")
        }
    }

    func testTheHeadComesFirstAndEachPieceAsItIsSent() async throws {
        let (first, second) = (Flag(), Flag())
        let server = try RawServer { connection in
            _ = connection.request()
            try connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            first.waitHere()
            try connection.send("9\r\ndata: a\n\n\r\n")
            second.waitHere()
            try connection.send("9\r\ndata: b\n\n\r\n0\r\n\r\n")
            connection.waitForTheEnd()
        }
        let answer = try await transport.send("POST", server.address)
        XCTAssertEqual(answer.header("content-type"), "text/event-stream")
        first.raise()
        var pieces = answer.body.makeAsyncIterator()
        let one = try await pieces.next()
        XCTAssertEqual(one, Data("data: a\n\n".utf8))
        second.raise()
        let two = try await pieces.next()
        XCTAssertEqual(two, Data("data: b\n\n".utf8))
        let end = try await pieces.next()
        XCTAssertNil(end)
        XCTAssertEqual(server.connections.value, 1)
    }

    /// A server that begins to answer, or does not, and tells when the client has closed.
    private func waiting(_ closed: Shared<Int>, _ begin: String?) throws -> RawServer {
        try RawServer { connection in
            guard connection.request() != nil else { return }
            if let begin { try connection.send(begin) }
            connection.waitForTheEnd()
            closed.change { $0 += 1 }
        }
    }

    private static let begun = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfour"

    func testCancelledWhileItWaitsForTheHead() async throws {
        let closed = Shared(0)
        let server = try waiting(closed, nil)
        let (transport, address) = (transport, server.address)
        let asking = Task { try await transport.send("POST", address) }
        try await waitUntil("it is asked") { server.requests.value.count == 1 }
        try await assertCancels(asking)
        try await waitUntil("the connection is closed") { closed.value == 1 }
    }

    func testATaskThatIsCancelledAlreadySendsNothing() async throws {
        let server = try waiting(Shared(0), nil)
        let (transport, address, ready) = (transport, server.address, Flag())
        let asking = Task {
            ready.waitHere()
            return try await transport.send("POST", address)
        }
        asking.cancel()
        ready.raise()
        try await assertCancels(asking)
        try await Task.sleep(nanoseconds: 200_000_000)
        XCTAssertEqual(server.requests.value.count, 0)
    }

    func testCancelledWhileItReads() async throws {
        let closed = Shared(0)
        let server = try waiting(closed, Self.begun)
        let (transport, address, got) = (transport, server.address, Flag())
        let reading = Task {
            for try await _ in try await transport.send("GET", address).body { got.raise() }
            // The stream that is cancelled ends; who waits for it is cancelled.
            try Task.checkCancellation()
        }
        try await got.wait("a piece came")
        try await assertCancels(reading)
        try await waitUntil("the connection is closed") { closed.value == 1 }
    }

    func testWhoLeavesTheBodyEndsTheRequest() async throws {
        let closed = Shared(0)
        let server = try waiting(closed, Self.begun)
        for try await piece in try await transport.send("GET", server.address).body {
            XCTAssertEqual(piece, Data("four".utf8))
            break
        }
        try await waitUntil("the connection is closed") { closed.value == 1 }
    }

    func testABodyThatNobodyReadsEndsTheRequest() async throws {
        let closed = Shared(0)
        let server = try waiting(closed, Self.begun)
        let status = try await transport.send("GET", server.address).status
        XCTAssertEqual(status, 200)
        try await waitUntil("the connection is closed") { closed.value == 1 }
    }

    func testWheneverItIsCancelledItEndsOnce() async throws {
        let server = try RawServer { connection in
            while connection.request() != nil { try connection.answer("200 OK", Data(repeating: 1, count: 10_000)) }
        }
        let (transport, address) = (transport, server.address)
        // So many as URLSession has connections for one host, and a few that wait for one.
        for round in 0..<100 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        let asking = Task { try await transport.send("POST", address).whole() }
                        try await Task.sleep(nanoseconds: UInt64((round * 8 + number) * 5_000))
                        asking.cancel()
                        switch await asking.result {
                        case .success(let body): XCTAssertTrue([0, 10_000].contains(body.count), "\(body.count) bytes")
                        case .failure(let error): XCTAssertTrue(error is CancellationError, "\(error)")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        let answer = try await transport.send("GET", server.address).whole()
        XCTAssertEqual(answer.count, 10_000)
        try await waitUntil("nothing of them is left") { transport.underWay == 0 }
    }

    func testASlowReaderGetsEveryByte() async throws {
        let piece = Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 3) })
        let server = try RawServer { connection in
            _ = connection.request()
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(100 * piece.count)\r\n\r\n")
            for _ in 0..<100 { try connection.send(piece) }
            connection.waitForTheEnd()
        }
        var (got, turns) = (Data(), 0)
        for try await more in try await transport.send("GET", server.address).body {
            got += more
            turns += 1
            if turns < 20 { try await Task.sleep(nanoseconds: 20_000_000) }
        }
        XCTAssertEqual(got.count, 100 * piece.count)
        for number in 0..<100 {
            XCTAssertTrue(got[(number * piece.count)..<((number + 1) * piece.count)] == piece, "piece \(number) is another")
        }
        XCTAssertEqual(server.connections.value, 1)
    }

    func testABodyWithoutEndDoesNotFillTheMemory() async throws {
        let sent = Shared(0)
        let server = try RawServer { connection in
            _ = connection.request()
            try connection.send("HTTP/1.1 200 OK\r\n\r\n")
            let piece = Data(repeating: 1, count: 100_000)
            // As fast as a network: FoundationNetworking reads what there is, and would only be stopped later.
            while true {
                Thread.sleep(forTimeInterval: 0.001)
                try connection.send(piece)
                sent.change { $0 += piece.count }
            }
        }
        let answer = try await transport.send("GET", server.address)
        // Suspended, or given up where nothing can be suspended: either way no more is sent.
        var (before, turns) = (-1, 0)
        while before != sent.value || before < Exchange.enough, turns < 20 {
            before = sent.value
            turns += 1
            try await Task.sleep(nanoseconds: 300_000_000)
        }
        XCTAssertLessThan(sent.value, 4 * Exchange.most)
        #if canImport(FoundationNetworking)
        let error = try await broken { _ = try await answer.whole() }
        XCTAssertEqual(error.kind, .interrupted)
        #endif
        withExtendedLifetime((answer, server)) {}
    }

    func testATransportGoesWithItsSession() async throws {
        let server = try RawServer { connection in
            while connection.request() != nil { try connection.answer("200 OK", Data("ok".utf8)) }
        }
        for _ in 0..<100 {
            weak var session: URLSession?
            try await {
                let transport = URLSessionTransport()
                session = transport.session
                let answer = try await transport.send("POST", server.address).whole()
                XCTAssertEqual(answer, Data("ok".utf8))
            }()
            // That of Apple keeps its delegate, and itself, until it is told to end.
            try await waitUntil("the session is gone") { session == nil }
        }
        XCTAssertEqual(server.requests.value.count, 100)
    }

    func testABodyOutlivesItsTransport() async throws {
        let go = Flag()
        let server = try RawServer { connection in
            _ = connection.request()
            try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf")
            go.waitHere()
            try connection.send("half")
            connection.waitForTheEnd()
        }
        let answer = try await { try await URLSessionTransport().send("GET", server.address) }()
        go.raise()
        let body = try await answer.whole()
        XCTAssertEqual(body, Data("halfhalf".utf8))
    }
}

private extension Flag {
    /// Waits for it on a thread that may wait.
    func waitHere() {
        for _ in 0..<2_000 where !isRaised { Thread.sleep(forTimeInterval: 0.005) }
    }
}
