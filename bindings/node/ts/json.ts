// What crosses to Rust: JSON texts, with the core's names.

import { ArgumentTypeError, kindOf, missingArgument, wrongArgument } from './errors'
import { camel, snake } from './names'

/** The names of an object in snake_case; its values stay. */
export function allSnake(values: object): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(values)) out[snake(name)] = value
  return out
}

/** The options of a call: an object, and a signal in it is one. */
export function given<T extends object>(options: T): T {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw wrongArgument(`the argument \`options\` has to be an object, not ${kindOf(options)}`)
  }
  const { signal } = options as { signal?: AbortSignal | null }
  const fits = typeof signal?.aborted === 'boolean' && typeof signal.addEventListener === 'function'
  if (signal !== undefined && signal !== null && !fits) {
    throw wrongArgument(`the argument \`signal\` has to be an AbortSignal, not ${kindOf(signal)}`)
  }
  return options
}

/** Options of a call whose record in the core takes any name: here is where a wrong one is found. */
export function only<T extends object>(options: T, names: readonly string[]): T {
  // What is `undefined` is left out in JSON too.
  const unknown = Object.entries(given(options)).find(([name, value]) => value !== undefined && !names.includes(name))?.[0]
  if (unknown !== undefined) {
    throw new ArgumentTypeError(`there is no argument \`${unknown}\``, {
      code: 'argument.unknown',
      remedy: `Leave it out; there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}.`,
    })
  }
  return options
}

/** The signal of a call that has no other option. */
export function signalOf(options: { signal?: AbortSignal }): AbortSignal | undefined {
  return only(options, ['signal']).signal
}

/** A text, which has to be there. */
export function textOf(name: string, value: unknown): string {
  if (value === undefined || value === null) throw missingArgument(name)
  if (typeof value !== 'string') throw wrongArgument(`the argument \`${name}\` has to be a text, not ${kindOf(value)}`)
  return value
}

/** Who is asking: a text, which has to be there and not empty. */
export function identityOf(name: string, value: unknown): string {
  return textOf(name, value === '' ? undefined : value)
}

/** An address as it is shown: without a password in it, or a key in its query. */
export function addressOf(url: unknown): string | undefined {
  if (typeof url !== 'string' && !(url instanceof URL)) return undefined
  return String(url).replace(/[?#].*$/s, '').replace(/^(\w+:)?(\/\/)?[^/]*@/, '$1$2…@')
}

/** An object, such as a record. */
export function objectOf<T extends object>(name: string, value: T): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrongArgument(`the argument \`${name}\` has to be an object, not ${kindOf(value)}`)
  }
  return value
}

/** Arguments of a call that the core takes as one record: each is told by its own name. */
export class Fields {
  [name: string]: unknown

  constructor(values: Record<string, unknown>) {
    Object.assign(this, values)
  }
}

/** All names in a value in snake_case. */
export function deepSnake(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deepSnake)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [snake(name), deepSnake(item)]))
}

function plain(this: unknown, name: string, value: unknown): unknown {
  const given = (this as Record<string, unknown>)[name]
  if (given instanceof Date && Number.isNaN(given.getTime())) throw new TypeError('it is no valid date')
  switch (typeof value) {
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} is no number that can be sent`)
      return value
    case 'string': {
      // Half of a character, which a cut text may end with, is no text to Rust.
      const text = value as string & { isWellFormed(): boolean; toWellFormed(): string }
      return text.isWellFormed() ? value : text.toWellFormed()
    }
    case 'bigint':
    case 'function':
    case 'symbol':
      throw new TypeError(`a ${typeof value} cannot be sent`)
    default:
      return value instanceof Set ? [...value] : value instanceof URL ? value.href : value
  }
}

/** The arguments of a call. What cannot be sent is an error that names it. */
export function encode(values: Record<string, unknown>): string {
  try {
    return JSON.stringify(values, plain)
  } catch (error) {
    throw blamed(values) ?? error
  }
}

/** The error for the argument that cannot be sent. */
function blamed(values: Record<string, unknown>): ArgumentTypeError | undefined {
  for (const [name, value] of Object.entries(values)) {
    try {
      JSON.stringify({ [name]: value }, plain)
    } catch (cause) {
      const inner = value instanceof Fields ? blamed(value) : undefined
      return inner ?? wrongArgument(`the argument \`${camel(name)}\` cannot be used: ${(cause as Error).message}`, cause)
    }
  }
  return undefined
}

/** A time in milliseconds, in the seconds that the core counts in. */
export function seconds(milliseconds: number | undefined | null, name: string): number | undefined | null {
  if (milliseconds === undefined || milliseconds === null) return milliseconds
  if (typeof milliseconds !== 'number' || !(milliseconds >= 0 && milliseconds <= Number.MAX_SAFE_INTEGER)) {
    throw wrongArgument(`the argument \`${name}\` has to be a number of milliseconds, from 0 on`)
  }
  return milliseconds / 1000
}
