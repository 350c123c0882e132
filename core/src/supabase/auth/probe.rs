//! Whether a login would work, asked before anybody opens a browser.

use http::header::LOCATION;
use http::{HeaderMap, Method, StatusCode};
use url::Url;

use super::login::{challenge, not_allowed, random, same_place};
use super::{AuthClient, OAuthLogin};
use crate::error::Result;
use crate::http::{HttpRequest, Service};
use crate::supabase::Access;

use super::AuthApi;

impl AuthClient {
    /// Looks whether a login would work: whether its provider is switched on, and whether the browser would come back to its
    /// redirect. Nothing is sent to anybody, and no login is begun that anybody could end.
    ///
    /// # Errors
    /// `Config`: `supabase.provider_disabled`, `supabase.redirect_not_allowed`; and every kind of the pipeline.
    pub async fn probe(&self, login: &OAuthLogin) -> Result<()> {
        self.probe_provider(login).await?;
        self.probe_redirect(login).await
    }

    /// Whether the provider of a login is switched on.
    pub(crate) async fn probe_provider(&self, login: &OAuthLogin) -> Result<()> {
        // Auth lists its providers at `/settings`, and leaves `x` out: so it is asked to send a browser there.
        let verifier = random::<48>()?;
        let mut url = self.endpoint(&["authorize"])?;
        url.query_pairs_mut()
            .append_pair("provider", &login.provider)
            .append_pair("redirect_to", login.redirect_to.as_str())
            .append_pair("code_challenge", &challenge(&verifier))
            .append_pair("code_challenge_method", "s256");
        self.redirect("auth.authorize", url).await.map(drop)
    }

    /// Whether the browser would come back to the redirect of a login.
    pub(crate) async fn probe_redirect(&self, login: &OAuthLogin) -> Result<()> {
        // A confirmation with a code that nobody has: its error is sent to the redirect, or to the site URL.
        let mut redirect_to = login.redirect_to.clone();
        redirect_to.query_pairs_mut().append_pair("state", "probe");
        let mut url = self.endpoint(&["verify"])?;
        url.query_pairs_mut()
            .append_pair("type", "signup")
            .append_pair("token", "0".repeat(56).as_str())
            .append_pair("redirect_to", redirect_to.as_str());
        match self.redirect("auth.verify", url).await? {
            Some(to) if !same_place(&to, &login.redirect_to) => Err(not_allowed(&login.redirect_to, Some(&to))),
            _ => Ok(()),
        }
    }

    /// Where Auth would send a browser.
    async fn redirect(&self, operation: &'static str, url: Url) -> Result<Option<Url>> {
        let request = HttpRequest::new(operation, Method::GET, url).redirect_is_answer(true);
        let service = |secrets| Box::new(AuthApi { secrets }) as Box<dyn Service>;
        let head = |response: crate::http::HttpResponse| async move { Ok((response.status, response.headers)) };
        let (status, headers): (StatusCode, HeaderMap) =
            self.project.call(&Access::Anonymous, request, &service, head).await?;
        let to = headers.get(LOCATION).and_then(|to| Url::parse(to.to_str().ok()?).ok());
        Ok(to.filter(|_| status.is_redirection()))
    }
}
