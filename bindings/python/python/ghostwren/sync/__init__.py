"""`ghostwren` without `async`: the same names, the same arguments, the same errors. Ctrl-C stops a call.

```python
from ghostwren.sync import Ghostwren, OpenAI

with Ghostwren(store="ghostwren.db", model=OpenAI()) as wren:
    account = wren.user().open_account("main")
    for event in account.import_archive("twitter.zip"):
        print(event)
    drafts = account.generate("why we rewrote it in Rust", count=5)
```
"""

from __future__ import annotations

from .account import Account, Connect, Generating, Import
from .clients import OpenAI, Twitter, TwitterApp
from .supabase import AuthAdmin, AuthClient, Bulk, Supabase
from .workflow import Ghostwren, User

__all__ = [
    "Account",
    "AuthAdmin",
    "AuthClient",
    "Bulk",
    "Connect",
    "Generating",
    "Ghostwren",
    "Import",
    "OpenAI",
    "Supabase",
    "Twitter",
    "TwitterApp",
    "User",
]
