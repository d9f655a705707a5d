"""The terminal host: piped, as JSON, and on a real pseudo-terminal."""

import asyncio
import codecs
import io
import json
import os
import pty
import re
import resource
import select
import shlex
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.terminal.channel import TerminalChannel, Tty
from adapters.terminal.files import PICTURES, Files, safe_name
from adapters.terminal.inbound import read_json, read_line
from adapters.terminal.render import as_plain, plain
from bot.messages import Button, Document, Incoming, Picture, Reply
from tests.dialog import lesson_place
from tests.platforms.uploads import png
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
    assert "◔○" in second.stdout
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
    assert "◔○" in run(tmp_path, "chat", "--learner", "ada", typed="/progress\n").stdout
    shown = run(tmp_path, "chat", "--learner", "bao", "--lang", "en", typed="/progress\n").stdout
    assert "◔○" not in shown
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


def _heed_ctrl_c() -> None:
    """Whoever runs the tests in the background has Ctrl-C ignored, and children inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Keyboard:
    """A real `llm-tutor chat` on a pseudo-terminal."""

    def __init__(self, data_dir: Path) -> None:
        self._fd, child = pty.openpty()
        self.process = subprocess.Popen(
            [*COMMAND, "chat"], stdin=child, stdout=child, stderr=child,
            env=environment(data_dir, TERM="xterm", COLUMNS="100"), cwd=data_dir,
            start_new_session=True, preexec_fn=_heed_ctrl_c,
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


CHART = Picture(png(40, 30), "Two bars", 40, 30)
EXPORT = Document("progress.json", b'{"lessons": 3}', "application/json")
WITH_PICTURE = Reply("**Two** bars", (Button("Go", "learn"),), picture=CHART)
WITH_DOCUMENT = Reply("Yours.", document=EXPORT)


class StandIn:
    """A tutor that gives the same replies to everything, and remembers what it heard."""

    def __init__(self, *replies: Reply) -> None:
        self.heard: list[Incoming] = []
        self._replies = replies

    async def handle(self, incoming: Incoming) -> AsyncIterator[Reply]:
        self.heard.append(incoming)
        for reply in self._replies:
            yield reply


def typed(data_dir: Path, *replies: Reply) -> str:
    """Return what a piped conversation prints of these replies."""
    out = io.StringIO()
    with asyncio.Runner() as runner:
        channel = TerminalChannel(cast(Any, StandIn(*replies)), "ada", data_dir)
        channel.pipe(runner, io.BytesIO(b"hi\n"), out)
    return out.getvalue()


def as_objects(data_dir: Path, *replies: Reply) -> list[dict[str, Any]]:
    """Return what `chat --json` prints of these replies."""
    out = io.StringIO()
    with asyncio.Runner() as runner:
        channel = TerminalChannel(cast(Any, StandIn(*replies)), "ada", data_dir)
        channel.pipe_json(runner, io.BytesIO(b'{"text": "hi"}\n'), out)
    *lines, end = [json.loads(line) for line in out.getvalue().splitlines()]
    assert end == {"end": True}
    return lines


def test_a_picture_is_saved_and_its_line_says_where(tmp_path: Path) -> None:
    """All that the contract names; the bytes in the file are those of the picture."""
    [line] = as_objects(tmp_path, WITH_PICTURE)
    path = Path(line["picture"]["path"])
    assert line["picture"] == {"path": str(path), "alt": "Two bars", "width": 40, "height": 30}
    assert (line["document"], line["text"]) == (None, WITH_PICTURE.text)
    assert path.read_bytes() == CHART.png
    assert path.parent == tmp_path / "pictures"


def test_a_document_is_saved_for_its_owner_alone(tmp_path: Path) -> None:
    """Under its name, and for nobody else on the machine to read."""
    [line] = as_objects(tmp_path, WITH_DOCUMENT)
    path = Path(line["document"]["path"])
    assert line["document"] == {
        "path": str(path),
        "name": "progress.json",
        "media_type": "application/json",
    }
    assert line["picture"] is None
    assert path.read_bytes() == EXPORT.content
    assert (path.name.startswith("progress-"), path.suffix) == (True, ".json")
    assert path.parent == tmp_path / "exports"
    assert [one.stat().st_mode & 0o777 for one in (path, path.parent)] == [0o600, 0o700]


def test_paths_are_shown_in_full_wherever_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program may open them from another folder than the one that DATA_DIR is relative to."""
    monkeypatch.chdir(tmp_path)
    [line] = as_objects(Path("data"), WITH_PICTURE)
    assert Path(line["picture"]["path"]).parent == tmp_path / "data" / "pictures"


def test_a_piped_reply_names_its_file_below_the_text(tmp_path: Path) -> None:
    """Before the buttons, in a line that both languages understand."""
    shown = typed(tmp_path, WITH_PICTURE, WITH_DOCUMENT)
    [picture] = (tmp_path / "pictures").iterdir()
    [document] = (tmp_path / "exports").iterdir()
    assert shown == f"Two bars\n\n🖼 {picture}\n\n[1] Go\n\nYours.\n\n📄 {document}\n\n"


def test_a_screen_shows_a_path_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Wider than the screen and with what elsewhere is markup, it can still be copied."""
    folder = tmp_path / ("[bold]wide[/bold]:smile:" + "x" * 90)
    Tty().show(*Files(folder).keep(WITH_PICTURE))
    [picture] = (folder / "pictures").iterdir()
    assert f"🖼 {picture}\n" in capsys.readouterr().out


def test_files_of_the_same_content_are_one_and_of_others_are_not(tmp_path: Path) -> None:
    """A second export does not take the place of the first, though it has the same name."""
    later = Reply("x", document=Document("progress.json", b"{}", "application/json"))
    paths = [Files(tmp_path).keep(reply)[1] for reply in (WITH_DOCUMENT, later, WITH_DOCUMENT)]
    assert paths[0] == paths[2] != paths[1]
    assert len(list((tmp_path / "exports").iterdir())) == 2


def test_the_newest_pictures_are_kept(tmp_path: Path) -> None:
    """Old ones go; what somebody else put into the folder stays, and so do documents."""
    files = Files(tmp_path)
    _, first = files.keep(WITH_PICTURE)
    _, document = files.keep(WITH_DOCUMENT)
    assert first
    assert document
    os.utime(first, (1, 1))
    other = first.with_name("holiday.png")
    other.write_bytes(b"x")
    for number in range(PICTURES):
        _, last = files.keep(Reply("x", picture=Picture(b"%d" % number, "x", 1, 1)))
    assert not first.exists()
    assert last
    assert all(one.exists() for one in (other, document, last))
    assert len(list(first.parent.iterdir())) == PICTURES + 1


@pytest.mark.parametrize("reply", [WITH_PICTURE, WITH_DOCUMENT])
def test_a_file_that_cannot_be_saved_leaves_the_text(tmp_path: Path, reply: Reply) -> None:
    """With a line that says what is missing and why; the conversation goes on."""
    for folder in ("pictures", "exports"):
        (tmp_path / folder).write_text("in the way")
    [first, second] = as_objects(tmp_path, reply, Reply("next"))
    assert (first["picture"], first["document"]) == (None, None)
    assert first["text"].startswith(reply.text + "\n\n⚠ ")
    assert first["text"].endswith("could not be saved: File exists")
    assert second["text"] == "next"
    assert "⚠" in typed(tmp_path, reply)


def test_a_disk_that_is_full_leaves_the_text_and_no_half_file(tmp_path: Path) -> None:
    """A limit on the size of files is met in the middle of one, as the end of a disk is."""
    large = Reply("Yours.", document=Document("a.bin", bytes(99_999), "text/plain"))
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, usual[1]))
    try:
        reply, path = Files(tmp_path).keep(large)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        signal.signal(signal.SIGXFSZ, ignored)
    assert (path, reply.document) == (None, None)
    assert reply.text.endswith("could not be saved: File too large")
    assert list((tmp_path / "exports").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "safe"),
    [("progress.json", "progress.json"), ("../../etc/passwd", "etc_passwd"), ("..", "file"),
     ("", "file"), ("/", "file"), (".bashrc", "bashrc"), ("C:\\a.json", "C_a.json"),
     ("我的 进度.json", "我的_进度.json"), ("a\0b\x1b[1m\n.json", "a_b_1m_.json"),
     ("\ud83d", "file")],
)  # fmt: skip
def test_a_name_from_outside_leads_nowhere(tmp_path: Path, name: str, safe: str) -> None:
    """Whatever a document is called, its file is in the folder of exports."""
    [line] = as_objects(tmp_path, Reply("x", document=Document(name, b"x", "text/plain")))
    assert line["document"]["name"] == safe
    assert Path(line["document"]["path"]).parent == tmp_path / "exports"


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_name_is_made_safe(stem: str, ending: str) -> None:
    """Short enough for every file system, of one part, and neither hidden nor an option."""
    name = safe_name(f"{stem}.{ending}")
    assert 0 < len(name.encode()) <= 100
    assert Path(name).name == name
    assert name[0] not in ".-"
    assert name.isprintable()


def test_drafts_save_nothing(tmp_path: Path) -> None:
    """A picture belongs to the finished reply."""
    [line] = as_objects(tmp_path, Reply("Two", draft=True, picture=CHART))
    assert line["picture"] is None
    assert list(tmp_path.iterdir()) == []


def test_a_learner_is_called_as_the_command_line_says() -> None:
    """On one line and of at most 64 characters; pressed or typed."""
    assert read_line("hi", "ada\x1b[1m\n", (), True).name == "ada[1m"
    assert read_line("1", "ada", BUTTONS, True).name == "ada"
    assert read_json('{"action": "learn"}', "字" * 99).name == "字" * 64
