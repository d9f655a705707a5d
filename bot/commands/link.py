"""/link: one learner on several platforms, by a code that is made here and entered there."""

import re
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from hashlib import sha256
from math import ceil
from typing import Final
from unicodedata import normalize

from bot.commands.command import Turn
from bot.commands.markup import bold
from bot.errors import NotLinked, OwnCode, StillBusy, TooManyCodes, TutorError, WrongCode
from bot.messages import Button, Reply
from bot.storage.everything import Holdings
from bot.storage.links import VALID, Joined
from bot.storage.tx import Tx

ALPHABET: Final = "34679ABCDEFGHJKMNPQRSTUVWXYZ"
"""No two of these are taken for each other: no 0 and O, 1, I and L, 2 and Z, 5 and S, 8 and B."""

LENGTH: Final = 8

PATIENCE: Final = 3.0
"""Seconds to wait for what the learner is doing on the other side."""

_NAMES: Final = {"telegram": "Telegram", "discord": "Discord"}


async def link(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Make a code, redeem one, or undo a link: "", "CODE" or "off"."""
    if argument.casefold() == "off":
        yield await _part(turn)
    elif argument:
        yield await _redeem(turn, argument)
    elif turn.incoming.is_private:
        yield await _offer(turn)
    else:
        _ = turn.translate
        yield Reply(_("A code is for your eyes alone. Write me `/link` in private."))


def platforms_said(turn: Turn, platforms: Iterable[str]) -> str:
    """Return the names of platforms, each with the number of its identities where it has more."""
    _ = turn.translate
    counts = Counter(_NAMES.get(one) or _("the terminal") for one in platforms)
    return _(", ").join(
        f"{name} ({count})" if count > 1 else name for name, count in counts.items()
    )


def numbers_said(turn: Turn, holdings: Holdings) -> str:
    """Return what there is about a learner in one line."""
    _ = turn.translate
    return _(
        "Lessons: {lessons} · answers: {answers} · cards: {cards} · days of practice: {days}",
        lessons=holdings.lessons,
        answers=holdings.answers,
        cards=holdings.cards,
        days=holdings.days,
    )


def read_code(typed: str) -> str | None:
    """Return the code in what was typed, whatever its case, dashes and blanks; None: it is none."""
    code = re.sub(r"[\W_]", "", normalize("NFKC", typed)).upper()
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def hash_of(code: str) -> str:
    return sha256(code.encode()).hexdigest()


async def _offer(turn: Turn) -> Reply:
    """Make a code and tell what to do with it, and what is linked already."""
    _ = turn.translate
    code = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))
    made = await turn.services.store.run(_make, turn, hash_of(code))
    if isinstance(made, TutorError):
        raise made
    shown = f"{code[:4]}-{code[4:]}"
    parts = [
        bold(_("Be one learner on two platforms")),
        _("Your code is `{code}`. Send me this from the other platform:", code=shown),
        f"`/link {shown}`",
        _(
            "It works once, within {minutes} minutes. Enter it in an account of your own only: "
            "whoever enters it becomes one learner with you.",
            minutes=VALID // timedelta(minutes=1),
        ),
    ]
    if len(made.platforms) > 1:
        names = platforms_said(turn, made.platforms)
        parts.append(_("Linked so far: {platforms}. `/link off` undoes the link.", platforms=names))
    return Reply("\n\n".join(parts), (Button(_("Go on learning"), "learn"),))


def _make(tx: Tx, turn: Turn, code_hash: str) -> Holdings | TutorError:
    learner_id, now = turn.learner.id, turn.services.clock.now()
    if wait := tx.links.wait(learner_id, now, is_wrong=False):
        return _too_many(wait)
    tx.links.make(learner_id, code_hash, now)
    return tx.everything.holdings(learner_id)


async def _redeem(turn: Turn, typed: str) -> Reply:
    """Make one learner of the one who typed a code and the one it was made for."""
    code = read_code(typed)
    code_hash = hash_of(code) if code else ""
    run, locks = turn.services.store.run, turn.services.locks
    owner = await run(_find, turn, code_hash)
    if isinstance(owner, TutorError):
        raise owner
    try:
        async with locks.another(owner, PATIENCE):
            joined = await run(_join, turn, code_hash, owner)
    except TimeoutError:
        if not turn.incoming.is_private:
            await run(lambda tx: tx.links.void(code_hash))
        raise StillBusy from None
    if isinstance(joined, TutorError):
        raise joined
    return _linked(turn, joined)


# Errors are returned, not raised: what is raised would undo the transaction, and its count.


def _find(tx: Tx, turn: Turn, code_hash: str) -> int | TutorError:
    """Return whose code it is. It may be another's before it is used: `_join` looks again."""
    learner_id, now = turn.learner.id, turn.services.clock.now()
    owner = tx.links.owner(code_hash, now)
    wait = tx.links.wait(learner_id, now, is_wrong=True)
    if not turn.incoming.is_private and (wait or owner == learner_id):
        tx.links.void(code_hash)  # everybody there has read it, and anybody could use it
    if wait:
        return _too_many(wait)
    if owner is None:
        return _wrong(tx, turn)
    return OwnCode() if owner == learner_id else owner


def _join(tx: Tx, turn: Turn, code_hash: str, owner: int) -> Joined | TutorError:
    now = turn.services.clock.now()
    return tx.links.redeem(code_hash, owner, turn.learner.id, now) or _wrong(tx, turn)


def _wrong(tx: Tx, turn: Turn) -> TutorError:
    tx.links.count(turn.learner.id, turn.services.clock.now(), is_wrong=True)
    return WrongCode()


def _too_many(wait: timedelta) -> TutorError:
    return TooManyCodes(minutes=ceil(wait / timedelta(minutes=1)))


def _linked(turn: Turn, joined: Joined) -> Reply:
    _ = turn.translate
    parts = [
        _(
            "**Linked.** You are one learner now: {platforms}. Whatever you do on one side counts "
            "on the other.",
            platforms=platforms_said(turn, joined.holdings.platforms),
        ),
        numbers_said(turn, joined.holdings),
    ]
    if joined.both:
        parts.append(
            _(
                "Cards that were on both sides: {count}. Of each I kept the one you have "
                "practised more.",
                count=joined.both,
            )
        )
    parts.append(_("Language and settings are those of the account that is with me longer."))
    parts.append(_("Was that a mistake? `/link off` takes the two apart again."))
    return Reply("\n\n".join(parts), (Button(_("Go on learning"), "learn"),))


async def _part(turn: Turn) -> Reply:
    _ = turn.translate
    sender, now = turn.incoming.sender, turn.services.clock.now()
    apart = await turn.services.store.run(lambda tx: tx.links.part(turn.learner.id, sender, now))
    if apart is None:
        raise NotLinked
    parts = [
        _("**Apart again.** Each side has what it brought; what came after stays with the older."),
        _("This side: {side}", side=_side(turn, apart.here)),
        _("The other side: {side}", side=_side(turn, apart.there)),
    ]
    return Reply("\n\n".join(parts), (Button(_("Go on learning"), "learn"),))


def _side(turn: Turn, holdings: Holdings) -> str:
    return f"{platforms_said(turn, holdings.platforms)}\n{numbers_said(turn, holdings)}"
