"""A line typed or piped into the terminal, as an `Incoming`."""

import json
import re
from dataclasses import replace

from bot.messages import Address, Button, Incoming, one_line


def said(learner: str, text: str = "", action: str | None = None) -> Incoming:
    """Return what the learner typed or pressed; who learns here is also called so."""
    return Incoming(Address("terminal", learner, learner), text, action, name=one_line(learner))


def read_line(line: str, learner: str, buttons: tuple[Button, ...], digits: bool) -> Incoming:
    """Read a line: the number of a button presses it, everything else is text.

    digits: whether a bare number presses; "/2" does in any case.
    """
    incoming = said(learner, line)
    number = re.fullmatch(r"(/?)\[?(\d{1,2})\]?", line.strip())
    if not number or not (digits or number[1]) or not 0 < int(number[2]) <= len(buttons):
        return incoming
    return replace(incoming, text="", action=buttons[int(number[2]) - 1].action)


def read_json(line: str, learner: str) -> Incoming:
    """Read `{"text": ...}` or `{"action": ...}`. Raises ValueError where it is neither."""
    data = json.loads(line)
    if not isinstance(data, dict) or len(data) != 1:
        raise ValueError("neither")
    [(key, value)] = data.items()
    if key not in ("text", "action") or not isinstance(value, str):
        raise ValueError("neither")
    return said(learner, **{key: value})
