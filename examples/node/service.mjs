// A service: one Ghostwren for the process, one owner for each request, drafts that grow sent as events.
//
//     node service.mjs
//     curl -H 'x-owner: ada' --data-binary @twitter.zip http://127.0.0.1:3000/import
//
// Put your own check of who is asking into `ownerOf`; here a header says it, which is for trying out only.

import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

import express from 'express'
import { Ghostwren, GhostwrenError, OpenAI } from 'ghostwren'

const STATUS = { not_found: 404, invalid_input: 422, conflict: 409, rate_limited: 429, over_budget: 402 }

const model = new OpenAI({ baseUrl: process.env.OPENAI_BASE_URL, apiKey: process.env.OPENAI_API_KEY })
const wren = await Ghostwren.open({ store: process.env.GHOSTWREN_DB ?? 'ghostwren.db', model })

const app = express()

app.use(async (request, response, next) => {
  const owner = ownerOf(request)
  if (!owner) return response.sendStatus(401)
  request.account = await wren.user(owner).openAccount('main')
  next()
})

function ownerOf(request) {
  return request.get('x-owner')
}

/** A client that goes away stops the work for it, and the request to the model with it. */
function signalOf(response) {
  const controller = new AbortController()
  if (response.destroyed) controller.abort()
  response.on('close', () => controller.abort())
  return controller.signal
}

/** The body is the archive as X gives it; how large it may be is for whatever stands before this service. */
app.post('/import', async (request, response) => {
  const folder = await mkdtemp(join(tmpdir(), 'archive-'))
  try {
    const archive = join(folder, 'twitter.zip')
    await pipeline(request, createWriteStream(archive))
    response.json(await request.account.importArchive(archive, { signal: signalOf(response) }))
  } finally {
    await rm(folder, { recursive: true })
  }
})

app.get('/tweets', async ({ account, query: { search, after } }, response) => {
  response.json(await account.tweets({ search, after, limit: 50 }))
})

app.post('/drafts', async ({ account, query: { topic } }, response) => {
  const events = account.generateStream(topic, { count: 2, signal: signalOf(response) })
  const send = (event) => response.write(`data: ${JSON.stringify(event)}\n\n`)
  // What goes wrong before the first event still has a status.
  const first = await events.next()
  response.type('text/event-stream')
  send(first.value)
  try {
    for await (const event of events) send(event)
  } catch (error) {
    if (!(error instanceof GhostwrenError)) throw error
    response.write(`event: failed\ndata: ${JSON.stringify(error)}\n\n`)
  }
  response.end()
})

app.use((error, _request, response, next) => {
  if (response.destroyed) return // The client has gone, and the work with it.
  if (response.headersSent || !(error instanceof GhostwrenError)) return next(error)
  response.status(STATUS[error.kind] ?? 500).json(error)
})

const server = app.listen(process.env.PORT ?? 3000, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`)
})
process.on('SIGTERM', () => server.close(() => wren.close()))
