"""Keeps in a file what was read from many texts, so that the next start need not do it again."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zipfile import BadZipFile

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
    """Return what `read` returns, from the file in `folder` where it has been read before."""
    if folder is None:
        return read()
    path = folder / f"{_key(texts)}.npz"
    found = load(path)
    if found.keys() == {"names", "feature", "entry"}:
        names, feature, entry = (found[name] for name in ("names", "feature", "entry"))
        return Read(str(names).split("\n"), feature.astype("int64"), entry.astype("int64"))
    made = read()
    feature, entry = made.feature.astype("int32"), made.entry.astype("int32")
    save(path, names="\n".join(made.names), feature=feature, entry=entry)
    return made


def _key(texts: Sequence[str]) -> str:
    """Name the texts and the code that reads them: another version may read them otherwise."""
    code = (Path(__file__).parent / name for name in ("bank.py", "words.py"))
    told = hashlib.sha256("\n".join(texts).encode())
    for file in code:
        told.update(file.read_bytes())
    return told.hexdigest()[:32]


def load(path: Path) -> Mapping[str, Array]:
    """Return the arrays of a file; none where it is not there or cannot be used."""
    import numpy as np

    try:
        with path.open("rb") as file, np.load(file) as arrays:
            return dict(arrays)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, EOFError, BadZipFile) as fault:
        _log.info("%s cannot be used and is made anew: %s", path.name, fault)
        return {}


def save(path: Path, **arrays: Array | str) -> None:
    """Keep arrays in a file, in place of all others in its folder; do without where that fails."""
    import numpy as np

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in path.parent.glob("*.npz"):
            old.unlink()
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
            np.savez(part, **arrays)  # type: ignore[arg-type]  # a text is an array too
        Path(part.name).replace(path)
    except OSError as fault:
        _log.info("%s is not kept for the next start: %s", path.name, fault)
