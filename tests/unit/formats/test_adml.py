"""ADML: the texts of policy templates, by which reports in other languages are read."""

import pytest

from rasim.errors import PolicyFileError, Where
from rasim.formats import Adml, read_adml

TEXTS = """\ufeff<?xml version="1.0" encoding="utf-8"?>
<policyDefinitionResources xmlns="http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions">
  <resources>
    <stringTable><string id="a">Ä</string><string id="b">B</string>{more}</stringTable>
    <presentationTable><presentation id="p"><text>other words</text></presentation></presentationTable>
  </resources>
</policyDefinitionResources>"""


def test_texts_have_ids() -> None:
    """A file of texts has strings by their ids, and the ids of its presentations."""
    assert Adml("de.adml", {"a": "Ä", "b": "B"}, ("p",)) == read_adml(TEXTS.format(more="").encode(), "de.adml")


def test_one_text_twice_is_one() -> None:
    """An id that stands twice with the same text has that text."""
    assert {"a": "Ä", "b": "B"} == read_adml(TEXTS.format(more='<string id="b">B</string>').encode()).strings


def test_two_texts_of_one_id_refuse_the_file() -> None:
    """An id with two texts refuses the file: nobody could say which of them a report is written in."""
    with pytest.raises(PolicyFileError, match='two texts for "a"') as caught:
        read_adml(TEXTS.format(more='<string id="a">C</string>').encode(), "de.adml")

    assert ("de.adml", 4) == (caught.value.where.file, caught.value.where.line)


def test_another_root_is_no_texts() -> None:
    """A file with another root is refused, also one that holds elements of the same names."""
    with pytest.raises(PolicyFileError, match="not the texts of policy templates") as caught:
        read_adml(b'<policyDefinitions><string id="a">x</string></policyDefinitions>', "x.admx")

    assert Where("x.admx", 0) == caught.value.where
