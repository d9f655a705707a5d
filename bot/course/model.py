"""The course as the program knows it: frozen, validated, and shaped like the published export.

The files under lessons/ are read into these types by `bot.course.loader`; docs/lesson-format.md
shows the files. A field that a language has twice is a `Localized`.
"""

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=32)]
Prose = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
QuestionKind = Literal["single", "multi", "true_false", "numeric", "order", "explain"]


class Content(BaseModel):
    """Base of everything that is read from lessons/: unknown fields are faults, values fixed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Localized(Content):
    """The same thing said in both languages, each written for its own readers."""

    zh: Prose
    en: Prose

    def __getitem__(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


TRUE_FALSE = [Localized(zh="对", en="True"), Localized(zh="错", en="False")]
"""The options of every true/false question, in the order in which typed words are read."""


class Essay(Content):
    """One of the essays that the course is made from; `author` is None where none is given."""

    id: Slug
    title: str
    author: str | None


class Idea(Content):
    """One idea of an essay. `note`: the essay is imprecise there, so a teacher's note is due."""

    essay: Slug
    note: bool = False


class Module(Content):
    id: Slug
    title: Localized
    lessons: tuple[Slug, ...]


class Term(Content):
    """One entry of the glossary."""

    term: Localized
    definition: Localized


class Note(Content):
    """A teacher's note: the claim of the essay, what is true, and where to look it up."""

    idea: Slug
    claim: Localized
    fact: Localized
    source: Prose
    checked_on: date


class Source(Content):
    """Where in which essay a lesson's ideas stand. `section` is a heading of the essay."""

    essay: Slug
    section: Prose


class Option(Content):
    """One answer to choose. `misconception` tags the real error that a wrong option stands for."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-h]$")]
    text: Localized
    correct: bool = False
    explanation: Localized
    misconception: Slug | None = None


class Numeric(Content):
    """The answer to an estimate: every value from `low` to `high` is right."""

    value: float
    low: float
    high: float
    unit: str = ""

    @model_validator(mode="after")
    def _is_in_order(self) -> "Numeric":
        if not self.low <= self.value <= self.high:
            raise ValueError("needs low <= value <= high")
        return self


HINTS_TO_EXPLAIN = 2
"""An explain question offers so many hints before it is answered."""

_FIELDS: dict[str, set[str]] = {
    "numeric": {"numeric", "answer"},
    "order": {"options", "order", "answer"},
    "explain": {"rubric", "answer"},
}
"""What a question of this kind has besides its stem; the other kinds have options alone."""


class Question(Content):
    """One question. Its id is `LESSON:N` in the whole course and N in the lesson's own file.

    options: what to choose from, or what to put in order; none for numeric and explain.
    order: the ids of an order question's options, first to last.
    rubric: the key points that a good explanation makes; their letters are a, b, c, ...
    answer: the explanation of a number or of an order, or the model answer to explain.
    hints: what is shown on request, one after the other, before the answer.
    """

    id: str
    kind: QuestionKind
    covers: tuple[Slug, ...] = Field(min_length=1)
    stem: Localized
    options: tuple[Option, ...] = ()
    numeric: Numeric | None = None
    order: tuple[str, ...] | None = None
    rubric: Annotated[tuple[Localized, ...], Field(min_length=2, max_length=4)] | None = None
    answer: Localized | None = None
    hints: tuple[Localized, ...] = ()

    @property
    def lesson_id(self) -> str:
        return self.id.partition(":")[0]

    @cached_property
    def key(self) -> frozenset[str]:
        """The ids of the correct options."""
        return frozenset(option.id for option in self.options if option.correct)

    @property
    def points(self) -> tuple[str, ...]:
        """The letters of the rubric's key points."""
        return tuple("abcd"[: len(self.rubric or ())])

    @model_validator(mode="after")
    def _can_be_graded(self) -> "Question":
        self._check_fields()
        if self.options:
            self._check_options()
        if self.hints and self.kind in ("multi", "order"):
            raise ValueError(f"a question of kind {self.kind} has no hints")
        if self.kind == "explain" and len(self.hints) != HINTS_TO_EXPLAIN:
            raise ValueError("an explain question has two hints")
        return self

    def _check_fields(self) -> None:
        """The kind decides which fields are there, and no others may be."""
        needed = _FIELDS.get(self.kind, {"options"})
        for name in ("options", "numeric", "order", "rubric", "answer"):
            if name in needed and not getattr(self, name):
                fields = " and ".join(f"`{field}`" for field in sorted(needed))
                raise ValueError(f"a question of kind {self.kind} has {fields}")
            if name not in needed and getattr(self, name):
                raise ValueError(f"a question of kind {self.kind} has no `{name}`")

    def _check_options(self) -> None:
        ids = [option.id for option in self.options]
        if ids != sorted(set(ids)):
            raise ValueError(f"option ids must be different and in order, not {', '.join(ids)}")
        if self.kind == "true_false" and [one.text for one in self.options] != TRUE_FALSE:
            raise ValueError("the options of a true_false question are 对 / True, then 错 / False")
        if self.kind != "true_false" and len(ids) < 3:
            raise ValueError(f"a question of kind {self.kind} has at least three options")
        right = len(self.key)
        if self.kind == "multi" and right < 2:
            raise ValueError("a multi question has at least two correct options")
        if self.kind in ("single", "true_false") and right != 1:
            raise ValueError(f"a {self.kind} question has one correct option, not {right}")
        if self.order is not None and (right or sorted(self.order) != ids):
            raise ValueError("`order` names each option once, and none of them is `correct`")


class Phrasings(Content):
    """The same thing put in several ways, in each language."""

    zh: tuple[Prose, ...] = Field(min_length=1)
    en: tuple[Prose, ...] = Field(min_length=1)

    def __getitem__(self, language: str) -> tuple[str, ...]:
        return self.zh if language == "zh" else self.en


class Asks(Phrasings):
    """Questions as real people put them about a lesson; they help retrieval."""

    zh: tuple[Prose, ...] = Field(min_length=6)
    en: tuple[Prose, ...] = Field(min_length=6)


class Myth(Content):
    """A false belief about what a lesson teaches, in the words of those who hold it, and the truth.

    `tag` is the misconception of the options that stand for the same error.
    """

    says: Phrasings
    truth: Localized
    tag: Slug | None = None


class Answered(Content):
    """What people ask about a lesson, in their words, and the answer to it."""

    asks: Phrasings
    answer: Localized


class Lesson(Content):
    """One lesson.

    example: one more example, told on request. probes: a question that leads to each key point of
    the explain question. myths: what people believe about it that is not so. answers: to what they
    ask. These four are what the tutor uses in a conversation; the export leaves them out.
    """

    id: Slug
    module: Slug
    title: Localized
    objective: Localized
    hook: Localized
    body: Localized
    simpler: Localized
    deeper: Localized
    analogy_limit: Localized | None = None
    notes: tuple[Note, ...] = ()
    sources: tuple[Source, ...] = Field(min_length=1)
    covers: tuple[Slug, ...] = Field(min_length=1)
    concepts: tuple[Prose, ...] = Field(min_length=1)
    prerequisites: tuple[Slug, ...] = ()
    lab: Slug | None = None
    asks: Asks
    questions: tuple[Question, ...] = Field(min_length=1)
    example: Localized | None = Field(default=None, exclude=True)
    probes: tuple[Localized, ...] = Field(default=(), exclude=True)
    myths: tuple[Myth, ...] = Field(default=(), exclude=True)
    answers: tuple[Answered, ...] = Field(default=(), exclude=True)

    @property
    def check_question(self) -> Question:
        """The one question asked right under the lesson: the first of its file."""
        return self.questions[0]

    @property
    def explain_question(self) -> Question | None:
        """The first question that lets the learner explain the lesson."""
        return next((one for one in self.questions if one.kind == "explain"), None)

    @model_validator(mode="after")
    def _probes_each_point(self) -> "Lesson":
        asked = self.explain_question
        if self.probes and len(self.probes) != len(asked.points if asked else ()):
            raise ValueError("`probes` has one question for each key point of the explain question")
        return self


class Course(Content):
    """Everything under lessons/, with the look-ups that the tutor needs.

    `ideas` is what the linter holds the lessons against; the export leaves it out.
    """

    course: Slug
    version: str
    essays: tuple[Essay, ...]
    modules: tuple[Module, ...]
    glossary: tuple[Term, ...]
    lessons: tuple[Lesson, ...]
    ideas: dict[str, Idea] = Field(default_factory=dict, exclude=True)

    @cached_property
    def _lessons(self) -> dict[str, Lesson]:
        return {lesson.id: lesson for lesson in self.lessons}

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {lesson.id: number for number, lesson in enumerate(self.lessons, 1)}

    @cached_property
    def _questions(self) -> dict[str, Question]:
        return {question.id: question for lesson in self.lessons for question in lesson.questions}

    @cached_property
    def _essays(self) -> dict[str, Essay]:
        return {essay.id: essay for essay in self.essays}

    @cached_property
    def _terms(self) -> dict[str, Term]:
        return {term.term.en: term for term in self.glossary}

    def lesson(self, lesson_id: str) -> Lesson | None:
        return self._lessons.get(lesson_id)

    def question(self, question_id: str) -> Question | None:
        return self._questions.get(question_id)

    def module(self, module_id: str) -> Module | None:
        return next((module for module in self.modules if module.id == module_id), None)

    def essays_of(self, lesson: Lesson) -> list[Essay]:
        """The essays that a lesson credits, each once, in the order of its sources."""
        return [self._essays[essay] for essay in dict.fromkeys(s.essay for s in lesson.sources)]

    def essay_of(self, note: Note) -> Essay | None:
        """The essay that a note is about."""
        return self._essays.get(self.ideas[note.idea].essay) if note.idea in self.ideas else None

    def terms_of(self, lesson: Lesson) -> list[Term]:
        """The glossary's entries for the lesson's concepts, in the lesson's order."""
        return [self._terms[concept] for concept in lesson.concepts if concept in self._terms]

    def number(self, lesson: Lesson) -> int:
        """The lesson's place in the order of the course, from 1."""
        return self._numbers[lesson.id]

    def after(self, lesson: Lesson) -> Lesson | None:
        """The lesson that follows in the order of the course, None after the last."""
        following = self.lessons[self.number(lesson) :]
        return following[0] if following else None

    def in_module(self, module: Module) -> Iterable[Lesson]:
        return (self._lessons[lesson_id] for lesson_id in module.lessons)
