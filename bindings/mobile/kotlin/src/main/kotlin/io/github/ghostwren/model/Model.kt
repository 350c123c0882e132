package io.github.ghostwren.model

import io.github.ghostwren.records.Usage
import kotlinx.coroutines.flow.Flow
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject

/** One message of a conversation. [role] is `system`, `user` or `assistant`. */
@Serializable
public data class Message(val role: String, val content: String)

/** What a model is asked. */
@Serializable
public data class ModelRequest(
    val purpose: String,
    val messages: List<Message>,
    val format: JsonElement? = null,
    val n: Int = 1,
    val maxOutputTokens: Int? = null,
    val temperature: Double? = null,
    val seed: Long? = null,
    val reasoningEffort: String? = null,
    val cacheKey: String? = null,
) {
    /** The JSON schema that the answer must keep to, if there is one. */
    public val schema: JsonObject?
        get() = ((format as? JsonObject)?.get("json_schema") as? JsonObject)?.get("schema") as? JsonObject
}

/** What a model can do; careful figures for what is not told. */
@Serializable
public data class Capabilities(
    val contextTokens: Int? = null,
    val maxOutputTokens: Int? = null,
    val jsonSchema: Boolean? = null,
    val maxN: Int? = null,
    val temperature: Boolean? = null,
)

/** Millionths of a US dollar per million tokens. A budget needs it. */
@Serializable
public data class Price(
    val input: Long,
    val cached: Long = input,
    val cacheWrite: Long = input,
    val output: Long,
)

/** What a model answers: [ModelRequest.n] texts and, as far as known, what they cost. */
@Serializable
public data class ModelAnswer(
    val answers: List<String>,
    val usage: Usage = Usage(),
    val model: String? = null,
    val requestId: String? = null,
    val costMicros: Long? = null,
) {
    /** One text. */
    public constructor(text: String) : this(listOf(text))
}

/** A piece of a growing answer: what the answer of this index grew by. */
@Serializable
public data class ModelText(val text: String, val index: Int = 0)

/**
 * A model of your own. A call that is cancelled cancels its coroutine. What a method throws is the cause of the exception
 * that the caller sees; a `GhostwrenException` keeps its kind.
 */
public interface Model {
    /** Who serves it; goes into the log. */
    public val provider: String get() = "app"

    /** Which model it is; goes into the log. */
    public val name: String

    /** What it can do. */
    public val capabilities: Capabilities get() = Capabilities()

    /** What it costs. */
    public val price: Price? get() = null

    /** Answers. */
    public suspend fun complete(request: ModelRequest): ModelAnswer
}

/** A model whose drafts grow as they come. */
public interface StreamingModel : Model {
    /** Answers piece by piece; who stops reading cancels the collection. */
    public fun stream(request: ModelRequest): Flow<ModelText>
}
