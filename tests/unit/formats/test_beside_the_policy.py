"""What lies in a group policy's folder beside its Registry.pol: read, listed as unread, or a reason to refuse the folder."""

from pathlib import Path

import pytest
from evidence import GROUPS_XML, KEY, OFFERS, REGISTRY_XML, TEMPLATE, group, groups_xml, registry_xml, template, value
from reports import report

from rasim.errors import PolicyFileError, Where
from rasim.formats import registry_pol
from rasim.formats.gpo_folder import GpoRead, read_gpo
from rasim.policy import Policy, State, policy_to_entries, read_policy

ON = Policy.of(offer="enabled", mode="view", helpers=[r"CORP\Help"])
OFF = Policy.of(offer="disabled")
POL = "Machine/Registry.pol"
CASE = Path(__file__).parents[2] / "data" / "folders" / "gpp-folder"


def pol(policy: Policy) -> bytes:
    return registry_pol.render(policy_to_entries(policy))


def read(files: dict[str, bytes | PolicyFileError | None]) -> GpoRead:
    return read_gpo("g", {path: (f"g/{path}", data) for path, data in {"GPT.INI": b"", **files}.items()})


def policy(files: dict[str, bytes | PolicyFileError | None]) -> Policy:
    return read_policy(read(files).registry)


def test_the_case_of_preferences_in_a_folder() -> None:
    """Preferences and a template that set offers on over a policy that forbids them are told, with a helper and both groups."""
    [folder] = CASE.iterdir()
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    done = read_gpo(str(folder), {name: (name, path.read_bytes()) for name, path in paths.items()})
    offer = read_policy(done.registry).offer

    assert (State.ENABLED, 8) == (offer.state, done.entries)
    assert [r"CORP\Helpdesk", "S-1-5-11", r"CORP\Domain Users"] == [helper.text for helper in offer.helpers]


@pytest.mark.parametrize(
    "path", [REGISTRY_XML, f"DomainSysvol/GPO/{REGISTRY_XML}", REGISTRY_XML.replace("Machine", "user")]
)
def test_preferences_alone(path: str) -> None:
    """Preferences are read without a Registry.pol, in SYSVOL and in a backup, and from the user's half too."""
    assert State.ENABLED is policy({path: registry_xml(value())}).offer.state


def test_a_template_alone() -> None:
    """A security template is read without a Registry.pol, and its place is told."""
    offer = policy({TEMPLATE: template("[Registry Values]", rf"MACHINE\{KEY}\{OFFERS}=4,1")}).offer

    assert (State.ENABLED, Where(f"g/{TEMPLATE}", line=7)) == (offer.state, offer.stated.where)


@pytest.mark.parametrize(
    ("path", "harmless"),
    [
        ("Machine/Scripts/scripts.ini", False),
        ("User/Scripts/Logon/a.cmd", False),
        ("Machine/Preferences/ScheduledTasks/ScheduledTasks.xml", False),
        ("Machine/Preferences/Files/Files.xml", False),
        ("Machine/Preferences/Registry/Other.xml", False),
        ("DomainSysvol/GPO/Machine/Applications/a.aas", False),
        ("User/Microsoft/Windows NT/SecEdit/GptTmpl.inf", False),
        ("machine/COMMENT.cmtx", True),
        ("DomainSysvol/GPO/Machine/Microsoft/Windows NT/Audit/audit.csv", True),
        ("User/Documents & Settings/fdeploy1.ini", True),
        ("Machine/Preferences/Printers/Printers.xml", True),
        ("User/Preferences/Drives/Drives.xml", True),
        ("Adm/system.adm", True),
        ("notes/readme.txt", True),
    ],
)
def test_what_is_not_read_is_listed(path: str, harmless: bool) -> None:
    """A file that no reader takes is listed; unless a row of the table says why it cannot, it makes the policy unclear."""
    found = policy({POL: pol(OFF), path: None})

    assert [(f"g/{path}", harmless)] == [(each.what, each.harmless) for each in found.unread]
    assert ([] if harmless else ["unread"]) == [doubt.topic for doubt in found.unclear]
    assert State.DISABLED is found.offer.state


def test_a_half_that_is_off_applies_nothing_beside_the_policy() -> None:
    """Nothing of a half that is switched off is read or listed."""
    core = "<GroupPolicyCoreSettings><Options>{}</Options></GroupPolicyCoreSettings>"
    scheme = f"<GroupPolicyBackupScheme><GroupPolicyObject>{core}</GroupPolicyObject></GroupPolicyBackupScheme>"
    files: dict[str, bytes | PolicyFileError | None] = {
        REGISTRY_XML: registry_xml(value()),
        "User/Preferences/Groups/Groups.xml": groups_xml(group(r"CORP\a")),
        "Machine/Scripts/scripts.ini": None,
        "User/Scripts/scripts.ini": None,
    }
    off = [policy({**files, "Backup.xml": scheme.format(number).encode()}) for number in (0, 1, 2, 3)]

    assert [(1, 1, 2), (1, 0, 1), (0, 1, 1), (0, 0, 0)] == [
        (each.offer.state is State.ENABLED, len(each.offer.helpers), len(each.unread)) for each in off
    ]


@pytest.mark.parametrize("name", ["only laptops", ""])
def test_a_filter_is_listed(name: str) -> None:
    """A WMI filter that a backup or its report names is listed, and makes it uncertain where the policy applies."""
    core = f"<GroupPolicyCoreSettings><WMIFilter>{name}</WMIFilter></GroupPolicyCoreSettings>"
    scheme = f"<GroupPolicyBackupScheme>{core}</GroupPolicyBackupScheme>"
    told = report("").replace(
        "<Computer>".encode("utf-16-le"), f"<FilterName>{name}</FilterName><Computer>".encode("utf-16-le")
    )
    with_both = policy({POL: pol(OFF), "Backup.xml": scheme.encode(), "gpreport.xml": told})
    with_report = policy({POL: pol(OFF), "gpreport.xml": told})

    in_report = f'g/gpreport.xml: WMI filter "{name}"'
    filtered = [f'g/Backup.xml: WMI filter "{name}"', in_report], [in_report]
    assert (filtered if name else ([], [])) == tuple(
        [each.what for each in one.unread] for one in (with_both, with_report)
    )


@pytest.mark.parametrize("path", [REGISTRY_XML, GROUPS_XML, TEMPLATE, f"DomainSysvol/GPO/{GROUPS_XML}"])
def test_what_cannot_be_read_refuses_the_folder(path: str) -> None:
    """A file beside the policy that is empty, of another form, or cannot be opened, refuses the folder (R27)."""
    for data in (b"", b"\0", PolicyFileError("cannot be opened", Where(path))):
        with pytest.raises(PolicyFileError):
            read({POL: pol(OFF), path: data})


def test_a_listed_file_that_is_missing() -> None:
    """A backup that lists preferences and does not hold them is refused."""
    scheme = (
        rf'<GroupPolicyBackupScheme><FSObjectFile Location="DomainSysvol\GPO\{GROUPS_XML}"/></GroupPolicyBackupScheme>'
    )
    with pytest.raises(PolicyFileError, match="the backup lists Machine/preferences"):
        read({POL: pol(OFF), "Backup.xml": scheme.encode()})


@pytest.mark.parametrize(
    ("guid", "unread"),
    [
        ("{35378EAC-683F-11D2-A89A-00C04FBBCFA2}", []),
        ("{42b5faae-6536-11d2-ae5a-0000f87571e3}", [False]),
        ("{F3CCC681-B74C-4060-9F26-CD84525DCA2A}", [True]),
    ],
)
def test_parts_that_a_backup_names(guid: str, unread: list[bool]) -> None:
    """A part of Windows that a backup names is listed, though no file of it is there; what edits it is none."""
    told = f"[{guid}{{D02B1F72-3407-48AE-BA88-E8213C6761F1}}]"
    core = f"<GroupPolicyCoreSettings><MachineExtensionGuids>{told}</MachineExtensionGuids></GroupPolicyCoreSettings>"
    scheme = f"<GroupPolicyBackupScheme>{core}</GroupPolicyBackupScheme>"

    assert unread == [each.harmless for each in policy({POL: pol(OFF), "Backup.xml": scheme.encode()}).unread]


def test_what_the_report_of_a_folder_tells_alone() -> None:
    """A part that only the report beside a policy tells is listed too: the folder may be incomplete."""
    scripts = '<ExtensionData><Extension type="q:Scripts"/></ExtensionData></Computer>'
    told = report("").decode("utf-16").replace("</Computer>", scripts)

    assert ["Scripts"] == [
        each.what.partition(": ")[2] for each in policy({POL: pol(OFF), "gpreport.xml": told.encode("utf-16")}).unread
    ]
