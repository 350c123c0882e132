// Models and stores that the application writes in JavaScript.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'

import { errors, Ghostwren, SqliteStore } from 'ghostwren'

import { folder, SAMPLE, sleep, until } from './common.mjs'

const ANSWER = '{"tweets": ["dns again!! of course it is dns", "ok so the parser eats tea now"]}'
const alive = setInterval(() => {}, 1000)
test.after(() => clearInterval(alive))

class Fixed {
  provider = 'home'
  name = 'fixed'
  capabilities = { contextTokens: 32_000, maxN: 2 }
  price = { input: 1_000_000, cached: 500_000, cacheWrite: 0, output: 2_000_000 }
  requests = []

  async complete(request) {
    this.requests.push(request)
    await sleep(1)
    return { answers: Array(request.n).fill(ANSWER), usage: { inputTokens: 100, outputTokens: 20 }, requestId: 'r-7' }
  }
}

const broken = (error) => ({
  name: 'broken',
  complete() {
    throw error
  },
})

async function generateWith(model) {
  const wren = await Ghostwren.open({ store: ':memory:', model })
  try {
    const account = await wren.user().openAccount('main')
    await account.importArchive(SAMPLE)
    const report = await account.generate('dns', { count: 1, repair: false })
    return { report, runs: (await account.aiRuns()).items }
  } finally {
    await wren.close()
  }
}

test('a model of the application', async () => {
  const model = new Fixed()
  const { report, runs } = await generateWith(model)
  assert.equal(report.generation.model, 'fixed')
  assert.ok(report.drafts.length + report.generation.rejected.length > 0)
  const [request] = model.requests
  assert.equal(request.purpose, 'generate')
  assert.equal(request.messages[0].role, 'system')
  assert.equal(runs.length, 1)
  assert.deepEqual([runs[0].provider, runs[0].model, runs[0].requestId], ['home', 'fixed', 'r-7'])
  // 100 tokens at a dollar a million and 20 at two.
  assert.deepEqual([runs[0].costMicros, report.costMicros], [140, 140])
})

for (const thrown of [new RangeError('in the application'), 'a text', null, { not: 'an error' }]) {
  test(`what a model throws is the cause: ${thrown}`, async () => {
    await assert.rejects(generateWith(broken(thrown)), (error) => {
      assert.ok(error instanceof errors.ServerError, error.stack)
      assert.equal(error.code, 'model.app_failed')
      assert.equal(error.cause, thrown)
      return true
    })
  })
}

test('an error of ours keeps its kind', async () => {
  const thrown = new errors.ContentRefusedError('not that', { code: 'app.refused', status: 451 })
  await assert.rejects(generateWith(broken(thrown)), (error) => {
    assert.ok(error instanceof errors.ContentRefusedError)
    assert.deepEqual([error.code, error.status, error.cause], ['app.refused', 451, thrown])
    assert.match(error.message, /not that/)
    return true
  })
})

test('an answer that cannot be read', async () => {
  await assert.rejects(generateWith({ complete: () => 7 }), /a text, a list of texts or an object, not a number/)
  await assert.rejects(generateWith({ complete: () => ({ answer: 'x' }) }), { name: 'DecodeError', code: 'model.unreadable' })
  await assert.rejects(generateWith({ complete: () => [NaN] }), errors.ServerError)
})

test('a stream that is none says what it should be', async () => {
  for (const [stream, said] of [
    [() => 5, /from an iterator, not a number/],
    [() => undefined, /from an iterator, not undefined/],
    [function* () { yield 5 }, /stream texts, not a number/],
    [function* () { yield [0] }, /stream texts, not undefined/],
    [function* () { yield ['a', 'x'] }, /with the index of their answer, not one text/],
    [() => ({ [Symbol.asyncIterator]: () => ({ next: async () => ({}) }) }), /stream texts, not undefined/],
  ]) {
    const wren = new Ghostwren({ store: ':memory:', model: { complete: () => ANSWER, stream } })
    const account = await wren.user().openAccount('main')
    await account.importArchive(SAMPLE)
    await assert.rejects(account.generateStream('dns', { count: 1 }).report(), (error) => {
      assert.equal(error.code, 'model.app_failed')
      assert.match(error.message, said)
      return true
    })
    await wren.close()
  }
})

test('a model that answers with a text at once', async () => {
  class Plain {
    complete() {
      return ANSWER
    }
  }
  const { report } = await generateWith(new Plain())
  assert.equal(report.generation.model, 'Plain')
})

test('a model that streams', async () => {
  let closed = 0
  class Streaming extends Fixed {
    async *stream() {
      try {
        for (let start = 0; start < ANSWER.length; start += 7) {
          await sleep(1)
          yield ANSWER.slice(start, start + 7)
        }
      } finally {
        closed++
      }
    }
  }
  const wren = await Ghostwren.open({ store: ':memory:', model: new Streaming() })
  const account = await wren.user().openAccount('main')
  await account.importArchive(SAMPLE)
  let grown = ''
  let last
  for await (const event of account.generateStream('dns', { count: 1, repair: false })) {
    if (event.event === 'growing' && event.data.candidate === 0) grown += event.data.text
    last = event
  }
  assert.match(grown, /dns again/)
  assert.equal(last.event, 'finished')
  assert.ok(last.data.drafts.length + last.data.generation.rejected.length > 0)
  assert.equal(closed, 1)
  // Leaving the loop closes the model's generator.
  for await (const event of account.generateStream('dns', { count: 1, repair: false })) if (event.event === 'growing') break
  await until(() => closed === 2, 'the generator was not closed')
  await wren.close()
})

test('a stream that throws, and one that never goes on', async () => {
  const thrown = new TypeError('half way')
  class Throwing extends Fixed {
    *stream() {
      yield ANSWER.slice(0, 20)
      throw thrown
    }
  }
  let stopped
  class Endless extends Fixed {
    async *stream(_, { signal }) {
      yield ANSWER.slice(0, 30)
      await new Promise((_, reject) =>
        signal.addEventListener('abort', () => {
          stopped = true
          reject(signal.reason)
        }),
      )
    }
  }
  for (const model of [new Throwing(), new Endless()]) {
    const wren = await Ghostwren.open({ store: ':memory:', model })
    const account = await wren.user().openAccount('main')
    await account.importArchive(SAMPLE)
    if (model instanceof Throwing) {
      await assert.rejects(account.generateStream('dns', { count: 1 }).report(), (error) => error.cause === thrown)
    } else {
      const controller = new AbortController()
      const work = account.generateStream('dns', { count: 1, signal: controller.signal })
      setTimeout(() => controller.abort(), 1500)
      await assert.rejects(work.report(), { name: 'AbortError' })
      await until(() => stopped, 'the generator was not stopped')
    }
    await wren.close()
  }
})

test('a stream whose end throws disturbs nobody', async () => {
  // At once, and in the same batch of messages as the calls around it.
  const throwing = {
    return() {
      throw new Error('in return')
    },
  }
  const generator = function* () {
    try {
      for (let start = 0; start < ANSWER.length; start += 4) yield ANSWER.slice(start, start + 4)
    } finally {
      throw new Error('in finally')
    }
  }
  const iterator = () => ({ [Symbol.iterator]: () => ({ ...throwing, next: () => ({ value: ANSWER.slice(0, 30), done: false }) }) })
  for (const stream of [generator, iterator]) {
    const wren = await Ghostwren.open({ store: ':memory:', model: { complete: () => ANSWER, stream } })
    const account = await wren.user().openAccount('main')
    await account.importArchive(SAMPLE)
    const work = account.generateStream('dns', { count: 1, repair: false })
    for (let grows = false; !grows; ) grows = (await work.next()).value.event === 'growing'
    const calls = Array.from({ length: 50 }, () => account.record())
    await work.return()
    const until = performance.now() + 100
    while (performance.now() < until);
    const ends = await Promise.race([Promise.all(calls), sleep(5000)])
    assert.equal(ends?.length, 50, 'calls of the same batch never ended')
    await sleep(50)
    await wren.close()
  }
})

test('a stream cut in the middle of characters grows by whole ones', async () => {
  const written = '{"tweets": ["dns again!! 🐦🥖 of course it is dns"]}'
  async function* stream() {
    // By UTF-16 units; the last one ends with half of a character.
    for (let at = 0; at < written.length; at++) yield written[at]
    yield '\ud83d'
  }
  const wren = await Ghostwren.open({ store: ':memory:', model: { complete: () => written, stream } })
  const account = await wren.user().openAccount('main')
  await account.importArchive(SAMPLE)
  let grown = ''
  for await (const event of account.generateStream('dns', { count: 1, repair: false })) {
    if (event.event !== 'growing' || event.data.candidate !== 0) continue
    assert.notEqual(event.data.text, '')
    grown += event.data.text
  }
  assert.match(grown, /dns again!! 🐦🥖 of course/u)
  assert.ok(!grown.includes('\ufffd'), grown)
  await wren.close()
})

test('a store of the application', async (t) => {
  class Counting {
    methods = []
    constructor(inner) {
      this.inner = inner
    }
    async call(method, owner, args) {
      this.methods.push(method)
      if (method === 'spend') throw new SyntaxError('not today')
      return this.inner.call(method, owner, args)
    }
  }
  const store = new Counting(new SqliteStore(join(folder(t), 'inner.db')))
  const wren = await Ghostwren.open({ store })
  const account = await wren.user('ada').openAccount('main')
  assert.equal((await account.importArchive(SAMPLE)).end.kind, 'complete')
  assert.equal((await account.tweets({ limit: 5 })).items.length, 5)
  for (const method of ['open_account', 'begin_import', 'import_page', 'finish_import', 'tweets']) assert.ok(store.methods.includes(method), method)
  await assert.rejects(account.draft('01890000-0000-7000-8000-000000000000'), { name: 'NotFoundError', code: 'store.no_draft' })
  await assert.rejects(account.spend(), (error) => {
    assert.ok(error instanceof errors.StorageError)
    assert.ok(error.cause instanceof SyntaxError)
    return /not today/.test(error.message)
  })
  await wren.close()
  await store.inner.close()
})
