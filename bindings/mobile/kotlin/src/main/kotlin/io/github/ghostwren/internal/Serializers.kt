package io.github.ghostwren.internal

import java.time.Instant
import java.time.LocalDate
import kotlin.time.Duration
import kotlin.time.Duration.Companion.nanoseconds
import kotlin.time.Duration.Companion.seconds
import kotlinx.serialization.ExperimentalSerializationApi
import kotlinx.serialization.KSerializer
import kotlinx.serialization.Serializable
import kotlinx.serialization.descriptors.PrimitiveKind
import kotlinx.serialization.descriptors.PrimitiveSerialDescriptor
import kotlinx.serialization.descriptors.SerialDescriptor
import kotlinx.serialization.encoding.Decoder
import kotlinx.serialization.encoding.Encoder
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonNamingStrategy

/** Reads what the core wrote: what this version does not know is passed over. */
@OptIn(ExperimentalSerializationApi::class)
internal val reading = Json {
    ignoreUnknownKeys = true
    explicitNulls = false
    namingStrategy = JsonNamingStrategy.SnakeCase
}

/** Writes what the core reads: every field, in its own spelling. */
@OptIn(ExperimentalSerializationApi::class)
internal val writing = Json {
    encodeDefaults = true
    namingStrategy = JsonNamingStrategy.SnakeCase
}

/** A time as RFC 3339 text. */
internal object InstantSerializer : KSerializer<Instant> {
    override val descriptor: SerialDescriptor = PrimitiveSerialDescriptor("ghostwren.Instant", PrimitiveKind.STRING)
    override fun deserialize(decoder: Decoder): Instant = Instant.parse(decoder.decodeString())
    override fun serialize(encoder: Encoder, value: Instant) = encoder.encodeString(value.toString())
}

/** A day as `2026-11-28`. */
internal object LocalDateSerializer : KSerializer<LocalDate> {
    override val descriptor: SerialDescriptor = PrimitiveSerialDescriptor("ghostwren.LocalDate", PrimitiveKind.STRING)
    override fun deserialize(decoder: Decoder): LocalDate = LocalDate.parse(decoder.decodeString())
    override fun serialize(encoder: Encoder, value: LocalDate) = encoder.encodeString(value.toString())
}

/** A duration as seconds and nanoseconds. */
internal object DurationSerializer : KSerializer<Duration> {
    @Serializable
    private class Parts(val secs: Long, val nanos: Long)

    override val descriptor: SerialDescriptor = Parts.serializer().descriptor
    override fun deserialize(decoder: Decoder): Duration =
        Parts.serializer().deserialize(decoder).let { it.secs.seconds + it.nanos.nanoseconds }
    override fun serialize(encoder: Encoder, value: Duration) =
        value.toComponents { secs, nanos -> Parts.serializer().serialize(encoder, Parts(secs, nanos.toLong())) }
}
