"""The `llm-tutor` command, as operators and programs call it."""

import json
import shutil
from pathlib import Path
from typing import get_args

import pytest
import yaml

from bot.course.model import QuestionKind
from bot.settings import ROOT
from tests.programs import run


@pytest.mark.parametrize(
    ("arguments", "variables", "name"),
    [
        (["chat"], {"HTTP_PORT": "http"}, "HTTP_PORT"),
        (["chat"], {"DEFAULT_LANGUAGE": "fr"}, "DEFAULT_LANGUAGE"),
        (["run"], {}, "TELEGRAM_TOKEN"),
        (["run", "--only", "fax"], {"TELEGRAM_TOKEN": "1:a"}, "--only"),
        (["ask"], {}, "ask"),
        (["chat", "--nonsense"], {}, "No such option: --nonsense"),
        (["frob"], {}, "No such command 'frob'"),
        (["run", "--only", "web"], {"TELEGRAM_TOKEN": "1:a"}, "TELEGRAM_TOKEN"),
        (["ask", "--batch", "/nowhere"], {}, "--batch"),
    ],
)
def test_a_wrong_setting_is_one_line_and_exit_code_2(
    tmp_path: Path, arguments: list[str], variables: dict[str, str], name: str
) -> None:
    """The line names what is wrong; there is no traceback."""
    finished = run(tmp_path, *arguments, **variables)
    assert finished.returncode == 2
    assert finished.stderr.startswith(name)
    assert finished.stderr.count("\n") == 1


def test_a_malformed_lesson_stops_every_host_with_its_place(tmp_path: Path) -> None:
    """path:line: message, exit 1, and no conversation begins."""
    lessons = tmp_path / "lessons"
    shutil.copytree(ROOT / "lessons", lessons)
    questions = lessons / "m2" / "tokens" / "questions.yaml"
    questions.write_text(questions.read_text().replace("kind: single", "kind: essay", 1))
    for command in (["chat"], ["run"], ["lessons", "check"], ["ask", "token?"]):
        finished = run(tmp_path, *command, LESSONS_DIR=str(lessons), TELEGRAM_TOKEN="1:a")
        assert finished.returncode == 1
        assert "lessons/m2/tokens/questions.yaml:2: " in finished.stdout + finished.stderr
        assert "Traceback" not in finished.stderr


def test_a_database_of_a_newer_version_is_one_line_and_exit_code_1(tmp_path: Path) -> None:
    """The operator reads what to do."""
    assert run(tmp_path, "db", "current").stdout == "empty\n"
    assert run(tmp_path, "db", "upgrade").stdout == run(tmp_path, "db", "current").stdout
    import sqlite3

    with sqlite3.connect(tmp_path / "llm-tutor.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    finished = run(tmp_path, "chat")
    assert finished.returncode == 1
    assert "newer version" in finished.stderr
    assert finished.stderr.count("\n") == 1


def test_the_export_has_every_lesson_with_every_field(tmp_path: Path) -> None:
    """The contract's keys are all there, also where they are null."""
    course = json.loads(run(tmp_path, "lessons", "export", "--json").stdout)
    assert [len(module["lessons"]) for module in course["modules"]] == [4, 4, 3, 7, 7, 7, 8, 5]
    for lesson in course["lessons"]:
        assert len(lesson["questions"]) >= 5
        assert {"body", "simpler", "deeper", "analogy_limit", "notes", "lab"} <= set(lesson)
        for question in lesson["questions"]:
            assert {"options", "numeric", "order", "rubric", "answer", "hints"} <= set(question)


def test_the_course_teaches_and_asks_every_idea_of_the_essays(tmp_path: Path) -> None:
    """183 ideas, each in a lesson and in a question, with its note where one is due."""
    course = json.loads(run(tmp_path, "lessons", "export", "--json").stdout)
    ideas = yaml.safe_load((ROOT / "lessons/ideas.yaml").read_text("utf-8"))
    questions = [question for lesson in course["lessons"] for question in lesson["questions"]]
    assert len(ideas) == 183
    assert {idea for lesson in course["lessons"] for idea in lesson["covers"]} == set(ideas)
    assert {idea for question in questions for idea in question["covers"]} == set(ideas)
    for lesson in course["lessons"]:
        due = {idea for idea in lesson["covers"] if ideas[idea].get("note")}
        assert due <= {note["idea"] for note in lesson["notes"]}
    assert {question["kind"] for question in questions} == set(get_args(QuestionKind))
    assert len(course["glossary"]) >= 90


def test_one_question_is_answered_as_text_and_as_json(tmp_path: Path) -> None:
    """Offline, in the language asked for, with citations."""
    text = run(tmp_path, "ask", "What is a token?", "--lang", "en")
    assert text.returncode == 0
    assert "[1]" in text.stdout
    answer = json.loads(run(tmp_path, "ask", "什么是 token？", "--json").stdout)
    assert answer["source"] == "offline"
    assert answer["declined"] is False
    assert answer["citations"][0]["lesson"] == "tokens"
    assert set(answer) == {
        "question", "answer", "citations", "declined", "source", "tokens", "seconds",
    }  # fmt: skip


def test_a_batch_gives_one_answer_a_line(tmp_path: Path) -> None:
    """Questions from standard input, in their order."""
    finished = run(
        tmp_path, "ask", "--batch", "-", "--json", "--lang", "en",
        typed="what is temperature\n\nwill it rain tomorrow\n",
    )  # fmt: skip
    answers = [json.loads(line) for line in finished.stdout.splitlines()]
    assert [one["declined"] for one in answers] == [False, True]


def test_help_lists_the_commands(tmp_path: Path) -> None:
    """`llm-tutor --help` is the first thing an operator types."""
    shown = run(tmp_path, "--help").stdout
    assert all(name in shown for name in ("chat", "run", "ask", "lessons", "db"))
