"""How questions and their feedback look in a chat: pure text."""

from collections.abc import Iterator

from bot.commands.markup import italic
from bot.course.model import Language, Lesson, Option, Question
from bot.learning.grading import UNSURE, Grade, grade, shown_options
from bot.learning.records import Attempt, Tally
from bot.locale import translator
from bot.messages import Button, Reply

LABEL_BYTES = 40
TICKED, UNTICKED = "☑", "☐"


def ask(
    language: Language,
    question: Question,
    seed: int,
    ticked: frozenset[str] = frozenset(),
) -> Reply:
    """Return the question with a button for every answer."""
    _ = translator(language)
    lines = [f"**{question.stem[language]}**"]
    if question.kind == "multi":
        lines.append(italic(_("Choose all that apply, then press Done.")))
    if question.numeric:
        unit = f" ({question.numeric.unit})" if question.numeric.unit else ""
        lines.append(italic(_("Type a number{unit}, or “not sure”.", unit=unit)))
    elif question.kind != "true_false":
        lines += ["\n".join(_lines(language, question, seed, ticked))]
    return Reply(
        "\n\n".join(lines),
        _answer_buttons(language, question, seed, ticked),
        expects_number=question.kind == "numeric",
    )


def _lines(language: Language, question: Question, seed: int, ticked: frozenset[str]) -> list[str]:
    return [
        f"{f'{_box(option.id in ticked)} ' if question.kind == 'multi' else ''}"
        f"**{letter(place)}.** {option.text[language]}"
        for place, option in enumerate(shown_options(question, seed))
    ]


def _box(is_ticked: bool) -> str:
    return TICKED if is_ticked else UNTICKED


def letter(place: int) -> str:
    """Return the name under which the option at this place is shown: A, B, C, ..."""
    return chr(ord("A") + place)


def _answer_buttons(
    language: Language, question: Question, seed: int, ticked: frozenset[str]
) -> tuple[Button, ...]:
    _ = translator(language)
    unsure = Button(_("Not sure"), f"quiz:{question.id}:{UNSURE}")
    options = shown_options(question, seed)
    if question.kind == "multi":
        return (*_boxes(question, options, ticked), unsure, *_done(language, question, ticked))
    return (
        *(
            Button(_label(language, question, place, one), f"quiz:{question.id}:{one.id}")
            for place, one in enumerate(options)
        ),
        unsure,
    )


def _label(language: Language, question: Question, place: int, option: Option) -> str:
    return option.text[language] if question.kind == "true_false" else letter(place)


def _boxes(question: Question, options: list[Option], ticked: frozenset[str]) -> Iterator[Button]:
    """Yield a button for each option that ticks it, or takes the tick away."""
    for place, one in enumerate(options):
        then = "".join(sorted(ticked ^ {one.id}))
        yield Button(f"{_box(one.id in ticked)} {letter(place)}", f"pick:{question.id}:{then}")


def _done(language: Language, question: Question, ticked: frozenset[str]) -> list[Button]:
    """Return the button that hands in the ticks, last so that the others stay in their places."""
    _ = translator(language)
    chosen = "".join(sorted(ticked))
    return [Button(_("Done"), f"quiz:{question.id}:{chosen}")] if ticked else []


def place(language: Language, number: int, count: int) -> str:
    """Return where in its round a question stands."""
    _ = translator(language)
    return _("Question {number} of {count}", number=number, count=count)


def feedback(language: Language, question: Question, seed: int, response: str, given: Grade) -> str:
    """Return what the answer was worth and why, for every option that the learner got wrong."""
    _ = translator(language)
    opening = {
        "right": _("✅ Right!"),
        "partly": _("🟡 Partly right."),
        "wrong": _("❌ Not quite."),
        "unsure": _("🤔 Fair enough: not knowing costs nothing."),
    }[given.outcome]
    if question.numeric and given.outcome == "partly":
        opening = _("🟡 The right order of magnitude.")
    if question.numeric and response != UNSURE:
        opening += " " + _("You said {number}.", number=f"{float(response):,.10g}")
    return "\n\n".join([opening, *_explanations(language, question, seed, response, given)])


def _explanations(
    language: Language, question: Question, seed: int, response: str, given: Grade
) -> list[str]:
    if question.numeric:
        return [_numeric_key(language, question)]
    options = shown_options(question, seed)
    chosen = frozenset() if response == UNSURE else frozenset(response)
    wrong = [one for one in options if one.id in chosen - question.key]
    right = [one for one in options if one.id in question.key]
    return [
        _explanation(language, question, options, one)
        for one in ([] if given.outcome == "right" else wrong) + right
    ]


def _numeric_key(language: Language, question: Question) -> str:
    assert question.numeric
    assert question.answer
    key = f"{question.numeric.value:,.10g} {question.numeric.unit}".strip()
    return f"**{key}**  {question.answer[language]}"


def _explanation(
    language: Language, question: Question, options: list[Option], option: Option
) -> str:
    mark = "✓" if option.correct else "✗"
    name = "" if question.kind == "true_false" else f"{letter(options.index(option))}. "
    return f"{mark} **{name}{option.text[language]}**\n{option.explanation[language]}"


def repeated(language: Language, question: Question, attempt: Attempt) -> str:
    """Return the reply to a second press: what the first was worth, and once more why."""
    _ = translator(language)
    outcome = {
        "right": _("right"),
        "partly": _("partly right"),
        "wrong": _("not right"),
        "unsure": _("“not sure”"),
    }[attempt.outcome or "unsure"]
    told = _("You answered this one before ({outcome}); it counts once.", outcome=outcome)
    response = attempt.response or UNSURE
    again = _explanations(language, question, attempt.seed, response, grade(question, response))
    return "\n\n".join([told, *again])


def result(language: Language, tally: Tally, weak: list[Lesson]) -> str:
    """Return the end of a round: what went well, and what is worth another look."""
    _ = translator(language)
    lines = [_("**Done for now.** {right} of {asked} right.", right=tally.right, asked=tally.asked)]
    if tally.partly:
        lines.append(_("Partly right: {count}.", count=tally.partly))
    if tally.unsure:
        lines.append(_("Not sure: {count}. That is honest, and costs nothing.", count=tally.unsure))
    if weak:
        titles = _(", ").join(lesson.title[language] for lesson in weak)
        lines.append(_("Worth another look: {lessons}", lessons=titles))
    return "\n".join(lines)


def lesson_button(language: Language, lesson: Lesson) -> Button:
    """Return a button that opens a lesson, its title cut to what a button can show."""
    title = lesson.title[language]
    while len(title.encode()) > LABEL_BYTES:
        title = title[:-2].rstrip(" ，,:：") + "…"
    return Button(title, f"learn:{lesson.id}")
