"""Replies as Telegram shows them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import MessageEntity

from adapters.telegram.render import Part, keyboard, render, split, to_entities
from bot.messages import Button, Reply


def shown(markdown: str) -> str:
    return "".join(message["text"] for message in render(Reply(markdown)))


def pieces(part: Part, kind: str) -> list[str]:
    text, entities = part[0].encode("utf-16-le"), part[1]
    spans = [(2 * e.offset, 2 * (e.offset + e.length)) for e in entities if e.type == kind]
    return [text[start:end].decode("utf-16-le") for start, end in spans]


def rows(*labels: str) -> list[list[str]]:
    markup = keyboard([Button(label, "x") for label in labels])
    assert markup is not None
    return [[button.text for button in row] for row in markup.inline_keyboard]


def assert_takeable(part: Part) -> None:
    """What Telegram asks of every message."""
    text, entities = part
    encoded = text.encode("utf-16-le")
    assert text.strip()
    assert len(encoded) <= 2 * 4096
    assert len(entities) <= 100
    for entity in entities:
        start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
        assert 0 <= start < end <= len(encoded)
        encoded[start:end].decode("utf-16-le")


def test_the_markdown_subset_becomes_entities() -> None:
    """Offsets are in UTF-16 units, so an emoji before them counts twice."""
    part = to_entities("🙂 **粗** *i* `c`\n\n```python\nx = 1\n```\n\n> q\n\n[a](https://b.c)")
    kinds = ("bold", "italic", "code", "pre", "blockquote", "text_link")
    assert [pieces(part, kind)[0].strip() for kind in kinds] == ["粗", "i", "c", "x = 1", "q", "a"]
    assert part[0].startswith("🙂 粗 i c\n\nx = 1")


@pytest.mark.parametrize(
    "text",
    [
        "The end is <eos>, the start is <s>.",
        "<div>\nnot a web page\n</div>",
        "a || b || c",
        "It costs $3 in and $15 out, or $HOME.",
        "[1]: https://example.org",
        "`<b>` and `a || b` and `$x`",
        "<|endoftext|>",
        "\ufdd0 private",
    ],
)
def test_what_is_no_markup_of_ours_is_shown_as_written(text: str) -> None:
    """The converter knows HTML, spoilers, formulas and references; our Markdown has none."""
    assert shown(text) == text.replace("`", "").replace("\ufdd0", "\ufffd")


def test_escapes_are_taken_off() -> None:
    """A backslash before markup makes it text."""
    assert shown(r"\*a\* \<b\> \$5") == "*a* <b> $5"


def test_a_formula_is_made_readable() -> None:
    """Models write LaTeX; Telegram cannot show it."""
    assert "\\" not in shown(r"so $\alpha \leq \beta$ and \(\alpha \leq \beta\).")


def test_an_unfinished_code_block_shows_something() -> None:
    """Telegram refuses empty messages."""
    assert shown("```python") == "```python"
    assert shown(" \n ") == "…"


def test_nothing_in_a_text_notifies_anybody() -> None:
    """Names get an invisible character; links into Telegram lose their target."""
    text, entities = to_entities("@everyone **@ann** [x](tg://user?id=1) mail a@b.c `@decorator`")
    assert "@e" not in text
    assert "@ann" not in text
    assert "a@b.c" in text
    assert pieces((text, entities), "code") == ["@decorator"]
    assert pieces((text, entities), "bold") == ["@\u2060ann"]
    assert MessageEntity.TEXT_LINK not in [entity.type for entity in entities]


def test_a_text_of_exactly_the_limit_is_one_message() -> None:
    """4,096 units fit; one more does not."""
    assert len(render(Reply("字" * 4096))) == 1
    assert len(render(Reply("字" * 4097))) == 2
    assert len(render(Reply("🙂" * 2049))) == 2


def test_a_code_block_stays_whole_where_it_can() -> None:
    """The cut comes before it."""
    code = "\n".join(f"line {n}" for n in range(200))
    messages = render(Reply(f"{'word ' * 600}\n\n```\n{code}\n```\n\nend"))
    assert code in messages[1]["text"]


def test_a_list_stays_whole_where_it_can() -> None:
    """Lists have no blank lines, and cuts are made at those."""
    items = "\n".join(f"- item {n}" for n in range(100))
    messages = render(Reply(f"{'word ' * 700}\n\n{items}"))
    assert messages[1]["text"].count("•") == 100


def test_more_than_a_hundred_entities_make_more_messages() -> None:
    """Telegram would ignore those beyond the hundredth."""
    messages = render(Reply(" ".join(f"**{n}**" for n in range(250))))
    assert [len(message["entities"]) for message in messages] == [100, 100, 50]


def test_the_buttons_are_under_the_last_part() -> None:
    """A press belongs to the end of the text."""
    messages = render(Reply("x " * 4000, (Button("Next", "next"),)))
    assert [message["reply_markup"] is None for message in messages] == [True, False]


def test_short_labels_share_a_row_and_long_ones_do_not() -> None:
    """At most eight; the widest label of a row decides, and Chinese is twice as wide."""
    assert rows("A", "B", "C", "D") == [["A", "B", "C", "D"]]
    assert [len(row) for row in rows(*"ABCDEFGHIJ")] == [8, 2]
    long = "Because attention looks at every token"
    assert rows("A", long, "B", "C") == [["A"], [long], ["B", "C"]]
    assert [len(row) for row in rows("更简单一点", "更深入一点", "动手实验室")] == [2, 1]


def test_a_blank_label_shows_the_action() -> None:
    """Telegram refuses the whole message for a blank button."""
    assert rows(" ") == [["x"]]


spans = st.tuples(st.integers(0, 6000), st.integers(1, 3000))
lines = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@st.composite
def formatted(draw: st.DrawFn) -> tuple[str, list[MessageEntity]]:
    """A long text with entities in it, all inside and cutting no character in two."""
    some = draw(st.lists(lines, min_size=1, max_size=8))
    text = (draw(st.sampled_from(["\n", "\n\n", " ", ""])).join(some) + "\n") * draw(
        st.integers(1, 200)
    )
    at = [len(text[:n].encode("utf-16-le")) // 2 for n in range(len(text) + 1)]
    entities = []
    for start, length in draw(st.lists(spans, max_size=8)) * draw(st.integers(1, 30)):
        first = start % len(text)
        end = at[min(first + length, len(text))]
        kind = draw(st.sampled_from(["bold", "pre"]))
        entities.append(MessageEntity(kind, at[first], end - at[first]))
    return text, entities


@given(formatted())
@settings(max_examples=60, deadline=None)
def test_any_text_comes_whole_through_the_splitting(
    content: tuple[str, list[MessageEntity]],
) -> None:
    """Only white space between parts may go, and every part is one that Telegram takes."""
    parts = split(*content)
    for part in parts:
        assert_takeable(part)
    assert "".join("".join(text for text, _ in parts).split()) == "".join(content[0].split())


markup = st.sampled_from(
    [
        "**",
        "`",
        "```\n",
        "[",
        "](",
        ")",
        "<b>",
        "> ",
        "- ",
        "\n\n",
        "||",
        "$",
        "@all ",
        "\\",
        "&lt;",
    ]
)


@given(st.lists(st.one_of(markup, st.text(max_size=10)), max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_reply_is_rendered_as_something_telegram_takes(some: list[str]) -> None:
    """However broken the Markdown is."""
    for message in render(Reply("".join(some))):
        assert_takeable((message["text"], message["entities"]))


@given(st.lists(st.sampled_from(["<s>", "token", "词元", "$5", "a||b", "[1]:", "🙂"]), min_size=1))
@settings(deadline=None)
def test_no_word_of_a_reply_is_lost(words: list[str]) -> None:
    """Words that look like foreign markup come out as they went in."""
    assert shown(" ".join(words)).split() == words
