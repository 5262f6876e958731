"""The folder of a group policy: whose it is, what it says, and what is missing from it."""

import pytest
from attrs import evolve
from reports import nodes, report

from rasim.errors import PolicyFileError, Where
from rasim.formats import registry_pol
from rasim.formats.gpo_folder import GpoRead, is_gpo, read_gpo
from rasim.policy import Policy, RegistryEntry, RegType, State, policy_to_entries, read_policy
from rasim.policy.settings import POLICY_KEY

ON = Policy.of(offer="enabled", mode="view", helpers=[r"CORP\a"])
POL = registry_pol.render(policy_to_entries(ON))
NOTE = (
    b'<BackupInst xmlns="http://www.microsoft.com/GroupPolicy/GPOOperations/Manifest"><GPOGuid><![CDATA[{AB}]]></GPOGuid>'
    b"<GPODomain><![CDATA[corp.example]]></GPODomain><GPODisplayName><![CDATA[A <& B]]></GPODisplayName></BackupInst>"
)
SCHEME = rb"""<GroupPolicyBackupScheme xmlns:bkp="u" xmlns="u"><GroupPolicyObject><GroupPolicyCoreSettings>
<ID><![CDATA[{AB}]]></ID><Domain>corp.example</Domain><DisplayName><![CDATA[A <& B]]></DisplayName><Options>1</Options>
</GroupPolicyCoreSettings><GroupPolicyExtension>
<FSObjectFile bkp:Path="%GPO_MACH_FSPATH%\registry.pol" bkp:Location="DomainSysvol\GPO\Machine\registry.pol"/>
<FSObjectFile bkp:Path="%GPO_FSPATH%\Adm\*.*"/></GroupPolicyExtension></GroupPolicyObject></GroupPolicyBackupScheme>"""
MACHINE = "DomainSysvol/GPO/Machine/Registry.pol"


def read(folder: str = "b", **files: bytes) -> GpoRead:
    names = {"pol": MACHINE, "note": "bkupInfo.xml", "scheme": "Backup.xml", "report": "gpreport.xml", "gpt": "GPT.INI"}
    return read_gpo(folder, {names[key]: (f"{folder}/{names[key]}", data) for key, data in files.items()})


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["bkupInfo.xml"], True),
        ([MACHINE], True),
        (["machine/REGISTRY.POL"], True),
        (["gpt.ini"], True),
        (["gpreport.xml"], False),
        (["Registry.pol", "other.txt"], False),
        ([], False),
    ],
)
def test_which_folders_are_of_one_policy(paths: list[str], expected: bool) -> None:
    """A folder is known by its notes and by where its Registry.pol stands; a report alone makes none."""
    assert expected == is_gpo(paths)


def test_a_backup() -> None:
    """A backup says whose policy it is by its note and what it is by its Registry.pol."""
    done = read(pol=POL, note=NOTE, scheme=SCHEME, report=report(nodes(ON), name="other"))

    assert ("A <& B", "{AB}", "corp.example") == (done.gpo.name, done.gpo.id, done.gpo.domain)
    assert (ON, 4, ()) == (read_policy(done.registry), done.entries, done.remarks)


def test_without_a_note_the_report_tells() -> None:
    """Without a note the report says whose policy it is."""
    assert "Helpdesk" == read(pol=POL, report=report(nodes(ON))).gpo.name


def test_a_folder_of_sysvol_is_named_by_its_guid() -> None:
    """A folder of SYSVOL has no name in it; its GUID is the policy's."""
    guid = "{31B2F340-016D-11D2-945F-00C04FB984F9}"

    assert guid == read(f"Policies/{guid}", gpt=b"[General]\r\nVersion=1\r\n", pol=POL).gpo.id
    assert "" == read(f"backups/{guid}", pol=POL).gpo.id


def test_no_registry_pol_configures_nothing() -> None:
    """A policy without a Registry.pol configures nothing: GPMC writes none for a half without settings."""
    done = read(note=NOTE, scheme=b"<GroupPolicyBackupScheme/>")

    assert (Policy(), 0) == (read_policy(done.registry), done.entries)


def test_an_empty_registry_pol_refuses_the_folder() -> None:
    """An empty Registry.pol is what a full disk leaves, and no policy without settings: the folder is refused (R27)."""
    with pytest.raises(PolicyFileError, match="the file is empty"):
        read(pol=b"", note=NOTE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Machine/Registry.pol", "machine/Registry.pol"),
        ("Machine/Registry.pol", "Machine/registry.pol"),
        (MACHINE, "Machine/Registry.pol"),
        ("User/Registry.pol", "user/Registry.pol"),
        ("User/Registry.pol", "DomainSysvol/GPO/User/registry.pol"),
        ("GPT.INI", "gpt.ini"),
        ("bkupInfo.xml", "BkupInfo.xml"),
    ],
)
def test_two_files_where_windows_has_one(one: str, other: str) -> None:
    """Two files of one path without case, or two for one half, refuse the folder: one of them may say otherwise."""
    files = {"GPT.INI": ("b/GPT.INI", b"")} | {path: (f"b/{path}", POL) for path in (one, other)}
    with pytest.raises(PolicyFileError, match=f"where Windows has one: the other is b/{one}") as caught:
        read_gpo("b", files)

    assert f"b/{other}" == caught.value.where.file


def test_both_halves_are_two_files() -> None:
    """The computer's half and the user's are no two of one."""
    done = read_gpo("b", {path: (path, POL) for path in ("Machine/Registry.pol", "User/Registry.pol")})

    assert ON == read_policy(done.registry)


def test_a_doubtful_key_in_a_folder() -> None:
    """A key that begins with a drive, or has a blank at its end, is told of a folder as of a file."""
    entries = [evolve(each, key=f"HKLM:\\{each.key}") for each in policy_to_entries(ON)[:1]]
    done = read(pol=registry_pol.render([*entries, evolve(entries[0], key=f"{entries[0].key} ")]))

    assert State.UNKNOWN is read_policy(done.registry).offer.state
    assert ["as read"] == [remark.topic for remark in done.remarks]


def test_a_registry_pol_that_is_listed_and_missing() -> None:
    """A Registry.pol that the backup lists and that is not there refuses the folder (R27)."""
    with pytest.raises(PolicyFileError, match="it is not there"):
        read(note=NOTE, scheme=SCHEME)


def test_a_registry_pol_that_is_a_mere_pattern() -> None:
    """A Registry.pol that the backup would have taken, and has no place for, is none that is missing."""
    pattern = SCHEME.replace(rb' bkp:Location="DomainSysvol\GPO\Machine\registry.pol"', b"")

    assert Policy() == read_policy(read(note=NOTE, scheme=pattern).registry)


@pytest.mark.parametrize(
    ("options", "applies"), [(b"0", True), (b"1", True), (b"2", False), (b"3", False), (b"x", True)]
)
def test_the_scheme_says_whose_it_is_and_which_half_is_off(options: bytes, applies: bool) -> None:
    """Backup.xml alone says name, id and domain, and by its options whether the computer's half is off."""
    done = read(pol=POL, scheme=SCHEME.replace(b"<Options>1<", b"<Options>" + options + b"<"))

    assert ("A <& B", "{AB}", "corp.example") == (done.gpo.name, done.gpo.id, done.gpo.domain)
    assert (applies, State.ENABLED if applies else State.NOT_CONFIGURED) == (
        done.gpo.computer,
        read_policy(done.registry).offer.state,
    )


def test_a_report_that_disagrees() -> None:
    """A report that says otherwise than the Registry.pol beside it is noticed; the Registry.pol counts."""
    done = read(pol=POL, report=report(nodes(Policy.of(offer="disabled", logging="enabled"))))

    assert State.ENABLED is read_policy(done.registry).offer.state
    assert ["disagree"] == [remark.topic for remark in done.remarks]
    assert "offers, the mode of offers, the helpers, the session log" in done.remarks[0].message


def test_a_report_in_other_words_does_not_disagree() -> None:
    """A report that cannot be told says nothing against the Registry.pol."""
    foreign = report("<q3:Policy><q3:Name>X</q3:Name><q3:Explain>Esto</q3:Explain></q3:Policy>", {"registry": "R"})

    assert () == read(pol=POL, report=foreign).remarks


def test_a_half_that_is_off() -> None:
    """A computer half that the report says is off applies nothing, and a remark says so."""
    done = read(pol=POL, report=report(nodes(ON), enabled="false"))

    assert (Policy(), ["half disabled"]) == (read_policy(done.registry), [remark.topic for remark in done.remarks])


@pytest.mark.parametrize("part", ["pol", "note", "report"])
def test_a_bad_part_refuses_the_folder(part: str) -> None:
    """A part that cannot be read refuses the folder, with the part's name (R27)."""
    with pytest.raises(PolicyFileError) as caught:
        read(**{"pol": POL, part: b"<x"} if part != "pol" else {"pol": b"PReg"})

    assert caught.value.where.file.startswith("b/")


def test_a_part_that_cannot_be_opened() -> None:
    """A part that could not be opened refuses the folder with its own error."""
    error = PolicyFileError("cannot be opened: permission denied", Where("b/x"))
    with pytest.raises(PolicyFileError, match="permission denied"):
        read_gpo("b", {MACHINE: ("b/x", error)})


SHADOW = registry_pol.render([RegistryEntry(POLICY_KEY, "Shadow", RegType.DWORD, (2).to_bytes(4, "little"))])
USERS = "DomainSysvol/GPO/User/registry.pol"


def shadowing(**files: bytes) -> str:
    names = {"machine": MACHINE, "user": USERS, "scheme": "Backup.xml"}
    done = read_gpo("b", {names[key]: (names[key], data) for key, data in files.items()})
    return read_policy(done.registry).roads[0].open


def test_the_users_half_decides_a_road() -> None:
    """What stands in the user's Registry.pol decides whether sessions may be shadowed, where the computer's says nothing."""
    off = SCHEME.replace(b"<Options>1<", b"<Options>0<")

    assert "yes" == shadowing(machine=POL, user=SHADOW)
    assert "yes" == shadowing(user=SHADOW, scheme=off.replace(b"Machine", b"Other"))
    assert "not stated" == shadowing(machine=POL)


def test_a_users_half_that_is_off_decides_nothing() -> None:
    """A user's half that the backup calls switched off applies nothing."""
    assert "not stated" == shadowing(machine=POL, user=SHADOW, scheme=SCHEME)


def test_a_users_registry_pol_that_cannot_be_read_refuses_the_folder() -> None:
    """There is no partial result: a broken file of the user's half refuses the folder like one of the computer's (R27)."""
    with pytest.raises(PolicyFileError):
        shadowing(machine=POL, user=SHADOW[:-1])
