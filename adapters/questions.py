"""`llm-tutor ask`: questions without a conversation, for the shell and for programs."""

import json
import time
from collections.abc import Iterable

from adapters.terminal.render import plain
from bot.answering.answer import Answer, Answerer
from bot.course.model import Language


async def answer_all(
    answerer: Answerer, questions: Iterable[str], language: Language, as_json: bool
) -> None:
    """Answer each question in turn and print the answer, as text or as one JSON object a line."""
    await answerer.prepare()
    for question in questions:
        started = time.perf_counter()
        answer = await _answer(answerer, question, language)
        seconds = time.perf_counter() - started
        print(
            json.dumps(_as_dict(question, answer, seconds), ensure_ascii=False)
            if as_json
            else _as_text(answer),
            flush=True,
        )


async def _answer(answerer: Answerer, question: str, language: Language) -> Answer:
    async for piece in answerer.answer(question, language):
        if isinstance(piece, Answer):
            return piece
    raise RuntimeError("the answerer ended without an answer")


def _as_dict(question: str, answer: Answer, seconds: float) -> dict[str, object]:
    return {
        "question": question,
        "answer": answer.whole,
        "citations": [
            {"lesson": one.lesson, "title": one.title, "passage": one.passage}
            for one in answer.citations
        ],
        "declined": answer.declined,
        "source": answer.source,
        "tokens": {"prompt": answer.usage.prompt, "completion": answer.usage.completion},
        "seconds": round(seconds, 4),
    }


def _as_text(answer: Answer) -> str:
    sources = [f"[{place}] {one.title}" for place, one in enumerate(answer.citations, 1)]
    return "\n".join([plain(answer.whole), *sources, ""])
