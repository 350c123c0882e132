package io.github.ghostwren.android

import android.content.Context
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import io.github.ghostwren.store.SealedFileTokenStore
import io.github.ghostwren.store.TokenStore
import java.security.KeyStore
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey

/**
 * Secrets in the app's own files, sealed by a key of the Android Keystore that never leaves it. They are in no backup: the
 * folder is `noBackupFilesDir`, and the key would not open them on another device.
 */
public class AndroidTokenStore(
    context: Context,
    private val alias: String = "ghostwren",
) : TokenStore by SealedFileTokenStore(context.noBackupFilesDir.toPath().resolve("$alias.tokens"), { key(alias) }) {
    override fun toString(): String = "AndroidTokenStore($alias)"

    private companion object {
        const val KEYSTORE = "AndroidKeyStore"

        @Synchronized
        fun key(alias: String): SecretKey {
            val keystore = KeyStore.getInstance(KEYSTORE).apply { load(null) }
            (keystore.getKey(alias, null) as? SecretKey)?.let { return it }
            val purposes = KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT
            val spec = KeyGenParameterSpec.Builder(alias, purposes)
                .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
                .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
                .setKeySize(256)
                .build()
            return KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, KEYSTORE).apply { init(spec) }.generateKey()
        }
    }
}
