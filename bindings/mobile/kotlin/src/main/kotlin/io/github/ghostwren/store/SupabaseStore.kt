package io.github.ghostwren.store

import io.github.ghostwren.internal.arguments
import io.github.ghostwren.internal.shownAddress
import kotlin.time.Duration
import kotlinx.serialization.json.JsonObject

/**
 * The store in a Supabase project whose database has the schema `ghostwren`, for a device: with the publishable key, as the
 * user who is signed in. What seals logins and the session itself are in the [TokenStore] that the `Ghostwren` is given.
 *
 * There is no parameter for a secret key, and what looks like one is refused (`mobile.secret_in_app`).
 */
public class SupabaseStore(
    private val url: String,
    publishableKey: String,
    timeout: Duration? = null,
    deadline: Duration? = null,
    maxAttempts: Int? = null,
) {
    internal val settings: JsonObject = arguments(
        "supabase" to mapOf(
            "url" to url,
            "publishable_key" to publishableKey,
            "timeout_seconds" to timeout,
            "deadline_seconds" to deadline,
            "max_attempts" to maxAttempts,
        ),
    )

    override fun toString(): String = "SupabaseStore(${shownAddress(url)})"
}
