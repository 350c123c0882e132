// Builds `dist`: CommonJS by TypeScript, and the door for ESM, which gives the same objects: there is one copy of each class.

import { execFileSync } from 'node:child_process'
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
rmSync(`${root}dist`, { recursive: true, force: true })
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', root], { stdio: 'inherit' })
copyFileSync(`${root}ts/native.d.ts`, `${root}dist/native.d.ts`)

// The names by what TypeScript made of them: the addon need not be there.
const compiled = readFileSync(`${root}dist/index.js`, 'utf8')
const names = new Set(
  [...compiled.matchAll(/^exports\.(\w+) = (?!.*void 0)|^Object\.defineProperty\(exports, "(\w+)"/gm)]
    .map(([, assigned, defined]) => assigned ?? defined)
    .filter((name) => name !== '__esModule'),
)
const list = [...names].sort().join(',\n  ')
writeFileSync(`${root}dist/index.mjs`, `import ghostwren from './index.js'\n\nexport const {\n  ${list},\n} = ghostwren\n`)
writeFileSync(`${root}dist/index.d.mts`, "export * from './index.js'\n")
