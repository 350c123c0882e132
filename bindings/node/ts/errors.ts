/**
 * Every error of the SDK: one class for each kind, all of them a {@link GhostwrenError}.
 *
 * Branch on the class, or for one exact cause on the stable `code`; show `message`, which ends with what a person can do.
 * What was thrown beneath is `cause`.
 *
 * @module
 */

import { inspect } from 'node:util'

import { native } from './load'
import { camel } from './names'

/** What went wrong, to branch on. */
export type ErrorKind =
  | 'config' | 'invalid_input' | 'auth' | 'needs_login' | 'permission_denied' | 'not_found' | 'conflict' | 'rate_limited'
  | 'quota_exceeded' | 'over_budget' | 'content_refused' | 'timeout' | 'connect' | 'server' | 'truncated'
  | 'outcome_unknown' | 'lease_lost' | 'decode' | 'storage' | 'cancelled' | 'internal'

/** The fields of an error, to throw one of your own. */
export interface ErrorOptions {
  /** The exact cause, stable and dotted; `app.error` unless set. */
  code?: string
  service?: string | null
  operation?: string | null
  status?: number | null
  requestId?: string | null
  retryAt?: Date | null
  attempts?: number
  unanswered?: number
  remedy?: string | null
  outbox?: string | null
  causes?: readonly string[]
  /** What was thrown beneath. */
  cause?: unknown
}

/** The fields of an error as plain data, as the core writes them: what crosses a process or a language. */
export interface ErrorFields {
  kind: ErrorKind | (string & {})
  code: string
  detail: string
  service?: string
  operation?: string
  status?: number
  request_id?: string
  retry_at?: string
  attempts: number
  unanswered?: number
  remedy?: string
  outbox?: string
  causes?: string[]
}

type Known = Required<Omit<ErrorOptions, 'cause' | 'causes'>> & { kind: string; detail: string; causes: readonly string[] }

const defaults = {
  kind: 'internal',
  service: null,
  operation: null,
  status: null,
  requestId: null,
  retryAt: null,
  attempts: 0,
  unanswered: 0,
  remedy: null,
  outbox: null,
  causes: [] as readonly string[],
} as const

function fieldsOf(error: Known): ErrorFields {
  const fields: ErrorFields = { kind: error.kind, code: error.code, detail: error.detail, attempts: error.attempts }
  if (error.unanswered !== 0) fields.unanswered = error.unanswered
  if (error.service !== null) fields.service = error.service
  if (error.operation !== null) fields.operation = error.operation
  if (error.status !== null) fields.status = error.status
  if (error.requestId !== null) fields.request_id = error.requestId
  if (error.remedy !== null) fields.remedy = error.remedy
  if (error.outbox !== null) fields.outbox = error.outbox
  if (error.retryAt !== null) fields.retry_at = error.retryAt.toISOString()
  if (error.causes.length > 0) fields.causes = [...error.causes]
  return fields
}

/** One text for every language: the core's, with control and bidirectional characters escaped. */
function display(fields: ErrorFields): string {
  // The detail may be anything that an application says, half a character included.
  const known = native.local('errors.display', JSON.stringify({ fields }, wellFormed))
  return JSON.parse(known)
}

/** A text without halves of characters, which JSON of Rust does not take. */
function wellFormed(_: string, value: unknown): unknown {
  return typeof value === 'string' ? (value as string & { toWellFormed(): string }).toWellFormed() : value
}

const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
const upTo = (most: number) => (value: unknown) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most ? value : undefined
const moment = (value: unknown) => {
  const date = value instanceof Date || typeof value === 'string' ? new Date(value) : undefined
  // Within what RFC 3339 can say.
  return date !== undefined && date.getUTCFullYear() >= 0 && date.getUTCFullYear() <= 9999 ? date : undefined
}
const uuid = (value: unknown) => (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text(value) ?? '') ? value : undefined)
const texts = (value: unknown) => (Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined)

const FIELDS: { readonly [name in Exclude<keyof ErrorOptions, 'cause' | 'code'>]-?: (value: unknown) => unknown } = {
  service: text,
  operation: text,
  status: upTo(0xffff),
  requestId: text,
  retryAt: moment,
  attempts: upTo(0xffff_ffff),
  unanswered: upTo(0xffff_ffff),
  remedy: text,
  outbox: uuid,
  causes: texts,
}

/** What was given, as far as it can be said: making an error never hides the error that it is made for. */
function fitting(detail: unknown, options: ErrorOptions): { code: string; detail: string } {
  const fields: Record<string, unknown> = { code: text(options.code) ?? 'app.error', detail: text(detail) ?? inspect(detail) }
  for (const [name, read] of Object.entries(FIELDS)) {
    const value = read(options[name as keyof typeof FIELDS])
    if (value !== undefined) fields[name] = value
  }
  return fields as { code: string; detail: string }
}

/** An error of the SDK. */
export class GhostwrenError extends Error {
  /** What went wrong, to branch on: `rate_limited`, `not_found`, … */
  declare readonly kind: ErrorKind | (string & {})
  /** The exact cause, stable and dotted: `archive.not_an_archive`. */
  readonly code: string
  /** One sentence about this case. */
  readonly detail: string
  /** The service that answered: `openai`, `twitter`. */
  declare readonly service: string | null
  /** The operation that failed: `chat.completions`. */
  declare readonly operation: string | null
  /** The HTTP status of the answer. */
  declare readonly status: number | null
  /** The id that the service gave the request. */
  declare readonly requestId: string | null
  /** The time from which the call may be tried again. */
  declare readonly retryAt: Date | null
  /** How many times the request was sent; 0 for a call that sends nothing. */
  declare readonly attempts: number
  /** How many of these attempts had no whole answer, so that nobody knows what the service did, and billed, for them. */
  declare readonly unanswered: number
  /** What a person can do about it, in one sentence. */
  declare readonly remedy: string | null
  /** The entry of the outbox that publishing left behind, to go on with. */
  declare readonly outbox: string | null
  /** The errors beneath, outermost first, as text. */
  declare readonly causes: readonly string[]

  constructor(detail = '', options: ErrorOptions = {}) {
    const cause = options?.cause
    const fields = fitting(detail, options ?? {})
    super(display(fieldsOf({ ...defaults, kind: new.target.prototype.kind, ...fields })), cause === undefined ? undefined : { cause })
    this.code = fields.code
    this.detail = fields.detail
    // What is not known stays with the prototype, so that an error that is shown shows what is known.
    Object.assign(this, fields)
  }

  /** The fields as plain data, as the core writes them. */
  toFields(): ErrorFields {
    return fieldsOf(this)
  }

  /** As {@link toFields}. */
  toJSON(): ErrorFields {
    return this.toFields()
  }
}

/** An error of Rust beneath one of the SDK, which has no class of its own in JavaScript. */
export class Cause extends Error {}

/** A setting is missing or contradicts another. Never retried: change the setting. */
export class ConfigError extends GhostwrenError {}
/** An argument, file or text cannot be used. Never retried. */
export class InvalidInputError extends GhostwrenError {}
/** An argument is missing, unknown or of a type that cannot be used; the text names it. */
export class ArgumentTypeError extends InvalidInputError {}
/** A key or token was refused. Never retried with the same credential. */
export class AuthError extends GhostwrenError {}
/** The person has to log in again. Never retried. */
export class NeedsLoginError extends GhostwrenError {}
/** The identity is known and may not do this. Never retried. */
export class PermissionDeniedError extends GhostwrenError {}
/** The thing does not exist, or not for this caller. Never retried. */
export class NotFoundError extends GhostwrenError {}
/** The thing is in another state than the call expects. Never retried: read it again, then decide. */
export class ConflictError extends GhostwrenError {}
/** Too many requests for now; `retryAt` says when it may be tried again. Retried within the deadline. */
export class RateLimitedError extends GhostwrenError {}
/** A paid quota or a usage cap is used up. Never retried: waiting does not refill it. */
export class QuotaExceededError extends GhostwrenError {}
/** The call would cost more than the budget that was set. Never retried, nothing was spent. */
export class OverBudgetError extends GhostwrenError {}
/** A model refused to answer, or its filter cut the answer. Never retried. */
export class ContentRefusedError extends GhostwrenError {}
/** No answer within the time allowed. Retried when the request may be repeated. */
export class TimeoutError extends GhostwrenError {}
/** The request was never sent: no connection could be made. Retried, also for writes. */
export class ConnectError extends GhostwrenError {}
/** The server failed, or the connection broke before the answer was whole. Retried when the request may be repeated. */
export class ServerError extends GhostwrenError {}
/** A stream ended before its end was announced; what came is not the whole. Never retried once a part was shown. */
export class TruncatedError extends GhostwrenError {}
/** The write was sent and nothing says whether it happened. Never retried; `outbox` names the entry to go on with. */
export class OutcomeUnknownError extends GhostwrenError {}
/** Another worker took this run over. Never retried: this worker must stop. */
export class LeaseLostError extends GhostwrenError {}
/** The answer came, and cannot be read. Never retried. */
export class DecodeError extends GhostwrenError {}
/** The database or the disk failed. Not retried, except for a lock that is waited for. */
export class StorageError extends GhostwrenError {}
/** The call was stopped by something else than its signal, such as another process. Never retried. */
export class CancelledError extends GhostwrenError {}
/** A defect of the SDK itself. Never retried: please report it. */
export class InternalError extends GhostwrenError {}

type Class = new (detail?: string, options?: ErrorOptions) => GhostwrenError

/** @internal The class of each kind. */
export const kinds: ReadonlyMap<string, Class> = new Map<ErrorKind, Class>([
  ['config', ConfigError],
  ['invalid_input', InvalidInputError],
  ['auth', AuthError],
  ['needs_login', NeedsLoginError],
  ['permission_denied', PermissionDeniedError],
  ['not_found', NotFoundError],
  ['conflict', ConflictError],
  ['rate_limited', RateLimitedError],
  ['quota_exceeded', QuotaExceededError],
  ['over_budget', OverBudgetError],
  ['content_refused', ContentRefusedError],
  ['timeout', TimeoutError],
  ['connect', ConnectError],
  ['server', ServerError],
  ['truncated', TruncatedError],
  ['outcome_unknown', OutcomeUnknownError],
  ['lease_lost', LeaseLostError],
  ['decode', DecodeError],
  ['storage', StorageError],
  ['cancelled', CancelledError],
  ['internal', InternalError],
])

const hidden = (value: unknown) => ({ value, writable: true, configurable: true, enumerable: false })
for (const [kind, of] of kinds) Object.defineProperties(of.prototype, { name: hidden(of.name), kind: hidden(kind) })
for (const [name, value] of Object.entries(defaults)) Object.defineProperty(GhostwrenError.prototype, name, hidden(value))
for (const of of [GhostwrenError, Cause, ArgumentTypeError]) Object.defineProperty(of.prototype, 'name', hidden(of.name))

const ARGUMENTS = ['argument.missing', 'argument.type', 'argument.unknown']

/** The error for these fields, with what is beneath. A kind newer than this package is a {@link GhostwrenError}. */
export function fromFields(fields: ErrorFields, cause?: unknown): GhostwrenError {
  const of = ARGUMENTS.includes(fields.code) ? ArgumentTypeError : (kinds.get(fields.kind) ?? GhostwrenError)
  let beneath = cause
  if (beneath === undefined) {
    for (const text of [...(fields.causes ?? [])].reverse()) {
      beneath = new Cause(text, beneath === undefined ? undefined : { cause: beneath })
      // Where it was made says nothing about where it happened.
      ;(beneath as Error).stack = `Cause: ${text}`
    }
  }
  const error = new of(fields.detail, {
    code: fields.code,
    service: fields.service,
    operation: fields.operation,
    status: fields.status,
    requestId: fields.request_id,
    retryAt: fields.retry_at === undefined ? undefined : new Date(fields.retry_at),
    attempts: fields.attempts,
    unanswered: fields.unanswered,
    remedy: fields.remedy,
    outbox: fields.outbox,
    causes: fields.causes,
    cause: beneath,
  })
  // A kind newer than this package.
  if (of === GhostwrenError) Object.defineProperty(error, 'kind', hidden(fields.kind))
  Error.captureStackTrace?.(error, fromFields)
  return error
}

/** @internal An argument that cannot be used. */
export function wrongArgument(detail: string, cause?: unknown): ArgumentTypeError {
  return new ArgumentTypeError(detail, { code: 'argument.type', remedy: 'Give it a value of the type that the call names.', cause })
}

/** @internal An argument that has to be there. */
export function missingArgument(name: string): ArgumentTypeError {
  return new ArgumentTypeError(`the argument \`${name}\` is missing`, { code: 'argument.missing', remedy: 'Give it a value.' })
}

/** @internal What a value is, in a word. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'string') return 'one text'
  return typeof value === 'object' ? `an object (${value.constructor?.name ?? 'without a class'})` : `a ${typeof value}`
}

/** @internal An error of the native half, which names arguments as the core does. */
export function fromNative(json: string, cause?: unknown): GhostwrenError {
  const fields: ErrorFields = JSON.parse(json)
  if (ARGUMENTS.includes(fields.code)) {
    if (fields.code === 'argument.unknown') fields.remedy = fields.remedy?.replace(/\b[a-z]+(_[a-z]+)+\b/g, camel)
    fields.detail = fields.detail.replace(/\b(argument|settings cannot be used:(?: \w+ field)?) `(\w+)`/g, (_, what, name) => `${what} \`${camel(name)}\``)
  }
  return fromFields(fields, cause)
}

/** @internal Runs a call into the native half; what it throws becomes an error of ours. */
export function guarded<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw thrown(error)
  }
}

function thrown(error: unknown): unknown {
  const { code, message } = error as { code?: string; message: string }
  if (code === 'GhostwrenError') return fromNative(message)
  // What napi says where a value is of a type that it cannot take.
  if (error instanceof Error && typeof code === 'string' && code.endsWith('Expected')) return wrongArgument(message, error)
  return error
}
