package io.github.ghostwren

import io.github.ghostwren.ffi.NativeReply
import io.github.ghostwren.internal.Session
import io.github.ghostwren.internal.arguments
import io.github.ghostwren.internal.plus
import io.github.ghostwren.internal.writing
import io.github.ghostwren.records.AccountRecord
import io.github.ghostwren.records.AiRun
import io.github.ghostwren.records.AuditEvent
import io.github.ghostwren.records.Connection
import io.github.ghostwren.records.CostPreview
import io.github.ghostwren.records.Draft
import io.github.ghostwren.records.DraftEvent
import io.github.ghostwren.records.Erased
import io.github.ghostwren.records.FileAddress
import io.github.ghostwren.records.GenerationReport
import io.github.ghostwren.records.ImportEvent
import io.github.ghostwren.records.ImportPreview
import io.github.ghostwren.records.ImportReport
import io.github.ghostwren.records.ImportRun
import io.github.ghostwren.records.OutboxEntry
import io.github.ghostwren.records.Page
import io.github.ghostwren.records.ProfileRecord
import io.github.ghostwren.records.PublishPreview
import io.github.ghostwren.records.PublishReport
import io.github.ghostwren.records.ReconcilePreview
import io.github.ghostwren.records.SpendRecord
import io.github.ghostwren.records.StoredFile
import io.github.ghostwren.records.Tweet
import io.github.ghostwren.records.TweetList
import io.github.ghostwren.records.TweetTotals
import io.github.ghostwren.style.StyleReport
import java.nio.file.Path
import kotlin.time.Duration
import kotlin.time.Duration.Companion.hours
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.last
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.encodeToJsonElement
import kotlinx.serialization.json.jsonObject

/**
 * An import under way: collect its events, or take its [report] alone.
 *
 * Nothing happens before. What stops collecting stops the work after the page that is being stored; the same call goes on
 * from there later, in this process or another.
 */
public class Import internal constructor(events: Flow<ImportEvent>) : Flow<ImportEvent> by events {
    /** Runs the import to its end, and says what it did. */
    public suspend fun report(): ImportReport = (last() as ImportEvent.Finished).report

    override fun toString(): String = "Import(begins when it is collected)"
}

/** Drafts that grow: collect their events, or take the [report] alone. What stops collecting stops the request. */
public class Generating internal constructor(events: Flow<DraftEvent>) : Flow<DraftEvent> by events {
    /** Runs the generation to its end, and gives the drafts. */
    public suspend fun report(): GenerationReport = (last() as DraftEvent.Finished).report

    override fun toString(): String = "Generating(begins when it is collected)"
}

/** One Twitter account of one user. Cheap to make, to keep and to pass on. */
public class Account internal constructor(
    private val session: Session,
    private val who: JsonObject,
    /** The id, for [User.account]. */
    public val id: String,
) {
    override fun toString(): String = "Account($id)"

    private fun of(vararg named: Pair<String, Any?>): JsonObject =
        who + arguments("account" to id) + arguments(*named)

    private inline fun <reified T> all(record: T): JsonObject = of() + writing.encodeToJsonElement(record).jsonObject

    private suspend inline fun <reified T> call(name: String, arguments: JsonObject = of()): T =
        session.call("account.$name", arguments)

    private suspend inline fun <reified T> page(name: String, limit: Int, after: String?): Page<T> =
        call(name, of("limit" to limit, "after" to after))

    private fun import(name: String, arguments: JsonObject): Import =
        Import(session.events("account.$name", arguments, ImportEvent::read))

    /** The account as it is stored now. */
    public suspend fun record(): AccountRecord = call("record")

    // Imports

    /**
     * Imports an X data archive: the zip as X sent it, or the folder it was unpacked to. Free and complete; importing the
     * same archive again writes nothing for tweets that are unchanged.
     */
    public fun importArchive(path: Path): Import = import("import_archive", of("path" to path))

    /** Imports the timeline of the connected account: the newest 3,200 tweets, for money ([previewImport]). */
    public fun importTimeline(options: ImportOptions = ImportOptions()): Import = import("import_timeline", all(options))

    /** Imports an archive, and then from the X API only what came after it. */
    public fun importAll(archive: Path, options: ImportOptions = ImportOptions()): Import =
        import("import_all", all(options) + arguments("path" to archive))

    /** Asks X which of the stored tweets are gone, and forgets them as X's rules want it. */
    public fun reconcile(options: ImportOptions = ImportOptions()): Import = import("reconcile", all(options))

    /** The imports, newest first. */
    public suspend fun imports(): List<ImportRun> = call("imports")

    /** What importing the timeline would read and cost. */
    public suspend fun previewImport(options: ImportOptions = ImportOptions()): ImportPreview =
        call("preview_import", all(options))

    /** What [reconcile] would ask for and cost. */
    public suspend fun previewReconcile(): ReconcilePreview = call("preview_reconcile")

    // Tweets

    /** A page of tweets, at most 1,000. */
    public suspend fun tweets(query: TweetQuery = TweetQuery(), limit: Int = 100, after: String? = null): Page<Tweet> {
        val arguments = all(query) + arguments("limit" to limit, "after" to after)
        val found = session.reply("account.tweets", arguments) as NativeReply.Found
        return Page(TweetList(found.tweets), found.next)
    }

    /** A page of the tweets that hold these words. */
    public suspend fun tweets(search: String, limit: Int = 100): Page<Tweet> = tweets(TweetQuery(search), limit)

    /** Every tweet that matches: their records stay in Rust, each is read when it is looked at. */
    public suspend fun allTweets(query: TweetQuery = TweetQuery()): TweetList =
        TweetList((session.reply("account.all_tweets", all(query)) as NativeReply.Found).tweets)

    /** How many tweets match. */
    public suspend fun countTweets(query: TweetQuery = TweetQuery()): Int = call("count_tweets", all(query))

    /** How many tweets there are of each kind, language and so on. */
    public suspend fun totals(): TweetTotals = call("totals")

    /** Excludes tweets from the style or labels them; gives how many changed. At most 1,000 ids. */
    public suspend fun markTweets(
        ids: List<String>,
        excluded: Boolean? = null,
        addLabels: List<String> = emptyList(),
        removeLabels: List<String> = emptyList(),
    ): Int = call(
        "mark_tweets",
        of("ids" to ids, "excluded" to excluded, "add_labels" to addLabels, "remove_labels" to removeLabels),
    )

    /** Keeps tweets out of the style; gives how many changed. */
    public suspend fun excludeTweets(ids: List<String>): Int = call("exclude_tweets", of("ids" to ids))

    // Style and drafts

    /**
     * Learns the style: counts it, lets the model put it into words, and keeps both. The same tweets cost nothing a second
     * time.
     */
    public suspend fun analyzeStyle(askModel: Boolean = true, again: Boolean = false): StyleReport =
        StyleReport.read(session.reply("account.analyze_style", of("ask_model" to askModel, "again" to again)))

    /** The newest profile that is stored; `null` before the first analysis. */
    public suspend fun styleProfile(): ProfileRecord? = call("style_profile")

    /** Drafts tweets in the owner's voice and keeps them. */
    public suspend fun generate(request: DraftRequest): GenerationReport =
        call("generate", of("request" to writing.encodeToJsonElement(request.whole())))

    /** Drafts tweets about something in the owner's voice and keeps them. */
    public suspend fun generate(topic: String, count: Int = 3): GenerationReport = generate(DraftRequest(topic, count))

    /** As [generate], showing each candidate as it grows. */
    public fun generateStream(request: DraftRequest): Generating {
        val arguments = of("request" to writing.encodeToJsonElement(request.whole()))
        return Generating(session.events("account.generate", arguments, DraftEvent::read))
    }

    /** What [generate] would cost at most. Sends nothing. */
    public suspend fun preview(request: DraftRequest): CostPreview =
        call("preview", of("call" to mapOf("generate" to writing.encodeToJsonElement(request.whole()))))

    /** What a call would cost at most: `import_archive` or `analyze_style`. Sends nothing. */
    public suspend fun preview(call: String): CostPreview = call("preview", of("call" to call))

    /** A page of drafts, newest first. */
    public suspend fun drafts(
        state: DraftState? = null,
        generation: String? = null,
        limit: Int = 100,
        after: String? = null,
    ): Page<Draft> = call(
        "drafts",
        of("state" to state?.name, "generation" to generation, "limit" to limit, "after" to after),
    )

    /** One draft. */
    public suspend fun draft(id: String): Draft = call("draft", of("id" to id))

    /** Lets a draft be published. */
    public suspend fun approve(id: String): Draft = call("approve", of("id" to id))

    /** Rejects a draft; why steers the next generation. */
    public suspend fun reject(id: String, note: String? = null): Draft = call("reject", of("id" to id, "note" to note))

    /** Gives a draft another text; what was changed steers the next generation. */
    public suspend fun editDraft(id: String, text: String): Draft = call("edit_draft", of("id" to id, "text" to text))

    // Publishing

    /** Connects this account at Twitter, or connects it again: with the same Twitter user where it has one. */
    public fun connect(): Connect = Connect(session, who, of())

    /** How the account stands with Twitter, as the store has it; X is not asked. */
    public suspend fun connection(): Connection = call("connection")

    /** Ends the login; whether X confirmed it. Tweets and drafts stay. */
    public suspend fun disconnect(): Boolean = call("disconnect")

    /**
     * Publishes approved drafts. Called again after a failure it goes on where it stopped, and tweets nothing twice.
     */
    public suspend fun publish(request: PublishRequest): PublishReport = call("publish", all(request))

    /** Publishes one approved draft. */
    public suspend fun publish(draft: String): PublishReport = publish(PublishRequest(listOf(draft)))

    /** What publishing would cost and what X would refuse. Sends nothing. */
    public suspend fun previewPublish(request: PublishRequest): PublishPreview = call("preview_publish", all(request))

    /** Goes on with an entry of the outbox, such as the `outbox` of an exception. */
    public suspend fun resumePublish(outbox: String): PublishReport = call("resume_publish", of("outbox" to outbox))

    /**
     * Says what became of an entry of the outbox that cannot go on by itself: the tweet in doubt is on Twitter under this
     * [tweetId] (`posted`), is not there and may be sent again (`not_posted`), or nothing more is sent (`given_up`).
     */
    public suspend fun resolvePublish(outbox: String, resolution: String, tweetId: String? = null): OutboxEntry {
        val said = arguments(*listOfNotNull("resolution" to resolution, tweetId?.let { "tweet_id" to it }).toTypedArray())
        return call("resolve_publish", of("outbox" to outbox, "resolution" to said))
    }

    /** Deletes at X what was published of a draft, and gives the ids. */
    public suspend fun unpublish(draft: String): List<String> = call("unpublish", of("draft" to draft))

    /** What is to be published, what was, and what is in doubt; newest first. */
    public suspend fun outbox(limit: Int = 100, after: String? = null): Page<OutboxEntry> = page("outbox", limit, after)

    // Log, export, erase

    /** The model calls, newest first. */
    public suspend fun aiRuns(limit: Int = 100, after: String? = null): Page<AiRun> = page("ai_runs", limit, after)

    /** What was spent, by UTC day, newest first. */
    public suspend fun spend(): List<SpendRecord> = call("spend")

    /** The audit log, newest first. */
    public suspend fun auditLog(limit: Int = 100, after: String? = null): Page<AuditEvent> =
        page("audit_log", limit, after)

    /** Everything that is stored of the account, as plain data: `{"type": "tweet", …}`, the last one `{"type": "end"}`. */
    public fun export(): Flow<JsonObject> = session.events("account.export", of()) { it.jsonObject }

    /** Writes [export] to a file of JSON lines, which appears when it is whole; gives the number of lines. */
    public suspend fun exportTo(path: Path): Long = call("export_to", of("path" to path))

    // Files, which a store on Supabase keeps

    /** Keeps an export beside the account's rows, named after its content: the same data is kept once. */
    public suspend fun saveExport(): StoredFile = call("save_export")

    /** Keeps the drafts, or those of one state, as lines of JSON. */
    public suspend fun saveDrafts(state: String? = null): StoredFile = call("save_drafts", of("state" to state))

    /** Keeps the newest style profile as JSON. */
    public suspend fun saveStyle(): StoredFile = call("save_style")

    /** The files that are kept. */
    public suspend fun savedFiles(): List<StoredFile> = call("saved_files")

    /** An address that lets whoever has it read a file for a while. */
    public suspend fun fileAddress(name: String, lives: Duration = 1.hours): FileAddress =
        call("file_address", of("name" to name, "lives_seconds" to lives))

    /** Publishes a file: everybody who knows the address that this gives may read it. */
    public suspend fun publishFile(name: String): String = call("publish_file", of("name" to name))

    /** Takes the public copy away; `false` when there is none. */
    public suspend fun unpublishFile(name: String): Boolean = call("unpublish_file", of("name" to name))

    /** Removes a file with its public copy; `false` when there is none. */
    public suspend fun removeFile(name: String): Boolean = call("remove_file", of("name" to name))

    /** Erases everything of the account; its login is revoked first. What was spent and done stays, anonymous. */
    public suspend fun erase(): Erased = call("erase")

    /** Erases tweets and what was made of them. */
    public suspend fun eraseTweets(ids: List<String>): Erased = call("erase_tweets", of("ids" to ids))
}
