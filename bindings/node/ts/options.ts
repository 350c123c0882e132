// What the calls of an account may be given.

import type { CallOptions } from './session'

/** Which tweets. */
export interface TweetQuery {
  /** Words, `"a phrase"` and `prefix*`; all of them must match. */
  search?: string
  kinds?: readonly ('original' | 'reply' | 'quote' | 'retweet' | 'note')[]
  lang?: string
  since?: Date | string
  until?: Date | string
  label?: string
  excluded?: boolean
  withDeleted?: boolean
}
const TWEETS = [
  'search', 'kinds', 'lang', 'since', 'until', 'label', 'excluded', 'withDeleted',
] as const satisfies readonly (keyof TweetQuery)[]
/** In which order. */
export interface Ordered {
  order?: 'newest_first' | 'oldest_first'
}
/** Which page. */
export interface Paged {
  /** At most 1,000; 100 unless set. */
  limit?: number
  /** The `next` of the page before. */
  after?: string
}

/** @internal The names of what a call may be given: any other is refused. */
export const PAGED = ['limit', 'after', 'signal'] as const
/** @internal */
export const COUNTED_TWEETS = [...TWEETS, 'signal'] as const
/** @internal */
export const ALL_TWEETS = [...TWEETS, 'order', 'signal'] as const
/** @internal */
export const PAGED_TWEETS = [...TWEETS, 'order', ...PAGED] as const

/** How a timeline is imported. */
export interface ImportOptions extends CallOptions {
  /** What this import may cost. */
  budgetMicros?: number
  onLimit?: 'wait' | 'fail' | 'yield'
  /** Reads again what is there already. */
  again?: boolean
}
/** @internal */
export const IMPORT_OPTIONS = ['budgetMicros', 'onLimit', 'again', 'signal'] as const satisfies readonly (keyof ImportOptions)[]

/** What is asked of a generation. */
export interface DraftOptions extends CallOptions {
  /** 3 unless set. */
  count?: number
  language?: string
  limit?: number
  format?: 'tweet' | 'thread_opener' | 'reply'
  tone?: string
  facts?: readonly string[]
  banned?: readonly string[]
  replyTo?: string
  hashtags?: 'as_author' | 'none' | 'free'
  repair?: boolean
  seed?: number
  temperature?: number
}
/** @internal */
export const DRAFT_OPTIONS = [
  'count', 'language', 'limit', 'format', 'tone', 'facts', 'banned', 'replyTo', 'hashtags', 'repair', 'seed', 'temperature', 'signal',
] as const satisfies readonly (keyof DraftOptions)[]

/** How drafts are published. */
export interface PublishOptions extends CallOptions {
  /** One draft as a thread of these texts. */
  split?: readonly string[]
  madeWithAi?: boolean
  paidPartnership?: boolean
  replyTo?: string
  quote?: string
  replySettings?: string
  /** Each entry names `position` and either `id` or `path`. */
  media?: readonly { position?: number; id?: string; path?: string; mediaType?: string; category?: string; altText?: string }[]
  textLimit?: number
  selfServe?: boolean
}
/** @internal */
export const PUBLISH_OPTIONS = [
  'split', 'madeWithAi', 'paidPartnership', 'replyTo', 'quote', 'replySettings', 'media', 'textLimit', 'selfServe', 'signal',
] as const satisfies readonly (keyof PublishOptions)[]
