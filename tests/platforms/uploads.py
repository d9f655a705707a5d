"""What bots upload: files as they arrive at a loopback server, and pictures to send there."""

import struct
import zlib
from typing import NamedTuple, Self

from aiohttp.web import FileField

SIGNATURE = b"\x89PNG\r\n\x1a\n"
REQUEST_BYTES = 60 << 20
"""What the loopback servers read of one request: more than either platform takes."""


class Upload(NamedTuple):
    """One file of a multipart request."""

    name: str
    content: bytes
    media_type: str

    @classmethod
    def read(cls, field: FileField) -> Self:
        return cls(field.filename, field.file.read(), field.content_type)

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height of a PNG, None where it is not one."""
        if self.content[:8] != SIGNATURE or self.content[12:16] != b"IHDR":
            return None
        width, height = struct.unpack(">II", self.content[16:24])
        return width, height


def png(width: int = 2, height: int = 2, shade: int = 128) -> bytes:
    """Return a real PNG of one grey; different shades are different files."""
    lines = (b"\0" + bytes([shade]) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
