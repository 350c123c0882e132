package io.github.ghostwren.store

import io.github.ghostwren.ErrorFields
import io.github.ghostwren.GhostwrenException
import io.github.ghostwren.internal.Hosts
import io.github.ghostwren.internal.Session
import io.github.ghostwren.internal.arguments
import io.github.ghostwren.internal.reading
import java.nio.file.Path
import kotlin.time.Duration
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.decodeFromJsonElement
import kotlinx.serialization.json.jsonObject

/**
 * A store of your own: one method that answers the messages of the core. Each is one atomic step with the name and the
 * arguments of a method of the Rust trait `Store` (https://docs.rs/ghostwren/latest/ghostwren/store/trait.Store.html). A
 * store that wraps another one passes on what it does not change.
 */
public interface Store {
    /** Answers one message with plain data; throws a [GhostwrenException] for what fails. */
    public suspend fun call(method: String, owner: String, arguments: JsonObject): JsonElement
}

/** A store in one SQLite file; in memory it is gone when it is closed. */
public class SqliteStore private constructor(internal val settings: JsonObject) : Store {
    private val session by lazy { Session("sqlite", settings, Hosts()) }

    /** The file; made when it is not there. */
    public constructor(path: Path, busyTimeout: Duration? = null) :
        this(arguments("sqlite" to mapOf("path" to path, "busy_timeout_seconds" to busyTimeout)))

    /** Answers one message of the core, for stores that wrap this one. */
    override suspend fun call(method: String, owner: String, arguments: JsonObject): JsonElement {
        val request = arguments("method" to method, "caller" to mapOf("owner" to owner), "args" to arguments)
        val reply = session.call<JsonElement>("store.call", arguments("request" to request.toString())).jsonObject
        reply["error"]?.let { throw GhostwrenException.of(reading.decodeFromJsonElement<ErrorFields>(it)) }
        return reply.getValue("ok")
    }

    /** Closes the file, if it was opened by [call]. */
    public suspend fun close(): Unit = session.close()

    override fun toString(): String = "SqliteStore(${(settings["sqlite"] as? JsonObject)?.get("path") ?: "in memory"})"

    public companion object {
        /** A store in memory. */
        public fun inMemory(): SqliteStore = SqliteStore(arguments("memory" to emptyMap<String, Any>()))
    }
}
