/** Choosing among candidates. */
package io.github.ghostwren.generate

import io.github.ghostwren.ffi.select as nativeSelect
import io.github.ghostwren.internal.arguments
import io.github.ghostwren.internal.carried
import io.github.ghostwren.internal.local
import io.github.ghostwren.internal.reading
import io.github.ghostwren.internal.text
import io.github.ghostwren.internal.translating
import io.github.ghostwren.internal.wellFormed
import io.github.ghostwren.records.Selection
import io.github.ghostwren.style.StyleProfile

/**
 * The [n] candidates that pass the gates and, as a batch, read most like the author. Needs no model. With [sources],
 * handles, links and numbers of a candidate must stand in one of them.
 */
public fun select(
    profile: StyleProfile,
    candidates: List<String>,
    n: Int,
    topic: String? = null,
    limit: Int = 280,
    language: String? = null,
    banned: List<String> = emptyList(),
    sources: List<String>? = null,
    maxHashtags: Int? = null,
    existing: List<String> = emptyList(),
): Selection {
    require(n >= 0) { "the argument `n` must not be negative" }
    val options = arguments(
        "topic" to topic,
        "limit" to limit,
        "language" to language,
        "banned" to banned,
        "sources" to sources,
        "max_hashtags" to maxHashtags,
        "existing" to existing,
    )
    val json = translating { nativeSelect(profile.native, candidates.map(String::wellFormed), n.toUInt(), options.text()) }
    return carried { reading.decodeFromString(json) }
}

/** A model's answer without the wrapping that models put around a tweet. */
public fun cleanCandidate(text: String): String = local("generate.clean_candidate", arguments("text" to text))
