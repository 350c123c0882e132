import { inspect } from 'node:util'

import { adopt, bridge, call, type Host, onAbort } from './bridge'
import { ConflictError, guarded } from './errors'
import { encode } from './json'
import { native } from './load'
import type { Delivered, Session as NativeSession, Stream as NativeStream } from './native'
import { nativeOf, type TweetList } from './tweets'

/** What every call that takes time may be given. */
export interface CallOptions {
  /** Stops the work when it is aborted; the call rejects with the signal's reason. */
  signal?: AbortSignal
}

type Arguments = Record<string, unknown>

/** The model that a stream may ask. */
const asking = new WeakMap<NativeStream, Host>()

/** Something with a setup that calls are made on. */
export class Session {
  readonly #native: NativeSession
  /**
   * Kept here, and by what is under way, instead of by the core: a model that knows the `Ghostwren` it was given to is collected
   * with it. A store is kept by the core, which may have something to write when nobody has the `Ghostwren` any more.
   */
  #model: Host | undefined

  constructor(kind: string, settings: Arguments, model?: Host, store?: Host) {
    const text = encode(settings)
    const number = (host: Host | undefined, weak: boolean) => (host === undefined ? undefined : adopt(host, weak))
    this.#native = guarded(() => new native.Session(bridge, kind, text, number(model, true), number(store, false)))
    this.#model = model
  }

  /** A call whose answer is plain data. */
  async call(name: string, values: Arguments, signal?: AbortSignal): Promise<any> {
    const message = await this.reply(name, values, signal)
    return message.json === undefined ? undefined : JSON.parse(message.json)
  }

  /** A call whose answer may stay in Rust. */
  reply(name: string, values: Arguments, signal?: AbortSignal): Promise<Delivered> {
    return call(() => this.#native.call(name, encode(values)), signal, this.#model)
  }

  /** A call that takes tweets, which stay in Rust. */
  async add(name: string, tweets: TweetList, signal?: AbortSignal): Promise<void> {
    const [list, start, end] = nativeOf(tweets)
    await call(() => this.#native.callWith(name, list, start, end), signal)
  }

  /** A stream of events. */
  stream(name: string, values: Arguments): NativeStream {
    const text = encode(values)
    const stream = guarded(() => this.#native.stream(name, text))
    if (this.#model !== undefined) asking.set(stream, this.#model)
    return stream
  }

  /** Opens it now, so that what is wrong with the settings is told now. */
  async open(): Promise<void> {
    await call(() => this.#native.open())
  }

  /** Closes it, and gives up what it was made from. */
  async close(): Promise<void> {
    const closed = call(() => this.#native.close())
    this.#model = undefined
    await closed
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#native.closed
  }
}

/**
 * Events that come: go through them with `for await`. Nothing is done before the first is asked for, and no more than the core
 * holds ready is done ahead of the reader; leaving the loop (`break`, `return`, an exception) stops the work.
 */
export class Events<T> implements AsyncIterableIterator<T> {
  readonly #stream: NativeStream
  readonly #read: (event: any) => T
  readonly #signal: AbortSignal | undefined
  #forget: (() => void) | undefined
  #ready: unknown[] = []
  #next = 0

  /** @internal */
  constructor(stream: NativeStream, read: (event: any) => T, signal?: AbortSignal) {
    this.#stream = stream
    this.#read = read
    this.#signal = signal ?? undefined
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** The next event. */
  async next(): Promise<IteratorResult<T, undefined>> {
    if (this.#signal?.aborted) {
      this.#end()
      throw this.#signal.reason
    }
    if (this.#next === this.#ready.length) {
      this.#watch()
      let batch: Delivered
      try {
        batch = await call(() => this.#stream.nextBatch(), this.#signal, asking.get(this.#stream))
      } catch (error) {
        if (this.#signal?.aborted || !(error instanceof ConflictError)) this.#end()
        throw error
      }
      if (batch.json === undefined) {
        this.#end()
        return { value: undefined, done: true }
      }
      this.#ready = JSON.parse(batch.json)
      this.#next = 0
    }
    return { value: this.#read(this.#ready[this.#next++]), done: false }
  }

  /** @internal */
  [inspect.custom](): string {
    return `${this.constructor.name}, which begins when it is read`
  }

  /** Stops the work. */
  async return(): Promise<IteratorResult<T, undefined>> {
    this.#end()
    return { value: undefined, done: true }
  }

  /** Stops the work. */
  async close(): Promise<void> {
    this.#end()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end()
  }

  /** An abort between two reads stops the work as well. */
  #watch(): void {
    if (this.#signal === undefined || this.#forget !== undefined) return
    // The signal may live longer than the stream, and must not keep it.
    const stream = new WeakRef(this.#stream)
    this.#forget = onAbort(this.#signal, () => stream.deref()?.close())
  }

  #end(): void {
    this.#forget?.()
    this.#ready = []
    this.#next = 0
    asking.delete(this.#stream)
    this.#stream.close()
  }
}

/** Events that end with a result: go through them, or await the result alone. */
export class Work<T, R> extends Events<T> implements PromiseLike<R>, Pick<Promise<R>, 'then' | 'catch' | 'finally'> {
  readonly #result: (last: T) => R

  /** @internal */
  constructor(stream: NativeStream, read: (event: any) => T, result: (last: T) => R, signal?: AbortSignal) {
    super(stream, read, signal)
    this.#result = result
  }

  /** The result, after all events that are still to come. */
  async report(): Promise<R> {
    let last: { event: T } | undefined
    for await (const event of this) last = { event }
    if (last === undefined) throw new ConflictError('the events were read before', { code: 'binding.begun' })
    return this.#result(last.event)
  }

  /** So that `await` gives the result. */
  then<A = R, B = never>(
    done?: ((result: R) => A | PromiseLike<A>) | null,
    failed?: ((reason: any) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.report().then(done, failed)
  }

  /** As a promise has it. */
  catch<B = never>(failed?: ((reason: any) => B | PromiseLike<B>) | null): Promise<R | B> {
    return this.report().catch(failed)
  }

  /** As a promise has it. */
  finally(ended?: (() => void) | null): Promise<R> {
    return this.report().finally(ended)
  }
}
