from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

import ghostwren
from ghostwren import SqliteStore, Store, _native, errors, generate, style, sync, text
from ghostwren._json import dumps, loads
from ghostwren.supabase import StoredSession


def test_there_is_a_class_for_each_kind() -> None:
    kinds = set(loads(_native.local("errors.kinds", "{}")))
    assert kinds == set(errors._KINDS)
    for kind, of in errors._KINDS.items():
        assert issubclass(of, errors.GhostwrenError) and of.kind == kind and of.__doc__


@pytest.mark.parametrize("kind", sorted(errors._KINDS))
def test_fields_and_pickles(kind: str) -> None:
    fields = {
        "kind": kind,
        "code": "twitter.rate_limited",
        "detail": "too many \u001b[31mrequests",
        "service": "twitter",
        "operation": "timeline",
        "status": 429,
        "request_id": "r-1",
        "retry_at": "2026-11-25T18:00:00.5Z",
        "attempts": 3,
        "unanswered": 1,
        "remedy": "Wait.",
        "outbox": "01890000-0000-7000-8000-000000000000",
        "causes": ["outer", "inner"],
    }
    error = errors._from_native(__import__("json").dumps(fields), None)
    assert type(error) is errors._KINDS[kind]
    for again in (error, pickle.loads(pickle.dumps(error))):
        assert type(again) is type(error)
        assert (again.kind, again.code, again.status, again.request_id, again.attempts, again.unanswered) == (
            kind, "twitter.rate_limited", 429, "r-1", 3, 1,
        )  # fmt: skip
        assert again.retry_at == datetime(2026, 11, 25, 18, 0, 0, 500000, tzinfo=timezone.utc)
        assert again.outbox == fields["outbox"] and again.remedy == "Wait."
        assert again.to_dict() == fields
        assert "\u001b" not in str(again) and str(again).startswith("twitter.rate_limited: too many")
        assert str(again).endswith("Wait.")
    assert isinstance(error.__cause__, errors.Cause) and str(error.__cause__) == "outer"
    assert str(error.__cause__.__cause__) == "inner"


def test_a_kind_newer_than_the_package() -> None:
    error = errors._from_fields({"kind": "of_tomorrow", "code": "x.y", "detail": "?"})
    assert type(error) is errors.GhostwrenError and error.kind == "of_tomorrow"


def test_builtin_classes_catch_theirs() -> None:
    with pytest.raises(ValueError):
        text.search_query('"')
    assert issubclass(errors.TimeoutError, TimeoutError)
    assert issubclass(errors.ConnectError, ConnectionError)


PROFILE = style.StyleProfile.from_texts(["a"])
WREN = sync.Ghostwren(store=":memory:")
PROJECT = sync.Supabase("http://127.0.0.1:9", "sb_publishable_x")


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: text.weighted_length(3), "text"),  # type: ignore[arg-type]
        (lambda: text.parse("x", limit="long"), "limit"),  # type: ignore[arg-type]
        (lambda: text.weighted_length(object()), "text"),  # type: ignore[arg-type]
        (lambda: style.Fingerprint.of("one text"), "texts"),
        (lambda: style.StyleProfile.from_texts([1]), "texts"),  # type: ignore[list-item]
        (lambda: style.Fingerprint.of(None), "texts"),  # type: ignore[arg-type]
        (lambda: style.Fingerprint.of(3), "texts"),  # type: ignore[arg-type]
        (lambda: style.Fingerprint.of(b"texts"), "texts"),  # type: ignore[arg-type]
        (lambda: style.Fingerprint.from_dict("{}"), "data"),  # type: ignore[arg-type]
        (lambda: style.StyleProfile.from_dict("{}"), "data"),  # type: ignore[arg-type]
        (lambda: style.StyleProfile.from_dict({"texts": float("nan")}), "data"),
        (lambda: style.Fingerprint.of(["a"]).distance(None), "other"),  # type: ignore[arg-type]
        (lambda: style.StyleProfile.from_tweets([]), "tweets"),  # type: ignore[arg-type]
        (lambda: style.StyleProfile.from_tweets(None), "tweets"),  # type: ignore[arg-type]
        (lambda: style.gap(None, ["a"]), "profile"),  # type: ignore[arg-type]
        (lambda: style.gap(PROFILE, None), "texts"),  # type: ignore[arg-type]
        (lambda: generate.select("p", ["a"], 1), "profile"),  # type: ignore[arg-type]
        (lambda: generate.select(PROFILE, "b", 1), "candidates"),
        (lambda: generate.select(PROFILE, ["a"], -1), "n"),
        (lambda: generate.select(PROFILE, ["a"], 10**30), "n"),
        (lambda: generate.select(PROFILE, ["a"], "x"), "n"),  # type: ignore[arg-type]
        (lambda: generate.select(PROFILE, ["a"], 1.5), "n"),  # type: ignore[arg-type]
        (lambda: generate.select(PROFILE, ["a"], 1, limit=-1), "limit"),
        (lambda: generate.select(PROFILE, ["a"], 1, banned="word"), "banned"),
        (lambda: SqliteStore(":memory:", busy_timeout="x"), "busy_timeout"),  # type: ignore[arg-type]
        (lambda: SqliteStore("a.db", busy_timeout=True), "busy_timeout"),
        (lambda: sync.Ghostwren(store=":memory:", lease="x").open(), "lease"),  # type: ignore[arg-type]
        (lambda: WREN.user(3), "owner"),  # type: ignore[arg-type]
        (lambda: WREN.user("half \ud83d"), "owner"),
        (lambda: WREN.user(token=b"x"), "token"),  # type: ignore[arg-type]
    ],
)
def test_wrong_types_name_the_argument(call: object, name: str) -> None:
    with pytest.raises(TypeError, match=f"`{name}`") as caught:
        call()  # type: ignore[operator]
    assert isinstance(caught.value, errors.InvalidInputError)


@pytest.mark.parametrize(
    ("who", "name"),
    [
        (lambda wren: wren.user(None), "owner"),
        (lambda wren: wren.user(""), "owner"),
        (lambda wren: wren.user(token=None), "token"),
        (lambda wren: wren.user(token=""), "token"),
        (lambda wren: wren.user("ada", token=None), "token"),
        (lambda wren: PROJECT.bulk("tweets", token=None), "token"),
        (lambda wren: PROJECT.bulk("tweets", token=""), "token"),
    ],
)
@pytest.mark.parametrize("face", [ghostwren, sync])
def test_an_identity_that_is_given_and_nothing_is_nobody(who: Callable[[Any], object], name: str, face: Any) -> None:
    with pytest.raises(errors.ArgumentTypeError, match=f"`{name}` is missing") as caught:
        who(face.Ghostwren(store=":memory:"))
    assert caught.value.code == "argument.missing"


@pytest.mark.parametrize(
    "secret",
    [
        ghostwren.OpenAI(api_key="secret-value"),
        ghostwren.TwitterApp("id", client_secret="secret-value"),
        sync.TwitterApp("id", client_secret="secret-value"),
        ghostwren.SupabaseStore("https://x.supabase.co", "sb_publishable_x", secret_key="sb_secret_x"),
        ghostwren.Supabase("https://x.supabase.co", "sb_publishable_x", secret_key="sb_secret_x"),
        StoredSession("sessions.db", sealing_keys="id:secret-value"),
    ],
)
def test_what_holds_a_secret_is_not_pickled(secret: object) -> None:
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(secret)
    assert "secret" not in repr(secret)


def test_missing_arguments_name_the_argument() -> None:
    with pytest.raises(TypeError, match="text"):
        text.weighted_length()  # type: ignore[call-arg]
    with pytest.raises(errors.ArgumentTypeError, match="`text` is missing"):
        _native.local("text.weighted_length", "{}")
    with pytest.raises(errors.ArgumentTypeError, match="no argument `txt`"):
        _native.local("text.weighted_length", '{"text": "a", "txt": "b"}')


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("a\ud83d", "a\ufffd"),
        ("\ude00b", "\ufffdb"),
        ("é\ud83d\ude00 \udc80", "é😀 \ufffd"),
        ("\ud83d\ud83d\ude00", "\ufffd😀"),
        ("no half 😀", "no half 😀"),
    ],
)
def test_half_of_a_pair_is_replaced(text: str, sent: str) -> None:
    assert loads(dumps({"text": text}))["text"] == sent
    assert ghostwren.text.unescape_html(text) == sent
    assert style.StyleProfile.from_texts([text + " and some more words"]).texts == [sent + " and some more words"]


def test_a_path_is_never_changed(tmp_path: Path) -> None:
    outside = str(tmp_path / "\udc80")
    account = sync.Ghostwren(store=":memory:").user().open_account("main")
    calls: list[Callable[[], object]] = [
        lambda: account.import_archive(outside),
        lambda: account.import_archive(3),  # type: ignore[arg-type]
        lambda: account.export_to(outside),
        lambda: sync.Ghostwren(store=outside),
        lambda: SqliteStore(b"a.db"),  # type: ignore[arg-type]
    ]
    for call in calls:
        with pytest.raises(errors.ArgumentTypeError, match="`path`"):
            call()
    with pytest.raises(errors.ArgumentTypeError, match="`archive`"):
        account.import_all(outside)
    assert list(tmp_path.iterdir()) == []


def test_a_path_with_a_nul_says_what_is_wrong_with_it() -> None:
    account = WREN.user().open_account("nul")
    calls: list[Callable[[], object]] = [
        lambda: account.import_archive("a\0.zip").report(),
        lambda: account.export_to("a\0.ndjson"),
        lambda: sync.Ghostwren(store="a\0.db").open(),
        lambda: sync.Twitter("token", app=sync.TwitterApp("id")).upload("a\0.png", media_type="image/png"),
    ]
    for call in calls:
        with pytest.raises(errors.ArgumentTypeError, match="`path` has a NUL character") as caught:
            call()
        assert "Take the NUL character out" in (caught.value.remedy or "")


def test_what_is_closed_is_made_anew() -> None:
    wren = sync.Ghostwren(store=":memory:")
    wren.close()
    with pytest.raises(errors.ConflictError) as caught:
        wren.user().accounts()
    # The text of the core, whole, with what a person can do.
    assert str(caught.value) == (
        "binding.closed: it was closed before this call. "
        "What is closed stays closed: make a new one, and close it after its last call."
    )


@pytest.mark.parametrize("kept", ["pickle", "json"])
def test_a_profile_is_kept_whole(kept: str) -> None:
    if kept == "pickle":
        profile = pickle.loads(pickle.dumps(PROFILE))
    else:
        profile = style.StyleProfile.from_dict(json.loads(json.dumps(PROFILE.to_dict())))
    assert (profile.texts, profile.tweet_ids, profile.corpus_hash) == (PROFILE.texts, PROFILE.tweet_ids, PROFILE.corpus_hash)
    assert (profile.fingerprint, profile.left_out) == (PROFILE.fingerprint, PROFILE.left_out)
    candidates = ["one more tweet about tea!", "ANOTHER ONE"]
    assert generate.select(profile, candidates, 1) == generate.select(PROFILE, candidates, 1)
    assert profile.to_dict() == PROFILE.to_dict()


def test_what_is_no_profile_says_what_is_wrong() -> None:
    whole = PROFILE.to_dict()
    with pytest.raises(errors.ArgumentTypeError, match="`data` cannot be used.*missing field `fingerprint`"):
        style.StyleProfile.from_dict({"texts": []})
    newer = whole | {"fingerprint": whole["fingerprint"] | {"version": 2}}
    with pytest.raises(errors.ArgumentTypeError, match="fingerprint of version 2"):
        style.StyleProfile.from_dict(newer)
    pickled = pickle.dumps(PROFILE).replace(b'"version":1', b'"version":2')
    with pytest.raises(errors.DecodeError, match="Analyze the style again"):
        pickle.loads(pickled)


def test_a_number_that_is_none_names_the_argument() -> None:
    with pytest.raises(errors.ArgumentTypeError, match="`limit`"):
        text.parse("x", limit=float("nan"))  # type: ignore[arg-type]


def test_the_time_to_try_again_is_one_moment_in_every_zone() -> None:
    moment = datetime(2026, 11, 25, 18, tzinfo=timezone.utc)
    there = moment.astimezone(timezone(timedelta(hours=5, minutes=30)))
    for retry_at in (moment, there, there.isoformat(), moment.isoformat(), "2026-11-25T18:00:00Z"):
        assert errors.RateLimitedError("later", retry_at=retry_at).retry_at == moment
    local = datetime(2026, 11, 25, 18)
    assert errors.RateLimitedError("later", retry_at=local).retry_at == local.astimezone()


class Silent(Exception):
    def __str__(self) -> str:
        raise RuntimeError("this text cannot be had")


@pytest.mark.parametrize(
    "wrong",
    [
        {"detail": ValueError("x")},
        {"detail": "half \ud83d"},
        {"detail": Silent()},
        {"detail": None},
        {"code": 7},
        {"code": None},
        {"status": 70_000},
        {"status": -1},
        {"status": "foo"},
        {"attempts": 2**40},
        {"attempts": None},
        {"retry_at": "tomorrow"},
        {"retry_at": 3},
        {"retry_at": datetime(2026, 11, 25)},
        {"remedy": b"\xff"},
        {"outbox": "none"},
        {"causes": [KeyError("lost")]},
    ],
)
def test_an_error_can_always_be_shown(wrong: dict[str, Any]) -> None:
    error = errors.NotFoundError(**{"detail": "what is missing", "code": "my.code", **wrong})
    assert isinstance(str(error), str) and repr(error)
    if "detail" not in wrong:
        assert "what is missing" in str(error)
    assert error.retry_at is None or error.retry_at.tzinfo is not None
    assert str(pickle.loads(pickle.dumps(error))) == str(error)

    class Raising(Store):
        async def call(self, method: str, owner: str, arguments: dict[str, Any]) -> Any:
            raise error

    with pytest.raises(errors.NotFoundError) as caught:
        sync.Ghostwren(store=Raising()).user().open_account("main")
    assert caught.value.__cause__ is error
    error.status = error.detail = object()  # type: ignore[assignment]
    assert isinstance(str(error), str)


class Missing(errors.NotFoundError):
    """A subclass as an application writes it."""

    def __init__(self, what: str, where: int) -> None:
        super().__init__(f"{what} is not there")
        self.where = where


class Unpicklable(Exception):
    def __init__(self, first: str, second: str) -> None:
        super().__init__(first)


def test_a_pickled_error_keeps_its_class_its_kind_and_its_causes() -> None:
    missing = pickle.loads(pickle.dumps(Missing("a draft", 3)))
    assert type(missing) is Missing and missing.where == 3 and missing.detail == "a draft is not there"
    assert missing.args == ("a draft is not there",)

    fields = {"kind": "of_tomorrow", "code": "x.y", "detail": "d", "causes": ["outer", "inner"]}
    newer = pickle.loads(pickle.dumps(errors._from_native(dumps(fields), None)))
    assert type(newer) is errors.GhostwrenError and newer.kind == "of_tomorrow"
    assert isinstance(newer.__cause__, errors.Cause) and str(newer.__cause__) == "outer"
    assert str(newer.__cause__.__cause__) == "inner"

    try:
        try:
            try:
                raise Unpicklable("deep", "down")
            except Unpicklable as deep:
                raise ZeroDivisionError("beneath") from deep
        except ZeroDivisionError as beneath:
            try:
                raise errors.ConflictError("in between") from beneath
            except errors.ConflictError as between:
                raise errors.StorageError("on top") from between
    except errors.StorageError as error:
        top = pickle.loads(pickle.dumps(error))
    between = top.__cause__
    assert type(between) is errors.ConflictError and between.detail == "in between"
    assert type(between.__cause__) is ZeroDivisionError
    assert isinstance(between.__cause__.__cause__, errors.Cause)
    assert str(between.__cause__.__cause__) == "Unpicklable: deep"
    # As concurrent.futures does with what a process raised.
    looping = errors.StorageError("round")
    looping.__cause__ = errors.Cause("and")
    looping.__cause__.__cause__ = looping
    assert type(pickle.loads(pickle.dumps(looping)).__cause__) is errors.Cause
