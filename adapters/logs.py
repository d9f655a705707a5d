"""How the log looks: one line an event, in colour or as JSON, on standard error."""

import logging
import sys

import structlog
from pydantic import SecretStr

from adapters.redaction import conceal
from bot.settings import Settings

QUIET = (
    "aiohttp.access",
    "alembic.runtime.plugins",
    "bm25s",
    "markdown_it",
)
"""Libraries whose lines say nothing that an operator can use. Those whose lines tell URLs and
questions are quietened by the one module that uses each."""


def set_up(settings: Settings) -> None:
    """Send all logging to standard error in the format and from the level of the settings."""
    for _, value in settings:
        if isinstance(value, SecretStr):
            conceal(value.get_secret_value())
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            last,
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    handler.setLevel(settings.log_level)  # some libraries turn their own loggers to DEBUG
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
