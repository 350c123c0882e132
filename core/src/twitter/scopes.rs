use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

/// What a login allows, as X names it (`tweet.read`, `offline.access`, …). Names that the SDK does not know are kept.
///
/// <https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code>
///
/// ```
/// use ghostwren::twitter::Scopes;
/// assert_eq!(Scopes::read().to_string(), "offline.access tweet.read users.read");
/// assert!(Scopes::read().write().contains("tweet.write"));
/// assert!(Scopes::parse("tweet.read brand.new").contains("brand.new"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scopes(BTreeSet<String>);

impl Scopes {
    /// What an import needs: the user, their tweets, and access that outlives two hours.
    #[must_use]
    pub fn read() -> Self {
        Self::default().and("tweet.read").and("users.read").and("offline.access")
    }

    /// Adds what publishing needs. The X app itself must be set to "Read and write".
    #[must_use]
    pub fn write(self) -> Self {
        self.and("tweet.write")
    }

    /// Adds what uploading pictures and films needs.
    #[must_use]
    pub fn media(self) -> Self {
        self.and("media.write")
    }

    /// Adds a scope by its name.
    #[must_use]
    pub fn and(mut self, scope: impl Into<String>) -> Self {
        self.0.insert(scope.into());
        self
    }

    /// Reads the `scope` of a token: names with white space between them.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self(text.split([' ', ',']).filter(|name| !name.is_empty()).map(str::to_owned).collect())
    }

    /// Whether this scope is among them.
    #[must_use]
    pub fn contains(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }

    /// Which of the wanted ones are missing.
    #[must_use]
    pub fn missing(&self, wanted: &Self) -> Vec<String> {
        wanted.0.difference(&self.0).cloned().collect()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, scope) in self.0.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { " " })?;
            f.write_str(scope)?;
        }
        Ok(())
    }
}
