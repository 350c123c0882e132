package io.github.ghostwren

import io.github.ghostwren.generate.select
import io.github.ghostwren.http.HttpResponse
import io.github.ghostwren.internal.arguments
import io.github.ghostwren.model.Message
import io.github.ghostwren.model.ModelRequest
import io.github.ghostwren.openai.OpenAi
import io.github.ghostwren.records.Erased
import io.github.ghostwren.records.ImportEvent
import io.github.ghostwren.records.PendingLogin
import io.github.ghostwren.records.ReadIds
import io.github.ghostwren.records.ReconcileReport
import io.github.ghostwren.records.TweetPage
import io.github.ghostwren.store.MemoryTokenStore
import io.github.ghostwren.store.SealedFileTokenStore
import io.github.ghostwren.store.SqliteStore
import io.github.ghostwren.store.Store
import io.github.ghostwren.store.SupabaseStore
import io.github.ghostwren.store.TokenStore
import io.github.ghostwren.style.Fingerprint
import io.github.ghostwren.style.StyleProfile
import io.github.ghostwren.style.gap
import io.github.ghostwren.text.escapeControls
import io.github.ghostwren.text.weightedLength
import io.github.ghostwren.twitter.Twitter
import io.github.ghostwren.twitter.TwitterApp
import java.io.File
import java.nio.file.Path
import java.time.Instant
import kotlin.io.path.createDirectories
import kotlin.io.path.createTempDirectory
import kotlin.io.path.readText
import kotlin.io.path.writeText
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNotEquals
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancel
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.emptyFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject

/** An archive of so many tweets, as a folder. */
internal fun archive(tweets: Int): Path {
    val data = createTempDirectory("ghostwren").resolve("data").createDirectories()
    data.resolve("account.js").writeText(
        """window.YTD.account.part0 = [{"account": {"accountId": "7", "username": "wren", "accountDisplayName": "W"}}]""",
    )
    val entries = (0 until tweets).joinToString(",") {
        """{"tweet": {"id_str": "${1_500_000_000_000_000_000 + it * 1000L}", "full_text": "tweet number $it about tea",
            "created_at": "Tue Mar 01 12:00:00 +0000 2022", "favorite_count": "${it % 100}", "retweet_count": "0", "lang": "en"}}"""
    }
    data.resolve("tweets.js").writeText("window.YTD.tweets.part0 = [$entries]")
    return data.parent
}

/** How calls behave: cancelling, closing, many at once, bad use. */
class CallTest {
    @Test
    fun `cancelling a collection stops the import, and the next one goes on`() = runBlocking {
        val big = archive(60_000)
        Ghostwren(SqliteStore(createTempDirectory("ghostwren").resolve("a.db"))).use { wren ->
            val account = wren.user().openAccount()
            var stored = 0
            val import = launch(Dispatchers.Default) {
                account.importArchive(big).collect { if (it is ImportEvent.Progressed) stored = it.progress.counts.inserted }
            }
            withTimeout(60.seconds) { while (stored < 2_000) delay(5.milliseconds) }
            import.cancelAndJoin()
            // What was being stored is stored; then nothing more comes.
            delay(500.milliseconds)
            val now = account.countTweets()
            assertTrue(now in 2_000..59_999, "$now tweets")
            delay(500.milliseconds)
            assertEquals(now, account.countTweets())
            val events = account.importArchive(big).toList()
            assertTrue(events.filterIsInstance<ImportEvent.Started>().single().resumed)
            assertEquals(60_000, account.countTweets())
        }
    }

    @Test
    fun `a client is a model too`() = runBlocking {
        Sandbox.command("reset")
        val tokens = MemoryTokenStore(mapOf(TokenStore.MODEL_KEY to Sandbox.address("key")))
        val openai = OpenAi(Sandbox.address("openai_url"), "gpt-4o", tokens, keyName = TokenStore.MODEL_KEY)
        val answer = openai.complete(ModelRequest("test", listOf(Message("user", "hello")), n = 2))
        assertEquals(2, answer.answers.size)
        assertTrue(answer.usage.outputTokens > 0)
        openai.close()
    }

    @Test
    fun `half of a character is a replaced one`() = runBlocking {
        val half = "half \ud83d"
        assertEquals(weightedLength("half \ufffd"), weightedLength(half))
        assertEquals("\ufffd", escapeControls("\ud800"))
        assertEquals("\ufffd\ufffd\ud83d\udc26", escapeControls("\udc00\ud800\ud83d\udc26"))
        val profile = StyleProfile.fromTexts(listOf(half))
        assertEquals(listOf("half \ufffd"), profile.texts)
        assertEquals(1, Fingerprint.of(listOf(half)).texts)
        gap(profile, listOf(half))
        select(profile, listOf(half), 1, topic = half, banned = listOf(half))
        assertTrue("half \ufffd" in GhostwrenException.of(ErrorFields("not_found", "a.b", half)).message)
        Ghostwren(SqliteStore.inMemory()).use { wren ->
            val account = wren.user(half).openAccount(half)
            assertEquals("half \ufffd", account.record().label)
            assertFailsWith<GhostwrenException> { account.importArchive(java.nio.file.Path.of("none")).toList() }
        }
    }

    @Test
    fun `taking the first event stops the work`() = runBlocking {
        Ghostwren(SqliteStore.inMemory()).use { wren ->
            val account = wren.user().openAccount()
            assertTrue(account.importArchive(archive(5_000)).first() is ImportEvent.Started)
        }
    }

    @Test
    fun `a timeout ends a call that hangs, in Rust too`() = runBlocking {
        Sandbox.command("reset")
        Sandbox.command(
            "openai_script",
            "endpoint" to kotlinx.serialization.json.JsonPrimitive("chat"),
            "faults" to kotlinx.serialization.json.Json.parseToJsonElement("""["hang", "pass"]"""),
        )
        val openai = io.github.ghostwren.openai.OpenAi(
            Sandbox.address("openai_url"),
            "gpt-4o",
            io.github.ghostwren.store.MemoryTokenStore(mapOf("k" to Sandbox.address("key"))),
            keyName = "k",
        )
        val began = TimeSource.Monotonic.markNow()
        assertFailsWith<TimeoutCancellationException> { withTimeout(300.milliseconds) { openai.chat("x") } }
        assertTrue(began.elapsedNow() < 3.seconds)
        assertTrue(openai.chat("x").text.isNotEmpty())
        openai.close()
    }

    @Test
    fun `a coroutine that is cancelled already makes no call`() = runBlocking {
        Ghostwren(SqliteStore.inMemory()).use { wren ->
            val user = wren.user()
            launch(start = CoroutineStart.UNDISPATCHED) {
                currentCoroutineContext().cancel()
                user.openAccount("never")
            }.join()
            delay(100.milliseconds)
            assertEquals(0, user.accounts().size)
            val account = user.openAccount()
            launch(start = CoroutineStart.UNDISPATCHED) {
                currentCoroutineContext().cancel()
                account.importArchive(SAMPLE).collect {}
            }.join()
            delay(100.milliseconds)
            assertEquals(0, account.imports().size)
        }
    }

    @Test
    fun `a time without end is an error that names it`() = runBlocking {
        for (endless in listOf(Duration.INFINITE, -Duration.INFINITE)) {
            for ((name, work) in mapOf<String, suspend () -> Unit>(
                "lease" to { Ghostwren(SqliteStore.inMemory(), lease = endless).open() },
                "busyTimeout" to { Ghostwren(SqliteStore(Path.of("a.db"), endless)).open() },
                "idleTimeout" to { OpenAi("http://127.0.0.1:9/v1", idleTimeout = endless).models() },
            )) {
                val error = assertFailsWith<GhostwrenException.InvalidInput> { work() }
                assertEquals("argument.type", error.code)
                assertTrue("`$name`" in error.message, error.message)
            }
        }
    }

    @Test
    fun `an argument is named as it is written in the call`() = runBlocking {
        val error = assertFailsWith<GhostwrenException> { OpenAi(baseUrl = "nowhere").models() }
        assertTrue("`baseUrl`" in error.message, error.message)
    }

    @Test
    fun `an exception of an application says what it has, whatever that is`() {
        val odd = ErrorFields("not_found", "app.odd", "half\u001b[31m of it")
        for (fields in listOf(
            odd.copy(status = 99_999),
            odd.copy(attempts = -1),
            odd.copy(retryAt = Instant.MAX),
            odd.copy(outbox = "no id"),
            ErrorFields("", "", odd.detail),
        )) {
            val message = GhostwrenException.of(fields).message
            assertTrue(" of it" in message && '\u001b' !in message, "$fields")
        }
    }

    @Test
    fun `use after close is a clear error`() = runBlocking {
        val wren = Ghostwren(SqliteStore.inMemory())
        wren.open()
        val user = wren.user()
        wren.close()
        assertTrue(wren.isClosed)
        val error = assertFailsWith<GhostwrenException.Conflict> { user.accounts() }
        assertEquals("binding.closed", error.code)
        wren.close()
    }

    @Test
    fun `a thousand calls at once`() = runBlocking {
        Ghostwren(SqliteStore.inMemory()).use { wren ->
            val account = wren.user().openAccount()
            val counts = (1..1_000).map { async(Dispatchers.Default) { account.countTweets() } }.awaitAll()
            assertEquals(List(1_000) { 0 }, counts)
        }
    }

    @Test
    fun `a panic is an exception with its text, and the process lives`() = runBlocking {
        val error = assertFailsWith<GhostwrenException.Internal> {
            io.github.ghostwren.internal.local<String>("test.panic", kotlinx.serialization.json.JsonObject(emptyMap()))
        }
        assertEquals("binding.panic", error.code)
        assertTrue("a panic for a test" in error.message)
        assertEquals(5, io.github.ghostwren.text.weightedLength("hello"))
    }

    @Test
    fun `exceptions say all they know in one line`() {
        val at = Instant.parse("2026-11-28T12:00:00Z")
        val error = GhostwrenException.of(
            ErrorFields("rate_limited", "twitter.rate_limited", "too many", status = 429, requestId = "r", retryAt = at, remedy = "Wait."),
        )
        val seen = when (error) {
            is GhostwrenException.RateLimited -> error.retryAt
            else -> null
        }
        assertEquals(at, seen)
        assertTrue(error.message.endsWith("Wait.") && '\n' !in error.message, error.message)
        assertTrue(GhostwrenException.of(ErrorFields("brand_new", "a.b")) is GhostwrenException.Unknown)
    }

    @Test
    fun `what a tweet costs is known without a network`() {
        val prices = io.github.ghostwren.twitter.prices()
        assertEquals(prices.getValue("post_write"), io.github.ghostwren.twitter.writeCost("hello"))
        assertTrue(prices.values.all { it > 0 }, "$prices")
    }

    @Test
    fun `styles without a model`() {
        val texts = listOf("ok so the parser is done!!", "why is it ALWAYS dns!!", "tea first!! then code")
        val fingerprint = Fingerprint.of(texts)
        assertEquals(3, fingerprint.texts)
        assertEquals(0.0, fingerprint.distance(Fingerprint.fromJson(fingerprint.toJson())))
        val profile = StyleProfile.fromTexts(texts)
        assertEquals(texts, profile.texts)
        assertFalse(profile.sufficiency.enough)
        assertTrue(profile.fingerprint.features().isNotEmpty())
        assertTrue(io.github.ghostwren.style.gap(profile, listOf("A sober sentence.")).isNotEmpty())
        assertEquals(emptyList(), profile.tweetIds)
    }

    private fun answers(profile: StyleProfile): List<Any?> = listOf(
        profile.fingerprint, profile.fingerprint.features(), profile.summary(), profile.texts, profile.tweetIds, profile.corpusHash,
        profile.leftOut, profile.sufficiency, profile.analysis, gap(profile, listOf("A sober sentence.")),
        select(profile, listOf("a wren sings in the hedge", "BUY NOW!!!", "the build is green again"), 2),
    )

    @Test
    fun `a style profile is kept as text, and the same in every answer`() = runBlocking {
        Sandbox.command("reset")
        val tokens = MemoryTokenStore(mapOf("mine" to Sandbox.address("key")))
        val model = OpenAi(Sandbox.address("openai_url"), "gpt-4o", tokens, keyName = "mine")
        val learned = Ghostwren(SqliteStore.inMemory(), model).use { wren ->
            val account = wren.user().openAccount()
            account.importArchive(SAMPLE).report()
            account.analyzeStyle().profile
        }
        assertTrue(learned.analysis!!.claims.isNotEmpty() && learned.tweetIds.size > 50)
        val odd = StyleProfile.fromTexts(List(5_000) { "$it \u0000\u202e\"\\/\ud83d\udc26 e\u0301\n".repeat(20) })
        for (profile in listOf(learned, odd, StyleProfile.fromTexts(emptyList()))) {
            val text = profile.toJson()
            val read = StyleProfile.fromJson(text)
            assertEquals(answers(profile), answers(read))
            assertEquals(text, read.toJson())
            assertEquals(profile.fingerprint.hashCode(), read.fingerprint.hashCode())
            assertEquals(profile.fingerprint, Fingerprint.fromJson(profile.fingerprint.toJson()))
        }
        assertNotEquals(learned.fingerprint, odd.fingerprint)
    }

    @Test
    fun `a text that is no style profile is an error that says what is wrong, whatever its size`() {
        val whole = StyleProfile.fromTexts(listOf("tea first!! then code")).toJson()
        for ((text, wrong) in listOf(
            "" to "EOF",
            "[]" to "invalid type: sequence",
            "null" to "invalid type: null",
            "{}" to "missing field",
            "\ud800" to "expected value",
            """{"texts": []}""" to "missing field `fingerprint`",
            whole.dropLast(1) to "EOF",
            "$whole x" to "trailing characters",
            whole.replace("\"version\":1", "\"version\":2") to "fingerprint of version 2",
            whole.replace("\"texts\":1", "\"texts\":-1") to "invalid value",
            whole.replace("\"texts\":1", "\"texts\":1e400") to "number out of range",
            whole.replace("[\"tea", "[1,\"tea") to "expected a string",
            "[".repeat(1_000_000) to "invalid type: sequence",
            """{"fingerprint": ${"[".repeat(1_000_000)}""" to "invalid type: sequence",
            """{"more": ${"[".repeat(1_000_000)}""" to "EOF",
            "\"${"x".repeat(20_000_000)}\"" to "invalid type: string",
        )) {
            val error = assertFailsWith<GhostwrenException.InvalidInput>(text.take(60)) { StyleProfile.fromJson(text) }
            assertFailsWith<GhostwrenException.InvalidInput>(text.take(60)) { Fingerprint.fromJson(text) }
            assertEquals("argument.type", error.code)
            assertTrue("`json`" in error.message && wrong in error.message && error.message.length < 1_000, error.message.take(2_000))
        }
        val vast = StyleProfile.fromJson(whole.replace("\"texts\":1", "\"texts\":18446744073709551615"))
        assertEquals(Int.MAX_VALUE, vast.fingerprint.texts)
        assertFailsWith<GhostwrenException> { vast.summary() }
        assertTrue(vast.fingerprint.distance(vast.fingerprint).isFinite())
        val limit = assertFailsWith<GhostwrenException.InvalidInput> { select(vast, listOf("a"), 1, limit = -1) }
        assertTrue("`limit`" in limit.message, limit.message)
    }

    @Test
    fun `many tweets stay in Rust and are read as a list`() = runBlocking {
        Ghostwren(SqliteStore.inMemory()).use { wren ->
            val account = wren.user().openAccount()
            account.importArchive(archive(1_000)).report()
            val tweets = account.allTweets()
            assertEquals(1_000, tweets.size)
            assertEquals(1_000, tweets.map { it.id }.toSet().size)
            assertTrue(tweets[700].fullText.startsWith("tweet number "))
            assertEquals(tweets[999], tweets.last())
            assertFailsWith<IndexOutOfBoundsException> { tweets[1_000] }
            val profile = StyleProfile.fromTweets(tweets)
            assertEquals(1_000, profile.texts.size + profile.leftOut.run { automatic + repeated }, "${profile.leftOut}")
            assertEquals(List(10) { it }, account.tweets(limit = 10).items.indices.toList())
        }
    }

    @Test
    fun `an export is whole`() = runBlocking {
        Ghostwren(SqliteStore.inMemory()).use { wren ->
            val account = wren.user().openAccount()
            account.importArchive(SAMPLE).report()
            val file = createTempDirectory("ghostwren").resolve("export.jsonl")
            val lines = account.exportTo(file)
            assertEquals(lines, file.readText().lines().count { it.isNotEmpty() }.toLong())
        }
    }

    @Test
    fun `a login does not show its secret`() {
        val login = PendingLogin("https://x.example", "hunter2", Instant.EPOCH)
        assertFalse("hunter2" in login.toString())
    }

    @Test
    fun `what one gets in hand can be read, and no secret with it`() = runBlocking {
        val hiding = "https://name:hidden-word@x.example/v1?key=hidden-word"
        val tokens = MemoryTokenStore(mapOf("a" to "hidden-word"))
        val wren = Ghostwren(SqliteStore.inMemory(), twitter = TwitterApp("id"), tokens = tokens)
        val account = wren.user().openAccount()
        account.importArchive(SAMPLE).report()
        val tweets = account.allTweets()
        val many = tweets.size
        val report = account.analyzeStyle(askModel = false)
        val file = createTempDirectory("ghostwren").resolve("a.db")
        val project = SupabaseStore(hiding, "sb_publishable_x")
        class Mine : Store {
            override suspend fun call(method: String, owner: String, arguments: JsonObject): JsonElement = JsonNull
            override fun toString() = "hidden-word"
        }
        val page = TweetPage(tweets, authors = JsonObject(emptyMap()), postsRead = 0, usersRead = 0,
            read = ReadIds(emptyList(), emptyList(), emptyList()), limits = JsonObject(emptyMap()))
        val erased = Erased(0, 0, 0, 0, 0, 0, 0, 0, 0)
        val shown = listOf(
            wren to "Ghostwren(on SqliteStore(in memory))",
            Ghostwren(SqliteStore(file)) to "Ghostwren(on SqliteStore(\"$file\"))",
            Ghostwren(Mine()) to "Ghostwren(on Mine)",
            Ghostwren(object : Store by Mine() {}) to "Ghostwren(on a store of the app)",
            Ghostwren(project, tokens) to "Ghostwren(on SupabaseStore(https://x.example/v1))",
            Ghostwren(project, tokens).auth to "AuthClient(on SupabaseStore(https://x.example/v1))",
            wren.user() to "User(\"local\")",
            wren.user("\u001b]0;x\u0007") to "User(\"\\u001b]0;x\\u0007\")",
            User(wren.session, arguments("session" to 7)) to "User(signed in)",
            wren.user().connect("second") to "Connect(\"second\")",
            account to "Account(${account.id})",
            account.connect() to "Connect(\"${account.id}\")",
            account.importArchive(file) to "Import(begins when it is collected)",
            account.generateStream(DraftRequest("hidden-word")) to "Generating(begins when it is collected)",
            tweets to "TweetList(of $many)",
            account.tweets(limit = 10) to "Page(10 items, next=${account.tweets(limit = 10).next})",
            page to "TweetPage($many tweets)",
            report to "StyleReport(version 1 of ${report.record.tweetIds.size} tweets)",
            report.record to "ProfileRecord(version 1 of ${report.record.tweetIds.size} tweets)",
            report.profile to "StyleProfile(of ${report.profile.texts.size} texts)",
            report.profile.fingerprint to "Fingerprint(of ${report.profile.texts.size} texts)",
            ReconcileReport(9, 0, report.record.tweetIds, 0, erased, 0, 0) to "ReconcileReport(own=9, context=0, " +
                "gone=${report.record.tweetIds.size}, hidden=0, erased=$erased, costMicros=0, sessionCostMicros=0)",
            OpenAi(hiding, tokens = tokens) to "OpenAi(baseUrl=https://x.example/v1, model=null)",
            TwitterApp("id") to "TwitterApp(id)",
            Twitter("hidden-word") to "Twitter(userId=null)",
            Twitter("hidden-word", userId = "7") to "Twitter(userId=7)",
            tokens to "MemoryTokenStore([a])",
            SealedFileTokenStore(file) { error("no key") } to "SealedFileTokenStore($file)",
            HttpResponse(200, listOf("set-cookie" to "hidden-word"), emptyFlow()) to "HttpResponse(200)",
        )
        for ((one, text) in shown) assertEquals(text, "$one")
        wren.close()
        assertEquals("Ghostwren(on SqliteStore(in memory), closed)", "$wren")
        assertEquals("Account(${account.id})" to "TweetList(of $many)", "$account" to "$tweets")
    }

    @Test
    fun `an address is shown without what it hides`() {
        for ((address, shown) in mapOf(
            "https://a:hunter2@x.example:8/v1?key=hunter2#hunter2" to "https://x.example:8/v1",
            "https://a:hunt@er2@x.example" to "https://x.example",
            "https://x.example/@a/v1" to "https://x.example/@a/v1",
            "no address" to "no address",
            "" to "",
        )) {
            assertTrue("baseUrl=$shown," in OpenAi(address).toString(), OpenAi(address).toString())
            assertEquals("SupabaseStore($shown)", SupabaseStore(address, "sb_publishable_x").toString())
        }
    }

    @Test
    fun `package and library are of one version`() {
        val version = Regex("<version>(.+)</version>").find(File("pom.xml").readText())!!.groupValues[1]
        assertEquals(version, io.github.ghostwren.ffi.version())
        val gradle = File("android/build.gradle.kts").readText()
        assertTrue("""version = "$version"""" in gradle)
    }
}
