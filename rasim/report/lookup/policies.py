"""The names of what policy files say: findings, requirements of guides, settings, systems, roads, exceptions, formats."""

from collections.abc import Iterable, Iterator
from typing import Final

from rasim.analysis.findings import FINDINGS
from rasim.analysis.guidance import OFFER_GUIDANCE, SOLICITED_GUIDANCE
from rasim.policy import NAMED, SYSTEMS
from rasim.policy.firewall import FIREWALL_WORDS, REMOTE_DESKTOP
from rasim.policy.roads import ROADS
from rasim.policy.settings import DCOM_LIMITS, FIREWALL, FIREWALL_RULES, IPSEC_BYPASS, LOCAL_RULES, SETTINGS, Setting
from rasim.report.lookup.entries import Entry, facts_told
from rasim.report.lookup.sources import rows_listed

_HOW_BAD: Final = {
    "high": "lets strangers in",
    "medium": "gives more than needed, or is uncertain",
    "low": "a surprise",
}


def findings_named() -> Iterator[Entry]:
    """Yield the kinds of findings."""
    for one in FINDINGS:
        yield Entry(
            "finding",
            one.id,
            f"{one.says}.",
            facts_told(
                ("severity", f"{one.severity}: {_HOW_BAD[str(one.severity)]}"),
                ("what to do", one.remedy),
                ("asked by", (f"{each.guide} {each.id}" for each in one.guidance)),
            ),
            f"rasim audit POLICY --fail-on {one.severity}",
            refers=tuple(each.id for each in one.guidance),
        )


def requirements_named() -> Iterator[Entry]:
    """Yield what hardening guides ask for."""
    for one in (*OFFER_GUIDANCE, *SOLICITED_GUIDANCE):
        yield Entry(
            "requirement",
            one.id,
            f"{one.guide} asks: {one.asks}.",
            facts_told(("mark", one.mark)),
            "rasim audit POLICY",
            also=(one.guide, *one.id.replace(",", " ").replace("(", " ").replace(")", " ").split()[:2]),
        )


def settings_named() -> Iterator[Entry]:
    """Yield every setting that is read, each by the shortest name that is its own."""
    of_roads = (setting for road in ROADS for setting in road.settings)
    firewall = (setting for of in FIREWALL.values() for setting in of.all())
    known = tuple(
        dict.fromkeys((*SETTINGS, *firewall, FIREWALL_RULES, LOCAL_RULES, IPSEC_BYPASS, *DCOM_LIMITS, *of_roads))
    )
    paths = {setting: f"{setting.key}\\{setting.value}".rstrip("\\").split("\\") for setting in known}
    taken: set[str] = set()
    for setting, parts in paths.items():
        ends = ["\\".join(parts[-length:]) for length in range(1, len(parts) + 1)]
        name = next((end for end in ends if end.casefold() not in taken and _first(end, setting, paths)), ends[-1])
        taken.add(name.casefold())
        yield Entry(
            "setting",
            name,
            f"{setting.words}.",
            facts_told(
                ("key", setting.key),
                ("value", setting.value or "every value of the key"),
                ("means", (f"{number} {says}" for number, says in setting.meanings.items())),
                ("otherwise", " / or: ".join(setting.readings)),
                ("source", setting.source),
            ),
            _as_reg(setting),
            also=(*ends, setting.field, setting.words),
        )


def _first(end: str, setting: Setting, paths: dict[Setting, list[str]]) -> bool:
    """Return whether an end of a path is the setting's own; of policy's and another's with one value it is policy's."""
    same = [
        each for each, parts in paths.items() if "\\".join(parts[-end.count("\\") - 1 :]).casefold() == end.casefold()
    ]
    return same[0] is setting and (len(same) == 1 or setting in SETTINGS)


def _as_reg(setting: Setting) -> str:
    if not setting.value:
        return f"[HKEY_LOCAL_MACHINE\\{setting.key}]"
    number = next(reversed(setting.meanings), None)
    return f'"{setting.value}"=dword:{1 if number is None else number:08x}'


def systems_named() -> Iterator[Entry]:
    """Yield the operating systems."""
    for name, system in SYSTEMS.items():
        words = " and ".join(" or ".join(group) for group in system.needs)
        opens = "open while an assistance uses it" if system.sessmgr_opens_3389 else ""
        yield Entry(
            "system",
            name,
            "a system whose firewall policy governs."
            if system.managed_firewall
            else "policy does not govern its firewall.",
            facts_told(
                ("an offer needs", words),
                ("needs as", system.inherits),
                ("port 3389", opens),
                ("firewall", "that of Windows Vista and later, with rules" if system.by_rules else ""),
                ("disabled invitations block offers", system.solicited_blocks_offers.value),
                ("source", system.source),
            ),
            f"rasim explain POLICY --expert 'CORP\\anna' --os {name.removeprefix('windows-')}",
            also=(name.removeprefix("windows-"), name.replace("-", " ")),
            refers=tuple(f"exception {need}" for group in system.needs for need in group),
        )


def roads_named() -> Iterator[Entry]:
    """Yield the ways in which somebody can see or control a screen."""
    marks = {row[0]: row[2] for row in rows_listed("road")}
    yield Entry(
        "road",
        "offer",
        "help that nobody asked for; the user is asked.",
        also=("offers",),
        refers=("setting fAllowUnsolicited",),
    )
    yield Entry(
        "road",
        "invitation",
        "help that the user asked for.",
        also=("invitations",),
        refers=("setting fAllowToGetHelp",),
    )
    for road in ROADS:
        asks = {True: "yes", False: "no", None: "as its settings say"}[road.asks]
        yield Entry(
            "road",
            road.name,
            f"{road.who or 'somebody'} {road.says}.",
            facts_told(
                ("id", road.id),
                ("asks the user", asks),
                ("gives", road.gives or "as its settings say"),
                ("settings", dict.fromkeys(str(setting) for setting in road.settings)),
                ("mark", marks.get(road.id, "")),
            ),
            "rasim audit POLICY",
            also=(road.id,),
            refers=(road.id, *(f"setting {setting}" for setting in road.settings)),
        )


def exceptions_named() -> Iterator[Entry]:
    """Yield the exceptions and switches of the firewall that have a word."""
    for name, raw in NAMED.items():
        words = FIREWALL_WORDS.get(name, FIREWALL_WORDS["port"])
        yield Entry(
            "exception",
            name,
            "an exception of the firewall that an offer may need.",
            facts_told(("written", raw), ("words", words), ("needed on", _needed_on(name))),
            f"firewall: {{{name}: {next(iter(words))}}}",
        )
    for name in (REMOTE_DESKTOP, "windows firewall", "exceptions", "3389 tcp"):
        words = FIREWALL_WORDS.get(name, FIREWALL_WORDS["port"])
        yield Entry(
            "exception",
            name,
            "a port that is open all the time where an exception says so."
            if name == "3389 tcp"
            else "a switch of the firewall.",
            facts_told(("words", words), ("needed on", _needed_on(name))),
            f"firewall: {{{name}: {next(iter(words))}}}",
        )


def _needed_on(name: str) -> Iterable[str]:
    return (os.removeprefix("windows-") for os, each in SYSTEMS.items() if any(name in group for group in each.needs))


def formats_named() -> Iterator[Entry]:
    """Yield the formats of policy files that are read."""
    for name, says, counts in rows_listed("formats"):
        yield Entry(
            "format",
            name,
            f"{says}.",
            facts_told(("an entry is", counts)),
            "rasim audit FILE",
            also=(name.partition(",")[0],),
        )
    for name, says, mark in rows_listed("instructions"):
        yield Entry("format", name, f"a name in a Registry.pol: {says}.", (("mark", mark),), "rasim audit FILE")
