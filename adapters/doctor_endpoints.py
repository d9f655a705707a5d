"""Whether the endpoints answer, how they differ from OpenAI's, and whether they are fast enough."""

import math
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from typing import Final, NamedTuple

from pydantic import AnyUrl, SecretStr

from adapters.doctor import Check, State
from adapters.doctor_platforms import shown
from adapters.endpoints import local, remote
from bot.answering.endpoint import UNNAMED, OpenAIEndpoint
from bot.answering.fallback import PatientEndpoint
from bot.answering.quirks import Quirk
from bot.errors import SettingError
from bot.ports import EndpointError, Message, Usage
from bot.settings import Settings

QUESTION: Final = (
    Message("system", "You are a tutor. Answer in plain English, in three sentences."),
    Message("user", "What is a token in a language model, and why do models use tokens?"),
)

ADVICE: Final = {
    "no connection": "Is the server running, and is {}BASE_URL its address?",
    "took too long": "Take a smaller model or a faster machine, or raise LLM_ANSWER_SECONDS.",
    "sent no stream": "{}BASE_URL has to be the root of the API, which mostly ends in /v1.",
    "empty answer": "If the model thinks before it speaks, raise LLM_ANSWER_TOKENS.",
    "answered with status 401": "Is {}API_KEY right?",
    "answered with status 403": "May the owner of {}API_KEY use {}MODEL?",
    "answered with status 404": "Are {}BASE_URL, which mostly ends in /v1, and {}MODEL right?",
    "answered with status 429": "Too many requests for now, or the account has no credit left.",
}
OTHERWISE: Final = "The log of the endpoint should say more."


class Peculiarity(NamedTuple):
    """A quirk that an operator should know about: what is said without it, and with it."""

    quirk: Quirk
    name: str
    without: str
    found: str
    advice: str
    state: State = "warning"


PECULIARITIES: Final = (
    Peculiarity(
        "not_streamed", "stream", "comes piece by piece", "comes in one piece",
        "Learners wait for the whole of an answer. Can the server stream?",
    ),
    Peculiarity(
        "no_usage", "usage", "is told", "is not told",
        "Tokens are counted here instead, so budgets may be off by a few.",
    ),
    Peculiarity(
        "no_system", "system role", "is taken", "is not taken",
        "Nothing to do: the rules stand at the head of the first question.", "ok",
    ),
    Peculiarity(
        "thinks", "reasoning", "none", "is hidden from learners",
        "It counts among LLM_ANSWER_TOKENS, and learners wait for it.", "ok",
    ),
)  # fmt: skip


class Trial(NamedTuple):
    """One answer: its pieces, what it cost, the seconds until its first piece and its last."""

    pieces: int
    usage: Usage
    first: float
    last: float

    @property
    def speed(self) -> float:
        """Tokens a second."""
        writing = self.last - self.first if self.pieces > 1 else self.last
        return self.usage.completion / max(writing, 0.001)


async def endpoints(settings: Settings) -> AsyncIterator[Check]:
    """Try each by itself, the fallback as well."""
    if not (settings.llm_base_url or settings.llm_model_file):
        advice = "Set LLM_BASE_URL for answers in free words."
        yield Check("endpoint", "ok", "not set up: the lessons themselves answer", advice)
    if settings.llm_base_url:
        async for check in _remote(settings, "endpoint", "LLM_"):
            yield check
    if settings.llm_fallback_base_url:
        async for check in _remote(settings, "fallback", "LLM_FALLBACK_"):
            yield check
    if settings.llm_model_file:
        async for check in _local(settings):
            yield check


async def _remote(settings: Settings, name: str, prefix: str) -> AsyncIterator[Check]:
    url: AnyUrl = getattr(settings, f"{prefix}base_url".lower())
    key: SecretStr | None = getattr(settings, f"{prefix}api_key".lower())
    model: str | None = getattr(settings, f"{prefix}model".lower())
    async with aclosing(remote(settings, url, key, model, retries=0)) as endpoint:
        try:
            trial = await _try(endpoint)
        except EndpointError as failure:
            yield _failure(name, failure, prefix)
            return
        yield Check(name, "ok", f"{url.host} answers after {trial.first:.1f} s")
        yield await _model(endpoint, f"{name} model", model, prefix)
        for check in _peculiarities(endpoint.quirks, name):
            yield check
        yield _speed(settings, trial, name)
        if name == "endpoint":
            yield await _embeddings(settings, endpoint)


async def _local(settings: Settings) -> AsyncIterator[Check]:
    name = "model file"
    try:
        endpoint = local(settings)
    except SettingError as error:
        yield Check(name, "failed", "cannot be run", str(error))
        return
    if endpoint is None:
        return
    async with aclosing(endpoint):
        try:
            trial = await _try(endpoint)
        except EndpointError as failure:
            advice = "Is it a GGUF file that this llama.cpp knows, and is there memory for it?"
            yield Check(name, "failed", failure.reason, advice)
            return
        yield Check(name, "ok", f"answers after {trial.first:.1f} s, loading included")
        yield _speed(settings, trial, name)


async def _try(endpoint: PatientEndpoint) -> Trial:
    """Put the question. Raises EndpointError."""
    start, pieces, first, last, usage = time.monotonic(), 0, 0.0, 0.0, Usage(0, 0)
    async with aclosing(endpoint.stream(QUESTION)) as parts:
        async for part in parts:
            if isinstance(part, Usage):
                usage = part
                continue
            last = time.monotonic() - start
            first = first or last
            pieces += 1
    return Trial(pieces, usage, first, last)


def _failure(name: str, failure: EndpointError, prefix: str) -> Check:
    advice = ADVICE.get(failure.reason, OTHERWISE).replace("{}", prefix)
    return Check(name, "failed", failure.reason, advice)


async def _model(endpoint: OpenAIEndpoint, name: str, model: str | None, prefix: str) -> Check:
    try:
        listed = await endpoint.models()
    except EndpointError:
        listed = []
    if model is None and listed:
        return Check(name, "ok", f"{shown(listed[0])}, the first of {len(listed)}")
    if model is None:
        advice = f"Set {prefix}MODEL if it answers to several."
        return Check(name, "ok", f"asked for as {UNNAMED!r}: it lists none", advice)
    if listed and model not in listed:
        some = ", ".join(map(shown, listed[:5]))
        advice = f"It lists {len(listed)}: {some}. Is {prefix}MODEL spelled right?"
        return Check(name, "warning", f"{model} answers but is not listed", advice)
    return Check(name, "ok", model)


def _peculiarities(quirks: frozenset[Quirk], name: str) -> Iterator[Check]:
    for one in PECULIARITIES:
        if one.quirk in quirks:
            yield Check(f"{name} {one.name}", one.state, one.found, one.advice)
        else:
            yield Check(f"{name} {one.name}", "ok", one.without)


def _speed(settings: Settings, trial: Trial, name: str) -> Check:
    """Tell whether the longest answer is written in the time that there is for it."""
    asked, seconds = settings.llm_answer_tokens, settings.llm_answer_seconds
    needed = trial.first + asked / max(trial.speed, 0.001)
    found = f"{trial.speed:.0f} tokens a second, {asked} in {needed:.0f} s"
    if needed <= seconds:
        return Check(f"{name} speed", "ok", found)
    fit = max(1, int((seconds - trial.first) * trial.speed))
    advice = (
        f"Long answers are cut at {seconds:.0f} s: set LLM_ANSWER_TOKENS to {fit}, or "
        f"LLM_ANSWER_SECONDS to {math.ceil(needed)}."
    )
    return Check(f"{name} speed", "warning", found, advice)


async def _embeddings(settings: Settings, endpoint: OpenAIEndpoint) -> Check:
    if not settings.llm_embedding_model:
        advice = "Set LLM_EMBEDDING_MODEL if the endpoint has one."
        return Check("embeddings", "ok", "not set up: the search goes by words", advice)
    try:
        (vector,) = await endpoint.embed(["token"])
    except EndpointError as failure:
        advice = "Is LLM_EMBEDDING_MODEL right? Until then the search goes by words alone."
        return Check("embeddings", "failed", failure.reason, advice)
    return Check("embeddings", "ok", f"{len(vector)} numbers a text")
