// What the package may cost: to load, to download, to read many tweets with.

import assert from 'node:assert/strict'
import { statSync } from 'node:fs'
import { test } from 'node:test'

import { TweetList } from 'ghostwren'

import { node, SHIPPED } from './common.mjs'

/** The best of several: what is measured is the package, not what else the machine does. */
async function best(times, work) {
  let found = Infinity
  for (let n = 0; n < times; n++) found = Math.min(found, await work())
  return found
}

function timed(work) {
  globalThis.gc?.()
  const began = performance.now()
  work()
  return performance.now() - began
}

export const LOAD = `
  const began = performance.now()
  require('ghostwren')
  console.log(performance.now() - began)
`

const load = async () => Number((await node(['-e', LOAD], { cwd: import.meta.dirname })).stdout)

// Written once: 100,000 objects that are garbage when the views are made have V8 collect them in the middle of what is measured.
const text = (count) =>
  JSON.stringify(
    Array.from({ length: count }, (_, n) => ({
      id: String(10n ** 18n + BigInt(n)),
      full_text: `a tweet of the usual length, number ${n}, with nothing to say about the täxt or 🐦s that it is made of`,
      created_at: '2022-03-01T12:00:00.250Z',
      lang: 'en',
      kind: 'original',
      source: 'archive',
      counts: { likes: n % 1000 },
    })),
  )

test('loading it loads nothing that it does not need', async () => {
  const { stdout } = await node(
    ['-e', "require('ghostwren'); console.log(Object.keys(require.cache).filter((name) => !name.includes('ghostwren')).length)"],
    { cwd: import.meta.dirname },
  )
  assert.equal(stdout, '0\n')
})

if (SHIPPED) {
  test('require takes 40 ms', async () => {
    await load()
    const took = await best(9, load)
    console.log(`require ${took.toFixed(1)} ms`)
    assert.ok(took <= 40, `${took} ms`)
  })

  test('the package of a platform takes 6 MB', () => {
    for (const file of process.env.GHOSTWREN_PACKED.split('\n')) assert.ok(statSync(file).size <= 6 * 1024 * 1024, file)
  })

  test('100,000 tweets', async () => {
    const json = text(100_000)
    const views = await best(7, () => {
      const list = TweetList.fromJSON(json)
      return timed(() => list.toArray())
    })
    const iterated = await best(7, () => {
      const list = TweetList.fromJSON(json)
      return timed(() => [...list])
    })
    // Each time over columns that nobody has read before.
    const fields = await best(7, () => {
      const list = TweetList.fromJSON(json)
      let [characters, likes] = [0, 0]
      const took = timed(() => {
        for (const tweet of list) {
          characters += tweet.id.length + tweet.fullText.length
          likes += tweet.likes
        }
      })
      assert.ok(characters > 9_000_000 && likes === 49_950_000)
      return took
    })
    console.log(`views ${views.toFixed(1)} ms, by for…of ${iterated.toFixed(1)} ms, three fields ${fields.toFixed(1)} ms`)
    assert.ok(views <= 10 && iterated <= 10 && fields <= 60)
  })
}
