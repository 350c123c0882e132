/**
 * Where the data lives: {@link SqliteStore}, and stores of your own.
 *
 * @module
 */

import { inspect } from 'node:util'
import { fileURLToPath } from 'node:url'

import { fromFields, wrongArgument } from './errors'
import { encode, seconds } from './json'
import type { CallContext } from './model'
import { Session } from './session'
import { kindOf } from './style'

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
    this._settings =
      text === ':memory:'
        ? { memory: {} }
        : { sqlite: { path: text, busy_timeout_seconds: seconds(options.busyTimeout) } }
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
