// `Connect`: a login at Twitter.

import { inspect } from 'node:util'

import { only, seconds, signalOf } from '../json'
import { type PendingLogin, pendingLogin } from '../records/internal'
import { type CallOptions, Events, type Session } from '../session'
import { Account } from './account'
import type { Who } from './user'

/** What happens while a person logs in on their own machine. */
export type LoginEvent =
  /** The address to open. */
  | { event: 'opened'; data: string }
  /** The id of the account. */
  | { event: 'connected'; data: string }

/** A login at Twitter: `begin` it, send the browser to its `url`, `finish` it with the address that comes back. */
export class Connect {
  readonly #session: Session
  readonly #who: Who
  readonly #of: Record<string, unknown>

  /** @internal */
  constructor(session: Session, who: Who, of: { label?: string; account?: string }) {
    this.#session = session
    this.#who = who
    this.#of = { ...who, ...of }
  }

  /**
   * Begins a login. `scopes` are separated by spaces; reading alone unless set. It can be finished for ten minutes, once, by any
   * process on the same store.
   */
  async begin(options: CallOptions & { scopes?: string } = {}): Promise<PendingLogin> {
    const { signal, ...rest } = only(options, ['scopes', 'signal'])
    return pendingLogin(await this.#session.call('connect.begin', { ...rest, ...this.#of }, signal))
  }

  /** @internal */
  [inspect.custom](): string {
    return `Connect ${JSON.stringify(this.#of['label'] ?? this.#of['account'])}`
  }

  /** Finishes a login with the address that the browser was sent to and the binding of that browser. */
  async finish(callback: string | URL, binding: string, options: CallOptions = {}): Promise<Account> {
    const values = { ...this.#of, callback, binding }
    return new Account(this.#session, this.#who, await this.#session.call('connect.finish', values, signalOf(options)))
  }

  /** A login for a program on the person's own machine. `timeout` is in milliseconds; five minutes unless set. */
  inBrowser(options: CallOptions & { scopes?: string; timeout?: number } = {}): Events<LoginEvent> {
    const { signal, timeout = 300_000, ...rest } = only(options, ['scopes', 'timeout', 'signal'])
    const values = { ...rest, ...this.#of, timeout_seconds: seconds(timeout, 'timeout') }
    return new Events(this.#session.stream('connect.in_browser', values), (event) => event, signal)
  }
}
