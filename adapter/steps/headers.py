"""The check of header fields of HTTP whose values go into SOAP header blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from adapter.errors import FieldError
from adapter.mapping.bound import BoundField, Endpoint, HeaderBlock
from adapter.mapping.bound_header import GIVEN
from adapter.mapping.header_parameters import given_blocks, header_parameters
from adapter.mapping.occurrence import together
from adapter.mapping.scalars import parameter

CheckHeaders = Callable[[Mapping[str, str], list[FieldError]], dict[str, str]]


def check_headers(endpoint: Endpoint) -> CheckHeaders:
    """Return the check: header fields by their names in small letters in; values as XML has them, by our names, out.

    What is wrong goes into the list. A block that callers give a part of must be whole then.
    """
    fields = header_parameters(endpoint)
    blocks = [_block(each, block) for each, block in given_blocks(endpoint)]

    def check(arrived: Mapping[str, str], errors: list[FieldError]) -> dict[str, str]:
        found: dict[str, str] = {}
        before = len(errors)
        for field in fields:
            text = arrived.get(field.name.lower(), field.rule.default)
            if text is None:
                if field.required:
                    errors.append(FieldError("header", field.name, "is required"))
                continue
            try:
                found[field.name] = _written(field, text)
            except ValueError as error:
                errors.append(FieldError("header", field.name, str(error)))
        for wrong in blocks if len(errors) == before else ():
            errors.extend(wrong(found))
        return found

    return check


def _written(field: BoundField, text: str) -> str:
    # RFC 9110, section 5.5: other characters mean nothing that everybody agrees on.
    if not (text.isascii() and text.isprintable()):
        raise ValueError("must be printable ASCII")
    assert field.codec is not None
    return str(field.codec.write(parameter(field, text)))


def _block(endpoint: Endpoint, block: HeaderBlock) -> Callable[[Mapping[str, str]], list[FieldError]]:
    names = [field.name for field in block.given]
    wrong = together(endpoint.contract, block.element.type, block.ways())
    constants: dict[str, Any] = {field.name: "" for field in block.fields}

    def check(found: Mapping[str, str]) -> list[FieldError]:
        given = {GIVEN + name: found[name] for name in names if name in found}
        if not given and not block.always:
            return []
        return [
            FieldError("header", name.removeprefix(GIVEN) or names[0], text.replace(GIVEN, ""))
            for name, text in wrong({**constants, **given})
        ]

    return check
