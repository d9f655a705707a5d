"""The board of a group: who joined, and nobody else."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import render as discord
from adapters.telegram import render as telegram
from bot.commands.leaderboard import NAME_LENGTH, plain_name
from bot.learning.schedule import Card
from bot.messages import Address, Incoming, Reply
from bot.storage.tx import Tx
from tests.dialog import Dialog

MARKUP = "*_~`[]()<>|#@\\$&/.\n\r\t\0"
KEPT = Card("q", date(2026, 12, 1), date(2026, 11, 20), 9, 5, 3, score=1, longest=7)
LINE = re.compile(r"\*\*\d|…|and \d")


class Group:
    """People in a group, each under the name that the platform tells."""

    def __init__(self, dialog: Dialog) -> None:
        self._dialog = dialog
        self.chat = "g1"

    def press(self, change: str, person: str, name: str | None = None) -> list[str]:
        """Press a button of the board, and return its lines."""
        return self._send(person, name, action=f"leaderboard:{change}")

    def look(self, person: str, name: str | None = None) -> list[str]:
        """Ask for the board, and return its lines."""
        return self._send(person, name, text="/leaderboard")

    def practise(self, person: str, *days: date) -> None:
        """Let a person have learned on these dates."""

        def practise(tx: Tx, learner_id: int) -> None:
            for day in days:
                tx.mark_practised(learner_id, day)

        self.change(person, practise)

    def keep(self, person: str, *cards: Card) -> None:
        """Let a person have these cards."""

        def keep(tx: Tx, learner_id: int) -> None:
            for number, card in enumerate(cards):
                tx.cards.put(learner_id, replace(card, question_id=f"q:{number}"))

        self.change(person, keep)

    def change(self, person: str, change: Callable[[Tx, int], None]) -> None:
        """Do something with the learner that a person is."""

        def find_and_change(tx: Tx) -> None:
            learner = tx.learner(self._address(person))
            assert learner
            change(tx, learner.id)

        async def work() -> None:
            await self._dialog.store.run(find_and_change)

        self._dialog.run(work())

    def _send(
        self, person: str, name: str | None, text: str = "", action: str | None = None
    ) -> list[str]:
        known_as = person.title() if name is None else name
        sender = self._address(person)
        heard = self._dialog._send(
            Incoming(sender, text, action, "en", is_private=False, name=known_as)
        )
        return [line for line in heard.splitlines() if LINE.match(line)]

    def _address(self, person: str) -> Address:
        return Address("telegram", person, self.chat)


@pytest.fixture
def group(dialog: Dialog) -> Group:
    """A group in which nobody has said anything yet."""
    return Group(dialog)


def november(count: int) -> list[date]:
    return [date(2026, 11, day) for day in range(1, count + 1)]


def line(rank: int, name: str, days: int = 0, kept: int = 0) -> str:
    return f"**{rank}**  {name} · days: {days} · cards kept: {kept}"


def test_who_joins_is_shown_until_they_leave(group: Group, dialog: Dialog) -> None:
    """What will be shown is told before, and leaving removes it at once."""
    assert group.look("ada") == []
    assert "the days they practised this month and the cards they kept" in dialog.last.text
    assert [one.label for one in dialog.last.buttons] == ["Join the board", "Leave the board"]
    assert group.press("join", "ada") == [line(1, "Ada")]
    assert "Welcome to the board, Ada!" in dialog.last.text
    assert group.look("bao") == [line(1, "Ada")]
    assert group.press("leave", "ada") == []
    assert "Ada" not in dialog.last.text
    assert dialog.last.replaces  # the message that showed the name shows it no more


def test_nobody_who_did_not_join_is_named_or_counted(group: Group, dialog: Dialog) -> None:
    """Neither those who look on, nor those who press what takes them off."""
    group.press("join", "ada")
    for person in ("bao", "chi"):
        group.look(person)
        group.practise(person, *november(3))
        group.keep(person, KEPT)
    group.press("leave", "bao")
    assert group.look("chi") == [line(1, "Ada")]
    assert "Bao" not in dialog.last.text
    assert "Chi" not in dialog.last.text


def test_days_come_before_cards_and_ties_share_a_rank(group: Group) -> None:
    """Two first ones are followed by a third."""
    for person, days, cards in (("ada", 1, 9), ("bao", 2, 1), ("chi", 2, 3), ("dan", 2, 3)):
        group.press("join", person)
        group.practise(person, *november(days))
        group.keep(person, *[KEPT] * cards)
    assert group.look("eve") == [
        line(1, "Chi", 2, 3),
        line(1, "Dan", 2, 3),
        line(3, "Bao", 2, 1),
        line(4, "Ada", 1, 9),
    ]


def test_only_this_month_of_each_member_counts(group: Group, dialog: Dialog) -> None:
    """When December begins in Shanghai it is still November in New York."""
    for person, zone in (("ada", "Asia/Shanghai"), ("bao", "America/New_York")):

        def move(tx: Tx, learner_id: int, zone: str = zone) -> None:
            tx.change_learner(learner_id, timezone=zone)

        group.press("join", person)
        group.practise(person, date(2026, 10, 31), *november(2))
        group.change(person, move)
    assert group.look("chi") == [line(1, "Ada", 2), line(1, "Bao", 2)]
    dialog.clock.move(days=8, hours=13)
    assert group.look("chi") == [line(1, "Bao", 2), line(2, "Ada")]


def test_a_card_is_kept_after_a_week_while_the_answer_is_right(group: Group) -> None:
    """Six days are too few, and what was right once is not kept when it is wrong now."""
    group.press("join", "ada")
    lost = (replace(KEPT, longest=6), replace(KEPT, score=0.5), replace(KEPT, score=None))
    group.keep("ada", KEPT, *lost)
    assert group.look("ada") == [line(1, "Ada", 0, 1)]


def test_ten_are_shown_and_oneself(group: Group) -> None:
    """One's own line follows wherever it stands, and the others are a number."""
    people = [f"p{letter}" for letter in "abcdefghijklmn"]
    for place, person in enumerate(people):
        group.press("join", person)
        group.practise(person, *november(14 - place))
    lines = [line(place + 1, one.title(), 14 - place) for place, one in enumerate(people)]
    assert group.look("someone") == [*lines[:10], "and 4 more"]
    assert group.look("pc") == [*lines[:10], "and 4 more"]
    assert group.look("pk") == [*lines[:11], "and 3 more"]
    assert group.look("pn") == [*lines[:10], "…", lines[13], "and 3 more"]


def test_the_name_is_the_one_that_the_platform_tells_last(group: Group) -> None:
    """One that tells none changes nothing; joining twice is joining once."""
    assert group.press("join", "ada", "") == [line(1, "?")]
    assert group.press("join", "ada", "Ada") == [line(1, "Ada")]
    assert group.look("ada", "Ada L.") == [line(1, "Ada L\u2024")]
    assert group.look("ada", "") == [line(1, "Ada L\u2024")]
    assert group.press("join", "ada", "") == [line(1, "Ada L\u2024")]


def test_a_board_is_of_one_group(group: Group) -> None:
    """Who joins here shows nothing there, and leaves the one that they leave."""
    group.press("join", "ada")
    group.chat = "g2"
    assert group.look("ada") == []
    group.press("join", "ada")
    group.press("leave", "ada")
    group.chat = "g1"
    assert group.look("bao") == [line(1, "Ada")]


def test_in_private_nobody_is_shown(group: Group, dialog: Dialog) -> None:
    """Not even what one shows elsewhere; and there is nothing to press."""
    group.press("join", "ada")
    dialog.locale = "en"
    dialog.sender = Address("telegram", "ada", "ada")
    for heard in (dialog.say("/leaderboard"), dialog.press("leaderboard:join")):
        assert "Boards live in groups" in heard
        assert "Ada" not in heard
        assert dialog.last.buttons == ()


def test_a_button_that_is_none_changes_nothing(group: Group, dialog: Dialog) -> None:
    """Made-up actions are refused."""
    assert group.press("join:1", "ada") == []
    assert "older version" in dialog.last.text
    assert group.look("ada") == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("小明 🐼", "小明 🐼"),
        ("**@everyone**", "＊＊＠everyone＊＊"),
        ("[x](tg://user?id=1)", "［x］（tg:／／user?id=1）"),
        ("a\n\n# b\u202e\u200bc\0\ud83d", "a bc"),
        ("t.me/x", "t\u2024me／x"),
        (" \u3164\u2800 ", "?"),
        ("", "?"),
        ("x" * 99, "x" * 32),
    ],
)
def test_a_name_is_shown_as_it_reads(name: str, shown: str) -> None:
    """What would be markup becomes what looks like it."""
    assert plain_name(name) == shown


@given(st.text(st.characters() | st.sampled_from(MARKUP)))
def test_no_name_is_anything_but_text(name: str) -> None:
    """One line of few characters, which both platforms show as it stands."""
    shown = plain_name(name)
    assert 1 <= len(shown) <= NAME_LENGTH
    assert not set(shown) & set(MARKUP)
    assert not any(unicodedata.category(one)[0] == "C" for one in shown)
    assert plain_name(shown) == shown
    text = f"**1**  {shown} · days: 3"
    assert telegram.to_entities(text)[0] == f"1  {shown} · days: 3"
    assert len(telegram.to_entities(text)[1]) == 1
    assert [part["content"] for part in discord.parts(Reply(text))] == [text]
