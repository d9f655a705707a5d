"""/link: two identities become one learner, by a code, and can be taken apart again."""

import asyncio
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from bot.commands import link
from bot.commands.link import ALPHABET, hash_of, read_code
from bot.errors import NotLinked, OwnCode, StillBusy, WrongCode
from bot.messages import Address, Incoming
from bot.storage import engine, merging, union
from bot.storage.everything import OWNERS
from bot.storage.links import CODES_MADE, WRONG_CODES
from tests.dialog import Dialog, response_to
from tests.rows import NOW, TABLES, add, add_learner, everything

TELEGRAM = Address("telegram", "ada", "ada")
DISCORD = Address("discord", "ada#1", "ada#1")
TERMINAL = Address("terminal", "me", "me")
BAO = Address("telegram", "bao", "bao")


@pytest.fixture
def talk(dialog: Dialog) -> Dialog:
    """A conversation in English, begun by Ada on Telegram."""
    dialog.locale = "en"
    dialog.sender = TELEGRAM
    dialog.say("/start")
    return dialog


def _code(talk: Dialog, sender: Address) -> str:
    """Return the code that somebody gets."""
    talk.sender = sender
    [code] = re.findall(r"^`/link (\w{4}-\w{4})`$", talk.say("/link"), re.MULTILINE)
    return str(code)


def _join(talk: Dialog, maker: Address, enterer: Address) -> str:
    code = _code(talk, maker)
    talk.sender = enterer
    return talk.say(f"/link {code}")


def _learn(talk: Dialog, sender: Address, *lessons: str) -> None:
    """Open lessons, and answer the check question of each."""
    talk.sender = sender
    for lesson in lessons:
        talk.say(f"/learn {lesson}")
        talk.press(f"check:{lesson}")
        talk.answer()


def _said(talk: Dialog, sender: Address, text: str) -> str:
    talk.sender = sender
    return talk.say(text)


def _learner_id(talk: Dialog, sender: Address) -> int:
    talk.sender = sender
    return talk.transact(talk.learner_id)


def _has(talk: Dialog, sender: Address) -> tuple[int, ...]:
    """Return lessons, answers, cards and days of somebody."""
    learner_id = _learner_id(talk, sender)
    return talk.transact(lambda tx: tx.everything.holdings(learner_id))[:4]


def _count(tmp_path: Path, query: str) -> Any:
    with sqlite3.connect(tmp_path / "llm-tutor.db") as connection:
        [(value,)] = connection.execute(query)
    connection.close()
    return value


def test_a_code_makes_two_identities_one_learner(talk: Dialog) -> None:
    """What was learned on either side counts on both, and the older side's settings stay."""
    talk.clock.move(minutes=1)
    _learn(talk, DISCORD, "tokens")
    talk.press("settings:language:zh")
    _learn(talk, TELEGRAM, "tokens")
    linked = _join(talk, DISCORD, TELEGRAM)
    assert "Discord, Telegram" in linked
    assert "Lessons: 1 · answers: 2 · cards: 1 · days of practice: 1" in linked
    assert "both sides: 1" in linked
    assert talk.last.private
    assert "Language: English" in _said(talk, DISCORD, "/settings")
    assert _has(talk, TELEGRAM) == _has(talk, DISCORD) == (1, 2, 1, 1)
    assert _learner_id(talk, TELEGRAM) == _learner_id(talk, DISCORD) == 1


def test_the_older_learner_stays_whoever_enters_the_code(talk: Dialog) -> None:
    """It is not the code's direction that decides."""
    talk.clock.move(minutes=1)
    _said(talk, DISCORD, "/start")
    _join(talk, DISCORD, TELEGRAM)
    assert _learner_id(talk, TELEGRAM) == _learner_id(talk, DISCORD) == 1


def test_two_identities_of_one_platform_can_be_one_learner(talk: Dialog) -> None:
    """A second account, or a new telephone."""
    assert "Telegram (2)" in _join(talk, TELEGRAM, BAO)


def test_link_lists_what_is_linked(talk: Dialog) -> None:
    """Platforms, nobody's names."""
    assert "Linked so far" not in _said(talk, TELEGRAM, "/link")
    _join(talk, TELEGRAM, DISCORD)
    shown = _said(talk, TELEGRAM, "/link")
    assert "Linked so far: Discord, Telegram" in shown
    assert DISCORD.user_id not in shown


@pytest.mark.parametrize(
    "way", ["{0}", "{1}", "{2}", " {0} ", "`{0}`", "{3}", "{4}", "{5}"], ids=str
)
def test_a_code_is_read_however_it_is_typed(talk: Dialog, way: str) -> None:
    """Small letters, without the dash, with blanks, as a Chinese keyboard types it."""
    code = _code(talk, TELEGRAM)
    wide = "".join(chr(ord(one) + 0xFEE0) for one in code)
    forms = (code, code.lower(), code.replace("-", ""), code.replace("-", " "), wide)
    assert "Linked" in _said(talk, DISCORD, "/link " + way.format(*forms, " ".join(code)))


@given(st.text(max_size=20))
def test_what_is_no_code_is_never_read_as_one(text: str) -> None:
    """Whatever is read is eight letters of the alphabet."""
    code = read_code(text)
    assert code is None or (len(code) == 8 and set(code) <= set(ALPHABET))


def test_only_the_hash_of_a_code_is_stored(talk: Dialog, tmp_path: Path) -> None:
    """Who reads the database cannot redeem it."""
    code = _code(talk, TELEGRAM).replace("-", "")
    assert _count(tmp_path, "SELECT hash FROM link_code") == hash_of(code)
    for path in tmp_path.glob("llm-tutor.db*"):
        assert code.encode() not in path.read_bytes()


def test_expired_used_replaced_unknown_and_malformed_codes_look_the_same(talk: Dialog) -> None:
    """One answer for all of them: nobody learns which codes there are."""
    expired = _code(talk, TELEGRAM)
    talk.clock.move(minutes=10)
    answers = [_said(talk, DISCORD, f"/link {expired}")]
    replaced, used = _code(talk, TELEGRAM), _code(talk, TELEGRAM)
    answers.append(_said(talk, DISCORD, f"/link {replaced}"))
    assert "Linked" in _said(talk, BAO, f"/link {used}")
    answers += [_said(talk, DISCORD, f"/link {one}") for one in (used, "AAAA-AAAA", "hello")]
    assert set(answers) == {WrongCode.message}


def test_a_code_is_good_until_its_last_second(talk: Dialog) -> None:
    """Ten minutes are promised."""
    code = _code(talk, TELEGRAM)
    talk.clock.move(minutes=9, seconds=59)
    assert "Linked" in _said(talk, DISCORD, f"/link {code}")


def test_after_some_wrong_codes_even_the_right_one_has_to_wait(talk: Dialog) -> None:
    """The count survives the errors; it is told how long to wait, and then it works."""
    for number in range(WRONG_CODES):
        talk.clock.move(minutes=1)
        assert _said(talk, DISCORD, f"/link {number}") == WrongCode.message
    code = _code(talk, TELEGRAM)
    talk.clock.move(seconds=30)
    assert "again in 6 min" in _said(talk, DISCORD, f"/link {code}")
    assert "Linked" not in _said(talk, DISCORD, f"/link {code}")
    talk.clock.move(minutes=5, seconds=30)
    assert "Linked" in _said(talk, DISCORD, f"/link {code}")


def test_few_codes_are_made_an_hour(talk: Dialog) -> None:
    """Many codes open at once would make guessing easier; each replaces the one before anyway."""
    for _number in range(CODES_MADE):
        _code(talk, TELEGRAM)
        talk.clock.move(minutes=2)
    assert "again in 50 min" in _said(talk, TELEGRAM, "/link")
    talk.clock.move(minutes=50)
    assert _code(talk, TELEGRAM)


def test_ones_own_code_is_told_and_not_used_up(talk: Dialog) -> None:
    """It is a slip, not a guess."""
    code = _code(talk, TELEGRAM)
    for _number in range(WRONG_CODES + 1):
        assert talk.say(f"/link {code}") == OwnCode.message
    assert "Linked" in _said(talk, DISCORD, f"/link {code}")


def test_a_code_is_never_made_in_front_of_others_but_can_be_entered_there(talk: Dialog) -> None:
    """In a group anybody could be faster with it; what was used up is worth nothing."""
    code = _code(talk, TELEGRAM)
    talk.enter("group", person="ada#1", platform="discord")
    assert "in private" in talk.say("/link")
    assert "`" not in talk.last.text.replace("`/link`", "")
    assert "Linked" in talk.say(f"/link {code}")
    assert talk.last.private


def test_a_code_that_a_group_has_read_is_void(talk: Dialog) -> None:
    """Whoever types their own code in a group has shown it to everybody there."""
    code = _code(talk, TELEGRAM)
    talk.enter("group", person="ada", platform="telegram")
    assert talk.say(f"/link {code}") == OwnCode.message
    assert talk.last.private
    talk.is_private = True
    assert _said(talk, BAO, f"/link {code}") == WrongCode.message


def test_letters_of_one_side_answer_nothing_on_the_other(talk: Dialog) -> None:
    """The same question stands there in another order: a letter waits until it is shown again."""
    for sender in (TELEGRAM, DISCORD):
        _said(talk, sender, "/quiz tokens")
        talk.clock.move(minutes=1)
    question = talk.open_question
    _join(talk, TELEGRAM, DISCORD)
    assert "No question is waiting" in talk.say("A")
    talk.press(f"question:{question.id}")
    assert "No question is waiting" not in talk.say("A")
    assert _has(talk, DISCORD)[1] == 1


def test_link_off_without_a_link_says_so(talk: Dialog) -> None:
    """There is nothing to undo."""
    assert talk.say("/link off") == NotLinked.message


@pytest.mark.parametrize("sender", [TELEGRAM, DISCORD], ids=str)
def test_link_off_gives_each_side_what_it_brought(talk: Dialog, sender: Address) -> None:
    """From either side; what was done in between stays with the older learner."""
    talk.clock.move(minutes=1)
    _learn(talk, DISCORD, "tokens", "sampling")
    _learn(talk, TELEGRAM, "tokens")
    _join(talk, TELEGRAM, DISCORD)
    talk.sender = sender
    apart = talk.say("/link off")
    assert "Telegram\nLessons: 1 · answers: 1 · cards: 1 · days of practice: 1" in apart
    assert "Discord\nLessons: 2 · answers: 2 · cards: 2 · days of practice: 1" in apart
    assert (_has(talk, TELEGRAM), _has(talk, DISCORD)) == ((1, 1, 1, 1), (2, 2, 2, 1))
    assert talk.say("/link off") == NotLinked.message


def test_what_was_done_while_linked_stays_with_the_older_side(talk: Dialog) -> None:
    """Answers given since, on either platform; a card reviewed since is on both sides."""
    talk.clock.move(minutes=1)
    _learn(talk, DISCORD, "tokens")
    _join(talk, TELEGRAM, DISCORD)
    talk.clock.move(days=20)
    talk.say("/review")
    talk.answer()
    _learn(talk, DISCORD, "sampling")
    assert len(talk.cards) == 2
    talk.say("/link off")
    assert (_has(talk, TELEGRAM), _has(talk, DISCORD)) == ((2, 2, 2, 1), (1, 1, 1, 1))


def test_a_day_on_which_both_sides_practised_stays_with_both(talk: Dialog) -> None:
    """Discord before the link, Telegram after it, on one day."""
    talk.clock.move(minutes=1)
    _learn(talk, DISCORD, "tokens")
    _join(talk, TELEGRAM, DISCORD)
    talk.clock.move(minutes=1)
    _learn(talk, TELEGRAM, "sampling")
    talk.say("/link off")
    assert (_has(talk, TELEGRAM), _has(talk, DISCORD)) == ((1, 1, 1, 1), (1, 1, 1, 1))


def test_an_identity_that_came_early_can_leave_and_the_later_ones_stay(talk: Dialog) -> None:
    """Ada is on three platforms, and leaves one of them, whichever came when."""
    for number, sender in enumerate((DISCORD, TERMINAL)):
        talk.clock.move(minutes=1)
        _learn(talk, sender, ("tokens", "sampling")[number])
        _join(talk, TELEGRAM, sender)
    apart = _said(talk, DISCORD, "/link off")
    assert "Discord\nLessons: 1 · answers: 1 · cards: 1" in apart
    assert "Telegram, the terminal\nLessons: 1 · answers: 1 · cards: 1" in apart
    assert "sampling" not in str(_cards(talk, DISCORD))
    assert _learner_id(talk, TELEGRAM) == _learner_id(talk, TERMINAL) != _learner_id(talk, DISCORD)
    assert "Telegram\nLessons: 0" in _said(talk, TERMINAL, "/link off")
    assert talk.say("/link off") == NotLinked.message


def test_from_the_oldest_side_the_latest_link_is_undone(talk: Dialog) -> None:
    """Newest first, until the oldest is alone."""
    for sender in (DISCORD, TERMINAL):
        talk.clock.move(minutes=1)
        _said(talk, sender, "/start")
        _join(talk, TELEGRAM, sender)
    assert "Telegram, Discord" not in _said(talk, TELEGRAM, "/link off")
    assert _learner_id(talk, DISCORD) == _learner_id(talk, TELEGRAM) != _learner_id(talk, TERMINAL)
    _said(talk, TELEGRAM, "/link off")
    assert len({_learner_id(talk, one) for one in (TELEGRAM, DISCORD, TERMINAL)}) == 3


def test_a_link_of_the_younger_two_survives_in_the_link_of_all_three(talk: Dialog) -> None:
    """The terminal was linked to Discord before both were linked to Telegram, and leaves."""
    for sender in (DISCORD, TERMINAL):
        talk.clock.move(minutes=1)
        _learn(talk, sender, "tokens")
    _join(talk, DISCORD, TERMINAL)
    _join(talk, TELEGRAM, DISCORD)
    assert "the terminal\nLessons: 1 · answers: 1" in _said(talk, TERMINAL, "/link off")
    assert _has(talk, TELEGRAM) == (1, 1, 1, 1)
    assert _learner_id(talk, TELEGRAM) == _learner_id(talk, DISCORD)
    assert "Discord\nLessons: 1 · answers: 1" in _said(talk, DISCORD, "/link off")


def test_a_question_that_both_were_asked_is_open_once(talk: Dialog) -> None:
    """The older side's stays; after the link is undone both are open again."""
    for sender in (TELEGRAM, DISCORD):
        _said(talk, sender, "/quiz tokens")
        talk.clock.move(minutes=1)
    _join(talk, TELEGRAM, DISCORD)
    talk.say("/quiz")
    talk.answer()
    assert _has(talk, DISCORD)[1] == 1
    talk.say("/link off")
    assert (_has(talk, TELEGRAM)[1], _has(talk, DISCORD)[1]) == (1, 0)
    _said(talk, DISCORD, "/quiz tokens")
    assert "✅" in talk.answer()


def _cards(talk: Dialog, sender: Address) -> list[str]:
    talk.sender = sender
    return list(talk.cards)


async def _heard(talk: Dialog, incoming: Incoming) -> str:
    return "".join([reply.text async for reply in talk.tutor.handle(incoming)])


def test_of_a_hundred_who_enter_one_code_at_once_one_is_linked(
    talk: Dialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One use, even in the same moment; all others read the same as for a wrong code."""
    monkeypatch.setattr(link, "PATIENCE", 60.0)  # a slow machine takes its time
    code = _code(talk, TELEGRAM)
    heard: Counter[str] = Counter()

    async def enter(number: int) -> None:
        sender = Address("discord", str(number), str(number))
        heard[await _heard(talk, Incoming(sender, f"/link {code}", locale="en"))] += 1

    async def all_at_once() -> None:
        await asyncio.gather(*map(enter, range(100)))

    talk.run(all_at_once())
    assert sorted(heard.values()) == [1, 99]
    assert heard[WrongCode.message] == 99
    assert "Linked so far: Discord, Telegram." in _said(talk, TELEGRAM, "/link")


def test_two_who_enter_each_others_codes_do_not_wait_for_ever(
    talk: Dialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least one of them may have to try again, and in the end they are linked once."""
    monkeypatch.setattr(link, "PATIENCE", 0.2)
    codes = {DISCORD: _code(talk, TELEGRAM), TELEGRAM: _code(talk, DISCORD)}
    heard: list[str] = []

    async def enter(sender: Address) -> None:
        text = f"/link {codes[sender]}"
        heard.append(await _heard(talk, Incoming(sender, text, locale="en")))

    async def both() -> None:
        await asyncio.gather(enter(TELEGRAM), enter(DISCORD))

    talk.run(both())
    linked = [one for one in heard if "**Linked.**" in one]
    assert len(linked) <= 1
    assert {StillBusy.message, WrongCode.message, OwnCode.message} >= {*heard} - {*linked}
    if not linked:
        assert "Linked" in _said(talk, TELEGRAM, f"/link {codes[TELEGRAM]}")
    assert _learner_id(talk, TELEGRAM) == _learner_id(talk, DISCORD)


def test_a_code_waits_while_its_learner_is_busy_and_is_not_used_up(
    talk: Dialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long answer on the other side: try again in a moment."""
    monkeypatch.setattr(link, "PATIENCE", 0.05)
    code = _code(talk, TELEGRAM)
    owner = _learner_id(talk, TELEGRAM)
    incoming = Incoming(DISCORD, f"/link {code}", locale="en")

    async def meanwhile() -> None:
        async with talk.tutor._services.locks.learner(owner):
            assert await _heard(talk, incoming) == StillBusy.message
        assert "**Linked.**" in await _heard(talk, incoming)

    talk.run(meanwhile())


def test_whoever_waits_while_they_are_linked_goes_on_as_the_one_learner(talk: Dialog) -> None:
    """Discord's answer comes while Telegram's code is entered there: it counts, and once."""
    talk.clock.move(minutes=1)
    _said(talk, DISCORD, "/start")
    code = _code(talk, DISCORD)
    texts = [(TELEGRAM, f"/link {code}"), *[(DISCORD, "/learn tokens")] * 3]

    async def at_once() -> None:
        await asyncio.gather(
            *(_heard(talk, Incoming(sender, text, locale="en")) for sender, text in texts)
        )

    talk.run(at_once())
    assert _learner_id(talk, DISCORD) == _learner_id(talk, TELEGRAM)
    assert _has(talk, TELEGRAM) == (1, 0, 0, 1)


def test_two_identities_that_answer_everything_at_once_are_graded_once(
    talk: Dialog, tmp_path: Path
) -> None:
    """A hundred presses from each side at the same time: no error, one grade each."""
    _join(talk, TELEGRAM, DISCORD)
    questions = [one for lesson in talk.course.lessons for one in lesson.questions][:100]
    heard: Counter[bool] = Counter()

    async def press(sender: Address, question_id: str, response: str) -> None:
        action = f"quiz:{question_id}:{response}"
        text = await _heard(talk, Incoming(sender, action=action, locale="en"))
        heard["✅" in text] += 1

    async def all_at_once() -> None:
        await asyncio.gather(
            *(
                press(sender, question.id, response_to(question, right=True))
                for question in questions
                for sender in (TELEGRAM, DISCORD)
            )
        )

    talk.run(all_at_once())
    assert heard == {True: 100, False: 100}
    assert _count(tmp_path, "SELECT count(*) FROM attempt") == 100
    assert _count(tmp_path, "SELECT sum(reviews) FROM card") == 100


# The tables themselves.

QUESTIONS: Final = ("tokens:1", "tokens:2")
LATER: Final = NOW + timedelta(days=9)
DISCORD_1: Final = Address("discord", "1", "1")


@contextmanager
def _opened(database: str) -> Iterator[Engine]:
    opened = engine.open_engine(database)
    engine.upgrade(opened)
    yield opened
    opened.dispose()


def test_every_table_of_a_learner_is_merged() -> None:
    """A new table has to say how two learners become one in it."""
    handled = {*merging.MOVED, *union.UNIONS, "learner", "identity", "link_code"}
    assert {table.name for table in OWNERS} == handled


moments = st.integers(0, 5).map(lambda hours: NOW + timedelta(hours=hours))
days = st.integers(0, 2).map(lambda number: (NOW + timedelta(days=number)).date())
maybe_moments = st.none() | moments


def _by_key(key: str, keys: st.SearchStrategy[Any], **rest: Any) -> st.SearchStrategy[Any]:
    """Rows of a table that has one for each key."""
    rows = st.fixed_dictionaries({key: keys, **rest})
    return st.lists(rows, max_size=3, unique_by=lambda row: row[key])


questions = st.sampled_from(QUESTIONS)
places = st.sampled_from(["private", "telegram:-1"])

SIDE: Final = st.fixed_dictionaries(
    {
        "lesson_progress": _by_key(
            "lesson_id", st.sampled_from(["a", "b"]), seen_at=moments, done_at=maybe_moments
        ),
        "card": _by_key(
            "question_id",
            questions,
            reviews=st.integers(1, 3),
            reviewed_date=days,
            stability=st.floats(0.1, 99),
            score=st.none() | st.floats(0, 1),
        ),
        "practice_day": _by_key("practised_date", days),
        "report": _by_key("question_id", questions, reported_at=moments),
        "board_member": _by_key("chat_id", places, name=st.text("ab", max_size=2)),
        # At most one row of each is open, as the tutor keeps it.
        "quiz": _by_key(
            "kind",
            st.sampled_from(["quiz", "review"]),
            started_at=moments,
            finished_at=maybe_moments,
        ),
        "attempt": _by_key(
            "question_id",
            questions,
            asked_at=moments,
            answered_at=maybe_moments,
            seed=st.integers(0, 9),
        ),
        "talk": _by_key("conversation", places, spoken_at=moments, finished_at=maybe_moments),
        "utterance": _by_key("content", st.sampled_from("ab"), said_at=moments),
        "llm_call": _by_key("reserved", st.integers(1, 3), called_at=moments),
        "link_try": _by_key("is_wrong", st.booleans(), tried_at=moments),
    }
)


def _fill(session: Session, platform: str, side: dict[str, list[dict[str, Any]]]) -> int:
    learner_id = add_learner(session, platform, "1", created_at=NOW, lesson_id=None)
    for name, rows in side.items():
        for row in rows:
            add(session, name, learner_id, **row)
    return learner_id


def _empty(session: Session) -> None:
    for table in TABLES.values():
        session.execute(delete(table))


def _without(snapshot: dict[str, Any], learner_id: int, name: str) -> dict[str, Any]:
    """Give a learner a name instead of a number, and forget the order."""
    return {
        table: sorted(
            (
                {
                    column: name
                    if column.endswith("learner_id") and value == learner_id
                    else name
                    if (table, column) == ("learner", "id") and value == learner_id
                    else value
                    for column, value in row.items()
                }
                for row in rows
            ),
            key=str,
        )
        for table, rows in snapshot.items()
    }


def _whose(session: Session, platform: str) -> int:
    identity = TABLES["identity"].c
    found = select(identity.learner_id).where(identity.platform == platform)
    return int(session.execute(found).scalar_one())


def test_a_merge_that_is_undone_leaves_every_table_as_it_was(database: str) -> None:
    """Nothing is lost, doubled or left behind, whatever both sides had."""
    with _opened(database) as opened:

        @settings(max_examples=40)
        @given(SIDE, SIDE)
        def undo(one: dict[str, Any], other: dict[str, Any]) -> None:
            with Session(opened) as session, session.begin():
                _empty(session)
                _fill(session, "telegram", one)
                younger = _fill(session, "discord", other)
                before = _without(everything(session), younger, "discord")
                merging.merge(session, younger, _whose(session, "telegram"), LATER)
                merging.part(session, _whose(session, "discord"), DISCORD_1, LATER)
                after = _without(everything(session), _whose(session, "discord"), "discord")
                assert after == before

        undo()


def test_three_who_are_joined_in_any_order_come_apart_as_they_were(database: str) -> None:
    """Whoever leaves first, in the end everybody has what they had."""
    platforms = ("discord", "telegram", "terminal")
    with _opened(database) as opened:

        @settings(max_examples=25)
        @given(SIDE, SIDE, SIDE, st.permutations(platforms), st.permutations(platforms))
        def undo(one: Any, two: Any, three: Any, joining: list[str], leaving: list[str]) -> None:
            with Session(opened) as session, session.begin():
                _empty(session)
                for platform, side in zip(platforms, (one, two, three), strict=True):
                    _fill(session, platform, side)
                before = _named(session, platforms)
                for other in joining[1:]:
                    first, second = _whose(session, joining[0]), _whose(session, other)
                    merging.merge(session, first, second, LATER)
                for platform in leaving:
                    address = Address(platform, "1", "1")
                    merging.part(session, _whose(session, platform), address, LATER)
                assert _named(session, platforms) == before

        undo()


def _named(session: Session, platforms: tuple[str, ...]) -> dict[str, Any]:
    snapshot = everything(session)
    for platform in platforms:
        snapshot = _without(snapshot, _whose(session, platform), platform)
    return snapshot


@given(
    st.lists(st.tuples(st.integers(1, 9), days), min_size=2, max_size=2),
)
def test_of_two_cards_the_one_that_knows_more_stays(cards: list[tuple[int, Any]]) -> None:
    """More reviews; of equals the one reviewed later; of those the older learner's."""
    ours, theirs = ({"reviews": reviews, "reviewed_date": day} for reviews, day in cards)
    stays = union.UNIONS["card"](ours, theirs)
    assert (stays["reviews"], stays["reviewed_date"]) == max(cards)
    assert stays is ours or cards[0] < cards[1]
