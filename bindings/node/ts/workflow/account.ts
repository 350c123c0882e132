// `Account`: a Twitter account, and the work on it.

import { inspect } from 'node:util'

import { kindOf, wrongArgument } from '../errors'
import { allSnake, deepSnake, Fields, only, seconds, signalOf, textOf } from '../json'
import {
  ALL_TWEETS, COUNTED_TWEETS, DRAFT_OPTIONS, type DraftOptions, IMPORT_OPTIONS, type ImportOptions, type Ordered, PAGED,
  PAGED_TWEETS, type Paged, PUBLISH_OPTIONS, type PublishOptions, type TweetQuery,
} from '../options'
import {
  type AccountRecord, accountRecord, type AiRun, aiRun, type AuditEvent, auditEvent, type Connection, connection,
  type CostPreview, type Draft, draft, type DraftEvent, draftEvent, type Erased, erased, type FileAddress,
  fileAddress, type GenerationReport, generationReport, type ImportEvent, importEvent, type ImportPreview,
  type ImportReport, type ImportRun, importRun, type OutboxEntry, outboxEntry, type Page, page, plain,
  type ProfileRecord, profileRecord, type PublishPreview, type PublishReport, type ReconcilePreview, type SpendRecord,
  type StoredFile, storedFile, type TweetTotals, tweetTotals,
} from '../records/internal'
import { type CallOptions, Events, type Session, Work } from '../session'
import { deep, list } from '../shape'
import { pathOf } from '../store'
import { StyleProfile, StyleReport } from '../style'
import { listOf, type Tweet, type TweetList } from '../tweets'
import { Connect } from './connect'
import type { Who } from './user'

/**
 * An import under way: go through its events, or await its report alone.
 *
 * Nothing happens before. What stops reading stops the work after the page that is being stored; the same call goes on from
 * there later, in this process or another.
 */
export type Import = Work<ImportEvent, ImportReport>

/** Drafts that grow: go through their events, or await the report alone. What stops reading stops the request. */
export type Generating = Work<DraftEvent, GenerationReport>

function requestOf(topic: string, options: DraftOptions): [Fields, AbortSignal | undefined] {
  const { signal, format, ...rest } = only(options, DRAFT_OPTIONS)
  const { replyTo } = rest
  const asked = format ?? (replyTo === undefined || replyTo === null ? 'tweet' : 'reply')
  return [new Fields({ ...allSnake(rest), topic, format: asked }), signal]
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
    return accountRecord(await this.#call('record', {}, signalOf(options)))
  }

  // Imports

  #import(name: string, values: Record<string, unknown>, signal: AbortSignal | undefined): Import {
    return new Work(this.#session.stream(`account.${name}`, this.#of(values)), importEvent, imported, signal)
  }

  /** Imports an X data archive: a zip file or the folder that it was unpacked to. */
  importArchive(path: string | URL, options: CallOptions = {}): Import {
    return this.#import('import_archive', { path: pathOf(path) }, signalOf(options))
  }

  /** Imports the timeline from the X API, as far as it is not there yet. Costs money: see `previewImport`. */
  importTimeline(options: ImportOptions = {}): Import {
    const { signal, ...rest } = only(options, IMPORT_OPTIONS)
    return this.#import('import_timeline', allSnake(rest), signal)
  }

  /** Imports an archive, then what is newer from the X API. */
  importAll(path: string | URL, options: ImportOptions = {}): Import {
    const { signal, ...rest } = only(options, IMPORT_OPTIONS)
    return this.#import('import_all', { ...allSnake(rest), path: pathOf(path) }, signal)
  }

  /** Looks up what is stored, and erases what is gone at X. Costs money: see `previewReconcile`. */
  reconcile(options: ImportOptions = {}): Import {
    const { signal, ...rest } = only(options, IMPORT_OPTIONS)
    return this.#import('reconcile', allSnake(rest), signal)
  }

  /** The imports, newest first. */
  async imports(options: CallOptions = {}): Promise<ImportRun[]> {
    return list(importRun)(await this.#call('imports', {}, signalOf(options)))
  }

  /** What importing the timeline would read and cost. */
  async previewImport(options: ImportOptions = {}): Promise<ImportPreview> {
    const { signal, ...rest } = only(options, IMPORT_OPTIONS)
    return plain(await this.#call('preview_import', allSnake(rest), signal))
  }

  /** What `reconcile` would cost. */
  async previewReconcile(options: CallOptions = {}): Promise<ReconcilePreview> {
    return plain(await this.#call('preview_reconcile', {}, signalOf(options)))
  }

  // Tweets

  /** A page of tweets. */
  async tweets(query: TweetQuery & Ordered & Paged & CallOptions = {}): Promise<Page<Tweet>> {
    const { signal, ...rest } = only(query, PAGED_TWEETS)
    const message = await this.#session.reply('account.tweets', this.#of(allSnake(rest)), signal)
    return { items: listOf(message.tweets!).toArray(), next: message.json ?? null }
  }

  /** Every tweet that matches: a list of views whose records stay in Rust. */
  async allTweets(query: TweetQuery & Ordered & CallOptions = {}): Promise<TweetList> {
    const { signal, ...rest } = only(query, ALL_TWEETS)
    const message = await this.#session.reply('account.all_tweets', this.#of(allSnake(rest)), signal)
    return listOf(message.tweets!)
  }

  /** How many tweets match. */
  async countTweets(query: TweetQuery & CallOptions = {}): Promise<number> {
    const { signal, ...rest } = only(query, COUNTED_TWEETS)
    return this.#call('count_tweets', allSnake(rest), signal)
  }

  /** How many tweets there are of each kind, language and so on. */
  async totals(options: CallOptions = {}): Promise<TweetTotals> {
    return tweetTotals(await this.#call('totals', {}, signalOf(options)))
  }

  /** Excludes tweets from the style or labels them; gives how many changed. At most 1,000 ids. */
  async markTweets(
    ids: readonly string[],
    marks: CallOptions & { excluded?: boolean; addLabels?: readonly string[]; removeLabels?: readonly string[] },
  ): Promise<number> {
    const { signal, ...rest } = only(marks === undefined ? {} : marks, ['excluded', 'addLabels', 'removeLabels', 'signal'])
    return this.#call('mark_tweets', { ...allSnake(rest), ids }, signal)
  }

  /** Keeps tweets out of the style; gives how many changed. */
  async excludeTweets(ids: readonly string[], options: CallOptions = {}): Promise<number> {
    return this.#call('exclude_tweets', { ids }, signalOf(options))
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
    const record = await this.#call('style_profile', {}, signalOf(options))
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
    options: DraftOptions & { topic?: string } = {},
  ): Promise<CostPreview> {
    const { signal, topic = '', ...rest } = only(options, ['topic', ...DRAFT_OPTIONS])
    const asked = call === 'generate' ? new Fields({ generate: requestOf(topic, rest)[0] }) : call
    return plain(await this.#call('preview', { call: asked }, signal))
  }

  /** A page of drafts, newest first. */
  async drafts(
    query: Paged & CallOptions & { state?: 'draft' | 'approved' | 'rejected' | 'published'; generation?: string } = {},
  ): Promise<Page<Draft>> {
    const { signal, ...rest } = only(query, ['state', 'generation', ...PAGED])
    return page(draft)(await this.#call('drafts', allSnake(rest), signal))
  }

  /** One draft. */
  async draft(id: string, options: CallOptions = {}): Promise<Draft> {
    return draft(await this.#call('draft', { id }, signalOf(options)))
  }

  /** Lets a draft be published. */
  async approve(id: string, options: CallOptions = {}): Promise<Draft> {
    return draft(await this.#call('approve', { id }, signalOf(options)))
  }

  /** Rejects a draft; why (`note`) steers the next generation. */
  async reject(id: string, options: CallOptions & { note?: string } = {}): Promise<Draft> {
    const { signal, ...rest } = only(options, ['note', 'signal'])
    return draft(await this.#call('reject', { ...rest, id }, signal))
  }

  /** Gives a draft another text; what was changed steers the next generation. */
  async editDraft(id: string, text: string, options: CallOptions = {}): Promise<Draft> {
    return draft(await this.#call('edit_draft', { id, text }, signalOf(options)))
  }

  // Publishing

  /** Connects this account at Twitter, or connects it again: with the same Twitter user where it has one. */
  connect(): Connect {
    return new Connect(this.#session, this.#who, { account: this.id })
  }

  /** How the account stands with Twitter, as the store has it; X is not asked. */
  async connection(options: CallOptions = {}): Promise<Connection> {
    return connection(await this.#call('connection', {}, signalOf(options)))
  }

  /** Ends the login; whether X confirmed it. Tweets and drafts stay. */
  async disconnect(options: CallOptions = {}): Promise<boolean> {
    return this.#call('disconnect', {}, signalOf(options))
  }

  #publish(drafts: string | readonly string[], options: PublishOptions): Record<string, unknown> {
    const { signal: _, media, ...rest } = only(options, PUBLISH_OPTIONS)
    if (media !== undefined && media !== null && !Array.isArray(media)) {
      throw wrongArgument(`the argument \`media\` has to be a list, not ${kindOf(media)}`)
    }
    return { ...allSnake(rest), media: media?.map(deepSnake), drafts: typeof drafts === 'string' ? [drafts] : drafts }
  }

  /**
   * Publishes approved drafts, several as a thread in this order. Called again after a failure it goes on where it stopped, and
   * tweets nothing twice.
   */
  async publish(drafts: string | readonly string[], options: PublishOptions = {}): Promise<PublishReport> {
    return deep(await this.#call('publish', this.#publish(drafts, options), options.signal))
  }

  /** What publishing would cost and what X would refuse. Sends nothing. */
  async previewPublish(drafts: string | readonly string[], options: PublishOptions = {}): Promise<PublishPreview> {
    return deep(await this.#call('preview_publish', this.#publish(drafts, options), options.signal))
  }

  /** Goes on with an entry of the outbox, such as the `outbox` of an error. */
  async resumePublish(outbox: string, options: CallOptions = {}): Promise<PublishReport> {
    return deep(await this.#call('resume_publish', { outbox }, signalOf(options)))
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
    const { tweetId, signal } = only(options, ['tweetId', 'signal'])
    const said = new Fields(tweetId === undefined ? { resolution } : { resolution, tweet_id: textOf('tweetId', tweetId) })
    return outboxEntry(await this.#call('resolve_publish', { outbox, resolution: said }, signal))
  }

  /** Deletes at X what was published of a draft, and gives the ids. */
  async unpublish(draft: string, options: CallOptions = {}): Promise<string[]> {
    return this.#call('unpublish', { draft }, signalOf(options))
  }

  /** What is to be published, what was, and what is in doubt; newest first. */
  async outbox(query: Paged & CallOptions = {}): Promise<Page<OutboxEntry>> {
    const { signal, ...rest } = only(query, PAGED)
    return page(outboxEntry)(await this.#call('outbox', allSnake(rest), signal))
  }

  // Log, export, erase

  /** The model calls, newest first. */
  async aiRuns(query: Paged & CallOptions = {}): Promise<Page<AiRun>> {
    const { signal, ...rest } = only(query, PAGED)
    return page(aiRun)(await this.#call('ai_runs', allSnake(rest), signal))
  }

  /** What was spent, by UTC day, newest first. */
  async spend(options: CallOptions = {}): Promise<SpendRecord[]> {
    return list(plain)(await this.#call('spend', {}, signalOf(options)))
  }

  /** The audit log, newest first. */
  async auditLog(query: Paged & CallOptions = {}): Promise<Page<AuditEvent>> {
    const { signal, ...rest } = only(query, PAGED)
    return page(auditEvent)(await this.#call('audit_log', allSnake(rest), signal))
  }

  /** Everything that is stored of the account, in the core's own form: `{"type": "tweet", …}`, the last one `{"type": "end"}`. */
  export(options: CallOptions = {}): Events<Record<string, any>> {
    return new Events(this.#session.stream('account.export', this.#of({})), (line) => line, signalOf(options))
  }

  /** Writes `export` to a file of JSON lines, which appears when it is whole; gives the number of lines. */
  async exportTo(path: string | URL, options: CallOptions = {}): Promise<number> {
    return this.#call('export_to', { path: pathOf(path) }, signalOf(options))
  }

  // Files, which a store on Supabase keeps

  /** Keeps an export beside the account's rows, named after its content: the same data is kept once. */
  async saveExport(options: CallOptions = {}): Promise<StoredFile> {
    return storedFile(await this.#call('save_export', {}, signalOf(options)))
  }

  /** Keeps the drafts, or those of one state, as lines of JSON. */
  async saveDrafts(options: CallOptions & { state?: 'draft' | 'approved' | 'rejected' | 'published' } = {}): Promise<StoredFile> {
    const { state, signal } = only(options, ['state', 'signal'])
    return storedFile(await this.#call('save_drafts', { state }, signal))
  }

  /** Keeps the newest style profile as JSON. */
  async saveStyle(options: CallOptions = {}): Promise<StoredFile> {
    return storedFile(await this.#call('save_style', {}, signalOf(options)))
  }

  /** The files that are kept. */
  async savedFiles(options: CallOptions = {}): Promise<StoredFile[]> {
    return list(storedFile)(await this.#call('saved_files', {}, signalOf(options)))
  }

  /** An address that lets whoever has it read a file for a while; `lives` is in milliseconds, an hour unless set. */
  async fileAddress(name: string, options: CallOptions & { lives?: number } = {}): Promise<FileAddress> {
    const { lives, signal } = only(options, ['lives', 'signal'])
    return fileAddress(await this.#call('file_address', { name, lives_seconds: seconds(lives, 'lives') }, signal))
  }

  /** Publishes a file: everybody who knows the address that this gives may read it. */
  async publishFile(name: string, options: CallOptions = {}): Promise<string> {
    return this.#call('publish_file', { name }, signalOf(options))
  }

  /** Takes the public copy away; `false` when there is none. */
  async unpublishFile(name: string, options: CallOptions = {}): Promise<boolean> {
    return this.#call('unpublish_file', { name }, signalOf(options))
  }

  /** Removes a file with its public copy; `false` when there is none. */
  async removeFile(name: string, options: CallOptions = {}): Promise<boolean> {
    return this.#call('remove_file', { name }, signalOf(options))
  }

  /** Erases everything of the account; its login is revoked first. What was spent and done stays, anonymous. */
  async erase(options: CallOptions = {}): Promise<Erased> {
    return erased(await this.#call('erase', {}, signalOf(options)))
  }

  /** Erases tweets and what was made of them. */
  async eraseTweets(ids: readonly string[], options: CallOptions = {}): Promise<Erased> {
    return erased(await this.#call('erase_tweets', { ids }, signalOf(options)))
  }

  /** @internal */
  [inspect.custom](): string {
    return `Account ${this.id}`
  }
}
