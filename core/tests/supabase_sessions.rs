//! A session that many tasks and processes share: refreshed once for all, kept before it is used, and never replaced by less.
#![cfg(feature = "supabase")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::answers::{Answer, Answers};
use common::auth::{PLANTED, URL, auth, problem, secret, session, session_json};
use futures_util::future::join_all;
#[cfg(feature = "sqlite")]
use ghostwren::store::{Caller, SqliteStore, Store, StoredSession, seal::SealingKeys};
use ghostwren::supabase::{
    Access, MemorySessions, RefreshEnd, RefreshTurn, Session, SessionStore, SignOutScope, UserSession, UserTokens,
};
use ghostwren::{ErrorKind, Result};
use secrecy::{ExposeSecret, SecretString};

/// What the server knows of refresh tokens: the rules of GoTrue, version 1.
fn rotating(delay: Duration) -> (Answers, Arc<Mutex<u32>>) {
    let active = Arc::new(Mutex::new(1));
    let kept = Arc::clone(&active);
    let answers = Answers::new(move |_, sent| {
        let body = sent.json();
        let token = body["refresh_token"].as_str().unwrap_or_default();
        let number: u32 = token.rsplit('-').next().unwrap().parse().unwrap();
        let mut active = active.lock().unwrap();
        if number == *active {
            *active += 1;
        } else if number + 1 != *active {
            return problem(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used");
        }
        Answer::json(200, &session_json(*active)).after(delay)
    });
    (answers, kept)
}

#[tokio::test(start_paused = true)]
async fn one_refresh_for_all_tasks_and_all_processes() {
    let (answers, active) = rotating(Duration::from_millis(300));
    let auth = auth(&answers);
    let store: Arc<dyn SessionStore> = Arc::new(MemorySessions::new(session(10).await));
    // Four processes, each with fifty tasks: each has its own `UserSession`, all of them one store.
    let processes: Vec<UserSession> = (0..4).map(|_| UserSession::shared(auth.clone(), Arc::clone(&store))).collect();
    let tasks = processes.iter().flat_map(|process| std::iter::repeat_n(process, 50));
    let tokens = join_all(tasks.map(|process| process.access_token())).await;
    let wanted = format!("access-{PLANTED}-2");
    for token in tokens {
        assert_eq!(token.unwrap().expose_secret(), &wanted);
    }
    assert_eq!((*active.lock().unwrap(), answers.sent().len()), (2, 1));
    // Nobody asks again while it is fresh.
    tokio::time::advance(Duration::from_secs(3000)).await;
    join_all(processes.iter().map(|process| process.access_token())).await;
    assert_eq!(answers.sent().len(), 1);
    tokio::time::advance(Duration::from_secs(550)).await;
    // Ahead of its end one refreshes, and the others go on with what is good for a while.
    let tokens = join_all(processes.iter().map(|process| process.access_token())).await;
    let tokens: Vec<SecretString> = tokens.into_iter().map(Result::unwrap).collect();
    assert!(tokens.iter().any(|token| token.expose_secret().ends_with("-3")));
    assert!(tokens.iter().all(|token| token.expose_secret().ends_with("-2") || token.expose_secret().ends_with("-3")));
    assert_eq!(answers.sent().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_refreshes_once_for_all_who_met_it() {
    let (answers, _) = rotating(Duration::from_millis(100));
    let user = UserSession::in_memory(auth(&answers), session(3600).await);
    let old = user.access_token().await.unwrap();
    let fresh = join_all((0..100).map(|_| user.refreshed_after_401(&old))).await;
    assert!(fresh.into_iter().all(|token| token.unwrap().expose_secret().ends_with("-2")));
    assert_eq!(answers.sent().len(), 1);
    // A server that refuses the new one, too, does not get a refresh for each call.
    let new = user.access_token().await.unwrap();
    for _ in 0..20 {
        assert_eq!(user.refreshed_after_401(&new).await.unwrap_err().kind(), ErrorKind::Auth);
    }
    assert_eq!(answers.sent().len(), 1);
    tokio::time::advance(Duration::from_secs(31)).await;
    assert!(user.refreshed_after_401(&new).await.unwrap().expose_secret().ends_with("-3"));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_lost_is_asked_for_again_with_the_same_token() {
    let (server, active) = rotating(Duration::ZERO);
    // The first answer never arrives, though the server has rotated.
    let answers = {
        let server = server.clone();
        Answers::new(move |number, sent| {
            let answer = futures_util::FutureExt::now_or_never(ghostwren::http::Transport::send(
                &server,
                http::Request::post(format!("{URL}{}", sent.target)).body(sent.body.clone()).unwrap(),
            ));
            assert!(answer.is_some());
            if number == 0 { Answer::Break } else { Answer::json(200, &session_json(*active.lock().unwrap())) }
        })
    };
    let user = UserSession::in_memory(auth(&answers), session(5).await);
    assert!(user.access_token().await.unwrap().expose_secret().ends_with("-2"));
    let sent = answers.sent();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0].json(), sent[1].json(), "the same token, and no other");
}

#[tokio::test(start_paused = true)]
async fn a_process_that_dies_while_it_refreshes_blocks_nobody_for_long() {
    let (answers, active) = rotating(Duration::ZERO);
    let auth = auth(&answers);
    let store: Arc<dyn SessionStore> = Arc::new(MemorySessions::new(session(5).await));
    // It took the lease and had its answer, and never kept it.
    let RefreshTurn::Ours { session, .. } = store.begin_refresh(Duration::from_secs(75)).await.unwrap() else {
        panic!("the lease was free")
    };
    auth.refresh(&session.refresh).await.unwrap();
    assert_eq!(*active.lock().unwrap(), 2);
    let began = tokio::time::Instant::now();
    let user = UserSession::shared(auth, store);
    assert!(user.access_token().await.unwrap().expose_secret().ends_with("-2"), "the parent's successor");
    assert!(began.elapsed() < Duration::from_secs(80));
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_gives_up_does_not_stop_the_refresh() {
    let (answers, _) = rotating(Duration::from_secs(5));
    let user = UserSession::in_memory(auth(&answers), session(5).await);
    assert!(tokio::time::timeout(Duration::from_secs(1), user.access_token()).await.is_err());
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert!(user.access_token().await.unwrap().expose_secret().ends_with("-2"));
    assert_eq!(answers.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_cannot_be_had_is_an_error_and_never_less() {
    // Away, with time left on the token: it is used; without: the call fails, and nothing is sent without it.
    let answers = Answers::each([Answer::NoConnection]);
    let client = auth(&answers);
    let user = UserSession::in_memory(client.clone(), session(40).await);
    assert!(user.access_token().await.unwrap().expose_secret().ends_with("-1"));
    tokio::time::advance(Duration::from_secs(60)).await;
    let error = client.user(&Access::user(user.clone())).await.unwrap_err();
    assert_eq!(error.code(), "http.connect");
    assert!(answers.sent().iter().all(|sent| sent.target.contains("/token")), "only the refresh was tried");

    // Over: everybody is told why, also later and in another process.
    let (answers, _) = rotating(Duration::ZERO);
    let client = auth(&answers);
    let mut stolen = session(5).await;
    stolen.refresh = secret("refresh-7");
    let store: Arc<dyn SessionStore> = Arc::new(MemorySessions::new(stolen));
    let user = UserSession::shared(client.clone(), Arc::clone(&store));
    for _ in 0..3 {
        let error = user.access_token().await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::NeedsLogin, "supabase.session_ended"));
        assert!(error.detail().contains("used before"), "{error}");
    }
    let other = UserSession::shared(client.clone(), Arc::clone(&store));
    assert!(client.user(&Access::user(other)).await.unwrap_err().detail().contains("used before"));
    assert_eq!(answers.sent().len(), 1);
    // Until somebody logs in again.
    store.save(session(3600).await).await.unwrap();
    assert!(user.access_token().await.is_ok());

    let nobody = UserSession::new(client, MemorySessions::default());
    assert_eq!(nobody.access_token().await.unwrap_err().code(), "supabase.no_session");
}

#[tokio::test(start_paused = true)]
async fn who_logs_in_while_a_refresh_is_under_way_wins() {
    let (answers, _) = rotating(Duration::from_secs(2));
    let store: Arc<dyn SessionStore> = Arc::new(MemorySessions::new(session(5).await));
    let user = UserSession::shared(auth(&answers), Arc::clone(&store));
    let waits = tokio::spawn({
        let user = user.clone();
        async move { user.access_token().await }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut newer = session(3600).await;
    newer.access = secret("newer");
    store.save(newer).await.unwrap();
    assert_eq!(waits.await.unwrap().unwrap().expose_secret(), "newer");
    assert_eq!(user.current().await.unwrap().access.expose_secret(), "newer");
    assert_eq!(store.load().await.unwrap().unwrap().access.expose_secret(), "newer");
}

/// A store that fails when it is told to.
#[derive(Debug)]
struct Failing {
    inner: MemorySessions,
    left: Mutex<u32>,
}

#[async_trait::async_trait]
impl SessionStore for Failing {
    async fn load(&self) -> Result<Option<Session>> {
        self.inner.load().await
    }

    async fn save(&self, session: Session) -> Result<()> {
        self.inner.save(session).await
    }

    async fn begin_refresh(&self, lease: Duration) -> Result<RefreshTurn> {
        self.inner.begin_refresh(lease).await
    }

    async fn end_refresh(&self, fence: u64, end: RefreshEnd) -> Result<()> {
        {
            let mut left = self.left.lock().unwrap();
            if *left > 0 {
                *left -= 1;
                return Err(ghostwren::Error::new(ErrorKind::Storage, "store.busy", "the disk is full"));
            }
        }
        self.inner.end_refresh(fence, end).await
    }
}

#[tokio::test(start_paused = true)]
async fn new_tokens_are_used_only_once_they_are_kept() {
    let (answers, _) = rotating(Duration::ZERO);
    let store = Arc::new(Failing { inner: MemorySessions::new(session(5).await), left: Mutex::new(7) });
    let user = UserSession::shared(auth(&answers), Arc::clone(&store) as Arc<dyn SessionStore>);
    assert_eq!(user.access_token().await.unwrap_err().kind(), ErrorKind::Storage);
    // They are still in memory: no second refresh.
    assert!(user.access_token().await.unwrap().expose_secret().ends_with("-2"));
    assert_eq!(answers.sent().len(), 1);
    assert!(store.load().await.unwrap().unwrap().access.expose_secret().ends_with("-2"));
}

#[tokio::test(start_paused = true)]
async fn signing_out_of_one_of_others_or_of_all() {
    for (scope, name, kept) in [
        (SignOutScope::Local, "local", false),
        (SignOutScope::Global, "global", false),
        (SignOutScope::Others, "others", true),
    ] {
        for status in [204, 401, 403, 404] {
            let answers = Answers::each([Answer::new(status, "")]);
            let store: Arc<dyn SessionStore> = Arc::new(MemorySessions::new(session(3600).await));
            let user = UserSession::shared(auth(&answers), Arc::clone(&store));
            user.sign_out(scope).await.unwrap();
            let sent = &answers.sent()[0];
            assert_eq!(sent.line(), format!("POST /auth/v1/logout?scope={name}"));
            assert_eq!(sent.header("authorization"), Some(format!("Bearer access-{PLANTED}-1").as_str()));
            assert_eq!(user.access_token().await.is_ok(), kept);
            assert_eq!(store.load().await.is_ok_and(|session| session.is_some()), kept);
        }
    }
    // Auth is away: nobody goes on with the session here, and the error says that it is open there.
    let answers = Answers::each([Answer::NoConnection]);
    let user = UserSession::in_memory(auth(&answers), session(3600).await);
    assert_eq!(user.sign_out(SignOutScope::Local).await.unwrap_err().kind(), ErrorKind::Connect);
    assert_eq!(user.access_token().await.unwrap_err().kind(), ErrorKind::NeedsLogin);
}

/// One session, sealed in a store that two processes share: one refresh for both, and nothing of it in the clear.
#[cfg(feature = "sqlite")]
#[tokio::test(start_paused = true)]
async fn a_session_that_a_store_keeps_is_sealed_and_shared() {
    let (answers, _) = rotating(Duration::from_millis(100));
    let auth = auth(&answers);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wren.db");
    let me = || Caller::local("me").unwrap();
    let open = || Arc::new(SqliteStore::open(&path).unwrap());
    let keys = || Arc::new(SealingKeys::beside(&path).unwrap());
    let account = open().open_account(&me(), "supabase".into()).await.unwrap().id;
    let process = || StoredSession::new(open(), me(), account, keys());
    let none = process().load().await.unwrap();
    assert!(none.is_none());
    assert!(matches!(process().begin_refresh(Duration::from_secs(1)).await.unwrap(), RefreshTurn::Gone));
    process().save(session(10).await).await.unwrap();
    let users: Vec<UserSession> = (0..2).map(|_| UserSession::new(auth.clone(), process())).collect();
    let tokens = join_all(users.iter().flat_map(|user| std::iter::repeat_n(user, 10)).map(UserTokens::access_token));
    for token in tokens.await {
        assert_eq!(token.unwrap().expose_secret(), &format!("access-{PLANTED}-2"));
    }
    assert_eq!(answers.sent().len(), 1);
    assert_eq!(process().load().await.unwrap().unwrap().refresh.expose_secret(), &format!("refresh-{PLANTED}-2"));
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(
            !bytes.windows(PLANTED.len()).any(|part| part == PLANTED.as_bytes()),
            "the session lies there in the clear"
        );
    }
    // A login while somebody refreshes: what comes late is not kept.
    let late = process();
    let RefreshTurn::Ours { fence, .. } = late.begin_refresh(Duration::from_secs(60)).await.unwrap() else { panic!() };
    assert!(matches!(process().begin_refresh(Duration::from_secs(60)).await.unwrap(), RefreshTurn::Busy));
    process().save(session(3600).await).await.unwrap();
    let lost = late.end_refresh(fence, RefreshEnd::Rotated(Box::new(session(7).await))).await.unwrap_err();
    assert_eq!(lost.kind(), ErrorKind::LeaseLost);
    let kept = process().load().await.unwrap().unwrap();
    assert_eq!(kept.refresh.expose_secret(), &format!("refresh-{PLANTED}-1"));
    // Its end, with the reason, for everybody.
    let RefreshTurn::Ours { fence, .. } = late.begin_refresh(Duration::from_secs(60)).await.unwrap() else { panic!() };
    late.end_refresh(fence, RefreshEnd::Over { reason: "the user signed out".into() }).await.unwrap();
    let over = process().load().await.unwrap_err();
    assert_eq!(
        (over.kind(), over.code(), over.detail()),
        (ErrorKind::NeedsLogin, "supabase.session_ended", "the user signed out")
    );
    assert!(matches!(process().begin_refresh(Duration::from_secs(1)).await.unwrap(), RefreshTurn::Gone));
    // Copied to another account it does not open.
    let other = open().open_account(&me(), "other".into()).await.unwrap().id;
    let value = open().sealed(&me(), account, "supabase-session".into()).await.unwrap().unwrap();
    open().put_sealed(&me(), other, "supabase-session".into(), value).await.unwrap();
    let moved = StoredSession::new(open(), me(), other, keys()).load().await.unwrap_err();
    assert_eq!(moved.code(), "seal.does_not_open");
}
