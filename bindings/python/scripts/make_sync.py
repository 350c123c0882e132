"""Makes `ghostwren.sync` from `ghostwren.aio`: the same calls, without `async`.

    python scripts/make_sync.py           writes the files
    python scripts/make_sync.py --check   fails when they differ
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "python" / "ghostwren"
FILES = ["_session.py", "account.py", "workflow.py", "clients.py", "supabase.py"]

RULES = [
    (r"\basync def\b", "def"),
    (r"\basync for\b", "for"),
    (r"\basync with\b", "with"),
    (r"\bawait (self\._native\.(?:call\(name, dumps\(arguments\)\)|call_with\(name, tweets\)|open\(\)|close\(\)))", r"\1.wait()"),
    (r"\bawait (self\._stream\.next_batch\(\))", r"\1.wait()"),
    (r"\bawait ", ""),
    (r"__aenter__", "__enter__"),
    (r"__aexit__", "__exit__"),
    (r"__aiter__", "__iter__"),
    (r"__anext__", "__next__"),
    (r"\baclose\b", "close"),
    (r"StopAsyncIteration", "StopIteration"),
    (r"\bAsyncIterator\b", "Iterator"),
    (r"asynchronous", "synchronous"),
]


def translate(source: str) -> str:
    """The same file without `async`."""
    source = re.sub(r"\n *# async only\n.*?# end\n", "\n", source, flags=re.S)
    for pattern, replacement in RULES:
        source = re.sub(pattern, replacement, source)
    # What only the parts above needed.
    source = source.replace("from collections.abc import Generator, Sequence", "from collections.abc import Sequence")
    source = source.replace("import Iterator, Callable, Generator", "import Callable, Iterator")
    source = re.sub(r"_native\.Session\(kind, dumps\(settings\), model, store\)", "_open(kind, dumps(settings), model, store)", source)
    if "_open(kind" in source:
        source = source.replace("\n\nclass Session:", "\nfrom ..sync._background import open_session as _open\n\n\nclass Session:", 1)
    source = re.sub(r"\n{3,}(?=    )", "\n\n", source)
    source = re.sub(r"\n\n+\Z", "\n", source)
    return "# Made from ../aio by scripts/make_sync.py: change it there.\n" + source


def main() -> int:
    different = []
    for name in FILES:
        made = translate((PACKAGE / "aio" / name).read_text(encoding="utf-8"))
        path = PACKAGE / "sync" / name
        if "--check" in sys.argv:
            if not path.exists() or path.read_text(encoding="utf-8") != made:
                different.append(name)
        else:
            path.write_text(made, encoding="utf-8")
    if different:
        print(f"not made from ghostwren/aio: {', '.join(different)}; run scripts/make_sync.py", file=sys.stderr)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
