"""The grammar of documents: ``body:`` and ``reply:`` with ``document``."""

from __future__ import annotations

from adapter.mapping.keys import Raw, Section, Text, Whole, about, xml_path


class DocumentBodySection(Section):
    """``body:`` of an operation that takes a document."""

    document = xml_path("Where its bytes go in the request: base64Binary or hexBinary.", required=True)
    media_types = Raw(**about("The media types that callers may send, in a list.", required=True))
    max_bytes = Whole(1, 2**30, **about("Most bytes; left out: what ADAPTER_MAX_REQUEST_BYTES allows."))
    media_type = xml_path("Where the request takes the media type.")
    file_name = xml_path("Where it takes the file name of the caller's Content-Disposition.")


class DocumentReplySection(Section):
    """``reply:`` of an operation that answers with a document."""

    document = xml_path("Where its bytes stand in the reply: base64Binary or hexBinary.", required=True)
    media_type = Raw(**about("Where the reply says its media type, or {value: application/pdf}."))
    file_name = xml_path("Where the reply says its file name.")
    status = Whole(200, 299, **about("The status of success."))
    when_empty = Raw(**about("status and problem when there is no document; left out: 204."))
    headers = Raw(**about("Header fields of the answer whose values stand in SOAP header blocks of the reply."))
    refused = Raw(**about("Where a reply that is no fault says no."))
    warnings = Raw(**about("Where a reply warns; the codes go into the log and a counter."))


class MediaTypeSection(Section):
    """``media_type:`` of a reply where every document has the same."""

    value = Text(**about("The media type.", required=True))
