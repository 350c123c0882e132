// The native half, as `cargo xtask gen` wrote it down: not for use outside of this package.

/** The bridge of one environment. It ends with it, and what is under way is stopped then. */
export declare class Bridge {
  /** `wake` is called when there is something to take. */
  constructor(wake: () => unknown)
  /** Takes everything that waits. */
  take(): Array<Delivered>
  /** Stops a call. Nothing more is delivered for it. */
  cancel(call: number): void
  /** Answers a question. */
  answer(question: number, json: string): void
  /**
   * Answers a question with what the application threw: its text and, for an error of ours, its fields as JSON. Whether
   * somebody waits for it, and the object has to be kept.
   */
  refuse(question: number, text: string, fields?: string | undefined | null): boolean
  /** How many calls and questions are under way. */
  pending(): number
}

/** The numbers of a style. */
export declare class Fingerprint {
  /** Counts texts. */
  static of(texts: Array<string>): Fingerprint
  /** Reads what `toJson` wrote. */
  static fromJson(json: string): Fingerprint
  toJson(): string
  get texts(): number
  distance(other: Fingerprint): number
  features(): string
  languages(): string
  notes(): Array<string>
  summary(): string
  equals(other: Fingerprint): boolean
}

/** A setup that calls are made on, opened by its first call. */
export declare class Session {
  /** `model` and `store` are the numbers of objects of the application. */
  constructor(bridge: Bridge, kind: string, settings: string, model?: number | undefined | null, store?: number | undefined | null)
  /** Opens it now, so that what is wrong with the settings is told now. */
  open(): number
  /** A call by its name, with its arguments as a JSON object. */
  call(name: string, values: string): number
  /** A call by its name that takes tweets, from one place to another, which stay here. */
  callWith(name: string, tweets: Tweets, start: number, end: number): number
  /** A stream by its name, with its arguments as a JSON object. */
  stream(name: string, values: string): Stream
  /** Closes it: its files are closed when the calls and streams that are under way have ended. */
  close(): number
  /** Whether it was closed. */
  get closed(): boolean
}

/** Events that come; nothing is done before the first is asked for. */
export declare class Stream {
  /**
   * The events that have arrived, after the first of them, as a JSON list; nothing at the end. Cancelling it ends the
   * stream.
   */
  nextBatch(): number
  /** Stops the work. */
  close(): void
}

/** A style with the texts that it was learned from. */
export declare class StyleProfile {
  static fromTexts(texts: Array<string>): StyleProfile
  /** Of the tweets of a list from one place to another. */
  static fromTweets(tweets: Tweets, start: number, end: number): StyleProfile
  /** Reads what `toJson` wrote. */
  static fromJson(json: string): StyleProfile
  /** All of it, with the texts. */
  toJson(): string
  fingerprint(): Fingerprint
  texts(): Array<string>
  tweetIds(): Array<string>
  corpusHash(): string
  leftOut(): string
  sufficiency(): string
  analysis(): string
}

/** A list of tweets, which never changes. */
export declare class Tweets {
  /** Reads a JSON list of tweets in the form of `json`. */
  static fromJson(json: string): Tweets
  get length(): number
  /** The tweets from one place to another, whole, as a JSON list. */
  json(start: number, end: number): string
  /** A column of texts. */
  texts(name: string, start: number, end: number): Texts
  /** A column of numbers, or of times in milliseconds; what is missing is not a number. */
  numbers(name: string, start: number, end: number): Float64Array
  /** A column of yes and no. */
  flags(name: string, start: number, end: number): Uint8Array
  /** A column of lists of texts, as JSON. */
  lists(name: string, start: number, end: number): string
}

/** A message as JavaScript sees it: `what` says which of the others are there. */
export interface Delivered {
  what: 'done' | 'error' | 'ask' | 'tell' | 'forget' | 'release' | 'gone'
  /** Of a call, a question or, with `tell` and `gone`, of an object. */
  id: number
  /** A result, an error's fields, or an argument. */
  json?: string
  host?: number
  method?: string
  /** The question whose answer was thrown, beneath an error. */
  cause?: number
  tweets?: Tweets
  profile?: StyleProfile
}

/** Where texts differ from a style. */
export declare function gap(profile: StyleProfile, texts: Array<string>): string

/** A call that needs no setup, by its name, with its arguments as a JSON object. */
export declare function local(name: string, values: string): string

/** The names of `local`. */
export declare function localNames(): Array<string>

/** The candidates that read most like the author. */
export declare function select(profile: StyleProfile, candidates: Array<string>, n: number, options: string): string

/** Texts one after the other: each ends at its place in UTF-16 units, as JavaScript counts. */
export interface Texts {
  text: string
  ends: Uint32Array
  /** One for each text that is missing; absent when none is. */
  missing?: Uint8Array
}

/** The version of this half, which the other half compares with its own. */
export declare function version(): string
