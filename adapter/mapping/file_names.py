"""File names in Content-Disposition (RFC 6266), with the encoding of RFC 8187: what is taken, and what is said.

A name is a name: no path, and nothing that a terminal or a file system would act on.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, unquote_to_bytes

from adapter.strict_json import xml_can_carry

_TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
_PARAMETER = re.compile(rf';\s*({_TOKEN})\s*=\s*("(?:[^"\\]|\\.)*"|[^";\s][^";]*)')
_KIND = re.compile(rf"\s*{_TOKEN}\s*(?=;|$)")
# Characters that RFC 8187, section 3.2.1, lets stand for themselves.
_PLAIN = "!#$&+-.^_`|~"
_SIMPLE = re.compile(r"[A-Za-z0-9 !#$&'()+,.;=@\[\]^_`{}~-]+")
_HIDDEN = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")


def name_in(disposition: str) -> str:
    """Return the file name that a Content-Disposition field names, safe to hand on; "" where it names none.

    ``filename*`` wins over ``filename`` where it can be read (RFC 6266, section 4.3).
    """
    if not (kind := _KIND.match(disposition)):
        return ""
    found: dict[str, str] = {}
    for match in _PARAMETER.finditer(disposition, kind.end()):
        found.setdefault(match[1].lower(), match[2])
    extended = _extended(found.get("filename*", ""))
    plain = found.get("filename", "").strip()
    if plain.startswith('"'):
        plain = re.sub(r"\\(.)", r"\1", plain[1:-1])
    return safe(extended) or safe(_utf_8(plain))


def safe(name: str) -> str:
    """Return the last segment of a name without control and invisible characters; "" where nothing is left."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    name = "".join(" " if each.isspace() else each for each in name if each == "\t" or _visible(each))
    name = re.sub(" +", " ", name).strip(" ")
    return "" if not name.strip(".") else name


def attachment(name: str) -> str:
    """Return the Content-Disposition of a download. ``name`` is as the ERP said it, "" where it said none."""
    name = safe(name)
    if not name:
        return "attachment"
    if _SIMPLE.fullmatch(name):
        return f'attachment; filename="{name}"'
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    fallback = safe(re.sub(r"[^A-Za-z0-9 !#$&'()+,.;=@\[\]^_`{}~-]", "_", letters))
    plain = f'; filename="{fallback}"' if fallback.strip(" ._") else ""
    return f"attachment{plain}; filename*=UTF-8''{quote(name, safe=_PLAIN)}"


def _visible(character: str) -> bool:
    return unicodedata.category(character) not in _HIDDEN and xml_can_carry(character)


def _extended(text: str) -> str:
    """Return an extended value (RFC 8187, section 3.2); "" where it is none, or in a charset that it cannot be in."""
    charset, _, rest = text.partition("'")
    _, _, encoded = rest.partition("'")
    try:
        return unquote_to_bytes(encoded.strip()).decode("utf-8" if charset.lower() == "utf-8" else "ascii")
    except UnicodeDecodeError:
        return ""


def _utf_8(text: str) -> str:
    """Return what browsers send as UTF-8, which a server hands on as Latin-1."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
