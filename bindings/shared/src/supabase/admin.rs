//! Users of the whole project: what its secret key may.

use ghostwren::Result;
use ghostwren::supabase::NewUser;
use serde_json::json;
use uuid::Uuid;

use super::Project;
use super::auth::{scope, secret};
use crate::args::Args;
use crate::reply::Reply;
use crate::session::no_call;

pub(crate) async fn call(project: &Project, name: &str, mut args: Args) -> Result<Reply> {
    let admin = project.auth.admin()?;
    match name {
        "admin_user" => {
            let id: Uuid = args.take("id")?;
            args.end()?;
            Reply::json(&admin.user(id).await?)
        }
        "admin_create_user" => {
            let mut user = NewUser::new(args.take::<String>("email")?);
            if let Some(password) = args.optional::<String>("password")? {
                user = user.password(password.into());
            }
            user = user.app_metadata(args.or_default("app_metadata")?);
            args.end()?;
            Reply::json(&admin.create_user(&user).await?)
        }
        "admin_delete_user" => {
            let id: Uuid = args.take("id")?;
            args.end()?;
            Reply::json(&admin.delete_user(id).await?)
        }
        "admin_factors" => {
            let id: Uuid = args.take("id")?;
            args.end()?;
            let factors = admin.factors(id).await?;
            let read = |f: &ghostwren::supabase::Factor| json!({ "id": f.id, "kind": f.kind, "verified": f.verified });
            Reply::json(&factors.iter().map(read).collect::<Vec<_>>())
        }
        "admin_sign_out" => {
            let (token, scope) = (secret(&mut args, "token")?, scope(&mut args)?);
            args.end()?;
            admin.sign_out(token, scope).await?;
            Reply::json(&())
        }
        _ => Err(no_call(name)),
    }
}
