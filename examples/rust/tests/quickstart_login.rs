//! The quickstart's login from end to end, as a person runs it: with the stand-in of its own, and with an app at X in the
//! environment, which is another stand-in here.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod program;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

use ghostwren::sandbox::{Sandbox, x};
use program::{json, quickstart};

fn login(folder: &Path) -> Command {
    let mut command = quickstart(folder);
    command.arg("--login").stdin(Stdio::null());
    command
}

/// Runs it with these answers, and gives what it printed.
fn answered(command: &mut Command, answers: &str) -> String {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn with_the_stand_in_it_goes_from_the_login_to_a_published_draft() {
    let folder = tempfile::tempdir().unwrap();
    let report = json(login(folder.path()).args(["--yes", "--json"]));
    assert_eq!((&report["stand_in"], &report["stand_in_x"]), (&true.into(), &true.into()));
    assert_eq!(report["login"]["state"], "connected");
    assert_eq!(
        report["login"]["scopes"],
        serde_json::json!(["offline.access", "tweet.read", "tweet.write", "users.read"])
    );
    assert_eq!(report["account"]["twitter_user"]["username"], "crumbsandcrates");
    assert_eq!(report["import"]["end"]["end"], "complete");
    let read = report["totals"]["total"].as_u64().unwrap();
    assert_eq!(read, 232, "of the sample's 247 tweets 8 are somebody else's, and 7 were deleted");
    let kinds = &report["totals"]["by_kind"];
    assert_eq!((&kinds["reply"], &kinds["quote"]), (&41.into(), &4.into()), "as many as the archive has");
    assert_eq!(report["import_preview"]["max_micros"], read * 5_000 + 10_000, "the tweets and their author");
    assert_eq!(report["published"].as_array().unwrap().len(), 1);
    let costs = &report["twitter_costs"];
    assert_eq!(costs["published_micros"], 15_000);
    let sum = costs["import_micros"].as_u64().unwrap() + 15_000;
    assert!(costs["import_micros"].as_u64().unwrap() >= read * 5_000 && costs["day_micros"].as_u64().unwrap() >= sum);

    // Once more: another stand-in, another login, and nothing is read twice.
    let report = json(login(folder.path()).args(["--yes", "--json"]));
    assert_eq!(report["totals"]["total"], read);
    assert_eq!(report["twitter_costs"]["import_micros"], 0);
    // What opens the login stands in no file.
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("sandbox-access-"));
    }
}

#[test]
fn a_person_reads_the_report_and_chooses() {
    let folder = tempfile::tempdir().unwrap();
    // Enter instead of the browser; no such draft; the second one.
    let text = answered(&mut login(folder.path()), "\n9\n2\n");
    for piece in [
        "a stand-in on this machine plays X",
        "1  Login",
        "@crumbsandcrates is logged in",
        "your archive would be $0",
        "complete: every tweet that X has is here",
        "/280 long",
        "approved and published at the stand-in",
        "7  Calls of X",
        "$0.015",
    ] {
        assert!(text.contains(piece), "{piece:?} is missing in\n{text}");
    }
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "nothing steers the terminal");
    // Enter: none. Nobody there: none either.
    for answers in ["\n\n", ""] {
        let text = answered(&mut login(folder.path()), answers);
        assert!(text.contains("nothing was published: no draft was approved"), "{text}");
    }
    let refused = quickstart(folder.path()).arg("--yes").output().unwrap();
    assert!(!refused.status.success(), "there is nothing to say yes to without a login");
}

/// A stand-in that the environment names, as it names X.
struct Elsewhere {
    sandbox: Sandbox,
    callback: String,
}

impl Elsewhere {
    fn start() -> Self {
        let (sandbox, port) = (Sandbox::start().unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
        let callback = format!("http://127.0.0.1:{}/callback", port.local_addr().unwrap().port());
        sandbox.x().add_redirect_uri(&callback);
        Self { sandbox, callback }
    }

    fn quickstart(&self, folder: &Path) -> Command {
        let (x, mut command) = (self.sandbox.x(), login(folder));
        command
            .env("TWITTER_CLIENT_ID", x.client_id())
            .env("TWITTER_CLIENT_SECRET", x.client_secret())
            .env("TWITTER_REDIRECT_URI", &self.callback)
            .env("TWITTER_API_BASE", x.api_url())
            .env("TWITTER_AUTHORIZE_BASE", x.authorize_url())
            .args(["--topic", "a walk in the rain"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn own(&self) -> usize {
        self.sandbox.x().tweets_of(self.sandbox.x().user_id()).len()
    }
}

/// Waits for the address of the login page in what the program says.
fn page(child: &mut Child) -> (url::Url, BufReader<ChildStderr>) {
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    loop {
        let mut line = String::new();
        assert!(lines.read_line(&mut line).unwrap() > 0, "the program ended");
        if let Ok(url) = line.trim().parse::<url::Url>() {
            return (url, lines);
        }
    }
}

/// What the program says until this.
fn until(said: &mut BufReader<ChildStderr>, end: &str) -> String {
    let mut text = Vec::new();
    while !text.ends_with(end.as_bytes()) {
        let mut byte = [0];
        said.read_exact(&mut byte).unwrap();
        text.extend(byte);
    }
    String::from_utf8(text).unwrap()
}

/// Where a page sends the browser.
fn location(url: &url::Url) -> Option<url::Url> {
    let mut stream = TcpStream::connect((url.host_str().unwrap(), url.port().unwrap())).unwrap();
    let (host, query) = (url.authority(), url.query().unwrap_or_default());
    write!(stream, "GET {}?{query} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n", url.path()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().find_map(|line| line.strip_prefix("location: ")).map(|to| to.parse().unwrap())
}

/// What a browser does: from page to page, wherever it is sent.
fn browse(page: &url::Url) {
    let mut next = Some(page.clone());
    while let Some(url) = next {
        next = location(&url);
    }
}

#[test]
fn with_an_app_in_the_environment_the_same_program_does_it_there() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), Elsewhere::start());
    elsewhere.sandbox.x().set_consent(x::Consent::Allow);
    let before = elsewhere.own();
    let mut child = elsewhere.quickstart(folder.path()).spawn().unwrap();
    let (url, mut said) = page(&mut child);
    let mut stdin = child.stdin.take().unwrap();
    // The browser is elsewhere: the person pastes where it ended, after a slip.
    let mut other = location(&url).unwrap();
    other.set_query(Some("state=of-another-login&code=c"));
    writeln!(stdin, "what?\n{other}").unwrap();
    let mut rest = until(&mut said, "That is not the end of this login");
    writeln!(stdin, "{}", location(&url).unwrap()).unwrap();
    rest += &until(&mut said, "Read it? [y/N]");
    assert!(rest.contains("That is no address that begins with http://127.0.0.1:"), "{rest}");
    // It asks before it reads, since X would bill that, and before it publishes.
    stdin.write_all(b"y\n1\n").unwrap();
    let output = child.wait_with_output().unwrap();
    said.read_to_string(&mut rest).unwrap();
    assert!(output.status.success(), "{rest}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("plays X") && text.contains("@sandbox_wren is logged in"), "{text}");
    assert!(text.contains("approved and published: https://x.com/sandbox_wren/status/"), "{text}");
    assert_eq!(elsewhere.own(), before + 1);

    // The login of the first run is good for the second; without a yes nothing is read.
    let logins = || elsewhere.sandbox.requests().iter().filter(|request| request.path == "/2/oauth2/token").count();
    let timelines = || elsewhere.sandbox.requests().iter().filter(|request| request.path.ends_with("/tweets")).count();
    let (logged_in, read) = (logins(), timelines());
    let text = answered(&mut elsewhere.quickstart(folder.path()), "n\n");
    assert!(text.contains("is logged in") && !text.contains("Import"), "{text}");
    assert_eq!((logins(), timelines()), (logged_in, read));
}

#[test]
fn what_a_stand_in_wrote_is_not_published_unread() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), Elsewhere::start());
    elsewhere.sandbox.x().set_consent(x::Consent::Allow);
    let before = elsewhere.own();
    let mut child = elsewhere.quickstart(folder.path()).arg("--yes").stdin(Stdio::null()).spawn().unwrap();
    let (url, mut said) = page(&mut child);
    browse(&url);
    let output = child.wait_with_output().unwrap();
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert!(output.status.success() && rest.contains("A stand-in wrote these"), "{rest}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("/280 long") && text.contains("nothing was published"), "{text}");
    assert_eq!(elsewhere.own(), before);
}

#[test]
fn a_consent_that_is_refused_is_told() {
    let (folder, elsewhere) = (tempfile::tempdir().unwrap(), Elsewhere::start());
    elsewhere.sandbox.x().set_consent(x::Consent::Deny);
    let mut child = elsewhere.quickstart(folder.path()).spawn().unwrap();
    let (url, mut said) = page(&mut child);
    browse(&url);
    let mut rest = String::new();
    said.read_to_string(&mut rest).unwrap();
    assert!(!child.wait().unwrap().success());
    assert!(rest.contains("login.denied"), "{rest}");
}
