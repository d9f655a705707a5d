"""Pictures are drawn in a process of their own, and nobody waits for them but who asked."""

import asyncio
from pathlib import Path

from bot.messages import Picture
from bot.pictures.apart import drawn

PICTURE = Picture(b"png", "a word", 1, 1)


def draw(word: str) -> Picture:
    """A picture that takes no time."""
    return Picture(b"png", word, 1, 1)


def fail(word: str) -> Picture:
    raise ValueError(word)


def test_what_is_drawn_comes_back() -> None:
    """The function and what it is given travel to the child, and the picture comes back."""
    assert asyncio.run(drawn(draw, "a word")) == PICTURE


def test_a_picture_that_fails_is_none() -> None:
    """The text beside it says the same, and the turn goes on."""
    assert asyncio.run(drawn(fail, "a word")) is None


def test_the_child_runs_our_program_wherever_it_is_started(tmp_path: Path) -> None:
    """The tests stand in a folder of their own; something called like us lies in it."""
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "__init__.py").write_text("raise SystemExit(1)")
    (tmp_path / "json.py").write_text("raise SystemExit(1)")
    assert asyncio.run(drawn(draw, "a word")) == PICTURE


def test_the_others_go_on_while_a_picture_is_drawn() -> None:
    """The event loop turns many times before the child is done."""

    async def meanwhile() -> int:
        turns = 0
        drawing = asyncio.create_task(drawn(draw, "a word"))
        while not drawing.done():
            turns += 1
            await asyncio.sleep(0)
        return turns

    assert asyncio.run(meanwhile()) > 100
