// What an app without an SDK does: supabase-js upserts the same tweets, under the user's own token. `supabase_upsert` runs it
// in a folder where @supabase/supabase-js is installed; what it needs comes in UPSERT_* variables.
import { readFileSync } from 'node:fs'
import { createClient } from '@supabase/supabase-js'

const { UPSERT_URL, UPSERT_KEY, UPSERT_TOKEN, UPSERT_ACCOUNT, UPSERT_ROWS, UPSERT_PAGE, UPSERT_IN_FLIGHT } = process.env
const page = Number(UPSERT_PAGE)
const inFlight = Number(UPSERT_IN_FLIGHT)

// On Node 20 its realtime part wants a WebSocket class, which nothing here uses.
const client = createClient(UPSERT_URL, UPSERT_KEY, {
  accessToken: async () => UPSERT_TOKEN,
  realtime: { transport: class {} },
})
const tweets = () => client.schema('ghostwren').from('tweets')
const rows = readFileSync(UPSERT_ROWS, 'utf8').trimEnd().split('\n').map((line) => ({ account_id: UPSERT_ACCOUNT, ...JSON.parse(line) }))

async function write(from) {
  const { error } = await tweets().upsert(rows.slice(from, from + page), { onConflict: 'account_id,id' })
  if (error) throw new Error(JSON.stringify(error))
}

async function all() {
  let next = 0
  const worker = async () => {
    while (next < rows.length) {
      const from = next
      next += page
      await write(from)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, worker))
}

// The connection is open before the clock runs, as ours is.
const { error } = await tweets().select('id').limit(1)
if (error) throw new Error(JSON.stringify(error))
for (const pass of ['new', 'again', 'updated']) {
  if (pass === 'updated') for (const row of rows) row.likes += 1
  const wall = performance.now()
  const cpu = process.cpuUsage()
  await all()
  const { user, system } = process.cpuUsage(cpu)
  console.log(JSON.stringify({ pass, seconds: (performance.now() - wall) / 1e3, cpu: (user + system) / 1e6 }))
}
process.exit(0)
