package io.github.ghostwren.records

import io.github.ghostwren.internal.DurationSerializer
import io.github.ghostwren.internal.reading
import java.time.Instant
import kotlin.time.Duration
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.decodeFromJsonElement
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive

private val JsonElement.name: String get() = jsonObject.getValue("event").jsonPrimitive.content
private val JsonElement.data: JsonElement get() = jsonObject["data"] ?: JsonNull

private inline fun <reified T> JsonElement.record(): T = reading.decodeFromJsonElement(this)

private fun JsonElement.text(name: String): String = jsonObject.getValue(name).jsonPrimitive.content

private fun JsonElement.number(name: String): Int = jsonObject.getValue(name).jsonPrimitive.int

/** What happens in an import. */
public sealed interface ImportEvent {
    /** Another worker has this import, or ended without a word; it can be taken over at the latest after [remaining]. */
    public data class Waiting(val remaining: Duration) : ImportEvent

    /** X's limit is used up: the import goes on by itself at [until]. */
    public data class WaitingForLimit(val until: Instant) : ImportEvent

    /** The work begins, or goes on where an earlier session stopped ([resumed]). */
    public data class Started(val run: ImportRun, val resumed: Boolean) : ImportEvent

    /** A page was stored with its checkpoint. */
    public data class Progressed(val progress: Progress) : ImportEvent

    /** Something a person should know, in a sentence; the import goes on. */
    public data class Warning(val text: String) : ImportEvent

    /** The end of an import; always the last event. */
    public data class Finished(val report: ImportReport) : ImportEvent

    /** An event newer than this package. */
    public data class Unknown(val event: String, val data: JsonElement) : ImportEvent

    public companion object {
        internal fun read(event: JsonElement): ImportEvent = event.data.let { data ->
            when (event.name) {
                "waiting" -> Waiting(reading.decodeFromJsonElement(DurationSerializer, data.jsonObject.getValue("remaining")))
                "waiting_for_limit" -> WaitingForLimit(Instant.parse(data.text("until")))
                "started" -> data.record<StartedData>().let { Started(it.run, it.resumed) }
                "progress" -> Progressed(data.record())
                "warning" -> Warning(data.jsonPrimitive.content)
                "finished" -> Finished(data.record())
                else -> Unknown(event.name, data)
            }
        }
    }
}

@Serializable
private class StartedData(val run: ImportRun, val resumed: Boolean)

/** A step of a generation. */
public sealed interface DraftEvent {
    /** The request is on its way. */
    public data class Started(val data: JsonElement) : DraftEvent

    /** A candidate, counted from 0, grew by [text]. */
    public data class Growing(val candidate: Int, val text: String) : DraftEvent

    /** A candidate passed the gates; [text] is all of it. */
    public data class Candidate(val candidate: Int, val text: String) : DraftEvent

    /** A candidate failed a gate. */
    public data class Rejected(val candidate: Int, val text: String, val code: String, val reason: String) : DraftEvent

    /** What failed for a measurable reason is asked for once more. */
    public data class Repairing(val data: JsonElement) : DraftEvent

    /** The end; always the last event. */
    public data class Finished(val report: GenerationReport) : DraftEvent

    /** A step newer than this package. */
    public data class Unknown(val event: String, val data: JsonElement) : DraftEvent

    public companion object {
        internal fun read(event: JsonElement): DraftEvent = event.data.let { data ->
            when (event.name) {
                "started" -> Started(data)
                "growing" -> Growing(data.number("candidate"), data.text("text"))
                "candidate" -> Candidate(data.number("candidate"), data.text("text"))
                "rejected" -> Rejected(data.number("candidate"), data.text("text"), data.text("code"), data.text("reason"))
                "repairing" -> Repairing(data)
                "finished" -> Finished(data.record())
                else -> Unknown(event.name, data)
            }
        }
    }
}

/** A step of a growing answer. */
public sealed interface ModelDelta {
    /** The answer of this index grew by [text]. */
    public data class Text(val index: Int, val text: String) : ModelDelta

    /** The answer of this index ended. */
    public data class Finished(val index: Int, val reason: JsonElement) : ModelDelta

    /** All answers are whole; always the last. */
    public data class Completed(val response: JsonObject) : ModelDelta

    /** A step newer than this package. */
    public data class Unknown(val event: String, val data: JsonElement) : ModelDelta

    public companion object {
        internal fun read(event: JsonElement): ModelDelta = event.data.let { data ->
            when (event.name) {
                "text" -> Text(data.number("index"), data.text("text"))
                "finished" -> Finished(data.number("index"), data.jsonObject.getValue("reason"))
                "completed" -> Completed(data.jsonObject)
                else -> Unknown(event.name, data)
            }
        }
    }
}

/** A step of a login in the browser of this device. */
public sealed interface LoginEvent {
    /** The address to open. */
    public data class Opened(val url: String) : LoginEvent

    /** The account that was connected, for `User.account`. */
    public data class Connected(val account: String) : LoginEvent

    public companion object {
        internal fun read(event: JsonElement): LoginEvent = when (event.name) {
            "opened" -> Opened(event.data.jsonPrimitive.content)
            else -> Connected(event.data.jsonPrimitive.content)
        }
    }
}
