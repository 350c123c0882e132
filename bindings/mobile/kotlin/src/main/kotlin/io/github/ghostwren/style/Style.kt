/** How a person writes: counted locally, without a model and without a network. */
package io.github.ghostwren.style

import io.github.ghostwren.ErrorFields
import io.github.ghostwren.GhostwrenException
import io.github.ghostwren.ffi.NativeFingerprint
import io.github.ghostwren.ffi.NativeReply
import io.github.ghostwren.ffi.NativeStyleProfile
import io.github.ghostwren.ffi.gap as nativeGap
import io.github.ghostwren.internal.carried
import io.github.ghostwren.internal.reading
import io.github.ghostwren.internal.translating
import io.github.ghostwren.internal.wellFormed
import io.github.ghostwren.records.Analysis
import io.github.ghostwren.records.Feature
import io.github.ghostwren.records.Gap
import io.github.ghostwren.records.LanguageUse
import io.github.ghostwren.records.LeftOut
import io.github.ghostwren.records.ProfileRecord
import io.github.ghostwren.records.Sufficiency
import io.github.ghostwren.records.Summary
import io.github.ghostwren.records.TweetList
import kotlinx.serialization.Serializable

private inline fun <reified T> read(json: () -> String): T = translating(json).let { carried { reading.decodeFromString(it) } }

/** The numbers of a style: function words, punctuation, casing, length, emoji, openers and closers, per language. */
public class Fingerprint internal constructor(private val native: NativeFingerprint) {
    /** How many texts were counted. */
    public val texts: Int get() = native.texts().coerceAtMost(Int.MAX_VALUE.toULong()).toInt()

    /** The numbers in their stored form, which has a version. */
    public fun toJson(): String = translating { native.json() }

    /** How far apart two styles are; 0 for the same. */
    public fun distance(other: Fingerprint): Double = translating { native.distance(other.native) }

    /** Every habit with its numbers, the most telling first. */
    public fun features(): List<Feature> = read { native.features() }

    /** The languages, the most used first. */
    public fun languages(): List<LanguageUse> = read { native.languages() }

    /** What a reader of the numbers should know, in sentences. */
    public fun notes(): List<String> = translating { native.notes() }

    /** The numbers that people read. */
    public fun summary(): Summary = read { native.summary() }

    /** Whether it is the same in every number. */
    override fun equals(other: Any?): Boolean = other is Fingerprint && native.same(other.native)

    override fun hashCode(): Int = texts

    override fun toString(): String = "Fingerprint(of $texts texts)"

    public companion object {
        /** Counts texts that weigh the same. */
        public fun of(texts: List<String>): Fingerprint = Fingerprint(translating { NativeFingerprint.of(texts.map(String::wellFormed)) })

        /** Reads what [toJson] gave; `InvalidInput` for anything else. */
        public fun fromJson(json: String): Fingerprint = Fingerprint(translating { NativeFingerprint.fromJson(json.wellFormed()) })
    }
}

/** How somebody writes, with the texts that it was learned from. */
public class StyleProfile internal constructor(internal val native: NativeStyleProfile) {
    /** The numbers. */
    public val fingerprint: Fingerprint get() = Fingerprint(native.fingerprint())

    /** The author's texts. */
    public val texts: List<String> get() = native.texts()

    /** The ids of the tweets that the texts come from, in the same order; empty for a profile made from texts. */
    public val tweetIds: List<String> get() = native.tweetIds()

    /** The same tweets in any order give the same hash. */
    public val corpusHash: String get() = native.corpusHash()

    /** What was left out, and why. */
    public val leftOut: LeftOut get() = read { native.leftOut() }

    /** Whether there are enough tweets to speak of a style. */
    public val sufficiency: Sufficiency get() = read { native.sufficiency() }

    /** A model's words about the numbers, if it was asked. */
    public val analysis: Analysis? get() = read { native.analysis() }

    /** The numbers that people read. */
    public fun summary(): Summary = fingerprint.summary()

    /** All of it, the author's texts included: to keep it, or to hand it to another program. */
    public fun toJson(): String = translating { native.json() }

    override fun toString(): String = "StyleProfile(of ${fingerprint.texts} texts)"

    public companion object {
        /** A profile of texts that are all the author's own and weigh the same. */
        public fun fromTexts(texts: List<String>): StyleProfile =
            StyleProfile(translating { NativeStyleProfile.fromTexts(texts.map(String::wellFormed)) })

        /** A profile of an account's tweets: own words only, weighted by how recent they are. */
        public fun fromTweets(tweets: TweetList): StyleProfile =
            StyleProfile(translating { NativeStyleProfile.fromTweets(tweets.native) })

        /** Reads what [toJson] gave; `InvalidInput` for anything else. */
        public fun fromJson(json: String): StyleProfile =
            StyleProfile(translating { NativeStyleProfile.fromJson(json.wellFormed()) })
    }
}

/**
 * What `analyzeStyle` found: the profile to work with, the stored row, whether it was there already ([cached]), and why
 * the model's words are missing although it was asked ([analysisFailed]).
 */
public class StyleReport internal constructor(
    public val profile: StyleProfile,
    public val record: ProfileRecord,
    public val cached: Boolean,
    public val analysisFailed: GhostwrenException?,
) {
    /** The model's words. */
    public val analysis: Analysis? get() = profile.analysis

    override fun toString(): String = "StyleReport(version ${record.version} of ${record.tweetIds.size} tweets)"

    @Serializable
    private class Said(val record: ProfileRecord, val cached: Boolean, val analysisFailed: ErrorFields? = null)

    internal companion object {
        fun read(reply: NativeReply): StyleReport {
            reply as NativeReply.Learned
            val said = carried { reading.decodeFromString<Said>(reply.json) }
            val failed = said.analysisFailed?.let { GhostwrenException.of(it) }
            return StyleReport(StyleProfile(reply.profile), said.record, said.cached, failed)
        }
    }
}

/** Where texts differ from a profile enough to be worth a repair, the largest difference first. */
public fun gap(profile: StyleProfile, texts: List<String>): List<Gap> =
    read { nativeGap(profile.native, texts.map(String::wellFormed)) }
