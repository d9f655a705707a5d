"""Reads a folder of lessons into a `Course`, or says everything that is wrong with it.

One lesson's files are put together to one mapping of the shape of `Lesson` and validated at
once; an error's `loc` then leads back to the file and the line (`LessonFiles.place`).
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.course.fault import Fault
from bot.course.files import (
    DIVIDERS,
    LESSON_FIELDS,
    PAGE_FIELDS,
    SECTIONS,
    TUTOR_FIELDS,
    LessonFiles,
    Loc,
    Place,
    Sheet,
    UnreadableError,
    read_sheet,
)
from bot.course.model import LANGUAGES, Course, Language, Lesson
from bot.course.references import broken_references

MAX_QUESTION_ID = 999

_LESSON_FILES = ("lesson.yaml", "zh.md", "en.md", "questions.yaml")


class CourseError(Exception):
    """A course that cannot be used; prints as one fault a line."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


def load(folder: Path) -> Course:
    """The course in `folder`. Raises CourseError with all faults that can be found together."""
    faults: list[Fault] = []
    course = _load_frame(folder, faults)
    lessons, files = [], {}
    for path in _lesson_folders(folder, course, faults):
        files[path.name] = LessonFiles(path)
        lesson = _load_lesson(files[path.name], faults)
        if lesson is not None:
            lessons.append(lesson)
    if course is not None:
        course = course.model_copy(update={"lessons": tuple(lessons)})
        faults += broken_references(course, folder, files)
    if faults or course is None:
        raise CourseError(faults)
    return course


def _load_frame(folder: Path, faults: list[Fault]) -> Course | None:
    """course.yaml, ideas.yaml and glossary.yaml: the course without its lessons."""
    sheets: dict[str, Sheet] = {}
    shapes: dict[str, type] = {"course": dict, "ideas": dict, "glossary": list}
    for name, shape in shapes.items():
        try:
            sheets[name] = read_sheet(folder / f"{name}.yaml", shape)
        except UnreadableError as error:
            faults.append(error.fault)
    raw: dict[str, Any] = {"lessons": (), "ideas": {}, "glossary": ()}
    raw |= {name: sheet.data for name, sheet in sheets.items() if name != "course"}
    if "course" not in sheets:
        return None
    faults += [
        _unknown(field, (folder / "course.yaml", sheets["course"].line([field])))
        for field in sheets["course"].data.keys() & raw.keys()
    ]

    def place(loc: Loc) -> Place:
        name = str(loc[0]) if loc and loc[0] in ("ideas", "glossary") else "course"
        return folder / f"{name}.yaml", sheets[name].line(loc[1:] if name != "course" else loc)

    course = _validate(Course, sheets["course"].data | raw, place, faults)
    return course if len(sheets) == len(shapes) else None


def _lesson_folders(folder: Path, course: Course | None, faults: list[Fault]) -> list[Path]:
    """The folders to read: those that course.yaml lists, or all where it cannot be read."""
    found = sorted(
        path
        for path in folder.glob("[!._]*/[!._]*")
        if any((path / f).exists() for f in _LESSON_FILES)
    )
    if course is None:
        return found
    listed = [folder / module.id / lesson for module in course.modules for lesson in module.lessons]
    counts = Counter(path.name for path in listed)
    for lesson_id, count in counts.items():
        if count > 1:
            faults.append(Fault(folder / "course.yaml", 1, f"lists `{lesson_id}` {count} times"))
    for path in set(found) - set(listed):
        message = "is in no module of course.yaml; list it there or remove the folder"
        faults.append(Fault(path / "lesson.yaml", 1, message))
    return list(dict.fromkeys(listed))


def _load_lesson(files: LessonFiles, faults: list[Fault]) -> Lesson | None:
    found = len(faults)
    if not files.folder.is_dir():
        faults.append(Fault(files.folder / "lesson.yaml", 1, "is missing; course.yaml lists it"))
        return None
    faults += files.faults
    raw = _raw_lesson(files, faults)
    lesson = _validate(Lesson, raw, files.place, faults)
    return lesson if len(faults) == found else None


def _raw_lesson(files: LessonFiles, faults: list[Fault]) -> dict[str, Any]:
    """The files as one mapping of the shape of `Lesson`, for validation."""
    raw: dict[str, Any] = {"id": files.folder.name, "module": files.folder.parent.name}
    if files.sheet is not None:
        raw |= _known(files.sheet, LESSON_FIELDS, faults)
    if files.tutor is not None:
        raw |= _known(files.tutor, TUTOR_FIELDS, faults)
    for field in (*PAGE_FIELDS, *SECTIONS):
        raw[field] = {}
    for language, page in files.pages.items():
        for field, value in _known(page.front, PAGE_FIELDS, faults).items():
            raw[field][language] = value
        for name, section in page.sections.items():
            raw[name][language] = section.text
    if files.answers is not None:
        raw["answers"] = files.answers.data
    for language, lines in files.asks.items():
        if isinstance(on_page := raw["asks"].get(language), list):
            raw["asks"][language] = [*on_page, *(text for _line, text in lines.texts)]
    if not raw["analogy_limit"]:
        raw["analogy_limit"] = None
    if files.questions is not None:
        raw["questions"] = list(_raw_questions(files.folder.name, files.questions, faults))
    return raw


def _known(sheet: Sheet, fields: tuple[str, ...], faults: list[Fault]) -> dict[str, Any]:
    faults += [
        _unknown(field, (sheet.path, sheet.line([field])))
        for field in sheet.data.keys() - set(fields)
    ]
    return {field: sheet.data[field] for field in fields if field in sheet.data}


def _unknown(field: object, place: Place) -> Fault:
    return Fault(*place, f"unknown field `{field}`; remove it or correct its name")


def _raw_questions(lesson_id: str, sheet: Sheet, faults: list[Fault]) -> Iterator[Any]:
    """The questions, their numbers made unique in the whole course: `LESSON:N`."""
    seen: set[int] = set()
    for index, question in enumerate(sheet.data):
        if not isinstance(question, dict) or "id" not in question:
            yield question
            continue
        number = question["id"]
        if type(number) is not int or not 1 <= number <= MAX_QUESTION_ID:
            message = f"`id` must be a whole number from 1 to {MAX_QUESTION_ID}"
            faults.append(Fault(sheet.path, sheet.line([index, "id"]), message))
        elif number in seen:
            message = f"question id {number} is used twice; give the new question a new one"
            faults.append(Fault(sheet.path, sheet.line([index, "id"]), message))
        else:
            seen.add(number)
        yield question | {"id": f"{lesson_id}:{number}"}


def _validate(
    model: type[Any], raw: dict[str, Any], place: Callable[[Loc], Place | None], faults: list[Fault]
) -> Any:
    """The model, or None and a fault for each error that belongs to a file that could be read."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            where = place(_page_loc(detail["loc"]))
            if where is not None:
                faults.append(Fault(*where, _message(detail)))
        return None


def _page_loc(loc: Loc) -> Loc:
    """`loc` with a language, so that it leads to a page, where a whole page field is at fault."""
    return [*loc, LANGUAGES[0]] if len(loc) == 1 and loc[0] in PAGE_FIELDS + SECTIONS else loc


def _message(detail: Any) -> str:
    """Pydantic's error in the words of someone who writes lessons."""
    name, context = _name(detail["loc"]), detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return f"{name} is missing; add it"
        case "extra_forbidden":
            return f"unknown field {name}; remove it or correct its name"
        case "string_type":
            return f"{name} must be text; put it in quotes"
        case "string_too_short":
            return f"{name} is empty; write it or leave the field out"
        case "too_short":
            return (
                f"{name} has {context['actual_length']} entries, at least {context['min_length']}"
            )
        case "string_pattern_mismatch":
            return f"{name} must match {context['pattern']}"
        case "literal_error":
            return f"{name} must be {context['expected']}"
        case "value_error":
            return str(context["error"])
        case _:
            return f"{name}: {detail['msg']}"


def _name(loc: Loc) -> str:
    """What a person calls the field at `loc`."""
    match loc:
        case ["simpler" | "deeper" as section, "zh" | "en" as language]:
            languages: dict[str, Language] = {"zh": "zh", "en": "en"}
            return f"heading `# {DIVIDERS[languages[language]][section]}`"
        case [str(field), "zh" | "en"] if field in PAGE_FIELDS + SECTIONS:
            return f"`{field}`"
        case [*_, str(field), int(index)]:
            return f"entry {index + 1} of `{field}`"
        case [int(index)] | [*_, int(index)]:
            return f"entry {index + 1}"
        case [*_, field]:
            return f"`{field}`"
    return "the file"
