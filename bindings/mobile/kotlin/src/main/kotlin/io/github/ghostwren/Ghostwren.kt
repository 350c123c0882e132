package io.github.ghostwren

import io.github.ghostwren.http.Transport
import io.github.ghostwren.internal.Hosts
import io.github.ghostwren.internal.ModelHost
import io.github.ghostwren.internal.Session
import io.github.ghostwren.internal.StoreHost
import io.github.ghostwren.internal.TokenHost
import io.github.ghostwren.internal.TransportHost
import io.github.ghostwren.internal.arguments
import io.github.ghostwren.internal.plus
import io.github.ghostwren.internal.writing
import io.github.ghostwren.model.Model
import io.github.ghostwren.openai.OpenAi
import io.github.ghostwren.records.AuthSession
import io.github.ghostwren.records.LoginEvent
import io.github.ghostwren.records.PendingLogin
import io.github.ghostwren.records.Ticket
import io.github.ghostwren.store.SqliteStore
import io.github.ghostwren.store.Store
import io.github.ghostwren.store.SupabaseStore
import io.github.ghostwren.store.TokenStore
import io.github.ghostwren.supabase.AuthClient
import io.github.ghostwren.supabase.SignOutScope
import io.github.ghostwren.twitter.TwitterApp
import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.withContext
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.encodeToJsonElement

/**
 * The SDK, set up once per process: where the data lives, which model writes, what it may cost.
 *
 * ```kotlin
 * val wren = Ghostwren(SqliteStore(file), model = OpenAi(), tokens = AndroidTokenStore(context))
 * val account = wren.user().openAccount("main")
 * ```
 *
 * A device holds no secret of an operator: there is no parameter for one, and what looks like one is refused
 * (`mobile.secret_in_app`). The person's own key of a model and what seals the login are in [tokens]. Everything is sent by
 * [transport]. Where [tokens] or [transport] are not given, those of an [OpenAi] that is the model serve for everything.
 */
public class Ghostwren private constructor(internal val session: Session, private val store: String) {
    public constructor(
        store: Store,
        model: Model? = null,
        twitter: TwitterApp? = null,
        tokens: TokenStore? = null,
        transport: Transport? = null,
        dailyModelBudgetMicros: Long? = null,
        dailyTwitterBudgetMicros: Long? = null,
        publishSettle: Duration? = null,
        lease: Duration? = null,
    ) : this(
        session(
            if (store is SqliteStore) store.settings else arguments("host" to emptyMap<String, Any>()),
            if (store is SqliteStore) null else store,
            model,
            twitter,
            tokens ?: (model as? OpenAi)?.tokens,
            transport,
            arguments(
                "daily_model_budget_micros" to dailyModelBudgetMicros,
                "daily_twitter_budget_micros" to dailyTwitterBudgetMicros,
                "publish_settle_seconds" to publishSettle,
                "lease_seconds" to lease,
            ),
        ),
        // What an app's own store says of itself is the app's.
        if (store is SqliteStore) store.toString() else store::class.simpleName ?: "a store of the app",
    )

    /** On Supabase: the session and what seals logins are in [tokens]. Then [signIn]. */
    public constructor(
        store: SupabaseStore,
        tokens: TokenStore,
        model: Model? = null,
        twitter: TwitterApp? = null,
        transport: Transport? = null,
        dailyModelBudgetMicros: Long? = null,
        dailyTwitterBudgetMicros: Long? = null,
        publishSettle: Duration? = null,
        lease: Duration? = null,
    ) : this(
        session(
            store.settings,
            null,
            model,
            twitter,
            tokens,
            transport,
            arguments(
                "daily_model_budget_micros" to dailyModelBudgetMicros,
                "daily_twitter_budget_micros" to dailyTwitterBudgetMicros,
                "publish_settle_seconds" to publishSettle,
                "lease_seconds" to lease,
            ),
        ),
        store.toString(),
    )

    /** The handle of one owner of a local store. Costs nothing and checks nothing: the first call does. */
    public fun user(owner: String = "local"): User = User(session, arguments("owner" to owner))

    /**
     * The user of Supabase by the session that a login gave, which is kept in the token store and fresh from here on.
     * Without [login] the one that is kept there goes on; `NeedsLogin` when there is none.
     */
    public suspend fun signIn(login: AuthSession? = null): User {
        val given = login?.let { writing.encodeToJsonElement(it) }
        val keep = mapOf("tokens" to emptyMap<String, Any>())
        val ticket: Ticket = session.call("user.sign_in", arguments("session" to given, "keep" to keep))
        return User(session, arguments("session" to ticket.session))
    }

    /** The Auth of the project that the store is in. */
    public val auth: AuthClient get() = AuthClient(session, store)

    /** Opens the store now, so that what is wrong with the settings is told now; the first call does it otherwise. */
    public suspend fun open(): Ghostwren = apply { session.open() }

    /** Closes the store: calls that come later fail with `Conflict`. What is under way goes on to its end, and the files are closed with it. */
    public suspend fun close(): Unit = session.close()

    /** Whether it was closed. */
    public val isClosed: Boolean get() = session.isClosed

    override fun toString(): String = "Ghostwren(on $store${if (isClosed) ", closed" else ""})"

    private companion object {
        fun session(
            store: JsonObject,
            own: Store?,
            model: Model?,
            twitter: TwitterApp?,
            tokens: TokenStore?,
            transport: Transport?,
            more: JsonObject,
        ): Session {
            val host = if (model == null || model is OpenAi) null else ModelHost(model)
            val settings = more + arguments(
                "store" to store,
                "model" to when (model) {
                    null -> null
                    is OpenAi -> mapOf("openai" to model.settings)
                    else -> mapOf("host" to host?.facts())
                },
                "twitter" to twitter?.settings,
            )
            val way = transport ?: (model as? OpenAi)?.transport
            val hosts = Hosts(host, own?.let(::StoreHost), tokens?.let(::TokenHost), way?.let(::TransportHost))
            return Session("ghostwren", settings, hosts)
        }
    }
}

/** Opens it, works with it, and closes it, whatever happens. */
public suspend inline fun <T> Ghostwren.use(work: (Ghostwren) -> T): T {
    open()
    try {
        return work(this)
    } finally {
        withContext(NonCancellable) { close() }
    }
}

/** One identity: what it owns, and nothing else. */
public class User internal constructor(private val session: Session, private val who: JsonObject) {
    /** Opens the account of this label, or makes it: bound to its Twitter user by the first archive or login. */
    public suspend fun openAccount(label: String = "main"): Account =
        Account(session, who, session.call("user.open_account", who + arguments("label" to label)))

    /** The account with this id; `NotFound` when there is none, or it is somebody else's. */
    public suspend fun account(id: String): Account =
        Account(session, who, session.call("user.account", who + arguments("id" to id)))

    /** All accounts, oldest first. */
    public suspend fun accounts(): List<Account> =
        session.call<List<String>>("user.accounts", who).map { Account(session, who, it) }

    /** Connects a Twitter account, which is opened under this label when the login succeeds. */
    public fun connect(label: String = "main"): Connect =
        Connect(session, who, who + arguments("label" to label))

    /** The session of who is signed in, as it is now: to call Supabase by other means. */
    public suspend fun session(): AuthSession = session.call("user.session", who)

    /** Ends the session, or others of the user, and forgets it on this device, also when Auth could not be reached. */
    public suspend fun signOut(scope: SignOutScope = SignOutScope.LOCAL) {
        session.json("user.sign_out", who + arguments("scope" to scope.wire))
    }

    // JSON puts a name in quotes, and escapes what is in it.
    override fun toString(): String = "User(${who["owner"] ?: "signed in"})"
}

/** A login at Twitter: [begin] it, send the browser to its `url`, [finish] it with the address that comes back. */
public class Connect internal constructor(
    private val session: Session,
    private val who: JsonObject,
    private val of: JsonObject,
) {
    /**
     * Begins a login. [scopes] are separated by spaces; reading alone unless set. It can be finished for ten minutes,
     * once, by any process on the same store.
     */
    public suspend fun begin(scopes: String? = null): PendingLogin =
        session.call("connect.begin", of + arguments("scopes" to scopes))

    /** Finishes a login with the address that the browser was sent to and the binding of that browser. */
    public suspend fun finish(callback: String, binding: String): Account {
        val arguments = of + arguments("callback" to callback, "binding" to binding)
        return Account(session, who, session.call("connect.finish", arguments))
    }

    /** A login with a browser on this machine: gives the address to open, and at the end the id of the account. */
    public fun inBrowser(scopes: String? = null, timeout: Duration = 5.minutes): Flow<LoginEvent> = session.events(
        "connect.in_browser",
        of + arguments("scopes" to scopes, "timeout_seconds" to timeout),
        LoginEvent::read,
    )

    override fun toString(): String = "Connect(${of["label"] ?: of["account"]})"
}
