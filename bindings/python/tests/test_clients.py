"""The clients of the services by themselves, against the stand-ins."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from conftest import Sandbox

from ghostwren import OpenAI, Twitter, TwitterApp, errors, openai, sync, twitter


def client(sandbox: Sandbox, **options: Any) -> OpenAI:
    return OpenAI(base_url=sandbox.openai_url, api_key=sandbox.key, model="gpt-4o", **options)


def test_whole_answers(clean_sandbox: Sandbox) -> None:
    async def run() -> None:
        async with client(clean_sandbox) as ai:
            reply = await ai.chat("One line about wrens.", n=2, temperature=0.5)
            assert len(reply.answers) == 2 and reply.text == reply.answers[0].text != ""
            assert reply.usage.output_tokens > 0 and reply.request_id and reply.attempts == 1
            assert reply.latency.total_seconds() > 0 and reply.cost_micros is not None
            models = await ai.models()
            assert any(model.id == "gpt-4o" for model in models)
            assert (await ai.model_record("gpt-4o")).id == "gpt-4o"
            with pytest.raises(errors.NotFoundError) as caught:
                await ai.chat("hello", model="gpt-nothing")
            assert caught.value.status == 404 and caught.value.service == "openai"
            answer = await ai.chat(
                [{"role": "system", "content": "Answer in JSON."}, {"role": "user", "content": "hello"}],
                format={"name": "answer", "schema": {"type": "object", "properties": {"word": {"type": "string"}}}},
            )
            assert answer.text.startswith("{")

    asyncio.run(run())


def test_retries_are_seen(clean_sandbox: Sandbox) -> None:
    clean_sandbox.do("openai_script", endpoint="chat", faults=["rate-limit-ms=10"])
    with sync.OpenAI(base_url=clean_sandbox.openai_url, api_key=clean_sandbox.key) as ai:
        assert ai.chat("hello").attempts == 2


def test_growing_answers(clean_sandbox: Sandbox) -> None:
    async def run() -> None:
        async with client(clean_sandbox) as ai:
            grown, whole = "", ""
            async for delta in ai.chat_stream("One line about wrens."):
                grown += delta.text
                if delta.event == "completed":
                    whole = delta.data["answers"][0][0]
            assert grown == whole != ""
            clean_sandbox.do("openai_script", endpoint="chat", faults=["truncated"])
            with pytest.raises(errors.TruncatedError):
                async for _ in ai.chat_stream("One line about wrens."):
                    pass

    asyncio.run(run())
    # The same through the synchronous face.
    with sync.OpenAI(base_url=clean_sandbox.openai_url, api_key=clean_sandbox.key) as ai:
        assert "".join(delta.text for delta in ai.chat_stream("One line about wrens."))


def test_what_stops_reading_stops_the_request(clean_sandbox: Sandbox) -> None:
    async def run() -> None:
        async with client(clean_sandbox) as ai:
            clean_sandbox.do("openai_script", endpoint="chat", faults=["slow-bytes=20"])
            async with ai.chat_stream("A long line about wrens.") as deltas:
                async for delta in deltas:
                    if delta.text:
                        break
            for _ in range(100):
                (request,) = [r for r in clean_sandbox.do("requests") if r["path"].endswith("/chat/completions")]
                if request["dropped"]:
                    return
                await asyncio.sleep(0.05)
            raise AssertionError("the request went on")

    asyncio.run(run())


def test_no_key_goes_to_another_server(clean_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", clean_sandbox.key)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with sync.OpenAI(base_url=clean_sandbox.openai_url) as ai, pytest.raises(errors.AuthError):
        ai.chat("hello")
    monkeypatch.delenv("OPENAI_API_KEY")
    with sync.OpenAI() as ai, pytest.raises(errors.ConfigError) as caught:
        ai.chat("hello")
    assert caught.value.code == "openai.no_key"


def test_no_secret_is_shown(clean_sandbox: Sandbox) -> None:
    ai = client(clean_sandbox)
    app = TwitterApp("id", client_secret="a-secret")
    for shown in (repr(ai), repr(app), repr(ai._session), str(ai)):
        assert clean_sandbox.key not in shown and "a-secret" not in shown
    with pytest.raises(TypeError, match="not pickled"):
        __import__("pickle").dumps(ai)
    with sync.OpenAI(api_key="sk-wrong-key-0123456789", base_url=clean_sandbox.openai_url) as wrong:
        with pytest.raises(errors.AuthError) as caught:
            wrong.chat("hello")
    assert "sk-wrong-key-0123456789" not in str(caught.value)


def test_twitter(clean_sandbox: Sandbox) -> None:
    scopes = ["tweet.read", "users.read", "tweet.write", "offline.access"]
    token = clean_sandbox.do("issue_tokens", scopes=scopes)["access"]

    async def run() -> None:
        app = TwitterApp(clean_sandbox.addresses["client_id"], api_base=clean_sandbox.x_url)
        async with Twitter(token, app=app) as x:
            me = await x.me()
            assert me.user.username == "sandbox_wren"
            assert (await x.user(me.user.id)).user == me.user
            assert (await x.user_by_name("sandbox_wren")).user.id == me.user.id
            assert len((await x.users([me.user.id, "1"])).users) == 1
            assert len((await x.users_by_names(["sandbox_wren"])).users) == 1
            pages = [page async for page in x.timeline_pages(me.user.id, page_size=50)]
            assert len(pages) > 1 and all(page.tweets for page in pages[:-1])
            tweets = await x.timeline(me.user.id)
            assert len(tweets) == sum(len(page.tweets) for page in pages)
            assert tweets[0].id == pages[0].tweets[0]["id"]
            assert len((await x.tweets([tweets[0].id])).tweets) == 1
            written = await x.create_tweet("a tweet from Python", made_with_ai=True)
            assert written.text == "a tweet from Python"
            await x.delete_tweet(written.id)
            clean_sandbox.do("x_script", endpoint="me", faults=["usage-cap"])
            with pytest.raises(errors.QuotaExceededError) as caught:
                await x.me()
            assert caught.value.service == "twitter"

    asyncio.run(run())


def test_what_is_known_without_a_network() -> None:
    assert openai.model_info("gpt-4o").context_tokens == 128_000
    strict = openai.strict_schema({"type": "object", "properties": {"a": {"type": "string"}}})
    assert strict["additionalProperties"] is False and strict["required"] == ["a"]
    assert [finding.code for finding in twitter.lint("x" * 300)] == ["lint.too_long"]
    assert twitter.prices()["post_write"] == twitter.write_cost("hello")
