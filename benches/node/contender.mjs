// Does one task of the comparison with other libraries through the npm package, as `src/bin/contender` does it in Rust: the task
// is the first argument, its input comes in environment variables. Prints one JSON line, `{"items", "seconds", "cpu", "check"}`;
// exits with 64 for a task it does not know.
//
// The contender `ours-node` of the harness is a script that runs it from a folder where the package is installed:
//
//     exec node /path/to/folder/contender.mjs "$@"

import { OpenAI, Supabase, Twitter, TwitterApp } from 'ghostwren'

const { env } = process
const chats = Number(env.CHATS ?? 10)
const messages = [
  { role: 'system', content: 'You are brief.' },
  { role: 'user', content: 'Summarise my tweets.' },
]

async function whole(openai) {
  const { text } = await openai.chat(messages)
  return [1, text.length]
}

async function streamed(openai) {
  let [items, length] = [0, 0]
  for await (const delta of openai.chatStream(messages)) {
    if (delta.event === 'text') {
      items += 1
      length += delta.data.text.length
    }
  }
  return [items, length]
}

async function chat(ask, atOnce) {
  const openai = new OpenAI({ model: 'gpt-4o' })
  const sums = []
  if (atOnce) sums.push(...(await Promise.all(Array.from({ length: chats }, () => ask(openai)))))
  else for (let n = 0; n < chats; n++) sums.push(await ask(openai))
  return { items: sums.reduce((sum, [items]) => sum + items, 0), check: sums.reduce((sum, [, length]) => sum + length, 0) }
}

const twitter = () => new Twitter(env.X_BEARER_TOKEN ?? 'bench', { app: new TwitterApp('bench', { apiBase: env.BASE_URL }) })
const likesOf = (tweets) => tweets.numbers('likes').reduce((sum, likes) => sum + (likes || 0), 0)

// The row that every contender sends: which column takes which field of a tweet.
const columns = {
  id: 'id', text: 'full_text', created_at: 'created_at', lang: 'lang', conversation_id: 'conversation_id',
  in_reply_to_user_id: 'in_reply_to_user_id', like_count: 'likes', retweet_count: 'retweets', reply_count: 'replies',
  quote_count: 'quotes', bookmark_count: 'bookmarks', impression_count: 'impressions', entities: 'entities',
  referenced_tweets: 'referenced_tweets',
}

const TASKS = {
  chat: () => chat(whole, false),
  chat_stream: () => chat(streamed, false),
  chat_fanout: () => chat(streamed, true),
  async import() {
    const x = twitter()
    const tweets = await x.timeline((await x.me()).user.id)
    return { items: tweets.length, check: likesOf(tweets) }
  },
  async import_upsert() {
    const [x, project] = [twitter(), new Supabase({ url: env.SUPABASE_URL, publishableKey: env.SUPABASE_KEY })]
    const author = (await x.me()).user.id
    const rows = project.bulk('tweets', { columns, values: { author_id: author }, batchRows: Number(env.BATCH ?? 500) })
    let [items, check] = [0, 0]
    for await (const page of x.timelineLists(author)) {
      await rows.add(page)
      items += page.length
      check += likesOf(page)
    }
    await rows.finish()
    return { items, check }
  },
}

const task = TASKS[process.argv[2]]
if (task === undefined) process.exit(64)
const [began, before] = [performance.now(), process.cpuUsage()]
const { items, check } = await task()
const seconds = (performance.now() - began) / 1000
const { user, system } = process.cpuUsage(before)
console.log(JSON.stringify({ items, seconds, cpu: (user + system) / 1e6, check }))
