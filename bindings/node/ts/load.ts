// Finds the native half: in the package of this platform, or beside this one where it was built from source.

import type * as Native from './native'

declare const require: (id: string) => any

const { platform, arch } = process

/** The names of the platform's package, of which npm installs one: which C library Linux has is npm's to know. */
export function names(): string[] {
  switch (platform) {
    case 'linux':
      return [`linux-${arch}-gnu`, `linux-${arch}-musl`]
    case 'win32':
      return [`win32-${arch}-msvc`]
    default:
      return [`${platform}-${arch}`]
  }
}

function load(): typeof Native {
  const failed: Error[] = []
  for (const name of names()) {
    for (const id of [`ghostwren-${name}`, `../ghostwren.${name}.node`]) {
      try {
        return require(id)
      } catch (error) {
        // What is not there is not worth a word beside what is there and does not load.
        if ((error as { code?: string }).code === 'MODULE_NOT_FOUND') failed.push(error as Error)
        else failed.unshift(error as Error)
      }
    }
  }
  const wanted = names().map((name) => `ghostwren-${name}`).join(' or ')
  const why = (failed[0] as { code?: string } | undefined)?.code === 'MODULE_NOT_FOUND' ? 'is not installed' : 'does not load'
  throw new Error(
    `ghostwren has no native part for Node ${process.version} on ${platform} ${arch}: the package ${wanted} ${why}. ` +
      'Install again without --omit=optional or --no-optional, on this platform (node_modules that were copied from another ' +
      'one do not work); on a platform without a package, build it from source, which needs Rust.',
    { cause: failed[0] },
  )
}

export const native: typeof Native = load()

const { version } = require('../package.json') as { version: string }
if (native.version() !== version) {
  throw new Error(
    `ghostwren ${version} found a native part of version ${native.version()}: install both in the same version ` +
      '(remove node_modules and install again)',
  )
}

export { version }
