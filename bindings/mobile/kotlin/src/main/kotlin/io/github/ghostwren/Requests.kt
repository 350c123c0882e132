@file:UseSerializers(InstantSerializer::class)

package io.github.ghostwren

import io.github.ghostwren.internal.InstantSerializer
import java.time.Instant
import kotlinx.serialization.Serializable
import kotlinx.serialization.UseSerializers

/** What a tweet is. Open, because X makes new kinds. */
@JvmInline
@Serializable
public value class TweetKind(public val name: String) {
    public companion object {
        public val Original: TweetKind = TweetKind("original")
        public val Reply: TweetKind = TweetKind("reply")
        public val Quote: TweetKind = TweetKind("quote")
        public val Retweet: TweetKind = TweetKind("retweet")
        public val Note: TweetKind = TweetKind("note")
    }
}

/** The order of tweets. */
@JvmInline
@Serializable
public value class TweetOrder(public val name: String) {
    public companion object {
        public val NewestFirst: TweetOrder = TweetOrder("newest_first")
        public val OldestFirst: TweetOrder = TweetOrder("oldest_first")
    }
}

/** What is done when a limit of X is used up. */
@JvmInline
@Serializable
public value class OnLimit(public val name: String) {
    public companion object {
        /** Waits until X gives again. */
        public val Wait: OnLimit = OnLimit("wait")

        /** Fails with `RateLimited`. */
        public val Fail: OnLimit = OnLimit("fail")

        /** Ends as waiting; the same call goes on later. */
        public val Yield: OnLimit = OnLimit("yield")
    }
}

/** Where a draft stands. */
@JvmInline
@Serializable
public value class DraftState(public val name: String) {
    public companion object {
        public val Draft: DraftState = DraftState("draft")
        public val Approved: DraftState = DraftState("approved")
        public val Rejected: DraftState = DraftState("rejected")
        public val Published: DraftState = DraftState("published")
    }
}

/** The form of a draft. */
@JvmInline
@Serializable
public value class DraftFormat(public val name: String) {
    public companion object {
        public val Tweet: DraftFormat = DraftFormat("tweet")
        public val ThreadOpener: DraftFormat = DraftFormat("thread_opener")
        public val Reply: DraftFormat = DraftFormat("reply")
    }
}

/** What is done about hashtags. */
@JvmInline
@Serializable
public value class HashtagUse(public val name: String) {
    public companion object {
        public val AsAuthor: HashtagUse = HashtagUse("as_author")
        public val None: HashtagUse = HashtagUse("none")
        public val Free: HashtagUse = HashtagUse("free")
    }
}

/** Which tweets. [search] takes words, `"a phrase"` and `prefix*`; all of them must match. */
@Serializable
public data class TweetQuery(
    val search: String? = null,
    val kinds: List<TweetKind> = emptyList(),
    val lang: String? = null,
    val since: Instant? = null,
    val until: Instant? = null,
    val label: String? = null,
    val excluded: Boolean? = null,
    val withDeleted: Boolean = false,
    val order: TweetOrder = TweetOrder.NewestFirst,
)

/** How an import reads from X. Money is in millionths of a US dollar. */
@Serializable
public data class ImportOptions(
    val budgetMicros: Long? = null,
    val onLimit: OnLimit = OnLimit.Wait,
    val again: Boolean = false,
)

/** What is to be drafted. Numbers, links and handles come only from [topic], [facts], [tone] and [replyTo]. */
@Serializable
public data class DraftRequest(
    val topic: String = "",
    val count: Int = 3,
    val language: String? = null,
    val limit: Int = 280,
    val format: DraftFormat? = null,
    val tone: String? = null,
    val facts: List<String> = emptyList(),
    val banned: List<String> = emptyList(),
    val replyTo: String? = null,
    val hashtags: HashtagUse = HashtagUse.AsAuthor,
    val repair: Boolean = true,
    val seed: Long? = null,
    val temperature: Double? = null,
) {
    internal fun whole(): DraftRequest =
        copy(format = format ?: if (replyTo == null) DraftFormat.Tweet else DraftFormat.Reply)
}

/** A picture or film for the tweet at [position]: one that X has ([id]), or a file ([path]). */
@Serializable
public data class PublishMedia(
    val position: Int = 0,
    val id: String? = null,
    val path: String? = null,
    val mediaType: String? = null,
    val category: String? = null,
    val altText: String? = null,
)

/** What is to be published: approved drafts, several as a thread in this order, or one [split] into several tweets. */
@Serializable
public data class PublishRequest(
    val drafts: List<String>,
    val split: List<String>? = null,
    val madeWithAi: Boolean? = null,
    val paidPartnership: Boolean? = null,
    val replyTo: String? = null,
    val quote: String? = null,
    val replySettings: String? = null,
    val media: List<PublishMedia> = emptyList(),
    val textLimit: Int? = null,
    val selfServe: Boolean? = null,
)
