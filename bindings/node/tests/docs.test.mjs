// The programs of the documentation, word for word: those that need no server of Supabase are run, and all of them have the types
// that they say.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import { errors, Ghostwren } from 'ghostwren'

import { folder, ROOT, SAMPLE, sandbox, script } from './common.mjs'

/** The one program of a page that has these words in it. */
function program(page, words) {
  const found = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/```(?:ts|js)\n(.*?)```/gs)].map(([, code]) => code).filter((code) => code.includes(words))
  assert.equal(found.length, 1, `${page}: ${words}`)
  return found[0]
}

/** A folder with the archives that the programs name, and a server behind the key of the environment. */
async function where(t) {
  const stand = await sandbox()
  await stand.do('reset')
  const path = folder(t)
  for (const name of ['twitter.zip', 'twitter-archive.zip']) cpSync(SAMPLE, join(path, name), { recursive: true })
  const env = { ...process.env, OPENAI_API_KEY: stand.key, OPENAI_BASE_URL: stand.openai }
  return { path, env }
}

for (const page of ['docs/node.md', 'bindings/node/README.md', 'README.md']) {
  test(`the whole job of ${page}`, async (t) => {
    const { path, env } = await where(t)
    const code = program(page, 'Ghostwren.open({ store: \'ghostwren.db\', model: new OpenAI() })')
    const whole = code.includes('import ') ? code : `import { Ghostwren, OpenAI } from 'ghostwren'\n${code}\nawait wren.close()`
    // Found from where the tests are, run in a folder of its own.
    const done = await script(`process.chdir(${JSON.stringify(path)})\n${whole}\nconsole.log('whole', drafts.length)`, [], { env })
    assert.equal(done.code, 0, done.stderr)
    assert.match(done.stdout, /whole \d/)
  })
}

test('stopping, and a model of your own', async (t) => {
  const { path } = await where(t)
  const models = program('docs/node.md', 'const mine: Model').replace(': Model', '')
  const make = new Function('myServer', `${models}\nreturn mine`)
  const asked = []
  const wren = await Ghostwren.open({
    store: ':memory:',
    model: make(async (messages, signal) => {
      asked.push(messages.length)
      assert.ok(signal instanceof AbortSignal)
      return '{"tweets": ["dns again!! of course it is dns"]}'
    }),
  })
  const account = await wren.user().openAccount('main')
  await account.importArchive(join(path, 'twitter.zip'))
  const stopping = program('docs/node.md', 'AbortSignal.timeout(30_000)')
  await new Function('account', `return (async () => { ${stopping} })()`)(account)
  assert.ok(asked[0] > 0)
  await assert.rejects(
    new Function('account', `return (async () => { ${stopping.replace('30_000', '0')} })()`)(account),
    (error) => error.name === 'TimeoutError' && !(error instanceof errors.GhostwrenError),
  )
  await wren.close()
})


// What stands around the programs, and is the reader's own.
const NAMES = `
wren: Ghostwren, account: Account, me: User, x: Twitter, model: Model, myServer: (...values: unknown[]) => Promise<string>,
url: string, publishableKey: string, secretKey: string, sealingKeys: string, token: string, callbackUrl: string, redirectTo: string,
userId: string`

test('every program has the types that it says', (t) => {
  const pages = ['docs/node.md', 'bindings/node/README.md', 'README.md'].map((page) => readFileSync(join(ROOT, page), 'utf8'))
  const programs = pages.flatMap((page) => [...page.matchAll(/```(?:ts|js)\n(.*?)```/gs)].map(([, code]) => code))
  assert.ok(programs.length >= 8)
  const code = [
    "import { type Account, Ghostwren, type Model, OpenAI, StoredSession, Supabase, SupabaseStore, type Twitter, type User } from 'ghostwren'",
    // A name that a program makes itself is its own.
    ...programs.map((program, n) => `export async function program${n}(${NAMES}) {{\n${program.replace(/^import .*$/gm, '')}\n}}`),
  ].join('\n')
  const path = join(import.meta.dirname, 'types', 'docs.mts')
  writeFileSync(path, code)
  t.after(() => rmSync(path))
  const tsc = join(import.meta.dirname, '..', 'node_modules', 'typescript', 'bin', 'tsc')
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', join(import.meta.dirname, 'types')], { encoding: 'utf8' })
  assert.equal(status, 0, stdout)
})
