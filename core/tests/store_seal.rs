//! Sealed values: bound to their place, rotated, and useless without the key.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ghostwren::ErrorKind;
use ghostwren::records::new_id;
use ghostwren::store::seal::{SealContext, SealingKeys, reseal};
use ghostwren::store::{Caller, SealedValue, SqliteStore, Store};
use secrecy::{ExposeSecret, SecretString};

fn keys(text: &str) -> SealingKeys {
    SealingKeys::from_env_value(&SecretString::from(text.to_owned())).unwrap()
}

fn key(byte: u8) -> String {
    STANDARD.encode([byte; 32])
}

#[test]
fn a_value_opens_only_in_its_place() {
    let (me, you, account) = (Caller::local("me").unwrap(), Caller::local("you").unwrap(), new_id());
    let keys = keys(&format!("a:{}", key(1)));
    let place = SealContext::new(&me, account, "token");
    let secret = SecretString::from("s3cret \u{0}🦀".to_owned());
    let sealed = keys.seal(&secret, &place).unwrap();
    assert_ne!(sealed, keys.seal(&secret, &place).unwrap(), "each has its own nonce");
    assert_eq!(keys.open(&sealed, &place).unwrap().expose_secret(), secret.expose_secret());
    for other in [
        SealContext::new(&you, account, "token"),
        SealContext::new(&me, new_id(), "token"),
        SealContext::new(&me, account, "refresh"),
    ] {
        assert_eq!(keys.open(&sealed, &other).unwrap_err().code(), "seal.does_not_open");
    }
    let bytes = STANDARD.decode(&sealed.sealed).unwrap();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let changed = SealedValue { sealed: STANDARD.encode(changed), ..sealed.clone() };
        assert_eq!(keys.open(&changed, &place).unwrap_err().code(), "seal.does_not_open", "byte {at}");
    }
    for text in ["", "AA", "not base64!"] {
        let changed = SealedValue { sealed: text.into(), ..sealed.clone() };
        assert_eq!(keys.open(&changed, &place).unwrap_err().code(), "seal.does_not_open");
    }
}

#[test]
fn keys_rotate_and_wrong_ones_are_named() {
    let place = SealContext::new(&Caller::local("me").unwrap(), new_id(), "token");
    let old = keys(&format!("old:{}", key(1)));
    let sealed = old.seal(&SecretString::from("x".to_owned()), &place).unwrap();
    let both = keys(&format!("new:{}, old:{}", key(2), key(1)));
    assert_eq!(both.open(&sealed, &place).unwrap().expose_secret(), "x");
    assert_eq!(both.sealing_id(), "new");
    let unknown = keys(&format!("new:{}", key(2))).open(&sealed, &place).unwrap_err();
    assert_eq!((unknown.kind(), unknown.code()), (ErrorKind::Config, "seal.unknown_key"));
    let same_id = keys(&format!("old:{}", key(3))).open(&sealed, &place).unwrap_err();
    assert_eq!(same_id.code(), "seal.does_not_open");
}

#[test]
fn bad_keys_are_refused_and_never_shown() {
    let short = STANDARD.encode([7; 31]);
    for text in
        ["", ",", "abc", "a:", &format!("a:{short}"), &format!("a b:{}", key(1)), &format!("a:{0},a:{0}", key(1))]
    {
        let error = SealingKeys::from_env_value(&SecretString::from(text.to_owned())).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Config, "seal.bad_keys"));
        assert!(!format!("{error}{error:?}").contains(&short));
    }
    let shown = format!("{:?}", keys(&format!("a:{}", key(1))));
    assert!(shown.contains("redacted") && !shown.contains(&key(1)), "{shown}");
}

#[test]
fn a_key_file_is_made_once_whoever_is_first() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("a.db");
    let place = SealContext::new(&Caller::local("me").unwrap(), new_id(), "token");
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let database = database.clone();
            std::thread::spawn(move || SealingKeys::beside(database).unwrap())
        })
        .collect();
    let all: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert_eq!(all.iter().filter(|keys| keys.was_made()).count(), 1);
    let sealed = all[0].seal(&SecretString::from("x".to_owned()), &place).unwrap();
    for keys in &all {
        assert_eq!(keys.open(&sealed, &place).unwrap().expose_secret(), "x");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let file = folder.path().join("a.db.key");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = SealingKeys::beside(&database).unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Config, "seal.key_file_open"));
    }
}

#[tokio::test]
async fn reseal_takes_every_value_to_the_first_key() {
    let store = SqliteStore::in_memory().unwrap();
    let me = Caller::local("me").unwrap();
    let account = store.open_account(&me, "main".into()).await.unwrap().id;
    let old = keys(&format!("old:{}", key(1)));
    let both = keys(&format!("new:{},old:{}", key(2), key(1)));
    for (name, keys) in [("a", &old), ("b", &old), ("c", &both)] {
        let place = SealContext::new(&me, account, name);
        let value = keys.seal(&SecretString::from(name.to_owned()), &place).unwrap();
        store.put_sealed(&me, account, name.into(), value).await.unwrap();
    }
    assert_eq!(reseal(&store, &me, &both).await.unwrap(), 2);
    assert_eq!(reseal(&store, &me, &both).await.unwrap(), 0);
    let new = keys(&format!("new:{}", key(2)));
    for name in ["a", "b", "c"] {
        let value = store.sealed(&me, account, name.into()).await.unwrap().unwrap();
        let place = SealContext::new(&me, account, name);
        assert_eq!(new.open(&value, &place).unwrap().expose_secret(), name);
    }
}
