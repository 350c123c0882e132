//! How long a label of a host name is in the DNS.

/// The length of a label in ASCII, `xn--` included, by RFC 3492 (<https://www.rfc-editor.org/rfc/rfc3492>); `None` when it
/// is longer than the 63 bytes of a DNS label, or empty.
pub(super) fn ascii_length(label: &str) -> Option<usize> {
    const LONGEST: usize = 63;
    if label.is_ascii() {
        return (1..=LONGEST).contains(&label.len()).then_some(label.len());
    }
    // Every character takes at least one byte, so that a long label need not be encoded.
    let mut code = [0_u32; LONGEST];
    let mut count = 0;
    for c in label.chars() {
        *code.get_mut(count)? = u32::from(c);
        count += 1;
    }
    // Three more characters are full stops to the DNS, so that each part is encoded by itself.
    let parts = code.get(..count)?.split(|c| matches!(c, 0x3002 | 0xff0e | 0xff61));
    let mut length = count - label.chars().filter(|c| !matches!(c, '\u{3002}' | '\u{ff0e}' | '\u{ff61}')).count();
    for part in parts {
        length += part_length(part);
    }
    (1..=LONGEST).contains(&length).then_some(length)
}

fn part_length(code: &[u32]) -> usize {
    const BASE: u32 = 36;
    const FIRST: u32 = 1;
    const LAST: u32 = 26;
    let basic = code.iter().filter(|c| **c < 0x80).count();
    if basic == code.len() {
        return basic;
    }
    let mut length = 4 + basic + usize::from(basic > 0);
    let (mut next, mut delta, mut bias) = (0x80_u32, 0_u32, 72_u32);
    let mut handled = basic;
    while handled < code.len() {
        let Some(smallest) = code.iter().copied().filter(|c| *c >= next).min() else { break };
        // At most 63 characters below 2^21: nothing here can overflow 32 bits.
        let points = u32::try_from(handled + 1).unwrap_or(u32::MAX);
        delta = delta.saturating_add((smallest - next).saturating_mul(points));
        next = smallest;
        for &c in code {
            if c < next {
                delta = delta.saturating_add(1);
            }
            if c == next {
                let mut rest = delta;
                let mut k = BASE;
                loop {
                    length += 1;
                    let threshold = k.saturating_sub(bias).clamp(FIRST, LAST);
                    if rest < threshold {
                        break;
                    }
                    rest = (rest - threshold) / (BASE - threshold);
                    k += BASE;
                }
                bias = adapt(delta, u32::try_from(handled + 1).unwrap_or(u32::MAX), handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta = delta.saturating_add(1);
        next += 1;
    }
    length
}

fn adapt(delta: u32, points: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / points;
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_known_names() {
        let known = [
            ("example", "example"),
            ("münchen", "xn--mnchen-3ya"),
            ("☃", "xn--n3h"),
            ("中国", "xn--fiqs8s"),
            ("ひとつ", "xn--k9jh3a"),
            ("なぜみんな日本語を話してくれないのか", "xn--n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa"),
            ("почемужеонинеговорятпорусски", "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l"),
        ];
        for (label, ascii) in known {
            assert_eq!(ascii_length(label), Some(ascii.len()), "{label}");
        }
        assert_eq!(ascii_length(""), None);
        assert_eq!(ascii_length(&"a".repeat(63)), Some(63));
        assert_eq!(ascii_length(&"a".repeat(64)), None);
        assert_eq!(ascii_length(&"あ".repeat(1_000_000)), None);
    }
}
