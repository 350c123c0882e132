use futures_util::StreamExt;
use futures_util::stream;
use ghostwren::records::Id;
#[cfg(feature = "server")]
use ghostwren::store::Caller;
use ghostwren::twitter::Scopes;
use ghostwren::workflow::Connect;
use ghostwren::{Identity, Result, User};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::args::Args;
use crate::reply::{Events, Reply, to_json};
use crate::session::{Wren, no_call};
use crate::settings::seconds;
#[cfg(feature = "supabase")]
use crate::supabase::Home;

pub(crate) fn user(wren: &Wren, args: &mut Args) -> Result<User> {
    Ok(wren.wren.user(identity(wren, args)?))
}

/// Who is asking: `owner` of a local store; under Supabase the user of a `token`, or who is signed in (`session`).
fn identity(wren: &Wren, args: &mut Args) -> Result<Identity> {
    let owner: Option<String> = args.optional("owner")?;
    #[cfg(feature = "supabase")]
    if let Some(identity) = Home::identity(wren.home.as_ref(), args)? {
        return Ok(identity);
    }
    #[cfg(not(feature = "supabase"))]
    let _ = wren;
    Ok(owner.map_or_else(Identity::default, Identity::local))
}

/// What looks after a `Ghostwren` on a server.
#[cfg(feature = "server")]
pub(crate) async fn wren(wren: &Wren, name: &str, mut args: Args) -> Result<Reply> {
    match name {
        "audit" => {
            args.end()?;
            let report = wren.wren.audit().await?;
            Reply::json(&json!({ "report": report, "text": report.to_string() }))
        }
        "doctor" => {
            let home = Home::of(wren.home.as_ref())?;
            let mut doctor = home.store.doctor();
            match Home::identity(Some(home), &mut args)? {
                Some(Identity::Bearer { user, token }) => doctor = doctor.caller(&Caller::bearer(user, token)),
                Some(Identity::Session { user, tokens }) => doctor = doctor.caller(&Caller::user(user, tokens)),
                _ => {}
            }
            if let Some(login) = args.optional::<serde_json::Value>("login")? {
                doctor = doctor.login(crate::supabase::login(&mut Args::parse(&login.to_string())?)?);
            }
            if let Some(keys) = &home.sealing_keys {
                doctor = doctor.sealing_keys(keys);
            }
            args.end()?;
            let diagnosis = doctor.run().await;
            Reply::json(&json!({ "report": diagnosis, "text": diagnosis.to_string() }))
        }
        _ => Err(no_call(name)),
    }
}

pub(crate) async fn call(wren: &Wren, name: &str, mut args: Args) -> Result<Reply> {
    #[cfg(feature = "supabase")]
    if let "sign_in" | "session" | "sign_out" = name {
        return crate::supabase::user_call(Home::of(wren.home.as_ref())?, name, args).await;
    }
    let user = user(wren, &mut args)?;
    match name {
        "open_account" => {
            let label: String = args.take("label")?;
            args.end()?;
            Reply::json(&user.open_account(label).await?.id())
        }
        "account" => {
            let id: Id = args.take("id")?;
            args.end()?;
            Reply::json(&user.account(id).await?.id())
        }
        "accounts" => {
            args.end()?;
            Reply::json(&user.accounts().await?.iter().map(ghostwren::Account::id).collect::<Vec<_>>())
        }
        _ => Err(no_call(name)),
    }
}

fn flow(wren: &Wren, args: &mut Args) -> Result<Connect> {
    let user = user(wren, args)?;
    let connect = match args.optional::<Id>("account")? {
        Some(id) => user.known_account(id)?.connect(),
        None => user.connect()?,
    };
    Ok(match args.optional::<String>("label")? {
        Some(label) => connect.label(label),
        None => connect,
    })
}

fn scopes(args: &mut Args) -> Result<Scopes> {
    Ok(args.optional::<String>("scopes")?.map_or_else(Scopes::read, |text| Scopes::parse(&text)))
}

pub(crate) async fn connect(wren: &Wren, name: &str, mut args: Args) -> Result<Reply> {
    let connect = flow(wren, &mut args)?;
    match name {
        "begin" => {
            let scopes = scopes(&mut args)?;
            args.end()?;
            let login = connect.begin(scopes).await?;
            let binding = login.binding.expose_secret();
            Reply::json(&json!({ "url": login.url, "binding": binding, "expires_at": login.expires_at }))
        }
        "finish" => {
            let callback: String = args.take("callback")?;
            let binding: SecretString = args.take::<String>("binding")?.into();
            args.end()?;
            Reply::json(&connect.finish(&callback, &binding).await?.id())
        }
        _ => Err(no_call(name)),
    }
}

/// Two events: `opened` with the address to open, `connected` with the id of the account.
pub(crate) fn in_browser(wren: &Wren, mut args: Args) -> Result<Events> {
    let connect = flow(wren, &mut args)?;
    let scopes = scopes(&mut args)?;
    let time = seconds("timeout", Some(args.optional("timeout_seconds")?.unwrap_or(300.0)))?.unwrap_or_default();
    args.end()?;
    let opened = async move {
        let login = connect.in_browser(scopes).await?;
        let first = to_json(&json!({ "event": "opened", "data": login.url() }))?;
        Ok::<_, ghostwren::Error>((first, login))
    };
    Ok(Box::pin(stream::once(opened).flat_map(move |opened| {
        match opened {
            Err(error) => stream::iter([Err(error)]).boxed(),
            Ok((first, login)) => stream::iter([Ok(first)])
                .chain(stream::once(async move {
                    let account = login.wait(time).await?;
                    to_json(&json!({ "event": "connected", "data": account.id() }))
                }))
                .boxed(),
        }
    })))
}
