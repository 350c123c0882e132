"""The vectors of `core/tests/vectors`, which every language runs, through both faces of this package."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from conftest import ROOT, Sandbox

import ghostwren
from ghostwren import _native, errors, generate, style, sync
from ghostwren.records import Page, Record

FILES = sorted((ROOT / "core" / "tests" / "vectors").glob("*.json"))
VECTORS = [
    pytest.param(vector, id=f"{file.stem}: {vector['name']}")
    for file in FILES
    for vector in json.loads(file.read_text(encoding="utf-8"))["vectors"]
]


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def browse(url: str, to: str = "") -> str:
    """What a browser does with an address: asks for it, and goes where it is sent until that begins with `to`."""
    try:
        urllib.request.build_opener(NoRedirect).open(url, timeout=10)
    except urllib.error.HTTPError as answer:
        with answer:
            sent = str(answer.headers["location"])
        return sent if sent.startswith(to) else browse(sent, to)
    raise AssertionError("the page sent the browser nowhere")


def plain(value: Any) -> Any:
    """What a call gave, as the core writes it."""
    if isinstance(value, (Record, ghostwren.Tweet)):
        return value.to_dict()
    if isinstance(value, Page):
        return {"items": [plain(item) for item in value], "next": value.next}
    if isinstance(value, (ghostwren.Account, sync.Account)):
        return value.id
    if isinstance(value, style.StyleReport):
        failed = value.analysis_failed
        return {"record": plain(value.record), "cached": value.cached, "analysis_failed": failed and failed.to_dict()}
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, (list, ghostwren.TweetList)):
        return [plain(item) for item in value]
    return value


def differs(want: Any, got: Any, where: str, whole: bool) -> str | None:
    """Where `got` is not what is wanted; objects may hold more unless `whole`."""
    if isinstance(want, dict) and want.get("$any"):
        return None if got is not None else f"{where} is missing"
    if isinstance(want, dict) and isinstance(got, dict):
        names = set(want) | (set(got) if whole else set())
        return next((d for name in sorted(names) if (d := differs(want.get(name), got.get(name), f"{where}/{name}", whole))), None)
    if isinstance(want, list) and isinstance(got, list):
        if len(want) != len(got):
            return f"{where} has {len(got)} items, not {len(want)}"
        return next((d for n, (w, g) in enumerate(zip(want, got)) if (d := differs(w, g, f"{where}/{n}", whole))), None)
    return None if want == got and type(want) is type(got) else f"{where} is {got!r}, not {want!r}"


def pointed(value: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        value = value[int(part) if isinstance(value, list) else part]
    return value


class Runner:
    def __init__(self, face: Any, sandbox: Sandbox, folder: Path, sample: Path) -> None:
        self.face, self.sandbox = face, sandbox
        addresses = sandbox.addresses
        self.known: dict[str, Any] = {
            "$openai": addresses["openai_url"],
            "$key": addresses["key"],
            "$x": addresses["x_url"],
            "$authorize": addresses["authorize_url"],
            "$client": addresses["client_id"],
            "$secret": addresses["client_secret"],
            "$me": addresses["user_id"],
            "$supabase": addresses["supabase_url"],
            "$publishable": addresses["supabase_publishable_key"],
            "$supabase_secret": addresses["supabase_secret_key"],
        }
        self.parts = {"$folder": str(folder), "$sample": str(sample), "$unique": f"u{uuid4().hex}"}
        self.clients: dict[str, Any] = {}
        self.signed_in: list[Any] = []
        self.store = ghostwren.SqliteStore(":memory:")

    def fill(self, value: Any) -> Any:
        """The value with the names of what was saved replaced."""
        if isinstance(value, str):
            if value in self.known:
                return self.known[value]
            for name, part in self.parts.items():
                value = value.replace(name, part)
            return value
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if isinstance(value, dict):
            return {name: self.fill(item) for name, item in value.items()}
        return value

    def open(self, settings: dict[str, Any]) -> Any:
        settings = self.fill(settings)
        store, model, twitter = settings.pop("store"), settings.pop("model", None), settings.pop("twitter", None)
        arguments: dict[str, Any] = {"store": store["sqlite"]["path"] if "sqlite" in store else ":memory:"}
        if "supabase" in store:
            arguments["store"] = ghostwren.SupabaseStore(**store["supabase"])
        if model is not None:
            arguments["model"] = self.openai(model["openai"])
        if twitter is not None:
            arguments["twitter"] = self.face.TwitterApp(**twitter)
        for name, value in settings.items():
            arguments[name.removesuffix("_seconds")] = value
        return self.face.Ghostwren(**arguments)

    def openai(self, settings: dict[str, Any]) -> Any:
        names = {"key": "api_key", "timeout_seconds": "timeout"}
        return self.face.OpenAI(**{names.get(n, n): v for n, v in settings.items()})

    def open_client(self, name: str, settings: dict[str, Any]) -> None:
        """A client by itself."""
        if name == "twitter":
            app = self.face.TwitterApp(**settings.pop("app"))
            self.clients[name] = self.face.Twitter(settings.pop("token"), app=app, **settings)
        else:
            self.clients[name] = self.openai(settings)

    def target(self, wren: Any, group: str, arguments: dict[str, Any]) -> Any:
        owner = arguments.pop("owner", "local")
        if group in self.clients:
            return self.clients[group]
        if group == "account":
            return self.face.Account(wren._session, {"owner": owner}, arguments.pop("account"))
        if group == "auth":
            return wren.auth
        if group == "wren":
            return wren
        if group == "user" and "session" in arguments:
            return self.signed_in[arguments.pop("session")]
        user = wren.user(owner)
        return user if group == "user" else user.connect()

    def call(self, wren: Any, name: str, arguments: dict[str, Any]) -> Any:
        group, _, method = name.partition(".")
        if group == "test":
            return wren._session.call(name, arguments)
        if name == "user.sign_in":
            group = "wren"
        target = self.target(wren, group, arguments)
        if method.startswith("admin_"):
            target, method = target.admin, method.removeprefix("admin_")
        if group == "twitter" and method in ("pages", "all_tweets"):
            arguments |= {"query": arguments.pop("search")} if "search" in arguments else {}
            found = "search" if "query" in arguments else "timeline"
            method = f"{found}_pages" if method == "pages" else found
        if name == "account.import_all":
            arguments["archive"] = arguments.pop("path")
        for inner in ("request", "resolution", "tweet"):
            if inner in arguments:
                arguments |= arguments.pop(inner)
        if isinstance(arguments.get("call"), dict):
            ((call, request),) = arguments["call"].items()
            arguments = {"call": call, **request}
        drafts = arguments.pop("drafts", [])
        return getattr(target, method)(*drafts, **arguments)

    def local(self, name: str, arguments: dict[str, Any]) -> Any:
        group, _, function = name.partition(".")
        if "what" in arguments:
            function = f"{function}_{arguments.pop('what')}"
        if "tweet" in arguments:
            arguments |= arguments.pop("tweet")
        found = getattr(importlib.import_module(f"ghostwren.{group}"), function, None)
        try:
            inspect.signature(found).bind(**arguments)  # type: ignore[arg-type]
        except TypeError:
            # What Python itself refuses, the core refuses too.
            return json.loads(_native.local(name, json.dumps(arguments)))
        value = found(**arguments)  # type: ignore[misc]
        return {"micros": value} if name == "twitter.write_cost" else value

    async def step(self, wren: Any, step: dict[str, Any]) -> tuple[Any, list[Any] | None]:
        arguments = self.fill(step.get("args", {}))
        if "sandbox" in step:
            command = self.fill(step["sandbox"])
            return self.sandbox.do(**{("command" if n == "do" else n): v for n, v in command.items()}), None
        if "browse" in step:
            return browse(self.fill(step["browse"]), step.get("to", "")), None
        if "open" in step:
            for name, settings in self.fill(step["open"]).items():
                self.open_client(name, settings)
            return None, None
        if "local" in step:
            return self.local(step["local"], arguments), None
        if "select" in step:
            asked = dict(step["select"])
            return generate.select(style.StyleProfile.from_texts(asked.pop("texts")), **asked), None
        if "fingerprint" in step:
            return style.Fingerprint.of(step["fingerprint"]).summary(), None
        if "store" in step:
            return await self.store.call(step["store"], "local", arguments), None
        if "stream" in step:
            name = step["stream"]
            # Where a call and a stream have one name in the core.
            name = f"{name}_stream" if name in ("account.generate", "openai.chat") else name
            events = self.call(wren, name, arguments)
            found = [event async for event in events] if hasattr(events, "__aiter__") else list(events)
            if name == "twitter.pages":
                return None, [{"event": "page", "data": plain(page)} for page in found]
            return None, [plain(event) for event in found]
        value = self.call(wren, step["call"], arguments)
        value = await value if hasattr(value, "__await__") else value
        if isinstance(value, (ghostwren.User, sync.User)):
            self.signed_in.append(value)
            value = {"session": len(self.signed_in) - 1}
        return value, None

    async def run(self, vector: dict[str, Any]) -> None:
        wren = self.open(vector["settings"]) if "settings" in vector else None
        for number, step in enumerate(vector["steps"]):
            where = f"step {number} {json.dumps(step)[:120]}"
            if "error" in step:
                with pytest.raises(errors.GhostwrenError) as caught:
                    await self.step(wren, step)
                fields = caught.value.to_dict()
                assert differs(self.fill(step["error"]), fields, where, False) is None, fields
                for name, pointer in step.get("save_error", {}).items():
                    self.known[f"${name}"] = pointed(caught.value.to_dict() | {"outbox": caught.value.outbox}, "/outbox")
                continue
            value, events = await self.step(wren, step)
            got = plain(value)
            if "result" in step:
                assert differs(self.fill(step["result"]), got, where, True) is None, got
            if "has" in step:
                assert differs(self.fill(step["has"]), got, where, False) is None, got
            for name, place in (("first", 0), ("last", -1)):
                if name in step:
                    assert events
                    assert differs(self.fill(step[name]), events[place], where, False) is None, events[place]
            if "holds" in step:
                assert any(differs(self.fill(step["holds"]), item, where, False) is None for item in got), got
            for name, pointer in step.get("save", {}).items():
                self.known[f"${name}"] = pointed(got, pointer)
        for opened in (wren, *self.clients.values()):
            closing = getattr(opened, "aclose", getattr(opened, "close", lambda: None))()
            if closing is not None:
                await closing


@pytest.mark.parametrize("face", [ghostwren, sync], ids=["async", "sync"])
@pytest.mark.parametrize("vector", VECTORS)
def test_vector(vector: dict[str, Any], face: Any, sandbox: Sandbox, tmp_path: Path, sample: Path) -> None:
    asyncio.run(Runner(face, sandbox, tmp_path, sample).run(vector))


def test_each_kind_of_error_has_a_vector() -> None:
    steps = [step for param in VECTORS for step in param.values[0]["steps"] if "error" in step]  # type: ignore[index, call-overload]
    # What cancels a call is the caller's own task, which hears of it as `asyncio.CancelledError`.
    assert {step["error"]["kind"] for step in steps} == set(errors._KINDS) - {"cancelled"}
