package io.github.ghostwren

import io.github.ghostwren.internal.arguments
import io.github.ghostwren.generate.cleanCandidate
import io.github.ghostwren.generate.select
import io.github.ghostwren.internal.element
import io.github.ghostwren.internal.reading
import io.github.ghostwren.internal.writing
import io.github.ghostwren.openai.OpenAi
import io.github.ghostwren.openai.modelInfo
import io.github.ghostwren.openai.strictSchema
import io.github.ghostwren.records.DraftEvent
import io.github.ghostwren.records.ImportEvent
import io.github.ghostwren.records.Page
import io.github.ghostwren.records.Tweet
import io.github.ghostwren.records.TweetList
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
import io.github.ghostwren.twitter.TwitterApp
import io.github.ghostwren.twitter.lint
import io.github.ghostwren.twitter.prices
import io.github.ghostwren.twitter.writeCost
import java.nio.file.Path
import kotlin.io.path.createTempDirectory
import kotlin.io.path.listDirectoryEntries
import kotlin.io.path.nameWithoutExtension
import kotlin.io.path.readText
import kotlin.test.assertEquals
import kotlin.test.assertNull
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
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
    @TestFactory
    fun vectors(): List<DynamicTest> = VECTORS.map { (name, vector) ->
        DynamicTest.dynamicTest(name) { runBlocking { Runner().run(vector) } }
    }

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

private class Runner {
    private val folder: Path = createTempDirectory("ghostwren")
    private val known = mutableMapOf<String, JsonElement>(
        "\$openai" to JsonPrimitive(Sandbox.address("openai_url")),
        "\$key" to JsonPrimitive(Sandbox.address("key")),
        "\$x" to JsonPrimitive(Sandbox.address("x_url")),
        "\$authorize" to JsonPrimitive(Sandbox.address("authorize_url")),
        // A device is a public client: the secret of the vectors stays away.
        "\$client" to JsonPrimitive(Sandbox.address("public_client_id")),
        "\$supabase" to JsonPrimitive(Sandbox.address("supabase_url")),
        "\$publishable" to JsonPrimitive(Sandbox.address("supabase_publishable_key")),
        "\$sample" to JsonPrimitive(SAMPLE.toString()),
    )
    private val store = SqliteStore.inMemory()

    private fun fill(value: JsonElement): JsonElement = when (value) {
        is JsonArray -> JsonArray(value.map(::fill))
        is JsonObject -> JsonObject(value.mapValues { fill(it.value) })
        else -> if (!value.jsonPrimitive.isString) value else {
            val text = value.jsonPrimitive.content
            known[text] ?: JsonPrimitive(text.replace("\$folder", folder.toString()))
        }
    }

    private fun open(asked: JsonElement): Ghostwren {
        val settings = fill(asked).jsonObject
        val file = settings.getValue("store").jsonObject["sqlite"]?.jsonObject?.get("path")?.jsonPrimitive?.content
        settings.getValue("store").jsonObject["supabase"]?.jsonObject?.let {
            return Ghostwren(SupabaseStore(it.must("url"), it.must("publishable_key")), MemoryTokenStore())
        }
        val openai = (settings["model"] as? JsonObject)?.getValue("openai")?.jsonObject
        val twitter = settings["twitter"] as? JsonObject
        return Ghostwren(
            store = if (file == null) SqliteStore.inMemory() else SqliteStore(Path.of(file)),
            model = openai?.let {
                OpenAi(
                    baseUrl = it.text("base_url"),
                    model = it.text("model"),
                    keyName = TokenStore.MODEL_KEY,
                    timeout = it["timeout_seconds"]?.jsonPrimitive?.double?.seconds,
                    maxAttempts = it["max_attempts"]?.jsonPrimitive?.int,
                )
            },
            twitter = twitter?.let {
                TwitterApp(
                    clientId = it.text("client_id")!!,
                    redirectUri = it.text("redirect_uri"),
                    apiBase = it.text("api_base"),
                    authorizeBase = it.text("authorize_base"),
                )
            },
            tokens = openai?.text("key")?.let { MemoryTokenStore(mapOf(TokenStore.MODEL_KEY to it)) },
            dailyModelBudgetMicros = settings["daily_model_budget_micros"]?.jsonPrimitive?.long,
            dailyTwitterBudgetMicros = settings["daily_twitter_budget_micros"]?.jsonPrimitive?.long,
            publishSettle = settings["publish_settle_seconds"]?.jsonPrimitive?.double?.seconds,
        )
    }

    private fun JsonObject.text(name: String): String? = (this[name] as? JsonPrimitive)?.takeIf { it.isString }?.content

    private fun JsonObject.must(name: String): String = text(name) ?: error("the step has no $name")

    private fun JsonObject.number(name: String): Int? = this[name]?.jsonPrimitive?.int

    private fun JsonObject.texts(name: String): List<String> = this[name]?.let { reading.decodeFromJsonElement(it) } ?: emptyList()

    /** What a call gave, as the core writes it. */
    private fun plain(value: Any?): JsonElement = when (value) {
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
        is List<*> -> JsonArray(value.map(::plain))
        else -> element(value)
    }

    private fun event(name: String, data: JsonElement) = JsonObject(mapOf("event" to JsonPrimitive(name), "data" to data))

    private fun page(page: Page<Tweet>) = JsonObject(
        mapOf("items" to plain(page.items), "next" to (page.next?.let(::JsonPrimitive) ?: JsonNull)),
    )

    private suspend fun call(wren: Ghostwren, name: String, args: JsonObject): JsonElement {
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
            "auth.settings" -> wren.auth.settings()
            "auth.authorize" ->
                writing.encodeToJsonElement(wren.auth.authorize(args.must("redirect_to"), args.text("provider") ?: "x"))
            "auth.sign_in_with_password" ->
                writing.encodeToJsonElement(wren.auth.signInWithPassword(args.must("email"), args.must("password")))
            "account.save_export" -> writing.encodeToJsonElement(of { saveExport() })
            "account.saved_files" -> writing.encodeToJsonElement(of { savedFiles() })
            "account.remove_file" -> plain(of { removeFile(args.must("name")) })
            "account.record" -> writing.encodeToJsonElement(of { record() })
            "account.imports" -> writing.encodeToJsonElement(of { imports() })
            "account.preview_import" -> writing.encodeToJsonElement(of { previewImport() })
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

    private suspend fun stream(wren: Ghostwren, name: String, args: JsonObject): List<JsonElement> {
        val account = Account(wren.session, arguments("owner" to (args.text("owner") ?: "local")), args.must("account"))
        fun options() = reading.decodeFromJsonElement<ImportOptions>(args)
        val events: List<Any> = when (name) {
            "account.import_archive" -> account.importArchive(Path.of(args.must("path"))).toList()
            "account.import_timeline" -> account.importTimeline(options()).toList()
            "account.import_all" -> account.importAll(Path.of(args.must("path")), options()).toList()
            "account.reconcile" -> account.reconcile(options()).toList()
            "account.generate" ->
                account.generateStream(reading.decodeFromJsonElement(args.getValue("request"))).toList()
            "account.export" -> account.export().toList()
            else -> error("a stream that the runner does not know: $name")
        }
        // Only the ends are compared.
        return listOf(plain(events.first()), plain(events.last()))
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
        step["sandbox"]?.let { return Sandbox.command(it.jsonObject) to emptyList() }
        step["browse"]?.let { return JsonPrimitive(Sandbox.browse(fill(it).jsonPrimitive.content)) to emptyList() }
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
        step.text("stream")?.let { return JsonNull to stream(wren!!, it, args) }
        return call(wren!!, step.must("call"), args) to emptyList()
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
            (step["save"] as? JsonObject)?.forEach { (name, pointer) ->
                known["\$$name"] = pointed(value, pointer.jsonPrimitive.content)
            }
        }
        wren?.close()
        store.close()
    }
}
