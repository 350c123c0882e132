/**
 * Choosing among candidates, without a model.
 *
 * @module
 */

import { guarded, kindOf, wrongArgument } from './errors'
import { allSnake, encode, only } from './json'
import { native } from './load'
import type { Selection } from './records/internal'
import { deep } from './shape'
import { nativeProfile, type StyleProfile, textsOf } from './style'

/** What candidates are measured by. */
export interface SelectOptions {
  topic?: string
  /** 280 unless set. */
  limit?: number
  language?: string
  banned?: Iterable<string>
  /** Handles, links and numbers of a candidate must stand in one of these texts. */
  sources?: Iterable<string>
  maxHashtags?: number
  existing?: Iterable<string>
}

const SELECT_OPTIONS = [
  'topic', 'limit', 'language', 'banned', 'sources', 'maxHashtags', 'existing',
] as const satisfies readonly (keyof SelectOptions)[]

/** The `n` candidates that pass the gates and, as a batch, read most like the author. */
export function select(
  profile: StyleProfile,
  candidates: Iterable<string>,
  n: number,
  options: SelectOptions = {},
): Selection {
  const { banned, sources, existing, ...rest } = only(options, SELECT_OPTIONS)
  const asked = encode({
    ...allSnake(rest),
    banned: textsOf(banned ?? [], 'banned'),
    sources: sources === undefined || sources === null ? undefined : textsOf(sources, 'sources'),
    existing: textsOf(existing ?? [], 'existing'),
  })
  const texts = textsOf(candidates, 'candidates')
  if (!Number.isInteger(n) || n < 0) throw wrongArgument(`the argument \`n\` has to be a whole number from 0 on, not ${kindOf(n)}`)
  return deep(JSON.parse(guarded(() => native.select(nativeProfile(profile), texts, n, asked))))
}

/** A model's answer without the wrapping that models put around a tweet. */
export function cleanCandidate(text: string): string {
  return JSON.parse(guarded(() => native.local('generate.clean_candidate', encode({ text }))))
}
