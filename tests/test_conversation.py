"""Conversations with the tutor, as a learner has them."""

import asyncio

import pytest

from bot.commands.lesson_text import full
from bot.course.model import LANGUAGES, Course, Language
from bot.messages import ACTION_BYTES, Address, Incoming
from bot.tutor import TEXT_LIMIT, Access
from tests.dialog import LESSONS, Dialog, lesson_place, response_to


def test_a_first_visit_leads_from_the_welcome_to_the_first_answer(dialog: Dialog) -> None:
    """A newcomer reads, is asked, answers and sees it counted."""
    dialog.verify(
        ("/start", "你好"),
        ("[开始第一课]", lesson_place(1)),
        ("[讲简单点]", lesson_place(1)),
        ("[讲深一点]", lesson_place(1)),
        ("[考我一题]", dialog.course.lessons[0].check_question.stem.zh),
    )
    assert "答对了" in dialog.answer()
    dialog.verify(("[下一课]", lesson_place(2)), ("/progress", "1 题答对 1 题"))


def test_the_language_can_be_chosen_under_the_welcome_and_is_kept(dialog: Dialog) -> None:
    """A press on English speaks English from there on."""
    dialog.verify(
        ("/start", "你好"),
        ("[English]", "Hello"),
        ("/learn", f"Lesson 1 of {LESSONS}"),
        ("/settings", "Language: English"),
        ("[中文]", "语言：中文"),
        ("/help", "我会做什么"),
    )


def test_a_newcomer_is_spoken_to_in_the_language_of_the_platform(dialog: Dialog) -> None:
    """The platform's locale decides: Chinese for zh, English for any other."""
    dialog.locale = "de"
    assert "Hello" in dialog.say("/start")
    dialog.sender = Address("terminal", "bao", "bao")
    dialog.locale = "zh-TW"
    assert "你好" in dialog.say("/start")


def test_learn_takes_up_where_the_learner_left(dialog: Dialog) -> None:
    """A lesson that was only opened comes again; one that was checked does not."""
    dialog.verify(("/learn", lesson_place(1)), ("/learn", lesson_place(1)), ("[考我一题]", ""))
    dialog.answer(right=False)
    dialog.verify(
        ("/learn", lesson_place(2)), ("[下一课]", lesson_place(3)), ("/learn", lesson_place(3))
    )


@pytest.mark.parametrize("name", ["tokens", "5", "TOKENS", "token：模型眼里的文字"])
def test_a_lesson_is_found_by_id_number_and_title(dialog: Dialog, name: str) -> None:
    """/learn takes what people type."""
    assert lesson_place(5) in dialog.say(f"/learn {name}")


def test_every_lesson_can_be_read_to_the_end_of_the_course(dialog: Dialog) -> None:
    """Next leads through all lessons, and then to the map."""
    dialog.say("/learn")
    for _lesson in dialog.course.lessons[1:]:
        dialog.press_label("下一课")
    assert lesson_place(LESSONS) in dialog.last.text
    dialog.verify(("[课程地图]", "●"), ("/learn", lesson_place(LESSONS)), ("[考我一题]", ""))
    dialog.answer()
    assert "都学完了" in dialog.say("/learn")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_lesson_is_one_message(course: Course, language: Language) -> None:
    """Discord takes 2,000 characters at once, Telegram more."""
    for lesson in course.lessons:
        assert len(full(course, lesson, language)) <= 2000, lesson.id


def test_the_map_shows_what_is_done_and_opens_any_lesson(dialog: Dialog) -> None:
    """Modules open in place, and a lesson is one press away."""
    dialog.say("/learn")
    assert "◔ 1." in dialog.say("/course")
    dialog.press("module:m2")
    assert dialog.last.replaces
    assert lesson_place(6) in dialog.press("learn:next-token")


def test_what_a_lesson_builds_on_is_recommended_and_never_locked(dialog: Dialog) -> None:
    """A button leads to what was not opened yet; once it was, the button is gone."""
    lesson, first = dialog.course.lesson("moe"), dialog.course.lesson("run-at-home")
    assert lesson
    assert first
    assert lesson.prerequisites == (first.id,)
    assert lesson.body.zh[:20] in dialog.say("/learn moe")
    [label] = [one.label for one in dialog.last.buttons if one.action == f"learn:{first.id}"]
    assert label == f"先读：{first.title.zh}"[: len(label) - 1] + label[-1]
    dialog.press_label(label)
    dialog.say("/learn moe")
    assert not [one for one in dialog.last.buttons if one.action == f"learn:{first.id}"]


def test_more_notes_shows_every_note_of_a_lesson(dialog: Dialog) -> None:
    """A lesson shows two notes, and the others behind a button."""
    lesson = dialog.course.lesson("how-big-is-large")
    assert lesson
    assert dialog.say("/learn how-big-is-large").count("老师注") == 2
    assert dialog.press_label("更多注释").count("老师注") == len(lesson.notes) - 2


def test_a_round_of_questions_ends_with_its_result(dialog: Dialog) -> None:
    """Right, wrong and unsure answers come back in the result, with what to read again."""
    dialog.say("/quiz tokens")
    questions = dialog.course.lesson("tokens")
    assert questions
    dialog.answer()
    dialog.press_label("下一题")
    dialog.answer(right=False)
    for _question in questions.questions[2:]:
        dialog.press_label("下一题")
        dialog.press_label("不确定")
    assert f"{len(questions.questions)} 题答对 1 题" in dialog.last.text
    assert f"不确定 {len(questions.questions) - 2} 题" in dialog.last.text
    assert questions.title.zh in dialog.last.text


@pytest.mark.parametrize("text", ["E", "9", "z"])
def test_a_slip_in_a_quiz_keeps_the_question_open(dialog: Dialog, text: str) -> None:
    """What is as short as an answer and is none gets a hint, and the way back."""
    dialog.verify(("/learn", ""), ("[考我一题]", ""))
    question = dialog.open_question
    assert "还等着你呢" in dialog.say(text)
    dialog.press_label("回到刚才的题")
    assert dialog.open_question == question


@pytest.mark.parametrize("text", ["温度", "采样", "AI", "谢谢", "bad", "B?", "是 B 吗"])
def test_a_short_question_in_a_quiz_is_a_question(dialog: Dialog, text: str) -> None:
    """Two characters are a word in Chinese, and a question mark asks."""
    dialog.verify(("/learn", ""), ("[考我一题]", ""))
    dialog.say(text)
    assert "还等着你呢" not in dialog.last.text
    assert "还没答过题" in dialog.say("/progress")


def test_a_check_question_leaves_the_round_open(dialog: Dialog) -> None:
    """A look at another lesson in the middle of a round does not end it."""
    dialog.say("/quiz tokens")
    dialog.answer()
    dialog.press_label("下一题")
    left = dialog.open_question
    dialog.press("check:sampling")
    dialog.answer()
    dialog.say("/quiz")
    assert dialog.open_question == left
    assert "第 2/" in dialog.last.text


def test_a_question_asked_in_private_is_not_answered_in_a_group(dialog: Dialog) -> None:
    """The feedback would be read by everybody there."""
    dialog.verify(("/learn", ""), ("[考我一题]", ""))
    dialog.is_private = False
    dialog.sender = Address("terminal", "ada", "group")
    dialog.say("A", mentions_bot=True)
    dialog.say("温度是什么意思？", mentions_bot=True)
    assert all(button.label != "回到刚才的题" for button in dialog.last.buttons)
    assert "还没答过题" in dialog.say("/progress")


def test_a_repeated_press_explains_once_more(dialog: Dialog) -> None:
    """The feedback may have been lost on its way when the service was killed."""
    dialog.verify(("/learn", ""), ("[考我一题]", ""))
    question = dialog.open_question
    dialog.answer()
    key = next(option for option in question.options if option.correct)
    assert key.explanation.zh in dialog.press(f"quiz:{question.id}:{key.id}")


def test_a_clock_that_steps_back_blocks_no_question(dialog: Dialog) -> None:
    """What was asked later is what an answer is for, whatever the clock said."""
    for hours in (0, -5):
        dialog.clock.move(hours=hours)
        dialog.verify(("/learn tokens", ""), ("[考我一题]", ""))
        assert "答对了" in dialog.answer()


@pytest.mark.parametrize("text", ["/learn\ntokens", "/learn\u3000tokens", "／learn tokens"])
def test_a_command_is_read_however_it_is_typed(dialog: Dialog, text: str) -> None:
    """Line breaks, wide spaces and the slash of a Chinese keyboard are all fine."""
    assert lesson_place(5) in dialog.say(text)


def test_what_is_personal_is_marked_private(dialog: Dialog) -> None:
    """Platforms show these replies to the learner alone; the table of commands says which."""
    for command in ("/progress", "/settings"):
        dialog.say(command)
        assert all(reply.private for reply in dialog.replies)
    dialog.press("settings:language:en")
    assert dialog.last.private
    dialog.say("/learn")
    assert not dialog.last.private


def test_messages_of_one_learner_are_handled_in_their_order(dialog: Dialog) -> None:
    """Sent at once, they are answered one after the other, and nothing is lost."""
    said = [Incoming(dialog.sender, f"/learn {number}") for number in range(1, 9)]

    async def send(one: Incoming, heard: list[str]) -> None:
        async for reply in dialog.tutor.handle(one):
            await asyncio.sleep(0.001 * (9 - int(one.text[-1])))
            heard.append(reply.text)

    async def send_all() -> list[str]:
        heard: list[str] = []
        await asyncio.gather(*(send(one, heard) for one in said))
        return heard

    heard = dialog._runner.run(send_all())
    titles = [lesson.title.zh for lesson in dialog.course.lessons]
    assert [title in text for title, text in zip(titles[:8], heard, strict=True)] == [True] * 8


def test_simpler_and_deeper_are_what_the_lesson_says(dialog: Dialog) -> None:
    """Each depth has its own text, and the essay's credit."""
    lesson = dialog.course.lessons[0]
    assert lesson.simpler.zh in dialog.press(f"simpler:{lesson.id}")
    assert lesson.deeper.zh in dialog.press(f"deeper:{lesson.id}")
    assert "LLM in 2024" in dialog.last.text


def test_a_wrong_answer_is_told_why_it_is_wrong(dialog: Dialog) -> None:
    """The chosen option is explained, and the right one."""
    dialog.verify(("/learn", ""), ("[考我一题]", ""))
    question = dialog.open_question
    wrong = next(option for option in question.options if not option.correct)
    right = next(option for option in question.options if option.correct)
    feedback = dialog.answer(right=False)
    assert wrong.explanation.zh in feedback
    assert right.explanation.zh in feedback


def test_a_question_in_the_middle_of_a_quiz_leads_back_to_it(dialog: Dialog) -> None:
    """The first button under the answer is the question that was left, for half an hour."""
    dialog.verify(("/quiz tokens", "第 1/"), ("温度是什么意思？", "温度"))
    assert dialog.last.buttons[0].label == "回到刚才的题"
    dialog.clock.move(minutes=31)
    dialog.say("温度是什么意思？")
    assert dialog.last.buttons[0].label != "回到刚才的题"


@pytest.mark.parametrize("form", ["选{}", "我选{}", "应该是{}吧", "option {}", "I think it's {}"])
def test_an_answer_can_be_said_as_people_say_it(dialog: Dialog, form: str) -> None:
    """Words around the letter do not matter."""
    dialog.verify(("/learn", ""), ("[考我一题]", ""))
    right = f"quiz:{dialog.open_question.id}:{response_to(dialog.open_question, right=True)}"
    [letter] = [one.label for one in dialog.last.buttons if one.action == right]
    assert "答对了" in dialog.say(form.format(letter))


def test_an_estimate_is_told_what_was_said(dialog: Dialog) -> None:
    """The learner's own number stands in the feedback."""
    question = next(q for one in dialog.course.lessons for q in one.questions if q.numeric)
    assert question.numeric
    dialog.press(f"quiz:{question.id}:{question.numeric.high * 2:.12g}")
    assert "差得不算远" in dialog.last.text
    assert f"你填的是 {question.numeric.high * 2:,.10g}" in dialog.last.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("下一课", lesson_place(2)), ("讲深一点", lesson_place(1)), ("考考我", "第 1/"),
     ("术语", "神经网络"), ("课程地图", "○"), ("我会做什么", "/quiz")],
)  # fmt: skip
def test_what_stands_on_a_button_can_be_typed(dialog: Dialog, text: str, expected: str) -> None:
    """A person types what they would press."""
    dialog.say("/learn")
    assert expected in dialog.say(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("删除我的数据", "要删除"), ("怎么删除我的数据？", "要删除"),
        ("delete my data", "要删除"), ("导出我的数据", "一个文件"),
        ("我的进度", "学习进度"), ("How far have I come?", "学习进度"),
        ("how do I link my accounts?", "连接码"), ("复习", "要复习的"),
    ],
)  # fmt: skip
def test_what_is_wished_in_plain_words_is_done(dialog: Dialog, text: str, expected: str) -> None:
    """Nobody has to know a command to leave with their data."""
    dialog.say(text)
    assert expected in dialog.replies[0].text


@pytest.mark.parametrize("text", ["模型能删除我的数据吗", "训练数据怎么删除", "what is my data"])
def test_a_question_about_data_is_a_question(dialog: Dialog, text: str) -> None:
    """Only the whole wish, in its own words, is a command."""
    dialog.say(text)
    assert not any(one.action.startswith("forget:yes") for one in dialog.last.buttons)


@pytest.mark.parametrize("text", ["A", "c", "4", "140"])
def test_an_answer_to_no_question_is_told_so(dialog: Dialog, text: str) -> None:
    """A letter that comes too late is not taken for a question about it."""
    dialog.say("/learn")
    assert "没有等着回答的题" in dialog.say(text)


def test_a_learner_who_comes_back_is_taken_up_where_they_were(dialog: Dialog) -> None:
    """/start knows what was done, and the question that is open."""
    dialog.say("/learn tokens")
    dialog.press_label("考我一题")
    dialog.answer()
    dialog.verify(("/start", f"读过 1/{LESSONS} 课"), ("[继续学]", lesson_place(1)))
    dialog.say("/quiz tokens")
    question = dialog.open_question
    dialog.verify(("/start", "欢迎回来"), ("[回到刚才的题]", question.stem.zh))


def test_not_sure_costs_nothing(dialog: Dialog) -> None:
    """An honest "not sure" is no wrong answer."""
    dialog.verify(("/learn", ""), ("[考我一题]", ""), ("[不确定]", "不扣分"))
    dialog.verify(("/progress", "0 题答对 0 题"), ("/progress", "另有 1 题不确定"))


def test_a_quiz_before_the_first_lesson_offers_the_first_lesson(dialog: Dialog) -> None:
    """There is nothing to ask about yet."""
    dialog.verify(("/quiz", "还没打开过"), ("[开始第一课]", lesson_place(1)))


def test_a_quiz_that_was_left_is_taken_up_again(dialog: Dialog) -> None:
    """/quiz asks the question that was open, options in the same order."""
    dialog.say("/quiz tokens")
    before = dialog.last
    dialog.say("/learn sampling")
    dialog.say("/quiz")
    assert dialog.last == before


def test_what_went_badly_is_asked_before_what_went_well(dialog: Dialog) -> None:
    """A second round begins with the questions that were not right."""
    dialog.say("/learn tokens")
    dialog.say("/quiz tokens")
    missed = dialog.open_question.id
    dialog.answer(right=False)
    while any(button.label == "下一题" for button in dialog.last.buttons):
        dialog.press_label("下一题")
        dialog.answer()
    dialog.say("/quiz")
    assert dialog.open_question.id == missed


def test_a_second_press_counts_once(dialog: Dialog) -> None:
    """Telegram and people press twice; the first answer stands."""
    dialog.verify(("/learn", ""), ("[考我一题]", ""))
    question = dialog.open_question
    dialog.answer()
    again = f"quiz:{question.id}:{response_to(question, right=False)}"
    assert "只算一次" in dialog.press(again)
    assert "1 题答对 1 题" in dialog.say("/progress")


def test_somebody_elses_button_counts_for_whoever_presses(dialog: Dialog) -> None:
    """In a group one question is answered by many, each for themselves."""
    dialog.verify(("/learn", ""), ("[考我一题]", ""))
    question = dialog.open_question
    dialog.sender = Address("terminal", "bao", "bao")
    dialog.press(f"quiz:{question.id}:{response_to(question, right=True)}")
    assert "1 题答对 1 题" in dialog.say("/progress")
    dialog.sender = Address("terminal", "ada", "ada")
    assert "还没答过题" in dialog.say("/progress")


@pytest.mark.parametrize("kind", ["single", "multi", "true_false", "numeric"])
def test_each_kind_of_question_can_be_answered_by_typing(dialog: Dialog, kind: str) -> None:
    """What the buttons do, the keyboard does too."""
    question = next(q for one in dialog.course.lessons for q in one.questions if q.kind == kind)
    dialog.say(f"/quiz {question.lesson_id}")
    while dialog.open_question.id != question.id:
        dialog.press_label("不确定")
        dialog.press_label("下一题")
    shown = {one.action[-1]: one.label[-1] for one in dialog.last.buttons[:-1]}
    typed = {
        "single": "".join(shown.get(one, "") for one in question.key).lower(),
        "multi": ", ".join(
            one.label[-1] for one in dialog.last.buttons[:-1] if one.action[-1] in question.key
        ),
        "true_false": "对" if "a" in question.key else "错",
        "numeric": f"大概 {question.numeric.value:g}" if question.numeric else "",
    }[kind]
    assert "答对了" in dialog.say(typed)


def test_a_choose_all_question_is_ticked_box_by_box(dialog: Dialog) -> None:
    """Each press redraws the question in place; Done grades what is ticked."""
    question = next(q for one in dialog.course.lessons for q in one.questions if q.kind == "multi")
    dialog.press(f"pick:{question.id}:")
    for option in sorted(question.key):
        box = next(
            one
            for one in dialog.last.buttons
            if one.action.startswith("pick:") and option in one.action.rpartition(":")[2]
        )
        dialog.press(box.action)
        assert dialog.last.replaces
    assert dialog.last.text.count("☑") == len(question.key)
    assert "答对了" in dialog.press_label("选好了")


def test_a_plain_question_is_answered_from_the_lessons_with_its_source(dialog: Dialog) -> None:
    """With no endpoint the passages themselves answer, and say so."""
    answer = dialog.say("温度调高会怎么样？")
    assert "[1]" in answer
    assert "没有用语言模型" in answer
    assert any(button.action == "learn:sampling" for button in dialog.last.buttons)


def test_a_question_that_no_lesson_covers_is_told_so(dialog: Dialog) -> None:
    """The nearest lessons are one press away, and nothing is claimed to be answered."""
    answer = dialog.say("GGUF 和 GPTQ 有什么区别？")
    assert "还没讲到" in answer
    assert "出自课程" not in answer
    assert any(button.action.startswith("learn:") for button in dialog.last.buttons)


def test_an_off_topic_question_is_turned_back_to_the_course(dialog: Dialog) -> None:
    """One friendly sentence, and a way on."""
    dialog.say("/learn tokens")
    dialog.say("明天北京会下雨吗")
    examples = [one for one in dialog.last.buttons if one.action.startswith("example:tokens:")]
    assert len(examples) == 2
    assert f"**{examples[0].label}**" in dialog.press(examples[0].action)
    dialog.say("明天北京会下雨吗")
    assert lesson_place(1) in dialog.press_label("继续学")


def test_ask_without_a_question_gives_an_example(dialog: Dialog) -> None:
    """/ask alone explains itself."""
    assert "/ask" in dialog.say("/ask")


def test_a_fresh_conversation_forgets_what_was_said(dialog: Dialog) -> None:
    """/new removes the conversation, and nothing else."""
    dialog.say("温度是什么意思？")
    learner = 1
    assert dialog._runner.run(dialog.store.run(lambda tx: tx.conversation(learner, "private", 9)))
    dialog.say("/new")
    assert not dialog._runner.run(
        dialog.store.run(lambda tx: tx.conversation(learner, "private", 9))
    )


def test_a_conversation_in_private_stays_out_of_groups(dialog: Dialog) -> None:
    """What a learner asks in private is no part of what a group hears, nor the other way."""
    dialog.say("温度是什么意思？")
    dialog.enter("group")
    dialog.reply("token 是什么？")
    thread = dialog.last.thread or ""
    group = dialog._runner.run(dialog.store.run(lambda tx: tx.conversation(1, thread, 9)))
    assert [message.content for message in group if message.role == "user"] == ["token 是什么？"]


def test_a_group_is_left_in_peace(dialog: Dialog) -> None:
    """Only commands, presses and mentions are answered there."""
    dialog.is_private = False
    assert dialog.say("大家好") == ""
    assert dialog.say("/kick bao") == ""
    assert lesson_place(1) in dialog.say("/learn")


@pytest.mark.parametrize("text", ["", "   ", "\x00\x01", "\u200b", "\ud800"])
def test_a_message_without_text_gets_a_short_helpful_reply(dialog: Dialog, text: str) -> None:
    """Stickers, photos and control characters are not read."""
    assert "只看得懂文字" in dialog.say(text)


def test_a_megabyte_of_text_gets_a_short_helpful_reply(dialog: Dialog) -> None:
    """The limit is named."""
    assert str(TEXT_LIMIT) in dialog.say("字" * 1_000_000)


@pytest.mark.parametrize("text", ["/nonsense", "/", "/`@everyone`", "/" + "a" * 500])
def test_an_unknown_command_gets_a_short_helpful_reply(dialog: Dialog, text: str) -> None:
    """The way to the list is one press away, and markup in the name does nothing."""
    reply = dialog.say(text)
    assert "没有" in reply
    assert "@" not in reply
    assert len(reply) < 120


@pytest.mark.parametrize(
    "action",
    ["nonsense", "", "quiz:tokens:99:a", "quiz:tokens:1:z", "quiz:tokens:1:", "quiz:::", ":",
     "pick:tokens:1:a", "example:tokens:99", "example:tokens:x", "module:m99",
     "settings:language:tlh", "start:language:"],
)  # fmt: skip
def test_an_unknown_button_gets_a_short_helpful_reply(dialog: Dialog, action: str) -> None:
    """A button of an older version, or a made-up one, changes nothing."""
    reply = dialog.press(action)
    assert "过期" in reply or "没有叫" in reply
    assert "还没答过题" in dialog.say("/progress")


@pytest.mark.parametrize("text", ["token\ud800是什么", "/learn \udfff", "\x00token 是什么？\x00"])
def test_text_that_no_database_takes_is_cleaned(dialog: Dialog, text: str) -> None:
    """Half a surrogate pair and NUL are left out, and the rest is answered."""
    assert dialog.say(text).encode()
    assert dialog.press("learn:\ud800").encode()


def test_an_unknown_lesson_is_named_in_the_reply(dialog: Dialog) -> None:
    """And the map is offered."""
    assert "`nonsense`" in dialog.say("/learn nonsense")
    assert "没有叫" in dialog.press("simpler:nonsense")


def test_a_stranger_is_turned_away_where_only_some_are_let_in(
    course: Course, database: str
) -> None:
    """ALLOWED_USERS and ALLOWED_CHATS name who may use the bot."""
    access = Access(frozenset({"telegram:7"}), frozenset({"discord:9"}))
    with Dialog(course, database, access=access) as dialog:
        dialog.sender = Address("telegram", "8", "8")
        assert "不对外开放" in dialog.say("/start")
        dialog.is_private = False
        assert dialog.say("/start") == ""
        dialog.sender = Address("discord", "1", "9")
        assert "你好" in dialog.say("/start")


def test_every_button_anywhere_fits_every_platform(dialog: Dialog) -> None:
    """Walk over everything that shows buttons: actions within the bytes, labels within a button."""
    starts = ["/start", "/course", "/progress", "/settings", "/help", "/learn", "什么是 token？"]
    todo = [("say", text) for text in starts]
    seen: set[str] = set()
    while todo:
        kind, what = todo.pop()
        (dialog.say if kind == "say" else dialog.press)(what)
        for button in dialog.last.buttons:
            assert len(button.action.encode()) <= ACTION_BYTES
            assert 0 < len(button.label.encode()) <= 40, button.label
            if button.action not in seen and len(seen) < 400:
                seen.add(button.action)
                todo.append(("press", button.action))
    assert len(seen) > 60


def test_days_practised_follow_the_learners_own_calendar(dialog: Dialog) -> None:
    """An evening lesson in Shanghai belongs to Shanghai's day."""
    dialog.say("/learn")
    dialog.clock.move(hours=11)  # 23:00 in Shanghai
    dialog.say("/learn")
    assert "本月学习 1 天" in dialog.say("/progress")
    dialog.clock.move(hours=1)
    dialog.say("/learn")
    assert "本月学习 2 天" in dialog.say("/progress")


def test_a_note_names_its_essay_where_a_lesson_draws_on_several(dialog: Dialog) -> None:
    """ "The essay says" is clear only where there is one."""
    one = dialog.say("/learn radio-knobs")
    assert "老师注：" in one or "老师注**：" in one
    several = dialog.say("/learn chat-finetuning")
    assert "老师注《大语言模型》" in several
    assert "老师注《或许可以这样看待大语言模型》" in several
