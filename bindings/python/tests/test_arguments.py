"""Every argument of every public call, given what it cannot be: the error names it, and none of Python's own comes out."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ghostwren import errors, generate, openai, records, style, sync, text, twitter
from ghostwren.store import SqliteStore, StoredSession, SupabaseStore

NOWHERE = "http://127.0.0.1:9"
ID = "01890000-0000-7000-8000-000000000000"
# What no argument takes, and what some do.
NEVER = [object(), b"x", float("nan"), [object()], {"a": object()}, datetime(2020, 1, 1), int]
SOMETIMES = [5, -1, 10**40, 10**5000, 1.5, True, "x", [1], [None], {"a": 1}, {1: 2}]
RECORDS = ("login", "price", "prices", "messages", "session")

WREN = sync.Ghostwren(store=":memory:", twitter=sync.TwitterApp("id", api_base=NOWHERE))
USER = WREN.user()
ACCOUNT = USER.open_account("main")
PROFILE = style.StyleProfile.from_texts(["one more tweet", "and another"])
PROJECT = sync.Supabase(NOWHERE, "sb_publishable_x", secret_key="sb_secret_x", max_attempts=1)

# Some go together, or are of use together alone.
ALWAYS = ("base_url", "api_key", "max_attempts", "url", "publishable_key", "redirect_to")
GIVEN: dict[str, Any] = {
    "api_key": "x",
    "base_url": NOWHERE,
    "call": "generate",
    "callback": f"{NOWHERE}/?code=x",
    "candidates": ["a"],
    "data": {},
    "ids": ["1"],
    "login": {"url": NOWHERE, "state": "s", "verifier": "v", "redirect_to": NOWHERE},
    "max_attempts": 1,
    "n": 1,
    "other": style.Fingerprint.of(["a"]),
    "profile": PROFILE,
    "resolution": "posted",
    "rows": [{"id": 1}],
    "schema": {},
    "texts": ["a"],
    "tweets": [],
    "user_id": "7",
    "usernames": ["wren"],
    **dict.fromkeys(("id", "draft", "drafts", "outbox"), ID),
    **dict.fromkeys(("redirect_to", "redirect_uri", "url", "api_base"), NOWHERE),
    **dict.fromkeys(("path", "archive"), "/no/such.zip"),
    "store": ":memory:",
}


def methods(name: str, of: object, *but: str) -> Iterator[tuple[str, Callable[..., object]]]:
    for method in dir(of):
        if not method.startswith("_") and method not in ("close", "erase", *but) and callable(getattr(of, method)):
            yield f"{name}.{method}", getattr(of, method)


def functions(module: Any) -> Iterator[tuple[str, Callable[..., object]]]:
    for name, found in vars(module).items():
        if inspect.isfunction(found) and not name.startswith("_"):
            if found.__module__ == module.__name__:
                yield f"{module.__name__}.{name}", found


def made(of: Callable[..., Any], used: Callable[[Any], object]) -> Callable[..., object]:
    """Settings are read by what they are given to: both is one call."""

    def call(*arguments: Any, **named: Any) -> object:
        return used(of(*arguments, **named))

    call.__signature__ = inspect.signature(of)  # type: ignore[attr-defined]
    return call


CALLS: dict[str, Callable[..., Any]] = {
    **dict(methods("Ghostwren", WREN, "open")),
    **dict(methods("User", USER, "connect")),
    "User.connect": made(USER.connect, lambda connect: connect.begin()),
    **dict(methods("Account", ACCOUNT)),
    **dict(methods("Connect", ACCOUNT.connect())),
    **dict(methods("OpenAI", sync.OpenAI(api_key="x", base_url=NOWHERE, max_attempts=1))),
    **dict(methods("Twitter", sync.Twitter("token", app=sync.TwitterApp("id", api_base=NOWHERE), max_attempts=1))),
    **dict(methods("Auth", PROJECT.auth)),
    **dict(methods("AuthAdmin", PROJECT.auth.admin)),
    "Bulk.add": PROJECT.bulk("t").add,
    "Supabase.bulk": made(PROJECT.bulk, lambda rows: rows.add([])),
    "Ghostwren": made(sync.Ghostwren, lambda wren: wren.open()),
    "OpenAI": made(sync.OpenAI, lambda ai: ai.models()),
    "Twitter": made(sync.Twitter, lambda x: x.me()),
    "TwitterApp": made(sync.TwitterApp, lambda app: sync.Ghostwren(store=":memory:", twitter=app).open()),
    "Supabase": made(sync.Supabase, lambda project: project.auth.settings()),
    "SupabaseStore": made(SupabaseStore, lambda store: sync.Ghostwren(store=store).open()),
    "SqliteStore": made(SqliteStore, lambda store: sync.Ghostwren(store=store).open()),
    "StoredSession": made(StoredSession, lambda keep: WREN.sign_in(keep=keep)),
    **dict(methods("Fingerprint", style.Fingerprint.of(["a"]))),
    **dict(methods("StyleProfile", PROFILE)),
    **{name: call for module in (text, style, generate, openai, twitter) for name, call in functions(module)},
    **{f"records.{name}": getattr(records, name) for name in ("compare_ids", "is_valid_id", "time_of_id")},
}


def wrong(call: Callable[..., Any], name: str, value: object) -> Exception | None:
    """What comes of a call with this value, its other arguments as they should be."""
    positional: list[Any] = []
    named: dict[str, Any] = {}
    for parameter in inspect.signature(call).parameters.values():
        wanted = parameter.default is parameter.empty or parameter.name in ALWAYS
        if parameter.kind is parameter.VAR_KEYWORD or not (wanted or parameter.name == name):
            continue
        taken = value if parameter.name == name else GIVEN.get(parameter.name, "x")
        if parameter.kind is parameter.VAR_POSITIONAL:
            positional.append(taken)
        else:
            named[parameter.name] = taken
    try:
        found = call(*positional, **named)
        if hasattr(found, "__next__"):
            next(found, None)
    except Exception as error:
        return error
    return None



def shown(value: object) -> str:
    return "a very large number" if isinstance(value, int) and value > 2**64 else repr(value)


ARGUMENTS = [
    pytest.param(call, parameter.name, id=f"{name}-{parameter.name}")
    for name, call in CALLS.items()
    for parameter in inspect.signature(call).parameters.values()
    if parameter.kind is not parameter.VAR_KEYWORD
]


@pytest.mark.parametrize(("call", "name"), ARGUMENTS)
def test_an_argument_that_cannot_be_used_is_named(
    call: Callable[..., Any], name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Some of the texts are paths.
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUPABASE_URL", NOWHERE)
    monkeypatch.setenv("SUPABASE_PUBLISHABLE_KEY", "sb_publishable_x")
    for value in NEVER:
        if name in ("user", "app", "keep", "model", "twitter", "store") and value is int:
            continue  # Some classes do.
        error = wrong(call, name, value)
        assert isinstance(error, errors.ArgumentTypeError) and isinstance(error, TypeError), f"{shown(value)}: {error!r}"
        assert f"`{name}`" in str(error), f"{shown(value)}: {error}"
    for value in SOMETIMES:
        error = wrong(call, name, value)
        assert error is None or isinstance(error, errors.GhostwrenError), f"{shown(value)}: {error!r}"
        assert not isinstance(error, errors.InternalError), f"{shown(value)}: {error!r}"
        # Of what is a record itself, its field is named.
        if isinstance(error, errors.ArgumentTypeError) and not (name in RECORDS and isinstance(value, dict)):
            assert f"`{name}`" in str(error), f"{shown(value)}: {error}"
