package io.github.ghostwren

import io.github.ghostwren.http.HttpRequest
import io.github.ghostwren.http.HttpResponse
import io.github.ghostwren.http.OkHttpTransport
import io.github.ghostwren.http.Transport
import io.github.ghostwren.http.TransportException
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.atomic.AtomicInteger
import javax.net.ssl.SSLSocketFactory
import javax.net.ssl.X509TrustManager
import kotlin.test.assertFailsWith
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.fold
import kotlinx.coroutines.withTimeout
import okhttp3.Call
import okhttp3.Connection
import okhttp3.ConnectionPool
import okhttp3.EventListener
import okhttp3.OkHttpClient

suspend fun Transport.ask(
    url: String,
    method: String = "GET",
    body: ByteArray = ByteArray(0),
    vararg headers: Pair<String, String>,
): HttpResponse = send(HttpRequest(method, url, headers.toList() + ("user-agent" to "ghostwren/0"), body))

suspend fun HttpResponse.bytes(): ByteArray = body.fold(ByteArray(0)) { all, piece -> all + piece }

suspend fun HttpResponse.text(): String = String(bytes())

fun HttpResponse.header(name: String): String? = headers.singleOrNull { it.first.equals(name, ignoreCase = true) }?.second

suspend fun broken(call: suspend () -> Unit): TransportException =
    withTimeout(20.seconds) { assertFailsWith<TransportException> { call() } }

/** The connections of the app's client, and what becomes of them. */
class Watch(trust: Pair<SSLSocketFactory, X509TrustManager>? = null) : EventListener() {
    val acquired = AtomicInteger()
    val released = AtomicInteger()
    val cancelled = AtomicInteger()
    val pool = ConnectionPool()
    val methods: MutableList<String> = CopyOnWriteArrayList()

    override fun connectionAcquired(call: Call, connection: Connection) {
        acquired.incrementAndGet()
    }

    override fun canceled(call: Call) {
        cancelled.incrementAndGet()
    }

    override fun connectionReleased(call: Call, connection: Connection) {
        released.incrementAndGet()
    }

    val transport = OkHttpTransport(
        OkHttpClient.Builder().connectionPool(pool).eventListener(this)
            .addInterceptor { chain -> methods += chain.request().method; chain.proceed(chain.request()) }
            .apply { trust?.let { (sockets, manager) -> sslSocketFactory(sockets, manager) } }.build(),
    )

    /** Nothing is held any more. */
    suspend fun untilFree() = withTimeout(5.seconds) {
        while (released.get() < acquired.get() || pool.connectionCount() > pool.idleConnectionCount()) delay(5.milliseconds)
    }
}
