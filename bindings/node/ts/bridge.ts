// The way to the threads of the core: calls that are waited for, and objects of the application that are asked.

import { fromNative, GhostwrenError, guarded } from './errors'
import { encode } from './json'
import { native } from './load'
import type { Delivered } from './native'

/**
 * An object of the application that the core asks; it takes and gives JSON. A stream that it opens has the number of the question
 * as its name.
 */
export interface Host {
  call(method: string, argument: string, signal: AbortSignal, question: number): Promise<string>
  tell(method: string, argument: string): void
}

/** A call under way: where its end goes, and the object that the core may ask until then. */
interface Waiting {
  settle: (message: Delivered) => void
  keeps: Host | undefined
}

const waiting = new Map<number, Waiting>()
/** Those that may know what they were given to: whoever has them kept keeps them, and not this list. */
const hosts = new Map<number, Host | WeakRef<Host>>()
const asked = new Map<number, AbortController>()
/** What objects of the application threw, while the core may still ask for it. */
const causes = new Map<number, unknown>()
let nextHost = 1

/** Keeps the process alive while calls are under way, and only then. */
let alive: NodeJS.Timeout | undefined

function watch(id: number, call: Waiting): void {
  waiting.set(id, call)
  if (waiting.size === 1) {
    alive ??= setInterval(() => {}, 0x7fffffff)
    alive.ref()
  }
}

function unwatch(id: number): boolean {
  const was = waiting.delete(id)
  if (was && waiting.size === 0) alive?.unref()
  return was
}

const bridge = new native.Bridge(() => {
  for (const message of bridge.take()) {
    try {
      receive(message)
    } catch (error) {
      // One message that fails keeps none of the others of its batch.
      process.emitWarning(`ghostwren: ${textOf(error)}`)
    }
  }
})

function receive(message: Delivered): void {
  switch (message.what) {
    case 'done':
    case 'error': {
      const call = waiting.get(message.id)
      unwatch(message.id)
      call?.settle(message)
      break
    }
    case 'ask':
      void answer(message)
      break
    case 'tell':
      hostOf(message)?.tell(message.method!, message.json!)
      break
    case 'forget': {
      const question = asked.get(message.id)
      // Taken out here: the method that is asked need not end.
      asked.delete(message.id)
      if (question !== undefined) question.abort(new Error('nobody waits for this answer any more'))
      // It was answered, and nobody took the answer: what it opened is closed.
      else hostOf(message)?.tell('close', String(message.id))
      break
    }
    case 'release':
      causes.delete(message.id)
      break
    case 'gone':
      hosts.delete(message.host!)
      break
  }
}

function hostOf({ host }: Delivered): Host | undefined {
  const found = hosts.get(host!)
  return found instanceof WeakRef ? found.deref() : found
}

async function answer(question: Delivered): Promise<void> {
  const { id, method, json } = question
  const controller = new AbortController()
  asked.set(id, controller)
  try {
    const object = hostOf(question)
    if (object === undefined) throw new Error('this object was given up')
    bridge.answer(id, await object.call(method!, json!, controller.signal, id))
  } catch (error) {
    if (bridge.refuse(id, textOf(error), fieldsOf(error))) causes.set(id, error)
  } finally {
    asked.delete(id)
  }
}

/** The fields of an error of ours, as far as they can be sent: the question has to be answered all the same. */
function fieldsOf(error: unknown): string | undefined {
  try {
    return error instanceof GhostwrenError ? encode({ ...error.toFields() }) : undefined
  } catch {
    return undefined
  }
}

function textOf(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  } catch {
    return 'something that cannot be shown'
  }
}

/**
 * Makes an object known to the core, which says when it does not need it any more. A weak one is kept by the calls that are given
 * it alone, and by whoever else has it.
 */
export function adopt(host: Host, weak: boolean): number {
  const id = nextHost++
  hosts.set(id, weak ? new WeakRef(host) : host)
  return id
}

export { bridge }

/**
 * Begins a call and waits for what it comes to. An abort stops the work and rejects with its reason. The object that the core may
 * ask meanwhile is kept until then.
 */
export async function call(begin: () => number, signal?: AbortSignal | null, keeps?: Host): Promise<Delivered> {
  if (signal?.aborted) throw signal.reason
  const message = await delivered(guarded(begin), signal, keeps)
  // Made here and not where the message arrived: so its stack leads to who awaits it.
  if (message.what === 'error') throw fromNative(message.json!, causeOf(message))
  return message
}

/** What the abort of a signal stops. */
interface Stops {
  all: Set<() => void>
  listener: () => void
}

/** One listener for each signal, however many calls share it: Node takes more than ten for a leak, and says so. */
const stops = new WeakMap<AbortSignal, Stops>()

/** Has something done when the signal is aborted, and gives what takes that back. */
export function onAbort(signal: AbortSignal, stop: () => void): () => void {
  const found = stops.get(signal) ?? listen(signal)
  found.all.add(stop)
  return () => {
    found.all.delete(stop)
    if (found.all.size === 0 && stops.get(signal) === found) {
      stops.delete(signal)
      signal.removeEventListener('abort', found.listener)
    }
  }
}

function listen(signal: AbortSignal): Stops {
  const all = new Set<() => void>()
  const listener = () => {
    stops.delete(signal)
    for (const stop of all) stop()
  }
  signal.addEventListener('abort', listener, { once: true })
  const made = { all, listener }
  stops.set(signal, made)
  return made
}

function causeOf(message: Delivered): unknown {
  if (message.cause === undefined) return undefined
  const cause = causes.get(message.cause)
  causes.delete(message.cause)
  return cause
}

function delivered(id: number, signal: AbortSignal | null | undefined, keeps: Host | undefined): Promise<Delivered> {
  return new Promise((resolve, reject) => {
    if (signal === undefined || signal === null) {
      watch(id, { settle: resolve, keeps })
      return
    }
    const forget = onAbort(signal, () => {
      if (!unwatch(id)) return
      bridge.cancel(id)
      reject(signal.reason)
    })
    const settle = (message: Delivered) => {
      forget()
      resolve(message)
    }
    watch(id, { settle, keeps })
  })
}
