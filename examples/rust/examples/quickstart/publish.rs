//! The last step: a person chooses a draft, and it is published.

use ghostwren::records::Draft;
use ghostwren::workflow::{PublishReport, PublishRequest};
use ghostwren::{Account, Result};

use crate::report::Report;
use crate::terminal::Terminal;
use crate::twitter::Twitter;
use crate::writer::Writer;

/// Publishes the draft that the person names; none when nobody is there. What a stand-in wrote goes to X itself only when a
/// person has read it.
pub(crate) async fn ask_and_publish(
    account: &Account,
    drafts: &[Draft],
    writer: &Writer,
    twitter: &Twitter,
    terminal: &mut Terminal,
    shown: &mut Report,
) -> Result<Option<PublishReport>> {
    let mut previews = Vec::new();
    for draft in drafts {
        // What it costs and what X would refuse about it: asks nobody.
        previews.push(account.preview_publish(PublishRequest::draft(draft.id)).await?);
    }
    shown.publishing(drafts, &previews);
    let to_be_read = writer.sandbox.is_some() && twitter.sandbox.is_none();
    let chosen = match terminal.says_yes() {
        true if to_be_read => {
            eprintln!("A stand-in wrote these: without --yes you can choose one for X.");
            None
        }
        true => drafts.first(),
        false => choose(drafts, terminal).await,
    };
    let Some(draft) = chosen else {
        shown.published(None, twitter);
        return Ok(None);
    };
    account.approve(draft.id).await?;
    // An entry in the outbox before anything is sent: killed at any moment and run again, it is tweeted once.
    let report = account.publish(draft.id).await?;
    shown.published(Some(&report), twitter);
    Ok(Some(report))
}

async fn choose<'d>(drafts: &'d [Draft], terminal: &mut Terminal) -> Option<&'d Draft> {
    if drafts.is_empty() {
        return None;
    }
    let question = format!("\nPublish which one, 1 to {}? Enter for none:", drafts.len());
    loop {
        let answer = terminal.ask(&question).await?;
        if answer.is_empty() {
            return None;
        }
        match answer.parse::<usize>().ok().and_then(|number| drafts.get(number.checked_sub(1)?)) {
            Some(draft) => return Some(draft),
            None => eprintln!("That is none of the numbers."),
        }
    }
}
