//! Finds where an object ends without parsing it.

use memchr::{memchr2, memchr3};

/// Finds the brace that closes an object, over any number of pieces.
#[derive(Clone, Debug, Default)]
pub(crate) struct Walk {
    depth: u64,
    in_string: bool,
    escaped: bool,
}

impl Walk {
    /// The length up to and with the closing brace, if it is in this piece.
    pub(crate) fn end(&mut self, piece: &[u8]) -> Option<usize> {
        let mut at = 0;
        while let Some(rest) = piece.get(at..).filter(|rest| !rest.is_empty()) {
            if self.escaped {
                self.escaped = false;
                at += 1;
            } else if self.in_string {
                let found = memchr2(b'"', b'\\', rest)?;
                match rest.get(found) {
                    Some(b'"') => self.in_string = false,
                    _ => self.escaped = true,
                }
                at += found + 1;
            } else {
                let found = memchr3(b'"', b'{', b'}', rest)?;
                at += found + 1;
                match rest.get(found) {
                    Some(b'"') => self.in_string = true,
                    Some(b'{') => self.depth += 1,
                    _ => {
                        self.depth = self.depth.saturating_sub(1);
                        if self.depth == 0 {
                            return Some(at);
                        }
                    }
                }
            }
        }
        None
    }
}
