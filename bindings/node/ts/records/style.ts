// Styles.

import { deep, long, shape, time } from '../shape'

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
  oversized: number
  older: number
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
export const profileRecord = shape({ analysis: deep, created_at: time }, long)
/** Where texts differ from how the author writes, in numbers and in a sentence. */
export interface Gap {
  feature: string
  direction: string
  theirs: number
  ours: number
  words: string
}
