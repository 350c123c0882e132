// What crosses to Rust: JSON texts, with the core's names.

import { ArgumentTypeError, kindOf, wrongArgument } from './errors'
import { camel, snake } from './names'

/** The names of an object in snake_case; its values stay. */
export function allSnake(values: object): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(values)) out[snake(name)] = value
  return out
}

/** The options of a call: an object, and a signal in it is one. */
export function given<T extends object>(options: T): T {
  if (typeof options !== 'object' || options === null) {
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
  const unknown = Object.keys(given(options)).find((name) => !names.includes(name))
  if (unknown !== undefined) {
    throw new ArgumentTypeError(`there is no argument \`${unknown}\``, {
      code: 'argument.unknown',
      remedy: `Leave it out; there are ${names.join(', ')}.`,
    })
  }
  return options
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
    for (const [name, value] of Object.entries(values)) {
      try {
        JSON.stringify({ [name]: value }, plain)
      } catch (cause) {
        throw wrongArgument(`the argument \`${camel(name)}\` cannot be used: ${(cause as Error).message}`, cause)
      }
    }
    throw error
  }
}

/** A time in milliseconds, in the seconds that the core counts in. */
export function seconds(milliseconds: number | undefined | null, name: string): number | undefined | null {
  if (milliseconds === undefined || milliseconds === null) return milliseconds
  if (typeof milliseconds !== 'number' || !(milliseconds >= 0 && milliseconds <= Number.MAX_SAFE_INTEGER)) {
    throw wrongArgument(`the argument \`${name}\` has to be a number of milliseconds, from 0 on`)
  }
  return milliseconds / 1000
}
