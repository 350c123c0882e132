// Calls: promises that do not hold the event loop, signals that stop the work, streams that wait for their reader.

import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { inspect } from 'node:util'

import { errors, Ghostwren, OpenAI, SqliteStore, StoredSession, Supabase, SupabaseStore, TwitterApp } from 'ghostwren'

import { folder, inner, SAMPLE, sleep, until, writeArchive } from './common.mjs'

const { bridge } = inner('bridge')
const SEALING_KEYS = `test:${Buffer.from(Array.from({ length: 32 }, (_, n) => n)).toString('base64')}`
const TWEETS = 60_000
let big

// What is being stopped keeps no process alive, so that somebody else has to where it is waited for.
const alive = setInterval(() => {}, 1000)
const archive = mkdtempSync(join(tmpdir(), 'ghostwren-'))
before(() => {
  big = writeArchive(archive, TWEETS)
})
after(() => {
  clearInterval(alive)
  rmSync(archive, { recursive: true })
})

/** A model that never answers, and notices when nobody waits any more. */
class Waiting {
  constructor() {
    this.asked = new Promise((resolve) => (this.onAsked = resolve))
    this.stopped = new Promise((resolve) => (this.onStopped = resolve))
  }

  complete(_, { signal }) {
    this.onAsked()
    return new Promise((_, reject) =>
      signal.addEventListener('abort', () => {
        this.onStopped()
        reject(signal.reason)
      }),
    )
  }
}

async function withTweets(options = {}) {
  const wren = await Ghostwren.open({ store: ':memory:', ...options })
  const account = await wren.user().openAccount('main')
  await account.importArchive(SAMPLE)
  return { wren, account }
}

test('an abort stops the work in Rust and rejects with its reason', async () => {
  const model = new Waiting()
  const { wren, account } = await withTweets({ model })
  const controller = new AbortController()
  const reason = new Error('changed my mind')
  const call = account.generate('dns', { signal: controller.signal })
  await model.asked
  controller.abort(reason)
  await assert.rejects(call, (error) => error === reason)
  // The drop of Rust's future comes back as the abort of the model's own signal.
  await model.stopped
  const runs = await until(async () => {
    const { items } = await account.aiRuns()
    return items.length > 0 && items
  })
  assert.deepEqual(runs.map((run) => run.outcome.outcome), ['cancelled'])
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
  await wren.close()
})

test('a signal that was aborted before the call: nothing begins', async () => {
  const model = new Waiting()
  const { wren, account } = await withTweets({ model })
  const reason = { not: 'an error' }
  const signal = AbortSignal.abort(reason)
  const before = bridge.pending()
  await assert.rejects(account.generate('dns', { signal }), (error) => error === reason)
  await assert.rejects(account.importArchive(SAMPLE, { signal }).report(), (error) => error === reason)
  assert.equal(bridge.pending(), before)
  assert.equal((await account.imports()).length, 1)
  await wren.close()
})

test('a timeout is a signal too', async () => {
  const model = new Waiting()
  const { wren, account } = await withTweets({ model })
  await assert.rejects(account.generate('dns', { signal: AbortSignal.timeout(2000) }), { name: 'TimeoutError' })
  await model.stopped
  await wren.close()
})

test('a signal that outlives many calls keeps none of them', async () => {
  const { wren, account } = await withTweets()
  const { signal } = new AbortController()
  for (let n = 0; n < 50; n++) await account.record({ signal })
  for await (const _ of account.importArchive(SAMPLE, { signal }));
  assert.equal(getEventListeners(signal, 'abort').length, 0)
  await wren.close()
})

test('a signal may be shared by as many calls as there are', async () => {
  const { wren, account } = await withTweets({ model: new Waiting() })
  const warned = []
  const hear = (warning) => warned.push(warning)
  process.on('warning', hear)
  const controller = new AbortController()
  const { signal } = controller
  const reason = new Error('all of them')
  const streams = Array.from({ length: 20 }, () => account.importArchive(SAMPLE, { signal }))
  await Promise.all(Array.from({ length: 1000 }, () => account.record({ signal })))
  const under = Array.from({ length: 20 }, () => account.generate('dns', { signal }).catch((error) => error))
  for (const stream of streams.slice(0, 2)) await stream.next().catch(() => {})
  await sleep(50)
  controller.abort(reason)
  assert.deepEqual(new Set(await Promise.all(under)), new Set([reason]))
  await assert.rejects(streams[0].next(), (error) => error === reason)
  assert.equal(getEventListeners(signal, 'abort').length, 0)
  await sleep(10)
  process.off('warning', hear)
  assert.deepEqual(warned, [])
  await wren.close()
})

async function ended(account) {
  return until(async () => {
    const [run] = await account.imports()
    return run.end !== null && run
  })
}

test('leaving the loop stops the import, and the same call goes on from there', async (t) => {
  const wren = new Ghostwren({ store: join(folder(t), 'a.db') })
  const account = await wren.user().openAccount('main')
  for await (const event of account.importArchive(big)) if (event.event === 'progress') break
  const run = await ended(account)
  assert.equal(run.end.kind, 'cancelled')
  const stored = await account.countTweets()
  assert.ok(stored > 0 && stored < TWEETS, String(stored))
  const report = await account.importArchive(big)
  assert.equal(report.end.kind, 'complete')
  assert.equal(report.run.id, run.id)
  assert.equal(await account.countTweets(), TWEETS)
  await wren.close()
})

test('an abort in the middle of an import stops it', async (t) => {
  const wren = new Ghostwren({ store: join(folder(t), 'a.db') })
  const account = await wren.user().openAccount('main')
  const controller = new AbortController()
  const seen = []
  await assert.rejects(
    async () => {
      for await (const event of account.importArchive(big, { signal: controller.signal })) {
        seen.push(event.event)
        if (event.event === 'progress') controller.abort()
      }
    },
    { name: 'AbortError' },
  )
  assert.equal(seen.filter((event) => event === 'progress').length, 1)
  assert.equal((await ended(account)).end.kind, 'cancelled')
  await wren.close()
})

test('an abort between two reads stops the work at once', async (t) => {
  const wren = new Ghostwren({ store: join(folder(t), 'a.db') })
  const account = await wren.user().openAccount('main')
  const controller = new AbortController()
  const work = account.importArchive(big, { signal: controller.signal })
  await work.next()
  await work.next()
  controller.abort()
  // Nobody reads: the import hears of it all the same.
  assert.equal((await ended(account)).end.kind, 'cancelled')
  await assert.rejects(work.next(), { name: 'AbortError' })
  assert.deepEqual(await work.next().catch((error) => error.name), 'AbortError')
  await wren.close()
})

test('a stream waits for its reader', async (t) => {
  const wren = new Ghostwren({ store: join(folder(t), 'a.db') })
  const account = await wren.user().openAccount('main')
  const work = account.importArchive(big)
  assert.deepEqual(await account.imports(), [], 'nothing happens before the first event is asked for')
  await work.next()
  await work.next()
  await sleep(300)
  const stored = await account.countTweets()
  await sleep(700)
  // A few pages of 1,000 are read ahead, and no more.
  const later = await account.countTweets()
  assert.ok(later - stored <= 4_000 && later < TWEETS / 2, `${stored}, then ${later}`)
  await work.close()
  await ended(account)
  await wren.close()
})

test('the event loop goes on while Rust works', async (t) => {
  const wren = new Ghostwren({ store: join(folder(t), 'a.db') })
  const account = await wren.user().openAccount('main')
  let done = false
  const work = account.importArchive(big).report().finally(() => (done = true))
  let turns = 0
  let longest = 0
  while (!done) {
    const began = performance.now()
    await sleep(5)
    longest = Math.max(longest, performance.now() - began)
    turns++
  }
  await work
  assert.ok(turns > 20 && longest < 500, `${turns} turns, the longest ${longest} ms`)
  await wren.close()
})

test('a thousand calls at once', async () => {
  const wren = new Ghostwren({ store: ':memory:' })
  const account = await wren.user().openAccount('main')
  const records = await Promise.all(Array.from({ length: 1000 }, () => account.record()))
  assert.deepEqual([...new Set(records.map((record) => record.id))], [account.id])
  assert.equal(bridge.pending(), 0)
  await wren.close()
})

test('use after close', async () => {
  const wren = await Ghostwren.open({ store: ':memory:' })
  const account = await wren.user().openAccount('main')
  assert.equal(wren.closed, false)
  await wren.close()
  await wren.close()
  assert.equal(wren.closed, true)
  await assert.rejects(account.record(), { name: 'ConflictError', code: 'binding.closed' })
  assert.throws(() => account.importArchive('nothing'), errors.ConflictError)
})

test('a stream is read in one place, and a second reader does not end it', async () => {
  const twitter = new TwitterApp('client', { redirectUri: 'http://127.0.0.1:0/callback' })
  const wren = new Ghostwren({ store: ':memory:', twitter, sealingKeys: SEALING_KEYS })
  const controller = new AbortController()
  const login = wren.user().connect().inBrowser({ signal: controller.signal })
  assert.equal((await login.next()).value.event, 'opened')
  // It waits for a browser now, which never comes.
  let done = false
  const waiting = login.next().finally(() => (done = true))
  await sleep(100)
  await assert.rejects(login.next(), { code: 'binding.busy' })
  await sleep(100)
  assert.equal(done, false)
  controller.abort()
  await assert.rejects(waiting, { name: 'AbortError' })
  await wren.close()
})

test('the report of events that were read before', async () => {
  const { wren, account } = await withTweets()
  const work = account.importArchive(SAMPLE)
  for await (const _ of work);
  await assert.rejects(work.report(), { code: 'binding.begun' })
  await wren.close()
})

test('work is awaited like any promise', async () => {
  const { wren, account } = await withTweets()
  assert.equal(await account.importArchive('/nowhere').catch((error) => error.code), 'archive.not_found')
  let ended = 0
  const report = await account.importArchive(SAMPLE).finally(() => ended++)
  assert.deepEqual([report.end.kind, ended], ['complete', 1])
  await assert.rejects(account.importArchive('/nowhere').finally(() => ended++), { code: 'archive.not_found' })
  assert.equal(ended, 2)
  await wren.close()
})

test('what is wrong with the settings is told when it is opened, and shows no secret', async (t) => {
  await assert.rejects(Ghostwren.open({ store: join(folder(t), 'no', 'folder', 'a.db') }), errors.StorageError)
  await assert.rejects(Ghostwren.open({ store: ':memory:', sealingKeys: ['secret-value'] }), (error) => {
    assert.ok(error instanceof errors.InvalidInputError)
    assert.ok(!error.message.includes('secret-value'))
    return true
  })
})

test('a pending login shows its binding only to who asks', async () => {
  const twitter = new TwitterApp('client', { redirectUri: 'http://127.0.0.1:1/callback' })
  const wren = new Ghostwren({ store: ':memory:', twitter, sealingKeys: SEALING_KEYS })
  const login = await wren.user().connect().begin()
  assert.ok(login.binding.length > 20 && login.expiresAt > new Date())
  for (const shown of [inspect(login), JSON.stringify(login), JSON.stringify({ ...login })]) {
    assert.ok(!shown.includes(login.binding), shown)
  }
  await wren.close()
})

test('what is forgotten ends', { skip: globalThis.gc === undefined && 'needs --expose-gc' }, async (t) => {
  const wren = new Ghostwren({ store: join(folder(t), 'a.db') })
  const account = await wren.user().openAccount('main')
  await (async () => {
    const work = account.importArchive(big)
    await work.next()
    await work.next()
  })()
  await until(async () => {
    globalThis.gc()
    await sleep(10)
    const [run] = await account.imports()
    return run.end?.kind === 'cancelled'
  })
  // Sessions, lists and profiles by the thousand leave nothing behind.
  const before = process.memoryUsage.rss()
  for (let n = 0; n < 300; n++) {
    const other = await Ghostwren.open({ store: ':memory:', model: new Waiting() })
    const inside = await other.user().openAccount('main')
    await inside.tweets()
    if (n % 2 === 0) await other.close()
    if (n % 20 === 0) {
      globalThis.gc()
      await sleep(1)
    }
  }
  globalThis.gc()
  await sleep(200)
  const grown = (process.memoryUsage.rss() - before) / 1e6
  assert.ok(grown < 60, `${grown} MB`)
  await wren.close()
})

test('what one gets in hand can be read, and no secret with it', async () => {
  const address = 'https://name:hidden-word@example.org/v1?key=hidden-word'
  const wren = await Ghostwren.open({ store: ':memory:', twitter: new TwitterApp('id', { clientSecret: 'hidden-word' }) })
  const account = await wren.user().openAccount('main')
  const project = new Supabase({ url: address, publishableKey: 'sb_publishable_x', secretKey: 'sb_secret_hidden-word' })
  const shown = [
    [wren, "Ghostwren on ':memory:'"],
    [new Ghostwren({ store: new SqliteStore('a.db') }), 'Ghostwren on SqliteStore("a.db")'],
    [new Ghostwren({ store: { call: () => null } }), 'Ghostwren on an object (Object)'],
    [wren.user(), 'User "local"'],
    [wren.user({ token: 'hidden-word' }), 'User of a token'],
    [wren.user().connect('second'), 'Connect "second"'],
    [account, `Account ${account.id}`],
    [account.connect(), `Connect "${account.id}"`],
    [account.importArchive('a.zip'), 'Work, which begins when it is read'],
    [account.export(), 'Events, which begins when it is read'],
    [new OpenAI({ apiKey: 'hidden-word', baseUrl: address }), "OpenAI { baseUrl: 'https://…@example.org/v1', model: undefined }"],
    [new OpenAI({ baseUrl: new URL('http://127.0.0.1:9/v1'), model: 'a' }), "OpenAI { baseUrl: 'http://127.0.0.1:9/v1', model: 'a' }"],
    [new SupabaseStore({ url: address, publishableKey: 'sb_publishable_x' }), 'SupabaseStore("https://…@example.org/v1")'],
    [new SupabaseStore(), 'SupabaseStore()'],
    [project, 'Supabase("https://…@example.org/v1")'],
    [new StoredSession('a.db', { sealingKeys: 'hidden-word' }), 'StoredSession("supabase")'],
  ]
  for (const [object, text] of shown) {
    assert.equal(inspect(object), text)
    assert.doesNotMatch(inspect(object, { showHidden: true, depth: 9, customInspect: false }), /hidden-word/)
  }
  await wren.close()
  assert.equal(inspect(wren), "Ghostwren on ':memory:', closed")
  await project.close()
})
