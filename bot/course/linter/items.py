"""Bars on single questions, and on no two of them being the same."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from math import inf

from bot.course.fault import Fault
from bot.course.linter.passages import explanations, passages, questions
from bot.course.linter.text import misfit, plain, width
from bot.course.linter.where import Where
from bot.course.model import LANGUAGES, Course

OPTION_RATIO = 1.6
LONG_OPTION = 8
EXPLANATION = {"zh": (25, 110), "en": (15, 60)}
KEY_POINT = {"zh": (8, 50), "en": (5, 30)}
TAGGED = 0.6

# Telegram's limits for a quiz poll, in characters.
POLL_STEM, POLL_OPTION = 300, 100
SIMILARITY = 0.8
SHARED = 0.3
"""Two stems that share no more of their triples of letters are not looked at closely: with one
letter in five replaced, the worst that still counts as similar, they share two fifths."""

_NO = r"(?:not|never|no|none|nothing|cannot|\w+n['’]t)"
BANNED = {
    "all or none of the above": re.compile(
        r"\b(?:all|none|both|neither|any) of (?:the )?(?:above|below)\b|以上[都皆均全]",
        re.IGNORECASE,
    ),
    # Two negations in one clause. `是不是不` is a plain question.
    "a double negative": re.compile(
        rf"\b{_NO}\b[^,.;:?!—]*\b{_NO}\b|(?<!是)不是不|并非不|不能不|不会不|没有不", re.IGNORECASE
    ),
}


def option_lengths(course: Course, where: Where) -> Iterator[Fault]:
    for lesson, loc, question in questions(course):
        for language in LANGUAGES if question.options else ():
            sizes = [width(plain(option.text[language])) for option in question.options]
            ratio = max(sizes) / max(1, min(sizes))
            if max(sizes) >= LONG_OPTION and ratio > OPTION_RATIO:
                message = f"{language} options are {min(sizes)} to {max(sizes)} characters long"
                message += f": ratio {ratio:.2f}, at most {OPTION_RATIO}"
                at = (*loc, "options", sizes.index(max(sizes)), "text", language)
                yield where.lesson(lesson, at, message)


def explanation_lengths(course: Course, where: Where) -> Iterator[Fault]:
    for passage in explanations(course):
        for language in LANGUAGES:
            bar = EXPLANATION[language]
            if message := misfit(passage.text[language], language, bar, "explanation"):
                yield where.lesson(passage.lesson, (*passage.loc, language), message)


def key_point_lengths(course: Course, where: Where) -> Iterator[Fault]:
    """Short enough to be ticked at a glance."""
    for lesson, loc, question in questions(course):
        for index, point in enumerate(question.rubric or ()):
            for language in LANGUAGES:
                if message := misfit(point[language], language, KEY_POINT[language], "key point"):
                    yield where.lesson(lesson, (*loc, "rubric", index, language), message)


def fits_a_poll(course: Course, where: Where) -> Iterator[Fault]:
    """In a group a question is asked as the platform's own poll."""
    for passage in passages(course):
        limit = {"stem": POLL_STEM, "text": POLL_OPTION}.get(str(passage.loc[-1]), inf)
        for language in LANGUAGES:
            size = len(passage.text[language])
            if size > limit:
                message = f"{language} {passage.loc[-1]} has {size} characters, at most {limit}"
                yield where.lesson(passage.lesson, (*passage.loc, language), message)


def explanations_unique(course: Course, where: Where) -> Iterator[Fault]:
    for language in LANGUAGES:
        seen: dict[str, str] = {}
        for passage in explanations(course):
            text = "".join(passage.text[language].casefold().split())
            if text in seen:
                message = f"{language} explanation is the same as one in `{seen[text]}`"
                yield where.lesson(passage.lesson, (*passage.loc, language), message)
            seen.setdefault(text, passage.lesson.id)


def banned_phrases(course: Course, where: Where) -> Iterator[Fault]:
    for passage in passages(course):
        if passage.loc[-1] not in ("stem", "text"):
            continue
        for language in LANGUAGES:
            for what, pattern in BANNED.items():
                match = pattern.search(passage.text[language])
                if match:
                    message = f"{what}: `{match[0]}`; say it another way"
                    yield where.lesson(passage.lesson, (*passage.loc, language), message)


def distractor_tags(course: Course, where: Where) -> Iterator[Fault]:
    for lesson in course.lessons:
        # An option to put in its place is not a wrong one.
        chosen = [question for question in lesson.questions if question.order is None]
        wrong = [o for question in chosen for o in question.options if not o.correct]
        tagged = sum(option.misconception is not None for option in wrong)
        if tagged < TAGGED * len(wrong):
            message = f"{tagged} of {len(wrong)} wrong options have a `misconception`"
            yield where.lesson(lesson, ("questions",), f"{message}, at least {TAGGED:.0%}")


def similar_stems(course: Course, where: Where) -> Iterator[Fault]:
    stems = [passage for passage in passages(course) if passage.loc[-1] == "stem"]
    for language in LANGUAGES:
        texts = [stem.text[language].casefold() for stem in stems]
        triples = [{text[i : i + 3] for i in range(len(text) - 2)} for text in texts]
        for index, stem in enumerate(stems):
            matcher = SequenceMatcher(b=texts[index], autojunk=False)  # it keeps an index of `b`
            for other in range(index):
                shared = len(triples[index] & triples[other])
                if shared <= SHARED * max(len(triples[index]), len(triples[other])):
                    continue
                matcher.set_seq1(texts[other])
                if (ratio := matcher.ratio()) > SIMILARITY:
                    twin = stems[other].lesson.questions[int(stems[other].loc[1])].id
                    message = f"{language} stem is {ratio:.2f} like {twin}, at most {SIMILARITY}"
                    yield where.lesson(stem.lesson, (*stem.loc, language), message)
