// The vectors of `core/tests/vectors`, which every language runs.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'

import * as ghostwren from 'ghostwren'
import { Account, Ghostwren, GhostwrenError, OpenAI, SqliteStore, style, SupabaseStore, TweetList, Twitter, TwitterApp, User } from 'ghostwren'

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
  'account.file_address': ['name'],
  'account.publish_file': ['name'],
  'account.unpublish_file': ['name'],
  'account.remove_file': ['name'],
  'user.sign_in': ['session'],
  'user.sign_out': ['scope'],
  'auth.authorize': ['redirect_to'],
  'auth.finish': ['login', 'callback'],
  'auth.exchange': ['code', 'verifier'],
  'auth.probe': ['redirect_to'],
  'auth.refresh': ['refresh_token'],
  'auth.sign_up': ['email', 'password'],
  'auth.sign_in_with_password': ['email', 'password'],
  'auth.send_code': ['email'],
  'auth.send_recovery': ['email'],
  'auth.resend': ['email', 'otp'],
  'auth.verify_code': ['email', 'code', 'otp'],
  'auth.claims': ['token'],
  'auth.user': ['token'],
  'auth.update_user': ['token'],
  'auth.reauthenticate': ['token'],
  'auth.sign_out': ['token', 'scope'],
  'auth.link_identity': ['token', 'redirect_to'],
  'auth.unlink_identity': ['token', 'identity'],
  'auth.admin_user': ['id'],
  'auth.admin_create_user': ['email'],
  'auth.admin_delete_user': ['id'],
  'auth.admin_factors': ['id'],
  'auth.admin_sign_out': ['token', 'scope'],
  'openai.chat': ['messages'],
  'openai.chat_stream': ['messages'],
  'openai.model_record': ['id'],
  'twitter.user': ['id'],
  'twitter.user_by_name': ['username'],
  'twitter.users': ['ids'],
  'twitter.users_by_names': ['usernames'],
  'twitter.tweets': ['ids'],
  'twitter.timeline': ['user_id'],
  'twitter.timeline_pages': ['user_id'],
  'twitter.search_pages': ['search'],
  'twitter.create_tweet': ['text'],
  'twitter.delete_tweet': ['id'],
  'twitter.upload': ['path'],
  'twitter.alt_text': ['media_id', 'text'],
  'text.parse': ['text', 'limit'],
  'records.compare_ids': ['a', 'b'],
  'openai.model_info': ['name'],
  'openai.strict_schema': ['schema'],
  'twitter.lint': ['text'],
  'twitter.prices': [],
}

/** Secrets are there when they are asked for, and in no copy. */
const SECRETS = ['binding', 'accessToken', 'refreshToken', 'state', 'verifier']

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
  if (Array.isArray(value) || value instanceof TweetList) return [...value].map(plain)
  if (isObject(value)) {
    const secrets = SECRETS.filter((name) => value[name] !== undefined).map((name) => [name, value[name]])
    return Object.fromEntries([...Object.entries(value), ...secrets].map(([name, item]) => [Object.keys(allSnake({ [name]: 0 }))[0], plain(item)]))
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
const camels = (values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [camel(name), value]))
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const first = (found) => found.find((text) => text !== null) ?? null
const pointed = (value, pointer) => pointer.split('/').slice(1).reduce((inside, part) => inside[part], value)

class Runner {
  constructor(stand, path) {
    const { addresses } = stand
    this.sandbox = stand
    this.parts = { $folder: path, $sample: SAMPLE, $unique: `u${randomUUID()}` }
    this.store = new SqliteStore(':memory:')
    this.clients = {}
    this.signedIn = []
    this.known = new Map(
      Object.entries({
        $openai: addresses.openai_url,
        $key: addresses.key,
        $x: addresses.x_url,
        $authorize: addresses.authorize_url,
        $client: addresses.client_id,
        $secret: addresses.client_secret,
        $me: addresses.user_id,
        $supabase: addresses.supabase_url,
        $publishable: addresses.supabase_publishable_key,
        $supabase_secret: addresses.supabase_secret_key,
      }),
    )
  }

  /** The value with the names of what was saved replaced. */
  fill(value) {
    if (typeof value === 'string') {
      return this.known.get(value) ?? Object.entries(this.parts).reduce((text, [name, part]) => text.replaceAll(name, () => part), value)
    }
    if (Array.isArray(value)) return value.map((item) => this.fill(item))
    if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.fill(item)]))
    return value
  }

  open(settings) {
    const { store, model, twitter, ...rest } = this.fill(settings)
    const options = { ...this.settings(rest), store: store.sqlite?.path ?? ':memory:' }
    if (store.supabase) options.store = new SupabaseStore(this.settings(store.supabase))
    if (model) options.model = this.openai(model.openai)
    if (twitter) options.twitter = this.app(twitter)
    return new Ghostwren(options)
  }

  /** Settings as they are called here, where times are in milliseconds. */
  settings(values) {
    const time = ([name, value]) => (name.endsWith('_seconds') ? [name.replace('_seconds', ''), value * 1000] : [name, value])
    return camels(Object.fromEntries(Object.entries(values).map(time)))
  }

  openai({ key, ...more }) {
    return new OpenAI({ ...this.settings(more), apiKey: key })
  }

  app({ client_id, ...more }) {
    return new TwitterApp(client_id, this.settings(more))
  }

  /** A client by itself. */
  client(name, { token, app, ...settings }) {
    this.clients[name] = name === 'twitter' ? new Twitter(token, { ...this.settings(settings), app: this.app(app) }) : this.openai(settings)
  }

  call(wren, name, values) {
    const [group, method] = name.split('.')
    if (group in this.clients) {
      const { tweet, ...rest } = values
      const calls = { all_tweets: 'timeline', pages: 'search' in values ? 'search_pages' : 'timeline_pages' }
      const called = calls[method] ?? method
      return this.apply(this.clients[group], `${group}.${called}`, called, { ...rest, ...tweet })
    }
    const session = Ghostwren._session(wren)
    if (group === 'test') return session.call(name, values)
    const { owner = 'local', account, request, resolution, call, ...rest } = values
    let options = { ...rest, ...request, ...resolution, ...(call === undefined ? {} : { call }) }
    if (isObject(call)) options = { ...rest, call: Object.keys(call)[0], ...Object.values(call)[0] }
    for (const given of ['login', 'session']) if (isObject(options[given])) options[given] = camels(options[given])
    if (method.startsWith('admin_')) return this.apply(wren.auth.admin, name, method.replace('admin_', ''), options)
    if (name === 'user.sign_in') return this.apply(wren, name, method, options)
    if (group === 'user' && 'session' in options) {
      const { session: number, ...more } = options
      return this.apply(this.signedIn[number], name, method, more)
    }
    const user = wren.user(owner)
    const targets = { account: () => new Account(session, { owner }, account), user: () => user, auth: () => wren.auth, wren: () => wren, connect: () => user.connect() }
    return this.apply(targets[group](), name, method, options)
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
    const known = tweet !== undefined || (Object.keys(rest).every((argument) => positional.includes(argument)) && (positional.length === 0 || positional[0] in rest))
    if (!known || ghostwren[group]?.[camel(method)] === undefined) return JSON.parse(inner('errors').guarded(() => native.local(name, JSON.stringify(values))))
    const target = ghostwren[group]
    if (what) return target[camel(`extract_${what}`)](rest.text)
    const all = { ...rest, ...tweet }
    const given = positional.filter((argument) => argument in all).map((argument) => all[argument])
    const options = Object.fromEntries(Object.entries(all).filter(([argument]) => !positional.includes(argument)))
    const value = target[camel(method)](...given, ...(Object.keys(options).length > 0 ? [options] : []))
    return name === 'twitter.write_cost' ? { micros: value } : value
  }

  async step(wren, step) {
    const values = this.fill(step.args ?? {})
    if (step.sandbox) {
      const { do: command, ...rest } = this.fill(step.sandbox)
      return [await this.sandbox.do(command, rest)]
    }
    if (step.browse) {
      let at = this.fill(step.browse)
      do at = (await fetch(at, { redirect: 'manual' })).headers.get('location')
      while (!at.startsWith(step.to ?? ''))
      return [at]
    }
    if (step.open) {
      for (const [name, settings] of Object.entries(this.fill(step.open))) this.client(name, settings)
      return []
    }
    if (step.local) return [this.local(step.local, values)]
    if (step.select) {
      const { texts, candidates, n, ...options } = step.select
      return [ghostwren.generate.select(style.StyleProfile.fromTexts(texts), candidates, n, options)]
    }
    if (step.fingerprint) return [style.Fingerprint.of(step.fingerprint).summary()]
    if (step.store) return [await this.store.call(step.store, 'local', values)]
    if (step.stream) {
      // Where a call and a stream have one name in the core.
      const name = ['account.generate', 'openai.chat'].includes(step.stream) ? `${step.stream}_stream` : step.stream
      const events = []
      for await (const event of this.call(wren, name, values)) {
        events.push(name === 'twitter.pages' ? { event: 'page', data: plain(event) } : plain(event))
      }
      return [undefined, events]
    }
    const value = await this.call(wren, step.call, values)
    return [value instanceof User ? { session: this.signedIn.push(value) - 1 } : value]
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
      // A schema has names of its own.
      const got = step.local === 'openai.strict_schema' ? value : plain(value)
      if ('result' in step) assert.equal(differs(this.fill(step.result), got ?? null, where, true), null)
      if ('has' in step) assert.equal(differs(this.fill(step.has), got, where, false), null)
      if ('first' in step) assert.equal(differs(this.fill(step.first), events[0], where, false), null)
      if ('last' in step) assert.equal(differs(this.fill(step.last), events.at(-1), where, false), null)
      if ('holds' in step) assert.ok(got.some((item) => differs(this.fill(step.holds), item, where, false) === null), where)
      for (const [name, pointer] of Object.entries(step.save ?? {})) this.known.set(`$${name}`, pointed(got, pointer))
    }
    for (const opened of [wren, ...Object.values(this.clients), this.store]) await opened?.close()
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
