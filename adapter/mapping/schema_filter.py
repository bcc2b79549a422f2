"""The grammar of ``filter:`` of an operation, and of the query parameters that are tests."""

from __future__ import annotations

from adapter.mapping.keys import NAME, Flag, Raw, Section, Text, Whole, about, one_of, xml_path
from adapter.mapping.model.filter import TESTS


class FilterSection(Section):
    """``filter:`` of an operation: how the ERP takes tests."""

    at = xml_path("Every filter has an element of its own below this one.")
    each = xml_path("The repeated element of which every test is one entry.")
    field = xml_path("Where an entry takes the ERP's name of the field.")
    value = xml_path("Where it takes the value.", required=True)
    to = xml_path("Where it takes the upper end of a range.")
    operator = xml_path("Where it takes the operator.")
    words = Raw(**about("The ERP's operators by test: a text, or a list of which the first that the contract allows."))
    text = Raw(**about("Texts around the value by test, for operators that stand inside it."))
    never = Raw(**about("Texts that no caller may send, since the ERP would read them as operators."))
    set = Raw(**about("Constants in every entry."))
    otherwise = Raw(**about("What is sent, as it is, where the caller tests nothing: parameter to text."))


class SeveralSection(Section):
    """``one_of:`` of ``text:``, for several values in one text."""

    each = Text(**about("The text around each value.", required=True))
    join = Text(**about("What stands between them.", required=True))


class TestSection(Section):
    """One query parameter that is a test."""

    # Its name is no order to collect it.
    __test__ = False

    filter = Text(**about("The ERP's filter: its element, or its name in an entry.", required=True))
    test = one_of(" ".join(TESTS), "What must hold.", required=True)
    like = Text(NAME, "a property name", **about("It is typed like this property of what the list answers."))
    value = xml_path("Where this filter takes the value, if not as the others.")
    to = xml_path("Where this filter takes the upper end of a range, if not as the others.")
    operator = xml_path("Where this filter takes the operator, if not as the others.")
    required = Flag(**about("Callers must give it."))
    default = Raw(**about("What stands in when the caller leaves it out."))
    convert = Raw(**about("A converter, or a list of them, nearest the XML first."))
    codes = Raw(**about("Our words for the ERP's codes."))
    json = one_of("string number", "How a decimal or a big integer looks in the documentation.")
    min_length = Whole(0, 1_000_000, **about("Fewest characters."))
    max_length = Whole(0, 1_000_000, **about("Most characters."))
    pattern = Text(**about("A regular expression (XML Schema syntax)."))
    minimum = Raw(**about("Smallest number."))
    maximum = Raw(**about("Largest number."))
    doc = Text(**about("What it is."))
    example = Raw(**about("An example value, as text."))
