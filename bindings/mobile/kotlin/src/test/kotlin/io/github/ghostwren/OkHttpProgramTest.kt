package io.github.ghostwren

import io.github.ghostwren.http.OkHttpTransport
import io.github.ghostwren.http.Transport
import io.github.ghostwren.http.TransportException
import io.github.ghostwren.http.TransportException.Kind
import io.github.ghostwren.openai.OpenAi
import io.github.ghostwren.store.SqliteStore
import java.io.File
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlin.concurrent.thread
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.runBlocking

/** Programs with OkHttp, and without it. */
class OkHttpProgramTest {
    private fun run(main: Class<*>, classes: String, vararg arguments: String): Pair<Int, String> {
        val java = Path.of(System.getProperty("java.home"), "bin", "java").toString()
        val library = "-Djna.library.path=${System.getProperty("jna.library.path")}"
        val process = ProcessBuilder(java, "-cp", classes, library, main.name, *arguments).redirectErrorStream(true).start()
        val output = CompletableDeferred<String>()
        thread { output.complete(process.inputStream.bufferedReader().readText()) }
        check(process.waitFor(30, TimeUnit.SECONDS)) { process.destroyForcibly(); "it hangs" }
        return process.exitValue() to runBlocking { output.await() }
    }

    object Without {
        @JvmStatic
        fun main(arguments: Array<String>): Unit = runBlocking {
            assertFailsWith<ClassNotFoundException> { Class.forName("okhttp3.OkHttpClient") }
            val nowhere = Transport { throw TransportException(Kind.Connect, "no network") }
            Ghostwren(SqliteStore.inMemory(), OpenAi("https://model.example/v1", "tiny"), transport = nowhere).use { wren ->
                val account = wren.user().openAccount()
                println(account.importArchive(Path.of(arguments.single())).report().end.kind)
            }
        }
    }

    @Test
    fun `an app without OkHttp has everything else`() {
        val paths = System.getProperty("java.class.path").split(File.pathSeparator)
        val without = paths.filter { "okhttp" !in it && "okio" !in it }
        assertTrue(without.size < paths.size)
        assertEquals(0 to "complete\n", run(Without::class.java, without.joinToString(File.pathSeparator), "$SAMPLE"))
        // Nothing but the one class names it.
        val classes = paths.map(::File).single { it.isDirectory && it.resolve("io/github/ghostwren/Ghostwren.class").exists() }
        val naming = classes.walk().filter { it.extension == "class" && it.readText(Charsets.ISO_8859_1).contains(Regex("okhttp3|okio/")) }
        assertEquals(emptyList(), naming.map { it.name }.filter { !it.startsWith("OkHttp") }.toList())
    }

    object Default {
        @JvmStatic
        fun main(arguments: Array<String>): Unit = runBlocking { println(OkHttpTransport().ask(arguments.single()).text()) }
    }

    @Test
    fun `a program ends when its work is done`() {
        RawServer { while (request() != null) answer("ok") }.use { server ->
            assertEquals(0 to "ok\n", run(Default::class.java, System.getProperty("java.class.path"), server.url))
        }
    }
}
