r"""What scripts and tools of configuration management order of the registry, once they are read: `set_value`, `delete`, `reg_command`.

A part of a text that no file says (a variable, an expression) is a `hole`. What it may touch is unclear: the
values of that name at every key that it can mean; where that is too much, the line as a whole (`anything`). What is written in full
is an entry like any other, with `late` as a script: when one is run nobody knows, so it stands after all policies, or before.

Sources: reg /?; the syntax of reg.exe and its default type are remembered, `\"` and blanks are those of the C runtime (verified).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from attrs import evolve

from rasim.errors import PolicyFileError, Where
from rasim.formats.decoding import MARKS, decode, utf16
from rasim.formats.preferences import Member, membership
from rasim.formats.reader_remarks import Remarks
from rasim.formats.typed_values import data_of
from rasim.formats.unread import unread
from rasim.policy.names import fold
from rasim.policy.registry import MACHINE, SCRIPT, USER, Action, RegistryEntry, RegType, might_matter
from rasim.policy.roads import USER_HALF
from rasim.policy.settings import fold_key
from rasim.policy.wanted import ANCESTORS, WANTED
from rasim.words import printable

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
"""Noncharacters, which no text has: around what a script does not say itself."""

_HOLE: Final = re.compile(f"{_OPEN}[^{_CLOSE}]*{_CLOSE}")
_HIVES: Final = {
    "HKLM": MACHINE,
    "HKCU": USER,
    "HKU": "HKEY_USERS",
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKCC": "HKEY_CURRENT_CONFIG",
}
_LEAD: Final = re.compile(r"(?:MICROSOFT\.POWERSHELL\.CORE[\\/])?REGISTRY::[\\/]*", re.IGNORECASE)
_HERE: Final = re.compile(r"\\\\(?:\.|LOCALHOST|127\.0\.0\.1)\\", re.IGNORECASE)
_COMPUTER: Final = re.compile(rf"\\\\{_OPEN}[^{_CLOSE}]*{_CLOSE}\\")
_ALONE: Final = re.compile(r"SOFTWARE(?=\\)", re.IGNORECASE)
_KINDS: Final = {f"REG_{kind.name}": kind for kind in RegType}
_TEXTS: Final = frozenset({RegType.SZ, RegType.EXPAND_SZ})
_MANY: Final = 8  # values that one line may mean are told one by one up to here
_LARGEST: Final = 16 << 20
_ANYTHING: Final = "it may set registry values, or fill groups"


def text_of_script(data: bytes, file: str) -> tuple[str, bool]:
    """Return the text of a script, and whether letters beyond ASCII are sure: without a mark the code page decides.

    Bytes that are no text are kept as half characters: in a comment they do no harm.

    Raises:
        PolicyFileError: a NUL, or more than any script has; with its place.

    """
    if len(data) > _LARGEST:
        raise PolicyFileError("a script of more than 16 MiB", Where(file, _LARGEST))
    marked = data.startswith(tuple(mark for mark, _, _ in MARKS))
    text = decode(data, file, Remarks()) if marked else data.decode("utf-8", "surrogateescape")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise PolicyFileError("a NUL, which no script has", Where(file, line=line))
    return text.replace(_OPEN, "?").replace(_CLOSE, "?"), marked


def hole(written: str) -> str:
    """Return a part that is not said, as it is written."""
    return f"{_OPEN}{written.replace(_OPEN, '').replace(_CLOSE, '')}{_CLOSE}"


def as_written(text: str) -> str:
    """Return a text as it is written."""
    return text.replace(_OPEN, "").replace(_CLOSE, "")


def sure(text: str) -> bool:
    """Tell whether all of a text stands there."""
    return _OPEN not in text


def quote_of(text: str) -> str:
    """Return a text for a sentence, short."""
    words = printable(as_written(text).strip().encode("utf-8", "replace").decode()[:60])
    return f'"{words}"'


def lets(text: str, line: int) -> str:
    """Return the condition that a line says whether another counts."""
    return f"line {line} lets it: {quote_of(text)}"


def anything(text: str, where: Where, why: str = _ANYTHING) -> RegistryEntry:
    """Return the entry that says that a line may set whatever is asked for."""
    return unread(f"{where.file}: {quote_of(text)[1:-1]}", where, why)


def registry_key(text: str) -> tuple[str, str, str] | None:
    r"""Return hive, key and condition of a key as tools write it, `HKLM\...`, `HKLM:\...`, `Registry::...`; None for another thing.

    Another computer's (`\\name\HKLM`) is none of this one's.
    """
    only_if = "" if sure(text) else f"{quote_of(text)} is this key"
    bare = _LEAD.sub("", text, count=1)
    if match := _HERE.match(bare):
        bare, only_if = bare[match.end() :], f"Windows takes {quote_of(match[0])} for this computer"
    root, _, key = bare.partition("\\")
    folded = fold(root.removesuffix(":"))
    hive = _HIVES.get(folded, folded)
    return (hive, key, only_if) if hive in _HIVES.values() else None


def other_view(hive: str, key: str) -> str:
    """Return the key as it stands among those of 32-bit programs."""
    return _ALONE.sub(r"Software\\WOW6432Node", key, count=1) if hive == MACHINE else key


def entries_at(entry: RegistryEntry, written: str, *, plain: bool = True) -> Iterator[RegistryEntry]:
    """Yield an entry at the key that is `written`, or those that it may mean; `plain` where its letters are sure.

    Nothing is yielded for what surely is no key of this computer's registry.
    """
    unsure = (
        "" if plain or as_written(written + entry.name).isascii() else "its letters are these: the code page decides"
    )
    if computer := _COMPUTER.match(written):
        unsure, written = f"{quote_of(computer[0])} is this computer", written[computer.end() :]
    entry = evolve(entry, late=SCRIPT, only_if=entry.only_if or unsure)
    if sure(written):
        if (found := registry_key(written)) is not None:
            hive, key, only_if = found
            yield from _named(evolve(entry, hive=hive, key=key, only_if=entry.only_if or only_if))
        return
    deep = entry.action in {Action.DELETE_KEY, Action.CREATE_KEY}
    pattern = re.compile(_pattern(written), re.IGNORECASE | re.DOTALL)
    keys = [key for key in (ANCESTORS if deep else WANTED) if any(map(pattern.fullmatch, _spellings(key)))]
    if not keys or entry.action is Action.CREATE_KEY:
        return
    if deep or entry.action is Action.DELETE_ALL_VALUES:
        yield anything(f"{entry.action.value} {written}", entry.where, "which key that is no file says")
        return
    only_if = entry.only_if or f"{quote_of(written)} is this key"
    found_at = [
        evolve(entry, key=key, only_if=only_if, hive=MACHINE)
        for key in keys
        if (names := WANTED[key]) is not None and any(re.fullmatch(_pattern(fold(entry.name)), name) for name in names)
    ]
    lists = [key for key in keys if WANTED[key] is None and not key.startswith("\0")]
    texts = entry.action is not Action.SET or entry.kind in _TEXTS
    if len(found_at) > _MANY or (lists and texts and not _well_known(entry.name)):
        yield anything(f"{entry.name} at {written}", entry.where, "which key that is no file says")
        return
    for each in found_at:
        user = fold_key(each.key).startswith(fold(USER_HALF))
        yield from _named(evolve(each, hive=USER, key=each.key[len(USER_HALF) + 1 :]) if user else each)


def _named(entry: RegistryEntry) -> Iterator[RegistryEntry]:
    """Yield an entry, or those that it may be where its name is not said."""
    if sure(entry.name) or entry.action in {Action.DELETE_KEY, Action.CREATE_KEY, Action.DELETE_ALL_VALUES}:
        yield entry
        return
    at = entry.key if entry.hive == MACHINE else rf"{USER_HALF}\{entry.key}"
    names, only_if = WANTED.get(fold_key(at), frozenset()), entry.only_if or f"{quote_of(entry.name)} is its name"
    if names is None:
        yield evolve(entry, name=as_written(entry.name), only_if=only_if)
        return
    pattern = _pattern(fold(entry.name))
    yield from (evolve(entry, name=name, only_if=only_if) for name in sorted(names) if re.fullmatch(pattern, name))


def _pattern(text: str) -> str:
    parts = _HOLE.split(text)
    return ".*".join(map(re.escape, parts))


def _spellings(key: str) -> tuple[str, ...]:
    """Return how a folded key may be written, hive and all."""
    if key.startswith(fold(USER_HALF)):
        below = key[len(USER_HALF) + 1 :]
        return tuple(rf"{hive}\{below}" for hive in ("HKCU", "HKCU:", USER, f"REGISTRY::{USER}", r"HKU\X"))
    return tuple(rf"{hive}\{key}" for hive in ("HKLM", "HKLM:", MACHINE, f"REGISTRY::{MACHINE}", "REGISTRY::HKLM"))


_KNOWN_NAMES: Final = frozenset(name for names in WANTED.values() if names is not None for name in names)


def _well_known(name: str) -> bool:
    """Tell whether a value has a name of a setting, so that it is hardly one of a list."""
    return fold(name) in _KNOWN_NAMES


def matters(entry: RegistryEntry) -> bool:
    """Tell whether an entry is at a key that is asked for, or above one, or says that something was not read."""
    key = entry.key if entry.hive == MACHINE else rf"{USER_HALF}\{entry.key}"
    return entry.action is not Action.CREATE_KEY and (key.startswith("\0") or might_matter(key))


def ordered(entries: Iterable[RegistryEntry], file: str, remarks: Remarks) -> Iterator[RegistryEntry]:
    """Yield entries, and say it where none of them touches what is asked for."""
    touched = False
    for entry in entries:
        touched = touched or matters(entry)
        yield entry
    if not touched:
        remarks.add("it sets nothing that Remote Assistance reads", Where(file, line=1))


# ---- what an order makes -------------------------------------------------------------------------------------


def set_value(
    key: str, name: str, kind: str | RegType, words: str | None, where: Where, only_if: str = "", *, plain: bool = True
) -> Iterator[RegistryEntry]:
    """Yield that a value is set to data in words; `words` are None where nothing says them. What is not said is untold."""
    type_ = kind if isinstance(kind, RegType) else _KINDS.get(fold(kind)) if sure(kind) else None
    readable = words is not None and sure(words) and (plain or words.isascii())
    stored = data_of(type_, words) if type_ is not None and words is not None and readable else ""
    if isinstance(stored, bytes):
        entry = RegistryEntry("", name, type_ or RegType.NONE, stored, where, only_if=only_if)
    else:
        said = f"{getattr(kind, 'name', kind)} {'' if words is None else words}"
        data = utf16(f"it is set to {quote_of(said)}\0")
        entry = RegistryEntry("", name, RegType.SZ, data, where, Action.UNTOLD, only_if=only_if)
    yield from entries_at(entry, key, plain=plain)


def delete(
    action: Action, key: str, name: str, where: Where, only_if: str = "", *, plain: bool = True
) -> Iterator[RegistryEntry]:
    """Yield that a value, all values or a key are deleted, or a key created."""
    yield from entries_at(RegistryEntry("", name, RegType.NONE, b"", where, action, only_if=only_if), key, plain=plain)


# ---- reg.exe -------------------------------------------------------------------------------------------------

_ARGUMENT: Final = re.compile(r'((?:\\"|"(?:\\"|[^"])*(?:"|$)|[^\s"])+)')
_QUOTE: Final = re.compile(r'(\\*)"')
_IDLE: Final = frozenset({"QUERY", "SAVE", "EXPORT", "LOAD", "UNLOAD", "COMPARE", "FLAGS", "/?", ""})


def arguments(command: str) -> list[str]:
    r"""Return the arguments of a command line as the C runtime divides them: blanks outside quotes, `\"` for a quote."""
    return [_unquoted(match[1]) for match in _ARGUMENT.finditer(command)]


def _unquoted(argument: str) -> str:
    return _QUOTE.sub(lambda m: "\\" * (len(m[1]) // 2) + ('"' if len(m[1]) % 2 else ""), argument)


def reg_command(  # noqa: C901  (one branch for each word of reg.exe)
    given: Sequence[str], where: Where, only_if: str = "", *, yes: bool = False, plain: bool = True
) -> Iterator[RegistryEntry]:
    """Yield what `reg` does with these arguments; `yes` where its question is answered before."""
    verb, line = fold(given[0]) if given else "", f"reg {' '.join(given)}"
    if verb in _IDLE:
        return
    if verb not in {"ADD", "DELETE", "COPY", "RESTORE"} or len(given) < 2:
        yield anything(line, where)
        return
    if verb in {"COPY", "RESTORE"}:
        target = given[2 if verb == "COPY" and len(given) > 2 else 1]
        if any(delete(Action.DELETE_KEY, target, "", where)) and _above(target):
            yield anything(line, where)
        return
    options = _options(given[2:])
    if (
        options is None or '"' in given[1] or {":", "/"} & set(_HOLE.sub("", given[1].partition("\\")[0]))
    ):  # a backslash before the quote has it go on
        yield anything(line, where, "reg.exe may take these words or not")
        return
    key, found = given[1], registry_key(given[1])
    if "/REG:32" in options and found is not None:
        key = f"{found[0]}\\{other_view(found[0], found[1])}"
    asked = "" if yes or "/F" in options else "whoever runs it says yes, or nothing stands there"
    only_if = only_if or next((f"{quote_of(each)} is nothing" for each in options if not sure(each)), "") or asked
    name = options.get("/V", "")
    if verb == "DELETE":
        action = Action.DELETE_VALUE if {"/V", "/VE"} & set(options) else Action.DELETE_KEY
        action = Action.DELETE_ALL_VALUES if "/VA" in options else action
        yield from delete(action, key, name, where, only_if, plain=plain)
    elif {"/V", "/VE", "/D", "/T"} & set(options):
        kind, words = options.get("/T", "REG_SZ"), options.get("/D")
        if words is None and fold(kind) in {"REG_SZ", "REG_EXPAND_SZ"}:
            words = ""
        if fold(kind) == "REG_MULTI_SZ" and words is not None and "/S" in options:
            words = words.replace(options["/S"] or r"\0", r"\0")
        yield from set_value(key, name, kind, words, where, only_if, plain=plain)
    else:
        yield from delete(Action.CREATE_KEY, key, "", where, only_if, plain=plain)


def _above(key: str) -> bool:
    found = registry_key(key)
    return not sure(key) or (found is not None and fold_key(found[1]) in ANCESTORS)


_WITH_WORD: Final = frozenset({"/V", "/T", "/D", "/S"})
_ALONE_WORDS: Final = frozenset({"/F", "/VE", "/VA", "/REG:32", "/REG:64"})


def _options(given: Sequence[str]) -> dict[str, str] | None:
    """Return the options of `reg add` and `reg delete` by their capitals; None where reg.exe would not take them."""
    options: dict[str, str] = {}
    rest = iter(given)
    for each in rest:
        option = fold(each) if sure(each) else each
        word = next(rest, None) if option in _WITH_WORD else ""
        if option in options or word is None or (sure(each) and option not in _WITH_WORD | _ALONE_WORDS):
            return None
        options[option] = word
    return None if len({"/V", "/VE", "/VA"} & set(options)) > 1 else options


# ---- groups and other programs -------------------------------------------------------------------------------


def net_command(given: Sequence[str], where: Where, only_if: str = "") -> Iterator[RegistryEntry]:
    """Yield the members that `net localgroup GROUP NAME /add` gives a group, and takes from it; other orders of `net` set nothing here."""
    words = [each for each in given[1:] if not each.startswith("/")]
    options = {fold(each) for each in given[1:]}
    if not given or fold(given[0]) != "LOCALGROUP" or len(words) < 2 or not {"/ADD", "/DELETE"} & options:
        return
    if not all(map(sure, words)):
        yield anything(f"net {' '.join(given)}", where, "which members of which group that are no file says")
        return
    members = [Member(each, where, out="/DELETE" in options) for each in words[1:]]
    yield from membership((words[0],), members, where, SCRIPT, only_if)


_COMMANDS: Final = frozenset(
    """assoc at attrib auditpol bcdedit bitsadmin break cacls cd certutil chcp chdir chkdsk choice cipher clip cls cmdkey color comp
compact copy date defrag del dir dism diskpart doskey driverquery echo endlocal erase expand fc find findstr fltmc format fsutil
ftype getmac gpresult gpupdate help hostname icacls ipconfig label manage-bde md mkdir mklink mode more mountvol move
msg nbtstat netstat nslookup openfiles pathping pause ping popd powercfg print prompt pushd query quser qwinsta rd
recover ren rename replace rmdir robocopy route rundll32 sc set setlocal setx sfc shift sort subst systeminfo
takeown taskkill tasklist time timeout title tracert tree tskill type tzutil ver verify vol vssadmin w32tm wevtutil where whoami
xcopy explorer notepad reagentc bootcfg sleep write-host""".split()  # noqa: SIM905  (words)
)
"""Programs of Windows, and words of cmd, that set nothing that is asked here; by their own purpose (remembered)."""
_NETSH: Final = re.compile(r"\b(?:advfirewall|firewall)\b.*\b(?:set|add|delete|reset|import)\b", re.IGNORECASE)
_FILES: Final = re.compile(r"^(?!.*(?:grouppolicy|\.pol\b|\\config\\|ntuser\.))", re.IGNORECASE | re.DOTALL)
_TREES: Final = re.compile(rf"{_FILES.pattern}(?!.*\bsystem32[\\\"]*\s*(?:/|$))", re.IGNORECASE | re.DOTALL)
_ONLY: Final = {  # what of a program sets nothing that is asked here
    **dict.fromkeys("copy del erase expand mklink move rd ren rename replace rmdir".split(), _FILES),  # noqa: SIM905  (words)
    **dict.fromkeys(("xcopy", "robocopy"), _TREES),
    "at": re.compile(r"^(?!.*\d:\d)", re.DOTALL),
    "bitsadmin": re.compile(r"^(?!.*/setnotify)", re.IGNORECASE | re.DOTALL),
    "dism": re.compile(r"^(?!.*/apply)", re.IGNORECASE | re.DOTALL),
    "explorer": re.compile(r"^\s*$"),
    "rundll32": re.compile(r"user32|printui|powrprof", re.IGNORECASE),
    "sc": re.compile(r"^(?!.*\b(?:create|binpath)\b)", re.IGNORECASE | re.DOTALL),
}
# Not SysWOW64: what runs there may have the keys of 32-bit programs.
_WINDOWS: Final = re.compile(
    r"^(?:[%!](?:windir|systemroot)[%!]|\$env:(?:windir|systemroot)|[a-z]:\\windows)\\"
    r"(?:(?:system32|sysnative)\\(?:wbem\\|windowspowershell\\v1\.0\\)?)?"
)
_SCHTASKS: Final = re.compile(r"/(?:create|run)\b", re.IGNORECASE)


def program(command: str) -> str:
    """Return what a program is called, in small letters: of Windows' own folders its name alone, of any other all that is written."""
    written = as_written(command.replace('"', "")).lower()
    return re.sub(r"\.(?:exe|com)$", "", _WINDOWS.sub("", written))


def changes_programs(name: str, value: str) -> bool:
    """Tell whether a variable that is set to this text may make the name of a program mean another."""
    if fold(name) == "PATH":
        first = as_written(value).strip(' "').partition(";")[0].strip(' "') + "\\"
        return fold(first) != "%PATH%\\" and _WINDOWS.fullmatch(first.lower()) is None
    return fold(name) in {"PATHEXT", "COMSPEC", "WINDIR", "SYSTEMROOT"}


def other_command(name: str, rest: str, where: Where) -> Iterator[RegistryEntry]:
    """Yield that another program may set anything, unless it is known for one that sets nothing that is asked here."""
    line = f"{name}{rest}"
    if name == "netsh":
        if _NETSH.search(rest) or not sure(rest):
            yield anything(line, where, "it changes the firewall")
    elif name == "schtasks":
        if _SCHTASKS.search(rest) or not sure(rest):
            yield anything(line, where, "what the task does, and when, is not looked at")
    elif name not in _COMMANDS or (name in _ONLY and not _ONLY[name].search(rest)):
        yield anything(line, where)
