// What the npm package costs, each figure beside a floor of the same run. To be run in a folder where it is installed:
//
//     node --expose-gc costs.mjs

import { execFileSync } from 'node:child_process'
import { access } from 'node:fs/promises'

import { Ghostwren, text, TweetList } from 'ghostwren'

const rows = []
const show = (what, floor, ours, unit) => rows.push({ what, floor: Number(floor.toPrecision(3)), ours: Number(ours.toPrecision(3)), unit })

function best(times, work) {
  let found = Infinity
  for (let n = 0; n < times; n++) {
    globalThis.gc?.()
    found = Math.min(found, work())
  }
  return found
}

function timed(work) {
  const began = performance.now()
  work()
  return performance.now() - began
}

async function each(times, work) {
  let found = Infinity
  for (let round = 0; round < 5; round++) {
    const began = performance.now()
    for (let n = 0; n < times; n++) await work()
    found = Math.min(found, performance.now() - began)
  }
  return (found / times) * 1000
}

// Loading: the same file system, a builtin of about the same weight.
const load = (name) =>
  best(15, () => Number(execFileSync(process.execPath, ['-e', `const t = performance.now(); require('${name}'); console.log(performance.now() - t)`]).toString()))
show('require', load('node:http'), load('ghostwren'), 'ms')

// A call that is made at once: the floor writes and reads the JSON that crosses.
const tweet = 'a tweet of the usual length, with https://example.org and nothing to say'
const calls = 20_000
const local = best(7, () => timed(() => { for (let n = 0; n < calls; n++) text.weightedLength(tweet) }))
const json = best(7, () => timed(() => { for (let n = 0; n < calls; n++) JSON.parse(JSON.stringify({ text: tweet })) }))
show('text.weightedLength', (json / calls) * 1000, (local / calls) * 1000, 'µs')

// A call that another thread answers: the floor is one of Node's own.
const wren = await Ghostwren.open({ store: ':memory:' })
const account = await wren.user().openAccount('main')
show('account.connection(), SQLite in memory', await each(500, () => access('/')), await each(500, () => account.connection()), 'µs')
const together = async (work) => {
  const began = performance.now()
  await Promise.all(Array.from({ length: 1000 }, work))
  return ((performance.now() - began) / 1000) * 1000
}
await together(() => account.connection())
show('the same, 1,000 at once', await together(() => access('/')), await together(() => account.connection()), 'µs')
await wren.close()

// 100,000 tweets: the floor is what JSON.parse makes of them.
const source = JSON.stringify(
  Array.from({ length: 100_000 }, (_, n) => ({
    id: String(10n ** 18n + BigInt(n)),
    full_text: `a tweet of the usual length, number ${n}, with nothing to say about the täxt or 🐦s that it is made of`,
    created_at: '2022-03-01T12:00:00.250Z',
    lang: 'en',
    kind: 'original',
    source: 'archive',
    counts: { likes: n % 1000 },
  })),
)
const parsed = best(5, () => timed(() => JSON.parse(source)))
const fresh = (work) => best(7, () => { const list = TweetList.fromJSON(source); return timed(() => work(list)) })
show('100,000 views (floor: JSON.parse)', parsed, fresh((list) => list.toArray()), 'ms')
let sum = 0
const read = (tweet) => { sum += tweet.id.length + tweet.fullText.length + tweet.likes }
show('… by for…of', parsed, fresh((list) => { for (const _ of list); }), 'ms')
show('… with id, text and likes read', parsed, fresh((list) => { for (const tweet of list) read(tweet) }), 'ms')
show('… one column of numbers', parsed, fresh((list) => { sum += list.numbers('likes')[7] }), 'ms')

console.table(rows)
if (sum === 0) throw new Error('nothing was read')
