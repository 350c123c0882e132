"""The names in `bindings/parity.toml` are there, in both faces and in the same shape."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import pytest
from conftest import ROOT

import ghostwren
from ghostwren import supabase, sync


def names() -> list[str]:
    section, found = "", set()
    for line in (ROOT / "bindings" / "parity.toml").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif section == "bound" and " = " in line:
            found.add(line.partition(" = ")[2].strip('"'))
    return sorted(found)


def resolve(path: str) -> Any:
    """What a name stands for; of `Class(option)` and `call(option)` it is what has the option."""
    path, _, option = path.removesuffix(")").partition("(")
    found = named(path)
    assert not option or option in inspect.signature(found).parameters, f"{path} has no {option}"
    return found


def named(path: str) -> Any:
    first, *rest = path.split(".")
    found = getattr(ghostwren, first, None) or importlib.import_module(f"ghostwren.{first}")
    for number, name in enumerate(rest):
        if not hasattr(found, name) and number == len(rest) - 1:
            # A value that each object has: of a slot or of an annotation.
            slots = [slot for base in found.__mro__ for slot in getattr(base, "__slots__", ())]
            assert name in slots or any(name in getattr(base, "__annotations__", {}) for base in found.__mro__), path
            return None
        found = getattr(found, name)
    return found


@pytest.mark.parametrize("path", names())
def test_what_is_bound_is_there_and_documented(path: str) -> None:
    found = resolve(path)
    if callable(found):
        assert inspect.getdoc(found), f"{path} has no documentation"


@pytest.mark.parametrize("path", ["openai.OpenAI(nothing)", "text.parse(nothing)", "errors.GhostwrenError.nothing"])
def test_what_is_not_there_is_seen(path: str) -> None:
    with pytest.raises(AssertionError):
        resolve(path)


def test_both_faces_have_the_same_calls() -> None:
    for name in sync.__all__:
        one, other = getattr(ghostwren, name, None) or getattr(supabase, name), getattr(sync, name)
        public = {n for n in dir(one) if not n.startswith("_")} - {"aclose"}
        assert public == {n for n in dir(other) if not n.startswith("_")} - {"close"}, name
        for method in public:
            first, second = getattr(one, method), getattr(other, method)
            if callable(first):
                assert str(inspect.signature(first).replace(return_annotation="")) == str(
                    inspect.signature(second).replace(return_annotation="")
                ), f"{name}.{method}"


def test_every_public_name_is_documented() -> None:
    for module in ("", ".errors", ".generate", ".model", ".notebook", ".openai", ".records", ".store", ".style", ".supabase", ".sync", ".text", ".twitter"):
        found = importlib.import_module(f"ghostwren{module}")
        assert found.__doc__
        for name, value in vars(found).items():
            if not name.startswith("_") and inspect.isclass(value) and value.__module__.startswith("ghostwren"):
                assert value.__doc__, f"{module}.{name}"
                for attribute, member in vars(value).items():
                    if not attribute.startswith("_") and inspect.isfunction(member):
                        assert member.__doc__, f"{module}.{name}.{attribute}"
