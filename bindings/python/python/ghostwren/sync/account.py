# Made from ../aio by scripts/make_sync.py: change it there.
"""One account of one user: logging in, importing, drafting, publishing."""

from __future__ import annotations

from .._json import Fields, seconds, typed
from .._json import path as _path
from ..records import (
    AccountRecord,
    AiRun,
    AuditEvent,
    Connection,
    CostPreview,
    Draft,
    DraftEvent,
    Erased,
    Event,
    GenerationReport,
    ImportPreview,
    ImportReport,
    ImportRun,
    OutboxEntry,
    Page,
    PendingLogin,
    ProfileRecord,
    PublishPreview,
    PublishReport,
    ReconcilePreview,
    SpendRecord,
    TweetTotals,
)
from ..records.accounts import _import_event
from ..records.supabase import FileAddress, StoredFile
from ..style import StyleProfile, StyleReport
from ._session import Events, Session, Work

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from os import PathLike
    from typing import Any, Literal

    from .._native import Tweet, TweetList

    Kind = Literal["original", "reply", "quote", "retweet", "note"]
    Order = Literal["newest_first", "oldest_first"]
    OnLimit = Literal["wait", "fail", "yield"]
    Path = str | PathLike[str]

__all__ = ["Account", "Connect", "Generating", "Import"]


class Connect:
    """A login at Twitter: `begin` it, send the browser to its `url`, `finish` it with the address that comes back."""

    __slots__ = ("_of", "_session")

    def __init__(self, session: Session, of: dict[str, Any]) -> None:
        self._session = session
        self._of = of

    def __repr__(self) -> str:
        return f"<Connect {self._of.get('label', self._of.get('account'))!r}>"

    def begin(self, scopes: str | None = None) -> PendingLogin:
        """Begins a login. `scopes` are separated by spaces; reading alone unless set. It can be finished for ten minutes,
        once, by any process on the same store."""
        return PendingLogin(self._session.call("connect.begin", {**self._of, "scopes": scopes}))

    def finish(self, callback: str, binding: str) -> Account:
        """Finishes a login with the address that the browser was sent to and the binding of that browser."""
        arguments = {**self._of, "callback": callback, "binding": binding}
        found = self._session.call("connect.finish", arguments)
        return Account(self._session, {n: v for n, v in self._of.items() if n not in ("account", "label")}, found)

    def in_browser(self, scopes: str | None = None, timeout: float = 300) -> Events[Event]:
        """A login for a program on the person's own machine: gives an event `opened`, whose `data` is the address to
        open, and at the end `connected` with the id of the account."""
        arguments = {**self._of, "scopes": scopes, "timeout_seconds": seconds("timeout", timeout)}
        return Events(self._session.stream("connect.in_browser", arguments), Event)


class Import(Work[Event]):
    """An import under way: go through its events, or wait for its report alone.

    Nothing happens before. What stops reading stops the work after the page that is being stored; the same call goes on
    from there later, in this process or another.
    """

    __slots__ = ()

    def report(self) -> ImportReport:
        """What the import did, after all events that are still to come."""
        report: ImportReport = super().report()
        return report

    def show(self) -> ImportReport:
        """Shows its progress, as a bar in a notebook and as lines elsewhere, and gives its report."""
        from ..notebook import Display

        display = Display()
        last: Any = None
        for event in self:
            display.show(event)
            last = event
        report: ImportReport = last.report
        return report


class Generating(Work[DraftEvent]):
    """Drafts that grow: go through their events, or wait for the report alone. What stops reading stops the request."""

    __slots__ = ()

    def report(self) -> GenerationReport:
        """The drafts, after all events that are still to come."""
        report: GenerationReport = super().report()
        return report



def _report(event: Any) -> Any:
    return event.report


class Account:
    """One Twitter account of one user. Cheap to make, to keep and to pass on."""

    __slots__ = ("_session", "_who", "id")

    def __init__(self, session: Session, who: dict[str, Any], id: str) -> None:
        self._session = session
        self._who = who
        self.id = id
        """The id, for `User.account`."""

    def __repr__(self) -> str:
        return f"<Account {self.id}>"

    def _of(self, **arguments: Any) -> dict[str, Any]:
        return {**self._who, **arguments, "account": self.id}

    def record(self) -> AccountRecord:
        """The account as it is stored now."""
        return AccountRecord(self._session.call("account.record", self._of()))

    # Imports

    def import_archive(self, path: Path) -> Import:
        """Imports an X data archive: the zip as X sent it, or the folder it was unpacked to. Free and complete; importing
        the same archive again writes nothing for tweets that are unchanged."""
        stream = self._session.stream("account.import_archive", self._of(path=_path(path)))
        return Import(stream, _import_event, _report)

    def import_timeline(
        self, *, budget_micros: int | None = None, on_limit: OnLimit = "wait", again: bool = False
    ) -> Import:
        """Imports the timeline of the connected account: the newest 3,200 tweets, for money (`preview_import`)."""
        arguments = self._of(budget_micros=budget_micros, on_limit=on_limit, again=again)
        return Import(self._session.stream("account.import_timeline", arguments), _import_event, _report)

    def import_all(
        self,
        archive: Path,
        *,
        budget_micros: int | None = None,
        on_limit: OnLimit = "wait",
        again: bool = False,
    ) -> Import:
        """Imports an archive, and then from the X API only what came after it."""
        arguments = self._of(path=_path(archive, "archive"), budget_micros=budget_micros, on_limit=on_limit, again=again)
        return Import(self._session.stream("account.import_all", arguments), _import_event, _report)

    def reconcile(
        self, *, budget_micros: int | None = None, on_limit: OnLimit = "wait", again: bool = False
    ) -> Import:
        """Asks X which of the stored tweets are gone, and forgets them as X's rules want it."""
        arguments = self._of(budget_micros=budget_micros, on_limit=on_limit, again=again)
        return Import(self._session.stream("account.reconcile", arguments), _import_event, _report)

    def imports(self) -> list[ImportRun]:
        """The imports, newest first."""
        return [ImportRun(run) for run in self._session.call("account.imports", self._of())]

    def preview_import(self, *, budget_micros: int | None = None, again: bool = False) -> ImportPreview:
        """What importing the timeline would read and cost."""
        arguments = self._of(budget_micros=budget_micros, again=again)
        return ImportPreview(self._session.call("account.preview_import", arguments))

    def preview_reconcile(self) -> ReconcilePreview:
        """What `reconcile` would ask for and cost."""
        return ReconcilePreview(self._session.call("account.preview_reconcile", self._of()))

    # Tweets

    def tweets(
        self,
        search: str | None = None,
        *,
        kinds: Sequence[Kind] = (),
        lang: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        label: str | None = None,
        excluded: bool | None = None,
        with_deleted: bool = False,
        order: Order = "newest_first",
        limit: int = 100,
        after: str | None = None,
    ) -> Page[Tweet]:
        """A page of tweets, at most 1,000. `search` takes words, `"a phrase"` and `prefix*`; all of them must match."""
        arguments = self._of(
            search=search,
            kinds=kinds,
            lang=lang,
            since=since,
            until=until,
            label=label,
            excluded=excluded,
            with_deleted=with_deleted,
            order=order,
            limit=limit,
            after=after,
        )
        items, next = self._session.reply("account.tweets", arguments)
        return Page(items, next)

    def all_tweets(
        self,
        search: str | None = None,
        *,
        kinds: Sequence[Kind] = (),
        lang: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        label: str | None = None,
        excluded: bool | None = None,
        with_deleted: bool = False,
        order: Order = "newest_first",
    ) -> TweetList:
        """Every tweet that matches: a sequence of views whose records stay in Rust, and an Arrow table
        (`polars.DataFrame(tweets)`, `pyarrow.table(tweets)`) without a copy for each value."""
        arguments = self._of(
            search=search,
            kinds=kinds,
            lang=lang,
            since=since,
            until=until,
            label=label,
            excluded=excluded,
            with_deleted=with_deleted,
            order=order,
        )
        tweets: TweetList = self._session.reply("account.all_tweets", arguments)
        return tweets

    def count_tweets(
        self,
        search: str | None = None,
        *,
        kinds: Sequence[Kind] = (),
        lang: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        label: str | None = None,
        excluded: bool | None = None,
        with_deleted: bool = False,
    ) -> int:
        """How many tweets match."""
        arguments = self._of(
            search=search,
            kinds=kinds,
            lang=lang,
            since=since,
            until=until,
            label=label,
            excluded=excluded,
            with_deleted=with_deleted,
        )
        return int(self._session.call("account.count_tweets", arguments))

    def totals(self) -> TweetTotals:
        """How many tweets there are of each kind, language and so on."""
        return TweetTotals(self._session.call("account.totals", self._of()))

    def mark_tweets(
        self,
        ids: Sequence[str],
        *,
        excluded: bool | None = None,
        add_labels: Sequence[str] = (),
        remove_labels: Sequence[str] = (),
    ) -> int:
        """Excludes tweets from the style or labels them; gives how many changed. At most 1,000 ids."""
        arguments = self._of(ids=ids, excluded=excluded, add_labels=add_labels, remove_labels=remove_labels)
        return int(self._session.call("account.mark_tweets", arguments))

    def exclude_tweets(self, ids: Sequence[str]) -> int:
        """Keeps tweets out of the style; gives how many changed."""
        return int(self._session.call("account.exclude_tweets", self._of(ids=ids)))

    # Style and drafts

    def analyze_style(self, *, ask_model: bool = True, again: bool = False) -> StyleReport:
        """Learns the style: counts it, lets the model put it into words, and keeps both. The same tweets cost nothing a
        second time."""
        arguments = self._of(ask_model=ask_model, again=again)
        profile, said = self._session.reply("account.analyze_style", arguments)
        from .._json import loads

        return StyleReport(StyleProfile(profile), loads(said))

    def style_profile(self) -> ProfileRecord | None:
        """The newest profile that is stored; `None` before the first analysis."""
        record = self._session.call("account.style_profile", self._of())
        return None if record is None else ProfileRecord(record)

    def generate(
        self,
        topic: str = "",
        *,
        count: int = 3,
        language: str | None = None,
        limit: int = 280,
        format: Literal["tweet", "thread_opener", "reply"] | None = None,
        tone: str | None = None,
        facts: Sequence[str] = (),
        banned: Sequence[str] = (),
        reply_to: str | None = None,
        hashtags: Literal["as_author", "none", "free"] = "as_author",
        repair: bool = True,
        seed: int | None = None,
        temperature: float | None = None,
    ) -> GenerationReport:
        """Drafts tweets in the owner's voice and keeps them. Numbers, links and handles come only from `topic`, `facts`,
        `tone` and `reply_to`."""
        request = _request(
            topic, count, language, limit, format, tone, facts, banned, reply_to, hashtags, repair, seed, temperature
        )
        return GenerationReport(self._session.call("account.generate", self._of(request=request)))

    def generate_stream(
        self,
        topic: str = "",
        *,
        count: int = 3,
        language: str | None = None,
        limit: int = 280,
        format: Literal["tweet", "thread_opener", "reply"] | None = None,
        tone: str | None = None,
        facts: Sequence[str] = (),
        banned: Sequence[str] = (),
        reply_to: str | None = None,
        hashtags: Literal["as_author", "none", "free"] = "as_author",
        repair: bool = True,
        seed: int | None = None,
        temperature: float | None = None,
    ) -> Generating:
        """As `generate`, showing each candidate as it grows."""
        request = _request(
            topic, count, language, limit, format, tone, facts, banned, reply_to, hashtags, repair, seed, temperature
        )
        return Generating(self._session.stream("account.generate", self._of(request=request)), DraftEvent, _report)

    def preview(
        self,
        call: Literal["import_archive", "analyze_style", "generate"],
        topic: str = "",
        *,
        count: int = 3,
        language: str | None = None,
        limit: int = 280,
        format: Literal["tweet", "thread_opener", "reply"] | None = None,
        tone: str | None = None,
        facts: Sequence[str] = (),
        banned: Sequence[str] = (),
        reply_to: str | None = None,
        hashtags: Literal["as_author", "none", "free"] = "as_author",
        repair: bool = True,
        seed: int | None = None,
        temperature: float | None = None,
    ) -> CostPreview:
        """What a call would cost at most, that of `generate` with these arguments. Sends nothing."""
        asked: Any = call
        if call == "generate":
            request = _request(
                topic, count, language, limit, format, tone, facts, banned, reply_to, hashtags, repair, seed, temperature
            )
            asked = Fields(generate=request)
        return CostPreview(self._session.call("account.preview", self._of(call=asked)))

    def drafts(
        self,
        *,
        state: Literal["draft", "approved", "rejected", "published"] | None = None,
        generation: str | None = None,
        limit: int = 100,
        after: str | None = None,
    ) -> Page[Draft]:
        """A page of drafts, newest first."""
        arguments = self._of(state=state, generation=generation, limit=limit, after=after)
        return _page(self._session.call("account.drafts", arguments), Draft)

    def draft(self, id: str) -> Draft:
        """One draft."""
        return Draft(self._session.call("account.draft", self._of(id=id)))

    def approve(self, id: str) -> Draft:
        """Lets a draft be published."""
        return Draft(self._session.call("account.approve", self._of(id=id)))

    def reject(self, id: str, note: str | None = None) -> Draft:
        """Rejects a draft; why steers the next generation."""
        return Draft(self._session.call("account.reject", self._of(id=id, note=note)))

    def edit_draft(self, id: str, text: str) -> Draft:
        """Gives a draft another text; what was changed steers the next generation."""
        return Draft(self._session.call("account.edit_draft", self._of(id=id, text=text)))

    # Publishing

    def connect(self) -> Connect:
        """Connects this account at Twitter, or connects it again: with the same Twitter user where it has one."""
        return Connect(self._session, {**self._who, "account": self.id})

    def connection(self) -> Connection:
        """How the account stands with Twitter, as the store has it; X is not asked."""
        return Connection(self._session.call("account.connection", self._of()))

    def disconnect(self) -> bool:
        """Ends the login; whether X confirmed it. Tweets and drafts stay."""
        return bool(self._session.call("account.disconnect", self._of()))

    def publish(
        self,
        *drafts: str,
        split: Sequence[str] | None = None,
        made_with_ai: bool | None = None,
        paid_partnership: bool | None = None,
        reply_to: str | None = None,
        quote: str | None = None,
        reply_settings: str | None = None,
        media: Sequence[dict[str, Any]] = (),
        text_limit: int | None = None,
        self_serve: bool | None = None,
    ) -> PublishReport:
        """Publishes approved drafts, several as a thread in this order. Called again after a failure it goes on where it
        stopped, and tweets nothing twice. Each entry of `media` names `position` and either `id` or `path`."""
        arguments = self._publish(
            drafts, split, made_with_ai, paid_partnership, reply_to, quote, reply_settings, media, text_limit, self_serve
        )
        return PublishReport(self._session.call("account.publish", arguments))

    def preview_publish(
        self,
        *drafts: str,
        split: Sequence[str] | None = None,
        made_with_ai: bool | None = None,
        paid_partnership: bool | None = None,
        reply_to: str | None = None,
        quote: str | None = None,
        reply_settings: str | None = None,
        media: Sequence[dict[str, Any]] = (),
        text_limit: int | None = None,
        self_serve: bool | None = None,
    ) -> PublishPreview:
        """What publishing would cost and what X would refuse. Sends nothing."""
        arguments = self._publish(
            drafts, split, made_with_ai, paid_partnership, reply_to, quote, reply_settings, media, text_limit, self_serve
        )
        return PublishPreview(self._session.call("account.preview_publish", arguments))

    def _publish(
        self,
        drafts: tuple[str, ...],
        split: Sequence[str] | None,
        made_with_ai: bool | None,
        paid_partnership: bool | None,
        reply_to: str | None,
        quote: str | None,
        reply_settings: str | None,
        media: Sequence[dict[str, Any]],
        text_limit: int | None,
        self_serve: bool | None,
    ) -> dict[str, Any]:
        return self._of(
            drafts=drafts,
            split=split,
            made_with_ai=made_with_ai,
            paid_partnership=paid_partnership,
            reply_to=reply_to,
            quote=quote,
            reply_settings=reply_settings,
            media=media,
            text_limit=text_limit,
            self_serve=self_serve,
        )

    def resume_publish(self, outbox: str) -> PublishReport:
        """Goes on with an entry of the outbox, such as the `outbox` of an error."""
        return PublishReport(self._session.call("account.resume_publish", self._of(outbox=outbox)))

    def resolve_publish(
        self,
        outbox: str,
        resolution: Literal["posted", "not_posted", "given_up"],
        *,
        tweet_id: str | None = None,
    ) -> OutboxEntry:
        """Says what became of an entry of the outbox that cannot go on by itself.

        `posted`: the tweet in doubt is on Twitter, under this `tweet_id`. `not_posted`: it is not, and may be sent again.
        `given_up`: nothing more of it is sent; what is on Twitter stays there, and the draft has to be approved again.
        """
        said = Fields(resolution=resolution)
        if typed("tweet_id", tweet_id, str) is not None:
            said["tweet_id"] = tweet_id
        found = self._session.call("account.resolve_publish", self._of(outbox=outbox, resolution=said))
        return OutboxEntry(found)

    def unpublish(self, draft: str) -> list[str]:
        """Deletes at X what was published of a draft, and gives the ids."""
        gone: list[str] = self._session.call("account.unpublish", self._of(draft=draft))
        return gone

    def outbox(self, *, limit: int = 100, after: str | None = None) -> Page[OutboxEntry]:
        """What is to be published, what was, and what is in doubt; newest first."""
        return _page(self._session.call("account.outbox", self._of(limit=limit, after=after)), OutboxEntry)

    # Log, export, erase

    def ai_runs(self, *, limit: int = 100, after: str | None = None) -> Page[AiRun]:
        """The model calls, newest first."""
        return _page(self._session.call("account.ai_runs", self._of(limit=limit, after=after)), AiRun)

    def spend(self) -> list[SpendRecord]:
        """What was spent, by UTC day, newest first."""
        return [SpendRecord(day) for day in self._session.call("account.spend", self._of())]

    def audit_log(self, *, limit: int = 100, after: str | None = None) -> Page[AuditEvent]:
        """The audit log, newest first."""
        return _page(self._session.call("account.audit_log", self._of(limit=limit, after=after)), AuditEvent)

    def export(self) -> Events[dict[str, Any]]:
        """Everything that is stored of the account, as plain data: `{"type": "tweet", …}`, the last one `{"type": "end"}`."""
        return Events(self._session.stream("account.export", self._of()), _as_it_is)

    def export_to(self, path: Path) -> int:
        """Writes `export` to a file of JSON lines, which appears when it is whole; gives the number of lines."""
        return int(self._session.call("account.export_to", self._of(path=_path(path))))

    # Files, which a store on Supabase keeps

    def save_export(self) -> StoredFile:
        """Keeps an export beside the account's rows, named after its content: the same data is kept once."""
        return StoredFile(self._session.call("account.save_export", self._of()))

    def save_drafts(
        self, state: Literal["draft", "approved", "rejected", "published"] | None = None
    ) -> StoredFile:
        """Keeps the drafts, or those of one state, as lines of JSON."""
        return StoredFile(self._session.call("account.save_drafts", self._of(state=state)))

    def save_style(self) -> StoredFile:
        """Keeps the newest style profile as JSON."""
        return StoredFile(self._session.call("account.save_style", self._of()))

    def saved_files(self) -> list[StoredFile]:
        """The files that are kept."""
        return [StoredFile(file) for file in self._session.call("account.saved_files", self._of())]

    def file_address(self, name: str, lives: float = 3600) -> FileAddress:
        """An address that lets whoever has it read a file for so many seconds."""
        return FileAddress(self._session.call("account.file_address", self._of(name=name, lives_seconds=seconds("lives", lives))))

    def publish_file(self, name: str) -> str:
        """Publishes a file: everybody who knows the address that this gives may read it."""
        return str(self._session.call("account.publish_file", self._of(name=name)))

    def unpublish_file(self, name: str) -> bool:
        """Takes the public copy away; `False` when there is none."""
        return bool(self._session.call("account.unpublish_file", self._of(name=name)))

    def remove_file(self, name: str) -> bool:
        """Removes a file with its public copy; `False` when there is none."""
        return bool(self._session.call("account.remove_file", self._of(name=name)))

    def erase(self) -> Erased:
        """Erases everything of the account; its login is revoked first. What was spent and done stays, anonymous."""
        return Erased(self._session.call("account.erase", self._of()))

    def erase_tweets(self, ids: Sequence[str]) -> Erased:
        """Erases tweets and what was made of them."""
        return Erased(self._session.call("account.erase_tweets", self._of(ids=ids)))


def _as_it_is(value: Any) -> Any:
    return value


def _page(data: dict[str, Any], of: Any) -> Page[Any]:
    return Page([of(item) for item in data["items"]], data["next"])


def _request(
    topic: str,
    count: int,
    language: str | None,
    limit: int,
    format: str | None,
    tone: str | None,
    facts: Sequence[str],
    banned: Sequence[str],
    reply_to: str | None,
    hashtags: str,
    repair: bool,
    seed: int | None,
    temperature: float | None,
) -> dict[str, Any]:
    return Fields(
        topic=topic,
        count=count,
        language=language,
        limit=limit,
        format=format or ("tweet" if reply_to is None else "reply"),
        tone=tone,
        facts=facts,
        banned=banned,
        reply_to=reply_to,
        hashtags=hashtags,
        repair=repair,
        seed=seed,
        temperature=temperature,
    )
