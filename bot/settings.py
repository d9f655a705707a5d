"""The only reader of the environment: README.md says what each variable does.

Every variable can also be given as NAME_FILE, a path whose content is the value, for secrets.
"""

import os
import re
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values
from pydantic import (
    AnyUrl,
    BeforeValidator,
    Field,
    SecretStr,
    UrlConstraints,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.course.model import Language
from bot.errors import SettingError

ROOT = Path(__file__).parent.parent
"""Where lessons/ and migrations/ stand beside this package, in a checkout and when installed."""

HttpUrl = Annotated[AnyUrl, UrlConstraints(allowed_schemes=["http", "https"])]
SocketUrl = Annotated[AnyUrl, UrlConstraints(allowed_schemes=["ws", "wss"])]


def _split(value: object) -> object:
    """Turn "a, b" into ["a", "b"]."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_split)]


class Settings(BaseSettings):
    """Read from the environment and from `.env` in the working directory."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        enable_decoding=False,  # lists are "a,b", not JSON
        hide_input_in_errors=True,  # a value may be a secret
    )

    telegram_token: SecretStr | None = None
    discord_token: SecretStr | None = None
    telegram_api_url: HttpUrl | None = None
    discord_api_url: HttpUrl | None = None
    discord_gateway_url: SocketUrl | None = None

    llm_base_url: HttpUrl | None = None
    llm_api_key: SecretStr | None = None
    llm_model: str | None = None
    llm_fallback_base_url: HttpUrl | None = None
    llm_fallback_api_key: SecretStr | None = None
    llm_fallback_model: str | None = None
    llm_model_file: Path | None = None
    llm_embedding_model: str | None = None
    llm_context_tokens: int = Field(default=4096, ge=1024, le=2_000_000)
    llm_answer_tokens: int = Field(default=512, ge=64, le=100_000)
    llm_answer_seconds: float = Field(default=30, ge=5, le=600)
    llm_streams: int = Field(default=64, ge=1, le=10_000)
    llm_daily_tokens_per_learner: int = Field(default=50_000, ge=0)
    llm_daily_tokens: int = Field(default=0, ge=0)

    data_dir: Path = Path("data")
    database_url: str | None = None
    lessons_dir: Path = ROOT / "lessons"
    default_language: Language = "zh"
    default_timezone: str = "Asia/Shanghai"
    allowed_users: Names = ()
    allowed_chats: Names = ()
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65_535)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"

    @classmethod
    def load(cls) -> Self:
        """Read the settings. Raises SettingError, which names the variable and never its value."""
        try:
            return cls(**_from_files(cls))  # type: ignore[arg-type]  # pydantic converts them
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0]).upper() if first["loc"] else "settings"
            raise SettingError(f"{name}: {first['msg'].removeprefix('Value error, ')}") from None

    @property
    def database(self) -> str:
        """The database's URL: DATABASE_URL, or a SQLite file in DATA_DIR."""
        return self.database_url or f"sqlite:///{self.data_dir / 'llm-tutor.db'}"

    @field_validator("database_url")
    @classmethod
    def _is_a_known_database(cls, url: str | None) -> str | None:
        path = url.removeprefix("sqlite:///") if url else "default"
        if path == url or path in ("", ":memory:"):
            raise ValueError("must be sqlite:/// and the path of a file")
        return url

    @field_validator("lessons_dir")
    @classmethod
    def _is_a_folder(cls, path: Path) -> Path:
        if not path.is_dir():
            raise ValueError(f"there is no folder {path}")
        return path

    @field_validator("llm_model_file")
    @classmethod
    def _is_a_file(cls, path: Path | None) -> Path | None:
        if path and not path.is_file():
            raise ValueError(f"there is no file {path}")
        return path

    @field_validator("data_dir")
    @classmethod
    def _can_hold_data(cls, path: Path) -> Path:
        there = next(one for one in (path, *path.absolute().parents) if one.exists())
        if not there.is_dir():
            raise ValueError(f"{there} is not a folder")
        return path

    @field_validator("default_timezone")
    @classmethod
    def _is_a_time_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("must be an IANA time zone such as Asia/Shanghai") from None
        return name

    @field_validator("allowed_users", "allowed_chats")
    @classmethod
    def _names_a_platform(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if not re.fullmatch(r"(telegram|discord):-?\d+", name):
                raise ValueError("must be a comma-separated list such as telegram:123,discord:456")
        return names

    @field_validator("telegram_token", "discord_token", "llm_api_key", "llm_fallback_api_key")
    @classmethod
    def _is_one_word(cls, token: SecretStr | None) -> SecretStr | None:
        if token and not re.fullmatch(r"[!-~]+", token.get_secret_value()):
            raise ValueError("must be one word of plain letters, digits and signs")
        return token

    @model_validator(mode="after")
    def _leaves_room_for_a_prompt(self) -> Self:
        if self.llm_answer_tokens > self.llm_context_tokens // 2:
            raise SettingError("LLM_ANSWER_TOKENS: must be at most half of LLM_CONTEXT_TOKENS")
        return self

    @model_validator(mode="after")
    def _has_what_it_builds_on(self) -> Self:
        if self.llm_fallback_base_url and not (self.llm_base_url or self.llm_model_file):
            raise SettingError("LLM_FALLBACK_BASE_URL: needs LLM_BASE_URL or LLM_MODEL_FILE")
        if self.llm_embedding_model and not self.llm_base_url:
            raise SettingError("LLM_EMBEDDING_MODEL: needs LLM_BASE_URL")
        return self


def _from_files(settings: type[Settings]) -> dict[str, str]:
    """Return the values given as NAME_FILE, for variables that are not given directly."""
    try:
        given = {**dotenv_values(".env"), **os.environ}
    except UnicodeDecodeError:
        raise SettingError(".env: must be a text file in UTF-8") from None
    # LLM_MODEL_FILE is a variable of its own: the model itself, not its name.
    names = (name for name in settings.model_fields if name != "llm_model")
    return {
        name: _content(f"{name.upper()}_FILE", path)
        for name in names
        if (path := given.get(f"{name.upper()}_FILE")) and not given.get(name.upper())
    }


def _content(variable: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{variable}: cannot read {path} ({error})") from None
