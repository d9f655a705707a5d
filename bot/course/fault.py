"""What is wrong in a course, and where."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to put right; it prints as `path:line: message`."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        path = self.path.absolute()
        if path.is_relative_to(Path.cwd()):
            path = path.relative_to(Path.cwd())
        return f"{path}:{self.line}: {self.message}"
