"""The words of scenario steps: one closed grammar, read and written from the same phrases.

A step has an actor and a phrase: `anna: offers help to bob`. Each `Phrase` stands for one kind of event of the table with
what it carries; parts in brackets may be left out where they are clear. The infinitive after `tries to` is the phrase with
its first word changed (`VERBS`). `PHRASES` is the catalogue of events; a trace or a counterexample prints as these steps.
`FAULTS` are what befalls links, sides and clocks: no events of the table, but what keeps events from it (`faults.py`).
"""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Literal

from attrs import frozen

from rasim.protocol.rules import CONTROL, table
from rasim.protocol.terms import Value
from rasim.protocol.vocabulary import CAPABILITIES, FURTHER, further

Actor = Literal["expert", "user", "computer", "administrator", "link", "firewall"]
RESERVED = ("expect", "wait", "together", "administrator", "computer", "network", "link", "firewall")

VERBS: Mapping[str, str] = {
    "accepts": "accept", "adds": "add", "asks": "ask", "carries": "carry", "changes": "change", "closes": "close",
    "comes": "come", "covers": "cover", "crashes": "crash", "cuts": "cut", "delays": "delay", "delivers": "deliver",
    "denies": "deny", "ends": "end", "fails": "fail", "gives": "give", "grants": "grant", "heals": "heal",
    "hears": "hear", "holds": "hold", "leaves": "leave", "lets": "let", "locks": "lock", "logs": "log",
    "loses": "lose", "moves": "move", "offers": "offer", "opens": "open", "pauses": "pause", "presses": "press",
    "refuses": "refuse", "removes": "remove", "repeats": "repeat", "restarts": "restart", "resumes": "resume",
    "runs": "run", "sets": "set", "shows": "show", "stops": "stop", "switches": "switch", "takes": "take",
    "turns": "turn", "uncovers": "uncover", "unlocks": "unlock", "uses": "use", "withdraws": "withdraw",
}  # fmt: skip


@frozen(slots=False)
class Phrase:
    """A phrase of an actor: its text with slots, and the event it stands for.

    Slots are `{expert}`, `{user}` (people of the scenario), `{capability}`, `{account}` and `{group}`; in faults also `{time}`
    and `{percent}`. Of a fault `kind` is its name.
    """

    actor: Actor
    text: str
    kind: str
    carries: tuple[tuple[str, Value], ...] = ()

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return the phrase as a pattern of whole steps, slots as groups; third person or infinitive."""
        verb, rest = _split(self.text)
        text = re.escape(rest).replace(r"\ ", " ").replace(r"\[", "(?:").replace(r"\]", ")?")
        for slot, fits in _SLOTS.items():
            text = text.replace(rf"\{{{slot}\}}", f"(?P<{slot}>{fits})")
        return re.compile(f"(?P<verb>{verb}|{VERBS[verb]}){text}$")

    def written(self, names: Mapping[str, str], *, infinitive: bool = False) -> str:
        """Return the phrase with names in its slots; a part in brackets whose slot has no name is left out."""

        def part(match: re.Match[str]) -> str:
            inner = match.group(1)
            return inner if all(slot in names for slot in re.findall(r"\{(\w+)\}", inner)) else ""

        text = re.sub(r"\[([^]]*)\]", part, self.text).format_map(names)
        verb, rest = _split(text)
        return f"{VERBS[verb] if infinitive else verb}{rest}"

    def spoken(self, names: Mapping[str, str], *, tries: bool) -> "Spoken":
        """Return the phrase as it is used with these names; those it has no slot for are left out."""
        slots = re.findall(r"\{(\w+)\}", self.text)
        return Spoken(self, tuple((slot, names[slot]) for slot in slots if slot in names), tries)


def _split(text: str) -> tuple[str, str]:
    verb = re.match(r"\w+", text)
    end = verb.end() if verb else 0
    return text[:end], text[end:]


_SLOTS: Mapping[str, str] = {
    "expert": r"\S+",
    "user": r"\S+",
    "capability": "|".join(CAPABILITIES),
    "account": r"\S.*?",
    "group": r"\S.*",
    "time": r"\d{1,9}(?:\.\d{1,6})? ?(?:us|ms|s|min|h)",
    "percent": r"[1-9]\d{0,2}",
}

ANOTHER: tuple[tuple[str, Value], ...] = (("prompt", "another"),)


def _origin(origin: str, *more: tuple[str, Value]) -> tuple[tuple[str, Value], ...]:
    return tuple(sorted((("origin", origin), *more)))


def _answers() -> Iterator[Phrase]:
    """Every answer: by the user's own hand, and for the user by everybody else, each on this prompt or another."""
    own = (
        ("accepts[ {expert}]", "accepts"),
        ("denies[ {expert}]", "denies"),
        ("grants {capability}[ to {expert}]", "grants {capability}"),
        ("refuses {capability}[ to {expert}]", "refuses {capability}"),
    )
    for text, kind in own:
        yield Phrase("user", text, kind)
        yield Phrase("user", f"{text} on another prompt", kind, ANOTHER)
    others: tuple[tuple[Actor, str, str], ...] = (
        ("expert", "injected", ""),
        ("administrator", "policy", "[ {expert}]"),
        ("computer", "timer", "[ {expert}]"),
    )
    for actor, origin, whom in others:
        for text, kind in (
            (f"accepts{whom} for {{user}}", "accepts"),
            (f"denies{whom} for {{user}}", "denies"),
            (f"grants {{capability}}{whom and '[ to {expert}]'} for {{user}}", "grants {capability}"),
            (f"refuses {{capability}}{whom and '[ to {expert}]'} for {{user}}", "refuses {capability}"),
        ):
            yield Phrase(actor, text, kind, _origin(origin))
            yield Phrase(actor, f"{text} on another prompt", kind, _origin(origin, *ANOTHER))
        for text, kind in (
            (f"pauses{whom} for {{user}}", "pauses"),
            (f"resumes{whom} for {{user}}", "resumes"),
            (f"stops {{capability}}{whom and '[ of {expert}]'} for {{user}}", "stops {capability}"),
            (f"ends{whom} for {{user}}", "user ends"),
        ):
            yield Phrase(actor, text, kind, _origin(origin))


PHRASES: tuple[Phrase, ...] = (
    Phrase("expert", "asks for a ticket[ to help {user}]", "asks for a ticket"),
    Phrase("expert", "offers help[ to {user}]", "offers help"),
    Phrase("expert", "offers help[ to {user}] with a used ticket", "offers help", (("ticket", "used"),)),
    Phrase("expert", "offers help[ to {user}] with a foreign ticket", "offers help", (("ticket", "foreign"),)),
    Phrase("expert", "offers help[ to {user}] with an expired ticket", "offers help", (("ticket", "expired"),)),
    Phrase("expert", "offers help[ to {user}] with a malformed ticket", "offers help", (("ticket", "malformed"),)),
    Phrase("expert", "comes back[ to the old connection with {user}]", "comes back"),
    Phrase("expert", "withdraws[ the offer to {user}]", "withdraws"),
    Phrase("expert", "ends[ the assistance of {user}]", "expert ends"),
    Phrase("expert", "leaves", "expert ends"),
    Phrase("expert", "asks for {capability}[ of {user}]", "asks for {capability}"),
    Phrase("expert", "takes the request for {capability}[ of {user}] back", "takes back {capability}"),
    Phrase("expert", "moves the mouse[ of {user}]", "uses control"),
    Phrase("expert", "uses {capability}[ of {user}]", "uses {capability}"),
    Phrase("expert", "gives {capability}[ of {user}] back", "gives back {capability}"),
    *_answers(),
    Phrase("user", "closes the question about {capability}[ of {expert}]", "refuses {capability}"),
    Phrase("user", "closes the question[ about {expert}]", "denies"),
    Phrase("user", "pauses[ {expert}]", "pauses"),
    Phrase("user", "resumes[ {expert}]", "resumes"),
    Phrase("user", "presses Esc", "stops control"),
    Phrase("user", "stops {capability}[ of {expert}]", "stops {capability}"),
    Phrase("user", "ends[ the assistance of {expert}]", "user ends"),
    Phrase("user", "logs on", "logs on"),
    Phrase("user", "logs off", "logs off"),
    Phrase("user", "locks the session", "is locked"),
    Phrase("user", "unlocks the session", "is unlocked"),
    Phrase("user", "switches away", "is switched away"),
    Phrase("user", "switches back", "is switched to"),
    Phrase("computer", "covers {user} with the secure desktop", "is covered"),
    Phrase("computer", "uncovers {user}", "is uncovered"),
    Phrase("computer", "runs the refresh task", "refresh task runs"),
    Phrase("computer", "restarts", "computer restarts"),
    Phrase("computer", "shows a frame[ of {user}][ to {expert}]", "a frame is due"),
    Phrase("computer", "covers the question about {expert}[ for {user}]", "prompt is covered"),
    Phrase("computer", "changes the question about {expert}[ for {user}]", "prompt changes"),
    Phrase("computer", "fails to show the question about {expert}[ for {user}]", "prompt fails"),
    Phrase(
        "computer", "covers the question about {capability} of {expert}[ for {user}]", "{capability} prompt is lost"
    ),
    Phrase("computer", "lets the ticket of {expert}[ for {user}] expire", "ticket time passes"),
    Phrase("computer", "lets the consent time of {expert}[ for {user}] pass", "consent time passes"),
    Phrase("computer", "lets the cool-down of {expert}[ for {user}] pass", "cool-down passes"),
    Phrase("computer", "lets the maximum time of {expert}[ for {user}] pass", "maximum time passes"),
    Phrase("computer", "lets the {capability} time of {expert}[ for {user}] pass", "{capability} time passes"),
    Phrase(
        "computer", "lets the {capability} cool-down of {expert}[ for {user}] pass", "{capability} cool-down passes"
    ),
    Phrase("administrator", "turns offers on", "policy is applied", (("new offers", "enabled"),)),
    Phrase("administrator", "turns offers off", "policy is applied", (("new offers", "disabled"),)),
    Phrase("administrator", "removes the offer policy", "policy is applied", (("new offers", "not configured"),)),
    Phrase("administrator", "lets helpers control", "policy is applied", (("new control", True),)),
    Phrase("administrator", "lets helpers only view", "policy is applied", (("new control", False),)),
    Phrase("administrator", "adds {account} to the helpers", "helper is added"),
    Phrase("administrator", "removes {account} from the helpers", "helper is removed"),
    Phrase("administrator", "adds {account} to the group {group}", "helper is added"),
    Phrase("administrator", "removes {account} from the group {group}", "helper is removed"),
    Phrase("link", "loses {expert}[ with {user}]", "link is lost"),
    Phrase("firewall", "opens", "firewall opens"),
    Phrase("firewall", "closes", "firewall closes"),
)


def _of_and_to(begin: str, end: str, kind: str) -> Iterator[Phrase]:
    """Yield what befalls the messages of an expert, and those to it."""
    yield Phrase("link", f"{begin} of {{expert}}{end}", f"{kind} of")
    yield Phrase("link", f"{begin} to {{expert}}{end}", f"{kind} to")


FAULTS: tuple[Phrase, ...] = (
    Phrase("link", "cuts {expert}", "cut"),
    Phrase("link", "heals {expert}", "heal"),
    *_of_and_to("loses the next message", "", "lose"),
    *_of_and_to("repeats the next message", "", "repeat"),
    *_of_and_to("holds back the next message", "", "hold back"),
    *_of_and_to("delivers what it held back", "", "deliver"),
    Phrase("link", "repeats the last message of {expert}", "repeat last"),
    *_of_and_to("delays messages", " by {time}", "delay"),
    *_of_and_to("carries a message", " every {time}", "pace"),
    Phrase("computer", "hears {user} {time} late", "hear late"),
    Phrase("computer", "crashes", "crash"),
    Phrase("computer", "comes back to life", "revive"),
    Phrase("computer", "sets the clock forward by {time}", "clock forward"),
    Phrase("computer", "sets the clock back by {time}", "clock back"),
    Phrase("computer", "runs the clock at {percent} %", "clock speed"),
    Phrase("expert", "crashes", "crash"),
    Phrase("expert", "comes back to life", "revive"),
    Phrase("expert", "sets the clock forward by {time}", "clock forward"),
    Phrase("expert", "sets the clock back by {time}", "clock back"),
    Phrase("expert", "runs the clock at {percent} %", "clock speed"),
)
FAULT_SAYS: Mapping[str, str] = {
    "cut": "the link carries nothing until it heals; a side that has heard nothing for 10 s takes it for lost",
    "heal": "the link carries again, and what waited in it arrives, unless it was taken for lost",
    "lose of": "the next message of the expert never arrives",
    "lose to": "the next message to the expert never arrives",
    "repeat of": "the next message of the expert arrives twice",
    "repeat to": "the next message to the expert arrives twice",
    "hold back of": "the next message of the expert does not arrive until it is delivered",
    "hold back to": "the next message to the expert does not arrive until it is delivered",
    "deliver of": "what was held back of the expert arrives now; one by a connection that is over counts as coming back to it",
    "deliver to": "what was held back arrives at the expert now",
    "repeat last": "the last message of the expert arrives once more",
    "delay of": "every message of the expert takes so long from now on; its step lasts until it has arrived",
    "delay to": "every message to the expert takes so long from now on",
    "pace of": "a message of the expert keeps the link busy for so long: its bandwidth",
    "pace to": "a message to the expert keeps the link busy for so long",
    "hear late": "what the user does reaches the computer so much later from now on: its window hangs",
    "crash": "the side stops and forgets; what is on its way to it is lost. A computer that stops has restarted for the table",
    "revive": "the side runs again and knows nothing of before; users have to log on again",
    "clock forward": "the clock on the wall is set; nothing that may take a time is measured by it",
    "clock back": "the clock on the wall is set; nothing that may take a time is measured by it",
    "clock speed": "the clock of that side runs at so many hundredths of the true speed, and all that it measures with it",
}
EVERY_PHRASE = (*PHRASES, *FAULTS)

# What `expect` may say of an expert, of a user, of the last step, of a port.
EXPERT_WORDS = (
    "nothing", "ticket", "asked", "view only", "control asked", "control", "busy", "refused", "unreachable",
)  # fmt: skip
USER_WORDS = ("asked about {expert}", "not asked", "asked for control", "viewed", "not viewed")
LAST_WORDS = ("done", "refused", "ignored", "lost", "under way")
PORT_WORDS = ("open", "closed")


def _reasons() -> Iterator[str]:
    """Yield what may stand after `because`: the names of all conditions and needs, and of the settings behind them."""
    rules = table(capabilities=(CONTROL, *map(further, FURTHER)))
    conditions = [c for row in rules.rows for c in row.provided] + [c for thing in rules.things for c in thing.needs]
    for condition in conditions:
        yield condition.name
        yield from condition.settings
    yield "no row"


REASONS = tuple(dict.fromkeys(_reasons()))


@frozen
class Spoken:
    """A phrase as it was used: with the names in its slots, plainly or after `tries to`."""

    phrase: Phrase
    slots: tuple[tuple[str, str], ...]
    tries: bool

    def slot(self, name: str) -> str | None:
        """Return what stands in a slot, None if it was left out."""
        return dict(self.slots).get(name)

    @property
    def text(self) -> str:
        """Return the words."""
        said = self.phrase.written(dict(self.slots), infinitive=self.tries)
        return f"tries to {said}" if self.tries else said

    @property
    def kind(self) -> str:
        """Return the kind of event of the table."""
        return self.phrase.kind.replace("{capability}", self.slot("capability") or "")


def hear(actor: Actor, text: str) -> Spoken | None:
    """Read a step of an actor; None if it is no phrase of this actor."""
    words = " ".join(text.split())
    tries = words.startswith("tries to ")
    words = words.removeprefix("tries to ")
    for phrase in EVERY_PHRASE:
        if phrase.actor != actor:
            continue
        match = phrase.pattern.match(words)
        if match and (match["verb"] in VERBS) != tries:
            found = {name: value for name, value in match.groupdict().items() if value is not None and name != "verb"}
            return Spoken(phrase, tuple(found.items()), tries)
    return None


ORDINARY = ("local", "on show", "own")
CARRIED = frozenset(
    fact.name for kind in table().kinds for fact in kind.carries
)  # a mutant's claims are not among them


def phrase_for(kind: str, carries: Mapping[str, Value]) -> tuple[Phrase, str | None]:
    """Return the phrase that stands for an event, with its capability; KeyError if no phrase does."""
    said = {name: value for name, value in carries.items() if name in CARRIED and value not in ORDINARY}
    for phrase in PHRASES:
        for capability in (None, *CAPABILITIES):
            if phrase.kind.replace("{capability}", capability or "-") == kind and dict(phrase.carries) == said:
                return phrase, capability
    raise KeyError(kind)
