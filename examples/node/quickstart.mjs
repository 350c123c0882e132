// The whole job: import an archive, learn the style, draft tweets.
//
//     node examples/node/quickstart.mjs [path of your archive] [topic]
//
// In a checkout it wants the package beside it: `cargo xtask pack node` ends with the command for that.
//
// Without a key in `OPENAI_API_KEY` a model of six lines takes the place of GPT-4o, so that it runs at once; without an archive
// it takes the sample beside the Rust example.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Ghostwren, OpenAI } from 'ghostwren'

const SAMPLE = process.env.GHOSTWREN_SAMPLE ?? join(import.meta.dirname, '..', 'rust', 'sample-archive')
const [archive = SAMPLE, topic = 'why the build is slow again'] = process.argv.slice(2)

/** A stand-in for a model, which says what the topic is in a few ways. */
const parrot = {
  name: 'parrot',
  complete() {
    const ways = ['honestly: {}', 'ok so, {}', "{}. that's the tweet", 'things nobody tells you about this: {}']
    return JSON.stringify({ tweets: ways.map((way) => way.replace('{}', topic)) })
  },
}

const model = process.env.OPENAI_API_KEY ? new OpenAI() : parrot
const folder = await mkdtemp(join(tmpdir(), 'ghostwren-'))
const wren = await Ghostwren.open({ store: join(folder, 'ghostwren.db'), model })
try {
  const account = await wren.user().openAccount('main')

  for await (const event of account.importArchive(archive)) {
    if (event.event === 'progress') console.log(`${event.data.counts.inserted} tweets imported`)
  }

  const style = await account.analyzeStyle({ askModel: model instanceof OpenAI })
  console.log(style.profile.sufficiency.message)
  for (const habit of style.profile.summary().characteristicHabits.slice(0, 5)) {
    console.log(`  ${habit.label}: ${habit.value.toFixed(2)} (${habit.z > 0 ? 'more' : 'less'} than others)`)
  }

  const report = await account.generate(topic, { count: 3 })
  for (const draft of report.drafts) console.log(`- ${draft.text}  [${draft.weightedLength} of 280]`)
  for (const rejected of report.generation.rejected.slice(0, 3)) console.log(`x '${rejected.text}': ${rejected.reason}`)
} finally {
  await wren.close()
  await rm(folder, { recursive: true })
}
