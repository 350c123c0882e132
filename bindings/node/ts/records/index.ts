/**
 * Plain data: what calls give, as plain objects that can be copied, written as JSON and sent to other threads.
 *
 * Ids of tweets and Twitter users are decimal strings (a number would lose digits), ids of rows are UUIDs as strings, times are
 * `Date`, durations are in milliseconds, money is in millionths of a US dollar.
 *
 * @module
 */

export { compareIds, isValidId, type Open, type Page, timeOfId } from './base'
export type * from './accounts'
export type * from './drafts'
export type * from './services'
export type * from './style'
export type * from './supabase'
