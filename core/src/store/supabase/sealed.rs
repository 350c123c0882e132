//! What is sealed: with the secret key in the database, on a device in its own token store.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::call::{Again, in_doubt};
use super::device::{Device, check_outcome};
use super::page::millis;
use super::{SupabaseStore, other_schema, text};
use crate::error::Result;
use crate::records::Id;
use crate::store::{
    AccountKey, Caller, Credential, Erased, LoginAccount, LoginState, RefreshOutcome, RefreshStep, SealedValue, Store,
    check,
};

impl SupabaseStore {
    /// The token store of a device. A worker on a run has none: it acts with the secret key.
    fn device(&self, caller: &Caller) -> Option<&Device> {
        self.inner.device.as_ref().filter(|_| caller.run().is_none())
    }

    pub(super) async fn keep_login(
        &self,
        caller: &Caller,
        state: LoginState,
        lifetime: Duration,
    ) -> Result<DateTime<Utc>> {
        check::login_state(&state)?;
        if let Some(device) = self.device(caller) {
            if let LoginAccount::Id(id) = &state.account {
                self.account(caller, *id).await?;
            }
            return device.with(caller.owner(), move |kept| Ok((kept.put_login(state, lifetime)?, true))).await;
        }
        let (label, account) = match &state.account {
            LoginAccount::Label(label) => (Some(label), None),
            LoginAccount::Id(id) => (None, Some(id)),
        };
        let LoginState { state_hash, binding_hash, verifier, facts, .. } = &state;
        let state = json!({
            "state_hash": state_hash, "binding_hash": binding_hash, "verifier": verifier, "facts": text::json(facts)?,
            "label": label, "account_id": account,
        });
        let arguments = json!({ "state": text::json(&state)?, "lifetime_ms": millis(lifetime) });
        let expires: String = self.sealed_call(caller, "put_login_state", arguments, Again::Yes).await?;
        text::time(&expires).ok_or_else(|| other_schema("put_login_state", "a time was expected"))
    }

    pub(super) async fn take_login(&self, caller: &Caller, state: String, binding: String) -> Result<LoginState> {
        check::login_hashes(&state, &binding)?;
        if let Some(device) = self.device(caller) {
            return device.with(caller.owner(), move |kept| Ok((kept.take_login(&state, &binding)?, true))).await;
        }
        let arguments = json!({ "state_hash": state, "binding_hash": binding });
        let mut taken: Value = self.sealed_call(caller, "take_login_state", arguments, Again::No).await?;
        if let Some(fields) = taken.as_object_mut() {
            let account = match (fields.remove("account_id"), fields.remove("label")) {
                (Some(Value::String(id)), _) => json!({ "id": id }),
                (_, label) => json!({ "label": label }),
            };
            fields.insert("account".to_owned(), account);
        }
        self.record("take_login_state", taken, &["facts"])
    }

    pub(super) async fn seal(&self, caller: &Caller, account: Id, name: String, value: SealedValue) -> Result<()> {
        check::name("name of the value", &name, 200)?;
        if let Some(device) = self.device(caller) {
            self.account(caller, account).await?;
            let put = move |kept: &mut super::device::Kept| {
                kept.put(account, name, value);
                Ok(((), true))
            };
            device.with(caller.owner(), put).await?;
            self.wrote_sealed(caller, account, "token.kept").await;
            return Ok(());
        }
        let arguments = json!({ "account_id": account, "name": name, "value": text::json(&value)? });
        self.sealed_call(caller, "put_sealed", arguments, Again::Yes).await
    }

    pub(super) async fn seal_anew(
        &self,
        caller: &Caller,
        account: Id,
        name: String,
        old: SealedValue,
        new: SealedValue,
    ) -> Result<bool> {
        if let Some(device) = self.device(caller) {
            self.account(caller, account).await?;
            let replace = move |kept: &mut super::device::Kept| {
                let replaced = kept.replace(account, &name, &old, new);
                Ok((replaced, replaced))
            };
            return device.with(caller.owner(), replace).await;
        }
        let (name, old, new) = (text::plain(&name), text::json(&old)?, text::json(&new)?);
        let arguments = json!({ "account_id": account, "name": name, "old": old, "new": new });
        self.sealed_call(caller, "replace_sealed", arguments, Again::No).await
    }

    pub(super) async fn unseal(&self, caller: &Caller, account: Id, name: String) -> Result<bool> {
        if let Some(device) = self.device(caller) {
            self.account(caller, account).await?;
            let remove = move |kept: &mut super::device::Kept| {
                let removed = kept.remove(account, &name);
                Ok((removed, removed))
            };
            let removed = device.with(caller.owner(), remove).await?;
            if removed {
                self.wrote_sealed(caller, account, "token.removed").await;
            }
            return Ok(removed);
        }
        self.sealed_call(caller, "remove_sealed", named(account, &name), Again::No).await
    }

    pub(super) async fn sealed_value(&self, caller: &Caller, account: Id, name: String) -> Result<Option<SealedValue>> {
        if let Some(device) = self.device(caller) {
            self.account(caller, account).await?;
            return device.with(caller.owner(), move |kept| Ok((kept.value(account, &name), false))).await;
        }
        self.sealed_call(caller, "sealed", named(account, &name), Again::Yes).await
    }

    pub(super) async fn all_sealed(&self, caller: &Caller) -> Result<Vec<(AccountKey, String)>> {
        #[derive(serde::Deserialize)]
        struct Named {
            account_id: Id,
            name: String,
            key_id: String,
        }
        if let Some(device) = self.device(caller) {
            // Of accounts that were erased elsewhere nothing is kept.
            let accounts: Vec<Id> = self.accounts(caller).await?.iter().map(|account| account.id).collect();
            let names = move |kept: &mut super::device::Kept| {
                let changed = kept.keep_only(&accounts);
                Ok((kept.names(), changed))
            };
            return device.with(caller.owner(), names).await;
        }
        let all: Vec<Named> = self.sealed_call(caller, "sealed_names", json!({}), Again::Yes).await?;
        let pair = |Named { account_id, name, key_id }| (AccountKey { account_id, name }, key_id);
        Ok(all.into_iter().map(pair).collect())
    }

    pub(super) async fn token(&self, caller: &Caller, account: Id, name: String) -> Result<Option<Credential>> {
        if let Some(device) = self.device(caller) {
            self.account(caller, account).await?;
            return device.with(caller.owner(), move |kept| Ok((kept.credential(account, &name), false))).await;
        }
        self.sealed_call(caller, "credential", named(account, &name), Again::Yes).await
    }

    pub(super) async fn refresh_begins(
        &self,
        caller: &Caller,
        account: Id,
        name: String,
        lease: Duration,
    ) -> Result<RefreshStep> {
        if let Some(device) = self.device(caller) {
            self.account(caller, account).await?;
            return device.with(caller.owner(), move |kept| kept.begin_refresh(account, &name, lease)).await;
        }
        let name = text::plain(&name);
        let arguments = json!({ "account_id": account, "name": name, "lease_ms": millis(lease) });
        self.sealed_call(caller, "begin_refresh", arguments, Again::No).await
    }

    pub(super) async fn refresh_ends(
        &self,
        caller: &Caller,
        account: Id,
        name: String,
        fence: u64,
        outcome: RefreshOutcome,
    ) -> Result<()> {
        check_outcome(&outcome)?;
        if let Some(device) = self.device(caller) {
            // Nobody is asked first: a new token is not to be lost because the network is away.
            let end = move |kept: &mut super::device::Kept| {
                kept.end_refresh(account, &name, fence, outcome)?;
                Ok(((), true))
            };
            return device.with(caller.owner(), end).await;
        }
        let written = text::json(&outcome)?;
        let arguments =
            json!({ "account_id": account, "name": text::plain(&name), "fence": fence, "outcome": written });
        match self.sealed_call(caller, "end_refresh", arguments.clone(), Again::No).await {
            // The new token is the only one that is any good: an answer that was lost must not lose it.
            Err(error) if in_doubt(&error) => {
                if let RefreshOutcome::Rotated { value, .. } = outcome
                    && self.token(caller, account, name).await?.is_some_and(|kept| kept.value == value)
                {
                    return Ok(());
                }
                self.sealed_call(caller, "end_refresh", arguments, Again::No).await
            }
            end => end,
        }
    }

    pub(super) async fn erase(&self, caller: &Caller, account: Id) -> Result<Erased> {
        let device = self.device(caller);
        let label = match device {
            Some(_) => self.account(caller, account).await?.label,
            None => String::new(),
        };
        let mut erased: Erased =
            self.call(caller, "erase_account", &json!({ "account_id": account }), Again::No).await?;
        if let Some(device) = device {
            let forget = move |kept: &mut super::device::Kept| Ok((kept.erase(account, &label), true));
            erased.sealed += device.with(caller.owner(), forget).await?;
        }
        Ok(erased)
    }

    /// A token that a device has kept or forgotten is a write to its account. The token itself is what counts: where this
    /// cannot be told, it stands all the same.
    async fn wrote_sealed(&self, caller: &Caller, account: Id, action: &str) {
        if let Err(error) = self.audit(caller, account, action.to_owned(), json!({})).await {
            tracing::warn!(target: "ghostwren::store", %error, "a change of a token was not written to the audit log");
        }
    }
}

fn named(account: Id, name: &str) -> Value {
    json!({ "account_id": account, "name": text::plain(name) })
}
