"""A question that waits for its answer is hinted at and not answered. Pure."""

import re
from collections.abc import Iterable
from typing import Final

from bot.course.model import LANGUAGES, Language, Lesson, Question, Term
from bot.course.numerals import numerals, spelled
from bot.learning.points import MADE_WHEN_ASKED, points_made
from bot.learning.wording import Wording, sentences

SAME: Final = 0.5
"""What is asked amounts to a question that it is so like."""

_WEIGHTY: Final = 0.6
"""The last sentence of a stem that is so like the whole is the question itself."""

_NAMED: Final = 0.6
"""So much of an option names it, if so much of what is asked is about the question."""

_TOLD: Final = 0.35
"""A sentence that says so much of the key, or of why it is right, gives it away."""

_JUDGES: Final = re.compile(r"^\s*(?:判断：|True or false:)\s*")
"""How the stem of a true/false question begins."""

_NO_STATEMENT: Final = (":", "：", ";", "；", "?", "？")
"""How half a thought ends, or another question."""

_MARKS: Final = re.compile(r"\*+|^- ")

_CHINESE: Final = re.compile(r"[\u3400-\u9fff]")

_KEY_ZH: Final = re.compile(
    r"""(?:那|请问|所以|到底|究竟|告诉我|直接|说|这道?题|那道?题|这个|上面|刚才|的|正确|标准|[,，])*
        (?:答案(?:应该|到底)?是?(?:什么|啥|哪个|多少|几)?
        |(?:应该|该|要)?(?:选|是)(?:哪一?[个项]|什么|啥)
        |(?:应该|该|要)?(?:怎么|如何)(?:选|做|答|填|排|算)
        |哪(?:一?个|一?项|些)(?:选项)?是?(?:对|正确)的?
        |[选是]*[a-h](?:还是|或者?|和|跟|[,，、])[选是]*[a-h].*
        |[选是]*[a-h](?:是?对|正确|没错)?(?:吗|吧|是不是|对不对)的?
        |是?(?:对|错)(?:还是|或)是?(?:错|对)的?|对不对|是多少)
        [呢啊呀吗吧嘛的了]*""",
    re.VERBOSE,
)
_KEY_EN: Final = re.compile(
    r"""(?:so|ok|and|please)?\s*
        (?:(?:whats?|what\ (?:is|was)|tell\ me|give\ me)\ (?:the\ )?(?:(?:right|correct)\ )?
           (?:answer|solution|key)(?:\ to\ (?:this|that|the)(?:\ question|\ one)?)?
        |(?:which|what)(?:\ (?:one|option|answer|letter|of\ them|of\ these))?
           \ (?:is\ it|(?:is|are)\ (?:right|correct|true|the\ right\ one|the\ answer))
        |(?:which|what)(?:\ (?:one|option|answer|letter))?\ should\ i\ (?:choose|pick|take)
        |(?:(?:is|was)\ (?:it|the\ answer)\ )?(?:option\ )?[a-h]\ or\ (?:option\ )?[a-h]
        |(?:(?:is|was)\ (?:it|the\ answer)\ )?true\ or\ false
        |is\ (?:it\ |the\ answer\ )?(?:option\ )?(?:[a-h]|true|false)(?:\ (?:right|correct|it))?
        |should\ i\ (?:choose|pick|take)\ (?:option\ )?[a-h]
        |how\ (?:do|should|can)\ i\ (?:answer|solve|do)\ (?:this|that|it)(?:\ question|\ one)?)""",
    re.VERBOSE,
)
"""What asks for the key without saying what the question is about."""


def is_asked_for(wording: Wording, question: Question, terms: Iterable[Term], asked: str) -> bool:
    """Tell whether somebody asks for the very thing that a question asks them.

    terms: those of the question's lesson; "what is X" asks for it where X is defined by the key.
    """
    if _asks_for_key(asked):
        return True
    return any(
        _is_same(wording, question, asked, language)
        or _is_defined(wording, question, terms, asked, language)
        for language in LANGUAGES
    )


def _asks_for_key(asked: str) -> bool:
    plain = re.sub(r"[?？。.!！'’]", "", asked.lower()).strip()
    if _CHINESE.search(plain):
        return _KEY_ZH.fullmatch(re.sub(r"\s", "", plain)) is not None
    return _KEY_EN.fullmatch(re.sub(r"\s+", " ", plain)) is not None


def _is_same(wording: Wording, question: Question, asked: str, language: Language) -> bool:
    stem = _JUDGES.sub("", question.stem[language])
    if wording.likeness(stem, asked) >= SAME:
        return True
    if not wording.has_subject(asked):
        return False
    # A stem may tell a story before it asks; but "Why?" alone is not what it asks.
    last = sentences(stem)[-1]
    if wording.likeness(stem, last) >= _WEIGHTY and wording.likeness(last, asked) >= SAME:
        return True
    options = [] if question.kind == "true_false" else question.options
    return any(
        wording.coverage(option.text[language], asked, stem) >= _NAMED
        and wording.part(asked, stem, option.text[language]) >= _NAMED
        for option in options
    )


def _is_defined(
    wording: Wording, question: Question, terms: Iterable[Term], asked: str, language: Language
) -> bool:
    return any(
        wording.is_named(term.term[language], asked)
        and states_key(wording, question, language, term.definition[language])
        for term in terms
        if not question.rubric  # who explains may look things up
    )


def nearest_sentence(
    wording: Wording, lesson: Lesson, question: Question, language: Language
) -> str | None:
    """Return the sentence of a lesson that helps most with a question and does not state its key.

    None where every sentence does, or none has to do with it.
    """
    stem = question.stem[language]
    told = sentences(f"{lesson.simpler[language]}\n\n{lesson.body[language]}")
    near = {
        plain: wording.coverage(stem, plain)
        for plain in (_MARKS.sub("", one) for one in told)
        if not plain.endswith(_NO_STATEMENT)
    }
    safe = [one for one in near if near[one] and not states_key(wording, question, language, one)]
    return max(safe, key=near.__getitem__, default=None)


def states_key(wording: Wording, question: Question, language: Language, text: str) -> bool:
    """Tell whether a text gives the key of a question away, as far as its words tell."""
    if question.numeric and question.numeric.value in _numbers(text):
        return True
    if question.rubric:
        made = points_made(wording, question, language, text)
        return max(made.values()) >= MADE_WHEN_ASKED
    return any(wording.coverage(one, text) >= _TOLD for one in _key(question, language))


def _numbers(text: str) -> set[float]:
    return {float(value) for value, _percent in numerals(text)} | set(map(float, spelled(text)))


def _key(question: Question, language: Language) -> Iterable[str]:
    """Return the texts that state what is right."""
    if question.answer:
        yield question.answer[language]
    for option in question.options:
        if option.correct and question.kind == "true_false":
            yield from (_JUDGES.sub("", question.stem[language]), option.explanation[language])
        elif option.correct:
            yield from (option.text[language], option.explanation[language])
