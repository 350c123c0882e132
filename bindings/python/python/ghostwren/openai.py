"""OpenAI: the client, and what is known of its models."""

from __future__ import annotations

from . import _native
from ._json import dumps, loads
from .aio.clients import OpenAI
from .records import ModelInfo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["OpenAI", "model_info", "strict_schema"]


def model_info(name: str) -> ModelInfo:
    """What is known of a model; cautious figures for an unknown one."""
    return ModelInfo(loads(_native.local("openai.model_info", dumps({"name": name}))))


def strict_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """A JSON schema in the strict form that the service takes: every object closed, every property required."""
    strict: dict[str, Any] = loads(_native.local("openai.strict_schema", dumps({"schema": schema})))
    return strict
