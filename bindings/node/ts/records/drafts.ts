// Drafts, and their way to Twitter.

import { deep, derived, list, shape, time } from '../shape'
import { event, type Open, plain } from './base'

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
  sentAt: Date | null
  createdAt: Date
  updatedAt: Date
}
/** @internal */
export const outboxEntry = shape({ payload: deep, lease_until: time, sent_at: time, created_at: time, updated_at: time })
/** How an account stands with Twitter. */
export interface Connection {
  state: Open<'not_connected' | 'connected' | 'unfinished' | 'needs_login'>
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
