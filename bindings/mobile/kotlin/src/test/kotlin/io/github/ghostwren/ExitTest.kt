package io.github.ghostwren

import io.github.ghostwren.records.ImportEvent
import io.github.ghostwren.store.SqliteStore
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlin.io.path.createTempDirectory
import kotlin.system.exitProcess
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.runBlocking

/** A program that ends in the middle of an import. */
object Ending {
    @JvmStatic
    fun main(arguments: Array<String>): Unit = runBlocking {
        val (file, archive) = arguments.map(Path::of)
        val account = Ghostwren(SqliteStore(file), lease = 1.seconds).user().openAccount()
        account.importArchive(archive).collect { event ->
            if (event is ImportEvent.Progressed && event.progress.counts.inserted >= 2_000) exitProcess(7)
        }
    }
}

class ExitTest {
    @Test
    fun `a process may end in the middle of an import, which goes on in another`() = runBlocking {
        val file = createTempDirectory("ghostwren").resolve("a.db")
        val big = archive(60_000)
        val java = Path.of(System.getProperty("java.home"), "bin", "java").toString()
        val process = ProcessBuilder(
            java, "-cp", System.getProperty("java.class.path"),
            "-Djna.library.path=${System.getProperty("jna.library.path")}",
            Ending::class.java.name, "$file", "$big",
        ).redirectErrorStream(true).start()
        val output = process.inputStream.bufferedReader()
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it hangs")
        assertEquals(7, process.exitValue(), output.readText())
        Ghostwren(SqliteStore(file), lease = 1.seconds).use { wren ->
            val account = wren.user().openAccount()
            assertTrue(account.countTweets() in 2_000..59_999)
            assertEquals("complete", account.importArchive(big).report().end.kind)
            assertEquals(60_000, account.countTweets())
        }
    }
}
