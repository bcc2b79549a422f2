"""What the build must say about each mistake in ``mappings/``: a part of the text and of the remedy, written by hand.

In the files ``# <- mistake: id`` marks the line. The four of ``WHOLE_FILE`` are about a file as a whole, so no line
names them.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from adapter import settings
from adapter.errors import BuildError, Mistake
from adapter.identity import Credentials
from adapter.mapping.agreement.whole import Surroundings
from adapter.mapping.project import load_project
from adapter.wsdl.load import load
from tests.mistakes.arrays import ARRAYS
from tests.mistakes.calls import CALLS
from tests.mistakes.changes import CHANGES
from tests.mistakes.environment import ENV
from tests.mistakes.groups import GROUPS
from tests.mistakes.identity import IDENTITY
from tests.mistakes.links import LINKS
from tests.mistakes.lists import LISTS
from tests.mistakes.lookups import LOOKUPS
from tests.mistakes.messages import MESSAGES
from tests.mistakes.policies import POLICIES
from tests.mistakes.rollouts import ROLLOUTS
from tests.mistakes.services import ENV as SERVICES_ENV
from tests.mistakes.shared import SHARED
from tests.mistakes.signatures import SIGNATURES
from tests.mistakes.streams import STREAMS
from tests.mistakes.values import VALUES
from tests.mistakes.wild import WILD

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
# Contracts of shapes, for what the example ERP does not have.
_CONTRACTS = {"groups.wsdl": "turns", "wildcard.wsdl": "wildcard", "namesakes.wsdl": "namesakes",
              "places.wsdl": "several-places", "rows.wsdl": "rows-in"}  # fmt: skip
_MARK = re.compile(r"# <- mistake: ([a-z-]+)")


@dataclass(frozen=True, slots=True)
class Expected:
    """One mistake and where it must be found. ``text`` and ``remedy`` are parts of what must be said."""

    id: str
    file: str
    line: int
    text: str
    remedy: str

    def matches(self, mistake: Mistake) -> bool:
        """Tell whether a mistake is this one: file, line, text and remedy."""
        here = (mistake.file, mistake.line) == (self.file, self.line)
        return here and self.text in mistake.text and self.remedy in mistake.remedy


WHOLE_FILE = {
    "empty-file": "mappings/yaml-empty.yaml",
    "not-utf-8": "mappings/yaml-latin-1.yaml",
    "other-ending": "mappings/customers.yml",
}

TEXTS: dict[str, tuple[str, str]] = {
    **SIGNATURES,
    **SHARED,
    # what YAML itself makes of a file
    "tab": ("cannot start any token", "spaces, not with tabs"),
    "anchor": ("anchors and aliases are not allowed", "write out what is meant"),
    "quote-not-closed": ("unexpected end", "quotes"),
    "two-documents": ("another document", "one file holds one mapping"),
    "tag": ("tags are not allowed", "write out what is meant"),
    "key-twice": ("the key 'name' stands here twice", "keep one"),
    "empty-file": ("empty", "version: 1"),
    "not-utf-8": ("not UTF-8", "UTF-8"),
    "other-ending": ("is not read", ".yaml"),
    # the grammar
    "unknown-version": ("version: must be 1", "version of this grammar"),
    "path-without-slash": ("'v1/grammar' is not a path such as /v1/customers", "Where its operations live"),
    "unknown-key-in-file": ("no key 'titel'", "did you mean 'title'?"),
    "no-soap": ("the file needs the key 'soap'", "soap: {wsdl: …"),
    "unknown-key-in-soap": ("soap has no key 'prot'", "did you mean 'port'?"),
    "field-in-variant-and-type": ("'name' stands in the shared fields too", "keep one"),
    "discriminator-is-a-field": ("'kind' tells the variants apart", "remove it"),
    "required-and-read-only": ("cannot be required and read_only", "remove one"),
    "number-for-a-path": ('write it in quotes: "10"', "Where the value stands"),
    "path-with-two-dots": ("'Adresse..Ort' is not a path such as Partner.Name1", "Where the value stands"),
    "one-and-each": ("either 'one' or 'each'", "keep one"),
    "codes-beside-one": ("codes: means nothing beside 'one'", "remove 'codes'"),
    "two-words-one-code": ("two of our words stand for the same code", "one word per code"),
    "no-codes": ("codes: names no code", "our word: the ERP's code"),
    "code-is-a-number": ("a: must be text", 'write it in quotes: a: "10"'),
    "converter-not-closed": ("'zero_padded(10' is not a converter", "zero_padded(10)"),
    "blank-is-not-null": ("blank: can only be null", "blank: null"),
    "pattern-not-closed": ("pattern: ", "XML Schema regular expression"),
    "bounds-crossed": ("min_length: 5 is more than max_length: 4", "change one"),
    "length-is-a-word": ("max_length: must be a whole number", "Most characters"),
    "minimum-is-a-word": ("minimum: 'low' is not a number", "minimum: 0"),
    "example-is-a-list": ("example: must be one value", "write it in quotes"),
    "default-in-path": ("only a query parameter or a property has a default", "remove 'default'"),
    "default-and-required": ("given: cannot be default and required", "remove one"),
    "write-only-and-read-only": ("unseen: cannot be write_only and read_only", "remove one"),
    "create-only-and-read-only": ("born: cannot be create_only and read_only", "remove one"),
    "default-and-read-only": ("kept: cannot be default and read_only", "remove one"),
    "missing-and-write-only": ("gone: cannot be missing and write_only", "remove one"),
    "list-without-join": ("alone: several elements and 'join' go together", 'join: " "'),
    "join-of-one": ("a joined value needs several elements", "each of them once"),
    "codes-beside-join": ("codes: means nothing beside 'join'", "remove 'codes'"),
    "parameter-joined": ("halves: a parameter stands in one element", "two parameters"),
    "missing-is-null": ("missing: is empty", "remove it"),
    "parameter-read-only": ("a parameter is never read", "remove 'read_only'"),
    "parameter-write-only": ("a parameter is never read anyway", "remove 'write_only'"),
    "parameter-create-only": ("a parameter belongs to one operation", "remove 'create_only'"),
    "parameter-missing": ("missing_one: a parameter is never read", "remove 'missing'"),
    "flag-is-a-word": ("required: must be true or false", "Callers must give it"),
    "property-name": ("'1st' is not a property name", "start with a letter"),
    "unknown-verb": ("'fetch' is not a verb", "verbs: list, read, create"),
    "unknown-method": ("'FETCH /{id}' is not a method and a path", "HTTP method and path"),
    "parameter-in-capitals": ("'/{ID}' is not a path", "/{id}"),
    "constant-is-a-number": ("Modus: must be text", "write it in quotes"),
    "constant-twice": ("Art: needs either 'value' or 'setting' or 'credential'", "value: text, or setting: a name"),
    "default-above-max": ("default: 50 is more than max: 20", "change one"),
    "sort-default-unknown": ("'-id' is not a key of 'by'", "one of name"),
    "descending-without-direction": ("descending needs 'direction'", "add 'direction:'"),
    "status-of-success": ("status: must be a whole number from 200 to 299", "status of success"),
    "timeout-with-unit": ("timeout: must be a number of seconds", "timeout: 5"),
    "operation-without-call": ("operations.create needs the key 'call'", "The WSDL operation"),
    "from-without-one": ("from: means nothing without one or each", "remove 'from'"),
    "reply-one-and-each": ("a reply is either 'one' or 'each'", "keep one"),
    "fault-status": ("status: must be a whole number from 400 to 599", "The status the caller sees"),
    "problem-is-no-slug": ("'Version Conflict' is not a slug such as record-locked", "problem type"),
    "fault-with-two-signs": ("exactly one of code, detail, text", "split it"),
    "fault-never-reached": ("'GP-423' stands in the table already", "remove one"),
    "refused-without-values": ("refused needs either 'is' or 'is_not'", "is: [the values that say so]"),
    "refused-is-and-is-not": ("refused needs either 'is' or 'is_not'", "is: [the values that say so]"),
    "refused-values-no-list": ("is: must be a list", "is: [E]"),
    "refused-flag-bare": ("is: each must be text", 'write it in quotes: "false"'),
    "refused-empty-value": ("is_not: each must be text that is not empty", "leave it out"),
    "refused-without-code": ("refused needs 'code' or 'text'", "no line of the fault table can match"),
    "refused-bad-code-path": ("'Auftrag..Status' is not a path", "name an element"),
    "refused-without-where": ("refused needs the key 'where'", "Where it says so"),
    "warnings-with-text": ("warnings has no key 'text'", "keys here: each, where"),
    **CHANGES,
    **LINKS,
    **STREAMS,
    **ROLLOUTS,
    # values that no caller gives
    **IDENTITY,
    **VALUES,
    # the settings
    "endpoint-not-set": ("do not say where ErpService ErpSoap11 is called", "ADAPTER_ENDPOINT_ERPSERVICE_ERPSOAP11"),
    "setting-not-set": ("the settings have no value 'clinet'", "set ADAPTER_VALUE_CLINET"),
    "service-not-set": ("do not say where the service stock is", "set ADAPTER_SERVICE_STOCK"),
    # what the contract knows
    "unknown-wsdl": ("there is no wsdl/erp/epr.wsdl", "adapter wsdl add"),
    "unknown-service": ("erp/erp.wsdl has no service ErpServic", "did you mean ErpService?"),
    "unknown-port": ("LagerService has no SOAP port LagerPrt", "did you mean LagerPort?"),
    "unknown-operation": ("ErpSoap11 has no operation LesPartner", "did you mean LesePartner?"),
    "unknown-header": ("declare no header Aufrufkontxt", "did you mean Aufrufkontext?"),
    "header-incomplete": ("the header Aufrufkontext requires Mandant", "Aufrufkontext.Mandant: …"),
    "fault-code-path": ("fault_code: there is no Kode in ErpFehler", "did you mean Code?"),
    "unknown-detail": ("no fault with the detail SperFehler", "did you mean SperrFehler?"),
    "unknown-element": ("id: there is no PartnerNummer in PrivatPartnerTyp", "did you mean PartnerNr?"),
    "unknown-element-in-query": ("name: there is no Nam in Suche", "did you mean Name?"),
    "unknown-element-in-patch": ("note: there is no Hinwies in AuftragTyp", "did you mean Hinweis?"),
    "unknown-body-element": ("there is no Kunde in LegePartnerAn", "there are: Partner"),
    "unknown-reply-element": ("there is no Auftrag in StorniereAuftragAntwort", "it is empty"),
    "unknown-attribute": ("there is no attribute Land", "did you mean land?"),
    "path-through-a-value": ("Name1 holds no elements", "end the path at Name1"),
    # types
    "unknown-type": ("there is no type Adress", "did you mean Address?"),
    "type-never-used": ("no operation uses the type Level", "remove it"),
    "second-type-never-used": ("no operation uses the type Place", "remove it"),
    "abstract-without-variants": ("the abstract type PartnerTyp", "add variants: for PrivatPartnerTyp"),
    "unknown-derived-type": ("FirmaTyp is not derived from PartnerTyp", "did you mean FirmenPartnerTyp?"),
    "abstract-variant": ("PartnerTyp is abstract", "name one of the types derived from it"),
    "variant-twice": ("human and person stand for the same type", "keep one"),
    "each-of-one": ("address: Adresse occurs once", "write 'one' for 'each'"),
    "one-of-many": ("Telefone.Telefon may occur many times", "write 'each' for 'one'"),
    "array-on-the-way": ("Telefon on the way repeats", "make Telefon a field with 'each'"),
    "object-as-value": ("Adresse holds elements, not a value", "one: …"),
    "value-as-object": ("Address is an object, but a single value stands there", "remove 'one' or 'each'"),
    "list-read-as-one": ("Partner.Partner may occur many times", "write 'each'"),
    "body-is-a-value": ("Customer is an object, but a single value stands there", "name an element"),
    # signs in a reply
    "refused-unknown-path": ("refused: where: there is no Statuss in Auftrag", "did you mean Status?"),
    "refused-unknown-code-path": ("refused: code: there is no attribute kennung", "it is empty"),
    "refused-object": ("refused: text: Auftrag holds elements, not a value", "lengthen the path"),
    "refused-value-outside-contract": ("refused: '91' must be one of 10, 20", "values that the contract allows"),
    "refused-each-occurs-once": ("refused: each: Auftrag occurs once", "remove 'each'"),
    "refused-each-is-unknown": ("there is no Meldungen in LeseAuftragAntwort", "there are: Auftrag"),
    "refused-repeats": ("refused: where: Position may occur many times", "each: the path to Position"),
    "refused-each-crosses-list": ("refused: Auftrag on the way", "end it at Auftrag"),
    "warnings-outside-line": ("warnings: code: there is no AuftragNr in PositionTyp", "there are: PosNr"),
    "warnings-object": ("warnings: where: Positionen holds elements, not a value", "lengthen the path"),
    "warnings-value-outside-type": ("warnings: 'keine' not a whole number", "values that the contract allows"),
    "refused-code-in-nothing": ("refused: code: there is no Status in StorniereAuftragAntwort", "it is empty"),
    "refused-in-nothing": ("refused: where: there is no Status in StorniereAuftragAntwort", "it is empty"),
    # values
    "unknown-converter": ("there is no converter yyymmdd", "did you mean yyyymmdd?"),
    "converter-without-argument": ("zero_padded takes 1 arguments, not 0", "write zero_padded(width)"),
    "converter-argument": ("zero_padded: takes one whole number", "zero_padded in the reference"),
    "converter-against-type": ("yyyymmdd writes '20241231', which the contract (dateTime)", "the type of GeaendAm"),
    "flag-outside-contract": ("flag(Y,N) writes 'Y', which the contract", "the type of SperrKz"),
    "unknown-code": ("the contract has no code X", "there are: A, R, L"),
    "codes-incomplete": ("codes has no word for 40, 90", "add a word"),
    "json-number-of-text": ("json: number does not fit string", "remove 'json'"),
    "length-of-a-number": ("min_length and max_length do not fit int", "remove them"),
    "minimum-of-text": ("minimum and maximum do not fit string", "remove them"),
    "missing-no-reply-could-hold": ("term: missing: must be a whole number", "could stand in JSON"),
    "joined-number": ("label: ZahlZiel is no text, and only texts can be joined", "a field of its own"),
    "nested-variants": ("whole: Customer has variants, so it needs an element of its own", "soap: name it"),
    "default-outside-contract": ("status: default: must be one of A, R, L", "a default that a caller could have sent"),
    # operations
    "resource-twice": ("the resource agreement stands in mappings/agreement.yaml too", "rename"),
    "route-twice": ("the same method and path as agreement.list in mappings/agreement.yaml", "change 'request:'"),
    "parameter-not-declared": ("{id} stands in the path but not below 'path:'", "path: {id: …}"),
    "parameter-not-in-path": ("nr does not stand in the path", "write {nr} in 'request:'"),
    "parameter-of-paging": ("'limit' belongs to paging or sorting already", "rename the parameter"),
    "page-of-one": ("only a list can be paged", "each: …"),
    "sort-of-one": ("only a list can be sorted", "each: …"),
    "page-is-no-number": ("page: limit: Blatt.SortFeld is not a whole number", "whole numbers"),
    "sort-key-outside-contract": ("'A-NAME-LONGER-THAN-TWENTY' must have at most 20", "a value the contract allows"),
    "delete-with-body": ("DELETE carries no body", "use POST, PUT or PATCH"),
    "location-unknown": ("Customer has no property nr", "there are: "),
    "problem-of-the-house": ("the problem invalid-request has the status 404 here and 422", "rename one of them"),
    # what a request must hold
    "required-element-unmapped": (
        "AuftragTyp requires PartnerNr, and no field fills it",
        "a field with soap: PartnerNr",
    ),
    "text-beside-attribute-unmapped": ("requires GesBetrag.#text", "a field with soap: GesBetrag.#text"),
    "element-filled-twice": ("Order: remark and note fill the same element", "keep one"),
    "parameter-filled-twice": ("AuftragNr and id fill the same element", "keep one"),
    "required-parameter-missing": ("StorniereAuftrag requires AuftragNr, and nothing fills it", "set: {AuftragNr: …}"),
    "constant-missing": ("AendereAuftrag requires Modus, and nothing fills it", "set: {Modus: …}"),
    **ARRAYS,
    **GROUPS,
    **LOOKUPS,
    **LISTS,
    **CALLS,
    **WILD,
    **MESSAGES,
    **POLICIES,
}


def expected() -> list[Expected]:
    """Return every mistake that the files hold, in the order of files and lines."""
    marked = [*_marks(), *((id, file, 0) for id, file in WHOLE_FILE.items())]
    return [Expected(id, file, line, *TEXTS[id]) for id, file, line in marked]


def _marks() -> Iterator[tuple[str, str, int]]:
    for path in sorted(each for each in (HERE / "mappings").rglob("*") if each.is_file()):
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
            for mark in _MARK.finditer(line):
                yield mark[1], path.relative_to(HERE).as_posix(), number


def found(folder: Path) -> tuple[Mistake, ...]:
    """Build a project of all the files at once, in an empty ``folder``, and return what the build says."""
    shutil.copytree(ROOT / "wsdl", folder / "wsdl")
    shutil.copytree(HERE / "wsdl", folder / "wsdl", dirs_exist_ok=True)
    shutil.copytree(HERE / "mappings", folder / "mappings")
    for file, shape in _CONTRACTS.items():
        shutil.copy(ROOT / "tests" / "shapes" / shape / "shape.wsdl", folder / "wsdl" / file)
    (folder / settings.FILE).write_text(ENV + SERVICES_ENV, "utf-8")
    known = settings.read(folder, {})
    around = Surroundings(
        known.value_of,
        known.service_of,
        known.endpoint_of,
        {},
        Credentials(known.credential_of, known.credential, folder).problem,
    )
    try:
        load_project(folder, load, around)
    except BuildError as error:
        return error.mistakes
    return ()
