//! The names of faults, as they stand in a header: the same rules for both stand-ins.

/// The enum of a stand-in's faults with its names: first those that have a number, then those that have none. All have a name
/// for the header (`Display`, `FromStr`), which is the word alone or, with a number, `word=number`.
macro_rules! faults {
    (
        $(#[$top:meta])*
        pub enum $Fault:ident, known as $path:literal, such as $example:literal;
        $($(#[$numbered_doc:meta])* $Numbered:ident { $(#[$field_doc:meta])* $field:ident: $default:literal, at least $least:literal } => $numbered:literal,)*
        ;
        $($(#[$doc:meta])* $Name:ident => $wire:literal,)*
    ) => {
        $(#[$top])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $Fault {
            $($(#[$numbered_doc])* $Numbered { $(#[$field_doc])* $field: u32 },)*
            $($(#[$doc])* #[doc = concat!("\n\nIn the header: `", $wire, "`.")] $Name,)*
        }

        impl $Fault {
            /// Every fault, those with a number in the form they have without one: for tables and tests.
            #[must_use]
            pub fn all() -> &'static [Self] {
                &[$(Self::$Numbered { $field: $default },)* $(Self::$Name,)*]
            }

            /// The name in the header, without a number.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$Numbered { .. } => $numbered,)*
                    $(Self::$Name => $wire,)*
                }
            }
        }

        impl std::fmt::Display for $Fault {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())?;
                match self {
                    $(Self::$Numbered { $field } => write!(f, "={}", $field),)*
                    _ => Ok(()),
                }
            }
        }

        impl std::str::FromStr for $Fault {
            type Err = $crate::error::Error;

            /// Reads the name as it stands in the header.
            ///
            /// # Errors
            /// `InvalidInput`, `sandbox.unknown_fault`, for another name or a number that does not belong there.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                use $crate::error::{Error, ErrorKind};
                let unknown = || {
                    Error::new(ErrorKind::InvalidInput, "sandbox.unknown_fault", format!("there is no fault `{text}`"))
                        .with_remedy(concat!("Use a name of `", $path, "`, such as `", $example, "` or `rate-limit=30`."))
                };
                let (name, number) = match text.trim().split_once('=') {
                    Some((name, number)) => (name, Some(number.parse::<u32>().map_err(|_| unknown())?)),
                    None => (text.trim(), None),
                };
                let fault = Self::all().iter().copied().find(|fault| fault.name() == name).ok_or_else(unknown)?;
                Ok(match (fault, number) {
                    (fault, None) => fault,
                    $((Self::$Numbered { .. }, Some($field)) if ($least..).contains(&$field) => Self::$Numbered { $field },)*
                    _ => return Err(unknown()),
                })
            }
        }

        #[cfg(test)]
        mod tests {
            use super::*;

            #[test]
            fn every_fault_has_one_name_and_reads_it_back() {
                let mut names = std::collections::BTreeSet::new();
                for &fault in $Fault::all() {
                    assert!(names.insert(fault.name()), "{fault} twice");
                    assert_eq!(fault.to_string().parse::<$Fault>().unwrap(), fault);
                    assert_eq!(fault.name().parse::<$Fault>().unwrap(), fault);
                }
                assert_eq!("rate-limit=3600".parse::<$Fault>().unwrap(), $Fault::RateLimit { seconds: 3600 });
                for bad in ["", "rate-limit=", "rate-limit=-1", "truncated=3", "split-bytes=0", "Truncated", "nothing"] {
                    assert_eq!(bad.parse::<$Fault>().unwrap_err().code(), "sandbox.unknown_fault", "{bad}");
                }
            }
        }
    };
}
pub(crate) use faults;
