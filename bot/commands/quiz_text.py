"""How a question looks in a chat, with the buttons to answer it: pure text."""

from collections.abc import Iterator, Mapping

from bot.commands.markup import italic
from bot.commands.report import report_button
from bot.course.model import Course, Language, Lesson, Option, Question
from bot.learning.grading import NO_POINT, UNSURE, shown_options
from bot.learning.records import Attempt, QuizKind
from bot.locale import translator
from bot.messages import LABEL_BYTES, Button, Reply

TICKED, UNTICKED = "☑", "☐"
THEN = " → "


def ask(
    language: Language, question: Question, seed: int, picked: str = "", hints: int = 0
) -> Reply:
    """Return the question with a button for every answer.

    picked: what is ticked, or put in order, so far. hints: how many of them are shown.
    """
    parts = [f"**{question.stem[language]}**"]
    if how := _how_to_answer(language, question):
        parts.append(italic(how))
    if question.options and question.kind != "true_false":
        parts.append("\n".join(_lines(language, question, seed, picked)))
    if question.order and picked:
        parts.append(_order_so_far(language, question, seed, picked))
    parts += [f"💡 {hint[language]}" for hint in question.hints[:hints]]
    return Reply(
        "\n\n".join(parts),
        _buttons(language, question, seed, picked, hints),
        expects_number=question.kind == "numeric",
    )


def _how_to_answer(language: Language, question: Question) -> str:
    _ = translator(language)
    match question.kind:
        case "multi":
            return _("Choose all that apply, then press Done.")
        case "order":
            return _("Press them in order, first to last, or type the letters.")
        case "explain":
            return _("Write a sentence or two. Then I show you the key points to compare.")
        case "numeric":
            assert question.numeric
            unit = f" ({question.numeric.unit})" if question.numeric.unit else ""
            return _("Type a number{unit}, or “not sure”.", unit=unit)
        case _:
            return ""


def _lines(language: Language, question: Question, seed: int, picked: str) -> list[str]:
    return [
        f"{f'{_box(option.id in picked)} ' if question.kind == 'multi' else ''}"
        f"**{letter(place)}.** {option.text[language]}"
        for place, option in enumerate(shown_options(question, seed))
    ]


def _order_so_far(language: Language, question: Question, seed: int, picked: str) -> str:
    _ = translator(language)
    return _("Your order: {letters}", letters=order_as_shown(question, seed, picked))


def order_as_shown(question: Question, seed: int, response: str) -> str:
    """Return an order in the letters under which its options are shown: "B → A → C"."""
    letters = {one.id: letter(place) for place, one in enumerate(shown_options(question, seed))}
    return THEN.join(letters[option_id] for option_id in response)


def chosen_as_shown(question: Question, seed: int, response: str) -> str:
    """Return the letters under which what was ticked is shown: "A B"."""
    shown = enumerate(shown_options(question, seed))
    return " ".join(letter(place) for place, one in shown if one.id in response)


def _box(is_ticked: bool) -> str:
    return TICKED if is_ticked else UNTICKED


def letter(place: int) -> str:
    """Return the name under which the option at this place is shown: A, B, C, ..."""
    return chr(ord("A") + place)


def _buttons(
    language: Language, question: Question, seed: int, picked: str, hints: int
) -> tuple[Button, ...]:
    _ = translator(language)
    options = shown_options(question, seed)
    beside = (
        Button(_("Not sure"), f"quiz:{question.id}:{UNSURE}"),
        report_button(language, question),
    )
    if question.kind == "multi":
        letters = [option.id for option in options]
        return (*_boxes(question, letters, picked), *beside, *_done(language, question, picked))
    if question.order:
        return (*_steps(question, options, picked), *beside, *_ordered(language, question, picked))
    answers = [
        Button(_label(language, question, place, one), f"quiz:{question.id}:{one.id}")
        for place, one in enumerate(options)
    ]
    if hints < len(question.hints):
        answers.append(Button(_("Hint"), f"hint:{question.id}:{hints + 1}"))
    return (*answers, *beside)


def _label(language: Language, question: Question, place: int, option: Option) -> str:
    return option.text[language] if question.kind == "true_false" else letter(place)


def _boxes(question: Question, letters: list[str], picked: str) -> Iterator[Button]:
    """Yield a button for each letter as shown that ticks it, or takes the tick away."""
    for place, one in enumerate(letters):
        then = "".join(sorted(set(picked) ^ {one}))
        yield Button(f"{_box(one in picked)} {letter(place)}", f"pick:{question.id}:{then}")


def _done(language: Language, question: Question, picked: str) -> list[Button]:
    """Return the button that hands in the ticks, last so that the others stay in their places."""
    _ = translator(language)
    return [Button(_("Done"), f"quiz:{question.id}:{picked}")] if picked else []


def _steps(question: Question, options: list[Option], picked: str) -> Iterator[Button]:
    """Yield a button for each option that is not in its place yet; the last one goes by itself."""
    left = [option.id for option in options if option.id not in picked]
    for place, one in enumerate(options):
        if one.id in left and len(left) > 1:
            rest = "".join(left).replace(one.id, "") if len(left) == 2 else ""
            yield Button(letter(place), f"pick:{question.id}:{picked}{one.id}{rest}")


def _ordered(language: Language, question: Question, picked: str) -> list[Button]:
    """Return the buttons that take the order back and, once it is whole, hand it in."""
    _ = translator(language)
    again = [Button(_("Start over"), f"pick:{question.id}:")] if picked else []
    is_whole = len(picked) == len(question.options)
    return again + (_done(language, question, picked) if is_whole else [])


def compare(language: Language, question: Question, picked: str = "", note: str = "") -> Reply:
    """Return the key points of an explain question, to tick those that one's own words made.

    note: why nobody else says what is in them.
    """
    _ = translator(language)
    assert question.rubric
    points = [
        f"{_box(one in picked)} **{letter(place)}.** {point[language]}"
        for place, (one, point) in enumerate(zip(question.points, question.rubric, strict=True))
    ]
    parts = [
        _("**Thank you! Now compare: which of these did you say?** Tick them, then press Done."),
        "\n".join(points),
        italic(_("Was that a question? Put a question mark at its end.")),
    ]
    if note:
        parts.insert(0, italic(note))
    nothing = [] if picked else [Button(_("None of them"), f"quiz:{question.id}:{NO_POINT}")]
    boxes = _boxes(question, list(question.points), picked)
    return Reply("\n\n".join(parts), (*boxes, *nothing, *_done(language, question, picked)))


def place(language: Language, kind: QuizKind, number: int, count: int) -> str:
    """Return where in its round a question stands."""
    _ = translator(language)
    if kind == "review":
        return _("Review: {number} of {count}", number=number, count=count)
    return _("Question {number} of {count}", number=number, count=count)


def lesson_button(language: Language, lesson: Lesson) -> Button:
    """Return a button that opens a lesson."""
    return Button(cut(lesson.title[language]), f"learn:{lesson.id}")


def weak_lessons(course: Course, answers: Mapping[str, Attempt]) -> list[Lesson]:
    """Return the lessons whose questions were not all answered rightly."""
    ids = dict.fromkeys(one.lesson_id for one in answers.values() if one.score != 1)
    return [lesson for lesson in map(course.lesson, ids) if lesson]


def cut(label: str) -> str:
    """Return as much of a label as a button can show."""
    while len(label.encode()) > LABEL_BYTES:
        label = label[:-2].rstrip(" ，,:：") + "…"
    return label
