/**
 * The X API: the client, the settings of an app, and what can be said of a tweet before it is sent.
 *
 * @module
 */

import { guarded } from './errors'
import { allSnake, encode, Fields, given } from './json'
import { native } from './load'
import type { Finding } from './records/internal'
import { deep } from './shape'

export { type TimelineOptions, Twitter, TwitterApp, type TwitterAppOptions, type TwitterOptions } from './clients'

/** What a tweet is measured by: the account's limits, and the fields of X's request. */
export interface LintOptions {
  limit?: number
  selfServe?: boolean
  called?: boolean
  [field: string]: unknown
}

/** What X would refuse about a tweet, or charge more for. */
export function lint(text: string, options: LintOptions = {}): Finding[] {
  const { limit, selfServe, called, ...fields } = given(options)
  const values = { tweet: new Fields({ ...allSnake(fields), text }), limit, self_serve: selfServe, called }
  return JSON.parse(guarded(() => native.local('twitter.lint', encode(values))))
}

/** What reads and writes cost, in millionths of a US dollar. */
export function prices(): Record<string, number> {
  return deep(JSON.parse(guarded(() => native.local('twitter.prices', '{}'))))
}

/** What this tweet would cost, in millionths of a US dollar. */
export function writeCost(text: string): number {
  return JSON.parse(guarded(() => native.local('twitter.write_cost', encode({ text })))).micros
}
