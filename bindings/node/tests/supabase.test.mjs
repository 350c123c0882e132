// The store on Supabase, its users, its Auth and its files: against the real servers that `cargo xtask test` starts, and the login
// with X against the stand-ins.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { inspect } from 'node:util'

import { errors, Ghostwren, StoredSession, Supabase, SupabaseStore, TweetList, Twitter, TwitterApp } from 'ghostwren'

import { folder, SAMPLE, sandbox } from './common.mjs'

const { env } = process
const url = env.GHOSTWREN_TEST_SUPABASE_URL
const publishableKey = env.GHOSTWREN_TEST_SUPABASE_PUBLISHABLE_KEY
const secretKey = env.GHOSTWREN_TEST_SUPABASE_SECRET_KEY
const jwtSecret = env.GHOSTWREN_TEST_SUPABASE_JWT_SECRET
const sealingKeys = `one:${Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef').toString('base64')}`
const real = { skip: url === undefined && 'needs the servers that `cargo xtask test node` starts' }

const open = (options = {}) =>
  Ghostwren.open({ store: new SupabaseStore({ url, publishableKey, secretKey, jwtSecret }), sealingKeys, ...options })

async function newUser(project) {
  const { session } = await project.auth.signUp(`${randomUUID()}@example.org`, 'correct horse battery', { metadata: { from: 'node' } })
  assert.ok(session)
  return session
}

const code = (wanted) => (error) => error instanceof errors.GhostwrenError && (assert.equal(error.code, wanted), true)

test('each user sees their own', real, async () => {
  const project = new Supabase({ url, publishableKey })
  const wren = await open()
  const [mine, theirs] = [await newUser(project), await newUser(project)]
  const me = await wren.signIn(mine)
  const account = await me.openAccount('main')
  const report = await account.importArchive(SAMPLE)
  assert.equal(report.end.kind, 'complete')
  assert.equal(await account.countTweets({ withDeleted: true }), report.counts.inserted)
  const [newest] = (await account.tweets({ limit: 1 })).items
  const found = await account.tweets({ search: newest.fullText.split(/\s/)[0], limit: 5 })
  assert.ok(found.items.some((tweet) => tweet.id === newest.id))

  const again = await wren.user({ token: mine.accessToken }).account(account.id)
  assert.equal((await again.record()).id, account.id)
  const other = wren.user({ token: theirs.accessToken })
  assert.deepEqual(await other.accounts(), [])
  await assert.rejects(other.account(account.id), errors.NotFoundError)
  await assert.rejects(wren.user().accounts(), code('identity.no_user'))
  await assert.rejects(wren.user({ token: 'hunter2' }).accounts(), code('supabase.not_a_token'))
  const [head, body, signature] = mine.accessToken.split('.')
  const forged = [head, body, [...signature].reverse().join('')].join('.')
  await assert.rejects(wren.user({ token: forged }).accounts(), errors.AuthError)
  for (const shown of [inspect(me, { depth: 9 }), inspect(mine), JSON.stringify(mine), inspect(other, { showHidden: true })]) {
    assert.ok(!shown.includes(mine.accessToken) && !shown.includes(mine.refreshToken) && !shown.includes(theirs.accessToken))
  }

  // Files
  const kept = await account.saveExport()
  assert.deepEqual(await account.saveExport(), kept)
  assert.deepEqual((await account.savedFiles()).map((file) => file.name), [kept.name])
  const address = await account.fileAddress(kept.name, { lives: 60_000 })
  const text = await (await fetch(address.url)).text()
  assert.ok(text.includes('"type":"end"') && !inspect(address).includes(address.url))
  const everybody = await account.publishFile(kept.name)
  assert.equal(await (await fetch(everybody)).text(), text)
  assert.equal(await account.unpublishFile(kept.name), true)
  assert.equal(await account.unpublishFile(kept.name), false)
  await account.analyzeStyle({ askModel: false })
  assert.match((await account.saveStyle()).name, /\.json$/)
  assert.match((await account.saveDrafts({ state: 'approved' })).name, /\.ndjson$/)
  assert.equal(await account.removeFile(kept.name), true)

  // Whoever runs the server
  const said = await wren.doctor({ user: me })
  assert.ok(said.checked.includes('policies') && said.schemaVersion > 0 && said.text.includes(url))
  assert.equal(said.isWell, said.findings.length === 0)
  const audit = await wren.audit()
  assert.ok(audit.at instanceof Date && audit.text.includes('credentials'))

  await account.erase()
  await me.signOut()
  await assert.rejects(account.record(), code('binding.not_signed_in'))
  await wren.close()
  await project.close()
})

test('a session that is kept', real, async (t) => {
  const path = folder(t)
  const keep = new StoredSession(join(path, 'sessions.db'), { sealingKeys })
  const project = new Supabase({ url, publishableKey })
  const session = await newUser(project)
  const first = await open()
  await assert.rejects(first.signIn(undefined, { keep }), code('supabase.no_session'))
  await (await first.signIn(session, { keep })).openAccount('kept')
  await first.close()
  const second = await open()
  const me = await second.signIn(null, { keep })
  assert.equal((await me.accounts()).length, 1)
  assert.equal((await me.session()).user.id, session.user.id)
  await me.signOut('global')
  await assert.rejects(second.signIn(null, { keep }), errors.NeedsLoginError)
  await second.close()
  for (const file of readdirSync(path)) assert.ok(!readFileSync(join(path, file)).includes(session.refreshToken), file)
  await project.close()
})

test('without the secret key', real, async () => {
  const wren = await Ghostwren.open({ store: new SupabaseStore({ url, publishableKey }) })
  await assert.rejects(wren.audit(), code('supabase.secret_key_needed'))
  await assert.rejects(wren.auth.admin.user(randomUUID()), code('supabase.secret_key_needed'))
  await wren.close()
  for (const [options, wanted] of [
    [{ url, publishableKey: secretKey }, 'supabase.key_not_publishable'],
    [{ url, publishableKey, secretKey: publishableKey }, 'supabase.key_not_secret'],
    [{ url }, 'argument.missing'],
  ]) {
    const store = new SupabaseStore(options)
    assert.ok(!inspect(store, { showHidden: true }).includes('sb_'))
    await assert.rejects(Ghostwren.open({ store }), (error) => code(wanted)(error) && !inspect(error).includes(secretKey))
  }
})

test('tweets for a table of an app', real, async () => {
  const { addresses, do: act } = await sandbox()
  const { access } = await act('issue_tokens', { scopes: ['tweet.read', 'users.read'] })
  const x = new Twitter(access, { app: new TwitterApp(addresses.client_id, { apiBase: addresses.x_url }) })
  const project = new Supabase({ url, publishableKey })
  const { accessToken: token } = await newUser(project)
  const { user } = await x.me()
  const bulk = project.bulk('test_bulk', {
    key: ['owner', 'id'], columns: { id: 'id', name: 'full_text', n: 'likes' }, values: { note: 'X' }, token,
  })
  let rows = 0
  for await (const page of x.timelineLists(user.id, { pageSize: 50 })) {
    assert.ok(page instanceof TweetList)
    rows += page.length
    await bulk.add(page)
  }
  await bulk.add([{ id: 'row', name: 'a row', n: 1, note: 'mine' }])
  assert.equal((await bulk.finish()).written, rows + 1)
  assert.ok(rows > 50)
  await assert.rejects(bulk.add([{ id: 'late' }]), errors.ConflictError)
  await assert.rejects(bulk.add('rows'), errors.ArgumentTypeError)
  const answer = await fetch(`${url}/rest/v1/test_bulk?select=id&note=eq.X`, {
    headers: { apikey: publishableKey, authorization: `Bearer ${token}` },
  })
  assert.equal((await answer.json()).length, rows)
  const refused = project.bulk('test_bulk', { key: ['owner', 'id'], token })
  await refused.add([{ id: '1', name: 'bad' }])
  await assert.rejects(refused.finish(), (error) => error.service === 'supabase')
  await assert.rejects(project.bulk('test_bulk', { columns: { id: 'nothing' }, token }).finish(), /nothing/)
  await project.close()
  await x.close()
})

test('a store that is not on Supabase has neither users nor files', async () => {
  const wren = await Ghostwren.open({ store: ':memory:' })
  const account = await wren.user().openAccount('main')
  await assert.rejects(account.saveExport(), code('store.no_files'))
  await assert.rejects(wren.signIn({ accessToken: 'a', refreshToken: 'b', expiresAt: new Date(), user: { id: randomUUID() } }), code('binding.not_supabase'))
  assert.equal((await wren.audit()).credentials, 0)
  await wren.close()
})

/** Follows a login as a browser does, to where it comes back. */
async function comeBack(address, to) {
  let at = address
  while (!at.startsWith(to)) at = (await fetch(at, { redirect: 'manual' })).headers.get('location')
  return at
}

test('a login with X', async () => {
  const { addresses, do: act } = await sandbox()
  await act('reset')
  await act('set_consent', { consent: 'allow' })
  const back = 'http://127.0.0.1:8787/callback'
  const store = new SupabaseStore({ url: addresses.supabase_url, publishableKey: addresses.supabase_publishable_key })
  const wren = await Ghostwren.open({ store })
  await wren.auth.probe(back)
  const login = await wren.auth.authorize(back, { scopes: ['tweet.write'] })
  const { session, provider } = await wren.auth.finish(login, await comeBack(login.url, back))
  assert.equal(session.user.identities.find((identity) => identity.provider === 'x').subject, addresses.user_id)
  const x = new Twitter(provider.accessToken, { app: new TwitterApp(addresses.client_id, { apiBase: addresses.x_url }) })
  assert.equal((await x.me()).user.username, 'sandbox_wren')
  for (const shown of [inspect(login), JSON.stringify(login), inspect(provider), inspect(session)]) {
    assert.ok(![login.verifier, provider.accessToken, session.accessToken].some((secret) => shown.includes(secret)))
  }
  const another = await wren.auth.authorize(back)
  await assert.rejects(wren.auth.finish(login, await comeBack(another.url, back)), code('login.unknown_state'))
  // Fresh tokens come by themselves: what is signed in with is worn out.
  const { accessToken, refreshToken, user } = session
  const me = await wren.signIn({ accessToken, refreshToken, user, expiresAt: new Date(0) })
  assert.notEqual((await me.session()).accessToken, accessToken)
  await me.signOut()
  await assert.rejects(me.session(), errors.NeedsLoginError)
  await wren.close()
  await x.close()
})

test('an admin', async () => {
  const { addresses } = await sandbox()
  const [email, password] = [`${randomUUID()}@example.org`, 'correct horse battery']
  const project = new Supabase({
    url: addresses.supabase_url, publishableKey: addresses.supabase_publishable_key, secretKey: addresses.supabase_secret_key,
  })
  const made = await project.auth.admin.createUser(email, { password, appMetadata: { plan: 'free' } })
  assert.deepEqual([made.email, made.appMetadata.plan], [email, 'free'])
  const { session } = await project.auth.signInWithPassword(email, password)
  assert.equal(session.user.id, made.id)
  assert.equal((await project.auth.claims(session.accessToken)).user, made.id)
  assert.equal((await project.auth.updateUser(session.accessToken, { metadata: { wren: true } })).userMetadata.wren, true)
  assert.notEqual((await project.auth.refresh(session.refreshToken)).refreshToken, session.refreshToken)
  await assert.rejects(project.auth.signInWithPassword(email, 'hunter2-hunter2'), errors.AuthError)
  assert.deepEqual(await project.auth.admin.factors(made.id), [])
  assert.equal(await project.auth.admin.deleteUser(made.id), true)
  assert.equal(await project.auth.admin.user(made.id), null)
  await project.close()
})
