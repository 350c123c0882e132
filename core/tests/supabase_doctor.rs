//! The doctor at real servers: each thing is broken, the doctor names it, what it says mends it, and it is silent again.
#![cfg(all(feature = "supabase", feature = "sandbox"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

mod common;

use std::collections::BTreeSet;
use std::process::Command;

use common::lite::{Lite, packages, root};
use common::postgres::{Database, as_secret};
use common::raw_server::{RawServer, Reply};
use common::supabase::{Servers, servers, user};
use ghostwren::sandbox::Sandbox;
use ghostwren::store::doctor::{Check, Diagnosis, Doctor, Finding, Remedy, Severity};
use ghostwren::store::seal::{SealContext, SealingKeys, reseal};
use ghostwren::store::{Caller, Clock, Store, SupabaseStore};
use ghostwren::supabase::{AuthClient, OAuthLogin, SignUp, Supabase};
use ghostwren::{Error, ErrorKind, Ghostwren, Identity};
use serde_json::{Value, json};

const KEYS: &str = "k2:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OLD: &str = "k1:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

fn keys(text: &str) -> SealingKeys {
    SealingKeys::from_env_value(&text.to_owned().into()).unwrap()
}

fn project(servers: &Servers, url: &str) -> Supabase {
    Supabase::new(url, servers.publishable.as_str()).unwrap().secret_key(servers.secret.as_str()).unwrap()
}

fn caller(servers: &Servers) -> Caller {
    let id = user();
    Caller::bearer(id, servers.token(id, 3600))
}

fn found(diagnosis: &Diagnosis, check: Check) -> Finding {
    let mut found = diagnosis.findings.iter().filter(|finding| finding.check == check);
    found.next().cloned().unwrap_or_else(|| panic!("{check:?} is not named: {diagnosis}"))
}

fn skipped(diagnosis: &Diagnosis) -> BTreeSet<Check> {
    diagnosis.unchecked.iter().map(|unchecked| unchecked.check).collect()
}

/// What `ghostwren.inspect()` gives of a database with all migrations, without what differs from server to server.
#[test]
fn the_expected_walls_are_those_that_the_migrations_make() {
    let path = root().join("core/src/store/supabase/doctor/expected.json");
    let database = Database::copy_of("plain", "doctor_expected");
    let mut said: Value = serde_json::from_str(&database.sql(&as_secret("inspect()"))).unwrap();
    assert_eq!(said["without_row_security"], json!([]));
    said.as_object_mut()
        .unwrap()
        .retain(|name, _| ["version", "objects", "rights", "policies"].contains(&name.as_str()));
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, format!("{said:#}\n")).unwrap();
    }
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(expected, said, "run this test once with UPDATE_EXPECTED=1");
}

/// Applies a remedy, word for word, as the one who owns the database would.
fn apply(database: &Database, remedy: &Remedy) {
    let url = database.url_as("postgres");
    match remedy {
        Remedy::Sql(sql) => drop(database.try_sql_as("postgres", sql).unwrap_or_else(|error| panic!("{error}: {sql}"))),
        Remedy::Command(command) => {
            // The project that the command finds linked is this database.
            let command = command.replace("--remote", "--yes --remote \"$DATABASE_URL\"");
            let path = format!("{}:{}", packages().join(".bin").display(), std::env::var("PATH").unwrap());
            let output = Command::new("sh")
                .args(["-ec", &command])
                .current_dir(root())
                .envs([("DATABASE_URL", url.as_str()), ("PATH", path.as_str())])
                .envs([("SUPABASE_TELEMETRY_DISABLED", "1"), ("DO_NOT_TRACK", "1")])
                .output()
                .unwrap();
            assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        }
        other => panic!("nothing that can be applied here: {other:?}"),
    }
}

/// The statement that breaks something, the check that names it, how bad it is, and a word of the sentence.
const BREAKS: &[(&str, Check, Severity, &str)] = &[
    (
        "revoke select on ghostwren.tweets from authenticated",
        Check::Grants,
        Severity::Broken,
        "select on ghostwren.tweets",
    ),
    (
        "revoke execute on function ghostwren.accounts() from authenticated",
        Check::Grants,
        Severity::Broken,
        "ghostwren.accounts()",
    ),
    (
        "revoke insert (owner) on ghostwren.accounts from authenticated",
        Check::Grants,
        Severity::Broken,
        "insert (owner)",
    ),
    ("revoke execute on function ghostwren.inspect() from service_role", Check::Grants, Severity::Broken, "inspect()"),
    ("revoke usage on schema ghostwren from authenticated", Check::Grants, Severity::Broken, "authenticated"),
    ("revoke usage on schema ghostwren from service_role", Check::Grants, Severity::Broken, "service_role"),
    ("grant select on ghostwren.tweets to anon", Check::Grants, Severity::Danger, "anon"),
    ("grant select, delete on ghostwren.tweets to service_role", Check::Grants, Severity::Danger, "delete, select"),
    (
        "grant usage on schema ghostwren_private to authenticated",
        Check::Grants,
        Severity::Danger,
        "schema ghostwren_private",
    ),
    (
        "grant select (sealed) on ghostwren_private.credentials to authenticated",
        Check::Grants,
        Severity::Danger,
        "sealed",
    ),
    (
        "grant execute on function ghostwren.sealed(uuid, uuid, text) to public",
        Check::Grants,
        Severity::Danger,
        "public",
    ),
    (
        "alter table ghostwren.drafts disable row level security",
        Check::RowSecurity,
        Severity::Danger,
        "ghostwren.drafts",
    ),
    ("drop policy owner on ghostwren.tweets", Check::Policies, Severity::Broken, "ghostwren.tweets"),
    ("alter policy owner on ghostwren.tweets using (true)", Check::Policies, Severity::Danger, "ghostwren.tweets"),
    (
        "create policy \"every \"\"body\" on ghostwren.tweets for select to authenticated using (true)",
        Check::Policies,
        Severity::Danger,
        "none of the SDK's",
    ),
    ("drop policy \"ghostwren: owner writes\" on storage.objects", Check::Policies, Severity::Broken, "owner writes"),
    (
        "alter policy \"ghostwren: owner reads\" on storage.objects using (true)",
        Check::Policies,
        Severity::Danger,
        "owner reads",
    ),
    ("delete from storage.buckets where id = 'ghostwren'", Check::Buckets, Severity::Broken, "`ghostwren`"),
    (
        "delete from storage.buckets where id = 'ghostwren-public'",
        Check::Buckets,
        Severity::Broken,
        "`ghostwren-public`",
    ),
    (
        "update storage.buckets set public = true where id = 'ghostwren'",
        Check::Buckets,
        Severity::Danger,
        "open to everybody",
    ),
    (
        "update storage.buckets set public = false where id = 'ghostwren-public'",
        Check::Buckets,
        Severity::Broken,
        "private",
    ),
    ("alter role authenticated reset statement_timeout", Check::Timeouts, Severity::Advice, "as long as it likes"),
    // An older schema: what newer migrations made is not there.
    (
        "delete from supabase_migrations.schema_migrations where version > '20261125000015';
         drop function ghostwren.inspect();
         create or replace function ghostwren.schema_version() returns bigint language sql immutable parallel safe
             set search_path = '' as $$ select 20261125000015 $$",
        Check::Version,
        Severity::Broken,
        "20261125000015",
    ),
    // Somebody dropped a part of it.
    ("drop function ghostwren.spend(uuid)", Check::Version, Severity::Broken, "ghostwren.spend(uuid)"),
];

#[tokio::test]
async fn what_is_broken_is_named_and_mended() {
    let Some(servers) = servers() else { return };
    let database = Database::copy_of("plain", "doctor");
    let lite = Lite::start(&servers, &database, &["public", "ghostwren"]).await;
    let store = SupabaseStore::of(project(&servers, &lite.url)).unwrap();
    let me = caller(&servers);
    let doctor = || -> Doctor { store.doctor().caller(&me).sealing_keys(&keys(KEYS)) };

    let healthy = doctor().run().await;
    assert!(healthy.is_well(), "{healthy}");
    assert_eq!(skipped(&healthy), [Check::Provider, Check::Redirect].into(), "{healthy}");
    assert_eq!(healthy.checked.len() + healthy.unchecked.len(), Check::ALL.len(), "{healthy}");
    println!("{healthy}");
    let mut wrong = Vec::new();
    for (sql, check, severity, word) in BREAKS {
        database.sql(sql);
        let diagnosis = doctor().run().await;
        // One thing is broken: one thing is named.
        let [finding] = &diagnosis.findings[..] else {
            wrong.push(format!("{sql}\n{diagnosis}"));
            diagnosis.findings.iter().for_each(|finding| apply(&database, &finding.remedy));
            continue;
        };
        println!("{sql}\n  {}\n  {}", finding.what, finding.remedy);
        if (finding.check, finding.severity) != (*check, *severity) || !finding.what.contains(word) {
            wrong.push(format!("{sql}\n{diagnosis}"));
        }
        apply(&database, &finding.remedy);
        let again = doctor().run().await;
        if !again.is_well() {
            wrong.push(format!("{sql}\nafter {}\n{again}", finding.remedy));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Serde gives it to programs, and back.
    database.sql(BREAKS[0].0);
    let diagnosis = doctor().run().await;
    let written = serde_json::to_value(&diagnosis).unwrap();
    assert_eq!(written["findings"][0]["check"], "grants");
    assert_eq!(written["findings"][0]["remedy"]["sql"], "grant select on ghostwren.tweets to authenticated;");
    assert_eq!(serde_json::from_value::<Diagnosis>(written).unwrap(), diagnosis);
    apply(&database, &found(&diagnosis, Check::Grants).remedy);
}

#[tokio::test]
async fn keys_that_seal_and_clocks() {
    let Some(servers) = servers() else { return };
    let database = Database::copy_of("plain", "doctor_keys");
    let lite = Lite::start(&servers, &database, &["public", "ghostwren"]).await;
    let store = SupabaseStore::of(project(&servers, &lite.url)).unwrap();
    // Somebody who signed up: what is sealed is for a user whom Auth knows.
    let auth = AuthClient::new(store.project()).unwrap();
    let password = "correct horse battery".to_owned().into();
    let signed_up = auth.sign_up("wren@example.com", &password, serde_json::Map::new()).await.unwrap();
    let SignUp::SignedIn(signed_in) = signed_up else { panic!("lite gives a session at once") };
    let me = Caller::bearer(signed_in.session.user.id, signed_in.session.access);

    // None: the command that is printed makes one.
    assert!(std::env::var_os("GHOSTWREN_SEALING_KEYS").is_none(), "the test needs an environment without keys");
    let diagnosis = store.doctor().run().await;
    let Remedy::Command(command) = found(&diagnosis, Check::SealingKeys).remedy else { panic!("{diagnosis}") };
    let print = format!("{command}; printf %s \"$GHOSTWREN_SEALING_KEYS\"");
    let made = String::from_utf8(Command::new("sh").args(["-ec", &print]).output().unwrap().stdout).unwrap();
    assert!(store.doctor().sealing_keys(&keys(&made)).run().await.is_well(), "{command}");

    // Sealed with a key that is not there any more, then with an old one, then anew.
    let account = store.open_account(&me, "main".into()).await.unwrap().id;
    let context = SealContext::new(&me, account, "token");
    let sealed = keys(OLD).seal(&"a token".to_owned().into(), &context).unwrap();
    store.put_sealed(&me, account, "token".into(), sealed).await.unwrap();
    let lost = found(&store.doctor().sealing_keys(&keys(KEYS)).run().await, Check::SealingKeys);
    assert_eq!((lost.severity, lost.what.contains("`k1`")), (Severity::Broken, true), "{lost:?}");
    let both = format!("{KEYS},{OLD}");
    let old = found(&store.doctor().sealing_keys(&keys(&both)).run().await, Check::SealingKeys);
    assert_eq!((old.severity, old.what.contains("`k1`")), (Severity::Advice, true), "{old:?}");
    assert_eq!(reseal(&store, &me, &keys(&both)).await.unwrap(), 1);
    let diagnosis = store.doctor().sealing_keys(&keys(&both)).run().await;
    assert!(diagnosis.is_well(), "{diagnosis}");

    for (ms, word) in [(600_000, "ahead"), (-1_200_000, "behind")] {
        let clock = Clock::system();
        clock.shift_ms(ms);
        for doctor in [store.doctor(), store.doctor().caller(&me)] {
            let diagnosis = doctor.sealing_keys(&keys(KEYS)).clock(clock.clone()).run().await;
            let finding = found(&diagnosis, Check::Clock);
            assert!(finding.what.contains(word) && diagnosis.findings.len() == 1, "{diagnosis}");
            clock.shift_ms(-ms);
            assert!(store.doctor().sealing_keys(&keys(KEYS)).clock(clock.clone()).run().await.is_well());
            clock.shift_ms(ms);
        }
    }
}

#[tokio::test]
async fn schemas_that_are_exposed() {
    let Some(servers) = servers() else { return };
    let database = Database::copy_of("plain", "doctor_exposed");
    let doctor = |url: &str| SupabaseStore::of(project(&servers, url)).unwrap().doctor().sealing_keys(&keys(KEYS));
    for (schemas, severity, value) in [
        (&["public"][..], Some(Severity::Broken), "add `ghostwren`"),
        (&["public", "ghostwren", "ghostwren_private"], Some(Severity::Danger), "take `ghostwren_private` away"),
        (&["public", "ghostwren"], None, ""),
    ] {
        let lite = Lite::start(&servers, &database, schemas).await;
        let diagnosis = doctor(&lite.url).run().await;
        println!("{diagnosis}");
        assert_eq!(diagnosis.worst(), severity, "{diagnosis}");
        if severity.is_some() {
            let finding = found(&diagnosis, Check::Exposure);
            let Remedy::Setting { place, value: said } = finding.remedy else { panic!("{diagnosis}") };
            assert_eq!((place.as_str(), said.as_str()), ("Project Settings → Data API → Exposed schemas", value));
        }
    }
    // Exposed, and nothing in it: the migrations were never applied.
    let bare = Database::copy_of("bare", "doctor_bare");
    bare.sql("create schema ghostwren authorization postgres; create schema ghostwren_private authorization postgres");
    let lite = Lite::start_bare(&servers, &bare, &["public", "ghostwren"]).await;
    let diagnosis = doctor(&lite.url).run().await;
    let finding = found(&diagnosis, Check::Version);
    assert!(matches!(&finding.remedy, Remedy::Command(command) if command.contains("db push")), "{diagnosis}");
    // The server made a history of migrations of its own.
    drop(lite);
    bare.sql("drop schema ghostwren, ghostwren_private cascade; drop schema if exists supabase_migrations cascade");
    apply(&bare, &finding.remedy);
    let lite = Lite::start(&servers, &bare, &["public", "ghostwren"]).await;
    let diagnosis = doctor(&lite.url).run().await;
    assert!(diagnosis.is_well(), "{diagnosis}");
}

/// A schema that is not exposed, a migration that is missing, a bucket that was deleted: what the calls themselves say then.
#[tokio::test]
async fn what_is_missing_is_said_by_the_calls_that_need_it() {
    let Some(servers) = servers() else { return };
    let database = Database::copy_of("plain", "doctor_missing");
    let token = servers.token(user(), 3600);
    let wren =
        |url: &str| Ghostwren::builder().store(SupabaseStore::of(project(&servers, url)).unwrap()).build().unwrap();
    let me = |url: &str| wren(url).user(Identity::bearer(token.clone()).unwrap());
    let says = |error: Error, kind: ErrorKind, code: &str, remedy: &str| {
        assert_eq!((error.kind(), error.code()), (kind, code), "{error}");
        assert!(error.remedy().is_some_and(|said| said.contains(remedy)), "{error}: {:?}", error.remedy());
    };
    let lite = Lite::start(&servers, &database, &["public"]).await;
    let hidden = me(&lite.url).open_account("main").await.unwrap_err();
    says(hidden, ErrorKind::Config, "supabase.schema_not_exposed", "Expose the schema `ghostwren`");
    drop(lite);

    let lite = Lite::start(&servers, &database, &["public", "ghostwren"]).await;
    let account = me(&lite.url).open_account("main").await.unwrap();
    account.save_export().await.unwrap();
    database.sql("alter function ghostwren.spend(uuid) rename to spend_of_later");
    let missing = account.spend().await.unwrap_err();
    says(missing, ErrorKind::NotFound, "supabase.no_function", "migrations were applied");
    database.sql("alter function ghostwren.spend_of_later(uuid) rename to spend");
    account.spend().await.unwrap();

    database
        .sql("delete from storage.objects; delete from storage.buckets where id in ('ghostwren', 'ghostwren-public')");
    let lost = account.save_export().await.unwrap_err();
    says(lost, ErrorKind::NotFound, "supabase.no_bucket", "migrations");
    // What needs no file goes on, and what was kept can be erased.
    assert_eq!(account.totals().await.unwrap().total, 0);
    let store = SupabaseStore::of(project(&servers, &lite.url)).unwrap();
    for finding in store.doctor().sealing_keys(&keys(KEYS)).run().await.findings {
        assert_eq!(finding.check, Check::Buckets);
        apply(&database, &finding.remedy);
    }
    account.save_export().await.unwrap();
    database
        .sql("delete from storage.objects; delete from storage.buckets where id in ('ghostwren', 'ghostwren-public')");
    account.erase().await.unwrap();
    assert!(me(&lite.url).accounts().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_cannot_be_seen_is_said() {
    let Some(servers) = servers() else { return };
    // With the publishable key alone.
    let store = SupabaseStore::of(servers.project()).unwrap();
    let diagnosis = store.doctor().run().await;
    assert!(diagnosis.is_well(), "{diagnosis}");
    assert_eq!(diagnosis.checked, [Check::Address, Check::Keys, Check::Exposure]);
    assert_eq!(skipped(&diagnosis).len(), Check::ALL.len() - 3);
    assert!(diagnosis.to_string().contains("grants               not checked, because only the secret key may ask"));
    // As a user: the version and the clock as well.
    let diagnosis = store.doctor().caller(&caller(&servers)).run().await;
    assert!(diagnosis.is_well(), "{diagnosis}");
    assert!([Check::Version, Check::User, Check::Clock].iter().all(|check| diagnosis.checked.contains(check)));
    assert!(skipped(&diagnosis).contains(&Check::RowSecurity));
    // Nobody there.
    let nobody = SupabaseStore::new("http://127.0.0.1:9", servers.publishable.as_str()).unwrap();
    let diagnosis = nobody.doctor().run().await;
    assert_eq!(found(&diagnosis, Check::Address).severity, Severity::Broken);
    assert_eq!(diagnosis.checked, [Check::Address], "{diagnosis}");
    // A key that nobody gave out.
    let other = Supabase::new(&servers.url, "sb_publishable_of_another_project").unwrap();
    let diagnosis = SupabaseStore::of(other).unwrap().doctor().run().await;
    assert_eq!(found(&diagnosis, Check::Keys).severity, Severity::Broken, "{diagnosis}");
    let other = servers.project().secret_key("sb_secret_of_another_project").unwrap();
    let diagnosis = SupabaseStore::of(other).unwrap().doctor().run().await;
    assert_eq!(found(&diagnosis, Check::Keys).severity, Severity::Broken, "{diagnosis}");
    for text in [diagnosis.to_string(), serde_json::to_string(&diagnosis).unwrap()] {
        assert!(!text.contains("another_project") && !text.contains(&servers.publishable), "{text}");
    }
    // No login at all.
    let diagnosis = store.doctor().caller(&Caller::local("me").unwrap()).run().await;
    assert_eq!(found(&diagnosis, Check::User).severity, Severity::Broken, "{diagnosis}");
}

/// What `docs/supabase.md` says takes the schema out of a project leaves nothing behind that would keep it from coming again.
#[test]
fn what_takes_the_schema_out_lets_it_come_again() {
    let page = std::fs::read_to_string(root().join("docs/supabase.md")).unwrap();
    let (_, from) = page.split_once("```sql\ndrop schema").unwrap();
    let (statements, _) = from.split_once("```").unwrap();
    let database = Database::copy_of("plain", "doctor_taken_out");
    let history = "select count(*) from supabase_migrations.schema_migrations";
    database.sql("insert into supabase_migrations.schema_migrations (version, name) values ('20250101000000', 'own')");
    database.try_sql_as("postgres", &format!("drop schema{statements}")).unwrap();
    assert_eq!(database.sql(history), "1", "the app's own is left");
    database.sql("delete from supabase_migrations.schema_migrations");
    apply(&database, &Remedy::Command("supabase db push --workdir core --remote".to_owned()));
    assert_ne!(database.sql("select ghostwren.schema_version()"), "");
}

#[tokio::test]
async fn keys_of_the_old_kind_are_named() {
    // `{"role":"anon"}` and `{"role":"service_role"}`, unsigned.
    const ANON: &str = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.c2ln";
    const SERVICE: &str = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2ln";
    let rest = RawServer::start(|_, request| match request.line().contains("/rpc/") {
        true => Reply::new(401, &[], r#"{"code":"42501","message":"permission denied for schema ghostwren"}"#),
        false => Reply::new(406, &[], r#"{"code":"PGRST106","message":"Invalid schema: ghostwren_private"}"#),
    })
    .await;
    let named = async |publishable: &str, secret: Option<&str>| {
        let project = Supabase::new(rest.url("").as_str(), publishable).unwrap();
        let project = match secret {
            Some(secret) => project.secret_key(secret).unwrap(),
            None => project,
        };
        let diagnosis = SupabaseStore::of(project).unwrap().doctor().run().await;
        assert!(diagnosis.checked.contains(&Check::Keys), "{diagnosis}");
        let told = diagnosis.to_string();
        assert!(![ANON, SERVICE].iter().any(|key| told.contains(key)), "{told}");
        diagnosis.findings.into_iter().filter(|finding| finding.check == Check::Keys).collect::<Vec<_>>()
    };
    for (publishable, secret) in
        [(ANON, None), (ANON, Some(SERVICE)), (ANON, Some("sb_secret_x")), ("sb_publishable_x", Some(SERVICE))]
    {
        let [finding] = &named(publishable, secret).await[..] else { panic!("one finding for both keys") };
        assert_eq!((finding.check, finding.severity), (Check::Keys, Severity::Advice), "{finding:?}");
        assert!(finding.what.contains("legacy key"), "{finding:?}");
        let Remedy::Setting { place, value } = &finding.remedy else { panic!("{finding:?}") };
        assert_eq!(place, "Project Settings → API Keys");
        assert!(value.contains("instead of anon and service_role"), "{value}");
    }
    for secret in [None, Some("sb_secret_x")] {
        assert_eq!(named("sb_publishable_x", secret).await, [], "keys of today");
    }
}

#[tokio::test]
async fn logins_that_would_not_work() {
    // The stand-in's Auth, which has the provider `x`, beside a PostgREST that answers as the real one does to nobody.
    let rest = RawServer::start(|_, request| match request.line().contains("/rpc/") {
        true => Reply::new(
            401,
            &[],
            r#"{"code":"42501","message":"permission denied for schema ghostwren","details":null,"hint":null}"#,
        ),
        false => Reply::new(
            406,
            &[],
            r#"{"code":"PGRST106","message":"Invalid schema: ghostwren_private","details":null,"hint":null}"#,
        ),
    })
    .await;
    let sandbox = Sandbox::start().unwrap();
    let supabase = sandbox.supabase();
    let login = || OAuthLogin::x("https://my.app/callback").unwrap();
    let project = Supabase::new(&supabase.url(), supabase.publishable_key()).unwrap();
    let store = SupabaseStore::of(project.rest_url(rest.url("/rest/v1"))).unwrap();
    supabase.set_x(false);
    supabase.set_redirects("https://my.app", &["https://my.app/elsewhere"]);
    let diagnosis = store.doctor().login(login()).run().await;
    let provider = found(&diagnosis, Check::Provider);
    assert!(provider.remedy.to_string().contains("[auth.external.x]"), "{diagnosis}");
    let Remedy::Setting { value, .. } = found(&diagnosis, Check::Redirect).remedy else { panic!("{diagnosis}") };
    let pattern = value.trim_start_matches("add `").trim_end_matches('`');
    supabase.set_x(true);
    supabase.set_redirects("https://my.app", &["https://my.app/elsewhere", pattern]);
    let diagnosis = store.doctor().login(login()).run().await;
    assert!(diagnosis.is_well(), "{diagnosis}");
    assert!(diagnosis.checked.contains(&Check::Provider) && diagnosis.checked.contains(&Check::Redirect));
}
