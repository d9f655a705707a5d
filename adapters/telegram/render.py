"""Reply -> arguments of send_message, send_photo, send_document and send_message_draft; pure.

Markdown becomes text and entities, never `parse_mode`, so no text can break the markup. Nothing
in a text can notify anybody, and nothing of it is lost however long it is.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from operator import itemgetter
from typing import Any, Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, MessageEntity
from telegram.constants import InlineKeyboardMarkupLimit, MessageLimit
from telegramify_markdown import RenderConfig, convert
from wcwidth import wcswidth

from adapters.telegram.media import fits_caption, upload
from bot.messages import Button, Reply

ROW_COLUMNS = 32
"""What a row of buttons shows on a narrow telephone, in columns of a Latin letter."""

TEXT_UNITS: Final = int(MessageLimit.MAX_TEXT_LENGTH)
ENTITIES: Final = int(MessageLimit.MESSAGE_ENTITIES)

Part = tuple[str, tuple[MessageEntity, ...]]
"""A text of at most 4,096 UTF-16 units and its entities, at most 100, offset from its start."""

_VERBATIM = (MessageEntity.CODE, MessageEntity.PRE)
_AT = re.compile(r"https?://[\w.-]+/[\w./-]*@|(?<!\w)@(?=\w)")
"""An @name that Telegram would make a mention of, or a web address with an @ in its path."""
_WORD_JOINER = "\u2060"
_WEB_LINK = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)

# What the converter would take for HTML, spoilers, mathematics and link definitions, none of
# which are in our Markdown, and would drop from the text. It sees noncharacters instead, which
# are as long and mean nothing, and they are turned back afterwards.
_HIDDEN = {"<": "\ufdd0", "|": "\ufdd1", "$": "\ufdd2", ":": "\ufdd3"}
_HIDE = re.compile(
    # What the converter may have: escapes, and formulas that are LaTeX.
    r"(?P<keep>\\.|\$\$?(?:[^$\n<|\\]|\\[^A-Za-z\n])*+\\[A-Za-z][^$\n<|]*+\$\$?)"
    r"|<(?!https?://)|\|\||\$|(?<=\]):",
    re.DOTALL,
)
_SHOW = str.maketrans({hidden: shown for shown, hidden in _HIDDEN.items()})
_NONCHARACTERS = re.compile("[\ufdd0-\ufdef]")


def _plain_symbols() -> RenderConfig:
    config = RenderConfig.isolated()
    config.cite_expandable = False
    symbols = config.markdown_symbol
    symbols.heading_level_1 = symbols.heading_level_2 = ""
    symbols.heading_level_3 = symbols.heading_level_4 = ""
    symbols.unordered_list_item = "•"
    symbols.task_completed, symbols.task_uncompleted = "☑", "☐"
    return config


_CONFIG = _plain_symbols()


def render(reply: Reply) -> list[dict[str, Any]]:
    """Return the arguments of each message of a reply, in order; at least one.

    Keys of a text: text, entities, link_preview_options. Of a picture or document, which comes
    first and carries the text where there is room for it: photo or document, filename, caption,
    caption_entities. All have reply_markup (the buttons, on the last message; elsewhere None).
    """
    parts = split(*to_entities(reply.text))
    media = upload(reply)
    if media and fits_caption([text for text, _ in parts]):
        messages = [media | _caption(parts)]
    else:
        messages = [_text(part) for part in parts or [("…", ())]]
        messages[:0] = [media | _caption([])] if media else []
    messages[-1]["reply_markup"] = keyboard(reply.buttons)
    return messages


def _text(part: Part) -> dict[str, Any]:
    text, entities = part
    preview = LinkPreviewOptions(is_disabled=True)
    return {
        "text": text,
        "entities": entities,
        "link_preview_options": preview,
        "reply_markup": None,
    }


def _caption(parts: Sequence[Part]) -> dict[str, Any]:
    text, entities = parts[0] if parts else (None, ())
    return {"caption": text, "caption_entities": entities, "reply_markup": None}


def without_entities(message: dict[str, Any]) -> dict[str, Any]:
    """Return the same message as plain text, as long as before.

    The names in what was code would become mentions now, so they get another kind of @.
    """
    text, entities = ("text", "entities") if "text" in message else ("caption", "caption_entities")
    plain = _AT.sub(lambda match: match[0].replace("@", "\uff20"), message[text] or "")
    return message | {text: plain, entities: ()}


def to_entities(markdown: str) -> Part:
    """Return the text that is shown and the entities that format it, of any length."""
    source = _mend(markdown)
    hidden = _HIDE.sub(_hide, source)
    text, found = convert(hidden, config=_CONFIG)
    if not text.strip():  # a lone "```python": its only word is not part of the text
        return _silence(source, [])
    entities = [
        MessageEntity(
            each.type, each.offset, each.length, url=_show(each.url), language=_show(each.language)
        )
        for each in found
        if _is_harmless(each.type, each.url)
    ]
    return _silence(text.translate(_SHOW), entities)


def _show(text: str | None) -> str | None:
    return text and text.translate(_SHOW)


def _hide(match: re.Match[str]) -> str:
    return match["keep"] or "".join(_HIDDEN[character] for character in match[0])


def _mend(text: str) -> str:
    """Replace lone surrogates, which cannot be sent, and the characters we need for ourselves."""
    mended = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _NONCHARACTERS.sub("\ufffd", mended)


def _is_harmless(kind: str, url: str | None) -> bool:
    """Leave out links other than to the web: tg://user?id=1 would notify that person."""
    if kind == MessageEntity.TEXT_LINK:
        return url is not None and _WEB_LINK.fullmatch(url) is not None
    return kind != MessageEntity.CUSTOM_EMOJI


def _silence(text: str, entities: Sequence[MessageEntity]) -> Part:
    """Put an invisible character into each @name, or Telegram makes a mention of it.

    Code stays as it is: Telegram looks for no mentions in it.
    """
    units = _units(text)
    code = sorted((e.offset, e.offset + e.length) for e in entities if e.type in _VERBATIM)
    names = [
        match.end()
        for match in _AT.finditer(text)
        if match[0] == "@" and not _is_within(units[match.start()], code)
    ]
    pieces = [text[a:b] for a, b in zip([0, *names], [*names, len(text)], strict=True)]
    inserted = [units[at] for at in names]
    return _WORD_JOINER.join(pieces), tuple(_shift(entity, inserted) for entity in entities)


def _is_within(unit: int, spans: list[tuple[int, int]]) -> bool:
    """Tell whether one of the spans, which are sorted and apart, has this unit in it."""
    before = bisect_right(spans, unit, key=itemgetter(0))
    return before > 0 and unit < spans[before - 1][1]


def _shift(entity: MessageEntity, inserted: list[int]) -> MessageEntity:
    """Move an entity by what was inserted before it, and widen it by what was inside."""
    before = bisect_right(inserted, entity.offset)
    end = entity.offset + entity.length
    return _at(entity, entity.offset + before, end + bisect_right(inserted, end - 1))


def _at(entity: MessageEntity, start: int, end: int) -> MessageEntity:
    if (entity.offset, entity.length) == (start, end - start):
        return entity
    return MessageEntity(entity.type, start, end - start, url=entity.url, language=entity.language)


def _units(text: str) -> list[int]:
    """Return where each character begins, and the text ends, in UTF-16 units."""
    return list(accumulate((1 + (character > "\uffff") for character in text), initial=0))


def split(text: str, entities: Sequence[MessageEntity]) -> list[Part]:
    """Cut a text into parts that Telegram takes; together they are the text.

    Cuts are made between paragraphs, so that code blocks and lists stay whole, or else between
    lines, or else between words. Parts of nothing but white space, which cannot be sent, are
    left out.
    """
    units = _units(text)
    cuts = _cuts(text, units, entities)
    return [
        (text[start:end], _clip(entities, units[start], units[end]))
        for start, end in cuts
        if text[start:end].strip()
    ]


def _cuts(
    text: str, units: list[int], entities: Sequence[MessageEntity]
) -> Iterator[tuple[int, int]]:
    starts = sorted(entity.offset for entity in entities)
    blocks = [(e.offset, e.offset + e.length) for e in entities if e.type == MessageEntity.PRE]
    start = 0
    while start < len(text):
        end = bisect_right(units, units[start] + TEXT_UNITS) - 1
        end = min(end, _before_too_many(units, starts, entities, start))
        if end < len(text):
            end = _best_cut(text, units, blocks, start, end)
        yield start, end
        start = end


def _before_too_many(
    units: list[int], starts: list[int], entities: Sequence[MessageEntity], start: int
) -> int:
    """Return the furthest end at which a part from `start` has at most 100 entities."""
    at = units[start]
    open_already = sum(entity.offset < at < entity.offset + entity.length for entity in entities)
    following = starts[bisect_right(starts, at - 1) :]
    room = max(ENTITIES - open_already, 1)
    if len(following) <= room:
        return len(units) - 1
    return max(bisect_right(units, following[room]) - 1, start + 1)


_SEAMS = (re.compile(r"\n\n+"), re.compile(r"\n"), re.compile(r"\s"))


def _best_cut(
    text: str, units: list[int], blocks: list[tuple[int, int]], start: int, end: int
) -> int:
    """Return where to cut text[start:end]: after the last of the best kind of seam in it."""
    for seam in _SEAMS:
        for match in reversed(list(seam.finditer(text, start, end))):
            at = match.end()
            if at > start and not any(a < units[at] < b for a, b in blocks):
                return at
    return max((match.end() for match in _SEAMS[1].finditer(text, start, end)), default=end)


def _clip(entities: Sequence[MessageEntity], start: int, end: int) -> tuple[MessageEntity, ...]:
    """Return the entities of a part, those that cross its edges cut off there."""
    spans = ((each, each.offset, each.offset + each.length) for each in entities)
    inside = [
        _at(each, max(a, start) - start, min(b, end) - start)
        for each, a, b in spans
        if a < end and start < b
    ]
    return tuple(inside[:ENTITIES])  # more only where a hundred of them start at one character


def keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    """Lay buttons out in rows: short labels share one, a long label has its own."""
    rows: list[list[InlineKeyboardButton]] = []
    widest = 0
    for button in buttons:
        label = button.label.strip() or button.action
        pressable = InlineKeyboardButton(label, callback_data=button.action)
        # Telegram makes the buttons of a row equally wide, and each needs a margin.
        width = max(wcswidth(label), len(label)) + 2
        widest = max(widest, width)
        if rows and _fits(len(rows[-1]) + 1, widest):
            rows[-1].append(pressable)
        else:
            rows.append([pressable])
            widest = width
    return InlineKeyboardMarkup(rows) if rows else None


def _fits(count: int, widest: int) -> bool:
    return count <= InlineKeyboardMarkupLimit.BUTTONS_PER_ROW and count * widest <= ROW_COLUMNS
