"""zeep on the same closed set of documents: a transport that serves their bytes and reaches nothing else."""

from __future__ import annotations

import logging
import warnings
from typing import Any, NoReturn

import zeep
import zeep.exceptions
import zeep.transports

from adapter.errors import BuildError, Mistake
from adapter.wsdl.documents import Documents

# zeep meets a contract that it cannot use with whatever breaks first.
REFUSALS = (
    zeep.exceptions.Error,
    ValueError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    RuntimeError,
)


class ClosedTransport(zeep.transports.Transport):
    """A zeep transport without a network: ``load`` serves documents, ``get``, ``post`` and ``post_xml`` refuse.

    A backend that makes calls is a subclass with its own ``post_xml``. zeep's constructor, which makes a session with
    a file adapter, is not run.
    """

    def __init__(self, documents: Documents) -> None:
        """Serve one closed set of documents."""
        self.documents = documents
        self.logger = logging.getLogger(__name__)
        self.cache = self.session = self.load_timeout = self.operation_timeout = None
        self._close_session = False

    def load(self, url: str) -> bytes:
        """Return the bytes of a document of the set. Raises TransportError for any other address."""
        try:
            return self.documents.content(url)
        except KeyError:
            raise _refusal("a document outside the closed set is refused") from None

    def get(self, address: str, params: Any, headers: Any) -> NoReturn:
        """Refuse: nothing is fetched."""
        raise _refusal("this transport makes no calls")

    def post(self, address: str, message: Any, headers: Any) -> NoReturn:
        """Refuse: a backend's own transport makes the calls."""
        raise _refusal("this transport makes no calls")

    def post_xml(self, address: str, envelope: Any, headers: Any) -> Any:
        """Refuse: a backend's own transport makes the calls."""
        raise _refusal("this transport makes no calls")


def _refusal(text: str) -> zeep.exceptions.TransportError:
    """Return zeep's own error for what its transport cannot do."""
    make: Any = zeep.exceptions.TransportError
    refusal: zeep.exceptions.TransportError = make(text)
    return refusal


def zeep_client(
    documents: Documents, transport: ClosedTransport | None = None, *, raw_response: bool = False
) -> zeep.Client:
    """Return a zeep client of a closed set of documents. Raises BuildError where zeep cannot use the contract.

    ``raw_response`` makes a call return what the transport returned. Warnings of zeep about operations that it leaves
    out are dropped, since ``Contract.omitted`` says it better.
    """
    # Replies are read leniently; documents were well-formed when they came into the set, so strict=False mends nothing.
    settings = zeep.Settings(
        strict=False,
        raw_response=raw_response,
        forbid_dtd=True,
        forbid_entities=True,
        forbid_external=False,
        xml_huge_tree=False,
        force_https=False,
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            client: Any = zeep.Client
            made: zeep.Client = client(
                documents.url, transport=transport or ClosedTransport(documents), settings=settings
            )
            return made
    except REFUSALS as error:
        text = f"zeep cannot use this contract ({type(error).__name__})"
        remedy = "ask who gave you the contract whether it is whole"
        raise BuildError([Mistake(f"{documents.folder}/{documents.root}", 0, 0, text, remedy)]) from error
