// The examples run with no key.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'

import { folder, node, SAMPLE, sandbox, until } from './common.mjs'

const EXAMPLES = join(import.meta.dirname, '..', 'examples')

function environment(more = {}) {
  const own = Object.entries(process.env).filter(([name]) => !/^(OPENAI_|TWITTER_|GHOSTWREN_MODEL)/.test(name))
  return { ...Object.fromEntries(own), GHOSTWREN_SAMPLE: SAMPLE, ...more }
}

test('the quick start', async () => {
  const { code, stdout, stderr } = await node([join(EXAMPLES, 'quickstart.mjs')], { env: environment() })
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^247 tweets imported\n232 tweets in the author's own words\n {2}/)
  assert.match(stdout, /\(more than others\)/)
  assert.match(stdout, /^- .* {2}\[\d+ of 280\]$/m)
})

test('the quick start with a key', async () => {
  const stand = await sandbox()
  await stand.do('reset')
  const env = environment({ OPENAI_API_KEY: stand.key, OPENAI_BASE_URL: stand.openai })
  const { code, stdout, stderr } = await node([join(EXAMPLES, 'quickstart.mjs')], { env })
  assert.equal(code, 0, stderr)
  assert.match(stdout, /of 280\]/)
  assert.ok((await stand.do('requests')).some(({ path }) => path === '/v1/chat/completions'))
})

/** The files of a folder as a zip archive that compresses nothing (APPNOTE 4.3). */
function zipped(root) {
  const bytes = (format) => Buffer.concat(format.map(([size, value]) => {
    const field = Buffer.alloc(size)
    field.writeUIntLE(value, 0, size)
    return field
  }))
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const [parts, list] = [[], []]
  let at = 0
  for (const { parentPath, name } of files) {
    const path = Buffer.from(join(parentPath, name).slice(root.length + 1).replaceAll('\\', '/'))
    const data = readFileSync(join(parentPath, name))
    // Version, flags, method, time, date; the sum, both sizes, the lengths of the name and of what is none.
    const shape = [[2, 20], [2, 0], [2, 0], [2, 0], [2, 0x21], [4, crc32(data)], [4, data.length], [4, data.length], [2, path.length], [2, 0]]
    parts.push(bytes([[4, 0x04034b50], ...shape]), path, data)
    list.push(bytes([[4, 0x02014b50], [2, 20], ...shape, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]]), path)
    at += 30 + path.length + data.length
  }
  const index = Buffer.concat(list)
  const end = bytes([[4, 0x06054b50], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, index.length], [4, at], [2, 0]])
  return Buffer.concat([...parts, index, end])
}

test('the service', async (t) => {
  const stand = await sandbox()
  await stand.do('reset')
  const env = environment({
    OPENAI_API_KEY: stand.key,
    OPENAI_BASE_URL: stand.openai,
    GHOSTWREN_DB: join(folder(t), 'a.db'),
    PORT: '0',
  })
  const child = spawn(process.execPath, [join(EXAMPLES, 'service.mjs')], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (text) => (said += text))
  t.after(() => child.kill('SIGKILL'))
  // One that does not come up ends the test, and not only its time.
  const gone = once(child, 'exit').then(([code]) => [undefined, code])
  const [base, ended] = await Promise.race([once(createInterface(child.stdout), 'line'), gone])
  assert.ok(base, `the service ended with ${ended}: ${said}`)
  const ask = (path, method = 'GET', owner = 'ada', body = undefined) =>
    fetch(base + path, { method, headers: owner ? { 'x-owner': owner } : {}, body })
  assert.equal((await ask('/tweets', 'GET', null)).status, 401)
  const report = await (await ask('/import', 'POST', 'ada', zipped(SAMPLE))).json()
  assert.equal(report.counts.inserted, 247)
  const { items } = await (await ask('/tweets?search=the')).json()
  assert.ok(items.length > 0 && typeof items[0].fullText === 'string')
  assert.deepEqual((await (await ask('/tweets', 'GET', 'eve')).json()).items, [])
  const refused = await ask('/import', 'POST', 'ada', 'not one')
  assert.deepEqual([refused.status, (await refused.json()).code], [422, 'archive.not_an_archive'])
  const lines = (await (await ask('/drafts?topic=dns', 'POST')).text()).split('\n').filter((line) => line !== '')
  assert.match(lines[0], /"started"/)
  assert.match(lines.at(-1), /"finished"/)
  // What goes wrong before the first event has a status; what does later is told in the answer, which has begun.
  const failed = await ask('/drafts?topic=dns', 'POST', 'eve')
  assert.deepEqual([failed.status, (await failed.json()).code], [422, 'style.empty_corpus'])
  await stand.do('openai_script', { endpoint: 'chat', faults: ['truncated'] })
  const broken = await ask('/drafts?topic=dns', 'POST')
  const told = (await broken.text()).split('\n').filter((line) => line !== '')
  assert.equal(broken.status, 200)
  assert.match(told[0], /"started"/)
  assert.equal(told.at(-2), 'event: failed')
  assert.equal(JSON.parse(told.at(-1).replace('data: ', '')).kind, 'truncated')
  // A client that goes away stops the work, which is no error of the service: before there is an answer, and in it.
  await stand.do('openai_script', { endpoint: 'chat', faults: ['hang'] })
  const asked = (await stand.do('requests')).length
  const waiting = request(`${base}/drafts?topic=dns`, { method: 'POST', headers: { 'x-owner': 'ada' } }).end()
  waiting.on('error', () => {})
  await until(async () => (await stand.do('requests')).length > asked, 'the model was not asked')
  waiting.destroy()
  await until(async () => (await stand.do('requests')).at(-1).dropped, 'the request waited on')
  await stand.do('openai_script', { endpoint: 'chat', faults: ['slow-bytes=20'] })
  const client = request(`${base}/drafts?topic=dns`, { method: 'POST', headers: { 'x-owner': 'ada' } }).end()
  const [begun] = await once(client, 'response')
  begun.destroy()
  await until(async () => (await stand.do('requests')).at(-1).dropped, 'the request went on')
  child.kill('SIGTERM')
  const [, code] = await gone
  assert.deepEqual([code, said], [0, ''])
})
