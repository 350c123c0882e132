// The end of processes and of worker threads, and platforms without an addon: what has hung or crashed other libraries.

import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { Worker } from 'node:worker_threads'

import { Ghostwren } from 'ghostwren'

import { DIST, folder, inner, node, ROOT, SAMPLE, script, writeArchive } from './common.mjs'

const TWEETS = 60_000
const archive = mkdtempSync(join(tmpdir(), 'ghostwren-'))
let big
before(() => {
  big = writeArchive(archive, TWEETS)
})
after(() => rmSync(archive, { recursive: true }))

function ended({ code, signal, stderr }) {
  assert.equal(signal, null, `it hung or crashed: ${stderr}`)
  assert.equal(code, 0, stderr)
  assert.doesNotMatch(stderr, /panicked|FATAL|Assertion/)
}

const IN_THE_MIDDLE = `
  import { Ghostwren } from 'ghostwren'
  const [store, archive] = process.argv.slice(-2)
  const wren = new Ghostwren({ store, lease: 2000 })
  const account = await wren.user().openAccount('main')
  const work = account.importArchive(archive)
  for await (const event of work) if (event.event === 'progress') break_here
`

for (const [name, end] of [
  ['process.exit', 'process.exit(0)'],
  ['the end of the program, the stream left open', '{ await work.next(); break }'],
  ['process.exit while a page is on its way', '{ work.next(); setImmediate(() => process.exit(0)); await new Promise(() => {}) }'],
]) {
  test(`a process ends in the middle of an import: ${name}`, async (t) => {
    const store = join(folder(t), 'a.db')
    ended(await script(IN_THE_MIDDLE.replace('break_here', end), [store, big]))
    // The next process goes on from there.
    const wren = new Ghostwren({ store, lease: 2000 })
    const account = await wren.user().openAccount('main')
    assert.ok((await account.countTweets()) > 0)
    const report = await account.importArchive(big)
    assert.equal(report.end.kind, 'complete')
    assert.equal(await account.countTweets(), TWEETS)
    await wren.close()
  })
}

test('a call keeps the process alive until it ends, and nothing else does', async (t) => {
  const code = `
    import { Ghostwren } from 'ghostwren'
    const [archive] = process.argv.slice(-1)
    const wren = await Ghostwren.open({ store: ':memory:', model: { complete: () => '' } })
    const account = await wren.user().openAccount('main')
    const report = await account.importArchive(archive)
    console.log(report.counts.inserted)
    // Neither closed nor read to its end.
    account.importArchive(archive)
  `
  const began = performance.now()
  const done = await script(code, [SAMPLE])
  ended(done)
  assert.equal(done.stdout, '247\n')
  assert.ok(performance.now() - began < 20_000)
})

test('a promise that nobody awaits is an unhandled rejection like any other', async () => {
  const { code, signal, stderr } = await script(`
    import { Ghostwren } from 'ghostwren'
    new Ghostwren({ store: ':memory:' }).user().account('nonsense')
  `)
  assert.equal(signal, null)
  assert.equal(code, 1)
  assert.match(stderr, /ArgumentTypeError: argument\.type/)
})

const WORKER = `
  const { parentPort, workerData } = require('node:worker_threads')
  const { Ghostwren, Fingerprint } = require('ghostwren')
  ;(async () => {
    const wren = await Ghostwren.open({ store: workerData.store })
    const account = await wren.user().openAccount(workerData.label)
    if (workerData.forever) {
      for await (const event of account.importArchive(workerData.archive)) parentPort.postMessage(event.event)
      return
    }
    const { counts } = await account.importArchive(workerData.archive)
    parentPort.postMessage({ id: account.id, counts, texts: Fingerprint.of(['a', 'b']).texts, tweet: (await account.tweets({ limit: 1 })).items[0].toJSON() })
    if (!workerData.open) await wren.close()
  })()
`
// A worker from a text has no file that packages are found from.
const inside = (file, workerData) => new Worker(file, { workerData })
const message = (worker) =>
  new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
const exit = (worker) => new Promise((resolve) => worker.once('exit', resolve))

test('worker threads work, at the same time, and end by themselves', async (t) => {
  const path = folder(t)
  const file = join(import.meta.dirname, 'worker.cjs')
  writeFileSync(file, WORKER)
  t.after(() => rmSync(file, { force: true }))
  const workers = [0, 1, 2].map((n) =>
    inside(file, { store: join(path, 'a.db'), label: `w${n}`, archive: SAMPLE, open: n === 1 }),
  )
  const ends = workers.map(exit)
  const results = await Promise.all(workers.map(message))
  assert.equal(new Set(results.map((result) => result.id)).size, 3)
  for (const { counts, texts, tweet } of results) {
    assert.deepEqual([counts.inserted, texts], [247, 2])
    assert.ok(tweet.createdAt instanceof Date)
  }
  assert.deepEqual(await Promise.all(ends), [0, 0, 0])
})

test('a worker thread is ended in the middle of an import, and the main thread lives', async (t) => {
  const store = join(folder(t), 'a.db')
  const file = join(import.meta.dirname, 'worker-ended.cjs')
  writeFileSync(file, WORKER)
  t.after(() => rmSync(file, { force: true }))
  for (let n = 0; n < 5; n++) {
    const worker = inside(file, { store, label: `w${n}`, archive: big, forever: true })
    await message(worker)
    await worker.terminate()
  }
  const wren = new Ghostwren({ store, lease: 2000 })
  const account = await wren.user().openAccount('w0')
  assert.equal((await account.importArchive(big)).end.kind, 'complete')
  await wren.close()
})

test('the addon is loaded in a worker thread alone, which ends while Rust works', async (t) => {
  const store = join(folder(t), 'a.db')
  const file = join(import.meta.dirname, 'worker-alone.cjs')
  writeFileSync(file, WORKER)
  t.after(() => rmSync(file, { force: true }))
  const code = `
    import { Worker } from 'node:worker_threads'
    const [file, store, archive] = process.argv.slice(-3)
    for (let n = 0; n < 3; n++) {
      const worker = new Worker(file, { workerData: { store, label: 'w', archive, forever: true } })
      await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
      await worker.terminate()
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
    console.log('lives')
  `
  const done = await script(code, [file, store, big])
  ended(done)
  assert.equal(done.stdout, 'lives\n')
})

test('without the addon of the platform the error names it and says what to do', async (t) => {
  const path = folder(t)
  const modules = join(path, 'node_modules')
  cpSync(dirname(DIST), join(modules, 'ghostwren'), { recursive: true, filter: (file) => !file.endsWith('.node') })
  const load = () => node(['-e', "require('ghostwren')"], { cwd: path })
  let { code, stderr } = await load()
  assert.equal(code, 1)
  const name = inner('load').names()[0]
  assert.ok(stderr.includes(`ghostwren-${name}`), stderr)
  assert.match(stderr, new RegExp(`no native part for Node v\\d+.* on ${process.platform} ${process.arch}`))
  assert.match(stderr, /is not installed/)
  assert.match(stderr, /--omit=optional/)
  // One that is there and does not load is another thing.
  const broken = join(modules, `ghostwren-${name}`)
  mkdirSync(broken)
  writeFileSync(join(broken, 'package.json'), JSON.stringify({ name: `ghostwren-${name}`, main: 'a.node' }))
  writeFileSync(join(broken, 'a.node'), 'not an addon')
  ;({ code, stderr } = await load())
  assert.equal(code, 1)
  assert.match(stderr, /does not load/)
  assert.match(stderr, /a\.node/)
  // And one of another version yet another.
  rmSync(join(broken, 'a.node'))
  writeFileSync(join(broken, 'a.js'), "exports.version = () => '0.0.7'")
  writeFileSync(join(broken, 'package.json'), JSON.stringify({ name: `ghostwren-${name}`, main: 'a.js' }))
  ;({ code, stderr } = await load())
  assert.equal(code, 1)
  assert.match(stderr, /found a native part of version 0\.0\.7/)
})

test('the version is one', async () => {
  const { readFileSync } = await import('node:fs')
  const cargo = readFileSync(join(ROOT, 'Cargo.toml'), 'utf8').match(/\[workspace\.package\]\s+version = "([^"]+)"/)[1]
  assert.equal(inner('load').version, cargo)
  assert.equal(JSON.parse(readFileSync(join(DIST, '..', 'package.json'), 'utf8')).version, cargo)
})
