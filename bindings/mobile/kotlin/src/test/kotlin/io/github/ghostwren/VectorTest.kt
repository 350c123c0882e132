package io.github.ghostwren

import io.github.ghostwren.http.OkHttpTransport
import io.github.ghostwren.http.Transport
import io.github.ghostwren.internal.arguments
import io.github.ghostwren.generate.cleanCandidate
import io.github.ghostwren.generate.select
import io.github.ghostwren.internal.element
import io.github.ghostwren.internal.reading
import io.github.ghostwren.internal.writing
import io.github.ghostwren.openai.ChatRequest
import io.github.ghostwren.openai.OpenAi
import io.github.ghostwren.openai.modelInfo
import io.github.ghostwren.openai.strictSchema
import io.github.ghostwren.records.AuthLogin
import io.github.ghostwren.records.DraftEvent
import io.github.ghostwren.records.ImportEvent
import io.github.ghostwren.records.ModelDelta
import io.github.ghostwren.records.Page
import io.github.ghostwren.records.Tweet
import io.github.ghostwren.records.TweetList
import io.github.ghostwren.records.TweetPage
import io.github.ghostwren.records.compareIds
import io.github.ghostwren.records.isValidId
import io.github.ghostwren.records.timeOfId
import io.github.ghostwren.store.MemoryTokenStore
import io.github.ghostwren.store.SqliteStore
import io.github.ghostwren.store.SupabaseStore
import io.github.ghostwren.store.TokenStore
import io.github.ghostwren.style.Fingerprint
import io.github.ghostwren.style.StyleProfile
import io.github.ghostwren.style.StyleReport
import io.github.ghostwren.supabase.Otp
import io.github.ghostwren.supabase.SignOutScope
import io.github.ghostwren.twitter.TimelineRange
import io.github.ghostwren.twitter.Twitter
import io.github.ghostwren.twitter.TwitterApp
import io.github.ghostwren.twitter.lint
import io.github.ghostwren.twitter.prices
import io.github.ghostwren.twitter.writeCost
import java.nio.file.Path
import java.util.UUID
import kotlin.io.path.createTempDirectory
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.nameWithoutExtension
import kotlin.io.path.readText
import kotlin.test.assertEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.decodeFromJsonElement
import kotlinx.serialization.json.double
import kotlinx.serialization.json.encodeToJsonElement
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory

private val VECTORS: List<Pair<String, JsonObject>> =
    ROOT.resolve("core/tests/vectors").listDirectoryEntries("*.json").sorted().flatMap { file ->
        Json.parseToJsonElement(file.readText()).jsonObject.getValue("vectors").jsonArray.map {
            "${file.nameWithoutExtension}: ${it.jsonObject.getValue("name").jsonPrimitive.content}" to it.jsonObject
        }
    }

/** The vectors of `core/tests/vectors`, which every language runs, through the public calls of this package. */
class VectorTest {
    private fun all(transport: Transport?, over: String = ""): List<DynamicTest> =
        VECTORS.filter { (_, vector) -> "device" !in vector }.map { (name, vector) ->
            DynamicTest.dynamicTest(name + over) { runBlocking { Runner(transport).run(vector) } }
        }

    @TestFactory
    fun vectors(): List<DynamicTest> = all(transport = null)

    @TestFactory
    fun `vectors over OkHttp`(): List<DynamicTest> = all(OkHttpTransport(), " over OkHttp")

    @Test
    fun `each kind of error has a vector and a class`() {
        val kinds = VECTORS.flatMap { (_, vector) -> vector.getValue("steps").jsonArray }
            .mapNotNull { it.jsonObject["error"]?.jsonObject?.get("kind")?.jsonPrimitive?.content }
        val known = io.github.ghostwren.internal.local<List<String>>("errors.kinds", JsonObject(emptyMap()))
        for (kind in known) {
            val exception = GhostwrenException.of(ErrorFields(kind, "a.code"))
            assertEquals(kind.replace("_", ""), exception.javaClass.simpleName.lowercase())
        }
        // What cancels a call is the caller's own coroutine, which hears of it as a CancellationException.
        assertEquals(known.toSet() - "cancelled", kinds.toSet())
    }
}

/** Where [got] is not what is wanted; objects may hold more unless [whole]. */
fun differs(want: JsonElement, got: JsonElement, where: String, whole: Boolean): String? = when {
    want is JsonObject && "\$any" in want -> if (got == JsonNull) "$where is missing" else null
    want is JsonObject && got is JsonObject ->
        (if (whole) want.keys + got.keys else want.keys).firstNotNullOfOrNull {
            differs(want[it] ?: JsonNull, got[it] ?: JsonNull, "$where/$it", whole)
        }
    want is JsonArray && got is JsonArray && want.size == got.size ->
        want.indices.firstNotNullOfOrNull { differs(want[it], got[it], "$where/$it", whole) }
    number(want) != null && number(want) == number(got) -> null
    else -> if (want == got) null else "$where is $got, not $want"
}

private fun number(value: JsonElement): Double? =
    (value as? JsonPrimitive)?.takeIf { !it.isString && it != JsonNull }?.content?.toDoubleOrNull()

private fun pointed(value: JsonElement, pointer: String): JsonElement =
    pointer.split("/").drop(1).fold(value) { of, part ->
        if (of is JsonArray) of[part.toInt()] else of.jsonObject.getValue(part)
    }

private class Runner(private val transport: Transport?) {
    private val folder: Path = createTempDirectory("ghostwren")
    private val known = mutableMapOf<String, JsonElement>(
        "\$openai" to JsonPrimitive(Sandbox.address("openai_url")),
        "\$key" to JsonPrimitive(Sandbox.address("key")),
        "\$x" to JsonPrimitive(Sandbox.address("x_url")),
        "\$authorize" to JsonPrimitive(Sandbox.address("authorize_url")),
        // A device is a public client: the secret of the vectors stays away.
        "\$client" to JsonPrimitive(Sandbox.address("public_client_id")),
        "\$me" to JsonPrimitive(Sandbox.address("user_id")),
        "\$supabase" to JsonPrimitive(Sandbox.address("supabase_url")),
        "\$publishable" to JsonPrimitive(Sandbox.address("supabase_publishable_key")),
    )
    private val parts = mapOf("\$folder" to "$folder", "\$sample" to "$SAMPLE", "\$unique" to "u${UUID.randomUUID()}")
    private val store = SqliteStore.inMemory()
    private var openai: OpenAi? = null
    private var twitter: Twitter? = null
    private val signedIn = mutableListOf<User>()

    private fun fill(value: JsonElement): JsonElement = when (value) {
        is JsonArray -> JsonArray(value.map(::fill))
        is JsonObject -> JsonObject(value.mapValues { fill(it.value) })
        else -> if (!value.jsonPrimitive.isString) value else {
            val text = value.jsonPrimitive.content
            known[text] ?: JsonPrimitive(parts.entries.fold(text) { filled, (name, part) -> filled.replace(name, part) })
        }
    }

    private fun open(asked: JsonElement): Ghostwren {
        val settings = fill(asked).jsonObject
        val file = settings.getValue("store").jsonObject["sqlite"]?.jsonObject?.get("path")?.jsonPrimitive?.content
        settings.getValue("store").jsonObject["supabase"]?.jsonObject?.let {
            return Ghostwren(SupabaseStore(it.must("url"), it.must("publishable_key")), MemoryTokenStore(), transport = transport)
        }
        val openai = (settings["model"] as? JsonObject)?.getValue("openai")?.jsonObject
        val twitter = settings["twitter"] as? JsonObject
        return Ghostwren(
            store = if (file == null) SqliteStore.inMemory() else SqliteStore(Path.of(file)),
            model = openai?.let(::openai),
            twitter = twitter?.let(::app),
            transport = transport,
            dailyModelBudgetMicros = settings["daily_model_budget_micros"]?.jsonPrimitive?.long,
            dailyTwitterBudgetMicros = settings["daily_twitter_budget_micros"]?.jsonPrimitive?.long,
            publishSettle = settings["publish_settle_seconds"]?.jsonPrimitive?.double?.seconds,
        )
    }

    /** A model's client; its key is in a token store, because a device has no parameter for one. */
    private fun openai(settings: JsonObject) = OpenAi(
        baseUrl = settings.text("base_url"),
        model = settings.text("model"),
        tokens = settings.text("key")?.let { MemoryTokenStore(mapOf(TokenStore.MODEL_KEY to it)) },
        transport = transport,
        keyName = TokenStore.MODEL_KEY,
        timeout = settings["timeout_seconds"]?.jsonPrimitive?.double?.seconds,
        maxAttempts = settings.number("max_attempts"),
    )

    private fun app(settings: JsonObject) = TwitterApp(
        clientId = settings.must("client_id"),
        redirectUri = settings.text("redirect_uri"),
        apiBase = settings.text("api_base"),
        authorizeBase = settings.text("authorize_base"),
    )

    /** Clients by themselves. */
    private fun openClients(clients: JsonObject) {
        clients["openai"]?.let { openai = openai(it.jsonObject) }
        clients["twitter"]?.jsonObject?.let {
            val app = app(it.getValue("app").jsonObject)
            twitter = Twitter(it.must("token"), app = app, transport = transport, maxAttempts = it.number("max_attempts"))
        }
    }

    private fun JsonObject.text(name: String): String? = (this[name] as? JsonPrimitive)?.takeIf { it.isString }?.content

    private fun JsonObject.must(name: String): String = text(name) ?: error("the step has no $name")

    private fun JsonObject.number(name: String): Int? = this[name]?.jsonPrimitive?.int

    private fun JsonObject.texts(name: String): List<String> = this[name]?.let { reading.decodeFromJsonElement(it) } ?: emptyList()

    /** What a call gave, as the core writes it. */
    private fun plain(value: Any?): JsonElement = when (value) {
        is Unit -> JsonNull
        is Account -> JsonPrimitive(value.id)
        is TweetList -> JsonArray(value.map { writing.encodeToJsonElement<Tweet>(it) })
        is StyleReport -> JsonObject(
            mapOf(
                "record" to writing.encodeToJsonElement(value.record),
                "cached" to JsonPrimitive(value.cached),
                "analysis_failed" to (value.analysisFailed?.let { writing.encodeToJsonElement(it.fields) } ?: JsonNull),
            ),
        )
        is ImportEvent.Started -> event("started", JsonObject(
            mapOf("run" to writing.encodeToJsonElement(value.run), "resumed" to JsonPrimitive(value.resumed)),
        ))
        is ImportEvent.Finished -> event("finished", writing.encodeToJsonElement(value.report))
        is DraftEvent.Started -> event("started", value.data)
        is DraftEvent.Finished -> event("finished", writing.encodeToJsonElement(value.report))
        is ModelDelta.Completed -> event("completed", value.response)
        // What comes between is not compared.
        is ModelDelta -> JsonNull
        is TweetPage -> event("page", writing.encodeToJsonElement(value))
        is List<*> -> JsonArray(value.map(::plain))
        else -> element(value)
    }

    private fun event(name: String, data: JsonElement) = JsonObject(mapOf("event" to JsonPrimitive(name), "data" to data))

    private fun page(page: Page<Tweet>) = JsonObject(
        mapOf("items" to plain(page.items), "next" to (page.next?.let(::JsonPrimitive) ?: JsonNull)),
    )

    private suspend fun call(wren: Ghostwren?, name: String, args: JsonObject): JsonElement = when {
        name.startsWith("openai.") -> openaiCall(openai!!, name, args)
        name.startsWith("twitter.") -> twitterCall(twitter!!, name, args)
        name.startsWith("auth.") -> authCall(wren!!, name, args)
        name == "user.sign_in" -> {
            signedIn += wren!!.signIn(args["session"]?.let { reading.decodeFromJsonElement(it) })
            JsonObject(mapOf("session" to JsonPrimitive(signedIn.lastIndex)))
        }
        "session" in args -> userCall(signedIn[args.number("session")!!], name, args)
        else -> wrenCall(wren!!, name, args)
    }

    private suspend fun openaiCall(openai: OpenAi, name: String, args: JsonObject): JsonElement = when (name) {
        "openai.chat" -> writing.encodeToJsonElement(openai.chat(reading.decodeFromJsonElement<ChatRequest>(args)))
        "openai.models" -> writing.encodeToJsonElement(openai.models())
        "openai.model_record" -> writing.encodeToJsonElement(openai.modelRecord(args.must("id")))
        else -> error("a call that the runner does not know: $name")
    }

    private fun range(args: JsonObject) = TimelineRange(
        sinceId = args.text("since_id"),
        untilId = args.text("until_id"),
        pageSize = args.number("page_size"),
    )

    private suspend fun twitterCall(twitter: Twitter, name: String, args: JsonObject): JsonElement = when (name) {
        "twitter.me" -> writing.encodeToJsonElement(twitter.me())
        "twitter.user" -> writing.encodeToJsonElement(twitter.user(args.must("id")))
        "twitter.user_by_name" -> writing.encodeToJsonElement(twitter.userByName(args.must("username")))
        "twitter.users" -> writing.encodeToJsonElement(twitter.users(args.texts("ids")))
        "twitter.users_by_names" -> writing.encodeToJsonElement(twitter.usersByNames(args.texts("usernames")))
        "twitter.tweets" -> writing.encodeToJsonElement(twitter.tweets(args.texts("ids")))
        "twitter.all_tweets" -> plain(twitter.timeline(args.must("user_id"), range = range(args)))
        "twitter.create_tweet" -> {
            val tweet = args.getValue("tweet").jsonObject
            writing.encodeToJsonElement(twitter.createTweet(tweet.must("text"), JsonObject(tweet - "text")))
        }
        "twitter.delete_tweet" -> plain(twitter.deleteTweet(args.must("id")))
        "twitter.upload" -> writing.encodeToJsonElement(
            twitter.upload(Path.of(args.must("path")), args.text("media_type"), altText = args.text("alt_text")),
        )
        "twitter.alt_text" -> plain(twitter.altText(args.must("media_id"), args.must("text")))
        else -> error("a call that the runner does not know: $name")
    }

    private suspend fun authCall(wren: Ghostwren, name: String, args: JsonObject): JsonElement {
        val auth = wren.auth
        val provider = args.text("provider") ?: "x"
        fun email() = args.must("email")
        fun token() = args.must("token")
        fun otp(unless: Otp) = args.text("otp")?.let { Otp.valueOf(it.uppercase()) } ?: unless
        return when (name) {
            "auth.settings" -> auth.settings()
            "auth.authorize" ->
                writing.encodeToJsonElement(auth.authorize(args.must("redirect_to"), provider, args.texts("scopes")))
            "auth.finish" -> {
                val login = reading.decodeFromJsonElement<AuthLogin>(args.getValue("login"))
                writing.encodeToJsonElement(auth.finish(login, args.must("callback")))
            }
            "auth.exchange" -> writing.encodeToJsonElement(auth.exchange(args.must("code"), args.must("verifier")))
            "auth.probe" -> plain(auth.probe(args.must("redirect_to"), provider))
            "auth.refresh" -> writing.encodeToJsonElement(auth.refresh(args.must("refresh_token")))
            "auth.sign_up" ->
                writing.encodeToJsonElement(auth.signUp(email(), args.must("password"), args["metadata"]?.jsonObject))
            "auth.sign_in_with_password" ->
                writing.encodeToJsonElement(auth.signInWithPassword(email(), args.must("password")))
            "auth.send_code" -> plain(auth.sendCode(email(), args["create"]?.jsonPrimitive?.boolean ?: false))
            "auth.send_recovery" -> plain(auth.sendRecovery(email(), args.text("redirect_to")))
            "auth.resend" -> plain(auth.resend(email(), otp(Otp.SIGNUP)))
            "auth.verify_code" -> writing.encodeToJsonElement(auth.verifyCode(email(), args.must("code"), otp(Otp.EMAIL)))
            "auth.claims" -> writing.encodeToJsonElement(auth.claims(token()))
            "auth.user" -> writing.encodeToJsonElement(auth.user(token()))
            "auth.update_user" -> writing.encodeToJsonElement(
                auth.updateUser(token(), password = args.text("password"), metadata = args["metadata"]?.jsonObject),
            )
            "auth.reauthenticate" -> plain(auth.reauthenticate(token()))
            "auth.sign_out" -> plain(auth.signOut(token(), SignOutScope.valueOf(args.must("scope").uppercase())))
            "auth.link_identity" -> writing.encodeToJsonElement(auth.linkIdentity(token(), args.must("redirect_to"), provider))
            "auth.unlink_identity" -> plain(auth.unlinkIdentity(token(), args.must("identity")))
            else -> error("a call that the runner does not know: $name")
        }
    }

    private suspend fun userCall(user: User, name: String, args: JsonObject): JsonElement = when (name) {
        "user.session" -> writing.encodeToJsonElement(user.session())
        "user.sign_out" -> plain(user.signOut(SignOutScope.valueOf((args.text("scope") ?: "local").uppercase())))
        else -> error("a call that the runner does not know: $name")
    }

    private suspend fun wrenCall(wren: Ghostwren, name: String, args: JsonObject): JsonElement {
        val owner = args.text("owner") ?: "local"
        val user = wren.user(owner)
        val account = args.text("account")?.let { Account(wren.session, arguments("owner" to owner), it) }
        suspend fun <T> of(work: suspend Account.() -> T): T = account!!.work()
        fun request() = reading.decodeFromJsonElement<DraftRequest>(args.getValue("request"))
        fun query() = reading.decodeFromJsonElement<TweetQuery>(args)
        fun publish() = reading.decodeFromJsonElement<PublishRequest>(args)
        return when (name) {
            "test.panic" -> plain(wren.session.call<JsonElement>(name, args))
            "user.open_account" -> plain(user.openAccount(args.must("label")))
            "user.account" -> plain(user.account(args.must("id")))
            "user.accounts" -> plain(user.accounts())
            "connect.begin" -> writing.encodeToJsonElement(user.connect().begin(args.text("scopes")))
            "connect.finish" -> plain(user.connect().finish(args.must("callback"), args.must("binding")))
            "account.save_export" -> writing.encodeToJsonElement(of { saveExport() })
            "account.save_drafts" -> writing.encodeToJsonElement(of { saveDrafts(args.text("state")) })
            "account.save_style" -> writing.encodeToJsonElement(of { saveStyle() })
            "account.file_address" -> writing.encodeToJsonElement(of { fileAddress(args.must("name")) })
            "account.publish_file" -> plain(of { publishFile(args.must("name")) })
            "account.unpublish_file" -> plain(of { unpublishFile(args.must("name")) })
            "account.saved_files" -> writing.encodeToJsonElement(of { savedFiles() })
            "account.remove_file" -> plain(of { removeFile(args.must("name")) })
            "account.record" -> writing.encodeToJsonElement(of { record() })
            "account.imports" -> writing.encodeToJsonElement(of { imports() })
            "account.preview_import" -> writing.encodeToJsonElement(of { previewImport() })
            "account.preview_reconcile" -> writing.encodeToJsonElement(of { previewReconcile() })
            "account.export_to" -> plain(of { exportTo(Path.of(args.must("path"))) })
            "account.tweets" -> page(of { tweets(query(), args.number("limit") ?: 100, args.text("after")) })
            "account.all_tweets" -> plain(of { allTweets(query()) })
            "account.count_tweets" -> plain(of { countTweets(query()) })
            "account.totals" -> writing.encodeToJsonElement(of { totals() })
            "account.mark_tweets" -> plain(of {
                markTweets(args.texts("ids"), addLabels = args.texts("add_labels"), removeLabels = args.texts("remove_labels"))
            })
            "account.exclude_tweets" -> plain(of { excludeTweets(args.texts("ids")) })
            "account.analyze_style" -> plain(of { analyzeStyle() })
            "account.style_profile" -> of { styleProfile() }?.let { writing.encodeToJsonElement(it) } ?: JsonNull
            "account.generate" -> writing.encodeToJsonElement(of { generate(request()) })
            "account.preview" -> writing.encodeToJsonElement(of {
                when (val asked = args.getValue("call")) {
                    is JsonObject -> preview(reading.decodeFromJsonElement<DraftRequest>(asked.getValue("generate")))
                    else -> preview(asked.jsonPrimitive.content)
                }
            })
            "account.drafts" -> writing.encodeToJsonElement(of {
                drafts(args.text("state")?.let(::DraftState), args.text("generation"))
            })
            "account.draft" -> writing.encodeToJsonElement(of { draft(args.must("id")) })
            "account.approve" -> writing.encodeToJsonElement(of { approve(args.must("id")) })
            "account.reject" -> writing.encodeToJsonElement(of { reject(args.must("id"), args.text("note")) })
            "account.edit_draft" -> writing.encodeToJsonElement(of { editDraft(args.must("id"), args.must("text")) })
            "account.connection" -> writing.encodeToJsonElement(of { connection() })
            "account.disconnect" -> plain(of { disconnect() })
            "account.publish" -> writing.encodeToJsonElement(of { publish(publish()) })
            "account.preview_publish" -> writing.encodeToJsonElement(of { previewPublish(publish()) })
            "account.resume_publish" -> writing.encodeToJsonElement(of { resumePublish(args.must("outbox")) })
            "account.resolve_publish" -> {
                val said = args.getValue("resolution").jsonObject
                writing.encodeToJsonElement(of { resolvePublish(args.must("outbox"), said.must("resolution"), said.text("tweet_id")) })
            }
            "account.unpublish" -> plain(of { unpublish(args.must("draft")) })
            "account.outbox" -> writing.encodeToJsonElement(of { outbox() })
            "account.ai_runs" -> writing.encodeToJsonElement(of { aiRuns() })
            "account.spend" -> writing.encodeToJsonElement(of { spend() })
            "account.audit_log" -> writing.encodeToJsonElement(of { auditLog() })
            "account.erase_tweets" -> writing.encodeToJsonElement(of { eraseTweets(args.texts("ids")) })
            "account.erase" -> writing.encodeToJsonElement(of { erase() })
            else -> error("a call that the runner does not know: $name")
        }
    }

    private suspend fun stream(wren: Ghostwren?, name: String, args: JsonObject): List<JsonElement> {
        val events: List<Any> = when (name) {
            "openai.chat" -> openai!!.chatStream(reading.decodeFromJsonElement<ChatRequest>(args)).toList()
            "twitter.pages" -> when (val query = args.text("search")) {
                null -> twitter!!.timelinePages(args.must("user_id"), range = range(args))
                else -> twitter!!.searchPages(query, range(args))
            }.toList()
            else -> accountStream(wren!!, name, args)
        }
        // Only the ends are compared.
        return listOf(plain(events.first()), plain(events.last()))
    }

    private suspend fun accountStream(wren: Ghostwren, name: String, args: JsonObject): List<Any> {
        val account = Account(wren.session, arguments("owner" to (args.text("owner") ?: "local")), args.must("account"))
        fun options() = reading.decodeFromJsonElement<ImportOptions>(args)
        return when (name) {
            "account.import_archive" -> account.importArchive(Path.of(args.must("path"))).toList()
            "account.import_timeline" -> account.importTimeline(options()).toList()
            "account.import_all" -> account.importAll(Path.of(args.must("path")), options()).toList()
            "account.reconcile" -> account.reconcile(options()).toList()
            "account.generate" ->
                account.generateStream(reading.decodeFromJsonElement(args.getValue("request"))).toList()
            "account.export" -> account.export().toList()
            else -> error("a stream that the runner does not know: $name")
        }
    }

    private fun local(name: String, args: JsonObject): JsonElement {
        // What Kotlin itself refuses to compile, the core refuses too.
        val untyped = args["limit"]?.let { it.jsonPrimitive.content.toIntOrNull() == null } ?: false
        if (untyped || args.isEmpty() || "extra" in args) return io.github.ghostwren.internal.local(name, args)
        fun text() = args.must("text")
        return when (name) {
            "text.weighted_length" -> plain(io.github.ghostwren.text.weightedLength(text()))
            "text.parse" -> writing.encodeToJsonElement(io.github.ghostwren.text.parse(text(), args.number("limit") ?: 280))
            "text.extract" -> writing.encodeToJsonElement(
                when (args.text("what")) {
                    null -> io.github.ghostwren.text.extract(text())
                    "urls" -> io.github.ghostwren.text.extractUrls(text())
                    "mentions" -> io.github.ghostwren.text.extractMentions(text())
                    "mentions_or_lists" -> io.github.ghostwren.text.extractMentionsOrLists(text())
                    "hashtags" -> io.github.ghostwren.text.extractHashtags(text())
                    else -> io.github.ghostwren.text.extractCashtags(text())
                },
            )
            "text.reply_to" -> plain(io.github.ghostwren.text.replyTo(text()))
            "text.has_url" -> plain(io.github.ghostwren.text.hasUrl(text()))
            "text.cashtag_count" -> plain(io.github.ghostwren.text.cashtagCount(text()))
            "text.search_terms" -> plain(io.github.ghostwren.text.searchTerms(text()))
            "text.search_query" -> writing.encodeToJsonElement(io.github.ghostwren.text.searchQuery(text()))
            "text.escape_controls" -> plain(io.github.ghostwren.text.escapeControls(text()))
            "text.unescape_html" -> plain(io.github.ghostwren.text.unescapeHtml(text()))
            "text.status_id" -> plain(io.github.ghostwren.text.statusId(text()))
            "records.compare_ids" -> plain(compareIds(args.must("a"), args.must("b")))
            "records.is_valid_id" -> plain(isValidId(text()))
            "records.time_of_id" -> plain(timeOfId(text()))
            "openai.model_info" -> writing.encodeToJsonElement(modelInfo(args.must("name")))
            "openai.strict_schema" -> strictSchema(args.getValue("schema").jsonObject)
            "generate.clean_candidate" -> plain(cleanCandidate(text()))
            "twitter.lint" -> {
                val tweet = args.getValue("tweet").jsonObject
                val options = JsonObject(tweet - "text")
                writing.encodeToJsonElement(lint(tweet.must("text"), args.number("limit"), options = options))
            }
            "twitter.prices" -> plain(prices())
            "twitter.write_cost" -> JsonObject(mapOf("micros" to JsonPrimitive(writeCost(text()))))
            // Calls that only bindings make.
            else -> io.github.ghostwren.internal.local(name, args)
        }
    }

    private suspend fun step(wren: Ghostwren?, step: JsonObject): Pair<JsonElement, List<JsonElement>> {
        val args = fill(step["args"] ?: JsonObject(emptyMap())).jsonObject
        step["sandbox"]?.let { return Sandbox.command(fill(it).jsonObject) to emptyList() }
        step["browse"]?.let {
            var at = fill(it).jsonPrimitive.content
            do at = Sandbox.browse(at) while (!at.startsWith(step.text("to") ?: ""))
            return JsonPrimitive(at) to emptyList()
        }
        step["open"]?.let {
            openClients(fill(it).jsonObject)
            return JsonNull to emptyList()
        }
        step.text("local")?.let { return local(it, args) to emptyList() }
        step["select"]?.jsonObject?.let {
            val profile = StyleProfile.fromTexts(it.texts("texts"))
            val chosen = select(profile, it.texts("candidates"), it.number("n")!!, limit = it.number("limit") ?: 280)
            return writing.encodeToJsonElement(chosen) to emptyList()
        }
        step["fingerprint"]?.let {
            return writing.encodeToJsonElement(Fingerprint.of(reading.decodeFromJsonElement(it)).summary()) to emptyList()
        }
        step.text("store")?.let { return store.call(it, "local", args) to emptyList() }
        step.text("stream")?.let { return JsonNull to stream(wren, it, args) }
        return call(wren, step.must("call"), args) to emptyList()
    }

    suspend fun run(vector: JsonObject) {
        val wren = vector["settings"]?.let(::open)
        vector.getValue("steps").jsonArray.map { it.jsonObject }.forEachIndexed { number, step ->
            val where = "step $number ${step.toString().take(120)}"
            val wanted = step["error"]
            if (wanted != null) {
                val caught = runCatching { step(wren, step) }.exceptionOrNull()
                if (caught !is GhostwrenException) throw AssertionError("$where: $caught", caught)
                val fields = writing.encodeToJsonElement(caught.fields)
                assertNull(differs(fill(wanted), fields, where, false), fields.toString())
                if ("save_error" in step) known["\$entry"] = JsonPrimitive(caught.outbox)
                return@forEachIndexed
            }
            val (value, events) = step(wren, step)
            step["result"]?.let { assertNull(differs(fill(it), value, where, true), value.toString()) }
            step["has"]?.let { assertNull(differs(fill(it), value, where, false), value.toString()) }
            step["first"]?.let { assertNull(differs(fill(it), events.first(), where, false), events.first().toString()) }
            step["last"]?.let { assertNull(differs(fill(it), events.last(), where, false), events.last().toString()) }
            step["holds"]?.let { wanted ->
                val item = fill(wanted)
                assertTrue(value.jsonArray.any { differs(item, it, where, false) == null }, "$where: $value")
            }
            (step["save"] as? JsonObject)?.forEach { (name, pointer) ->
                known["\$$name"] = pointed(value, pointer.jsonPrimitive.content)
            }
        }
        wren?.close()
        openai?.close()
        twitter?.close()
        store.close()
    }
}
