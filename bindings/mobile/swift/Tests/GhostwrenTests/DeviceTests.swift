import Foundation
import XCTest
@testable import Ghostwren

private func token(role: String) -> String {
    let encode = { (text: String) in
        Data(text.utf8).base64EncodedString()
            .replacingOccurrences(of: "=", with: "")
            .replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_")
    }
    return encode(#"{"alg":"HS256"}"#) + "." + encode(#"{"role":"\#(role)"}"#) + ".c2ln"
}

/// What no device may hold is refused, wherever it stands.
final class DeviceTests: XCTestCase {
    private let forbidden = [
        "sb_secret_hunter2hunter2",
        "sk-svcacct-hunter2",
        "sk-admin-hunter2",
        "AAAAAAAAAAAAAAAAAAAAAMLheAAAAAAA0%2Bhunter2",
        token(role: "service_role"),
        token(role: "supabase_admin"),
    ]

    private func assertRefused(_ work: () async throws -> Void) async throws {
        let error = try await failure(work)
        XCTAssertEqual(error.kind, .config)
        XCTAssertEqual(error.code, "mobile.secret_in_app")
        XCTAssertFalse(error.description.contains("hunter2"))
    }

    func testAnOperatorsSecretIsRefused() async throws {
        let local = "http://127.0.0.1:9/v1"
        for secret in forbidden {
            try await assertRefused { try await Ghostwren(store: SqliteStore(URL(fileURLWithPath: "/tmp/" + secret))).open() }
            try await assertRefused {
                try await Ghostwren(store: SqliteStore.inMemory(), model: OpenAI(baseUrl: local, model: secret)).open()
            }
            try await assertRefused {
                try await Ghostwren(store: SqliteStore.inMemory(), twitter: TwitterApp(clientId: secret)).open()
            }
            try await assertRefused { _ = try await Twitter(accessToken: secret).me() }
            try await assertRefused {
                let tokens = MemoryTokenStore([TokenName.modelKey: secret])
                try await Ghostwren(store: SqliteStore.inMemory(), model: OpenAI(), tokens: tokens).open()
            }
        }
    }

    func testTheKeyThatSealsTheLoginIsMadeOnce() async throws {
        let file = try folder().appendingPathComponent("a.db")
        let tokens = MemoryTokenStore()
        var made: [String?] = []
        for _ in 0..<2 {
            let wren = try Ghostwren(store: SqliteStore(file), twitter: TwitterApp(clientId: "id"), tokens: tokens)
            try await wren.open()
            await wren.close()
            made.append(await tokens.load(TokenName.sealingKeys))
        }
        XCTAssertNotNil(made[0])
        XCTAssertEqual(made[0], made[1])
    }

    func testWhatIsMissingIsTold() async throws {
        let noKey = try await failure { _ = try await OpenAI(tokens: MemoryTokenStore()).chat("x") }
        XCTAssertEqual(noKey.code, "mobile.no_model_key")
        let file = try folder().appendingPathComponent("a.db")
        let noPlace = try await failure {
            try await Ghostwren(store: SqliteStore(file), twitter: TwitterApp(clientId: "id")).open()
        }
        XCTAssertEqual(noPlace.code, "mobile.no_token_store")
    }
}
