# Made from ../aio by scripts/make_sync.py: change it there.
"""The clients of the services, each usable alone: `OpenAI` and `Twitter`; and the settings of an app at X."""

from __future__ import annotations

from .._json import Fields, seconds, shown_address, text, typed, unusable
from .._json import path as _path
from ..records import (
    ModelDelta,
    ModelRecord,
    Reply,
    TweetPage,
    UploadedMedia,
    UserInfo,
    UserList,
    Written,
)
from ._session import Events, Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from os import PathLike
    from typing import Any, Literal

    from .._native import TweetList
    from ..model import Message

__all__ = ["OpenAI", "TweetLists", "Twitter", "TwitterApp"]


class OpenAI:
    """A client of OpenAI, or of any server that speaks its protocol; also what `Ghostwren(model=…)` takes.

    Without `api_key` and `base_url` it is set up by the environment (`OPENAI_API_KEY`, `OPENAI_BASE_URL`,
    `GHOSTWREN_MODEL`). A key of the environment is never sent to another server than the environment names. Times are in
    seconds.
    """

    __slots__ = ("_openai_settings", "_session")

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        model: str | None = None,
        api: Literal["chat", "responses"] | None = None,
        dialect: Literal["auto", "openai", "compatible"] | None = None,
        price: dict[str, int] | None = None,
        max_n: int | None = None,
        context_tokens: int | None = None,
        organization: str | None = None,
        project: str | None = None,
        timeout: float | None = None,
        idle_timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> None:
        typed("price", price, dict)
        self._openai_settings = Fields(
            key=typed("api_key", api_key, str),
            base_url=base_url,
            model=model,
            api=api,
            dialect=dialect,
            price=None if price is None else {"cache_write": price.get("input", 0), **price},
            max_n=max_n,
            context_tokens=context_tokens,
            organization=organization,
            project=project,
            timeout_seconds=seconds("timeout", timeout),
            idle_timeout_seconds=seconds("idle_timeout", idle_timeout),
            deadline_seconds=seconds("deadline", deadline),
            max_attempts=max_attempts,
        )
        self._session = Session("openai", self._openai_settings)

    def __repr__(self) -> str:
        address = shown_address(self._openai_settings["base_url"])
        return f"OpenAI(base_url={address!r}, model={self._openai_settings['model']!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("an OpenAI holds a key and is not pickled: make it where it is used")

    def chat(
        self,
        messages: str | Sequence[Message],
        *,
        model: str | None = None,
        format: dict[str, Any] | None = None,
        n: int = 1,
        max_output_tokens: int | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        frequency_penalty: float | None = None,
        presence_penalty: float | None = None,
        stop: Sequence[str] = (),
        seed: int | None = None,
        top_logprobs: int | None = None,
        reasoning_effort: Literal["none", "minimal", "low", "medium", "high"] | None = None,
        cache_key: str | None = None,
        safety_identifier: str | None = None,
    ) -> Reply:
        """Asks for whole answers. `format` is `{"name": …, "schema": …}` for JSON by a schema."""
        request = _chat(
            messages,
            model,
            format,
            n,
            max_output_tokens,
            temperature,
            top_p,
            frequency_penalty,
            presence_penalty,
            stop,
            seed,
            top_logprobs,
            reasoning_effort,
            cache_key,
            safety_identifier,
        )
        return Reply(self._session.call("openai.chat", request))

    def chat_stream(
        self,
        messages: str | Sequence[Message],
        *,
        model: str | None = None,
        format: dict[str, Any] | None = None,
        n: int = 1,
        max_output_tokens: int | None = None,
        temperature: float | None = None,
        top_p: float | None = None,
        frequency_penalty: float | None = None,
        presence_penalty: float | None = None,
        stop: Sequence[str] = (),
        seed: int | None = None,
        top_logprobs: int | None = None,
        reasoning_effort: Literal["none", "minimal", "low", "medium", "high"] | None = None,
        cache_key: str | None = None,
        safety_identifier: str | None = None,
    ) -> Events[ModelDelta]:
        """Asks for growing answers. What stops reading stops the request; a stream that breaks off is a
        `TruncatedError`."""
        request = _chat(
            messages,
            model,
            format,
            n,
            max_output_tokens,
            temperature,
            top_p,
            frequency_penalty,
            presence_penalty,
            stop,
            seed,
            top_logprobs,
            reasoning_effort,
            cache_key,
            safety_identifier,
        )
        return Events(self._session.stream("openai.chat", request), ModelDelta)

    def models(self) -> list[ModelRecord]:
        """The models that the server has for this key."""
        return [ModelRecord(model) for model in self._session.call("openai.models", {})]

    def model_record(self, id: str) -> ModelRecord:
        """One model of the server."""
        return ModelRecord(self._session.call("openai.model_record", {"id": id}))

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()

    def __enter__(self) -> OpenAI:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _chat(
    messages: str | Sequence[Message],
    model: str | None,
    format: dict[str, Any] | None,
    n: int,
    max_output_tokens: int | None,
    temperature: float | None,
    top_p: float | None,
    frequency_penalty: float | None,
    presence_penalty: float | None,
    stop: Sequence[str],
    seed: int | None,
    top_logprobs: int | None,
    reasoning_effort: str | None,
    cache_key: str | None,
    safety_identifier: str | None,
) -> dict[str, Any]:
    typed("format", format, dict)
    if format is not None and not {"name", "schema"} <= format.keys():
        raise unusable("format", "it has to hold a `name` and a `schema`")
    return {
        "messages": [{"role": "user", "content": messages}] if isinstance(messages, str) else messages,
        "model": model,
        "format": "text" if format is None else {"json_schema": format},
        "n": n,
        "max_output_tokens": max_output_tokens,
        "temperature": temperature,
        "top_p": top_p,
        "frequency_penalty": frequency_penalty,
        "presence_penalty": presence_penalty,
        "stop": stop,
        "seed": seed,
        "top_logprobs": top_logprobs,
        "reasoning_effort": reasoning_effort,
        "cache_key": cache_key,
        "safety_identifier": safety_identifier,
    }


class TwitterApp:
    """Your app at X: what `Ghostwren(twitter=…)` takes. Without `client_id` it is the one of the environment
    (`TWITTER_CLIENT_ID`, `TWITTER_CLIENT_SECRET`, `TWITTER_REDIRECT_URI`)."""

    __slots__ = ("_settings",)

    def __init__(
        self,
        client_id: str | None = None,
        *,
        client_secret: str | None = None,
        redirect_uri: str | None = None,
        api_base: str | None = None,
        authorize_base: str | None = None,
        owned_reads: bool | None = None,
        prices: dict[str, int] | None = None,
        dialect: Literal["auto", "tweet", "post"] | None = None,
    ) -> None:
        self._settings = Fields(
            client_id=client_id,
            client_secret=client_secret,
            redirect_uri=redirect_uri,
            api_base=api_base,
            authorize_base=authorize_base,
            owned_reads=owned_reads,
            prices=prices,
            dialect=dialect,
        )

    def __repr__(self) -> str:
        return f"TwitterApp({self._settings['client_id']!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a TwitterApp may hold a secret and is not pickled: make it where it is used")


class Twitter:
    """A client of the X API whose access token the application keeps."""

    __slots__ = ("_session",)

    def __init__(
        self,
        token: str,
        *,
        user_id: str | None = None,
        app: TwitterApp | None = None,
        on_limit: Literal["wait", "fail", "yield"] | None = None,
        with_context: bool | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> None:
        if app is not None and not hasattr(app, "_settings"):
            raise unusable("app", f"it has to be a TwitterApp, not {type(app).__name__}")
        settings = {
            "token": token,
            "user_id": user_id,
            "app": Fields() if app is None else app._settings,
            "on_limit": on_limit,
            "with_context": with_context,
            "timeout_seconds": seconds("timeout", timeout),
            "deadline_seconds": seconds("deadline", deadline),
            "max_attempts": max_attempts,
        }
        self._session = Session("twitter", settings)

    def me(self) -> UserInfo:
        """Who is logged in."""
        return UserInfo(self._session.call("twitter.me", {}))

    def user(self, id: str) -> UserInfo:
        """One user, by id."""
        return UserInfo(self._session.call("twitter.user", {"id": id}))

    def user_by_name(self, username: str) -> UserInfo:
        """One user, by handle."""
        return UserInfo(self._session.call("twitter.user_by_name", {"username": username}))

    def users(self, ids: Sequence[str]) -> UserList:
        """Users, by id; at most 100."""
        return UserList(self._session.call("twitter.users", {"ids": ids}))

    def users_by_names(self, usernames: Sequence[str]) -> UserList:
        """Users, by handle; at most 100."""
        return UserList(self._session.call("twitter.users_by_names", {"usernames": usernames}))

    def tweets(self, ids: Sequence[str]) -> TweetPage:
        """Tweets, by id; at most 100."""
        return TweetPage(self._session.call("twitter.tweets", {"ids": ids}))

    def timeline_pages(
        self,
        user_id: str,
        *,
        mentions: bool = False,
        since_id: str | None = None,
        until_id: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        from_token: str | None = None,
        page_size: int | None = None,
    ) -> Events[TweetPage]:
        """A user's timeline, or their mentions, page after page."""
        request = _timeline(None, user_id, mentions, since_id, until_id, since, until, from_token, page_size)
        return Events(self._session.stream("twitter.pages", request), _tweet_page)

    def search_pages(
        self,
        query: str,
        *,
        since_id: str | None = None,
        until_id: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        from_token: str | None = None,
        page_size: int | None = None,
    ) -> Events[TweetPage]:
        """What a search at X finds, page after page."""
        request = _timeline(text("query", query), None, False, since_id, until_id, since, until, from_token, page_size)
        return Events(self._session.stream("twitter.pages", request), _tweet_page)

    def timeline(
        self,
        user_id: str,
        *,
        mentions: bool = False,
        since_id: str | None = None,
        until_id: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        page_size: int | None = None,
    ) -> TweetList:
        """All tweets of a timeline that X gives (the newest 3,200), whose records stay in Rust."""
        request = _timeline(None, user_id, mentions, since_id, until_id, since, until, None, page_size)
        tweets: TweetList = self._session.reply("twitter.all_tweets", request)
        return tweets

    def timeline_lists(
        self,
        user_id: str,
        *,
        mentions: bool = False,
        since_id: str | None = None,
        until_id: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        page_size: int | None = None,
    ) -> TweetLists:
        """As `timeline`, page after page: each a list whose records stay in Rust, so that a long timeline takes no more
        memory than a page."""
        return TweetLists(
            self._session, _timeline(None, user_id, mentions, since_id, until_id, since, until, None, page_size)
        )

    def create_tweet(self, text: str, **options: Any) -> Written:
        """Writes a tweet; never repeated by itself. `options` are the fields of X's request."""
        return Written(self._session.call("twitter.create_tweet", {"tweet": Fields(text=text, **options)}))

    def delete_tweet(self, id: str) -> None:
        """Deletes a tweet."""
        self._session.call("twitter.delete_tweet", {"id": id})

    def upload(
        self,
        path: str | PathLike[str],
        *,
        media_type: str | None = None,
        category: str | None = None,
        alt_text: str | None = None,
    ) -> UploadedMedia:
        """Uploads a picture or film."""
        arguments = {"path": _path(path), "media_type": media_type, "category": category, "alt_text": alt_text}
        return UploadedMedia(self._session.call("twitter.upload", arguments))

    def alt_text(self, media_id: str, text: str) -> None:
        """Describes a picture for those who cannot see it."""
        self._session.call("twitter.alt_text", {"media_id": media_id, "text": text})

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()

    def __enter__(self) -> Twitter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class TweetLists:
    """Pages of tweets, which are asked for as they are read."""

    __slots__ = ("_pages", "_request", "_session")

    def __init__(self, session: Session, request: dict[str, Any]) -> None:
        self._session = session
        self._request = request
        # Nothing before the first page, 0 after the last one.
        self._pages: int | None = None

    def __iter__(self) -> Iterator[TweetList]:
        return self

    def __next__(self) -> TweetList:
        if self._pages is None:
            self._pages = int(self._session.call("twitter.open_pages", self._request))
        if self._pages == 0:
            raise StopIteration
        found: Any = self._session.reply("twitter.next_page", {"pages": self._pages})
        if isinstance(found, str):
            self._pages = 0
            raise StopIteration
        page: TweetList = found
        return page

    def close(self) -> None:
        """Gives the rest up."""
        pages, self._pages = self._pages, 0
        if pages:
            self._session.call("twitter.close_pages", {"pages": pages})


def _tweet_page(event: dict[str, Any]) -> TweetPage:
    return TweetPage(event["data"])


def _timeline(
    search: str | None,
    user_id: str | None,
    mentions: bool,
    since_id: str | None,
    until_id: str | None,
    since: datetime | None,
    until: datetime | None,
    from_token: str | None,
    page_size: int | None,
) -> dict[str, Any]:
    return {
        "search": search,
        "user_id": user_id,
        "mentions": mentions if search is None else None,
        "since_id": since_id,
        "until_id": until_id,
        "since": since,
        "until": until,
        "from_token": from_token,
        "page_size": page_size,
    }
