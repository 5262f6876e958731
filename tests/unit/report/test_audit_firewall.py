from pathlib import Path

import pytest
from attrs import evolve

from rasim.analysis.audit import How, audit
from rasim.analysis.findings import Severity, findings_of
from rasim.formats import registry_pol
from rasim.policy import NAMED, SYSTEMS, Firewall, Policy, policy_to_entries
from rasim.report.audit import answer
from rasim.report.audit_json import as_json

PORTS, PROGRAMS = [NAMED["135 tcp"]], [NAMED[name] for name in ("helpsvc", "helpctr", "sessmgr")]
ALL = Firewall.of(ports=PORTS, programs=PROGRAMS)


def policy(firewall: Firewall) -> Policy:
    return Policy.of(offer="enabled", mode="view", helpers=["CORP\\anna"], firewall=firewall)


def pol(firewall: Firewall) -> bytes:
    return registry_pol.render(policy_to_entries(policy(firewall)))


def kinds(firewall: Firewall) -> set[str]:
    return {finding.kind.id for finding in findings_of(policy(firewall))} - {"RA002"}


def test_every_system_is_answered() -> None:
    """The JSON of a file has the firewall's verdict for every system that rasim knows, with its reasons."""
    (file,) = as_json(audit([("a.pol", pol(ALL))]))["files"]

    assert set(SYSTEMS) == set(file["firewall"])
    assert all({"offer", "missing", "superfluous", "port 3389", "because"} == set(v) for v in file["firewall"].values())
    assert all(verdict["because"] for verdict in file["firewall"].values())


@pytest.mark.parametrize(
    ("system", "offer", "port", "missing", "superfluous"),
    [
        ("windows-xp", "not governed", "cannot tell", [], []),
        ("windows-xp-sp2", "gets through", "while in use", [], []),
        ("windows-server-2003-sp1", "blocked", "closed", ["remote desktop"], ["sessmgr"]),
        ("windows-10", "cannot tell", "cannot tell", ["msra", "raserver"], ["helpsvc", "helpctr", "sessmgr"]),
    ],
)
def test_the_exceptions_of_xp_mean_what_they_mean(
    system: str, offer: str, port: str, missing: list[str], superfluous: list[str]
) -> None:
    """The exceptions that the document asks of XP SP2 are judged for each kind of system."""
    (file,) = as_json(audit([("a.pol", pol(ALL))]))["files"]
    verdict = file["firewall"][system]

    assert (offer, port) == (verdict["offer"], verdict["port 3389"])
    assert (missing, superfluous) == (verdict["missing"], verdict["superfluous"])


def test_a_reason_names_the_place() -> None:
    """A reason ends with the file and the offset of the entry behind it, and the entry stands there."""
    data = pol(ALL)
    (file,) = as_json(audit([("a.pol", data)]))["files"]
    reason = next(each for each in file["firewall"]["windows-xp-sp2"]["because"] if "R31" in each)
    offset = int(reason.rpartition("offset ")[2].rstrip(")"))

    assert NAMED["135 tcp"].encode("utf-16-le") in data[offset : offset + 600]


def test_a_file_that_cannot_be_read_has_no_verdict() -> None:
    """A file that cannot be read has no firewall, which is not a firewall without exceptions."""
    (file,) = as_json(audit([("a.pol", b"PReg")]))["files"]

    assert {} == file["firewall"]


def test_nothing_stated_is_no_comfort() -> None:
    """A file that says nothing of the firewall is answered *cannot tell* on every system that has a managed one."""
    (file,) = as_json(audit([("a.pol", pol(Firewall()))]))["files"]
    managed = [name for name, system in SYSTEMS.items() if system.managed_firewall]

    assert {("cannot tell", "cannot tell")} == {
        (file["firewall"][name]["offer"], file["firewall"][name]["port 3389"]) for name in managed
    }
    assert "nothing is stated" in answer(audit([("a.pol", pol(Firewall()))]), Severity.HIGH).shown("text")


def test_an_address_decides_a_scope() -> None:
    """With the expert's address an exception for some networks is decided, without it nobody can tell."""
    narrow = Firewall.of(ports=["135:TCP:10.1.0.0/16:Enabled:x"], programs=PROGRAMS)
    answers = {}
    for address in (None, "10.1.2.3", "10.2.2.3"):
        (file,) = as_json(audit([("a.pol", pol(narrow))], How(address=address)))["files"]
        answers[address] = file["firewall"]["windows-xp-sp2"]["offer"]

    assert {None: "cannot tell", "10.1.2.3": "gets through", "10.2.2.3": "blocked"} == answers


def test_blanks_are_warned_about_once(tmp_path: Path) -> None:
    """The document's own strings, odd blanks and all, are read with one finding; strictly read they are none."""
    loose = Firewall.of(
        ports=["135:TCP:*:Enabled: Offer Remote Assistance"],
        programs=[*PROGRAMS[:2], PROGRAMS[2].replace("*:Enabled:R", "*: Enabled: R")],
    )
    found = [finding.message for finding in findings_of(policy(loose)) if finding.kind.id == "RA018"]
    data = b"135:TCP:*:Enabled: x\n%WINDIR%\\SYSTEM32\\Sessmgr.exe:*: Enabled: y\n"
    (strict,) = audit([(str(tmp_path / "l.txt"), data)], How(strict=True)).files

    assert 1 == len(found)
    assert "and 1 more" in found[0]
    assert ["RA016", "RA017"] == sorted(f.kind.id for f in strict.findings if f.kind.id in ("RA016", "RA017"))


@pytest.mark.parametrize(
    ("firewall", "expected"),
    [
        (ALL, {"RA016"}),
        (Firewall.of(programs=PROGRAMS, remote_desktop="enabled"), {"RA015"}),
        (Firewall.of(programs=PROGRAMS, remote_desktop="disabled"), {"RA022"}),
        (Firewall.of(ports=["3389:TCP:*:enabled:x"]), {"RA015"}),
        (Firewall.of(ports=["135:TCP:*:enabled"]), {"RA017"}),
        (Firewall.of(ports=[*PORTS, "135:TCP:*:disabled:x"]), {"RA016", "RA019"}),
        (Firewall.of(protection="disabled"), {"RA020"}),
    ],
)
def test_findings_about_the_firewall(firewall: Firewall, expected: set[str]) -> None:
    """Each thing about the firewall that an administrator should look at is a finding of its own kind."""
    assert expected == kinds(firewall)


def test_the_other_profile_is_noticed() -> None:
    """Exceptions that are stated in the standard profile only are a finding, since offers arrive in the domain profile."""
    stated = evolve(policy(Firewall()), standard=Firewall.of(ports=PORTS, profile="standard"))

    assert {"RA021"} == {finding.kind.id for finding in findings_of(stated)} - {"RA002"}
