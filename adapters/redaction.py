"""Keeps secrets out of everything that goes through the standard library's logging."""

import logging
import traceback
from collections.abc import Mapping
from typing import Any

HIDDEN = "[hidden]"

_secrets: set[str] = set()


def conceal(secret: str) -> None:
    """Replace `secret` in every log record from now on, whichever logger and handler it has.

    Filters would not do: a logger's filter does not see the records of its children, and a
    handler's filter goes when the handlers are set up anew.
    """
    if not _secrets:
        _install()
    _secrets.add(secret)


def _install() -> None:
    make = logging.getLogRecordFactory()

    def make_concealed(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        record.msg = _concealed(record.msg)
        record.args = _concealed(record.args)
        _conceal_traceback(record)
        return record

    logging.setLogRecordFactory(make_concealed)


def _concealed(value: Any) -> Any:
    """Return `value` as it is, or a copy without the secrets where there are any in it."""
    if isinstance(value, str):
        for secret in _secrets:
            value = value.replace(secret, HIDDEN)
        return value
    if isinstance(value, Mapping):
        return {key: _concealed(item) for key, item in value.items()}
    if type(value) in (tuple, list):
        return type(value)(_concealed(item) for item in value)
    shown = f"{value!s} {value!r}"  # the two differ: repr(bot) has the token, str(url) as well
    return _concealed(str(value)) if any(secret in shown for secret in _secrets) else value


def _conceal_traceback(record: logging.LogRecord) -> None:
    if not record.exc_info:
        return
    text = "".join(traceback.format_exception(*record.exc_info))
    if (concealed := _concealed(text)) != text:
        record.exc_info, record.exc_text = None, concealed
