"""Checks of requests against Discord's own OpenAPI document, where SPECS_DIR names its folder."""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

DOCUMENT = "urn:discord"


def openapi_fault(method: str, path: str, body: Any, multipart: bool) -> str | None:
    """Return what the document says against a request, None where it is silent or absent.

    `path` begins after "/api/v10".
    """
    if "SPECS_DIR" not in os.environ:
        return None
    template = _template(path)
    if template is None or method.lower() not in _document()["paths"][template]:
        return "not in the OpenAPI document"
    operation = _document()["paths"][template][method.lower()]
    content = operation.get("requestBody", {}).get("content", {})
    if body is None:
        return "a body is required" if content else None
    kind = "multipart/form-data" if multipart else "application/json"
    if kind not in content:
        return f"takes no {kind}"
    error = next(_validator(template, method.lower(), kind).iter_errors(_as_strings(body)), None)
    return error and f"{error.json_path}: {error.message[:300]}"


def _as_strings(body: Any, field: str = "") -> Any:
    """Write ids that the SDK sends as numbers as strings: Discord takes both, the document one.

    Only components have ids that are numbers.
    """
    if isinstance(body, list):
        return [_as_strings(item, field) for item in body]
    if isinstance(body, dict):
        return {
            key: _as_strings(value, f"{field}.id" if key == "id" else key)
            for key, value in body.items()
        }
    is_id = field.endswith("_id") or field == "attachments.id"
    return str(body) if is_id and type(body) is int else body


@cache
def _document() -> Any:
    return json.loads((Path(os.environ["SPECS_DIR"]) / "discord-openapi-v10.json").read_text())


@cache
def _template(path: str) -> str | None:
    """Find the path's template; a literal such as @original is better than a parameter."""
    found = [
        template
        for template in _document()["paths"]
        if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)), path)
    ]
    return min(found, key=lambda template: template.count("{"), default=None)


@cache
def _validator(template: str, method: str, kind: str) -> Draft202012Validator:
    keys = ("paths", template, method, "requestBody", "content", kind, "schema")
    pointer = "/".join(key.replace("~", "~0").replace("/", "~1") for key in keys)
    resource: Resource[Any] = DRAFT202012.create_resource(_document())
    registry: Registry[Any] = Registry().with_resource(DOCUMENT, resource)
    pointer = pointer.replace("{", "%7B").replace("}", "%7D")
    return Draft202012Validator({"$ref": f"{DOCUMENT}#/{pointer}"}, registry=registry)
