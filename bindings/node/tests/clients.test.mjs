// The clients of the services by themselves, against the stand-ins.

import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { inspect } from 'node:util'

import { errors, OpenAI, openai, SqliteStore, Twitter, TwitterApp, twitter } from 'ghostwren'

import { sandbox, until } from './common.mjs'

let stand
beforeEach(async () => {
  stand = await sandbox()
  await stand.do('reset')
})
const client = (options) => new OpenAI({ baseUrl: stand.openai, apiKey: stand.key, model: 'gpt-4o', ...options })
const alive = setInterval(() => {}, 1000)
test.after(() => clearInterval(alive))

test('whole answers', async () => {
  const ai = client()
  const reply = await ai.chat('One line about wrens.', { n: 2, temperature: 0.5 })
  assert.equal(reply.answers.length, 2)
  assert.ok(reply.text !== '' && reply.text === reply.answers[0].text)
  assert.ok(reply.usage.outputTokens > 0 && reply.requestId && reply.attempts === 1)
  assert.ok(reply.latency > 0 && reply.costMicros !== null)
  assert.ok((await ai.models()).some((model) => model.id === 'gpt-4o'))
  assert.equal((await ai.modelRecord('gpt-4o')).id, 'gpt-4o')
  await assert.rejects(ai.chat('hello', { model: 'gpt-nothing' }), (error) => {
    assert.ok(error instanceof errors.NotFoundError)
    assert.deepEqual([error.status, error.service], [404, 'openai'])
    return true
  })
  const answer = await ai.chat(
    [
      { role: 'system', content: 'Answer in JSON.' },
      { role: 'user', content: 'hello' },
    ],
    // The names inside a schema are nobody's to change.
    { format: { name: 'answer', schema: { type: 'object', properties: { oneWord: { type: 'string' } } } } },
  )
  assert.deepEqual(Object.keys(JSON.parse(answer.text)), ['oneWord'])
  await assert.rejects(ai.chat('hello', { temprature: 1 }), { name: 'ArgumentTypeError', code: 'argument.unknown' })
  await ai.close()
})

test('retries are seen', async () => {
  await stand.do('openai_script', { endpoint: 'chat', faults: ['rate-limit-ms=10'] })
  const ai = client()
  assert.equal((await ai.chat('hello')).attempts, 2)
  await ai.close()
})

test('growing answers', async () => {
  const ai = client()
  let grown = ''
  let whole
  for await (const delta of ai.chatStream('One line about wrens.')) {
    if (delta.event === 'text') grown += delta.data.text
    if (delta.event === 'completed') whole = delta.data
  }
  assert.equal(grown, whole.answers[0][0])
  assert.ok(grown !== '' && whole.usage.outputTokens > 0 && whole.latency > 0)
  await stand.do('openai_script', { endpoint: 'chat', faults: ['truncated'] })
  await assert.rejects(async () => {
    for await (const _ of ai.chatStream('One line about wrens.'));
  }, errors.TruncatedError)
  await ai.close()
})

for (const [name, stop] of [
  ['leaving the loop', (_, deltas) => deltas.return()],
  ['an abort', (controller) => controller.abort()],
]) {
  test(`${name} stops the request, and the money with it`, async () => {
    const ai = client()
    await stand.do('openai_script', { endpoint: 'chat', faults: ['slow-bytes=20'] })
    const controller = new AbortController()
    const deltas = ai.chatStream('A long line about wrens.', { signal: controller.signal })
    for (;;) {
      const { value } = await deltas.next()
      if (value.event === 'text' && value.data.text !== '') break
    }
    await stop(controller, deltas)
    await until(async () => {
      const requests = await stand.do('requests')
      const [request] = requests.filter(({ path }) => path.endsWith('/chat/completions'))
      return request.dropped
    }, 'the request went on')
    await ai.close()
  })
}

test('no key of the environment goes to another server', async (t) => {
  const { OPENAI_API_KEY: key, OPENAI_BASE_URL: base } = process.env
  t.after(() => {
    for (const [name, value] of Object.entries({ OPENAI_API_KEY: key, OPENAI_BASE_URL: base })) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  })
  process.env.OPENAI_API_KEY = stand.key
  delete process.env.OPENAI_BASE_URL
  await assert.rejects(new OpenAI({ baseUrl: stand.openai }).chat('hello'), errors.AuthError)
  delete process.env.OPENAI_API_KEY
  await assert.rejects(new OpenAI().chat('hello'), { name: 'ConfigError', code: 'openai.no_key' })
})

test('no secret is shown, copied or written', async () => {
  const ai = client()
  const app = new TwitterApp('id', { clientSecret: 'a-secret' })
  const x = new Twitter('a-token', { app })
  for (const of of [ai, app, x, new SqliteStore(':memory:')]) {
    const deep = { depth: Infinity, showHidden: true, getters: true }
    for (const shown of [inspect(of), inspect(of, deep), JSON.stringify(of), String(of), inspect({ ...of }, deep), inspect(Object.getOwnPropertyDescriptors(of), deep)]) {
      for (const secret of [stand.key, 'a-secret', 'a-token']) assert.ok(!shown.includes(secret), shown)
    }
  }
  const wrong = client({ apiKey: 'sk-wrong-key-0123456789' })
  await assert.rejects(wrong.chat('hello'), (error) => {
    assert.ok(error instanceof errors.AuthError)
    assert.ok(!inspect(error, { depth: Infinity, showHidden: true }).includes('sk-wrong-key-0123456789'))
    return true
  })
})

test('the X API', async () => {
  const scopes = ['tweet.read', 'users.read', 'tweet.write', 'offline.access']
  const { access } = await stand.do('issue_tokens', { scopes })
  const app = new TwitterApp(stand.addresses.client_id, { apiBase: stand.x })
  const x = new Twitter(access, { app })
  const me = await x.me()
  assert.equal(me.user.username, 'sandbox_wren')
  assert.deepEqual((await x.user(me.user.id)).user, me.user)
  assert.equal((await x.userByName('sandbox_wren')).user.id, me.user.id)
  assert.equal((await x.users([me.user.id, '1'])).users.length, 1)
  assert.equal((await x.usersByNames(['sandbox_wren'])).users.length, 1)
  const pages = []
  for await (const page of x.timelinePages(me.user.id, { pageSize: 50 })) pages.push(page)
  assert.ok(pages.length > 1 && pages.slice(0, -1).every((page) => page.tweets.length > 0))
  assert.ok(pages[0].tweets[0].createdAt instanceof Date)
  const tweets = await x.timeline(me.user.id)
  assert.equal(tweets.length, pages.reduce((sum, page) => sum + page.tweets.length, 0))
  assert.equal(tweets.at(0).id, pages[0].tweets[0].id)
  assert.equal((await x.tweets([tweets.at(0).id])).tweets.length, 1)
  const written = await x.createTweet('a tweet from Node', { madeWithAi: true })
  assert.equal(written.text, 'a tweet from Node')
  await x.deleteTweet(written.id)
  await stand.do('x_script', { endpoint: 'me', faults: ['usage-cap'] })
  await assert.rejects(x.me(), (error) => error instanceof errors.QuotaExceededError && error.service === 'twitter')
  await x.close()
})

test('what is known without a network', () => {
  assert.equal(openai.modelInfo('gpt-4o').contextTokens, 128_000)
  const strict = openai.strictSchema({ type: 'object', properties: { aB: { type: 'string' } } })
  assert.deepEqual([strict.additionalProperties, strict.required], [false, ['aB']])
  assert.deepEqual(twitter.lint('x'.repeat(300)).map((finding) => finding.code), ['lint.too_long'])
  assert.equal(twitter.prices().postWrite, twitter.writeCost('hello'))
})
