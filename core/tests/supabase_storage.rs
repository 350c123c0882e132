//! Supabase Storage: objects from upload to erasure, and every failure by its real name.
#![cfg(feature = "supabase")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::error::Error as _;
use std::time::Duration;

use common::answers::{Answer, Answers};
use common::browser::visit;
use common::objects::{MB, PLANTED, URL, bucket, content, file, path};
use ghostwren::ErrorKind;
use ghostwren::sandbox::Sandbox;
use ghostwren::supabase::{
    Access, AuthClient, Bucket, CacheControl, ContentHash, ListRequest, NewBucket, ObjectPath, SignUp, Storage,
    StorageProblem, Supabase, Upload, UploadPlace, UserSession,
};
use secrecy::SecretString;
use serde_json::{Map, json};

/// The stand-in, and a user with its own part of the bucket.
struct World {
    sandbox: Sandbox,
    project: Supabase,
    owner: String,
    bucket: Bucket,
}

async fn world() -> World {
    let sandbox = Sandbox::start().unwrap();
    let supabase = sandbox.supabase();
    supabase.add_bucket("ghostwren", false);
    supabase.add_bucket("ghostwren-public", true);
    let project = Supabase::new(&supabase.url(), supabase.publishable_key()).unwrap();
    let project = project.secret_key(supabase.secret_key()).unwrap();
    let (owner, access) = someone(&project, "ada").await;
    let bucket = Storage::new(&project, access).bucket("ghostwren").unwrap();
    World { sandbox, project, owner, bucket }
}

async fn someone(project: &Supabase, name: &str) -> (String, Access) {
    let auth = AuthClient::new(project).unwrap();
    let password = SecretString::from("correct horse battery".to_owned());
    let signed_up = auth.sign_up(&format!("{name}@example.com"), &password, Map::new()).await.unwrap();
    let SignUp::SignedIn(signed_in) = signed_up else { panic!("confirmed by itself") };
    let owner = signed_in.session.user.id.to_string();
    (owner, Access::user(UserSession::in_memory(auth, signed_in.session)))
}

impl World {
    fn path(&self, name: &str) -> ObjectPath {
        ObjectPath::owned(&self.owner, "main", name).unwrap()
    }
}

#[tokio::test]
async fn an_object_from_its_upload_to_its_end() {
    let world = world().await;
    let (bucket, at) = (&world.bucket, world.path("drafts/one.json"));
    let upload = Upload::bytes("{\"a\":1}")
        .content_type("application/json")
        .cache_control(CacheControl::Seconds(60))
        .metadata(json!({"draft": 7}).as_object().unwrap().clone());
    let stored = bucket.upload(&at, upload.clone()).await.unwrap();
    assert!(stored.id.is_some());
    let taken = bucket.upload(&at, upload.clone()).await.unwrap_err();
    assert_eq!(
        (taken.kind(), taken.code(), taken.status()),
        (ErrorKind::Conflict, "supabase.object_exists", Some(409))
    );
    let again = bucket.upload(&at, upload.upsert(true)).await.unwrap();
    assert_eq!(again.id, stored.id, "the same object");
    let info = bucket.info(&at).await.unwrap();
    assert_eq!((info.size, info.content_type.as_deref()), (Some(7), Some("application/json")));
    assert_eq!((info.cache_control.as_deref(), &info.metadata["draft"]), (Some("max-age=60"), &json!(7)));
    assert_eq!(bucket.download(&at, 100).await.unwrap().as_ref(), b"{\"a\":1}");
    assert_eq!(bucket.download(&at, 3).await.unwrap_err().code(), "http.body_too_large");
    let mut stream = bucket.download_stream(&at).await.unwrap();
    assert_eq!(stream.chunk().await.unwrap().unwrap().as_ref(), b"{\"a\":1}");
    // Moved, copied, signed.
    let (moved, copied) = (world.path("two & three+four.json"), world.path("five.json"));
    bucket.rename(&at, &moved).await.unwrap();
    bucket.copy_to(&moved, bucket, &copied).await.unwrap();
    assert!(!bucket.exists(&at).await.unwrap());
    assert!(bucket.exists(&moved).await.unwrap() && bucket.exists(&copied).await.unwrap());
    assert_eq!(bucket.info(&moved).await.unwrap().id, stored.id, "a move keeps the id");
    assert_eq!(bucket.rename(&at, &copied).await.unwrap_err().code(), "supabase.no_object");
    assert_eq!(bucket.rename(&moved, &copied).await.unwrap_err().code(), "supabase.object_exists");
    let signed = bucket.signed_url(&moved, Duration::from_secs(60)).await.unwrap();
    assert!(!format!("{signed:?}").contains("token"), "{signed:?}");
    let visited = visit(signed.as_str()).await;
    assert_eq!(
        (visited.body.as_slice(), visited.header("content-type")),
        (b"{\"a\":1}".as_slice(), "application/json")
    );
    let many = bucket.signed_urls(&[moved.clone(), at.clone()], Duration::from_secs(60)).await.unwrap();
    assert!(many[0].is_some() && many[1].is_none());
    // Public: by its address alone, and through another bucket.
    let public = Storage::new(&world.project, Access::Secret).bucket("ghostwren-public").unwrap();
    bucket.copy_to(&copied, &public, &copied).await.unwrap();
    assert_eq!(visit(public.public_url(&copied).unwrap().as_str()).await.body, b"{\"a\":1}");
    assert!(bucket.public_url(&copied).unwrap().path().starts_with("/storage/v1/object/public/ghostwren/"));
    let secret = Storage::new(&world.project, Access::Secret).bucket("ghostwren").unwrap();
    let carried = world.path("six.json");
    secret.move_to(&copied, &public, &carried).await.unwrap();
    assert!(!bucket.exists(&copied).await.unwrap());
    assert_eq!(visit(public.public_url(&carried).unwrap().as_str()).await.body, b"{\"a\":1}");
    assert_eq!(bucket.remove(&[moved.clone(), copied, at]).await.unwrap(), 1);
    assert_eq!(bucket.info(&moved).await.unwrap_err().code(), "supabase.no_object");
}

#[tokio::test]
async fn a_program_without_a_session_uploads_with_an_address() {
    let world = world().await;
    let (bucket, at) = (&world.bucket, world.path("from-elsewhere.bin"));
    let signed = bucket.signed_upload(&at, false).await.unwrap();
    assert!(!format!("{signed:?}").contains("token"));
    let elsewhere = Storage::new(&world.project, Access::Anonymous).bucket("ghostwren").unwrap();
    elsewhere.upload_signed(&signed, &at, &Upload::bytes("hello")).await.unwrap();
    assert_eq!(bucket.download(&at, 100).await.unwrap().as_ref(), b"hello");
    let twice = elsewhere.upload_signed(&signed, &at, &Upload::bytes("other")).await.unwrap_err();
    assert_eq!(twice.code(), "supabase.object_exists");
    assert_eq!(bucket.signed_upload(&at, false).await.unwrap_err().code(), "supabase.object_exists");
    let over = bucket.signed_upload(&at, true).await.unwrap();
    elsewhere.upload_signed(&over, &at, &Upload::bytes("other")).await.unwrap();
    // For another object it is none; nor for anybody else's part of the bucket.
    let other = elsewhere.upload_signed(&signed, &world.path("x"), &Upload::bytes("x")).await.unwrap_err();
    assert_eq!(other.kind(), ErrorKind::InvalidInput);
    let stranger = bucket.signed_upload(&path("somebody/else/x"), false).await.unwrap_err();
    assert_eq!((stranger.kind(), stranger.code()), (ErrorKind::PermissionDenied, "supabase.storage_forbidden"));
}

#[tokio::test]
async fn what_is_named_after_its_content_is_stored_once_and_cached_for_ever() {
    let world = world().await;
    let upload = || Upload::bytes("a draft").content_type("text/plain");
    let first = world.bucket.store(&world.owner, "main", "txt", upload()).await.unwrap();
    let hash = ContentHash::of(b"a draft").to_string();
    assert_eq!(first.path.as_str(), format!("{}/main/{hash}.txt", world.owner));
    let second = world.bucket.store(&world.owner, "main", "txt", upload()).await.unwrap();
    assert_eq!(second.path, first.path);
    assert_eq!(world.sandbox.supabase().objects("ghostwren").len(), 1);
    let info = world.bucket.info(&first.path).await.unwrap();
    assert_eq!(info.cache_control.as_deref(), Some("max-age=31536000, immutable"));
    // Larger than 6 MB, out of a file: the hash is the same, and what cannot be said is left out.
    let (large, bytes) = (file(&content(7 * MB)), content(7 * MB));
    let large = world.bucket.store(&world.owner, "main", "", Upload::file(large.path())).await.unwrap();
    assert!(large.path.as_str().ends_with(&ContentHash::of(&bytes).to_string()));
    assert_eq!(world.bucket.info(&large.path).await.unwrap().cache_control.as_deref(), Some("max-age=31536000"));
    let missing = world.bucket.store(&world.owner, "main", "", Upload::file("/no/such/file")).await.unwrap_err();
    assert_eq!((missing.kind(), missing.code()), (ErrorKind::Storage, "supabase.file"));
    for (owner, account, extension) in
        [("a/b", "main", "txt"), ("a", "..", "txt"), ("a", "b", "../x"), ("", "b", "txt")]
    {
        let error = world.bucket.store(owner, account, extension, upload()).await.unwrap_err();
        assert_eq!(error.code(), "supabase.bad_path");
    }
}

#[tokio::test]
async fn lists_come_in_pages_and_erasure_leaves_nothing() {
    let world = world().await;
    for number in 0..25 {
        let at = world.path(&format!("{}/{number:02}", ["a", "b"][number % 2]));
        world.bucket.upload(&at, Upload::bytes("x")).await.unwrap();
    }
    world.bucket.upload(&world.path("top"), Upload::bytes("xyz")).await.unwrap();
    let (other, access) = someone(&world.project, "eve").await;
    let theirs = Storage::new(&world.project, access).bucket("ghostwren").unwrap();
    theirs.upload(&ObjectPath::owned(&other, "main", "theirs").unwrap(), Upload::bytes("x")).await.unwrap();
    // One level: folders and objects, page by page.
    let below = format!("{}/main/", world.owner);
    let flat = world.bucket.list(&ListRequest::new(&below).unwrap(), None).await.unwrap();
    assert_eq!(flat.folders, [format!("{below}a"), format!("{below}b")]);
    assert_eq!((flat.objects.len(), flat.objects[0].path.as_str()), (1, format!("{below}top").as_str()));
    assert_eq!((flat.objects[0].size, flat.next), (Some(3), None));
    let request = ListRequest::new(&below).unwrap().deep().limit(10);
    let (mut seen, mut cursor, mut pages) = (Vec::new(), None::<String>, 0);
    loop {
        let page = world.bucket.list(&request, cursor.as_deref()).await.unwrap();
        seen.extend(page.objects.into_iter().map(|object| object.path));
        pages += 1;
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    assert_eq!((seen.len(), pages), (26, 3));
    let mut sorted = seen.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted, seen, "in order, and none twice");
    // What belongs to others is neither seen nor deleted.
    let own = path(&world.owner);
    assert_eq!(world.bucket.list_all(&own).await.unwrap().len(), 26);
    assert!(world.bucket.list_all(&path(&other)).await.unwrap().is_empty());
    assert_eq!(world.bucket.remove_all(&path(&other)).await.unwrap(), 0);
    assert_eq!(world.bucket.remove(&[ObjectPath::owned(&other, "main", "theirs").unwrap()]).await.unwrap(), 0);
    assert_eq!(world.bucket.remove_all(&own).await.unwrap(), 26);
    assert_eq!(world.sandbox.supabase().objects("ghostwren"), [format!("{other}/main/theirs")]);
    // A prefix that begins as another one is not that one.
    assert_eq!(ListRequest::new("a/../b").unwrap_err().code(), "supabase.bad_path");
}

#[tokio::test]
async fn a_large_file_goes_in_pieces_and_goes_on_after_a_crash() {
    let world = world().await;
    let bytes = content(15 * MB + 123);
    let (source, at) = (file(&bytes), world.path("archive.zip"));
    let upload =
        || Upload::file(source.path()).content_type("application/zip").cache_control(CacheControl::Seconds(60));
    let mut first = world.bucket.resumable(&at, upload()).await.unwrap();
    assert!(first.place().is_none());
    while first.place().is_none_or(|place| place.offset < 6 * MB as u64) {
        assert!(first.step().await.unwrap());
    }
    // The program ends here; the place was kept as JSON.
    let kept = serde_json::to_string(first.place().unwrap()).unwrap();
    drop(first);
    let place: UploadPlace = serde_json::from_str(&kept).unwrap();
    assert_eq!((place.offset, place.size), (6 * MB as u64, bytes.len() as u64));
    // Kept a step too early: the server's own count decides.
    let early = UploadPlace { offset: 0, ..place.clone() };
    let mut second = world.bucket.resumable(&at, upload()).await.unwrap().from_place(early).unwrap();
    assert!(second.step().await.unwrap());
    assert_eq!(second.place().unwrap().offset, 6 * MB as u64);
    second.run().await.unwrap();
    assert_eq!(world.bucket.download(&at, 20 * MB).await.unwrap(), bytes);
    assert_eq!(world.bucket.info(&at).await.unwrap().cache_control.as_deref(), Some("max-age=60"));
    let pieces = world.sandbox.requests().iter().filter(|request| request.method == "PATCH").count();
    assert_eq!(pieces, 3, "no byte was sent twice");
    // It was done, and the program did not hear of it.
    world.bucket.resumable(&at, upload()).await.unwrap().from_place(place.clone()).unwrap().run().await.unwrap();
    // Another content, another object: not gone on with.
    let other = file(&bytes[1..]);
    let changed = world.bucket.resumable(&at, Upload::file(other.path())).await.unwrap();
    let error = changed.from_place(place.clone()).unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Conflict, "supabase.upload_changed"));
    let elsewhere = world.bucket.resumable(&world.path("other"), upload()).await.unwrap();
    assert_eq!(elsewhere.from_place(place).unwrap_err().kind(), ErrorKind::InvalidInput);
    // Over one that is there only when told so.
    let again = world.bucket.upload(&at, upload()).await.unwrap_err();
    assert_eq!((again.kind(), again.code()), (ErrorKind::Conflict, "supabase.object_exists"), "{again}");
    world.bucket.upload(&at, upload().upsert(true)).await.unwrap();
    // A day passed in between: it begins again.
    let late = world.path("late.zip");
    let mut upload = world.bucket.resumable(&late, upload()).await.unwrap();
    for _ in 0..2 {
        upload.step().await.unwrap();
    }
    world.sandbox.supabase().forget_uploads();
    upload.run().await.unwrap();
    assert_eq!(world.bucket.download(&late, 20 * MB).await.unwrap(), bytes);
    assert_eq!(
        world.bucket.upload(&path("somebody/else/x"), Upload::bytes(content(7 * MB))).await.unwrap_err().code(),
        "supabase.storage_forbidden"
    );
}

#[tokio::test]
async fn the_gateway_takes_the_right_keys_alone() {
    let world = world().await;
    let url = world.sandbox.supabase().url();
    let list = |project: Supabase, access: Access| async move {
        let bucket = Storage::new(&project, access).bucket("ghostwren").unwrap();
        bucket.list(&ListRequest::new("").unwrap(), None).await
    };
    let wrong = Supabase::new(&url, "sb_publishable_other").unwrap();
    let error = list(wrong, Access::Anonymous).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Auth, "supabase.key_refused"));
    assert!(list(world.project.clone(), Access::Secret).await.is_ok());
    assert!(list(world.project.clone(), Access::Anonymous).await.unwrap().objects.is_empty());
    // Buckets: seen and made by the secret key.
    let storage = Storage::new(&world.project, Access::Secret);
    let new = NewBucket::new("extra").size_limit(10).mime_types(["text/plain"]);
    storage.create_bucket(&new).await.unwrap();
    assert_eq!(storage.create_bucket(&new).await.unwrap_err().code(), "supabase.bucket_exists");
    let bucket = storage.bucket("extra").unwrap();
    let settings = bucket.settings().await.unwrap();
    assert_eq!(
        (settings.public, settings.size_limit, settings.mime_types.as_slice()),
        (false, Some(10), ["text/plain".to_owned()].as_slice())
    );
    let large = Upload::bytes("longer than ten").content_type("text/plain");
    let error = bucket.upload(&path("a/b/c"), large).await.unwrap_err();
    assert_eq!((error.code(), error.status()), ("supabase.object_too_large", Some(413)));
    let error = bucket.upload(&path("a/b/c"), Upload::bytes("short")).await.unwrap_err();
    assert_eq!((error.code(), error.status()), ("supabase.mime_refused", Some(415)));
    assert_eq!(storage.bucket("nothere").unwrap().settings().await.unwrap_err().code(), "supabase.no_bucket");
    for wrong in ["", "..", "a/b", "a b", "\u{e9}"] {
        assert_eq!(storage.bucket(wrong).unwrap_err().code(), "supabase.bad_argument");
    }
}

/// A failure as a real server was recorded: status 400, and the truth in the body.
fn recorded(status: &str, error: &str, message: &str, code: &str) -> Answer {
    Answer::json(400, &json!({"statusCode": status, "error": error, "message": message, "code": code}))
}

#[tokio::test(start_paused = true)]
async fn the_real_status_is_read_out_of_the_body() {
    for (answer, kind, code, status) in [
        (
            recorded("404", "Bucket not found", "Bucket not found", "NoSuchBucket"),
            ErrorKind::NotFound,
            "supabase.no_bucket",
            404,
        ),
        (recorded("404", "not_found", "Object not found", "NoSuchKey"), ErrorKind::NotFound, "supabase.no_object", 404),
        (
            recorded("409", "Duplicate", "The resource already exists", "KeyAlreadyExists"),
            ErrorKind::Conflict,
            "supabase.object_exists",
            409,
        ),
        (
            recorded("409", "Duplicate", "The resource already exists", "BucketAlreadyExists"),
            ErrorKind::Conflict,
            "supabase.bucket_exists",
            409,
        ),
        (
            recorded("415", "invalid_mime_type", "mime type x is not supported", "InvalidMimeType"),
            ErrorKind::InvalidInput,
            "supabase.mime_refused",
            415,
        ),
        (
            recorded("413", "Payload too large", "The object exceeded", "EntityTooLarge"),
            ErrorKind::InvalidInput,
            "supabase.object_too_large",
            413,
        ),
        (
            recorded("403", "Unauthorized", "new row violates row-level security policy", "AccessDenied"),
            ErrorKind::PermissionDenied,
            "supabase.storage_forbidden",
            403,
        ),
        (
            recorded("403", "Unauthorized", "\"exp\" claim timestamp check failed", "AccessDenied"),
            ErrorKind::Auth,
            "supabase.token_refused",
            403,
        ),
        (recorded("400", "InvalidJWT", "jwt expired", "InvalidJWT"), ErrorKind::Auth, "supabase.token_refused", 400),
        (
            recorded("400", "ExpiredToken", "The provided token has expired.", "ExpiredToken"),
            ErrorKind::Auth,
            "supabase.signed_url_expired",
            400,
        ),
        (
            recorded("403", "SignatureDoesNotMatch", "Signature does not match", "SignatureDoesNotMatch"),
            ErrorKind::Auth,
            "supabase.signature_refused",
            403,
        ),
        (
            recorded("400", "InvalidKey", "Invalid key: x", "InvalidKey"),
            ErrorKind::InvalidInput,
            "supabase.bad_path",
            400,
        ),
        (
            recorded("503", "SlowDown", "Please slow down", "SlowDown"),
            ErrorKind::RateLimited,
            "supabase.storage_rate_limit",
            503,
        ),
        (
            recorded("544", "DatabaseTimeout", "timed out", "DatabaseTimeout"),
            ErrorKind::Server,
            "supabase.storage_failed",
            544,
        ),
        (
            recorded("423", "ResourceLocked", "The resource is locked", "ResourceLocked"),
            ErrorKind::Server,
            "supabase.object_locked",
            423,
        ),
        (
            recorded("503", "DatabaseReadOnly", "read-only mode", "DatabaseReadOnly"),
            ErrorKind::PermissionDenied,
            "supabase.read_only",
            503,
        ),
        (
            recorded("500", "Internal", "Internal server error", "InternalError"),
            ErrorKind::Server,
            "supabase.storage_failed",
            500,
        ),
        (
            recorded("400", "Invalid Input", "what is this", "BrandNewCode"),
            ErrorKind::InvalidInput,
            "supabase.storage_invalid_request",
            400,
        ),
        // Without a code, as older servers are; with a number for the status.
        (
            Answer::json(400, &json!({"statusCode": 404, "error": "Bucket not found", "message": "x"})),
            ErrorKind::NotFound,
            "supabase.no_bucket",
            404,
        ),
        (
            Answer::json(400, &json!({"statusCode": "409", "error": "Duplicate", "message": "x"})),
            ErrorKind::Conflict,
            "supabase.object_exists",
            409,
        ),
        (
            Answer::json(400, &json!({"statusCode": "9999", "error": [], "message": {}})),
            ErrorKind::InvalidInput,
            "supabase.storage_invalid_request",
            400,
        ),
        (Answer::json(401, &json!({"message": "Invalid API key"})), ErrorKind::Auth, "supabase.key_refused", 401),
        (
            Answer::new(502, "<html><title>502 Bad Gateway</title></html>"),
            ErrorKind::Server,
            "supabase.storage_failed",
            502,
        ),
        (Answer::new(540, ""), ErrorKind::Server, "supabase.paused", 540),
        (Answer::new(429, "slow"), ErrorKind::RateLimited, "supabase.storage_rate_limit", 429),
        (Answer::new(413, ""), ErrorKind::InvalidInput, "supabase.object_too_large", 413),
    ] {
        let answers = Answers::each([answer.clone()]);
        let error = bucket(&answers).info(&path("a/b/c")).await.unwrap_err();
        assert_eq!((error.kind(), error.code(), error.status()), (kind, code, Some(status)), "{answer:?}\n{error}");
        assert!(!error.detail().is_empty());
        if let Some(problem) = error.source().and_then(|source| source.downcast_ref::<StorageProblem>()) {
            assert_eq!(problem.status, status);
        }
    }
    // A token that has expired reads as a bucket that is not there: known by its own words, and refreshed.
    let expired = "eyJhbGciOiJFUzI1NiJ9.eyJleHAiOjE3MDAwMDAwMDB9.c2ln";
    let answers = Answers::each([recorded("404", "Bucket not found", "Bucket not found", "NoSuchBucket")]);
    let project = Supabase::new(URL, "sb_publishable_x").unwrap().http(answers.http());
    let user = Storage::new(&project, Access::bearer(expired.to_owned().into()));
    let error = user.bucket("ghostwren").unwrap().info(&path("a/b/c")).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Auth, "supabase.token_refused"));
}

#[tokio::test(start_paused = true)]
async fn hostile_answers() {
    let ok = |body: &str| Answer::new(200, body);
    let at = path("a/b/c");
    let error_of = |answer: Answer| {
        let answers = Answers::each([answer]);
        let at = at.clone();
        async move { bucket(&answers).signed_url(&at, Duration::from_secs(1)).await.unwrap_err() }
    };
    for (answer, code) in [
        (ok(""), "supabase.storage_unreadable"),
        (ok("[]"), "supabase.storage_unreadable"),
        (ok("<html><title>Login</title></html>"), "http.html"),
        (ok("{\"signedURL\":7}"), "supabase.storage_unreadable"),
        (ok("{\"signedURL\":\"\"}"), "supabase.storage_unreadable"),
        (ok("{\"signedURL\":\"/object/sign/ghostwren/a/b/c\"}"), "supabase.storage_unreadable"),
        // An address on another host would be opened by whoever gets it.
        (ok("{\"signedURL\":\"https://evil.example/object?token=x\"}"), "supabase.storage_unreadable"),
        (ok("{\"signedURL\":\"//evil.example/object?token=x\"}"), "supabase.storage_unreadable"),
        (ok("{\"signedURL\":\"/\\\\evil.example/object?token=x\"}"), ""),
        (Answer::new(200, vec![b' '; 9 * MB]), "http.body_too_large"),
        (Answer::Never, "http.timeout"),
    ] {
        if code.is_empty() {
            continue;
        }
        let error = error_of(answer.clone()).await;
        assert_eq!(error.code(), code, "{answer:?}");
    }
    // Both forms that servers give.
    for url in ["/object/sign/ghostwren/a/b/c?token=t", "/storage/v1/object/sign/ghostwren/a/b/c?token=t"] {
        for name in ["signedURL", "signedUrl"] {
            let answers = Answers::each([Answer::json(200, &json!({name: url}))]);
            let signed = bucket(&answers).signed_url(&at, Duration::from_secs(1)).await.unwrap();
            assert_eq!(signed.as_str(), format!("{URL}/storage/v1/object/sign/ghostwren/a/b/c?token=t"));
        }
    }
    // Lists with anything in them.
    let list = json!({"hasNext": true, "nextCursor": "c", "folders": [null, {"name": 7}, {"key": "k/"}], "objects": [
        7, {}, {"name": "x/y", "id": "no id", "metadata": []}, {"key": "z", "metadata": {"size": "12", "mimetype": null}},
    ]});
    let answers = Answers::each([Answer::json(200, &list)]);
    let page = bucket(&answers).list(&ListRequest::new("x/").unwrap(), None).await.unwrap();
    assert_eq!(page.objects.iter().map(|object| object.path.as_str()).collect::<Vec<_>>(), ["x/y", "x/z"]);
    assert_eq!(
        (page.objects[1].size, page.folders.as_slice(), page.next.as_deref()),
        (Some(12), ["x/k".to_owned()].as_slice(), Some("c"))
    );
    // A server that gives the same cursor for ever.
    assert_eq!(bucket(&answers).list_all(&path("x")).await.unwrap().len(), 4);
    // One that shows objects, and deletes none.
    let stuck =
        Answers::new(
            move |_, sent| {
                if sent.method == "DELETE" { Answer::json(200, &json!([])) } else { Answer::json(200, &list) }
            },
        );
    assert_eq!(bucket(&stuck).remove_all(&path("x")).await.unwrap_err().kind(), ErrorKind::PermissionDenied);
    // A server that repeats what it was sent.
    let echo = Answers::new(|_, sent| {
        let told = format!("{:?} {}", sent.headers.get("authorization"), String::from_utf8_lossy(&sent.body));
        Answer::json(400, &json!({"statusCode": "400", "error": told, "message": sent.header("authorization")}))
    });
    let error = bucket(&echo).info(&at).await.unwrap_err();
    let source = error.source().map(|source| format!("{source} {source:?}"));
    assert!(!format!("{error} {error:?} {source:?}").contains(PLANTED), "{error:?} {source:?}");
}

#[tokio::test(start_paused = true)]
async fn slow_bytes_are_waited_for_and_silence_is_not() {
    let drip =
        |seconds| Answers::each([Answer::Drip { body: b"0123456789".to_vec(), each: Duration::from_secs(seconds) }]);
    let at = path("a/b/c");
    // A download takes as long as it takes, as long as something comes.
    assert_eq!(bucket(&drip(50)).download(&at, 100).await.unwrap().as_ref(), b"0123456789");
    assert_eq!(bucket(&drip(61)).download(&at, 100).await.unwrap_err().code(), "http.idle");
    // An answer does not: ten bytes in 50 seconds are too few.
    assert_eq!(bucket(&drip(5)).info(&at).await.unwrap_err().code(), "http.timeout");
}
