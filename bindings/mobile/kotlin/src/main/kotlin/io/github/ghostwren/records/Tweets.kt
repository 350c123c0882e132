@file:UseSerializers(InstantSerializer::class)

package io.github.ghostwren.records

import io.github.ghostwren.ffi.NativeTweets
import io.github.ghostwren.internal.InstantSerializer
import io.github.ghostwren.internal.arguments
import io.github.ghostwren.internal.carried
import io.github.ghostwren.internal.local
import io.github.ghostwren.internal.reading
import io.github.ghostwren.internal.translating
import java.time.Instant
import kotlinx.serialization.Serializable
import kotlinx.serialization.UseSerializers

/** Likes and so on; `null` where the source does not say. */
@Serializable
public data class TweetCounts(
    val likes: Long? = null,
    val retweets: Long? = null,
    val replies: Long? = null,
    val quotes: Long? = null,
    val bookmarks: Long? = null,
    val impressions: Long? = null,
)

/** A link in a tweet. */
@Serializable
public data class UrlEntity(val url: String, val expandedUrl: String, val displayUrl: String)

/** A person named in a tweet. */
@Serializable
public data class Mention(val username: String, val id: String? = null, val name: String? = null)

/** What stands in a tweet's text. */
@Serializable
public data class Entities(
    val urls: List<UrlEntity> = emptyList(),
    val mentions: List<Mention> = emptyList(),
    val hashtags: List<String> = emptyList(),
    val cashtags: List<String> = emptyList(),
)

/** A picture or film in a tweet. */
@Serializable
public data class Media(val id: String, val kind: String, val url: String? = null, val altText: String? = null)

/** One tweet of an account. `fullText` is what the author typed. */
@Serializable
public data class Tweet(
    val id: String,
    val fullText: String,
    val createdAt: Instant,
    val lang: String? = null,
    val kind: String,
    val isNote: Boolean = false,
    val isTruncated: Boolean = false,
    val threadId: String? = null,
    val threadPosition: Int? = null,
    val inReplyToId: String? = null,
    val inReplyToUserId: String? = null,
    val quotedId: String? = null,
    val retweetedId: String? = null,
    val conversationId: String? = null,
    val counts: TweetCounts = TweetCounts(),
    val entities: Entities = Entities(),
    val media: List<Media> = emptyList(),
    val source: String,
    val client: String? = null,
    val editHistory: List<String> = emptyList(),
    val deletedAt: Instant? = null,
    val excluded: Boolean = false,
    val labels: List<String> = emptyList(),
)

/** Tweets whose records stay in Rust: each is read when it is looked at, with its neighbours. */
public class TweetList internal constructor(internal val native: NativeTweets) : AbstractList<Tweet>() {
    override val size: Int = native.count().toInt()
    private val parts = arrayOfNulls<List<Tweet>>((size + PART - 1) / PART)

    override fun get(index: Int): Tweet {
        if (index !in 0..<size) throw IndexOutOfBoundsException("$index of $size tweets")
        val part = index / PART
        val tweets = parts[part] ?: read(part).also { parts[part] = it }
        return tweets[index % PART]
    }

    private fun read(part: Int): List<Tweet> {
        val json = translating { native.part((part * PART).toULong(), PART.toULong()) }
        return carried { reading.decodeFromString(json) }
    }

    // All of them would be read for it.
    override fun toString(): String = "TweetList(of $size)"

    private companion object {
        const val PART = 256
    }
}

/** A page of a longer list. [next] is the `after` of the next call; `null` at the end. */
@Serializable
public data class Page<T>(val items: List<T>, val next: String? = null) : Iterable<T> {
    override fun iterator(): Iterator<T> = items.iterator()

    override fun toString(): String = "Page(${items.size} items, next=$next)"
}

/** Compares ids of tweets or users as the numbers they are: -1, 0 or 1. */
public fun compareIds(a: String, b: String): Int = local("records.compare_ids", arguments("a" to a, "b" to b))

/** Whether the text is an id as Twitter gives them: 1 to 19 digits without a leading zero. */
public fun isValidId(text: String): Boolean = local("records.is_valid_id", arguments("text" to text))

/** When a tweet was made, out of its id; `null` for the ids before November 2010. */
public fun timeOfId(text: String): Instant? = local<String?>("records.time_of_id", arguments("text" to text))?.let(Instant::parse)
