"""The readers against bytes nobody would write: a value or a typed error, and what is read can be written back."""

import struct
from collections.abc import Iterator

from hypothesis import example, given
from hypothesis import strategies as st

from rasim.analysis.audit import audit
from rasim.analysis.findings import Severity
from rasim.errors import PolicyFileError, Where
from rasim.formats import Remarks, read, recognise, reg_text, registry_pol
from rasim.formats.reader_remarks import Parse
from rasim.policy import Mode, Policy, RegistryEntry, State, policy_to_entries, read_policy
from rasim.report.audit import answer
from rasim.report.audit_json import as_json

HEADER = b"PReg\1\0\0\0"
SAMPLE = registry_pol.render(
    policy_to_entries(
        Policy.of(offer="enabled", mode="control", helpers=[r"CORP\Helpdesk", r"CORP\anna"], solicited="disabled")
    )
)
SAMPLE_REG = r"""Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\Software\Policies\Microsoft\Windows NT\Terminal Services]
"fAllowUnsolicited"=dword:00000001 ; on
"fAllowUnsolicitedFullControl"=hex(4):00,00,\
  00,00
[HKEY_LOCAL_MACHINE\Software\Policies\Microsoft\Windows NT\Terminal Services\RAUnsolicit]
"CORP\\Helpdesk"="CORP\\Helpdesk"
@="x"
"gone"=-
[-HKEY_LOCAL_MACHINE\Software\Other]
""".replace("\n", "\r\n")

# Names as the registry can hold them: everything but NUL, half surrogate pairs included.
names = st.text(st.characters(exclude_characters="\0", exclude_categories=()), max_size=12)
instructions = st.sampled_from(["**del.", "**DelVals.", "**delvals", "**soft.", "**DeleteKeys", "**"])
marked_names = st.one_of(names, st.builds(str.__add__, instructions, st.just("") | names))


@st.composite
def records(draw: st.DrawFn) -> bytes:
    """Draw one record, put together here and not by rasim's writer."""
    key, name = (draw(part).encode("utf-16-le", "surrogatepass") + b"\0\0" for part in (names, marked_names))
    data = draw(st.one_of(st.binary(max_size=20), st.sampled_from([b"]\0[\0", b";\0" * 5, b"\n" * 10])))
    numbers = struct.pack("<I", draw(st.integers(0, 2**32 - 1))), struct.pack("<I", len(data))
    return b";\0".join((b"[\0" + key, name, *numbers, data)) + b"]\0"


def mutations(sample: bytes) -> st.SearchStrategy[bytes]:
    """Draw the sample with a few stretches of bytes replaced, removed or put in, and perhaps cut short."""
    places = st.integers(0, len(sample))
    cuts = st.tuples(places, st.integers(0, 8), st.binary(max_size=8))

    def apply(edits: list[tuple[int, int, bytes]], end: int) -> bytes:
        data = bytearray(sample)
        for place, length, new in edits:
            data[place : place + length] = new
        return bytes(data[:end])

    return st.builds(apply, st.lists(cuts, max_size=4), st.one_of(st.just(len(sample) + 99), places))


def entries_or_error(parse: Parse, data: bytes) -> list[RegistryEntry] | Where:
    """Return the entries, or the place of the typed error; any other exception is a failure of the test."""
    try:
        return list(parse(data, "x", Remarks()))
    except PolicyFileError as error:
        return error.where


def read_as_recognised(data: bytes, file: str, remarks: Remarks) -> Iterator[RegistryEntry]:
    return recognise(data, file).parse(data, file, remarks)


@given(st.lists(records(), max_size=5).map(b"".join))
def test_written_back_byte_for_byte(body: bytes) -> None:
    """Whatever valid records a Registry.pol holds, reading and writing gives the same bytes."""
    assert HEADER + body == registry_pol.render(registry_pol.parse(HEADER + body))


@given(st.lists(records(), max_size=5).map(b"".join))
def test_entries_survive_a_round_trip(body: bytes) -> None:
    """Entries that were read, written and read again are the same entries."""
    entries = list(registry_pol.parse(HEADER + body))

    assert entries == list(registry_pol.parse(registry_pol.render(entries)))


@given(st.one_of(mutations(SAMPLE), st.binary(max_size=60).map(HEADER.__add__)))
def test_a_spoilt_registry_pol(data: bytes) -> None:
    """A spoilt Registry.pol is a typed error inside the file, or valid and written back as it is."""
    result = entries_or_error(registry_pol.parse, data)

    if isinstance(result, Where):
        assert result.offset is not None
        assert 0 <= result.offset <= len(data)
    else:
        assert data == registry_pol.render(result)


@given(
    st.one_of(
        mutations(SAMPLE_REG.encode()),
        mutations(b"\xff\xfe" + SAMPLE_REG.encode("utf-16-le")),
        mutations(b"REGEDIT4" + SAMPLE_REG.encode("cp1252")[36:]),
    )
)
def test_a_spoilt_reg(data: bytes) -> None:
    """A spoilt .reg is entries or a typed error with a line or an offset, and no other exception."""
    result = entries_or_error(reg_text.parse, data)

    assert not isinstance(result, Where) or (result.line is None) != (result.offset is None)


@given(st.lists(st.sampled_from([*'[]-"=@;\\:,\n x0aAé', "hex:", "dword:", "HKLM\\", "REGEDIT4\n"]), max_size=30))
def test_reg_text_out_of_its_own_signs(signs: list[str]) -> None:
    """Any sequence of the signs a .reg is made of is entries or a typed error with its line."""
    result = entries_or_error(reg_text.parse, ("REGEDIT4\n[HKLM\\K]\n" + "".join(signs)).encode())

    assert not isinstance(result, Where) or result.line is not None


@given(st.one_of(st.binary(max_size=80), mutations(SAMPLE), mutations(SAMPLE_REG.encode())))
@example(b"")
def test_any_bytes_at_all(data: bytes) -> None:
    """Any bytes are entries or a typed error that names the file."""
    result = entries_or_error(read_as_recognised, data)

    assert not isinstance(result, Where) or result.file == "x"


@given(st.one_of(mutations(SAMPLE), mutations(SAMPLE_REG.encode())))
def test_any_file_can_be_reported(data: bytes) -> None:
    """Whatever a file holds, the report says it in printable text, and never as not configured if it was not read."""
    report = audit([("x.pol", data)])
    text = answer(report, Severity.HIGH).shown("text")

    assert all(line.isprintable() for line in text.split("\n"))
    assert (report.files[0].policy is None) == ("NOT READ" in text) == (as_json(report)["files"][0]["policy"] is None)


helpers = st.lists(
    st.one_of(names, st.sampled_from([r"CORP\anna", r"corp\ANNA", "Everyone", "", " ", "a@b"])), max_size=4
).map(lambda texts: [text for text in texts if not text.startswith("**")])


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Draw a policy by its words."""
    states, modes = st.sampled_from(State), st.none() | st.sampled_from(Mode)
    return Policy.of(
        offer=draw(states),
        mode=draw(modes),
        helpers=[
            text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass") for text in draw(helpers)
        ],
        solicited=draw(states),
        solicited_mode=draw(modes),
        logging=draw(states),
    )


@given(policies())
def test_a_policy_survives_its_file(policy: Policy) -> None:
    """A policy that is written as Registry.pol and read back is the same policy, with the same doubts."""
    data = registry_pol.render(policy_to_entries(policy))

    assert policy == read_policy(read(data, "made.pol").registry)


@given(policies(), policies())
def test_the_later_file_decides_about_offers(lower: Policy, higher: Policy) -> None:
    """A file that configures offers replaces state and list of every file before it (R29)."""
    first = read(registry_pol.render(policy_to_entries(lower)), "a.pol").registry
    merged = read_policy(read(registry_pol.render(policy_to_entries(higher)), "b.pol", first).registry)

    if higher.offer.state is not State.NOT_CONFIGURED:
        assert (higher.offer.state, higher.offer.helpers) == (merged.offer.state, merged.offer.helpers)
