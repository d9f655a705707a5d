"""The two marks of emphasis, as functions: gettext cannot see a sentence inside an f-string."""


def bold(text: str) -> str:
    return f"**{text}**"


def italic(text: str) -> str:
    return f"*{text}*"
