"""The file ``adapter.env``: lines of NAME=VALUE. What systemd, Docker and shells read differently is refused."""

from __future__ import annotations

import re
from pathlib import Path

from adapter.errors import Mistake

_LINE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(.*)")


def lines_of(path: Path, name: str, mistakes: list[Mistake]) -> dict[str, tuple[str, str, int]]:
    """Read KEY=VALUE lines. Return text, file and line by name; note in ``mistakes`` what is wrong."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        mistakes.append(Mistake(name, 0, 0, "cannot be read as UTF-8 text", type(error).__name__))
        return {}
    found: dict[str, tuple[str, str, int]] = {}
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            mistakes.append(Mistake(name, number, 1, "not NAME=VALUE", "comments stand on their own line, after #"))
        elif match[1] in found:
            mistakes.append(Mistake(name, number, 1, f"{match[1]} is set twice", f"see line {found[match[1]][2]}"))
        elif (value := _unquoted(match[2])) is None:
            mistakes.append(Mistake(name, number, 1, f"{match[1]}: a quote or comment inside the value",
                                    "put the whole value in quotes, a comment on its own line"))  # fmt: skip
        else:
            found[match[1]] = (value, name, number)
    return found


def _unquoted(text: str) -> str | None:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1] if text[0] not in text[1:-1] and "\\" not in text else None
    return None if text[:1] in ("'", '"') or re.search(r"\s#", text) else text
