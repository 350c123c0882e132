package io.github.ghostwren

import io.github.ghostwren.ffi.NativeException
import io.github.ghostwren.ffi.NativeSession
import io.github.ghostwren.internal.TokenHost
import io.github.ghostwren.openai.OpenAi
import io.github.ghostwren.records.AuthLogin
import io.github.ghostwren.records.AuthSession
import io.github.ghostwren.records.AuthUser
import io.github.ghostwren.store.MemoryTokenStore
import io.github.ghostwren.store.SqliteStore
import io.github.ghostwren.store.SupabaseStore
import io.github.ghostwren.store.TokenStore
import io.github.ghostwren.twitter.Twitter
import io.github.ghostwren.twitter.TwitterApp
import java.net.URLEncoder
import java.time.Instant
import java.util.Base64
import kotlin.io.path.createTempDirectory
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNotEquals
import kotlin.test.assertTrue
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

private fun claims(role: String): String {
    val encode = { text: String -> Base64.getUrlEncoder().withoutPadding().encodeToString(text.toByteArray()) }
    return "${encode("""{"alg":"HS256"}""")}.${encode("""{"iss":"supabase","role":"$role"}""")}.c2lnbmF0dXJl"
}

/** What no device may hold. */
private val FORBIDDEN = mapOf(
    "Supabase's secret key" to "sb_secret_hunter2hunter2",
    "Supabase's service_role key" to claims("service_role"),
    "Supabase's key of its admin" to claims("supabase_admin"),
    "a service account's key of OpenAI" to "sk-svcacct-hunter2",
    "an administrator's key of OpenAI" to "sk-admin-hunter2",
    "the bearer token of an X app" to "AAAAAAAAAAAAAAAAAAAAAMLheAAAAAAA0%2Bhunter2",
    // As somebody copies them.
    "Supabase's secret key in another case" to "SB_Secret_hunter2hunter2",
    "Supabase's secret key between spaces" to " sb_secret_hunter2hunter2 \n",
    "Supabase's secret key, escaped for an address" to "sb%5Fsecret%5Fhunter2hunter2",
    "Supabase's service_role key, escaped for an address" to claims("service_role").replace(".", "%2E"),
    "Supabase's service_role key behind a scheme" to "Bearer ${claims("service_role")}",
)

class DeviceTest {
    private suspend fun refused(work: suspend () -> Unit) {
        val error = assertFailsWith<GhostwrenException.Config> { work() }
        assertEquals("mobile.secret_in_app", error.code, error.message)
        assertTrue(error.remedy!!.isNotEmpty())
        assertFalse("hunter2" in error.message || "service_role\"" in error.message, error.message)
    }

    private suspend fun open(settings: String, kind: String = "ghostwren", tokens: TokenStore? = null) {
        val session = NativeSession(kind, settings, null, null, tokens?.let(::TokenHost), null)
        try {
            session.open(null)
        } catch (error: NativeException.Failed) {
            throw GhostwrenException.of(error.`fields`, error.`thrown`)
        }
    }

    /** Every text that the public builders take, with a secret in it. */
    @TestFactory
    fun `an operator's secret is refused wherever it stands`(): List<DynamicTest> = FORBIDDEN.flatMap { (what, secret) ->
        val memory = SqliteStore.inMemory()
        val places: Map<String, suspend () -> Unit> = mapOf(
            "the file's name" to { Ghostwren(SqliteStore(java.nio.file.Path.of(secret))).open() },
            "the model's name" to { Ghostwren(memory, OpenAi("http://127.0.0.1:9/v1", secret)).open() },
            "the model's address" to { Ghostwren(memory, OpenAi("https://x.example/v1?apikey=$secret")).open() },
            "the organization" to { Ghostwren(memory, OpenAi("http://127.0.0.1:9/v1", organization = secret)).open() },
            "the client id" to { Ghostwren(memory, twitter = TwitterApp(secret)).open() },
            "the callback" to { Ghostwren(memory, twitter = TwitterApp("id", "https://x.example/$secret")).open() },
            "the project's address" to { Ghostwren(SupabaseStore("https://x.example/$secret", "sb_publishable_x"), MemoryTokenStore()).open() },
            "the publishable key" to { Ghostwren(SupabaseStore("http://127.0.0.1:9", secret), MemoryTokenStore()).open() },
            "a client's settings" to { OpenAi("http://127.0.0.1:9/v1", model = secret).models() },
            "an access token" to { Twitter(secret).me() },
            "the token store" to {
                Ghostwren(memory, OpenAi(), tokens = MemoryTokenStore(mapOf(TokenStore.MODEL_KEY to secret))).open()
            },
        )
        places.map { (place, work) -> DynamicTest.dynamicTest("$what in $place") { runBlocking { refused { work() } } } }
    }

    /** Every call that takes a token: nothing is sent, and nothing is kept. */
    @TestFactory
    fun `an operator's secret is nobody's token`(): List<DynamicTest> = FORBIDDEN.flatMap { (what, secret) ->
        val tokens = MemoryTokenStore()
        val wren = Ghostwren(SupabaseStore("http://127.0.0.1:9", "sb_publishable_x"), tokens)
        val later = Instant.parse("2126-01-01T00:00:00Z")
        val somebody = AuthUser(id = "01890000-0000-7000-8000-000000000000")
        val places: Map<String, suspend () -> Unit> = mapOf(
            "a session's access token" to { wren.signIn(AuthSession(secret, "r", later, somebody)) },
            "a session's refresh token" to { wren.signIn(AuthSession("a", secret, later, somebody)) },
            "a refresh" to { wren.auth.refresh(secret) },
            "a token's user" to { wren.auth.user(secret) },
            "a token's claims" to { wren.auth.claims(secret) },
            "a change of the user" to { wren.auth.updateUser(secret, email = "a@example.org") },
            "a sign-out" to { wren.auth.signOut(secret) },
            "a code" to { wren.auth.exchange(secret, "v") },
            "a password" to { wren.auth.signInWithPassword("a@example.org", secret) },
            "a new user's password" to { wren.auth.signUp("a@example.org", secret) },
            "a code that was sent" to { wren.auth.verifyCode("a@example.org", secret) },
            "an identity's token" to { wren.auth.unlinkIdentity(secret, "i") },
            "the callback of a login" to {
                val login = AuthLogin("https://x.example", "s", "v", "app://back")
                wren.auth.finish(login, "app://back?code=${URLEncoder.encode(secret, "UTF-8")}")
            },
            // These stand in the address that a browser opens.
            "an address to come back to" to { wren.auth.authorize("app://back?apikey=$secret") },
            "a parameter of a login" to { wren.auth.authorize("app://back", params = mapOf("apikey" to secret)) },
            "a session out of the token store" to {
                val session = """{"access_token": ${Json.encodeToString(secret)}, "refresh_token": "r",
                    "expires_at": "$later", "user": {"id": "${somebody.id}"}}"""
                Ghostwren(
                    SupabaseStore("http://127.0.0.1:9", "sb_publishable_x"),
                    MemoryTokenStore(mapOf(TokenStore.SUPABASE_SESSION to session)),
                ).signIn()
            },
        )
        places.map { (place, work) ->
            DynamicTest.dynamicTest("$what as $place") {
                runBlocking {
                    refused { work() }
                    assertEquals(null, tokens.load(TokenStore.SUPABASE_SESSION))
                }
            }
        }
    }

    @Test
    fun `a key of a model is nowhere but in the token store`() = runBlocking {
        val key = "sk-proj-hunter2hunter2hunter2"
        refused { Ghostwren(SqliteStore.inMemory(), OpenAi("https://x.example/v1", model = key)).open() }
        refused { OpenAi("https://x.example/v1?key=${key.replace("-", "%2D")}").models() }
        refused { Twitter(key).me() }
        val wren = Ghostwren(SupabaseStore("http://127.0.0.1:9", "sb_publishable_x"), MemoryTokenStore())
        refused { wren.auth.user(key) }
        refused { wren.auth.authorize("app://back?key=$key") }
        // A host of Slovakia is none.
        OpenAi("https://sk-gateway-2.production.example.com/v1").run { Ghostwren(SqliteStore.inMemory(), this).use {} }
        // Also where somebody goes around the public half.
        refused { open("""{"store": {"memory": {}}, "model": {"openai": {"key": "anything"}}}""") }
        refused { open("""{"key": "anything", "base_url": "http://127.0.0.1:9/v1"}""", "openai") }
    }

    @Test
    fun `what only a server may is not in the library`() = runBlocking {
        Ghostwren(SqliteStore.inMemory()).use { wren ->
            val none = JsonObject(emptyMap())
            for (name in listOf("wren.doctor", "wren.audit")) {
                val error = assertFailsWith<GhostwrenException>(name) { wren.session.call<JsonElement>(name, none) }
                assertEquals("binding.no_call", error.code, name)
            }
        }
        val table = assertFailsWith<NativeException.Failed> { open("{}", kind = "table") }
        assertEquals("binding.no_call", GhostwrenException.of(table.`fields`, table.`thrown`).code)
    }

    @Test
    fun `the secret of a confidential client has no place`() = runBlocking {
        val parameters = TwitterApp::class.java.constructors.flatMap { it.parameters.toList() }
        assertTrue(parameters.isNotEmpty())
        assertTrue(TwitterApp("id").settings.keys.none { "secret" in it })
        assertTrue(Ghostwren::class.java.declaredFields.none { "secret" in it.name.lowercase() })
        refused { open("""{"store": {"memory": {}}, "twitter": {"client_id": "id", "client_secret": "x"}}""") }
        refused { open("""{"token": "t", "app": {"client_id": "id", "client_secret": "x"}}""", "twitter") }
        refused { open("""{"store": {"supabase": {"url": "https://x.supabase.co", "secret_key": "x"}}}""") }
        refused { open("""{"store": {"supabase": {"url": "https://x.supabase.co", "jwt_secret": "x"}}}""") }
        assertTrue(SupabaseStore::class.java.constructors.flatMap { it.parameters.toList() }.isNotEmpty())
        assertTrue(SupabaseStore("u", "k").settings.getValue("supabase").jsonObject.keys.none { "secret" in it })
    }

    @Test
    fun `a project is named, and its session has a safe place`() = runBlocking {
        val nameless = assertFailsWith<GhostwrenException.InvalidInput> {
            open("""{"store": {"supabase": {"url": "https://x.supabase.co"}}}""", tokens = MemoryTokenStore())
        }
        assertEquals("argument.missing", nameless.code)
        val unsafe = assertFailsWith<GhostwrenException.Config> {
            open("""{"store": {"supabase": {"url": "http://127.0.0.1:9", "publishable_key": "sb_publishable_x"}}}""")
        }
        assertEquals("mobile.no_token_store", unsafe.code)
    }

    @Test
    fun `a person's own key is used, and never shown`() = runBlocking {
        Sandbox.command("reset")
        val key = Sandbox.address("key")
        val tokens = MemoryTokenStore(mapOf("mine" to key))
        val openai = OpenAi(Sandbox.address("openai_url"), "gpt-4o", tokens, keyName = "mine")
        assertTrue(openai.chat("hello").text.isNotEmpty())
        assertFalse(key in openai.toString() || key in tokens.toString())
        openai.close()
    }

    @Test
    fun `a key goes to no other server by itself`() = runBlocking {
        Sandbox.command("reset")
        val tokens = MemoryTokenStore(mapOf(TokenStore.MODEL_KEY to Sandbox.address("key")))
        // The stand-in answers 401 to who brings no key.
        val error = assertFailsWith<GhostwrenException.Auth> { OpenAi(Sandbox.address("openai_url"), tokens = tokens).chat("x") }
        assertEquals(401, error.status)
    }

    @Test
    fun `what is missing is told`() = runBlocking {
        val noKey = assertFailsWith<GhostwrenException.Config> { OpenAi(tokens = MemoryTokenStore()).chat("x") }
        assertEquals("mobile.no_model_key", noKey.code)
        val file = createTempDirectory("ghostwren").resolve("a.db")
        val noPlace = assertFailsWith<GhostwrenException.Config> { Ghostwren(SqliteStore(file), twitter = TwitterApp("id")).open() }
        assertEquals("mobile.no_token_store", noPlace.code)
    }

    @Test
    fun `the key that seals the login is made once, and stays in the token store`() = runBlocking {
        val folder = createTempDirectory("ghostwren")
        val tokens = MemoryTokenStore()
        val made = (1..2).map {
            Ghostwren(SqliteStore(folder.resolve("a.db")), twitter = TwitterApp("id"), tokens = tokens).use {}
            tokens.load(TokenStore.SEALING_KEYS)!!
        }
        assertEquals(made[0], made[1])
        assertTrue(Regex("device-[0-9a-f]{16}:[A-Za-z0-9+/]{43}=").matches(made[0]), "not a key")
        assertFalse(folder.resolve("a.db.key").toFile().exists(), "a key lies beside the database")
        val other = MemoryTokenStore()
        Ghostwren(SqliteStore(folder.resolve("b.db")), twitter = TwitterApp("id"), tokens = other).use {}
        assertNotEquals(made[0], other.load(TokenStore.SEALING_KEYS))
    }

    @Test
    fun `a token store that fails says so, with its exception`() = runBlocking {
        val locked = IllegalStateException("the device is locked")
        val tokens = object : TokenStore {
            override suspend fun load(name: String): String? = throw locked
            override suspend fun save(name: String, secret: String) = Unit
            override suspend fun remove(name: String) = Unit
        }
        val error = assertFailsWith<GhostwrenException.Storage> { OpenAi(tokens = tokens).chat("x") }
        assertEquals("mobile.token_store", error.code)
        assertEquals(locked, error.cause)
    }
}
