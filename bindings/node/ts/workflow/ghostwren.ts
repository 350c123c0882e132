// `Ghostwren`: what everything else is reached from.

import { inspect } from 'node:util'

import { OpenAI, settingsOf, TwitterApp } from '../clients'
import { kindOf, wrongArgument } from '../errors'
import { ModelHost, modelFacts, StoreHost } from '../host'
import { allSnake, Fields, objectOf, only, seconds, signalOf } from '../json'
import type { Model } from '../model'
import { type AuditReport, auditReport, type Diagnosis, diagnosis } from '../records/internal'
import { type CallOptions, Session } from '../session'
import { hiddenOf, pathOf, SqliteStore, type Store, StoredSession, SupabaseStore } from '../store'
import { AuthClient } from '../supabase'
import { askerOf, type SessionLike, User, whoOf } from './user'

/** What a {@link Ghostwren} is set up with. Times are in milliseconds, money in millionths of a US dollar. */
export interface GhostwrenOptions {
  /** A path of a SQLite file, `:memory:`, or a store. */
  store: string | URL | SqliteStore | SupabaseStore | Store
  model?: OpenAI | Model
  twitter?: TwitterApp
  /** `id:base64,…`: the first seals, all open. */
  sealingKeys?: string
  dailyModelBudgetMicros?: number
  dailyTwitterBudgetMicros?: number
  publishSettle?: number
  lease?: number
}

const WREN_OPTIONS = [
  'store', 'model', 'twitter', 'sealingKeys', 'dailyModelBudgetMicros', 'dailyTwitterBudgetMicros', 'publishSettle', 'lease',
] as const satisfies readonly (keyof GhostwrenOptions)[]

function wrong(name: string, wanted: string, value: unknown): Error {
  return wrongArgument(`the argument \`${name}\` has to be ${wanted}, not ${kindOf(value)}`)
}

function storeOf(store: GhostwrenOptions['store']): [Record<string, unknown>, StoreHost | undefined] {
  if (store instanceof SqliteStore) return [store._settings, undefined]
  if (store instanceof SupabaseStore) return [new Fields({ supabase: hiddenOf(store) }), undefined]
  if (typeof store === 'string' || store instanceof URL) return [new SqliteStore(store)._settings, undefined]
  if (typeof store?.call === 'function') return [{ host: {} }, new StoreHost(store)]
  throw wrong('store', 'a path, a SqliteStore, a SupabaseStore or an object with a method `call`', store)
}

function modelOf(model: GhostwrenOptions['model']): [Record<string, unknown> | undefined, ModelHost | undefined] {
  if (model === undefined || model === null) return [undefined, undefined]
  if (model instanceof OpenAI) return [new Fields({ openai: settingsOf(model) }), undefined]
  if (typeof model.complete === 'function') return [{ host: modelFacts(model) }, new ModelHost(model)]
  throw wrong('model', 'an OpenAI or an object with a method `complete`', model)
}

/**
 * The SDK, set up once per process: where the data lives, which model writes, what it may cost.
 *
 * ```ts
 * const wren = await Ghostwren.open({ store: 'ghostwren.db', model: new OpenAI() })
 * const account = await wren.user().openAccount('main')
 * ```
 */
export class Ghostwren {
  readonly #session: Session
  /** As it is shown. */
  readonly #store: string

  /** Opens nothing: the first call does. See {@link Ghostwren.open}. */
  constructor(options: GhostwrenOptions) {
    if (typeof options !== 'object' || options === null) {
      throw wrongArgument(`the argument \`options\` has to be an object with a \`store\`, not ${kindOf(options)}`)
    }
    const { store, model, twitter, publishSettle, lease, ...rest } = only(options, WREN_OPTIONS)
    const [storeSettings, storeHost] = storeOf(store)
    const [modelSettings, modelHost] = modelOf(model)
    if (twitter !== undefined && twitter !== null && !(twitter instanceof TwitterApp)) {
      throw wrong('twitter', 'a TwitterApp', twitter)
    }
    const settings = {
      ...allSnake(rest),
      store: storeSettings,
      model: modelSettings,
      twitter: twitter && settingsOf(twitter),
      publish_settle_seconds: seconds(publishSettle, 'publishSettle'),
      lease_seconds: seconds(lease, 'lease'),
    }
    this.#session = new Session('ghostwren', settings, modelHost, storeHost)
    this.#store = storeHost === undefined ? inspect(store instanceof URL ? pathOf(store) : store) : kindOf(store)
  }

  /** Sets it up and opens the store, so that what is wrong with the settings is told at once. */
  static async open(options: GhostwrenOptions): Promise<Ghostwren> {
    const wren = new Ghostwren(options)
    await wren.#session.open()
    return wren
  }

  /**
   * The handle of one owner of a local store; under Supabase, of the user whose access `token` a server received with a request.
   * Costs nothing and checks nothing: the first call does. Nobody refreshes such a token.
   */
  user(): User
  user(owner: string | { token: string }): User
  user(owner?: string | { token: string }): User {
    // Given and not there is a slip, such as a token that came with no request: nobody becomes `local` by it.
    return new User(this.#session, arguments.length === 0 ? { owner: 'local' } : askerOf(owner))
  }

  /**
   * A user of Supabase by the session that a login gave, kept fresh from here on: in memory, or where `keep` says. Without
   * `session` the one that is kept there goes on.
   */
  async signIn(session?: SessionLike | null, options: CallOptions & { keep?: StoredSession } = {}): Promise<User> {
    if (session !== undefined && session !== null) objectOf('session', session)
    const own = session && {
      access_token: session.accessToken,
      refresh_token: session.refreshToken,
      expires_at: session.expiresAt,
      user: { id: session.user?.id },
    }
    const { keep, signal } = only(options, ['keep', 'signal'])
    if (keep !== undefined && keep !== null && !(keep instanceof StoredSession)) throw wrong('keep', 'a StoredSession', keep)
    const values = { session: own, keep: keep && hiddenOf(keep) }
    const found = await this.#session.call('user.sign_in', values, signal)
    return new User(this.#session, { session: found.session })
  }

  /** The Auth of the project that the store is in. */
  get auth(): AuthClient {
    return new AuthClient(this.#session)
  }

  /**
   * Looks whether the Supabase project is set up as it must be: as a user as well, and for the login that comes back to
   * `redirectTo`. Changes nothing; on a server.
   */
  async doctor(
    options: CallOptions & { user?: User; redirectTo?: string | URL; provider?: string } = {},
  ): Promise<Diagnosis> {
    const { signal, user, redirectTo, provider } = only(options, ['signal', 'user', 'redirectTo', 'provider'])
    const who = user === undefined || user === null ? {} : whoOf(user)
    if (who === undefined) throw wrong('user', 'a User', user)
    const login = redirectTo === undefined ? undefined : new Fields({ redirect_to: redirectTo, provider })
    return diagnosis(await this.#session.call('wren.doctor', { ...who, login }, signal))
  }

  /** Looks through the keys and logins of all owners, and shows none of them; on a server. */
  async audit(options: CallOptions = {}): Promise<AuditReport> {
    return auditReport(await this.#session.call('wren.audit', {}, signalOf(options)))
  }

  /** Closes the store: calls that come later fail with `ConflictError`. What is under way goes on to its end, and the files are closed with it. */
  async close(): Promise<void> {
    await this.#session.close()
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#session.closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** @internal */
  [inspect.custom](): string {
    return `Ghostwren on ${this.#store}${this.closed ? ', closed' : ''}`
  }

  /** @internal For tests. */
  static _session(wren: Ghostwren): Session {
    return wren.#session
  }
}
