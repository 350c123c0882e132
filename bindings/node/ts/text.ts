/**
 * Tweet text by Twitter's rules, and text on its way to a screen or an index.
 *
 * @module
 */

import { guarded } from './errors'
import { encode, textOf } from './json'
import { native } from './load'
import { deep, list } from './shape'
import { type Entity, entity, type ParsedTweet, type SearchClause } from './records/internal'

function local(name: string, values: Record<string, unknown>): any {
  return JSON.parse(guarded(() => native.local(name, encode(values))))
}

/** The length as X counts it, of which a tweet may have 280. */
export function weightedLength(text: string): number {
  return local('text.weighted_length', { text })
}

/** What X makes of a text. */
export function parse(text: string, limit = 280): ParsedTweet {
  return deep(local('text.parse', { text, limit }))
}

const entities = list(entity)

/** Links, people, hashtags and cashtags, in their order. */
export function extract(text: string): Entity[] {
  return entities(local('text.extract', { text }))
}
/** Links. */
export function extractUrls(text: string): Entity[] {
  return entities(local('text.extract', { text, what: 'urls' }))
}
/** People. */
export function extractMentions(text: string): Entity[] {
  return entities(local('text.extract', { text, what: 'mentions' }))
}
/** People and lists. */
export function extractMentionsOrLists(text: string): Entity[] {
  return entities(local('text.extract', { text, what: 'mentions_or_lists' }))
}
/** Hashtags. */
export function extractHashtags(text: string): Entity[] {
  return entities(local('text.extract', { text, what: 'hashtags' }))
}
/** Cashtags. */
export function extractCashtags(text: string): Entity[] {
  return entities(local('text.extract', { text, what: 'cashtags' }))
}

/** The handle that a text begins by answering, without `@`. */
export function replyTo(text: string): string | null {
  return local('text.reply_to', { text })
}
/** Whether X would see a link. */
export function hasUrl(text: string): boolean {
  return local('text.has_url', { text })
}
/** How many cashtags X would see. */
export function cashtagCount(text: string): number {
  return local('text.cashtag_count', { text })
}
/** The words of a text as the index of both stores keeps them. */
export function searchTerms(text: string): string {
  return local('text.search_terms', { text })
}
/** The parts of a search (words, `"a phrase"`, `prefix*`); an `InvalidInputError` for one that cannot be used. */
export function searchQuery(text: string): SearchClause[] {
  return local('text.search_query', { text })
}
/** The text with its control and bidirectional characters made visible, for a terminal. */
export function escapeControls(text: string): string {
  return local('text.escape_controls', { text })
}
/** The text with the HTML escapes undone that Twitter puts into it. */
export function unescapeHtml(text: string): string {
  return local('text.unescape_html', { text })
}
/** The id of the tweet that a link leads to. */
export function statusId(url: string): string | null {
  return local('text.status_id', { text: textOf('url', url) })
}
