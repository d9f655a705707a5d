"""A lesson talked through: the tutor asks, the learner thinks aloud, in a few turns."""

from collections.abc import AsyncIterator
from datetime import datetime

from bot.answering.smalltalk import smalltalk
from bot.commands import quiz, talk_text
from bot.commands.aide import Aide
from bot.commands.command import Turn
from bot.commands.learn import next_button
from bot.commands.scene import Scene
from bot.commands.spoken import spoken_action, stops
from bot.commands.talk_turn import gives_up, made_by, next_turn
from bot.learning.talk import Talk, advance
from bot.messages import Button, Reply
from bot.storage.tx import Tx

SHORTEST = 2
"""A single letter answers a quiz and says nothing in a talk."""


async def talk(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Begin to talk a lesson through, or go on with it: "LESSON"."""
    scene = Scene.of(turn, argument)
    current, is_new = await turn.services.store.run(_open, scene)
    asked = scene.probe(current.point)
    text = (
        talk_text.opening(scene.language, scene.lesson, asked)
        if is_new
        else talk_text.again(scene.language, asked)
    )
    yield Reply(text, _ways(turn, current))


async def unknown(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Take "I do not know" for a try, once: "LESSON:POINT:TRIES"."""
    lesson_id, _colon, where = argument.partition(":")
    scene, current = Scene.of(turn, lesson_id), await _current(turn, lesson_id)
    if current is None:
        yield _over(scene)
    elif where != f"{current.point}:{current.tries}":
        async for reply in talk(turn, lesson_id):
            yield reply
    else:
        yield await _go_on(scene, current, "", frozenset(), Aide(scene))


async def leave(turn: Turn, argument: str) -> AsyncIterator[Reply]:
    """Break a talk off: "LESSON"."""
    scene, current = Scene.of(turn, argument), await _current(turn, argument)
    if current is None:
        yield _over(scene)
        return
    learner_id, now = turn.learner.id, turn.services.clock.now()
    await turn.services.store.run(lambda tx: tx.talks.end(learner_id, turn.place, now))
    yield Reply(talk_text.left(scene.language, scene.question, current), _ways_on(scene))


async def typed_talk(turn: Turn) -> AsyncIterator[Reply]:
    """Take what was typed for the learner's part of a talk that is open; nothing where there is
    none, or where it is something else: the words of a button, a question, a thank you."""
    current = await _current(turn)
    said = turn.incoming.text.strip()
    if current and stops(said):
        async for reply in leave(turn, current.lesson_id):
            yield reply
        return
    if current is None or len(said) < SHORTEST or spoken_action(turn) or smalltalk(said):
        return
    scene = Scene.of(turn, current.lesson_id)
    aide = Aide(scene)
    made = await made_by(scene, current, said, aide)
    if made is not None:
        said = "" if gives_up(scene, said) else said
        yield await _go_on(scene, current, said, made, aide)


async def spoken_at(turn: Turn) -> datetime | None:
    """Return when the tutor last asked something in a talk that is open here."""
    current = await _current(turn)
    return current.spoken_at if current else None


async def way_back(turn: Turn) -> tuple[Button, ...]:
    """Return buttons back to a question or a talk that was left a moment ago."""
    _ = turn.translate
    current = await _current(turn)
    talks = (Button(_("Go on talking"), f"talk:{current.lesson_id}"),) if current else ()
    return (*await quiz.way_back(turn), *talks)


async def _current(turn: Turn, lesson_id: str | None = None) -> Talk | None:
    """Return the talk that is open here, if it is about something that the course still has."""
    current = await turn.services.store.run(lambda tx: tx.talks.open(turn.learner.id, turn.place))
    if current is None or turn.services.clock.now() - current.spoken_at >= quiz.ANSWERABLE:
        return None
    lesson = turn.services.course.lesson(current.lesson_id)
    question = lesson.explain_question if lesson else None
    is_known = question is not None and current.point in question.points
    return current if is_known and lesson_id in (None, current.lesson_id) else None


async def _go_on(scene: Scene, before: Talk, said: str, made: frozenset[str], aide: Aide) -> Reply:
    """Store what came of a try, and return the tutor's next turn."""
    step = advance(before, scene.question.points, made)
    if not await scene.turn.services.store.run(_store, scene, before, step.talk):
        return _over(scene)
    text = await next_turn(scene, before, step, said, aide)
    is_over = step.talk.is_over
    return Reply(text, _ways_on(scene) if is_over else _ways(scene.turn, step.talk))


def _open(tx: Tx, scene: Scene) -> tuple[Talk, bool]:
    """Return the talk about a lesson, and whether it has just begun."""
    turn, points = scene.turn, scene.question.points
    learner_id, place, now = turn.learner.id, turn.place, turn.services.clock.now()
    current = tx.talks.open(learner_id, place)
    if current and current.lesson_id == scene.lesson.id and current.point in points:
        tx.talks.resume(current, now)
        return current, False
    return tx.talks.begin(learner_id, place, scene.lesson.id, points[0], now), True


def _store(tx: Tx, scene: Scene, before: Talk, after: Talk) -> bool:
    learner, now = scene.turn.learner, scene.turn.services.clock.now()
    is_stored = tx.talks.advance(before, after, now)
    if is_stored:
        tx.mark_practised(learner.id, learner.local_date(now))
    return is_stored


def _over(scene: Scene) -> Reply:
    _ = scene.turn.translate
    return Reply(_("That talk is over. We can begin another."), _ways_on(scene))


def _ways(turn: Turn, current: Talk) -> tuple[Button, ...]:
    _ = turn.translate
    here = f"{current.lesson_id}:{current.point}:{current.tries}"
    return (
        Button(_("I do not know"), f"unknown:{here}"),
        Button(_("Leave it"), f"leave:{current.lesson_id}"),
    )


def _ways_on(scene: Scene) -> tuple[Button, ...]:
    _ = scene.turn.translate
    lesson = scene.lesson
    return (
        Button(_("Quiz me on this"), f"quiz:{lesson.id}"),
        Button(_("Talk it through"), f"talk:{lesson.id}"),
        Button(_("Read the lesson"), f"learn:{lesson.id}"),
        next_button(scene.turn, lesson),
    )
