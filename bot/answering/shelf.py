"""Keeps in a file what was read from many texts, so that the next start need not do it again."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

_log = logging.getLogger(__name__)


class Read(NamedTuple):
    """names: of the features. feature, entry: each that occurs, and the text that it occurs in."""

    names: list[str]
    feature: Array
    entry: Array


def kept(folder: Path | None, texts: Sequence[str], read: Callable[[], Read]) -> Read:
    """Return what `read` returns, from the file in `folder` where it has been read before.

    A file that cannot be used is made anew; one that cannot be written is done without.
    """
    if folder is None:
        return read()
    path = folder / f"{_key(texts)}.npz"
    found = _load(path)
    if found is None:
        found = read()
        _save(path, found)
    return found


def _key(texts: Sequence[str]) -> str:
    """Name the texts and the code that reads them: another version may read them otherwise."""
    code = (Path(__file__).parent / name for name in ("bank.py", "words.py"))
    told = hashlib.sha256("\n".join(texts).encode())
    for file in code:
        told.update(file.read_bytes())
    return told.hexdigest()[:32]


def _load(path: Path) -> Read | None:
    import numpy as np

    try:
        with np.load(path) as arrays:
            names = str(arrays["names"]).split("\n")
            return Read(names, arrays["feature"].astype(np.int64), arrays["entry"].astype(np.int64))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError) as fault:
        _log.info("%s cannot be used and is made anew: %s", path.name, fault)
        return None


def _save(path: Path, read: Read) -> None:
    import numpy as np

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in path.parent.glob("*.npz"):
            old.unlink()
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
            np.savez(
                part,
                names=np.array("\n".join(read.names)),
                feature=read.feature.astype(np.int32),
                entry=read.entry.astype(np.int32),
            )
        Path(part.name).replace(path)
    except OSError as fault:
        _log.info("the search is not kept for the next start: %s", fault)
