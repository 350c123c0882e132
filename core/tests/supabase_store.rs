//! Every promise of a store, kept by `SupabaseStore` on real servers, for users who signed up with its Auth.
#![cfg(all(feature = "supabase", feature = "sandbox"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod common;

use std::sync::Arc;

use common::supabase::{Servers, servers};
use ghostwren::records::new_id;
use ghostwren::store::conformance::{self, Stage};
use ghostwren::store::{Caller, Store, SupabaseStore};
use ghostwren::supabase::{AuthClient, Session, SignUp, UserSession};
use ghostwren::{ErrorKind, Result};

fn store(servers: &Servers) -> SupabaseStore {
    SupabaseStore::new(&servers.url, servers.publishable.as_str()).unwrap().secret_key(servers.secret.as_str()).unwrap()
}

/// A new user, signed up and logged in.
async fn signed_up(auth: &AuthClient) -> Result<Caller> {
    let session = session(auth).await?;
    Ok(Caller::user(session.user.id, Arc::new(UserSession::in_memory(auth.clone(), session))))
}

async fn session(auth: &AuthClient) -> Result<Session> {
    let password = new_id().to_string().into();
    let email = format!("{}@ghostwren.test", new_id().simple());
    match auth.sign_up(&email, &password, serde_json::Map::new()).await? {
        SignUp::SignedIn(signed_in) => Ok(signed_in.session),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn conformance() {
    let Some(servers) = servers() else { return };
    let store = store(&servers);
    let auth = AuthClient::new(store.project()).unwrap();
    let report = conformance::run_on(|| async {
        Ok(Stage::new(Arc::new(store.clone()), signed_up(&auth).await?, signed_up(&auth).await?))
    })
    .await;
    println!("passed: {:?}", report.passed);
    for (name, why) in &report.failed {
        println!("failed: {name}: {why}");
    }
    assert_eq!(report.passed.len(), conformance::cases().len());
}

#[tokio::test]
async fn nobody_gets_more_or_less_than_their_own_identity() {
    let Some(servers) = servers() else { return };
    let store = store(&servers);
    let auth = AuthClient::new(store.project()).unwrap();
    let me = signed_up(&auth).await.unwrap();
    let your_token = session(&auth).await.unwrap().access;
    let account = store.open_account(&me, "main".into()).await.unwrap();
    // No login at all.
    let local = store.accounts(&Caller::local("me").unwrap()).await.unwrap_err();
    assert_eq!((local.kind(), local.code()), (ErrorKind::Auth, "identity.no_user"));
    // Somebody who says to be another one: the data is that of the token, and what is sealed stays so.
    let my_id = me.owner().parse().unwrap();
    let impostor = Caller::bearer(my_id, your_token);
    assert_eq!(store.accounts(&impostor).await.unwrap(), []);
    let sealed = store.sealed(&impostor, account.id, "token".into()).await.unwrap_err();
    assert_eq!((sealed.kind(), sealed.code()), (ErrorKind::Auth, "identity.other_user"));
    // A token that is none: an error and never the view of nobody.
    let forged = Caller::bearer(my_id, "eyJhbGciOiJub25lIn0.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.".into());
    let refused = store.accounts(&forged).await.unwrap_err().kind();
    // PostgREST refuses the token; lite takes who sends it for nobody, who may do nothing.
    assert!(matches!(refused, ErrorKind::Auth | ErrorKind::PermissionDenied), "{refused}");
    assert_eq!(store.sealed_names(&forged).await.unwrap_err().kind(), ErrorKind::Auth);
    // A device has no secret key.
    let device = SupabaseStore::new(&servers.url, servers.publishable.as_str()).unwrap();
    assert_eq!(device.accounts(&me).await.unwrap(), [account.clone()]);
    let needed = device.sealed(&me, account.id, "token".into()).await.unwrap_err();
    assert_eq!((needed.kind(), needed.code()), (ErrorKind::Config, "supabase.secret_key_needed"));
}
