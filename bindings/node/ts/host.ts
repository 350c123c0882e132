// Models and stores of the application, as the core asks them: methods that take and give JSON.

import type { Host } from './bridge'
import { kindOf } from './errors'
import { allSnake, deepSnake, encode } from './json'
import type { Model, ModelRequest } from './model'
import { camel } from './names'
import type { Store } from './store'

/** What a model says of itself. */
export function modelFacts(model: Model): Record<string, unknown> {
  const { price } = model
  return {
    provider: String(model.provider ?? 'app'),
    name: String(model.name ?? model.constructor.name),
    capabilities: allSnake(model.capabilities ?? {}),
    streams: typeof model.stream === 'function',
    price: price === undefined || price === null ? undefined : priceOf(price),
  }
}

/** A price as the core reads it: writing into a cache costs what input costs unless it is said. */
export function priceOf(price: object): Record<string, unknown> {
  const { input } = price as { input: number }
  return { cache_write: input, ...allSnake(price) }
}

function requestOf(json: string): ModelRequest {
  const { format, ...rest } = JSON.parse(json)
  const request: any = { schema: format?.json_schema?.schema ?? null }
  for (const name of Object.keys(rest)) request[camel(name)] = rest[name]
  return request
}

/** What the application answered: what cannot be sent is its error, and no caller's argument. */
function sent(values: unknown): string {
  try {
    return encode(values as Record<string, unknown>)
  } catch (error) {
    throw new TypeError(`the answer cannot be used: ${((error as Error).cause as Error | undefined)?.message ?? error}`)
  }
}

function whole(answer: unknown): string {
  if (typeof answer === 'string') return sent({ answers: [answer] })
  if (Array.isArray(answer)) return sent({ answers: answer })
  if (typeof answer === 'object' && answer !== null) return sent(deepSnake(answer))
  throw new TypeError(`a model has to answer with a text, a list of texts or an object, not ${kindOf(answer)}`)
}

/** The length without the first half of a character at the end. */
function wholeLength(text: string): number {
  const last = text.charCodeAt(text.length - 1)
  return last >= 0xd800 && last <= 0xdbff ? text.length - 1 : text.length
}

type Part = string | readonly [number, string]
interface Open {
  parts: AsyncIterator<Part> | Iterator<Part>
  texts: Map<number, string>
  controller: AbortController
}

/** Those with a stream that the core has not closed: it hears that nobody reads it any more, whoever else has the model. */
const reading = new Set<ModelHost>()

/** Answers for a model. */
export class ModelHost implements Host {
  readonly #model: Model
  readonly #streams = new Map<string, Open>()

  constructor(model: Model) {
    this.#model = model
  }

  async call(method: string, argument: string, signal: AbortSignal, question: number): Promise<string> {
    switch (method) {
      case 'complete':
        return whole(await this.#model.complete(requestOf(argument), { signal }))
      case 'stream':
        return this.#open(argument, signal, String(question))
      case 'next':
        return this.#part(argument, signal)
      default:
        throw new Error(`a model has no method ${method}`)
    }
  }

  tell(method: string, argument: string): void {
    if (method === 'close') this.#close(argument)
  }

  async #open(argument: string, signal: AbortSignal, name: string): Promise<string> {
    const controller = new AbortController()
    const stop = () => controller.abort(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    const parts: any = await this.#model.stream!(requestOf(argument), { signal: controller.signal })
    signal.removeEventListener('abort', stop)
    const iterable = parts?.[Symbol.asyncIterator] ?? parts?.[Symbol.iterator]
    if (typeof iterable !== 'function') throw new TypeError(`a model has to stream from an iterator, not ${kindOf(parts)}`)
    this.#streams.set(name, {
      parts: iterable.call(parts),
      texts: new Map(),
      controller,
    })
    reading.add(this)
    // Nobody will read it.
    if (signal.aborted) this.#close(name)
    return name
  }

  async #part(name: string, signal: AbortSignal): Promise<string> {
    const open = this.#streams.get(name)
    if (open === undefined) throw new Error('this stream was closed')
    const stop = () => open.controller.abort(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    const { value, done } = await open.parts.next()
    signal.removeEventListener('abort', stop)
    if (done) {
      const texts = [...open.texts].sort(([a], [b]) => a - b).map(([, text]) => text)
      return encode({ done: { answers: texts.length === 0 ? [''] : texts } })
    }
    const [index, text] = Array.isArray(value) ? value : [0, value]
    if (!Number.isInteger(index)) throw new TypeError(`a model has to stream texts with the index of their answer, not ${kindOf(index)}`)
    if (typeof text !== 'string') throw new TypeError(`a model has to stream texts, not ${kindOf(text)}`)
    const told = open.texts.get(index) ?? ''
    const whole = told + text
    open.texts.set(index, whole)
    const more = whole.slice(wholeLength(told), wholeLength(whole))
    // Half of a character waits for the other half.
    if (more === '' && text !== '') return this.#part(name, signal)
    return encode({ text: { index, text: more } })
  }

  #close(name: string): void {
    const open = this.#streams.get(name)
    if (open === undefined) return
    this.#streams.delete(name)
    if (this.#streams.size === 0) reading.delete(this)
    open.controller.abort(new Error('nobody reads this stream any more'))
    // What its `finally` throws has nobody to go to: the stream was given up.
    void (async () => open.parts.return?.())().catch(() => {})
  }
}

/** Answers for a store. */
export class StoreHost implements Host {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async call(_method: string, argument: string, signal: AbortSignal): Promise<string> {
    const { method, caller, args } = JSON.parse(argument)
    const ok = await this.#store.call(method, caller.owner, args, { signal })
    return sent({ ok: ok === undefined ? null : ok })
  }

  tell(): void {}
}
