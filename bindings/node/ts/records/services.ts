// Money and log, texts, and what the services answer.

import { deep, derived, duration, list, shape, time } from '../shape'
import { type TwitterUser, twitterUser } from './accounts'
import { type Open, plain } from './base'

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
  unanswered: number
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
  resultCount: number | null
  postsRead: number
  usersRead: number
  read: ReadIds
  limits: Record<string, any>
  answeredAt: Date | null
}
/** Which tweets and users an answer held: those asked for, and those that came along. */
export interface ReadIds {
  tweets: string[]
  along: string[]
  users: string[]
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
  answered_at: time,
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
