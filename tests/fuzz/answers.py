"""Attack what is answered about policies: `python tests/fuzz/answers.py [COUNT] [SEED] [FIRST]`.

A drawn policy is written in another way that means the same (other order, other letters, said twice, beside strangers, in another
format, in two files, merged with nothing and with itself), and `audit`, `explain` and `diff` have to answer the same of both; or it
gets one helper more, and they have to agree on what that can do. What is drawn comes from the tables of settings and of roads, so
that a row that is added is attacked without a word here. A failure prints the seed and
the number that make it again (COUNT 1, FIRST the number). The reach
says how much of what can be answered came up at all: an attack that reaches nothing finds nothing.
"""

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final, NoReturn

from attrs import evolve, field, frozen

sys.path.insert(0, str(Path(__file__).parents[1]))
from evidence import TEMPLATE, registry_xml, template, value

from rasim.analysis.audit import Audit, How, audit
from rasim.analysis.explain import Asked, explain
from rasim.analysis.explain import as_json as as_explained
from rasim.analysis.findings import FINDINGS, Severity
from rasim.directory.merging import Given
from rasim.errors import UsageError
from rasim.formats import lgpo_text, reg_text, registry_pol
from rasim.policy import MACHINE, NAMED, Action, Membership, Policy, RegistryEntry, RegType, Setting, State, fold
from rasim.policy.registry import DELETION_DATA, USER
from rasim.policy.roads import ROADS, SHADOW, USER_HALF
from rasim.policy.settings import FIREWALL, FIREWALL_RULES, LOCAL_RULES, OFFER_HELPERS, SETTINGS
from rasim.report.audit_headline import first_line
from rasim.report.audit_json import as_json as as_audited
from rasim.verify import compare

EXPERTS: Final = (r"CORP\anna", r"CORP\Helpdesk", r"OTHER\bob")
NAMES: Final = (
    *EXPERTS, r"corp\Tier 2", r"CORP\Domain Users", "Everyone", "anna@corp.example", "*", "bob", r"CORP\a/b", r"S-1-5-21-1-2-3-513",
)  # fmt: skip
SCOPES: Final = ("*", "10.0.0.0/8", "10.1.0.0/16,192.168.0.0/16", "localsubnet", "")
PORTS: Final = tuple(
    f"{p}:{scope}:{on}:x"
    for p in ("135:TCP", "3389:TCP", "80:TCP")
    for scope in SCOPES
    for on in ("Enabled", "Disabled")
)
PROGRAMS: Final = (
    *(text.replace(":*:", f":{scope}:") for name, text in NAMED.items() if name != "135 tcp" for scope in SCOPES),
    r"%SystemRoot%\system32\svchost.exe:*:Enabled:x", r"%WINDIR%\a.exe:*:Disabled:x", "nonsense",
)  # fmt: skip
RULES: Final = (
    *(
        f"v2.30|Action={action}|Active={active}|Dir=In|Protocol=6|{profile}{about}|Name=x|"
        for action, active in (("Allow", "TRUE"), ("Block", "TRUE"), ("Allow", "FALSE"))
        for profile in ("Profile=Domain|", "Profile=Public|", "")
        for about in (
            r"LPort=135|App=%SystemRoot%\system32\svchost.exe|Svc=rpcss", r"App=%SystemRoot%\system32\raserver.exe",
            r"App=%SystemRoot%\system32\msra.exe|RA4=10.0.0.0/8", "LPort2_10=100-4000",
        )
    ),
    "v2.30|nonsense|",
)  # fmt: skip
STRANGERS: Final = (r"SOFTWARE\Policies\Example", r"SYSTEM\CurrentControlSet\Services\Example")


def _sz(text: str) -> bytes:
    return f"{text}\0".encode("utf-16-le", "surrogatepass")


def _texts() -> dict[str, tuple[str, ...]]:
    """Return what is drawn of each list, by the list's key."""
    lists = {OFFER_HELPERS.key: NAMES, FIREWALL_RULES.key: RULES, LOCAL_RULES.key: RULES}
    for of in FIREWALL.values():
        lists |= {one.key: PORTS for one in (of.port_list, of.local_port_list)}
        lists |= {one.key: PROGRAMS for one in (of.program_list, of.local_program_list)}
    return lists


TEXTS: Final = _texts()
SWITCHES: Final[dict[str, tuple[tuple[Setting, tuple[int, ...]], ...]]] = {  # each with the numbers that mean something
    "offers": tuple((one, (0, 1)) for one in SETTINGS if one.value),
    "firewall": tuple((one, (0, 1)) for of in FIREWALL.values() for one in of.all() if one.value),
    "roads": tuple(
        (one, tuple(switch.says))
        for road in ROADS
        for switch in road.switches
        for one in (*switch.settings, *switch.perhaps)
    ),
}


# ---- what is drawn -------------------------------------------------------------------------------------------


def draw(chance: random.Random) -> list[RegistryEntry]:
    """Return entries of which no two are about one value, so that their order means nothing."""
    tidy, entries = chance.random() < 0.6, []
    for switches in SWITCHES.values():
        share = chance.choice((0, 0.2, 0.6))
        entries += [_switch(one, numbers, chance, tidy=tidy) for one, numbers in switches if chance.random() < share]
    if chance.random() < 0.6:  # offers enabled, and so much that hangs on it
        entries.append(_entry(SETTINGS[0], RegType.DWORD, b"\1\0\0\0"))
    for key, texts in TEXTS.items():
        if chance.random() < (0.8 if key == OFFER_HELPERS.key else 0.4):
            for text in chance.sample(texts, chance.randint(1, 3)):
                name = f"rule {chance.randrange(9)}" if texts is RULES else text
                entries.append(RegistryEntry(key, name, RegType.SZ, _sz(text)))
    return list({(fold(each.key), fold(each.name), each.hive): each for each in entries}.values())


def _switch(setting: Setting, numbers: Sequence[int], chance: random.Random, *, tidy: bool) -> RegistryEntry:
    number = chance.choice(numbers if tidy else range(6)).to_bytes(4, "little")
    texts = (str(number[0]), "10.0.0.0/8", r"CORP\anna")
    text = setting.value == "RemoteAddresses" or chance.random() < (0 if tidy else 0.2)
    return _entry(setting, *((RegType.SZ, _sz(chance.choice(texts))) if text else (RegType.DWORD, number)))


def _entry(setting: Setting, kind: RegType, data: bytes) -> RegistryEntry:
    entry = RegistryEntry(setting.key, setting.value, kind, data)
    ours = setting.key.removeprefix(f"{USER_HALF}\\")
    return entry if ours == setting.key else evolve(entry, key=ours, hive=USER)


Files = list[tuple[str, bytes | dict[str, Any]]]
"""Names and bytes, or the files of a folder by their paths."""

# ---- what is answered ----------------------------------------------------------------------------------------

PLACE: Final = re.compile(
    r",? ?\(?\b(?:(?:[\w.\\/]+, )?(?:offset|line) [\d,]+)\)?|\b(?:lower|upper|policy)\.\w+(?::\d+){0,2}"
)
UNSAID: Final = frozenset({
    "path", "paths", "format", "entries", "where", "file", "limits", "steps", "won", "decided_by", "gpo", "was_at", "is_at", "overrode",
})  # fmt: skip
"""What says where something stands and not what is so."""


def plain(value: Any) -> Any:
    """Return JSON without places, without an order, and in one case of letters."""
    match value:
        case dict():
            return {
                key: plain(each) for key, each in value.items() if key not in UNSAID and not _one_of_several(key, each)
            }
        case list() | tuple():
            return sorted((plain(each) for each in value), key=lambda each: json.dumps(each, sort_keys=True))
        case str():
            return " ".join(sorted(re.split(r"[;,:?()\s]+", PLACE.sub("", value).casefold())))
        case _:
            return value


def _one_of_several(key: str, value: Any) -> bool:
    """Tell whether this is the firewall's reasons in audit, which name the first of several exceptions that say the same."""
    return key == "because" and all(isinstance(each, str) for each in value)


@frozen
class Answers:
    """What is said of one policy, and the policy that says it."""

    audited: Audit
    policy: Policy
    members: Membership
    said: dict[str, Any] = field(repr=False)


MEMBERS: Final = (Membership(), Membership.of({r"CORP\Helpdesk": [r"CORP\anna"], r"corp\Tier 2": [r"OTHER\bob"]}))


QUESTIONS: Final[tuple[tuple[str, Asked], ...]] = tuple(
    (expert, asked) for expert in EXPERTS for asked in ("offer", "control")
)


def ask(files: Files, members: Membership, questions: Sequence[tuple[str, Asked]] = ()) -> Answers:
    """Return what is answered about files applied one after the other."""
    report = audit((Given(name, data) for name, data in files), How(as_one=True))
    policy = report.files[0].policy
    assert policy is not None, report.files[0].error
    # How many files there were is told, and is no part of what they say.
    first = first_line(report, Severity.HIGH).replace("in what was read, ", "in this file, ")
    said = {"audit": plain(as_audited(report)), "first line": plain(first)}
    for expert, asked in questions:
        said[f"explain {asked} {expert}"] = plain(as_explained(explain(policy, expert, asked, members)))
    return Answers(report, policy, members, said)


# ---- the same in other words ---------------------------------------------------------------------------------

EMPTY: Final = registry_pol.render([])


def as_files(entries: Sequence[RegistryEntry], name: str = "policy") -> Files:
    """Return entries as the two halves of a group policy, which can hold every type of value."""
    machine = [each for each in entries if each.hive != USER]
    user = [evolve(each, hive=MACHINE) for each in entries if each.hive == USER]
    halves = (("Machine", machine), ("User", user))
    return [
        (
            f"{name}.gpo",
            {f"{half}/registry.pol": (f"{name}.{half}", registry_pol.render(each)) for half, each in halves},
        )
    ]


def _as_lgpo_text(entries: Sequence[RegistryEntry], _: random.Random) -> Files:
    """Return entries as LGPO text; what that has no words for stays in the folder below it."""
    plain, others = [], []
    for each in entries:
        try:
            lgpo_text.render([each])
        except UsageError:
            others.append(each)
        else:
            plain.append(each)
    return [*as_files(others, "lower"), ("upper.txt", lgpo_text.render(plain))]


def _other_letters(entries: Sequence[RegistryEntry], _: random.Random) -> Files:
    return as_files([evolve(each, key=each.key.swapcase(), name=each.name.swapcase()) for each in entries])


def _beside_strangers(entries: Sequence[RegistryEntry], chance: random.Random) -> Files:
    strangers = [RegistryEntry(chance.choice(STRANGERS), each.name, each.kind, each.data) for each in entries]
    return as_files([each for pair in zip(strangers, entries, strict=True) for each in pair])


def _deleted_before(entries: Sequence[RegistryEntry], _: random.Random) -> Files:
    gone = [evolve(each, kind=RegType.SZ, data=DELETION_DATA, action=Action.DELETE_VALUE) for each in entries]
    return as_files([each for pair in zip(gone, entries, strict=True) for each in pair])


def _in_control_set(entries: Sequence[RegistryEntry], _: random.Random) -> Files:
    return as_files([evolve(each, key=each.key.replace("CurrentControlSet", "ControlSet001")) for each in entries])


def _as_preferences(entries: Sequence[RegistryEntry], _: random.Random) -> Files:
    """Return entries as preferences for the registry, which are applied as they are written."""

    def item(each: RegistryEntry) -> str:
        number = each.kind == RegType.DWORD
        said = each.data[::-1].hex() if number else each.data.decode("utf-16-le", "surrogatepass").removesuffix("\0")
        return value(each.name, said, key=each.key, hive=each.hive, type="REG_DWORD" if number else "REG_SZ")

    plain = [each for each in entries if b"%" not in each.data]  # a preference replaces what stands between two of them
    ((_, files),) = as_files([each for each in entries if each not in plain])
    assert isinstance(files, dict)
    for half in ("Machine", "User"):
        items = [item(each) for each in plain if (each.hive == USER) == (half == "User")]
        files |= {f"{half}/Preferences/Registry/Registry.xml": (f"policy.{half}", registry_xml(*items))}
    return [("policy.gpo", files)]


def _as_a_security_template(entries: Sequence[RegistryEntry], _: random.Random) -> Files:
    """Return the numbers of the computer's half as values of a security template, the others beside it."""
    numbers = [each for each in entries if each.kind == RegType.DWORD and each.hive != USER]
    ((_name, files),) = as_files([each for each in entries if each not in numbers])
    assert isinstance(files, dict)
    lines = (f"MACHINE\\{each.key}\\{each.name}=4,{int.from_bytes(each.data, 'little')}" for each in numbers)
    return [("policy.gpo", {**files, TEMPLATE: ("policy.inf", template("[Registry Values]", *lines))})]


def _in_two_files(entries: Sequence[RegistryEntry], chance: random.Random) -> Files:
    lower = [each for each in entries if chance.random() < 0.5]
    return [*as_files(lower, "lower"), *as_files([each for each in entries if each not in lower], "upper")]


OTHER_WORDS: Final[dict[str, Callable[[Sequence[RegistryEntry], random.Random], Files]]] = {
    "in another order": lambda entries, chance: as_files(chance.sample(list(entries), len(entries))),
    "in other letters": _other_letters,
    "said twice": lambda entries, _: as_files([*entries, *entries]),
    "beside strangers": _beside_strangers,
    "deleted before it is set": _deleted_before,
    "in a numbered control set": _in_control_set,
    "as .reg": lambda entries, _: [("policy.reg", reg_text.render(entries))],
    "as LGPO text": _as_lgpo_text,
    "as a security template": _as_a_security_template,
    "as preferences": _as_preferences,
    "in two files": _in_two_files,
    "over nothing": lambda entries, _: [("lower.pol", EMPTY), *as_files(entries)],
    "under nothing": lambda entries, _: [*as_files(entries), ("upper.pol", EMPTY)],
    "over itself": lambda entries, _: [*as_files(entries, "lower"), *as_files(entries, "upper")],
}


Again = Callable[[Files], "Answers"]


class DisagreedError(AssertionError):
    """Two answers about one policy disagree."""


def _fail(what: str, was: object, now: object) -> NoReturn:
    raise DisagreedError(f"{what}:\n  {was!r}\n  {now!r}")


def _same(said: Answers, other: Answers, beside: Policy) -> None:
    for question, was in said.said.items():
        _equal(question, was, other.said[question])
    found = compare(said.policy, other.policy, membership=said.members)
    if (found.verdict, found.certain) != ("equal", True):
        _fail("diff with itself", found.verdict, (found.newly_possible, found.no_longer_possible))
    one, two = (compare(beside, each, membership=said.members) for each in (said.policy, other.policy))
    if (one.verdict, one.certain) != (two.verdict, two.certain):
        _fail("diff with another", (one.verdict, one.certain), (two.verdict, two.certain))


def _equal(place: str, was: Any, now: Any) -> None:
    if isinstance(was, dict) and isinstance(now, dict) and was.keys() == now.keys():
        for key, value in was.items():
            _equal(f"{place}, {key}", value, now[key])
    elif was != now:
        _fail(place, was, now)


def _one_helper_more(entries: Sequence[RegistryEntry], said: Answers, again: Again) -> None:
    """Ask that a helper more takes nothing from anybody, and gives itself what the others have."""
    name = r"NEW\helper"
    more = again(as_files([*entries, RegistryEntry(OFFER_HELPERS.key, name, RegType.SZ, _sz(name))]))
    found = compare(said.policy, more.policy, membership=said.members)
    if found.verdict not in {"equal", "looser"}:
        _fail("diff", found.verdict, found.no_longer_possible)
    for question in (question for question in said.said if question.startswith("explain")):
        was, now = (answers.said[question] for answers in (said, more))
        asks = {each["group"] for each in now["asks"]} == {name.casefold()}  # it may be a group with the expert in it
        if was["decision"] != now["decision"] and not (was["decision"] == "deny" and asks):
            _fail(question, was, now)
    answer = explain(more.policy, name, "offer", said.members).answer
    gets = {State.ENABLED: {"allow", "unclear"}, State.UNKNOWN: {"unclear"}}.get(
        more.policy.offer.state, {"deny", "unclear"}
    )
    if answer not in gets:
        _fail("explain of the helper", gets, answer)
    if name.casefold() not in {each.text.casefold() for each in more.policy.offer.helpers}:
        _fail("audit does not name it", name, more.policy.offer.helpers)


def _one_road_more(entries: Sequence[RegistryEntry], said: Answers, again: Again) -> None:
    """Ask that a session that may be worked in unasked is told by every answer, whatever else stands there."""
    silent = [each for each in entries if fold(each.name) != fold(SHADOW.value)]
    before, after = again(as_files(silent)), again(as_files([*silent, _entry(SHADOW, RegType.DWORD, b"\2\0\0\0")]))
    found = compare(before.policy, after.policy, membership=said.members)
    if found.verdict != "looser" or not found.certain:
        _fail("diff", found.verdict, found.newly_possible)
    if not any(each.kind.id == "RA060" and "shadowing" in each.message for each in after.audited.findings):
        _fail("audit", "RA060", after.audited.findings)
    if "session shadowing" not in first_line(after.audited, Severity.HIGH):
        _fail("first line", "session shadowing", first_line(after.audited, Severity.HIGH))
    roads = explain(after.policy, EXPERTS[0], "offer", said.members).roads
    if not any(road.road == "session shadowing" and road.unasked for road in roads):
        _fail("explain", "session shadowing", roads)


MORE: Final = {"with a helper more": _one_helper_more, "with a road more": _one_road_more}


# ---- the attack ----------------------------------------------------------------------------------------------


WAYS: Final = (*OTHER_WORDS, *MORE)


def once(seed: int, number: int) -> set[str]:
    """Draw a policy, attack what is answered of it in one way, and return what was reached.

    Raises:
        AssertionError: two answers disagree, or something broke; with what makes it again.

    """
    chance, way = random.Random(seed * 1_000_003 + number), WAYS[number % len(WAYS)]  # noqa: S311
    entries, members = draw(chance), chance.choice(MEMBERS)
    again = partial(ask, members=members, questions=chance.sample(QUESTIONS, 2))
    try:
        said = again(as_files(entries))
        if way in OTHER_WORDS:
            _same(said, again(OTHER_WORDS[way](entries, chance)), ask(as_files(draw(chance)), members).policy)
        else:
            MORE[way](entries, said, again)
    except Exception as error:
        raise AssertionError(f"{way}, seed {seed}, number {number}: {error}") from error
    return {f"way: {way}", *_reach_of(said)}


def attack(count: int, seed: int, first: int = 0) -> Counter[str]:
    """Attack so often and return how often each thing was reached.

    Raises:
        AssertionError: see `once`.

    """
    return Counter(what for number in range(first, first + count) for what in once(seed, number))


def _reach_of(said: Answers) -> set[str]:
    """Return what was answered, in words that can be counted."""
    report = as_audited(said.audited)
    answers = {
        f"explain: {found['decision']}" for question, found in said.said.items() if question.startswith("explain")
    }
    roads = {
        f"road: {road['road']}, open {road['open']}, asks {road['asks the user']}"
        for road in report["files"][0]["roads"]
    }
    walls = {f"firewall: {found['offer']}" for found in report["files"][0]["firewall"].values()}
    return answers | roads | walls | {f"finding: {found['rule']}" for found in report["findings"]}


def main() -> None:
    """Attack, and print what was reached."""
    count, seed, first = (int(given or usual) for given, usual in zip_longest(sys.argv[1:4], (1_000, 1, 0)))
    reached = attack(count, seed, first)
    for what, many in sorted(reached.items()):
        print(f"{many:6} {what}")  # noqa: T201
    findings = sum(what.startswith("finding: ") for what in reached)
    print(f"{count} policies, {findings} of {len(FINDINGS)} findings")  # noqa: T201


if __name__ == "__main__":
    main()
