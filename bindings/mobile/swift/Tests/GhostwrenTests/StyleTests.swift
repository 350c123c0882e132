import Foundation
import XCTest
@testable import Ghostwren

/// Styles by themselves, and how they are kept.
final class StyleTests: XCTestCase {
    func testStylesWithoutAModel() throws {
        let texts = ["ok so the parser is done!!", "why is it ALWAYS dns!!", "tea first!! then code"]
        let fingerprint = try Fingerprint.of(texts)
        XCTAssertEqual(fingerprint.texts, 3)
        XCTAssertEqual(try fingerprint.distance(Fingerprint(json: fingerprint.json())), 0)
        XCTAssertThrowsError(try Fingerprint(json: "[]")) { XCTAssertEqual(($0 as? GhostwrenError)?.kind, .invalidInput) }
        let profile = try StyleProfile.fromTexts(texts)
        XCTAssertEqual(profile.texts, texts)
        XCTAssertFalse(try profile.sufficiency().enough)
        XCTAssertFalse(try profile.fingerprint.features().isEmpty)
        XCTAssertNil(try profile.analysis())
        XCTAssertFalse(try Style.gap(profile, ["A sober sentence."]).isEmpty)
        XCTAssertEqual(profile.tweetIds, [])
        let chosen = try Generate.select(profile, ["dns again!! of course", "ok so the parser is done!!"], n: 1)
        XCTAssertEqual(chosen.chosen.count, 1)
    }

    private func assertSame(_ one: StyleProfile, _ other: StyleProfile) throws {
        XCTAssertEqual(one.fingerprint, other.fingerprint)
        XCTAssertEqual(one.fingerprint.hashValue, other.fingerprint.hashValue)
        XCTAssertEqual(try one.fingerprint.features(), try other.fingerprint.features())
        XCTAssertEqual(try one.summary(), try other.summary())
        XCTAssertEqual(one.texts, other.texts)
        XCTAssertEqual(one.tweetIds, other.tweetIds)
        XCTAssertEqual(one.corpusHash, other.corpusHash)
        XCTAssertEqual(try one.leftOut(), try other.leftOut())
        XCTAssertEqual(try one.sufficiency(), try other.sufficiency())
        XCTAssertEqual(try one.analysis(), try other.analysis())
        XCTAssertEqual(try Style.gap(one, ["A sober sentence."]), try Style.gap(other, ["A sober sentence."]))
        let candidates = ["a wren sings in the hedge", "BUY NOW!!!", "the build is green again"]
        XCTAssertEqual(try Generate.select(one, candidates, n: 2), try Generate.select(other, candidates, n: 2))
    }

    private struct Kept: Codable {
        let myName: String
        let profile: StyleProfile
        let fingerprint: Fingerprint
    }

    func testAStyleProfileIsKeptAndTheSameInEveryAnswer() async throws {
        try await Sandbox.command("reset")
        let tokens = MemoryTokenStore(["mine": try Sandbox.address("key")])
        let model = try OpenAI(baseUrl: Sandbox.address("openai_url"), model: "gpt-4o", tokens: tokens, keyName: "mine")
        let wren = try Ghostwren(store: SqliteStore.inMemory(), model: model)
        let account = try await wren.user().openAccount()
        _ = try await account.importArchive(sample).report()
        let learned = try await account.analyzeStyle().profile
        await wren.close()
        XCTAssertFalse(try XCTUnwrap(learned.analysis()).claims.isEmpty)
        XCTAssertGreaterThan(learned.tweetIds.count, 50)
        let strange = (0..<5_000).map { String(repeating: "\($0) \0\u{202e}\"\\/🐦 e\u{301}\n", count: 20) }
        for profile in [learned, try StyleProfile.fromTexts(strange), try StyleProfile.fromTexts([])] {
            let text = try profile.json()
            let read = try StyleProfile(json: text)
            try assertSame(profile, read)
            XCTAssertEqual(try read.json(), text)
            XCTAssertEqual(try Fingerprint(json: profile.fingerprint.json()), profile.fingerprint)
            // As a part of what an app keeps, whatever that does with its own names.
            let kept = Kept(myName: "wren", profile: profile, fingerprint: profile.fingerprint)
            let (encoder, decoder) = (JSONEncoder(), JSONDecoder())
            for _ in 0..<2 {
                let again = try decoder.decode(Kept.self, from: encoder.encode(kept))
                try assertSame(profile, again.profile)
                XCTAssertEqual(again.fingerprint, profile.fingerprint)
                encoder.keyEncodingStrategy = .convertToSnakeCase
                decoder.keyDecodingStrategy = .convertFromSnakeCase
            }
            let listed = try PropertyListDecoder().decode(Kept.self, from: PropertyListEncoder().encode(kept))
            try assertSame(profile, listed.profile)
            // What is encoded by itself is what every language reads.
            let alone = String(decoding: try JSONEncoder().encode(profile), as: UTF8.self)
            try assertSame(profile, StyleProfile(json: alone))
        }
        XCTAssertNotEqual(learned.fingerprint, try Fingerprint.of(strange))
    }

    func testATextThatIsNoStyleProfileIsAnErrorThatSaysWhatIsWrong() async throws {
        let whole = try StyleProfile.fromTexts(["tea first!! then code"]).json()
        let deep = String(repeating: "[", count: 1_000_000)
        for (text, wrong) in [
            ("", "EOF"),
            ("[]", "invalid type: sequence"),
            ("{}", "missing field"),
            (#"{"texts": []}"#, "missing field `fingerprint`"),
            (String(whole.dropLast()), "EOF"),
            (whole + " x", "trailing characters"),
            (whole.replacingOccurrences(of: #""version":1"#, with: #""version":2"#), "fingerprint of version 2"),
            (whole.replacingOccurrences(of: #""texts":1"#, with: #""texts":-1"#), "invalid value"),
            (deep, "invalid type: sequence"),
            (#"{"fingerprint": "# + deep, "invalid type: sequence"),
            (#"{"more": "# + deep, "EOF"),
            ("\"" + String(repeating: "x", count: 20_000_000) + "\"", "invalid type: string"),
        ] {
            let error = try await failure { _ = try StyleProfile(json: text) }
            XCTAssertEqual(error.kind, .invalidInput)
            XCTAssertEqual(error.code, "argument.type")
            let said = error.description
            XCTAssertTrue(said.contains("`json`") && said.contains(wrong) && said.count < 1_000, String(said.prefix(2_000)))
        }
        for text in [#"{"texts": []}"#, "{}", "[1, 2.5, true, null]", #"{"fingerprint": "# + deep, "null", ""] {
            XCTAssertThrowsError(try JSONDecoder().decode(StyleProfile.self, from: Data(text.utf8))) { error in
                guard case DecodingError.dataCorrupted(let what) = error else { return XCTFail("\(error)") }
                if text.hasPrefix(#"{"texts""#) {
                    XCTAssertTrue(what.debugDescription.contains("missing field `fingerprint`"), what.debugDescription)
                    XCTAssertEqual((what.underlyingError as? GhostwrenError)?.kind, .invalidInput)
                }
            }
        }
        let vast = whole.replacingOccurrences(of: #""texts":1"#, with: #""texts":18446744073709551615"#)
        let profile = try StyleProfile(json: vast)
        XCTAssertEqual(profile.fingerprint.texts, Int.max)
        XCTAssertThrowsError(try profile.summary())
        XCTAssertTrue(try profile.fingerprint.distance(profile.fingerprint).isFinite)
        let limit = try await failure { _ = try Generate.select(profile, ["a"], n: 1, limit: -1) }
        XCTAssertTrue(limit.description.contains("`limit`"), limit.description)
    }
}
