// The whole job: import an archive, learn the style, draft tweets.
//
//     swift run --package-path examples/swift/quickstart Quickstart [path of your archive] [topic]
//
// Without a key in `OPENAI_API_KEY` a model of six lines takes the place of GPT-4o, so that it runs at once; without an
// archive it takes the sample beside the Rust example.

import Foundation
import Ghostwren

/// A stand-in for a model, which says what the topic is in a few ways.
struct Parrot: Model {
    let name = "parrot"
    let topic: String

    func complete(_ request: ModelRequest) async throws -> ModelAnswer {
        let ways = ["honestly: \(topic)", "ok so, \(topic)", "\(topic). that's the tweet", "nobody tells you this: \(topic)"]
        let json = try JSONEncoder().encode(["tweets": ways])
        return ModelAnswer(String(decoding: json, as: UTF8.self))
    }
}

@main
struct Quickstart {
    static func main() async throws {
        let given = CommandLine.arguments
        let archive = URL(fileURLWithPath: given.count > 1 ? given[1] : "examples/rust/sample-archive")
        let topic = given.count > 2 ? given[2] : "why the build is slow again"
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).db")
        // In an app: KeychainTokenStore(), which keeps the person's own key.
        let key = ProcessInfo.processInfo.environment["OPENAI_API_KEY"]
        let tokens = MemoryTokenStore(key.map { [TokenName.modelKey: $0] } ?? [:])
        let model: any Model = key == nil ? Parrot(topic: topic) : try OpenAI()

        let wren = try Ghostwren(store: SqliteStore(file), model: model, tokens: tokens)
        let account = try await wren.user().openAccount("main")

        for try await event in account.importArchive(archive) {
            if case .progress(let progress) = event {
                print("\(progress.counts.inserted) tweets imported")
            }
        }

        let style = try await account.analyzeStyle(askModel: key != nil)
        print(try style.profile.sufficiency().message)
        for habit in try style.profile.summary().characteristicHabits.prefix(5) {
            let value = String(format: "%.2f", habit.value)
            print("  \(habit.label): \(value) (\(habit.z > 0 ? "more" : "less") than others)")
        }

        let report = try await account.generate(topic, count: 3)
        for draft in report {
            print("- \(draft.text)  [\(draft.weightedLength) of 280]")
        }
        for rejected in report.generation.rejected.prefix(3) {
            print("x \(rejected.text): \(rejected.reason)")
        }
        await wren.close()
    }
}
