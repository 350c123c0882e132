// The vectors of `core/tests/vectors`, which every language runs.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'

import * as ghostwren from 'ghostwren'
import { Account, Ghostwren, GhostwrenError, OpenAI, SqliteStore, style, SupabaseStore, TwitterApp } from 'ghostwren'

import { folder, inner, ROOT, SAMPLE, sandbox } from './common.mjs'

const { native } = inner('load')
const { kinds } = inner('errors')
const { allSnake } = inner('json')
const { camel } = inner('names')

const FOLDER = join(ROOT, 'core', 'tests', 'vectors')
const VECTORS = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .flatMap((file) =>
    JSON.parse(readFileSync(join(FOLDER, file), 'utf8')).vectors.map((vector) => [`${basename(file, '.json')}: ${vector.name}`, vector]),
  )

/** What of a call's arguments is not an option, in their order. */
const POSITIONAL = {
  'user.open_account': ['label'],
  'user.account': ['id'],
  'connect.finish': ['callback', 'binding'],
  'account.import_archive': ['path'],
  'account.import_all': ['path'],
  'account.export_to': ['path'],
  'account.mark_tweets': ['ids'],
  'account.exclude_tweets': ['ids'],
  'account.erase_tweets': ['ids'],
  'account.generate': ['topic'],
  'account.generate_stream': ['topic'],
  'account.preview': ['call'],
  'account.draft': ['id'],
  'account.approve': ['id'],
  'account.reject': ['id'],
  'account.edit_draft': ['id', 'text'],
  'account.publish': ['drafts'],
  'account.preview_publish': ['drafts'],
  'account.resume_publish': ['outbox'],
  'account.resolve_publish': ['outbox', 'resolution'],
  'account.unpublish': ['draft'],
  'account.remove_file': ['name'],
  'auth.authorize': ['redirect_to'],
  'auth.sign_in_with_password': ['email', 'password'],
  'text.parse': ['text', 'limit'],
  'records.compare_ids': ['a', 'b'],
  'openai.model_info': ['name'],
  'openai.strict_schema': ['schema'],
  'twitter.lint': ['text'],
}

/** What a call gave, as the core writes it. */
function plain(value) {
  if (value instanceof Account) return value.id
  if (value instanceof GhostwrenError) return value.toFields()
  if (value instanceof style.StyleReport) {
    const { record, cached, analysisFailed } = value
    return { record: plain(record), cached, analysis_failed: plain(analysisFailed) }
  }
  if (value instanceof ghostwren.Tweet) return plain(value.toJSON())
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object' && value !== null) {
    // A secret is there when it is asked for, and in no copy.
    const secret = value.binding === undefined ? {} : { binding: value.binding }
    return Object.fromEntries(Object.entries({ ...value, ...secret }).map(([name, item]) => [Object.keys(allSnake({ [name]: 0 }))[0], plain(item)]))
  }
  return value
}

/** Where `got` is not what is wanted; objects may hold more unless `whole`. */
function differs(want, got, where, whole) {
  if (want?.$any) return got === null || got === undefined ? `${where} is missing` : null
  if (Array.isArray(want) && Array.isArray(got)) {
    if (want.length !== got.length) return `${where} has ${got.length} items, not ${want.length}`
    return first(want.map((item, at) => differs(item, got[at], `${where}/${at}`, whole)))
  }
  if (isObject(want) && isObject(got)) {
    const names = new Set([...Object.keys(want), ...(whole ? Object.keys(got) : [])])
    return first([...names].map((name) => differs(want[name] ?? null, got[name] ?? null, `${where}/${name}`, whole)))
  }
  return want === got ? null : `${where} is ${JSON.stringify(got)}, not ${JSON.stringify(want)}`
}
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const first = (found) => found.find((text) => text !== null) ?? null
const pointed = (value, pointer) => pointer.split('/').slice(1).reduce((inside, part) => inside[part], value)

class Runner {
  constructor(stand, path) {
    const { addresses } = stand
    this.sandbox = stand
    this.folder = path
    this.store = new SqliteStore(':memory:')
    this.known = new Map(
      Object.entries({
        $openai: addresses.openai_url,
        $key: addresses.key,
        $x: addresses.x_url,
        $authorize: addresses.authorize_url,
        $client: addresses.client_id,
        $secret: addresses.client_secret,
        $supabase: addresses.supabase_url,
        $publishable: addresses.supabase_publishable_key,
        $sample: SAMPLE,
      }),
    )
  }

  /** The value with the names of what was saved replaced. */
  fill(value) {
    if (typeof value === 'string') return this.known.get(value) ?? value.replace('$folder', this.folder)
    if (Array.isArray(value)) return value.map((item) => this.fill(item))
    if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.fill(item)]))
    return value
  }

  open(settings) {
    const { store, model, twitter, ...rest } = this.fill(settings)
    const camels = (values) =>
      Object.fromEntries(
        Object.entries(values).map(([name, value]) =>
          name.endsWith('_seconds') ? [camel(name.replace('_seconds', '')), value * 1000] : [camel(name), value],
        ),
      )
    const options = { ...camels(rest), store: store.sqlite?.path ?? ':memory:' }
    if (store.supabase) options.store = new SupabaseStore(camels(store.supabase))
    if (model) {
      const { key, ...more } = model.openai
      options.model = new OpenAI({ ...camels(more), apiKey: key })
    }
    if (twitter) {
      const { client_id, ...more } = twitter
      options.twitter = new TwitterApp(client_id, camels(more))
    }
    return new Ghostwren(options)
  }

  call(wren, name, values) {
    const [group, method] = name.split('.')
    const session = Ghostwren._session(wren)
    if (group === 'test') return session.call(name, values)
    const { owner = 'local', account, request, resolution, call, ...rest } = values
    let options = { ...rest, ...request, ...resolution, ...(call === undefined ? {} : { call }) }
    if (isObject(call)) options = { ...rest, call: Object.keys(call)[0], ...Object.values(call)[0] }
    const user = wren.user(owner)
    const target = group === 'account' ? new Account(session, { owner }, account) : group === 'user' ? user : group === 'auth' ? wren.auth : user.connect()
    return this.apply(target, name, method, options)
  }

  apply(target, name, method, values) {
    const rest = { ...values }
    const positional = (POSITIONAL[name] ?? []).map((argument) => {
      const value = rest[argument]
      delete rest[argument]
      return value
    })
    const options = Object.fromEntries(Object.entries(rest).map(([argument, value]) => [camel(argument), value]))
    return target[camel(method)](...positional, ...(Object.keys(options).length > 0 ? [options] : []))
  }

  local(name, values) {
    const [group, method] = name.split('.')
    const { what, tweet, ...rest } = values
    const positional = POSITIONAL[name] ?? ['text']
    // What a function here has no way to be given wrong, the core refuses.
    const known = tweet !== undefined || (Object.keys(rest).every((argument) => positional.includes(argument)) && positional[0] in rest)
    if (!known || ghostwren[group]?.[camel(method)] === undefined) return JSON.parse(inner('errors').guarded(() => native.local(name, JSON.stringify(values))))
    const target = ghostwren[group]
    if (what) return target[camel(`extract_${what}`)](rest.text)
    const all = { ...rest, ...tweet }
    const given = positional.filter((argument) => argument in all).map((argument) => all[argument])
    const options = Object.fromEntries(Object.entries(all).filter(([argument]) => !positional.includes(argument)))
    return target[camel(method)](...given, ...(Object.keys(options).length > 0 ? [options] : []))
  }

  async step(wren, step) {
    const values = this.fill(step.args ?? {})
    if (step.sandbox) {
      const { do: command, ...rest } = step.sandbox
      return [await this.sandbox.do(command, rest)]
    }
    if (step.browse) {
      const answer = await fetch(this.fill(step.browse), { redirect: 'manual' })
      return [answer.headers.get('location')]
    }
    if (step.local) return [this.local(step.local, values)]
    if (step.select) {
      const { texts, candidates, n, ...options } = step.select
      return [ghostwren.generate.select(style.StyleProfile.fromTexts(texts), candidates, n, options)]
    }
    if (step.fingerprint) return [style.Fingerprint.of(step.fingerprint).summary()]
    if (step.store) return [await this.store.call(step.store, 'local', values)]
    if (step.stream) {
      const name = step.stream === 'account.generate' ? 'account.generate_stream' : step.stream
      const events = []
      for await (const event of this.call(wren, name, values)) events.push(plain(event))
      return [undefined, events]
    }
    return [await this.call(wren, step.call, values)]
  }

  async run(vector) {
    const wren = vector.settings === undefined ? undefined : this.open(vector.settings)
    for (const [number, step] of vector.steps.entries()) {
      const where = `step ${number} ${JSON.stringify(step).slice(0, 120)}`
      if (step.error) {
        const error = await this.step(wren, step).then(
          () => assert.fail(`${where} did not fail`),
          (caught) => caught,
        )
        if (!(error instanceof GhostwrenError)) throw error
        assert.equal(differs(this.fill(step.error), error.toFields(), where, false), null)
        for (const name of Object.keys(step.save_error ?? {})) this.known.set(`$${name}`, error.outbox)
        continue
      }
      const [value, events] = await this.step(wren, step)
      const got = plain(value)
      if ('result' in step) assert.equal(differs(this.fill(step.result), got ?? null, where, true), null)
      if ('has' in step) assert.equal(differs(this.fill(step.has), got, where, false), null)
      if ('first' in step) assert.equal(differs(this.fill(step.first), events[0], where, false), null)
      if ('last' in step) assert.equal(differs(this.fill(step.last), events.at(-1), where, false), null)
      for (const [name, pointer] of Object.entries(step.save ?? {})) this.known.set(`$${name}`, pointed(got, pointer))
    }
    await wren?.close()
    await this.store.close()
  }
}

for (const [name, vector] of VECTORS) {
  test(name, async (t) => {
    await new Runner(await sandbox(), folder(t)).run(vector)
  })
}

test('each kind of error has a vector', () => {
  const steps = VECTORS.flatMap(([, vector]) => vector.steps)
  const seen = new Set(steps.filter((step) => step.error).map((step) => step.error.kind))
  // What cancels a call is the caller's own signal, whose reason the call rejects with.
  assert.deepEqual([...kinds.keys()].filter((kind) => !seen.has(kind)), ['cancelled'])
})
