package io.github.ghostwren.store

import io.github.ghostwren.internal.reading
import java.io.IOException
import java.nio.ByteBuffer
import java.nio.channels.FileChannel
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.Path
import java.nio.file.StandardCopyOption
import java.nio.file.StandardOpenOption.CREATE
import java.nio.file.StandardOpenOption.TRUNCATE_EXISTING
import java.nio.file.StandardOpenOption.WRITE
import java.util.Base64
import java.util.concurrent.ConcurrentHashMap
import javax.crypto.Cipher
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext

/**
 * The safe place of the device, where the secrets of its owner are: on Android behind the Keystore
 * (`AndroidTokenStore`). The SDK keeps there what seals the login at Twitter ([SEALING_KEYS]) and the session with
 * Supabase ([SUPABASE_SESSION]), and reads there the person's own key of a model ([MODEL_KEY]). Secrets of an operator are refused, wherever they come from.
 */
public interface TokenStore {
    /** What is kept under a name, if anything. */
    public suspend fun load(name: String): String?

    /** Keeps a secret under a name. */
    public suspend fun save(name: String, secret: String)

    /** Forgets it. */
    public suspend fun remove(name: String)

    public companion object {
        /** The person's own key of a model. */
        public const val MODEL_KEY: String = "model_key"

        /** What seals the login; made by the SDK. Without it the login is lost, and nothing else. */
        public const val SEALING_KEYS: String = "sealing_keys"

        /** The session with Supabase; kept by `Ghostwren.signIn`, forgotten by `User.signOut`. */
        public const val SUPABASE_SESSION: String = "supabase_session"
    }
}

/** Secrets in memory: for tests, and for programs that ask for them each time. */
public class MemoryTokenStore(secrets: Map<String, String> = emptyMap()) : TokenStore {
    private val secrets = ConcurrentHashMap(secrets)

    override suspend fun load(name: String): String? = secrets[name]

    override suspend fun save(name: String, secret: String) {
        secrets[name] = secret
    }

    override suspend fun remove(name: String) {
        secrets.remove(name)
    }

    override fun toString(): String = "MemoryTokenStore(${secrets.keys})"
}

/**
 * Secrets in a file, each sealed with AES-GCM by a key that never leaves its keystore: on Android a key of the Android
 * Keystore. A secret that was copied to another name does not open.
 */
public class SealedFileTokenStore(private val file: Path, private val key: () -> SecretKey) : TokenStore {
    private val turn: Mutex = turns.computeIfAbsent(whole(file)) { Mutex() }

    override suspend fun load(name: String): String? = locked { read()[name]?.let { open(name, it) } }

    override suspend fun save(name: String, secret: String): Unit = locked { write(read() + (name to seal(name, secret))) }

    override suspend fun remove(name: String): Unit = locked { write(read() - name) }

    override fun toString(): String = "SealedFileTokenStore($file)"

    private suspend fun <T> locked(work: () -> T): T = turn.withLock { withContext(Dispatchers.IO) { work() } }

    private fun read(): Map<String, String> = try {
        reading.decodeFromString(String(Files.readAllBytes(file), Charsets.UTF_8))
    } catch (_: NoSuchFileException) {
        emptyMap()
    }

    /** Whole or not at all. */
    private fun write(sealed: Map<String, String>) {
        val draft = file.resolveSibling("${file.fileName}.new")
        val text = ByteBuffer.wrap(reading.encodeToString(sealed).toByteArray())
        FileChannel.open(draft, CREATE, WRITE, TRUNCATE_EXISTING).use {
            while (text.hasRemaining()) it.write(text)
            // On the disk before it takes the place of the other, also when the device is switched off now.
            it.force(true)
        }
        Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE)
    }

    private fun seal(name: String, secret: String): String {
        // The keystore chooses the nonce: Android's takes none from outside.
        val cipher = Cipher.getInstance(AES).apply { init(Cipher.ENCRYPT_MODE, key()) }
        cipher.updateAAD(name.toByteArray())
        val sealed = cipher.doFinal(secret.toByteArray())
        return Base64.getEncoder().encodeToString(cipher.iv + sealed)
    }

    private fun open(name: String, text: String): String {
        val bytes = Base64.getDecoder().decode(text)
        val cipher = Cipher.getInstance(AES)
        cipher.init(Cipher.DECRYPT_MODE, key(), GCMParameterSpec(TAG_BITS, bytes, 0, NONCE))
        cipher.updateAAD(name.toByteArray())
        return String(cipher.doFinal(bytes, NONCE, bytes.size - NONCE), Charsets.UTF_8)
    }

    private companion object {
        const val AES = "AES/GCM/NoPadding"
        const val NONCE = 12
        const val TAG_BITS = 128

        /** One after the other at each file: an app makes a store of it wherever it needs one. */
        val turns = ConcurrentHashMap<Path, Mutex>()

        /** One name for a file, whatever leads to it; it need not be there yet. */
        fun whole(file: Path): Path {
            val path = file.toAbsolutePath().normalize()
            return try {
                path.parent.toRealPath().resolve(path.fileName)
            } catch (_: IOException) {
                path
            }
        }
    }
}
