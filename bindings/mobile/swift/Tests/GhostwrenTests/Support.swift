import Foundation
import XCTest
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif
@testable import Ghostwren

/// The root of the repository.
let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

/// An archive to import.
let sample = root.appendingPathComponent("examples/rust/sample-archive")

/// A new folder.
func folder() throws -> URL {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("ghostwren-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
}

/// An archive of so many tweets, as a folder.
func archive(of tweets: Int) throws -> URL {
    let data = try folder().appendingPathComponent("data")
    try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
    let account = #"[{"account": {"accountId": "7", "username": "wren", "accountDisplayName": "W"}}]"#
    try Data("window.YTD.account.part0 = \(account)".utf8).write(to: data.appendingPathComponent("account.js"))
    let entries = (0..<tweets).map { number in
        """
        {"tweet": {"id_str": "\(1_500_000_000_000_000_000 + number * 1000)", "full_text": "tweet number \(number) about tea",
        "created_at": "Tue Mar 01 12:00:00 +0000 2022", "favorite_count": "\(number % 100)", "retweet_count": "0", "lang": "en"}}
        """
    }
    let text = "window.YTD.tweets.part0 = [\(entries.joined(separator: ","))]"
    try Data(text.utf8).write(to: data.appendingPathComponent("tweets.js"))
    return data.deletingLastPathComponent()
}

/// A value as the core writes it.
func plain(_ value: some Encodable) throws -> JSONValue {
    try Wire.read(JSONValue.self, Wire.write(value))
}

struct Failed: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// The stand-ins as a process, and its control; one for all tests.
final class Sandbox: Sendable {
    private static let started = Result { try Sandbox() }
    private static let http = URLSession(configuration: .ephemeral, delegate: Staying(), delegateQueue: nil)

    private let addresses: JSONValue
    // It ends with its input, also when this process is killed.
    private let input: Pipe

    private init() throws {
        let given = ProcessInfo.processInfo.environment["GHOSTWREN_SANDBOX"]
        let program = given.map(URL.init(fileURLWithPath:)) ?? root.appendingPathComponent("target/debug/ghostwren-sandbox")
        let process = Process()
        let output = Pipe()
        input = Pipe()
        process.executableURL = program
        process.standardInput = input
        process.standardOutput = output
        do {
            try process.run()
        } catch {
            throw Failed("build it first: cargo build -p ghostwren --features sandbox (\(program.path): \(error))")
        }
        var line = Data()
        while line.last != UInt8(ascii: "\n") {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { throw Failed("the stand-ins ended") }
            line.append(more)
        }
        addresses = try Wire.read(JSONValue.self, String(decoding: line, as: UTF8.self))
    }

    static func address(_ name: String) throws -> String {
        guard let address = try started.get().addresses[name]?.string else { throw Failed("no address \(name)") }
        return address
    }

    @discardableResult
    static func command(_ command: JSONValue) async throws -> JSONValue {
        var request = URLRequest(url: try url(address("control_url")))
        request.httpMethod = "POST"
        request.httpBody = Data(try Wire.write(command).utf8)
        let (data, response) = try await http.data(for: request)
        let text = String(decoding: data, as: UTF8.self)
        guard (response as? HTTPURLResponse)?.statusCode == 200 else { throw Failed(text) }
        return try Wire.read(JSONValue.self, text)
    }

    @discardableResult
    static func command(_ what: String, _ more: [String: JSONValue] = [:]) async throws -> JSONValue {
        try await command(.object(more.merging(["do": .string(what)]) { _, own in own }))
    }

    /// What a browser does with an address: asks for it, and says where it was sent.
    static func browse(_ address: String) async throws -> String {
        let (_, response) = try await http.data(for: URLRequest(url: try url(address)))
        guard let sent = (response as? HTTPURLResponse)?.value(forHTTPHeaderField: "Location") else {
            throw Failed("sent nowhere: \(response)")
        }
        return sent
    }

    /// Follows no redirect.
    private final class Staying: NSObject, URLSessionTaskDelegate {
        func urlSession(
            _ session: URLSession,
            task: URLSessionTask,
            willPerformHTTPRedirection response: HTTPURLResponse,
            newRequest request: URLRequest,
            completionHandler: @escaping @Sendable (URLRequest?) -> Void
        ) {
            completionHandler(nil)
        }
    }
}

func url(_ address: String) throws -> URL {
    guard let url = URL(string: address) else { throw Failed("no address: \(address)") }
    return url
}

/// The error of the SDK that some work ends with.
func failure(_ work: () async throws -> Void) async throws -> GhostwrenError {
    do {
        try await work()
    } catch let error as GhostwrenError {
        return error
    }
    throw Failed("it did not fail")
}

/// Cancels a task, which then ends as cancelled tasks do.
func assertCancels<Value: Sendable>(_ task: Task<Value, any Error>) async throws {
    let end = Shared<Result<Value, any Error>?>(nil)
    task.cancel()
    Task {
        let result = await task.result
        end.change { $0 = result }
    }
    try await waitUntil("the cancelled task ends") { end.value != nil }
    switch end.value {
    case .failure(let error)? where error is CancellationError: break
    case let other: throw Failed("it was not cancelled: \(String(describing: other))")
    }
}

/// All events of a sequence.
func collect<Events: AsyncSequence>(_ events: Events) async throws -> [Events.Element] {
    var all: [Events.Element] = []
    for try await event in events { all.append(event) }
    return all
}

/// A value that several tasks share.
final class Shared<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var inner: Value

    init(_ value: Value) { inner = value }

    var value: Value { change { $0 } }

    @discardableResult
    func change<Result>(_ work: (inout Value) -> Result) -> Result {
        lock.lock()
        defer { lock.unlock() }
        return work(&inner)
    }
}

/// Raised once, and waited for.
final class Flag: Sendable {
    private let raised = Shared(false)

    var isRaised: Bool { raised.value }

    func raise() { raised.change { $0 = true } }

    /// Waits for it; fails after some seconds.
    func wait(_ what: String) async throws {
        try await waitUntil(what) { isRaised }
    }
}

/// Waits until it is so; fails after some seconds.
func waitUntil(_ what: String, seconds: Int = 20, _ isSo: () async throws -> Bool) async throws {
    for _ in 0..<(seconds * 200) {
        if try await isSo() { return }
        try await Task.sleep(nanoseconds: 5_000_000)
    }
    throw Failed("never: \(what)")
}
