import Foundation
import GhostwrenNative

/// Events that come. Nothing is done before the first is asked for; what stops reading (a `break`, a cancelled task) stops
/// the work in Rust.
public struct Events<Element: Sendable>: AsyncSequence, Sendable, CustomStringConvertible {
    let session: Session
    let name: String
    let arguments: Arguments
    let read: @Sendable (JSONValue) throws -> Element

    public func makeAsyncIterator() -> Iterator {
        Iterator(events: self)
    }

    public var description: String { "Events(begin when they are read)" }

    /// Reads the events; gone, it stops the work.
    public final class Iterator: AsyncIteratorProtocol {
        private let events: Events
        private var stream: NativeStream?
        private var ready: [JSONValue] = []
        private var ended = false

        init(events: Events) {
            self.events = events
        }

        deinit {
            stream?.stop()
        }

        public func next() async throws -> Element? {
            if ended { return nil }
            if ready.isEmpty {
                let stream = try self.stream ?? events.session.stream(events.name, events.arguments)
                self.stream = stream
                do {
                    let batch = try await Session.cancellable { try await stream.nextBatch(cancel: $0) }
                    guard let batch else {
                        ended = true
                        return nil
                    }
                    ready = try Wire.read([JSONValue].self, batch).reversed()
                } catch {
                    ended = true
                    stream.stop()
                    throw error
                }
            }
            guard let event = ready.popLast() else { return nil }
            return try events.read(event)
        }
    }
}

/// Events that end with a report: go through them, or take the report alone.
public struct Work<Element: Sendable, Report: Sendable>: AsyncSequence, Sendable, CustomStringConvertible {
    let events: Events<Element>
    let result: @Sendable (Element) -> Report?

    public func makeAsyncIterator() -> Events<Element>.Iterator {
        events.makeAsyncIterator()
    }

    public var description: String { "Work(begins when it is read)" }

    /// Does the work to its end, and says what came of it.
    public func report() async throws -> Report {
        var report: Report?
        for try await event in events {
            report = result(event)
        }
        guard let report else {
            throw GhostwrenError(kind: .internal, code: "binding.no_call", detail: "the work ended without a report")
        }
        return report
    }
}

/// An import under way. What stops reading stops the work after the page that is being stored; the same call goes on from
/// there later, in this process or another.
public typealias Import = Work<ImportEvent, ImportReport>

/// Drafts that grow. What stops reading stops the request.
public typealias Generating = Work<DraftEvent, GenerationReport>

private func eventName(_ event: JSONValue) -> String { event["event"]?.string ?? "" }

private func eventData(_ event: JSONValue) -> JSONValue { event["data"] ?? .null }

private func record<Record: Decodable>(_ value: JSONValue) throws -> Record {
    try Wire.read(Record.self, Wire.write(value))
}

private struct Step: Decodable {
    let index: Int?
    let candidate: Int?
    let text: String
    let code: String?
    let reason: String?
}

/// What happens in an import.
public enum ImportEvent: Hashable, Sendable {
    /// Another worker has this import, or ended without a word; it can be taken over at the latest after so long.
    case waiting(remaining: Seconds)
    /// X's limit is used up: the import goes on by itself at this time.
    case waitingForLimit(until: Date)
    /// The work begins, or goes on where an earlier session stopped.
    case started(run: ImportRun, resumed: Bool)
    /// A page was stored with its checkpoint.
    case progress(Progress)
    /// Something a person should know, in a sentence; the import goes on.
    case warning(String)
    /// The end of an import; always the last event.
    case finished(ImportReport)
    /// An event newer than this package.
    case unknown(event: String, data: JSONValue)

    private struct Waiting: Decodable { let remaining: Seconds }
    private struct Limit: Decodable { let until: Date }
    private struct Begun: Decodable {
        let run: ImportRun
        let resumed: Bool
    }

    static let read: @Sendable (JSONValue) throws -> ImportEvent = { event in
        let data = eventData(event)
        switch eventName(event) {
        case "waiting": return .waiting(remaining: (try record(data) as Waiting).remaining)
        case "waiting_for_limit": return .waitingForLimit(until: (try record(data) as Limit).until)
        case "started":
            let begun: Begun = try record(data)
            return .started(run: begun.run, resumed: begun.resumed)
        case "progress": return .progress(try record(data))
        case "warning": return .warning(data.string ?? "")
        case "finished": return .finished(try record(data))
        case let other: return .unknown(event: other, data: data)
        }
    }
}

/// A step of a generation.
public enum DraftEvent: Hashable, Sendable {
    /// The request is on its way.
    case started(JSONValue)
    /// A candidate, counted from 0, grew by this text.
    case growing(candidate: Int, text: String)
    /// A candidate passed the gates; this is all of its text.
    case candidate(Int, text: String)
    /// A candidate failed a gate.
    case rejected(Int, text: String, code: String, reason: String)
    /// What failed for a measurable reason is asked for once more.
    case repairing(JSONValue)
    /// The end; always the last event.
    case finished(GenerationReport)
    /// A step newer than this package.
    case unknown(event: String, data: JSONValue)

    static let read: @Sendable (JSONValue) throws -> DraftEvent = { event in
        let data = eventData(event)
        switch eventName(event) {
        case "started": return .started(data)
        case "growing":
            let step: Step = try record(data)
            return .growing(candidate: step.candidate ?? 0, text: step.text)
        case "candidate":
            let step: Step = try record(data)
            return .candidate(step.candidate ?? 0, text: step.text)
        case "rejected":
            let step: Step = try record(data)
            return .rejected(step.candidate ?? 0, text: step.text, code: step.code ?? "", reason: step.reason ?? "")
        case "repairing": return .repairing(data)
        case "finished": return .finished(try record(data))
        case let other: return .unknown(event: other, data: data)
        }
    }
}

/// A step of a growing answer.
public enum ModelDelta: Hashable, Sendable {
    /// The answer of this index grew by this text.
    case text(index: Int, text: String)
    /// The answer of this index ended.
    case finished(index: Int, reason: JSONValue)
    /// All answers are whole; always the last.
    case completed(JSONValue)
    /// A step newer than this package.
    case unknown(event: String, data: JSONValue)

    static let read: @Sendable (JSONValue) throws -> ModelDelta = { event in
        let data = eventData(event)
        switch eventName(event) {
        case "text":
            let step: Step = try record(data)
            return .text(index: step.index ?? 0, text: step.text)
        case "finished": return .finished(index: data["index"]?.int ?? 0, reason: data["reason"] ?? .null)
        case "completed": return .completed(data)
        case let other: return .unknown(event: other, data: data)
        }
    }
}

/// A step of a login in a browser of this machine.
public enum LoginEvent: Hashable, Sendable {
    /// The address to open.
    case opened(url: String)
    /// The account that was connected, for `User.account`.
    case connected(account: String)

    static let read: @Sendable (JSONValue) throws -> LoginEvent = { event in
        let text = eventData(event).string ?? ""
        return eventName(event) == "opened" ? .opened(url: text) : .connected(account: text)
    }
}
