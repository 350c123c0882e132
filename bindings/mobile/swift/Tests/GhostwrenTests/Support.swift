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
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
}

/// The stand-ins, which the tests' command starts: `GHOSTWREN_SANDBOX_ADDRESSES` is the line that they print.
struct Sandbox {
    let addresses: JSONValue

    static func find() throws -> Sandbox {
        guard let line = ProcessInfo.processInfo.environment["GHOSTWREN_SANDBOX_ADDRESSES"] else {
            throw XCTSkip("skipped: there are no stand-ins (GHOSTWREN_SANDBOX_ADDRESSES)")
        }
        return Sandbox(addresses: try Wire.read(JSONValue.self, line))
    }

    func address(_ name: String) -> String { addresses[name]?.string ?? "" }

    @discardableResult
    func command(_ command: JSONValue) async throws -> JSONValue {
        var request = URLRequest(url: URL(string: address("control_url"))!)
        request.httpMethod = "POST"
        request.httpBody = Data(try Wire.write(command).utf8)
        let (data, _) = try await URLSession.shared.data(for: request)
        return try Wire.read(JSONValue.self, String(decoding: data, as: UTF8.self))
    }

    func command(_ what: String) async throws {
        try await command(.object(["do": .string(what)]))
    }
}

/// The error that some work ends with.
func failure(_ work: () async throws -> Void) async throws -> GhostwrenError {
    do {
        try await work()
    } catch let error as GhostwrenError {
        return error
    }
    XCTFail("it did not fail")
    throw CancellationError()
}
