"""Replies become messages that Discord takes, with nothing lost."""

import re
from typing import Any

import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.render import BUTTONS, CONTENT, LABEL, edited, markdown, parts
from adapters.discord.split import split
from bot.messages import Button, Reply

PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "```",
                "```python\n",
                "\n```\n",
                "````",
                "`",
                "``",
                "\n\n",
                "\n",
                "。",
                ". ",
                " ",
                "😀",
            ]
        ),
        st.text(alphabet="甲乙丙! 中文\n", max_size=80),
    ),
    max_size=60,
).map("".join)


def _visible(text: str) -> str:
    """The text without fences, the one language that fences have here, and blanks."""
    return re.sub(r"```|python|\s", "", text)


def _buttons(part: dict[str, Any]) -> list[ui.Button[Any]]:
    return [item for item in part["view"].children if isinstance(item, ui.Button)]


@given(PIECES, st.integers(60, 200))
def test_splitting_loses_nothing_but_blanks(text: str, limit: int) -> None:
    """What a reader sees in all messages together is what the text said."""
    assert _visible("".join(split(text, limit))) == _visible(text)


@given(PIECES, st.integers(60, 200))
def test_every_message_fits_and_is_not_blank(text: str, limit: int) -> None:
    """No message is over the limit, counted in UTF-16 units as well as in characters."""
    for message in split(text, limit):
        assert message.strip()
        assert len(message) <= len(message.encode("utf-16-le")) // 2 <= limit


@given(PIECES, st.integers(60, 200))
def test_every_code_block_is_closed_in_its_own_message(text: str, limit: int) -> None:
    """Each message has as many closing fences as opening ones."""
    assert all(message.count("```") % 2 == 0 for message in split(text, limit))


@given(st.text(max_size=6000))
def test_any_reply_becomes_messages_of_at_most_two_thousand_characters(text: str) -> None:
    """Whatever a model writes, there is at least one message and none is refused for its length."""
    contents = [part["content"] for part in parts(Reply(text))]
    assert contents
    assert all(0 < len(content.strip()) <= CONTENT for content in contents)


def test_a_code_block_that_is_cut_is_reopened_with_its_language() -> None:
    """The second half of a long program is still highlighted, with its indentation."""
    program = "\n".join(f"    line_{n} = {n}" for n in range(200))
    first, *others = split(f"Look:\n```python\n{program}\n```\nDone.", CONTENT)
    assert first.startswith("Look:\n```python\n    line_0")
    assert first.endswith("\n```")
    assert all(re.match(r"```python\n    line_", other) for other in others)
    assert others[-1].endswith("```\nDone.")


@pytest.mark.parametrize(
    ("seam", "text"),
    [
        ("paragraph", "a\n\n" + "b. c\nd e " * 9 + "\n\n" + "f " * 30),
        ("line", "b. c d " * 10 + "\n" + "f " * 40),
        ("sentence", "中" * 70 + "。" + "文" * 60),
        ("word", "ab " * 60),
    ],
)
def test_a_cut_is_made_at_the_best_place(seam: str, text: str) -> None:
    """A paragraph's end is better than a line's, a sentence's, a word's; a word is not broken."""
    first, second, *_ = split(text, 105)
    endings = {"paragraph": "d e", "line": "c d", "sentence": "。", "word": "ab"}
    assert first.endswith(endings[seam])
    assert not second.startswith(" ")


def test_an_empty_reply_is_still_a_message() -> None:
    """Discord refuses an empty message, and a learner is not left without an answer."""
    assert [part["content"] for part in parts(Reply("  \n"))] == ["…"]


def test_nothing_pings() -> None:
    """No message may mention anybody, whatever its text says."""
    for part in parts(Reply("@everyone <@1> " * 300)):
        assert part["allowed_mentions"].to_dict() == {"parse": []}


def test_buttons_stand_under_the_last_message_in_rows_of_five() -> None:
    """A long reply has its buttons where the reading ends."""
    buttons = tuple(Button(f"B{n}", f"quiz:{n}") for n in range(12))
    *others, last = parts(Reply("word " * 900, buttons))
    assert not any("view" in part for part in others)
    assert [len(row["components"]) for row in last["view"].to_components()] == [5, 5, 2]
    assert [button.custom_id for button in _buttons(last)] == [b.action for b in buttons]


def test_labels_and_buttons_keep_to_the_limits_of_discord() -> None:
    """Long labels end in an ellipsis, blank ones are one, twins and a 26th button are left out."""
    labels = ("x" * 200, " ", "twin", *(str(n) for n in range(30)))
    buttons = [Button(label, f"a:{n}") for n, label in enumerate(labels)]
    shown = _buttons(parts(Reply("?", (buttons[2], *buttons)))[0])
    assert len(shown) == BUTTONS
    assert len({button.custom_id for button in shown}) == BUTTONS
    assert {"x" * (LABEL - 1) + "…", "…"} <= {button.label for button in shown}


def test_an_edit_takes_old_buttons_away() -> None:
    """A message that is edited to a reply without buttons has none."""
    assert edited(parts(Reply("done"))[0])["view"] is None
    assert edited(parts(Reply("?", (Button("a", "b"),)))[0])["view"] is not None


def test_discord_py_does_not_keep_our_views() -> None:
    """The view store keeps only unfinished views, so ours says that it is finished."""
    assert parts(Reply("?", (Button("a", "b"),)))[0]["view"].is_finished()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("#### Deep", "**Deep**"),
        ("## Shown", "## Shown"),
        ("~~~py\nx\n~~~", "```py\nx\n```"),
        ("```\n~~~\n#### a\n```", "```\n~~~\n#### a\n```"),
        (
            "| `a` | b |\n|---|:-:|\n| 1 | 2 |\nend",
            "```\n| `a` | b |\n|---|:-:|\n| 1 | 2 |\n```\nend",
        ),
        ("[a](https://x.y/z)", "[a](<https://x.y/z>)"),
        ("[a](https://x.y/z_(w))", "[a](<https://x.y/z_(w)>)"),
        ("见 https://x.y/z。好", "见 <https://x.y/z>。好"),
        ("**https://x.y**, <https://x.y>", "**<https://x.y>**, <https://x.y>"),
        ("`https://x.y`", "`https://x.y`"),
    ],
)
def test_markdown_that_discord_lacks_takes_a_plain_form(text: str, shown: str) -> None:
    """Deep headings, tables and tilde fences are rewritten, links have no preview, code is kept."""
    assert markdown(text) == shown
