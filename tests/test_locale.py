"""The catalogues: complete in both languages, and compiled."""

import ast
import io
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.locale import CATALOGUES, language_of
from bot.settings import ROOT

LOCALE = ROOT / "bot" / "locale"


def _sentences() -> set[str]:
    """Return every sentence that the code marks with _() or N_()."""
    found = set()
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                first = node.args[0] if node.args else None
                if node.func.id in ("_", "N_") and isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return found


def _catalogue(locale: str) -> Catalog:
    path = LOCALE / locale / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def _fields(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name}


@pytest.mark.parametrize("locale", CATALOGUES.values())
def test_each_catalogue_has_every_sentence_and_no_other(locale: str) -> None:
    """Nothing is left untranslated, and nothing dead is kept."""
    messages = {str(one.id): str(one.string) for one in _catalogue(locale) if one.id}
    assert set(messages) == _sentences()
    assert [text for text, translation in messages.items() if not translation] == []


@pytest.mark.parametrize("locale", CATALOGUES.values())
def test_each_translation_has_the_same_placeholders(locale: str) -> None:
    """A missing {name} would lose a fact, a new one would fail."""
    for message in _catalogue(locale):
        assert _fields(str(message.string)) == _fields(str(message.id)) or not message.id


@pytest.mark.parametrize("locale", CATALOGUES.values())
def test_the_compiled_catalogue_is_up_to_date(locale: str) -> None:
    """`make messages` compiles what is in the .po file."""
    compiled = io.BytesIO()
    write_mo(compiled, _catalogue(locale))
    path: Path = LOCALE / locale / "LC_MESSAGES" / "messages.mo"
    assert path.read_bytes() == compiled.getvalue()


@pytest.mark.parametrize(
    ("tag", "language"),
    [("zh-CN", "zh"), ("zh_TW", "zh"), ("ZH", "zh"), ("en-GB", "en"), ("pt-BR", "en"),
     (None, None), ("", None)],
)  # fmt: skip
def test_a_locale_tag_decides_the_language(tag: str | None, language: str | None) -> None:
    """Chinese for any Chinese, English for every other tag, nothing for none."""
    assert language_of(tag) == language
