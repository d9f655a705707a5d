"""What an OpenAI-compatible endpoint refuses or silently does not understand, and how it counts."""

import re
from hashlib import sha256
from itertools import pairwise
from typing import Any

Json = dict[str, Any]

DIMENSIONS = 64
"""Numbers of an embedding."""

_FIELDS: dict[str, type | tuple[type, ...]] = {
    "model": str,
    "messages": list,
    "stream": bool,
    "stream_options": dict,
    "max_tokens": int,
    "max_completion_tokens": int,
    "temperature": (int, float),
    "top_p": (int, float),
    "stop": (str, list),
    "seed": int,
    "logprobs": bool,
    "top_logprobs": int,
    "user": str,
}
_EMBEDDING_FIELDS = {"model": str, "input": (str, list), "encoding_format": str, "dimensions": int}


def check(body: Json, prompt_limit: int) -> list[str]:
    """Return what a real endpoint would refuse, or silently not understand, in a request."""
    faults = [f"unknown field {name}" for name in body if name not in _FIELDS]
    faults += [
        f"{name} is a {type(value).__name__}"
        for name, value in body.items()
        if name in _FIELDS and not isinstance(value, _FIELDS[name])
    ]
    faults += [f"{name} is missing" for name in ("model", "messages") if not body.get(name)]
    if body.get("max_tokens", 1) < 1:
        faults.append("max_tokens is not positive")
    return faults + _check_messages(body.get("messages") or [], prompt_limit)


def _check_messages(messages: list[Json], prompt_limit: int) -> list[str]:
    faults = []
    for message in messages:
        if message.keys() != {"role", "content"} or not isinstance(message.get("content"), str):
            faults.append("a message is not of a role and a content")
        elif message["role"] not in ("system", "user", "assistant"):
            faults.append(f"unknown role {message['role']}")
    if messages and messages[-1].get("role") != "user":
        faults.append("the last message is not the user's")
    length = sum(len(str(message.get("content"))) for message in messages)
    if length > prompt_limit:
        faults.append(f"the prompt has {length} characters, more than {prompt_limit}")
    return faults


def usage(body: Json, text: str) -> Json:
    """Count a token a word of the prompt and of the answer; enough to tell them apart."""
    prompt = sum(len(message["content"].split()) for message in body["messages"])
    completion = len(text.split())
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }


_REFUSALS = {
    "no_stream_options": "Unrecognized request argument supplied: stream_options",
    "max_tokens_refused": "Unsupported parameter: 'max_tokens' is not supported with this model. "
    "Use 'max_completion_tokens' instead.",
    "system_refused": "System role not supported",
    "alternate": "After the optional system message, conversation roles must alternate "
    "user/assistant/user/assistant/...",
}
"""As OpenAI's own endpoint and the chat templates of Gemma and Mistral word them."""


def refusal(trouble: str | None, body: Json) -> str | None:
    """Return what an endpoint that is peculiar in this way says, None if it takes the request."""
    roles = [message["role"] for message in body["messages"]]
    refused = {
        "no_stream_options": "stream_options" in body,
        "max_tokens_refused": "max_tokens" in body,
        "system_refused": "system" in roles,
        "alternate": any(one == other for one, other in pairwise(roles)),
    }
    return _REFUSALS[trouble] if trouble and refused.get(trouble) else None


def check_embedding(body: Json) -> list[str]:
    faults = [f"unknown field {name}" for name in body if name not in _EMBEDDING_FIELDS]
    faults += [f"{name} is missing" for name in ("model", "input") if not body.get(name)]
    if body.get("encoding_format") != "float":
        faults.append("encoding_format is not float")
    return faults


def embedding(text: str) -> list[float]:
    """Return a vector of length 1 that lies close to those of texts with the same words."""
    vector = [0.0] * DIMENSIONS
    for word in re.findall(r"\w", text) + re.findall(r"\w+", text.lower()):
        vector[int(sha256(word.encode()).hexdigest(), 16) % DIMENSIONS] += 1.0
    length = sum(number * number for number in vector) ** 0.5 or 1.0
    return [number / length for number in vector]
