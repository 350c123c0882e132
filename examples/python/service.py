"""A service: one Ghostwren for the process, one owner for each request, drafts that grow sent as events.

    uvicorn service:app
    curl -H 'x-owner: ada' --data-binary @twitter.zip http://127.0.0.1:8000/import

Put your own check of who is asking into `owner_of`; here a header says it, which is for trying out only.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, TypeVar

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse, StreamingResponse

from ghostwren import Account, Ghostwren, GhostwrenError, OpenAI
from ghostwren.records import DraftEvent

T = TypeVar("T")

STATUS = {"not_found": 404, "invalid_input": 422, "conflict": 409, "rate_limited": 429, "over_budget": 402}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    model = OpenAI(base_url=os.environ.get("OPENAI_BASE_URL"), api_key=os.environ.get("OPENAI_API_KEY"))
    async with Ghostwren(store=os.environ.get("GHOSTWREN_DB", "ghostwren.db"), model=model) as wren:
        app.state.wren = wren
        yield


app = FastAPI(lifespan=lifespan)


@app.exception_handler(GhostwrenError)
async def failed(_: Request, error: GhostwrenError) -> JSONResponse:
    return JSONResponse(error.to_dict(), status_code=STATUS.get(error.kind, 500))


async def owner_of(x_owner: Annotated[str | None, Header()] = None) -> str:
    if not x_owner:
        raise HTTPException(401)
    return x_owner


async def account_of(request: Request, owner: Annotated[str, Depends(owner_of)]) -> Account:
    account: Account = await request.app.state.wren.user(owner).open_account("main")
    return account


Mine = Annotated[Account, Depends(account_of)]


@app.post("/import")
async def import_archive(account: Mine, request: Request) -> dict[str, Any]:
    """The body is the archive as X gives it; how large it may be is for whatever stands before this service."""
    with TemporaryDirectory() as folder:
        archive = Path(folder, "twitter.zip")
        with archive.open("wb") as file:
            async for piece in request.stream():
                file.write(piece)
        return (await account.import_archive(archive)).to_dict()


@app.get("/tweets")
async def tweets(account: Mine, search: str | None = None, after: str | None = None) -> dict[str, Any]:
    page = await account.tweets(search, limit=50, after=after)
    return {"items": [tweet.to_dict() for tweet in page], "next": page.next}


@app.post("/drafts")
async def drafts(account: Mine, request: Request, topic: str) -> StreamingResponse:
    stream = account.generate_stream(topic, count=2)
    # What goes wrong before the first event still has a status.
    first = await unless_gone(request, anext(stream))

    async def events() -> AsyncIterator[str]:
        # A client that goes away cancels this, and the request to the model with it.
        try:
            yield data(first)
            async for event in stream:
                yield data(event)
        except GhostwrenError as error:
            yield f"event: failed\ndata: {json.dumps(error.to_dict())}\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


async def unless_gone(request: Request, work: Awaitable[T]) -> T:
    """What `work` gives. It is stopped when the client goes, as FastAPI stops an answer that has begun, but no handler."""
    working = asyncio.ensure_future(work)

    async def watch() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        working.cancel()

    watching = asyncio.create_task(watch())
    try:
        return await working
    except asyncio.CancelledError:
        if not watching.done():
            raise  # It is the server that stops.
        raise HTTPException(499) from None  # Nobody reads it.
    finally:
        watching.cancel()


def data(event: DraftEvent) -> str:
    return f"data: {json.dumps(event.to_dict())}\n\n"
