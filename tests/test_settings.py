"""The environment, read once and refused with one line."""

from pathlib import Path

import pytest

from bot.errors import SettingError
from bot.settings import Settings


def test_nothing_has_to_be_set() -> None:
    """The terminal works with an empty environment."""
    settings = Settings.load()
    assert settings.telegram_token is None
    assert settings.database == "sqlite:///data/llm-tutor.db"
    assert settings.default_language == "zh"


@pytest.mark.parametrize(
    ("name", "value"),
    [("HTTP_PORT", "http"), ("HTTP_PORT", "70000"), ("DEFAULT_LANGUAGE", "fr"),
     ("DEFAULT_TIMEZONE", "Mars/Olympus"), ("DEFAULT_TIMEZONE", "../etc"),
     ("LLM_BASE_URL", "localhost:11434"), ("TELEGRAM_API_URL", "ftp://x"),
     ("DISCORD_GATEWAY_URL", "http://127.0.0.1"), ("DATABASE_URL", "mysql://x"), ("DATABASE_URL", "sqlite://"),
     ("DATABASE_URL", "sqlite:///:memory:"), ("LESSONS_DIR", "/nowhere"), ("DATA_DIR", "/dev/null"),
     ("ALLOWED_USERS", ","), ("ALLOWED_CHATS", "telgram:12"),
     ("LLM_CONTEXT_TOKENS", "12"), ("LLM_ANSWER_TOKENS", "4000"), ("LOG_LEVEL", "LOUD"),
     ("LLM_MODEL_FILE", "/nowhere.gguf"), ("LLM_MODEL_FILE", "/tmp"), ("LLM_ANSWER_SECONDS", "4"),
     ("LLM_API_KEY", "two words"), ("LLM_FALLBACK_API_KEY", "two words"),
     ("LLM_FALLBACK_BASE_URL", "http://127.0.0.1:1/v1"), ("LLM_EMBEDDING_MODEL", "bge-m3"),
     ("LLM_DAILY_TOKENS", "-1"), ("LLM_DAILY_TOKENS_PER_LEARNER", "some"), ("LLM_STREAMS", "0"),
     ("ALLOWED_USERS", "ada"), ("TELEGRAM_TOKEN", "two words"), ("LOG_FORMAT", "xml")],
)  # fmt: skip
def test_a_wrong_setting_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """The line says which variable, and for secrets not what it holds."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingError) as caught:
        Settings.load()
    assert str(caught.value).startswith(f"{name}: ")
    assert "\n" not in str(caught.value)
    assert "two words" not in str(caught.value)


def test_a_secret_can_be_given_as_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """NAME_FILE holds a path whose content is the value."""
    (tmp_path / "token").write_text("123:abc\n")
    monkeypatch.setenv("TELEGRAM_TOKEN_FILE", str(tmp_path / "token"))
    token = Settings.load().telegram_token
    assert token
    assert token.get_secret_value() == "123:abc"


def test_a_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing secret is not silently no secret."""
    monkeypatch.setenv("DISCORD_TOKEN_FILE", "/nowhere/token")
    with pytest.raises(SettingError, match="DISCORD_TOKEN_FILE"):
        Settings.load()


def test_the_model_file_is_not_the_name_of_a_model(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """LLM_MODEL_FILE is the one NAME_FILE that means something else."""
    (tmp_path / "model.gguf").write_text("GGUF")
    monkeypatch.setenv("LLM_MODEL_FILE", str(tmp_path / "model.gguf"))
    assert Settings.load().llm_model is None
    assert Settings.load().llm_model_file == tmp_path / "model.gguf"


def test_a_dotenv_file_in_the_working_directory_is_read(tmp_path: Path) -> None:
    """The tests run in tmp_path; the environment itself would win."""
    (tmp_path / ".env").write_text("DEFAULT_LANGUAGE=en\nALLOWED_USERS=telegram:1, discord:2\n")
    settings = Settings.load()
    assert settings.default_language == "en"
    assert settings.allowed_users == ("telegram:1", "discord:2")


def test_an_empty_variable_is_no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """`.env.example` leaves tokens empty."""
    monkeypatch.setenv("TELEGRAM_TOKEN", "")
    assert Settings.load().telegram_token is None


def test_secrets_do_not_show_in_the_settings_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither repr nor str holds a token."""
    monkeypatch.setenv("TELEGRAM_TOKEN", "123:secret")
    monkeypatch.setenv("LLM_API_KEY", "sk-secret")
    monkeypatch.setenv("LLM_FALLBACK_API_KEY", "sk-secret-too")
    assert "secret" not in f"{Settings.load()!r} {Settings.load()}"
