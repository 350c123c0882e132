// The names in `bindings/parity.toml` are there: as something that runs, or as a type with that member.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

import * as ghostwren from 'ghostwren'

import { DIST, inner, ROOT } from './common.mjs'

const { camel } = inner('names')

const sections = new Map()
let section
for (const line of readFileSync(join(ROOT, 'bindings', 'parity.toml'), 'utf8').split('\n')) {
  if (/^\[.*\]$/.test(line)) sections.set(line.slice(1, -1), (section = new Map()))
  else if (section && line.startsWith('"')) {
    const [, key, value] = line.match(/^"(.*)" = "(.*)"$/)
    section.set(key, value)
  }
}
const own = sections.get('node') ?? new Map()

const declared = readdirSync(DIST, { recursive: true })
  .filter((file) => file.endsWith('.d.ts') && file !== 'native.d.ts')
  .map((file) => readFileSync(join(DIST, file), 'utf8'))
  .join('\n')

/** The body of a type that is declared, or what stands for one. */
function body(name) {
  const found = declared.match(new RegExp(`export (?:declare )?(?:class|interface|type) ${name}\\b[\\s\\S]*?\\n(?=export|/\\*\\*|declare|$)`))
  return found?.[0]
}

/** The parameters of what is declared last in these parentheses, and the fields of the types that they name. */
function options(of) {
  const parts = of.split('.')
  const name = parts.at(-1)
  const from = /^[A-Z]/.test(name) ? `${body(name) ?? ''}` : declared
  const start = /^[A-Z]/.test(name) ? 'constructor' : `function ${name}`
  const lists = [...from.matchAll(new RegExp(`${start}\\(([^;]*)\\)`, 'g'))].map((found) => found[1])
  const types = lists.flatMap((list) => [...list.matchAll(/\b[A-Z]\w+/g)].map((found) => body(found[0]) ?? ''))
  return [...lists, ...types].flatMap((text) => [...text.matchAll(/\b(\w+)\??:/g)].map((found) => found[1]))
}

function there(path) {
  const [, of, option] = path.match(/^(.*)\((\w+)\)$/) ?? []
  if (option) return there(of) && options(of).includes(option)
  const parts = path.split('.')
  // A module that holds types alone, or one class that the package has at its door.
  const names = /^[a-z]/.test(parts[0]) && !(parts[0] in ghostwren) ? parts.slice(1) : parts
  let found = ghostwren
  for (const [at, name] of names.entries()) {
    // A member of a class may be a getter, which is not to be asked without an object.
    const next = found?.prototype !== undefined && name in found.prototype ? true : found?.[name]
    if (next === undefined) {
      // A type alone, and a member of it.
      const [type, member, ...more] = names.slice(typeof found === 'function' ? at - 1 : at)
      const text = body(type)
      return text !== undefined && more.length === 0 && (member === undefined || new RegExp(`\\b${member}\\??[(:<]`).test(text))
    }
    found = next
  }
  return true
}

const names = new Set(sections.get('bound').values())
assert.ok(names.size > 100)
for (const name of names) {
  test(`${name} is there`, () => {
    const path = own.get(name) ?? name.split('.').map((part) => (/^[A-Z]/.test(part) ? part.replace(/\(.*/, camel) : camel(part))).join('.')
    assert.ok(there(path), path)
  })
}

test('what is not there is seen', () => {
  for (const path of ['openai.OpenAI(nothing)', 'text.parse(nothing)', 'text.nothing', 'Account.nothing', 'nothing.Nothing', 'records.Counts.nothing']) assert.equal(there(path), false, path)
})

test('no entry of this language is stale', () => {
  assert.deepEqual([...own.keys()].filter((name) => !names.has(name)), [])
})
