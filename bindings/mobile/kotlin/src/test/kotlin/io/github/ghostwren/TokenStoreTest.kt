package io.github.ghostwren

import io.github.ghostwren.store.SealedFileTokenStore
import java.nio.file.Files
import java.nio.file.Path
import javax.crypto.AEADBadTagException
import javax.crypto.KeyGenerator
import kotlin.io.path.createTempDirectory
import kotlin.io.path.readText
import kotlin.io.path.writeText
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.Json

class TokenStoreTest {
    private val key = KeyGenerator.getInstance("AES").apply { init(256) }.generateKey()
    private val file = createTempDirectory("ghostwren").resolve("tokens")
    private val store = SealedFileTokenStore(file) { key }

    @Test
    fun `what is saved comes back, also in another process, and lies nowhere in clear`() = runBlocking {
        assertNull(store.load("model_key"))
        store.save("model_key", "hunter2-ünd-more")
        store.save("other", "x")
        assertEquals("hunter2-ünd-more", SealedFileTokenStore(file) { key }.load("model_key"))
        assertFalse("hunter2" in file.readText())
        store.remove("model_key")
        assertNull(store.load("model_key"))
        assertEquals("x", store.load("other"))
    }

    @Test
    fun `a secret that was copied to another name does not open`() = runBlocking {
        store.save("a", "one")
        val sealed = Json.decodeFromString<Map<String, String>>(file.readText()).getValue("a")
        file.writeText(Json.encodeToString(mapOf("b" to sealed)))
        assertFailsWith<AEADBadTagException> { store.load("b") }
        Unit
    }

    /** An app makes one wherever it needs one. */
    @Test
    fun `many at once lose nothing, by several stores of one file`() = runBlocking {
        val others = listOf(file, file.parent.resolve("./${file.fileName}"), file.toRealPathOfFolder()).map { SealedFileTokenStore(it) { key } }
        (1..60).map { async(Dispatchers.Default) { others[it % 3].save("n$it", "$it") } }.awaitAll()
        assertEquals((1..60).map { "$it" }, (1..60).map { store.load("n$it") })
        assertEquals(1, Files.list(file.parent).use { it.count() })
    }

    private fun Path.toRealPathOfFolder(): Path = parent.toRealPath().resolve(fileName)

    @Test
    fun `many at once lose nothing`() = runBlocking {
        (1..50).map { async { store.save("n$it", "$it") } }.awaitAll()
        assertEquals((1..50).map { "$it" }, (1..50).map { store.load("n$it") })
        assertEquals(1, Files.list(file.parent).use { it.count() })
    }
}
