"""An answer made of the course's own sentences: what a learner gets without an endpoint. Pure."""

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import replace
from itertools import accumulate
from math import sqrt
from typing import Final, NamedTuple

from bot.answering.asked import Belief
from bot.answering.beliefs import without_verdict
from bot.answering.found import Found, Hit
from bot.answering.passages import Kind, Passage, plain
from bot.answering.question import tells_number
from bot.course.model import Language

Terms = Callable[[str], list[str]]
"""The words of a text that the search compares."""

_SENTENCE: Final[dict[Language, re.Pattern[str]]] = {
    "zh": re.compile(r"[^。！？\n]+[。！？]*[”』」）)]*"),
    "en": re.compile(r"\S.*?(?:(?<! al)[.!?][\"”)]*(?=\s+[A-Z0-9\"“`(])|$)", re.MULTILINE),
}
_LEANS_BACK: Final = re.compile(
    r"(?:it|its|this|that|these|those|they|their|he|she|but|so|and|then|also|here|there|both|such"
    r"|instead|either|another|now|still|yet|nor|however|for one|even|other|the (?:first|second|last"
    r"|other|two|same|machine|author|rules|game|essay|ranking|gap)|one (?:piece|thing|bit)|all of"
    r"|hard to|too|change the|by itself|as the next)\b"
    r"|[它这那他她但也而其再转]|所以|因此|不过|于是|然后|可是|比如|上例|同样|还有|前者|后者|另外|以上|其实"
    r"|接着|现在|第[一二三]|另一|图注|文章里|准确地说|没错|不错|要是|就像|规则|不管|变的是|灵感|你的问题"
    r"|换一个|同一段|归一|取 ?`|拿 ?`|以 ?`|实际|每合并|底层|最后一",
    re.IGNORECASE,
)
"""How a sentence begins that is not understood without the one before it."""

_POINTS_BACK: Final = re.compile(
    r"\b(?:them|these|those|the same game)\b|[它他她]们(?!的)|上面|前面说"
)
"""What means something in a sentence before it, wherever it stands."""

_POINTS_ON: Final = re.compile(r"下一课|\bnext lesson\b")
"""What only those who read on understand."""

_REASON: Final = re.compile(r"因为|原因|由于|\b(?:because|since|reason|why)\b", re.I)

_MOST: Final = 4
"""Sentences taken from one passage."""

_AFTER_DEFINITION: Final = 2
"""Sentences that follow a definition."""

_ALL: Final = 5
"""Sentences of a whole answer."""

_ALSO: Final = 0.7
"""A second passage is worth adding where it scores at least this share of the best one."""

_LEANING: Final = 0.4
"""What a window is worth that begins with such a sentence."""

_UNEXPLAINED: Final = 0.7
"""What a window is worth for each word that was explained before it, and is not in it."""

_DEFINES: Final = 0.6
"""What the definition is worth of something that is not asked for."""

_FAR: Final = 0.6
"""What a passage for the curious is worth after a definition."""

_PLAIN: Final[dict[Kind, float]] = {"truth": 0.7, "deeper": 0.6, "limit": 0.6}
"""What a passage is worth that tells a detail, beside one that tells what the lesson is about."""

_LITTLE: Final = 0.3
"""What does not say more than this of a question is no help after a definition."""

_LATER: Final = 0.85
"""What each piece further on in its text is worth after a definition."""

_AMID: Final = 0.6
"""What a window is worth that begins amid a paragraph, with nothing that is asked about."""

_SHORT: Final = 0.7
_PICTURE: Final = 3
"""What a window is worth that breaks off; a picture takes this many sentences at least."""

_LIKENS: Final = re.compile(r"好比|就像|有点像|想象|\b(?:like|imagine|picture|think of)\b", re.I)

_NAMED: Final = 0.2
"""A sentence names what is asked about where it says more than this share of it."""

_PADDING: Final = 0.02
"""What each sentence has to say, as a share of the question."""

_OPENING: Final = 0.1
"""How much what the first sentence says counts once more: the answer should begin with it."""

_MISSING: Final = 0.5
"""What a window is worth without the number or the reason that is asked for."""


class _Window(NamedTuple):
    """Sentences of one passage, next to each other. `worth` is relative to the other passages."""

    passage: Passage
    sentences: list[str]
    worth: float
    stands: bool = True
    """Its beginning is understood alone."""


def compose(
    found: Found, terms: Terms, language: Language, said: str = ""
) -> tuple[str, list[Passage]]:
    """Return an answer of a few sentences, and the passages that its [1], [2] stand for: one for
    each lesson that it takes from.

    `found` has at least one hit. said: what was answered before; where the question goes on from
    there, it is not said again.
    """
    windows = _chosen(found, terms, language, said if found.follows else "")
    homes = list(dict.fromkeys(one.passage.lesson_id for one in windows))
    blocks = [
        f"{_join(one.sentences, language)} [{homes.index(one.passage.lesson_id) + 1}]"
        for one in windows
    ]
    cited = [_together([w.passage for w in windows if w.passage.lesson_id == one]) for one in homes]
    return "\n\n".join(blocks), cited


def _together(passages: Sequence[Passage]) -> Passage:
    """Return several passages of one lesson as one."""
    text = "\n".join(dict.fromkeys(one.text for one in passages))
    return replace(passages[0], text=text)


def _chosen(found: Found, terms: Terms, language: Language, said: str) -> list[_Window]:
    """What answers first (a correction, the definition that is asked for, or the passage that says
    most), and one more passage of the same lesson."""
    making = _Making(found, terms, language, said)
    if found.depth:
        return [making.again(found.hits)]
    windows = [one for hit in _told(found) for one in making.window(hit)]
    windows.sort(key=lambda one: -one.worth)
    windows = [one for one in windows if one.passage.lesson_id == found.home]
    if found.belief:
        truth = correction(found.belief, found.hits[0].passage, language)
        chosen = [_Window(truth, _sentences(truth, language), 0)]
    elif found.answer and not found.definition and not making.was_said(found.answer):
        answer = _without_verdict(found.answer) if found.answer.kind == "truth" else found.answer
        chosen = [_Window(answer, _sentences(answer, language), 0)]
    elif found.definition:
        chosen = [_Window(found.definition, _sentences(found.definition, language), 0)]
        if rest := making.beyond(found.answer):
            return [*chosen, rest]
    else:
        chosen = windows[:1] or [making.whole(found.hits[0])]
    home, least = chosen[0].passage.lesson_id, _ALSO * chosen[0].worth
    more = (one for one in windows if one.passage.lesson_id == home and one.worth >= least)
    chosen += [one for one in more if one.stands and _is_new(one, chosen) and _is_told(one)][:1]
    told = _answers(chosen[0]) and (found.wants_verdict or not found.belief)
    is_enough = found.follows or told
    if is_enough or sum(len(one.sentences) for one in chosen) > _ALL:
        chosen = chosen[:1]
    return chosen


def correction(belief: Belief, of_home: Passage, language: Language) -> Passage:
    """Return what is true instead of a belief, as a passage of the lesson that `of_home` is of."""
    truth = plain(belief.myth.truth[language])
    return Passage(belief.lesson_id, of_home.title, truth, "truth")


def _answers(window: _Window) -> bool:
    """Tell whether a window is an answer as it is, and needs no more beside it."""
    return window.passage.kind in ("answer", "truth")


def _is_new(window: _Window, chosen: Sequence[_Window]) -> bool:
    """Tell whether a window says something that is not in those chosen already."""
    return all(window.sentences[0] not in one.sentences for one in chosen)


def _told(found: Found) -> list[Hit]:
    """The hits to answer from: no note where nobody asks what an essay says."""
    kinds = {"note"} if not found.of_essay else set()
    kinds |= {"definition"} if found.definition else set()
    kinds |= {"example"} if found.depth != "example" else set()
    return [hit for hit in found.hits if hit.passage.kind not in kinds]


def _is_told(window: _Window) -> bool:
    return window.passage.lesson_id is not None and window.passage.kind != "definition"


class _Making:
    """Chooses the sentences of a passage that say most about a question, in few words."""

    def __init__(self, found: Found, terms: Terms, language: Language, said: str) -> None:
        self._found = found
        self._terms = terms
        self._language: Language = language
        self._said = said
        self._whole = sum(found.asked.values()) or 1.0
        self._most = _AFTER_DEFINITION if found.definition else _MOST
        if found.depth:
            self._most = 1 if found.depth == "shorter" else _ALL

    def whole(self, hit: Hit) -> _Window:
        return _Window(hit.passage, _sentences(hit.passage, self._language)[: self._most], 0)

    def was_said(self, passage: Passage) -> bool:
        return any(one in self._said for one in _sentences(passage, self._language))

    def beyond(self, answer: Passage | None) -> _Window | None:
        """Return what an answer says after its first sentence, which says what a definition has."""
        rest = _sentences(answer, self._language)[1:] if answer else []
        if not answer or not rest or self._stands_alone(rest[0]) < 1:
            return None
        return _Window(answer, rest, 0)

    def again(self, hits: Sequence[Hit]) -> _Window:
        """Return the same once more in another depth: the first that was not told so before."""
        told = [self.whole(hit) for hit in hits]
        new = (one for one in told if one.sentences and one.sentences[0] not in self._said)
        return told[0] if self._found.depth == "shorter" else next(new, told[0])

    def window(self, hit: Hit) -> list[_Window]:
        """Return the best window of a passage; none where all of it was said before."""
        if hit.passage.kind == "truth":  # nobody was found to believe otherwise
            hit = hit._replace(passage=_without_verdict(hit.passage))
        text = _Text(hit.passage, self._language, self._terms)
        rated = [
            (self._worth(text, span), -span.start, -span.stop)
            for span in self._spans(hit.passage, len(text.sentences))
            if not any(one in self._said for one in text.sentences[span])
        ]
        if not rated:
            return []
        worth, start, stop = max(rated)
        value = max(0.0, worth + _PADDING * _MOST) * self._of_kind(hit.passage)
        if value <= (_LITTLE if self._found.definition else 0):
            return []
        stands = self._stands(text, -start) == 1
        return [_Window(hit.passage, text.sentences[-start:-stop], sqrt(hit.score) * value, stands)]

    def _of_kind(self, passage: Passage) -> float:
        """What a passage is worth by where it stands; after a definition, the sooner the better."""
        if passage.kind == "definition":
            names = [set(self._terms(name)) for name in passage.terms]
            return 1.0 if any(name <= self._found.asked.keys() for name in names) else _DEFINES
        if self._found.definition:
            return (_FAR if passage.kind in ("deeper", "limit") else 1.0) * _LATER**passage.place
        return 1.0 if self._found.wants_number else _PLAIN.get(passage.kind, 1.0)

    def _spans(self, passage: Passage, sentences: int) -> list[slice]:
        """Where a window may be: some sentences, or all that there are."""
        if passage.kind in (
            "note",
            "truth",
            "definition",
            "example",
        ):  # a claim is told with what is true
            return [slice(0, sentences)]
        least = 1 if self._said else 2
        lengths = {min(length, sentences) for length in range(least, self._most + 1)}
        return [
            slice(at, at + long) for long in sorted(lengths) for at in range(sentences - long + 1)
        ]

    def _worth(self, text: "_Text", span: slice) -> float:
        inside = text.hints.union(*text.known[span])
        share = self._share(inside)
        if not share:
            return -1.0
        share += _OPENING * self._share(text.known[span.start])
        explained = text.before.union(*text.known[: span.start]) & self._found.private
        share *= _UNEXPLAINED ** len(inside & explained - self._found.asked.keys())
        share *= self._stands(text, span.start)
        if self._lacks(text.sentences[span]):
            share *= _MISSING
        if self._breaks_off(text.sentences, span):
            share *= _SHORT
        return share - _PADDING * len(text.sentences[span])

    def _stands(self, text: "_Text", start: int) -> float:
        """Return 1 where a reader of nothing else understands this beginning, or less."""
        alone = self._stands_alone(text.sentences[start])
        if alone < 1:
            return alone
        opens = start in text.openings or self._names(text.known[start])
        return 1.0 if opens else _AMID

    def _stands_alone(self, sentence: str) -> float:
        """Return 1 where a sentence does not need the one before it, or less."""
        if _LEANS_BACK.match(sentence) or sentence.endswith(("?", "？")):
            return _LEANING
        return _AMID if _POINTS_BACK.search(sentence) else 1.0

    def _names(self, said: Set[str]) -> bool:
        return bool(self._found.asked) and self._share(said) > _NAMED

    def _breaks_off(self, sentences: list[str], span: slice) -> bool:
        """Tell whether a picture is drawn without what it means, or too little is said."""
        told = len(sentences[span])
        if sentences[span][-1].endswith(("?", "？", "：", ":")):
            return True
        least = _PICTURE if _LIKENS.search(sentences[span.start]) else 2
        return told < min(least, len(sentences[span.start :]))

    def _share(self, said: Set[str]) -> float:
        asked = self._found.asked
        if not asked:
            return 1.0
        return sum(weight for term, weight in asked.items() if term in said) / self._whole

    def _lacks(self, text: list[str]) -> bool:
        number, reason = self._found.wants_number, self._found.wants_reason
        has_number = not number or any(map(tells_number, text))
        told = has_number and (not reason or any(map(_REASON.search, text)))
        return not told or any(_POINTS_ON.search(sentence) for sentence in text)


class _Text:
    """A passage, sentence by sentence. `openings`: the first ones of its paragraphs."""

    def __init__(self, passage: Passage, language: Language, terms: Terms) -> None:
        paragraphs = [_SENTENCE[language].findall(one) for one in passage.text.split("\n")]
        starts = accumulate(map(len, paragraphs), initial=0)
        self.openings = frozenset(starts)
        self.sentences = [one.strip() for paragraph in paragraphs for one in paragraph]
        self.known = [set(terms(one)) for one in self.sentences]
        self.before = set(terms(passage.before))
        # An answer is found by what it is an answer to.
        self.hints = set(terms(passage.hints)) if passage.kind == "answer" else set()


def _without_verdict(passage: Passage) -> Passage:
    return replace(passage, text=without_verdict(passage.text))


def _sentences(passage: Passage, language: Language) -> list[str]:
    return [one.strip() for one in _SENTENCE[language].findall(passage.text)]


def _join(sentences: Sequence[str], language: Language) -> str:
    return ("" if language == "zh" else " ").join(sentences)


def nearest(found: Found, most: int = 3) -> list[Passage]:
    """Return the best passage of each of the likeliest lessons, the likeliest first."""
    best: dict[str | None, Passage] = {}
    for hit in found.hits:
        best.setdefault(hit.passage.lesson_id, hit.passage)
    return [best[one] for one in found.lessons if one in best][:most]
