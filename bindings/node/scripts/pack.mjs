// Packs what is published: the package `ghostwren` without an addon, and one package with the addon of each platform, of which
// npm installs the one that fits (`os`, `cpu`, `libc`).
//
//     node scripts/pack.mjs OUT [PLATFORM=ADDON…]
//
// `dist` has to be built. The names of the tarballs are printed.

import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Every platform by Node's names, with Rust's for it. `release-node.yml` builds these. */
export const PLATFORMS = {
  'linux-x64-gnu': 'x86_64-unknown-linux-gnu',
  'linux-arm64-gnu': 'aarch64-unknown-linux-gnu',
  'linux-x64-musl': 'x86_64-unknown-linux-musl',
  'linux-arm64-musl': 'aarch64-unknown-linux-musl',
  'darwin-x64': 'x86_64-apple-darwin',
  'darwin-arm64': 'aarch64-apple-darwin',
  'win32-x64-msvc': 'x86_64-pc-windows-msvc',
  'win32-arm64-msvc': 'aarch64-pc-windows-msvc',
}

const package_ = fileURLToPath(new URL('..', import.meta.url))
const root = join(package_, '..', '..')
const { devDependencies, scripts, ...manifest } = JSON.parse(readFileSync(join(package_, 'package.json'), 'utf8'))
const { name, version, license, repository, engines } = manifest

const [out, ...addons] = process.argv.slice(2)
mkdirSync(out, { recursive: true })

function pack(folder, json, fill) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(json, null, 2)}\n`)
  for (const file of ['LICENSE-APACHE', 'LICENSE-MIT']) copyFileSync(join(root, file), join(folder, file))
  fill(folder)
  const options = ['pack', '--json', '--ignore-scripts', '--pack-destination', resolve(out)]
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const text = execFileSync(npm, options, { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' })
  const said = JSON.parse(text)
  // A list, or since npm 12 an object by the names of packages.
  const [{ filename }] = Array.isArray(said) ? said : Object.values(said)
  console.log(join(resolve(out), filename))
}

const optionalDependencies = Object.fromEntries(Object.keys(PLATFORMS).map((platform) => [`${name}-${platform}`, version]))
pack(join(out, 'main'), { ...manifest, optionalDependencies }, (folder) => {
  cpSync(join(package_, 'dist'), join(folder, 'dist'), { recursive: true })
  copyFileSync(join(package_, 'README.md'), join(folder, 'README.md'))
})

for (const [platform, addon] of addons.map((given) => given.split(/=(.*)/s))) {
  if (!(platform in PLATFORMS)) throw new Error(`there is no platform ${platform}`)
  const [os, cpu, abi] = platform.split('-')
  const libc = os === 'linux' ? { libc: [abi === 'gnu' ? 'glibc' : 'musl'] } : {}
  const main = `${name}.${platform}.node`
  const description = `The native half of the package ${name} for ${platform}`
  const json = { name: `${name}-${platform}`, version, description, license, repository, engines, os: [os], cpu: [cpu], ...libc, main, files: [main] }
  pack(join(out, platform), json, (folder) => copyFileSync(addon, join(folder, main)))
}
