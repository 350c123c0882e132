import Foundation

/// One message of a conversation. The role is `system`, `user` or `assistant`.
public struct Message: Codable, Hashable, Sendable {
    public let role: String
    public let content: String

    public init(role: String, content: String) {
        self.role = role
        self.content = content
    }
}

/// What a model is asked.
public struct ModelRequest: Codable, Hashable, Sendable {
    public let purpose: String
    public let messages: [Message]
    public let format: JSONValue?
    public let n: Int
    public let maxOutputTokens: Int?
    public let temperature: Double?
    public let seed: Int?
    public let reasoningEffort: String?
    public let cacheKey: String?

    /// The JSON schema that the answer must keep to, if there is one.
    public var schema: JSONValue? { format?["json_schema"]?["schema"] }
}

/// What a model can do; careful figures for what is not told.
public struct Capabilities: Codable, Hashable, Sendable {
    public var contextTokens: Int?
    public var maxOutputTokens: Int?
    public var jsonSchema: Bool?
    public var maxN: Int?
    public var temperature: Bool?

    public init(
        contextTokens: Int? = nil,
        maxOutputTokens: Int? = nil,
        jsonSchema: Bool? = nil,
        maxN: Int? = nil,
        temperature: Bool? = nil
    ) {
        self.contextTokens = contextTokens
        self.maxOutputTokens = maxOutputTokens
        self.jsonSchema = jsonSchema
        self.maxN = maxN
        self.temperature = temperature
    }
}

/// Millionths of a US dollar per million tokens. A budget needs it.
public struct Price: Codable, Hashable, Sendable {
    public let input: Int
    public let cached: Int
    public let cacheWrite: Int
    public let output: Int

    public init(input: Int, output: Int, cached: Int? = nil, cacheWrite: Int? = nil) {
        self.input = input
        self.cached = cached ?? input
        self.cacheWrite = cacheWrite ?? input
        self.output = output
    }
}

/// What a model answers: `n` texts and, as far as known, what they cost.
public struct ModelAnswer: Codable, Hashable, Sendable {
    public let answers: [String]
    public let usage: Usage
    public let model: String?
    public let requestId: String?
    public let costMicros: Int?

    public init(
        _ answers: [String],
        usage: Usage = Usage(),
        model: String? = nil,
        requestId: String? = nil,
        costMicros: Int? = nil
    ) {
        self.answers = answers
        self.usage = usage
        self.model = model
        self.requestId = requestId
        self.costMicros = costMicros
    }

    /// One text.
    public init(_ text: String) {
        self.init([text])
    }
}

/// A piece of a growing answer: what the answer of this index grew by.
public struct ModelText: Codable, Hashable, Sendable {
    public let index: Int
    public let text: String

    public init(_ text: String, index: Int = 0) {
        self.index = index
        self.text = text
    }
}

/// A model of your own. What a method throws is the `underlying` of the error that the caller sees; a `GhostwrenError`
/// keeps its kind.
public protocol Model: Sendable {
    /// Who serves it; goes into the log.
    var provider: String { get }
    /// Which model it is; goes into the log.
    var name: String { get }
    /// What it can do.
    var capabilities: Capabilities { get }
    /// What it costs.
    var price: Price? { get }

    /// Answers. A call that is cancelled cancels its task.
    func complete(_ request: ModelRequest) async throws -> ModelAnswer
}

extension Model {
    public var provider: String { "app" }
    public var capabilities: Capabilities { Capabilities() }
    public var price: Price? { nil }
}

/// A model whose drafts grow as they come.
public protocol StreamingModel: Model {
    /// Answers piece by piece; who stops reading cancels the sequence.
    func stream(_ request: ModelRequest) -> AsyncThrowingStream<ModelText, any Error>
}
