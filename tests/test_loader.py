"""Reading a course, and saying what is wrong with one that cannot be read."""

from pathlib import Path

import pytest

from bot.course.fault import Fault
from bot.course.loader import CourseError, load
from tests.course_files import COURSE, IDEAS, dump, edit, write_course, write_lesson

LESSON = Path("m1/tokens")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_course(tmp_path)


def faults(folder: Path) -> list[Fault]:
    with pytest.raises(CourseError) as error:
        load(folder)
    return list(error.value.faults)


def test_a_sound_course_is_read_from_its_files(folder: Path) -> None:
    """Every part of a lesson arrives in its field, and the look-ups find it."""
    course = load(folder)
    lesson = course.lesson("tokens")
    assert lesson is not None
    assert lesson.module == "m1"
    assert lesson.title.en == "How a model sees text"
    assert lesson.body.en.startswith("Think of a sentence")
    assert lesson.simpler.zh.startswith("把一句话剪成")
    assert lesson.deeper.en.endswith("the same numbers each time.")
    assert lesson.asks.zh[0] == "什么是 token"
    assert lesson.notes[0].checked_on.isoformat() == "2026-11-21"
    assert course.ideas["e1-billing"].note


def test_question_ids_are_unique_in_the_whole_course(folder: Path) -> None:
    """The file says `1`, the course `tokens:1`."""
    question = load(folder).question("tokens:1")
    assert question is not None
    assert question.lesson_id == "tokens"


def test_lessons_come_in_the_order_of_the_course(tmp_path: Path) -> None:
    """The order is that of course.yaml and not of the folders."""
    write_course(tmp_path, "apples", "zebras")
    assert [lesson.id for lesson in load(tmp_path).lessons] == ["tokens", "apples", "zebras"]


def test_a_page_may_have_windows_line_ends_and_a_byte_order_mark(folder: Path) -> None:
    """What a Windows editor saves is read like any other file."""
    page = folder / LESSON / "en.md"
    text = page.read_text("utf-8")
    page.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    lesson = load(folder).lesson("tokens")
    assert lesson is not None
    assert "\r" not in lesson.body.en


def test_a_fault_prints_as_path_line_and_message(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Editors and CI make a link of `path:line:`, relative to where the person is."""
    monkeypatch.chdir(folder)
    assert str(Fault(folder / "course.yaml", 3, "is odd")) == "course.yaml:3: is odd"
    assert str(Fault(Path("/elsewhere/x.yaml"), 1, "is odd")) == "/elsewhere/x.yaml:1: is odd"


@pytest.mark.parametrize(
    "name",
    [
        "course.yaml",
        "ideas.yaml",
        "glossary.yaml",
        "m1/tokens/lesson.yaml",
        "m1/tokens/zh.md",
        "m1/tokens/en.md",
        "m1/tokens/questions.yaml",
    ],
)
class TestEachFile:
    """What can happen to any file."""

    def test_that_is_missing_is_named(self, folder: Path, name: str) -> None:
        """One fault, in that file, and none that follows from it."""
        (folder / name).unlink()
        (fault,) = faults(folder)
        assert fault.path == folder / name
        assert "is missing" in fault.message

    def test_that_is_not_utf8_is_named_with_the_line(self, folder: Path, name: str) -> None:
        """The line is that of the first byte that is not UTF-8."""
        path = folder / name
        path.write_bytes(b"# one\n# two \xff\n" + path.read_bytes())
        (fault,) = faults(folder)
        assert (fault.path, fault.line) == (path, 2)
        assert "UTF-8" in fault.message

    def test_that_is_binary_is_named(self, folder: Path, name: str) -> None:
        """A picture under a text's name must not reach the YAML parser."""
        (folder / name).write_bytes(b"\x00\x01\x02")
        (fault,) = faults(folder)
        assert (fault.path, "binary" in fault.message) == (folder / name, True)

    def test_that_is_huge_is_not_read(self, folder: Path, name: str) -> None:
        """Over 1 MB is no text of a lesson."""
        (folder / name).write_bytes(b"#" * 1_000_001)
        (fault,) = faults(folder)
        assert (fault.path, "1 MB" in fault.message) == (folder / name, True)

    def test_that_is_a_folder_is_named(self, folder: Path, name: str) -> None:
        """A folder where a file should be is a fault like any other."""
        (folder / name).unlink()
        (folder / name).mkdir()
        (fault,) = faults(folder)
        assert (fault.path, "cannot be read" in fault.message) == (folder / name, True)

    def test_that_is_empty_is_named(self, folder: Path, name: str) -> None:
        """An empty file is a fault and not an empty lesson."""
        (folder / name).write_text("")
        assert {fault.path for fault in faults(folder)} == {folder / name}


# Each row: file, text, what is there instead, words of the message, and how many lines below the
# change the fault stands.
BROKEN = [
    ("lesson.yaml", "covers:\n", "covers: [\n", "not valid YAML", 1),
    ("lesson.yaml", "checked_on: '2026-11-21'", "checked_on: 2026-13-21", "month must be", 0),
    ("lesson.yaml", "concepts:\n", "concept:\n", "unknown field `concept`", 0),
    ("lesson.yaml", "source: A price list", "sauce: A price list", "unknown field `sauce`", 0),
    ("lesson.yaml", "concepts:\n", "covers: []\nconcepts:\n", "`covers` is given twice", 0),
    ("lesson.yaml", "- token\n", "- tokenizer\n", "no English term in glossary.yaml `token", 0),
    ("lesson.yaml", "- e1-tokens\n", "- e1-tokens\n- e1-x\n", "there is no idea `e1-x`", 1),
    ("lesson.yaml", "essay: e1\n", "essay: e9\n", "there is no essay `e9`", 0),
    ("lesson.yaml", "idea: e1-billing", "idea: e1-other", "which the lesson does not cover", 0),
    ("lesson.yaml", "sources:\n", "prerequisites: [x]\nsources:\n", "there is no lesson `x`", 0),
    ("en.md", "---\ntitle", "title", "no front matter", 0),
    ("en.md", "hook: Does", "hook: [Does", "not valid YAML", None),
    ("en.md", "hook: Does a model really read letter by letter?\n", "", "`hook` is missing", None),
    ("en.md", "hook: Does", "covers: Does", "unknown field `covers`", 0),
    ("en.md", "hook: Does a model really read letter by letter?", "hook: yes", "in quotes", 0),
    ("en.md", "  - is a space a token too\n", "", "`asks` has 5 entries, at least 6", -6),
    ("en.md", "# Simpler", "# Simple", "heading `# Simpler` is missing", None),
    ("zh.md", "# 更深入", "## 更深入", "heading `# 更深入` is missing", None),
    ("questions.yaml", "id: 2\n", "id: 1\n", "question id 1 is used twice", 0),
    ("questions.yaml", "id: 2\n", "id: two\n", "whole number", 0),
    ("questions.yaml", "- id: 2\n  kind", "- kind", "`id` is missing", 0),
    ("questions.yaml", "kind: numeric", "kind: essay", "must be 'single', 'multi'", 0),
    ("questions.yaml", "- e1-billing", "- e1-none", "there is no idea `e1-none`", 0),
    ("questions.yaml", "value: 140", "value: 200", "low <= value <= high", -1),
    ("questions.yaml", "unit: GB", "units: GB", "unknown field `units`", 0),
]


@pytest.mark.parametrize(("name", "old", "new", "words", "below"), BROKEN)
def test_a_fault_in_a_lesson_is_found_with_its_line(
    folder: Path, name: str, old: str, new: str, words: str, below: int | None
) -> None:
    """Each is in its file, on its line, in words that help."""
    line = edit(folder / LESSON / name, old, new)
    (fault,) = (fault for fault in faults(folder) if words in fault.message)
    assert fault.path == folder / LESSON / name
    if below is not None:
        assert fault.line == line + below


def test_faults_of_several_files_are_found_together(folder: Path) -> None:
    """Nobody should have to run the check once for each fault."""
    edit(folder / LESSON / "en.md", "hook: Does", "hock: Does")
    edit(folder / LESSON / "zh.md", "# 更简单", "# 简单")
    edit(folder / LESSON / "questions.yaml", "kind: numeric", "kind: essay")
    edit(folder / LESSON / "lesson.yaml", "essay: e1\n", "essays: e1\n")
    names = {fault.path.name for fault in faults(folder)}
    assert names == {"en.md", "zh.md", "questions.yaml", "lesson.yaml"}


def test_a_hash_in_a_code_fence_is_no_heading(folder: Path) -> None:
    """A lesson may show a Markdown or Python text."""
    edit(folder / LESSON / "en.md", "# Simpler", "```\n# Simpler\n```\n\n# Simpler")
    lesson = load(folder).lesson("tokens")
    assert lesson is not None
    assert lesson.body.en.endswith("# Simpler\n```")


def test_dividers_out_of_order_are_a_fault(folder: Path) -> None:
    """The page is body, simpler, deeper and nothing else."""
    edit(folder / LESSON / "en.md", "# Deeper", "# Later")
    edit(folder / LESSON / "en.md", "# Simpler", "# Deeper")
    edit(folder / LESSON / "en.md", "# Later", "# Simpler")
    assert any("heading" in fault.message for fault in faults(folder))


def test_a_listed_lesson_without_a_folder_is_a_fault(folder: Path) -> None:
    """course.yaml promises lessons that must be there."""
    dump(
        folder / "course.yaml",
        COURSE | {"modules": [COURSE["modules"][0] | {"lessons": ["tokens", "ghost"]}]},
    )
    (fault,) = faults(folder)
    assert fault.path == folder / "m1/ghost/lesson.yaml"


def test_a_folder_that_is_not_listed_is_a_fault(folder: Path) -> None:
    """A lesson that nobody can reach was forgotten in course.yaml."""
    write_lesson(folder / "m1/forgotten")
    (fault,) = faults(folder)
    assert fault.path == folder / "m1/forgotten/lesson.yaml"
    assert "list it" in fault.message


def test_a_lesson_that_is_listed_twice_is_a_fault(folder: Path) -> None:
    """A lesson has one place in the course."""
    edit(folder / "course.yaml", "  - tokens\n", "  - tokens\n  - tokens\n")
    (fault,) = faults(folder)
    assert fault.message == "lists `tokens` 2 times"


def test_prerequisites_in_a_circle_are_a_fault(tmp_path: Path) -> None:
    """Nobody could begin."""
    write_course(tmp_path, "bytes")
    write_lesson(tmp_path / "m1/tokens", prerequisites=["bytes"])
    write_lesson(tmp_path / "m1/bytes", prerequisites=["tokens"])
    (fault,) = faults(tmp_path)
    assert "circle" in fault.message


def test_an_idea_of_an_unknown_essay_is_a_fault(folder: Path) -> None:
    """ideas.yaml and course.yaml must know the same essays."""
    dump(folder / "ideas.yaml", {"e7-x": {"note": True, "essay": "e7"}} | IDEAS)
    (fault,) = faults(folder)
    assert (fault.path, fault.line) == (folder / "ideas.yaml", 3)


def test_a_fault_in_the_course_file_has_its_line(folder: Path) -> None:
    """Also the files above the lessons lead to a line."""
    line = edit(folder / "course.yaml", "author: null", "autor: null")
    assert {fault.line for fault in faults(folder)} <= {line, line - 2}


def test_the_course_file_cannot_bring_its_own_lessons(folder: Path) -> None:
    """Lessons stand in their folders, the glossary in its file."""
    line = edit(folder / "course.yaml", "version:", "lessons: []\nversion:")
    assert faults(folder) == [
        Fault(
            folder / "course.yaml", line, "unknown field `lessons`; remove it or correct its name"
        )
    ]


def test_a_folder_that_is_not_there_is_a_course_error(tmp_path: Path) -> None:
    """LESSONS_DIR may point to nowhere."""
    assert all("is missing" in fault.message for fault in faults(tmp_path / "nowhere"))


def test_yaml_nested_without_end_is_a_fault(folder: Path) -> None:
    """A hostile file must not take the process down."""
    (folder / LESSON / "lesson.yaml").write_text("[" * 100_000)
    (fault,) = faults(folder)
    assert fault.path == folder / LESSON / "lesson.yaml"
