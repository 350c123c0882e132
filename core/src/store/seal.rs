//! Secrets at rest: AES-256-GCM, bound to the place where the value is stored.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind as IoKind, Read, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::zeroize::Zeroize;
use secrecy::{ExposeSecret, SecretBox, SecretString};

use super::{Caller, SealedValue, Store};
use crate::error::{Error, ErrorKind, Result};
use crate::records::Id;

/// Where a sealed value belongs. A value that is copied to another owner, account or name does not open there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealContext {
    owner: String,
    account: String,
    column: &'static str,
    name: String,
}

impl SealContext {
    /// The place of [`Store::put_sealed`] with the same arguments.
    #[must_use]
    pub fn new(caller: &Caller, account_id: Id, name: impl Into<String>) -> Self {
        Self {
            owner: caller.owner().to_owned(),
            account: account_id.to_string(),
            column: "credentials.sealed",
            name: name.into(),
        }
    }

    /// The place of the verifier of a login ([`Store::put_login_state`]), whose account may not be there yet.
    #[must_use]
    pub fn login(caller: &Caller, state_hash: impl Into<String>) -> Self {
        Self {
            owner: caller.owner().to_owned(),
            account: String::new(),
            column: "login_states.sealed",
            name: state_hash.into(),
        }
    }

    /// Schema version, key, owner, account, column and name, each with its length before it.
    fn associated(&self, key_id: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in ["ghostwren.seal.1", key_id, &self.owner, &self.account, self.column, &self.name] {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }
}

/// The keys that seal: the first one seals, all of them open. Wiped from memory when dropped.
pub struct SealingKeys {
    keys: Vec<(String, SecretBox<[u8; 32]>)>,
    made: bool,
}

impl fmt::Debug for SealingKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|(id, _)| format!("{id}:<redacted>"))).finish()
    }
}

fn config(code: &'static str, detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::Config, code, detail)
}

pub(super) fn no_keys() -> Error {
    config("seal.no_keys", "there is no key to seal the tokens with")
        .with_remedy("Set GHOSTWREN_SEALING_KEYS to id:base64 with 32 random bytes: openssl rand -base64 32.")
}

impl SealingKeys {
    /// One new key, which is gone when it is dropped: for a store that is gone by then as well.
    ///
    /// # Errors
    /// `Internal` (`seal.failed`) when the system gives no random numbers.
    pub fn random() -> Result<Self> {
        let mut key = SecretBox::new(Box::new([0; 32]));
        SystemRandom::new()
            .fill(secrecy::ExposeSecretMut::expose_secret_mut(&mut key))
            .map_err(|_| Error::new(ErrorKind::Internal, "seal.failed", "the system gives no randomness"))?;
        Ok(Self { keys: vec![("memory".to_owned(), key)], made: false })
    }

    /// A new key as text, for [`from_env_value`](Self::from_env_value): for a host that keeps it in a safe place of its own.
    /// Its id is this word with a random number.
    ///
    /// # Errors
    /// `Internal` (`seal.failed`) when the system gives no random numbers.
    pub fn new_value(word: &str) -> Result<SecretString> {
        new_line(word)
            .map(SecretString::from)
            .map_err(|_| Error::new(ErrorKind::Internal, "seal.failed", "the system gives no randomness"))
    }

    /// Reads `id:base64,id:base64,…`: each key 32 bytes in base64, each id 1 to 64 letters, digits, `-` and `_`.
    ///
    /// # Errors
    /// `Config` (`seal.bad_keys`); the text is never shown.
    pub fn from_env_value(value: &SecretString) -> Result<Self> {
        let bad = |why: &str| {
            config("seal.bad_keys", format!("the sealing keys cannot be used: {why}"))
                .with_remedy("Write them as id:base64,id:base64 with 32 random bytes each: openssl rand -base64 32.")
        };
        let mut keys: Vec<(String, SecretBox<[u8; 32]>)> = Vec::new();
        for part in value.expose_secret().split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (id, key) = part.split_once(':').ok_or_else(|| bad("a key has no id"))?;
            let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            if id.is_empty() || id.len() > 64 || !id.bytes().all(plain) {
                return Err(bad("an id has other characters than letters, digits, - and _"));
            }
            if keys.iter().any(|(other, _)| other == id) {
                return Err(bad("two keys have the same id"));
            }
            let mut bytes = STANDARD.decode(key.trim()).map_err(|_| bad("a key is not base64"))?;
            let key = <[u8; 32]>::try_from(bytes.as_slice()).map(|key| SecretBox::new(Box::new(key)));
            bytes.zeroize();
            keys.push((id.to_owned(), key.map_err(|_| bad("a key does not have 32 bytes"))?));
        }
        if keys.is_empty() {
            return Err(bad("there is none"));
        }
        Ok(Self { keys, made: false })
    }

    /// The keys in the file `<database>.key` beside the database, made with a new key when there is none.
    /// [`SealingKeys::was_made`] says whether it was, so that the program can tell its user once.
    ///
    /// The file appears whole and with mode 0600 or not at all; of several processes that make it at once, all get the
    /// key of the first.
    ///
    /// # Errors
    /// `Config` (`seal.key_file_open`) when others may read the file; `Storage` (`seal.key_file`) when it cannot be
    /// read or made; `Config` (`seal.bad_keys`) when its content cannot be used.
    pub fn beside(database: impl AsRef<Path>) -> Result<Self> {
        let mut path = database.as_ref().as_os_str().to_owned();
        path.push(".key");
        let path = PathBuf::from(path);
        let failed = |what: &str, e: std::io::Error| {
            Error::new(ErrorKind::Storage, "seal.key_file", format!("the key file {} cannot be {what}", path.display()))
                .with_remedy("Give the program access to the folder of the database.")
                .with_source(e)
        };
        let mut made = false;
        let file = match File::open(&path) {
            Err(e) if e.kind() == IoKind::NotFound => {
                made = make_key_file(&path).map_err(|e| failed("made", e))?;
                File::open(&path)
            }
            other => other,
        };
        let mut file = file.map_err(|e| failed("opened", e))?;
        check_mode(&file, &path)?;
        let mut text = String::new();
        let read = (&mut file).take(64 * 1024).read_to_string(&mut text);
        let value = SecretString::from(text.trim_end().to_owned());
        text.zeroize();
        read.map_err(|e| failed("read", e))?;
        let mut keys = Self::from_env_value(&value)?;
        keys.made = made;
        Ok(keys)
    }

    /// Whether [`SealingKeys::beside`] made a new key file.
    #[must_use]
    pub fn was_made(&self) -> bool {
        self.made
    }

    /// The id of the key that seals.
    #[must_use]
    pub fn sealing_id(&self) -> &str {
        self.keys.first().map_or("", |(id, _)| id)
    }

    /// The ids of all keys, the one that seals first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|(id, _)| id.as_str())
    }

    /// Seals a secret for one place, with a random nonce.
    ///
    /// # Errors
    /// `Internal` when the system gives no random numbers.
    pub fn seal(&self, secret: &SecretString, context: &SealContext) -> Result<SealedValue> {
        let internal = || Error::new(ErrorKind::Internal, "seal.failed", "the value could not be sealed");
        let (id, key) = self.keys.first().ok_or_else(internal)?;
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(|_| internal())?;
        let mut buffer = secret.expose_secret().as_bytes().to_vec();
        // Room for the tag, so that the plain bytes are encrypted in place and never copied by a growing vector.
        buffer.reserve_exact(AES_256_GCM.tag_len());
        let sealed = cipher(key)?.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(context.associated(id)),
            &mut buffer,
        );
        if sealed.is_err() {
            buffer.zeroize();
            return Err(internal());
        }
        let mut bytes = nonce.to_vec();
        bytes.extend_from_slice(&buffer);
        Ok(SealedValue { key_id: id.clone(), sealed: STANDARD.encode(bytes) })
    }

    /// Opens a value that was sealed for the same place.
    ///
    /// # Errors
    /// `Config` (`seal.unknown_key`) when the key that sealed it is not there; `Decode` (`seal.does_not_open`) when the
    /// value was changed, belongs to another place, or another key has the id of the one that sealed it.
    pub fn open(&self, value: &SealedValue, context: &SealContext) -> Result<SecretString> {
        let Some((id, key)) = self.keys.iter().find(|(id, _)| *id == value.key_id) else {
            return Err(config("seal.unknown_key", format!("the value was sealed with the key '{}'", value.key_id))
                .with_remedy("Add this key to the sealing keys, or connect the account again."));
        };
        let closed = || {
            Error::new(
                ErrorKind::Decode,
                "seal.does_not_open",
                "the sealed value was changed, belongs to another place, or was sealed with another key",
            )
            .with_remedy("Check the sealing keys, or connect the account again.")
        };
        let mut bytes = STANDARD.decode(&value.sealed).map_err(|_| closed())?;
        let (nonce, sealed) = bytes.split_first_chunk_mut::<NONCE_LEN>().ok_or_else(closed)?;
        let plain = cipher(key)?
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(context.associated(id)), sealed)
            .map_err(|_| closed())?;
        let secret = std::str::from_utf8(plain).map(SecretString::from).map_err(|_| closed());
        bytes.zeroize();
        secret
    }
}

fn cipher(key: &SecretBox<[u8; 32]>) -> Result<LessSafeKey> {
    let key = UnboundKey::new(&AES_256_GCM, key.expose_secret())
        .map_err(|_| Error::new(ErrorKind::Internal, "seal.failed", "the sealing key cannot be used"))?;
    Ok(LessSafeKey::new(key))
}

/// SHA-256 of a secret in 64 hexadecimal digits, as a store keeps it of what it must only recognise: the state and the
/// binding of a login. Right for random secrets of 128 bits and more only, which nobody can find by trying.
#[must_use]
pub fn hash_secret(secret: &SecretString) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, secret.expose_secret().as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A new key and its id, as text.
fn new_line(word: &str) -> std::io::Result<String> {
    let mut key = [0; 32];
    let mut tag = [0; 8];
    let random = SystemRandom::new();
    random
        .fill(&mut key)
        .and_then(|()| random.fill(&mut tag))
        .map_err(|_| std::io::Error::other("no random numbers"))?;
    let tag: String = tag.iter().map(|byte| format!("{byte:02x}")).collect();
    // Room for a line break, so that no copy of the key stays behind.
    let mut line = String::with_capacity(128);
    line.extend([word, "-", &tag, ":"]);
    STANDARD.encode_string(key, &mut line);
    key.zeroize();
    Ok(line)
}

/// Makes the file under another name and links it to its own: a link never replaces a file and never shows half of one.
fn make_key_file(path: &Path) -> std::io::Result<bool> {
    let mut line = new_line("file")?;
    line.push('\n');
    let tag = line.split([':', '-']).nth(1).unwrap_or_default().to_owned();
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{tag}"));
    let draft = PathBuf::from(draft);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&draft).and_then(|mut file| {
        file.write_all(line.as_bytes())?;
        file.sync_all()
    });
    line.zeroize();
    let linked = written.and_then(|()| match fs::hard_link(&draft, path) {
        Ok(()) => Ok(true),
        // Another process was faster: its key counts.
        Err(e) if e.kind() == IoKind::AlreadyExists => Ok(false),
        Err(e) => Err(e),
    });
    let _ = fs::remove_file(&draft);
    linked
}

#[cfg(unix)]
fn check_mode(file: &File, path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata().map(|data| data.permissions().mode()).unwrap_or(0o777);
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(config(
        "seal.key_file_open",
        format!("others may read the key file {} (mode {:o})", path.display(), mode & 0o777),
    )
    .with_remedy("Take the rights of others away: chmod 600."))
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "the same signature as on Unix")]
fn check_mode(_: &File, _: &Path) -> Result<()> {
    Ok(())
}

/// Seals all of the caller's values anew that were sealed with another key than the first; gives how many. A value that
/// somebody replaces meanwhile is left as they made it. Logins under way are left as well: they live for ten minutes, so
/// that an old key must stay so long among those that open. May be repeated.
///
/// # Errors
/// As [`SealingKeys::open`] and those of the store; the values before it are sealed anew then.
pub async fn reseal(store: &dyn Store, caller: &Caller, keys: &SealingKeys) -> Result<u64> {
    let mut count = 0;
    for (place, key_id) in store.sealed_names(caller).await? {
        if key_id == keys.sealing_id() {
            continue;
        }
        let Some(old) = store.sealed(caller, place.account_id, place.name.clone()).await? else { continue };
        let context = SealContext::new(caller, place.account_id, place.name.clone());
        let new = keys.seal(&keys.open(&old, &context)?, &context)?;
        count += u64::from(store.replace_sealed(caller, place.account_id, place.name, old, new).await?);
    }
    Ok(count)
}
