"""Security templates: values, restricted groups, and lines of another form."""

import pytest
from evidence import KEY, OFFER_GROUP, OFFERS, template

from rasim.errors import PolicyFileError
from rasim.formats import Remarks, read
from rasim.formats.security_template import parse
from rasim.policy import Policy, State, read_policy

VALUES, GROUPS = "[Registry Values]", "[Group Membership]"


def policy(*lines: str, encoding: str = "utf-16") -> Policy:
    return read_policy(read(template(*lines, encoding=encoding), "GptTmpl.inf").registry)


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (rf"MACHINE\{KEY}\{OFFERS}=4,1", State.ENABLED),
        (rf"machine\{KEY}\{OFFERS} = 4 , 0x1", State.ENABLED),
        (rf'"MACHINE\{KEY}\{OFFERS}"=4,"0"', State.DISABLED),
        (rf'MACHINE\{KEY}\{OFFERS}=1,"1"', State.UNKNOWN),
        (rf"MACHINE\{KEY}\{OFFERS}=7,1,2", State.UNKNOWN),
        (rf"MACHINE\{KEY}\{OFFERS}=3,01,00,00,00", State.UNKNOWN),
        (rf"MACHINE\{KEY}\{OFFERS}=4,many", State.UNKNOWN),
        (rf"MACHINE\{KEY}\{OFFERS}=5,1", State.UNKNOWN),
        (rf"HKLM\{KEY}\{OFFERS}=4,1", State.UNKNOWN),
        (rf"USERS\.DEFAULT\{KEY}\{OFFERS}=4,1", State.NOT_CONFIGURED),
        (rf"CLASSES_ROOT\{KEY}\{OFFERS}=4,1", State.NOT_CONFIGURED),
        (rf"; MACHINE\{KEY}\{OFFERS}=4,1", State.NOT_CONFIGURED),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8-sig"])
def test_registry_values(line: str, state: State, encoding: str) -> None:
    """A value has its type and data; one of another form cannot be told, whatever the file's encoding."""
    assert state is policy(VALUES, line, encoding=encoding).offer.state


def test_a_helper_in_a_template() -> None:
    """The name of a helper holds a backslash: whether Windows divides it there is not known, so it is a helper perhaps."""
    plain = policy(VALUES, rf'MACHINE\{KEY}\RAUnsolicit\Help=1,"Help"').offer.helpers
    divided = policy(VALUES, rf'MACHINE\{KEY}\RAUnsolicit\CORP\Help=1,"CORP\Help"').offer.helpers

    assert ["Help"] == [helper.text for helper in plain]
    assert [(r"CORP\Help", True)] == [(helper.text, "counts only if" in helper.stored) for helper in divided]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((rf"{OFFER_GROUP}__Members = *S-1-5-11,CORP\a",), ["S-1-5-11", r"CORP\a"]),
        ((r"*S-1-5-32-544__Members = CORP\a",), [r"CORP\a"]),
        ((rf"CORP\Help__memberOf = {OFFER_GROUP}, *S-1-5-32-555",), [r"CORP\Help"]),
        ((rf"CORP\Help__Memberof = {OFFER_GROUP}", rf"{OFFER_GROUP}__Members = CORP\a"), [r"CORP\Help", r"CORP\a"]),
        ((f"{OFFER_GROUP}__Members =",), []),
        ((r"CORP\Help__Memberof =",), []),
        ((r"*S-1-5-32-555__Members = CORP\a",), []),
    ],
)
def test_restricted_groups(lines: tuple[str, ...], expected: list[str]) -> None:
    """Who is in a group by its own line or by another one is told, in either order."""
    assert expected == [helper.text for helper in policy(GROUPS, *lines).offer.helpers]


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ((GROUPS, r"CORP\Fernhelfer__Members = CORP\a"), r'members of "CORP\Fernhelfer"'),
        (("[Strange Things]", "a=b"), "[Strange Things]"),
    ],
)
def test_what_is_not_read_is_listed(lines: tuple[str, ...], what: str) -> None:
    """A group of an unknown name and a section that is not known are listed, and make the policy unclear."""
    found = policy(*lines)

    assert [f"GptTmpl.inf: {what}"] == [each.what for each in found.unread]
    assert ["unread"] == [doubt.topic for doubt in found.unclear]


def test_sections_that_set_other_things_say_nothing() -> None:
    """Sections for passwords and rights are passed over, and make nothing unclear."""
    assert Policy() == policy("[Privilege Rights]", "SeDebugPrivilege = *S-1-5-32-544", "[System Access]", "A = 1")


@pytest.mark.parametrize(
    ("data", "words", "line"),
    [
        (template(VALUES, "nonsense"), "no registry value", 7),
        (template(VALUES, "A=1"), "no registry value", 7),
        (template(GROUPS, "CORP\\a"), "no membership of a group", 7),
        (template(VALUES, "a\0b"), "a NUL", 7),
    ],
)
def test_lines_of_another_form_refuse_the_file(data: bytes, words: str, line: int) -> None:
    """A line of another form refuses the file, with its place (R27)."""
    with pytest.raises(PolicyFileError, match=words) as caught:
        read(data, "GptTmpl.inf")

    assert line == caught.value.where.line


@pytest.mark.parametrize("data", [b"\xff\xfe[", b"[Unicode]\r\n\x81\x8d", b"; a comment\r\n\r\nUnicode=yes\r\n"])
def test_no_security_template(data: bytes) -> None:
    """Bytes that are no text, and lines before the first section, are no security template."""
    with pytest.raises(PolicyFileError):
        list(parse(data, "GptTmpl.inf", Remarks()))


def test_a_driver_is_no_template() -> None:
    """Other texts with sections are told by their names."""
    with pytest.raises(PolicyFileError, match="a settings text"):
        read(b'[Version]\r\nSignature="$Windows NT$"\r\n', "driver.inf")

    assert "security template" == read(b'[Version]\r\nsignature="$CHICAGO$"\r\n', "x.inf").format.name
