// Writes `ts/native.d.ts` from what `#[napi]` said while the addon was compiled; with `--check` it only compares.
//
//     node scripts/types.mjs FOLDER [--check]

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { generateTypeDef } from '@napi-rs/cli'

const [folder, check] = process.argv.slice(2)
const root = fileURLToPath(new URL('..', import.meta.url))
const file = `${root}ts/native.d.ts`
const header = '// The native half, as `cargo xtask gen` wrote it down: not for use outside of this package.\n\n'
const { dts } = await generateTypeDef({ typeDefDir: folder, noDtsHeader: true, constEnum: false, cwd: root })
const text = header + dts.trim() + '\n'
if (check === undefined) {
  writeFileSync(file, text)
} else if (readFileSync(file, 'utf8') !== text) {
  console.error('bindings/node/ts/native.d.ts is not what the addon has: run `cargo xtask gen`')
  process.exit(1)
}
