"""The bars on a course, each broken by one change to a course that keeps them all."""

import re
from pathlib import Path
from typing import Any

import pytest

from bot.course.linter import check, copied
from bot.course.loader import load
from tests.course_files import (
    COURSE,
    GLOSSARY,
    IDEAS,
    both,
    dump,
    edit,
    numeric,
    order,
    single,
    true_false,
    write_course,
    write_lesson,
)

LESSON = Path("m1/tokens")
SHIPPED = Path(__file__).parent.parent / "lessons"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_course(tmp_path)


def messages(folder: Path, name: str) -> list[str]:
    return [fault.message for fault in check(folder) if fault.path == folder / name]


def test_a_sound_course_has_no_faults(folder: Path) -> None:
    """The one that the other tests break."""
    assert check(folder) == []


def test_the_shipped_course_has_no_faults() -> None:
    """What learners get keeps every bar."""
    assert [str(fault) for fault in check(SHIPPED)] == []


def test_a_course_that_cannot_be_read_gives_the_faults_of_the_loader(folder: Path) -> None:
    """`lessons check` shows them like all others."""
    (folder / "ideas.yaml").unlink()
    assert [fault.path.name for fault in check(folder)] == ["ideas.yaml"]


FILLER = "The small red bricks are in a long row on the mat. "

# Each row: file, text, what is there instead, and the message on the line of the change.
BARS = [
    ("en.md", "Think of a", FILLER * 12 + "Think of a", r"en body has \d+ words, at most 200"),
    ("en.md", "hold just a comma.", "hold " + "just a comma and " * 8 + "so on.", r"in one sent"),
    (
        "en.md",
        "Think of a sentence as a row of toy bricks.",
        "Computational sophistication characterises contemporary architectures. " * 5,
        r"en body reads at grade [\d.]+, at most 9",
    ),
    (
        "zh.md",
        "想象你",
        "想象你" + "和我" * 40,
        r"zh body: \d+ characters in one sentence, at most 60",
    ),
    (
        "zh.md",
        "想象你",
        "我们来想一想。" * 45 + "想象你",
        r"zh body has \d+ characters, at most 400",
    ),
    (
        "zh.md",
        "想象你",
        "我们来想一想。" * 20 + "想象你",
        r"body has [\d.]+ zh characters per en word",
    ),
    ("zh.md", "只要 1 块", "只要 7 块", r"`7` is in zh and not in en"),
    ("zh.md", "常在 10 万上下", "常在 10 亿上下", r"`10 亿` is in zh and not in en"),
    ("zh.md", "**token**", "**切分**", r"zh `\*\*切分\*\*` is no term in `concepts`"),
    ("en.md", "toy bricks. Some", "**toy bricks**. Some", r"en `\*\*toy bricks\*\*` is no term"),
    ("en.md", "  - is a space a token too", "  - What is a Token", r"en asks the same twice"),
    ("en.md", "title: How", "title: " + "How " * 500, r"about \d+ characters, at most 2000"),
    ("lesson.yaml", "idea: e1-billing", "idea: e1-tokens", r"`e1-billing` is due a teacher's note"),
    ("questions.yaml", "- e1-billing", "- e1-tokens", r"no question covers `e1-billing`"),
    ("questions.yaml", "- id: 1\n  kind: single", "- id: 1\n  kind: multi", r"two correct options"),
    (
        "questions.yaml",
        "zh: 第 1 题的说法a",
        "zh: 第 1 题的说法a，说得特别长",
        r"ratio [\d.]+, at most 1.6",
    ),
    (
        "questions.yaml",
        "en: Claim a of item 1",
        "en: All of the above 1",
        r"all or none of the above",
    ),
    ("questions.yaml", "zh: 第 1 题的说法a", "zh: 以上都不对第 1 题", r"all or none of the above"),
    ("questions.yaml", "a model read?", "a model not read and not see?", r"a double negative"),
    ("questions.yaml", "zh: 模型读到的是什么", "zh: 哪个说法不是不对的", r"a double negative"),
    (
        "questions.yaml",
        "en: Think of bricks.",
        "en: Think of 9 bricks.",
        r"`9` is in en and not in zh",
    ),
    ("en.md", "# Deeper", "# Deeper\n\n" + FILLER * 12, r"en deeper has \d+ words, at most 200"),
    ("zh.md", "只要 1 块，", "只要 1 块,", r"zh has half-width punctuation at `块,`"),
    ("zh.md", "**token**。每块", "**token。**每块", r"zh has bold that does not close"),
    ("zh.md", "词表大小", "[词表](https://a.example)大小", r"zh and en have different links"),
    ("zh.md", "title: 模型", "title: 模型模型模型模型模型", r"zh title: 45 bytes, at most 40 fit"),
    ("questions.yaml", "en: Claim a of item 1", "en: Claim a" + " so" * 40, r"text has 127 char"),
    (
        "questions.yaml",
        "en: Which thing does",
        "en: Which" + " so" * 100,
        r"stem has \d+ characters",
    ),
    (
        "questions.yaml",
        "zh: 片段都有自己的编号。",
        "zh: 有编号。",
        r"zh key point has 4 characters, at least 8",
    ),
]


@pytest.mark.parametrize(("name", "old", "new", "pattern"), BARS)
def test_a_broken_bar_is_found_in_its_lesson(
    folder: Path, name: str, old: str, new: str, pattern: str
) -> None:
    """The message says the number and the bar."""
    edit(folder / LESSON / name, old, new)
    found = [fault for fault in check(folder) if re.search(pattern, fault.message)]
    assert {fault.path.parent for fault in found} == {folder / LESSON}


def test_a_fault_in_a_body_has_the_line_of_the_words(folder: Path) -> None:
    """The line of the sentence and not of the section."""
    line = edit(folder / LESSON / "zh.md", "想象你", "想象你" + "和我" * 40)
    edit(folder / LESSON / "zh.md", "只要 1 块", "只要 7 块")
    lines = {f.line for f in check(folder) if "one sentence" in f.message or "`7`" in f.message}
    assert lines == {line, line + 4}


def test_a_fault_in_a_question_has_the_line_of_the_field(folder: Path) -> None:
    """The line of the language's own text."""
    line = edit(folder / LESSON / "questions.yaml", "a model read?", "a model read in 1999?")
    assert [fault.line for fault in check(folder)] == [line]


def test_a_short_body_is_a_fault_in_both_languages(folder: Path) -> None:
    """A lesson of one sentence teaches nothing."""
    for language in ("zh", "en"):
        page = folder / LESSON / f"{language}.md"
        text = page.read_text("utf-8")
        body = text.split("---\n")[2].partition("\n#")[0]
        page.write_text(text.replace(body, "token\n"), "utf-8")
    assert any("at least 120" in message for message in messages(folder, "m1/tokens/zh.md"))
    assert any("at least 70" in message for message in messages(folder, "m1/tokens/en.md"))


def write_questions(folder: Path, *questions: dict[str, Any]) -> Path:
    dump(folder / LESSON / "questions.yaml", list(questions))
    return folder


def lesson_faults(folder: Path, *questions: dict[str, Any]) -> list[str]:
    return messages(write_questions(folder, *questions), "m1/tokens/questions.yaml")


def test_every_idea_is_taught(folder: Path) -> None:
    """An idea that no lesson covers is a fault in ideas.yaml, on its own line."""
    dump(folder / "ideas.yaml", IDEAS | {"e1-lost": {"essay": "e1"}})
    (fault,) = check(folder)
    assert (fault.path.name, fault.line) == ("ideas.yaml", 6)
    assert "no lesson covers `e1-lost`" in fault.message


def test_a_question_asks_about_its_own_lesson(folder: Path) -> None:
    """An idea that is taught elsewhere is asked there."""
    dump(folder / "ideas.yaml", IDEAS | {"e1-price": {"essay": "e1"}})
    found = lesson_faults(folder, single(1) | {"covers": ["e1-price"]})
    assert "`e1-price` is not covered by the lesson" in found


def test_what_a_lesson_builds_on_comes_before_it(tmp_path: Path) -> None:
    """The order of the course is the order of reading."""
    write_course(tmp_path, "later")
    write_lesson(tmp_path / LESSON, prerequisites=["later"])
    assert "`later` comes later in the course; move one of the two" in messages(
        tmp_path, "m1/tokens/lesson.yaml"
    )


def test_a_note_is_given_once(folder: Path) -> None:
    """Two notes of a lesson do not say the same."""
    notes = load(folder).lessons[0].model_dump(mode="json")["notes"]
    write_lesson(folder / LESSON, notes=notes * 2)
    assert "en note says the same as another of this lesson" in messages(
        folder, "m1/tokens/lesson.yaml"
    )


def test_every_lesson_lets_a_learner_explain(folder: Path) -> None:
    """In their own words, against key points."""
    found = lesson_faults(folder, single(1), single(2), true_false(3), numeric(4))
    assert any("no explain question" in message for message in found)


def test_a_course_asks_in_every_way(folder: Path) -> None:
    """Thirty questions without an order among them."""
    items = [single(n, key="abc"[n % 3]) for n in range(1, 31)]
    assert "no question of kind order among 30" in bank_faults(folder, *items)
    assert "no question of kind order among 31" not in bank_faults(folder, *items, order(31))


def test_a_lesson_has_four_questions_of_two_kinds_and_begins_with_a_single(folder: Path) -> None:
    """A check question under the lesson, and a quiz of more than one kind."""
    few = lesson_faults(folder, true_false(1), true_false(2))
    assert "2 questions, at least 4" in few
    assert "1 kind of question, at least 2" in few
    assert "the first question is true_false; make it single" in few


def test_wrong_options_carry_the_error_that_they_stand_for(folder: Path) -> None:
    """Sixty per cent over the lesson."""
    question = single(1)
    for option in question["options"]:
        option.pop("misconception", None)
    found = lesson_faults(folder, question, single(2), numeric(3))
    assert "2 of 4 wrong options have a `misconception`, at least 60%" in found


def test_an_explanation_is_neither_a_word_nor_an_essay(folder: Path) -> None:
    """15 to 60 words, 25 to 110 characters, also after an estimate."""
    question, estimate = single(1), numeric(2)
    question["options"][0]["explanation"] = both("错。", "No.")
    estimate["answer"] = both("对" * 111, "right " * 61)
    found = lesson_faults(folder, question, estimate)
    assert "en explanation has 1 words, at least 15" in found
    assert "zh explanation has 2 characters, at least 25" in found
    assert "en explanation has 61 words, at most 60" in found
    assert "zh explanation has 111 characters, at most 110" in found


def test_no_explanation_serves_two_options(folder: Path) -> None:
    """Each treats its own belief."""
    question = single(1)
    question["options"][0]["explanation"] = question["options"][1]["explanation"]
    assert "en explanation is the same as one in `tokens`" in lesson_faults(folder, question)


def test_two_stems_do_not_ask_the_same(folder: Path) -> None:
    """Also where a few letters differ."""
    question = single(2)
    question["stem"] = both("模型读到的是什么呢？", "Which things does a model read?")
    found = lesson_faults(folder, single(1), question)
    assert any("en stem is" in message and "like tokens:1" in message for message in found)


def test_a_question_fits_into_a_message(folder: Path) -> None:
    """Stem and options together."""
    question = single(1)
    question["stem"] = both("问" * 2000, "ask " * 500)
    assert any("at most 1800" in message for message in lesson_faults(folder, question))


def bank_faults(folder: Path, *questions: dict[str, Any]) -> list[str]:
    return messages(write_questions(folder, *questions), "course.yaml")


def test_the_key_is_not_the_longest_option_too_often(folder: Path) -> None:
    """A guesser's oldest trick."""
    found = bank_faults(folder, *(single(n, key="abc"[n % 3], longest=True) for n in range(1, 10)))
    assert "en key is the longest in 100% of 9 single items of 3 options, at most 40%" in found


def test_the_key_is_not_always_in_one_place(folder: Path) -> None:
    """By chi-square over the bank, and by share among four options."""
    found = bank_faults(folder, *(single(n, key="a", size=4) for n in range(1, 9)))
    assert any("chi-square 24.0, at most 7.815" in message for message in found)
    assert any("at most 35% in one place" in message for message in found)


def test_keys_in_all_places_are_no_fault(folder: Path) -> None:
    """The bar is on the bank and not on single questions."""
    assert bank_faults(folder, *(single(n, key="abcd"[n % 4], size=4) for n in range(1, 9))) == []


@pytest.mark.parametrize(("true", "wrong"), [(0, True), (2, False), (4, True)])
def test_about_half_of_the_true_false_items_are_true(folder: Path, true: int, wrong: bool) -> None:
    """Four items of which two are true keep the bar."""
    found = bank_faults(folder, *(true_false(n, truth=n <= true) for n in range(1, 5)))
    assert any("of true_false items are true" in message for message in found) is wrong


def test_a_strategy_without_knowledge_scores_like_chance(folder: Path) -> None:
    """All keys first and free of absolutes: two strategies work, and both are named."""
    items = [single(n, key="a") for n in range(1, 31)]
    for item in items:
        for option in item["options"][1:]:
            option["text"] = both("总是" + option["text"]["zh"], "Always " + option["text"]["en"])
    found = bank_faults(folder, *items)
    assert any("`always first` in en scores 100%, chance 33%" in message for message in found)
    assert any("`fewest absolutes` in zh scores 100%" in message for message in found)


def test_a_glossary_defines_each_term_once_and_in_a_sentence(folder: Path) -> None:
    """Unique terms, definitions of 8 to 60 words and 15 to 120 characters."""
    short = {"term": both("Token", "Token"), "definition": both("片段", "a piece")}
    dump(folder / "glossary.yaml", [*GLOSSARY, short])
    found = messages(folder, "glossary.yaml")
    assert "`Token` is in no lesson's `concepts`; link it or drop it" in found
    assert "en term `Token` is there twice" in found
    assert "en definition of `Token` has 2 words, 8 to 60" in found
    assert "zh definition of `Token` has 2 characters, 15 to 120" in found
    assert {fault.line for fault in check(folder)} == {7}


def test_a_sentence_from_an_essay_is_found(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """White space and punctuation do not hide it."""
    essays = tmp_path_factory.mktemp("essays")
    (essays / "one.txt").write_text("他写道:有的积木是一个字 有的是半个词,有的是别的.", "utf-8")
    (fault,) = copied(load(folder), essays, folder)
    assert fault.path == folder / LESSON / "zh.md"
    assert "shares 16 characters" in fault.message


@pytest.mark.parametrize(
    "shared",
    ["https://example.org/a-long-address", "《一本名字很长很长的有名的书》", "一篇文章的题目"],
)
def test_names_that_an_essay_has_too_are_not_copied(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, shared: str
) -> None:
    """Addresses and titles of works are nobody's wording."""
    essays = tmp_path_factory.mktemp("essays")
    (essays / "one.txt").write_text(f"见{shared}。", "utf-8")
    edit(folder / LESSON / "zh.md", "# 更简单", f"{shared}\n\n# 更简单")
    assert copied(load(folder), essays, folder) == []


def test_a_course_of_several_lessons_is_held_together(tmp_path: Path) -> None:
    """A copy of a lesson repeats its stems and explanations."""
    write_course(tmp_path, "copies")
    found = messages(tmp_path, "m1/copies/questions.yaml")
    assert any("stem is 1.00 like tokens:1" in message for message in found)
    assert any("the same as one in `tokens`" in message for message in found)


def test_another_course_in_the_same_format_is_held_to_the_same_bars(tmp_path: Path) -> None:
    """LESSONS_DIR may have other names and a lesson with a lab."""
    write_course(tmp_path)
    dump(tmp_path / "course.yaml", COURSE | {"course": "another", "version": "9"})
    write_lesson(tmp_path / LESSON, lab="tokenizer-view")
    assert check(tmp_path) == []


@pytest.mark.parametrize(
    "other",
    [
        "Which thing doez a modal reed?",
        "Which thing does the model read?",
        "Which thing does a model read today?",
    ],
)
def test_similar_stems_are_found_however_they_differ(folder: Path, other: str) -> None:
    """Letters replaced, a word replaced, a word added: all are close to the first one."""
    question = single(2) | {"stem": both("这里问的是另一件事情吗？", other)}
    found = lesson_faults(folder, single(1), question)
    assert any("like tokens:1" in message for message in found)


TUTOR: dict[str, Any] = {
    "example": both(
        "假如一句话有 3 块积木。第一块是“今天”，第二块是“下”，第三块是“雨”。"
        "模型拿到的是 3 个编号，不是 4 个汉字。换一份清单，同样的话可能变成 4 块。"
        "所以数块数之前，先问清楚用的是哪一份清单，再去算要付多少钱。",
        "Say a line is made of 3 bricks. The first is a whole word, the next is half a word, and "
        "the last is a comma. The model gets 3 numbers and no letters at all. With another list "
        "the same line may come out as 4 bricks. So ask which list it is before you count, and "
        "then work out what you pay.",
    ),
    "probes": [
        both("一块积木交给模型之前，会得到什么？", "What does each brick get before it goes in?"),
        both("拿到以后，它对着什么来做加减乘除？", "Which of those does it add up and multiply?"),
    ],
    "myths": [
        {
            "says": {
                "zh": [f"模型看字{which}{way}" for way in "甲乙丙"],
                "en": [f"models see letters {which} {way}" for way in "abc"],
            },
            "truth": both(
                f"不是这样（{which}）：模型拿到的是一串编号，每个编号代表一小块文字，"
                "它从头到尾都没有见过一笔一画的样子，只会拿这些编号去算。",
                f"Not so in case {which}: the model is given a row of numbers, each of which "
                "stands for a small piece of text, and it never sees the shape of a single letter.",
            ),
        }
        for which in "丁戊己"
    ],
}


def tutor_faults(folder: Path, **changes: Any) -> list[str]:
    dump(folder / LESSON / "tutor.yaml", TUTOR | changes)
    return messages(folder, "m1/tokens/tutor.yaml")


def test_a_sound_tutor_file_has_no_faults(folder: Path) -> None:
    """The one that the next tests break."""
    assert tutor_faults(folder) == []


def test_an_example_is_short_easy_and_the_same_in_both_languages(folder: Path) -> None:
    """It is held to the bars of the body, with a length of its own."""
    zh, en = TUTOR["example"]["zh"], TUTOR["example"]["en"]
    assert tutor_faults(folder, example=both(zh, "Say a line is made of 3 or 4 bricks.")) == [
        "en example has 10 words, at least 50"
    ]
    long = "Computational sophistication characterises contemporary architectures. " * 4
    [message] = tutor_faults(folder, example=both(zh, f"{en} {long}"))
    assert message.startswith("en example reads at grade")
    [message] = tutor_faults(folder, example=both(zh.replace("3", "7"), en))[:1]
    assert "`7` is in zh and not in en" in message or "`3` is in en" in message


def test_a_probe_asks_and_does_not_tell(folder: Path) -> None:
    """Its key point is left to the learner."""
    told = both(
        "一块积木交给模型之前，会得到什么？",
        "Did you know that the model works with these numbers?",
    )
    found = tutor_faults(folder, probes=[TUTOR["probes"][0], told])
    assert [re.sub(r"\d+%", "N", message, count=1) for message in found] == [
        "en probe says N of its key point, less than 50%"
    ]
    said = both("想想一块积木会得到什么。", "Think of what each brick gets.")
    assert len(tutor_faults(folder, probes=[said, TUTOR["probes"][1]])) == 2


def test_there_are_three_myths_said_in_three_ways_and_put_right(folder: Path) -> None:
    """A myth is recognised by how people say it."""
    first, *others = TUTOR["myths"]
    assert "2 myths, at least 3" in tutor_faults(folder, myths=others)
    few = first | {"says": {"zh": ["看字"], "en": ["a", "b", "c"]}}
    assert "zh myth is said in 1 ways, at least 3" in tutor_faults(folder, myths=[few, *others])
    short = first | {"truth": both("不是。", "No.")}
    found = tutor_faults(folder, myths=[short, *others])
    assert "zh truth has 3 characters, at least 40" in found
    assert "en truth has 1 words, at least 25" in found


def test_what_a_tutor_says_is_not_copied_from_an_essay(folder: Path, tmp_path: Path) -> None:
    """It is the course's own words, like the lesson."""
    dump(folder / LESSON / "tutor.yaml", TUTOR)
    essays = tmp_path / "essays"
    essays.mkdir()
    (essays / "one.md").write_text(TUTOR["example"]["zh"], "utf-8")
    found = copied(load(folder), essays, folder)
    assert [fault.path.name for fault in found] == ["tutor.yaml"]
