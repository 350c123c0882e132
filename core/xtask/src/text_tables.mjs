// Writes the tables of core/src/text/ from public facts:
//
//   node core/xtask/src/text_tables.mjs <tld_lib.yml> core/src/text
//
// - tld_lib.yml is the list of top-level domains of twitter-text 3.1.0, which is what X looks for
//   (https://github.com/twitter/twitter-text/blob/master/conformance/tld_lib.yml).
// - The Unicode data is the one inside Node (process.versions.unicode), asked through the properties of ECMA-262: no
//   file has to be fetched. JavaScript can test membership in RGI_Emoji but not list it, so the sequences are searched:
//   every pair of emoji, and every longer shape that Unicode uses (couples, families, directions).
import { readFileSync, writeFileSync } from 'node:fs'

const [tldFile, folder] = process.argv.slice(2)
if (!tldFile || !folder) throw new Error('usage: node text_tables.mjs <tld_lib.yml> <folder>')

const ZWJ = '\u200d'
const VS16 = '\ufe0f'
const TONES = ['\u{1f3fb}', '\u{1f3fc}', '\u{1f3fd}', '\u{1f3fe}', '\u{1f3ff}']
const rgi = /^\p{RGI_Emoji}$/v
const hex = (n) => '0x' + n.toString(16)

// An inversion list: the code points where membership flips.
function inversion(test) {
  const list = []
  let inside = false
  for (let c = 0; c <= 0x110000; c++) {
    const now = c <= 0x10ffff && !(c >= 0xd800 && c <= 0xdfff) && test(String.fromCodePoint(c))
    if (now !== inside) list.push(c)
    inside = now
  }
  return list
}

function wrap(items, separator, indent, width = 116) {
  const lines = []
  let line = ''
  for (const item of items) {
    if (line && (line + separator + item).length > width - indent.length) {
      lines.push(line + separator.trimEnd())
      line = item
    } else line = line ? line + separator + item : item
  }
  if (line) lines.push(line)
  return lines.map((text) => indent + text)
}

const numbers = (name, doc, list) =>
  `/// ${doc}\npub(super) static ${name}: [u32; ${list.length}] = [\n${wrap(list.map(hex), ', ', '    ', 117).join('\n')},\n];\n`

// Fixed-width records in one string, sorted, for binary search; lines broken with a backslash.
function packed(records, width) {
  const sorted = [...new Set(records)].sort()
  const perLine = Math.floor(106 / width)
  const lines = []
  for (let i = 0; i < sorted.length; i += perLine) lines.push('     ' + sorted.slice(i, i + perLine).join(''))
  return `"\\\n${lines.join('\\\n')}"`
}

// ---- emoji ----
const all = []
for (let c = 0x80; c < 0x20000; c++) {
  const s = String.fromCodePoint(c)
  if (/^\p{Emoji}$/v.test(s) && !/^[\u{1f1e6}-\u{1f1ff}\u{1f3fb}-\u{1f3ff}]$/v.test(s)) all.push(s)
}
const textDefault = (s) => !/^\p{Emoji_Presentation}$/v.test(s)
const tonable = (s) => /^\p{Emoji_Modifier_Base}$/v.test(s)
const qualified = (s) => (textDefault(s) ? s + VS16 : s)

const sequences = new Map()
function consider(elements) {
  const plain = elements.map(qualified).join(ZWJ)
  const spots = elements.map((e, i) => (tonable(e) ? i : -1)).filter((i) => i >= 0)
  const bare = rgi.test(plain)
  if (!bare && (spots.length < 2 || elements.length > 4)) return false
  // Which elements take a skin tone: one alone, or all of them at once (two different ones for a handshake).
  let mask = 0
  for (let bits = 1; bits < 1 << elements.length; bits++) {
    if (![...elements.keys()].every((i) => !(bits >> i & 1) || spots.includes(i))) continue
    let k = 0
    const toned = elements.map((e, i) => (bits >> i & 1 ? e + TONES[k++ % 5] : qualified(e))).join(ZWJ)
    if (rgi.test(toned)) mask = Math.max(mask, bits)
  }
  if (!bare && !mask) return false
  let vs = 0
  elements.forEach((e, i) => { if (textDefault(e)) vs |= 1 << i })
  sequences.set(elements.join(''), { elements, vs, tones: mask, bare })
  return true
}
const pairs = []
for (const a of all) for (const b of all) {
  if (rgi.test(qualified(a) + ZWJ + qualified(b)) || (tonable(a) && tonable(b))) if (consider([a, b])) pairs.push([a, b])
}
for (const pair of pairs) for (const c of all) if (rgi.test([...pair, c].map(qualified).join(ZWJ))) consider([...pair, c])
const people = [...'👨👩🧑👦👧🧒']
for (const a of people) for (const b of all) for (const c of people) consider([a, b, c])
for (const a of people) for (const b of ['❤', ...people]) for (const c of ['💋', ...people]) for (const d of people)
  consider([a, b, c, d])

const rows = [...sequences.values()].map(({ elements, vs, tones, bare }) => {
  const points = elements.map((e) => e.codePointAt(0))
  while (points.length < 4) points.push(0)
  return { points, vs, tones, bare }
}).sort((a, b) => { for (let i = 0; i < 4; i++) if (a.points[i] !== b.points[i]) return a.points[i] - b.points[i]; return 0 })

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const indicator = (l) => String.fromCodePoint(0x1f1e6 + letters.indexOf(l))
const flags = []
for (const a of letters) for (const b of letters) if (rgi.test(indicator(a) + indicator(b))) flags.push(a + b)

// Emoji-presentation characters that X's table takes together with a variation selector: those that had a
// standardised variation sequence when the table was made (twemoji-parser 11.0.2, dist/lib/regex.js).
const selectable = new Set('1f004 1f21a 1f22f 231a 231b 25fd 25fe 2614 2615 2648 2649 264a 264b 264c 264d 264e 264f 2650 2651 2652 2653 267f 2693 26a1 26aa 26ab 26bd 26be 26c4 26c5 26d4 26ea 26f2 26f3 26f5 26fa 26fd 2757 2b1b 2b1c 2b50 2b55'
  .split(' ').map((h) => parseInt(h, 16)))

const unicode = process.versions.unicode
let emoji = `// Generated by core/xtask/src/text_tables.mjs from Unicode ${unicode}; do not edit.

//! Emoji that are more than one code point, by Unicode ${unicode} (<https://unicode.org/reports/tr51/>).

/// One emoji of several, joined by U+200D and recommended by Unicode.
#[derive(Clone, Copy)]
pub(super) struct Joined {
    /// The joined emoji without skin tones and variation selectors; 0 after the last.
    pub(super) elements: [u32; 4],
    /// Bit i: element i is written with U+FE0F, unless it has a skin tone.
    pub(super) selected: u8,
    /// Bit i: element i has a skin tone when any element has one.
    pub(super) toned: u8,
    /// Whether it exists without skin tones.
    pub(super) plain: bool,
}

const fn joined(elements: [u32; 4], selected: u8, toned: u8, plain: bool) -> Joined {
    Joined { elements, selected, toned, plain }
}

/// Sorted by elements.
#[rustfmt::skip]
pub(super) static JOINED: [Joined; ${rows.length}] = [
${rows.map((r) => `    joined([${r.points.map((p) => p ? hex(p) : '0').join(', ')}], ${r.vs}, ${r.tones}, ${r.bare}),`).join('\n')}
];

`
emoji += numbers('SELECTABLE', 'The inversion list of the emoji that may be followed by U+FE0F.',
  inversion((s) => s >= '\u0080' && /^\p{Emoji}$/v.test(s) && (textDefault(s) || selectable.has(s.codePointAt(0)))))
emoji += '\n' + numbers('TONABLE', 'The inversion list of the emoji that may be followed by a skin tone.', inversion(tonable))
emoji += `\n/// The flags: pairs of letters, sorted, two bytes each.\npub(super) static FLAGS: &str = ${packed(flags, 2)};\n`
writeFileSync(`${folder}/emoji_table.rs`, emoji)

// ---- letters, marks and digits of hashtags ----
let alphabet = `// Generated by core/xtask/src/text_tables.mjs from Unicode ${unicode}; do not edit.

//! Letters, marks and digits by Unicode ${unicode}, as inversion lists: sorted code points where membership flips.

`
alphabet += numbers('LETTERS_AND_MARKS', 'General categories L and M.', inversion((s) => /^[\p{L}\p{M}]$/v.test(s)))
alphabet += '\n' + numbers('DIGITS', 'General category Nd.', inversion((s) => /^\p{Nd}$/v.test(s)))
writeFileSync(`${folder}/alphabet_table.rs`, alphabet)

// ---- top-level domains ----
const tlds = readFileSync(tldFile, 'utf8').split('\n').filter((l) => l.startsWith('- '))
  .map((l) => l.slice(2).trim().replace(/^['"]|['"]$/g, ''))
const ascii = tlds.filter((t) => /^[a-z]+$/.test(t))
const longest = Math.max(...ascii.map((t) => t.length))
const byLength = []
for (let n = 0; n <= longest; n++) {
  const some = ascii.filter((t) => t.length === n)
  byLength.push(some.length ? packed(some, n) : '""')
}
const other = [...new Set(tlds.filter((t) => !/^[a-z]+$/.test(t)))].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
writeFileSync(`${folder}/tld_table.rs`, `// Generated by core/xtask/src/text_tables.mjs from the list of twitter-text 3.1.0; do not edit.

//! The ${tlds.length} top-level domains that X makes links of, generic and of countries
//! (<https://github.com/twitter/twitter-text/blob/master/conformance/tld_lib.yml>).

/// The ASCII ones by length: entry n holds those of n bytes, sorted and joined without separator.
pub(super) static BY_LENGTH: [&str; ${longest + 1}] = [
${byLength.map((s) => '    ' + s + ',').join('\n')}
];

/// The others, sorted by their bytes.
pub(super) static OTHER: [&str; ${other.length}] = [
${other.map((t) => `    "${t}",`).join('\n')}
];
`)

// Every sequence below was asked of RGI_Emoji by itself; the totals show at a glance when a shape went missing.
let zwj = 0
for (const { elements, tones, bare } of sequences.values()) {
  if (bare) zwj++
  const n = elements.filter((_, i) => tones >> i & 1).length
  if (!n) continue
  for (let k = 0; k < 5 ** n; k++) {
    let rest = k
    const toned = elements.map((e, i) => {
      if (!(tones >> i & 1)) return qualified(e)
      const t = TONES[rest % 5]
      rest = Math.floor(rest / 5)
      return e + t
    }).join(ZWJ)
    if (rgi.test(toned)) zwj++
  }
}
const basic = all.filter((s) => rgi.test(qualified(s))).length + TONES.length
const toned = all.filter(tonable).length * 5
const total = zwj + basic + toned + flags.length + 12 + 3
console.log(`Unicode ${unicode}: ${rows.length} joined shapes for ${zwj} sequences, ${flags.length} flags, ${basic} single, ${toned} toned; ${total} in all`)
