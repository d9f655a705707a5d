"""Pictures and documents of replies, as files that the person at the terminal can open."""

import hashlib
import os
import re
import tempfile
import unicodedata
from contextlib import suppress
from pathlib import Path

from bot.messages import Document, Picture, Reply

PICTURES = 100
"""How many pictures are kept: the newest. Documents are the person's own and stay."""

STEM_BYTES, ENDING_BYTES = 80, 20
"""What of a document's name is kept; with what is added every file system takes it."""

UNSAVED = "⚠ 文件没能存下来 / The file could not be saved: {reason}"
"""In both languages: whose it is only the tutor knows."""


class Files:
    """The folders `pictures` and `exports` of a DATA_DIR, for nobody's eyes but the owner's."""

    def __init__(self, data_dir: Path) -> None:
        self._pictures = data_dir.absolute() / "pictures"
        self._exports = data_dir.absolute() / "exports"

    def keep(self, reply: Reply) -> tuple[Reply, Path | None]:
        """Save what comes with a finished reply; return the reply and where the file is.

        Where it cannot be saved, the reply has the reason below its text instead of the file.
        """
        if reply.draft:
            return reply, None
        try:
            return reply, self._save(reply)
        except OSError as fault:
            return reply.without_file(UNSAVED.format(reason=fault.strerror or fault)), None

    def _save(self, reply: Reply) -> Path | None:
        if reply.picture:
            path = _write(self._pictures / _picture_name(reply.picture), reply.picture.png)
            _keep_newest(path)
            return path
        if reply.document:
            return _write(self._exports / _export_name(reply.document), reply.document.content)
        return None


def safe_name(name: str) -> str:
    """Return a document's name without anything that could lead out of a folder."""
    clean = re.sub(r"[^\w.-]+", "_", unicodedata.normalize("NFC", name)).strip("._-")
    stem, ending = os.path.splitext(clean)
    return _cut(stem, STEM_BYTES) + _cut(ending, ENDING_BYTES) or "file"


def _cut(text: str, size: int) -> str:
    return text.encode()[:size].decode(errors="ignore")


def _picture_name(picture: Picture) -> str:
    return f"{_digest(picture.png)}.png"


def _export_name(document: Document) -> str:
    """Name the file for its content too, or the next export would take its place."""
    stem, ending = os.path.splitext(safe_name(document.name))
    return f"{stem}-{_digest(document.content)}{ending}"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _write(path: Path, content: bytes) -> Path:
    """Write a file that only its owner can read, whole or not at all."""
    path.parent.parent.mkdir(parents=True, exist_ok=True)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(part).replace(path)
    finally:
        Path(part).unlink(missing_ok=True)
    return path


def _keep_newest(saved: Path) -> None:
    """Delete the oldest pictures. One that cannot be deleted does no harm."""
    with suppress(OSError):
        others = [one for one in saved.parent.glob(f"{'[0-9a-f]' * 32}.png") if one != saved]
        others.sort(key=lambda one: one.stat().st_mtime_ns, reverse=True)
        for old in others[PICTURES - 1 :]:
            old.unlink(missing_ok=True)
