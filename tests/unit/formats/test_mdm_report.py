"""MDMDiagReport.xml: what a computer says that device management set."""

import pytest

from rasim.errors import PolicyFileError
from rasim.formats import Remarks, read
from rasim.formats.mdm_report import parse
from rasim.policy import Policy, State, read_policy

ONE, TWO = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
OFF, ON = "&lt;disabled/&gt;", "&lt;enabled/&gt;"


def source(by: str, value: str, name: str = "UnsolicitedRemoteAssistance", area: str = "RemoteAssistance") -> str:
    return (
        f"<ConfigSource><EnrollmentId>{by}</EnrollmentId><PolicyScope><PolicyScope>Device</PolicyScope><Area>"
        f"<PolicyAreaName>{area}</PolicyAreaName><{name}>{value}</{name}><{name}_LastWrite>1</{name}_LastWrite>"
        "</Area></PolicyScope></ConfigSource>"
    )


def current(*values: str, area: str = "RemoteAssistance") -> str:
    inner = f"<PolicyAreaName>{area}</PolicyAreaName>{''.join(values)}"
    return f"<currentPolicies><PolicyScope>Device</PolicyScope><CurrentPolicyValues>{inner}</CurrentPolicyValues></currentPolicies>"


def report(*parts: str) -> bytes:
    inner = f"<PolicyManager>{''.join(parts)}</PolicyManager>"
    return f"<MDMEnterpriseDiagnosticsReport><Version>1.0</Version>{inner}</MDMEnterpriseDiagnosticsReport>".encode()


SET = "<UnsolicitedRemoteAssistance_ProviderSet>1</UnsolicitedRemoteAssistance_ProviderSet>"
WON = f"<UnsolicitedRemoteAssistance_WinningProvider>{ONE}</UnsolicitedRemoteAssistance_WinningProvider>"


def policy(*parts: str) -> Policy:
    return read_policy(read(report(*parts), "x.xml").registry)


@pytest.mark.parametrize(("value", "state"), [(OFF, State.DISABLED), (ON, State.ENABLED), ("?", State.UNKNOWN)])
def test_what_a_source_set_is_told(value: str, state: State) -> None:
    """The value that a server set is that of the policy, and its place the line."""
    found = policy(source(ONE, value), current(SET, WON)).offer

    assert (state, 1) == (found.state, getattr(found.stated.where, "line", 0))


def test_the_source_that_won_counts() -> None:
    """Of two servers that disagree the one counts that the report says won; without that nothing can be told."""
    two = (source(ONE, OFF), source(TWO, ON))

    assert (State.DISABLED, State.UNKNOWN) == (policy(*two, current(WON)).offer.state, policy(*two).offer.state)


@pytest.mark.parametrize(("note", "state"), [(SET, State.UNKNOWN), (SET.replace("1", "0"), State.NOT_CONFIGURED)])
def test_what_is_set_and_not_shown_cannot_be_told(note: str, state: State) -> None:
    """A note that somebody set a policy, without a source that says how, makes it unknown."""
    assert state is policy(current(note)).offer.state


def test_a_plain_policy_is_a_number() -> None:
    """MDMWinsOverGP stands there as a number."""
    number = source(ONE, "1", "MDMWinsOverGP", "ControlPolicyConflict")
    registry = read(report(number), "x.xml").registry.settled()

    assert {"MDMWINSOVERGP"} == {name for _, name in registry.last_words()}


def test_entries_are_the_values_that_it_shows() -> None:
    """Values and notes are counted; other parts of a report are not."""
    done = read(report(source(ONE, OFF), current(SET), "<AreaMetadata/>"), "x.xml")

    assert ("MDM report", 3) == (done.format.name, done.entries)
    assert 2 == len(list(parse(report(source(ONE, OFF)))))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (
            b"<MDMEnterpriseDiagnosticsReport><Version/></MDMEnterpriseDiagnosticsReport>",
            "without its part PolicyManager",
        ),
        (b"<MDMEnterpriseDiagnosticsReport>", "not well-formed"),
    ],
)
def test_half_a_report_is_refused(data: bytes, says: str) -> None:
    """A report without the part that is asked, or one that breaks off, tells nothing."""
    with pytest.raises(PolicyFileError, match=says):
        read(data, "x.xml")


def test_another_root_is_no_such_report() -> None:
    """The root says what it is."""
    with pytest.raises(PolicyFileError, match="no report of device management"):
        list(parse(b"<a><b/></a>", "x.xml", Remarks()))
