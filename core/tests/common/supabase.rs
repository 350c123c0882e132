//! The real servers of `cargo xtask test supabase`, as the environment names them.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ghostwren::supabase::{Access, Rest, Supabase};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

/// Where the servers are.
#[derive(Clone, Debug)]
pub struct Servers {
    pub url: String,
    pub publishable: String,
    pub secret: String,
    pub jwt_secret: String,
    pub postgres: String,
}

/// The servers; `None` (and a line in the output) where there are none, a failure under CI.
pub fn servers() -> Option<Servers> {
    let of = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let all = || {
        Some(Servers {
            url: of("GHOSTWREN_TEST_SUPABASE_URL")?,
            publishable: of("GHOSTWREN_TEST_SUPABASE_PUBLISHABLE_KEY")?,
            secret: of("GHOSTWREN_TEST_SUPABASE_SECRET_KEY")?,
            jwt_secret: of("GHOSTWREN_TEST_SUPABASE_JWT_SECRET")?,
            postgres: of("GHOSTWREN_TEST_POSTGRES_URL")?,
        })
    };
    let servers = all();
    if servers.is_none() {
        assert!(std::env::var_os("CI").is_none(), "no servers of Supabase: run `cargo xtask test supabase`");
        println!("skipped: no servers of Supabase (GHOSTWREN_TEST_SUPABASE_URL is not set)");
    }
    servers
}

impl Servers {
    pub fn project(&self) -> Supabase {
        Supabase::new(&self.url, self.publishable.as_str()).unwrap()
    }

    pub fn with_secret(&self) -> Supabase {
        self.project().secret_key(self.secret.as_str()).unwrap()
    }

    /// A token of this user that ends in so many seconds.
    pub fn token(&self, user: Uuid, seconds: i64) -> SecretString {
        let now = chrono::Utc::now().timestamp();
        let claims = serde_json::json!({
            "sub": user, "role": "authenticated", "aud": "authenticated", "iat": now - 60, "exp": now + seconds,
        });
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&serde_json::json!({ "alg": "HS256", "typ": "JWT" })), part(&claims));
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, self.jwt_secret.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(ring::hmac::sign(&key, signed.as_bytes()));
        format!("{signed}.{signature}").into()
    }

    pub fn user(&self, user: Uuid) -> Access {
        Access::bearer(self.token(user, 3600))
    }

    pub fn rest(&self, user: Uuid) -> Rest {
        self.project().rest(self.user(user))
    }

    /// Runs statements as the database's superuser; gives what they print.
    pub fn sql(&self, sql: &str) -> String {
        let output = Command::new("psql")
            .arg(&self.postgres)
            .args(["-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-c", sql])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

/// While it is there, a statement that adds more than so many tweets to an account takes too long, as PostgREST tells it.
pub struct Slow<'a> {
    servers: &'a Servers,
    name: String,
}

impl<'a> Slow<'a> {
    pub fn above(servers: &'a Servers, account: Uuid, most: u64) -> Self {
        let name = format!("test_slow_{}", account.simple());
        // A sequence counts the statements that took too long: it is not rolled back.
        servers.sql(&format!(
            r#"create sequence public.{name};
            create function public.{name}() returns trigger language plpgsql security definer set search_path = '' as $$
            begin
              if (select count(*) from written where account_id = '{account}') > {most} then
                perform nextval('public.{name}');
                raise sqlstate 'PGRST' using
                  message = '{{"code": "57014", "message": "canceling statement due to statement timeout"}}',
                  detail = '{{"status": 500, "headers": {{}}}}';
              end if;
              return null;
            end
            $$;
            create trigger {name} after insert on ghostwren.tweets
              referencing new table as written for each statement execute function public.{name}();"#
        ));
        Self { servers, name }
    }

    pub fn timeouts(&self) -> String {
        self.servers.sql(&format!("select case when is_called then last_value else 0 end from public.{}", self.name))
    }
}

impl Drop for Slow<'_> {
    fn drop(&mut self) {
        let name = &self.name;
        self.servers.sql(&format!("drop function public.{name}() cascade; drop sequence public.{name}"));
    }
}

/// The id of a new user.
pub fn user() -> Uuid {
    uuid::Builder::from_random_bytes(std::array::from_fn(|_| fastrand::u8(..))).into_uuid()
}

/// A proxy that lets a connection live for two answers, and cuts every tenth one when its answer comes: the server has done
/// what it was asked, and nobody hears of it.
pub async fn cutting_proxy(url: &str) -> (String, Arc<AtomicUsize>) {
    let to = url.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = format!("http://{}", listener.local_addr().unwrap());
    let cut = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&cut);
    tokio::spawn(async move {
        let mut number = 0;
        while let Ok((client, _)) = listener.accept().await {
            number += 1;
            let (to, count) = (to.clone(), Arc::clone(&count));
            tokio::spawn(async move {
                let server = TcpStream::connect(&to).await.unwrap();
                let ((mut client_read, mut client_write), (mut server_read, mut server_write)) =
                    (client.into_split(), server.into_split());
                let up = tokio::spawn(async move { tokio::io::copy(&mut client_read, &mut server_write).await });
                let mut buffer = vec![0; 1 << 16];
                for _ in 0..2 {
                    let Ok(read @ 1..) = server_read.read(&mut buffer).await else { break };
                    if number % 10 == 0 {
                        count.fetch_add(1, Ordering::Relaxed);
                        break;
                    }
                    if client_write.write_all(buffer.get(..read).unwrap()).await.is_err() {
                        break;
                    }
                }
                up.abort();
            });
        }
    });
    (here, cut)
}

/// A proxy that counts the bytes that go to the server.
pub async fn counting_proxy(url: &str) -> (String, Arc<AtomicUsize>) {
    let to = url.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = format!("http://{}", listener.local_addr().unwrap());
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (to, count) = (to.clone(), Arc::clone(&count));
            tokio::spawn(async move {
                let server = TcpStream::connect(&to).await.unwrap();
                let ((mut client_read, mut client_write), (mut server_read, mut server_write)) =
                    (client.into_split(), server.into_split());
                tokio::spawn(async move { tokio::io::copy(&mut server_read, &mut client_write).await });
                let mut buffer = vec![0; 1 << 16];
                while let Ok(read @ 1..) = client_read.read(&mut buffer).await {
                    count.fetch_add(read, Ordering::Relaxed);
                    server_write.write_all(buffer.get(..read).unwrap()).await.unwrap();
                }
            });
        }
    });
    (here, sent)
}
