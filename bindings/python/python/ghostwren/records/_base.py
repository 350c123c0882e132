"""What all records share, and what can be said of an id."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime, timedelta
    from typing import Any, ClassVar, Literal, TypeVar, overload
    from typing import Generic as _PageBase

    T = TypeVar("T")
else:
    # `typing` takes milliseconds to import, and nothing here needs it at run time.
    T = None

    class _PageBase:
        def __class_getitem__(cls, _item):
            return cls


def _time(text: str) -> datetime:
    from datetime import datetime, timezone

    # Python 3.10 knows neither `Z` nor a fraction of one or two digits.
    whole, _, fraction = text.removesuffix("Z").removesuffix("+00:00").partition(".")
    micros = int(fraction.ljust(6, "0")[:6]) if fraction else 0
    return datetime.fromisoformat(whole).replace(microsecond=micros, tzinfo=timezone.utc)


def compare_ids(a: str, b: str) -> int:
    """-1, 0 or 1: compares ids of tweets or users as the numbers they are."""
    return int(_local("records.compare_ids", a=a, b=b))


def is_valid_id(text: str) -> bool:
    """Whether the text is an id as Twitter gives them: 1 to 19 digits without a leading zero."""
    return bool(_local("records.is_valid_id", text=text))


def time_of_id(text: str) -> datetime | None:
    """When a tweet was made, out of its id; `None` for the ids before November 2010."""
    found = _local("records.time_of_id", text=text)
    return None if found is None else _time(found)


def _local(name: str, **arguments: Any) -> Any:
    from .. import _native
    from .._json import dumps, loads

    return loads(_native.local(name, dumps(arguments)))


def _date(text: str) -> date:
    from datetime import date

    return date.fromisoformat(text)


def _duration(value: dict[str, int]) -> timedelta:
    from datetime import timedelta

    return timedelta(seconds=value["secs"], microseconds=value["nanos"] / 1000)


def _list(of: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read(values: list[Any]) -> list[Any]:
        return [of(value) for value in values]

    return read


def _own(value: Any) -> Any:
    """Plain data that belongs to whoever asked for it."""
    if isinstance(value, dict):
        return {name: _own(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_own(item) for item in value]
    return value


class Record:
    """The base of all records."""

    __slots__ = ("_data",)
    _decode: ClassVar[dict[str, Callable[[Any], Any]]] = {}
    _data: dict[str, Any]

    def __init__(self, data: dict[str, Any]) -> None:
        object.__setattr__(self, "_data", data)

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            try:
                value = self._data[name]
            except KeyError:
                if any(name in getattr(base, "__annotations__", ()) for base in type(self).__mro__):
                    return None
                raise AttributeError(f"{type(self).__name__} has no field {name!r}") from None
            decode = self._decode.get(name)
            return _own(value) if decode is None or value is None else decode(value)

        def __setattr__(self, name, value):
            raise AttributeError("a record never changes")

    def to_dict(self) -> dict[str, Any]:
        """The plain data, as the core writes it: yours to change."""
        data: dict[str, Any] = _own(self._data)
        return data

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._data == self._data

    __hash__ = None  # type: ignore[assignment]

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._data]

    def __repr__(self) -> str:
        shown = []
        for name, value in self._data.items():
            text = repr(value)
            shown.append(f"{name}={text if len(text) <= 60 else text[:60] + '…'}")
        return f"{type(self).__name__}({', '.join(shown)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self._data,))


class Event(Record):
    """Something that happened. `event` is its name; the classes of the events that this package knows say more."""

    __slots__ = ()
    event: str
    data: Any

    def __init__(self, data: dict[str, Any]) -> None:
        # The name first, also where the core wrote its fields in the order of the alphabet.
        super().__init__({"event": data["event"], **data})


class Page(_PageBase[T]):
    """A page of a longer list, which can be gone through like a list. `next` is the `after` of the next call; `None` at
    the end."""

    __slots__ = ("items", "next")

    def __init__(self, items: list[T], next: str | None) -> None:
        self.items: list[T] = items
        self.next: str | None = next

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, index: int) -> T: ...
        @overload
        def __getitem__(self, index: slice) -> list[T]: ...

    def __getitem__(self, index: Any) -> Any:
        return self.items[index]

    def __repr__(self) -> str:
        return f"Page({len(self.items)} items, next={self.next!r})"
