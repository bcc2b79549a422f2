"""wsdl.openapi: valid OpenAPI 3.1 documents of proposed mappings / contracts of the corpus; the largest document.

Each contract is proposed and documented by the commands in a process of its own; openapi-spec-validator judges.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

from openapi_spec_validator import validate
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

from tests.corpus import ABSENT, contracts
from tests.evidence import Result
from tests.evidence.proposed import Proposed, proposed

LARGEST_MB = 15.0
SECONDS = 600
AT_A_TIME = 2


def measure() -> Result:
    """Propose and judge every contract."""
    files = contracts()
    if not files:
        return Result(ABSENT, ok=False)
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        found = dict(zip(files, pool.map(lambda file: proposed(file, SECONDS), files), strict=True))
    wrong = {file: why for file, made in found.items() if (why := invalid(made))}
    largest = max(len(made.text.encode()) for made in found.values()) / 1e6
    told = "".join(f"; {file}: {why[:100]}" for file, why in wrong.items())
    value = f"{len(files) - len(wrong)} of {len(files)} valid, largest {largest:.1f} MB{told}"
    return Result(value, not wrong and largest <= LARGEST_MB)


def invalid(made: Proposed) -> str:
    """Say why a document is none, or is not valid; "" where it is."""
    if made.error:
        return made.error
    document = json.loads(made.text)
    if not str(document.get("openapi", "")).startswith("3.1"):
        return "is no OpenAPI 3.1"
    try:
        validate(document)
    except OpenAPIValidationError as error:
        return str(error)
    return ""
