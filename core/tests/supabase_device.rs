//! A device without the secret key: its login to Twitter lies in the host's token store, and is refreshed there as it is in a
//! database. On the real servers, with the stand-in for X.
#![cfg(all(feature = "supabase", feature = "sqlite", feature = "sandbox"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod common;
mod x_login;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::supabase::{Servers, servers};
use ghostwren::records::new_id;
use ghostwren::sandbox::x::{Endpoint, Fault};
use ghostwren::store::conformance::{self, Stage};
use ghostwren::store::seal::SealContext;
use ghostwren::store::{Caller, Store, SupabaseStore, TokenStore};
use ghostwren::supabase::{AuthClient, Session, SignUp, UserSession};
use ghostwren::twitter::{Scopes, TwitterApp};
use ghostwren::workflow::Connection;
use ghostwren::{Account, Error, ErrorKind, Ghostwren, Identity, Result};
use secrecy::{ExposeSecret, SecretString};
use x_login::{Bench, log_in};

const HOURS_2: Duration = Duration::from_secs(7_200);

/// A Keychain of this test.
#[derive(Clone, Debug, Default)]
struct Keychain(Arc<Kept>);

#[derive(Debug, Default)]
struct Kept {
    values: Mutex<BTreeMap<String, SecretString>>,
    /// Whether it is locked: it can be read, and takes nothing.
    locked: AtomicBool,
    /// Whether it takes its time, so that whoever does not wait for a turn comes in between.
    slow: AtomicBool,
}

impl TokenStore for Keychain {
    fn load(&self, name: &str) -> Result<Option<SecretString>> {
        let value = self.0.values.lock().unwrap().get(name).cloned();
        if self.0.slow.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(value)
    }

    fn save(&self, name: &str, value: &SecretString) -> Result<()> {
        if self.0.locked.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Storage, "test.locked", "the device is locked"));
        }
        self.0.values.lock().unwrap().insert(name.to_owned(), value.clone());
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<()> {
        self.0.values.lock().unwrap().remove(name);
        Ok(())
    }
}

/// A new user, signed up and logged in.
async fn signed_up(auth: &AuthClient) -> Result<Caller> {
    let session = session(auth).await?;
    Ok(Caller::user(session.user.id, Arc::new(UserSession::in_memory(auth.clone(), session))))
}

async fn session(auth: &AuthClient) -> Result<Session> {
    let email = format!("{}@ghostwren.test", new_id().simple());
    match auth.sign_up(&email, &new_id().to_string().into(), serde_json::Map::new()).await? {
        SignUp::SignedIn(signed_in) => Ok(signed_in.session),
        other => panic!("{other:?}"),
    }
}

fn device(servers: &Servers, keychain: &Keychain) -> SupabaseStore {
    SupabaseStore::new(&servers.url, servers.publishable.as_str()).unwrap().token_store(keychain.clone())
}

/// Every promise once more without the secret key: what is sealed stays on the device.
#[tokio::test]
async fn conformance_of_a_device() {
    let Some(servers) = servers() else { return };
    let keychain = Keychain::default();
    let device = device(&servers, &keychain);
    let auth = AuthClient::new(device.project()).unwrap();
    let report = conformance::run_on(|| async {
        Ok(Stage::new(Arc::new(device.clone()), signed_up(&auth).await?, signed_up(&auth).await?))
    })
    .await;
    // All but the one that is for whoever runs the server.
    let [(name, why)] = &report.failed[..] else { panic!("{:#?}", report.failed) };
    assert_eq!(*name, "custody_shows_no_value_and_no_owner");
    assert!(why.contains("supabase.secret_key_needed"), "{why}");
    assert_eq!(report.passed.len() + 1, conformance::cases().len());
}

#[tokio::test]
async fn a_device_keeps_its_tokens() {
    let Some(servers) = servers() else { return };
    let keychain = Keychain::default();
    let device = |keychain: &Keychain| device(&servers, keychain);
    let auth = AuthClient::new(device(&keychain).project()).unwrap();
    let me = signed_up(&auth).await.unwrap();
    let account = device(&keychain).open_account(&me, "main".into()).await.unwrap().id;
    let place = SealContext::new(&me, account, "twitter");
    let keys = device(&keychain).default_keys().unwrap();
    let sealed = keys.seal(&"planted-token".to_owned().into(), &place).unwrap();
    device(&keychain).put_sealed(&me, account, "twitter".into(), sealed.clone()).await.unwrap();
    // The program begins anew: the keys and the token are there.
    let again = device(&keychain);
    let kept = again.sealed(&me, account, "twitter".into()).await.unwrap().unwrap();
    assert_eq!(again.default_keys().unwrap().open(&kept, &place).unwrap().expose_secret(), "planted-token");
    // Nothing of it is in the database, and nothing in the clear on the device.
    assert_eq!(
        servers.sql(&format!("select count(*) from ghostwren_private.credentials where account_id = '{account}'")),
        "0"
    );
    for value in keychain.0.values.lock().unwrap().values() {
        assert!(!value.expose_secret().contains("planted-token"));
    }
    assert!(!format!("{again:?} {keychain:?}").contains(sealed.sealed.as_str()));
    // Another device of the same person has none, and no other person sees it here.
    assert_eq!(device(&Keychain::default()).sealed(&me, account, "twitter".into()).await.unwrap(), None);
    let you = signed_up(&auth).await.unwrap();
    let not_yours = again.sealed(&you, account, "twitter".into()).await.unwrap_err();
    assert_eq!(not_yours.code(), "store.no_account");
    // An account that was erased elsewhere takes its tokens along at the next look; one that is erased here, at once.
    let second = again.open_account(&me, "second".into()).await.unwrap().id;
    again.put_sealed(&me, second, "twitter".into(), sealed.clone()).await.unwrap();
    let server = SupabaseStore::new(&servers.url, servers.publishable.as_str()).unwrap();
    server.erase_account(&me, second).await.unwrap();
    assert_eq!(again.sealed_names(&me).await.unwrap().len(), 1);
    assert_eq!(again.erase_account(&me, account).await.unwrap().sealed, 1);
    let left: Vec<String> = keychain.0.values.lock().unwrap().keys().cloned().collect();
    assert_eq!(left, ["ghostwren.sealing-keys"]);
}

/// A phone: who is logged in to Supabase, what its Keychain holds, and X.
struct Phone {
    servers: Servers,
    bench: Bench,
    keychain: Keychain,
    session: Session,
    auth: AuthClient,
}

impl Phone {
    async fn new() -> Option<Self> {
        let servers = servers()?;
        let auth = AuthClient::new(&servers.project()).unwrap();
        let session = session(&auth).await.unwrap();
        Some(Self { servers, bench: Bench::new(), keychain: Keychain::default(), session, auth })
    }

    /// The account in a program that has just begun: nothing is in its memory. The app of a device has no secret at X.
    async fn account(&self) -> Account {
        let app = TwitterApp::new(self.bench.x.public_client_id())
            .redirect_uri("http://127.0.0.1:8723/callback")
            .unwrap()
            .api_base(self.bench.x.api_url().parse().unwrap())
            .unwrap()
            .authorize_base(self.bench.x.authorize_url().parse().unwrap())
            .unwrap();
        let store = device(&self.servers, &self.keychain);
        let wren = Ghostwren::builder().store(store).twitter(app).clock(self.bench.clock.clone()).build().unwrap();
        let session = UserSession::in_memory(self.auth.clone(), self.session.clone());
        wren.user(Identity::session(self.session.user.id, session)).open_account("main").await.unwrap()
    }

    async fn connected(&self) -> Account {
        let account = self.account().await;
        log_in(&account.connect(), Scopes::read()).await.unwrap()
    }

    /// Refreshes that X granted, and that it was asked for.
    fn refreshes(&self) -> (u64, usize) {
        (self.bench.x.rotations(), self.bench.refreshes())
    }
}

async fn ask(account: &Account) -> Result<()> {
    account.twitter_client().await?.me().await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_on_a_device_is_refreshed_once_by_all_who_need_it() {
    let Some(phone) = Phone::new().await else { return };
    phone.connected().await;
    phone.keychain.0.slow.store(true, Ordering::Relaxed);
    for round in 1..=2 {
        if round == 1 {
            phone.bench.pass(HOURS_2)
        } else {
            phone.bench.x.expire_access_tokens()
        }
        // The app, what it does in the background, and a second window: each has set up its own.
        let mut accounts = Vec::new();
        for _ in 0..4 {
            accounts.push(phone.account().await);
        }
        let tasks: Vec<_> = (0..40)
            .map(|n| {
                let account = accounts[n % 4].clone();
                tokio::spawn(async move { ask(&account).await })
            })
            .collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        assert_eq!(phone.refreshes(), (round, usize::try_from(round).unwrap()));
        // The program begins anew with what was kept.
        ask(&phone.account().await).await.unwrap();
        assert_eq!(phone.refreshes().0, round);
    }
    let id = phone.account().await.id();
    let rows = format!("select count(*) from ghostwren_private.credentials where account_id = '{id}'");
    assert_eq!(phone.servers.sql(&rows), "0", "the database has none of it");
    let logins =
        format!("select count(*) from ghostwren_private.login_states where owner = '{}'", phone.session.user.id);
    assert_eq!(phone.servers.sql(&logins), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn new_tokens_are_kept_on_a_device_before_they_are_used() {
    let Some(phone) = Phone::new().await else { return };
    let account = phone.connected().await;
    phone.bench.pass(HOURS_2);
    // It is locked while X answers: the refresh begins and its end cannot be kept.
    let answered = phone.bench.sent("/2/users/me");
    let locked = Keychain::clone(&phone.keychain);
    let x = phone.bench.x.clone();
    let lock = tokio::spawn(async move {
        while x.rotations() == 0 {
            tokio::task::yield_now().await;
        }
        locked.0.locked.store(true, Ordering::Relaxed);
    });
    phone.bench.x.script(Endpoint::Token, [Fault::SlowBytes { ms: 2 }]).unwrap();
    let error = ask(&account).await.unwrap_err();
    lock.await.unwrap();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Storage, "test.locked"));
    assert_eq!(phone.bench.sent("/2/users/me"), answered, "nothing is done with a token that is not kept");
    // Unlocked, the same program goes on with what X gave, and asks for nothing more; so does the next one.
    phone.keychain.0.locked.store(false, Ordering::Relaxed);
    ask(&account).await.unwrap();
    ask(&phone.account().await).await.unwrap();
    assert_eq!(phone.refreshes(), (1, 1));
    let Connection::Connected { in_doubt, .. } = account.connection().await.unwrap() else { panic!() };
    assert!(!in_doubt);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_x_ended_is_said_on_a_device() {
    let Some(phone) = Phone::new().await else { return };
    let account = phone.connected().await;
    ask(&account).await.unwrap();
    phone.bench.x.revoke_all_tokens();
    let error = ask(&account).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::NeedsLogin, "login.needed"));
    let asked = phone.refreshes();
    // Also to a program that begins anew, which does not ask X again.
    let again = phone.account().await;
    assert_eq!(ask(&again).await.unwrap_err().detail(), error.detail());
    assert!(matches!(again.connection().await.unwrap(), Connection::NeedsLogin { .. }));
    assert_eq!(phone.refreshes(), asked);
    log_in(&again.connect(), Scopes::read()).await.unwrap();
    ask(&again).await.unwrap();
    ask(&account).await.unwrap();
    // Given up, nothing of it is left; what seals stays.
    assert!(again.disconnect().await.unwrap());
    let left: Vec<String> = phone.keychain.0.values.lock().unwrap().keys().cloned().collect();
    assert_eq!(left, ["ghostwren.sealing-keys"]);
    assert_eq!(ask(&account).await.unwrap_err().code(), "login.not_connected");
}

/// The program is ended after X gave new tokens and before the Keychain has them: what X gave is lost, and that is said.
#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_is_switched_off_in_a_refresh_says_so() {
    let Some(phone) = Phone::new().await else { return };
    phone.connected().await;
    phone.bench.until_left_of(&phone.account().await, 200).await;
    phone.bench.x.script(Endpoint::Token, [Fault::ResetAfter]).unwrap();
    let account = phone.account().await;
    ask(&account).await.unwrap();
    let Connection::Connected { in_doubt, .. } = account.connection().await.unwrap() else { panic!() };
    assert!(in_doubt);
    phone.bench.pass(Duration::from_secs(201));
    let error = ask(&phone.account().await).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::NeedsLogin, "login.needed"));
    assert!(error.detail().contains("cut short"), "{error}");
}
