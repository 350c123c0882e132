//! Pagination tokens: opaque, in base 32 as X writes them, bound to one list and one time.

use super::clock::Clock;

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cursor {
    /// Tweets older than this.
    Before(u64),
    /// The tweets just newer than this.
    After(u64),
}

/// How tokens are made and read.
#[derive(Debug)]
pub(crate) struct Cursors {
    /// How long a token lives, in seconds. X says that they expire and not when: chosen.
    pub(crate) life: i64,
    /// Tokens of an older generation have expired.
    pub(crate) generation: u32,
}

impl Default for Cursors {
    fn default() -> Self {
        Self { life: 3600, generation: 0 }
    }
}

impl Cursors {
    pub(crate) fn write(&self, list: &str, cursor: Cursor, clock: &Clock) -> String {
        let (kind, id) = match cursor {
            Cursor::Before(id) => (0_u8, id),
            Cursor::After(id) => (1, id),
        };
        let mut bytes = vec![kind];
        bytes.extend(id.to_be_bytes());
        bytes.extend(clock.now().to_be_bytes());
        bytes.extend(self.generation.to_be_bytes());
        let check = check(list, &bytes);
        bytes.extend(check.to_be_bytes());
        encode(&bytes)
    }

    /// Reads a token; `None` when it is none, belongs to another list or has expired.
    pub(crate) fn read(&self, list: &str, token: &str, clock: &Clock) -> Option<Cursor> {
        let bytes = decode(token)?;
        let (body, end) = bytes.split_at_checked(21)?;
        if end != check(list, body).to_be_bytes() {
            return None;
        }
        let (kind, rest) = body.split_first()?;
        let (id, rest) = rest.split_first_chunk::<8>()?;
        let (made, rest) = rest.split_first_chunk::<8>()?;
        let (generation, _) = rest.split_first_chunk::<4>()?;
        let alive = i64::from_be_bytes(*made) + self.life > clock.now();
        let id = u64::from_be_bytes(*id);
        let cursor = if *kind == 0 { Cursor::Before(id) } else { Cursor::After(id) };
        (alive && u32::from_be_bytes(*generation) == self.generation).then_some(cursor)
    }
}

/// FNV-1a: no secret, only against mixing up lists.
fn check(list: &str, bytes: &[u8]) -> u32 {
    list.bytes()
        .chain(bytes.iter().copied())
        .fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

const DIGITS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";

fn encode(bytes: &[u8]) -> String {
    let (mut out, mut bits, mut held) = (String::new(), 0_u32, 0_u32);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(char::from(DIGITS[(held >> bits & 31) as usize]));
        }
    }
    if bits > 0 {
        out.push(char::from(DIGITS[(held << (5 - bits) & 31) as usize]));
    }
    out
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let (mut out, mut bits, mut held) = (Vec::new(), 0_u32, 0_u32);
    for c in text.bytes() {
        let digit = DIGITS.iter().position(|known| *known == c)?;
        held = held << 5 | u32::try_from(digit).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(held >> bits & 255).ok()?);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_by_its_own_list_while_it_lives() {
        let (mut cursors, mut clock) = (Cursors::default(), Clock::default());
        clock.freeze(chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap());
        for cursor in [Cursor::Before(u64::MAX), Cursor::After(7)] {
            let token = cursors.write("a", cursor, &clock);
            assert!(token.bytes().all(|c| DIGITS.contains(&c)), "{token}");
            assert_eq!(cursors.read("a", &token, &clock), Some(cursor));
            assert_eq!(cursors.read("b", &token, &clock), None);
            assert_eq!(cursors.read("a", &token.replace(|_| true, "0"), &clock), None);
            assert_eq!(cursors.read("a", "xyz!", &clock), None);
            cursors.generation += 1;
            assert_eq!(cursors.read("a", &token, &clock), None);
            cursors.generation -= 1;
        }
        let token = cursors.write("a", Cursor::Before(1), &clock);
        clock.advance(std::time::Duration::from_secs(3600));
        assert_eq!(cursors.read("a", &token, &clock), None);
    }
}
