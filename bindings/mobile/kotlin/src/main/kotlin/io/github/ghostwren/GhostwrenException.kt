@file:UseSerializers(InstantSerializer::class)

package io.github.ghostwren

import io.github.ghostwren.internal.InstantSerializer
import io.github.ghostwren.internal.Thrown
import io.github.ghostwren.internal.reading
import io.github.ghostwren.internal.text
import io.github.ghostwren.internal.writing
import io.github.ghostwren.text.escapeControls
import java.time.Instant
import kotlinx.serialization.Serializable
import kotlinx.serialization.UseSerializers
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.encodeToJsonElement
import kotlinx.serialization.json.jsonObject

/**
 * What is known of an error. Throw a [GhostwrenException] with fields of your own from a model, a store or a token store,
 * and the caller sees the same kind and code.
 */
@Serializable
public data class ErrorFields(
    /** What went wrong, to branch on: `rate_limited` and so on. */
    val kind: String,
    /** The exact cause, stable and dotted: `twitter.usage_cap`. */
    val code: String,
    /** One sentence about this case. */
    val detail: String = "",
    /** The service that answered. */
    val service: String? = null,
    /** The operation that failed. */
    val operation: String? = null,
    /** The HTTP status of the answer. */
    val status: Int? = null,
    /** The id that the service gave the request. */
    val requestId: String? = null,
    /** The time from which the call may be tried again. */
    val retryAt: Instant? = null,
    /** How many times the request was sent. */
    val attempts: Int = 0,
    /** How many of these attempts had no whole answer. */
    val unanswered: Int = 0,
    /** What a person can do about it. */
    val remedy: String? = null,
    /** The entry of the outbox that it is about. */
    val outbox: String? = null,
    /** The errors beneath, outermost first, as text. */
    val causes: List<String> = emptyList(),
)

/**
 * Every error of the SDK: a class for each kind, so that `when` sees them all. [code] names one exact cause; the text is one
 * line that ends with what a person can do.
 */
public sealed class GhostwrenException(
    /** All that is known. */
    public val fields: ErrorFields,
    cause: Throwable?,
) : Exception(null, cause) {
    /** What went wrong: `rate_limited` and so on. */
    public val kind: String get() = fields.kind

    /** The exact cause, stable and dotted: `twitter.usage_cap`. */
    public val code: String get() = fields.code

    /** One sentence about this case. */
    public val detail: String get() = fields.detail

    /** The service that answered. */
    public val service: String? get() = fields.service

    /** The operation that failed. */
    public val operation: String? get() = fields.operation

    /** The HTTP status of the answer. */
    public val status: Int? get() = fields.status

    /** The id that the service gave the request. */
    public val requestId: String? get() = fields.requestId

    /** The time from which the call may be tried again. */
    public val retryAt: Instant? get() = fields.retryAt

    /** How many times the request was sent. */
    public val attempts: Int get() = fields.attempts

    /** How many of these attempts had no whole answer, so that nobody knows what the service did, and billed, for them. */
    public val unanswered: Int get() = fields.unanswered

    /** What a person can do about it. */
    public val remedy: String? get() = fields.remedy

    /** The entry of the outbox to go on with, by [Account.resumePublish]. */
    public val outbox: String? get() = fields.outbox

    /** One text for every language: the core's, with control and bidirectional characters escaped. */
    override val message: String by lazy {
        try {
            io.github.ghostwren.internal.local("errors.display", JsonObject(mapOf("fields" to tree())))
        } catch (_: GhostwrenException) {
            // Of fields that no error of the core has.
            escapeControls(detail)
        } catch (_: LinkageError) {
            // In a test of an app, without the library.
            detail
        }
    }

    /** The fields as the core writes them. */
    public fun toJson(): String = tree().text()

    private fun tree(): JsonObject = writing.encodeToJsonElement(fields).jsonObject

    /** A setting is missing or contradicts another. Never retried: change the setting. */
    public class Config(fields: ErrorFields, cause: Throwable? = null) : GhostwrenException(fields, cause)

    /** An argument, file or text cannot be used. Never retried. */
    public class InvalidInput(fields: ErrorFields, cause: Throwable? = null) : GhostwrenException(fields, cause)

    /** A key or token was refused. Never retried with the same credential. */
    public class Auth(fields: ErrorFields, cause: Throwable? = null) : GhostwrenException(fields, cause)

    /** The person has to log in again. Never retried. */
    public class NeedsLogin(fields: ErrorFields, cause: Throwable? = null) : GhostwrenException(fields, cause)

    /** The identity is known and may not do this. Never retried. */
    public class PermissionDenied(fields: ErrorFields, cause: Throwable? = null) : GhostwrenException(fields, cause)

    /** The thing does not exist, or not for this caller. Never retried. */
    public class NotFound(fields: ErrorFields, cause: Throwable? = null) : GhostwrenException(fields, cause)

    /** The thing is in another state than the call expects. Never retried: read it again, then decide. */
    public class Conflict(fields: ErrorFields, cause: Throwable? = null) : GhostwrenException(fields, cause)

    /** Too many requests for now; [retryAt] says when it may be tried again. Retried within the deadline. */
    public class RateLimited(fields: ErrorFields, cause: Throwable? = null) : GhostwrenException(fields, cause)

    /** A paid quota or a usage cap is used up. Never retried: waiting does not refill it. */
    public class QuotaExceeded(fields: ErrorFields, cause: Throwable? = null) : GhostwrenException(fields, cause)

    /** The call would cost more than the budget that was set. Never retried, nothing was spent. */
    public class OverBudget(fields: ErrorFields, cause: Throwable? = null) : GhostwrenException(fields, cause)

    /** A model refused to answer, or its filter cut the answer. Never retried. */
    public class ContentRefused(fields: ErrorFields, cause: Throwable? = null) : GhostwrenException(fields, cause)

    /** No answer within the time allowed. Retried when the request may be repeated. */
    public class Timeout(fields: ErrorFields, cause: Throwable? = null) : GhostwrenException(fields, cause)

    /** The request was never sent: no connection could be made. Retried, also for writes. */
    public class Connect(fields: ErrorFields, cause: Throwable? = null) : GhostwrenException(fields, cause)

    /** The server failed, or the connection broke before the answer was whole. Retried when the request may be repeated. */
    public class Server(fields: ErrorFields, cause: Throwable? = null) : GhostwrenException(fields, cause)

    /** A stream ended before its end was announced; what came is not the whole. Never retried once a part was shown. */
    public class Truncated(fields: ErrorFields, cause: Throwable? = null) : GhostwrenException(fields, cause)

    /** The write was sent and nothing says whether it happened. Never retried; [outbox] names the entry to go on with. */
    public class OutcomeUnknown(fields: ErrorFields, cause: Throwable? = null) : GhostwrenException(fields, cause)

    /** Another worker took this run over. Never retried: this worker must stop. */
    public class LeaseLost(fields: ErrorFields, cause: Throwable? = null) : GhostwrenException(fields, cause)

    /** The answer came, and cannot be read. Never retried. */
    public class Decode(fields: ErrorFields, cause: Throwable? = null) : GhostwrenException(fields, cause)

    /** The database, the disk or the token store failed. Not retried, except for a lock that is waited for. */
    public class Storage(fields: ErrorFields, cause: Throwable? = null) : GhostwrenException(fields, cause)

    /** The call was stopped by something else than its coroutine. Never retried. */
    public class Cancelled(fields: ErrorFields, cause: Throwable? = null) : GhostwrenException(fields, cause)

    /** A defect of the SDK itself. Never retried: please report it. */
    public class Internal(fields: ErrorFields, cause: Throwable? = null) : GhostwrenException(fields, cause)

    /** A kind newer than this package. */
    public class Unknown(fields: ErrorFields, cause: Throwable? = null) : GhostwrenException(fields, cause)

    public companion object {
        private val classes: Map<String, (ErrorFields, Throwable?) -> GhostwrenException> = mapOf(
            "config" to ::Config,
            "invalid_input" to ::InvalidInput,
            "auth" to ::Auth,
            "needs_login" to ::NeedsLogin,
            "permission_denied" to ::PermissionDenied,
            "not_found" to ::NotFound,
            "conflict" to ::Conflict,
            "rate_limited" to ::RateLimited,
            "quota_exceeded" to ::QuotaExceeded,
            "over_budget" to ::OverBudget,
            "content_refused" to ::ContentRefused,
            "timeout" to ::Timeout,
            "connect" to ::Connect,
            "server" to ::Server,
            "truncated" to ::Truncated,
            "outcome_unknown" to ::OutcomeUnknown,
            "lease_lost" to ::LeaseLost,
            "decode" to ::Decode,
            "storage" to ::Storage,
            "cancelled" to ::Cancelled,
            "internal" to ::Internal,
        )

        /** The exception of the class of its kind. */
        public fun of(fields: ErrorFields, cause: Throwable? = null): GhostwrenException =
            (classes[fields.kind] ?: ::Unknown)(fields, cause)

        internal fun of(json: String, thrown: ULong?): GhostwrenException {
            val fields = reading.decodeFromString<ErrorFields>(json)
            val own = thrown?.let(Thrown::take)
            return of(fields, own ?: fields.causes.foldRight(null as Throwable?) { text, beneath -> Exception(text, beneath) })
        }

        internal fun uncarried(error: RuntimeException): GhostwrenException = Internal(
            ErrorFields(
                kind = "internal",
                code = "binding.json",
                // Not its text, which repeats what it read.
                detail = "a value could not be carried between Rust and Kotlin: ${error.javaClass.simpleName}" +
                    Regex("at path:? (\\$[\\w.\\[\\]]*)").find(error.message.orEmpty())?.let { " at ${it.groupValues[1]}" }.orEmpty(),
                remedy = "Use package and library of one version; else this is a defect of the SDK: please report it.",
            ),
            null,
        )

        internal fun broken(cause: Throwable): GhostwrenException = Internal(
            ErrorFields(
                kind = "internal",
                code = "binding.panic",
                detail = cause.message ?: "the SDK panicked",
                remedy = "This is a defect of the SDK: please report it.",
            ),
            cause,
        )
    }
}
