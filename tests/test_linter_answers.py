"""The bars on what a lesson is asked for and on its answers, each broken by one change."""

import re
from pathlib import Path
from typing import Any

import pytest

from bot.course.linter import check, copied
from bot.course.loader import load
from tests.course_files import both, dump, write_course

LESSON = Path("m1/tokens")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_course(tmp_path)


def messages(folder: Path, name: str) -> list[str]:
    return [fault.message for fault in check(folder) if fault.path == folder / name]


ANSWERS: list[dict[str, Any]] = [
    {
        "asks": {
            "zh": [f"{what}{way}" for way in ("啊", "呢", "到底怎样", "说说看")],
            "en": [f"{way} {what_en}" for way in ("well", "so", "tell me", "say")],
        },
        "answer": both(
            f"一块积木就是一小段文字，这里说的是{what}。模型拿到的是它的编号，"
            "不是写法。常见的词只要 1 块，少见的要 2 块。",
            f"A brick is a small piece of text, and this is about {what_en}. The model gets its "
            "number and not its shape. A common word takes 1 brick and a rare one takes 2.",
        ),
    }
    for what, what_en in (("一块里有什么", "what is in a brick"), ("谁切的", "who cuts it"))
]


def answer_faults(folder: Path, *answers: dict[str, Any]) -> list[str]:
    dump(folder / LESSON / "answers.yaml", list(answers))
    return messages(folder, "m1/tokens/answers.yaml")


def changed(**changes: Any) -> dict[str, Any]:
    """The first answer with some fields replaced."""
    return ANSWERS[0] | changes


def test_sound_answers_have_no_faults(folder: Path) -> None:
    """The ones that the next tests break."""
    dump(folder / LESSON / "answers.yaml", ANSWERS)
    assert check(folder) == []


def test_an_answer_is_a_few_sentences(folder: Path) -> None:
    """40 to 160 characters, 25 to 95 words."""
    short = answer_faults(folder, changed(answer=both("一小段文字。", "A piece of text.")))
    assert "zh answer has 6 characters, at least 40" in short
    assert "en answer has 4 words, at least 25" in short
    long = answer_faults(
        folder,
        changed(
            answer=both(
                "它只是一块。" * 27, "The small red bricks are in a long row on the mat. " * 8
            )
        ),
    )
    assert "zh answer has 162 characters, at most 160" in long
    assert "en answer has 96 words, at most 95" in long


def test_an_answer_reads_as_easily_as_the_lesson(folder: Path) -> None:
    """No long sentence, no long words; the mean is of all answers of the lesson."""
    zh, en = ANSWERS[0]["answer"]["zh"], ANSWERS[0]["answer"]["en"]
    [message] = answer_faults(folder, changed(answer=both("和我" * 35 + zh, en)))[1:]
    assert re.fullmatch(r"zh answer: \d+ characters in one sentence, at most 60", message)
    hard = "Computational sophistication characterises contemporary architectures. " * 4
    [message] = answer_faults(folder, changed(answer=both(zh, f"{en} {hard}")))
    assert re.fullmatch(r"en answer reads at grade [\d.]+, at most 10", message)


def test_the_mean_of_sentences_is_of_all_answers_together(folder: Path) -> None:
    """One answer has too few sentences for a mean."""
    slow = "它先把这一小段文字换成 1 个或者 2 个编号，再拿去做后面的计算，写法从来不看。"
    answer = both(slow * 3, ANSWERS[0]["answer"]["en"])
    assert answer_faults(folder, changed(answer=answer)) == [
        "zh answers: 37 characters a sentence on average, at most 32"
    ]
    assert answer_faults(folder, changed(answer=answer), ANSWERS[1]) == []


def test_an_answer_says_the_same_in_both_languages(folder: Path) -> None:
    """Its numbers and its punctuation are checked like those of the lesson."""
    zh, en = ANSWERS[0]["answer"]["zh"], ANSWERS[0]["answer"]["en"]
    found = answer_faults(folder, changed(answer=both(zh.replace("2 块", "7 块"), en)))
    assert "`7` is in zh and not in en; give both the number" in found
    found = answer_faults(folder, changed(answer=both(zh.replace("编号，", "编号,"), en)))
    assert any("half-width punctuation" in message for message in found)


def test_an_answer_is_asked_for_in_four_ways(folder: Path) -> None:
    """In each language."""
    asks = {"zh": ANSWERS[0]["asks"]["zh"][:3], "en": ANSWERS[0]["asks"]["en"]}
    assert answer_faults(folder, changed(asks=asks)) == ["3 asks in zh, at least 4"]


def test_nothing_is_answered_twice_in_a_lesson(folder: Path) -> None:
    """Case and punctuation make no other question; one that the lesson lists may be answered."""
    ways = ANSWERS[1]["asks"]
    again = ANSWERS[1] | {"asks": ways | {"en": [*ways["en"], "So, what is in a BRICK?"]}}
    assert answer_faults(folder, ANSWERS[0], again) == [
        "en asks what `tokens` is asked already: So, what is in a BRICK?"
    ]
    listed = ANSWERS[1] | {"asks": ways | {"en": [*ways["en"], "what is a token"]}}
    assert answer_faults(folder, ANSWERS[0], listed) == []


def test_no_question_is_for_two_lessons(tmp_path: Path) -> None:
    """A copy of a lesson is asked what the first one is asked."""
    write_course(tmp_path, "copies")
    dump(tmp_path / LESSON / "answers.yaml", ANSWERS)
    dump(tmp_path / "m1/copies/answers.yaml", ANSWERS[:1])
    assert "en asks what `tokens` is asked already: well what is in a brick" in messages(
        tmp_path, "m1/copies/answers.yaml"
    )
    assert "en asks what `tokens` is asked already: what is a token" in messages(
        tmp_path, "m1/copies/en.md"
    )


def test_a_question_is_one_line_of_at_most_200_characters(folder: Path) -> None:
    """Found on its line of the file."""
    (folder / LESSON / "asks.en.txt").write_text(f"is a dot one\n\n{'so ' * 67}?\n", "utf-8")
    (fault,) = check(folder)
    assert (fault.path.name, fault.line) == ("asks.en.txt", 3)
    assert fault.message == "en ask has 202 characters, at most 200"


def test_an_answer_is_not_copied_from_an_essay(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Nor is what it is asked by."""
    asks = {"zh": [*ANSWERS[0]["asks"]["zh"], "这句问话是从文章里抄来的吗"], "en": list("abcd")}
    dump(folder / LESSON / "answers.yaml", [changed(asks=asks)])
    essays = tmp_path_factory.mktemp("essays")
    text = f"{ANSWERS[0]['answer']['zh']}这句问话是从文章里抄来的吗"
    (essays / "one.txt").write_text(text, "utf-8")
    lines = [fault.line for fault in copied(load(folder), essays, folder)]
    assert lines == [7, 14]
