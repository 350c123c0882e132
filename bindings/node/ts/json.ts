// What crosses to Rust and back: JSON texts. Names are in snake_case there and in camelCase here.

import { ArgumentTypeError, wrongArgument } from './errors'

const snakes = new Map<string, string>()
const camels = new Map<string, string>()

/** `replyTo` as `reply_to`. */
export function snake(name: string): string {
  let found = snakes.get(name)
  if (found === undefined) snakes.set(name, (found = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)))
  return found
}

/** `reply_to` as `replyTo`. */
export function camel(name: string): string {
  let found = camels.get(name)
  if (found === undefined) camels.set(name, (found = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())))
  return found
}

/** The names of an object in snake_case; its values stay. */
export function allSnake(values: object): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(values)) out[snake(name)] = value
  return out
}

/** Options of a call whose record in the core takes any name: here is where a wrong one is found. */
export function only<T extends object>(options: T, names: readonly string[]): T {
  const unknown = Object.keys(options).find((name) => !names.includes(name))
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
export function seconds(milliseconds: number | undefined | null): number | undefined | null {
  return typeof milliseconds === 'number' ? milliseconds / 1000 : milliseconds
}
