import { guarded } from '../errors'
import { encode } from '../json'
import { native } from '../load'
import { list, shape, time } from '../shape'

/** A value or a text that a newer core may give. */
export type Open<T extends string> = T | (string & {})

/** A page of a longer list. `next` is the `after` of the next call; `null` at the end. */
export interface Page<T> {
  items: T[]
  next: string | null
}

/** @internal */
export const page = (read: (data: any) => any) => shape({ items: list(read) })

const local = (name: string, values: Record<string, unknown>) =>
  JSON.parse(guarded(() => native.local(name, encode(values))))

/** -1, 0 or 1: compares ids of tweets or users as the numbers they are. */
export function compareIds(a: string, b: string): -1 | 0 | 1 {
  return local('records.compare_ids', { a, b })
}

/** Whether the text is an id as Twitter gives them: 1 to 19 digits without a leading zero. */
export function isValidId(text: string): boolean {
  return local('records.is_valid_id', { text })
}

/** When a tweet was made, out of its id; `null` for the ids before November 2010. */
export function timeOfId(text: string): Date | null {
  const found = local('records.time_of_id', { text })
  return found === null ? null : time(found)
}

/** @internal A record whose fields are as they are. */
export const plain = shape()

/** @internal An event, its data by the reader of its name. */
export const event = (readers: Record<string, (data: any) => any>) => (raw: { event: string; data: any }): any => ({
  event: raw.event,
  data: (readers[raw.event] ?? ((data: any) => data))(raw.data),
})
