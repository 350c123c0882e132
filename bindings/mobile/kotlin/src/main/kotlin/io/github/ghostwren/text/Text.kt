/** Tweet text by Twitter's rules, and text on its way to a screen or an index. */
package io.github.ghostwren.text

import io.github.ghostwren.internal.arguments
import io.github.ghostwren.internal.local
import io.github.ghostwren.records.Entity
import io.github.ghostwren.records.ParsedTweet
import io.github.ghostwren.records.SearchClause

/** The length as X counts it, of which a tweet may have 280. */
public fun weightedLength(text: String): Int = local("text.weighted_length", arguments("text" to text))

/** What X makes of a text. */
public fun parse(text: String, limit: Int = 280): ParsedTweet =
    local("text.parse", arguments("text" to text, "limit" to limit))

private fun extract(text: String, what: String?): List<Entity> =
    local("text.extract", arguments("text" to text, "what" to what))

/** Links, people, hashtags and cashtags, in their order. */
public fun extract(text: String): List<Entity> = extract(text, null)

/** Links. */
public fun extractUrls(text: String): List<Entity> = extract(text, "urls")

/** People. */
public fun extractMentions(text: String): List<Entity> = extract(text, "mentions")

/** People and lists. */
public fun extractMentionsOrLists(text: String): List<Entity> = extract(text, "mentions_or_lists")

/** Hashtags. */
public fun extractHashtags(text: String): List<Entity> = extract(text, "hashtags")

/** Cashtags. */
public fun extractCashtags(text: String): List<Entity> = extract(text, "cashtags")

/** The handle that a text begins by answering, without `@`. */
public fun replyTo(text: String): String? = local("text.reply_to", arguments("text" to text))

/** Whether X would see a link. */
public fun hasUrl(text: String): Boolean = local("text.has_url", arguments("text" to text))

/** How many cashtags X would see. */
public fun cashtagCount(text: String): Int = local("text.cashtag_count", arguments("text" to text))

/** The words of a text as the index of the stores keeps them. */
public fun searchTerms(text: String): String = local("text.search_terms", arguments("text" to text))

/** The parts of a search (words, `"a phrase"`, `prefix*`); `InvalidInput` for one that cannot be used. */
public fun searchQuery(text: String): List<SearchClause> = local("text.search_query", arguments("text" to text))

/** The text with its control and bidirectional characters made visible, for a screen. */
public fun escapeControls(text: String): String = local("text.escape_controls", arguments("text" to text))

/** The text with the HTML escapes undone that Twitter puts into it. */
public fun unescapeHtml(text: String): String = local("text.unescape_html", arguments("text" to text))

/** The id of the tweet that a link leads to. */
public fun statusId(url: String): String? = local("text.status_id", arguments("text" to url))
