import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'

import { errors, Fingerprint, generate, Ghostwren, GhostwrenError, OpenAI, SqliteStore, StyleProfile, Supabase, text, TwitterApp } from 'ghostwren'

import { inner } from './common.mjs'

const { native } = inner('load')
const { kinds, guarded } = inner('errors')

test('there is a class for each kind', () => {
  assert.deepEqual([...kinds.keys()].sort(), JSON.parse(native.local('errors.kinds', '{}')).sort())
  for (const [kind, of] of kinds) {
    assert.ok(of.prototype instanceof GhostwrenError)
    assert.equal(new of('x').kind, kind)
    assert.equal(errors[of.name], of)
  }
})

for (const kind of kinds.keys()) {
  test(`the fields of ${kind}`, () => {
    const fields = {
      kind,
      code: 'twitter.rate_limited',
      detail: 'too many \u001b[31mrequests \ud83d',
      attempts: 3,
      unanswered: 1,
      service: 'twitter',
      operation: 'timeline',
      status: 429,
      request_id: 'r-1',
      remedy: 'Wait.',
      outbox: '01890000-0000-7000-8000-000000000000',
      retry_at: '2026-11-25T18:00:00.500Z',
      causes: ['outer', 'inner'],
    }
    const error = errors.fromFields(fields)
    assert.equal(error.constructor, kinds.get(kind))
    assert.equal(error.name, error.constructor.name)
    assert.ok(error instanceof Error && error instanceof GhostwrenError)
    const { code, status, requestId, attempts, unanswered, remedy, outbox } = error
    assert.deepEqual(
      [code, status, requestId, attempts, unanswered, remedy, outbox],
      ['twitter.rate_limited', 429, 'r-1', 3, 1, 'Wait.', fields.outbox],
    )
    assert.equal(error.retryAt.getTime(), Date.UTC(2026, 10, 25, 18, 0, 0, 500))
    assert.deepEqual(error.toFields(), fields)
    assert.deepEqual(JSON.parse(JSON.stringify(error)), JSON.parse(JSON.stringify(fields)))
    assert.match(error.message, /^twitter\.rate_limited: too many/)
    assert.match(error.message, /Wait\.$/)
    assert.doesNotMatch(error.message, /\u001b/)
    assert.ok(error.stack.startsWith(`${error.name}: ${error.message}\n`), error.stack)
    assert.match(error.stack, /errors\.test\.mjs/)
    assert.equal(error.cause.message, 'outer')
    assert.equal(error.cause.cause.message, 'inner')
  })
}

test('an error that is shown shows what is known', () => {
  const shown = inspect(new errors.NotFoundError('not here', { code: 'app.gone', status: 404 }))
  assert.match(shown, /^NotFoundError: app\.gone: not here/)
  assert.match(shown, /status: 404/)
  assert.doesNotMatch(shown, /requestId|outbox/)
})

test('an error says all of it, with what a person can do', async () => {
  const wren = await Ghostwren.open({ store: ':memory:' })
  await wren.close()
  const error = await wren.user().accounts().catch((caught) => caught)
  assert.equal(
    String(error),
    'ConflictError: binding.closed: it was closed before this call. What is closed stays closed: make a new one, and close it after its last call.',
  )
})

test('an error is made of whatever is given', () => {
  const at = '2026-01-02T03:04:05.000Z'
  const odd = { status: 99999, retryAt: new Date(NaN), attempts: -1, unanswered: 0.5, service: 7, requestId: {}, outbox: 'zz', causes: ['a', 1], code: 3 }
  const error = new errors.NotFoundError({ a: 1 }, odd)
  assert.match(error.message, /^app\.error: \{ a: 1 \}/)
  const { status, retryAt, attempts, unanswered, service, requestId, outbox, causes } = error
  assert.deepEqual([status, retryAt, attempts, unanswered, service, requestId, outbox], [null, null, 0, 0, null, null, null])
  assert.deepEqual(causes, ['a'])
  assert.equal(new errors.NotFoundError('x', { retryAt: at }).retryAt.toISOString(), at)
  assert.equal(new errors.NotFoundError('x', { retryAt: at }).toFields().retry_at, at)
  for (const retryAt of ['tomorrow', new Date(8.64e15), 5]) assert.equal(new errors.NotFoundError('x', { retryAt }).retryAt, null)
  assert.equal(new errors.NotFoundError('x', null).code, 'app.error')
  for (const detail of [Symbol('x'), 10n, null, '\ud800']) assert.match(new errors.NotFoundError(detail).message, /^app\.error: ./)
})

test('a kind newer than the package', () => {
  const error = errors.fromFields({ kind: 'of_tomorrow', code: 'x.y', detail: '?', attempts: 0 })
  assert.equal(error.constructor, GhostwrenError)
  assert.equal(error.kind, 'of_tomorrow')
})

test('a rejection leads to the line that awaits it', async () => {
  const wren = new Ghostwren({ store: ':memory:' })
  const whoAsks = () => wren.user().account('01890000-0000-7000-8000-000000000000')
  await assert.rejects(
    async () => {
      await whoAsks()
    },
    (error) => {
      assert.equal(error.code, 'store.no_account')
      assert.match(error.stack, /at async User\.account/)
      assert.match(error.stack, /errors\.test\.mjs/)
      return true
    },
  )
  await wren.close()
})

const profile = StyleProfile.fromTexts(['a'])
for (const [name, call] of [
  ['text', () => text.weightedLength(3)],
  ['limit', () => text.parse('x', 'long')],
  ['text', () => text.weightedLength(10n)],
  ['text', () => text.weightedLength(() => {})],
  ['texts', () => Fingerprint.of('one text')],
  ['texts', () => Fingerprint.of(undefined)],
  ['texts', () => StyleProfile.fromTexts([1])],
  ['texts', () => StyleProfile.fromTexts([undefined])],
  ['tweets', () => StyleProfile.fromTweets([])],
  ['other', () => Fingerprint.of(['a']).distance({})],
  ['candidates', () => generate.select(profile, 'b', 1)],
  ['n', () => generate.select(profile, ['b'], -1)],
  ['n', () => generate.select(profile, ['b'], 1.5)],
  ['banned', () => generate.select(profile, ['b'], 1, { banned: 'x' })],
  ['limit', () => generate.select(profile, ['b'], 1, { limit: NaN })],
  ['profile', () => generate.select({}, ['b'], 1)],
  ['store', () => new Ghostwren({ store: 3 })],
  ['store', () => new Ghostwren({})],
  ['options', () => new Ghostwren()],
  ['model', () => new Ghostwren({ store: ':memory:', model: 'gpt-4o' })],
  ['twitter', () => new Ghostwren({ store: ':memory:', twitter: 'id' })],
]) {
  test(`a wrong type names the argument: ${call.toString().slice(6)}`, () => {
    assert.throws(call, (error) => {
      assert.ok(error instanceof errors.ArgumentTypeError && error instanceof errors.InvalidInputError, error.stack)
      assert.equal(error.code, 'argument.type')
      assert.ok(error.message.includes(`\`${name}\``), error.message)
      return true
    })
  })
}

test('missing and unknown arguments are named', async () => {
  const wren = new Ghostwren({ store: ':memory:' })
  const account = await wren.user().openAccount('main')
  assert.throws(() => text.weightedLength(), /the argument `text` is missing/)
  await assert.rejects(account.draft(), /the argument `id` is missing/)
  await assert.rejects(account.generate('x', { cuont: 3 }), /no argument `cuont`/)
  await assert.rejects(account.preview('generate', { cuont: 3 }), /no argument `cuont`/)
  await assert.rejects(account.analyzeStyle({ agian: true }), /no argument `agian`/)
  assert.throws(() => generate.select(profile, ['b'], 1, { tpoic: 'x' }), errors.ArgumentTypeError)
  await assert.rejects(account.tweets({ serach: 'x' }), /no argument `serach`/)
  await assert.rejects(account.tweets({ since: new Date('nonsense') }), /the argument `since` cannot be used/)
  await assert.rejects(account.drafts({ limit: Infinity }), /the argument `limit` cannot be used/)
  assert.throws(() => account.importArchive(undefined), /the argument `path`/)
  await wren.close()
})

test('a name within a setting that nobody knows is refused with those that there are', async () => {
  const model = { complete: () => '', capabilities: { contextToken: 5 } }
  for (const [setting, unknown, known] of [
    [{ twitter: new TwitterApp('id', { prices: { postRaed: 1 } }) }, 'postRaed', 'postRead, userRead, ownedRead,'],
    [{ model: new OpenAI({ apiKey: 'x', price: { input: 1, cached: 1, output: 1, perToken: 1 } }) }, 'perToken', 'input, cached, cacheWrite, output.'],
    [{ model }, 'contextToken', 'contextTokens, maxOutputTokens,'],
  ]) {
    await assert.rejects(Ghostwren.open({ store: ':memory:', ...setting }), (error) => {
      assert.ok(error instanceof errors.ArgumentTypeError)
      assert.equal(error.code, 'argument.unknown')
      assert.ok(error.message.includes(`unknown field \`${unknown}\`. Leave it out; there are ${known}`), error.message)
      return true
    })
  }
})

test('a text that is no time is told what one is', async () => {
  const wren = new Ghostwren({ store: ':memory:' })
  const account = await wren.user().openAccount('main')
  for (const since of ['yesterday', '2024-01-01', '2024-01-01T00:00:00', '2024-01-01T00:00:00Z!', '2024-13-01T00:00:00Z']) {
    await assert.rejects(account.tweets({ since }), /the argument `since` cannot be used: it is no time such as 2026-11-25T18:00:00Z/, since)
  }
  await account.tweets({ since: '2024-01-01T00:00:00+01:00' })
  await wren.close()
})

const argument = (code, name) => (error) => {
  assert.ok(error instanceof errors.ArgumentTypeError, error.stack)
  assert.equal(error.code, `argument.${code}`)
  assert.ok(error.message.includes(`\`${name}\``), error.message)
  return true
}

test('an owner or a token that is given has to be there', async () => {
  const wren = new Ghostwren({ store: ':memory:' })
  for (const owner of [undefined, null, '']) assert.throws(() => wren.user(owner), argument('missing', 'owner'), String(owner))
  for (const token of [undefined, null, '']) assert.throws(() => wren.user({ token }), argument('missing', 'token'), String(token))
  assert.throws(() => wren.user({}), argument('missing', 'token'))
  assert.throws(() => wren.user({ tokn: 'x' }), argument('unknown', 'tokn'))
  assert.throws(() => wren.user({ token: 'x', owner: 'y' }), argument('unknown', 'owner'))
  assert.throws(() => wren.user({ token: 3 }), argument('type', 'token'))
  assert.throws(() => wren.user(3), argument('type', 'owner'))
  const project = new Supabase({ url: 'http://127.0.0.1:9', publishableKey: 'sb_publishable_x' })
  for (const token of [undefined, null, '']) assert.throws(() => project.bulk('tweets', { token }), argument('missing', 'token'), String(token))
  await project.close()
  assert.ok((await wren.user().openAccount('main')).id)
  await wren.close()
})

test('options are an object, and a signal is one', async () => {
  const wren = new Ghostwren({ store: ':memory:' })
  const account = await wren.user().openAccount('main')
  const openai = new OpenAI({ apiKey: 'sk-x', baseUrl: 'http://127.0.0.1:9' })
  for (const options of [null, 'dns', 3]) {
    await assert.rejects(account.tweets(options), argument('type', 'options'))
    await assert.rejects(account.record(options), argument('type', 'options'))
    await assert.rejects(account.generate('x', options), argument('type', 'options'))
    await assert.rejects(account.preview('generate', options), argument('type', 'options'))
    await assert.rejects(account.publish([], options), argument('type', 'options'))
    await assert.rejects(wren.auth.settings(options), argument('type', 'options'))
    await assert.rejects(openai.chat('x', options), argument('type', 'options'))
    assert.throws(() => account.importArchive('x', options), argument('type', 'options'))
    assert.throws(() => wren.user().connect().inBrowser(options), argument('type', 'options'))
  }
  for (const signal of [{}, 3, 'x', new AbortController()]) {
    await assert.rejects(account.record({ signal }), argument('type', 'signal'))
    await assert.rejects(account.generate('x', { signal }), argument('type', 'signal'))
    assert.throws(() => account.importArchive('x', { signal }), argument('type', 'signal'))
  }
  for (const signal of [undefined, null]) assert.equal((await account.record({ signal })).id, account.id)
  await openai.close()
  await wren.close()
})

test('what an error says is named as it is written here', async () => {
  const wren = new Ghostwren({ store: ':memory:' })
  const account = await wren.user().openAccount('main')
  await assert.rejects(account.markTweets([], { addLabels: 'x' }), argument('type', 'addLabels'))
  await assert.rejects(account.markTweets([], { addLabels: 10n }), argument('type', 'addLabels'))
  await assert.rejects(account.fileAddress('x', { lives: 'long' }), argument('type', 'lives'))
  await assert.rejects(Ghostwren.open({ store: ':memory:', lease: Infinity }), argument('type', 'lease'))
  assert.throws(() => new SqliteStore(':memory:', { busyTimeout: 'x' }), argument('type', 'busyTimeout'))
  await assert.rejects(account.exportTo('a\0.ndjson'), argument('type', 'path'))
  await assert.rejects(Ghostwren.open({ store: 'a\0.db' }), /Take the NUL character out of the path/)
  await assert.rejects(Ghostwren.open({ store: ':memory:', publishSettle: -1 }), /publishSettle/)
  await assert.rejects(account.editDraft('01890000-0000-7000-8000-000000000000'), argument('missing', 'text'))
  await wren.close()
})

test('a panic of Rust is an error, and the process lives', async () => {
  assert.throws(() => guarded(() => native.local('test.panic', '{}')), (error) => {
    assert.ok(error instanceof errors.InternalError)
    assert.match(error.message, /a panic for a test/)
    return true
  })
  const wren = new Ghostwren({ store: ':memory:' })
  await assert.rejects(Ghostwren._session(wren).call('test.panic', {}), (error) => {
    assert.ok(error instanceof errors.InternalError)
    assert.equal(error.code, 'binding.panic')
    assert.match(error.message, /a panic for a test/)
    return true
  })
  assert.ok((await wren.user().openAccount('main')).id)
  await wren.close()
})
