/**
 * How a person writes: counted locally, without a model and without a network.
 *
 * Counting is done on the thread that asks for it: 3,000 tweets take some milliseconds.
 *
 * @module
 */

import { inspect } from 'node:util'

import { fromFields, type GhostwrenError, guarded, kindOf, wrongArgument } from './errors'
import { encode, objectOf } from './json'
import { native } from './load'
import type { Fingerprint as NativeFingerprint, StyleProfile as NativeProfile } from './native'
import {
  type Analysis, type Feature, type Gap, type LanguageUse, type LeftOut, type ProfileRecord, profileRecord, type Sufficiency,
  type Summary,
} from './records/internal'
import { deep } from './shape'
import { beneath, TweetList } from './tweets'

/** @internal */
export function textsOf(texts: Iterable<string>, name = 'texts'): string[] {
  if (typeof texts === 'string' || typeof texts?.[Symbol.iterator] !== 'function') {
    throw wrongArgument(`the argument \`${name}\` has to be a list of texts, not ${kindOf(texts)}`)
  }
  const all = [...texts]
  const odd = all.find((text) => typeof text !== 'string')
  if (odd !== undefined || all.includes(undefined as never)) {
    throw wrongArgument(`the argument \`${name}\` has to hold texts, not ${kindOf(odd)}`)
  }
  return all
}

/** What `toJSON` gave, as text. */
function storedOf(data: object): string {
  const written = encode({ data: objectOf('data', data) })
  return written.slice('{"data":'.length, -1)
}

/** The numbers of a style: function words, punctuation, casing, length, emoji, openers and closers, per language. */
export class Fingerprint {
  /** @internal */
  declare readonly _native: NativeFingerprint

  /** @internal */
  constructor(native: NativeFingerprint) {
    Object.defineProperty(this, '_native', { value: native })
  }

  /** Counts texts that weigh the same. */
  static of(texts: Iterable<string>): Fingerprint {
    const all = textsOf(texts)
    return new Fingerprint(guarded(() => native.Fingerprint.of(all)))
  }

  /** Reads what `toJSON` gave. */
  static fromJSON(data: Record<string, any>): Fingerprint {
    const json = storedOf(data)
    return new Fingerprint(guarded(() => native.Fingerprint.fromJson(json)))
  }

  /** The numbers in their stored form, which has a version. */
  toJSON(): Record<string, any> {
    return JSON.parse(guarded(() => this._native.toJson()))
  }

  /** How many texts were counted. */
  get texts(): number {
    return this._native.texts
  }

  /** How far apart two styles are; 0 for the same. */
  distance(other: Fingerprint): number {
    if (!(other instanceof Fingerprint)) throw wrongArgument(`the argument \`other\` has to be a Fingerprint, not ${kindOf(other)}`)
    return this._native.distance(other._native)
  }

  /** Every habit with its numbers, the most telling first. */
  features(): Feature[] {
    return deep(JSON.parse(guarded(() => this._native.features())))
  }

  /** The languages, the most used first. */
  languages(): LanguageUse[] {
    return deep(JSON.parse(guarded(() => this._native.languages())))
  }

  /** What a reader of the numbers should know, in sentences. */
  notes(): string[] {
    return this._native.notes()
  }

  /** The numbers that people read. */
  summary(): Summary {
    return deep(JSON.parse(guarded(() => this._native.summary())))
  }

  /** Whether it is the same in every number. */
  equals(other: Fingerprint): boolean {
    return other instanceof Fingerprint && this._native.equals(other._native)
  }

  /** @internal */
  [inspect.custom](): string {
    return `Fingerprint of ${this.texts} texts`
  }
}

/** How somebody writes, with the texts that it was learned from. */
export class StyleProfile {
  /** @internal */
  declare readonly _native: NativeProfile

  /** @internal */
  constructor(native: NativeProfile) {
    Object.defineProperty(this, '_native', { value: native })
  }

  /** A profile of texts that are all the author's own and weigh the same. */
  static fromTexts(texts: Iterable<string>): StyleProfile {
    const all = textsOf(texts)
    return new StyleProfile(guarded(() => native.StyleProfile.fromTexts(all)))
  }

  /** A profile of an account's tweets: own words only, weighted by how recent they are. */
  static fromTweets(tweets: TweetList): StyleProfile {
    if (!(tweets instanceof TweetList)) throw wrongArgument(`the argument \`tweets\` has to be a TweetList, not ${kindOf(tweets)}`)
    const { native: records, start, end } = beneath(tweets)
    return new StyleProfile(guarded(() => native.StyleProfile.fromTweets(records, start, end)))
  }

  /** Reads what `toJSON` gave. */
  static fromJSON(data: Record<string, any>): StyleProfile {
    const json = storedOf(data)
    return new StyleProfile(guarded(() => native.StyleProfile.fromJson(json)))
  }

  /** All of it, the author's texts included: to keep it, or to hand it to another process. */
  toJSON(): Record<string, any> {
    return JSON.parse(guarded(() => this._native.toJson()))
  }

  /** The numbers. */
  get fingerprint(): Fingerprint {
    return new Fingerprint(this._native.fingerprint())
  }

  /** The author's texts. */
  get texts(): string[] {
    return this._native.texts()
  }

  /** The ids of the tweets that the texts come from, in the same order; empty for a profile made from texts. */
  get tweetIds(): string[] {
    return this._native.tweetIds()
  }

  /** The same tweets in any order give the same hash. */
  get corpusHash(): string {
    return this._native.corpusHash()
  }

  /** What was left out, and why. */
  get leftOut(): LeftOut {
    return deep(JSON.parse(guarded(() => this._native.leftOut())))
  }

  /** Whether there are enough tweets to speak of a style. */
  get sufficiency(): Sufficiency {
    return deep(JSON.parse(guarded(() => this._native.sufficiency())))
  }

  /** A model's words about the numbers, if it was asked. */
  get analysis(): Analysis | null {
    return deep(JSON.parse(guarded(() => this._native.analysis())))
  }

  /** The numbers that people read. */
  summary(): Summary {
    return this.fingerprint.summary()
  }

  /** @internal */
  [inspect.custom](): string {
    return `StyleProfile of ${this.fingerprint.texts} texts`
  }
}

/**
 * What `analyzeStyle` found: the profile to work with, the stored row, whether it was there already (`cached`), and why the
 * model's words are missing although it was asked (`analysisFailed`).
 */
export class StyleReport {
  readonly profile: StyleProfile
  readonly record: ProfileRecord
  readonly cached: boolean
  readonly analysisFailed: GhostwrenError | null

  /** @internal */
  constructor(profile: StyleProfile, data: any) {
    this.profile = profile
    this.record = profileRecord(data.record)
    this.cached = data.cached
    this.analysisFailed = data.analysis_failed === null ? null : fromFields(data.analysis_failed)
  }

  /** The model's words. */
  get analysis(): Analysis | null {
    return this.profile.analysis
  }
}

/** Where texts differ from a profile enough to be worth a repair, the largest difference first. */
export function gap(profile: StyleProfile, texts: Iterable<string>): Gap[] {
  const all = textsOf(texts)
  return deep(JSON.parse(guarded(() => native.gap(nativeProfile(profile), all))))
}

/** @internal */
export function nativeProfile(profile: StyleProfile): NativeProfile {
  if (!(profile instanceof StyleProfile)) {
    throw wrongArgument(`the argument \`profile\` has to be a StyleProfile, not ${kindOf(profile)}`)
  }
  return profile._native
}
