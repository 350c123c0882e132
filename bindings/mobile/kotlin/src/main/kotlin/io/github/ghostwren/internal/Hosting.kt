package io.github.ghostwren.internal

import io.github.ghostwren.GhostwrenException
import io.github.ghostwren.ffi.HostException
import io.github.ghostwren.ffi.NativeHeader
import io.github.ghostwren.ffi.NativeHost
import io.github.ghostwren.ffi.NativeRequest
import io.github.ghostwren.ffi.NativeResponse
import io.github.ghostwren.ffi.NativeTokens
import io.github.ghostwren.ffi.NativeTransport
import io.github.ghostwren.http.HttpRequest
import io.github.ghostwren.http.Transport
import io.github.ghostwren.http.TransportException
import io.github.ghostwren.model.Model
import io.github.ghostwren.model.ModelAnswer
import io.github.ghostwren.model.ModelText
import io.github.ghostwren.model.StreamingModel
import io.github.ghostwren.store.Store
import io.github.ghostwren.store.TokenStore
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicLong
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.ReceiveChannel
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.produceIn
import kotlinx.coroutines.isActive
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.decodeFromJsonElement
import kotlinx.serialization.json.encodeToJsonElement
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

/**
 * Exceptions of the application's code on their way through Rust, by their numbers. Bounded: an exception that nobody asks
 * for (its call was tried again) is forgotten in the end.
 */
internal object Thrown {
    private const val KEPT = 256
    private val next = AtomicLong()
    private val kept = object : LinkedHashMap<Long, Throwable>() {
        override fun removeEldestEntry(eldest: Map.Entry<Long, Throwable>): Boolean = size > KEPT
    }

    fun keep(exception: Throwable): ULong {
        val number = next.incrementAndGet()
        synchronized(kept) { kept[number] = exception }
        return number.toULong()
    }

    fun take(number: ULong): Throwable? = synchronized(kept) { kept.remove(number.toLong()) }
}

/** Runs the application's code; what it throws goes through Rust and comes out as the cause. */
private suspend inline fun <T> hosting(fields: (Throwable) -> String?, call: () -> T): T = try {
    call()
} catch (thrown: Throwable) {
    // While this coroutine goes on, a cancelling is one inside the application's code, such as `withTimeout`'s: it failed.
    if (thrown is CancellationException) currentCoroutineContext().ensureActive()
    val text = thrown.message ?: thrown.javaClass.simpleName
    throw HostException.Thrown(Thrown.keep(thrown), text.wellFormed(), fields(thrown))
}

private fun ours(thrown: Throwable): String? = (thrown as? GhostwrenException)?.toJson()

/** The length without the first half of a character at the end. */
private val String.wholeLength: Int get() = if (lastOrNull()?.isHighSurrogate() == true) length - 1 else length

/** Flows that Rust reads piece by piece, by the numbers that it gave them. */
private class Open<T> {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private val channels = ConcurrentHashMap<Long, ReceiveChannel<T>>()

    /** Begins a flow, also one that is stopped at once: it may have something to close. */
    suspend fun add(number: Long, flow: Flow<T>) {
        channels[number] = flow.buffer(Channel.RENDEZVOUS).produceIn(scope)
        // Nobody waits for it any more, and it was closed before it was there.
        if (!currentCoroutineContext().isActive) close(number)
    }

    /** The next piece; nothing at the end. */
    suspend fun next(number: Long): T? {
        val received = (channels[number] ?: return null).receiveCatching()
        received.exceptionOrNull()?.let { throw it }
        return received.getOrNull()
    }

    fun close(number: Long) {
        channels.remove(number)?.cancel()
    }
}

/** Answers for a model. */
internal class ModelHost(private val model: Model) : NativeHost {
    private class Growing(val texts: MutableMap<Int, String> = sortedMapOf())

    private val open = Open<ModelText>()
    private val growing = ConcurrentHashMap<Long, Growing>()

    override suspend fun call(method: String, argument: String): String = hosting(::ours) {
        when (method) {
            "complete" -> writing.encodeToString(model.complete(reading.decodeFromString(argument))).wellFormed()
            "next" -> next(argument.toLong())
            else -> throw IllegalArgumentException("a model has no $method")
        }
    }

    override suspend fun begin(argument: String, number: ULong) = hosting(::ours) {
        open.add(number.toLong(), (model as StreamingModel).stream(reading.decodeFromString(argument)))
    }

    private suspend fun next(number: Long): String {
        val texts = growing.getOrPut(number, ::Growing).texts
        while (true) {
            val part = open.next(number)
                ?: return buildJsonObject {
                    put("done", writing.encodeToJsonElement(ModelAnswer(texts.values.ifEmpty { listOf("") }.toList())))
                }.text()
            val told = texts[part.index].orEmpty()
            val whole = told + part.text
            texts[part.index] = whole
            val more = whole.substring(told.wholeLength, whole.wholeLength)
            // Half of a character waits for the other half.
            if (more.isEmpty() && part.text.isNotEmpty()) continue
            return buildJsonObject { put("text", writing.encodeToJsonElement(ModelText(more, part.index))) }.text()
        }
    }

    override fun tell(method: String, argument: String) {
        if (method == "close") argument.toLongOrNull()?.let { growing.remove(it); open.close(it) }
    }

    /** What a model says of itself. */
    fun facts(): JsonObject = buildJsonObject {
        put("provider", JsonPrimitive(model.provider))
        put("name", JsonPrimitive(model.name))
        put("capabilities", JsonObject(writing.encodeToJsonElement(model.capabilities).jsonObject.filterValues(::isThere)))
        put("streams", JsonPrimitive(model is StreamingModel))
        model.price?.let { put("price", writing.encodeToJsonElement(it)) }
    }
}

private fun isThere(value: JsonElement): Boolean = value != kotlinx.serialization.json.JsonNull

/** Answers for a store. */
internal class StoreHost(private val store: Store) : NativeHost {
    override suspend fun call(method: String, argument: String): String = hosting(::ours) {
        val message = reading.parseToJsonElement(argument).jsonObject
        val owner = message.getValue("caller").jsonObject.getValue("owner").jsonPrimitive.content
        val result = store.call(message.getValue("method").jsonPrimitive.content, owner, message.getValue("args").jsonObject)
        buildJsonObject { put("ok", result) }.text()
    }

    override suspend fun begin(argument: String, number: ULong): Unit =
        hosting(::ours) { throw IllegalArgumentException("a store has no streams") }

    override fun tell(method: String, argument: String) = Unit
}

/** Answers for a safe place. */
internal class TokenHost(private val tokens: TokenStore) : NativeTokens {
    override suspend fun load(name: String): String? = hosting(::ours) { tokens.load(name)?.wellFormed() }

    override suspend fun save(name: String, secret: String) = hosting(::ours) { tokens.save(name, secret) }

    override suspend fun remove(name: String) = hosting(::ours) { tokens.remove(name) }
}

/** Answers for a transport. */
internal class TransportHost(private val transport: Transport) : NativeTransport {
    private val bodies = Open<ByteArray>()

    override suspend fun send(request: NativeRequest, body: ULong): NativeResponse = hosting(::place) {
        val headers = request.headers.map { it.name to it.value }
        val response = transport.send(HttpRequest(request.method, request.url, headers, request.body))
        bodies.add(body.toLong(), response.body)
        NativeResponse(
            // Not cut down to one that is good.
            response.status.coerceIn(0, UShort.MAX_VALUE.toInt()).toUShort(),
            response.headers.map { (name, value) -> NativeHeader(name.wellFormed(), value.wellFormed()) },
        )
    }

    override suspend fun read(body: ULong): ByteArray? = hosting(::place) { bodies.next(body.toLong()) }

    override fun release(body: ULong) = bodies.close(body.toLong())

    /** Where an attempt broke, as Rust wants it told. */
    private fun place(thrown: Throwable): String? = when {
        thrown is TransportException -> thrown.kind.name.lowercase()
        thrown is java.net.ConnectException || thrown is java.net.UnknownHostException -> "connect"
        thrown is javax.net.ssl.SSLHandshakeException -> "tls"
        else -> null
    }
}
