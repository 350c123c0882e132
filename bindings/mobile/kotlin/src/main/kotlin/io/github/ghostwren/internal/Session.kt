package io.github.ghostwren.internal

import io.github.ghostwren.ErrorFields
import io.github.ghostwren.GhostwrenException
import io.github.ghostwren.ffi.InternalException
import io.github.ghostwren.ffi.NativeException
import io.github.ghostwren.ffi.NativeHost
import io.github.ghostwren.ffi.NativeReply
import io.github.ghostwren.ffi.NativeSession
import io.github.ghostwren.ffi.NativeStream
import io.github.ghostwren.ffi.NativeTokens
import io.github.ghostwren.ffi.NativeTransport
import io.github.ghostwren.ffi.local as nativeLocal
import java.nio.file.Path
import java.time.Instant
import kotlin.time.Duration
import kotlin.time.DurationUnit
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonArray

/** Arguments of a call as the core reads them. */
internal fun arguments(vararg named: Pair<String, Any?>): JsonObject =
    JsonObject(named.associate { (name, value) -> name to element(value, name) })

/** [name] is told where the value is none of JSON's. */
internal fun element(value: Any?, name: String = ""): JsonElement = when (value) {
    null -> JsonNull
    is JsonElement -> value
    is String -> JsonPrimitive(value)
    is Number -> JsonPrimitive(value)
    is Boolean -> JsonPrimitive(value)
    is Instant -> JsonPrimitive(value.toString())
    is Path -> JsonPrimitive(value.toString())
    is Duration -> JsonPrimitive(seconds(name.removeSuffix("_seconds"), value))
    is Iterable<*> -> JsonArray(value.map { element(it, name) })
    is Map<*, *> -> JsonObject(value.entries.associate { (key, item) -> key.toString() to element(item, key.toString()) })
    else -> throw IllegalArgumentException("${value::class} is no argument")
}

/** JSON has no infinite numbers. */
private fun seconds(name: String, value: Duration): Double {
    if (value.isFinite()) return value.toDouble(DurationUnit.SECONDS)
    throw GhostwrenException.of(
        ErrorFields(
            kind = "invalid_input",
            code = "argument.type",
            detail = "the argument `${name.replace(Regex("_(\\w)")) { it.groupValues[1].uppercase() }}` is no number of seconds",
            remedy = "Give a number of seconds from 0 on, or nothing for the default.",
        ),
    )
}

internal operator fun JsonObject.plus(more: JsonObject): JsonObject = JsonObject((this as Map<String, JsonElement>) + more)

/** A text without halves of characters, which is no text to Rust: each becomes U+FFFD. */
internal fun String.wellFormed(): String {
    var mended: StringBuilder? = null
    var at = 0
    while (at < length) {
        val whole = this[at].isHighSurrogate() && at + 1 < length && this[at + 1].isLowSurrogate()
        if (this[at].isSurrogate() && !whole) {
            if (mended == null) mended = StringBuilder(this)
            mended.setCharAt(at, '\uFFFD')
        }
        at += if (whole) 2 else 1
    }
    return mended?.toString() ?: this
}

/** An address as it may be shown: a password or a key in it stays hidden. */
internal fun shownAddress(address: String): String {
    val shown = address.substringBefore('#').substringBefore('?')
    if ("//" !in shown) return shown
    val (scheme, rest) = shown.split("//", limit = 2)
    val host = rest.substringBefore('/')
    return "$scheme//${host.substringAfterLast('@')}${rest.removePrefix(host)}"
}

/** As the native half takes it. */
internal fun JsonElement.text(): String = toString().wellFormed()

/** Runs a call of the native half; its errors become exceptions of this package. */
internal inline fun <T> translating(call: () -> T): T = try {
    call()
} catch (error: NativeException.Failed) {
    throw GhostwrenException.of(error.`fields`, error.`thrown`)
} catch (error: InternalException) {
    throw GhostwrenException.broken(error)
}

/** Reads what the core wrote; what cannot be read is an exception of this package. Serialization's own repeats the JSON around it. */
internal inline fun <T> carried(read: () -> T): T = try {
    read()
} catch (error: GhostwrenException) {
    throw error
} catch (error: RuntimeException) {
    throw GhostwrenException.uncarried(error)
}

/** A call that needs no setup. */
internal inline fun <reified T> local(name: String, arguments: JsonObject): T {
    val json = translating { nativeLocal(name, arguments.text()) }
    return carried { reading.decodeFromString(json) }
}

/** What the host brings itself. */
internal class Hosts(
    val model: NativeHost? = null,
    val store: NativeHost? = null,
    val tokens: NativeTokens? = null,
    val transport: NativeTransport? = null,
)

/** Something with a setup that calls are made on. */
internal class Session(kind: String, settings: JsonObject, hosts: Hosts) {
    private val native = translating {
        NativeSession(kind, settings.text(), hosts.model, hosts.store, hosts.tokens, hosts.transport)
    }

    suspend fun open() {
        currentCoroutineContext().ensureActive()
        translating { native.open(null) }
    }

    suspend fun close() = native.shutdown()

    val isClosed: Boolean get() = native.isClosed()

    /** A call whose answer may stay in Rust. Cancelling the coroutine stops the work there. */
    suspend fun reply(name: String, arguments: JsonObject): NativeReply {
        // The generated code begins a call before it looks whether somebody still wants it.
        currentCoroutineContext().ensureActive()
        return translating { native.call(name, arguments.text(), null) }
    }

    /** A call whose answer is JSON. */
    suspend fun json(name: String, arguments: JsonObject): String = when (val reply = reply(name, arguments)) {
        is NativeReply.Value -> reply.json
        else -> throw GhostwrenException.broken(IllegalStateException("$name gave no JSON"))
    }

    /** A call whose answer is plain data. */
    suspend inline fun <reified T> call(name: String, arguments: JsonObject): T {
        val json = json(name, arguments)
        return carried { reading.decodeFromString(json) }
    }

    /** Events that come in batches; what stops collecting stops the work. */
    fun <T> events(name: String, arguments: JsonObject, read: (JsonElement) -> T): Flow<T> = flow {
        val stream: NativeStream = translating { native.stream(name, arguments.text()) }
        try {
            while (true) {
                currentCoroutineContext().ensureActive()
                val batch = translating { stream.nextBatch(null) } ?: break
                for (event in carried { reading.parseToJsonElement(batch).jsonArray }) emit(carried { read(event) })
            }
        } finally {
            stream.stop()
            stream.close()
        }
    }
}
