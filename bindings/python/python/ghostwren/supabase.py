"""Supabase: the store in a project, its Auth, and rows for tables of your own.

```python
store = SupabaseStore(url, publishable_key, secret_key=secret_key)
async with Ghostwren(store=store, model=OpenAI()) as wren:
    me = wren.user(token=token_of_the_request)          # on a server
    me = await wren.sign_in(signed_in.session)          # with a session of one's own, which is kept fresh
```
"""

from __future__ import annotations

from .aio.supabase import AuthAdmin, AuthClient, Bulk, Supabase
from .store import StoredSession, SupabaseStore

__all__ = ["AuthAdmin", "AuthClient", "Bulk", "StoredSession", "Supabase", "SupabaseStore"]
