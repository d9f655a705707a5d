"""Vectors of an embedding model beside the words: made once, kept, and done without."""

import asyncio
from pathlib import Path

from bot.answering.endpoint import OpenAIEndpoint
from bot.answering.meaning import Meaning
from bot.answering.retrieval import Retriever
from tests.course_for_answers import COURSE
from tests.platforms.openai_server import Behaviour, OpenAIServer

QUESTION = "why do they charge by token"


def embedder(server: OpenAIServer) -> OpenAIEndpoint:
    return OpenAIEndpoint(server.base_url, server.api_key, "m", 64, embedding_model="e")


def near(server: OpenAIServer, folder: Path) -> dict[str, float] | None:
    """Ask how near the lessons are to a question, after the time to make their vectors."""

    async def run() -> dict[str, float] | None:
        endpoint = embedder(server)
        meaning = Meaning(COURSE, endpoint, "e", folder)
        assert await meaning.near(QUESTION) is None  # they are being made
        await meaning.made()
        found = await meaning.near(QUESTION)
        await endpoint.aclose()
        return dict(found) if found else None

    return asyncio.run(run())


def test_the_lesson_whose_words_are_asked_for_is_nearest(tmp_path: Path) -> None:
    """Its own question is nearer than anything else."""
    with OpenAIServer() as server:
        found = near(server, tmp_path)
    assert found
    assert max(found, key=lambda name: found[name]) == "tokens"
    assert all(-1.001 <= share <= 1.001 for share in found.values())


def test_the_lessons_vectors_are_kept_for_the_next_start(tmp_path: Path) -> None:
    """The second start asks for the vector of the question alone."""
    with OpenAIServer() as server:
        first, asked = near(server, tmp_path), len(server.embedded)
        assert near(server, tmp_path) == first
        assert len(server.embedded) == asked + 1


def test_without_an_answer_the_words_alone_decide(tmp_path: Path) -> None:
    """An endpoint that has no embeddings is not asked for each question again."""
    with OpenAIServer() as server:
        server.behaviour = Behaviour(trouble="no_embeddings")
        assert near(server, tmp_path) is None
        assert len(server.embedded) <= 2


def test_a_file_that_cannot_be_used_is_made_anew(tmp_path: Path) -> None:
    """Half a file is none."""
    with OpenAIServer() as server:
        found = near(server, tmp_path)
        [kept] = tmp_path.glob("*.npz")
        kept.write_bytes(kept.read_bytes()[:100])
        assert near(server, tmp_path) == found


def test_both_orders_of_the_lessons_count() -> None:
    """A lesson that is second by words and first by meaning comes first."""
    retriever = Retriever(COURSE)
    by_words = retriever.find("how are the knobs and tokens trained", "en").lessons
    wanted = by_words[1]
    fused = retriever.find(
        "how are the knobs and tokens trained", "en", near={wanted: 1.0, by_words[2]: 0.5}
    ).lessons
    assert fused[0] == wanted
