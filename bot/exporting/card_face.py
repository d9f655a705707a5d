"""The two sides of a question as a card: HTML for Anki, in which every text is data."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final
from zlib import crc32

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from bot.course.credit import credit
from bot.course.model import Course, Language, Lesson, Option, Question
from bot.learning.grading import shown_options
from bot.locale import translator


def front(language: Language, question: Question) -> str:
    parts = [_html(question.stem[language])]
    if how := _how_to_answer(language, question):
        parts.append(f'<p class="how">{plain(how)}</p>')
    if question.options:
        parts.append(_list("A", (option.text[language] for option in _shown(question))))
    return "\n".join(parts)


def _how_to_answer(language: Language, question: Question) -> str:
    _ = translator(language)
    match question.kind:
        case "multi":
            return _("Choose all that apply.")
        case "order":
            return _("Put them in order, first to last.")
        case "explain":
            return _("Explain it in a sentence or two.")
        case "numeric" if question.numeric and question.numeric.unit:
            return _("A number, in {unit}.", unit=question.numeric.unit)
        case _:
            return ""


def _shown(question: Question) -> list[Option]:
    """Return the options as in the file; what is to be put in order stands in another one."""
    if question.order:
        return shown_options(question, crc32(question.id.encode()))
    return list(question.options)


def back(language: Language, question: Question) -> str:
    if question.numeric:
        return _number(language, question)
    if question.order:
        return _right_order(language, question)
    if question.rubric:
        return _key_points(language, question)
    return "\n".join(
        f"<p><b>{_letter(place)}. {_inline(option.text[language])}</b></p>\n"
        f"{_html(option.explanation[language])}"
        for place, option in enumerate(question.options)
        if option.correct
    )


def _letter(place: int) -> str:
    return chr(ord("A") + place)


def _number(language: Language, question: Question) -> str:
    _ = translator(language)
    assert question.numeric
    assert question.answer
    value, low, high = (
        f"{number:,.10g}"
        for number in (question.numeric.value, question.numeric.low, question.numeric.high)
    )
    parts = [f"<p><b>{plain(f'{value} {question.numeric.unit}'.strip())}</b></p>"]
    if low != high:
        told = _("Anything from {low} to {high} counts as right.", low=low, high=high)
        parts.append(f"<p>{plain(told)}</p>")
    return "\n".join([*parts, _html(question.answer[language])])


def _right_order(language: Language, question: Question) -> str:
    _ = translator(language)
    assert question.order
    assert question.answer
    options = {option.id: option for option in question.options}
    letters = {one.id: _letter(place) for place, one in enumerate(_shown(question))}
    order = " → ".join(letters[option_id] for option_id in question.order)
    parts = [
        _html(_("**The right order: {letters}**", letters=order)),
        _list("1", (options[option_id].text[language] for option_id in question.order)),
        _html(question.answer[language]),
    ]
    return "\n".join(parts)


def _key_points(language: Language, question: Question) -> str:
    _ = translator(language)
    assert question.rubric
    assert question.answer
    parts = [
        _html(_("**Key points**")),
        _list("A", (point[language] for point in question.rubric)),
        _html(_("**One way to say it:** {answer}", answer=question.answer[language])),
    ]
    return "\n".join(parts)


def origin(course: Course, lesson: Lesson, language: Language) -> str:
    """Return the lesson's title and the line that names the essays and their authors."""
    return f"<b>{plain(lesson.title[language])}</b><br>{plain(credit(course, lesson, language))}"


def _list(numbering: str, items: Iterable[str]) -> str:
    """Return a list whose places are called A, B, C, ... or 1, 2, 3, ..."""
    lines = "\n".join(f"<li>{_inline(item)}</li>" for item in items)
    return f'<ol type="{numbering}">\n{lines}\n</ol>'


def _link(
    renderer: RendererHTML, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType
) -> str:
    """Return the start of a link without its title, over whose line breaks genanki stumbles."""
    tokens[place].attrs.pop("title", None)
    return renderer.renderToken(tokens, place, options, env)


_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).disable("image")
_MARKDOWN.add_render_rule("link_open", _link)


def _html(text: str) -> str:
    return _as_data(_MARKDOWN.render(text).strip())


def _inline(text: str) -> str:
    return _as_data(_MARKDOWN.renderInline(text))


def plain(text: str) -> str:
    return _as_data(escape(text))


def _as_data(html: str) -> str:
    """Return HTML without what Anki reads in a field: [sound:...], [latex], the field's end."""
    return html.replace("[", "&#91;").replace("\x1f", " ")
