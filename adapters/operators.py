"""The commands of `llm-tutor` for whoever runs it: doctor and stats."""

import asyncio
import contextlib
import sys
from typing import Annotated

import typer

from bot.errors import SettingError
from bot.settings import Settings

JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object.")]


def doctor(as_json: JsonOption = False) -> None:
    """Check settings, database, lessons, tokens and endpoints; exit 1 if anything failed."""
    from adapters import logs
    from adapters.doctor import examine

    with contextlib.suppress(SettingError):  # it is what the examination tells first
        logs.set_up(Settings.load().model_copy(update={"log_level": "ERROR"}))
    sys.exit(0 if asyncio.run(examine(as_json)) else 1)


def stats(as_json: JsonOption = False) -> None:
    """Show who learns what, and what the endpoint costs."""
    from adapters.stats import show

    show(Settings.load(), as_json)
