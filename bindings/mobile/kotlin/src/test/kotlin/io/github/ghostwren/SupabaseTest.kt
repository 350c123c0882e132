package io.github.ghostwren

import io.github.ghostwren.records.AuthSession
import io.github.ghostwren.store.MemoryTokenStore
import io.github.ghostwren.store.SupabaseStore
import io.github.ghostwren.store.TokenStore
import io.github.ghostwren.supabase.SignOutScope
import io.github.ghostwren.twitter.TwitterApp
import java.net.URI
import java.time.Instant
import java.util.UUID
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNotEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.JsonPrimitive
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test

/** A device on Supabase: against the real servers that `cargo xtask test mobile` starts, and the login with X against the stand-ins. */
class SupabaseTest {
    private val url: String? = System.getenv("GHOSTWREN_TEST_SUPABASE_URL")

    private fun store(): SupabaseStore {
        assumeTrue(url != null, "needs the servers that `cargo xtask test mobile` starts")
        return SupabaseStore(url!!, System.getenv("GHOSTWREN_TEST_SUPABASE_PUBLISHABLE_KEY"))
    }

    private suspend fun newUser(wren: Ghostwren): AuthSession =
        assertNotNull(wren.auth.signUp("${UUID.randomUUID()}@example.org", "correct horse battery").session)

    @Test
    fun `a device keeps its session and reaches its own rows alone`() = runBlocking {
        val tokens = MemoryTokenStore()
        val first = Ghostwren(store(), tokens)
        assertEquals("supabase.no_session", assertFailsWith<GhostwrenException.NeedsLogin> { first.signIn() }.code)
        val session = newUser(first)
        val me = first.signIn(session)
        val account = me.openAccount("phone")
        val report = account.importArchive(SAMPLE).report()
        assertEquals("complete", report.end.kind)
        assertTrue(account.countTweets() > 0)
        assertEquals("identity.no_user", assertFailsWith<GhostwrenException.Auth> { first.user().accounts() }.code)
        assertTrue(session.refreshToken in assertNotNull(tokens.load(TokenStore.SUPABASE_SESSION)))
        assertFalse(session.accessToken in session.toString() || session.refreshToken in session.toString())
        first.close()

        // After the app was closed.
        val second = Ghostwren(store(), tokens)
        val again = second.signIn()
        assertEquals(listOf(account.id), again.accounts().map { it.id })
        assertEquals(session.user.id, again.session().user.id)
        val other = Ghostwren(store(), MemoryTokenStore())
        val somebody = other.signIn(newUser(other))
        assertTrue(somebody.accounts().isEmpty())
        assertFailsWith<GhostwrenException.NotFound> { somebody.account(account.id) }

        val files = again.account(account.id)
        val kept = files.saveExport()
        assertEquals(listOf(kept.name), files.savedFiles().map { it.name })
        val address = files.fileAddress(kept.name)
        val text = URI(address.url).toURL().readText()
        assertTrue("\"end\"" in text && address.url !in address.toString())
        assertEquals(text, URI(files.publishFile(kept.name)).toURL().readText())
        assertTrue(files.unpublishFile(kept.name) && files.removeFile(kept.name))
        files.erase()

        again.signOut(SignOutScope.GLOBAL)
        assertNull(tokens.load(TokenStore.SUPABASE_SESSION))
        assertFailsWith<GhostwrenException.NeedsLogin> { again.accounts() }
        second.close()
        other.close()
    }

    /** The login at Twitter of an app without a secret; what it gives stays on the device. */
    @Test
    fun `the login at Twitter stays in the token store`() = runBlocking {
        Sandbox.command("reset")
        Sandbox.command("set_consent", "consent" to JsonPrimitive("allow"))
        val tokens = MemoryTokenStore()
        val app = TwitterApp(
            Sandbox.address("public_client_id"),
            "http://127.0.0.1:8723/callback",
            apiBase = Sandbox.address("x_url"),
            authorizeBase = Sandbox.address("authorize_url"),
        )
        val wren = Ghostwren(store(), tokens, twitter = app)
        val user = newUser(wren)
        val me = wren.signIn(user)
        val login = me.connect("twitter").begin()
        val account = me.connect("twitter").finish(Sandbox.browse(login.url), login.binding)
        assertEquals("sandbox_wren", account.record().twitterUser?.username)
        val sealed = assertNotNull(tokens.load("ghostwren.${user.user.id}"))
        assertFalse("sandbox-access-" in sealed || "sandbox-refresh-" in sealed)
        account.disconnect()
        assertNull(tokens.load("ghostwren.${user.user.id}"))
        account.erase()
        wren.close()
    }

    @Test
    fun `a login with X through Supabase`() = runBlocking {
        Sandbox.command("reset")
        Sandbox.command("set_consent", "consent" to JsonPrimitive("allow"))
        val tokens = MemoryTokenStore()
        val wren = Ghostwren(SupabaseStore(Sandbox.address("supabase_url"), Sandbox.address("supabase_publishable_key")), tokens)
        val back = "http://127.0.0.1:8787/callback"
        wren.auth.probe(back)
        val login = wren.auth.authorize(back, scopes = listOf("tweet.write"))
        var at = login.url
        while (!at.startsWith(back)) at = Sandbox.browse(at)
        val signedIn = wren.auth.finish(login, at)
        assertEquals(Sandbox.address("user_id"), signedIn.session.user.identities.first { it.provider == "x" }.subject)
        assertNotNull(signedIn.provider?.refreshToken)
        assertFalse(login.verifier in login.toString() || signedIn.provider!!.accessToken in signedIn.toString())
        // Fresh tokens come by themselves, and are kept: what is signed in with is worn out.
        val me = wren.signIn(signedIn.session.copy(expiresAt = Instant.EPOCH))
        val fresh = me.session()
        assertNotEquals(signedIn.session.accessToken, fresh.accessToken)
        assertTrue(fresh.refreshToken in assertNotNull(tokens.load(TokenStore.SUPABASE_SESSION)))
        me.signOut()
        assertNull(tokens.load(TokenStore.SUPABASE_SESSION))
        wren.close()
    }
}
