/**
 * OpenAI: the client, and what is known of its models.
 *
 * @module
 */

import { guarded } from './errors'
import { encode } from './json'
import { native } from './load'
import { type ModelInfo, modelInfo as read } from './records/internal'

export { type ChatOptions, OpenAI, type OpenAIOptions } from './clients'

/** What is known of a model; cautious figures for an unknown one. */
export function modelInfo(name: string): ModelInfo {
  return read(JSON.parse(guarded(() => native.local('openai.model_info', encode({ name })))))
}

/** A JSON schema in the strict form that the service takes: every object closed, every property required. */
export function strictSchema(schema: Record<string, any>): Record<string, any> {
  return JSON.parse(guarded(() => native.local('openai.strict_schema', encode({ schema }))))
}
