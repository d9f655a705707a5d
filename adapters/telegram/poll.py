"""The connection that waits for updates; it knows how Telegram takes it."""

import asyncio
import json
import logging
import re
from typing import Any

from telegram import Update
from telegram.error import NetworkError, TelegramError
from telegram.request import HTTPXRequest

log = logging.getLogger(__name__)

REFUSALS = 3
"""How often in a row Telegram has to say that it does not know the token."""

_FIRST_ID = re.compile(rb'"update_id"\s*:\s*\d+')


class Poll(HTTPXRequest):
    """Makes the `getUpdates` requests.

    is_answered: whether Telegram answered the latest one.
    refused: set once Telegram does not know the token any more.
    """

    def __init__(self) -> None:
        super().__init__(connection_pool_size=1)
        self.is_answered = False
        self.refused = asyncio.Event()
        self._first_id = b""
        self._refusals = 0

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Make one request; see telegram.request.BaseRequest.do_request."""
        try:
            code, payload = await super().do_request(*args, **kwargs)
        except TelegramError:
            self.is_answered = False
            raise
        self.is_answered = code == 200
        self._refusals = self._refusals + 1 if code in (401, 404) else 0
        if self._refusals >= REFUSALS:
            self.refused.set()
        elif self._refusals:
            # It may be a proxy or a local Bot API server that is starting again, and the library
            # would stop asking.
            raise NetworkError(f"Telegram answered with status {code}")
        return code, self._readable(payload) if self.is_answered else payload

    def _readable(self, payload: bytes) -> bytes:
        """Take out updates that the library cannot read: it would ask for them again for ever.

        It does so as soon as they come a second time, so that nothing is parsed twice in vain.
        """
        found = _FIRST_ID.search(payload)
        first_id, before = found[0] if found else b"", self._first_id
        self._first_id = first_id
        return _without_unreadable(payload) if first_id and first_id == before else payload


def _without_unreadable(payload: bytes) -> bytes:
    answer = json.loads(payload)
    answer["result"] = [
        update if _is_readable(update) else {"update_id": update["update_id"]}
        for update in answer["result"]
    ]
    return json.dumps(answer).encode()


def _is_readable(update: dict[str, Any]) -> bool:
    try:
        Update.de_json(update, None)
    except Exception as error:  # noqa: BLE001 - whatever a missing field or a wrong type leads to
        log.warning("update %s left out: %r", update["update_id"], error)
        return False
    return True
