"""The terminal host: piped, as JSON, and on a real pseudo-terminal."""

import codecs
import json
import os
import pty
import re
import select
import shlex
import signal
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.terminal.inbound import read_json, read_line
from adapters.terminal.render import as_plain, plain
from bot.messages import Button, Reply
from tests.dialog import LESSONS, lesson_place
from tests.programs import COMMAND, environment, run

BUTTONS = (Button("A", "quiz:x:1:a"), Button("B", "quiz:x:1:b"))


def test_a_piped_conversation_is_remembered_after_a_restart(tmp_path: Path) -> None:
    """A newcomer's first minutes, in Chinese, and then another day."""
    first = run(tmp_path, typed="/start\n/learn\n/quiz\nA\n什么是 token？\n")
    assert first.returncode == 0
    assert first.stderr == ""
    for expected in ("你好", lesson_place(1), "第 1/5 题", "token"):
        assert expected in first.stdout
    assert "**" not in first.stdout
    second = run(tmp_path, typed="/progress\n")
    assert f"学过 1/{LESSONS} 课" in second.stdout
    assert "1 题答对" in second.stdout


def test_numbers_press_buttons(tmp_path: Path) -> None:
    """What is shown as [1] is pressed by 1."""
    shown = run(tmp_path, typed="/start\n1\n4\n").stdout
    assert "[1] 开始第一课" in shown
    assert lesson_place(1) in shown
    assert "A." in shown


def test_each_learner_has_progress_of_their_own(tmp_path: Path) -> None:
    """--learner names whose it is, and --lang the language."""
    run(tmp_path, "chat", "--learner", "ada", typed="/learn\n")
    assert "◐" in run(tmp_path, "chat", "--learner", "ada", typed="/progress\n").stdout
    shown = run(tmp_path, "chat", "--learner", "bao", "--lang", "en", typed="/progress\n").stdout
    assert "◐" not in shown
    assert "Your progress" in shown


def test_bytes_that_are_no_text_get_a_reply_and_the_conversation_goes_on(tmp_path: Path) -> None:
    """A binary line, a megabyte and an empty line are each answered."""
    typed = b"\xff\xfe\x00\x80\n" + b"x" * 1_000_000 + b"\n\n/help\n"
    finished = run(tmp_path, typed=typed)
    assert finished.returncode == 0
    assert "1000000" in finished.stdout
    assert "只看得懂文字" in finished.stdout
    assert "我会做什么" in finished.stdout


def test_json_lines_come_back_as_the_contract_says(tmp_path: Path) -> None:
    """Each reply one object with all its keys, each turn closed; bad lines are answered too."""
    typed = (
        '{"text": "/learn"}\n{"action": "check:what-is-an-llm"}\nnot json\n{"a": 1}\n[]\n'
        + "[" * 99_999
        + "\n"
    )
    lines = [
        json.loads(line)
        for line in run(tmp_path, "chat", "--json", typed=typed).stdout.splitlines()
    ]
    assert [line for line in lines if "end" in line] == [{"end": True}] * 6
    replies = [line for line in lines if "end" not in line]
    keys = {"text", "buttons", "picture", "poll", "document", "draft"}
    assert all(set(reply) == keys for reply in replies)
    assert replies[1]["buttons"][0]["action"].startswith("quiz:what-is-an-llm:1:")


def test_a_reader_that_goes_away_ends_the_conversation_quietly(tmp_path: Path) -> None:
    """`llm-tutor | head -1` leaves no traceback."""
    command = f"printf '/help\\n%.0s' $(seq 200) | {shlex.join(COMMAND)} | head -1"
    finished = subprocess.run(
        ["bash", "-c", command], env=environment(tmp_path), cwd=tmp_path, capture_output=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert finished.stderr == b""


@pytest.mark.parametrize(
    ("line", "digits", "action"),
    [("1", True, "quiz:x:1:a"), (" 2 ", True, "quiz:x:1:b"), ("[2]", True, "quiz:x:1:b"),
     ("/2", False, "quiz:x:1:b"), ("2", False, None), ("3", True, None), ("0", True, None),
     ("1.", True, None), ("A", True, None), ("140", True, None)],
)  # fmt: skip
def test_a_line_presses_a_button_or_is_text(line: str, digits: bool, action: str | None) -> None:
    """A number presses; where a number is the answer, only /number does."""
    incoming = read_line(line, "ada", BUTTONS, digits)
    assert incoming.action == action
    assert bool(incoming.text) == (action is None)


@pytest.mark.parametrize("line", ["", "1", "null", '{"text": 1}', '{"text": "a", "action": "b"}'])
def test_a_line_that_is_no_message_is_refused(line: str) -> None:
    """The caller tells the program what is expected."""
    with pytest.raises(ValueError, match=r"."):
        read_json(line, "ada")


def test_where_a_number_is_asked_for_buttons_are_pressed_with_a_slash() -> None:
    """[/1] instead of [1]."""
    assert "[/1] A" in as_plain(Reply("How many?", BUTTONS, expects_number=True))


@pytest.mark.parametrize(
    ("markdown", "text"),
    [("**bold** and *it* and `code`", "bold and it and code"),
     ("- **a** b\n- c", "- a b\n- c"),
     ("> **Note** x", "> Note x"),
     ("1. one\n2. *two*", "1. one\n2. two"),
     ("```py\nx = **2\n```", "```py\nx = **2\n```"),
     ("[text](https://example.org)", "text"),
     ("2 * 3 * 4 和 a_b_c", "2 * 3 * 4 和 a_b_c"),
     ("\x1b[31mred\x07", "[31mred")],
)  # fmt: skip
def test_markdown_is_shown_as_plain_text(markdown: str, text: str) -> None:
    """Marks go, structure and code stay, control characters never reach the terminal."""
    assert plain(markdown) == text


@given(st.text(max_size=200))
def test_any_text_can_be_shown(text: str) -> None:
    """Nothing a model may write breaks the terminal or steers it."""
    assert all(one in "\n\t" or one.isprintable() for one in plain(text))


class Keyboard:
    """A real `llm-tutor chat` on a pseudo-terminal."""

    def __init__(self, data_dir: Path) -> None:
        self._fd, child = pty.openpty()
        self.process = subprocess.Popen(
            [*COMMAND, "chat"], stdin=child, stdout=child, stderr=child,
            env=environment(data_dir, TERM="xterm", COLUMNS="100"), cwd=data_dir,
            start_new_session=True,
        )  # fmt: skip
        os.close(child)
        self.shown = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def type(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def wait_for(self, expected: str, seconds: float = 20) -> None:
        """Read until the screen has shown `expected` after what was waited for before."""
        end = time.monotonic() + seconds
        while not (found := re.search(expected, self.shown)):
            assert time.monotonic() < end, f"{expected!r} did not come: {self.shown!r}"
            if select.select([self._fd], [], [], 0.1)[0]:
                self.shown += self._decoder.decode(os.read(self._fd, 65536))
        self.shown = self.shown[found.end() :]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._fd)


def test_a_person_at_a_terminal_is_welcomed_and_can_leave(tmp_path: Path) -> None:
    """The welcome comes by itself, numbers press, Ctrl-D leaves with exit code 0."""
    keyboard = Keyboard(tmp_path)
    try:
        keyboard.wait_for("你好")
        keyboard.wait_for("› ")
        keyboard.type("1\n")
        keyboard.wait_for(lesson_place(1))
        keyboard.wait_for("› ")
        keyboard.type("\x04")
        assert keyboard.process.wait(10) == 0
    finally:
        keyboard.close()


def test_ctrl_c_at_the_prompt_leaves(tmp_path: Path) -> None:
    """No traceback is shown."""
    keyboard = Keyboard(tmp_path)
    try:
        keyboard.wait_for("› ")
        time.sleep(0.5)  # a signal between the prompt and readline's wait is seen at the next key
        keyboard.process.send_signal(signal.SIGINT)
        assert keyboard.process.wait(10) == 0
        assert "Traceback" not in keyboard.shown
    finally:
        keyboard.close()
