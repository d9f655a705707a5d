"""What was read once is not read again, and a file that cannot be used is made anew."""

from pathlib import Path

import numpy as np
import pytest

from bot.answering.shelf import Read, kept

READ = Read(["token", "_tok"], np.array([0, 1, 0]), np.array([0, 0, 1]))


def as_lists(read: Read) -> tuple[list[str], list[int], list[int]]:
    return read.names, list(read.feature), list(read.entry)


def never() -> Read:
    raise AssertionError("it was read before")


def test_what_was_read_is_kept(tmp_path: Path) -> None:
    """The second time it comes from the file, equal to the first."""
    first = kept(tmp_path, ["a", "b"], lambda: READ)
    assert as_lists(kept(tmp_path, ["a", "b"], never)) == as_lists(first) == as_lists(READ)


def test_other_texts_are_read(tmp_path: Path) -> None:
    """And take the place of those before: one file is kept."""
    kept(tmp_path, ["a"], lambda: READ)
    with pytest.raises(AssertionError):
        kept(tmp_path, ["b"], never)
    kept(tmp_path, ["b"], lambda: READ)
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04 half of one"])
def test_a_broken_file_is_made_anew(tmp_path: Path, content: bytes) -> None:
    """Whatever is in it."""
    kept(tmp_path, ["a"], lambda: READ)
    [path] = tmp_path.iterdir()
    path.write_bytes(content)
    assert as_lists(kept(tmp_path, ["a"], lambda: READ)) == as_lists(READ)
    assert as_lists(kept(tmp_path, ["a"], never)) == as_lists(READ)


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    """A file stands in its way."""
    (tmp_path / "file").write_text("")
    assert kept(tmp_path / "file" / "search", ["a"], lambda: READ) is READ
