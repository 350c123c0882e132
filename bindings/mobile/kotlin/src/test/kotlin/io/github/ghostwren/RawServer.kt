package io.github.ghostwren

import java.io.Closeable
import java.io.InputStream
import java.net.InetAddress
import java.net.ServerSocket
import java.net.Socket
import java.nio.file.Path
import java.security.KeyStore
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import javax.net.ServerSocketFactory
import javax.net.ssl.KeyManagerFactory
import javax.net.ssl.SSLContext
import javax.net.ssl.SSLSocketFactory
import javax.net.ssl.TrustManagerFactory
import javax.net.ssl.X509TrustManager
import kotlin.concurrent.thread
import kotlin.io.path.createTempDirectory
import kotlin.io.path.inputStream

/** A request as it came. */
class Seen(val line: String, val headers: List<Pair<String, String>>, val body: ByteArray) {
    val method: String get() = line.substringBefore(' ')

    fun header(name: String): String? = headers.singleOrNull { it.first.equals(name, ignoreCase = true) }?.second

    override fun toString(): String = line
}

/** One connection, from the server's side. */
class Wire(private val socket: Socket, private val seen: MutableList<Seen>) {
    private val input = socket.getInputStream().buffered()

    private fun InputStream.line(): String? {
        val bytes = generateSequence { read().takeIf { it >= 0 && it != '\n'.code } }.map(Int::toByte).toList().toByteArray()
        return String(bytes).trimEnd('\r').takeIf { bytes.isNotEmpty() }
    }

    /** The next request; nothing when the client closed. */
    fun request(): Seen? {
        val line = input.line()?.takeIf(String::isNotEmpty) ?: return null
        val headers = generateSequence { input.line()?.takeIf(String::isNotEmpty) }
            .map { it.substringBefore(':') to it.substringAfter(':').trim() }.toList()
        val length = headers.firstOrNull { it.first.equals("content-length", ignoreCase = true) }?.second?.toInt() ?: 0
        return Seen(line, headers, input.readNBytes(length)).also { seen += it }
    }

    fun write(bytes: ByteArray) = socket.getOutputStream().run {
        write(bytes)
        flush()
    }

    fun write(text: String) = write(text.replace("\n", "\r\n").toByteArray())

    fun answer(body: String = "", status: String = "200 OK", headers: String = "") =
        write("HTTP/1.1 $status\nContent-Length: ${body.length}\n$headers\n$body")

    fun chunk(bytes: ByteArray) = write("${bytes.size.toString(16)}\r\n".toByteArray() + bytes + "\r\n".toByteArray())

    fun chunk(text: String) = chunk(text.toByteArray())

    /** Bytes as they are, which a tunnel is made of. */
    fun through(): InputStream = input

    /** Breaks the connection, so that the other side is told of a reset. */
    fun reset() {
        socket.setSoLinger(true, 0)
        socket.close()
    }

    /** Waits until the client closes. */
    fun untilClosed() {
        runCatching { while (input.read() >= 0) continue }
    }
}

/** A server for one test, which does with each connection what it is told to, by the connection's number from 0 on. */
class RawServer(
    tls: SSLContext? = null,
    host: String = "127.0.0.1",
    port: Int = 0,
    private val serve: Wire.(connection: Int) -> Unit,
) : Closeable {
    private val listener: ServerSocket = (tls?.serverSocketFactory ?: ServerSocketFactory.getDefault())
        .createServerSocket(port, 50, InetAddress.getByName(host))
    private val open = ConcurrentLinkedQueue<Socket>()
    private val ended = AtomicInteger()
    private val begun = AtomicInteger()
    val port: Int get() = listener.localPort
    val url: String = "${if (tls == null) "http" else "https"}://$host:${listener.localPort}/"
    val seen: MutableList<Seen> = CopyOnWriteArrayList()
    val connections: Int get() = begun.get()

    init {
        thread(isDaemon = true) {
            while (true) {
                val socket = runCatching { listener.accept() }.getOrNull() ?: break
                val number = begun.getAndIncrement()
                open += socket
                thread(isDaemon = true) {
                    runCatching { socket.use { Wire(it, seen).serve(number) } }
                    ended.incrementAndGet()
                }
            }
        }
    }

    /** Waits until so many connections ended. */
    fun untilServed(count: Int) {
        val late = System.nanoTime() + TimeUnit.SECONDS.toNanos(2)
        while (ended.get() < count && System.nanoTime() < late) Thread.sleep(5)
        check(ended.get() >= count) { "of $connections connections ${ended.get()} ended" }
    }

    override fun close() {
        listener.close()
        open.forEach(Socket::close)
    }
}

/** Waits for what a test must see. */
fun CountDownLatch.must(what: String) = check(await(10, TimeUnit.SECONDS)) { "not within 10 s: $what" }

/** A certificate for 127.0.0.1 that nobody but this test trusts. */
object Untrusted {
    private val keys: KeyStore by lazy {
        val file: Path = createTempDirectory("ghostwren").resolve("keys.p12")
        val tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString()
        val made = ProcessBuilder(
            tool, "-genkeypair", "-keyalg", "EC", "-alias", "test", "-dname", "CN=test", "-ext", "san=ip:127.0.0.1",
            "-keystore", "$file", "-storetype", "PKCS12", "-storepass", "password",
        ).redirectErrorStream(true).start()
        val said = made.inputStream.bufferedReader().readText()
        check(made.waitFor() == 0) { said }
        KeyStore.getInstance("PKCS12").apply { file.inputStream().use { load(it, "password".toCharArray()) } }
    }

    /** What a server shows. */
    val server: SSLContext by lazy {
        val factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm())
        factory.init(keys, "password".toCharArray())
        SSLContext.getInstance("TLS").apply { init(factory.keyManagers, null, null) }
    }

    /** What a client that trusts it has. */
    val trust: Pair<SSLSocketFactory, X509TrustManager> by lazy {
        val trusted = KeyStore.getInstance(KeyStore.getDefaultType()).apply {
            load(null)
            setCertificateEntry("test", keys.getCertificate("test"))
        }
        val factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm()).apply { init(trusted) }
        val context = SSLContext.getInstance("TLS").apply { init(null, factory.trustManagers, null) }
        context.socketFactory to factory.trustManagers.filterIsInstance<X509TrustManager>().single()
    }
}
