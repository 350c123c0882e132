// What is kept, and how long: a model that knows its Ghostwren is collected with it, a store that does when it is closed, and
// nothing that is still needed is.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Worker } from 'node:worker_threads'

import { Ghostwren, SqliteStore } from 'ghostwren'

import { inner, SAMPLE, script, sleep, until } from './common.mjs'

const { bridge } = inner('bridge')
// A few thousand take minutes with what is built for tests; `GHOSTWREN_SOAK` says how many (3,000 were flat at 129 MB).
const MANY = Number(process.env.GHOSTWREN_SOAK ?? 240)

const path = mkdtempSync(join(tmpdir(), 'ghostwren-'))
const file = join(path, 'a.db')
const alive = setInterval(() => {}, 1000)
before(async () => {
  const wren = await Ghostwren.open({ store: file })
  const account = await wren.user().openAccount('main')
  await account.importArchive(SAMPLE)
  await wren.close()
})
after(() => {
  clearInterval(alive)
  rmSync(path, { recursive: true })
})

const ANSWER = JSON.stringify({
  tweets: ['the parser reads tea leaves now, apparently', 'dns is tea for parsers', 'tea first, then the parser, then dns'],
})

/** Counts those that were not collected. */
class Census {
  alive = 0
  #registry = new FinalizationRegistry(() => this.alive--)

  add(object) {
    this.alive++
    this.#registry.register(object)
    return object
  }

  async falls(to, what) {
    await until(async () => {
      globalThis.gc()
      await sleep(10)
      return this.alive <= to
    }, `${what} are kept`).catch((error) => assert.fail(`${error.message}: ${this.alive}`))
  }
}

/** A model that knows its Ghostwren and its account. */
class Knowing {
  asked = 0

  complete() {
    this.asked++
    return ANSWER
  }
}

/** As one, that writes piece by piece. */
class Telling extends Knowing {
  constructor(ends = []) {
    super()
    this.ends = ends
  }

  async *stream(_, { signal }) {
    this.asked++
    try {
      for (let at = 0; at < ANSWER.length; at += 4) {
        yield ANSWER.slice(at, at + 4)
        await sleep(1)
      }
    } finally {
      this.ends.push(signal.aborted)
    }
  }
}

async function knowing(model, options = {}) {
  model.wren = await Ghostwren.open({ store: file, model, ...options })
  model.account = await model.wren.user().openAccount('main')
  return model
}

const skip = globalThis.gc === undefined && 'needs --expose-gc'

async function one(n, census) {
  const model = census.add(await knowing(n % 3 === 0 ? new Telling() : new Knowing()))
  const { drafts } = await model.account.generate('tea', { count: 1, repair: false })
  assert.ok(Array.isArray(drafts) && model.asked > 0)
  if (n % 5 === 1) await model.account.generateStream('tea', { count: 1 }).next()
  if (n % 5 === 2) await model.account.importArchive(SAMPLE).next()
  // Nobody waits for this one.
  if (n % 5 === 3) model.account.generate('dns', { count: 1 }).catch(() => {})
  if (n % 2 === 0) await model.wren.close()
}

test('models that know their Ghostwren are collected, it being closed or dropped', { skip, timeout: Infinity }, async (t) => {
  const census = new Census()
  const measured = async (from, to) => {
    for (let n = from; n < to; n += 8) {
      await Promise.all(Array.from({ length: 8 }, (_, k) => one(n + k, census)))
      globalThis.gc()
      await sleep(1)
    }
    await census.falls(0, 'models')
    return process.memoryUsage.rss() / 1e6
  }
  const warm = await measured(0, MANY / 3)
  const end = await measured(MANY / 3, MANY)
  t.diagnostic(`${MANY} models, ${warm.toFixed(0)} MB after a third, ${end.toFixed(0)} MB at the end`)
  assert.ok(end - warm < 30, `${warm} MB, then ${end} MB`)
  await until(() => bridge.pending() === 0, 'calls are under way')
})

/** A store that collects what can be collected before each answer. */
class Collecting {
  #inner = new SqliteStore(file)

  async call(method, owner, args) {
    await sleep(1)
    globalThis.gc()
    return this.#inner.call(method, owner, args)
  }
}

test('a call under way keeps its model, and nobody else has to', { skip }, async () => {
  const census = new Census()
  const begin = async () => {
    const model = census.add(await knowing(new Knowing(), { store: new Collecting() }))
    return { report: model.account.generate('tea', { count: 1 }) }
  }
  const { report } = await begin()
  assert.ok((await report).generation.model === 'Knowing')
  await census.falls(0, 'models')
  // Not even for the promise.
  const last = async () => {
    const wren = new Ghostwren({ store: file })
    const { items } = await (await wren.user().openAccount('main')).aiRuns()
    await wren.close()
    return items.find((run) => run.outcome.outcome === 'ok').id
  }
  const earlier = await last()
  await begin()
  await until(async () => (await last()) !== earlier, 'the call was given up')
  await census.falls(0, 'models')
})

test('a call keeps what it may ask, whatever began it', { skip }, async () => {
  const { adopt, call } = inner('bridge')
  const { ModelHost, modelFacts } = inner('host')
  const wren = new Ghostwren({ store: file })
  const { id: account } = await wren.user().openAccount('main')
  await wren.close()
  const begin = () => {
    const model = new Knowing()
    const host = new ModelHost(model)
    const settings = { store: { sqlite: { path: file } }, model: { host: modelFacts(model) } }
    const session = new (inner('load').native.Session)(bridge, 'ghostwren', JSON.stringify(settings), adopt(host, true))
    const request = { topic: 'tea', format: 'tweet', count: 1, repair: false }
    const id = session.call('account.generate', JSON.stringify({ owner: 'local', account, request }))
    return [id, host]
  }
  const kept = (() => {
    const [id, host] = begin()
    return call(() => id, undefined, host)
  })()
  const given = (() => {
    const [id] = begin()
    return assert.rejects(call(() => id), { code: 'model.app_failed' })
  })()
  await new Promise((resolve) => setImmediate(resolve))
  globalThis.gc()
  assert.ok((await kept).json.includes('Knowing'))
  await given
})

test('a stream that is read keeps its model', { skip }, async () => {
  const census = new Census()
  const ends = []
  const begin = async () => {
    const model = census.add(await knowing(new Telling(ends), { store: new Collecting() }))
    // In a list, because it can be awaited.
    return [model.account.generateStream('tea', { count: 1 })]
  }
  const [work] = await begin()
  const seen = new Set()
  for await (const { event } of work) {
    seen.add(event)
    for (let n = 0; n < 2; n++) {
      globalThis.gc()
      await sleep(1)
    }
  }
  assert.ok(seen.has('growing') && seen.has('finished'), [...seen].join())
  assert.deepEqual(ends, [false])
  await census.falls(0, 'models')
})

test('a stream that is forgotten is ended at the model, which is collected then', { skip }, async () => {
  const census = new Census()
  const ends = []
  const begin = async (closed) => {
    const model = census.add(await knowing(new Telling(ends)))
    const work = model.account.generateStream('tea', { count: 1 })
    while ((await work.next()).value.event !== 'growing');
    if (closed) await model.wren.close()
  }
  await begin(false)
  await begin(true)
  await census.falls(0, 'models')
  assert.deepEqual(ends, [true, true])
})

test('a question that nobody waits for any more ends, whatever the model gives', { skip }, async () => {
  const census = new Census()
  const ends = []
  for (let n = 0; n < 20; n++) {
    const model = census.add(await knowing(new Telling(ends)))
    const controller = new AbortController()
    const words = model.stream
    let began = false
    model.stream = async function (request, context) {
      began = true
      const parts = words.call(model, request, context)
      await parts.next()
      // Stopped long before this gives the stream, shortly before, with it, or when the core has taken it.
      if (n % 4 < 2) controller.abort()
      if (n % 4 === 0) await sleep(20)
      if (n % 4 === 2) setImmediate(() => controller.abort())
      if (n % 4 === 3) setTimeout(() => controller.abort(), 1)
      return parts
    }
    await assert.rejects(model.account.generateStream('tea', { count: 1, signal: controller.signal }).report(), { name: 'AbortError' })
    assert.ok(began)
  }
  await census.falls(0, 'models')
  assert.deepEqual(ends, Array.from({ length: 20 }, () => true))
})

test('what is closed keeps neither its model nor its store', { skip }, async () => {
  const census = new Census()
  const begin = async () => {
    const store = census.add(new Collecting())
    const model = census.add(await knowing(new Knowing(), { store }))
    store.wren = model.wren
    await model.account.record()
    await model.wren.close()
    return model.wren
  }
  const kept = []
  for (let n = 0; n < 10; n++) kept.push(await begin())
  await census.falls(0, 'models and stores')
  assert.deepEqual([...new Set(kept.map((wren) => wren.closed))], [true])
})

test('a store outlives what is dropped, for what has to be written still', { skip }, async () => {
  const census = new Census()
  const wren = new Ghostwren({ store: file })
  const account = await wren.user().openAccount('main')
  const begin = async () => {
    const model = census.add(await knowing(new Telling(), { store: census.add(new Collecting()) }))
    const work = model.account.generateStream('tea', { count: 1 })
    while ((await work.next()).value.event !== 'growing');
    const { items } = await account.aiRuns({ limit: 1 })
    return items[0].id
  }
  const id = await begin()
  await census.falls(0, 'models and stores')
  const run = (await account.aiRuns()).items.find((run) => run.id === id)
  assert.equal(run.outcome.outcome, 'cancelled')
  await wren.close()
})

// A thread or a process that ends where its models are in the middle of something.
const BUSY = `
  const { Ghostwren } = require('ghostwren')
  const ANSWER = ${JSON.stringify(ANSWER)}
  class Model {
    complete() { this.asked?.(); return new Promise((resolve) => setTimeout(() => resolve(ANSWER), 5)) }
    async *stream() { yield ANSWER.slice(0, 30); for (;;) { yield ' tea'; await new Promise((resolve) => setTimeout(resolve, 1)) } }
  }
  async function busy(store, archive, many) {
    for (let n = 0; n < many; n++) {
      const model = new Model()
      model.wren = new Ghostwren({ store, model })
      model.account = await model.wren.user().openAccount('main')
      const begun = new Promise((resolve) => (model.asked = resolve))
      if (n % 4 === 0) { model.account.generate('tea', { count: 1 }).catch(() => {}); await begun }
      if (n % 4 === 1) await model.account.generate('tea', { count: 1 })
      if (n % 4 === 2) await model.account.generateStream('tea', { count: 1 }).next()
      if (n % 4 === 3) await model.account.importArchive(archive).next()
      if (n % 8 < 4) await model.wren.close()
      if (n % 3 === 0) globalThis.gc()
    }
  }
`

test('worker threads end, or are ended, with such models', { skip, timeout: Infinity }, async (t) => {
  const code = join(import.meta.dirname, 'worker-busy.cjs')
  writeFileSync(
    code,
    `${BUSY}
    const { parentPort, workerData: { store, archive, many } } = require('node:worker_threads')
    busy(store, archive, 4).then(() => (parentPort.postMessage('begun'), busy(store, archive, many)))`,
  )
  t.after(() => rmSync(code, { force: true }))
  for (let n = 0; n < 6; n++) {
    const worker = new Worker(code, { workerData: { store: file, archive: SAMPLE, many: n < 3 ? 4 : 1e9 } })
    const exit = new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject))
    await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
    if (n >= 3) {
      await sleep(n * 7)
      await worker.terminate()
    }
    assert.equal(await exit, n < 3 ? 0 : 1)
  }
})

for (const [name, end] of [
  ['ends by itself', ''],
  ['is ended', '.then(() => process.exit(0))'],
]) {
  test(`a process ${name} with such models`, { skip }, async (t) => {
    const code = `import { createRequire } from 'node:module'
      const require = createRequire(process.cwd() + '/a.mjs')
      ${BUSY}
      await busy(...process.argv.slice(-2), 16)${end}`
    const done = await script(code, [file, SAMPLE], { flags: ['--expose-gc'] })
    assert.deepEqual([done.code, done.signal], [0, null], done.stderr)
    assert.doesNotMatch(done.stderr, /panicked|FATAL|Assertion/)
  })
}
