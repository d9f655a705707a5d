"""The tutor's side of a talk: what a learner's words come to, and what is said next."""

import asyncio

from bot.commands import talk_text
from bot.commands.aide import Aide
from bot.commands.scene import Scene
from bot.learning.grading import UNSURE
from bot.learning.hinting import SAME
from bot.learning.points import MADE, MADE_WHEN_ASKED, points_made
from bot.learning.probing import narrower
from bot.learning.reading import asks, asks_openly, hints_wanted, read_response
from bot.learning.talk import Step, Talk


async def made_by(scene: Scene, talk: Talk, said: str, aide: Aide) -> frozenset[str] | None:
    """Return the key points that the learner's words make; None where they ask about something
    else."""
    if gives_up(scene, said):
        return frozenset()
    asked = scene.probe(talk.point)
    is_question = asks(said)
    likeness = await asyncio.to_thread(scene.turn.services.wording.likeness, asked, said)
    if is_question and likeness >= SAME:
        return frozenset()
    if asks_openly(said):  # to know a thing is to say it, and not to ask what it is
        return None
    made = await asyncio.to_thread(_by_words, scene, talk, asked, said)
    if is_question and not made:
        return None
    by_model = await aide.judge(talk.left(scene.question.points), asked, said)
    return made if by_model is None else by_model


def gives_up(scene: Scene, said: str) -> bool:
    """Tell whether somebody does not know, or wants a hint."""
    question = scene.question
    return read_response(question, 0, said) == UNSURE or hints_wanted(question, said) > 0


def _by_words(scene: Scene, talk: Talk, asked: str, said: str) -> frozenset[str]:
    wording = scene.turn.services.wording
    shares = points_made(wording, scene.question, scene.language, said, asked)
    return frozenset(
        point
        for point, share in shares.items()
        if share >= (MADE_WHEN_ASKED if point == talk.point else MADE)
    )


async def next_turn(scene: Scene, before: Talk, step: Step, said: str, aide: Aide) -> str:
    """Return what the tutor says after a step. said: "" for somebody who does not know."""
    facts = talk_text.facts(scene.language, scene.question, step)
    if step.talk.is_over:
        say = talk_text.summary(scene.language, scene.lesson, scene.question, step.talk)
    elif step.is_miss and not step.told:
        say = await _made_smaller(scene, step, said, aide)
    else:
        say = await _led_on(scene, before, step, said, aide)
    return "\n\n".join([*facts, say])


async def _made_smaller(scene: Scene, step: Step, said: str, aide: Aide) -> str:
    """Return a narrower question about the point that was missed."""
    point, wording = step.talk.point, scene.turn.services.wording
    hint = await asyncio.to_thread(
        narrower, wording, scene.lesson, scene.question, scene.language, point
    )
    asked = scene.probe(point)
    written = said and await aide.word(hint or asked, said, _untold(scene, step), is_made=False)
    return written or talk_text.missed(scene.language, hint, asked, gave_up=not said)


async def _led_on(scene: Scene, before: Talk, step: Step, said: str, aide: Aide) -> str:
    """Return the next question, after a point that was reached or told."""
    asked = scene.probe(step.talk.point)
    if step.reached:
        written = await aide.word(asked, said, _untold(scene, step), is_made=True)
        if written:
            return written
    return talk_text.onward(scene.language, asked, aside=step.talk.point == before.point)


def _untold(scene: Scene, step: Step) -> list[str]:
    return step.talk.left(scene.question.points)
