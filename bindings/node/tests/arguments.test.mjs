// Every argument and option of every public call, given what it cannot be: the error names it, and none of JavaScript's own comes
// out. An option that nobody knows is an error too.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'

import {
  errors, Fingerprint, generate, Ghostwren, OpenAI, openai, records, SqliteStore, StoredSession, style, StyleProfile, Supabase,
  SupabaseStore, text, Twitter, TwitterApp, twitter,
} from 'ghostwren'

const NOWHERE = 'http://127.0.0.1:9'
const ID = '01890000-0000-7000-8000-000000000000'
// What no argument takes, and what some do.
const NEVER = [10n, Symbol('s'), NaN]
const SOMETIMES = [null, 5, -1, 1e40, 1.5, true, 'x', '', [], [1], [null], {}, { a: 1 }, () => 0, class {}, new Map(), Object.create(null)]

process.env.SUPABASE_URL = NOWHERE
process.env.SUPABASE_PUBLISHABLE_KEY = 'sb_publishable_x'
const app = new TwitterApp('id', { apiBase: NOWHERE })
const wren = new Ghostwren({ store: ':memory:', twitter: app })
const user = wren.user()
const account = await user.openAccount('main')
const profile = StyleProfile.fromTexts(['one more tweet', 'and another'])
const project = new Supabase({ url: NOWHERE, publishableKey: 'sb_publishable_x', secretKey: 'sb_secret_x', maxAttempts: 1 })
const ai = new OpenAI({ apiKey: 'x', baseUrl: NOWHERE, maxAttempts: 1 })
const x = new Twitter('token', { app, maxAttempts: 1 })
after(() => Promise.all([wren, project, ai, x].map((one) => one.close())))

const session = { accessToken: 'a', refreshToken: 'r', expiresAt: new Date(), user: { id: ID } }
const login = { url: NOWHERE, state: 's', verifier: 'v', redirectTo: NOWHERE }
const paged = 'limit after'
const which = 'search kinds lang since until label excluded withDeleted'
const drafting = 'count language limit format tone facts banned replyTo hashtags repair seed temperature'
const publishing = 'split madeWithAi paidPartnership replyTo quote replySettings media textLimit selfServe'
const importing = 'budgetMicros onLimit again'
const chatting = 'model format n maxOutputTokens temperature topP frequencyPenalty presencePenalty stop seed topLogprobs reasoningEffort cacheKey safetyIdentifier'
const timeline = 'sinceId untilId since until fromToken pageSize'
const projects = 'url publishableKey secretKey jwtSecret restUrl authUrl storageUrl timeout deadline maxAttempts'

/** Of each call: what it is called on, its arguments with a value that will do, and its options. */
const CALLS = [
  [user, 'openAccount', { label: 'main' }, ''],
  [user, 'account', { id: ID }, ''],
  [user, 'accounts', {}, ''],
  [user, 'session', {}, ''],
  [user, 'signOut', { scope: 'local' }, ''],
  [account, 'record', {}, ''],
  [account, 'importArchive', { path: '/no/such.zip' }, ''],
  [account, 'importTimeline', {}, importing],
  [account, 'importAll', { path: '/no/such.zip' }, importing],
  [account, 'reconcile', {}, 'budgetMicros onLimit again'],
  [account, 'imports', {}, ''],
  [account, 'previewImport', {}, 'budgetMicros onLimit again'],
  [account, 'previewReconcile', {}, ''],
  [account, 'tweets', {}, `${which} order ${paged}`],
  [account, 'allTweets', {}, `${which} order`],
  [account, 'countTweets', {}, which],
  [account, 'totals', {}, ''],
  [account, 'markTweets', { ids: ['1'] }, 'excluded addLabels removeLabels'],
  [account, 'excludeTweets', { ids: ['1'] }, ''],
  [account, 'analyzeStyle', {}, 'askModel again'],
  [account, 'styleProfile', {}, ''],
  [account, 'generate', { topic: 'tea' }, drafting],
  [account, 'generateStream', { topic: 'tea' }, drafting],
  [account, 'preview', { call: 'generate' }, `topic ${drafting}`],
  [account, 'drafts', {}, `state generation ${paged}`],
  [account, 'draft', { id: ID }, ''],
  [account, 'approve', { id: ID }, ''],
  [account, 'reject', { id: ID }, 'note'],
  [account, 'editDraft', { id: ID, text: 'x' }, ''],
  [account, 'connection', {}, ''],
  [account, 'disconnect', {}, ''],
  [account, 'publish', { drafts: [ID] }, publishing],
  [account, 'previewPublish', { drafts: [ID] }, publishing],
  [account, 'resumePublish', { outbox: ID }, ''],
  [account, 'resolvePublish', { outbox: ID, resolution: 'posted' }, 'tweetId'],
  [account, 'unpublish', { draft: ID }, ''],
  [account, 'outbox', {}, paged],
  [account, 'aiRuns', {}, paged],
  [account, 'spend', {}, ''],
  [account, 'auditLog', {}, paged],
  [account, 'export', {}, ''],
  [account, 'exportTo', { path: '/no/such/folder/a.ndjson' }, ''],
  [account, 'saveExport', {}, ''],
  [account, 'saveDrafts', {}, 'state'],
  [account, 'saveStyle', {}, ''],
  [account, 'savedFiles', {}, ''],
  [account, 'fileAddress', { name: 'a' }, 'lives'],
  [account, 'publishFile', { name: 'a' }, ''],
  [account, 'unpublishFile', { name: 'a' }, ''],
  [account, 'removeFile', { name: 'a' }, ''],
  [account, 'eraseTweets', { ids: ['1'] }, ''],
  [account.connect(), 'begin', {}, 'scopes'],
  [account.connect(), 'finish', { callback: `${NOWHERE}/?code=x`, binding: 'b' }, ''],
  [account.connect(), 'inBrowser', {}, 'scopes timeout'],
  [wren, 'user', { owner: 'ada' }, null],
  [wren, 'signIn', { session }, 'keep'],
  [wren, 'doctor', {}, 'user redirectTo provider', true, { redirectTo: NOWHERE }],
  [wren, 'audit', {}, ''],
  [ai, 'chat', { messages: 'hello' }, chatting],
  [ai, 'chatStream', { messages: 'hello' }, chatting],
  [ai, 'models', {}, ''],
  [ai, 'modelRecord', { id: 'gpt-4o' }, ''],
  [x, 'me', {}, ''],
  [x, 'user', { id: '7' }, ''],
  [x, 'userByName', { username: 'wren' }, ''],
  [x, 'users', { ids: ['7'] }, ''],
  [x, 'usersByNames', { usernames: ['wren'] }, ''],
  [x, 'tweets', { ids: ['7'] }, ''],
  [x, 'timelinePages', { userId: '7' }, `mentions ${timeline}`],
  [x, 'searchPages', { query: 'tea' }, timeline],
  [x, 'timeline', { userId: '7' }, `mentions ${timeline}`],
  [x, 'timelineLists', { userId: '7' }, `mentions ${timeline}`],
  [x, 'createTweet', { text: 'tea', fields: {} }, ''],
  [x, 'deleteTweet', { id: '7' }, ''],
  [x, 'upload', { path: '/no/such.png' }, 'mediaType category altText'],
  [x, 'altText', { mediaId: '7', text: 'x' }, ''],
  [project.auth, 'authorize', { redirectTo: NOWHERE }, 'provider scopes params'],
  [project.auth, 'finish', { login, callback: `${NOWHERE}/?code=x&state=s` }, ''],
  [project.auth, 'exchange', { code: 'x', verifier: 'v' }, ''],
  [project.auth, 'probe', { redirectTo: NOWHERE }, 'provider'],
  [project.auth, 'refresh', { refreshToken: 'r' }, ''],
  [project.auth, 'signUp', { email: 'w@example.org', password: 'secret' }, 'metadata'],
  [project.auth, 'signInWithPassword', { email: 'w@example.org', password: 'secret' }, ''],
  [project.auth, 'sendCode', { email: 'w@example.org' }, 'create'],
  [project.auth, 'sendRecovery', { email: 'w@example.org' }, 'redirectTo'],
  [project.auth, 'resend', { email: 'w@example.org', otp: 'signup' }, ''],
  [project.auth, 'verifyCode', { email: 'w@example.org', code: '1', otp: 'email' }, ''],
  [project.auth, 'settings', {}, ''],
  [project.auth, 'claims', { token: 't' }, ''],
  [project.auth, 'user', { token: 't' }, ''],
  [project.auth, 'updateUser', { token: 't' }, 'email password nonce metadata'],
  [project.auth, 'reauthenticate', { token: 't' }, ''],
  [project.auth, 'signOut', { token: 't', scope: 'local' }, ''],
  [project.auth, 'linkIdentity', { token: 't', redirectTo: NOWHERE }, 'provider scopes params'],
  [project.auth, 'unlinkIdentity', { token: 't', identity: ID }, ''],
  [project.auth.admin, 'user', { id: ID }, ''],
  [project.auth.admin, 'createUser', { email: 'w@example.org' }, 'password appMetadata'],
  [project.auth.admin, 'deleteUser', { id: ID }, ''],
  [project.auth.admin, 'factors', { id: ID }, ''],
  [project.auth.admin, 'signOut', { token: 't', scope: 'local' }, ''],
  [project.bulk('t'), 'add', { rows: [] }, ''],
  [{ bulk: async (...values) => project.bulk(...values).add([]) }, 'bulk', { table: 't' }, 'key columns values schema token secret ignoreDuplicates batchRows inFlight', false],
  [{ Ghostwren: Ghostwren.open }, 'Ghostwren', {}, 'store model twitter sealingKeys dailyModelBudgetMicros dailyTwitterBudgetMicros publishSettle lease', false, { store: ':memory:' }],
  [{ OpenAI: (options) => new OpenAI(options).models() }, 'OpenAI', {}, 'apiKey baseUrl model api dialect price maxN contextTokens organization project timeout idleTimeout deadline maxAttempts', false, { apiKey: 'x', baseUrl: NOWHERE, maxAttempts: 1 }],
  [{ Twitter: (...values) => new Twitter(...values).me() }, 'Twitter', { token: 't' }, 'userId app onLimit withContext timeout deadline maxAttempts', false, { app, maxAttempts: 1 }],
  [{ TwitterApp: (...values) => Ghostwren.open({ store: ':memory:', twitter: new TwitterApp(...values) }) }, 'TwitterApp', { clientId: 'id' }, 'clientSecret redirectUri apiBase authorizeBase ownedReads prices dialect', false],
  [{ Supabase: (options) => new Supabase(options).auth.settings() }, 'Supabase', {}, projects, false, { url: NOWHERE, publishableKey: 'sb_publishable_x', maxAttempts: 1 }],
  [{ SupabaseStore: (options) => Ghostwren.open({ store: new SupabaseStore(options) }) }, 'SupabaseStore', {}, projects, false, { url: NOWHERE, publishableKey: 'sb_publishable_x', maxAttempts: 1 }],
  [{ SqliteStore: (...values) => Ghostwren.open({ store: new SqliteStore(...values) }) }, 'SqliteStore', { path: ':memory:' }, 'busyTimeout', false],
  [{ StoredSession: (...values) => wren.signIn(null, { keep: new StoredSession(...values) }) }, 'StoredSession', { store: ':memory:' }, 'owner label sealingKeys', false],
  [Fingerprint, 'of', { texts: ['a'] }, null],
  [Fingerprint, 'fromJSON', { data: {} }, null],
  [StyleProfile, 'fromTexts', { texts: ['a'] }, null],
  [StyleProfile, 'fromTweets', { tweets: [] }, null],
  [StyleProfile, 'fromJSON', { data: {} }, null],
  [Fingerprint.of(['a']), 'distance', { other: Fingerprint.of(['a']) }, null],
  [style, 'gap', { profile, texts: ['a'] }, null],
  [generate, 'select', { profile, candidates: ['a'], n: 1 }, 'topic limit language banned sources maxHashtags existing', false],
  [generate, 'cleanCandidate', { text: 'x' }, null],
  [openai, 'modelInfo', { name: 'gpt-4o' }, null],
  [openai, 'strictSchema', { schema: {} }, null],
  [twitter, 'lint', { text: 'x' }, 'limit selfServe called', false],
  [twitter, 'writeCost', { text: 'x' }, null],
  [records, 'compareIds', { a: '1', b: '2' }, null],
  [records, 'isValidId', { text: '1' }, null],
  [records, 'timeOfId', { text: '1' }, null],
  ...['weightedLength', 'extract', 'extractUrls', 'replyTo', 'hasUrl', 'searchTerms', 'searchQuery', 'escapeControls', 'unescapeHtml'].map((name) => [text, name, { text: 'x' }, null]),
  [text, 'parse', { text: 'x', limit: 280 }, null],
  [text, 'statusId', { url: NOWHERE }, null],
]
/** What is a record itself: of it the field is named. */
const RECORDS = ['owner', 'session', 'login', 'messages', 'price', 'prices', 'fields', 'format']
/** What any value will do for: it is true or not. */
const TRUTH = ['secret', 'ignoreDuplicates']

async function comes(work) {
  try {
    const found = work()
    if (typeof found?.[Symbol.asyncIterator] === 'function') for await (const _ of found) break
    else await found
  } catch (error) {
    return error
  }
  return undefined
}

const shown = (value) => (typeof value === 'symbol' ? 'a symbol' : typeof value === 'bigint' ? `${value}n` : typeof value === 'object' && value !== null ? Object.prototype.toString.call(value) : String(value))

function names(error, name, value) {
  assert.ok(error instanceof errors.GhostwrenError, `${name}: ${shown(value)}: ${error?.stack ?? 'taken'}`)
  assert.notEqual(error.kind, 'internal', `${name}: ${shown(value)}: ${error.message}`)
  if (!(error instanceof errors.ArgumentTypeError)) return false
  assert.ok(error.message.includes(`\`${name}\``), `${name}: ${shown(value)}: ${error.message}`)
  return true
}

for (const [on, method, values, options, signalled = true, always = {}] of CALLS) {
  test(`what cannot be used is named: ${on.constructor === Object ? '' : `${on.constructor.name}.`}${method}`, async () => {
    const places = Object.keys(values)
    const call = (given, own = always) => on[method](...Object.values(given), ...(options === null ? [] : [own]))
    const tries = [
      ...places.map((name) => [name, (value) => call({ ...values, [name]: value })]),
      ...(options === null ? [] : options.split(' ').filter(Boolean)).map((name) => [name, (value) => call(values, { ...always, [name]: value })]),
    ]
    for (const [name, work] of tries) {
      if (TRUTH.includes(name)) continue
      for (const value of NEVER) {
        assert.ok(names(await comes(() => work(value)), name, value), `${name}: ${shown(value)}`)
      }
      for (const value of SOMETIMES) {
        const error = await comes(() => work(value))
        assert.ok(error?.code !== 'argument.unknown' || !error.message.includes(`\`${name}\``), `${name} is not known`)
        if (error !== undefined && !(RECORDS.includes(name) && typeof value === 'object')) names(error, name, value)
        assert.ok(error === undefined || error instanceof errors.GhostwrenError, `${name}: ${shown(value)}: ${error?.stack}`)
      }
    }
    if (options === null) return
    for (const value of [null, 5, 'x', 10n, true, []]) {
      assert.ok(names(await comes(() => call(values, value)), 'options', value), `options: ${shown(value)}`)
    }
    if (method === 'lint') return // Its others are the fields of X's request.
    const unknown = await comes(() => call(values, { ...always, singal: 1 }))
    assert.ok(names(unknown, 'singal', 1))
    const known = [...options.split(' ').filter(Boolean), ...(signalled ? ['signal'] : [])]
    assert.deepEqual(
      [unknown.code, unknown.remedy.match(/^Leave it out; there (?:is|are) (.*)\.$/)?.[1].split(', ').sort()],
      ['argument.unknown', known.sort()],
    )
    const blank = await comes(() => call(values, { ...always, singal: undefined }))
    assert.notEqual(blank?.code, 'argument.unknown', 'what is undefined is not there')
    if (signalled) assert.ok(names(await comes(() => call(values, { ...always, signal: {} })), 'signal', {}))
  })
}

test('every method of these classes is tried above', () => {
  const known = new Set(CALLS.map(([on, method]) => `${on.constructor.name}.${method}`))
  for (const on of [wren, user, account, account.connect(), ai, x, project.auth, project.auth.admin]) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(on)))) {
      if (typeof value !== 'function' || ['constructor', 'close', 'connect', 'erase'].includes(name)) continue
      assert.ok(known.has(`${on.constructor.name}.${name}`), `${on.constructor.name}.${name}`)
    }
  }
})

