"""Batch files: what their lines would set for certain, what they may set, and what they surely do not."""

import pytest

from rasim.errors import PolicyFileError
from rasim.formats import read
from rasim.formats.batch_script import parse
from rasim.formats.reader_remarks import Remarks
from rasim.policy import Policy, RegistryEntry, State, read_policy
from rasim.policy.registry import describe

AT = r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services"
ON = rf'reg add "{AT}" /v fAllowUnsolicited /t REG_DWORD /d 1 /f'
OFF = rf'reg add "{AT}" /v fAllowUnsolicited /t REG_DWORD /d 0 /f'
NONE, DISABLED, ENABLED, UNKNOWN = State.NOT_CONFIGURED, State.DISABLED, State.ENABLED, State.UNKNOWN


def script(*lines: str) -> bytes:
    return "\r\n".join(("@echo off", *lines, "")).encode()


def policy(*lines: str) -> Policy:
    return read_policy(read(script(*lines), "a.bat").registry)


def entries(*lines: str) -> list[RegistryEntry]:
    return list(parse(script(*lines), "a.bat", Remarks()))


def said(*lines: str) -> tuple[State, int]:
    """Return the state of offers, and how many lines may set anything."""
    read_as = policy(*lines)
    return read_as.offer.state, len(read_as.unread)


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (OFF, DISABLED),
        (ON, ENABLED),
        (rf'REG.EXE ADD "{AT}" /F /D 0X1 /T reg_dword /V FALLOWUNSOLICITED', ENABLED),
        (rf'"%SystemRoot%\System32\reg.exe" add "{AT}" /v fAllowUnsolicited /t REG_DWORD /d 1 /f', ENABLED),
        (rf'@reg add "HKEY_LOCAL_MACHINE{AT[4:]}" /v "fAllowUnsolicited" /t "REG_DWORD" /d "0" /f >nul 2>&1', DISABLED),
        (OFF + "\r\necho x ^", DISABLED),
        (rf'>nul 2>&1 reg add "{AT}" /v fAllowUnsolicited /t REG_DWORD /d 0 /f', DISABLED),
        (OFF + " || echo failed", DISABLED),
        (OFF + '\r\necho ^"x ^', DISABLED),
        (OFF + " && echo done & echo more", DISABLED),
        (f"echo begin & {OFF}", DISABLED),
        (f"start /wait {OFF}", DISABLED),
        (f'start "a title" /wait /d "C:\\x y" {OFF}', DISABLED),
        (f"start {OFF}", UNKNOWN),
        (f"call {OFF}", DISABLED),
        (f'cmd /c "{OFF}"', DISABLED),
        (f"cmd.exe /s /c {OFF}", DISABLED),
        ('cmd /c "echo', NONE),
        ("cmd /k", NONE),
        (f"({OFF})", DISABLED),
        (f"rem {OFF}", NONE),
        (f"rem x ^\r\n{OFF}", UNKNOWN),
        (f":: x ^\r\n{OFF}", UNKNOWN),
        (OFF.replace("\\", "/"), NONE),
        (OFF.replace("SOFTWARE\\", "SOFTWARE/"), NONE),
        (f":: {OFF}", NONE),
        (f"echo {OFF}", NONE),
        (f"echo.{OFF}", NONE),
        (f"echo x ^& {OFF}", NONE),
        (f"(rem {OFF}\r\n{ON})", ENABLED),
        (f"(\r\n:: {OFF}\r\n{ON}\r\n)", ENABLED),
        (f") {OFF}", NONE),
        (f"({ON}) > x.log", ENABLED),
        (OFF.replace(" /t", " ^\r\n  /t"), DISABLED),
        (OFF.replace("reg", "r^eg", 1), DISABLED),
        (OFF.replace(" /f", ""), UNKNOWN),
        (f"echo y| {OFF.replace(' /f', '')}", DISABLED),
        (OFF.replace(" /t REG_DWORD", ""), UNKNOWN),
        (OFF.replace("/d 0", "/d x"), UNKNOWN),
        (OFF.replace("/d 0", ""), UNKNOWN),
        (OFF.replace("/d 0", "/d %1"), UNKNOWN),
        (OFF.replace("REG_DWORD", "%T%"), UNKNOWN),
        (OFF.replace("REG_DWORD", "DWORD"), UNKNOWN),
        (OFF.replace("fAllowUnsolicited", "f%1"), UNKNOWN),
        (OFF.replace("fAllowUnsolicited", "x%1"), NONE),
        (OFF.replace("HKLM", "%1"), UNKNOWN),
        (OFF.replace("HKLM", "!HIVE!"), UNKNOWN),
        (OFF.replace("Terminal", "%1"), UNKNOWN),
        (OFF + " %1", UNKNOWN),
        (OFF.replace("HKLM", r"\\pc1\HKLM"), NONE),
        (OFF.replace("HKLM", r"\\.\HKLM"), UNKNOWN),
        (OFF.replace("HKLM", r"\\%PC%\HKLM"), UNKNOWN),
        (OFF.replace("HKLM", "HKCU"), NONE),
        (OFF.replace("HKLM", "HKXX"), NONE),
        (OFF.replace("SOFTWARE", r"SOFTWARE\WOW6432Node"), UNKNOWN),
        (OFF + " /reg:32", UNKNOWN),
        (OFF.replace("HKLM", "HKXX") + " /reg:32", NONE),
        (OFF + " /reg:64", DISABLED),
        (f"if exist x {OFF}", UNKNOWN),
        (f'if /i not "%1" == "on" ({OFF}) else ({ON})', UNKNOWN),
        (f"if %1 EQU 2 (\r\n {OFF}\r\n)", UNKNOWN),
        (f"for %%i in (a b) do {OFF}", UNKNOWN),
        (f"for %%i in (a\r\nb) do ({OFF})", UNKNOWN),
        (f"for /f %%i in ('{OFF}') do echo %%i", UNKNOWN),
        (f"echo x && {OFF}", UNKNOWN),
        (f"reg query x || {OFF}", UNKNOWN),
        (rf'reg add "{AT}" /f', NONE),
        (rf'reg delete "{AT}" /f', NONE),
        ("reg query HKLM", NONE),
        ("reg", NONE),
        (rf'reg copy HKLM\x "{AT}" /s /f', NONE),
    ],
)  # fmt: skip
def test_what_one_line_makes_of_offers(line: str, state: State) -> None:
    """A line that is written in full sets its value; a variable, a condition, a question makes it perhaps."""
    assert state is policy(line).offer.state


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ((ON, OFF), DISABLED),
        ((OFF, f"if exist x {OFF}"), DISABLED),
        ((ON, f"if exist x {OFF}"), UNKNOWN),
        ((ON, rf'reg delete "{AT}" /v fAllowUnsolicited /f'), NONE),
        ((ON, rf'reg delete "{AT}" /va /f'), NONE),
        ((ON, rf'reg delete "{AT}" /f'), NONE),
        ((ON, rf'reg delete "{AT}" /ve /f'), ENABLED),
        ((ON, rf'reg delete "{AT}" /v fAllowUnsolicited'), UNKNOWN),
        ((ON, rf'echo Y|reg delete "{AT}" /v fAllowUnsolicited'), NONE),
        (("set KEY=" + AT, ON.replace(AT, "%key%")), ENABLED),
        ((f'set "KEY={AT}"', ON.replace(AT, "%KEY%")), ENABLED),
        ((f'set KEY="{AT}"', ON.replace(f'"{AT}"', "%KEY%")), ENABLED),
        (("set KEY=" + AT, ON.replace(AT, "%KEY:a=b%")), UNKNOWN),
        (("set KEY=" + AT, "set KEY=x", ON.replace(AT, "%KEY%")), UNKNOWN),
        (("if a==b set KEY=" + AT, ON.replace(AT, "%KEY%")), UNKNOWN),
        (("set /p KEY=which", ON.replace(AT, "%KEY%")), UNKNOWN),
        (("setlocal", "set KEY=" + AT, "endlocal", ON.replace(AT, "%KEY%")), UNKNOWN),
        (("exit /b", ON), UNKNOWN),
        (("if exist x exit /b", ON), UNKNOWN),
        (("if exist x goto :EOF", ON), UNKNOWN),
        (("net session >nul 2>&1", "if %errorlevel% neq 0 (echo no & exit /b 1)", ON), ENABLED),
        (("net session >nul", "if '%errorlevel%' NEQ '0' ( goto ask ) else ( goto go )", ":ask", "exit /B", ":go", ON), ENABLED),
        (("net session >nul", ON, "if exist x exit /b", OFF), UNKNOWN),
        ((ON, "if errorlevel 1 exit /b 1", OFF), DISABLED),
        ((ON + " || exit /b 1", OFF), DISABLED),
        ((ON + " || goto bad", OFF, "exit /b", ":bad", "pause"), DISABLED),
        ((ON, "reg query x", "if errorlevel 1 exit /b 1", OFF), UNKNOWN),
        ((ON, "if %errorlevel%==0 exit /b", OFF), UNKNOWN),
        ((ON, "if not errorlevel 1 exit /b", OFF), UNKNOWN),
        ((ON, "if errorlevel 0 exit /b", OFF), UNKNOWN),
        ((ON, "if errorlevel 1 (echo x) else (exit /b)", OFF), UNKNOWN),
        ((ON, "if %errorlevel% equ 0 (echo x) else (exit /b)", OFF), DISABLED),
        (("reg delete HKLM\\x /f", "if errorlevel 1 exit /b", OFF), UNKNOWN),
        (("net session", "if %errorlevel%==0 exit /b", OFF), UNKNOWN),
        (("net session", "if exist x exit /b", OFF), UNKNOWN),
        (("net session", "exit /b", OFF), UNKNOWN),
        ((ON, "goto end", OFF, ":end"), UNKNOWN),
        ((ON, "goto end", ":end", OFF), DISABLED),
        ((":again", ON, "if exist x goto again"), UNKNOWN),
        ((ON, "shutdown /r /t 0", OFF), UNKNOWN),
        ((ON, r"C:\Windows\System32\logoff.exe", OFF), UNKNOWN),
        ((ON, "taskkill /f /im cmd.exe", OFF), UNKNOWN),
        ((ON, "taskkill /f /im notepad.exe", OFF), DISABLED),
        ((OFF, "shutdown /r /t 0"), DISABLED),
        (("goto %1", ON), UNKNOWN),
        ((ON, "goto %1"), UNKNOWN),
        ((ON, "goto nowhere", OFF), UNKNOWN),
        (("call :sub", OFF, "exit /b", ":sub", ON), UNKNOWN),
        (("call :sub", OFF, "exit /b", ":sub", OFF), DISABLED),
        (("goto main", ":sub", ON, "exit /b", ":main", OFF, "call :sub"), UNKNOWN),
        (("for %%W in (a) do echo %%W", ON.replace("HKLM", "%%W")), UNKNOWN),
        (("for %%W in (a) do echo %%~dpW", ON.replace("Unsolicited", "%%~nW")), UNKNOWN),
    ],
)  # fmt: skip
def test_lines_count_in_their_order(lines: tuple[str, ...], state: State) -> None:
    """The later line wins; what a jump may pass over, repeat or leave counts perhaps, and what changes nothing leaves no doubt."""
    assert state is policy(*lines).offer.state


@pytest.mark.parametrize(
    ("line", "anything"),
    [
        ("setup.exe /q", 1),
        ("call other.bat", 1),
        ("%TOOL% x", 1),
        ('"%~dp0setup.exe"', 1),
        ("reg import x.reg", 1),
        ("reg import %X%", 1),
        ("reg frobnicate", 1),
        ("reg add", 1),
        (r"reg add HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services /v fAllowUnsolicited /d 1", 1),
        (rf'reg add "{AT}\" /v fAllowUnsolicited /t REG_DWORD /d 1 /f', 1),
        (rf'reg add "{AT}" /v a /v b', 1),
        (OFF.replace("HKLM", "HKLM:"), 1),
        (rf'reg add "{AT}" /v a /ve', 1),
        (rf'reg add "{AT}" /v', 1),
        ("reg add %KEY% /v x /d 1 /f", 1),
        (r"reg add HKLM\SOFTWARE\Policies\%1 /v %2 /t REG_DWORD /d 1 /f", 1),
        (r"reg add HKLM\SOFTWARE\Other\%1 /v %2 /d 1 /f", 0),
        (r"reg add HKLM\SOFTWARE\Policies\%1 /f", 0),
        (r"reg add HKLM\SOFTWARE\Policies\%1 /v x /t REG_DWORD /d 1 /f", 0),
        (r"reg delete HKLM\SOFTWARE\Policies\%1 /f", 1),
        (r"reg delete HKLM\SOFTWARE\Policies\%1 /va /f", 1),
        (r"reg delete HKLM\SOFTWARE\Other\%1 /f", 0),
        (rf'reg copy HKLM\x "{AT}" /s /f', 1),
        (r"reg copy HKLM\x HKLM\y", 0),
        (r"reg copy HKLM\x", 0),
        (r"reg restore HKLM\SOFTWARE x.hiv", 1),
        (r"reg restore HKLM\Mine x.hiv", 0),
        (r"reg restore \\pc\HKLM\SOFTWARE x.hiv", 0),
        ("regedit /s x.reg", 1),
        ("netsh advfirewall firewall set rule group=x new enable=yes", 1),
        ("netsh %1", 1),
        ("netsh interface show interface", 0),
        ("schtasks /create /tn x /tr y", 1),
        ("schtasks /query", 0),
        ("netsh interface show interface & netsh advfirewall reset", 1),
        ("sc create x binPath= y", 1),
        ("type x.bat | cmd", 1),
        ("rundll32 setupapi,InstallHinfSection x", 1),
        ("rundll32 user32.dll,UpdatePerUserSystemParameters", 0),
        ("net stop x", 0),
        (f'cmd /c "{OFF}', 0),
        ("net localgroup %1 x /add", 1),
        ("net localgroup Administrators", 0),
        ("net localgroup Unheard x /add", 1),
        ("sc config x start= disabled", 0),
        (r"cd.. & cd\ & md x\y & echo; & dir/w", 0),
        ("if nonsense", 1),
        ("for nonsense", 1),
        ("for %%i in (a b) echo %%i", 1),
        ("a.exe & a.exe & b.exe", 2),
        ("=", 0),
        (r"copy registry.pol C:\Windows\System32\GroupPolicy\Machine", 1),
        (r'rd /s /q "%windir%\System32\GroupPolicy"', 1),
        (r"xcopy files\* %windir%\System32 /s", 1),
        (r"copy a.exe %windir%\System32", 0),
        ("at 12:00 x.bat", 1),
        ("at", 0),
        ("bitsadmin /setnotifycmdline j x.exe NULL", 1),
        ("dism /online /apply-unattend:a.xml", 1),
        ("dism /online /enable-feature", 0),
        ("explorer x.reg", 1),
        ("explorer", 0),
        (r".\reg.exe query x", 1),
        (r'"C:\Tools\net.exe" stop x', 1),
        (r"C:\Windows\System32\net.exe stop x", 0),
        (r"%SystemRoot%\Sysnative\sc.exe stop x", 0),
        (r"set PATH=C:\evil;%PATH%", 1),
        (r'set "PATH=%SystemRoot%\System32;%PATH%"', 0),
        (r"set path=%path%;C:\tools", 0),
        ("set PATHEXT=.BAT", 1),
        (r"path C:\evil", 1),
        (r"path=C:\evil", 1),
        (r"path %PATH%;C:\tools", 0),
        ("path ;", 1),
        (r"C:\Windows\SysWOW64\net.exe stop x", 1),
        ("path", 0),
    ],
)
def test_what_may_set_anything(line: str, anything: int) -> None:
    """What is run, imported or written nobody knows where may set anything, and is named; what Windows itself has for other things not."""
    assert (State.NOT_CONFIGURED, anything) == said(line)


def test_who_starts_itself_again_as_administrator() -> None:
    """A script that asks for elevation starts itself again, and nothing else; who starts something else may set anything."""
    ask = ("net session", "if errorlevel 1 (")
    assert 0 == said(*ask, "powershell start -verb runas '%~f0'", "exit", ")")[1]
    assert 0 == said(*ask, '"%temp%\\getadmin.vbs"', "exit", ")")[1]
    assert 1 == said(*ask, "powershell start -verb runas other.bat", "exit", ")")[1]
    assert 1 == said(*ask, "exit", ")", 'call "%~dp0other.bat"')[1]


def test_members_of_local_groups() -> None:
    """`net localgroup` puts helpers into a local group, and takes them out."""
    group = 'net localgroup "Offer Remote Assistance Helpers"'

    assert [r"CORP\anna"] == [h.text for h in policy(rf"{group} CORP\anna /add").offer.helpers]
    assert [] == list(policy(rf"{group} CORP\anna /add", rf"{group} CORP\anna /delete").offer.helpers)


def test_helpers_and_lists() -> None:
    r"""Names of helpers are told, default values and lists too; `%%` is a percent sign, and `\"` a quote."""
    list_ = rf'reg add "{AT}\RAUnsolicit" /v'
    assert [r"CORP\H"] == [each.text for each in policy(rf"{list_} CORP\H /d CORP\H /f").offer.helpers]
    assert [None] == [each.data for each in policy(rf"{list_} %U% /d %U% /f").offer.helpers]
    told = entries(
        r"reg add HKLM\x /ve /f",
        r"reg add HKLM\x /v a /t REG_MULTI_SZ /s , /d a,b /f",
        r"reg add HKLM\x /v a /d %%A%% /f",
        r'reg add HKLM\x /v a /d "\"q\" r" /f',
    )
    assert ['REG_SZ ""', "REG_MULTI_SZ of 10 bytes", 'REG_SZ "%A%"', 'REG_SZ ""q" r"'] == [describe(e) for e in told]


def test_the_line_is_named() -> None:
    """What counts perhaps names the line that it hangs on, and its own place."""
    [entry] = entries("echo.", f"if exist x {ON}")

    assert ("a.bat:3:12", 'line 3 lets it: "if exist x"') == (str(entry.where), entry.only_if)


@pytest.mark.parametrize(
    ("name", "data"),
    [("M\u00fcller".encode("cp850"), b"x"), ("M\u00fcller".encode(), b"x"), (b"x", "M\u00fcller".encode("cp850"))],
)
def test_letters_of_a_code_page(name: bytes, data: bytes) -> None:
    """A comment may hold any bytes; a name or data beyond ASCII is what the code page makes of it, which is not known."""
    list_ = rf'reg add "{AT}\RAUnsolicit" /v '.encode()
    text = b"@echo off\r\nrem \x81\x8d\xff\r\n" + list_ + name + b" /d " + data + b" /f\r\n" + OFF.encode()
    read_as = read_policy(read(text, "a.bat").registry)

    assert (State.DISABLED, [False]) == (read_as.offer.state, [helper.flaw is None for helper in read_as.offer.helpers])


def test_a_mark_before_the_first_line() -> None:
    """To cmd byte-order marks are letters: what becomes of the first line is not known."""
    assert UNKNOWN is read_policy(read(b"\xef\xbb\xbf" + ON.encode(), "a.bat").registry).offer.state


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xfe" + "@echo off\r\n".encode("utf-16-le"), "in UTF-16"),
        (b"@echo off\r\n\0", "a NUL"),
        (b"@if a==b (\r\necho x", "not closed"),
        (b"@for %%i in (a\r\n", "not closed"),
        (b"@echo off\r\n" + b"(" * 40 + b")" * 40, "nested beyond 32"),
        (b"@echo off\r\n" + b"cmd /c " * 40, "nested beyond 32"),
        (b"@" + bytes([32]) * (17 << 20), "more than 16 MiB"),
    ],
)
def test_what_is_refused(data: bytes, words: str) -> None:
    """What cmd does not read, or a block that does not end, refuses the file (R27)."""
    with pytest.raises(PolicyFileError, match=words):
        read(data, "a.bat")


def test_a_script_that_sets_nothing_says_so() -> None:
    """A script that touches nothing that is asked for is told for what it is; one that touches it is not."""
    nothing = "it sets nothing that Remote Assistance reads"
    assert [nothing] == [each.message for each in read(script(r"reg add HKCU\x /v a /f"), "a.bat").remarks]
    assert [] == list(read(script(ON), "a.bat").remarks)


def test_a_script_and_a_policy() -> None:
    """A script is run nobody knows when: what it says otherwise than the policy is not known, unless it lets more people in."""
    from rasim.formats import registry_pol
    from rasim.policy import policy_to_entries

    def together(offer: str, line: str) -> State:
        pol = registry_pol.render(policy_to_entries(Policy.of(offer=offer, mode="view")))
        before = read(pol, "a.pol").registry
        return read_policy(read(script(line), "a.bat", before).registry).offer.state

    assert (DISABLED, ENABLED) == (together("disabled", OFF), together("disabled", ON))
    assert (UNKNOWN, ENABLED) == (together("enabled", OFF), together("enabled", ON))
