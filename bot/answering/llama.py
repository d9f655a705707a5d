"""Runs llama.cpp's own server with one model: a program of its own, started by local.py.

Loading a model holds Python's global lock for as long as it takes, and a server that is not taken
down keeps its process from ending, so neither can happen in the process that talks to learners.

Reads one line of JSON {"model", "context_tokens", "api_key"} from standard input, writes one line
{"url"} or {"error"}, and ends when its standard input does: also when the parent is killed.
"""

import json
import os
import sys
from typing import Any, NoReturn

ALIAS = "local"
"""The name that the server gives the model, in place of its path."""


def main() -> NoReturn:
    asked = json.loads(sys.stdin.readline())
    try:
        server = _start(asked["model"], asked["context_tokens"], asked["api_key"])
    except (ImportError, RuntimeError) as error:
        _say({"error": str(error)})
        os._exit(1)
    _say({"url": server.listening_address})
    sys.stdin.read()
    os._exit(0)


def _start(model: str, context_tokens: int, api_key: str) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = model
    params.model_alias = {ALIAS}
    params.n_ctx = context_tokens
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [api_key]
    params.ui = params.endpoint_slots = False
    params.verbosity = 0  # it would tell what learners ask
    return xllamacpp.Server(params)


def _say(line: dict[str, str]) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
