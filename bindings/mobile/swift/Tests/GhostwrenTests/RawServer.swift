import Foundation
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A server of a test's own, which may misbehave: each connection is given to `serve`, on a thread of its own.
final class RawServer: Sendable {
    let port: UInt16
    let connections = Shared(0)
    let requests = Shared<[Request]>([])
    private let socket: Int32

    struct Request: Sendable {
        let line: String
        /// By their names in small letters.
        let headers: [String: String]
        let body: Data
    }

    var address: String { "http://127.0.0.1:\(port)" }

    init(_ serve: @escaping @Sendable (Connection) throws -> Void) throws {
        let (socket, port) = try listening()
        (self.socket, self.port) = (socket, port)
        let (connections, requests) = (connections, requests)
        Thread.detachNewThread {
            while true {
                let accepted = accept(socket, nil, nil)
                if accepted < 0 { return }
                connections.change { $0 += 1 }
                Thread.detachNewThread {
                    let connection = Connection(accepted, requests)
                    try? serve(connection)
                    connection.end()
                }
            }
        }
    }

    deinit {
        // Who waits in `accept` hears of the one, and not of the other.
        _ = shutdown(socket, Int32(SHUT_RDWR))
        _ = close(socket)
    }

    /// A port that nobody listens at.
    static func refusing() throws -> UInt16 {
        let (socket, port) = try listening()
        _ = close(socket)
        return port
    }

    /// One connection, from the server's side.
    final class Connection: Sendable {
        private let socket: Int32
        private let requests: Shared<[Request]>
        private let rest = Shared(Data())

        fileprivate init(_ socket: Int32, _ requests: Shared<[Request]>) {
            (self.socket, self.requests) = (socket, requests)
            var on: Int32 = 1
            #if !canImport(Glibc)
            setsockopt(socket, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
            #endif
            setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        }

        /// More of what the client sends; nothing when it has closed.
        private func more() -> Data? {
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = recv(socket, &bytes, bytes.count, 0)
            return count > 0 ? Data(bytes[..<count]) : nil
        }

        /// The next request; nothing when the client has closed.
        func request() -> Request? {
            var got = rest.value
            let mark = Data("\r\n\r\n".utf8)
            var head = got.range(of: mark)
            while head == nil {
                guard let more = more() else { return nil }
                got.append(more)
                head = got.range(of: mark)
            }
            guard let end = head else { return nil }
            let lines = String(decoding: got[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
            let pairs = lines.dropFirst().map { $0.split(separator: ":", maxSplits: 1).map(String.init) }
            let headers = Dictionary(
                pairs.map { ($0[0].lowercased(), $0.count > 1 ? $0[1].trimmingCharacters(in: .whitespaces) : "") },
                uniquingKeysWith: { "\($0), \($1)" }
            )
            got = Data(got[end.upperBound...])
            let length = headers["content-length"].flatMap(Int.init) ?? 0
            while got.count < length {
                guard let more = more() else { return nil }
                got.append(more)
            }
            rest.change { $0 = Data(got.dropFirst(length)) }
            let request = Request(line: lines[0], headers: headers, body: Data(got.prefix(length)))
            requests.change { $0.append(request) }
            return request
        }

        /// Sends bytes; fails when the client has closed.
        func send(_ data: Data) throws {
            var left = data
            while !left.isEmpty {
                #if canImport(Glibc)
                let count = left.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                #else
                let count = left.withUnsafeBytes { Darwin.send(socket, $0.baseAddress, $0.count, 0) }
                #endif
                if count <= 0 { throw Failed("the client has closed") }
                left = Data(left.dropFirst(count))
            }
        }

        func send(_ text: String) throws { try send(Data(text.utf8)) }

        /// A whole answer.
        func answer(_ head: String, _ body: Data = Data()) throws {
            try send(Data("HTTP/1.1 \(head)\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body)
        }

        /// Waits until the client closes.
        func waitForTheEnd() {
            while more() != nil {}
        }

        /// Breaks it off: the client is told that it is no more.
        func reset() {
            var now = linger(l_onoff: 1, l_linger: 0)
            setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        }

        fileprivate func end() { _ = close(socket) }
    }
}

/// A socket that listens at a free port of this machine.
private func listening() throws -> (Int32, UInt16) {
    #if canImport(Glibc)
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
    let listener = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { address in
        address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            bind(listener, address, size) == 0 && listen(listener, 128) == 0 && getsockname(listener, address, &size) == 0
        }
    }
    guard listener >= 0, bound else { throw Failed("no port: \(errno)") }
    return (listener, UInt16(bigEndian: address.sin_port))
}
