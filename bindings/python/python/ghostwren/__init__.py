"""Log in with Twitter/X, import your tweets, learn your style, draft new tweets in your voice.

```python
import asyncio
from ghostwren import Ghostwren, OpenAI

async def main():
    async with Ghostwren(store="ghostwren.db", model=OpenAI()) as wren:
        account = await wren.user().open_account("main")
        async for event in account.import_archive("twitter.zip"):
            print(event)
        drafts = await account.generate("why we rewrote it in Rust", count=5)

asyncio.run(main())
```

`ghostwren.sync` is the same without `async`.
"""

from __future__ import annotations

try:
    from . import _native
except ImportError as error:
    import platform

    raise ImportError(
        f"ghostwren has no native part for Python {platform.python_version()} on {platform.system()} "
        f"{platform.machine()}: install a wheel for this platform (`pip install --only-binary :all: ghostwren`), or "
        f"build one from source, which needs Rust"
    ) from error

from . import errors, generate, records, style, text
from ._native import Tweet, TweetList, __version__
from .aio.account import Account, Connect, Generating, Import
from .aio.clients import OpenAI, Twitter, TwitterApp
from .aio.supabase import Supabase
from .aio.workflow import Ghostwren, User
from .errors import GhostwrenError
from .model import Model, ModelRequest
from .store import SqliteStore, Store, SupabaseStore
from .style import Fingerprint, StyleProfile

__all__ = [
    "Account",
    "Connect",
    "Fingerprint",
    "Generating",
    "Ghostwren",
    "GhostwrenError",
    "Import",
    "Model",
    "ModelRequest",
    "OpenAI",
    "SqliteStore",
    "Store",
    "StyleProfile",
    "Supabase",
    "SupabaseStore",
    "Tweet",
    "TweetList",
    "Twitter",
    "TwitterApp",
    "User",
    "__version__",
    "errors",
    "generate",
    "records",
    "style",
    "text",
]
