@file:UseSerializers(InstantSerializer::class)

package io.github.ghostwren.records

import io.github.ghostwren.internal.InstantSerializer
import java.time.Instant
import kotlinx.serialization.Serializable
import kotlinx.serialization.UseSerializers
import kotlinx.serialization.json.JsonObject

/** One habit in numbers: how often, how often others do it, and how far apart that is (`z`). */
@Serializable
public data class Feature(
    val name: String,
    val label: String,
    val per: String,
    val group: String,
    val value: Double,
    val background: Double? = null,
    val z: Double,
)

/** A language that somebody writes in, and how much. */
@Serializable
public data class LanguageUse(
    val language: String,
    val share: Double,
    val wordsCompared: Boolean,
)

/** A word, sign or length, and how often it comes. */
@Serializable
public data class Habit(
    val text: String,
    val perTweet: Double,
)

/** A style in the numbers that people read. */
@Serializable
public data class Summary(
    val texts: Int,
    val characters: Double,
    val words: Double,
    val lengths: List<Habit> = emptyList(),
    val emoji: Double,
    val withEmoji: Double,
    val favouriteEmoji: List<Habit> = emptyList(),
    val hashtags: Double,
    val favouriteHashtags: List<Habit> = emptyList(),
    val mentions: Double,
    val links: Double,
    val exclamationMarks: Double,
    val questionMarks: Double,
    val lineBreaks: Double,
    val lowerCaseStart: Double,
    val wordsInCapitals: Double,
    val openers: List<Habit> = emptyList(),
    val firstWords: List<Habit> = emptyList(),
    val closers: List<Habit> = emptyList(),
    val favouriteWords: List<Habit> = emptyList(),
    val characteristicWords: List<Feature> = emptyList(),
    val characteristicHabits: List<Feature> = emptyList(),
    val languages: List<LanguageUse> = emptyList(),
    val notes: List<String> = emptyList(),
)

/** Whether there are enough tweets to speak of a style. */
@Serializable
public data class Sufficiency(
    val tweets: Int,
    val wanted: Int,
    val enough: Boolean,
    val message: String,
)

/** What was left out of a corpus, and why. */
@Serializable
public data class LeftOut(
    val excluded: Int,
    val deleted: Int,
    val retweets: Int,
    val truncated: Int,
    val automatic: Int,
    val repeated: Int,
    val wordless: Int,
    val oversized: Int,
    val older: Int,
)

/** What a model says of a style, checked against the numbers. */
@Serializable
public data class Claim(
    val feature: String,
    val direction: String,
    val strength: String,
    val words: String,
    val evidenceIds: List<String> = emptyList(),
)

/** What a model said against the numbers. */
@Serializable
public data class DroppedClaim(
    val feature: String,
    val code: String,
    val reason: String,
)

/** A model's words about a style. */
@Serializable
public data class Analysis(
    val claims: List<Claim> = emptyList(),
    val dropped: List<DroppedClaim> = emptyList(),
    val partial: Boolean,
    val model: String,
    val calls: Int,
)

/** A style profile as it is stored. */
@Serializable
public data class ProfileRecord(
    val id: String,
    val accountId: String,
    val version: Int,
    val corpusHash: String,
    val fingerprint: JsonObject,
    val analysis: Analysis? = null,
    val tweetIds: List<String> = emptyList(),
    val createdAt: Instant,
) {
    override fun toString(): String = "ProfileRecord(version $version of ${tweetIds.size} tweets)"
}

/** Where texts differ from how the author writes, in numbers and in a sentence. */
@Serializable
public data class Gap(
    val feature: String,
    val direction: String,
    val theirs: Double,
    val ours: Double,
    val words: String,
)
