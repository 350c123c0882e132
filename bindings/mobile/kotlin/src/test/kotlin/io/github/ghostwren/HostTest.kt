package io.github.ghostwren

import io.github.ghostwren.http.HttpResponse
import io.github.ghostwren.http.Transport
import io.github.ghostwren.http.TransportException
import io.github.ghostwren.model.Model
import io.github.ghostwren.model.ModelAnswer
import io.github.ghostwren.model.ModelRequest
import io.github.ghostwren.model.ModelText
import io.github.ghostwren.model.Price
import io.github.ghostwren.model.StreamingModel
import io.github.ghostwren.openai.ChatRequest
import io.github.ghostwren.openai.OpenAi
import io.github.ghostwren.model.Message
import io.github.ghostwren.records.DraftEvent
import io.github.ghostwren.records.ModelDelta
import io.github.ghostwren.records.Usage
import io.github.ghostwren.store.MemoryTokenStore
import io.github.ghostwren.store.SqliteStore
import io.github.ghostwren.store.Store
import java.net.ConnectException
import java.net.ServerSocket
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.atomic.AtomicInteger
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertSame
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.onCompletion
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.flow.transformWhile
import kotlinx.coroutines.future.await
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

private const val ANSWER = """{"tweets": ["dns again, and tea", "the parser is done"]}"""

private open class Fixed : Model {
    val requests = CopyOnWriteArrayList<ModelRequest>()
    override val provider = "home"
    override val name = "fixed"
    override val price = Price(input = 1_000_000, cached = 500_000, cacheWrite = 0, output = 2_000_000)

    override suspend fun complete(request: ModelRequest): ModelAnswer {
        requests += request
        return ModelAnswer(List(request.n) { ANSWER }, Usage(inputTokens = 100, outputTokens = 20), requestId = "r-7")
    }
}

private class Broken(private val thrown: Throwable) : Model {
    override val name = "broken"
    override suspend fun complete(request: ModelRequest): ModelAnswer = throw thrown
}

private suspend fun <T> with(model: Model, work: suspend (Account) -> T): T =
    Ghostwren(SqliteStore.inMemory(), model).use { wren ->
        val account = wren.user().openAccount()
        account.importArchive(SAMPLE).report()
        work(account)
    }

/** The code of the application: models, stores and transports that are written in Kotlin. */
class HostTest {
    private val request = DraftRequest("dns", count = 1, repair = false)

    @Test
    fun `a model of the application`() = runBlocking {
        val model = Fixed()
        with(model) { account ->
            val report = account.generate(request)
            assertEquals("fixed", report.generation.model)
            assertTrue(report.drafts.size + report.generation.rejected.size > 0)
            assertEquals("system", model.requests[0].messages[0].role)
            val run = account.aiRuns().items.single()
            assertEquals(Triple("home", "fixed", "r-7"), Triple(run.provider, run.model, run.requestId))
            // 100 tokens at a dollar a million and 20 at two.
            assertEquals(140L, run.costMicros)
        }
    }

    @Test
    fun `what a model throws is the cause`() = runBlocking {
        val thrown = ArithmeticException("in the application's code")
        val error = assertFailsWith<GhostwrenException.Server> { with(Broken(thrown)) { it.generate(request) } }
        assertSame(thrown, error.cause)
        assertEquals("model.app_failed", error.code)
        assertTrue("in the application's code" in error.message)
    }

    @Test
    fun `an exception of ours keeps its kind`() = runBlocking {
        val thrown = GhostwrenException.of(ErrorFields("content_refused", "app.refused", "not that", status = 451))
        val error = assertFailsWith<GhostwrenException.ContentRefused> { with(Broken(thrown)) { it.generate(request) } }
        assertEquals("app.refused" to 451, error.code to error.status)
        assertSame(thrown, error.cause)
    }

    @Test
    fun `an exception about time in a model is its failure`() = runBlocking {
        var thrown: Throwable? = null
        val model = object : Fixed() {
            override suspend fun complete(request: ModelRequest): ModelAnswer = try {
                withTimeout(10.milliseconds) { awaitCancellation() }
            } catch (late: TimeoutCancellationException) {
                thrown = late
                throw late
            }
        }
        val error = assertFailsWith<GhostwrenException.Server> { with(model) { it.generate(request) } }
        assertEquals("model.app_failed", error.code)
        assertSame(thrown, error.cause)
    }

    @Test
    fun `half of a character hangs no call`() = runBlocking {
        val half = "half \ud83d"
        val answer = ANSWER.replace("tea", half)
        val answering = object : Fixed() {
            override suspend fun complete(request: ModelRequest) = ModelAnswer(List(request.n) { answer }, requestId = half)
        }
        val refusal = GhostwrenException.of(ErrorFields("content_refused", "app.refused", half))
        withTimeout(60.seconds) {
            with(answering) { account ->
                account.generate(request)
                assertEquals("half \ufffd", account.aiRuns().items.single().requestId)
            }
            val thrown = IllegalStateException(half)
            val error = assertFailsWith<GhostwrenException.Server> { with(Broken(thrown)) { it.generate(request) } }
            assertSame(thrown, error.cause)
            val refused = assertFailsWith<GhostwrenException.ContentRefused> { with(Broken(refusal)) { it.generate(request) } }
            assertEquals("app.refused" to "half \ufffd", refused.code to refused.detail)
            val store = object : Store {
                override suspend fun call(method: String, owner: String, arguments: JsonObject): JsonElement =
                    if (method == "open_account") JsonPrimitive(half) else throw IllegalStateException(half)
            }
            Ghostwren(store).use { assertFailsWith<GhostwrenException> { it.user().openAccount() } }
            val tokens = MemoryTokenStore(mapOf("mine" to half))
            val odd = OpenAi(Sandbox.address("openai_url"), "gpt-4o", tokens, keyName = "mine", maxAttempts = 1)
            assertFailsWith<GhostwrenException> { odd.chat("x") }
            odd.close()
            val response = HttpResponse(200, listOf("x-odd" to half, half to "x"), flow { emit("no json".toByteArray()) })
            val open = openai { response }
            assertFailsWith<GhostwrenException.Decode> { open.chat("x") }
            open.close()
        }
    }

    @Test
    fun `a stream cut in the middle of characters grows by whole ones`() = runBlocking {
        val written = ANSWER.replace("tea", "\ud83d\udc26\ud83e\udd56 and tea")
        val model = object : Fixed(), StreamingModel {
            // By UTF-16 units; the last one ends with half of a character.
            override fun stream(request: ModelRequest): Flow<ModelText> =
                flow { for (unit in written + '\ud83d') emit(ModelText(unit.toString())) }
        }
        with(model) { account ->
            val events = withTimeout(60.seconds) { account.generateStream(request).toList() }
            val grown = events.filterIsInstance<DraftEvent.Growing>().filter { it.candidate == 0 }.map { it.text }
            assertTrue(grown.none(String::isEmpty), "$grown")
            assertTrue("dns again, and \ud83d\udc26\ud83e\udd56 and tea" in grown.joinToString(""), "$grown")
        }
    }

    @Test
    fun `a model that streams, and is stopped`() = runBlocking {
        val closed = CompletableDeferred<Unit>()
        val model = object : Fixed(), StreamingModel {
            override fun stream(request: ModelRequest): Flow<ModelText> = flow {
                for (piece in ANSWER.chunked(7)) emit(ModelText(piece))
            }.onCompletion { closed.complete(Unit) }
        }
        with(model) { account ->
            val grown = StringBuilder()
            val events = account.generateStream(request).toList()
            for (event in events) if (event is DraftEvent.Growing && event.candidate == 0) grown.append(event.text)
            assertTrue("dns again" in grown, grown.toString())
            assertTrue(events.last() is DraftEvent.Finished)
        }
        withTimeout(5.seconds) { closed.await() }
        val endless = CompletableDeferred<Unit>()
        val other = object : Fixed(), StreamingModel {
            override fun stream(request: ModelRequest): Flow<ModelText> = flow<ModelText> {
                emit(ModelText("""{"tweets": ["dns"""))
                awaitCancellation()
            }.onCompletion { endless.complete(Unit) }
        }
        with(other) { account ->
            account.generateStream(request).transformWhile { emit(it); it !is DraftEvent.Growing }.toList()
            withTimeout(5.seconds) { endless.await() }
        }
    }

    @Test
    fun `a cancelled call cancels the model's coroutine`() = runBlocking {
        val asked = CompletableDeferred<Unit>()
        val stopped = CompletableDeferred<Unit>()
        val model = object : Model {
            override val name = "slow"
            override suspend fun complete(request: ModelRequest): ModelAnswer {
                asked.complete(Unit)
                try {
                    awaitCancellation()
                } finally {
                    stopped.complete(Unit)
                }
            }
        }
        with(model) { account ->
            val call = launch { account.generate(request) }
            withTimeout(5.seconds) { asked.await() }
            call.cancelAndJoin()
            withTimeout(5.seconds) { stopped.await() }
        }
    }

    @Test
    fun `a store of the application`() = runBlocking {
        val inner = SqliteStore.inMemory()
        val methods = CopyOnWriteArrayList<String>()
        val thrown = SecurityException("not today")
        val store = object : Store {
            override suspend fun call(method: String, owner: String, arguments: JsonObject): JsonElement {
                methods += method
                if (method == "spend") throw thrown
                return inner.call(method, owner, arguments)
            }
        }
        Ghostwren(store).use { wren ->
            val account = wren.user("ada").openAccount()
            assertEquals("complete", account.importArchive(SAMPLE).report().end.kind)
            assertEquals(5, account.tweets(limit = 5).items.size)
            assertTrue(methods.containsAll(listOf("open_account", "begin_import", "import_page", "tweets")), "$methods")
            val missing = assertFailsWith<GhostwrenException.NotFound> { account.draft("01890000-0000-7000-8000-000000000000") }
            assertEquals("store.no_draft", missing.code)
            val failed = assertFailsWith<GhostwrenException.Storage> { account.spend() }
            assertSame(thrown, failed.cause)
        }
        inner.close()
    }

    @Test
    fun `an answer of a store that is none of the package's numbers is an error of the package, which repeats nothing`() = runBlocking {
        val inner = SqliteStore.inMemory()
        val store = object : Store {
            override suspend fun call(method: String, owner: String, arguments: JsonObject): JsonElement =
                if (method == "count_tweets") JsonPrimitive(4_294_967_297) else inner.call(method, owner, arguments)
        }
        Ghostwren(store).use { wren ->
            val account = wren.user().openAccount()
            val error = assertFailsWith<GhostwrenException.Internal> { account.countTweets() }
            assertEquals("binding.json", error.code)
            assertTrue("4294967297" !in error.stackTraceToString(), error.message)
        }
        inner.close()
    }

    /** `cargo xtask test mobile` asks a library that was built without HTTP too, where packages are tested as they ship. */
    @Test
    fun `who has no HTTP is told so`() = runBlocking {
        val nobody = ServerSocket(0).use { it.localPort }
        val model = OpenAi("http://127.0.0.1:$nobody/v1", "tiny", maxAttempts = 1)
        val error = assertFailsWith<GhostwrenException> { model.models() }
        val without = System.getProperty("ghostwren.without.http") != null
        assertEquals(if (without) "http.no_transport" else "http.connect", error.code, error.message)
        assertTrue(without || "127.0.0.1:$nobody" in error.message, error.message)
    }

    private fun openai(transport: Transport) = OpenAi(
        Sandbox.address("openai_url"),
        "gpt-4o",
        MemoryTokenStore(mapOf("mine" to Sandbox.address("key"))),
        transport,
        keyName = "mine",
        maxAttempts = 1,
    )

    /** The JDK's client; on Android it is OkHttp. */
    private class Jdk : Transport {
        val sent = AtomicInteger()
        private val client = HttpClient.newHttpClient()

        override suspend fun send(request: io.github.ghostwren.http.HttpRequest): HttpResponse {
            sent.incrementAndGet()
            val asked = HttpRequest.newBuilder(URI(request.url))
                .method(request.method, HttpRequest.BodyPublishers.ofByteArray(request.body))
            for ((name, value) in request.headers) {
                if (name.lowercase() !in setOf("host", "content-length", "connection")) asked.header(name, value)
            }
            val answer = client.sendAsync(asked.build(), java.net.http.HttpResponse.BodyHandlers.ofInputStream()).await()
            val headers = answer.headers().map().flatMap { (name, values) -> values.map { name to it } }
            val body = flow {
                answer.body().use { input ->
                    val buffer = ByteArray(512)
                    while (true) {
                        val count = input.read(buffer)
                        if (count < 0) break
                        emit(buffer.copyOf(count))
                    }
                }
            }
            return HttpResponse(answer.statusCode(), headers, body)
        }
    }

    @Test
    fun `a transport of the application carries every request, also streams`() = runBlocking {
        Sandbox.command("reset")
        val transport = Jdk()
        val openai = openai(transport)
        assertTrue(openai.chat("hello").text.isNotEmpty())
        val deltas = openai.chatStream(ChatRequest(listOf(Message("user", "hello")))).toList()
        assertTrue(deltas.last() is ModelDelta.Completed)
        assertTrue(deltas.filterIsInstance<ModelDelta.Text>().isNotEmpty())
        assertEquals(2, transport.sent.get())
        openai.close()
    }

    @Test
    fun `the transport of a model serves where none is given beside it`() = runBlocking {
        Sandbox.command("reset")
        val transport = Jdk()
        with(openai(transport)) { account -> account.generate(request) }
        assertTrue(transport.sent.get() > 0)
    }

    @Test
    fun `a key that cannot be sent is not the fault of the transport`() = runBlocking {
        val transport = Jdk()
        val tokens = MemoryTokenStore(mapOf("mine" to "sk-schl\u00fcssel"))
        val odd = OpenAi(Sandbox.address("openai_url"), "gpt-4o", tokens, transport, keyName = "mine", maxAttempts = 1)
        val error = assertFailsWith<GhostwrenException> { odd.chat("x") }
        assertTrue("transport gave" !in error.toString() && "schl" !in error.toString(), error.toString())
        assertEquals(0, transport.sent.get())
        odd.close()
    }

    @Test
    fun `where a transport broke is told apart, with its exception`() = runBlocking {
        for ((thrown, kind) in listOf(
            ConnectException("http://10.0.0.1/hunter2: refused") to "connect",
            TransportException(TransportException.Kind.Connect, "no route") to "connect",
            java.io.IOException("reset") to "server",
        )) {
            val error = assertFailsWith<GhostwrenException> { openai { throw thrown }.chat("x") }
            assertEquals(kind, error.kind, error.message)
            assertTrue("hunter2" !in error.message, error.message)
            assertSame(thrown, error.cause)
        }
    }

    /** Calls that are given up in the moment in which the application answers. */
    private suspend fun givenUp(times: Int, call: suspend (stop: () -> Unit) -> Unit) = coroutineScope {
        repeat(times) {
            val stop = CompletableDeferred<() -> Unit>()
            val asking = launch(Dispatchers.Default) { call(stop.await()) }
            stop.complete { asking.cancel() }
            asking.join()
        }
    }

    @Test
    fun `no body is left open, whenever its call was given up`() = runBlocking {
        val (opened, closed) = AtomicInteger() to AtomicInteger()
        givenUp(200) { stop ->
            openai {
                opened.incrementAndGet()
                stop()
                HttpResponse(200, emptyList(), flow { emit("{".toByteArray()) }.onCompletion { closed.incrementAndGet() })
            }.chat("x")
        }
        assertEquals(200, opened.get())
        withTimeout(10.seconds) { while (closed.get() < 200) delay(20.milliseconds) }
    }

    @Test
    fun `no stream is left open, whenever its call was given up`() = runBlocking {
        val (opened, closed) = AtomicInteger() to AtomicInteger()
        var stop = {}
        val model = object : Fixed(), StreamingModel {
            override fun stream(request: ModelRequest): Flow<ModelText> {
                opened.incrementAndGet()
                stop()
                return flow { emit(ModelText("{")) }.onCompletion { closed.incrementAndGet() }
            }
        }
        with(model) { account ->
            givenUp(50) {
                stop = it
                account.generateStream(request).toList()
            }
        }
        assertEquals(50, opened.get())
        withTimeout(10.seconds) { while (closed.get() < 50) delay(20.milliseconds) }
    }

    @Test
    fun `a status that is none is not made one`() = runBlocking {
        for (status in listOf(0, -1, 99, 1_000, 65_536 + 200, Int.MAX_VALUE)) {
            val error = assertFailsWith<GhostwrenException.Decode> { openai { HttpResponse(status, emptyList(), flow {}) }.chat("x") }
            assertTrue("no status" in error.message, error.message)
        }
    }

    @Test
    fun `a cancelled call cancels the transport`() = runBlocking {
        val asked = CompletableDeferred<Unit>()
        val stopped = CompletableDeferred<Unit>()
        val openai = openai {
            asked.complete(Unit)
            try {
                awaitCancellation()
            } finally {
                stopped.complete(Unit)
            }
        }
        val call = launch { openai.chat("x") }
        withTimeout(5.seconds) { asked.await() }
        delay(20.milliseconds)
        call.cancelAndJoin()
        withTimeout(5.seconds) { stopped.await() }
    }
}
