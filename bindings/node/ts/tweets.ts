// Tweets as views: the records stay in Rust, and a block of a column comes over when a field of it is first read.

import { inspect } from 'node:util'

import { guarded, wrongArgument } from './errors'
import { native } from './load'
import type { Tweets as NativeTweets } from './native'
import { type Open, type TweetRecord, tweetRecord } from './records/internal'
import { escapeControls } from './text'

/** So many values cross at a time. */
const BITS = 10
const BLOCK = 1 << BITS

/** One field of all tweets of a list, in blocks. */
class Column<T> {
  readonly #blocks: (ArrayLike<T> | undefined)[] = []
  readonly #load: (start: number, end: number) => ArrayLike<T>
  readonly #length: number

  constructor(length: number, load: (start: number, end: number) => ArrayLike<T>) {
    this.#length = length
    this.#load = load
  }

  at(index: number): T {
    const number = index >> BITS
    const block = this.#blocks[number] ?? this.#fetch(number)
    return block[index & (BLOCK - 1)] as T
  }

  #fetch(number: number): ArrayLike<T> {
    const start = number << BITS
    const block = this.#load(start, Math.min(start + BLOCK, this.#length))
    this.#blocks[number] = block
    return block
  }
}

/** The columns of the tweets of one answer, shared by all lists and views of it. */
class Columns {
  readonly native: NativeTweets
  readonly #columns = new Map<string, Column<any>>()
  // What is read most is found without a look into the map.
  readonly id: Column<string>
  readonly fullText: Column<string>
  readonly likes: Column<number>

  constructor(tweets: NativeTweets) {
    this.native = tweets
    this.id = this.texts('id') as Column<string>
    this.fullText = this.texts('full_text') as Column<string>
    this.likes = this.numbers('likes')
  }

  texts(name: string): Column<string | null> {
    return this.#column(name, (start, end) => {
      const { text, ends, missing } = this.native.texts(name, start, end)
      const values = new Array<string | null>(ends.length)
      let from = 0
      for (let index = 0; index < ends.length; index++) {
        const to = ends[index]
        values[index] = missing !== undefined && missing[index] === 1 ? null : text.slice(from, to)
        from = to
      }
      return values
    })
  }

  numbers(name: string): Column<number> {
    return this.#column(name, (start, end) => this.native.numbers(name, start, end))
  }

  flags(name: string): Column<number> {
    return this.#column(name, (start, end) => this.native.flags(name, start, end))
  }

  lists(name: string): Column<readonly string[]> {
    return this.#column(name, (start, end) => JSON.parse(this.native.lists(name, start, end)))
  }

  #column(name: string, load: (start: number, end: number) => ArrayLike<any>): Column<any> {
    let column = this.#columns.get(name)
    if (column === undefined) this.#columns.set(name, (column = new Column(this.native.length, load)))
    return column
  }
}

/** @internal Where the views of a list look. */
const of = Symbol('columns')
const at = Symbol('index')

function number(value: number): number | null {
  return Number.isNaN(value) ? null : value
}

function date(value: number): Date | null {
  return Number.isNaN(value) ? null : new Date(value)
}

/** One tweet of a list: a view, which keeps the list. `toJSON()` is everything. */
export class Tweet {
  /** @internal */
  readonly [of]!: Columns
  /** @internal */
  readonly [at]!: number

  /** @internal */
  constructor(columns: Columns, index: number) {
    this[of] = columns
    this[at] = index
  }

  get id(): string {
    return this[of].id.at(this[at])
  }
  get fullText(): string {
    return this[of].fullText.at(this[at])
  }
  get createdAt(): Date {
    return new Date(this[of].numbers('created_at').at(this[at]))
  }
  get lang(): string | null {
    return this[of].texts('lang').at(this[at])
  }
  get kind(): Open<'original' | 'reply' | 'quote' | 'retweet' | 'note'> {
    return this[of].texts('kind').at(this[at])!
  }
  get isNote(): boolean {
    return this[of].flags('is_note').at(this[at]) === 1
  }
  get isTruncated(): boolean {
    return this[of].flags('is_truncated').at(this[at]) === 1
  }
  get threadId(): string | null {
    return this[of].texts('thread_id').at(this[at])
  }
  get threadPosition(): number | null {
    return number(this[of].numbers('thread_position').at(this[at]))
  }
  get inReplyToId(): string | null {
    return this[of].texts('in_reply_to_id').at(this[at])
  }
  get inReplyToUserId(): string | null {
    return this[of].texts('in_reply_to_user_id').at(this[at])
  }
  get quotedId(): string | null {
    return this[of].texts('quoted_id').at(this[at])
  }
  get retweetedId(): string | null {
    return this[of].texts('retweeted_id').at(this[at])
  }
  get conversationId(): string | null {
    return this[of].texts('conversation_id').at(this[at])
  }
  get likes(): number | null {
    return number(this[of].likes.at(this[at]))
  }
  get retweets(): number | null {
    return number(this[of].numbers('retweets').at(this[at]))
  }
  get replies(): number | null {
    return number(this[of].numbers('replies').at(this[at]))
  }
  get quotes(): number | null {
    return number(this[of].numbers('quotes').at(this[at]))
  }
  get bookmarks(): number | null {
    return number(this[of].numbers('bookmarks').at(this[at]))
  }
  get impressions(): number | null {
    return number(this[of].numbers('impressions').at(this[at]))
  }
  get urls(): readonly string[] {
    return this[of].lists('urls').at(this[at])
  }
  get mentions(): readonly string[] {
    return this[of].lists('mentions').at(this[at])
  }
  get hashtags(): readonly string[] {
    return this[of].lists('hashtags').at(this[at])
  }
  get cashtags(): readonly string[] {
    return this[of].lists('cashtags').at(this[at])
  }
  get labels(): readonly string[] {
    return this[of].lists('labels').at(this[at])
  }
  get editHistory(): readonly string[] {
    return this[of].lists('edit_history').at(this[at])
  }
  get source(): Open<'archive' | 'api'> {
    return this[of].texts('source').at(this[at])!
  }
  get client(): string | null {
    return this[of].texts('client').at(this[at])
  }
  get deletedAt(): Date | null {
    return date(this[of].numbers('deleted_at').at(this[at]))
  }
  get excluded(): boolean {
    return this[of].flags('excluded').at(this[at]) === 1
  }

  /** Everything as plain data: with media, and with all that is known of links, people and hashtags. */
  toJSON(): TweetRecord {
    const index = this[at]
    return tweetRecord(JSON.parse(guarded(() => this[of].native.json(index, index + 1)))[0])
  }

  /** @internal */
  [inspect.custom](): string {
    const text = [...this.fullText]
    const short = text.slice(0, 60).join('') + (text.length > 60 ? '…' : '')
    return `Tweet ${this.id} ${JSON.stringify(escapeControls(short))}`
  }
}

/** Tweets whose records stay in Rust: a list of views. */
export class TweetList implements Iterable<Tweet> {
  /** @internal */
  readonly [of]: Columns
  /** @internal */
  readonly [at]: number
  /** How many. */
  readonly length: number

  /** @internal */
  constructor(columns: Columns, start: number, length: number) {
    this[of] = columns
    this[at] = start
    this.length = length
  }

  /** Reads a JSON list of tweets in the core's own form, which an export has. */
  static fromJSON(json: string): TweetList {
    return listOf(guarded(() => native.Tweets.fromJson(json)))
  }

  /** The tweet at a place; from the end where it is negative. */
  at(index: number): Tweet | undefined {
    const place = Math.trunc(index) + (index < 0 ? this.length : 0)
    return place >= 0 && place < this.length ? new Tweet(this[of], this[at] + place) : undefined
  }

  *[Symbol.iterator](): IterableIterator<Tweet> {
    const columns = this[of]
    const end = this[at] + this.length
    for (let index = this[at]; index < end; index++) yield new Tweet(columns, index)
  }

  /** The views as an array. */
  toArray(): Tweet[] {
    const columns = this[of]
    const start = this[at]
    const all = new Array<Tweet>(this.length)
    for (let index = 0; index < this.length; index++) all[index] = new Tweet(columns, start + index)
    return all
  }

  /** A part of the list, which shares its records. */
  slice(start = 0, end = this.length): TweetList {
    const from = bound(start, this.length)
    return new TweetList(this[of], this[at] + from, Math.max(0, bound(end, this.length) - from))
  }

  /** A value of each tweet. */
  map<T>(get: (tweet: Tweet, index: number) => T): T[] {
    return this.toArray().map(get)
  }

  /** The tweets for which it is true. */
  filter(test: (tweet: Tweet, index: number) => boolean): Tweet[] {
    return this.toArray().filter(test)
  }

  /** One number of all tweets, `NaN` where it is not known; times in milliseconds. For sums and charts. */
  numbers(
    field: 'likes' | 'retweets' | 'replies' | 'quotes' | 'bookmarks' | 'impressions' | 'threadPosition' | 'createdAt' | 'deletedAt',
  ): Float64Array {
    const name = NUMBERS[field]
    if (name === undefined) throw wrongArgument(`the argument \`field\` has to be one of ${Object.keys(NUMBERS).join(', ')}`)
    return guarded(() => this[of].native.numbers(name, this[at], this[at] + this.length))
  }

  /** Everything as plain data. */
  toJSON(): TweetRecord[] {
    return JSON.parse(guarded(() => this[of].native.json(this[at], this[at] + this.length))).map(tweetRecord)
  }

  /** @internal */
  [inspect.custom](): string {
    return `TweetList of ${this.length}`
  }
}

/** @internal The records of a list, and which of them it has. */
export function nativeOf(list: TweetList): [NativeTweets, number, number] {
  return [list[of].native, list[at], list[at] + list.length]
}

const NUMBERS: Record<string, string | undefined> = {
  likes: 'likes',
  retweets: 'retweets',
  replies: 'replies',
  quotes: 'quotes',
  bookmarks: 'bookmarks',
  impressions: 'impressions',
  threadPosition: 'thread_position',
  createdAt: 'created_at',
  deletedAt: 'deleted_at',
}

function bound(index: number, length: number): number {
  const place = Math.trunc(index) + (index < 0 ? length : 0)
  return Math.min(Math.max(place, 0), length)
}

/** @internal */
export function listOf(tweets: NativeTweets): TweetList {
  return new TweetList(new Columns(tweets), 0, tweets.length)
}

/** @internal The records beneath a list, and its place in them. */
export function beneath(tweets: TweetList): { native: NativeTweets; start: number; end: number } {
  return { native: tweets[of].native, start: tweets[at], end: tweets[at] + tweets.length }
}
