"""What a learner reads after an answer: what it was worth, and why. Pure text."""

from bot.commands.quiz_text import chosen_as_shown, letter, order_as_shown
from bot.course.model import Language, Lesson, Option, Question
from bot.learning.grading import UNSURE, Grade, grade, shown_options
from bot.learning.records import Attempt, Tally
from bot.locale import translator

RIGHT, WRONG, UNMARKED = "✓", "✗", "•"


def feedback(language: Language, question: Question, seed: int, response: str, given: Grade) -> str:
    """Return what the answer was worth and why, for every option that the learner got wrong."""
    opening = _opening(language, question, given)
    if said := _said(language, question, seed, response):
        opening += f"\n{said}"
    return "\n\n".join([opening, *_explanations(language, question, seed, response, given)])


def _opening(language: Language, question: Question, given: Grade) -> str:
    _ = translator(language)
    if question.numeric and given.outcome == "partly":
        return _("🟡 Not far off: within a factor of ten.")
    if question.rubric and given.outcome != "unsure":
        return {
            "right": _("✅ You made every key point."),
            "partly": _("🟡 You covered some of the key points."),
            "wrong": _("❌ The key points are still to come."),
        }[given.outcome]
    return {
        "right": _("✅ Right!"),
        "partly": _("🟡 Partly right."),
        "wrong": _("❌ Not quite."),
        "unsure": _("🤔 Fair enough: not knowing costs nothing."),
    }[given.outcome]


def _said(language: Language, question: Question, seed: int, response: str) -> str:
    """Return what was answered, where the explanations do not show it."""
    _ = translator(language)
    if response == UNSURE:
        return ""
    if question.numeric:
        return _("You said {number}.", number=f"{float(response):,.10g}")
    if question.kind == "multi":
        return _("You chose: {letters}", letters=chosen_as_shown(question, seed, response))
    if question.order:
        return _("Your order: {letters}", letters=order_as_shown(question, seed, response))
    return ""


def _explanations(
    language: Language, question: Question, seed: int, response: str, given: Grade
) -> list[str]:
    if question.numeric:
        return [_numeric_key(language, question)]
    if question.order:
        return _right_order(language, question, seed, response)
    if question.rubric:
        return _key_points(language, question, response)
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


def _right_order(language: Language, question: Question, seed: int, response: str) -> list[str]:
    """Return the right order, and why the first option that stood elsewhere belongs where it is."""
    _ = translator(language)
    assert question.order
    assert question.answer
    options = {option.id: option for option in question.options}
    letters = order_as_shown(question, seed, "".join(question.order))
    steps = [
        f"{number}. {options[option_id].text[language]}"
        for number, option_id in enumerate(question.order, 1)
    ]
    parts = [
        _("**The right order: {letters}**", letters=letters) + "\n" + "\n".join(steps),
        question.answer[language],
    ]
    pairs = zip(question.order, response, strict=False)
    elsewhere = [right for right, given in pairs if given not in (right, UNSURE)]
    if elsewhere:
        shown = shown_options(question, seed)
        first = _explanation(language, question, shown, options[elsewhere[0]], UNMARKED)
        parts.insert(0, first)
    return parts


def _key_points(language: Language, question: Question, response: str) -> list[str]:
    """Return the key points, each with whether the learner made it, and the model answer."""
    _ = translator(language)
    assert question.rubric
    assert question.answer
    points = []
    for point, text in zip(question.points, question.rubric, strict=True):
        mark = RIGHT if point in response else WRONG
        points.append(f"{UNMARKED if response == UNSURE else mark} {text[language]}")
    answer = question.answer[language]
    return ["\n".join(points), _("**One way to say it:** {answer}", answer=answer)]


def _explanation(
    language: Language, question: Question, options: list[Option], option: Option, mark: str = ""
) -> str:
    _, explained = translator(language), option.explanation[language]
    text = f"{letter(options.index(option))}. {option.text[language]}"
    if question.kind == "true_false" and option.correct:
        # "✓ False" under "Right!" reads like a contradiction.
        return "\n".join([_("**The answer: {answer}**", answer=option.text[language]), explained])
    if question.kind == "true_false":
        text = option.text[language]
    return f"{mark or (RIGHT if option.correct else WRONG)} **{text}**\n{explained}"


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
    try:
        given = grade(question, response)
    except ValueError:  # the question was another one when it was answered
        return told
    again = _explanations(language, question, attempt.seed, response, given)
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
