/**
 * Log in with Twitter/X, import your tweets, learn your style, draft new tweets in your voice.
 *
 * ```ts
 * import { Ghostwren, OpenAI } from 'ghostwren'
 *
 * const wren = await Ghostwren.open({ store: 'ghostwren.db', model: new OpenAI() })
 * const account = await wren.user().openAccount('main')
 * for await (const event of account.importArchive('twitter.zip')) console.log(event)
 * const { drafts } = await account.generate('why we rewrote it in Rust', { count: 5 })
 * ```
 *
 * @module
 */

export * as errors from './errors'
export * as generate from './generate'
export * as openai from './openai'
export * as records from './records'
export * as style from './style'
export * as supabase from './supabase'
export * as text from './text'
export * as twitter from './twitter'

export { type ChatOptions, OpenAI, type OpenAIOptions } from './clients'
export { type TimelineOptions, Twitter, TwitterApp, type TwitterAppOptions, type TwitterOptions } from './clients'
export { GhostwrenError, type ErrorKind } from './errors'
export { version } from './load'
export type { CallContext, Capabilities, Message, Model, ModelAnswer, ModelRequest } from './model'
export { type CallOptions, Events, Work } from './session'
export { type ProjectOptions, SqliteStore, type SqliteOptions, type Store, StoredSession, SupabaseStore } from './store'
export { Fingerprint, StyleProfile } from './style'
export { Supabase } from './supabase'
export { Tweet, TweetList } from './tweets'
export type { DraftOptions, ImportOptions, Ordered, Paged, PublishOptions, TweetQuery } from './options'
export { Account, Connect, type Generating, Ghostwren, type GhostwrenOptions, type Import, type LoginEvent, type SessionLike, User } from './workflow'
