// Of the Swift package: what `bindings/parity.toml` names is there, public, and it is made for its repository. Of what only
// Android compiles: it parses, with the versions that Maven tests. Its last line is read by `cargo xtask test`.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const Parser = require('tree-sitter')
const Swift = require('tree-sitter-swift')
const Kotlin = require('@tree-sitter-grammars/tree-sitter-kotlin')

const root = process.argv[2]
const began = Date.now()
const parser = new Parser()
parser.setLanguage(Swift)
// The binding reads a text in pieces of this size; one call must see the whole of it.
const parse = (text) => parser.parse(text, undefined, { bufferSize: Buffer.byteLength(text) + 1024 })

let passed = 0
const failures = []
function check(what, problems) {
  if (problems.length === 0) {
    passed += 1
  } else {
    failures.push(what)
    console.log(`FAILED ${what}\n  ${problems.join('\n  ')}`)
  }
}

function files(folder, ending = '.swift') {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'build' ? [] : files(path, ending)
    return entry.name.endsWith(ending) ? [path] : []
  })
}

/** The places where a tree has an error node, or lacks one. */
function errors(node, found = []) {
  if (node.type === 'ERROR' || node.isMissing) {
    found.push(`line ${node.startPosition.row + 1}: ${node.text.slice(0, 60)}`)
  } else if (node.hasError) {
    for (const child of node.children) errors(child, found)
  }
  return found
}

/** Type → the texts of its public initializers and functions, by their names. */
const texts = new Map()

/** Type → its public members, of classes, structs, enums, protocols and extensions. */
const surface = new Map()
function collect(node) {
  const type = node.childForFieldName('name')?.text
  const body = node.childForFieldName('body')
  const isType = ['class_declaration', 'protocol_declaration'].includes(node.type)
  if (isType && type && body) {
    const members = surface.get(type) ?? new Set()
    surface.set(type, members)
    for (const member of body.namedChildren) {
      const isProtocol = node.type === 'protocol_declaration'
      const isPublic = isProtocol || /(^|\s)public(\s|$)/.test(member.text.split(/[{=]/)[0])
      const name = member.childForFieldName('name')?.text
      if (isPublic && name) members.add(name)
      const called = member.type === 'init_declaration' ? 'init' : name
      if (isPublic && called) texts.set(`${type}.${called}`, `${texts.get(`${type}.${called}`) ?? ''}\n${member.text.split('{')[0]}`)
      collect(member)
    }
    return
  }
  for (const child of node.namedChildren) collect(child)
}

// A parser that finds no error in anything would prove nothing.
check('the parser sees an error', errors(parse('public func (').rootNode).length > 0 ? [] : ['it sees none'])

const all = files(join(root, 'bindings/mobile/swift/Sources/Ghostwren'))
check('the files are found', all.length > 20 ? [] : [`only ${all.length}`])
for (const path of all) {
  const tree = parse(readFileSync(path, 'utf8'))
  check(`parses: ${relative(root, path)}`, errors(tree.rootNode))
  collect(tree.rootNode)
}

parser.setLanguage(Kotlin)
const android = join(root, 'bindings/mobile/kotlin/android')
const kotlin = ['.kt', '.kts'].flatMap((ending) => files(android, ending))
check('the files of Android are found', kotlin.length > 2 ? [] : [`only ${kotlin.length}`])
for (const path of kotlin) {
  check(`parses: ${relative(root, path)}`, errors(parse(readFileSync(path, 'utf8')).rootNode))
}

const sections = {}
let section = ''
for (const line of readFileSync(join(root, 'bindings/parity.toml'), 'utf8').split('\n')) {
  const head = /^\[(.+)\]$/.exec(line)
  const entry = /^"(.+)" = "(.+)"$/.exec(line)
  if (head) section = head[1]
  else if (entry) (sections[section] ??= new Map()).set(entry[1], entry[2])
}
const bound = new Set(sections.bound.values())
const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())
// Classes of Python's modules are types of the one module of Swift; its functions are members of a type of that name.
const swiftName = (path) => {
  const parts = camel(path).split('.')
  return parts.length > 1 && /^[a-z]/.test(parts[0]) && /^[A-Z]/.test(parts[1]) ? parts.slice(1) : parts
}
const missing = []
for (const whole of bound) {
  // `Class(option)` and `call(option)` name an option.
  const asked = sections.swift.get(whole) ?? whole
  if (asked.startsWith('absent: ')) continue
  const [, path, option] = /^(.*)\((\w+)\)$/.exec(asked) ?? [undefined, whole]
  const [module, ...rest] = path.split('.')
  // `"text.*" = "TweetText.*"` speaks of all functions of a module.
  const all = sections.swift.get(`${module}.*`)?.replace('*', camel(rest.join('.')))
  const named = sections.swift.get(path) ?? all
  if (named?.startsWith('absent: ')) continue
  let [type, member] = named ? named.split('.') : swiftName(path)
  if (/^[a-z]/.test(type)) type = type[0].toUpperCase() + type.slice(1)
  if (!surface.has(type) || (member && !surface.get(type).has(member))) missing.push(`${path}: ${type}.${member}`)
  else if (option && !new RegExp(`\\b${camel(option)}:`).test(texts.get(`${type}.${member ?? 'init'}`) ?? '')) {
    missing.push(`${path}: ${type}.${member ?? 'init'}(${camel(option)})`)
  }
}
check('what is bound is there', missing)
check('no name of [swift] is stale', [...sections.swift.keys()].filter((path) => !path.endsWith('*') && !bound.has(path)))

// As `swift.yml` makes it for its repository.
const made = join(mkdtempSync(join(tmpdir(), 'ghostwren-')), 'package')
const [address, checksum] = ['https://example.org/1/GhostwrenFFI.xcframework.zip', '0123456789abcdef'.repeat(4)]
const make = join(root, 'bindings/mobile/swift/scripts/package.sh')
const packing = spawnSync(make, [address, checksum, made], { encoding: 'utf8' })
const manifest = packing.status === 0 ? readFileSync(join(made, 'Package.swift'), 'utf8') : packing.stderr
check('the package is made for its repository', manifest.includes(`("${address}", "${checksum}")`) ? [] : [manifest])
check('nothing else is in it', packing.status !== 0 || readdirSync(made).sort().join() === 'LICENSE-APACHE,LICENSE-MIT,Package.swift,Sources,Tests' ? [] : readdirSync(made))
check('a checksum is one', spawnSync(make, [address, 'no checksum', `${made}-2`]).status === 1 ? [] : ['anything is taken'])
rmSync(join(made, '..'), { recursive: true })

const version = /^version = "(.+)"$/m.exec(readFileSync(join(root, 'Cargo.toml'), 'utf8'))[1]
const pom = readFileSync(join(root, 'bindings/mobile/kotlin/pom.xml'), 'utf8')
check('one version', pom.includes(`<version>${version}</version>`) ? [] : [`the pom is not of ${version}`])

const guide = readFileSync(join(root, 'docs/mobile.md'), 'utf8')
const said = [...guide.matchAll(/(?:io\.github\.ghostwren:[\w-]+:|from: ")([^"]+)"/g)].map(([, found]) => found)
check('the guide names this version', said.length === 3 && said.every((found) => found === version) ? [] : [`${said}`])

// What Maven tests is what Gradle builds.
const gradle = readFileSync(join(root, 'bindings/mobile/kotlin/android/build.gradle.kts'), 'utf8')
const property = (name) => new RegExp(`<${name}\\.version>(.+)</`).exec(pom)?.[1]
const pairs = [
  ['version = ', version],
  ['"org.jetbrains.kotlin.plugin.serialization") version ', property('kotlin')],
  ['"org.jetbrains.kotlinx:kotlinx-coroutines-android:', property('coroutines')],
  ['"org.jetbrains.kotlinx:kotlinx-serialization-json:', property('serialization')],
  ['"net.java.dev.jna:jna:', property('jna')],
]
check('Gradle has the versions of Maven', pairs.filter(([name, wanted]) => {
  const [, found] = gradle.split(name)
  return !wanted || !found?.replace(/^"/, '').match(new RegExp(`^${wanted.replaceAll('.', '\\.')}["@]`))
}).map(([name, wanted]) => `${name}… is not ${wanted}`))

const seconds = ((Date.now() - began) / 1000).toFixed(2)
console.log(failures.length ? `${failures.length} failed, ${passed} passed in ${seconds}s` : `${passed} passed in ${seconds}s`)
process.exitCode = failures.length ? 1 : 0
