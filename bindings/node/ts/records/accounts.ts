// Accounts, their tweets and imports.

import { deep, derived, duration, long, shape, time } from '../shape'
import { event, type Open } from './base'

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
  replaced: number
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
  reconcile: shape({ erased }, long),
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
  likelyMicros: number
  maxMicros: number
  leftMicros: number | null
}
