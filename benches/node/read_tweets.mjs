// Every tweet of an account out of SQLite through the npm package: what the reading takes, and what taking it into views and fields
// takes on top. `read_tweets.mjs FILE`, with a file that `src/bin/read_tweets` filled, from a folder where the package is installed.
// Medians of nine, in milliseconds.

import { Ghostwren } from 'ghostwren'

const ROUNDS = 9
const times = { allTweets: [], views: [], 'id, text and likes': [] }

async function took(name, work) {
  const began = performance.now()
  const made = await work()
  times[name].push(performance.now() - began)
  return made
}

const wren = await Ghostwren.open({ store: process.argv[2] })
const account = await wren.user().openAccount('main')
for (let round = 0; round < ROUNDS; round++) {
  const tweets = await took('allTweets', () => account.allTweets())
  if (tweets.length !== 100_000) throw new Error(`${tweets.length} tweets`)
  await took('views', () => [...tweets])
  await took('id, text and likes', () => [...tweets].map(({ id, fullText, likes }) => [id, fullText, likes]))
}
await wren.close()
for (const [name, all] of Object.entries(times)) {
  const sorted = all.toSorted((a, b) => a - b)
  const shown = [sorted[ROUNDS >> 1], sorted[0], all[0]].map((value) => value.toFixed(1).padStart(7))
  console.log(`${name.padEnd(20)} ${shown[0]} ms, best ${shown[1]}, first ${shown[2]}`)
}
