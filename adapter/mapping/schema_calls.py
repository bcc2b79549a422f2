"""The grammar of several SOAP calls behind one operation: ``calls:``, ``commit:`` and ``undo:``."""

from __future__ import annotations

from adapter.mapping.keys import NAME, Flag, Raw, Section, Text, Whole, about, xml_path


class CallSection(Section):
    """One entry of ``calls:``."""

    call = Text(**about("The WSDL operation.", required=True))
    path = Raw(**about("Path parameters of the operation that it takes, by name."))
    query = Raw(**about("Query parameters that it takes, by name."))
    set = Raw(**about("Constants in the request."))
    take = Raw(**about("Path in the request: path in the main call's reply."))
    body = Raw(**about("The property of the caller's body that it takes."))
    reply = Raw(**about("What it answers; without a body it must answer something."))
    faults = Raw(**about("Faults of this call; they come before the operation's."))
    optional = Flag(**about("Where it fails, the answer goes without it and names it in 'incomplete'."))
    required = Flag(**about("Callers must give its property."))
    max = Whole(1, 1000, **about("Most items of its property; 100 when left out."))
    doc = Text(**about("What it is."))


class PartSection(Section):
    """``body:`` of an entry of ``calls:``."""

    one = Text(NAME, "a type's name", **about("The property is one object of this type: one call."))
    each = Text(NAME, "a type's name", **about("The property is an array of objects of this type: one call for each."))
    into = xml_path("The element that the object fills; left out: the message itself.")


class CommitSection(Section):
    """``commit:`` of an operation."""

    call = Text(**about("The WSDL operation.", required=True))
    path = Raw(**about("Path parameters of the operation that it takes, by name."))
    set = Raw(**about("Constants in the request."))
    take = Raw(**about("Path in the request: path in the main call's reply."))
    reply = Raw(**about("What it answers: an object whose properties stand for those of the main reply."))
    refused = Raw(**about("Where its reply says no, though it is no fault."))
    faults = Raw(**about("Faults of this call; they come before the operation's."))


class UndoSection(Section):
    """``undo:`` of an operation."""

    call = Text(**about("The WSDL operation.", required=True))
    path = Raw(**about("Path parameters of the operation that it takes, by name."))
    set = Raw(**about("Constants in the request."))
    take = Raw(**about("Path in the request: path in the main call's reply."))
    refused = Raw(**about("Where its reply says no, though it is no fault."))
    faults = Raw(**about("Faults of this call; they come before the operation's."))
