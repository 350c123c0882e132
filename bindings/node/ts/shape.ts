// Records are plain objects: the core's JSON with names in camelCase, times as Date and durations in milliseconds.

import { inspect, type InspectOptions } from 'node:util'

import { camel } from './names'

/** Reads a value out of the core's JSON. */
export type Read = (value: any) => any

/** An object of the core: its fields by their readers, the others as they are. */
export function shape(readers: Record<string, Read> = {}, more?: (record: any, data: any) => void): Read {
  return (data) => {
    const record: Record<string, unknown> = {}
    for (const name of Object.keys(data)) {
      const value = data[name]
      const read = readers[name]
      record[camel(name)] = read === undefined || value === null ? value : read(value)
    }
    more?.(record, data)
    return record
  }
}

/** A list of them. */
export const list = (read: Read): Read => (values: unknown[]) => values.map(read)

/** RFC 3339 as a Date. */
export const time: Read = (text: string) => new Date(text)

/** Seconds and nanoseconds in milliseconds. */
export const duration: Read = ({ secs, nanos }: { secs: number; nanos: number }) => secs * 1000 + nanos / 1e6

/** All names in camelCase, at every depth: for objects whose names are the core's own. */
export const deep: Read = (value) => {
  if (Array.isArray(value)) return value.map(deep)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [camel(name), deep(item)]))
}

/** A value that follows from the others: there when it is read, not when the record is copied or written. */
export function derived(record: object, name: PropertyKey, value: unknown): void {
  Object.defineProperty(record, name, { value, enumerable: false })
}

/** How many items of a long list are shown. */
const FEW = 3

function beginnings(this: object, depth: number | null, options: InspectOptions): string {
  // Whoever asks for another number than what is set has it.
  const asked = options.maxArrayLength
  const maxArrayLength = asked === inspect.defaultOptions.maxArrayLength ? FEW : asked
  return inspect({ ...this }, { ...options, depth, maxArrayLength })
}

/** A record with something for each of thousands of tweets: it is shown with the beginnings of its lists. */
export function long(record: object): void {
  derived(record, inspect.custom, beginnings)
}
