package io.github.ghostwren.twitter

import io.github.ghostwren.http.Transport
import io.github.ghostwren.internal.Hosts
import io.github.ghostwren.internal.Session
import io.github.ghostwren.internal.TransportHost
import io.github.ghostwren.internal.arguments
import io.github.ghostwren.internal.local
import io.github.ghostwren.internal.reading
import io.github.ghostwren.OnLimit
import io.github.ghostwren.ffi.NativeReply
import io.github.ghostwren.records.Finding
import io.github.ghostwren.records.TweetList
import io.github.ghostwren.records.TweetPage
import io.github.ghostwren.records.UploadedMedia
import io.github.ghostwren.records.UserInfo
import io.github.ghostwren.records.UserList
import io.github.ghostwren.records.Written
import java.nio.file.Path
import java.time.Instant
import kotlin.time.Duration
import kotlinx.coroutines.flow.Flow
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.decodeFromJsonElement
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import kotlinx.serialization.json.longOrNull

/**
 * Your app at X: of type Native, a public client. There is no parameter for a secret: a confidential client belongs into a
 * backend.
 */
public class TwitterApp(
    public val clientId: String,
    redirectUri: String? = null,
    apiBase: String? = null,
    authorizeBase: String? = null,
    ownedReads: Boolean? = null,
    prices: Map<String, Long>? = null,
    dialect: String? = null,
) {
    internal val settings: JsonObject = arguments(
        "client_id" to clientId,
        "redirect_uri" to redirectUri,
        "api_base" to apiBase,
        "authorize_base" to authorizeBase,
        "owned_reads" to ownedReads,
        "prices" to prices,
        "dialect" to dialect,
    )

    override fun toString(): String = "TwitterApp($clientId)"
}

/** Which part of a timeline, of mentions or of a search. */
public data class TimelineRange(
    val sinceId: String? = null,
    val untilId: String? = null,
    val since: Instant? = null,
    val until: Instant? = null,
    val fromToken: String? = null,
    val pageSize: Int? = null,
)

/** A client of the X API with a person's own access token, which the app keeps. An app's bearer token is refused. */
public class Twitter(
    accessToken: String,
    private val userId: String? = null,
    app: TwitterApp? = null,
    transport: Transport? = null,
    onLimit: OnLimit? = null,
    withContext: Boolean? = null,
    timeout: Duration? = null,
    deadline: Duration? = null,
    maxAttempts: Int? = null,
) {
    private val session = Session(
        "twitter",
        arguments(
            "token" to accessToken,
            "user_id" to userId,
            "app" to (app?.settings ?: emptyMap<String, Any>()),
            "on_limit" to onLimit?.name,
            "with_context" to withContext,
            "timeout_seconds" to timeout,
            "deadline_seconds" to deadline,
            "max_attempts" to maxAttempts,
        ),
        Hosts(transport = transport?.let(::TransportHost)),
    )

    /** Who is logged in. */
    public suspend fun me(): UserInfo = session.call("twitter.me", arguments())

    /** One user, by id. */
    public suspend fun user(id: String): UserInfo = session.call("twitter.user", arguments("id" to id))

    /** One user, by handle. */
    public suspend fun userByName(username: String): UserInfo =
        session.call("twitter.user_by_name", arguments("username" to username))

    /** Users, by id; at most 100. */
    public suspend fun users(ids: List<String>): UserList = session.call("twitter.users", arguments("ids" to ids))

    /** Users, by handle; at most 100. */
    public suspend fun usersByNames(usernames: List<String>): UserList =
        session.call("twitter.users_by_names", arguments("usernames" to usernames))

    /** Tweets, by id; at most 100. */
    public suspend fun tweets(ids: List<String>): TweetPage = session.call("twitter.tweets", arguments("ids" to ids))

    /** A user's timeline, or their mentions, page after page. */
    public fun timelinePages(
        userId: String,
        mentions: Boolean = false,
        range: TimelineRange = TimelineRange(),
    ): Flow<TweetPage> = session.events("twitter.pages", request(null, userId, mentions, range), ::page)

    /** What a search at X finds, page after page. */
    public fun searchPages(query: String, range: TimelineRange = TimelineRange()): Flow<TweetPage> =
        session.events("twitter.pages", request(query, null, null, range), ::page)

    /** All tweets of a timeline that X gives (the newest 3,200), whose records stay in Rust. */
    public suspend fun timeline(
        userId: String,
        mentions: Boolean = false,
        range: TimelineRange = TimelineRange(),
    ): TweetList {
        val reply = session.reply("twitter.all_tweets", request(null, userId, mentions, range))
        return TweetList((reply as NativeReply.Found).tweets)
    }

    /** Writes a tweet; never repeated by itself. [options] are the fields of X's request. */
    public suspend fun createTweet(text: String, options: JsonObject = JsonObject(emptyMap())): Written =
        session.call("twitter.create_tweet", arguments("tweet" to options + ("text" to JsonPrimitive(text))))

    /** Deletes a tweet. */
    public suspend fun deleteTweet(id: String) {
        session.json("twitter.delete_tweet", arguments("id" to id))
    }

    /** Uploads a picture or film. */
    public suspend fun upload(
        path: Path,
        mediaType: String? = null,
        category: String? = null,
        altText: String? = null,
    ): UploadedMedia = session.call(
        "twitter.upload",
        arguments("path" to path, "media_type" to mediaType, "category" to category, "alt_text" to altText),
    )

    /** Describes a picture for those who cannot see it. */
    public suspend fun altText(mediaId: String, text: String) {
        session.json("twitter.alt_text", arguments("media_id" to mediaId, "text" to text))
    }

    /** Closes the connections. */
    public suspend fun close(): Unit = session.close()

    override fun toString(): String = "Twitter(userId=$userId)"

    private fun page(event: JsonElement): TweetPage = reading.decodeFromJsonElement(event.jsonObject.getValue("data"))

    private fun request(search: String?, userId: String?, mentions: Boolean?, range: TimelineRange): JsonObject = arguments(
        "search" to search,
        "user_id" to userId,
        "mentions" to mentions,
        "since_id" to range.sinceId,
        "until_id" to range.untilId,
        "since" to range.since,
        "until" to range.until,
        "from_token" to range.fromToken,
        "page_size" to range.pageSize,
    )
}

/** What X would refuse about a tweet, or charge more for. [options] are the fields of X's request. */
public fun lint(
    text: String,
    limit: Int? = null,
    selfServe: Boolean? = null,
    called: Boolean? = null,
    options: JsonObject = JsonObject(emptyMap()),
): List<Finding> = local(
    "twitter.lint",
    arguments(
        "tweet" to options + ("text" to JsonPrimitive(text)),
        "limit" to limit,
        "self_serve" to selfServe,
        "called" to called,
    ),
)

/** What reads and writes cost, in millionths of a US dollar. */
public fun prices(): Map<String, Long> =
    // `owned` beside them is a setting, and no number.
    local<JsonObject>("twitter.prices", arguments())
        .mapNotNull { (name, price) -> price.jsonPrimitive.longOrNull?.let { name to it } }
        .toMap()

/** What this tweet would cost, in millionths of a US dollar. */
public fun writeCost(text: String): Long =
    local<JsonObject>("twitter.write_cost", arguments("text" to text)).getValue("micros").jsonPrimitive.long
