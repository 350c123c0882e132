@file:UseSerializers(InstantSerializer::class)

package io.github.ghostwren.records

import io.github.ghostwren.internal.InstantSerializer
import java.time.Instant
import kotlinx.serialization.Serializable
import kotlinx.serialization.UseSerializers
import kotlinx.serialization.json.JsonObject

/** An account elsewhere that is linked to a user: [subject] is its id there, for `x` the Twitter user's. */
@Serializable
public data class AuthIdentity(
    val id: String,
    val provider: String,
    val subject: String,
    val data: JsonObject = JsonObject(emptyMap()),
)

/** A user as Auth knows it. What is in [userMetadata] the user wrote: decide nothing by it. */
@Serializable
public data class AuthUser(
    val id: String,
    val email: String? = null,
    val phone: String? = null,
    val emailConfirmedAt: Instant? = null,
    val isAnonymous: Boolean = false,
    val appMetadata: JsonObject = JsonObject(emptyMap()),
    val userMetadata: JsonObject = JsonObject(emptyMap()),
    val identities: List<AuthIdentity> = emptyList(),
    val createdAt: Instant? = null,
    val lastSignInAt: Instant? = null,
) {
    override fun toString(): String = "AuthUser($id)"
}

/** A session with Supabase: for `Ghostwren.signIn`, which keeps it fresh. Its tokens are secrets, and not shown. */
@Serializable
public data class AuthSession(
    val accessToken: String,
    val refreshToken: String,
    val expiresAt: Instant,
    val user: AuthUser,
) {
    override fun toString(): String = "AuthSession(user=${user.id}, expiresAt=$expiresAt)"
}

/** The tokens of the other side's own API, such as X's: given once, at the login, and never again. Not shown. */
@Serializable
public data class ProviderTokens(val accessToken: String, val refreshToken: String? = null) {
    override fun toString(): String = "ProviderTokens(refreshable=${refreshToken != null})"
}

/** The end of a login. [provider] is there after a login elsewhere alone. */
@Serializable
public data class SignedIn(val session: AuthSession, val provider: ProviderTokens? = null)

/** What became of a new user: without a [session] it has been sent a message that it has to follow first. */
@Serializable
public data class SignUp(val session: AuthSession? = null, val user: AuthUser)

/** A login that was begun: open [url] in the browser, and keep the whole, which holds secrets, until it comes back. */
@Serializable
public data class AuthLogin(val url: String, val state: String, val verifier: String, val redirectTo: String) {
    override fun toString(): String = "AuthLogin(redirectTo=$redirectTo)"
}

/** What a verified access token says. */
@Serializable
public data class Claims(
    val user: String,
    val role: String,
    val session: String? = null,
    val aal: String? = null,
    val issuer: String? = null,
    val audience: List<String> = emptyList(),
    val expiresAt: Instant,
    val issuedAt: Instant? = null,
)

/** A file that is kept of an account, named after its content. */
@Serializable
public data class StoredFile(val name: String, val size: Long? = null, val createdAt: Instant? = null)

/** An address that lets whoever has it read a file until it ends: a secret, and not shown. */
@Serializable
public data class FileAddress(val url: String, val expiresAt: Instant) {
    override fun toString(): String = "FileAddress(expiresAt=$expiresAt)"
}

@Serializable
internal class Ticket(val session: Long)
