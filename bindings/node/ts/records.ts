/**
 * Plain data: what calls give, as plain objects that can be copied, written as JSON and sent to other threads.
 *
 * Ids of tweets and Twitter users are decimal strings (a number would lose digits), ids of rows are UUIDs as strings, times are
 * `Date`, durations are in milliseconds, money is in millionths of a US dollar.
 *
 * @module
 */

import { encode } from './json'
import { guarded } from './errors'
import { native } from './load'
import { deep, derived, duration, list, shape, time } from './shape'

/** A value or a text that a newer core may give. */
export type Open<T extends string> = T | (string & {})

/** A page of a longer list. `next` is the `after` of the next call; `null` at the end. */
export interface Page<T> {
  items: T[]
  next: string | null
}

/** @internal */
export const page = (read: (data: any) => any) => shape({ items: list(read) })

const local = (name: string, values: Record<string, unknown>) =>
  JSON.parse(guarded(() => native.local(name, encode(values))))

/** -1, 0 or 1: compares ids of tweets or users as the numbers they are. */
export function compareIds(a: string, b: string): -1 | 0 | 1 {
  return local('records.compare_ids', { a, b })
}

/** Whether the text is an id as Twitter gives them: 1 to 19 digits without a leading zero. */
export function isValidId(text: string): boolean {
  return local('records.is_valid_id', { text })
}

/** When a tweet was made, out of its id; `null` for the ids before November 2010. */
export function timeOfId(text: string): Date | null {
  const found = local('records.time_of_id', { text })
  return found === null ? null : time(found)
}

// Accounts and tweets

/** A person on Twitter, as far as the SDK knows them. */
export interface TwitterUser {
  id: string
  username: string
  name: string | null
  avatarUrl: string | null
  createdAt: Date | null
}
/** @internal */
export const twitterUser = shape({ created_at: time })

/** One Twitter account of one owner. `revision` grows with every write: an `ETag` that costs no query. */
export interface AccountRecord {
  id: string
  owner: string
  label: string
  twitterUser: TwitterUser | null
  tweetCount: number
  revision: number
  tweetsRevision: number
  createdAt: Date
}
/** @internal */
export const accountRecord = shape({ twitter_user: twitterUser, created_at: time })

/** How many tweets of each kind, language and so on an account has; deleted ones only in `deleted`. */
export interface TweetTotals {
  total: number
  byKind: Record<string, number>
  byLang: Record<string, number>
  threads: number
  inThreads: number
  edited: number
  deleted: number
  excluded: number
  oldest: Date | null
  newest: Date | null
}
/** @internal */
export const tweetTotals = shape({ oldest: time, newest: time })

// Imports

/** What became of the tweets of an import. */
export interface Counts {
  inserted: number
  updated: number
  unchanged: number
  malformed: number
  /** All tweets that could be read. */
  readonly read: number
}
/** @internal */
export const counts = shape({}, (record) => {
  derived(record, 'read', record.inserted + record.updated + record.unchanged)
})

/** How an import ended, honestly. */
export interface ImportEnd {
  end: Open<'complete' | 'incomplete' | 'reached_limit' | 'waiting' | 'over_budget' | 'needs_login' | 'cancelled' | 'failed'>
  /** Of `incomplete`. */
  reasons?: string[]
  /** Of `waiting`. */
  until?: Date
  /** Of `failed`. */
  code?: string
  /** Of `failed`. */
  detail?: string
  /** As `end`. */
  readonly kind: ImportEnd['end']
}
/** @internal */
export const importEnd = shape({ until: time }, (record) => derived(record, 'kind', record.end))

/** One import, running or ended. */
export interface ImportRun {
  id: string
  accountId: string
  source: string
  sourceKey: string
  checkpoint: unknown
  counts: Counts
  costMicros: number
  watermark: string | null
  end: ImportEnd | null
  fence: number
  leaseUntil: Date | null
  startedAt: Date
  updatedAt: Date
}
/** @internal */
export const importRun = shape({ counts, end: importEnd, lease_until: time, started_at: time, updated_at: time })

/** What the X API gave of a timeline. */
export interface TimelineReport {
  tweetsOfUser: number | null
  read: number
  costMicros: number
  sessionCostMicros: number
  problems: string[]
  problemCount: number
}

/** How much was erased. */
export interface Erased {
  tweets: number
  profiles: number
  drafts: number
  generations: number
  sealed: number
  imports: number
  aiRuns: number
  outbox: number
  marked: number
}
/** @internal */
export const erased = shape()

/** What looking up what is stored found. */
export interface ReconcileReport {
  own: number
  context: number
  gone: string[]
  hidden: number
  erased: Erased
  costMicros: number
  sessionCostMicros: number
}

/** What an import did. */
export interface ImportReport {
  run: ImportRun
  counts: Counts
  end: ImportEnd
  archive: Record<string, any> | null
  timeline: TimelineReport | null
  reconcile: ReconcileReport | null
  restarted: boolean
  warnings: string[]
  /** In milliseconds. */
  elapsed: number
}
/** @internal */
export const importReport = shape({
  run: importRun,
  counts,
  end: importEnd,
  archive: deep,
  timeline: shape(),
  reconcile: shape({ erased }),
  elapsed: duration,
})

/** How far an import has come. */
export interface Progress {
  counts: Counts
  total: number | null
  perSecond: number
  /** In milliseconds. */
  remaining: number | null
  costMicros: number
}

/** Something that happened in an import. The last one is always `finished`. */
export type ImportEvent =
  /** Another worker has this import, or ended without a word; it can be taken over after `remaining` ms at the latest. */
  | { event: 'waiting'; data: { remaining: number } }
  /** X's limit is used up: the import goes on by itself at `until`. */
  | { event: 'waiting_for_limit'; data: { until: Date } }
  /** The work begins, or goes on where an earlier session stopped (`resumed`). */
  | { event: 'started'; data: { run: ImportRun; resumed: boolean } }
  /** A page was stored with its checkpoint. */
  | { event: 'progress'; data: Progress }
  /** Something a person should know, in a sentence; the import goes on. */
  | { event: 'warning'; data: string }
  /** The end of an import. */
  | { event: 'finished'; data: ImportReport }

const importData: Record<string, (data: any) => any> = {
  waiting: shape({ remaining: duration }),
  waiting_for_limit: shape({ until: time }),
  started: shape({ run: importRun }),
  progress: shape({ counts, remaining: duration }),
  finished: importReport,
}
const event = (readers: Record<string, (data: any) => any>) => (raw: { event: string; data: any }): any => ({
  event: raw.event,
  data: (readers[raw.event] ?? ((data: any) => data))(raw.data),
})
/** @internal */
export const importEvent = event(importData)

/** What importing a timeline would read and cost. */
export interface ImportPreview {
  tweetsOfUser: number | null
  tweets: number
  likely: number
  beyond: number
  maxMicros: number
  likelyMicros: number
  contextMicros: number
  leftMicros: number | null
}
/** What looking up what is stored would cost. */
export interface ReconcilePreview {
  own: number
  context: number
  maxMicros: number
  leftMicros: number | null
}
/** @internal */
export const plain = shape()

// Styles

/** One habit in numbers: how often, how often others do it, and how far apart that is (`z`). */
export interface Feature {
  name: string
  label: string
  per: string
  group: string
  value: number
  background: number | null
  z: number
}
/** A language that somebody writes in, and how much. */
export interface LanguageUse {
  language: string
  share: number
  wordsCompared: boolean
}
/** A word, sign or length, and how often it comes. */
export interface Habit {
  text: string
  perTweet: number
}
/** A style in the numbers that people read. */
export interface Summary {
  texts: number
  characters: number
  words: number
  lengths: Habit[]
  emoji: number
  withEmoji: number
  favouriteEmoji: Habit[]
  hashtags: number
  favouriteHashtags: Habit[]
  mentions: number
  links: number
  exclamationMarks: number
  questionMarks: number
  lineBreaks: number
  lowerCaseStart: number
  wordsInCapitals: number
  openers: Habit[]
  firstWords: Habit[]
  closers: Habit[]
  favouriteWords: Habit[]
  characteristicWords: Feature[]
  characteristicHabits: Feature[]
  languages: LanguageUse[]
  notes: string[]
}
/** Whether there are enough tweets to speak of a style. */
export interface Sufficiency {
  tweets: number
  wanted: number
  enough: boolean
  message: string
}
/** What was left out of a corpus, and why. */
export interface LeftOut {
  excluded: number
  deleted: number
  retweets: number
  truncated: number
  automatic: number
  repeated: number
  wordless: number
}
/** What a model says of a style, checked against the numbers. */
export interface Claim {
  feature: string
  direction: string
  strength: string
  words: string
  evidenceIds: string[]
}
/** What a model said against the numbers. */
export interface DroppedClaim {
  feature: string
  code: string
  reason: string
}
/** A model's words about a style. */
export interface Analysis {
  claims: Claim[]
  dropped: DroppedClaim[]
  partial: boolean
  model: string
  calls: number
}
/** A style profile as it is stored. */
export interface ProfileRecord {
  id: string
  accountId: string
  version: number
  corpusHash: string
  fingerprint: Record<string, any>
  analysis: Analysis | null
  tweetIds: string[]
  createdAt: Date
}
/** @internal */
export const profileRecord = shape({ analysis: deep, created_at: time })
/** Where texts differ from how the author writes, in numbers and in a sentence. */
export interface Gap {
  feature: string
  direction: string
  theirs: number
  ours: number
  words: string
}

// Drafts

/** How well a candidate fits, each from 0 to 1. */
export interface Scores {
  style: number
  topic: number
  diversity: number
  copied: number
  total: number
}
/** What the owner said about a draft. */
export interface Feedback {
  note: string | null
  originalText: string | null
}
/** A drafted tweet. */
export interface Draft {
  id: string
  accountId: string
  generationId: string
  text: string
  weightedLength: number
  scores: Scores
  state: Open<'draft' | 'approved' | 'rejected' | 'published'>
  feedback: Feedback | null
  createdAt: Date
  updatedAt: Date
}
/** @internal */
export const draft = shape({ scores: plain, feedback: plain, created_at: time, updated_at: time })
/** A candidate that was not taken, with the gate that it failed and the reason in one sentence. */
export interface Rejection {
  text: string
  code: string
  reason: string
}
/** One call of `generate`, as it is stored. */
export interface Generation {
  id: string
  accountId: string
  profileId: string | null
  request: Record<string, any>
  model: string
  exemplars: Record<string, string>[]
  rejected: Rejection[]
  createdAt: Date
}
/** Something the reader of drafts should know. */
export interface Note {
  code: string
  text: string
}
/** What a generation came to. Fewer drafts than asked for, or none, is a valid end: `generation.rejected` and `notes` say why. */
export interface GenerationReport {
  generation: Generation
  drafts: Draft[]
  notes: Note[]
  costMicros: number | null
}
/** @internal */
export const generationReport = shape({
  generation: shape({ request: deep, exemplars: deep, rejected: deep, created_at: time }),
  drafts: list(draft),
  notes: deep,
})
/** A step of a generation. The last one is always `finished`. */
export type DraftEvent =
  /** About how many candidates will come, and the own tweets that the model was shown. */
  | { event: 'started'; data: { candidates: number; exemplars: Record<string, string>[]; notes: Note[] } }
  /** A candidate grew by `text`. What is shown of it may still be cleaned or rejected. */
  | { event: 'growing'; data: { candidate: number; text: string; weightedLength: number } }
  /** A candidate is whole and passed the gates: `text` replaces what grew. It may still lose to better ones. */
  | { event: 'candidate'; data: { candidate: number; text: string; weightedLength: number } }
  /** A candidate is whole and failed a gate. */
  | { event: 'rejected'; data: { candidate: number; text: string; code: string; reason: string } }
  /** So many candidates failed for a reason that a second request may mend. */
  | { event: 'repairing'; data: { failed: number } }
  /** The drafts, ranked, and everything else. */
  | { event: 'finished'; data: GenerationReport }
/** @internal */
export const draftEvent = event({
  started: deep,
  growing: deep,
  candidate: deep,
  rejected: deep,
  repairing: deep,
  finished: generationReport,
})
/** A candidate that was chosen. */
export interface Chosen {
  index: number
  text: string
  scores: Scores
}
/** A candidate that was not chosen. */
export interface Rejected {
  index: number
  text: string
  code: string
  reason: string
}
/** What became of each candidate: it is in exactly one of the two lists. */
export interface Selection {
  chosen: Chosen[]
  rejected: Rejected[]
  batchDistance: number | null
}
/** What a call may cost, before it is made. */
export interface CostPreview {
  modelCalls: number
  maxMicros: number | null
  leftMicros: number | null
  affordable: boolean
}

// Publishing

/** Something about a tweet that a person should know before it is sent. */
export interface Finding {
  code: string
  refused: boolean
  detail: string
}
/** A tweet that is on Twitter. */
export interface PublishedTweet {
  position: number
  tweetId: string
  url: string
}
/** What was published. */
export interface PublishReport {
  outbox: string
  tweets: PublishedTweet[]
  costMicros: number
  warnings: Finding[]
}
/** What publishing would cost and what would be refused. */
export interface PublishPreview {
  tweets: { text: string; costMicros: number; findings: Finding[] }[]
  costMicros: number
  leftMicros: number | null
  affordable: boolean
}
/** A tweet or a thread on its way to Twitter. */
export interface OutboxEntry {
  id: string
  accountId: string
  draftId: string | null
  contentHash: string
  payload: Record<string, any>[]
  state: string
  postedIds: string[]
  attempts: number
  errorCode: string | null
  fence: number
  leaseUntil: Date | null
  createdAt: Date
  updatedAt: Date
}
/** @internal */
export const outboxEntry = shape({ payload: deep, lease_until: time, created_at: time, updated_at: time })
/** How an account stands with Twitter. */
export interface Connection {
  state: Open<'not_connected' | 'connected' | 'needs_login'>
  scopes?: string[]
  expiresAt?: Date | null
  refreshable?: boolean
  inDoubt?: boolean
  reason?: string
  since?: Date | null
}
/** @internal */
export const connection = shape({ expires_at: time, since: time })
/** A login that was begun: open `url` in the browser, and keep `binding` in a `__Host-` cookie or in memory. */
export interface PendingLogin {
  url: string
  expiresAt: Date
  /** A secret of the browser: there when it is read, and neither shown, copied nor written as JSON. */
  readonly binding: string
}
/** @internal */
export function pendingLogin(data: any): PendingLogin {
  const { binding, ...rest } = data
  const login = shape({ expires_at: time })(rest)
  derived(login, 'binding', binding)
  return login
}

// Money and log

/** One model call: hashes and ids, never a prompt and never an answer. */
export interface AiRun {
  id: string
  accountId: string
  purpose: string
  provider: string
  model: string
  requestId: string | null
  requestHash: string
  inputTokens: number
  cachedTokens: number
  outputTokens: number
  reasoningTokens: number
  costMicros: number | null
  latencyMs: number
  attempts: number
  outcome: { outcome: string; [more: string]: string }
  createdAt: Date
}
/** @internal */
export const aiRun = shape({ created_at: time })
/** What an account spent on one UTC day, `2026-11-25`. */
export interface SpendRecord {
  day: string
  kind: string
  spentMicros: number
  reservedMicros: number
}
/** Who did what and when. */
export interface AuditEvent {
  at: Date
  subject: string
  action: string
  facts: Record<string, any>
}
/** @internal */
export const auditEvent = shape({ at: time })

// Text

/** A half-open range. */
export interface Range {
  start: number
  end: number
}
/** What X makes of a text. Ranges are half open, in UTF-16 units, as `text.slice` takes them. */
export interface ParsedTweet {
  weightedLength: number
  valid: boolean
  permillage: number
  validRange: Range
  validBytes: number
  displayRange: Range
  urlCount: number
  cashtagCount: number
  hasUrl: boolean
}
/** A link, person, hashtag or cashtag in a text: `text.slice(start, end)`. */
export interface Entity {
  kind: Open<'url' | 'mention' | 'list' | 'hashtag' | 'cashtag'>
  value: string
  list: string | null
  bytes: Range
  chars: Range
  utf16: Range
  readonly start: number
  readonly end: number
}
/** @internal */
export const entity = shape({}, (record) => {
  derived(record, 'start', record.utf16.start)
  derived(record, 'end', record.utf16.end)
})
/** One part of a search: all its tokens, in this order. */
export interface SearchClause {
  tokens: string[]
  prefix: boolean
}

// Services

/** The tokens of a call. */
export interface Usage {
  inputTokens: number
  cachedTokens: number
  cacheWriteTokens: number
  outputTokens: number
  reasoningTokens: number
}
/** Why an answer ended. */
export type Finish = Open<'stop' | 'length' | 'content_filter'> | Record<string, string>
/** One answer of a model. */
export interface Answer {
  index: number
  text: string
  refusal: string | null
  finish: Finish
  logprobs: unknown
}
/** Whole answers, with all that the service said about them. */
export interface Reply {
  id: string | null
  model: string | null
  answers: Answer[]
  usage: Usage
  costMicros: number | null
  systemFingerprint: string | null
  requestId: string | null
  limits: Record<string, any> | null
  attempts: number
  /** In milliseconds. */
  latency: number
  /** The text of the first answer. */
  readonly text: string
}
/** @internal */
export const reply = shape({ answers: list(plain), usage: plain, limits: deep, latency: duration }, (record) => {
  derived(record, 'text', record.answers[0]?.text ?? '')
})
/** The whole answers of a model, at the end of a stream. */
export interface ModelResponse {
  answers: [text: string, finish: Finish][]
  usage: Usage
  model: string
  requestId: string | null
  costMicros: number | null
  attempts: number
  /** In milliseconds. */
  latency: number
}
/** One step of a growing answer. The last one is always `completed`. */
export type ModelDelta =
  | { event: 'text'; data: { index: number; text: string } }
  | { event: 'finished'; data: { index: number; reason: Finish } }
  | { event: 'completed'; data: ModelResponse }
const completed = shape({ usage: plain, latency: duration })
/** @internal One of thousands: what has no names to change is taken as it is. */
export function modelDelta(raw: any): ModelDelta {
  return raw.event === 'completed' ? { event: 'completed', data: completed(raw.data) } : raw
}
/** A model that a server has. */
export interface ModelRecord {
  id: string
  ownedBy: string | null
  created: number | null
  /** A day, `2027-01-31`. */
  shutdownDate: string | null
}
/** What is known of one model. */
export interface ModelInfo {
  id: string
  contextTokens: number
  maxOutputTokens: number
  price: Price | null
  jsonSchema: boolean
  chat: boolean
  reasoning: unknown
  maxN: number
  /** A day. */
  shutdown: string | null
  successor: string | null
  known: boolean
}
/** @internal */
export const modelInfo = shape({ price: deep })
/** Millionths of a US dollar per million tokens. */
export interface Price {
  input: number
  cached: number
  cacheWrite?: number
  output: number
}
/** A person on Twitter, with what an import and a lint want to know. */
export interface UserInfo {
  user: TwitterUser
  description: string | null
  protected: boolean
  verifiedType: string | null
  subscription: string | null
  followers: number | null
  following: number | null
  tweets: number | null
}
/** @internal */
export const userInfo = shape({ user: twitterUser })
/** Users, and what X could not give. */
export interface UserList {
  users: UserInfo[]
  problems: Record<string, any>[]
}
/** @internal */
export const userList = shape({ users: list(userInfo), problems: deep })
/** Tweets as one answer of X brought them, newest first. An empty page is no end: see `next`. */
export interface TweetPage {
  tweets: TweetRecord[]
  context: Record<string, any>[]
  authors: Record<string, any>
  problems: Record<string, any>[]
  next: string | Record<string, string>
  oldestId: string | null
  newestId: string | null
  postsRead: number
  usersRead: number
  limits: Record<string, any>
}
/** A tweet, whole, as the core writes it but for the names. */
export interface TweetRecord {
  id: string
  fullText: string
  createdAt: Date
  lang: string | null
  kind: Open<'original' | 'reply' | 'quote' | 'retweet' | 'note'>
  isNote: boolean
  isTruncated: boolean
  threadId: string | null
  threadPosition: number | null
  inReplyToId: string | null
  inReplyToUserId: string | null
  quotedId: string | null
  retweetedId: string | null
  conversationId: string | null
  counts: Record<'likes' | 'retweets' | 'replies' | 'quotes' | 'bookmarks' | 'impressions', number | null>
  entities: Record<string, any[]>
  media: Record<string, any>[]
  source: Open<'archive' | 'api'>
  client: string | null
  editHistory: string[]
  deletedAt: Date | null
  excluded: boolean
  labels: string[]
  [more: string]: unknown
}
/** @internal */
export const tweetRecord = shape({
  created_at: time,
  deleted_at: time,
  first_seen_at: time,
  seen_at: time,
  counts: plain,
  entities: deep,
  media: deep,
})
/** @internal */
export const tweetPage = shape({
  tweets: list(tweetRecord),
  context: deep,
  problems: deep,
  limits: deep,
})
/** A tweet that was written. */
export interface Written {
  id: string
  text: string
  editHistory: string[]
  problems: Record<string, any>[]
}
/** @internal */
export const written = shape({ problems: deep })
/** A picture or film that X has. */
export interface UploadedMedia {
  id: string
  /** In milliseconds. */
  expiresAfter: number | null
}
/** @internal */
export const uploadedMedia = shape({ expires_after: duration })
