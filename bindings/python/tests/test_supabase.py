"""The store on Supabase, its users, its Auth and its files, against the real servers that `cargo xtask test` starts."""

from __future__ import annotations

import asyncio
import json
import os
import pickle
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from conftest import Sandbox

import ghostwren
from ghostwren import Ghostwren, Supabase, SupabaseStore, Twitter, TwitterApp, errors, sync
from ghostwren.records import AuthSession
from ghostwren.supabase import StoredSession

ENV = os.environ
URL = ENV.get("GHOSTWREN_TEST_SUPABASE_URL", "")
KEY = ENV.get("GHOSTWREN_TEST_SUPABASE_PUBLISHABLE_KEY", "")
SECRET = ENV.get("GHOSTWREN_TEST_SUPABASE_SECRET_KEY", "")
JWT = ENV.get("GHOSTWREN_TEST_SUPABASE_JWT_SECRET", "")
SEALING = "one:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="

real = pytest.mark.skipif(not URL, reason="needs the servers that `cargo xtask test python` starts")


def wren(**settings: Any) -> Ghostwren:
    return Ghostwren(store=SupabaseStore(URL, KEY, secret_key=SECRET, jwt_secret=JWT), sealing_keys=SEALING, **settings)


async def new_user(project: Supabase) -> AuthSession:
    made = await project.auth.sign_up(f"{uuid4()}@example.org", "correct horse battery", metadata={"from": "python"})
    assert made.session is not None
    return made.session


def read(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return bytes(answer.read())


@real
def test_each_user_sees_their_own(sample: Path) -> None:
    async def run() -> None:
        async with Supabase(URL, KEY) as project, wren() as w:
            mine, theirs = await new_user(project), await new_user(project)
            me = await w.sign_in(mine)
            account = await me.open_account("main")
            report = await account.import_archive(sample)
            assert report.end.kind == "complete" and report.counts.inserted > 0
            newest = (await account.tweets(limit=1))[0]
            found = await account.tweets(newest.full_text.split()[0], limit=5)
            assert newest.id in [tweet.id for tweet in found]
            assert await account.count_tweets(with_deleted=True) == report.counts.inserted
            assert (await account.analyze_style(ask_model=False)).record.id

            # The same user by the token that a server received.
            again = await w.user(token=mine.access_token).account(account.id)
            assert (await again.record()).tweet_count == report.counts.inserted

            other = w.user(token=theirs.access_token)
            assert await other.accounts() == []
            with pytest.raises(errors.NotFoundError):
                await other.account(account.id)
            for nobody in (w.user(), w.user("somebody")):
                with pytest.raises(errors.AuthError) as caught:
                    await nobody.accounts()
                assert caught.value.code == "identity.no_user"
            head, body, signature = mine.access_token.split(".")
            with pytest.raises(errors.AuthError):
                await w.user(token=f"{head}.{body}.{signature[::-1]}").accounts()
            with pytest.raises(errors.InvalidInputError) as no_token:
                await w.user(token="hunter2").accounts()
            assert no_token.value.code == "supabase.not_a_token" and "hunter2" not in repr(no_token.value)

            assert (await account.erase()).tweets == report.counts.inserted
            await me.sign_out()
            with pytest.raises(errors.NeedsLoginError) as gone:
                await account.record()
            assert gone.value.code == "binding.not_signed_in"

    asyncio.run(run())


@real
def test_files(sample: Path) -> None:
    with sync.Supabase(URL, KEY) as project, sync.Ghostwren(store=SupabaseStore(URL, KEY, jwt_secret=JWT)) as w:
        made = project.auth.sign_up(f"{uuid4()}@example.org", "correct horse battery").session
        assert made is not None
        account = w.sign_in(made).open_account("files")
        account.import_archive(sample).report()
        kept = account.save_export()
        assert account.save_export() == kept, "the same content is kept once"
        assert [file.name for file in account.saved_files()] == [kept.name]
        address = account.file_address(kept.name, lives=60)
        assert address.url not in repr(address)
        assert read(address.url).endswith(b'{"type":"end"}\n') or b'"end"' in read(address.url)
        public = account.publish_file(kept.name)
        assert read(public) == read(address.url)
        assert account.unpublish_file(kept.name) and not account.unpublish_file(kept.name)
        account.analyze_style(ask_model=False)
        assert account.save_style().name.endswith(".json")
        assert account.save_drafts("approved").name.endswith(".ndjson")
        assert account.remove_file(kept.name) and not account.remove_file(kept.name)
        with pytest.raises(errors.NotFoundError):
            account.file_address(kept.name)
        account.erase()
        assert account.saved_files() == []


def test_files_need_a_store_that_keeps_some() -> None:
    async def run() -> None:
        async with Ghostwren(store=":memory:") as w:
            account = await w.user().open_account("main")
            with pytest.raises(errors.ConfigError) as caught:
                await account.save_export()
            assert caught.value.code == "store.no_files"
            with pytest.raises(errors.ConfigError) as nowhere:
                await w.sign_in({"access_token": "a", "refresh_token": "b"})
            assert nowhere.value.code == "binding.not_supabase"
            assert (await w.audit()).credentials == 0

    asyncio.run(run())


@real
def test_whoever_runs_the_server() -> None:
    async def run() -> None:
        async with Supabase(URL, KEY) as project, wren() as w:
            me = await w.sign_in(await new_user(project))
            said = await w.doctor(me)
            assert said.schema_version and "version" in said.checked and "policies" in said.checked
            assert all(finding.check in ("buckets", "exposure", "timeouts", "keys") for finding in said.findings), said.findings
            assert said.is_well == (not said.findings) and URL in str(said)
            report = await w.audit()
            assert report.need_login >= 0 and "credentials" in str(report)
        async with Ghostwren(store=SupabaseStore(URL, KEY)) as device:
            with pytest.raises(errors.ConfigError) as caught:
                await device.audit()
            assert caught.value.code == "supabase.secret_key_needed"
            anonymous = await device.doctor()
            assert {unchecked.check for unchecked in anonymous.unchecked} >= {"policies", "grants"}

    asyncio.run(run())


@real
def test_a_session_that_is_kept(tmp_path: Path) -> None:
    async def run() -> None:
        kept = StoredSession(tmp_path / "sessions.db", sealing_keys=SEALING)
        async with Supabase(URL, KEY) as project:
            session = await new_user(project)
        async with wren() as w:
            with pytest.raises(errors.NeedsLoginError) as nobody:
                await w.sign_in(keep=kept)
            assert nobody.value.code == "supabase.no_session"
            await (await w.sign_in(session, keep=kept)).open_account("kept")
        async with wren() as w:
            me = await w.sign_in(keep=kept)
            assert [(await account.record()).label for account in await me.accounts()] == ["kept"]
            now = await me.session()
            assert now.user.id == session.user.id
            await me.sign_out("global")
            with pytest.raises(errors.NeedsLoginError):
                await w.sign_in(keep=kept)
        for file in tmp_path.iterdir():
            assert session.refresh_token.encode() not in file.read_bytes()

    asyncio.run(run())


@real
def test_auth() -> None:
    async def run() -> None:
        email, password = f"{uuid4()}@example.org", "correct horse battery"
        async with Supabase(URL, KEY, secret_key=SECRET, jwt_secret=JWT) as project:
            auth = project.auth
            made = (await auth.sign_up(email, password)).user
            assert made.email == email
            with pytest.raises(errors.AuthError) as wrong:
                await auth.sign_in_with_password(email, "hunter2-hunter2")
            assert wrong.value.service == "supabase" and "hunter2" not in repr(wrong.value.to_dict())
            signed_in = await auth.sign_in_with_password(email, password)
            session = signed_in.session
            assert signed_in.provider is None and session.user.id == made.id
            for shown in (repr(signed_in), str(session), repr(session)):
                assert session.access_token not in shown and session.refresh_token not in shown
            assert pickle.loads(pickle.dumps(session)) == session
            changed = await auth.update_user(session.access_token, metadata={"wren": True})
            assert changed.user_metadata["wren"] is True
            assert (await auth.user(session.access_token)).id == made.id
            fresh = await auth.refresh(session.refresh_token)
            assert fresh.refresh_token != session.refresh_token
            login = await auth.authorize("http://127.0.0.1:3000/back", provider="github", scopes=["read:user"])
            assert login.url.startswith(f"{URL}/auth/v1/authorize?provider=github&") and login.state not in repr(login)
            with pytest.raises(errors.AuthError) as strange:
                await auth.finish(login, "http://127.0.0.1:3000/back?state=another&code=1")
            assert strange.value.code == "login.unknown_state"
            with pytest.raises(errors.ConfigError) as old:
                await auth.authorize("http://127.0.0.1:3000/back", provider="twitter")
            assert old.value.code == "supabase.twitter_provider"
            assert "external" in await auth.settings()
            await auth.sign_out(fresh.access_token, "global")
            with pytest.raises(errors.GhostwrenError):
                await auth.refresh(fresh.refresh_token)
            with pytest.raises(errors.ArgumentTypeError):
                await auth.sign_out(fresh.access_token, "everything")  # type: ignore[arg-type]
        async with Supabase(URL, KEY) as device:
            with pytest.raises(errors.ConfigError) as caught:
                await device.auth.admin.user(made.id)
            assert caught.value.code == "supabase.secret_key_needed"

    asyncio.run(run())


@real
def test_keys_are_told_apart_and_not_shown() -> None:
    async def run() -> None:
        for url, key, secret, code in (
            (URL, SECRET, None, "supabase.key_not_publishable"),
            (URL, KEY, KEY, "supabase.key_not_secret"),
            (URL, None, None, "argument.missing"),
        ):
            store = SupabaseStore(url, key, secret_key=secret)
            assert "sb_" not in repr(store)
            with pytest.raises(errors.GhostwrenError) as caught:
                await Ghostwren(store=store).open()
            assert caught.value.code == code and SECRET not in repr(caught.value.to_dict())
            with pytest.raises(TypeError):
                pickle.dumps(store)

    asyncio.run(run())


@real
def test_rows_for_a_table_of_ones_own(clean_sandbox: Sandbox) -> None:
    async def run() -> None:
        app = TwitterApp(clean_sandbox.addresses["client_id"], api_base=clean_sandbox.x_url)
        granted = clean_sandbox.do("issue_tokens", scopes=["tweet.read", "users.read"])["access"]
        async with Supabase(URL, KEY) as project, Twitter(granted, app=app) as x:
            token = (await new_user(project)).access_token
            me = await x.me()
            columns = {"id": "id", "name": "full_text", "n": "likes"}
            written = 0
            async with project.bulk("test_bulk", ["owner", "id"], columns=columns, values={"note": "X"}, token=token) as bulk:
                async for page in x.timeline_lists(me.user.id, page_size=50):
                    assert isinstance(page, ghostwren.TweetList)
                    written += len(page)
                    await bulk.add(page)
                await bulk.add([{"id": "row", "name": "a row", "n": 1, "note": "mine"}])
                report = await bulk.finish()
                assert report.written == written + 1 > 50
                with pytest.raises(errors.ConflictError):
                    await bulk.add([{"id": "late"}])
            request = urllib.request.Request(f"{URL}/rest/v1/test_bulk?select=id&note=eq.X", headers={"apikey": KEY, "authorization": f"Bearer {token}"})
            with urllib.request.urlopen(request, timeout=10) as answer:
                assert len(json.load(answer)) == written
            refused = project.bulk("test_bulk", ["owner", "id"], token=token)
            await refused.add([{"id": "1", "name": "bad"}])
            with pytest.raises(errors.GhostwrenError) as caught:
                await refused.finish()
            assert caught.value.service == "supabase"
            with pytest.raises(errors.InvalidInputError) as unknown:
                await project.bulk("test_bulk", columns={"id": "nothing"}, token=token).finish()
            assert "nothing" in unknown.value.detail

    asyncio.run(run())


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def come_back(url: str, to: str) -> str:
    """Follows a login as a browser does, to where it comes back."""
    while not url.startswith(to):
        try:
            urllib.request.build_opener(NoRedirect).open(url, timeout=10)
        except urllib.error.HTTPError as answer:
            with answer:
                url = str(answer.headers["location"])
        else:
            raise AssertionError("the page sent the browser nowhere")
    return url


def test_a_login_with_x(clean_sandbox: Sandbox) -> None:
    async def run() -> None:
        addresses, back = clean_sandbox.addresses, "http://127.0.0.1:8787/callback"
        clean_sandbox.do("set_consent", consent="allow")
        store = SupabaseStore(addresses["supabase_url"], addresses["supabase_publishable_key"])
        async with Ghostwren(store=store) as w:
            await w.auth.probe(back)
            login = await w.auth.authorize(back, scopes=["tweet.write"])
            signed_in = await w.auth.finish(login, come_back(login.url, back))
            (x,) = [identity for identity in signed_in.session.user.identities if identity.provider == "x"]
            assert x.subject == addresses["user_id"]
            assert signed_in.provider is not None and signed_in.provider.refresh_token
            app = TwitterApp(addresses["client_id"], api_base=addresses["x_url"])
            async with Twitter(signed_in.provider.access_token, app=app) as client:
                assert (await client.me()).user.username == "sandbox_wren"
            for shown in (repr(signed_in), repr(login), repr(signed_in.provider)):
                assert signed_in.provider.access_token not in shown and login.verifier not in shown
            with pytest.raises(errors.GhostwrenError):
                await w.auth.finish(login, come_back((await w.auth.authorize(back)).url, back))
            # Fresh tokens come by themselves: what is signed in with is worn out.
            me = await w.sign_in({**signed_in.session.to_dict(), "expires_at": "2020-01-01T00:00:00Z"})
            assert (await me.session()).access_token != signed_in.session.access_token
            await me.sign_out()
            with pytest.raises(errors.NeedsLoginError):
                await me.session()

    asyncio.run(run())


def test_admin(clean_sandbox: Sandbox) -> None:
    addresses = clean_sandbox.addresses
    url, key, secret = (addresses[f"supabase_{name}"] for name in ("url", "publishable_key", "secret_key"))
    email = f"{uuid4()}@example.org"
    with sync.Supabase(url, key, secret_key=secret) as project:
        admin = project.auth.admin
        made = admin.create_user(email, password="correct horse battery", app_metadata={"plan": "free"})
        assert made.email == email and made.app_metadata["plan"] == "free"
        session = project.auth.sign_in_with_password(email, "correct horse battery").session
        claims = project.auth.claims(session.access_token)
        assert claims.user == made.id and claims.role == "authenticated" and claims.expires_at.tzinfo
        assert admin.factors(made.id) == []
        assert admin.delete_user(made.id) and not admin.delete_user(made.id)
        assert admin.user(made.id) is None
    with sync.Supabase(url, key) as device, pytest.raises(errors.ConfigError) as caught:
        device.auth.admin.user(made.id)
    assert caught.value.code == "supabase.secret_key_needed"
