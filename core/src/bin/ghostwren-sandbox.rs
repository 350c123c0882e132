//! The stand-ins for OpenAI, X and Supabase as a process, for tests in other languages. Prints one line of JSON with the addresses,
//! the key and the clients, then runs until its input ends.

#![allow(clippy::print_stdout, reason = "a program")]

use std::io::Read;

use ghostwren::sandbox::Sandbox;
use serde_json::json;

fn main() -> ghostwren::Result<()> {
    let sandbox = Sandbox::start()?;
    let (x, supabase) = (sandbox.x(), sandbox.supabase());
    println!(
        "{}",
        json!({
            "openai_url": sandbox.openai_url(),
            "key": sandbox.key(),
            "x_url": x.api_url(),
            "authorize_url": x.authorize_url(),
            "client_id": x.client_id(),
            "public_client_id": x.public_client_id(),
            "client_secret": x.client_secret(),
            "user_id": x.user_id().to_string(),
            "supabase_url": supabase.url(),
            "supabase_publishable_key": supabase.publishable_key(),
            "supabase_secret_key": supabase.secret_key(),
            "control_url": format!("http://{}/__sandbox", sandbox.address()),
        })
    );
    // It ends with the process that started it, also when that is killed.
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    Ok(())
}
