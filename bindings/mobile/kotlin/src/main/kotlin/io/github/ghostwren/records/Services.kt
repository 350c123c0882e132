@file:UseSerializers(InstantSerializer::class, LocalDateSerializer::class, DurationSerializer::class)

package io.github.ghostwren.records

import io.github.ghostwren.internal.DurationSerializer
import io.github.ghostwren.internal.InstantSerializer
import io.github.ghostwren.internal.LocalDateSerializer
import io.github.ghostwren.model.Price
import java.time.Instant
import java.time.LocalDate
import kotlin.time.Duration
import kotlinx.serialization.Serializable
import kotlinx.serialization.UseSerializers
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject

/** One model call: hashes and ids, never a prompt and never an answer. */
@Serializable
public data class AiRun(
    val id: String,
    val accountId: String,
    val purpose: String,
    val provider: String,
    val model: String,
    val requestId: String? = null,
    val requestHash: String,
    val inputTokens: Long,
    val cachedTokens: Long,
    val outputTokens: Long,
    val reasoningTokens: Long,
    val costMicros: Long? = null,
    val latencyMs: Long,
    val attempts: Int,
    val outcome: Map<String, String> = emptyMap(),
    val createdAt: Instant,
)

/** What an account spent on one UTC day. */
@Serializable
public data class SpendRecord(
    val day: LocalDate,
    val kind: String,
    val spentMicros: Long,
    val reservedMicros: Long,
)

/** Who did what and when. */
@Serializable
public data class AuditEvent(
    val at: Instant,
    val subject: String,
    val action: String,
    val facts: JsonObject,
)

/** What X makes of a text. Ranges are half open, in UTF-16 units; see `validText` for what fits. */
@Serializable
public data class ParsedTweet(
    val weightedLength: Int,
    val valid: Boolean,
    val permillage: Int,
    val validRange: TextRange,
    val validBytes: Int,
    val displayRange: TextRange,
    val urlCount: Int,
    val cashtagCount: Int,
    val hasUrl: Boolean,
)

/** A range of a text, half open. */
@Serializable
public data class TextRange(val start: Int, val end: Int)

/** A link, person, hashtag or cashtag in a text: `text.substring(start, end)`. */
@Serializable
public data class Entity(
    val kind: String,
    val value: String,
    val list: String? = null,
    /** Where it stands, in characters (code points). */
    val chars: TextRange,
    /** Where it stands, in UTF-16 units, as Kotlin counts. */
    val utf16: TextRange,
) {
    /** Where it begins, for `substring`. */
    public val start: Int get() = utf16.start

    /** Where it ends, for `substring`. */
    public val end: Int get() = utf16.end
}

/** One part of a search: all its tokens, in this order. */
@Serializable
public data class SearchClause(
    val tokens: List<String> = emptyList(),
    val prefix: Boolean,
)

/** The tokens of a call. */
@Serializable
public data class Usage(
    val inputTokens: Long = 0,
    val cachedTokens: Long = 0,
    val cacheWriteTokens: Long = 0,
    val outputTokens: Long = 0,
    val reasoningTokens: Long = 0,
)

/** One answer of a model. */
@Serializable
public data class Answer(
    val index: Int,
    val text: String,
    val refusal: String? = null,
    val finish: JsonElement? = null,
    val logprobs: JsonElement? = null,
)

/** Whole answers, with all that the service said about them. */
@Serializable
public data class Reply(
    val id: String? = null,
    val model: String? = null,
    val answers: List<Answer> = emptyList(),
    val usage: Usage,
    val costMicros: Long? = null,
    val systemFingerprint: String? = null,
    val requestId: String? = null,
    val limits: JsonObject? = null,
    val attempts: Int,
    val unanswered: Int,
    val latency: Duration,
) {
    /** The text of the first answer. */
    public val text: String get() = answers.firstOrNull()?.text ?: ""
}

/** A model that a server has. */
@Serializable
public data class ModelRecord(
    val id: String,
    val ownedBy: String? = null,
    val created: Long? = null,
    val shutdownDate: LocalDate? = null,
)

/** What is known of one model. */
@Serializable
public data class ModelInfo(
    val id: String,
    val contextTokens: Long,
    val maxOutputTokens: Long,
    val price: Price? = null,
    val jsonSchema: Boolean,
    val chat: Boolean,
    val reasoning: JsonElement? = null,
    val maxN: Int,
    val shutdown: LocalDate? = null,
    val successor: String? = null,
    val known: Boolean,
)

/** A person on Twitter, with what an import and a lint want to know. */
@Serializable
public data class UserInfo(
    val user: TwitterUser,
    val description: String? = null,
    val protected: Boolean,
    val verifiedType: String? = null,
    val subscription: String? = null,
    val followers: Long? = null,
    val following: Long? = null,
    val tweets: Int? = null,
)

/** Users, and what X could not give. */
@Serializable
public data class UserList(
    val users: List<UserInfo> = emptyList(),
    val problems: List<JsonObject> = emptyList(),
)

/** Tweets as one answer of X brought them, newest first. An empty page is no end: see `next`. */
@Serializable
public data class TweetPage(
    val tweets: List<Tweet> = emptyList(),
    val context: List<JsonObject> = emptyList(),
    val authors: JsonObject,
    val problems: List<JsonObject> = emptyList(),
    val next: JsonElement? = null,
    val oldestId: String? = null,
    val newestId: String? = null,
    val resultCount: Int? = null,
    val postsRead: Int,
    val usersRead: Int,
    val read: ReadIds,
    val limits: JsonObject,
    val answeredAt: Instant? = null,
) {
    override fun toString(): String = "TweetPage(${tweets.size} tweets)"
}

/** Which tweets and users an answer held: those asked for, and those that came along. */
@Serializable
public data class ReadIds(val tweets: List<String>, val along: List<String>, val users: List<String>)

/** A tweet that was written. */
@Serializable
public data class Written(
    val id: String,
    val text: String,
    val editHistory: List<String> = emptyList(),
    val problems: List<JsonObject> = emptyList(),
)

/** A picture or film that X has. */
@Serializable
public data class UploadedMedia(
    val id: String,
    val expiresAfter: Duration? = null,
)
