//! A program that uses all of Ghostwren with its default features: what `cargo xtask footprint` builds and weighs.

use std::time::Duration;

use ghostwren::generate::DraftRequest;
use ghostwren::openai::OpenAi;
use ghostwren::store::{DraftQuery, PageRequest, SqliteStore, TweetQuery};
use ghostwren::style::StyleProfile;
use ghostwren::twitter::{FixedToken, Scopes, TwitterApp};
use ghostwren::workflow::{PreviewedCall, PublishRequest};
use ghostwren::{Ghostwren, Identity, Result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let mut word = || words.next().unwrap_or_default();

    let wren = Ghostwren::builder()
        .store(SqliteStore::open(word())?)
        .model(OpenAi::from_env()?)
        .twitter(TwitterApp::from_env()?)
        .daily_model_budget(1_000_000)
        .build()?;
    let me = wren.user(Identity::local(word()));
    let account = match me.connect()?.in_browser(Scopes::read().write().media()).await {
        Ok(login) => login.wait(Duration::from_secs(300)).await?,
        Err(_) => me.open_account("main").await?,
    };

    println!("{:?}", account.import_archive(word()).await?);
    println!("{:?}", account.tweets(TweetQuery::matching(word()), PageRequest::default()).await?);
    println!("{:?}", account.analyze_style().await?.profile.fingerprint().summary());
    let request = DraftRequest::about(word());
    println!("{:?}", account.preview(PreviewedCall::Generate(request.clone())).await?);
    for draft in account.generate(request).await?.drafts {
        account.approve(draft.id).await?;
        println!("{:?}", account.publish_with(PublishRequest::draft(draft.id)).await?);
    }
    println!("{:?}", account.drafts(DraftQuery::default(), PageRequest::default()).await?);

    let twitter = wren.twitter()?.client(FixedToken::new(word().into()))?;
    let person = twitter.me().await?;
    let mut pages = twitter.timeline(&person.user.id).pages();
    let mut texts = Vec::new();
    while let Some(page) = pages.next_page().await {
        texts.extend(page?.tweets.into_iter().map(|tweet| tweet.full_text));
    }
    let timeline = StyleProfile::from_texts(texts);
    println!("{:?}", timeline.fingerprint().distance(StyleProfile::from_texts([word()]).fingerprint()));

    println!("{}", account.export_to(word()).await?);
    println!("{:?}", account.erase().await?);
    Ok(())
}
