"""What a model may write at its worst, as Telegram and Discord get it: no ping, nothing lost."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from adapters.discord import render as discord
from adapters.telegram import render as telegram
from bot.messages import Button, Reply
from tests.platforms.discord_rules import message_faults
from tests.platforms.telegram_rules import decode, units
from tests.platforms.telegram_world import Shown

PINGS = [
    "@everyone", "@here", "<@123>", "<@!123>", "<@&456>", "<#789>", "</ask:123>", "<@123><@124>",
    "@admin @ada_l @某人", "**@everyone**", "*@ada*", "[@ada](https://evil.example)", "> @everyone",
    "- @ada", "\u200b@everyone", "@\u200beveryone", "(@ada)", "ada@example.com @ada", "@@ada",
    "`@ada` @ada", "`@everyone", "**`@ada`**@ada", "||@ada||", "~~@ada~~", "# @ada", "＠everyone",
    "\u202e@enoyreve", "🙂@ada🙂@ada",
]  # fmt: skip
LINKS = [
    "[x](tg://user?id=1)", "[x](TG://resolve?domain=a)", "[x](javascript:alert(1))",
    "[x](mailto:a@b.c)", "[x](data:text/html,hi)", "![x](tg://user?id=1)", "[x](<tg://user?id=1>)",
    "[x][r]\n\n[r]: tg://user?id=1", "<tg://user?id=1>", "[x](http://)", "[x](//evil.example)",
    "[x](https://evil.example \"tg://user?id=1\")", "[](tg://user?id=1)", "[x](\ttg://user?id=1)",
]  # fmt: skip
BROKEN = [
    "**", "***", "**a *b **c", "_a_b_", "~~a", "`", "``", "` ``", "```", "````", "```python",
    "```\n```\n```", "\n````\n```\nx\n```\n````\n", "~~~\n```\nx\n~~~", "> ```\n> x", "- ```\n  x",
    "| a | b |\n|---|", "|||", "[", "](", "[a](b", "<b>", "</b>", "<!--", "<script>x</script>",
    "&lt;&amp;&#0;", "\\", "\\`", "$x", "$$", "\\(x", "||a", "#" * 9, "> " * 40, "*" * 999,
    "[" * 999, "`" * 999, "\u202e\u202dabc\u202c", "\u2066x\u2069", "\ufdd0\ufffe", "\ud83d",
    "a\0b", "\x1b[31m", "\r\n\r", "\u2028\u2029", "e\u0301" * 99, "Z\u0336\u0336\u0336",
    "👨‍👩‍👧‍👦" * 50,
    "🇺", "\U0010ffff",
]  # fmt: skip


def _letter(number: int) -> str:
    return chr(ord("a") + number % 26)


def _word(number: int) -> str:
    """A word that no markup can be taken for, different for each number."""
    return f"w{_letter(number // 676)}{_letter(number // 26)}{_letter(number)}z"


def _around(hostile: str, end: str) -> str:
    return f"{_word(0)} {end}{hostile}{end} {_word(1)}"


def _long(hostile: str, length: int) -> str:
    """Words up to a boundary, and the hostile text across it."""
    words = " ".join(_word(number) for number in range(length // 6 + 1))[
        : length - len(hostile) // 2
    ]
    return f"{words.rpartition(' ')[0]} {hostile} {_word(9_999)}"


def _texts() -> Iterator[str]:
    every = PINGS + LINKS + BROKEN
    for hostile in every:
        yield _around(hostile, "")
        yield _around(hostile, "\n\n")
        yield hostile
    for limit in (2000, 4096):
        for off in (-1, 0, 1):
            yield "字" * (limit + off)
            yield "🙂" * ((limit + off) // 2)
            yield f"```\n{'x' * (limit + off)}\n```"
        for hostile in every:
            yield _long(hostile, limit)
    yield "\n\n".join(every)
    yield " ".join(every) * 3


TEXTS = list(_texts())


def _words(text: str) -> list[str]:
    return re.findall(r"w[a-z]{3}z", text)


def _told(message: dict[str, Any]) -> dict[str, Any]:
    """Return what Telegram is sent, as its API reads it. Raises what it would refuse."""
    raw = {
        "chat_id": "1",
        "text": message["text"],
        "entities": json.dumps([entity.to_dict() for entity in message["entities"]]),
        "link_preview_options": json.dumps(message["link_preview_options"].to_dict()),
    }
    return decode("sendMessage", raw)


def _telegram_mentions(message: dict[str, Any]) -> list[str]:
    told = _told(message)
    return Shown(1, 1, told["text"], True, told["entities"]).mentions


@pytest.mark.parametrize("plain", [False, True])
def test_telegram_takes_every_text_and_notifies_nobody(plain: bool) -> None:
    """Entities are inside, cut no character, and lead to the web at most; also where Telegram
    refused the entities and gets the text alone."""
    for text in TEXTS:
        messages = telegram.render(Reply(text, (Button("Next", "next"),)))
        for message in map(telegram.without_entities, messages) if plain else messages:
            assert _telegram_mentions(message) == [], text[:80]
            message["text"].encode()
            kinds = {entity.type for entity in message["entities"]}
            assert not kinds & {"mention", "text_mention", "custom_emoji", "spoiler"}


def test_discord_takes_every_text_and_notifies_nobody() -> None:
    """Whatever it says, the message itself allows no mention, and code blocks are closed."""
    for text in TEXTS:
        for part in discord.parts(Reply(text)):
            body = {
                "content": part["content"],
                "allowed_mentions": part["allowed_mentions"].to_dict(),
            }
            assert list(message_faults(body)) == [], text[:80]
            assert part["allowed_mentions"].to_dict() == {"parse": []}
            assert units(part["content"]) <= 2000
            assert part["content"].count("```") % 2 == 0


@pytest.mark.parametrize(
    "render",
    [
        lambda text: [one["text"] for one in telegram.render(Reply(text))],
        lambda text: [one["content"] for one in discord.parts(Reply(text))],
    ],
    ids=["telegram", "discord"],
)
def test_no_word_around_a_hostile_text_is_lost(render: Callable[[str], list[str]]) -> None:
    """All of them come, in their order, in one message or in several."""
    for text in TEXTS:
        assert _words("\n".join(render(text))) == _words(text), text[:80]
