"""/export and /forget: leave with everything that is stored about you, or have it deleted."""

import asyncio
import json
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any, NamedTuple

from bot.commands.command import Turn
from bot.commands.link import numbers_said, platforms_said
from bot.commands.markup import bold
from bot.messages import Button, Document, Reply
from bot.storage.everything import Holdings
from bot.storage.tx import Tx


async def export(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Hand out everything that is stored about the learner, and their cards as a deck for Anki."""
    _ = turn.translate
    if not turn.incoming.is_private:
        yield Reply(_("Your data is for your eyes alone. Write me `/export` in private."))
        return
    learner_id, run = turn.learner.id, turn.services.store.run
    rows = await run(lambda tx: tx.everything.rows(learner_id))
    content = await asyncio.to_thread(as_json, rows)
    yield Reply(
        _("Here is everything I have stored about you, on all your platforms, in one file."),
        document=Document("llm-tutor-data.json", content, "application/json"),
    )
    yield await _deck(turn)


def as_json(rows: dict[str, list[dict[str, Any]]]) -> bytes:
    return json.dumps(rows, ensure_ascii=False, indent=1).encode()


async def _deck(turn: Turn) -> Reply:
    from bot.commands.deck import deck_of  # 40 ms to import, and few ask for it

    _ = turn.translate
    learner, run = turn.learner, turn.services.store.run
    cards = await run(lambda tx: list(tx.cards.all(learner.id).values()))
    answers = await run(lambda tx: tx.everything.answers(learner.id))
    today = learner.local_date(turn.services.clock.now())
    package, count = await asyncio.to_thread(
        deck_of, turn.services.course, learner, cards, answers, today
    )
    document = Document("llm-tutor.apkg", package, "application/octet-stream") if count else None
    text = (
        _("And your cards for Anki, with their due dates: {count}.", count=count)
        if count
        else _("There is no deck for Anki yet: answer a question, and its card is in it.")
    )
    return Reply(text, (Button(_("Go on learning"), "learn"),), document=document)


async def forget(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Say what would be deleted, and ask."""
    _ = turn.translate
    learner_id = turn.learner.id
    holdings = await turn.services.store.run(lambda tx: tx.everything.holdings(learner_id))
    parts = [
        bold(_("Delete everything I have stored about you?")),
        _("On: {platforms}", platforms=platforms_said(turn, holdings.platforms))
        + f"\n{numbers_said(turn, holdings)}",
        _("Your conversations and settings go as well. Nobody can bring any of it back."),
    ]
    buttons = (
        Button(_("Export first"), "export"),
        Button(_("Delete everything"), f"forget:yes:{_check(learner_id, holdings)}"),
        Button(_("Keep it"), "forget:no"),
    )
    yield Reply("\n\n".join(parts), buttons)


async def decide(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Take the answer: "yes:CHECK" or "no"; ask where there is none."""
    _ = turn.translate
    answer, _colon, check = argument.partition(":")
    if answer == "no":
        text = _("OK, nothing was deleted.")
        yield Reply(text, (Button(_("Go on learning"), "learn"),), replaces=True)
    elif answer == "yes":
        yield await _forgotten(turn, check)
    else:
        async for reply in forget(turn, ""):
            yield reply


async def _forgotten(turn: Turn, check: str) -> Reply:
    _ = turn.translate
    gone = await turn.services.store.run(_forget, turn, check)
    if gone:
        turn.services.forgotten.note(gone.identities, gone.tokens, turn.utc_day)
        text = _(
            "Everything about you is deleted; files that I sent you stay where they are. Thank you "
            "for learning with me, and all the best! Should you write again, we begin anew."
        )
        return Reply(text, replaces=True)
    text = _(
        "That button is somebody else's, or from before something changed. Nothing is deleted; "
        "`/forget` asks again."
    )
    return Reply(text, (Button(_("Keep it"), "forget:no"),))


class _Gone(NamedTuple):
    """Who was deleted: (platform, user id) of each identity, and the tokens of their day."""

    identities: list[tuple[str, str]]
    tokens: int


def _forget(tx: Tx, turn: Turn, check: str) -> _Gone | None:
    """Delete the learner if that is what was asked about.

    Somebody who is only known because of this very press, such as the second press of a button that
    has just deleted everything, is not kept either.
    """
    learner_id = turn.learner.id
    is_meant = check == _check(learner_id, tx.everything.holdings(learner_id))
    if not (is_meant or tx.everything.is_new(learner_id)):
        return None
    today = turn.utc_day
    gone = _Gone(tx.everything.identities(learner_id), tx.ledger.spent(today, learner_id))
    # What nobody counts in all is kept nowhere.
    tx.everything.forget(learner_id, today if turn.services.budget.in_all else None)
    return gone


def _check(learner_id: int, holdings: Holdings) -> str:
    """Return what a press has to name: whom, and what they were told would go."""
    told = f"{learner_id} {holdings.created_at.isoformat()} {holdings[:-1]}"
    return f"{learner_id}-{sha256(told.encode()).hexdigest()[:8]}"
