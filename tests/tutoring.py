"""Conversations with a tutor that has a language model: the real SDK on the loopback endpoint."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.answering.endpoint import OpenAIEndpoint, Patience
from bot.course.model import Course
from bot.ports import Budget
from tests.dialog import Dialog
from tests.platforms.openai_server import OpenAIServer

HASTE = Patience(connect=0.5, first_token=0.8, first_text=1.2, between_tokens=0.4, whole=2.5)


@contextmanager
def tutored(
    course: Course,
    database: str,
    server: OpenAIServer,
    budget: Budget = Budget(),  # noqa: B008
) -> Iterator[Dialog]:
    """Talk in English to a tutor whose language model is `server`."""
    endpoint = OpenAIEndpoint(server.base_url, server.api_key, "m", 256, patience=HASTE)
    with Dialog(course, database, endpoint=endpoint, budget=budget) as dialog:
        dialog.locale = "en"
        try:
            yield dialog
        finally:
            dialog.run(endpoint.aclose())
    assert server.faults == []


def asked(server: OpenAIServer) -> str:
    """Return the whole prompt of the last request."""
    return "\n".join(message["content"] for message in server.requests[-1]["messages"])
