package io.github.ghostwren.android

import androidx.test.platform.app.InstrumentationRegistry
import io.github.ghostwren.DraftRequest
import io.github.ghostwren.Ghostwren
import io.github.ghostwren.http.HttpResponse
import io.github.ghostwren.http.Transport
import io.github.ghostwren.openai.OpenAi
import io.github.ghostwren.store.SqliteStore
import io.github.ghostwren.store.TokenStore
import io.github.ghostwren.text.weightedLength
import io.github.ghostwren.use
import java.nio.file.Files
import java.security.KeyStore
import java.util.concurrent.CopyOnWriteArrayList
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test

private const val ALIAS = "ghostwren-test"
private const val SECRET = "sk-of-the-person-alone"

/** What only a device shows: the library loads, the Keystore seals, and the whole job is done with both. */
class AndroidTest {
    private val context = InstrumentationRegistry.getInstrumentation().targetContext
    private val tokens = AndroidTokenStore(context, ALIAS)
    private val file = context.noBackupFilesDir.resolve("$ALIAS.tokens")

    @Before
    @After
    fun nothingIsKept() {
        file.delete()
        KeyStore.getInstance("AndroidKeyStore").apply { load(null) }.deleteEntry(ALIAS)
    }

    @Test
    fun theLibraryLoads() {
        assertEquals(4, weightedLength("日本"))
    }

    @Test
    fun theKeystoreOpensWhatItSealedAndNothingElseDoes() = runBlocking {
        assertNull(tokens.load(TokenStore.MODEL_KEY))
        tokens.save(TokenStore.MODEL_KEY, SECRET)
        // As the next start of the app has it.
        assertEquals(SECRET, AndroidTokenStore(context, ALIAS).load(TokenStore.MODEL_KEY))
        assertFalse("sk-of" in file.readText())
        val key = KeyStore.getInstance("AndroidKeyStore").apply { load(null) }.getKey(ALIAS, null)
        assertNull("the key can leave the Keystore", key.encoded)
        tokens.remove(TokenStore.MODEL_KEY)
        assertNull(tokens.load(TokenStore.MODEL_KEY))
    }

    @Test
    fun anArchiveBecomesDraftsByATransportOfTheApp() = runBlocking {
        tokens.save(TokenStore.MODEL_KEY, SECRET)
        val folder = Files.createTempDirectory(context.cacheDir.toPath(), "ghostwren")
        val sent = CopyOnWriteArrayList<String>()
        val transport = Transport { request ->
            val key = request.headers.single { (name, _) -> name.equals("authorization", ignoreCase = true) }.second
            assertEquals("Bearer $SECRET", key)
            sent += "${request.method} ${request.url}"
            HttpResponse(200, listOf("content-type" to "application/json"), flowOf(ANSWER.toByteArray()))
        }
        try {
            val model = OpenAi("https://model.example/v1", "tiny", keyName = TokenStore.MODEL_KEY, api = "chat")
            Ghostwren(SqliteStore(folder.resolve("ghostwren.db")), model, tokens = tokens, transport = transport).use { wren ->
                val account = wren.user().openAccount()
                val imported = account.importArchive(archive(folder.resolve("archive"))).report()
                assertEquals(TEXTS.size, imported.counts.inserted)
                account.analyzeStyle(askModel = false)
                val report = account.generate(DraftRequest("tea", count = 1, repair = false))
                assertEquals(DRAFT, report.drafts.single().text)
                assertEquals(DRAFT, account.drafts().items.single().text)
            }
        } finally {
            folder.toFile().deleteRecursively()
        }
        assertTrue("$sent", sent.isNotEmpty() && sent.all { it == "POST https://model.example/v1/chat/completions" })
    }

    private fun archive(folder: java.nio.file.Path): java.nio.file.Path {
        val data = Files.createDirectories(folder.resolve("data"))
        val tweets = TEXTS.mapIndexed { n, text ->
            """{"tweet": {"id_str": "150000000000000000$n", "full_text": "$text", "lang": "en",
            "created_at": "Tue Mar 01 12:0$n:00 +0000 2022", "favorite_count": "1", "retweet_count": "0"}}"""
        }
        val account = """[{"account": {"accountId": "7", "username": "wren", "accountDisplayName": "Wren"}}]"""
        Files.write(data.resolve("account.js"), "window.YTD.account.part0 = $account".toByteArray())
        Files.write(data.resolve("tweets.js"), "window.YTD.tweets.part0 = $tweets".toByteArray())
        return folder
    }

    private companion object {
        const val DRAFT = "tea is what parsers dream of"
        val ANSWER = """{"id": "c-1", "object": "chat.completion", "model": "tiny", "choices": [{"index": 0, "finish_reason": "stop",
            "message": {"role": "assistant", "content": "{\"tweets\": [\"$DRAFT\"]}"}}], "usage": {"prompt_tokens": 9, "completion_tokens": 9}}"""
        val TEXTS = listOf(
            "ok so the parser works now and i have no idea why",
            "tea first, questions later",
            "whoever named it dns had never met one",
            "rewrote the whole thing on a train. the train was late, the rewrite was not",
            "my cat has opinions about borrow checkers",
            "nobody reads the changelog, so i wrote it as a poem",
            "it was the cache. it is always the cache",
            "shipping on a friday because i believe in people",
        )
    }
}
