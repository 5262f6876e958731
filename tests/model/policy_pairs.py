r"""Pairs of policies, and what changing the one into the other does: reasoned by hand from the rules, never by running rasim.

Each pair is data: what stands before and after (keywords of `Policy.of`, or the text of a .reg without its header, for what
words cannot say), who is in which group, the systems asked (None: all), the verdict, whether it is certain, and why. Read a
theme from the top: it begins with the plain cases and ends with those in which two readings differ.

A doubt that stands on both sides in the same words is one doubt; otherwise each side is read in every way, and a verdict is
certain where no reading gives another.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from rasim.policy import Firewall


class Pair(NamedTuple):
    """A change of policy, and what it makes possible or takes away."""

    name: str
    before: Mapping[str, Any] | str
    after: Mapping[str, Any] | str
    verdict: str
    certain: bool
    why: str
    groups: Mapping[str, list[str]] | None = None
    domains: Mapping[str, str] | None = None  # short name -> DNS name
    untold: tuple[str, ...] = ()  # known to be groups, their members not told
    systems: tuple[str, ...] | None = None
    address: str | None = None
    people: tuple[str, ...] = (r"CORP\anna", r"CORP\bob", r"CORP\carol", r"CORP\dora")  # known to be no groups


STRICTER, LOOSER, EQUAL, INCOMPARABLE = "stricter", "looser", "equal", "incomparable"
CERTAIN, UNCLEAR = True, False

ANNA, BOB, CAROL, DORA = r"CORP\anna", r"CORP\bob", r"CORP\carol", r"CORP\dora"
DESK, TIER1, TIER2 = r"CORP\Helpdesk", r"CORP\Tier1", r"CORP\Tier2"
SID, OTHER_SID = "S-1-5-21-1004336348-1177238915-682003330-1104", "S-1-5-21-1004336348-1177238915-682003330-1105"

NOTHING: Final[Mapping[str, Any]] = {}


def on(mode: str | None, *helpers: str, **more: Any) -> Mapping[str, Any]:
    """Return the keywords of a policy with offers enabled."""
    return {"offer": "enabled", "mode": mode, "helpers": helpers, **more}


def off(mode: str | None, *helpers: str, **more: Any) -> Mapping[str, Any]:
    """Return the keywords of a policy with offers disabled, and what is left over."""
    return {"offer": "disabled", "mode": mode, "helpers": helpers, **more}


def doubtful(mode: str | None, *helpers: str, **more: Any) -> Mapping[str, Any]:
    """Return the keywords of a policy of which nobody can read whether offers are enabled: it is stored as the text 1."""
    return {"offer": "unknown", "mode": mode, "helpers": helpers, **more}


# ---- the text of a .reg, for what words cannot say -----------------------------------------------------------

KEY: Final = r"[HKEY_LOCAL_MACHINE\Software\policies\Microsoft\Windows NT\Terminal Services]"
ENABLED, DISABLED = '"fAllowUnsolicited"=dword:00000001', '"fAllowUnsolicited"=dword:00000000'
VIEW, CONTROL = '"fAllowUnsolicitedFullControl"=dword:00000000', '"fAllowUnsolicitedFullControl"=dword:00000001'
MODE_2, MODE_3 = '"fAllowUnsolicitedFullControl"=dword:00000002', '"fAllowUnsolicitedFullControl"=dword:00000003'
HELPERS: Final = r"[HKEY_LOCAL_MACHINE\Software\policies\Microsoft\Windows NT\Terminal Services\RAUnsolicit]"
ANNA_LISTED: Final = r'"CORP\\anna"="CORP\\anna"'
BOB_LISTED: Final = r'"CORP\\bob"="CORP\\bob"'
LOCAL: Final = r"[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Remote Assistance]"
WALL: Final = r"[HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\WindowsFirewall\DomainProfile]"
STANDARD_WALL: Final = r"[HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\WindowsFirewall\StandardProfile]"


def reg(*lines: str) -> str:
    """Return the lines of a .reg as its text."""
    return "\r\n".join(lines)


def listed(*entries: str, mode: str = VIEW) -> str:
    """Return the text of a .reg with offers enabled and these values in the list."""
    return reg(KEY, ENABLED, mode, HELPERS, *entries)


def with_mode(mode: str) -> str:
    """Return the text of a .reg with offers enabled, one helper, and this for the mode."""
    return reg(KEY, ENABLED, mode, HELPERS, ANNA_LISTED)


def with_state(state: str) -> str:
    """Return the text of a .reg with this for the state, view only, and one helper."""
    return reg(KEY, state, VIEW, HELPERS, ANNA_LISTED)


# ---- who may offer: the state (R1, R5, A16) ------------------------------------------------------------------

STATE = (
    Pair("not configured becomes disabled", NOTHING, off(None), EQUAL, CERTAIN,
         "absent and 0 are the same for offers (R1)"),
    Pair("disabled with leftovers becomes not configured with leftovers",
         off("control", ANNA), {"mode": "control", "helpers": [ANNA]}, EQUAL, CERTAIN,
         "absent and 0 are the same for offers (R1), and what is left over means nothing"),
    Pair("offers are enabled", NOTHING, on("view", ANNA), LOOSER, CERTAIN,
         "anna could do nothing and can be asked for and look now (R1, R4)"),
    Pair("offers are disabled", on("view", ANNA), off("view", ANNA), STRICTER, CERTAIN,
         "nobody may offer any more (R1), the list that is left over means nothing"),
    Pair("offers become not configured", on("control", ANNA), {"mode": "control", "helpers": [ANNA]}, STRICTER, CERTAIN,
         "absent forbids as 0 does (R1)"),
    Pair("enabled for nobody becomes disabled", on("control"), off(None), EQUAL, CERTAIN,
         "with an empty list nobody may offer (R5), as if offers were disabled"),
    Pair("offers are enabled for nobody", NOTHING, on("view"), EQUAL, CERTAIN,
         "an empty list lets nobody offer (R5)"),
    Pair("nothing becomes a text 1", NOTHING, doubtful("view", ANNA), LOOSER, UNCLEAR,
         "if Windows reads the text as 1, anna may offer; else nothing changed (A16)"),
    Pair("disabled becomes a text 1", off(None), doubtful("control", ANNA), LOOSER, UNCLEAR,
         "one reading enables offers, the strict one does not (A16)"),
    Pair("enabled becomes a text 1", on("view", ANNA), doubtful("view", ANNA), STRICTER, UNCLEAR,
         "in the strict reading nobody may offer any more, in the other all is as before (A16)"),
    Pair("a text 1 becomes enabled", doubtful("view", ANNA), on("view", ANNA), LOOSER, UNCLEAR,
         "in the strict reading anna gets what nobody had, in the other all is as before (A16)"),
    Pair("a text 1 becomes disabled", doubtful("view", ANNA), off(None), STRICTER, UNCLEAR,
         "anna loses what she perhaps had"),
    Pair("a text 1 stays", doubtful("view", ANNA), doubtful("view", ANNA), EQUAL, CERTAIN,
         "the same doubt stands on both sides, whichever reading holds nothing changes"),
    Pair("a text 1 stays in a file and in words", with_state('"fAllowUnsolicited"="1"'), doubtful("view", ANNA),
         EQUAL, CERTAIN, "both say REG_SZ 1, wherever it is written"),
    Pair("a text 1 becomes another number", with_state('"fAllowUnsolicited"="1"'),
         with_state('"fAllowUnsolicited"=dword:00000002'), INCOMPARABLE, UNCLEAR,
         "Windows may read one as enabled and the other not, or the other way round"),
    Pair("a text 1 for nobody becomes disabled", doubtful("control"), off(None), EQUAL, CERTAIN,
         "whatever the text means, the list is empty and nobody may offer (R5)"),
    Pair("a text 1 with a higher mode", doubtful("view", ANNA), doubtful("control", ANNA), LOOSER, UNCLEAR,
         "if offers are enabled anna can control now, if not nothing changed"),
    Pair("a text 1 with another helper", doubtful("view", ANNA), doubtful("view", CAROL), INCOMPARABLE, UNCLEAR,
         "if offers are enabled one helper went and another came, if not nothing changed"),
    Pair("enabled becomes a text 1 while the mode is absent", on(None, ANNA), doubtful(None, ANNA), STRICTER, UNCLEAR,
         "the mode is the same absent one on both sides, and in the strict reading nobody may offer any more"),
    Pair("other bytes that are no number", with_state('"fAllowUnsolicited"=hex:01,00,00,00'),
         with_state('"fAllowUnsolicited"=hex:00,00,00,00'), INCOMPARABLE, UNCLEAR,
         "the bytes are not the same, so Windows may read one as enabled and the other not"),
    Pair("a number of two bytes", NOTHING, with_state('"fAllowUnsolicited"=hex(4):01,00'), LOOSER, UNCLEAR,
         "it is no DWORD of four bytes, so it enables nothing unless Windows reads it as 1 (A16)"),
)  # fmt: skip

# ---- view or control: the mode (R3) --------------------------------------------------------------------------

MODE = (
    Pair("control is permitted", on("view", ANNA), on("control", ANNA), LOOSER, CERTAIN,
         "anna can be granted control, which she could not (R3)"),
    Pair("control is forbidden", on("control", ANNA), on("view", ANNA), STRICTER, CERTAIN,
         "in view only no sequence of events gives control (R16)"),
    Pair("the mode is raised for nobody", on("view"), on("control"), EQUAL, CERTAIN,
         "nobody is on the list, so nobody can have control (R5)"),
    Pair("an absent mode is stated as view", on(None, ANNA), on("view", ANNA), STRICTER, UNCLEAR,
         "absent is view only (R3), but the editor begins with control: perhaps that was possible"),
    Pair("an absent mode is stated as control", on(None, ANNA), on("control", ANNA), LOOSER, UNCLEAR,
         "absent is view only (R3); if Windows takes it for control nothing changed"),
    Pair("view is no longer stated", on("view", ANNA), on(None, ANNA), LOOSER, UNCLEAR,
         "absent is view only (R3); if Windows takes it for control, control is new"),
    Pair("an absent mode stays absent", on(None, ANNA, CAROL), on(None, CAROL, ANNA), EQUAL, CERTAIN,
         "the same doubt stands on both sides"),
    Pair("an absent mode is deleted", reg(KEY, ENABLED, HELPERS, ANNA_LISTED),
         with_mode('"fAllowUnsolicitedFullControl"=-'),
         EQUAL, CERTAIN, "a deleted value is an absent one: Windows finds the same nothing on both sides"),
    Pair("an unreadable mode becomes view", with_mode(MODE_2), with_mode(VIEW), STRICTER, UNCLEAR,
         "control goes if Windows read 2 as control"),
    Pair("an unreadable mode becomes control", with_mode(MODE_2), with_mode(CONTROL), LOOSER, UNCLEAR,
         "control comes if Windows read 2 as view only"),
    Pair("control becomes unreadable", with_mode(CONTROL), with_mode(MODE_2), STRICTER, UNCLEAR,
         "2 is view only unless Windows reads it as control (R3)"),
    Pair("a text for the mode", with_mode(VIEW), with_mode('"fAllowUnsolicitedFullControl"="1"'), LOOSER, UNCLEAR,
         "the text permits control only if Windows reads it as a number"),
    Pair("an unreadable mode stays", with_mode(MODE_2), with_mode(MODE_2), EQUAL, CERTAIN,
         "the same words stand on both sides"),
    Pair("an unreadable mode becomes another", with_mode(MODE_2), with_mode(MODE_3), INCOMPARABLE, UNCLEAR,
         "either number may be control and the other not"),
    Pair("other bytes for the mode", with_mode('"fAllowUnsolicitedFullControl"=hex:01,00,00,00'),
         with_mode('"fAllowUnsolicitedFullControl"=hex:00,00,00,00'), INCOMPARABLE, UNCLEAR,
         "the bytes are not the same, so Windows may read one as control and the other not"),
    Pair("an unreadable mode becomes absent", with_mode(MODE_2), reg(KEY, ENABLED, HELPERS, ANNA_LISTED),
         INCOMPARABLE, UNCLEAR, "the number may be control and absent not, or the other way round"),
    Pair("a helper goes while the mode is absent", on(None, ANNA, CAROL), on(None, ANNA), STRICTER, CERTAIN,
         "carol can no longer look, whatever absent means; anna can what she could"),
    Pair("a helper comes while the mode is absent", on(None, ANNA), on(None, ANNA, CAROL), LOOSER, CERTAIN,
         "carol can look now, whatever absent means"),
    Pair("helpers are swapped while the mode is absent", on(None, ANNA), on(None, CAROL), INCOMPARABLE, CERTAIN,
         "anna can no longer look and carol can, whatever absent means"),
    Pair("view for one becomes absent for two", on("view", ANNA), on(None, ANNA, CAROL), LOOSER, CERTAIN,
         "carol can look, and nobody loses anything in any reading"),
    Pair("a helper goes and absent becomes control", on(None, ANNA, CAROL), on("control", ANNA), INCOMPARABLE, UNCLEAR,
         "carol goes for certain, but if absent was control nothing is new for anna"),
    Pair("a helper comes and absent becomes view", on(None, ANNA), on("view", ANNA, CAROL), INCOMPARABLE, UNCLEAR,
         "carol comes for certain, but only if absent was control does anna lose it"),
)  # fmt: skip

# ---- the list (R4, R5, R25, R26, A12) ------------------------------------------------------------------------

LIST = (
    Pair("another order", on("view", ANNA, BOB, CAROL), on("view", CAROL, ANNA, BOB), EQUAL, CERTAIN,
         "a list has no first among its helpers"),
    Pair("other letter case", on("view", ANNA), on("view", r"corp\ANNA"), EQUAL, CERTAIN,
         "names of Windows are the same in any case (R25)"),
    Pair("twice in other letter case", on("view", ANNA), on("view", ANNA, r"Corp\Anna"), EQUAL, CERTAIN,
         "duplicates collapse (R25)"),
    Pair("a helper is added", on("view", ANNA), on("view", ANNA, CAROL), LOOSER, CERTAIN, "carol may offer now (R4)"),
    Pair("a helper is removed", on("control", ANNA, CAROL), on("control", ANNA), STRICTER, CERTAIN,
         "carol may no longer offer (R4)"),
    Pair("a helper is replaced", on("view", ANNA), on("view", CAROL), INCOMPARABLE, CERTAIN,
         "anna may not any more and carol may (R4)"),
    Pair("the list is emptied", on("view", ANNA, CAROL), on("view"), STRICTER, CERTAIN,
         "an empty list lets nobody offer (R5)"),
    Pair("the empty list gets a helper", on("control"), on("control", ANNA), LOOSER, CERTAIN,
         "anna may offer now (R4)"),
    Pair("the same name in another domain", on("view", r"LAB\anna"), on("view", ANNA), INCOMPARABLE, CERTAIN,
         "two short names are two domains, so these are two people", people=(r"LAB\anna", ANNA)),
    # Entries of wrong form match nobody (R26); what Windows, which knows the directory, may make of them is a doubt.
    Pair("a wildcard is added", on("view", ANNA), on("view", ANNA, r"CORP\*"), LOOSER, UNCLEAR,
         "no account is called *, so the entry matches nobody (R26), and whoever wrote it meant all: one of the two"),
    Pair("a wildcard beside letters is added", on("view", ANNA), on("view", ANNA, r"CORP\a*"), LOOSER, UNCLEAR,
         "no account is called so (R26), and whoever wrote it meant several, or a group: one of the two"),
    Pair("several names in one entry are added", on("view", ANNA), on("view", ANNA, r"CORP\bob;CORP\carol"), LOOSER, UNCLEAR,
         "no account is called so (R26), and whoever wrote it meant both: one of the two"),
    Pair("a name that is there stands in one entry with another", on("view", ANNA, BOB), on("view", f"{ANNA};{BOB}"), STRICTER,
         UNCLEAR, "both names are gone as entries of their own (R26), or the new entry means them"),
    Pair("a blank is added", on("view", ANNA), on("view", ANNA, " "), EQUAL, CERTAIN, "a blank names nobody (R26)"),
    Pair("a blank becomes a wildcard", on("view", " "), on("view", "*"), LOOSER, UNCLEAR,
         "the first names nobody (R26), the second nobody or all"),
    Pair("two backslashes", on("view", ANNA), on("view", ANNA, r"CORP\Tier\1"), EQUAL, CERTAIN,
         "no account has that form, and none that is on the list is meant (R26)"),
    Pair("a helper once more, with a blank at the end", on("view", ANNA), on("view", ANNA, r"CORP\anna "), EQUAL,
         CERTAIN,
         "it can mean nobody but anna, who is on the list"),
    Pair("an account of the computer's own", on("view"), on("view", r".\anna"), LOOSER, UNCLEAR,
         "it names no account of a domain (R26), but Windows may find an anna"),
    Pair("a bare name is added", on("view"), on("view", "anna"), LOOSER, UNCLEAR,
         "it allows nothing (R26) unless Windows finds an anna"),
    Pair("a bare name is removed", on("view", CAROL, "anna"), on("view", CAROL), STRICTER, UNCLEAR,
         "some anna perhaps could offer"),
    Pair("a helper loses the domain", on("view", ANNA), on("view", "anna"), INCOMPARABLE, UNCLEAR,
         "the bare name may mean this anna, nobody, or an anna of another domain"),
    Pair("a bare name gets its domain beside itself", on("view", "anna"), on("view", "anna", ANNA), LOOSER, UNCLEAR,
         "if the bare name meant this anna nothing changed, else she is new"),
    Pair("one bare name for another", on("view", "anna"), on("view", "carol"), INCOMPARABLE, UNCLEAR,
         "either may name somebody, and not the same person"),
    Pair("another helper goes beside a bare name", on("view", "anna", CAROL), on("view", "anna"), STRICTER, UNCLEAR,
         "the bare name may be a group, and carol in it"),
    Pair("name@domain is added", on("view", CAROL), on("view", CAROL, "anna@corp.example"), LOOSER, UNCLEAR,
         "it allows nothing (R26) unless Windows knows the name"),
    Pair("name@domain in place of the name", on("view", ANNA), on("view", "anna@corp.example"), INCOMPARABLE, UNCLEAR,
         "it may mean this anna, nobody, or an anna of another domain"),
    Pair("a security identifier is added", on("view", ANNA), on("view", ANNA, SID), LOOSER, UNCLEAR,
         "it may be anybody's, or Windows reads none there"),
    Pair("one security identifier for another", on("view", SID), on("view", OTHER_SID), INCOMPARABLE, UNCLEAR,
         "they are of two accounts if they are of any"),
    Pair("a helper goes beside a security identifier", on("view", SID, CAROL), on("view", SID), STRICTER, UNCLEAR,
         "it may be carol's own"),
    Pair("Everyone is added", on("view", ANNA), on("view", ANNA, "Everyone"), LOOSER, UNCLEAR,
         "it has no domain and matches nobody (R26), or it is everybody"),
    Pair("Everyone is removed", on("view", ANNA, "Everyone"), on("view", ANNA), STRICTER, UNCLEAR,
         "everybody may have been let in, or nobody but anna"),
    Pair("a helper goes beside Everyone", on("view", "Everyone", ANNA), on("view", "Everyone"), STRICTER, UNCLEAR,
         "if Everyone is everybody anna stays, else she is out"),
    Pair("a helper comes beside Everyone", on("view", "Everyone"), on("view", "Everyone", ANNA), LOOSER, UNCLEAR,
         "if Everyone is everybody she was in, else she is new"),
    Pair("Everyone in place of one", on("view", ANNA), on("view", "Everyone"), INCOMPARABLE, UNCLEAR,
         "everybody may be in, or nobody, anna included"),
    Pair("Everyone in capitals", on("view", "Everyone"), on("view", "EVERYONE"), EQUAL, CERTAIN,
         "names are the same in any letter case (R25), so it is one doubt"),
    Pair("one of two doubtful entries is removed", on("view", "Everyone", SID), on("view", SID), STRICTER, UNCLEAR,
         "whatever the two mean, the one that stays means the same, and nobody comes"),
    Pair("a doubtful entry is added to another", on("view", "anna"), on("view", "anna", "carol"), LOOSER, UNCLEAR,
         "the first means what it meant, the second may name somebody"),
    Pair("two doubtful entries in another order", on("view", "Everyone", SID), on("view", SID, "Everyone"), EQUAL,
         CERTAIN,
         "a list has no first among its entries"),
    Pair("Everyone gets control", on("view", "Everyone"), on("control", "Everyone"), LOOSER, UNCLEAR,
         "control is new for everybody if the entry is everybody, else for nobody"),
    Pair("all users of a domain are added", on("view", ANNA), on("view", ANNA, r"CORP\Domain Users"), LOOSER, CERTAIN,
         "the entry has the right form: itself, or whoever is in it, may offer"),
    Pair("all users of a domain in place of one", on("view", ANNA), on("view", r"CORP\Domain Users"),
         INCOMPARABLE, UNCLEAR, "the entry is new for certain, and anna may be in it or not"),
    Pair("all users of a domain, who are known", on("view", ANNA), on("view", r"CORP\Domain Users"), LOOSER, CERTAIN,
         "anna is among them and carol is new", groups={r"CORP\Domain Users": [ANNA, CAROL]}),
    # A domain has two names, and nobody can see from the text that they are one.
    Pair("the long name of a domain", on("view", ANNA), on("view", r"corp.example\anna"), INCOMPARABLE, UNCLEAR,
         "they may be one account or two"),
    Pair("the long name of a domain that was told", on("view", ANNA), on("view", r"corp.example\anna"), EQUAL, CERTAIN,
         "it is one domain, so it is one account", domains={"CORP": "corp.example"}),
    Pair("the long name of another domain", on("view", ANNA), on("view", r"corp.example\anna"), INCOMPARABLE, CERTAIN,
         "CORP is the short name of a third domain, so these are two accounts", domains={"CORP": "corp.other"},
         people=(ANNA, r"corp.example\anna")),
    Pair("the long name beside the short one", on("view", ANNA), on("view", ANNA, r"corp.example\anna"), LOOSER,
         UNCLEAR,
         "if it is one account nothing changed, else one is new"),
    Pair("the long name beside the short one, told", on("control", ANNA), on("control", ANNA, r"Corp.Example\Anna"),
         EQUAL, CERTAIN, "it is one account", domains={"CORP": "corp.example"}),
    Pair("the long name goes beside the short one", on("view", ANNA, r"corp.example\anna"), on("view", ANNA),
         STRICTER, UNCLEAR, "if it is one account nothing changed, else one is out"),
    # The value's name and its data (A12).
    Pair("data like the name in place of none", listed(r'"CORP\\anna"=""'), listed(ANNA_LISTED), EQUAL, CERTAIN,
         "empty data are fine: the name counts (A12)"),
    Pair("data unlike the name are added", listed(), listed(r'"CORP\\anna"="CORP\\carol"'), LOOSER, UNCLEAR,
         "it may name somebody or nobody (A12)"),
    Pair("data become unlike the name", listed(ANNA_LISTED), listed(r'"CORP\\anna"="CORP\\carol"'), INCOMPARABLE,
         UNCLEAR,
         "it may still be anna, carol now, or nobody (A12)"),
    Pair("data unlike the name stay", listed(r'"CORP\\anna"="CORP\\carol"'), listed(r'"CORP\\anna"="CORP\\carol"'),
         EQUAL, CERTAIN, "the same doubt stands on both sides"),
    Pair("data unlike the name become others", listed(r'"CORP\\anna"="CORP\\carol"'),
         listed(r'"CORP\\anna"="CORP\\dora"'), INCOMPARABLE, UNCLEAR, "the data may name carol before and dora after"),
    Pair("a number in the list", listed(), listed(r'"CORP\\anna"=dword:00000001'), LOOSER, UNCLEAR,
         "it is not stored as text, and may name anna nevertheless"),
    Pair("another helper goes beside data unlike the name", listed(r'"CORP\\anna"="CORP\\carol"', BOB_LISTED),
         listed(r'"CORP\\anna"="CORP\\carol"'), STRICTER, CERTAIN,
         "it may name anna or carol (A12), and bob is neither: he is out for certain"),
    Pair("the list is deleted", on("view", ANNA), listed(ANNA_LISTED, r'"CORP\\anna"=-'), STRICTER, CERTAIN,
         "a deletion acts when it is applied (R28), so the list is empty"),
)  # fmt: skip

# ---- groups (R4, A11) ----------------------------------------------------------------------------------------

GROUPS = (
    Pair("a group is replaced by its members", on("view", DESK), on("view", ANNA, CAROL), EQUAL, CERTAIN,
         "a group that is known to be one does not offer itself, and its people stay", groups={DESK: [ANNA, CAROL]}),
    Pair("a group is replaced by some of its members", on("view", DESK), on("view", ANNA), STRICTER, CERTAIN,
         "carol is out", groups={DESK: [ANNA, CAROL]}),
    Pair("a group is replaced by its members and one more", on("view", DESK), on("view", ANNA, CAROL, DORA),
         LOOSER, CERTAIN, "dora is new", groups={DESK: [ANNA, CAROL]}),
    Pair("a nested group is replaced by its parts", on("view", DESK), on("view", TIER1, ANNA), EQUAL, CERTAIN,
         "membership goes through groups in groups (R4)", groups={DESK: [ANNA, TIER1], TIER1: [DORA]}),
    Pair("the inner group in place of the outer", on("view", DESK), on("view", TIER1), STRICTER, CERTAIN,
         "anna is only in the outer one", groups={DESK: [ANNA, TIER1], TIER1: [DORA]}),
    Pair("the outer group in place of the inner", on("view", TIER1), on("view", DESK), LOOSER, CERTAIN,
         "anna is only in the outer one", groups={DESK: [ANNA, TIER1], TIER1: [DORA]}),
    Pair("the outer group that adds nobody", on("view", TIER1), on("view", DESK), EQUAL, CERTAIN,
         "the outer group has only the people of the inner", groups={DESK: [TIER1], TIER1: [DORA]}),
    Pair("one of two groups in a circle for the other", on("view", TIER1), on("view", TIER2), EQUAL, CERTAIN,
         "each is in the other, so both have the same people", groups={TIER1: [TIER2, ANNA], TIER2: [TIER1]}),
    Pair("a circle without people is removed", on("view", ANNA, TIER1), on("view", ANNA), EQUAL, CERTAIN,
         "two groups that have only each other have nobody", groups={TIER1: [TIER2], TIER2: [TIER1]}),
    Pair("a group in itself is replaced by its one member", on("view", TIER1), on("view", ANNA), EQUAL, CERTAIN,
         "a group in itself has nobody more for it", groups={TIER1: [TIER1, ANNA]}),
    Pair("a group known to be empty is removed", on("control", DESK), on("control"), EQUAL, CERTAIN,
         "nobody is in it, so nobody loses anything", groups={DESK: []}),
    Pair("a group known to be empty is added", on("view", ANNA), on("view", ANNA, DESK), EQUAL, CERTAIN,
         "nobody is in it, and a group does not offer itself", groups={DESK: []}),
    Pair("an empty group for a person", on("view", ANNA), on("view", DESK), STRICTER, CERTAIN,
         "nobody is in it", groups={DESK: []}),
    Pair("the same people by another group", on("view", TIER1), on("view", TIER2), EQUAL, CERTAIN,
         "both have anna and carol", groups={TIER1: [ANNA, CAROL], TIER2: [CAROL, ANNA]}),
    Pair("groups that share some people", on("view", TIER1), on("view", TIER2), INCOMPARABLE, CERTAIN,
         "carol is out, dora is new, anna stays", groups={TIER1: [ANNA, CAROL], TIER2: [ANNA, DORA]}),
    Pair("a group whose people are on the list already", on("view", ANNA, CAROL), on("view", ANNA, CAROL, DESK),
         EQUAL, CERTAIN, "it brings nobody new", groups={DESK: [ANNA, CAROL]}),
    Pair("a helper who stays through a group", on("view", ANNA, DESK), on("view", DESK), EQUAL, CERTAIN,
         "anna is in the group", groups={DESK: [ANNA]}),
    Pair("a helper who stays through one of two groups", on("view", TIER1, TIER2), on("view", TIER2), STRICTER, CERTAIN,
         "anna stays through the second group, carol was only in the first", groups={TIER1: [ANNA, CAROL],
         TIER2: [ANNA]}),
    Pair("control for a group becomes view for its members", on("control", DESK), on("view", ANNA), STRICTER, CERTAIN,
         "the same person can only look", groups={DESK: [ANNA]}),
    Pair("a group by the long name of its domain, told", on("view", DESK), on("view", r"corp.example\Helpdesk"),
         EQUAL, CERTAIN, "it is one domain, so one group", groups={DESK: [ANNA]}, domains={"CORP": "corp.example"}),
    Pair("a member by the long name of the domain, told", on("view", DESK), on("view", ANNA), EQUAL, CERTAIN,
         "the member is anna", groups={DESK: [r"corp.example\anna"]}, domains={"CORP": "corp.example"}),
    Pair("a member by the long name of the domain, not told", on("view", DESK), on("view", ANNA), INCOMPARABLE, UNCLEAR,
         "the member may be anna or another account", groups={DESK: [r"corp.example\anna"]}),
    # Members that were not told: the entry stands for itself, and for whoever is in it and in no other.
    Pair("an entry of which nothing was told is removed", on("view", ANNA, DESK), on("view", ANNA), STRICTER, CERTAIN,
         "whoever it is, or is in it, may not offer any more"),
    Pair("an entry of which nothing was told is added", on("view", ANNA), on("view", ANNA, DESK), LOOSER, CERTAIN,
         "whoever it is, or is in it, may offer now"),
    Pair("one entry of which nothing was told for another", on("view", TIER1), on("view", TIER2), INCOMPARABLE, UNCLEAR,
         "each may be a group with the other in it"),
    Pair("a helper goes beside an entry of which nothing was told", on("view", ANNA, DESK), on("view", DESK),
         STRICTER, UNCLEAR, "anna may be in the group, and then nothing changed"),
    Pair("a member of whom nothing was told is left out", on("view", DESK), on("view", ANNA), STRICTER, CERTAIN,
         "Tier1 is out, be it a user or a group", groups={DESK: [ANNA, TIER1]}),
    Pair("a group with its members partly told is replaced by the part", on("view", DESK), on("view", ANNA),
         STRICTER, CERTAIN, "whoever is in the inner group and in no other is out",
         groups={DESK: [ANNA, TIER1]}, untold=(TIER1,)),
    Pair("a group with its members partly told is replaced by its parts", on("view", DESK), on("view", ANNA, TIER1),
         EQUAL, CERTAIN, "whoever is in the inner group stays, by the same doubt",
         groups={DESK: [ANNA, TIER1]}, untold=(TIER1,)),
    Pair("a group whose members were not told stays", on("view", DESK), on("view", DESK), EQUAL, CERTAIN,
         "it is the same group on both sides", untold=(DESK,)),
    Pair("a helper goes beside a group whose members were not told", on("view", DESK, ANNA), on("view", DESK),
         STRICTER, UNCLEAR, "anna may be in the group, and then nothing changed", untold=(DESK,)),
    Pair("a group loses its domain", on("view", DESK), on("view", "Helpdesk"), INCOMPARABLE, UNCLEAR,
         "the bare name may mean this group and anna with it, nobody, or a Helpdesk of another domain",
         groups={DESK: [ANNA]}),
    Pair("a group by the long name of its domain, not told", on("view", DESK), on("view", r"corp.example\Helpdesk"),
         INCOMPARABLE, UNCLEAR, "they may be one group, and then anna stays", groups={DESK: [ANNA]}),
)  # fmt: skip

# ---- solicited, which matters on old systems only (R2, R9) ---------------------------------------------------

FORBIDDEN: Final = on("view", ANNA, solicited="disabled")

SOLICITED = (
    Pair("solicited is disabled on a system without the fix", on("view", ANNA), FORBIDDEN, STRICTER, CERTAIN,
         "before XP SP2 that blocks offers too (R9)", systems=("windows-xp-sp1",)),
    Pair("solicited is disabled on the first Windows XP", on("control", ANNA), on("control", ANNA,
         solicited="disabled"),
         STRICTER, CERTAIN, "before XP SP2 that blocks offers too (R9)", systems=("windows-xp",)),
    Pair("solicited is disabled on the first Server 2003", on("view", ANNA), FORBIDDEN, STRICTER, CERTAIN,
         "there that blocks offers too (R9)", systems=("windows-server-2003",)),
    Pair("solicited is disabled on a system with the fix", on("view", ANNA), FORBIDDEN, EQUAL, CERTAIN,
         "an offer needs no invitation (R2), and XP SP2 has the fix (R9)", systems=("windows-xp-sp2",)),
    Pair("solicited is disabled on a system of today", on("view", ANNA), FORBIDDEN, EQUAL, CERTAIN,
         "other values govern offers (R2)", systems=("windows-10", "windows-11", "windows-server-2022")),
    Pair("solicited is disabled where the fix is uncertain", on("view", ANNA), FORBIDDEN, STRICTER, UNCLEAR,
         "whether Server 2003 SP1 has the fix is not known (R9)", systems=("windows-server-2003-sp1",)),
    Pair("solicited is disabled on Windows XP x64", on("view", ANNA), FORBIDDEN, STRICTER, UNCLEAR,
         "it has the kernel of Server 2003, of which the fix is not known (R9, A5)", systems=("windows-xp-x64-sp1",)),
    Pair("solicited is disabled, all systems", on("view", ANNA), FORBIDDEN, STRICTER, CERTAIN,
         "the oldest systems lose offers for certain (R9), none gains any"),
    Pair("solicited is enabled", on("view", ANNA), on("view", ANNA, solicited="enabled"), EQUAL, CERTAIN,
         "only disabled blocks (R9)"),
    Pair("solicited is no longer disabled", FORBIDDEN, on("view", ANNA, solicited="enabled"), LOOSER, CERTAIN,
         "the oldest systems get offers (R9)"),
    Pair("solicited is disabled while offers are", off(None), off(None, solicited="disabled"), EQUAL, CERTAIN,
         "where nobody may offer nothing can be blocked (R1)", systems=("windows-xp-sp1", "windows-server-2003-sp1")),
    Pair("the mode is raised while solicited blocks", FORBIDDEN, on("control", ANNA, solicited="disabled"),
         EQUAL, CERTAIN, "no offer gets so far (R9)", systems=("windows-xp-sp1",)),
    Pair("the mode is raised while solicited perhaps blocks", FORBIDDEN, on("control", ANNA, solicited="disabled"),
         LOOSER, UNCLEAR, "control is new only if that system has the fix (R9)", systems=("windows-server-2003-sp2",)),
    Pair("a helper goes while solicited perhaps blocks", on("view", ANNA, CAROL, solicited="disabled"), FORBIDDEN,
         STRICTER, UNCLEAR, "carol loses something only if that system has the fix (R9)",
         systems=("windows-server-2003-sp1",)),
    Pair("a helper goes while solicited blocks somewhere", on("view", ANNA, CAROL, solicited="disabled"), FORBIDDEN,
         STRICTER, CERTAIN, "on later systems carol is out for certain"),
    Pair("solicited cannot be read on an old system", on("view", ANNA), on("view", ANNA, solicited="unknown"),
         STRICTER, UNCLEAR, "it may be disabled, which blocks there (R9)", systems=("windows-xp-sp1",)),
    Pair("solicited cannot be read on a later system", on("view", ANNA), on("view", ANNA, solicited="unknown"),
         EQUAL, CERTAIN, "whatever it is, it is not asked there (R2)", systems=("windows-xp-sp3", "windows-vista")),
    Pair("solicited that cannot be read becomes disabled where the fix is uncertain",
         on("view", ANNA, solicited="unknown"), FORBIDDEN, STRICTER, UNCLEAR,
         "whether that system has the fix is one doubt on both sides; disabled blocks no less than what perhaps is",
         systems=("windows-server-2003-sp1",)),
    Pair("solicited stops to block and a text 1 stays", doubtful("view", ANNA, solicited="disabled"), doubtful("view",
         ANNA),
         LOOSER, UNCLEAR, "it blocked whatever the text means (R9); now anna may offer if it means enabled",
         systems=("windows-xp-sp1",)),
    Pair("solicited stops to block and a text 1 stays, all systems", doubtful("view", ANNA, solicited="disabled"),
         doubtful("view", ANNA), LOOSER, UNCLEAR, "the oldest systems perhaps get offers (R9), nobody loses any"),
    Pair("solicited begins to block and enabled becomes a text 1", on("view", ANNA),
         doubtful("view", ANNA, solicited="disabled"), STRICTER, CERTAIN, "it blocks whatever the text means (R9)",
         systems=("windows-xp-sp1",)),
    Pair("solicited stops to block and offers are disabled", FORBIDDEN, off(None), EQUAL, CERTAIN,
         "blocked or disabled, nobody may offer", systems=("windows-xp-sp1",)),
    Pair("solicited stops to block and control is forbidden", on("control", ANNA, solicited="disabled"), on("view",
         ANNA),
         INCOMPARABLE, CERTAIN, "old systems get offers (R9), later ones lose control (R3)"),
)  # fmt: skip

# ---- leftovers while nobody may offer ------------------------------------------------------------------------

LEFTOVERS = (
    Pair("the mode is raised while offers are disabled", off("view", ANNA), off("control", ANNA), EQUAL, CERTAIN,
         "the mode means nothing while nobody may offer (R1)"),
    Pair("a helper is added while offers are disabled", off("view", ANNA), off("view", ANNA, CAROL), EQUAL, CERTAIN,
         "the list means nothing while nobody may offer (R1)"),
    Pair("mode and list change while offers are not configured", {"mode": "control", "helpers": [ANNA]},
         {"mode": "view", "helpers": [CAROL, DORA]}, EQUAL, CERTAIN, "both mean nothing while nobody may offer (R1)"),
    Pair("Everyone is listed while offers are disabled", off("control", ANNA), off("control", "Everyone"),
         EQUAL, CERTAIN, "no doubt about the list matters while nobody may offer (R1)"),
    Pair("an unreadable mode changes while offers are disabled", reg(KEY, DISABLED, MODE_2, HELPERS, ANNA_LISTED),
         reg(KEY, DISABLED, MODE_3, HELPERS, ANNA_LISTED), EQUAL, CERTAIN,
         "no doubt about the mode matters while nobody may offer (R1)"),
    Pair("a mode is added to a list of nobody", on("view", " "), on("control", " "), EQUAL, CERTAIN,
         "the only entry names nobody (R26), so nobody can have control"),
)  # fmt: skip

# ---- settings that decide nothing about offers ---------------------------------------------------------------

BASE: Final = listed(ANNA_LISTED)

DECIDES_NOTHING = (
    Pair("logging is required", on("view", ANNA), on("view", ANNA, logging="enabled"), EQUAL, CERTAIN,
         "a log is kept or not, who may offer and look stays"),
    Pair("logging cannot be read", on("view", ANNA, logging="disabled"), on("view", ANNA, logging="unknown"),
         EQUAL, CERTAIN, "whatever it says, it decides nothing about offers"),
    Pair("the computer's own switch for invitations", BASE, reg(BASE, LOCAL, '"fAllowToGetHelp"=dword:00000000'),
         EQUAL, CERTAIN, "it is a preference about invitations, no policy"),
    Pair("the mode of invitations", on("view", ANNA, solicited="enabled", solicited_mode="view"),
         on("view", ANNA, solicited="enabled", solicited_mode="control"), EQUAL, CERTAIN,
         "it belongs to invitations, not to offers (R2)"),
    Pair("offers under the key of the control panel", NOTHING,
         reg(LOCAL, '"fAllowUnsolicited"=dword:00000001', '"fAllowUnsolicitedFullControl"=dword:00000001'),
         EQUAL, CERTAIN, "offers exist through policy alone: nothing there enables them"),
    Pair("offers in a user's hive", NOTHING, BASE.replace("HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER"), EQUAL, CERTAIN,
         "the setting is the machine's: a user's hive decides nothing"),
    Pair("how long invitations last", BASE, reg(BASE, KEY, '"MaxTicketExpiry"=dword:00000063'), EQUAL, CERTAIN,
         "it belongs to invitations (R2)"),
    Pair("the firewall of the other profile", BASE, reg(BASE, STANDARD_WALL, '"EnableFirewall"=dword:00000000'),
         EQUAL, CERTAIN, "offers arrive in the domain profile (A15)"),
)  # fmt: skip

# ---- the firewall of Windows XP SP2 and Server 2003 SP1 (R31 to R40) -----------------------------------------

PORT_135: Final = "135:TCP:*:Enabled:Offer Remote Assistance"
HELPSVC: Final = r"%WINDIR%\PCHealth\HelpCtr\Binaries\Helpsvc.exe:*:Enabled:Offer Remote Assistance"
HELPCTR: Final = r"%WINDIR%\PCHealth\HelpCtr\Binaries\Helpctr.exe:*:Enabled:Remote Assistance"
SESSMGR: Final = r"%WINDIR%\SYSTEM32\Sessmgr.exe:*:Enabled:Remote Assistance"
BOTH: Final = (HELPSVC, HELPCTR)

XP: Final = ("windows-xp-sp2",)
S2003: Final = ("windows-server-2003-sp1",)
XP_AND_2003: Final = (*XP, *S2003)


def wall(ports: tuple[str, ...], programs: tuple[str, ...], **more: Any) -> Mapping[str, Any]:
    """Return the keywords of a policy that lets anna control, behind a firewall that is on and has these exceptions."""
    return on(
        "control", ANNA, firewall=Firewall.of(**{"protection": "enabled", "ports": ports, "programs": programs, **more})
    )


def shut(ports: tuple[str, ...], programs: tuple[str, ...], **more: Any) -> Mapping[str, Any]:
    """Return the same with offers disabled."""
    return {**wall(ports, programs, **more), "offer": "disabled"}


def scoped(scope: str) -> str:
    """Return the exception for port 135 with this scope."""
    return f"135:TCP:{scope}:Enabled:Offer Remote Assistance"


def desktop_for(scope: str) -> str:
    """Return the text of a .reg with all that a server needs, Remote Desktop from these addresses."""
    return reg(
        with_mode(VIEW),
        WALL,
        '"EnableFirewall"=dword:00000001',
        WALL.replace("]", r"\GloballyOpenPorts\List]"),
        f'"{PORT_135}"="{PORT_135}"',
        WALL.replace("]", r"\AuthorizedApplications\List]"),
        *('"{0}"="{0}"'.format(program.replace("\\", "\\\\")) for program in BOTH),
        WALL.replace("]", r"\Services\RemoteDesktop]"),
        '"Enabled"=dword:00000001',
        f'"RemoteAddresses"="{scope}"',
    )


SESSMGR_SET: Final = wall((PORT_135,), (*BOTH, SESSMGR))
DESKTOP_SET: Final = wall((PORT_135,), BOTH, remote_desktop="enabled")
NEITHER_SET: Final = wall((PORT_135,), BOTH)

FIREWALL = (
    Pair("the port exception is missing", SESSMGR_SET, wall((), (*BOTH, SESSMGR)), STRICTER, CERTAIN,
         "135 is closed, and no offer gets through (R31)", systems=XP),
    Pair("the exception for Helpsvc is added", wall((PORT_135,), (HELPCTR, SESSMGR)), SESSMGR_SET, LOOSER, CERTAIN,
         "it was the one that was missing (R32)", systems=XP),
    Pair("the exception for Helpctr goes", SESSMGR_SET, wall((PORT_135,), (HELPSVC, SESSMGR)), STRICTER, CERTAIN,
         "offers need it (R32)", systems=XP),
    Pair("the exception for Sessmgr is added", NEITHER_SET, SESSMGR_SET, LOOSER, CERTAIN,
         "offers get through and 3389 opens while they are in use (R34, R37)", systems=XP),
    Pair("the exception for Sessmgr is added where it does nothing", NEITHER_SET, SESSMGR_SET, EQUAL, CERTAIN,
         "on Server 2003 SP1 the program does not work (R38)", systems=S2003),
    Pair("the exception for Sessmgr is added for both", NEITHER_SET, SESSMGR_SET, LOOSER, CERTAIN,
         "on Windows XP SP2 offers get through, on Server 2003 SP1 nothing changes", systems=XP_AND_2003),
    Pair("Remote Desktop in place of Sessmgr", SESSMGR_SET, DESKTOP_SET, LOOSER, CERTAIN,
         "offers stay, and 3389 is open all the time now (R34, R36)", systems=XP),
    Pair("Remote Desktop in place of Sessmgr on the server", SESSMGR_SET, DESKTOP_SET, LOOSER, CERTAIN,
         "there only Remote Desktop lets offers through (R33)", systems=S2003),
    Pair("Sessmgr in place of Remote Desktop", DESKTOP_SET, SESSMGR_SET, STRICTER, CERTAIN,
         "3389 is no longer open all the time, and the server loses offers (R33, R37)", systems=XP_AND_2003),
    Pair("Sessmgr beside Remote Desktop", DESKTOP_SET, wall((PORT_135,), (*BOTH, SESSMGR), remote_desktop="enabled"),
         EQUAL, CERTAIN, "3389 is open all the time anyway (R39)", systems=XP_AND_2003),
    Pair("Remote Desktop beside Sessmgr goes", wall((PORT_135,), (*BOTH, SESSMGR), remote_desktop="enabled"),
         SESSMGR_SET,
         STRICTER, CERTAIN, "3389 is open only while in use now (R37)", systems=XP),
    Pair("service packs that inherit", SESSMGR_SET, NEITHER_SET, STRICTER, CERTAIN,
         "Windows XP SP3 needs what SP2 needs, and loses offers (A13)",
         systems=("windows-xp-sp3", "windows-server-2003-sp2")),
    Pair("the same on Windows XP x64", SESSMGR_SET, DESKTOP_SET, LOOSER, CERTAIN,
         "either suffices there, and only Remote Desktop keeps 3389 open (R34, R36)", systems=("windows-xp-x64-sp1",)),
    Pair("Remote Desktop is disabled explicitly beside Sessmgr", SESSMGR_SET,
         wall((PORT_135,), (*BOTH, SESSMGR), remote_desktop="disabled"), EQUAL, CERTAIN,
         "the program may open the port nevertheless (A22)", systems=XP),
    Pair("a port exception for 3389", SESSMGR_SET, wall((PORT_135, "3389:TCP:*:Enabled:x"), (*BOTH, SESSMGR)),
         LOOSER, CERTAIN, "3389 is open all the time now, not only while in use", systems=XP),
    Pair("a port exception for 3389 beside Remote Desktop disabled, with Sessmgr",
         wall((PORT_135,), (*BOTH, SESSMGR), remote_desktop="disabled"),
         wall((PORT_135, "3389:TCP:*:Enabled:x"), (*BOTH, SESSMGR), remote_desktop="disabled"), LOOSER, UNCLEAR,
         "the port is perhaps open all the time now, and Sessmgr opens it while in use as before (A22)", systems=XP),
    # What stands above all exceptions.
    Pair("the firewall is switched on", wall((), (), protection="disabled"), SESSMGR_SET, STRICTER, CERTAIN,
         "offers stay, 135 stays, and 3389 is no longer open all the time", systems=XP),
    Pair("the firewall is switched on without exceptions", wall((), (), protection="disabled"), wall((), ()),
         STRICTER, CERTAIN, "it let in everything and lets in nothing", systems=XP_AND_2003),
    Pair("the firewall is switched off", NEITHER_SET, wall((PORT_135,), BOTH, protection="disabled"), LOOSER, CERTAIN,
         "it holds nothing back any more", systems=XP_AND_2003),
    Pair("exceptions beside a firewall that is off", wall((), (), protection="disabled"),
         wall((PORT_135,), BOTH, protection="disabled"), EQUAL, CERTAIN, "it held nothing back before", systems=XP),
    Pair("exceptions are not allowed", SESSMGR_SET, wall((PORT_135,), (*BOTH, SESSMGR), no_exceptions="enabled"),
         STRICTER, CERTAIN, "that voids every exception (R40)", systems=XP),
    Pair("exceptions change while none is allowed", wall((PORT_135,), (*BOTH, SESSMGR), no_exceptions="enabled"),
         wall((), (), remote_desktop="enabled", no_exceptions="enabled"), EQUAL, CERTAIN,
         "none of them counts (R40)", systems=XP_AND_2003),
    # Single entries.
    Pair("a disabled entry beside the enabled one", SESSMGR_SET,
         wall((PORT_135, "135:TCP:*:Disabled:x"), (*BOTH, SESSMGR)), STRICTER, CERTAIN,
         "disabled beats enabled for the same port (R40)", systems=XP),
    Pair("a disabled entry for Sessmgr goes",
         wall((PORT_135,), (*BOTH, SESSMGR, SESSMGR.replace("Enabled", "Disabled"))), SESSMGR_SET, LOOSER, CERTAIN,
         "nothing beats the enabled entry any more (R40)", systems=XP),
    Pair("a disabled entry in place of none", wall((PORT_135,), (HELPSVC, SESSMGR)),
         wall((PORT_135,), (HELPSVC, HELPCTR.replace("Enabled", "Disabled"), SESSMGR)), EQUAL, CERTAIN,
         "not excepted or disabled, it is held back", systems=XP),
    Pair("an entry for another port", SESSMGR_SET, wall((PORT_135, "445:TCP:*:Enabled:x"), (*BOTH, SESSMGR)),
         EQUAL, CERTAIN, "no offer needs it", systems=XP),
    Pair("an entry for the port over UDP", wall((), (*BOTH, SESSMGR)),
         wall(("135:UDP:*:Enabled:x",), (*BOTH, SESSMGR)), EQUAL, CERTAIN, "offers need TCP (R31)", systems=XP),
    Pair("entries in other order, letters and names", SESSMGR_SET,
         wall(("135:tcp:*:ENABLED:anything: at all",), (SESSMGR.upper(), HELPCTR, HELPSVC)), EQUAL, CERTAIN,
         "names are free text (A3), paths are the same in any case", systems=XP_AND_2003),
    Pair("entries with the document's blanks", SESSMGR_SET,
         wall(("135:TCP:*:Enabled: Offer Remote Assistance",), (*BOTH, SESSMGR.replace(":*:Enabled:",
         ":*: Enabled: "))),
         EQUAL, CERTAIN, "blanks beside colons are read over (A2)", systems=XP),
    Pair("a program by its drive", SESSMGR_SET,
         wall((PORT_135,), (HELPSVC.replace("%WINDIR%", r"C:\WINDOWS"), HELPCTR, SESSMGR)), STRICTER, UNCLEAR,
         "whether that folder is that of Windows is not known", systems=XP),
    Pair("an entry that cannot be read", wall((), (*BOTH, SESSMGR)),
         wall(("135:TCP:*:Enable:x",), (*BOTH, SESSMGR)), LOOSER, UNCLEAR, "Windows may read it", systems=XP),
    Pair("an entry that cannot be read while no exception counts", wall((), (), no_exceptions="enabled"),
         wall(("135:TCP:*:Enable:x",), (), no_exceptions="enabled"), EQUAL, CERTAIN,
         "that voids every exception, however it is read (R40)", systems=XP),
    Pair("an entry that cannot be read while the firewall is off", wall((), (), protection="disabled"),
         wall(("135:TCP:*:Enable:x",), (), protection="disabled"), EQUAL, CERTAIN,
         "the firewall holds nothing back, however the entry is read", systems=XP),
    Pair("another helper while an entry cannot be read", wall((PORT_135, "3389:TCP:x:Enabled:x"), (*BOTH, SESSMGR)),
         {**wall((PORT_135, "3389:TCP:x:Enabled:x"), (*BOTH, SESSMGR)), "helpers": [ANNA, CAROL]}, LOOSER, CERTAIN,
         "offers get through whatever the entry means, and it is the same on both sides", systems=XP),
    Pair("the last need comes while an entry for 3389 cannot be read",
         wall((PORT_135, "3389:TCP:x:Enabled:x"), (HELPSVC, SESSMGR)),
         wall((PORT_135, "3389:TCP:x:Enabled:x"), (*BOTH, SESSMGR)), LOOSER, CERTAIN,
         "Helpctr was what was missing (R32), and the entry is about another port", systems=XP),
    # Scopes.
    Pair("the port for one network only", SESSMGR_SET, wall((scoped("10.0.0.0/8"),), (*BOTH, SESSMGR)), STRICTER,
         CERTAIN,
         "an expert elsewhere is kept out (R40)", systems=XP),
    Pair("the port for everybody", wall((scoped("10.0.0.0/8"),), (*BOTH, SESSMGR)), SESSMGR_SET, LOOSER, CERTAIN,
         "experts elsewhere are let in", systems=XP),
    Pair("the port for another network", wall((scoped("10.0.0.0/8"),), (*BOTH, SESSMGR)),
         wall((scoped("192.168.0.0/16"),), (*BOTH, SESSMGR)), INCOMPARABLE, CERTAIN,
         "no address is in both", systems=XP),
    Pair("the port for a part of the network", wall((scoped("10.0.0.0/8"),), (*BOTH, SESSMGR)),
         wall((scoped("10.1.0.0/16"),), (*BOTH, SESSMGR)), STRICTER, CERTAIN,
         "the rest of the network is kept out", systems=XP),
    Pair("the network in other words", wall((scoped("10.0.0.0/8"),), (*BOTH, SESSMGR)),
         wall((scoped("10.0.0.0/255.0.0.0"),), (*BOTH, SESSMGR)), EQUAL, CERTAIN,
         "a mask and a number of bits say the same", systems=XP),
    Pair("the network in two halves", wall((scoped("10.0.0.0/8"),), (*BOTH, SESSMGR)),
         wall((scoped("10.128.0.0/9"), scoped("10.0.0.0/9")), (*BOTH, SESSMGR)), EQUAL, CERTAIN,
         "scopes of several entries add up (R40)", systems=XP),
    Pair("two networks in one entry", wall((scoped("10.0.0.0/8"), scoped("192.168.0.0/16")), (*BOTH, SESSMGR)),
         wall((scoped("192.168.0.0/16,10.0.0.0/8"),), (*BOTH, SESSMGR)), EQUAL, CERTAIN,
         "scopes of several entries add up (R40)", systems=XP),
    Pair("a network beside everybody", SESSMGR_SET, wall((PORT_135, scoped("10.0.0.0/8")), (*BOTH, SESSMGR)),
         EQUAL, CERTAIN, "everybody is in already (R40)", systems=XP),
    Pair("a program for one network only", SESSMGR_SET,
         wall((PORT_135,), (HELPSVC.replace(":*:", ":10.0.0.0/8:"), HELPCTR, SESSMGR)), STRICTER, CERTAIN,
         "an expert elsewhere is kept out (R32, R40)", systems=XP),
    Pair("two needs for networks that do not meet", wall((scoped("10.0.0.0/8"),), (*BOTH, SESSMGR)),
         wall((scoped("10.0.0.0/8"),), (HELPSVC.replace(":*:", ":192.168.0.0/16:"), HELPCTR, SESSMGR)), STRICTER,
         CERTAIN,
         "nobody is in both scopes, so no offer gets through", systems=XP),
    Pair("Remote Desktop for another network",
         wall((PORT_135,), BOTH, remote_desktop="enabled", remote_desktop_scope="10.0.0.0/8"),
         wall((PORT_135,), BOTH, remote_desktop="enabled", remote_desktop_scope="192.168.0.0/16"), INCOMPARABLE,
         CERTAIN,
         "the port and offers are for others now", systems=S2003),
    Pair("Remote Desktop for everybody",
         wall((PORT_135,), BOTH, remote_desktop="enabled", remote_desktop_scope="10.0.0.0/8"), DESKTOP_SET, LOOSER,
         CERTAIN,
         "experts elsewhere are let in", systems=XP_AND_2003),
    Pair("the local subnet stays", wall((scoped("localsubnet"),), (*BOTH, SESSMGR)),
         wall((scoped("LocalSubnet"),), (*BOTH, SESSMGR)), EQUAL, CERTAIN,
         "it is the same subnet, whichever it is", systems=XP),
    Pair("nobody instead of the local subnet", wall((scoped("localsubnet"),), (*BOTH, SESSMGR)), wall((), (*BOTH,
         SESSMGR)),
         STRICTER, UNCLEAR, "who was in it is known to the computer only", systems=XP),
    Pair("a network beside the local subnet", wall((scoped("localsubnet"),), (*BOTH, SESSMGR)),
         wall((scoped("localsubnet,10.0.0.0/8"),), (*BOTH, SESSMGR)), LOOSER, UNCLEAR,
         "the local subnet is the same on both sides, and is perhaps all of the network already", systems=XP),
    # One address.
    Pair("a part of the network, asked from inside it", wall((scoped("10.0.0.0/8"),), (*BOTH, SESSMGR)),
         wall((scoped("10.1.0.0/16"),), (*BOTH, SESSMGR)), EQUAL, CERTAIN,
         "the address is in both scopes", systems=XP, address="10.1.2.3"),
    Pair("a part of the network, asked from the rest", wall((scoped("10.0.0.0/8"),), (*BOTH, SESSMGR)),
         wall((scoped("10.1.0.0/16"),), (*BOTH, SESSMGR)), STRICTER, CERTAIN,
         "the address is in the first scope only", systems=XP, address="10.2.0.1"),
    Pair("another network, asked from there", wall((scoped("10.0.0.0/8"),), (*BOTH, SESSMGR)),
         wall((scoped("192.168.0.0/16"),), (*BOTH, SESSMGR)), LOOSER, CERTAIN,
         "the address is in the second scope only", systems=XP, address="192.168.3.4"),
    # Ports belong to nobody: they count whether or not somebody may offer.
    Pair("the port is opened while offers are disabled", shut((), ()), shut((PORT_135,), ()), LOOSER, CERTAIN,
         "135 lets in more than offers", systems=XP),
    Pair("programs while offers are disabled", shut((PORT_135,), ()), shut((PORT_135,), BOTH), EQUAL, CERTAIN,
         "they open nothing that is asked for here while nobody may offer", systems=XP),
    Pair("Sessmgr while offers are disabled", shut((), ()), shut((), (SESSMGR,)), LOOSER, CERTAIN,
         "3389 opens while an assistance uses it, an invited one too (R37)", systems=XP),
    Pair("Remote Desktop while offers are disabled", shut((), (SESSMGR,)), shut((), (), remote_desktop="enabled"),
         LOOSER, CERTAIN, "3389 is open all the time now (R36)", systems=XP),
    Pair("offers are enabled behind a firewall that blocks them", shut((PORT_135,), (HELPSVC,)),
         wall((PORT_135,), (HELPSVC,)), EQUAL, CERTAIN, "no offer gets through, before and after (R30)", systems=XP),
    Pair("a helper is added behind a firewall that blocks offers", NEITHER_SET,
         {**NEITHER_SET, "helpers": [ANNA, CAROL]}, EQUAL, CERTAIN, "no offer gets through (R30)", systems=S2003),
    Pair("a helper is added behind a firewall that lets offers in", DESKTOP_SET,
         {**DESKTOP_SET, "helpers": [ANNA, CAROL]}, LOOSER, CERTAIN, "carol may offer, and gets through",
         systems=S2003),
    # What policy does not state is the computer's own.
    Pair("nothing is stated, and all that offers need is", on("control", ANNA), SESSMGR_SET, INCOMPARABLE, UNCLEAR,
         "the computer may have held offers back, or have had 3389 open all the time", systems=XP),
    Pair("nothing is stated, and the firewall is switched off", on("control", ANNA), wall((), (),
         protection="disabled"),
         LOOSER, UNCLEAR, "the computer may have let in all of it before", systems=XP),
    Pair("nothing is stated, and exceptions are not allowed", on("control", ANNA), wall((), (),
         no_exceptions="enabled"),
         STRICTER, UNCLEAR, "the computer may have let in nothing before", systems=XP),
    Pair("the firewall where policy does not govern it", on("control", ANNA), wall((), ()), EQUAL, CERTAIN,
         "before XP SP2 the host's own decides, on both sides (4.3)", systems=("windows-xp", "windows-server-2003")),
    Pair("a helper goes where nothing is stated", on("view", ANNA, CAROL), on("view", ANNA), STRICTER, CERTAIN,
         "on a computer that lets offers in carol is out", systems=XP),
    Pair("a switch that cannot be read stays", reg(with_mode(VIEW), WALL, '"EnableFirewall"="1"'),
         reg(with_mode(VIEW), WALL, '"EnableFirewall"="1"'), EQUAL, CERTAIN, "it is one doubt on both sides",
         systems=XP),
    Pair("a switch that cannot be read is switched off", reg(with_mode(VIEW), WALL, '"EnableFirewall"="1"'),
         reg(with_mode(VIEW), WALL, '"EnableFirewall"=dword:00000000'), LOOSER, UNCLEAR,
         "if the text is no switch nothing held offers back for certain; off lets in everything", systems=XP),
    Pair("a switch that cannot be read becomes another", reg(with_mode(VIEW), WALL, '"EnableFirewall"="1"'),
         reg(with_mode(VIEW), WALL, '"EnableFirewall"="0"'), INCOMPARABLE, UNCLEAR,
         "Windows may read either text as on and the other as off", systems=XP),
    Pair("a scope that cannot be read becomes another", desktop_for("10.0.0.1-10.0.0.9"),
         desktop_for("192.168.0.1-192.168.0.9"),
         INCOMPARABLE, UNCLEAR, "if Windows reads ranges, the port is for others now", systems=S2003),
    Pair("a scope that cannot be read stays", desktop_for("10.0.0.1-10.0.0.9"), desktop_for("10.0.0.1-10.0.0.9"),
         EQUAL, CERTAIN, "it is one doubt on both sides", systems=S2003),
    Pair("the computer's own exceptions beside policy's list",
         reg(with_mode(VIEW), WALL, '"EnableFirewall"=dword:00000001',
             WALL.replace("]", r"\GloballyOpenPorts]"), '"Enabled"=dword:00000001'),
         reg(with_mode(VIEW), WALL, '"EnableFirewall"=dword:00000001',
             WALL.replace("]", r"\GloballyOpenPorts]"), '"Enabled"=dword:00000001',
             r"[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy"
             r"\DomainProfile\GloballyOpenPorts\List]", '"135:TCP"="135:TCP:*:Enabled:x"'),
         EQUAL, CERTAIN, "policy defines the list and does not let the computer's own count (4.2)", systems=XP),
)  # fmt: skip

# ---- the rules of Windows Vista and later (R41) --------------------------------------------------------------

IN: Final = "v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Domain|"
DCOM: Final = IN + r"LPort=135|App=%SystemRoot%\system32\svchost.exe|Svc=rpcss|"
RASERVER: Final = IN + r"App=%SystemRoot%\system32\raserver.exe|"
MSRA: Final = IN + r"App=%SystemRoot%\system32\msra.exe|"
TERMSERVICE: Final = IN + r"LPort=3389|App=%SystemRoot%\system32\svchost.exe|Svc=TermService|"
W10: Final = ("windows-10",)


def rules(*texts: str, merge: str = "disabled", **more: Any) -> Mapping[str, Any]:
    """Return the keywords of a policy that lets anna control, with these rules; the computer's own are kept out or not."""
    named = [(f"rule {number}", text) for number, text in enumerate(texts)]
    return on("control", ANNA, firewall=Firewall.of(**{"rules": named, "rules_merge": merge, **more}))


RULES = (
    Pair("the rule for Raserver goes", rules(DCOM, RASERVER, MSRA), rules(DCOM, MSRA), STRICTER, CERTAIN,
         "offers need it, and the computer's own rules are kept out (R41)", systems=W10),
    Pair("the rule for DCOM comes", rules(RASERVER, MSRA), rules(DCOM, RASERVER, MSRA), LOOSER, CERTAIN,
         "it lets in 135, and all that offers need is there (R31, R41)", systems=W10),
    Pair("a rule that blocks Raserver", rules(DCOM, RASERVER, MSRA),
         rules(DCOM, RASERVER, MSRA, RASERVER.replace("Allow", "Block")), STRICTER, CERTAIN,
         "what blocks beats what allows (R41)", systems=W10),
    Pair("a rule that blocks in place of none", rules(DCOM, MSRA), rules(DCOM, MSRA, RASERVER.replace("Allow",
         "Block")),
         EQUAL, CERTAIN, "not let in or blocked, it is held back", systems=W10),
    Pair("a rule for another profile", rules(DCOM, RASERVER, MSRA),
         rules(DCOM, RASERVER.replace("Domain", "Public"), MSRA), STRICTER, CERTAIN,
         "offers arrive in the domain profile (R41)", systems=W10),
    Pair("a rule for one profile more", rules(DCOM, RASERVER, MSRA),
         rules(DCOM, RASERVER.replace("Profile=Domain", "Profile=Domain|Profile=Private"), MSRA), EQUAL, CERTAIN,
         "only the domain profile is asked (A15)", systems=W10),
    Pair("a rule is made inactive", rules(DCOM, RASERVER, MSRA), rules(DCOM, RASERVER, MSRA.replace("TRUE", "FALSE")),
         STRICTER, CERTAIN, "an inactive rule lets in nothing", systems=W10),
    Pair("rules in another order and with a description", rules(DCOM, RASERVER, MSRA),
         rules(MSRA + "Desc=x|", DCOM, RASERVER), EQUAL, CERTAIN, "descriptions say nothing about whom", systems=W10),
    Pair("what no rule matches is let in", rules(DCOM, MSRA), rules(DCOM, MSRA, default_inbound="disabled"),
         LOOSER, CERTAIN, "offers get through, and 3389 is open too", systems=W10),
    Pair("a rule for one network only", rules(DCOM, RASERVER, MSRA), rules(DCOM + "RA4=10.0.0.0/8|", RASERVER, MSRA),
         STRICTER, CERTAIN, "an expert elsewhere is kept out", systems=W10),
    Pair("a rule for another network", rules(DCOM + "RA4=10.0.0.0/8|", RASERVER, MSRA),
         rules(DCOM + "RA4=192.168.0.0/16|", RASERVER, MSRA), INCOMPARABLE, CERTAIN, "no address is in both",
         systems=W10),
    Pair("a rule that blocks one network", rules(DCOM, RASERVER, MSRA),
         rules(DCOM, RASERVER, MSRA, DCOM.replace("Allow", "Block") + "RA4=10.0.0.0/8|"), STRICTER, CERTAIN,
         "experts there are kept out", systems=W10),
    Pair("a rule for Remote Desktop's port", rules(DCOM, RASERVER, MSRA), rules(DCOM, RASERVER, MSRA, TERMSERVICE),
         LOOSER, CERTAIN, "3389 is open all the time now", systems=W10),
    Pair("a rule for certain users only", rules(DCOM, RASERVER, MSRA),
         rules(DCOM, RASERVER + "RUserAuthList=O:LSD:(A;;CC;;;BA)|", MSRA), STRICTER, UNCLEAR,
         "whether the expert is among them nobody can tell here", systems=W10),
    Pair("a rule for certain users becomes one for others", rules(DCOM,
         RASERVER + "RUserAuthList=O:LSD:(A;;CC;;;BA)|", MSRA),
         rules(DCOM, RASERVER + "RUserAuthList=O:LSD:(A;;CC;;;AU)|", MSRA), INCOMPARABLE, UNCLEAR,
         "the expert may be among the ones and not among the others", systems=W10),
    Pair("3389 for certain users instead of by the computer's own rules", rules(DCOM, RASERVER, MSRA,
         merge="not configured"),
         rules(DCOM, RASERVER, MSRA, TERMSERVICE + "RUserAuthList=O:LSD:(A;;CC;;;BA)|"), INCOMPARABLE, UNCLEAR,
         "the computer's own rules may have opened 3389 or not, and so may this one", systems=W10),
    Pair("3389 for certain users beside the computer's own rules", rules(DCOM, RASERVER, MSRA, merge="not configured"),
         rules(DCOM, RASERVER, MSRA, TERMSERVICE + "RUserAuthList=O:LSD:(A;;CC;;;BA)|", merge="not configured"),
         LOOSER, UNCLEAR, "the rule may open 3389 to somebody, where the computer's own rules do not", systems=W10),
    Pair("a rule that cannot be read", rules(DCOM, RASERVER, MSRA), rules(DCOM, RASERVER, MSRA, "v2.30|nonsense|"),
         INCOMPARABLE, UNCLEAR, "if Windows reads it, it may let in something or block it", systems=W10),
    Pair("a rule goes while the computer's own count", rules(DCOM, RASERVER, MSRA, merge="not configured"),
         rules(DCOM, MSRA, merge="not configured"), STRICTER, UNCLEAR,
         "a rule of the computer's own may still let offers in", systems=W10),
    Pair("the computer's own rules count again", rules(DCOM, RASERVER, MSRA),
         rules(DCOM, RASERVER, MSRA, merge="not configured"), LOOSER, UNCLEAR,
         "one of them may open 3389, offers get through anyway", systems=W10),
    Pair("exceptions of old beside the rules", rules(DCOM, RASERVER, MSRA), rules(DCOM, RASERVER, MSRA, programs=BOTH),
         EQUAL, CERTAIN, "those programs do not exist there (A14)", systems=W10),
    Pair("rules on a system that has none", SESSMGR_SET,
         wall((PORT_135,), (*BOTH, SESSMGR), rules=[("x", DCOM.replace("Allow", "Block"))]), EQUAL, CERTAIN,
         "Windows XP knows exceptions only", systems=XP),
    Pair("a helper goes while the computer's own rules decide", rules(DCOM, MSRA, merge="not configured"),
         {**rules(DCOM, MSRA, merge="not configured"), "helpers": [CAROL]}, INCOMPARABLE, CERTAIN,
         "on a computer that lets offers in anna is out and carol in", systems=W10),
)  # fmt: skip

# ---- several changes at once ---------------------------------------------------------------------------------

TOGETHER = (
    Pair("control for fewer", on("view", ANNA, CAROL), on("control", ANNA), INCOMPARABLE, CERTAIN,
         "anna can control, carol can no longer look"),
    Pair("view for more", on("control", ANNA), on("view", ANNA, CAROL), INCOMPARABLE, CERTAIN,
         "anna can no longer control, carol can look"),
    Pair("control for more", on("view", ANNA), on("control", ANNA, CAROL), LOOSER, CERTAIN, "both parts allow more"),
    Pair("view for fewer", on("control", ANNA, CAROL), on("view", ANNA), STRICTER, CERTAIN, "both parts allow less"),
    Pair("another helper with more", on("view", ANNA), on("control", CAROL), INCOMPARABLE, CERTAIN,
         "anna is out, carol can control"),
    Pair("control for the inner group instead of view for the outer", on("view", DESK), on("control", TIER1),
         INCOMPARABLE, CERTAIN, "anna is out, dora can control", groups={DESK: [ANNA, TIER1], TIER1: [DORA]}),
    Pair("control for an empty group instead of view for a person", on("view", ANNA), on("control", DESK),
         STRICTER, CERTAIN, "nobody is in the group, so nobody can control", groups={DESK: []}),
    Pair("offers are disabled and the firewall is switched on", wall((), (*BOTH, SESSMGR), protection="disabled"),
         shut((PORT_135,), (*BOTH, SESSMGR)), STRICTER, CERTAIN, "the firewall let in all of it before, 135 too",
         systems=XP),
    Pair("offers go and Remote Desktop's port is opened", SESSMGR_SET,
         wall((PORT_135,), (HELPSVC,), remote_desktop="enabled"), INCOMPARABLE, CERTAIN,
         "without Helpctr no offer gets through (R32), and 3389 is open all the time", systems=XP),
    Pair("offers are enabled, and the firewall closes their port", shut((PORT_135,), (*BOTH, SESSMGR)),
         wall((), (*BOTH, SESSMGR)), STRICTER, CERTAIN, "no offer gets through (R31), and 135 is closed", systems=XP),
    Pair("offers are enabled, and the firewall closes their port, on an old system too",
         shut((PORT_135,), (*BOTH, SESSMGR)), wall((), (*BOTH, SESSMGR)), INCOMPARABLE, CERTAIN,
         "where policy does not govern the firewall offers are new, on Windows XP SP2 135 is closed",
         systems=("windows-xp-sp1", "windows-xp-sp2")),
    Pair("Sessmgr in place of Remote Desktop, with more helpers", DESKTOP_SET,
         {**SESSMGR_SET, "helpers": [ANNA, CAROL]}, INCOMPARABLE, CERTAIN,
         "carol may offer on Windows XP SP2, where 3389 is no longer open all the time", systems=XP),
    Pair("Sessmgr in place of Remote Desktop, with more helpers, on the server", DESKTOP_SET,
         {**SESSMGR_SET, "helpers": [ANNA, CAROL]}, STRICTER, CERTAIN,
         "there Sessmgr lets nobody through, and 3389 is closed (R38)", systems=S2003),
    Pair("a helper goes, and solicited stops to block", on("view", ANNA, CAROL, solicited="disabled"), on("view", ANNA),
         INCOMPARABLE, CERTAIN, "anna may offer on old systems (R9), carol nowhere",
         systems=("windows-xp-sp1", "windows-10")),
    Pair("a helper goes, and solicited stops to block, on old systems only",
         on("view", ANNA, CAROL, solicited="disabled"), on("view", ANNA), LOOSER, CERTAIN,
         "nobody could offer there, and anna can (R9)", systems=("windows-xp-sp1",)),
    Pair("a text 1 and solicited disabled on an old system", NOTHING, doubtful("control", ANNA, solicited="disabled"),
         EQUAL, CERTAIN, "whatever the text means, solicited blocks there (R9)", systems=("windows-xp-sp1",)),
    Pair("Everyone behind a firewall that blocks offers", wall((PORT_135,), ()),
         {**wall((PORT_135,), ()), "helpers": [ANNA, "Everyone"]}, EQUAL, CERTAIN,
         "no offer gets through, whoever the entry is", systems=XP_AND_2003),
    Pair("everything at once, in the stricter direction", on("control", ANNA, CAROL, "Everyone"),
         on("view", ANNA, solicited="disabled"), STRICTER, CERTAIN, "carol and control go for certain, nothing comes"),
)  # fmt: skip

THEMES: Final[Mapping[str, tuple[Pair, ...]]] = {
    "state": STATE,
    "mode": MODE,
    "list": LIST,
    "groups": GROUPS,
    "solicited": SOLICITED,
    "leftovers": LEFTOVERS,
    "decides nothing": DECIDES_NOTHING,
    "firewall": FIREWALL,
    "rules": RULES,
    "together": TOGETHER,
}
PAIRS: Final = tuple(pair for theme in THEMES.values() for pair in theme)
