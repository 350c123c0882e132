@file:UseSerializers(InstantSerializer::class)

package io.github.ghostwren.records

import io.github.ghostwren.internal.InstantSerializer
import java.time.Instant
import kotlinx.serialization.Serializable
import kotlinx.serialization.UseSerializers
import kotlinx.serialization.json.JsonObject

/** How well a candidate fits, each from 0 to 1. */
@Serializable
public data class Scores(
    val style: Double,
    val topic: Double,
    val diversity: Double,
    val copied: Double,
    val total: Double,
)

/** What the owner said about a draft. */
@Serializable
public data class Feedback(
    val note: String? = null,
    val originalText: String? = null,
)

/** A drafted tweet. */
@Serializable
public data class Draft(
    val id: String,
    val accountId: String,
    val generationId: String,
    val text: String,
    val weightedLength: Int,
    val scores: Scores,
    val state: String,
    val feedback: Feedback? = null,
    val createdAt: Instant,
    val updatedAt: Instant,
)

/** A candidate that was not taken, with the gate that it failed and the reason in one sentence. */
@Serializable
public data class Rejection(
    val text: String,
    val code: String,
    val reason: String,
)

/** One call of `generate`, as it is stored. */
@Serializable
public data class Generation(
    val id: String,
    val accountId: String,
    val profileId: String? = null,
    val request: JsonObject,
    val model: String,
    val exemplars: List<Map<String, String>> = emptyList(),
    val rejected: List<Rejection> = emptyList(),
    val createdAt: Instant,
)

/** Something the reader of drafts should know. */
@Serializable
public data class Note(
    val code: String,
    val text: String,
)

/**
 * What a generation came to. Fewer drafts than asked for, or none, is a valid end: `generation.rejected` and
 * `notes` say why.
 */
@Serializable
public data class GenerationReport(
    val generation: Generation,
    val drafts: List<Draft> = emptyList(),
    val notes: List<Note> = emptyList(),
    val costMicros: Long? = null,
) : Iterable<Draft> {
    override fun iterator(): Iterator<Draft> = drafts.iterator()
}

/** A candidate that was chosen. */
@Serializable
public data class Chosen(
    val index: Int,
    val text: String,
    val scores: Scores,
)

/** A candidate that was not chosen. */
@Serializable
public data class Rejected(
    val index: Int,
    val text: String,
    val code: String,
    val reason: String,
)

/** What became of each candidate: it is in exactly one of the two lists. */
@Serializable
public data class Selection(
    val chosen: List<Chosen> = emptyList(),
    val rejected: List<Rejected> = emptyList(),
    val batchDistance: Double? = null,
)

/** What a call may cost, before it is made. */
@Serializable
public data class CostPreview(
    val modelCalls: Int,
    val maxMicros: Long? = null,
    val leftMicros: Long? = null,
    val affordable: Boolean,
)

/** Something about a tweet that a person should know before it is sent. */
@Serializable
public data class Finding(
    val code: String,
    val refused: Boolean,
    val detail: String,
)

/** A tweet that is on Twitter. */
@Serializable
public data class PublishedTweet(
    val position: Int,
    val tweetId: String,
    val url: String,
)

/** What was published. */
@Serializable
public data class PublishReport(
    val outbox: String,
    val tweets: List<PublishedTweet> = emptyList(),
    val costMicros: Long,
    val warnings: List<Finding> = emptyList(),
)

/** One tweet of a preview. */
@Serializable
public data class PreviewedTweet(
    val text: String,
    val costMicros: Long,
    val findings: List<Finding> = emptyList(),
)

/** What publishing would cost and what would be refused. */
@Serializable
public data class PublishPreview(
    val tweets: List<PreviewedTweet> = emptyList(),
    val costMicros: Long,
    val leftMicros: Long? = null,
    val affordable: Boolean,
)

/** A tweet or a thread on its way to Twitter. */
@Serializable
public data class OutboxEntry(
    val id: String,
    val accountId: String,
    val draftId: String? = null,
    val contentHash: String,
    val payload: List<JsonObject> = emptyList(),
    val state: String,
    val postedIds: List<String> = emptyList(),
    val attempts: Int,
    val errorCode: String? = null,
    val fence: Long,
    val leaseUntil: Instant? = null,
    val sentAt: Instant? = null,
    val createdAt: Instant,
    val updatedAt: Instant,
)

/** How an account stands with Twitter: `state` is `notConnected`, `connected`, `unfinished` or `needsLogin`. */
@Serializable
public data class Connection(
    val state: String,
    val scopes: List<String>? = null,
    val expiresAt: Instant? = null,
    val refreshable: Boolean? = null,
    val inDoubt: Boolean? = null,
    val reason: String? = null,
    val since: Instant? = null,
)

/** A login that was begun: open `url` in the browser, and keep `binding` in memory. */
@Serializable
public data class PendingLogin(
    val url: String,
    val binding: String,
    val expiresAt: Instant,
) {
    // The binding is a secret of the browser.
    override fun toString(): String = "PendingLogin(expiresAt=$expiresAt)"
}
