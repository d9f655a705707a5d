"""Builds what answers, from the settings: the course alone, an endpoint, a local model."""

from pydantic import AnyUrl, SecretStr

from bot.answering.answer import Answerer
from bot.answering.endpoint import OpenAIEndpoint
from bot.answering.fallback import FallbackEndpoint, PatientEndpoint
from bot.answering.local import LocalEndpoint, is_installed
from bot.answering.meaning import Meaning
from bot.answering.patience import Patience
from bot.answering.retrieval import Retriever
from bot.answering.writer import Writer
from bot.course.model import Course
from bot.errors import SettingError
from bot.ports import Embedder, Endpoint
from bot.settings import Settings


def answerer(settings: Settings, course: Course, model: Writer | None) -> Answerer:
    """Return what answers questions on a course; `model` writes in free words, if there is one."""
    meaning = None
    if (embedding := embedder(settings)) and model:
        name = settings.llm_embedding_model or ""
        meaning = Meaning(course, embedding, name, settings.data_dir / "vectors")
    return Answerer(Retriever(course, settings.data_dir / "search"), model, meaning)


def writer(settings: Settings) -> Writer | None:
    """Return the way to what the settings ask for, None where they ask for nothing."""
    one = endpoint(settings)
    if one is None:
        return None
    return Writer(
        one,
        context_tokens=settings.llm_context_tokens,
        answer_tokens=settings.llm_answer_tokens,
        streams=settings.llm_streams,
        cache_dir=settings.data_dir / "tokenizer",
    )


def endpoint(settings: Settings) -> Endpoint | None:
    """Return what the settings ask for, None where they ask for nothing.

    Raises SettingError where a model file is given and nothing is installed that can run it.
    """
    second = _second(settings)
    first = _first(settings, retries=0 if second else 1)
    if first is None or second is None:
        return first
    return FallbackEndpoint(first, second, settings.llm_answer_seconds)


def embedder(settings: Settings) -> Embedder | None:
    """Return what turns texts into vectors, None where no embedding model is set."""
    if settings.llm_embedding_model is None or settings.llm_base_url is None:
        return None
    return remote(settings, settings.llm_base_url, settings.llm_api_key, settings.llm_model)


def remote(
    settings: Settings,
    base_url: AnyUrl,
    api_key: SecretStr | None,
    model: str | None,
    *,
    retries: int = 1,
) -> OpenAIEndpoint:
    """Return an endpoint somewhere else, with the limits of the settings."""
    return OpenAIEndpoint(
        str(base_url),
        api_key.get_secret_value() if api_key else None,
        model,
        settings.llm_answer_tokens,
        patience=Patience.within(settings.llm_answer_seconds),
        embedding_model=settings.llm_embedding_model,
        retries=retries,
    )


def local(settings: Settings) -> LocalEndpoint | None:
    """Return the model file as an endpoint, None where none is given. Raises SettingError."""
    if settings.llm_model_file is None:
        return None
    if not is_installed():
        raise SettingError(
            "LLM_MODEL_FILE: needs the extra `local`: pip install 'llm-tutor[local]', or "
            "pip install xllamacpp"
        )
    return LocalEndpoint(
        settings.llm_model_file,
        settings.llm_context_tokens,
        settings.llm_answer_tokens,
        patience=Patience.within(settings.llm_answer_seconds),
    )


def _first(settings: Settings, retries: int) -> PatientEndpoint | None:
    if url := settings.llm_base_url:
        return remote(settings, url, settings.llm_api_key, settings.llm_model, retries=retries)
    return local(settings)


def _second(settings: Settings) -> PatientEndpoint | None:
    if url := settings.llm_fallback_base_url:
        return remote(settings, url, settings.llm_fallback_api_key, settings.llm_fallback_model)
    return local(settings) if settings.llm_base_url else None
