import Foundation

/// A client of OpenAI, or of any server that speaks its protocol; also a model for `Ghostwren`.
///
/// There is no parameter for a key. The person's own key comes out of the token store (`TokenName.modelKey`, or
/// `keyName`); the app's key belongs into the app's backend, which is named as `baseUrl` and gets no key unless `keyName`
/// says which.
public final class OpenAI: Model, CustomStringConvertible, CustomReflectable {
    public let baseUrl: String?
    public let model: String?
    let tokens: (any TokenStore)?
    let transport: (any Transport)?
    let settings: Arguments
    private let session: Session

    public init(
        baseUrl: String? = nil,
        model: String? = nil,
        tokens: (any TokenStore)? = nil,
        transport: (any Transport)? = nil,
        keyName: String? = nil,
        api: String? = nil,
        dialect: String? = nil,
        price: Price? = nil,
        maxN: Int? = nil,
        contextTokens: Int? = nil,
        organization: String? = nil,
        project: String? = nil,
        timeout: TimeInterval? = nil,
        idleTimeout: TimeInterval? = nil,
        deadline: TimeInterval? = nil,
        maxAttempts: Int? = nil
    ) throws {
        self.baseUrl = baseUrl
        self.model = model
        self.tokens = tokens
        self.transport = transport
        var settings = arguments([
            "base_url": baseUrl,
            "model": model,
            "key_name": keyName,
            "api": api,
            "dialect": dialect,
            "max_n": maxN,
            "context_tokens": contextTokens,
            "organization": organization,
            "project": project,
            "timeout_seconds": timeout,
            "idle_timeout_seconds": idleTimeout,
            "deadline_seconds": deadline,
            "max_attempts": maxAttempts,
        ])
        if let price {
            settings["price"] = .object(try Wire.plain(price))
        }
        self.settings = settings
        let hosts = Hosts(tokens: tokens.map { TokenHost($0) }, transport: transport.map { TransportHost($0) })
        session = try Session("openai", settings, hosts)
    }

    public var provider: String { "openai" }

    public var name: String { model ?? "gpt-4o" }

    public var description: String { "OpenAI(baseUrl: \(baseUrl.map(shownAddress) ?? "nil"), model: \(model ?? "nil"))" }

    // A dump shows what is stored, unless it is told what to show.
    public var customMirror: Mirror { Mirror(self, children: ["baseUrl": baseUrl.map(shownAddress) as Any, "model": model as Any]) }

    /// Asks for whole answers.
    public func chat(_ request: ChatRequest) async throws -> Reply {
        try await session.call("openai.chat", try Wire.plain(request))
    }

    /// Asks for one whole answer.
    public func chat(_ text: String) async throws -> Reply {
        try await chat(ChatRequest([Message(role: "user", content: text)]))
    }

    /// Asks for growing answers. What stops reading stops the request; a stream that breaks off is `truncated`.
    public func chatStream(_ request: ChatRequest) throws -> Events<ModelDelta> {
        Events(session: session, name: "openai.chat", arguments: try Wire.plain(request), read: ModelDelta.read)
    }

    /// Answers what a model of the SDK is asked.
    public func complete(_ request: ModelRequest) async throws -> ModelAnswer {
        let answer: JSONValue = try await session.call("openai.complete", try Wire.plain(request))
        guard case .array(let answers)? = answer["answers"] else {
            throw GhostwrenError(kind: .internal, code: "binding.json", detail: "an answer has no texts")
        }
        let texts = answers.compactMap { pair -> String? in
            if case .array(let parts) = pair { return parts.first?.string }
            return nil
        }
        let usage = try answer["usage"].map { try Wire.read(Usage.self, Wire.write($0)) }
        return ModelAnswer(texts, usage: usage ?? Usage(), model: answer["model"]?.string)
    }

    /// The models that the server has for this key.
    public func models() async throws -> [ModelRecord] {
        try await session.call("openai.models", [:])
    }

    /// One model of the server.
    public func modelRecord(_ id: String) async throws -> ModelRecord {
        try await session.call("openai.model_record", arguments(["id": id]))
    }

    /// Closes the connections.
    public func close() async {
        await session.close()
    }

    /// What is known of a model; cautious figures for an unknown one.
    public static func modelInfo(_ name: String) throws -> ModelInfo {
        try call("openai.model_info", arguments(["name": name]))
    }

    /// A JSON schema in the strict form that the service takes: every object closed, every property required.
    public static func strictSchema(_ schema: JSONValue) throws -> JSONValue {
        try call("openai.strict_schema", arguments(["schema": schema]))
    }
}

/// What is asked of a model. `format` is `{"json_schema": {"name": …, "schema": …}}` for JSON by a schema.
public struct ChatRequest: Codable, Hashable, Sendable {
    public var messages: [Message]
    public var model: String?
    public var format: JSONValue = .string("text")
    public var n = 1
    public var maxOutputTokens: Int?
    public var temperature: Double?
    public var topP: Double?
    public var frequencyPenalty: Double?
    public var presencePenalty: Double?
    public var stop: [String] = []
    public var seed: Int?
    public var topLogprobs: Int?
    public var reasoningEffort: String?
    public var cacheKey: String?
    public var safetyIdentifier: String?

    public init(_ messages: [Message]) {
        self.messages = messages
    }
}
