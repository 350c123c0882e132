// The package as it is published.

import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

import * as esm from 'ghostwren'

import { DIST } from './common.mjs'

const cjs = createRequire(import.meta.url)('ghostwren')

test('both doors lead to the same objects', () => {
  assert.deepEqual(Object.keys(esm).sort(), Object.keys(cjs).sort())
  for (const [name, value] of Object.entries(cjs)) assert.equal(esm[name], value, name)
  // So an error of one is an error of the other.
  assert.throws(() => cjs.text.weightedLength(), esm.GhostwrenError)
})

test('the manifest names the package of each platform in its own version, and what is there', () => {
  const folder = join(DIST, '..')
  const { version, optionalDependencies, dependencies, scripts, exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  assert.equal(dependencies, undefined)
  assert.equal(scripts, undefined)
  assert.equal(Object.keys(optionalDependencies).length, 8)
  assert.ok(`ghostwren-linux-x64-gnu` in optionalDependencies)
  for (const wanted of Object.values(optionalDependencies)) assert.equal(wanted, version)
  for (const condition of Object.values(exports['.'])) for (const file of Object.values(condition)) assert.ok(existsSync(join(folder, file)), file)
  for (const file of ['LICENSE-MIT', 'LICENSE-APACHE', 'README.md']) assert.ok(existsSync(join(folder, file)), file)
})

test('what is private is in no type', () => {
  const workflow = readdirSync(join(DIST, 'workflow')).filter((name) => name.endsWith('.d.ts'))
  assert.ok(workflow.length > 1)
  const files = [...workflow.map((name) => join('workflow', name)), ...['session', 'style', 'tweets', 'store', 'errors'].map((name) => `${name}.d.ts`)]
  const types = files.map((name) => readFileSync(join(DIST, name), 'utf8')).join('\n')
  assert.doesNotMatch(types, /_native|_settings|_session\(|@internal/)
})
