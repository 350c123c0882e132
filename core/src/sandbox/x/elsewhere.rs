//! A login that another service does on X's behalf: Supabase Auth with its provider `x`.

use super::State;
use super::control::{CLIENT, SECRET};
use super::fields::Query;
use super::problem::Content;

/// Who logged in, and the tokens that the service got.
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) access: String,
    pub(crate) refresh: Option<String>,
}

impl State {
    /// Lets the confidential app's logins come back there; its id.
    pub(crate) fn allow_callback(&mut self, address: &str) -> &'static str {
        if let Some(app) = self.auth.apps.get_mut(CLIENT)
            && !app.redirect_uris.iter().any(|known| known == address)
        {
            app.redirect_uris.push(address.to_owned());
        }
        CLIENT
    }

    /// Changes a code of the confidential app into tokens, as its server would.
    pub(crate) fn exchange_code(&mut self, code: &str, verifier: &str, redirect_uri: &str) -> Option<Person> {
        use base64::Engine as _;
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("code_verifier", verifier),
            ("redirect_uri", redirect_uri),
        ];
        let form: Query = pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let basic = base64::engine::general_purpose::STANDARD.encode(format!("{CLIENT}:{SECRET}"));
        let now = self.clock.now();
        let answer = self.auth.token(&form, Some(&basic), now, None).ok()?;
        let Content::Json(body) = answer.body else { return None };
        let text = |name: &str| body.get(name)?.as_str().map(str::to_owned);
        let access = text("access_token")?;
        let user = self.world.user(self.auth.check(&access, now)?.user?)?;
        Some(Person {
            id: user.id.to_string(),
            username: user.username.clone(),
            name: user.name.clone(),
            access,
            refresh: text("refresh_token"),
        })
    }
}
