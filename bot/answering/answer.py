"""Answers a follow-up question: from an endpoint with the course's passages, or from them alone."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final, Literal, NamedTuple

from bot.answering import offline, prompt, tokens, ways_on
from bot.answering.citations import Citations
from bot.answering.found import Found
from bot.answering.guard import TAIL, may_link, reveals_rules, without_links
from bot.answering.meaning import Meaning
from bot.answering.passages import Passage
from bot.answering.retrieval import Retriever
from bot.answering.smalltalk import Smalltalk, smalltalk
from bot.answering.writer import FREE, Unwritten, Waiting, Why, Writer
from bot.course.model import Language
from bot.locale import translator
from bot.ports import Message, Purse, Usage

PASSAGES: Final = 6
SHARES: Final = (3, 2, 1)
"""Passages that an endpoint gets to answer from, and how many of each of the likeliest lessons."""

_CANDIDATES: Final = 12
"""Passages among which the course's own answer finds its sentences."""

_STEP: Final = 40
"""Characters that come before an answer in the making is looked through and shown again."""

_NOTHING: Final = Usage(0, 0)


class Citation(NamedTuple):
    """A passage that an answer rests on. `lesson` is "" for a term that no lesson teaches."""

    lesson: str
    title: str
    passage: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer.

    text: Markdown; each [n] in it, but for code, is the n-th of `citations`.
    more: what stands under an answer of the course: its lessons, others like it, what to ask next.
    citations: best first; empty where an endpoint cited none of what it was given.
    next_question: one that the course answers.
    declined: the question is not about language models, or it is a greeting and none at all.
    covered: the course has something on it; if not, offline, `citations` are the nearest lessons.
    why: why a language model that is there wrote nothing, or not to the end.
    usage: tokens that the endpoint was asked for; (0, 0) where it gave nothing.
    """

    text: str
    more: str = ""
    citations: tuple[Citation, ...] = ()
    next_question: str = ""
    declined: bool = False
    covered: bool = True
    source: Literal["endpoint", "offline"] = "offline"
    why: Why | None = None
    usage: Usage = _NOTHING

    @property
    def whole(self) -> str:
        """The text with what stands under it."""
        return f"{self.text}\n\n{self.more}" if self.more else self.text


class _Ask(NamedTuple):
    """A question with all that it takes to answer it.

    asked: the questions of the conversation, this one last. said: the answers before it.
    """

    language: Language
    found: Found
    asked: list[str]
    said: str
    prompt: list[Message]


class Answerer:
    """Answers questions about one course, with the writer's words or, without one, the course's.

    It is made of what finds the passages, by words and, if there is one, by meaning, and of what
    writes, if anything does.
    """

    def __init__(
        self,
        retriever: Retriever,
        writer: Writer | None = None,
        meaning: Meaning | None = None,
    ) -> None:
        self._course = retriever.course
        self._retriever = retriever
        self._meaning = meaning
        self._writer = writer

    async def prepare(self) -> None:
        """Wait until questions are found by meaning as well, where they can be."""
        if self._meaning:
            await self._meaning.made()

    async def answer(
        self,
        question: str,
        language: Language,
        *,
        history: Sequence[Message] = (),
        lesson_id: str | None = None,
        purse: Purse = FREE,
    ) -> AsyncGenerator[str | Waiting | Answer]:
        """Yield drafts, each the whole text so far, and last the `Answer`.

        history: the conversation before the question, oldest first.
        lesson_id: the lesson that the learner is in. purse: who pays for what is written.
        """
        if said := smalltalk(question):
            yield Answer(_returned(said, language), declined=True)
            return
        near = await self._meaning.near(question) if self._meaning else None
        ask = await asyncio.to_thread(self._look_up, question, language, history, lesson_id, near)
        if not ask.found.on_topic:
            yield Answer(_decline(language), declined=True)
        elif self._writer is None:
            yield await asyncio.to_thread(self._offline, ask)
        else:
            async with aclosing(self._written(ask, self._writer, purse)) as parts:
                async for part in parts:
                    yield part

    def _look_up(
        self,
        question: str,
        language: Language,
        history: Sequence[Message],
        lesson_id: str | None,
        near: Mapping[str, float] | None,
    ) -> _Ask:
        """The first call builds the index (half a second): not on the event loop."""
        previous = [one.content for one in history if one.role == "user"]
        said = "\n".join(one.content for one in history if one.role == "assistant")
        found = self._retriever.find(
            question,
            language,
            previous=previous,
            lesson_id=lesson_id,
            near=near,
            limit=_CANDIDATES,
        )
        if self._writer is None or not found.on_topic:
            return _Ask(language, found, [*previous, question], said, [])
        self._writer.load()
        messages = prompt.build(
            question,
            _given(found, language),
            history,
            language,
            limit=self._writer.prompt_tokens,
            count=tokens.count,
        )
        return _Ask(language, found, [*previous, question], said, messages)

    async def _written(
        self, ask: _Ask, writer: Writer, purse: Purse
    ) -> AsyncGenerator[str | Waiting | Answer]:
        telling = _Telling(ask)
        try:
            async with aclosing(writer.write(ask.prompt, purse)) as parts:
                async for part in parts:
                    if isinstance(part, Waiting):
                        yield part
                    elif isinstance(part, Usage):
                        telling.usage = part
                    elif telling.add(part):
                        yield telling.text
        except Unwritten as fault:
            yield await asyncio.to_thread(self._after, ask, telling, fault.why)
        else:
            yield self._with_next(ask, telling.finished())

    def _after(self, ask: _Ask, telling: "_Telling", why: Why) -> Answer:
        """What becomes of an answer that was not written, or not to its end."""
        return telling.cut_off(why) if telling.has_text else replace(self._offline(ask), why=why)

    def _offline(self, ask: _Ask) -> Answer:
        """Let the course itself answer."""
        if not ask.found.covered:
            return _not_yet(ask)

        text, told = offline.compose(
            ask.found, lambda one: self._terms(ask, one), ask.language, ask.said
        )
        homes = {one.lesson_id for one in told}
        others = [one for one in offline.nearest(ask.found) if one.lesson_id not in homes]
        cited = [*told, *others][: ways_on.LESSONS]
        sources = ways_on.sources(cited, len(told), ask.language)
        answer = self._with_next(ask, Answer(text, sources, _cited(cited)))
        if not answer.next_question:
            return answer
        _ = translator(ask.language)
        following = _("You could ask next: {question}", question=answer.next_question)
        return replace(answer, more=f"{sources}\n{following}")

    def _with_next(self, ask: _Ask, answer: Answer) -> Answer:
        """Add what could be asked next, about the lesson that the answer rests on."""
        home = answer.citations[0].lesson if answer.citations else None
        following = ways_on.next_question(
            self._course, home, ask.language, ask.asked, lambda text: self._terms(ask, text)
        )
        return replace(answer, next_question=following)

    def _terms(self, ask: _Ask, text: str) -> list[str]:
        return self._retriever.terms(text, ask.language)


class _Telling:
    """An answer in the making."""

    def __init__(self, ask: _Ask) -> None:
        self.text = ""
        self.usage: Usage | None = None
        self._raw = ""
        self._links = self._leaks = False
        self._unseen = _STEP  # the first words are shown at once
        self._ask = ask
        self._passages = _given(ask.found, ask.language)
        self._citations = Citations(len(self._passages))

    @property
    def has_text(self) -> bool:
        return bool(self._raw.strip())

    def add(self, piece: str) -> bool:
        """Tell whether there is more to show now."""
        more = self._citations.feed(piece)
        self._raw = (self._raw + more).lstrip()
        self._unseen += len(more)
        if self._unseen < _STEP or not self._raw:
            return False
        self._links = self._links or may_link(self._raw, len(self._raw) - self._unseen)
        self.text = without_links(self._raw) if self._links else self._raw
        self._leaks = self._leaks or reveals_rules(self.text[-TAIL - self._unseen :])
        self._unseen = 0
        return bool(self.text) and not self._leaks

    def finished(self) -> Answer:
        self.text = without_links(self._raw + self._citations.rest()).strip()
        usage = self.usage or self._count()
        if reveals_rules(self.text):
            return Answer(_decline(self._ask.language), declined=True, usage=usage)
        cited = [self._passages[place] for place in self._citations.cited]
        return Answer(self.text, citations=_cited(cited), source="endpoint", usage=usage)

    def cut_off(self, why: Why) -> Answer:
        answer = self.finished()
        if answer.declined:
            return answer
        _ = translator(self._ask.language)
        told = _("The answer was cut off here.")
        return replace(answer, text=f"{answer.text}\n\n*{told}*", why=why)

    def _count(self) -> Usage:
        return Usage(tokens.count_messages(self._ask.prompt), tokens.count(self.text))


def _given(found: Found, language: Language) -> list[Passage]:
    """The passages that an endpoint answers from: what answers already, then the best of the
    likeliest lessons."""
    first = [one for one in (found.definition, found.answer) if one]
    if found.belief:
        first.insert(0, offline.correction(found.belief, found.hits[0].passage, language))
    of_lessons = {
        name: [hit.passage for hit in found.hits if hit.passage.lesson_id == name][:share]
        for name, share in zip(found.lessons, SHARES, strict=False)
    }
    return list(dict.fromkeys([*first, *chain.from_iterable(of_lessons.values())]))[:PASSAGES]


def _decline(language: Language) -> str:
    _ = translator(language)
    return _("That is outside what I teach. About language models, though, ask away!")


def _returned(said: Smalltalk, language: Language) -> str:
    """Return an answer in kind."""
    _ = translator(language)
    match said:
        case "thanks":
            return _("You are welcome! Ask on whenever you like.")
        case "bye":
            return _("See you! I remember where you are.")
        case _:
            return _(
                "Hello! I teach how large language models work: read a lesson with /learn, "
                "or ask me anything about them."
            )


def _not_yet(ask: _Ask) -> Answer:
    """An honest answer to a question that belongs here and that no lesson covers."""
    _ = translator(ask.language)
    nearest = offline.nearest(ask.found)
    if not nearest:
        return Answer(_("Good question, but the course has nothing on it yet."), covered=False)
    lessons = ("、" if ask.language == "zh" else ", ").join(one.title for one in nearest)
    told = _(
        "Good question, but the course has nothing on it yet. Closest to it: {lessons}",
        lessons=lessons,
    )
    return Answer(told, citations=_cited(nearest), covered=False)


def _cited(passages: Sequence[Passage]) -> tuple[Citation, ...]:
    return tuple(Citation(one.lesson_id or "", one.title, one.text) for one in passages)
