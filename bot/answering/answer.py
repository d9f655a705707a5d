"""Answers a follow-up question: from an endpoint with the course's passages, or from them alone."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, NamedTuple

from bot.answering import offline, prompt, tokens
from bot.answering.citations import Citations
from bot.answering.endpoint import EndpointError
from bot.answering.found import Found
from bot.answering.passages import Passage
from bot.answering.retrieval import Retriever
from bot.answering.smalltalk import Smalltalk, smalltalk
from bot.course.model import Course, Language
from bot.locale import translator
from bot.ports import Endpoint, Message, Usage

PASSAGES: Final = 5
"""Passages that an endpoint gets to answer from."""

_CANDIDATES: Final = 12
"""Passages among which the course's own answer finds its sentences."""

_NOTHING: Final = Usage(0, 0)

_log = logging.getLogger(__name__)


class Citation(NamedTuple):
    """A passage that an answer rests on. `lesson` is "" for a term that no lesson teaches."""

    lesson: str
    title: str
    passage: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer.

    text: Markdown; each [n] in it, but for code, is the n-th of `citations`.
    citations: best first; empty where an endpoint cited none of what it was given.
    declined: the question is not about language models, or it is a greeting and none at all.
    covered: the course has something on it; if not, offline, `citations` are the nearest lessons.
    fault: an endpoint is configured and failed, before the answer or in the middle of it.
    usage: tokens that the endpoint was asked for; (0, 0) where it gave nothing.
    """

    text: str
    citations: tuple[Citation, ...] = ()
    declined: bool = False
    covered: bool = True
    source: Literal["endpoint", "offline"] = "offline"
    fault: bool = False
    usage: Usage = _NOTHING


class _Ask(NamedTuple):
    """A question with all that it takes to answer it."""

    language: Language
    found: Found
    said: str
    prompt: list[Message]


class Answerer:
    """Answers questions about one course.

    context_tokens: what prompt and answer together may take. cache_dir: where the tokenizer's
    vocabulary is kept. Raises ValueError where the answer leaves no room for a prompt.
    """

    def __init__(
        self,
        course: Course,
        endpoint: Endpoint | None,
        *,
        context_tokens: int = 4096,
        answer_tokens: int = 512,
        cache_dir: Path | None = None,
    ) -> None:
        if answer_tokens >= context_tokens:
            raise ValueError("answer_tokens must be less than context_tokens")
        self._retriever = Retriever(course)
        self._endpoint = endpoint
        self._prompt_tokens = context_tokens - answer_tokens
        self._cache_dir = cache_dir

    async def answer(
        self,
        question: str,
        language: Language,
        *,
        history: Sequence[Message] = (),
        lesson_id: str | None = None,
    ) -> AsyncGenerator[str | Answer]:
        """Yield drafts, each the whole text so far, and last the `Answer`.

        history: the conversation before the question, oldest first.
        lesson_id: the lesson that the learner is in.
        """
        if said := smalltalk(question):
            yield Answer(_returned(said, language), declined=True)
            return
        ask = await asyncio.to_thread(self._look_up, question, language, history, lesson_id)
        if not ask.found.on_topic:
            yield Answer(_decline(language), declined=True)
        elif self._endpoint is None:
            yield await asyncio.to_thread(self._offline, ask)
        else:
            async with aclosing(self._streamed(ask, self._endpoint)) as parts:
                async for part in parts:
                    yield part

    def _look_up(
        self,
        question: str,
        language: Language,
        history: Sequence[Message],
        lesson_id: str | None,
    ) -> _Ask:
        """The first call builds the index (half a second): not on the event loop."""
        previous = [one.content for one in history if one.role == "user"]
        said = "\n".join(one.content for one in history if one.role == "assistant")
        found = self._retriever.find(
            question, language, previous=previous, lesson_id=lesson_id, limit=_CANDIDATES
        )
        if self._endpoint is None or not found.on_topic:
            return _Ask(language, found, said, [])
        tokens.encoding(self._cache_dir)
        messages = prompt.build(
            question,
            _given(found),
            history,
            language,
            limit=self._prompt_tokens,
            count=tokens.count,
        )
        return _Ask(language, found, said, messages)

    async def _streamed(self, ask: _Ask, endpoint: Endpoint) -> AsyncGenerator[str | Answer]:
        telling = _Telling(ask)
        stream = endpoint.stream(ask.prompt)
        try:
            async for part in stream:
                if isinstance(part, Usage):
                    telling.usage = part
                elif telling.add(part):
                    yield telling.text
        except EndpointError as fault:
            _log.warning("The endpoint failed: %s", fault.reason)
            yield await asyncio.to_thread(self._after, ask, telling)
        else:
            yield telling.finished()
        finally:
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()

    def _after(self, ask: _Ask, telling: "_Telling") -> Answer:
        """What becomes of an answer whose endpoint failed."""
        return telling.cut_off() if telling.text else replace(self._offline(ask), fault=True)

    def _offline(self, ask: _Ask) -> Answer:
        if not ask.found.covered:
            return _not_yet(ask)

        def terms(text: str) -> list[str]:
            return self._retriever.terms(text, ask.language)

        text, passages = offline.compose(ask.found, terms, ask.language, ask.said)
        return Answer(text, _cited(passages))


class _Telling:
    """An answer in the making."""

    def __init__(self, ask: _Ask) -> None:
        self.text = ""
        self.usage: Usage | None = None
        self._ask = ask
        self._passages = _given(ask.found)
        self._citations = Citations(len(self._passages))

    def add(self, piece: str) -> bool:
        """Tell whether there is more to show now."""
        more = self._citations.feed(piece)
        self.text = (self.text + more).lstrip()
        return bool(more and self.text)

    def finished(self) -> Answer:
        self.text = (self.text + self._citations.rest()).rstrip()
        cited = [self._passages[place] for place in self._citations.cited]
        usage = self.usage or self._count()
        return Answer(self.text, _cited(cited), source="endpoint", usage=usage)

    def cut_off(self) -> Answer:
        answer = self.finished()
        _ = translator(self._ask.language)
        told = _("The answer was cut off here.")
        return replace(answer, text=f"{answer.text}\n\n*{told}*", fault=True)

    def _count(self) -> Usage:
        return Usage(tokens.count_messages(self._ask.prompt), tokens.count(self.text))


def _given(found: Found) -> list[Passage]:
    """The passages that an endpoint answers from: the definition, if one is asked for, first."""
    defined = [found.definition] if found.definition else []
    return list(dict.fromkeys([*defined, *(hit.passage for hit in found.hits)]))[:PASSAGES]


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
    nearest = offline.nearest(ask.found.hits)
    if not nearest:
        return Answer(_("Good question, but the course has nothing on it yet."), covered=False)
    lessons = ("、" if ask.language == "zh" else ", ").join(one.title for one in nearest)
    told = _(
        "Good question, but the course has nothing on it yet. Closest to it: {lessons}",
        lessons=lessons,
    )
    return Answer(told, _cited(nearest), covered=False)


def _cited(passages: Sequence[Passage]) -> tuple[Citation, ...]:
    return tuple(Citation(one.lesson_id or "", one.title, one.text) for one in passages)
