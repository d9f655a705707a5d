"""/leaderboard: a group's board, on which nobody stands who did not ask for it."""

import unicodedata
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

from bot.commands.command import Turn
from bot.commands.markup import bold, italic
from bot.errors import UnknownAction
from bot.messages import Button, Reply
from bot.storage.boards import Board, Standing
from bot.storage.tx import Tx

SHOWN: Final = 10
"""Lines of a board, besides one's own."""

NAME_LENGTH: Final = 32

_WIDER: Final = 0xFEE0
"""From a sign to the one that Chinese text has for it."""

_LOOKALIKES: Final = str.maketrans(
    {sign: chr(ord(sign) + _WIDER) for sign in "*_~`[]()<>|@\\$&/"}
    | {"#": "", ".": "\u2024"}
    | dict.fromkeys("\u115f\u1160\u2800\u3164\uffa0", " ")  # letters that look like nothing
)
"""What would be markup, a mention, a command or a link, as what looks like it and is none."""


async def leaderboard(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Show the board of the group."""
    yield await _shown(turn)


async def press(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Go on the board or off it: "join" or "leave"; anything but these is nothing."""
    if argument not in ("", "join", "leave"):
        raise UnknownAction
    yield replace(await _shown(turn, argument), replaces=True)


async def _shown(turn: Turn, change: str = "") -> Reply:
    if turn.incoming.is_private:
        return _in_private(turn)
    board = await turn.services.store.run(_changed, turn, change)
    parts = [_notice(turn, change), *_text(turn, board)]
    return Reply("\n\n".join(part for part in parts if part), _buttons(turn))


def _changed(tx: Tx, turn: Turn, change: str) -> Board:
    """Do what was asked for, and return the board as it is then."""
    learner_id, chat, now = turn.learner.id, turn.incoming.sender, turn.services.clock.now()
    name = plain_name(turn.incoming.name)
    if change == "join":
        tx.boards.join(learner_id, chat, name, now)
    if change == "leave":
        tx.boards.leave(learner_id, chat)
    elif turn.incoming.name:  # where the platform tells none, the last one stays
        tx.boards.rename(learner_id, chat, name)
    return tx.boards.read(learner_id, chat, SHOWN, now)


def plain_name(name: str) -> str:
    """Return a name as nothing but text, on every platform: no markup, mention, link or control.

    Whoever names themselves decides what a whole group gets to read.
    """
    signs = (" " if one.isspace() else one for one in name.translate(_LOOKALIKES))
    kept = "".join(one for one in signs if unicodedata.category(one)[0] != "C")
    return " ".join(kept.split())[:NAME_LENGTH].rstrip() or "?"


def _in_private(turn: Turn) -> Reply:
    _ = turn.translate
    return Reply(
        _(
            "Boards live in groups: send /leaderboard in a group that I am in. Only those who "
            "join are shown there."
        )
    )


def _notice(turn: Turn, change: str) -> str:
    """Return what the change came to. Who leaves is not named any more."""
    _ = turn.translate
    match change:
        case "join":
            return _("Welcome to the board, {name}!", name=plain_name(turn.incoming.name))
        case "leave":
            return _("Done: you are off the board. You can come back any time.")
        case _:
            return ""


def _text(turn: Turn, board: Board) -> list[str]:
    _ = turn.translate
    lines = "\n".join(_lines(turn, board)) or _("Nobody is on it yet.")
    note = _(
        "Who joins shows this group their name, the days they practised this month and the cards "
        "they kept; leaving removes all of it at once. Nobody else is shown. Rest days are free."
    )
    return [bold(_("This group's month")), lines, italic(note)]


def _lines(turn: Turn, board: Board) -> list[str]:
    _ = turn.translate
    lines = [_line(turn, one) for one in board.standings]
    if board.standings and board.standings[-1].place > SHOWN + 1:
        lines.insert(SHOWN, "…")
    if more := board.members - len(board.standings):
        lines.append(_("and {count} more", count=more))
    return lines


def _line(turn: Turn, one: Standing) -> str:
    _ = turn.translate
    return _(
        "**{rank}**  {name} · days: {days} · cards kept: {kept}",
        rank=one.rank,
        name=one.name,
        days=one.days,
        kept=one.kept,
    )


def _buttons(turn: Turn) -> tuple[Button, ...]:
    """Return both: all in the group see the same message."""
    _ = turn.translate
    return (
        Button(_("Join the board"), "leaderboard:join"),
        Button(_("Leave the board"), "leaderboard:leave"),
    )
