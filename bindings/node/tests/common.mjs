// What the tests share. They run from a folder that the packed files were installed into, not from the source tree.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { after } from 'node:test'

export const ROOT = process.env.GHOSTWREN_ROOT
export const SAMPLE = join(ROOT, 'examples', 'rust', 'sample-archive')
export const SHIPPED = process.env.GHOSTWREN_PROFILE === 'dist'

const require = createRequire(import.meta.url)
/** The folder of the installed package's code. */
export const DIST = dirname(require.resolve('ghostwren'))
/** A private module of the package. */
export const inner = (name) => require(join(DIST, `${name}.js`))

/** A folder that is gone after the test. */
export function folder(test) {
  const path = mkdtempSync(join(tmpdir(), 'ghostwren-'))
  test.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

export const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Waits until it is true. */
export async function until(test, what = 'it did not happen') {
  for (let n = 0; n < 200; n++) {
    const found = await test()
    if (found) return found
    await sleep(50)
  }
  throw new Error(what)
}

let running
let stop = async () => {}
after(() => stop())

/** The stand-ins, as one process for all tests of a file. */
export function sandbox() {
  running ??= start()
  return running
}

async function start() {
  const child = spawn(process.env.GHOSTWREN_SANDBOX, { stdio: ['pipe', 'pipe', 'inherit'] })
  stop = async () => {
    child.stdin.end()
    if (child.exitCode === null) await once(child, 'exit')
  }
  const [line] = await once(createInterface(child.stdout), 'line')
  const addresses = JSON.parse(line)
  const act = async (command, values = {}) => {
    const body = JSON.stringify({ do: command, ...values })
    const answer = await fetch(addresses.control_url, { method: 'POST', body })
    return answer.json()
  }
  return { addresses, key: addresses.key, openai: addresses.openai_url, x: addresses.x_url, do: act }
}

/** When the first tweet of such an archive was tweeted; the others follow a second apart. */
export const START = Date.UTC(2022, 2, 1, 12)

/** An archive of so many tweets, as a folder. */
export function writeArchive(path, tweets) {
  const data = join(path, 'data')
  mkdirSync(data, { recursive: true })
  const account = [{ account: { accountId: '7', username: 'wren', accountDisplayName: 'Wren', email: 'w@example.org' } }]
  writeFileSync(join(data, 'account.js'), `window.YTD.account.part0 = ${JSON.stringify(account)}`)
  const entries = Array.from({ length: tweets }, (_, number) => ({
    tweet: {
      id_str: String(1_500_000_000_000_000_000n + BigInt(number) * 1000n),
      full_text: `tweet number ${number} about the parser, dns and tea`,
      // 'Tue, 01 Mar 2022 12:00:00 GMT', in Twitter's order.
      created_at: new Date(START + number * 1000).toUTCString().replace(/^(...), (..) (...) (....) (.{8}) GMT$/, '$1 $3 $2 $5 +0000 $4'),
      favorite_count: String(number % 100),
      retweet_count: '0',
      lang: 'en',
    },
  }))
  writeFileSync(join(data, 'tweets.js'), `window.YTD.tweets.part0 = ${JSON.stringify(entries)}`)
  return path
}

/** Runs a program in Node to its end, or says that it hung. */
export async function node(args, { timeout = 60_000, ...options } = {}) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (text) => (stdout += text))
  child.stderr.on('data', (text) => (stderr += text))
  const timer = setTimeout(() => child.kill('SIGKILL'), timeout)
  const [code, signal] = await once(child, 'close')
  clearTimeout(timer)
  return { code, signal, stdout, stderr }
}

/** Runs a module of code in Node. */
export function script(code, args = [], options = {}) {
  return node([...(options.flags ?? []), '--input-type=module', '-e', code, '--', ...args], { cwd: import.meta.dirname, ...options })
}
