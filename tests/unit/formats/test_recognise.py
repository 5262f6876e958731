import pytest

from rasim.errors import PolicyFileError
from rasim.formats import (
    BATCH,
    GPO_REPORT,
    LGPO,
    POLICY_RULES,
    REG,
    REGISTRY_POL,
    RESULTS,
    Format,
    read,
    read_policy_files,
    recognise,
    registry_pol,
)
from rasim.policy import Policy, Registry, State, policy_to_entries

SETTINGS, RESULTS_SPACE = (f"http://www.microsoft.com/GroupPolicy/{name}" for name in ("Settings", "Rsop"))
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 574\n"
ENABLED = registry_pol.render(policy_to_entries(Policy.of(offer="enabled", mode="control", helpers=[r"A\a", r"B\b"])))
DISABLED = registry_pol.render(policy_to_entries(Policy.of(offer="disabled")))


@pytest.mark.parametrize(
    ("data", "known"),
    [
        (b"PReg\1\0\0\0", REGISTRY_POL),
        (b"PReg\2\0\0\0", REGISTRY_POL),
        (b"PR", REGISTRY_POL),
        (b"REGEDIT4\n", REG),
        (b"; mine\n\nREGEDIT4\n", REG),
        (b"\xef\xbb\xbfWindows Registry Editor Version 5.00\n", REG),
        ("\ufeffWindows Registry Editor Version 5.00\r\n".encode("utf-16-le"), REG),
        ("\ufeffREGEDIT4\r\n".encode("utf-16-be"), REG),
        (b"[HKEY_LOCAL_MACHINE\\K]\n", REG),
        (b"; by LGPO\r\nComputer\r\nSoftware\\K\r\n", LGPO),
        (b"User:Administrators\r\n", LGPO),
        ("\ufeffComputer\r\n".encode("utf-16-le"), LGPO),
        (f'<?xml version="1.0" encoding="utf-16"?><GPO xmlns="{SETTINGS}">'.encode(), GPO_REPORT),
        (f'\ufeff<GPO xmlns:a="x" xmlns="{SETTINGS}">'.encode("utf-16-le"), GPO_REPORT),
        (f'<r:Rsop xmlns:r="{RESULTS_SPACE}">'.encode("utf-16-le"), RESULTS),
        (b"\xef\xbb\xbf<!-- by hand --><PolicyRules>", POLICY_RULES),
        (b"REG ADD HKLM\\K /v a /d 1\r\n", BATCH),
        (b"\r\nrem x\r\n", BATCH),
        (b":: x\r\n", BATCH),
        (b"@ECHO OFF\r\n", BATCH),
        (b"setlocal\r\n", BATCH),
        (b">nul 2>&1 net session\r\n", BATCH),
        (b'if exist x (\r\nreg add "HKLM\\K" /f\r\n)\r\n', BATCH),
        (b'@="x"\r\n', REG),
    ],
)
def test_formats_are_known_by_content(data: bytes, known: Format) -> None:
    """A format is recognised by how the file begins; its reader judges the rest."""
    assert known == recognise(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (POINTER, "a Git LFS pointer, not a policy file"),
        (b"regf" + bytes(100), "a registry hive"),
        (b"PK\3\4", "a ZIP archive"),
        (b'<?xml version="1.0"?><x/>', "an XML file"),
        (b'<GPO xmlns="urn:another">', "an XML file, not a policy file"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b'<BackupInst xmlns="x">', "give its folder"),
        (b"\xef\xbb\xbf<policyDefinitions>", "policy templates"),
        (b"<policyDefinitionResources>", "give them with --adml"),
        (b'"ID";"Category";"Name";"Value"\n', "a table (CSV)"),
        (b"ID,Category\n", 'it begins with "ID,Category"'),
        (bytes(100), "nothing but zeros"),
        (b"\x1f\x8b\x08\0", "a gzip archive"),
        (b"MZ\x90\0", "a program"),
        ("PReg\1\0".encode("utf-16"), "opened as text and saved again"),
        (b"\xef\xbb\xbfPReg\1\0\0\0", "opened as text and saved again"),
        (b"PReg\1\0\0\0[\0".decode("utf-16-le").encode(), "opened as text and saved again"),
        (b"PReg\1\0\0\0[\0".decode("utf-16-be").encode("utf-8-sig"), "opened as text and saved again"),
        (b"\r\nHKEY_LOCAL_MACHINE\\K\r\n    v    REG_DWORD    0x1\r\n", "what reg query shows"),
        ("\ufeff\r\nHKEY_LOCAL_MACHINE\\K\r\n".encode("utf-16-le"), "what reg query shows"),
        (b"\r\nMicrosoft (R) Windows (R) Operating System Group Policy Result tool v2.0\r\n", "gpresult /x writes XML"),
        (b"# x\r\n\r\nSet-ItemProperty -Path HKLM:\\K -Name v -Value 1\r\n", "a script"),
        (b"<#\r\n.SYNOPSIS\r\n#>\r\n", "a script"),
        (b'Dim s\r\ns.RegWrite "HKLM\\K", 1\r\n', "a script"),
        (b'{"@odata.type": "#microsoft.graph"}', "a JSON text"),
        (b'[{"a": 1}]', "a JSON text"),
        (b"[Startup]\r\n0CmdLine=a.cmd\r\n", "a settings text"),
        (b"[General]\r\nVersion=1\r\n", "a settings text"),
        (b"   \n;\n", "nothing but comments and blanks"),
        (b"\x1b[31mred", "<U+001B>"),
    ],
)
def test_strangers_are_refused_by_name(data: bytes, words: str) -> None:
    """What is no policy file is refused, by the name of what it is where that is known (R51)."""
    with pytest.raises(PolicyFileError) as caught:
        recognise(data, "x.pol")

    assert words in caught.value.message


@pytest.mark.parametrize(
    ("data", "known"),
    [
        (b'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\K]\r\n"run"="reg add x"\r\n', REG),
        (b"Computer\r\nK\r\nrun\r\nSZ:Set-ItemProperty\r\n", LGPO),
    ],
)
def test_commands_in_a_value_make_no_script(data: bytes, known: Format) -> None:
    """A policy file whose values hold commands is a policy file."""
    assert known == recognise(data)


def test_a_bad_file_leaves_the_registry_alone() -> None:
    """A file that turns out bad at its end changes nothing of what was read before (R27)."""
    before = read(DISABLED, "good.pol").registry
    with pytest.raises(PolicyFileError):
        read(ENABLED[:-1], "bad.pol", before)

    assert read(DISABLED, "good.pol").registry == before


def test_reading_leaves_the_given_registry_alone() -> None:
    """The registry a file is applied to stays as it is; the result is a new one."""
    before = Registry()
    read(ENABLED, "a.pol", before)

    assert Registry() == before


@pytest.mark.parametrize(
    ("order", "expected"),
    [((ENABLED, DISABLED), (State.DISABLED, 0)), ((DISABLED, ENABLED), (State.ENABLED, 2))],
)
def test_the_last_file_wins(order: tuple[bytes, bytes], expected: tuple[State, int]) -> None:
    """Files are merged in the order given; the helper list of the last one replaces those before (R29)."""
    policy = read_policy_files((f"{n}.pol", data) for n, data in enumerate(order))

    assert expected == (policy.offer.state, len(policy.offer.helpers))
