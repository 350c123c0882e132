package io.github.ghostwren.http

import java.io.IOException
import kotlinx.coroutines.flow.Flow

/** One request, to be sent once. */
public class HttpRequest(
    public val method: String,
    public val url: String,
    public val headers: List<Pair<String, String>>,
    public val body: ByteArray,
) {
    // Headers and addresses hold tokens.
    override fun toString(): String = "HttpRequest($method)"
}

/** The head of an answer, and its body as it comes. */
public class HttpResponse(
    public val status: Int,
    public val headers: List<Pair<String, String>>,
    public val body: Flow<ByteArray>,
) {
    // Headers may hold secrets.
    override fun toString(): String = "HttpResponse($status)"
}

/**
 * Your own HTTP, with the app's proxies and pinned certificates: every request of the SDK goes out by it. [OkHttpTransport] is one.
 * Time limits, retries and errors stay the SDK's. Redirects must not be followed, and content encodings are undone.
 * Cancelling the coroutine, or the collection of the body, stops the request.
 */
public fun interface Transport {
    /** Sends a request, and returns when the head of the answer is there. */
    public suspend fun send(request: HttpRequest): HttpResponse
}

/**
 * Where an attempt broke. Only what is told as [Kind.Connect] was surely never sent, so that a write may be sent again;
 * `ConnectException` and `UnknownHostException` count as that, every other exception as [Kind.Interrupted].
 */
public class TransportException(public val kind: Kind, message: String, cause: Throwable? = null) :
    IOException(message, cause) {
    /** Where. */
    public enum class Kind {
        /** No connection could be made: the request was surely never sent. */
        Connect,

        /** The host could not be trusted. */
        Tls,

        /** The connection broke after the request may have been sent. */
        Interrupted,
    }
}
