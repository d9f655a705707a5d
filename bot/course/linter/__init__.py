"""Holds a course against the bars of a good lesson that a script can check.

Each check is a generator `(course, where) -> faults` in CHECKS; a new bar is one function there.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from bot.course.fault import Fault
from bot.course.linter import answers, bank, copying, items, lessons, prose, tutor
from bot.course.linter.where import Where
from bot.course.loader import CourseError, load
from bot.course.model import Course

Check = Callable[[Course, Where], Iterator[Fault]]

CHECKS: tuple[Check, ...] = (
    prose.lengths,
    prose.longest_sentence,
    prose.mean_sentence,
    prose.readability,
    prose.parity,
    prose.links,
    prose.punctuation,
    prose.number_agreement,
    prose.bold_terms,
    lessons.notes_due,
    lessons.notes_once,
    lessons.ideas_taught,
    lessons.ideas_asked,
    lessons.ideas_of_the_lesson,
    lessons.prerequisites_first,
    lessons.question_mix,
    lessons.asks,
    lessons.check_message_size,
    lessons.titles_fit,
    lessons.terms_used,
    lessons.glossary,
    items.option_lengths,
    items.explanation_lengths,
    items.key_point_lengths,
    items.fits_a_poll,
    items.explanations_unique,
    items.banned_phrases,
    items.distractor_tags,
    items.similar_stems,
    bank.kinds,
    bank.key_length,
    bank.key_position,
    bank.true_share,
    bank.guessing,
    tutor.example_lengths,
    tutor.myths,
    tutor.probes,
    answers.lengths,
    answers.ask_lengths,
    answers.asked_once,
)


def check(folder: Path) -> list[Fault]:
    """Everything wrong with the course in `folder`, by file and line; [] for a sound course."""
    try:
        course = load(folder)
    except CourseError as error:
        return list(error.faults)
    where = Where(folder)
    return sorted({fault for check in CHECKS for fault in check(course, where)})


def copied(course: Course, essays_dir: Path, folder: Path = Path("lessons")) -> list[Fault]:
    """What `course`, read from `folder`, copies from the essays in `essays_dir`."""
    return sorted(copying.copied(course, Where(folder), essays_dir))
