/**
 * Models of your own: give one to `Ghostwren.open({ model })`.
 *
 * @module
 */

import type { Price, Usage } from './records/internal'

/** One message of a conversation. */
export interface Message {
  role: 'system' | 'user' | 'assistant'
  content: string
}

/** What a model is asked. */
export interface ModelRequest {
  purpose: string
  messages: Message[]
  /** How many answers are wanted. */
  n: number
  maxOutputTokens: number | null
  temperature: number | null
  seed: number | null
  reasoningEffort: string | null
  cacheKey: string | null
  /** The JSON schema that the answer must keep to, if there is one. */
  schema: Record<string, any> | null
}

/** What a model can do; careful figures where one is missing. */
export interface Capabilities {
  contextTokens?: number
  maxOutputTokens?: number
  jsonSchema?: boolean
  maxN?: number
  temperature?: boolean
}

/** Whole answers: a text, `request.n` texts, or as much as is known. */
export type ModelAnswer =
  | string
  | readonly string[]
  | {
      answers: readonly (string | { text: string; finish: string })[]
      usage?: Partial<Usage>
      model?: string
      requestId?: string
      costMicros?: number
    }

/** What belongs to one call of a model or a store. */
export interface CallContext {
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal
}

/**
 * A model of your own: any object with these members.
 *
 * What a method throws is the `cause` of the error that the caller sees; a `GhostwrenError` keeps its kind.
 */
export interface Model {
  /** Who serves it; goes into the log. `app` unless set. */
  readonly provider?: string
  /** Which model it is; goes into the log. The name of the class unless set. */
  readonly name?: string
  readonly capabilities?: Capabilities
  /** Millionths of a US dollar per million tokens. A budget needs it. */
  readonly price?: Price
  /** Answers. */
  complete(request: ModelRequest, context: CallContext): ModelAnswer | Promise<ModelAnswer>
  /** Gives texts, or pairs of the index of an answer and a text, so that drafts grow as they come. */
  stream?(
    request: ModelRequest,
    context: CallContext,
  ): AsyncIterable<string | readonly [number, string]> | Iterable<string | readonly [number, string]>
}
