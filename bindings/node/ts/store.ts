/**
 * Where the data lives: {@link SqliteStore}, and stores of your own.
 *
 * @module
 */

import { inspect } from 'node:util'
import { fileURLToPath } from 'node:url'

import { fromFields, kindOf, wrongArgument } from './errors'
import { addressOf, allSnake, encode, Fields, only, seconds } from './json'
import type { CallContext } from './model'
import { Session } from './session'

/**
 * A store of your own: one method that answers the messages of the core.
 *
 * Each message is one atomic step with the name and the arguments of a method of the Rust trait `Store`, as plain data in the
 * core's own form; https://docs.rs/ghostwren/latest/ghostwren/store/trait.Store.html says what each promises. A store that wraps
 * another one passes on what it does not change. Throw a `GhostwrenError` such as `NotFoundError` for what fails.
 */
export interface Store {
  call(method: string, owner: string, args: Record<string, any>, context: CallContext): any
}

/** How a {@link SqliteStore} is opened. */
export interface SqliteOptions {
  /** How long to wait for another process that writes, in milliseconds. */
  busyTimeout?: number
}

/** @internal A path as text. */
export function pathOf(path: string | URL, name = 'path'): string {
  if (path instanceof URL) return fileURLToPath(path)
  if (typeof path !== 'string') throw wrongArgument(`the argument \`${name}\` has to be a path, not ${kindOf(path)}`)
  return path
}

/** A store in one SQLite file; `:memory:` is gone when it is closed. */
export class SqliteStore implements Store {
  /** @internal */
  readonly _settings: Record<string, unknown>
  readonly #session: Session

  constructor(path: string | URL, options: SqliteOptions = {}) {
    const text = pathOf(path)
    const busy_timeout_seconds = seconds(only(options, ['busyTimeout']).busyTimeout, 'busyTimeout')
    this._settings = text === ':memory:' ? { memory: {} } : { sqlite: { path: text, busy_timeout_seconds } }
    this.#session = new Session('sqlite', this._settings)
  }

  /** Answers one message of the core, for stores that wrap this one. */
  async call(method: string, owner: string, args: Record<string, any>): Promise<any> {
    const request = encode({ method, caller: { owner }, args })
    const reply = await this.#session.call('store.call', { request })
    if (reply.error !== undefined) throw fromFields(reply.error)
    return reply.ok
  }

  /** Closes the file, if it was opened by `call`. */
  async close(): Promise<void> {
    await this.#session.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** @internal */
  [inspect.custom](): string {
    const sqlite = this._settings['sqlite'] as { path: string } | undefined
    return `SqliteStore(${JSON.stringify(sqlite?.path ?? ':memory:')})`
  }
}

/** A Supabase project. Without `url` and `publishableKey` it is that of the environment. Times are in milliseconds. */
export interface ProjectOptions {
  url?: string | URL
  publishableKey?: string
  /** For servers alone: sealed logins, users of the whole project. */
  secretKey?: string
  /** With which a project of before 2025 signs its tokens. */
  jwtSecret?: string
  restUrl?: string | URL
  authUrl?: string | URL
  storageUrl?: string | URL
  timeout?: number
  deadline?: number
  maxAttempts?: number
}

const PROJECT_OPTIONS = [
  'url', 'publishableKey', 'secretKey', 'jwtSecret', 'restUrl', 'authUrl', 'storageUrl', 'timeout', 'deadline', 'maxAttempts',
] as const satisfies readonly (keyof ProjectOptions)[]

/** @internal */
export function projectOf(options: ProjectOptions): Record<string, unknown> {
  const { timeout, deadline, ...rest } = only(options, PROJECT_OPTIONS)
  return new Fields({ ...allSnake(rest), timeout_seconds: seconds(timeout, 'timeout'), deadline_seconds: seconds(deadline, 'deadline') })
}

/** Settings that hold secrets: no field, so that nothing shows or copies them. */
const hidden = new WeakMap<object, Record<string, unknown>>()

/** @internal */
export function hiddenOf(of: object): Record<string, unknown> {
  return hidden.get(of)!
}

/**
 * The store in a Supabase project whose database has the schema `ghostwren`.
 *
 * Every call is made as the user who asks, so that row-level security decides; `secretKey` is for servers, for sealed logins alone.
 * Without `url` and `publishableKey` it is the project of the environment (`SUPABASE_URL`, `SUPABASE_PUBLISHABLE_KEY`,
 * `SUPABASE_SECRET_KEY`).
 */
export class SupabaseStore {
  readonly #shown: string | undefined

  constructor(options: ProjectOptions = {}) {
    hidden.set(this, projectOf(options))
    this.#shown = addressOf(options.url)
  }

  /** @internal */
  [inspect.custom](): string {
    return `SupabaseStore(${this.#shown === undefined ? '' : JSON.stringify(this.#shown)})`
  }
}

/**
 * Where `Ghostwren.signIn` keeps a session: sealed, in a SQLite file, so that it outlives this program, and that one of all
 * processes on the file refreshes it for all. Without `sealingKeys` they are those of the environment, or of the file `.key` beside
 * the database.
 */
export class StoredSession {
  readonly #label: string

  constructor(store: string | URL | SqliteStore, options: { owner?: string; label?: string; sealingKeys?: string } = {}) {
    const settings = (store instanceof SqliteStore ? store : new SqliteStore(pathOf(store, 'store')))._settings
    const given = only(options, ['owner', 'label', 'sealingKeys'])
    hidden.set(this, new Fields({ sqlite: new Fields({ ...allSnake(given), store: settings }) }))
    this.#label = typeof given.label === 'string' ? given.label : 'supabase'
  }

  /** @internal */
  [inspect.custom](): string {
    return `StoredSession(${JSON.stringify(this.#label)})`
  }
}
