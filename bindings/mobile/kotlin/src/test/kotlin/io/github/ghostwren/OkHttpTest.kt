package io.github.ghostwren

import io.github.ghostwren.ffi.NativeRequest
import io.github.ghostwren.http.OkHttpTransport
import io.github.ghostwren.http.Transport
import io.github.ghostwren.http.TransportException.Kind
import io.github.ghostwren.internal.TransportHost
import java.io.ByteArrayOutputStream
import java.net.InetAddress
import java.net.InetSocketAddress
import java.net.Proxy
import java.net.ServerSocket
import java.net.Socket
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.zip.GZIPOutputStream
import javax.net.ssl.SSLHandshakeException
import javax.net.ssl.SSLSocketFactory
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import okhttp3.CertificatePinner
import okhttp3.Cookie
import okhttp3.CookieJar
import okhttp3.HttpUrl
import okhttp3.OkHttpClient

private fun zipped(text: String): ByteArray =
    ByteArrayOutputStream().also { out -> GZIPOutputStream(out).use { it.write(text.toByteArray()) } }.toByteArray()

/** OkHttp as a transport, against servers that do what servers should not. */
class OkHttpTest {
    private val transport: Transport = OkHttpTransport()

    private suspend fun post(url: String, by: Transport = transport) = by.ask(url, "POST", "{}".toByteArray())

    @Test
    fun `every method, header and body comes as it was asked, once`() = runBlocking {
        RawServer {
            while (true) {
                val body = if ((request() ?: break).method == "HEAD") "" else "ok"
                write("HTTP/1.1 200 OK\nContent-Length: 2\nX-Name: Zoë\n\n$body")
            }
        }.use { server ->
            val upload = ByteArray(3_000_000) { it.toByte() }
            val asked = listOf(
                "GET" to null, "HEAD" to null, "DELETE" to null, "DELETE" to "{}".toByteArray(), "POST" to null,
                "POST" to upload, "PUT" to upload, "PATCH" to "[]".toByteArray(),
            )
            for ((method, body) in asked) {
                val headers = arrayOf("content-type" to "a/b", "x-name" to "Zoë", "x-two" to "1", "x-two" to "2")
                val answer = transport.ask("${server.url}a%2Fb?q=%27x%27", method, body ?: ByteArray(0), *headers)
                assertEquals(200 to "Zoë", answer.status to answer.header("x-name"))
                assertEquals("2", answer.header("content-length"))
                assertEquals(if (method == "HEAD") "" else "ok", answer.text())
            }
            assertEquals(asked.map { it.first }, server.seen.map { it.method })
            for ((seen, wanted) in server.seen.zip(asked)) {
                assertContentEquals(wanted.second ?: ByteArray(0), seen.body)
                assertEquals("${seen.method} /a%2Fb?q=%27x%27 HTTP/1.1", seen.line)
                assertEquals("ghostwren/0", seen.header("user-agent"))
                assertEquals("a/b", seen.header("content-type"))
                assertEquals("Zoë", seen.header("x-name"))
                assertEquals(listOf("1", "2"), seen.headers.filter { it.first == "x-two" }.map { it.second })
                if (seen.method == "POST") assertEquals("${seen.body.size}", seen.header("content-length"))
            }
            assertEquals(1, server.connections)
        }
    }

    @Test
    fun `what never reached a server is told as that`() = runBlocking {
        val nobody = ServerSocket(0).use { it.localPort }
        assertEquals(Kind.Connect, broken { post("http://127.0.0.1:$nobody/") }.kind)
        assertEquals(Kind.Connect, broken { post("http://nowhere.invalid/") }.kind)
        // A queue that is full: the server is there and takes nobody.
        ServerSocket(0, 1, InetAddress.getByName("127.0.0.1")).use { full ->
            val waiting = List(4) { Socket().apply { runCatching { connect(full.localSocketAddress, 300) } } }
            val two = listOf("127.0.0.1", "127.0.0.2").map(InetAddress::getByName)
            val hasty = OkHttpTransport(OkHttpClient.Builder().connectTimeout(200, TimeUnit.MILLISECONDS).dns { two }.build())
            assertEquals(Kind.Connect, broken { post("http://127.0.0.1:${full.localPort}/", hasty) }.kind)
            waiting.forEach(Socket::close)
            // A server that takes everybody and says nothing.
            RawServer { untilClosed() }.use { mute ->
                for (host in listOf("127.0.0.1", "of.two.addresses")) {
                    withTimeout(5.seconds) {
                        assertEquals(Kind.Connect, broken { post("https://$host:${mute.port}/", hasty) }.kind)
                    }
                }
                mute.untilServed(2)
            }
        }
    }

    @Test
    fun `a proxy of the app is used, and one that refuses sent nothing`() = runBlocking {
        fun by(proxy: RawServer) =
            OkHttpTransport(OkHttpClient.Builder().proxy(Proxy(Proxy.Type.HTTP, InetSocketAddress("127.0.0.1", proxy.port))).build())
        for (status in listOf("403 Forbidden", "407 Proxy Authentication Required", "502 Bad Gateway")) {
            RawServer { while (request() != null) answer(status = status) }.use { proxy ->
                assertEquals(Kind.Connect, broken { post("https://model.example/", by(proxy)) }.kind, status)
                assertEquals(listOf("CONNECT model.example:443 HTTP/1.1"), proxy.seen.map { it.line })
            }
        }
        RawServer { request(); reset() }.use { proxy ->
            assertEquals(Kind.Connect, broken { post("https://model.example/", by(proxy)) }.kind)
        }
    }

    @Test
    fun `a request that may have been sent is told as that, and not sent again`() = runBlocking {
        RawServer { request(); reset() }.use { server ->
            assertEquals(Kind.Interrupted, broken { post(server.url) }.kind)
            assertEquals(listOf("POST"), server.seen.map { it.method })
        }
        // On a connection of the pool, which dies when it is used.
        for (method in listOf("POST", "GET")) {
            RawServer { request(); answer("first"); request(); reset() }.use { server ->
                assertEquals("first", post(server.url).text())
                val error = broken { transport.ask(server.url, method) }
                assertEquals(Kind.Interrupted, error.kind)
                assertTrue(error.cause is java.io.IOException && "127.0.0.1" !in error.message.orEmpty(), "$error")
                assertEquals(2 to 1, server.seen.size to server.connections)
            }
        }
        // Over HTTPS, where the handshake was good.
        RawServer(Untrusted.server) { request(); reset() }.use { server ->
            assertEquals(Kind.Interrupted, broken { post(server.url, trusting()) }.kind)
            assertEquals(1, server.seen.size)
        }
    }

    @Test
    fun `a connection of the pool that its server closed is not used`() = runBlocking {
        for (tls in listOf(null, Untrusted.server)) {
            val by = trusting()
            RawServer(tls) { repeat(2) { request(); answer("ok") } }.use { server ->
                repeat(2) { assertEquals("ok", post(server.url, by).text()) }
                server.untilServed(1)
                repeat(2) { assertEquals("ok", post(server.url, by).text()) }
                assertEquals(4 to 2, server.seen.size to server.connections)
            }
        }
    }

    @Test
    fun `an answer is what the server said`() = runBlocking {
        RawServer { request() }.use { elsewhere ->
            for ((status, more) in listOf(
                "301 Moved" to "Location: ${elsewhere.url}\n", "302 Found" to "Location: /other\n",
                "303 See" to "Location: ${elsewhere.url}\n", "307 Temporary" to "Location: https://127.0.0.1/\n",
                "308 Permanent" to "Location: ${elsewhere.url}\n", "401 Unauthorized" to "WWW-Authenticate: Basic realm=\"x\"\n",
                "408 Request Timeout" to "", "421 Misdirected" to "", "503 Unavailable" to "Retry-After: 0\n", "500 Error" to "",
            )) {
                RawServer { while (request() != null) answer("told", status, more) }.use { server ->
                    val keen = OkHttpTransport(OkHttpClient.Builder().authenticator { _, answer ->
                        answer.request.newBuilder().header("authorization", "Basic eDp5").build()
                    }.build())
                    for (method in listOf("POST", "DELETE")) {
                        val answer = keen.ask(server.url, method)
                        assertEquals(status.substringBefore(' ').toInt() to "told", answer.status to answer.text())
                    }
                    assertEquals(listOf("POST", "DELETE"), server.seen.map { it.method }, status)
                }
            }
            assertEquals(0, elsewhere.connections)
        }
    }

    @Test
    fun `nothing is kept from one answer to the next`() = runBlocking {
        val kept = mutableListOf<Cookie>()
        val jar = object : CookieJar {
            override fun loadForRequest(url: HttpUrl): List<Cookie> = kept

            override fun saveFromResponse(url: HttpUrl, cookies: List<Cookie>) {
                kept += cookies
            }
        }
        val folder = kotlin.io.path.createTempDirectory("ghostwren").toFile()
        val keeping = OkHttpTransport(OkHttpClient.Builder().cookieJar(jar).cache(okhttp3.Cache(folder, 1_000_000)).build())
        RawServer { while (request() != null) answer("ok", headers = "Set-Cookie: a=b\nCache-Control: max-age=600\n") }.use { server ->
            repeat(2) { assertEquals("ok", keeping.ask(server.url).text()) }
            assertEquals(2, server.seen.size)
            assertTrue(kept.isEmpty() && server.seen.all { it.header("cookie") == null })
        }
    }

    @Test
    fun `encodings are undone, and the headers say so`() = runBlocking {
        val text = "tea, ".repeat(10_000)
        RawServer {
            while (true) {
                val asked = request() ?: break
                assertEquals("gzip", asked.header("accept-encoding"))
                val body = zipped(text)
                write("HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: ${body.size}\n\n")
                write(body)
            }
        }.use { server ->
            // A name of an encoding that OkHttp would not undo then.
            for (headers in listOf(emptyArray(), arrayOf("accept-encoding" to "br"))) {
                val answer = transport.ask(server.url, "POST", "{}".toByteArray(), *headers)
                assertNull(answer.header("content-encoding"))
                assertNull(answer.header("content-length"))
                assertEquals(text, answer.text())
            }
        }
        // Broken, or cut off.
        for (bytes in listOf("no gzip at all".toByteArray(), zipped(text).copyOf(60))) {
            RawServer { request(); write("HTTP/1.1 200 OK\nContent-Encoding: gzip\nConnection: close\n\n"); write(bytes) }.use {
                val answer = transport.ask(it.url)
                assertEquals(Kind.Interrupted, broken { answer.bytes() }.kind)
            }
        }
    }

    @Test
    fun `half a body is not a whole one`() = runBlocking {
        for (head in listOf("Content-Length: 1000\n\nhalf", "Transfer-Encoding: chunked\n\n4\nhalf\n")) {
            RawServer { request(); write("HTTP/1.1 200 OK\n$head") }.use { server ->
                val answer = transport.ask(server.url)
                val came = StringBuilder()
                assertEquals(Kind.Interrupted, broken { answer.body.collect { came.append(String(it)) } }.kind)
                assertEquals("half", "$came")
                assertEquals(1, server.seen.size)
            }
        }
    }

    private fun trusting(pinned: CertificatePinner = CertificatePinner.DEFAULT): Transport {
        val (sockets, manager) = Untrusted.trust
        return OkHttpTransport(OkHttpClient.Builder().sslSocketFactory(sockets, manager).certificatePinner(pinned).build())
    }

    @Test
    fun `a host that is not to be trusted is told from one that is gone`() = runBlocking {
        RawServer(Untrusted.server) { while (request() != null) answer("ok") }.use { server ->
            assertEquals(Kind.Tls, broken { post(server.url) }.kind, "unknown certificate")
            assertEquals(Kind.Tls, broken { post("https://localhost:${server.port}/", trusting()) }.kind, "another name")
            val pins = CertificatePinner.Builder().add("127.0.0.1", "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").build()
            assertEquals(Kind.Tls, broken { post(server.url, trusting(pins)) }.kind, "another pin")
            assertEquals(emptyList(), server.seen)
            assertEquals("ok", post(server.url, trusting()).text())
        }
        RawServer { write("HTTP/1.1 400 Bad Request\n\n"); untilClosed() }.use {
            assertEquals(Kind.Tls, broken { post("https://127.0.0.1:${it.port}/") }.kind, "no TLS")
        }
        for (end in listOf<Wire.() -> Unit>({ }, { through().read(); reset() })) {
            RawServer { end() }.use { assertEquals(Kind.Connect, broken { post("https://127.0.0.1:${it.port}/") }.kind, "gone") }
        }
    }

    /** TLS that fails with these words and no cause, as Android's does. */
    private class Failing(private val words: String) : SSLSocketFactory() {
        private fun fail(): Nothing = throw SSLHandshakeException(words)

        override fun getDefaultCipherSuites(): Array<String> = emptyArray()

        override fun getSupportedCipherSuites(): Array<String> = emptyArray()

        override fun createSocket(socket: Socket, host: String, port: Int, autoClose: Boolean): Socket = fail()

        override fun createSocket(host: String, port: Int): Socket = fail()

        override fun createSocket(host: String, port: Int, local: InetAddress, localPort: Int): Socket = fail()

        override fun createSocket(host: InetAddress, port: Int): Socket = fail()

        override fun createSocket(host: InetAddress, port: Int, local: InetAddress, localPort: Int): Socket = fail()
    }

    @Test
    fun `a handshake that broke on Android is told from one that failed`() = runBlocking {
        RawServer { untilClosed() }.use { server ->
            for ((words, kind) in listOf(
                "SSL handshake aborted: ssl=0x7bff982008: I/O error during system call, Connection reset by peer" to Kind.Connect,
                "Connection closed by peer" to Kind.Connect,
                "Handshake failed" to Kind.Tls,
            )) {
                val by = OkHttpTransport(OkHttpClient.Builder().sslSocketFactory(Failing(words), Untrusted.trust.second).build())
                assertEquals(kind, broken { post("https://127.0.0.1:${server.port}/", by) }.kind, words)
            }
        }
    }

    @Test
    fun `the limit of a handshake that broke does not end a request that goes out over another connection`() = runBlocking {
        val two = listOf("127.0.0.1", "127.0.0.2").map(InetAddress::getByName)
        val (sockets, manager) = Untrusted.trust
        val by = OkHttpTransport(
            OkHttpClient.Builder().connectTimeout(3, TimeUnit.SECONDS).dns { two }.sslSocketFactory(sockets, manager)
                .hostnameVerifier { _, _ -> true }.build(),
        )
        val (hello, go) = List(2) { CountDownLatch(1) }
        // The first address breaks each handshake, that of the first call only when the second call has a connection elsewhere.
        val bad = RawServer { number ->
            through().read()
            if (number == 0) hello.countDown().also { go.must("the other call") }
            reset()
        }
        val good = RawServer(Untrusted.server, "127.0.0.2", bad.port) {
            repeat(2) { number ->
                request()
                if (number == 1) Thread.sleep(3_300)
                answer("$number")
            }
        }
        bad.use {
            good.use {
                val first = async(Dispatchers.Default) { post("https://of.two.addresses:${bad.port}/", by).text() }
                hello.must("the handshake")
                assertEquals("0", post("https://of.two.addresses:${bad.port}/", by).text())
                go.countDown()
                assertEquals("1", first.await())
                assertEquals(1, good.connections)
            }
        }
    }

    @Test
    fun `pieces come when they are sent, also out of gzip`() = runBlocking {
        for (zip in listOf(false, true)) {
            val read = List(3) { CountDownLatch(1) }
            RawServer {
                request()
                val bytes = ByteArrayOutputStream()
                val zipper = GZIPOutputStream(bytes, true)
                write("HTTP/1.1 200 OK\nContent-Type: text/event-stream\nTransfer-Encoding: chunked\n")
                write(if (zip) "Content-Encoding: gzip\n\n" else "\n")
                for ((number, latch) in read.withIndex()) {
                    if (zip) {
                        zipper.write("data: $number\n\n".toByteArray())
                        zipper.flush()
                        chunk(bytes.toByteArray())
                        bytes.reset()
                    } else {
                        chunk("data: $number\n\n".toByteArray())
                    }
                    // Nothing more until it was read.
                    latch.must("piece $number")
                }
                zipper.close()
                if (zip) chunk(bytes.toByteArray())
                write("0\n\n")
            }.use { server ->
                val came = mutableListOf<String>()
                withTimeout(20.seconds) {
                    transport.ask(server.url).body.collect { came += String(it); read[came.lastIndex].countDown() }
                }
                assertEquals(List(3) { "data: $it\n\n" }, came)
            }
        }
    }

    @Test
    fun `time limits are not the client's`() = runBlocking {
        val short = OkHttpClient.Builder().readTimeout(100, TimeUnit.MILLISECONDS).callTimeout(150, TimeUnit.MILLISECONDS)
        RawServer {
            request()
            Thread.sleep(400)
            write("HTTP/1.1 200 OK\nContent-Length: 4\n\nte")
            Thread.sleep(400)
            write("xt")
        }.use { assertEquals("text", OkHttpTransport(short.build()).ask(it.url).text()) }
    }

    @Test
    fun `cancelling closes at once, in each phase`() = runBlocking {
        val watch = Watch()
        suspend fun cancelled(server: RawServer, phase: CountDownLatch, call: suspend () -> Unit) {
            val asking = launch(Dispatchers.Default) { call() }
            phase.must("the phase")
            delay(30.milliseconds)
            withTimeout(2.seconds) { asking.cancelAndJoin() }
            server.untilServed(1)
            watch.untilFree()
            assertEquals(0, watch.pool.connectionCount())
        }
        // In the handshake.
        val hello = CountDownLatch(1)
        RawServer { through().read(); hello.countDown(); untilClosed() }.use { server ->
            cancelled(server, hello) { post("https://127.0.0.1:${server.port}/", watch.transport) }
        }
        // While the head is waited for.
        val asked = CountDownLatch(1)
        RawServer { request(); asked.countDown(); untilClosed() }.use { server ->
            cancelled(server, asked) { post(server.url, watch.transport) }
        }
        // While a read blocks.
        val begun = CountDownLatch(1)
        RawServer { request(); write("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n"); chunk("a"); untilClosed() }.use { server ->
            cancelled(server, begun) { post(server.url, watch.transport).body.collect { begun.countDown() } }
        }
        // By who has enough of an answer that never ends.
        RawServer {
            request()
            write("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n")
            while (true) chunk("a".repeat(10_000))
        }.use { server ->
            val before = watch.cancelled.get()
            withTimeout(2.seconds) { post(server.url, watch.transport).body.first() }
            server.untilServed(1)
            watch.untilFree()
            // Not by reading on for a while, in the hope of its end.
            assertEquals(before + 1, watch.cancelled.get())
        }
        RawServer { request(); answer("whole") }.use { server ->
            val before = watch.cancelled.get()
            assertEquals("whole", post(server.url, watch.transport).text())
            assertEquals(before, watch.cancelled.get())
        }
    }

    @Test
    fun `hundreds of cancelled calls leave nothing open`() = runBlocking {
        val watch = Watch()
        RawServer {
            while (request() != null) {
                write("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n")
                chunk("a".repeat(100))
                Thread.sleep(3)
                chunk("b".repeat(100))
                write("0\n\n")
            }
        }.use { server ->
            repeat(400) { number ->
                val asking = launch(Dispatchers.Default) { post(server.url, watch.transport).bytes() }
                delay((number % 50 * 100).milliseconds / 1_000)
                asking.cancelAndJoin()
            }
            watch.untilFree()
            assertTrue(watch.pool.connectionCount() <= 5, "${watch.pool.connectionCount()}")
            assertTrue(server.seen.isNotEmpty() && watch.methods.all { it == "POST" })
            // What is left works.
            assertEquals(200, post(server.url, watch.transport).bytes().size)
        }
    }

    @Test
    fun `a body that nobody reads is closed when it is released`() = runBlocking {
        val watch = Watch()
        val host = TransportHost(watch.transport)
        RawServer { request(); write("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n"); chunk("a"); untilClosed() }.use { server ->
            repeat(50) { number ->
                host.send(NativeRequest("GET", server.url, emptyList(), ByteArray(0)), number.toULong())
                host.release(number.toULong())
            }
            server.untilServed(50)
            watch.untilFree()
            assertEquals(0, watch.pool.connectionCount())
        }
    }
}
