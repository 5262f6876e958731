r"""The policy half of the rules, read by hand: plain if and else, written from their text and from nothing of rasim.

Values are raw: `(key, value name) -> (type, data)` with the type in the registry's words (`DWORD`, `SZ`, `BINARY`) and the data
as a number or a text. Who is in which group is a plain mapping. An answer is *yes*, *no*, or *unclear* where what stands there
can be read in two ways.

`may_offer` and `may_control` answer as a report does: a doubt about one question is told even where another question refuses for
certain. `Reading` is one way to read everything that is doubtful; `can_offer` and `can_control` answer under one reading.
"""

from collections.abc import Callable, Mapping, Sequence

Values = Mapping[tuple[str, str], tuple[str, int | str]]
Entry = tuple[str, str, int | str]
Groups = Mapping[str, Sequence[str]]
Doubt = tuple[object, ...]
Reading = Callable[[Doubt], bool]  # is this doubt read as *it counts*?

KEY = r"Software\policies\Microsoft\Windows NT\Terminal Services"
LIST = KEY + r"\RAUnsolicit"

BEFORE_THE_FIX = ("windows-xp", "windows-xp-sp1", "windows-server-2003")  # R9
PERHAPS_FIXED = ("windows-xp-x64-sp1", "windows-server-2003-sp1", "windows-server-2003-sp2")  # R9, A5

EVERYBODY = ("everyone", "authenticated users", "users", "domain users")
SIDS_OF_EVERYBODY = ("S-1-1-0", "S-1-5-11")


def value(values: Values, name: str) -> tuple[str, int | str] | None:
    """Return what stands under the key of the policy; keys and names are the same in any letter case."""
    found = None
    for (key, known), stored in values.items():
        if key.lower() == KEY.lower() and known.lower() == name.lower():
            found = stored
    return found


# ---- the questions, each answered yes, no or unclear ---------------------------------------------------------


def enabled(values: Values) -> str:
    """Return whether offers are enabled: only a DWORD of 1 enables them, 0 and absent are the same (R1, A16)."""
    stored = value(values, "fAllowUnsolicited")
    if stored is None:
        return "no"
    if stored == ("DWORD", 1):
        return "yes"
    if stored == ("DWORD", 0):
        return "no"
    return "unclear"


def permitted_to_control(values: Values) -> str:
    """Return whether the mode is control: only a DWORD of 1 is (R3); absent is not, but the editor begins with control."""
    stored = value(values, "fAllowUnsolicitedFullControl")
    if stored == ("DWORD", 1):
        return "yes"
    if stored == ("DWORD", 0):
        return "no"
    return "unclear"


def blocked(values: Values, system: str) -> str:
    """Return whether solicited disabled blocks offers too, as it does before the fix of Windows XP SP2 (R9)."""
    if system not in BEFORE_THE_FIX and system not in PERHAPS_FIXED:
        return "no"
    stored = value(values, "fAllowToGetHelp")
    if stored is None or stored == ("DWORD", 1):
        return "no"
    if stored == ("DWORD", 0) and system in BEFORE_THE_FIX:
        return "yes"
    return "unclear"


def entries(values: Values) -> dict[str, Entry]:
    """Return the list, each entry with its name, type and data, by its name in capitals; duplicates collapse in any letter case (R25)."""
    found: dict[str, Entry] = {}
    for (key, name), (kind, data) in values.items():
        if key.lower() == LIST.lower():
            found[name.upper()] = (name, kind, data)
    return found


def has_the_form(name: str) -> bool:
    r"""Return whether an entry is `DOMAIN\name` (R26)."""
    if name.count("\\") != 1 or any(sign in name for sign in "*?;,|"):
        return False
    domain, account = name.split("\\")
    if domain.strip() != domain or account.strip() != account or domain == ".":
        return False
    return domain != "" and account != ""


def names_of(expert: str, groups: Groups) -> set[str]:
    """Return the names that count as an expert, in capitals: itself, and every group it is in, through others too (R4)."""
    names = {expert.upper()}
    while True:
        more = {group.upper() for group, members in groups.items() if any(m.upper() in names for m in members)}
        if more <= names:
            return names
        names |= more


def namesakes(expert: str, groups: Groups) -> set[str]:
    """Return who is told to be in a group and may be the expert: the same name in a domain of the other of two forms."""
    told = {member.upper() for members in groups.values() for member in members} | {group.upper() for group in groups}
    return {other for other in told if is_in_other_form(other, expert)}


def is_in_other_form(one: str, other: str) -> bool:
    r"""Return whether two accounts may be one: `CORP\anna` and `corp.example\anna` have the same name and two forms of a domain."""
    domain, name = one.upper().split("\\")
    other_domain, other_name = other.upper().split("\\")
    return name == other_name and ("." in domain) != ("." in other_domain)


def counts(entry: Entry, expert: str, groups: Groups) -> tuple[bool, list[Doubt]]:
    """Return whether an entry of the list is the expert or a group that the expert is in; else what would make it one.

    One doubt is enough to make it one.
    """
    name, kind, data = entry
    own = names_of(expert, groups)
    # Blanks name nobody: what the name may hold is as open as it is alone.
    blank = kind == "SZ" and not str(data).strip() and has_the_form(name) and name.upper() not in own
    data = "" if blank else data
    if kind != "SZ" or (data != "" and str(data).upper() != name.upper()):
        # The name counts (A12), or the data do if they are text, or neither.
        texts = [one for text in ((name, str(data)) if data != "" else (name,)) for one in names_in(text)]
        formed = [plainly(text) for text in texts if plainly(text)]
        if kind != "SZ" or any(names_or_may_mean(text, own) for text in texts):
            return False, [("entry", name.upper(), kind, str(data).upper(), expert.upper())]
        # Whichever of them counts, it has to hold the expert too.
        held = [("both", ("counts", name.upper(), t), ("untold", each)) for t in formed for each in holds(t, groups)]
        twins = [("one account", t.upper(), known) for t in formed for known in own if is_in_other_form(t, known)]
        return False, [*held, *([] if held else twins)]
    if not has_the_form(name):
        formed = [plainly(one) for one in names_in(name) if plainly(one)]
        if any(names_or_may_mean(one, own) for one in names_in(name)) or any(holds(one, groups) for one in formed):
            return False, [("entry", name.upper(), expert.upper())]
        return False, [("one account", one, known) for one in formed for known in own if is_in_other_form(one, known)]
    if name.upper() in names_of(expert, groups):
        return True, []
    doubts: list[Doubt] = [("untold", each) for each in holds(name, groups)]
    if name.upper() not in {group.upper() for group in groups}:  # else who is in it was told
        own = names_of(expert, groups)
        doubts += [("one account", name.upper(), known) for known in own if is_in_other_form(name, known)]
    for other in namesakes(expert, groups) - {name.upper()}:
        if name.upper() in names_of(other, groups):
            doubts.append(("one account", other, expert.upper()))
    return False, doubts


def holds(name: str, groups: Groups) -> list[str]:
    """Return which of an entry and of all that is in it may hold anybody: of which nothing was told, or who stands for everybody."""
    told = {group.upper(): [member.upper() for member in members] for group, members in groups.items()}
    inside, waiting = set(), [name.upper()]
    while waiting:
        one = waiting.pop()
        if one not in inside:
            inside.add(one)
            waiting += told.get(one, [])
    known = {*told, *(member for members in told.values() for member in members)}
    return [
        each for each in inside if each not in told and (each not in known or each.split("\\")[1].lower() in EVERYBODY)
    ]


def names_in(text: str) -> list[str]:
    """Return the names that stand in one entry: parted by signs that no name can hold."""
    return [one.strip() for one in text.replace(",", ";").replace("|", ";").split(";")]


def holds_in(doubt: Doubt, reading: Reading) -> bool:
    """Return whether a doubt is read as *it counts*, and of one that hangs on two things both."""
    if doubt[0] == "both":
        return all(reading(part) for part in doubt[1:] if isinstance(part, tuple))
    return reading(doubt)


def names_or_may_mean(text: str, names: set[str]) -> bool:
    """Return whether a text is one of these names, may mean one without the form of an account, or holds everybody."""
    if (
        plainly(text) in names
        or text.upper() in names
        or text.rsplit("\\", maxsplit=1)[-1].strip().lower() in EVERYBODY
    ):
        return True
    return not has_the_form(text) and may_mean(text, names)


def plainly(text: str) -> str:
    """Return the account that an entry of wrong form is but for blanks, what cannot be seen and doubled backslashes, in capitals."""
    seen = "".join(letter for letter in text if letter.isprintable())
    while "\\\\" in seen:
        seen = seen.replace("\\\\", "\\")
    plain = "\\".join(part.strip() for part in seen.split("\\")).upper()
    return plain if has_the_form(plain) else ""


def may_mean(text: str, names: set[str]) -> bool:
    """Return whether Windows, which knows the directory, may find one of these names in an entry of wrong form."""
    if text.strip().lower() in EVERYBODY or text.strip().upper() in SIDS_OF_EVERYBODY or "*" in text or "?" in text:
        return True
    if text.upper().startswith("S-1-"):
        return True
    if plainly(text) in names:
        return True  # blanks at the edges, doubled backslashes: typing errors
    seen = "".join(letter for letter in text if letter.isprintable())
    while "\\\\" in seen:
        seen = seen.replace("\\\\", "\\")
    parts = [part.strip() for part in seen.split("\\")]
    if len(parts) > 2:
        return False
    if len(parts) == 2 and parts[0] not in {"", "."}:
        return False
    return parts[-1].split("@", maxsplit=1)[0].strip() != ""  # it may be a group, and anybody may be in it


def listed(values: Values, expert: str, groups: Groups) -> str:
    """Return whether an expert is on the list: one entry suffices (R4), an empty list has nobody (R5)."""
    answers = [counts(entry, expert, groups) for entry in entries(values).values()]
    if any(sure for sure, _ in answers):
        return "yes"
    return "unclear" if any(doubts for _, doubts in answers) else "no"


# ---- the two answers -----------------------------------------------------------------------------------------


def may_offer(values: Values, system: str, expert: str, groups: Groups) -> str:
    """Return whether an expert may offer help on a system: enabled (R1), not blocked (R9), listed (R4)."""
    if enabled(values) == "no" or blocked(values, system) == "yes":
        return "no"
    if enabled(values) == "unclear":
        return "unclear"
    answers = {blocked(values, system).replace("no", "yes"), listed(values, expert, groups)}
    return "no" if "no" in answers else "unclear" if "unclear" in answers else "yes"


def may_control(values: Values, system: str, expert: str, groups: Groups) -> str:
    """Return whether an expert can be granted control on a system: may offer, and the mode is control (R3)."""
    offer = may_offer(values, system, expert, groups)
    answers = {offer, permitted_to_control(values)}
    return "no" if "no" in answers else "unclear" if "unclear" in answers else "yes"


# ---- under one reading ---------------------------------------------------------------------------------------


def can_offer(values: Values, system: str, expert: str, groups: Groups, reading: Reading) -> bool:
    """Return whether an expert may offer help on a system, if doubts are read so; a doubt is known by what stands there."""
    answer = enabled(values)
    if answer == "no" or (answer == "unclear" and not reading(("enabled", value(values, "fAllowUnsolicited")))):
        return False
    stored = value(values, "fAllowToGetHelp")
    if blocked(values, system) == "yes":
        return False
    if blocked(values, system) == "unclear":
        disabled = stored == ("DWORD", 0) or reading(("solicited is disabled", stored))
        unfixed = system in BEFORE_THE_FIX or reading(("without the fix", system))
        if disabled and unfixed:
            return False
    for entry in entries(values).values():
        sure, doubts = counts(entry, expert, groups)
        if sure or any(holds_in(doubt, reading) for doubt in doubts):
            return True
    return False


def can_control(values: Values, system: str, expert: str, groups: Groups, reading: Reading) -> bool:
    """Return whether an expert can be granted control on a system, if doubts are read so."""
    if not can_offer(values, system, expert, groups, reading):
        return False
    answer = permitted_to_control(values)
    return answer == "yes" or (answer == "unclear" and reading(("mode", value(values, "fAllowUnsolicitedFullControl"))))
