"""The colours of pictures, one set for light chats and one for dark ones."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours as #rrggbb. Text keeps a contrast of 4.5 to what it stands on, marks keep 3.

    background, panel: what all lies on. ink, soft: text on either. strong: the large figure.
    hollow: the outline of what is not reached yet. levels: one fill for each level above "new".
    star: on the last of them. day, on_day: a day practised, its number. today: the ring around it.
    shade, tint: decoration that means nothing.
    """

    background: str
    panel: str
    ink: str
    soft: str
    strong: str
    hollow: str
    levels: tuple[str, str, str, str]
    star: str
    day: str
    on_day: str
    today: str
    shade: str
    tint: str


LIGHT = Theme(
    background="#edf2ef",
    panel="#ffffff",
    ink="#1d2a2c",
    soft="#566467",
    strong="#17766a",
    hollow="#7b898b",
    levels=("#2f9a89", "#1f8577", "#126459", "#bd6f0a"),
    star="#ffffff",
    day="#17766a",
    on_day="#ffffff",
    today="#b4690e",
    shade="#dcebe6",
    tint="#bfdcd4",
)

DARK = Theme(
    background="#101719",
    panel="#1a2326",
    ink="#e9f0ee",
    soft="#9eacad",
    strong="#5fd3c0",
    hollow="#6b7b7e",
    levels=("#3a9487", "#48b3a3", "#6fdccb", "#f0b548"),
    star="#1a2326",
    day="#5fd3c0",
    on_day="#0e1b1c",
    today="#f0b548",
    shade="#22383a",
    tint="#2c504f",
)
