// Names: in snake_case in the core, in camelCase here.

const snakes = new Map<string, string>()
const camels = new Map<string, string>()

/** `replyTo` as `reply_to`. */
export function snake(name: string): string {
  let found = snakes.get(name)
  if (found === undefined) snakes.set(name, (found = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)))
  return found
}

/** `reply_to` as `replyTo`. */
export function camel(name: string): string {
  let found = camels.get(name)
  if (found === undefined) camels.set(name, (found = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())))
  return found
}
