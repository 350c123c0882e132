@file:UseSerializers(InstantSerializer::class, DurationSerializer::class)

package io.github.ghostwren.records

import io.github.ghostwren.internal.DurationSerializer
import io.github.ghostwren.internal.InstantSerializer
import java.time.Instant
import kotlin.time.Duration
import kotlinx.serialization.SerialName
import kotlinx.serialization.Serializable
import kotlinx.serialization.UseSerializers
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject

/** A person on Twitter, as far as the SDK knows them. */
@Serializable
public data class TwitterUser(
    val id: String,
    val username: String,
    val name: String? = null,
    val avatarUrl: String? = null,
    val createdAt: Instant? = null,
)

/** One Twitter account of one owner. `revision` grows with every write: an `ETag` that costs no query. */
@Serializable
public data class AccountRecord(
    val id: String,
    val owner: String,
    val label: String,
    val twitterUser: TwitterUser? = null,
    val tweetCount: Long,
    val revision: Long,
    val tweetsRevision: Long,
    val createdAt: Instant,
)

/** How many tweets of each kind, language and so on an account has; deleted ones only in `deleted`. */
@Serializable
public data class TweetTotals(
    val total: Int,
    val byKind: Map<String, Int> = emptyMap(),
    val byLang: Map<String, Int> = emptyMap(),
    val threads: Int,
    val inThreads: Int,
    val edited: Int,
    val deleted: Int,
    val excluded: Int,
    val oldest: Instant? = null,
    val newest: Instant? = null,
)

/** What became of the tweets of an import. */
@Serializable
public data class Counts(
    val inserted: Int,
    val updated: Int,
    val unchanged: Int,
    val malformed: Int,
) {
    /** All tweets that could be read. */
    public val read: Int get() = inserted + updated + unchanged
}

/**
 * How an import ended, honestly: `kind` is `complete`, `incomplete` (with `reasons`), `reached_limit`, `waiting`
 * (with `until`), `over_budget`, `needs_login`, `cancelled` or `failed` (with `code` and `detail`).
 */
@Serializable
public data class ImportEnd(
    @SerialName("end") val kind: String,
    val reasons: List<String>? = null,
    val until: Instant? = null,
    val code: String? = null,
    val detail: String? = null,
)

/** One import, running or ended. */
@Serializable
public data class ImportRun(
    val id: String,
    val accountId: String,
    val source: String,
    val sourceKey: String,
    val checkpoint: JsonElement? = null,
    val counts: Counts,
    val costMicros: Long,
    val watermark: String? = null,
    val end: ImportEnd? = null,
    val fence: Long,
    val leaseUntil: Instant? = null,
    val startedAt: Instant,
    val updatedAt: Instant,
)

/** What the X API gave of a timeline. */
@Serializable
public data class TimelineReport(
    val tweetsOfUser: Int? = null,
    val read: Int,
    val costMicros: Long,
    val sessionCostMicros: Long,
    val problems: List<String> = emptyList(),
    val problemCount: Int,
    val replaced: Int,
)

/** How much was erased. */
@Serializable
public data class Erased(
    val tweets: Int,
    val profiles: Int,
    val drafts: Int,
    val generations: Int,
    val sealed: Int,
    val imports: Int,
    val aiRuns: Int,
    val outbox: Int,
    val marked: Int,
)

/** What looking up what is stored found. */
@Serializable
public data class ReconcileReport(
    val own: Int,
    val context: Int,
    val gone: List<String> = emptyList(),
    val hidden: Int,
    val erased: Erased,
    val costMicros: Long,
    val sessionCostMicros: Long,
) {
    override fun toString(): String =
        "ReconcileReport(own=$own, context=$context, gone=${gone.size}, hidden=$hidden, erased=$erased, " +
            "costMicros=$costMicros, sessionCostMicros=$sessionCostMicros)"
}

/** What an import did. */
@Serializable
public data class ImportReport(
    val run: ImportRun,
    val counts: Counts,
    val end: ImportEnd,
    val archive: JsonObject? = null,
    val timeline: TimelineReport? = null,
    val reconcile: ReconcileReport? = null,
    val restarted: Boolean,
    val warnings: List<String> = emptyList(),
    val elapsed: Duration,
)

/** How far an import has come. */
@Serializable
public data class Progress(
    val counts: Counts,
    val total: Int? = null,
    val perSecond: Double,
    val remaining: Duration? = null,
    val costMicros: Long,
)

/** What importing a timeline would read and cost. */
@Serializable
public data class ImportPreview(
    val tweetsOfUser: Int? = null,
    val tweets: Int,
    val likely: Int,
    val beyond: Int,
    val maxMicros: Long,
    val likelyMicros: Long,
    val contextMicros: Long,
    val leftMicros: Long? = null,
)

/** What looking up what is stored would cost. */
@Serializable
public data class ReconcilePreview(
    val own: Int,
    val context: Int,
    val likelyMicros: Long,
    val maxMicros: Long,
    val leftMicros: Long? = null,
)
