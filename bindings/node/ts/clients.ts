// The clients of the services, each usable alone: `OpenAI` and `Twitter`; and the settings of an app at X.

import { inspect } from 'node:util'

import { kindOf, wrongArgument } from './errors'
import { priceOf } from './host'
import { addressOf, allSnake, deepSnake, Fields, objectOf, only, seconds, signalOf, textOf } from './json'
import type { Message } from './model'
import {
  type ModelDelta, modelDelta, type ModelRecord, plain, type Price, type Reply, reply, type TweetPage, tweetPage,
  type UploadedMedia, uploadedMedia, type UserInfo, userInfo, type UserList, userList, type Written, written,
} from './records/internal'
import { type CallOptions, Events, Session } from './session'
import { list } from './shape'
import { pathOf } from './store'
import { listOf, type TweetList } from './tweets'

/** @internal Settings that hold secrets: no field, so that nothing shows or copies them. */
const hidden = new WeakMap<object, Record<string, unknown>>()

/** @internal The settings of an {@link OpenAI} or a {@link TwitterApp}. */
export function settingsOf(of: object): Record<string, unknown> {
  return hidden.get(of)!
}

/** The settings of an {@link OpenAI}. Times are in milliseconds. */
export interface OpenAIOptions {
  apiKey?: string
  baseUrl?: string | URL
  model?: string
  api?: 'chat' | 'responses'
  dialect?: 'auto' | 'openai' | 'compatible'
  price?: Price
  maxN?: number
  contextTokens?: number
  organization?: string
  project?: string
  timeout?: number
  idleTimeout?: number
  deadline?: number
  maxAttempts?: number
}

const OPENAI_OPTIONS = [
  'apiKey', 'baseUrl', 'model', 'api', 'dialect', 'price', 'maxN', 'contextTokens', 'organization', 'project', 'timeout',
  'idleTimeout', 'deadline', 'maxAttempts',
] as const satisfies readonly (keyof OpenAIOptions)[]

/** What a model is asked besides the messages. */
export interface ChatOptions extends CallOptions {
  model?: string
  /** JSON by a schema. */
  format?: { name: string; schema: Record<string, any> }
  n?: number
  maxOutputTokens?: number
  temperature?: number
  topP?: number
  frequencyPenalty?: number
  presencePenalty?: number
  stop?: readonly string[]
  seed?: number
  topLogprobs?: number
  reasoningEffort?: 'none' | 'minimal' | 'low' | 'medium' | 'high'
  cacheKey?: string
  safetyIdentifier?: string
}

const CHAT_OPTIONS = [
  'model', 'format', 'n', 'maxOutputTokens', 'temperature', 'topP', 'frequencyPenalty', 'presencePenalty', 'stop', 'seed',
  'topLogprobs', 'reasoningEffort', 'cacheKey', 'safetyIdentifier', 'signal',
] as const satisfies readonly (keyof ChatOptions)[]

function formatOf(format: NonNullable<ChatOptions['format']>): object {
  if (!('name' in objectOf('format', format) && 'schema' in format)) {
    throw wrongArgument('the argument `format` has to hold a `name` and a `schema`')
  }
  return format
}

function chatOf(messages: string | readonly Message[], options: ChatOptions): [Record<string, unknown>, AbortSignal | undefined] {
  const { signal, format, ...rest } = only(options, CHAT_OPTIONS)
  return [
    {
      ...allSnake(rest),
      messages: typeof messages === 'string' ? [{ role: 'user', content: messages }] : messages,
      format: format === undefined || format === null ? 'text' : { json_schema: formatOf(format) },
    },
    signal,
  ]
}

/**
 * A client of OpenAI, or of any server that speaks its protocol; also what `Ghostwren.open({ model })` takes.
 *
 * Without `apiKey` and `baseUrl` it is set up by the environment (`OPENAI_API_KEY`, `OPENAI_BASE_URL`, `GHOSTWREN_MODEL`). A key
 * of the environment is never sent to another server than the environment names.
 */
export class OpenAI {
  readonly #session: Session
  readonly #shown: string

  constructor(options: OpenAIOptions = {}) {
    const { apiKey, timeout, idleTimeout, deadline, price, ...rest } = only(options, OPENAI_OPTIONS)
    const settings = new Fields({
      ...allSnake(rest),
      key: apiKey === undefined || apiKey === null ? undefined : textOf('apiKey', apiKey),
      price: price === undefined || price === null ? undefined : priceOf(objectOf('price', price)),
      timeout_seconds: seconds(timeout, 'timeout'),
      idle_timeout_seconds: seconds(idleTimeout, 'idleTimeout'),
      deadline_seconds: seconds(deadline, 'deadline'),
    })
    hidden.set(this, settings)
    this.#session = new Session('openai', settings)
    this.#shown = `OpenAI ${inspect({ baseUrl: addressOf(options.baseUrl), model: options.model })}`
  }

  /** Asks for whole answers. */
  async chat(messages: string | readonly Message[], options: ChatOptions = {}): Promise<Reply> {
    const [request, signal] = chatOf(messages, options)
    return reply(await this.#session.call('openai.chat', request, signal))
  }

  /**
   * Asks for growing answers. What stops reading stops the request; a stream that breaks off is a `TruncatedError`.
   */
  chatStream(messages: string | readonly Message[], options: ChatOptions = {}): Events<ModelDelta> {
    const [request, signal] = chatOf(messages, options)
    return new Events(this.#session.stream('openai.chat', request), modelDelta, signal)
  }

  /** The models that the server has for this key. */
  async models(options: CallOptions = {}): Promise<ModelRecord[]> {
    return list(plain)(await this.#session.call('openai.models', {}, signalOf(options)))
  }

  /** One model of the server. */
  async modelRecord(id: string, options: CallOptions = {}): Promise<ModelRecord> {
    return plain(await this.#session.call('openai.model_record', { id }, signalOf(options)))
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await this.#session.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** @internal */
  [inspect.custom](): string {
    return this.#shown
  }
}

/** The settings of a {@link TwitterApp}. */
export interface TwitterAppOptions {
  clientSecret?: string
  redirectUri?: string
  apiBase?: string | URL
  authorizeBase?: string | URL
  ownedReads?: boolean
  prices?: Record<string, number>
  dialect?: 'auto' | 'tweet' | 'post'
}

const APP_OPTIONS = [
  'clientSecret', 'redirectUri', 'apiBase', 'authorizeBase', 'ownedReads', 'prices', 'dialect',
] as const satisfies readonly (keyof TwitterAppOptions)[]

/**
 * Your app at X: what `Ghostwren.open({ twitter })` takes. Without `clientId` it is the one of the environment
 * (`TWITTER_CLIENT_ID`, `TWITTER_CLIENT_SECRET`, `TWITTER_REDIRECT_URI`).
 */
export class TwitterApp {
  readonly clientId: string | undefined

  constructor(clientId?: string, options: TwitterAppOptions = {}) {
    this.clientId = clientId
    const { prices, ...rest } = only(options, APP_OPTIONS)
    hidden.set(this, new Fields({ ...allSnake(rest), client_id: clientId, prices: prices && deepSnake(prices) }))
  }
}

/** The settings of a {@link Twitter}. Times are in milliseconds. */
export interface TwitterOptions {
  userId?: string
  app?: TwitterApp
  onLimit?: 'wait' | 'fail' | 'yield'
  withContext?: boolean
  timeout?: number
  deadline?: number
  maxAttempts?: number
}

const TWITTER_OPTIONS = [
  'userId', 'app', 'onLimit', 'withContext', 'timeout', 'deadline', 'maxAttempts',
] as const satisfies readonly (keyof TwitterOptions)[]

/** Which tweets of a timeline or a search. */
export interface TimelineOptions extends CallOptions {
  sinceId?: string
  untilId?: string
  since?: Date | string
  until?: Date | string
  /** Goes on from an earlier page. */
  fromToken?: string
  pageSize?: number
}

const SEARCH_OPTIONS = [
  'sinceId', 'untilId', 'since', 'until', 'fromToken', 'pageSize', 'signal',
] as const satisfies readonly (keyof TimelineOptions)[]
const TIMELINE_OPTIONS = ['mentions', ...SEARCH_OPTIONS] as const

/**
 * A client of the X API whose access token the application keeps.
 */
export class Twitter {
  readonly #session: Session

  constructor(token: string, options: TwitterOptions = {}) {
    const { app, timeout, deadline, ...rest } = only(options, TWITTER_OPTIONS)
    if (app !== undefined && app !== null && !(app instanceof TwitterApp)) {
      throw wrongArgument(`the argument \`app\` has to be a TwitterApp, not ${kindOf(app)}`)
    }
    this.#session = new Session('twitter', {
      ...allSnake(rest),
      token,
      app: app === undefined || app === null ? {} : settingsOf(app),
      timeout_seconds: seconds(timeout, 'timeout'),
      deadline_seconds: seconds(deadline, 'deadline'),
    })
  }

  /** Who is logged in. */
  async me(options: CallOptions = {}): Promise<UserInfo> {
    return userInfo(await this.#session.call('twitter.me', {}, signalOf(options)))
  }

  /** One user, by id. */
  async user(id: string, options: CallOptions = {}): Promise<UserInfo> {
    return userInfo(await this.#session.call('twitter.user', { id }, signalOf(options)))
  }

  /** One user, by handle. */
  async userByName(username: string, options: CallOptions = {}): Promise<UserInfo> {
    return userInfo(await this.#session.call('twitter.user_by_name', { username }, signalOf(options)))
  }

  /** Users, by id; at most 100. */
  async users(ids: readonly string[], options: CallOptions = {}): Promise<UserList> {
    return userList(await this.#session.call('twitter.users', { ids }, signalOf(options)))
  }

  /** Users, by handle; at most 100. */
  async usersByNames(usernames: readonly string[], options: CallOptions = {}): Promise<UserList> {
    return userList(await this.#session.call('twitter.users_by_names', { usernames }, signalOf(options)))
  }

  /** Tweets, by id; at most 100. */
  async tweets(ids: readonly string[], options: CallOptions = {}): Promise<TweetPage> {
    return tweetPage(await this.#session.call('twitter.tweets', { ids }, signalOf(options)))
  }

  /** A user's timeline, or their mentions, page after page. */
  timelinePages(userId: string, options: TimelineOptions & { mentions?: boolean } = {}): Events<TweetPage> {
    const { signal, ...rest } = only(options, TIMELINE_OPTIONS)
    return this.#pages({ ...allSnake(rest), user_id: userId }, signal)
  }

  /** What a search at X finds, page after page. */
  searchPages(query: string, options: TimelineOptions = {}): Events<TweetPage> {
    const { signal, ...rest } = only(options, SEARCH_OPTIONS)
    return this.#pages({ ...allSnake(rest), search: textOf('query', query) }, signal)
  }

  #pages(request: Record<string, unknown>, signal: AbortSignal | undefined): Events<TweetPage> {
    return new Events(this.#session.stream('twitter.pages', request), (event) => tweetPage(event.data), signal)
  }

  /** All tweets of a timeline that X gives (the newest 3,200), whose records stay in Rust. */
  async timeline(userId: string, options: TimelineOptions & { mentions?: boolean } = {}): Promise<TweetList> {
    const { signal, ...rest } = only(options, TIMELINE_OPTIONS)
    const message = await this.#session.reply('twitter.all_tweets', { ...allSnake(rest), user_id: userId }, signal)
    return listOf(message.tweets!)
  }

  /**
   * As `timeline`, page after page: each a list whose records stay in Rust, so that a long timeline takes no more memory than a page.
   */
  async *timelineLists(userId: string, options: TimelineOptions & { mentions?: boolean } = {}): AsyncGenerator<TweetList, void, void> {
    const { signal, ...rest } = only(options, TIMELINE_OPTIONS)
    const pages: number = await this.#session.call('twitter.open_pages', { ...allSnake(rest), user_id: userId }, signal)
    let open = true
    try {
      for (;;) {
        const message = await this.#session.reply('twitter.next_page', { pages }, signal)
        if (message.tweets === undefined || message.tweets === null) {
          open = false
          return
        }
        yield listOf(message.tweets)
      }
    } finally {
      if (open && !this.#session.closed) await this.#session.call('twitter.close_pages', { pages })
    }
  }

  /** Writes a tweet; never repeated by itself. `fields` are those of X's request. */
  async createTweet(text: string, fields: Record<string, any> = {}, options: CallOptions = {}): Promise<Written> {
    const tweet = new Fields({ ...allSnake(objectOf('fields', fields)), text })
    return written(await this.#session.call('twitter.create_tweet', { tweet }, signalOf(options)))
  }

  /** Deletes a tweet. */
  async deleteTweet(id: string, options: CallOptions = {}): Promise<void> {
    await this.#session.call('twitter.delete_tweet', { id }, signalOf(options))
  }

  /** Uploads a picture or film. */
  async upload(
    path: string | URL,
    options: CallOptions & { mediaType?: string; category?: string; altText?: string } = {},
  ): Promise<UploadedMedia> {
    const { signal, ...rest } = only(options, ['mediaType', 'category', 'altText', 'signal'])
    return uploadedMedia(await this.#session.call('twitter.upload', { ...allSnake(rest), path: pathOf(path) }, signal))
  }

  /** Describes a picture for those who cannot see it. */
  async altText(mediaId: string, text: string, options: CallOptions = {}): Promise<void> {
    await this.#session.call('twitter.alt_text', { media_id: mediaId, text }, signalOf(options))
  }

  /** Closes the connections. */
  async close(): Promise<void> {
    await this.#session.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
