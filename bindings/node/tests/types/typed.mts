// What TypeScript makes of the package; `@ts-expect-error` marks what it has to refuse.

import {
  Account, errors, Fingerprint, generate, Ghostwren, GhostwrenError, type Model, OpenAI, openai, records, SqliteStore, type Store,
  StoredSession, style, StyleProfile, Supabase, SupabaseStore, text, type Tweet, type TweetList, Twitter, TwitterApp, twitter,
} from 'ghostwren'

/** Whether two types are one. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function same<A, B>(_: Same<A, B>): void {}

const length = text.weightedLength('hello')
same<typeof length, number>(true)
const entities = text.extractUrls('https://example.org')
same<typeof entities, records.Entity[]>(true)
// @ts-expect-error a text is wanted
text.weightedLength(3)
// @ts-expect-error there is no such function
text.nothing('x')

const model: Model = {
  name: 'mine',
  capabilities: { contextTokens: 8_000 },
  price: { input: 1, cached: 1, output: 2 },
  async complete(request, { signal }) {
    signal.throwIfAborted()
    return request.messages.map((message) => message.content).slice(0, request.n)
  },
  async *stream(request) {
    yield request.purpose
    yield [0, 'more']
  },
}
// @ts-expect-error a model answers with texts
const wrong: Model = { complete: () => 7 }

const store: Store = { call: async (method, owner, args) => new SqliteStore(':memory:').call(method, owner, args) }

async function work(signal: AbortSignal): Promise<void> {
  await using wren = await Ghostwren.open({
    store: new URL('file:///tmp/a.db'),
    model: new OpenAI({ apiKey: 'x', timeout: 30_000 }),
    twitter: new TwitterApp('id', { redirectUri: 'https://example.org/callback' }),
    dailyModelBudgetMicros: 1_000_000,
  })
  new Ghostwren({ store, model })
  // @ts-expect-error a store is wanted
  new Ghostwren({ model })
  // @ts-expect-error there is no such setting
  new Ghostwren({ store, modle: model })
  const account = await wren.user('ada').openAccount()
  same<typeof account, Account>(true)

  for await (const event of account.importArchive('twitter.zip', { signal })) {
    switch (event.event) {
      case 'progress':
        same<typeof event.data, records.Progress>(true)
        same<typeof event.data.counts.read, number>(true)
        break
      case 'warning':
        same<typeof event.data, string>(true)
        break
      case 'finished':
        same<typeof event.data.run.startedAt, Date>(true)
        break
      // @ts-expect-error there is no such event
      case 'done':
    }
  }
  const report = await account.importTimeline({ budgetMicros: 100 })
  same<typeof report, records.ImportReport>(true)

  const page = await account.tweets({ search: 'tea', kinds: ['original'], since: new Date(), limit: 10 })
  same<typeof page, records.Page<Tweet>>(true)
  // @ts-expect-error there is no such kind
  await account.tweets({ kinds: ['toot'] })
  const tweets: TweetList = await account.allTweets({ order: 'oldest_first' })
  for (const tweet of tweets) same<typeof tweet.likes, number | null>(true)
  same<ReturnType<TweetList['at']>, Tweet | undefined>(true)
  // @ts-expect-error a view cannot be written to
  tweets.at(0)!.likes = 3

  const { profile, analysisFailed } = await account.analyzeStyle()
  same<typeof profile, StyleProfile>(true)
  same<typeof analysisFailed, GhostwrenError | null>(true)
  const { drafts } = await account.generate('tea', { count: 2, format: 'tweet', signal })
  for (const draft of drafts) await account.approve(draft.id)
  // @ts-expect-error there is no such option
  await account.generate('tea', { cuont: 2 })
  const published = await account.publish(drafts.map((draft) => draft.id), { madeWithAi: true, media: [{ path: 'a.png' }] })
  same<typeof published.tweets, records.PublishedTweet[]>(true)
  const grown = await account.generateStream('tea')
  same<typeof grown, records.GenerationReport>(true)

  const login = await account.connect().begin({ scopes: 'tweet.read' })
  same<typeof login.binding, string>(true)
  for await (const delta of new OpenAI().chatStream('hello')) if (delta.event === 'text') same<typeof delta.data.text, string>(true)
  const x = new Twitter('token', { app: new TwitterApp('id') })
  same<Awaited<ReturnType<typeof x.me>>, records.UserInfo>(true)
}

async function supabase(token: string, callback: URL): Promise<void> {
  await using wren = await Ghostwren.open({ store: new SupabaseStore({ url: 'https://x.supabase.co', publishableKey: 'sb_publishable_x' }) })
  const account: Account = await wren.user({ token }).openAccount()
  // @ts-expect-error a user is an owner or the user of a token
  wren.user({ name: 'me' })
  const login = await wren.auth.authorize('https://my.app/callback', { scopes: ['tweet.write'] })
  const { session, provider } = await wren.auth.finish(login, callback)
  same<typeof provider, records.ProviderTokens | null>(true)
  const me = await wren.signIn(session, { keep: new StoredSession('sessions.db') })
  same<Awaited<ReturnType<typeof me.session>>, records.AuthSession>(true)
  same<Awaited<ReturnType<typeof wren.doctor>>['findings'], records.DoctorFinding[]>(true)
  same<Awaited<ReturnType<typeof account.saveExport>>, records.StoredFile>(true)
  const rows = new Supabase().bulk('tweets', { columns: { id: 'id' }, token })
  for await (const page of new Twitter(token).timelineLists('1')) await rows.add(page)
  same<Awaited<ReturnType<typeof rows.finish>>, records.BulkReport>(true)
  // @ts-expect-error there is no such scope
  await me.signOut('everything')
}
void supabase

const selection = generate.select(StyleProfile.fromTexts(['a']), ['b'], 1, { topic: 'c' })
same<typeof selection, records.Selection>(true)
same<ReturnType<typeof Fingerprint.of>, style.Fingerprint>(true)
same<ReturnType<typeof openai.modelInfo>, records.ModelInfo>(true)
same<ReturnType<typeof twitter.lint>, records.Finding[]>(true)

try {
  await work(AbortSignal.timeout(1000))
} catch (error) {
  if (error instanceof errors.RateLimitedError) same<typeof error.retryAt, Date | null>(true)
  if (error instanceof GhostwrenError && error.kind === 'not_found') same<typeof error.remedy, string | null>(true)
}
