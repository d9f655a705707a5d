"""The whole machine-readable Bot API, to check requests and answers against: needs SPECS_DIR."""

import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from tests.platforms.uploads import Upload

Params = dict[str, Any]


@cache
def _spec() -> dict[str, Any] | None:
    folder = os.environ.get("SPECS_DIR")
    if not folder:
        return None
    found: dict[str, Any] = json.loads((Path(folder) / "telegram-bot-api-10.1.json").read_text())
    return found


def problem_of(method: str, params: Params) -> str | None:
    """Return what the specification says against a request, None where it is fine or absent."""
    spec = _spec()
    if spec is None:
        return None
    if method not in spec["methods"]:
        return f"{method} is not in the specification"
    return _misfit(params, spec["methods"][method].get("fields", []), method)


def check_type(value: Params, name: str) -> None:
    """Check what the server itself makes up, such as an Update."""
    assert _spec() is None or _fits(value, name), f"the loopback server made a wrong {name}"


def _misfit(value: Params, fields: list[Params], where: str) -> str | None:
    """Return what is wrong with an object, or None."""
    known = {field["name"]: field for field in fields}
    if unknown := value.keys() - known.keys():
        return f"{where} has no field {', '.join(sorted(unknown))}"
    for name, field in known.items():
        if name not in value:
            if field["required"]:
                return f"{where} needs {name}"
        elif not any(_fits(value[name], kind) for kind in field["types"]):
            return f"{where}.{name} is not {' or '.join(field['types'])}: {value[name]!r}"
    return None


SCALARS: dict[str, Callable[[Any], bool]] = {
    "Integer": lambda value: type(value) is int,
    "Float": lambda value: type(value) in (int, float),
    "String": lambda value: isinstance(value, str),
    "Boolean": lambda value: isinstance(value, bool),
    "True": lambda value: value is True,
}


def _fits(value: Any, kind: str) -> bool:
    if kind.startswith("Array of "):
        element = kind.removeprefix("Array of ")
        return isinstance(value, list) and all(_fits(each, element) for each in value)
    if kind in SCALARS:
        return SCALARS[kind](value)
    if kind == "InputFile":
        return isinstance(value, Upload)
    spec = _spec()
    assert spec is not None
    definition = spec["types"][kind]
    if "subtypes" in definition:
        return any(_fits(value, subtype) for subtype in definition["subtypes"])
    fields = definition.get("fields", [])
    return isinstance(value, dict) and _misfit(value, fields, kind) is None
