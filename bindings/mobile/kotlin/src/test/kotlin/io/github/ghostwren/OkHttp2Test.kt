package io.github.ghostwren

import io.github.ghostwren.http.TransportException.Kind
import java.net.InetAddress
import java.util.concurrent.TimeUnit
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import mockwebserver3.MockResponse
import mockwebserver3.MockWebServer
import mockwebserver3.SocketEffect

/** OkHttp as a transport over HTTP/2, where calls share a connection. */
class OkHttp2Test {
    private val watch = Watch(Untrusted.trust)

    private fun serving(vararg answers: MockResponse, work: suspend (MockWebServer, String) -> Unit): Unit = runBlocking {
        MockWebServer().use { server ->
            server.useHttps(Untrusted.server.socketFactory)
            answers.forEach(server::enqueue)
            server.start(InetAddress.getByName("127.0.0.1"), 0)
            withTimeout(20.seconds) { work(server, "https://127.0.0.1:${server.port}/") }
        }
    }

    private suspend fun post(url: String) = watch.transport.ask(url, "POST", "{}".toByteArray())

    private fun slow(letter: String) =
        MockResponse.Builder().body(letter.repeat(10_000)).throttleBody(1_000, 50, TimeUnit.MILLISECONDS).build()

    @Test
    fun `a cancelled call ends its stream and leaves the others`() = serving(
        MockResponse.Builder().body("first").build(), slow("a"),
        MockResponse.Builder().onResponseStart(SocketEffect.Stall).build(), slow("b"),
    ) { server, url ->
        assertEquals("first", post(url).text())
        coroutineScope {
            val whole = post(url)
            val going = async(Dispatchers.Default) { whole.text() }
            val stalled = launch(Dispatchers.Default) { post(url) }
            while (server.requestCount < 3) delay(5.milliseconds)
            withTimeout(2.seconds) { stalled.cancelAndJoin() }
            withTimeout(2.seconds) { post(url).body.first() }
            assertEquals("a".repeat(10_000), going.await())
        }
        watch.untilFree()
        val seen = List(4) { server.takeRequest() }
        assertEquals(listOf("HTTP/2"), seen.map { it.version }.distinct())
        assertEquals(listOf(0), seen.map { it.connectionIndex }.distinct())
        assertEquals(1, watch.pool.connectionCount())
    }

    @Test
    fun `a stream that the server resets is not sent again, unless it says that it did not look at it`() = serving(
        MockResponse.Builder().onRequestStart(SocketEffect.CloseStream(REFUSED_STREAM)).build(),
        MockResponse.Builder().onRequestBody(SocketEffect.CloseStream(INTERNAL_ERROR)).build(),
        MockResponse.Builder().code(503).setHeader("Retry-After", "0").body("later").build(),
        MockResponse.Builder().body("fourth").build(),
    ) { server, url ->
        assertEquals(Kind.Connect, broken { post(url) }.kind)
        assertEquals(Kind.Interrupted, broken { post(url) }.kind)
        assertEquals("later", post(url).text())
        assertEquals("fourth", post(url).text())
        assertEquals(4, server.requestCount)
    }
}

private const val REFUSED_STREAM = 7
private const val INTERNAL_ERROR = 2
