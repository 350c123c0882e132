// Apple's runner of tests is not the program of the tests, which runs itself here.
#if os(Linux)
import Foundation
import XCTest
@testable import Ghostwren

final class ExitTests: XCTestCase {
    /// The program that ends: these tests, run once more with the database and the archive in their environment.
    override class func setUp() {
        let environment = ProcessInfo.processInfo.environment
        guard let file = environment["GHOSTWREN_ENDING"], let archive = environment["GHOSTWREN_ENDING_ARCHIVE"] else { return }
        Task {
            do {
                try await end(URL(fileURLWithPath: file), URL(fileURLWithPath: archive))
            } catch {
                print(error)
            }
            exit(1)
        }
        while true { sleep(1) }
    }

    /// Ends in the middle of an import, without closing anything.
    private static func end(_ file: URL, _ archive: URL) async throws {
        let wren = try Ghostwren(store: SqliteStore(file), lease: 1)
        let account = try await wren.user().openAccount()
        for try await event in account.importArchive(archive) {
            if case .progress(let progress) = event, progress.counts.inserted >= 2_000 { exit(7) }
        }
    }

    func testAProcessMayEndInTheMiddleOfAnImportWhichGoesOnInAnother() async throws {
        let file = try folder().appendingPathComponent("a.db")
        let big = try archive(of: 60_000)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
        process.arguments = ["GhostwrenTests.ExitTests"]
        let more = ["GHOSTWREN_ENDING": file.path, "GHOSTWREN_ENDING_ARCHIVE": big.path]
        process.environment = ProcessInfo.processInfo.environment.merging(more) { _, new in new }
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        defer { process.terminate() }
        try await waitUntil("the process ends", seconds: 60) { !process.isRunning }
        XCTAssertEqual(process.terminationStatus, 7)

        let wren = try Ghostwren(store: SqliteStore(file), lease: 1)
        let account = try await wren.user().openAccount()
        let stored = try await account.countTweets()
        XCTAssertTrue((2_000...59_999).contains(stored), "\(stored) tweets")
        let report = try await account.importArchive(big).report()
        XCTAssertEqual(report.end.kind, "complete")
        let all = try await account.countTweets()
        XCTAssertEqual(all, 60_000)
        await wren.close()
    }
}
#endif
