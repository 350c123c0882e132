package io.github.ghostwren.supabase

import io.github.ghostwren.internal.Session
import io.github.ghostwren.internal.arguments
import io.github.ghostwren.internal.plus
import io.github.ghostwren.internal.writing
import io.github.ghostwren.records.AuthLogin
import io.github.ghostwren.records.AuthSession
import io.github.ghostwren.records.AuthUser
import io.github.ghostwren.records.Claims
import io.github.ghostwren.records.SignUp
import io.github.ghostwren.records.SignedIn
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.encodeToJsonElement

/** Which sessions a sign-out ends. */
public enum class SignOutScope {
    /** This one. */
    LOCAL,

    /** All of the user's but this one. */
    OTHERS,

    /** All of the user's. */
    GLOBAL,
    ;

    internal val wire: String get() = name.lowercase()
}

/** What a code that Auth sent is for. */
public enum class Otp {
    /** Logging in. */
    EMAIL,

    /** Confirming a new user. */
    SIGNUP,

    /** A forgotten password. */
    RECOVERY,

    /** Another address. */
    EMAIL_CHANGE,

    /** An invitation. */
    INVITE,
    ;

    internal val wire: String get() = name.lowercase()
}

/** The Auth of a project: logging in, sessions and users. A session that it gives is for `Ghostwren.signIn`. */
public class AuthClient internal constructor(private val session: Session, private val store: String) {
    private suspend inline fun <reified T> call(name: String, vararg named: Pair<String, Any?>): T =
        session.call("auth.$name", arguments(*named))

    private suspend fun tell(name: String, vararg named: Pair<String, Any?>) {
        session.json("auth.$name", arguments(*named))
    }

    private fun login(redirectTo: String, provider: String, scopes: List<String>, params: Map<String, String>): JsonObject =
        arguments("redirect_to" to redirectTo, "provider" to provider, "scopes" to scopes, "params" to params)

    /** Begins a login elsewhere, with PKCE: open its `url` in a browser. Sends nothing itself. */
    public suspend fun authorize(
        redirectTo: String,
        provider: String = "x",
        scopes: List<String> = emptyList(),
        params: Map<String, String> = emptyMap(),
    ): AuthLogin = session.call("auth.authorize", login(redirectTo, provider, scopes, params))

    /** Ends a login with the address that came back: looks whether it is this login's, and changes its code into a session. */
    public suspend fun finish(login: AuthLogin, callback: String): SignedIn =
        call("finish", "login" to writing.encodeToJsonElement(login), "callback" to callback)

    /** Changes the code of a callback into a session, once. */
    public suspend fun exchange(code: String, verifier: String): SignedIn =
        call("exchange", "code" to code, "verifier" to verifier)

    /** Looks whether a login would work: whether the provider is on, and the browser would come back. */
    public suspend fun probe(redirectTo: String, provider: String = "x"): Unit =
        tell("probe", "redirect_to" to redirectTo, "provider" to provider)

    /** Buys a new pair of tokens; the old refresh token is used up. */
    public suspend fun refresh(refreshToken: String): AuthSession = call("refresh", "refresh_token" to refreshToken)

    /** Makes a new user with an address and a password. */
    public suspend fun signUp(email: String, password: String, metadata: JsonObject? = null): SignUp =
        call("sign_up", "email" to email, "password" to password, "metadata" to metadata)

    /** Logs in with an address and a password. */
    public suspend fun signInWithPassword(email: String, password: String): SignedIn =
        call("sign_in_with_password", "email" to email, "password" to password)

    /** Sends a code to log in with; to a new address only where [create] is true. */
    public suspend fun sendCode(email: String, create: Boolean = false): Unit =
        tell("send_code", "email" to email, "create" to create)

    /** Sends a code and a link for a forgotten password. */
    public suspend fun sendRecovery(email: String, redirectTo: String? = null): Unit =
        tell("send_recovery", "email" to email, "redirect_to" to redirectTo)

    /** Sends a message of [signUp] or of a change of address again. */
    public suspend fun resend(email: String, otp: Otp = Otp.SIGNUP): Unit =
        tell("resend", "email" to email, "otp" to otp.wire)

    /** Logs in with a code that Auth sent. */
    public suspend fun verifyCode(email: String, code: String, otp: Otp = Otp.EMAIL): SignedIn =
        call("verify_code", "email" to email, "code" to code, "otp" to otp.wire)

    /** Which ways of logging in the project has, as Auth says it. */
    public suspend fun settings(): JsonObject = call("settings")

    /** What an access token says, verified. */
    public suspend fun claims(token: String): Claims = call("claims", "token" to token)

    /** The user of an access token, as Auth knows it now. */
    public suspend fun user(token: String): AuthUser = call("user", "token" to token)

    /** Changes the user; what is not given stays. */
    public suspend fun updateUser(
        token: String,
        email: String? = null,
        password: String? = null,
        nonce: String? = null,
        metadata: JsonObject? = null,
    ): AuthUser = call(
        "update_user",
        "token" to token,
        "email" to email,
        "password" to password,
        "nonce" to nonce,
        "metadata" to metadata,
    )

    /** Sends the user a code for a change that needs one. */
    public suspend fun reauthenticate(token: String): Unit = tell("reauthenticate", "token" to token)

    /** Ends sessions: their refresh tokens are of no use any more, an access token is until it expires. */
    public suspend fun signOut(token: String, scope: SignOutScope = SignOutScope.LOCAL): Unit =
        tell("sign_out", "token" to token, "scope" to scope.wire)

    /** Begins to link an account elsewhere to the user; it ends as a login does. */
    public suspend fun linkIdentity(
        token: String,
        redirectTo: String,
        provider: String = "x",
        scopes: List<String> = emptyList(),
    ): AuthLogin =
        session.call("auth.link_identity", login(redirectTo, provider, scopes, emptyMap()) + arguments("token" to token))

    /** Unlinks an account elsewhere. At least one identity stays. */
    public suspend fun unlinkIdentity(token: String, identity: String): Unit =
        tell("unlink_identity", "token" to token, "identity" to identity)

    override fun toString(): String = "AuthClient(on $store)"
}
