// Tweets as views.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { inspect } from 'node:util'

import { generate, Ghostwren, StyleProfile, TweetList } from 'ghostwren'

import { folder, inner, SAMPLE, SHIPPED, START, writeArchive } from './common.mjs'

const { importReport } = inner('records/internal')

export function many(count) {
  const tweets = Array.from({ length: count }, (_, n) => ({
    id: String(10n ** 18n + BigInt(n)),
    full_text: `täxt ${n} 🐦`,
    created_at: '2022-03-01T12:00:00.250Z',
    lang: n % 10 === 0 ? null : 'en',
    kind: 'original',
    source: 'archive',
    counts: { likes: n, retweets: null },
    labels: n % 2 === 1 ? ['a', 'b'] : [],
    entities: { hashtags: ['wren'] },
    excluded: n % 3 === 0,
  }))
  return TweetList.fromJSON(JSON.stringify(tweets))
}

test('a list', () => {
  const tweets = many(10)
  assert.equal(tweets.length, 10)
  assert.equal(tweets.at(0).id, String(10n ** 18n))
  assert.equal(tweets.at(-1).id, String(10n ** 18n + 9n))
  assert.equal(tweets.at(10), undefined)
  assert.equal(tweets.at(-11), undefined)
  const numbers = [...Array(10).keys()]
  assert.deepEqual([...tweets].map((tweet) => tweet.likes), numbers)
  assert.deepEqual(tweets.map((tweet) => tweet.likes), numbers)
  assert.deepEqual(tweets.filter((tweet) => tweet.likes > 7).map((tweet) => tweet.likes), [8, 9])
  for (const [start, end] of [[2, 8], [-3], [0, -1], [5, 5], [8, 3], [20], [-100, 100], []]) {
    assert.deepEqual(tweets.slice(start, end).map((tweet) => tweet.likes), numbers.slice(start, end), `${start} ${end}`)
  }
  assert.deepEqual([...tweets.slice(2, 8).slice(1, 3).numbers('likes')], [3, 4])
  assert.ok(tweets.numbers('retweets').every(Number.isNaN))
  assert.throws(() => tweets.numbers('id'), { name: 'ArgumentTypeError' })
  assert.equal(inspect(tweets), 'TweetList of 10')
  assert.equal(JSON.parse(JSON.stringify(tweets.slice(3, 4)))[0].fullText, 'täxt 3 🐦')
})

test('a tweet is a view', () => {
  const tweet = many(2).at(1)
  assert.equal(tweet.fullText, 'täxt 1 🐦')
  assert.deepEqual(tweet.createdAt, new Date(Date.UTC(2022, 2, 1, 12, 0, 0, 250)))
  assert.deepEqual([tweet.likes, tweet.retweets, tweet.lang, tweet.deletedAt], [1, null, 'en', null])
  assert.deepEqual([tweet.labels, tweet.hashtags, tweet.urls], [['a', 'b'], ['wren'], []])
  assert.deepEqual([tweet.excluded, tweet.isNote, tweet.kind, tweet.source], [false, false, 'original', 'archive'])
  assert.equal(tweet.toJSON().counts.likes, 1)
  assert.ok(tweet.toJSON().createdAt instanceof Date)
  assert.throws(() => {
    tweet.likes = 3
  }, TypeError)
})

test('every field of every tweet is what the whole record has, over the blocks of columns', () => {
  const tweets = many(2500)
  const whole = tweets.toJSON()
  let index = 0
  for (const tweet of tweets) {
    const record = whole[index++]
    assert.deepEqual(
      [tweet.id, tweet.fullText, tweet.lang, tweet.likes, tweet.labels, tweet.excluded, tweet.createdAt],
      [record.id, record.fullText, record.lang, record.counts.likes, record.labels, record.excluded, record.createdAt],
    )
  }
  assert.equal(index, 2500)
})

test('what is shown has no control character, and half a character does no harm', () => {
  const [tweet] = TweetList.fromJSON(
    JSON.stringify([
      { id: '1', full_text: 'a\u001b]0;title\u0007 \u202egpj 🐦'.padEnd(61, '🐦'), created_at: '2022-03-01T12:00:00Z', kind: 'original', source: 'api' },
    ]),
  )
  assert.ok(!/[\u001b\u202e\u0007]/.test(inspect(tweet)), inspect(tweet))
})

test('a list outlives its store, and makes a profile', async (t) => {
  const wren = new Ghostwren({ store: join(folder(t), 'a.db') })
  const account = await wren.user().openAccount('main')
  await account.importArchive(SAMPLE)
  const page = await account.tweets({ limit: 3 })
  assert.equal(page.items.length, 3)
  const more = await account.tweets({ limit: 3, after: page.next })
  assert.equal(new Set([...page.items, ...more.items].map((tweet) => tweet.id)).size, 6)
  const tweets = await account.allTweets({ order: 'oldest_first' })
  const stored = (await account.analyzeStyle()).profile
  await wren.close()
  assert.ok(tweets.at(0).createdAt < tweets.at(-1).createdAt)
  const profile = StyleProfile.fromTweets(tweets)
  assert.equal(profile.corpusHash, stored.corpusHash)
  assert.ok(StyleProfile.fromTweets(tweets.slice(0, 50)).texts.length <= 50)
})

test('a style profile is written and read as JSON', async (t) => {
  const wren = new Ghostwren({ store: join(folder(t), 'a.db') })
  const account = await wren.user().openAccount('main')
  await account.importArchive(SAMPLE)
  const profile = (await account.analyzeStyle()).profile
  await wren.close()
  const read = StyleProfile.fromJSON(JSON.parse(JSON.stringify({ profile })).profile)
  assert.deepEqual([read.corpusHash, read.tweetIds, read.leftOut], [profile.corpusHash, profile.tweetIds, profile.leftOut])
  assert.ok(read.texts.length > 0 && read.fingerprint.equals(profile.fingerprint))
  const candidates = ['a wren sings in the hedge', 'BUY NOW!!!', 'the build is green again']
  assert.deepEqual(generate.select(read, candidates, 2), generate.select(profile, candidates, 2))
  const wrong = /`data` cannot be used: missing field `fingerprint`/
  assert.throws(() => StyleProfile.fromJSON({ texts: [] }), { code: 'argument.type', message: wrong })
  // A field is named as it stands in the JSON, and the argument is the one of the call.
  const { corpus_hash: _, ...less } = profile.toJSON()
  assert.throws(() => StyleProfile.fromJSON(less), { message: /missing field `corpus_hash`/ })
  for (const value of [Number.NaN, 1n]) {
    assert.throws(() => StyleProfile.fromJSON({ ...less, corpus_hash: value }), { code: 'argument.type', message: /`data` cannot be used/ })
  }
  const fingerprint = [1, 0, {}, [], [], [], []]
  assert.throws(() => StyleProfile.fromJSON({ ...profile.toJSON(), fingerprint }), { code: 'argument.type', message: /`data`/ })
})

test('of a style that stands on many tweets the beginning is shown, and the data are whole', async () => {
  const wren = new Ghostwren({ store: ':memory:' })
  const account = await wren.user().openAccount('main')
  await account.importArchive(SAMPLE)
  const report = await account.analyzeStyle()
  const { record } = report
  await wren.close()
  const ids = `tweetIds: \\[\\s+'${record.tweetIds.slice(0, 3).join("',\\s+'")}',\\s+\\.\\.\\. 229 more items\\s+\\]`
  for (const value of [report, record, { record }]) assert.match(inspect(value), new RegExp(ids))
  assert.ok(inspect(report).split('\n').length < 30, inspect(report))
  assert.match(inspect(report), /^StyleReport \{\n {2}profile: StyleProfile of 232 texts,\n {2}record: \{\n/)
  assert.match(inspect([[[record]]]), /\[Object\]/)
  assert.match(inspect(record, { colors: true }), /\u001b\[32m/)
  const gone = record.tweetIds
  assert.match(inspect(importReport({ reconcile: { gone, erased: {} } })), /gone: \[(?:\s+'\d+',){3}\s+\.\.\. 229 more items\s+\]/)
  // Whoever asks for all of it has it.
  assert.ok(inspect(report, { maxArrayLength: null }).includes(record.tweetIds[231]))
  for (const copy of [structuredClone(record), { ...record }, { ...JSON.parse(JSON.stringify(record)), createdAt: record.createdAt }]) {
    assert.deepStrictEqual(copy, record)
    assert.equal(copy.tweetIds.length, 232)
  }
})

// Links, people, tags and pictures of stored tweets are decoded when they are read.
test('what a store kept as JSON is what records hold', async (t) => {
  const wren = new Ghostwren({ store: join(folder(t), 'a.db') })
  const account = await wren.user().openAccount('main')
  await account.importArchive(SAMPLE)
  const stored = await account.allTweets()
  await wren.close()
  const core = JSON.stringify(stored).replace(/"(\w+)":/g, (key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
  const records = TweetList.fromJSON(core)
  for (const name of ['urls', 'mentions', 'hashtags', 'cashtags']) {
    const kept = [...stored].map((tweet) => tweet[name])
    assert.deepEqual(kept, [...records].map((tweet) => tweet[name]))
    if (name !== 'cashtags') assert.ok(kept.some((texts) => texts.length > 0), name)
  }
  const plain = JSON.parse(JSON.stringify(stored))
  assert.deepEqual(JSON.parse(JSON.stringify(records)), plain)
  assert.ok(plain.some((tweet) => tweet.media.length > 0))
})

// Each in its place, whatever way the store has to read so many: 100,000 in the package as it ships.
test('many tweets out of SQLite', async (t) => {
  const count = SHIPPED ? 100_000 : 12_000
  const here = folder(t)
  const wren = new Ghostwren({ store: join(here, 'a.db') })
  const account = await wren.user().openAccount('main')
  await account.importArchive(writeArchive(join(here, 'archive'), count))
  const oldest = await account.allTweets({ order: 'oldest_first' })
  const newest = await account.allTweets()
  await wren.close()
  assert.deepEqual([oldest.length, newest.length], [count, count])
  let number = 0
  for (const tweet of oldest) {
    if (
      tweet.id !== String(1_500_000_000_000_000_000n + BigInt(number) * 1000n) ||
      tweet.fullText !== `tweet number ${number} about the parser, dns and tea` ||
      tweet.likes !== number % 100 ||
      tweet.createdAt.getTime() !== START + number * 1000
    ) {
      assert.fail(`${number}: ${inspect(tweet)}`)
    }
    number += 1
  }
  assert.ok(newest.numbers('likes').every((likes, at) => likes === (count - 1 - at) % 100))
  assert.deepEqual([newest.at(0).id, newest.at(-1).id], [oldest.at(-1).id, oldest.at(0).id])
})
