use std::path::PathBuf;
use std::sync::Arc;

use futures_util::StreamExt;
use ghostwren::generate::DraftRequest;
use ghostwren::http::OnLimit;
use ghostwren::records::{Feedback, Id, OutboxResolution};
use ghostwren::store::{DraftQuery, PageRequest, StoredFile, TweetMarks, TweetQuery};
use ghostwren::text::Limits;
use ghostwren::twitter::{MediaUpload, ReplySettings};
use ghostwren::workflow::{
    GenerationEvent, Import, ImportEvent, ImportOptions, PreviewedCall, PublishMedia, PublishRequest, StyleOptions,
    StyleReport,
};
use ghostwren::{Account, Result};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;

use crate::args::{Args, whole_path};
use crate::reply::{Events, Reply, to_json};
use crate::session::{Wren, no_call};
use crate::settings::seconds;
use crate::user::user;

fn account(wren: &Wren, args: &mut Args) -> Result<Account> {
    user(wren, args)?.known_account(args.take("account")?)
}

fn page(args: &mut Args) -> Result<PageRequest> {
    let mut page = PageRequest::default();
    if let Some(limit) = args.optional("limit")? {
        page.limit = limit;
    }
    page.after = args.optional("after")?;
    Ok(page)
}

fn query(args: &mut Args) -> Result<TweetQuery> {
    let mut query = TweetQuery::all();
    query.search = args.optional("search")?;
    query.kinds = args.or_default("kinds")?;
    query.lang = args.optional("lang")?;
    query.since = args.time("since")?;
    query.until = args.time("until")?;
    query.label = args.optional("label")?;
    query.excluded = args.optional("excluded")?;
    query.with_deleted = args.or_default("with_deleted")?;
    query.order = args.or_default("order")?;
    Ok(query)
}

fn import_options(args: &mut Args) -> Result<ImportOptions> {
    let mut options = ImportOptions::default();
    options.budget_micros = args.optional("budget_micros")?;
    if let Some(on_limit) = args.optional::<OnLimit>("on_limit")? {
        options.on_limit = on_limit;
    }
    options.again = args.or_default("again")?;
    Ok(options)
}

pub(crate) async fn call(wren: &Wren, name: &str, mut args: Args) -> Result<Reply> {
    let account = account(wren, &mut args)?;
    match name {
        "record" => {
            args.end()?;
            Reply::json(&account.record().await?)
        }
        "tweets" => {
            let (query, page) = (query(&mut args)?, page(&mut args)?);
            args.end()?;
            let found = account.tweets(query, page).await?;
            Ok(Reply::TweetPage(Arc::new(found.items.into()), found.next))
        }
        "all_tweets" => {
            let query = query(&mut args)?;
            args.end()?;
            Ok(Reply::Tweets(Arc::new(account.all_tweets(query).await?)))
        }
        "count_tweets" => {
            let query = query(&mut args)?;
            args.end()?;
            Reply::json(&account.count_tweets(query).await?)
        }
        "totals" => {
            args.end()?;
            Reply::json(&account.totals().await?)
        }
        "mark_tweets" => {
            let ids = args.take("ids")?;
            let marks = TweetMarks {
                excluded: args.optional("excluded")?,
                add_labels: args.or_default("add_labels")?,
                remove_labels: args.or_default("remove_labels")?,
            };
            args.end()?;
            Reply::json(&account.mark_tweets(ids, marks).await?)
        }
        "exclude_tweets" => {
            let ids = args.take("ids")?;
            args.end()?;
            Reply::json(&account.exclude_tweets(ids).await?)
        }
        "imports" => {
            args.end()?;
            Reply::json(&account.imports().await?)
        }
        "ai_runs" => {
            let page = page(&mut args)?;
            args.end()?;
            Reply::json(&account.ai_runs(page).await?)
        }
        "spend" => {
            args.end()?;
            Reply::json(&account.spend().await?)
        }
        "audit_log" => {
            let page = page(&mut args)?;
            args.end()?;
            Reply::json(&account.audit_log(page).await?)
        }
        "preview" => {
            let call: PreviewedCall = args.take("call")?;
            args.end()?;
            Reply::json(&account.preview(call).await?)
        }
        "preview_import" => {
            let options = import_options(&mut args)?;
            args.end()?;
            Reply::json(&account.preview_import_with(&options).await?)
        }
        "preview_reconcile" => {
            args.end()?;
            Reply::json(&account.preview_reconcile().await?)
        }
        "analyze_style" => {
            let options: StyleOptions = args.rest()?;
            style(account.analyze_style_with(options).await?)
        }
        "style_profile" => {
            args.end()?;
            Reply::json(&account.style_profile().await?)
        }
        "generate" => {
            let request: DraftRequest = args.take("request")?;
            args.end()?;
            Reply::json(&account.generate(request).await?)
        }
        "export_to" => {
            let path = args.path("path")?;
            args.end()?;
            Reply::json(&account.export_to(path).await?)
        }
        "erase" => {
            args.end()?;
            Reply::json(&account.erase().await?)
        }
        "erase_tweets" => {
            let ids = args.take("ids")?;
            args.end()?;
            Reply::json(&account.erase_tweets(ids).await?)
        }
        "connection" => {
            args.end()?;
            Reply::json(&account.connection().await?)
        }
        "disconnect" => {
            args.end()?;
            Reply::json(&account.disconnect().await?)
        }
        "outbox" => {
            let page = page(&mut args)?;
            args.end()?;
            Reply::json(&account.outbox(page).await?)
        }
        "publish" => Reply::json(&account.publish_with(publish_request(args)?).await?),
        "preview_publish" => Reply::json(&account.preview_publish(publish_request(args)?).await?),
        "resume_publish" => {
            let outbox: Id = args.take("outbox")?;
            args.end()?;
            Reply::json(&account.resume_publish(outbox).await?)
        }
        "resolve_publish" => {
            let outbox: Id = args.take("outbox")?;
            let resolution: OutboxResolution = args.take("resolution")?;
            args.end()?;
            Reply::json(&account.resolve_publish(outbox, resolution).await?)
        }
        "unpublish" => {
            let draft: Id = args.take("draft")?;
            args.end()?;
            Reply::json(&account.unpublish(draft).await?)
        }
        _ => draft(&account, name, args).await,
    }
}

async fn draft(account: &Account, name: &str, mut args: Args) -> Result<Reply> {
    match name {
        "drafts" => {
            let mut query = DraftQuery::default();
            query.state = args.optional("state")?;
            query.generation = args.optional("generation")?;
            let page = page(&mut args)?;
            args.end()?;
            Reply::json(&account.drafts(query, page).await?)
        }
        "draft" => {
            let id = args.take("id")?;
            args.end()?;
            Reply::json(&account.draft(id).await?)
        }
        "approve" => {
            let id = args.take("id")?;
            args.end()?;
            Reply::json(&account.approve(id).await?)
        }
        "reject" => {
            let id = args.take("id")?;
            let feedback = Feedback { note: args.optional("note")?, ..Feedback::default() };
            args.end()?;
            Reply::json(&account.reject(id, feedback).await?)
        }
        "edit_draft" => {
            let id = args.take("id")?;
            let text: String = args.take("text")?;
            args.end()?;
            Reply::json(&account.edit_draft(id, text).await?)
        }
        _ => file(account, name, args).await,
    }
}

/// The files that a store keeps beside the rows.
async fn file(account: &Account, name: &str, mut args: Args) -> Result<Reply> {
    let kept = |file: &StoredFile| json!({ "name": file.name, "size": file.size, "created_at": file.created_at });
    match name {
        "save_export" => {
            args.end()?;
            Reply::json(&kept(&account.save_export().await?))
        }
        "save_drafts" => {
            let state = args.optional("state")?;
            args.end()?;
            Reply::json(&kept(&account.save_drafts(state).await?))
        }
        "save_style" => {
            args.end()?;
            Reply::json(&kept(&account.save_style().await?))
        }
        "saved_files" => {
            args.end()?;
            Reply::json(&account.saved_files().await?.iter().map(kept).collect::<Vec<_>>())
        }
        "file_address" => {
            let file: String = args.take("name")?;
            let lives = seconds("lives", Some(args.optional("lives_seconds")?.unwrap_or(3600.0)))?.unwrap_or_default();
            args.end()?;
            let address = account.file_address(file, lives).await?;
            Reply::json(&json!({ "url": address.url.expose_secret(), "expires_at": address.expires_at }))
        }
        "publish_file" => {
            let file: String = args.take("name")?;
            args.end()?;
            Reply::json(&account.publish_file(file).await?)
        }
        "unpublish_file" => {
            let file: String = args.take("name")?;
            args.end()?;
            Reply::json(&account.unpublish_file(file).await?)
        }
        "remove_file" => {
            let file: String = args.take("name")?;
            args.end()?;
            Reply::json(&account.remove_file(file).await?)
        }
        _ => Err(no_call(name)),
    }
}

pub(crate) fn stream(wren: &Wren, name: &str, mut args: Args) -> Result<Events> {
    let account = account(wren, &mut args)?;
    match name {
        "import_archive" => {
            let path = args.path("path")?;
            args.end()?;
            Ok(import_events(account.import_archive(path)))
        }
        "import_timeline" => {
            let options = import_options(&mut args)?;
            args.end()?;
            Ok(import_events(account.import_timeline_with(options)))
        }
        "import_all" => {
            let path = args.path("path")?;
            let options = import_options(&mut args)?;
            args.end()?;
            Ok(import_events(account.import_all_with(path, options)))
        }
        "reconcile" => {
            let options = import_options(&mut args)?;
            args.end()?;
            Ok(import_events(account.reconcile_with(options)))
        }
        "generate" => {
            let request: DraftRequest = args.take("request")?;
            args.end()?;
            Ok(Box::pin(account.generate_stream(request).filter_map(async |event| match event {
                Err(error) => Some(Err(error)),
                Ok(GenerationEvent::Step(step)) => Some(to_json(&step)),
                Ok(GenerationEvent::Finished(report)) => Some(to_json(&json!({ "event": "finished", "data": report }))),
                // A step that this version of the bindings does not know; the end is known.
                Ok(_) => None,
            })))
        }
        "export" => {
            args.end()?;
            Ok(account.export())
        }
        _ => Err(no_call(name)),
    }
}

fn import_events(import: Import) -> Events {
    Box::pin(import.map(|event| event.and_then(|event: ImportEvent| to_json(&event))))
}

/// What is said of a style: the stored row, the summary in numbers, the features, what was left out.
fn style(report: StyleReport) -> Result<Reply> {
    let StyleReport { record, profile, cached, analysis_failed, .. } = report;
    let json = to_json(&json!({ "record": record, "cached": cached, "analysis_failed": analysis_failed }))?;
    Ok(Reply::Style(profile, json))
}

/// How drafts are published.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Publish {
    drafts: Vec<Id>,
    split: Option<Vec<String>>,
    made_with_ai: Option<bool>,
    paid_partnership: Option<bool>,
    reply_to: Option<String>,
    quote: Option<String>,
    reply_settings: Option<ReplySettings>,
    #[serde(default)]
    media: Vec<Media>,
    text_limit: Option<usize>,
    self_serve: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Media {
    #[serde(default)]
    position: usize,
    id: Option<String>,
    path: Option<PathBuf>,
    media_type: Option<String>,
    category: Option<String>,
    alt_text: Option<String>,
}

fn publish_request(args: Args) -> Result<PublishRequest> {
    let publish: Publish = args.rest()?;
    let mut request = match (publish.split, publish.drafts.as_slice()) {
        (Some(texts), [draft]) => PublishRequest::split(*draft, texts),
        _ => PublishRequest::thread(publish.drafts),
    };
    if let Some(disclose) = publish.made_with_ai {
        request = request.made_with_ai(disclose);
    }
    if let Some(disclose) = publish.paid_partnership {
        request = request.paid_partnership(disclose);
    }
    if let Some(id) = publish.reply_to {
        request = request.reply_to(id);
    }
    if let Some(id) = publish.quote {
        request = request.quote(id);
    }
    if let Some(who) = publish.reply_settings {
        request = request.reply_settings(who);
    }
    if let Some(limit) = publish.text_limit {
        request = request.text_limits(Limits::new(limit));
    }
    if let Some(self_serve) = publish.self_serve {
        request = request.self_serve(self_serve);
    }
    for media in publish.media {
        let position = media.position;
        request = request.media(position, media.read()?);
    }
    Ok(request)
}

impl Media {
    fn read(self) -> Result<PublishMedia> {
        match (self.id, self.path) {
            (Some(id), None) => Ok(PublishMedia::Uploaded(id)),
            (None, Some(path)) => {
                let path = whole_path("path", path)?;
                Ok(PublishMedia::Upload(upload(path, self.media_type, self.category, self.alt_text)))
            }
            _ => Err(ghostwren::Error::new(
                ghostwren::ErrorKind::InvalidInput,
                "argument.type",
                "an entry of the argument `media` has to name either `id` or `path`",
            )),
        }
    }
}

pub(crate) fn upload(
    path: PathBuf,
    media_type: Option<String>,
    category: Option<String>,
    alt_text: Option<String>,
) -> MediaUpload {
    let mut upload = MediaUpload::file(path);
    if let Some(media_type) = media_type {
        upload = upload.media_type(media_type);
    }
    if let Some(category) = category {
        upload = upload.category(category);
    }
    if let Some(text) = alt_text {
        upload = upload.alt_text(text);
    }
    upload
}
