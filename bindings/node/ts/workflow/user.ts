// `User`: who is asking, and what they own.

import { inspect } from 'node:util'

import { identityOf, only, signalOf } from '../json'
import { type AuthSession, authSession } from '../records/internal'
import type { CallOptions, Session } from '../session'
import type { SignOutScope } from '../supabase'
import { Account } from './account'
import { Connect } from './connect'

/** A session of Supabase Auth: what a login of this package gave, or another client's by the same names. */
export type SessionLike = Pick<AuthSession, 'accessToken' | 'refreshToken'> & { expiresAt: Date | string; user: { id: string } }

/** @internal Who is asking: the owner of a local store, the user of a token, or who is signed in. */
export type Who = { owner: string } | { token: string } | { session: number }

/** @internal */
export function askerOf(owner: unknown): Who {
  if (typeof owner === 'object' && owner !== null && !Array.isArray(owner)) return { token: identityOf('token', only(owner as { token: string }, ['token']).token) }
  return { owner: identityOf('owner', owner) }
}

/** @internal Holds a token, perhaps: no field, so that nothing shows it. */
export let whoOf: (user: User) => Who | undefined

/** One identity: what it owns, and nothing else. */
export class User {
  readonly #session: Session
  readonly #who: Who

  static {
    whoOf = (user) => (#who in Object(user) ? user.#who : undefined)
  }

  /** @internal */
  constructor(session: Session, who: Who) {
    this.#session = session
    this.#who = who
  }

  /**
   * The session of who is signed in, as it is now: for whoever keeps it elsewhere, and to call Supabase by other means.
   */
  async session(options: CallOptions = {}): Promise<AuthSession> {
    return authSession(await this.#session.call('user.session', this.#who, signalOf(options)))
  }

  /** Ends the session, or others of the user, and forgets it here, also when Auth could not be reached. */
  async signOut(scope: SignOutScope = 'local', options: CallOptions = {}): Promise<void> {
    await this.#session.call('user.sign_out', { ...this.#who, scope }, signalOf(options))
  }

  /** Opens the account of this label, or makes it: bound to its Twitter user by the first archive or login. */
  async openAccount(label = 'main', options: CallOptions = {}): Promise<Account> {
    const id = await this.#session.call('user.open_account', { ...this.#who, label }, signalOf(options))
    return new Account(this.#session, this.#who, id)
  }

  /** The account with this id; `NotFoundError` when there is none, or it is somebody else's. */
  async account(id: string, options: CallOptions = {}): Promise<Account> {
    const found = await this.#session.call('user.account', { ...this.#who, id }, signalOf(options))
    return new Account(this.#session, this.#who, found)
  }

  /** All accounts, oldest first. */
  async accounts(options: CallOptions = {}): Promise<Account[]> {
    const ids: string[] = await this.#session.call('user.accounts', this.#who, signalOf(options))
    return ids.map((id) => new Account(this.#session, this.#who, id))
  }

  /** @internal */
  [inspect.custom](): string {
    return `User ${'owner' in this.#who ? JSON.stringify(this.#who.owner) : 'token' in this.#who ? 'of a token' : 'signed in'}`
  }

  /** Connects a Twitter account, which is opened under this label when the login succeeds. */
  connect(label = 'main'): Connect {
    return new Connect(this.#session, this.#who, { label })
  }
}
