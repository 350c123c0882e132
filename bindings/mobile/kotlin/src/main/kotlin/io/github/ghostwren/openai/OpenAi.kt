package io.github.ghostwren.openai

import io.github.ghostwren.http.Transport
import io.github.ghostwren.internal.Hosts
import io.github.ghostwren.internal.Session
import io.github.ghostwren.internal.TokenHost
import io.github.ghostwren.internal.TransportHost
import io.github.ghostwren.internal.arguments
import io.github.ghostwren.internal.local
import io.github.ghostwren.internal.reading
import io.github.ghostwren.internal.shownAddress
import io.github.ghostwren.internal.writing
import io.github.ghostwren.model.Message
import io.github.ghostwren.model.Model
import io.github.ghostwren.model.ModelAnswer
import io.github.ghostwren.model.ModelRequest
import io.github.ghostwren.model.Price
import io.github.ghostwren.records.ModelDelta
import io.github.ghostwren.records.ModelInfo
import io.github.ghostwren.records.ModelRecord
import io.github.ghostwren.records.Reply
import io.github.ghostwren.records.Usage
import io.github.ghostwren.store.TokenStore
import kotlin.time.Duration
import kotlinx.coroutines.flow.Flow
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.decodeFromJsonElement
import kotlinx.serialization.json.encodeToJsonElement
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/**
 * A client of OpenAI, or of any server that speaks its protocol; also a model for `Ghostwren`.
 *
 * There is no parameter for a key. The person's own key comes out of the [TokenStore] (`TokenStore.MODEL_KEY`, or
 * [keyName]); the app's key belongs into the app's backend, which is named as [baseUrl] and gets no key unless
 * [keyName] says which.
 */
public class OpenAi(
    public val baseUrl: String? = null,
    public val model: String? = null,
    tokens: TokenStore? = null,
    transport: Transport? = null,
    keyName: String? = null,
    api: String? = null,
    dialect: String? = null,
    price: Price? = null,
    maxN: Int? = null,
    contextTokens: Int? = null,
    organization: String? = null,
    project: String? = null,
    timeout: Duration? = null,
    idleTimeout: Duration? = null,
    deadline: Duration? = null,
    maxAttempts: Int? = null,
) : Model {
    internal val tokens: TokenStore? = tokens
    internal val transport: Transport? = transport
    internal val settings: JsonObject = arguments(
        "base_url" to baseUrl,
        "model" to model,
        "key_name" to keyName,
        "api" to api,
        "dialect" to dialect,
        "price" to price?.let { writing.encodeToJsonElement(it) },
        "max_n" to maxN,
        "context_tokens" to contextTokens,
        "organization" to organization,
        "project" to project,
        "timeout_seconds" to timeout,
        "idle_timeout_seconds" to idleTimeout,
        "deadline_seconds" to deadline,
        "max_attempts" to maxAttempts,
    )
    private val session by lazy {
        Session("openai", settings, Hosts(tokens = tokens?.let(::TokenHost), transport = transport?.let(::TransportHost)))
    }

    override val provider: String get() = "openai"
    override val name: String get() = model ?: "gpt-4o"

    /** Asks for whole answers. */
    public suspend fun chat(request: ChatRequest): Reply =
        session.call("openai.chat", writing.encodeToJsonElement(request).jsonObject)

    /** Asks for one whole answer. */
    public suspend fun chat(text: String): Reply = chat(ChatRequest(listOf(Message("user", text))))

    /** Asks for growing answers. What stops collecting stops the request; a stream that breaks off is `Truncated`. */
    public fun chatStream(request: ChatRequest): Flow<ModelDelta> =
        session.events("openai.chat", writing.encodeToJsonElement(request).jsonObject, ModelDelta::read)

    /** Answers what a model of the SDK is asked. */
    override suspend fun complete(request: ModelRequest): ModelAnswer {
        val answer = session.call<JsonObject>("openai.complete", writing.encodeToJsonElement(request).jsonObject)
        return ModelAnswer(
            answers = answer.getValue("answers").jsonArray.map { (it as JsonArray)[0].jsonPrimitive.content },
            usage = reading.decodeFromJsonElement<Usage>(answer.getValue("usage")),
            model = (answer["model"] as? JsonPrimitive)?.content,
        )
    }

    /** The models that the server has for this key. */
    public suspend fun models(): List<ModelRecord> = session.call("openai.models", arguments())

    /** One model of the server. */
    public suspend fun modelRecord(id: String): ModelRecord = session.call("openai.model_record", arguments("id" to id))

    /** Closes the connections. */
    public suspend fun close(): Unit = session.close()

    override fun toString(): String = "OpenAi(baseUrl=${baseUrl?.let(::shownAddress)}, model=$model)"
}

/** What is asked of a model. [format] is `{"json_schema": {"name": …, "schema": …}}` for JSON by a schema. */
@Serializable
public data class ChatRequest(
    val messages: List<Message>,
    val model: String? = null,
    val format: JsonElement = JsonPrimitive("text"),
    val n: Int = 1,
    val maxOutputTokens: Int? = null,
    val temperature: Double? = null,
    val topP: Double? = null,
    val frequencyPenalty: Double? = null,
    val presencePenalty: Double? = null,
    val stop: List<String> = emptyList(),
    val seed: Long? = null,
    val topLogprobs: Int? = null,
    val reasoningEffort: String? = null,
    val cacheKey: String? = null,
    val safetyIdentifier: String? = null,
)

/** What is known of a model; cautious figures for an unknown one. */
public fun modelInfo(name: String): ModelInfo = local("openai.model_info", arguments("name" to name))

/** A JSON schema in the strict form that the service takes: every object closed, every property required. */
public fun strictSchema(schema: JsonObject): JsonObject = local("openai.strict_schema", arguments("schema" to schema))
