// The workflow: `Ghostwren`, `User`, `Account`.

import { inspect } from 'node:util'

import { OpenAI, settingsOf, TwitterApp } from './clients'
import { kindOf, missingArgument, wrongArgument } from './errors'
import { ModelHost, modelFacts, StoreHost } from './host'
import { allSnake, deepSnake, given, only, seconds } from './json'
import type { Model } from './model'
import {
  type AccountRecord, accountRecord, type AiRun, aiRun, type AuditEvent, auditEvent, type AuditReport, auditReport, type AuthSession,
  authSession, type Connection, connection, type CostPreview,
  type Diagnosis, diagnosis, type Draft, draft, type DraftEvent, draftEvent, type Erased, erased, type FileAddress, fileAddress,
  type GenerationReport, generationReport, type ImportEvent,
  importEvent, type ImportPreview, type ImportReport, type ImportRun, importRun, type OutboxEntry, outboxEntry, type Page, page,
  type PendingLogin, pendingLogin, plain, type ProfileRecord, profileRecord, type PublishPreview, type PublishReport,
  type ReconcilePreview, type SpendRecord, type StoredFile, storedFile, type TweetTotals, tweetTotals,
} from './records/internal'
import type { DraftOptions, ImportOptions, Ordered, Paged, PublishOptions, TweetQuery } from './options'
import { type CallOptions, Events, Session, Work } from './session'
import { deep, list } from './shape'
import { hiddenOf, pathOf, SqliteStore, type Store, type StoredSession, SupabaseStore } from './store'
import { StyleProfile, StyleReport } from './style'
import { AuthClient, type SignOutScope } from './supabase'
import { listOf, type Tweet, type TweetList } from './tweets'

/** What a {@link Ghostwren} is set up with. Times are in milliseconds, money in millionths of a US dollar. */
export interface GhostwrenOptions {
  /** A path of a SQLite file, `:memory:`, or a store. */
  store: string | URL | SqliteStore | SupabaseStore | Store
  model?: OpenAI | Model
  twitter?: TwitterApp
  /** `id:base64,…`: the first seals, all open. */
  sealingKeys?: string
  dailyModelBudgetMicros?: number
  dailyTwitterBudgetMicros?: number
  publishSettle?: number
  lease?: number
}

function storeOf(store: GhostwrenOptions['store']): [Record<string, unknown>, StoreHost | undefined] {
  if (store instanceof SqliteStore) return [store._settings, undefined]
  if (store instanceof SupabaseStore) return [{ supabase: hiddenOf(store) }, undefined]
  if (typeof store === 'string' || store instanceof URL) return [new SqliteStore(store)._settings, undefined]
  if (typeof store?.call === 'function') return [{ host: {} }, new StoreHost(store)]
  throw wrongArgument(`the argument \`store\` has to be a path, a SqliteStore, a SupabaseStore or an object with a method \`call\`, not ${kindOf(store)}`)
}

function modelOf(model: GhostwrenOptions['model']): [Record<string, unknown> | undefined, ModelHost | undefined] {
  if (model === undefined || model === null) return [undefined, undefined]
  if (model instanceof OpenAI) return [{ openai: settingsOf(model) }, undefined]
  if (typeof model.complete === 'function') return [{ host: modelFacts(model) }, new ModelHost(model)]
  throw wrongArgument(`the argument \`model\` has to be an OpenAI or an object with a method \`complete\`, not ${kindOf(model)}`)
}

/**
 * The SDK, set up once per process: where the data lives, which model writes, what it may cost.
 *
 * ```ts
 * const wren = await Ghostwren.open({ store: 'ghostwren.db', model: new OpenAI() })
 * const account = await wren.user().openAccount('main')
 * ```
 */
export class Ghostwren {
  readonly #session: Session

  /** Opens nothing: the first call does. See {@link Ghostwren.open}. */
  constructor(options: GhostwrenOptions) {
    if (typeof options !== 'object' || options === null) {
      throw wrongArgument(`the argument \`options\` has to be an object with a \`store\`, not ${kindOf(options)}`)
    }
    const { store, model, twitter, publishSettle, lease, ...rest } = given(options)
    const [storeSettings, storeHost] = storeOf(store)
    const [modelSettings, modelHost] = modelOf(model)
    if (twitter !== undefined && twitter !== null && !(twitter instanceof TwitterApp)) {
      throw wrongArgument(`the argument \`twitter\` has to be a TwitterApp, not ${kindOf(twitter)}`)
    }
    const settings = {
      ...allSnake(rest),
      store: storeSettings,
      model: modelSettings,
      twitter: twitter && settingsOf(twitter),
      publish_settle_seconds: seconds(publishSettle, 'publishSettle'),
      lease_seconds: seconds(lease, 'lease'),
    }
    this.#session = new Session('ghostwren', settings, modelHost, storeHost)
  }

  /** Sets it up and opens the store, so that what is wrong with the settings is told at once. */
  static async open(options: GhostwrenOptions): Promise<Ghostwren> {
    const wren = new Ghostwren(options)
    await wren.#session.open()
    return wren
  }

  /**
   * The handle of one owner of a local store; under Supabase, of the user whose access `token` a server received with a request.
   * Costs nothing and checks nothing: the first call does. Nobody refreshes such a token.
   */
  user(): User
  user(owner: string | { token: string }): User
  user(owner?: string | { token: string }): User {
    // Given and not there is a slip, such as a token that came with no request: nobody becomes `local` by it.
    return new User(this.#session, arguments.length === 0 ? { owner: 'local' } : identityOf(owner))
  }

  /**
   * A user of Supabase by the session that a login gave, kept fresh from here on: in memory, or where `keep` says. Without
   * `session` the one that is kept there goes on.
   */
  async signIn(session?: SessionLike | null, options: CallOptions & { keep?: StoredSession } = {}): Promise<User> {
    const own = session && {
      access_token: session.accessToken,
      refresh_token: session.refreshToken,
      expires_at: session.expiresAt,
      user: { id: session.user?.id },
    }
    const { keep, signal } = given(options)
    const values = { session: own, keep: keep && hiddenOf(keep) }
    const found = await this.#session.call('user.sign_in', values, signal)
    return new User(this.#session, { session: found.session })
  }

  /** The Auth of the project that the store is in. */
  get auth(): AuthClient {
    return new AuthClient(this.#session)
  }

  /**
   * Looks whether the Supabase project is set up as it must be: as a user as well, and for the login that comes back to
   * `redirectTo`. Changes nothing; on a server.
   */
  async doctor(
    options: CallOptions & { user?: User; redirectTo?: string | URL; provider?: string } = {},
  ): Promise<Diagnosis> {
    const { signal, user, redirectTo, provider } = given(options)
    const login = redirectTo === undefined ? undefined : { redirect_to: redirectTo, provider }
    return diagnosis(await this.#session.call('wren.doctor', { ...(user && whoOf(user)), login }, signal))
  }

  /** Looks through the keys and logins of all owners, and shows none of them; on a server. */
  async audit(options: CallOptions = {}): Promise<AuditReport> {
    return auditReport(await this.#session.call('wren.audit', {}, given(options).signal))
  }

  /** Closes the store: calls that come later fail with `ConflictError`. What is under way goes on to its end, and the files are closed with it. */
  async close(): Promise<void> {
    await this.#session.close()
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#session.closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** @internal For tests. */
  static _session(wren: Ghostwren): Session {
    return wren.#session
  }
}

/** A session of Supabase Auth: what a login of this package gave, or another client's by the same names. */
export type SessionLike = Pick<AuthSession, 'accessToken' | 'refreshToken'> & { expiresAt: Date | string; user: { id: string } }

/** Who is asking: the owner of a local store, the user of a token, or who is signed in. */
type Who = { owner: string } | { token: string } | { session: number }

function identityOf(owner: unknown): Who {
  if (typeof owner === 'object' && owner !== null) return { token: textOf('token', only(owner as { token: string }, ['token']).token) }
  return { owner: textOf('owner', owner) }
}

function textOf(name: string, value: unknown): string {
  if (value === undefined || value === null || value === '') throw missingArgument(name)
  if (typeof value !== 'string') throw wrongArgument(`the argument \`${name}\` has to be a text, not ${kindOf(value)}`)
  return value
}

/** Holds a token, perhaps: no field, so that nothing shows it. */
let whoOf: (user: User) => Who

/** One identity: what it owns, and nothing else. */
export class User {
  readonly #session: Session
  readonly #who: Who

  static {
    whoOf = (user) => user.#who
  }

  /** @internal */
  constructor(session: Session, who: Who) {
    this.#session = session
    this.#who = who
  }

  /**
   * The session of who is signed in, as it is now: for whoever keeps it elsewhere, and to call Supabase by other means.
   */
  async session(options: CallOptions = {}): Promise<AuthSession> {
    return authSession(await this.#session.call('user.session', this.#who, given(options).signal))
  }

  /** Ends the session, or others of the user, and forgets it here, also when Auth could not be reached. */
  async signOut(scope: SignOutScope = 'local', options: CallOptions = {}): Promise<void> {
    await this.#session.call('user.sign_out', { ...this.#who, scope }, given(options).signal)
  }

  /** Opens the account of this label, or makes it: bound to its Twitter user by the first archive or login. */
  async openAccount(label = 'main', options: CallOptions = {}): Promise<Account> {
    const id = await this.#session.call('user.open_account', { ...this.#who, label }, given(options).signal)
    return new Account(this.#session, this.#who, id)
  }

  /** The account with this id; `NotFoundError` when there is none, or it is somebody else's. */
  async account(id: string, options: CallOptions = {}): Promise<Account> {
    const found = await this.#session.call('user.account', { ...this.#who, id }, given(options).signal)
    return new Account(this.#session, this.#who, found)
  }

  /** All accounts, oldest first. */
  async accounts(options: CallOptions = {}): Promise<Account[]> {
    const ids: string[] = await this.#session.call('user.accounts', this.#who, given(options).signal)
    return ids.map((id) => new Account(this.#session, this.#who, id))
  }

  /** Connects a Twitter account, which is opened under this label when the login succeeds. */
  connect(label = 'main'): Connect {
    return new Connect(this.#session, this.#who, { label })
  }
}

/** What happens while a person logs in on their own machine. */
export type LoginEvent =
  /** The address to open. */
  | { event: 'opened'; data: string }
  /** The id of the account. */
  | { event: 'connected'; data: string }

/** A login at Twitter: `begin` it, send the browser to its `url`, `finish` it with the address that comes back. */
export class Connect {
  readonly #session: Session
  readonly #who: Who
  readonly #of: Record<string, unknown>

  /** @internal */
  constructor(session: Session, who: Who, of: { label?: string; account?: string }) {
    this.#session = session
    this.#who = who
    this.#of = { ...who, ...of }
  }

  /**
   * Begins a login. `scopes` are separated by spaces; reading alone unless set. It can be finished for ten minutes, once, by any
   * process on the same store.
   */
  async begin(options: CallOptions & { scopes?: string } = {}): Promise<PendingLogin> {
    const { signal, ...rest } = given(options)
    return pendingLogin(await this.#session.call('connect.begin', { ...rest, ...this.#of }, signal))
  }

  /** Finishes a login with the address that the browser was sent to and the binding of that browser. */
  async finish(callback: string | URL, binding: string, options: CallOptions = {}): Promise<Account> {
    const values = { ...this.#of, callback, binding }
    return new Account(this.#session, this.#who, await this.#session.call('connect.finish', values, given(options).signal))
  }

  /** A login for a program on the person's own machine. `timeout` is in milliseconds; five minutes unless set. */
  inBrowser(options: CallOptions & { scopes?: string; timeout?: number } = {}): Events<LoginEvent> {
    const { signal, timeout = 300_000, ...rest } = given(options)
    const values = { ...rest, ...this.#of, timeout_seconds: seconds(timeout, 'timeout') }
    return new Events(this.#session.stream('connect.in_browser', values), (event) => event, signal)
  }
}

/**
 * An import under way: go through its events, or await its report alone.
 *
 * Nothing happens before. What stops reading stops the work after the page that is being stored; the same call goes on from
 * there later, in this process or another.
 */
export type Import = Work<ImportEvent, ImportReport>

/** Drafts that grow: go through their events, or await the report alone. What stops reading stops the request. */
export type Generating = Work<DraftEvent, GenerationReport>

const DRAFT_OPTIONS = [
  'count', 'language', 'limit', 'format', 'tone', 'facts', 'banned', 'replyTo', 'hashtags', 'repair', 'seed', 'temperature', 'signal',
] as const satisfies readonly (keyof DraftOptions)[]

function requestOf(topic: string, options: DraftOptions): [Record<string, unknown>, AbortSignal | undefined] {
  const { signal, format, ...rest } = only(options, DRAFT_OPTIONS)
  const { replyTo } = given(options)
  const asked = format ?? (replyTo === undefined || replyTo === null ? 'tweet' : 'reply')
  return [{ ...allSnake(rest), topic, format: asked }, signal]
}

const drafted = (event: DraftEvent): GenerationReport => (event as { data: GenerationReport }).data
const imported = (event: ImportEvent): ImportReport => (event as { data: ImportReport }).data

/** One Twitter account of one user. Cheap to make, to keep and to pass on. */
export class Account {
  readonly #session: Session
  readonly #who: Who
  readonly id: string

  /** @internal */
  constructor(session: Session, who: Who, id: string) {
    this.#session = session
    this.#who = who
    this.id = id
  }

  #call(name: string, values: Record<string, unknown>, signal?: AbortSignal): Promise<any> {
    return this.#session.call(`account.${name}`, this.#of(values), signal)
  }

  #of(values: Record<string, unknown>): Record<string, unknown> {
    return { ...values, ...this.#who, account: this.id }
  }

  /** The stored row. */
  async record(options: CallOptions = {}): Promise<AccountRecord> {
    return accountRecord(await this.#call('record', {}, given(options).signal))
  }

  // Imports

  #import(name: string, values: Record<string, unknown>, signal: AbortSignal | undefined): Import {
    return new Work(this.#session.stream(`account.${name}`, this.#of(values)), importEvent, imported, signal)
  }

  /** Imports an X data archive: a zip file or the folder that it was unpacked to. */
  importArchive(path: string | URL, options: CallOptions = {}): Import {
    return this.#import('import_archive', { path: pathOf(path) }, given(options).signal)
  }

  /** Imports the timeline from the X API, as far as it is not there yet. Costs money: see `previewImport`. */
  importTimeline(options: ImportOptions = {}): Import {
    const { signal, ...rest } = given(options)
    return this.#import('import_timeline', allSnake(rest), signal)
  }

  /** Imports an archive, then what is newer from the X API. */
  importAll(path: string | URL, options: ImportOptions = {}): Import {
    const { signal, ...rest } = given(options)
    return this.#import('import_all', { ...allSnake(rest), path: pathOf(path) }, signal)
  }

  /** Looks up what is stored, and erases what is gone at X. Costs money: see `previewReconcile`. */
  reconcile(options: ImportOptions = {}): Import {
    const { signal, ...rest } = given(options)
    return this.#import('reconcile', allSnake(rest), signal)
  }

  /** The imports, newest first. */
  async imports(options: CallOptions = {}): Promise<ImportRun[]> {
    return list(importRun)(await this.#call('imports', {}, given(options).signal))
  }

  /** What importing the timeline would read and cost. */
  async previewImport(options: ImportOptions = {}): Promise<ImportPreview> {
    const { signal, ...rest } = given(options)
    return plain(await this.#call('preview_import', allSnake(rest), signal))
  }

  /** What `reconcile` would cost. */
  async previewReconcile(options: CallOptions = {}): Promise<ReconcilePreview> {
    return plain(await this.#call('preview_reconcile', {}, given(options).signal))
  }

  // Tweets

  /** A page of tweets. */
  async tweets(query: TweetQuery & Ordered & Paged & CallOptions = {}): Promise<Page<Tweet>> {
    const { signal, ...rest } = given(query)
    const message = await this.#session.reply('account.tweets', this.#of(allSnake(rest)), signal)
    return { items: listOf(message.tweets!).toArray(), next: message.json ?? null }
  }

  /** Every tweet that matches: a list of views whose records stay in Rust. */
  async allTweets(query: TweetQuery & Ordered & CallOptions = {}): Promise<TweetList> {
    const { signal, ...rest } = given(query)
    const message = await this.#session.reply('account.all_tweets', this.#of(allSnake(rest)), signal)
    return listOf(message.tweets!)
  }

  /** How many tweets match. */
  async countTweets(query: TweetQuery & CallOptions = {}): Promise<number> {
    const { signal, ...rest } = given(query)
    return this.#call('count_tweets', allSnake(rest), signal)
  }

  /** How many tweets there are of each kind, language and so on. */
  async totals(options: CallOptions = {}): Promise<TweetTotals> {
    return tweetTotals(await this.#call('totals', {}, given(options).signal))
  }

  /** Excludes tweets from the style or labels them; gives how many changed. At most 1,000 ids. */
  async markTweets(
    ids: readonly string[],
    marks: CallOptions & { excluded?: boolean; addLabels?: readonly string[]; removeLabels?: readonly string[] },
  ): Promise<number> {
    const { signal, ...rest } = given(marks ?? {})
    return this.#call('mark_tweets', { ...allSnake(rest), ids }, signal)
  }

  /** Keeps tweets out of the style; gives how many changed. */
  async excludeTweets(ids: readonly string[], options: CallOptions = {}): Promise<number> {
    return this.#call('exclude_tweets', { ids }, given(options).signal)
  }

  // Style and drafts

  /**
   * Learns the style: counts it, lets the model put it into words, and keeps both. The same tweets cost nothing a second time.
   */
  async analyzeStyle(options: CallOptions & { askModel?: boolean; again?: boolean } = {}): Promise<StyleReport> {
    const { signal, ...rest } = only(options, ['askModel', 'again', 'signal'])
    const message = await this.#session.reply('account.analyze_style', this.#of(allSnake(rest)), signal)
    return new StyleReport(new StyleProfile(message.profile!), JSON.parse(message.json!))
  }

  /** The newest profile that is stored; `null` before the first analysis. */
  async styleProfile(options: CallOptions = {}): Promise<ProfileRecord | null> {
    const record = await this.#call('style_profile', {}, given(options).signal)
    return record === null ? null : profileRecord(record)
  }

  /**
   * Drafts tweets in the owner's voice and keeps them. Numbers, links and handles come only from `topic`, `facts`, `tone` and
   * `replyTo`.
   */
  async generate(topic = '', options: DraftOptions = {}): Promise<GenerationReport> {
    const [request, signal] = requestOf(topic, options)
    return generationReport(await this.#call('generate', { request }, signal))
  }

  /** As `generate`, showing each candidate as it grows. */
  generateStream(topic = '', options: DraftOptions = {}): Generating {
    const [request, signal] = requestOf(topic, options)
    return new Work(this.#session.stream('account.generate', this.#of({ request })), draftEvent, drafted, signal)
  }

  /** What a call would cost at most. Sends nothing. */
  async preview(
    call: 'import_archive' | 'analyze_style' | 'generate',
    options: CallOptions & { topic?: string; count?: number; replyTo?: string } = {},
  ): Promise<CostPreview> {
    const { signal, topic = '', ...rest } = given(options)
    const asked = call === 'generate' ? { generate: requestOf(topic, rest)[0] } : call
    return plain(await this.#call('preview', { call: asked }, signal))
  }

  /** A page of drafts, newest first. */
  async drafts(
    query: Paged & CallOptions & { state?: 'draft' | 'approved' | 'rejected' | 'published'; generation?: string } = {},
  ): Promise<Page<Draft>> {
    const { signal, ...rest } = given(query)
    return page(draft)(await this.#call('drafts', allSnake(rest), signal))
  }

  /** One draft. */
  async draft(id: string, options: CallOptions = {}): Promise<Draft> {
    return draft(await this.#call('draft', { id }, given(options).signal))
  }

  /** Lets a draft be published. */
  async approve(id: string, options: CallOptions = {}): Promise<Draft> {
    return draft(await this.#call('approve', { id }, given(options).signal))
  }

  /** Rejects a draft; why (`note`) steers the next generation. */
  async reject(id: string, options: CallOptions & { note?: string } = {}): Promise<Draft> {
    const { signal, ...rest } = given(options)
    return draft(await this.#call('reject', { ...rest, id }, signal))
  }

  /** Gives a draft another text; what was changed steers the next generation. */
  async editDraft(id: string, text: string, options: CallOptions = {}): Promise<Draft> {
    return draft(await this.#call('edit_draft', { id, text }, given(options).signal))
  }

  // Publishing

  /** Connects this account at Twitter, or connects it again: with the same Twitter user where it has one. */
  connect(): Connect {
    return new Connect(this.#session, this.#who, { account: this.id })
  }

  /** How the account stands with Twitter, as the store has it; X is not asked. */
  async connection(options: CallOptions = {}): Promise<Connection> {
    return connection(await this.#call('connection', {}, given(options).signal))
  }

  /** Ends the login; whether X confirmed it. Tweets and drafts stay. */
  async disconnect(options: CallOptions = {}): Promise<boolean> {
    return this.#call('disconnect', {}, given(options).signal)
  }

  #publish(drafts: string | readonly string[], options: PublishOptions): Record<string, unknown> {
    const { signal: _, media, ...rest } = given(options)
    return { ...allSnake(rest), media: media?.map(deepSnake), drafts: typeof drafts === 'string' ? [drafts] : drafts }
  }

  /**
   * Publishes approved drafts, several as a thread in this order. Called again after a failure it goes on where it stopped, and
   * tweets nothing twice.
   */
  async publish(drafts: string | readonly string[], options: PublishOptions = {}): Promise<PublishReport> {
    return deep(await this.#call('publish', this.#publish(drafts, options), given(options).signal))
  }

  /** What publishing would cost and what X would refuse. Sends nothing. */
  async previewPublish(drafts: string | readonly string[], options: PublishOptions = {}): Promise<PublishPreview> {
    return deep(await this.#call('preview_publish', this.#publish(drafts, options), given(options).signal))
  }

  /** Goes on with an entry of the outbox, such as the `outbox` of an error. */
  async resumePublish(outbox: string, options: CallOptions = {}): Promise<PublishReport> {
    return deep(await this.#call('resume_publish', { outbox }, given(options).signal))
  }

  /**
   * Says what became of an entry of the outbox that cannot go on by itself: the tweet in doubt is on Twitter under this
   * `tweetId` (`posted`), is not there and may be sent again (`not_posted`), or nothing more is sent (`given_up`).
   */
  async resolvePublish(
    outbox: string,
    resolution: 'posted' | 'not_posted' | 'given_up',
    options: CallOptions & { tweetId?: string } = {},
  ): Promise<OutboxEntry> {
    const { tweetId, signal } = given(options)
    const said = tweetId === undefined ? { resolution } : { resolution, tweet_id: tweetId }
    return outboxEntry(await this.#call('resolve_publish', { outbox, resolution: said }, signal))
  }

  /** Deletes at X what was published of a draft, and gives the ids. */
  async unpublish(draft: string, options: CallOptions = {}): Promise<string[]> {
    return this.#call('unpublish', { draft }, given(options).signal)
  }

  /** What is to be published, what was, and what is in doubt; newest first. */
  async outbox(query: Paged & CallOptions = {}): Promise<Page<OutboxEntry>> {
    const { signal, ...rest } = given(query)
    return page(outboxEntry)(await this.#call('outbox', allSnake(rest), signal))
  }

  // Log, export, erase

  /** The model calls, newest first. */
  async aiRuns(query: Paged & CallOptions = {}): Promise<Page<AiRun>> {
    const { signal, ...rest } = given(query)
    return page(aiRun)(await this.#call('ai_runs', allSnake(rest), signal))
  }

  /** What was spent, by UTC day, newest first. */
  async spend(options: CallOptions = {}): Promise<SpendRecord[]> {
    return list(plain)(await this.#call('spend', {}, given(options).signal))
  }

  /** The audit log, newest first. */
  async auditLog(query: Paged & CallOptions = {}): Promise<Page<AuditEvent>> {
    const { signal, ...rest } = given(query)
    return page(auditEvent)(await this.#call('audit_log', allSnake(rest), signal))
  }

  /** Everything that is stored of the account, in the core's own form: `{"type": "tweet", …}`, the last one `{"type": "end"}`. */
  export(options: CallOptions = {}): Events<Record<string, any>> {
    return new Events(this.#session.stream('account.export', this.#of({})), (line) => line, given(options).signal)
  }

  /** Writes `export` to a file of JSON lines, which appears when it is whole; gives the number of lines. */
  async exportTo(path: string | URL, options: CallOptions = {}): Promise<number> {
    return this.#call('export_to', { path: pathOf(path) }, given(options).signal)
  }

  // Files, which a store on Supabase keeps

  /** Keeps an export beside the account's rows, named after its content: the same data is kept once. */
  async saveExport(options: CallOptions = {}): Promise<StoredFile> {
    return storedFile(await this.#call('save_export', {}, given(options).signal))
  }

  /** Keeps the drafts, or those of one state, as lines of JSON. */
  async saveDrafts(options: CallOptions & { state?: 'draft' | 'approved' | 'rejected' | 'published' } = {}): Promise<StoredFile> {
    const { state, signal } = given(options)
    return storedFile(await this.#call('save_drafts', { state }, signal))
  }

  /** Keeps the newest style profile as JSON. */
  async saveStyle(options: CallOptions = {}): Promise<StoredFile> {
    return storedFile(await this.#call('save_style', {}, given(options).signal))
  }

  /** The files that are kept. */
  async savedFiles(options: CallOptions = {}): Promise<StoredFile[]> {
    return list(storedFile)(await this.#call('saved_files', {}, given(options).signal))
  }

  /** An address that lets whoever has it read a file for a while; `lives` is in milliseconds, an hour unless set. */
  async fileAddress(name: string, options: CallOptions & { lives?: number } = {}): Promise<FileAddress> {
    const { lives, signal } = given(options)
    return fileAddress(await this.#call('file_address', { name, lives_seconds: seconds(lives, 'lives') }, signal))
  }

  /** Publishes a file: everybody who knows the address that this gives may read it. */
  async publishFile(name: string, options: CallOptions = {}): Promise<string> {
    return this.#call('publish_file', { name }, given(options).signal)
  }

  /** Takes the public copy away; `false` when there is none. */
  async unpublishFile(name: string, options: CallOptions = {}): Promise<boolean> {
    return this.#call('unpublish_file', { name }, given(options).signal)
  }

  /** Removes a file with its public copy; `false` when there is none. */
  async removeFile(name: string, options: CallOptions = {}): Promise<boolean> {
    return this.#call('remove_file', { name }, given(options).signal)
  }

  /** Erases everything of the account; its login is revoked first. What was spent and done stays, anonymous. */
  async erase(options: CallOptions = {}): Promise<Erased> {
    return erased(await this.#call('erase', {}, given(options).signal))
  }

  /** Erases tweets and what was made of them. */
  async eraseTweets(ids: readonly string[], options: CallOptions = {}): Promise<Erased> {
    return erased(await this.#call('erase_tweets', { ids }, given(options).signal))
  }

  /** @internal */
  [inspect.custom](): string {
    return `Account ${this.id}`
  }
}
