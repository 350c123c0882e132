//! The page that asks a person, without a script, a picture or a byte from elsewhere.

use super::problem::Answer;
use super::text::escape_html;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;background:#f4f6f8;color:#14202b;margin:0}\
    main{max-width:26rem;margin:10vh auto;background:#fff;border:1px solid #d8dfe5;border-radius:12px;padding:2rem}\
    h1{font-size:1.25rem;margin:0 0 1rem}p,ul{margin:0 0 1rem}code{background:#eef2f5;border-radius:4px;padding:0 .3em}\
    button{font:inherit;border-radius:999px;border:1px solid #14202b;padding:.5rem 1.25rem;margin-right:.5rem;cursor:pointer}\
    button[value=allow]{background:#14202b;color:#fff}button[value=deny]{background:#fff;color:#14202b}\
    small{color:#5b6b79}";

pub(crate) fn page(username: &str, client_id: &str, scopes: &[String], redirect_uri: &str, ticket: &str) -> Answer {
    let scopes: String = scopes.iter().map(|scope| format!("<li><code>{}</code></li>", escape_html(scope))).collect();
    let (name, app, ticket) = (escape_html(username), escape_html(client_id), escape_html(ticket));
    let body = format!(
        "<h1>Ghostwren sandbox: allow @{name}?</h1>\n<p>The app <code>{app}</code> asks for:</p>\n<ul>{scopes}</ul>\n\
         <form method=\"post\" action=\"/i/oauth2/authorize\">\n<input type=\"hidden\" name=\"ticket\" value=\"{ticket}\">\n\
         <p><button name=\"decision\" value=\"allow\">Authorize</button>\
         <button name=\"decision\" value=\"deny\">Deny</button></p>\n</form>\n\
         <p><small>You go back to {}. This is a stand-in on your own machine: nothing here reaches X.</small></p>",
        escape_html(redirect_uri)
    );
    // Browsers hold the redirect after a form to the policy of the form's page, so the callback's origin is in it.
    let origin = url::Url::parse(redirect_uri).map(|url| url.origin().ascii_serialization());
    let origin = origin
        .ok()
        .filter(|origin| origin != "null")
        .unwrap_or_else(|| redirect_uri.split(':').next().map(|scheme| format!("{scheme}:")).unwrap_or_default());
    document(200, &body, &format!("'self' {origin}"))
}

/// The page for a login that cannot go on. It never redirects.
pub(crate) fn refused(why: &str) -> Answer {
    let body = format!(
        "<h1>Something went wrong</h1>\n<p>You weren\u{2019}t able to give access to the App. Go back and try logging in \
         again.</p>\n<p><small>{}</small></p>",
        escape_html(why)
    );
    document(400, &body, "'none'")
}

fn document(status: u16, body: &str, form_action: &str) -> Answer {
    let hash = {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(ring::digest::digest(&ring::digest::SHA256, STYLE.as_bytes()))
    };
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>Ghostwren sandbox</title><style>{STYLE}</style></head>\n<body><main>\n\
         {body}\n</main></body></html>\n"
    );
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action {form_action}; frame-ancestors 'none'; base-uri 'none'"
    );
    Answer::text(status, "text/html; charset=utf-8", page)
        .header("content-security-policy", policy)
        .header("x-frame-options", "DENY")
        .header("x-content-type-options", "nosniff")
        .header("referrer-policy", "no-referrer")
        .header("cache-control", "no-store")
}
