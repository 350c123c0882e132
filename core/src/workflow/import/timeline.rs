use chrono::NaiveDate;
use tokio::sync::mpsc;

use super::super::account::Account;
use super::super::budget::Fetch;
use super::super::progress::Meter;
use super::gone::Gone;
use super::options::ImportOptions;
use super::place::Place;
use super::purse::Purse;
use super::reader::{Reader, user_of};
use super::report::{ImportEvent, ImportReport, TimelineReport};
use super::session::{Guard, Session, Stop, and_also, to_checkpoint};
use super::wait::Waits;
use crate::error::{Error, Result};
use crate::records::{Counts, ImportEnd, ImportRun, ImportSource, Tweet, compare_ids};
use crate::store::ImportPage;
use crate::twitter::{Pages, TIMELINE_LIMIT, TwitterClient};

/// The most that one page holds.
const PAGE: u64 = 100;
/// The most that the end of a run names.
const MOST_REASONS: usize = 100;
/// How often a list is begun anew below the oldest tweet without anything older coming of it.
const FRUITLESS: u32 = 3;

pub(super) async fn run(mut session: Session, options: ImportOptions) -> Result<ImportReport> {
    let account = session.account.clone();
    let reader = Reader::open(&account, &options).await?;
    let user = user_of(&account).await?;
    let client = reader.client.clone().for_user(&user.id);
    let (run, mut guard) = session.begin(ImportSource::Timeline, user.id.clone()).await?;
    let opened = Timeline::open(&mut session, client, user.id, &run, &guard, &options).await;
    let mut work = match opened {
        Ok(work) => work,
        Err(error) => return session.end(guard, Err(error.into())).await,
    };
    let outcome = work.whole(&mut session, &mut guard, run.counts).await;
    let outcome = and_also(outcome, work.gone.remake_profile(&mut session, false).await);
    reader.keep_limits(&account).await;
    if let (Err(Stop::End(ImportEnd::OverBudget)), Some(why)) = (&outcome, work.purse.day_is_spent.take()) {
        session.warn(why);
    }
    let mut report = session.end(guard, outcome).await?;
    report.restarted = work.restarted;
    report.timeline = Some(TimelineReport {
        tweets_of_user: work.place.of_user,
        read: work.place.read,
        cost_micros: report.run.cost_micros,
        session_cost_micros: work.purse.session,
        problems: work.place.problems,
        problem_count: work.place.problem_count,
        replaced: work.gone.erased.marked,
    });
    Ok(session.report(report))
}

/// The reading of one timeline.
struct Timeline {
    client: TwitterClient,
    user: String,
    place: Place,
    purse: Purse,
    waits: Waits,
    /// Nothing of the run is stored yet, not even who the user is.
    is_new: bool,
    restarted: bool,
    /// Versions of tweets that were edited since they were stored.
    gone: Gone,
}

impl Timeline {
    async fn open(
        session: &mut Session,
        client: TwitterClient,
        user: String,
        run: &ImportRun,
        guard: &Guard,
        options: &ImportOptions,
    ) -> Result<Self> {
        let account = session.account.clone();
        let saved = run.checkpoint.as_ref().map(Place::read);
        let restarted = matches!(saved, Some(None));
        if restarted {
            session.warn(
                "The import was begun by another version, so that it begins anew; nothing is doubled.".to_owned(),
            );
        }
        let saved = saved.flatten().filter(|place| place.again || !options.again);
        let today = account.wren.setup().clock.now().date_naive();
        let is_new = saved.is_none();
        let place = match saved {
            Some(mut place) => {
                if place.today.day().is_some_and(|day| day != today) {
                    session.warn(read_on(place.today.day()));
                }
                if let Some(newest) = newest_of_archives(&account.imports().await?)
                    && place.rest_on(newest)
                {
                    session.warn(
                        "A complete archive was imported meanwhile: X is asked only for what is newer than it."
                            .to_owned(),
                    );
                }
                place
            }
            None if options.again => {
                session.warn(
                    "Everything is read again: X bills what it gave before once more, unless that was on this UTC day."
                        .to_owned(),
                );
                Place::new(true, None)
            }
            None => {
                let known = newest_known(&account, &user).await?;
                if known.as_ref().is_some_and(|known| known.incomplete) {
                    session.warn(
                        "The archive was incomplete: X is asked only for what is newer than it. Reading all again would find \
                         what it lacks among the newest 3,200 tweets."
                            .to_owned(),
                    );
                }
                Place::new(false, known.map(|known| known.id))
            }
        };
        let prices = *client.app().price_table();
        let purse = Purse::open(&account, prices, options.budget_micros, run, place.today.clone(), guard).await?;
        let waits = Waits::new(options.on_limit, account.wren.setup().clock.clone(), session.events());
        Ok(Self { client, user, place, purse, waits, is_new, restarted, gone: Gone::new(account) })
    }

    async fn whole(&mut self, session: &mut Session, guard: &mut Guard, counts: Counts) -> Result<ImportEnd, Stop> {
        if self.is_new {
            self.begin(session, guard).await?;
        }
        if !self.place.done {
            self.copy(session, guard, counts).await?;
        }
        Ok(self.ending(session).await?)
    }

    /// Asks how many tweets there are, and keeps the answer with the place where the reading begins. The user comes along
    /// with every page anyway: asked for by itself it costs nothing more.
    async fn begin(&mut self, session: &Session, guard: &mut Guard) -> Result<(), Stop> {
        let (user, reservation) = loop {
            let (_, reservation) = self.purse.reserve(Fetch::User, 1).await?;
            match guard.hold(self.client.user(&self.user)).await? {
                Ok(user) => break (user, reservation),
                Err(error) => {
                    self.purse.release(reservation).await?;
                    guard.hold(self.waits.after(error)).await??;
                }
            }
        };
        self.waits.went_well();
        self.place.of_user = user.tweets;
        let cost_micros = self.purse.count_user(reservation, &self.user);
        self.place.today = self.purse.own.clone();
        let account = &session.account;
        account.store().bind_account(&account.caller, account.id, user.user).await?;
        let checkpoint = to_checkpoint(&self.place)?;
        guard
            .store(ImportPage { checkpoint, cost_micros, reservation: Some(reservation), ..ImportPage::default() })
            .await?;
        Ok(())
    }

    /// Reads and stores, one page ahead: while one is stored, the next is fetched.
    async fn copy(&mut self, session: &Session, guard: &mut Guard, mut counts: Counts) -> Result<(), Stop> {
        let total = match self.place.since_id {
            None => self.place.of_user.map(|tweets| tweets.min(TIMELINE_LIMIT)),
            Some(_) => None,
        };
        let meter = Meter::new(counts.read() + counts.malformed, total);
        let (sender, mut pages) = mpsc::channel::<ImportPage>(1);
        let mut cost = self.purse.run;
        // Storing and fetching each have their part of the work.
        let gone = &mut self.gone;
        let mut reading = Reading {
            client: &self.client,
            user: &self.user,
            place: &mut self.place,
            purse: &mut self.purse,
            waits: &mut self.waits,
            pages: None,
            fruitless: 0,
        };
        let storing = async {
            while let Some(page) = guard.hold(pages.recv()).await? {
                let paid = page.cost_micros;
                gone.mark_stored(earlier_versions(&page.tweets)).await?;
                counts += guard.store(page).await?;
                cost += paid;
                session.tell(ImportEvent::Progress(meter.progress(counts).costing(cost)));
            }
            Ok::<_, Error>(())
        };
        // A page that was fetched is stored before the end of the fetching counts.
        let fetching = async { Ok(reading.fetch(sender).await) };
        let ((), fetched) = tokio::try_join!(storing, fetching)?;
        fetched
    }

    /// How a run ended whose last page is stored.
    async fn ending(&self, session: &Session) -> Result<ImportEnd> {
        let account = &session.account;
        let has = self.place.of_user.unwrap_or_default();
        let stored = account.record().await?.tweet_count;
        let runs = account.imports().await?;
        let covered = newest_of_archives(&runs).is_some();
        let older_are_missing = has > TIMELINE_LIMIT && stored < has && !covered;
        // X counts before it filters, so that the last page of the newest 3,200 may be shorter.
        let gap = self.place.read + PAGE > TIMELINE_LIMIT && !self.place.reaches_down();
        let limited = older_are_missing || gap;
        let mut reasons = self.place.reasons.clone();
        if self.place.since_id.is_some() {
            reasons.extend(lacking(&runs, &self.user));
        }
        Ok(match (reasons.is_empty(), limited) {
            (true, false) => ImportEnd::Complete,
            (true, true) => ImportEnd::ReachedLimit,
            (false, _) => {
                if limited {
                    reasons.insert(0, "Twitter gives only the 3,200 newest tweets.".to_owned());
                }
                ImportEnd::Incomplete { reasons: bounded(reasons) }
            }
        })
    }
}

/// The part that asks X for pages.
struct Reading<'t> {
    client: &'t TwitterClient,
    user: &'t str,
    place: &'t mut Place,
    purse: &'t mut Purse,
    waits: &'t mut Waits,
    /// The list that is being read; none where one is to be begun.
    pages: Option<Pages>,
    fruitless: u32,
}

impl Reading<'_> {
    async fn fetch(&mut self, pages: mpsc::Sender<ImportPage>) -> Result<(), Stop> {
        while !self.place.done {
            // A page is asked for only when there is room for it. Without a receiver the storing has failed, and says why.
            let Ok(room) = pages.reserve().await else { return Ok(()) };
            room.send(self.next().await?);
        }
        Ok(())
    }

    /// The next page, paid for, with the place behind it.
    async fn next(&mut self) -> Result<ImportPage, Stop> {
        loop {
            let (size, reservation) = self.purse.reserve(Fetch::Timeline, PAGE).await?;
            let pages = match &mut self.pages {
                Some(pages) => pages,
                none => none.insert(list(self.client, self.user, self.place)),
            };
            pages.set_page_size(size);
            let error = match pages.next_page().await {
                Some(Ok(page)) => {
                    self.waits.went_well();
                    let before = self.place.oldest.clone();
                    let above = before.as_deref().and_then(|id| id.parse().ok());
                    let cost_micros = self.purse.count(reservation, &page, above);
                    let malformed = self.place.advance(&page);
                    self.place.today = self.purse.own.clone();
                    if self.place.oldest != before {
                        self.fruitless = 0;
                    }
                    return Ok(ImportPage {
                        watermark: page.newest().map(str::to_owned),
                        checkpoint: to_checkpoint(&self.place)?,
                        tweets: page.tweets,
                        context: page.context,
                        malformed,
                        observed_at: Some(self.purse.now()),
                        cost_micros,
                        reservation: Some(reservation),
                        ..ImportPage::default()
                    });
                }
                Some(Err(error)) => error,
                // The list ended before: it is asked for once only.
                None => Error::new(crate::error::ErrorKind::Internal, "import.no_page", "there is no page to read"),
            };
            self.purse.release(reservation).await?;
            match error.code() {
                "twitter.pagination_expired" | "twitter.page_loop" if self.fruitless < FRUITLESS => {
                    self.fruitless += 1;
                    self.place.go_on_below();
                    self.pages = None;
                }
                _ => self.waits.after(error).await?,
            }
        }
    }
}

/// The ids of the versions that these tweets replaced. X shows the newest alone, and wants what was changed to be changed here,
/// too (<https://docs.x.com/developer-terms/policy>).
fn earlier_versions(tweets: &[Tweet]) -> Vec<String> {
    let earlier = |tweet: &&Tweet, id: &&String| compare_ids(id, &tweet.id).is_lt();
    tweets.iter().flat_map(|tweet| tweet.edit_history.iter().filter(move |id| earlier(&tweet, id))).cloned().collect()
}

fn list(client: &TwitterClient, user: &str, place: &Place) -> Pages {
    let mut request = client.timeline(user);
    if let Some(id) = &place.since_id {
        request = request.since_id(id);
    }
    if let Some(id) = &place.until_id {
        request = request.until_id(id);
    }
    if let Some(token) = &place.token {
        request = request.from_token(token);
    }
    request.pages()
}

/// A tweet that is stored, with all that came before it.
pub(super) struct Known {
    pub(super) id: String,
    /// It is the newest of an archive that lacks something.
    incomplete: bool,
}

/// The newest tweet up to which nothing need be asked for: of earlier imports of the timeline, and of archives.
pub(super) async fn newest_known(account: &Account, user: &str) -> Result<Option<Known>> {
    let store = account.store();
    let timeline = store.latest_watermark(&account.caller, account.id, ImportSource::Timeline, user.to_owned()).await?;
    let mut newest = timeline.map(|id| Known { id, incomplete: false });
    for run in account.imports().await?.into_iter().filter(|run| run.source == ImportSource::Archive) {
        let incomplete = match run.end {
            Some(ImportEnd::Complete) => false,
            Some(ImportEnd::Incomplete { .. }) => true,
            _ => continue,
        };
        if let Some(id) = run.watermark
            && newest.as_ref().is_none_or(|known| compare_ids(&id, &known.id).is_gt())
        {
            newest = Some(Known { id, incomplete });
        }
    }
    Ok(newest)
}

/// The newest tweet of the complete archives: it and all that came before it are stored.
pub(super) fn newest_of_archives(runs: &[ImportRun]) -> Option<&str> {
    let complete = |run: &&ImportRun| run.source == ImportSource::Archive && run.end == Some(ImportEnd::Complete);
    newest_watermark(runs.iter().filter(complete))
}

fn newest_watermark<'r>(runs: impl Iterator<Item = &'r ImportRun>) -> Option<&'r str> {
    runs.filter_map(|run| run.watermark.as_deref()).max_by(|a, b| compare_ids(a, b))
}

/// What earlier imports could not read, and no complete one has brought since. A run that asks for newer tweets stands on them.
fn lacking(runs: &[ImportRun], user: &str) -> Vec<String> {
    let below = |run: &&ImportRun| {
        run.source == ImportSource::Archive || run.source == ImportSource::Timeline && run.source_key == user
    };
    let complete = newest_watermark(runs.iter().filter(below).filter(|run| run.end == Some(ImportEnd::Complete)));
    let newer = |run: &&ImportRun| match (run.watermark.as_deref(), complete) {
        (Some(id), Some(complete)) => compare_ids(id, complete).is_gt(),
        (_, complete) => complete.is_none(),
    };
    let mut all: Vec<String> = Vec::new();
    for run in runs.iter().filter(below).filter(newer) {
        let Some(ImportEnd::Incomplete { reasons }) = &run.end else { continue };
        for reason in reasons {
            if !all.contains(reason) {
                all.push(reason.clone());
            }
        }
    }
    all
}

/// As many reasons as the end of a run holds, the last one counting the rest.
fn bounded(mut reasons: Vec<String>) -> Vec<String> {
    if reasons.len() > MOST_REASONS {
        let rest = reasons.split_off(MOST_REASONS - 1).len();
        reasons.push(format!("and {rest} more"));
    }
    reasons
}

fn read_on(day: Option<NaiveDate>) -> String {
    let day = day.map(|day| day.to_string()).unwrap_or_default();
    format!("The import was begun on {day} (UTC): what X gives once more on another day is billed once more.")
}
