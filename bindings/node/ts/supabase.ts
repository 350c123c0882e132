/**
 * Supabase: the store in a project, its Auth, and rows for tables of your own.
 *
 * ```ts
 * const store = new SupabaseStore({ url, publishableKey, secretKey })
 * const wren = await Ghostwren.open({ store, model: new OpenAI() })
 * const me = wren.user({ token })                        // the token that a server received with a request
 * const me = await wren.signIn(signedIn.session)         // a session of one's own, which is kept fresh
 * ```
 *
 * @module
 */

import { inspect } from 'node:util'

import { kindOf, wrongArgument } from './errors'
import { addressOf, Fields, given, identityOf, objectOf, only, signalOf } from './json'
import {
  type AuthLogin, authLogin, type AuthSession, authSession, type AuthUser, authUser, type BulkReport, type Claims, claims,
  type Factor, plain, type SignedIn, signedIn, type SignUp, signUp,
} from './records/internal'
import { type CallOptions, Session } from './session'
import { list } from './shape'
import { projectOf, type ProjectOptions } from './store'
import { TweetList } from './tweets'

export { type ProjectOptions, StoredSession, SupabaseStore } from './store'

/** What a code that Auth sent is for. */
export type Otp = 'email' | 'signup' | 'recovery' | 'email_change' | 'invite'
/** Which sessions a sign-out ends: this one, all others, or all. */
export type SignOutScope = 'local' | 'others' | 'global'
/** How a login elsewhere begins. */
export interface LoginOptions extends CallOptions {
  /** `x` unless set. */
  provider?: string
  scopes?: readonly string[]
  /** Passed on to the provider. */
  params?: Record<string, string>
}

/** The Auth of a project: logging in, sessions and users. A session that it gives is for `Ghostwren.signIn`. */
export class AuthClient {
  readonly #session: Session
  /** What only the secret key may. */
  readonly admin: AuthAdmin

  /** @internal */
  constructor(session: Session) {
    this.#session = session
    this.admin = new AuthAdmin(session)
  }

  #call(name: string, values: Record<string, unknown>, options: CallOptions, ...others: string[]): Promise<any> {
    return this.#session.call(`auth.${name}`, values, only(options, [...others, 'signal']).signal)
  }

  /** Begins a login elsewhere, with PKCE: send the browser to its `url`. Sends nothing itself. */
  async authorize(redirectTo: string | URL, options: LoginOptions = {}): Promise<AuthLogin> {
    const { signal: _, ...rest } = given(options)
    return authLogin(await this.#call('authorize', { ...rest, redirect_to: redirectTo }, options, 'provider', 'scopes', 'params'))
  }

  /** Ends a login with the address that the browser was sent to: looks whether it is this login's, and changes its code into a session. */
  async finish(login: AuthLogin, callback: string | URL, options: CallOptions = {}): Promise<SignedIn> {
    const { url, state, verifier, redirectTo } = objectOf('login', login)
    const values = { login: new Fields({ url, state, verifier, redirect_to: redirectTo }), callback }
    return signedIn(await this.#call('finish', values, options))
  }

  /** Changes the code of a callback into a session, once. */
  async exchange(code: string, verifier: string, options: CallOptions = {}): Promise<SignedIn> {
    return signedIn(await this.#call('exchange', { code, verifier }, options))
  }

  /** Looks whether a login would work: whether the provider is on, and the browser would come back. */
  async probe(redirectTo: string | URL, options: CallOptions & { provider?: string } = {}): Promise<void> {
    await this.#call('probe', { provider: given(options).provider, redirect_to: redirectTo }, options, 'provider')
  }

  /** Buys a new pair of tokens; the old refresh token is used up. */
  async refresh(refreshToken: string, options: CallOptions = {}): Promise<AuthSession> {
    return authSession(await this.#call('refresh', { refresh_token: refreshToken }, options))
  }

  /** Makes a new user with an address and a password. */
  async signUp(email: string, password: string, options: CallOptions & { metadata?: Record<string, any> } = {}): Promise<SignUp> {
    return signUp(await this.#call('sign_up', { email, password, metadata: given(options).metadata }, options, 'metadata'))
  }

  /** Logs in with an address and a password. */
  async signInWithPassword(email: string, password: string, options: CallOptions = {}): Promise<SignedIn> {
    return signedIn(await this.#call('sign_in_with_password', { email, password }, options))
  }

  /** Sends a code to log in with; to a new address only where `create` is true. */
  async sendCode(email: string, options: CallOptions & { create?: boolean } = {}): Promise<void> {
    await this.#call('send_code', { email, create: given(options).create }, options, 'create')
  }

  /** Sends a code and a link for a forgotten password. */
  async sendRecovery(email: string, options: CallOptions & { redirectTo?: string | URL } = {}): Promise<void> {
    await this.#call('send_recovery', { email, redirect_to: given(options).redirectTo }, options, 'redirectTo')
  }

  /** Sends a message of `signUp` or of a change of address again. */
  async resend(email: string, otp: Otp = 'signup', options: CallOptions = {}): Promise<void> {
    await this.#call('resend', { email, otp }, options)
  }

  /** Logs in with a code that Auth sent. */
  async verifyCode(email: string, code: string, otp: Otp = 'email', options: CallOptions = {}): Promise<SignedIn> {
    return signedIn(await this.#call('verify_code', { email, code, otp }, options))
  }

  /** Which ways of logging in the project has, as Auth says it. */
  async settings(options: CallOptions = {}): Promise<Record<string, any>> {
    return this.#call('settings', {}, options)
  }

  /** What an access token says, verified. */
  async claims(token: string, options: CallOptions = {}): Promise<Claims> {
    return claims(await this.#call('claims', { token }, options))
  }

  /** The user of an access token, as Auth knows it now. */
  async user(token: string, options: CallOptions = {}): Promise<AuthUser> {
    return authUser(await this.#call('user', { token }, options))
  }

  /** Changes the user; what is not given stays. */
  async updateUser(
    token: string,
    changes: CallOptions & { email?: string; password?: string; nonce?: string; metadata?: Record<string, any> },
  ): Promise<AuthUser> {
    const { signal: _, ...rest } = given(changes)
    return authUser(await this.#call('update_user', { ...rest, token }, changes, 'email', 'password', 'nonce', 'metadata'))
  }

  /** Sends the user a code for a change that needs one (`nonce`). */
  async reauthenticate(token: string, options: CallOptions = {}): Promise<void> {
    await this.#call('reauthenticate', { token }, options)
  }

  /** Ends sessions: their refresh tokens are of no use any more, an access token is until it expires. */
  async signOut(token: string, scope: SignOutScope = 'local', options: CallOptions = {}): Promise<void> {
    await this.#call('sign_out', { token, scope }, options)
  }

  /** Begins to link an account elsewhere to the user; it ends as a login does. */
  async linkIdentity(token: string, redirectTo: string | URL, options: LoginOptions = {}): Promise<AuthLogin> {
    const { signal: _, ...rest } = given(options)
    return authLogin(await this.#call('link_identity', { ...rest, token, redirect_to: redirectTo }, options, 'provider', 'scopes', 'params'))
  }

  /** Unlinks an account elsewhere. At least one identity stays. */
  async unlinkIdentity(token: string, identity: string, options: CallOptions = {}): Promise<void> {
    await this.#call('unlink_identity', { token, identity }, options)
  }
}

/** What only the secret key may: users of the whole project. On a server. */
export class AuthAdmin {
  readonly #session: Session

  /** @internal */
  constructor(session: Session) {
    this.#session = session
  }

  #call(name: string, values: Record<string, unknown>, options: CallOptions, ...others: string[]): Promise<any> {
    return this.#session.call(`auth.admin_${name}`, values, only(options, [...others, 'signal']).signal)
  }

  /** A user; `null` when there is none. */
  async user(id: string, options: CallOptions = {}): Promise<AuthUser | null> {
    const found = await this.#call('user', { id }, options)
    return found === null ? null : authUser(found)
  }

  /** Makes a user without a message, confirmed. */
  async createUser(
    email: string,
    options: CallOptions & { password?: string; appMetadata?: Record<string, any> } = {},
  ): Promise<AuthUser> {
    const { password, appMetadata } = given(options)
    return authUser(await this.#call('create_user', { email, password, app_metadata: appMetadata }, options, 'password', 'appMetadata'))
  }

  /** Deletes a user for good; whether there was one. */
  async deleteUser(id: string, options: CallOptions = {}): Promise<boolean> {
    return this.#call('delete_user', { id }, options)
  }

  /** The second factors of a user. */
  async factors(id: string, options: CallOptions = {}): Promise<Factor[]> {
    return list(plain)(await this.#call('factors', { id }, options))
  }

  /** Ends the sessions of a token that a server received. */
  async signOut(token: string, scope: SignOutScope = 'local', options: CallOptions = {}): Promise<void> {
    await this.#call('sign_out', { token, scope }, options)
  }
}

/** How rows go into a table. */
export interface BulkOptions {
  /** The columns of a unique constraint; `['id']` unless set. */
  key?: readonly string[]
  /** Which column takes which field of a tweet, such as `{ id: 'id', text: 'full_text', like_count: 'likes' }`. */
  columns?: Record<string, string>
  /** What is the same in the row of every tweet. */
  values?: Record<string, unknown>
  schema?: string
  /** Writes as the user of this access token. One that is given and empty is an error, and not nobody. */
  token?: string
  /** Writes with the secret key. */
  secret?: boolean
  ignoreDuplicates?: boolean
  batchRows?: number
  inFlight?: number
}

const BULK_OPTIONS = [
  'key', 'columns', 'values', 'schema', 'token', 'secret', 'ignoreDuplicates', 'batchRows', 'inFlight',
] as const satisfies readonly (keyof BulkOptions)[]

/** A project by itself, for its Auth and for tables of your own. Takes what {@link SupabaseStore} takes. */
export class Supabase {
  readonly #session: Session
  readonly #settings: Record<string, unknown>
  /** The project's Auth. */
  readonly auth: AuthClient

  constructor(options: ProjectOptions = {}) {
    this.#settings = projectOf(options)
    this.#session = new Session('supabase', this.#settings)
    this.auth = new AuthClient(this.#session)
  }

  /**
   * Upserts very many rows into a table of yours: as a user (`token`), with the secret key (`secret`) or as nobody. Tweets go there
   * without becoming objects of JavaScript.
   */
  bulk(table: string, options: BulkOptions = {}): Bulk {
    const { key = ['id'], columns, values = {}, schema, token, secret, ignoreDuplicates, batchRows, inFlight } = only(options, BULK_OPTIONS)
    // Given and not there is a slip: nobody writes as nobody by it.
    const as = 'token' in options ? identityOf('token', token) : undefined
    const settings = {
      project: this.#settings, table, schema, key, columns, values, token: as, secret: secret === true,
      ignore_duplicates: ignoreDuplicates === true, batch_rows: batchRows, in_flight: inFlight,
    }
    return new Bulk(new Session('table', settings))
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await this.#session.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** @internal */
  [inspect.custom](): string {
    return `Supabase(${JSON.stringify(addressOf(this.#settings['url'])) ?? ''})`
  }
}

/**
 * Rows on their way into a table, written while more are added: `add` them, then `finish`. Closing it without stops the writing;
 * what was sent may be written.
 */
export class Bulk {
  readonly #session: Session

  /** @internal */
  constructor(session: Session) {
    this.#session = session
  }

  /** Adds tweets or rows. Waits while enough of them are under way. */
  async add(rows: TweetList | readonly Record<string, unknown>[], options: CallOptions = {}): Promise<void> {
    if (rows instanceof TweetList) await this.#session.add('table.add', rows, signalOf(options))
    else if (Array.isArray(rows)) await this.#session.call('table.add', { rows }, signalOf(options))
    else throw wrongArgument(`the argument \`rows\` has to be a TweetList or a list of rows, not ${kindOf(rows)}`)
  }

  /** Waits until all rows are written. */
  async finish(options: CallOptions = {}): Promise<BulkReport> {
    return this.#session.call('table.finish', {}, signalOf(options))
  }

  /** Stops the writing. */
  async close(): Promise<void> {
    await this.#session.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
