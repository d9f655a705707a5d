"""Endpoints that are not quite like OpenAI's: each peculiarity is learned once."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.endpoint import EndpointError, OpenAIEndpoint, Patience
from bot.answering.quirks import Quirk, recognise, request
from bot.ports import NO_USAGE, Message, Usage
from tests.platforms.openai_server import Behaviour, OpenAIServer, Trouble

SAID = "A token is a piece of text. [1]"
HASTE = Patience(connect=0.5, first_token=0.8, first_text=1.2, between_tokens=0.4, whole=2.5)
RULES, ASKED = Message("system", "You are a tutor."), Message("user", "What is a token?")


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer(answer=SAID) as one:
        yield one


def ask(
    server: OpenAIServer, *prompts: Sequence[Message], model: str | None = "m"
) -> list[tuple[str, Usage | None, str | None]]:
    """Put questions to one endpoint; return the text, the usage and the fault of each answer."""

    async def one(endpoint: OpenAIEndpoint, prompt: Sequence[Message]) -> tuple[str, Usage, str]:
        text, usage, reason = "", NO_USAGE, ""
        try:
            async for part in endpoint.stream(prompt):
                if isinstance(part, Usage):
                    usage = part
                else:
                    text += part
        except EndpointError as error:
            usage, reason = error.usage, error.reason
        return text, usage, reason

    async def run() -> list[tuple[str, Usage | None, str | None]]:
        endpoint = OpenAIEndpoint(server.base_url, server.api_key, model, 64, patience=HASTE)
        try:
            return [await one(endpoint, prompt) for prompt in prompts or [(RULES, ASKED)]]
        finally:
            await endpoint.aclose()

    return asyncio.run(run())


def test_a_model_that_wants_max_completion_tokens_gets_them(server: OpenAIServer) -> None:
    """It refuses once; the limit stays the same under its other name."""
    server.behaviour = Behaviour(trouble="max_tokens_refused")
    answers = ask(server, [RULES, ASKED], [RULES, ASKED])
    assert [text for text, _, _ in answers] == [SAID, SAID]
    limits = [
        (body.get("max_tokens"), body.get("max_completion_tokens")) for body in server.requests
    ]
    assert limits == [(64, None), (None, 64), (None, 64)]


def test_a_model_without_a_system_role_reads_the_rules_in_the_first_question(
    server: OpenAIServer,
) -> None:
    """The rules stand at its head, and the conversation keeps its order."""
    server.behaviour = Behaviour(trouble="system_refused")
    talk = [RULES, Message("user", "Hi"), Message("assistant", "Hello"), ASKED]
    answers = ask(server, talk, talk)
    assert [text for text, _, _ in answers] == [SAID, SAID]
    assert len(server.requests) == 3
    for body in server.requests[1:]:
        assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]
        assert body["messages"][0]["content"] == "You are a tutor.\n\nHi"


def test_a_template_whose_roles_must_alternate_gets_neighbours_as_one(server: OpenAIServer) -> None:
    """It answers with 500 and speaks of the system message as well, which is taken all the same."""
    server.behaviour = Behaviour(trouble="alternate")
    (answer,) = ask(server, [RULES, Message("user", "Hi"), ASKED])
    assert answer[0] == SAID
    last = server.requests[-1]["messages"]
    assert [message["role"] for message in last] == ["system", "user"]
    assert last[1]["content"] == "Hi\n\nWhat is a token?"


def test_several_quirks_are_learned_one_after_the_other(server: OpenAIServer) -> None:
    """One question may be refused for each of them, and is answered in the end."""
    server.script(
        Behaviour(trouble="no_stream_options"),
        Behaviour(trouble="max_tokens_refused"),
        Behaviour(trouble="system_refused"),
    )
    assert ask(server)[0][0] == SAID
    last = server.requests[-1]
    assert "stream_options" not in last
    assert "max_tokens" not in last
    assert [message["role"] for message in last["messages"]] == ["user"]


def test_two_questions_at_once_learn_the_same_quirk_side_by_side(server: OpenAIServer) -> None:
    """The one that is refused later does not take it for a second refusal."""
    server.behaviour = Behaviour(trouble="system_refused")

    async def both() -> list[str]:
        endpoint = OpenAIEndpoint(server.base_url, server.api_key, "m", 64, patience=HASTE)

        async def one() -> str:
            parts = [part async for part in endpoint.stream([RULES, ASKED])]
            return "".join(part for part in parts if isinstance(part, str))

        try:
            return list(await asyncio.gather(one(), one(), one()))
        finally:
            await endpoint.aclose()

    assert asyncio.run(both()) == [SAID] * 3


def test_an_endpoint_without_a_list_of_models_is_asked_for_the_default(
    server: OpenAIServer,
) -> None:
    """It says 404 once and is not asked for the list again."""
    server.behaviour = Behaviour(trouble="no_models")
    ask(server, [RULES, ASKED], [RULES, ASKED], model=None)
    assert [body["model"] for body in server.requests] == ["default", "default"]
    assert server.listed == 1


def test_an_answer_that_does_not_come_as_a_stream_is_read_all_the_same(
    server: OpenAIServer,
) -> None:
    """One JSON body with the message, its thinking hidden, and the usage."""
    server.behaviour = Behaviour(trouble="not_streamed")
    assert ask(server) == [(SAID, Usage(8, 8), "")]


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [("error_body", "reported an error"), ("web_page", "sent no stream")],
)
def test_something_else_than_an_answer_is_told(
    server: OpenAIServer, trouble: Trouble, reason: str
) -> None:
    """An error with status 200, or the page of a web server at a wrong address."""
    server.behaviour = Behaviour(trouble=trouble)
    assert ask(server)[0][2] == reason


@pytest.mark.parametrize(
    ("trouble", "learned"),
    [
        (None, set()),
        ("no_usage", {"no_usage"}),
        ("not_streamed", {"not_streamed", "thinks"}),
        ("reasoning", {"thinks"}),
        ("think", {"thinks"}),
        ("system_refused", {"no_system"}),
    ],
)
def test_what_was_learned_can_be_asked_for(
    server: OpenAIServer, trouble: Trouble | None, learned: set[Quirk]
) -> None:
    """An operator is told by `llm-tutor doctor`."""
    server.behaviour = Behaviour(trouble=trouble)

    async def run() -> frozenset[Quirk]:
        endpoint = OpenAIEndpoint(server.base_url, server.api_key, "m", 64, patience=HASTE)
        async with aclosing(endpoint):
            assert [part async for part in endpoint.stream([RULES, ASKED])]
        return endpoint.quirks

    assert asyncio.run(run()) == learned


def test_usage_in_every_chunk_is_taken_once(server: OpenAIServer) -> None:
    """The last figure counts, not the sum."""
    server.behaviour = Behaviour(trouble="usage_everywhere")
    assert ask(server)[0][1] == Usage(8, 8)


@pytest.mark.parametrize(
    ("trouble", "least", "most"),
    [("status", 0, 0), ("stall", 10, 30), ("stall_midway", 11, 35), ("silent", 10, 30)],
)
def test_a_failure_tells_what_it_probably_cost(
    server: OpenAIServer, trouble: Trouble, least: int, most: int
) -> None:
    """Nothing where the question was refused; else the prompt, and what was said."""
    server.behaviour = Behaviour(trouble=trouble, status=503, retry_after=0.01)
    _, usage, reason = ask(server)[0]
    assert reason
    assert usage is not None
    assert least <= sum(usage) <= most


def test_nobody_at_the_address_costs_nothing() -> None:
    """No connection, no tokens."""
    with OpenAIServer() as gone:
        pass
    assert ask(gone) == [("", NO_USAGE, "no connection")]


def test_texts_become_vectors_in_their_order(server: OpenAIServer) -> None:
    """In batches of 64, of numbers, sorted by the index and not by the order they come in."""

    async def run() -> list[list[float]]:
        endpoint = OpenAIEndpoint(
            server.base_url, server.api_key, "m", 64, embedding_model="embed-1"
        )
        try:
            return await endpoint.embed([f"text number {n}" for n in range(130)])
        finally:
            await endpoint.aclose()

    from tests.platforms.openai_rules import embedding

    assert asyncio.run(run()) == [embedding(f"text number {n}") for n in range(130)]
    assert [len(body["input"]) for body in server.embedded] == [64, 64, 2]
    assert {body["model"] for body in server.embedded} == {"embed-1"}
    assert server.faults == []


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [("no_embeddings", "answered with status 404"), ("stall", "took too long")],
)
def test_no_vectors_are_told(server: OpenAIServer, trouble: Trouble, reason: str) -> None:
    """Within the time that the caller gives."""
    server.behaviour = Behaviour(trouble=trouble)

    async def run() -> None:
        endpoint = OpenAIEndpoint(server.base_url, server.api_key, "m", 64, embedding_model="e")
        try:
            await endpoint.embed(["one"], seconds=0.5)
        finally:
            await endpoint.aclose()

    with pytest.raises(EndpointError) as caught:
        asyncio.run(run())
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("status", "refusal", "quirk"),
    [
        (400, "Unrecognized request argument supplied: stream_options", "no_stream_options"),
        (422, "Extra inputs are not permitted: include_usage", "no_stream_options"),
        (400, "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
         "'max_completion_tokens' instead.", "max_completion_tokens"),
        (400, "max_tokens is too large: 100000. This model supports at most 16384", None),
        (400, "'max_tokens' or 'max_completion_tokens' is too large: 512.", None),
        (400, "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
         "no_system"),
        (500, "System role not supported", "no_system"),
        (400, "Developer instruction is not enabled for models/gemma-3-27b-it", "no_system"),
        (500, "After the optional system message, conversation roles must alternate "
         "user/assistant/user/assistant/...", "alternate"),
        (400, "deepseek-reasoner does not support successive user or assistant messages",
         "alternate"),
        (400, "request (6031 tokens) exceeds the available context size (4096 tokens)", None),
        (500, "the file system is full", None),
        (429, "System role not supported", None),
    ],
)  # fmt: skip
def test_a_refusal_is_recognised_by_its_words(
    status: int, refusal: str, quirk: Quirk | None
) -> None:
    """As OpenAI, DeepSeek, Google, vLLM and llama.cpp word them."""
    assert recognise(status, refusal) == quirk


MESSAGES = st.lists(
    st.builds(Message, st.sampled_from(["system", "user", "assistant"]), st.text(min_size=1)),
    min_size=1,
)


@given(MESSAGES)
def test_no_word_is_lost_for_a_peculiar_endpoint(messages: list[Message]) -> None:
    """Without a system role and with alternating roles, all that was said is still there."""
    sent = request("m", messages, 64, {"no_system", "alternate"})["messages"]
    roles = [message["role"] for message in sent]
    assert "system" not in roles
    assert all(one != other for one, other in pairwise(roles))
    whole = "\n\n".join(message["content"] for message in sent)
    assert all(message.content in whole for message in messages)


@given(st.floats(5, 600))
def test_every_share_of_the_time_ends_within_it(seconds: float) -> None:
    """Also for the first of two, which leaves as much for the second."""
    patience = Patience.within(seconds)
    assert 0 < patience.connect <= min(5, patience.first_token)
    assert patience.first_token < patience.first_text < patience.whole < seconds
    hurried = patience.for_the_first_of_two()
    assert hurried.first_token < hurried.first_text <= seconds / 2
