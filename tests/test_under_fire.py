"""Answers under fire: killed processes, many presses at once, two programs on one database."""

import asyncio
import json
import random
import signal
import sqlite3
import subprocess
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.course.model import Course
from bot.messages import Address, Incoming, Reply
from tests.dialog import Dialog, response_to
from tests.programs import COMMAND, environment

ANSWERS = 1000
KILLS = 12


def presses(course: Course) -> list[tuple[str, str]]:
    """A wrong or right response to each question, and the action that gives it."""
    return [
        (question.id, f"quiz:{question.id}:{response_to(question, right=number % 3 > 0)}")
        for number, question in enumerate(
            question for lesson in course.lessons for question in lesson.questions
        )
    ]


class Killed:
    """`llm-tutor chat --json` for one learner, which is killed now and then in the middle."""

    def __init__(self, data_dir: Path, learner: str) -> None:
        self._data_dir, self._learner = data_dir, learner
        self.acknowledged: list[str] = []

    def answer(self, wanted: list[tuple[str, str]], kill_after: int | None) -> None:
        """Send every press at once, and take in what is acknowledged until the kill."""
        lines = "".join(json.dumps({"action": action}) + "\n" for _question, action in wanted)
        with subprocess.Popen(
            [*COMMAND, "chat", "--json", "--learner", self._learner],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(self._data_dir),
            cwd=self._data_dir,
        ) as process:
            assert process.stdin
            assert process.stdout
            process.stdin.write(lines.encode())
            process.stdin.flush()
            done = 0
            while done < len(wanted) and done != kill_after:
                while "end" not in (said := json.loads(process.stdout.readline())):
                    reply = said
                assert reply["text"]
                self.acknowledged.append(wanted[done][0])
                done += 1
            process.send_signal(signal.SIGKILL)


def rows(data_dir: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(data_dir / "llm-tutor.db")) as database:
        return database.execute(query).fetchall()


def test_nothing_acknowledged_is_lost_and_nothing_graded_twice(
    course: Course, tmp_path: Path
) -> None:
    """Killed with -9 in the middle of a thousand answers, a dozen times."""
    draw = random.Random(5)  # noqa: S311
    left = presses(course)
    share = ANSWERS // 4
    for learner in ("ada", "bao", "cem", "dee"):
        program, todo = Killed(tmp_path, learner), left[:share]
        for _ in range(KILLS // 4):
            program.answer(todo, kill_after=draw.randint(1, share // 4))
            todo = [one for one in todo if one[0] not in set(program.acknowledged)]
        program.answer(todo, kill_after=None)
        assert sorted(program.acknowledged) == sorted(one for one, _action in left[:share])
    assert rows(tmp_path, "PRAGMA integrity_check") == [("ok",)]
    assert rows(tmp_path, "PRAGMA foreign_key_check") == []
    answered = rows(
        tmp_path, "SELECT learner_id, question_id FROM attempt WHERE answered_at IS NOT NULL"
    )
    assert len(answered) == len(set(answered)) == ANSWERS
    cards = rows(tmp_path, "SELECT learner_id, question_id FROM card WHERE reviews = 1")
    assert sorted(cards) == sorted(answered)


async def everything(dialog: Dialog, incoming: list[Incoming]) -> list[str]:
    """Handle all of it at once, and return the last text of each."""

    async def one(message: Incoming) -> str:
        replies: list[Reply] = [reply async for reply in dialog.tutor.handle(message)]
        return replies[-1].text

    return await asyncio.gather(*(one(message) for message in incoming))


def at_once(dialog: Dialog, incoming: list[Incoming]) -> list[str]:
    texts: list[str] = []

    async def handle() -> None:
        texts.extend(await everything(dialog, incoming))

    dialog.run(handle())
    return texts


def test_two_hundred_presses_at_once_lose_and_double_nothing(dialog: Dialog) -> None:
    """A hundred questions, each pressed twice: each is graded once and made one card."""
    chosen = presses(dialog.course)[:100]
    incoming = [Incoming(dialog.sender, action=action) for _id, action in chosen for _ in range(2)]
    random.Random(7).shuffle(incoming)  # noqa: S311
    texts = at_once(dialog, incoming)
    assert sum("只算一次" in text for text in texts) == 100
    assert Counter(card.reviews for card in dialog.cards.values()) == {1: 100}
    assert len(dialog.transact(lambda tx: tx.attempts.outcomes(dialog.learner_id(tx)))) == 100


def test_two_hundred_presses_of_one_button_count_once(dialog: Dialog) -> None:
    """However fast somebody is."""
    [first, *_others] = presses(dialog.course)
    texts = at_once(dialog, [Incoming(dialog.sender, action=first[1])] * 200)
    assert sum("只算一次" in text for text in texts) == 199
    assert dialog.cards[first[0]].reviews == 1


def test_two_linked_identities_at_once_lose_and_double_nothing(dialog: Dialog) -> None:
    """A hundred presses on each side, half of them of the same questions."""
    chosen = presses(dialog.course)[:150]
    other = Address("telegram", "7", "7")
    dialog.say("/start")
    code = next(word for word in dialog.say("/link").split("`") if "-" in word)
    dialog.sender, here = other, dialog.sender
    dialog.say(f"/link {code}")
    both = [Incoming(here, action=action) for _id, action in chosen[:100]]
    both += [Incoming(other, action=action) for _id, action in chosen[50:]]
    random.Random(7).shuffle(both)  # noqa: S311
    texts = at_once(dialog, both)
    assert sum("只算一次" in text for text in texts) == 50
    assert Counter(card.reviews for card in dialog.cards.values()) == {1: 150}


def test_two_programs_on_one_database_lose_and_double_nothing(
    dialog: Dialog, course: Course, database: str
) -> None:
    """A conversation in a terminal beside the service: the same learner, the same questions."""
    chosen = presses(course)[:60]
    incoming = [Incoming(dialog.sender, action=action) for _id, action in chosen]
    dialog.say("/start")
    with Dialog(course, database) as beside:
        beside.clock = dialog.clock

        async def both() -> None:
            await asyncio.gather(everything(dialog, incoming), everything(beside, incoming))

        dialog.run(both())
    assert Counter(card.reviews for card in dialog.cards.values()) == {1: 60}
    assert len(dialog.transact(lambda tx: tx.attempts.outcomes(dialog.learner_id(tx)))) == 60
