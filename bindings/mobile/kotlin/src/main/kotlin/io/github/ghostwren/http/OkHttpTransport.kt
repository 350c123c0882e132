package io.github.ghostwren.http

import java.io.EOFException
import java.io.IOException
import java.io.InterruptedIOException
import java.net.ConnectException
import java.net.InetSocketAddress
import java.net.NoRouteToHostException
import java.net.Proxy
import java.net.Socket
import java.net.SocketException
import java.net.SocketTimeoutException
import java.net.UnknownHostException
import java.net.UnknownServiceException
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import javax.net.ssl.SSLException
import kotlin.coroutines.resumeWithException
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.suspendCancellableCoroutine
import okhttp3.Authenticator
import okhttp3.Call
import okhttp3.Callback
import okhttp3.Connection
import okhttp3.CookieJar
import okhttp3.Dispatcher
import okhttp3.EventListener
import okhttp3.Handshake
import okhttp3.Headers
import okhttp3.MediaType
import okhttp3.OkHttpClient
import okhttp3.Protocol
import okhttp3.Request
import okhttp3.RequestBody
import okhttp3.Response
import okio.AsyncTimeout
import okio.Buffer
import okio.BufferedSink
import okio.BufferedSource

/** As many requests as the SDK has in flight. */
private const val IN_FLIGHT = 512

/** Each body that waits for its next bytes blocks a thread: threads of its own, not those that the app counts on. */
private val reading: CoroutineDispatcher = Dispatchers.IO.limitedParallelism(IN_FLIGHT, "ghostwren http")

/**
 * HTTP by OkHttp (5.3 or newer, which the app brings): through its proxies, pinned certificates, interceptors, dispatcher
 * and pool of connections.
 *
 * A request is sent once. Nothing is repeated, no redirect followed, no login answered but a proxy's, no cookie or answer
 * kept, whatever [client] does for others; one thing is left to OkHttp: a GET or HEAD that is answered by 503 with
 * `Retry-After: 0`, or by 421 over a connection of HTTP/2 that was made for another host, is sent once more. The time limits
 * are the SDK's, because a model may think for minutes before the first byte comes; of those of [client] the one for connecting
 * holds, and once more for the handshake of TLS, which ends the call when it is over. Cancelling closes the connection (over
 * HTTP/2 the stream) at once.
 *
 * Interceptors of [client] see every request with its tokens, and must not repeat one.
 */
public class OkHttpTransport(client: OkHttpClient = alone()) : Transport {
    private val client: OkHttpClient = client.newBuilder()
        .retryOnConnectionFailure(false)
        .followRedirects(false)
        .followSslRedirects(false)
        .authenticator(Authenticator.NONE)
        .cookieJar(CookieJar.NO_COOKIES)
        .cache(null)
        .callTimeout(0, TimeUnit.MILLISECONDS)
        .readTimeout(0, TimeUnit.MILLISECONDS)
        .writeTimeout(0, TimeUnit.MILLISECONDS)
        // Without its own time limits, this is how OkHttp finds that a connection of HTTP/2 is dead and gives it to no other call.
        .apply { if (client.pingIntervalMillis == 0) pingInterval(20, TimeUnit.SECONDS) }
        .eventListenerFactory { call ->
            client.eventListenerFactory.create(call) + (call.request().tag(OkHttpAttempt::class) ?: EventListener.NONE)
        }
        .build()

    override suspend fun send(request: HttpRequest): HttpResponse {
        while (true) {
            val attempt = OkHttpAttempt(client.connectTimeoutMillis)
            val call = client.newCall(request.toOkHttp(attempt))
            val response = try {
                call.answer(attempt)
            } catch (broken: TransportException) {
                // Each time a connection of the pool less.
                if (attempt.wasStale(broken.cause)) continue
                throw broken
            }
            return HttpResponse(response.code, response.headers.toList(), call.pieces(response))
        }
    }
}

/** A client for nobody else. Its threads keep no program from ending; OkHttp's own do for a minute. */
private fun alone(): OkHttpClient {
    val threads = Executors.newCachedThreadPool { task -> Thread(task, "ghostwren http").apply { isDaemon = true } }
    val dispatcher = Dispatcher(threads).apply {
        maxRequests = IN_FLIGHT
        maxRequestsPerHost = IN_FLIGHT
    }
    return OkHttpClient.Builder().dispatcher(dispatcher).build()
}

private fun HttpRequest.toOkHttp(attempt: OkHttpAttempt): Request {
    val named = Headers.Builder()
    for ((name, value) in headers) {
        // OkHttp undoes the encoding that it asks for itself.
        if (name.equals("Accept-Encoding", ignoreCase = true)) continue
        require('\r' !in value && '\n' !in value) { "a header has more than one line" }
        named.addUnsafeNonAscii(name, value)
    }
    val content = if (body.isEmpty() && (method == "GET" || method == "HEAD")) null else OkHttpContent(body)
    return Request.Builder().url(url).headers(named.build()).method(method, content).tag(OkHttpAttempt::class, attempt).build()
}

/** A body that is written once: others OkHttp sends again by itself when a 503 says `Retry-After: 0`. */
private class OkHttpContent(private val bytes: ByteArray) : RequestBody() {
    // A header of the request says it.
    override fun contentType(): MediaType? = null

    override fun contentLength(): Long = bytes.size.toLong()

    override fun isOneShot(): Boolean = true

    override fun writeTo(sink: BufferedSink) {
        sink.write(bytes)
    }
}

/** How far a call came. The class of an exception does not say it: a timeout or a reset may be that of any phase. */
private class OkHttpAttempt(private val patience: Int) : EventListener() {
    private val unconnected = CopyOnWriteArrayList<IOException>()

    @Volatile
    private var fresh = false

    @Volatile
    private var sending = false

    @Volatile
    private var stale = false

    @Volatile
    private var late = false

    private var handshake: AsyncTimeout? = null

    override fun connectFailed(
        call: Call,
        inetSocketAddress: InetSocketAddress,
        proxy: Proxy,
        protocol: Protocol?,
        ioe: IOException,
    ) {
        unconnected += ioe
    }

    override fun connectEnd(call: Call, inetSocketAddress: InetSocketAddress, proxy: Proxy, protocol: Protocol?) {
        fresh = true
    }

    /** The handshake may take as long as the connection: OkHttp's limit for it is that of reading, and there is none. */
    override fun secureConnectStart(call: Call) {
        handshake?.exit()
        handshake = object : AsyncTimeout() {
            override fun timedOut() {
                late = true
                call.cancel()
            }
        }.apply {
            timeout(patience.toLong(), TimeUnit.MILLISECONDS)
            enter()
        }
    }

    override fun secureConnectEnd(call: Call, handshake: Handshake?) {
        this.handshake?.exit()
    }

    override fun callFailed(call: Call, ioe: IOException) {
        handshake?.exit()
    }

    /**
     * OkHttp trusts a connection that was used in the last ten seconds, and many servers close theirs after five: what is sent
     * there is lost, and nobody knows whether it was read. HTTP/2 has a reader of its own that sees the end.
     */
    override fun connectionAcquired(call: Call, connection: Connection) {
        if (fresh || connection.protocol() != Protocol.HTTP_1_1 || !isClosed(connection.socket())) return
        stale = true
        // So that the call ends before it sends anything, and no other is given this connection.
        runCatching { connection.socket().close() }
    }

    override fun requestHeadersStart(call: Call) {
        // That of a handshake that broke, when this is another connection of the pool.
        handshake?.exit()
        sending = true
    }

    /** Whether all that happened is that the call was given a connection that its server had closed. */
    fun wasStale(cause: Throwable?): Boolean = stale && !sending && cause is SocketException

    /** An interceptor may have sent the request by other means: what is not known to come before is told as interrupted. */
    fun broken(cause: IOException): TransportException = when {
        isRefused(cause) -> TransportException(TransportException.Kind.Connect, "the server took no more requests", cause)
        sending || !isBefore(cause) -> interrupted(cause)
        !late && unconnected.any(::isDistrust) -> TransportException(TransportException.Kind.Tls, "the host could not be trusted", cause)
        else -> TransportException(TransportException.Kind.Connect, "no connection could be made", cause)
    }

    private fun isBefore(cause: IOException) = cause in unconnected || (late && cause.message == "Canceled") ||
        cause is UnknownHostException || cause is ConnectException || cause is NoRouteToHostException ||
        cause is UnknownServiceException

    /**
     * The server's word that it did not look at the request (RFC 9113, 8.7), such as of one that goes away. OkHttp has a class for it
     * that is its own, and may move.
     */
    private fun isRefused(cause: IOException) = cause.message == "stream was reset: REFUSED_STREAM"

    /** Not a connection that broke in the middle of the handshake, which another attempt may mend: Android says that in words alone. */
    private fun isDistrust(cause: IOException) = cause is SSLException &&
        BROKEN.none { it in cause.message.orEmpty() } &&
        generateSequence(cause.cause) { it.cause }
            .none { it is EOFException || it is SocketException || it is InterruptedIOException }
}

/** What Android's TLS (Conscrypt) says of a connection that broke. */
private val BROKEN = listOf("I/O error during system call", "Connection closed by peer")

/** Whether the other side closed a connection on which nothing is to come. OkHttp sets the time limit again before it reads. */
private fun isClosed(socket: Socket): Boolean = try {
    socket.soTimeout = 1
    socket.getInputStream().read()
    true
} catch (_: SocketTimeoutException) {
    false
} catch (_: IOException) {
    true
}

private fun interrupted(cause: IOException) =
    TransportException(TransportException.Kind.Interrupted, "the connection broke before the answer was whole", cause)

private suspend fun Call.answer(attempt: OkHttpAttempt): Response = suspendCancellableCoroutine { waiting ->
    waiting.invokeOnCancellation { cancel() }
    enqueue(object : Callback {
        override fun onResponse(call: Call, response: Response) = waiting.resume(response) { _, unwanted, _ ->
            cancel()
            unwanted.close()
        }

        override fun onFailure(call: Call, e: IOException) = waiting.resumeWithException(attempt.broken(e))
    })
}

private fun Call.pieces(response: Response): Flow<ByteArray> = flow {
    var whole = false
    try {
        val source = response.body.source()
        while (true) emit(next(source) ?: break)
        whole = true
    } finally {
        // Closing alone would first read on for a while, to keep the connection.
        if (!whole) cancel()
        response.close()
    }
}

/** The bytes that are there, as soon as some are; nothing at the end. A cancelled read has ended when this does. */
private suspend fun Call.next(source: BufferedSource): ByteArray? = coroutineScope {
    val piece = async(reading) {
        runCatching {
            val bytes = Buffer()
            if (source.read(bytes, 8_192) < 0) null else bytes.readByteArray()
        }
    }
    try {
        piece.await()
    } catch (cancelled: CancellationException) {
        cancel()
        throw cancelled
    }
}.getOrElse { throw if (it is IOException) interrupted(it) else it }
