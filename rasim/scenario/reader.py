"""Scenario files: YAML text in, a `Scenario` out, or every mistake of the file at once.

Words stay as they are written (`no` is no boolean, `010` is ten), every mistake has its line and column, and an unknown word is
an error with the nearest known one. Files that a scenario names (`policy: {files: …}`) are opened beside it, when it is played.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from ipaddress import IPv4Address
from typing import Any, get_args, get_type_hints

from attrs import define, field, fields

from rasim.errors import ScenarioError, UsageError, Where
from rasim.inputs import MapNode, Node, Reading, Word
from rasim.policy import SYSTEMS, Membership, fold, parse_account
from rasim.policy.firewall import FIREWALL_WORDS
from rasim.policy.systems import system_called
from rasim.protocol.choices import Choices, microseconds, parse_time
from rasim.protocol.vocabulary import CAPABILITIES
from rasim.runtime.tape import Tape
from rasim.scenario import grammar, model

FIREWALL_PARTS = ("firewall", "ports", "programs")
_LARGEST = 1 << 20  # characters; a scenario is a page of text
_LONGEST = 366 * 86_400_000_000  # microseconds; the clock counts exactly much further than anybody waits
MOST_FRAMES = 100_000
_MEANT = re.compile(r"""(?:^\ufeff?|\A(?:[\ufeff\s{]|---|[#%][^\n]*\n)*)["']?rasim["']?\s*:""", re.MULTILINE)


# ---- reading -------------------------------------------------------------------------------------------------


def read_scenario(text: str, file: str = "") -> model.Scenario:
    """Read a scenario. Raises ScenarioError with every mistake in it."""
    reader = _Reader(text, file)
    scenario = reader.read()
    reader.finish(ScenarioError)
    assert scenario is not None  # noqa: S101  (none without a mistake)
    return scenario


def is_scenario(text: str) -> bool:
    """Return whether a YAML text is meant as a scenario.

    It has the key `rasim` at its start of a line or as its first, in whatever quotes; or all the other keys that a scenario needs.
    """
    others = (rf"""^["']?{key}["']?\s*:""" for key in ("scenario", "people", "steps"))
    return _MEANT.search(text) is not None or all(re.search(key, text, re.MULTILINE) for key in others)


@define
class _Reader(Reading):
    """Turns a tree of words into a scenario and collects what is wrong on the way."""

    what: str = "scenario"
    people: dict[str, model.Person] = field(factory=dict, init=False)

    # -- the parts of a scenario

    def read(self) -> model.Scenario | None:
        if len(self.text) > _LARGEST:
            self.wrong(None, f"larger than {_LARGEST} characters: no scenario")
            return None
        root = self.root()
        if root is None:
            return None
        keys = ("rasim", "scenario", "policy", "groups", "people", "computer", "firewall", "ports", "programs",
                "choices", "steps", "replay")  # fmt: skip
        parts = self.known(root, "a scenario", keys)
        for name in ("rasim", "scenario", "policy", "people", "steps"):
            if name not in parts and isinstance(root, MapNode):
                self.wrong(root, f"a scenario needs `{name}:`")
        if "rasim" in parts and self.word(parts["rasim"], "the version") not in (None, "1"):
            self.wrong(parts["rasim"], "this is rasim: 1; another version is not known")
        sentence = self.word(parts["scenario"], "the scenario's sentence") if "scenario" in parts else None
        policy = self.policy(parts["policy"]) if "policy" in parts else None
        membership = self.groups(parts["groups"]) if "groups" in parts else Membership()
        if "people" in parts:
            self.read_people(parts["people"])
        system, address = self.computer(parts["computer"]) if "computer" in parts else (None, None)
        firewall = self.firewall(parts)
        if firewall is not None and firewall.meant.speaks and system is None:
            part = next(parts[name] for name in FIREWALL_PARTS if name in parts)
            self.wrong(part, "what a firewall lets through depends on the system", "computer: {os: windows-xp-sp2}")
        choices = self.choices(parts["choices"]) if "choices" in parts else Choices()
        steps = tuple(self.steps(parts["steps"])) if "steps" in parts else ()
        if "steps" in parts and not steps and not self.problems:
            self.wrong(parts["steps"], "a scenario without steps shows nothing")
        if policy is None or sentence is None:
            return None
        return model.Scenario(
            sentence,
            policy,
            tuple(self.people.values()),
            steps,
            self.file,
            membership,
            system,
            address,
            firewall,
            choices,
            self.replay(parts["replay"]) if "replay" in parts else None,
            self.lines,
        )

    def replay(self, node: Node) -> model.Replay:
        parts = self.known(node, "replay", tuple(each.name for each in fields(model.Replay)))
        said: dict[str, Any] = {name: self.word(value, name) or "" for name, value in parts.items()}
        for name in ("seed", "order"):
            if name in said and not re.fullmatch(r"\d{1,9}", said[name]):
                self.wrong(parts[name], f"`{said[name]}` is no whole number")
                said[name] = "0"
            if name in said:
                said[name] = int(said[name])
        for name in ("tape", "every_order"):
            try:
                Tape.read(said.get(name, ""))
            except UsageError as error:
                self.wrong(parts[name], str(error))
        return model.Replay(**said)

    def policy(self, node: Node) -> model.PolicyText | None:
        parts = self.known(node, "policy", ("offer", "mode", "helpers", "solicited", "files"))
        if "files" in parts:
            for name, other in parts.items():
                if name != "files":
                    self.wrong(other, f"`{name}` beside `files`: the files say it")
            files = tuple(each.text for each in self.words(parts["files"], "files"))
            if not files:
                self.wrong(parts["files"], "no file is named: that is no policy")
            return model.PolicyText({"files": files}, node.where)
        states = ("not configured", "disabled", "enabled")
        stated: dict[str, Any] = {}
        allowed: Mapping[str, Sequence[str]] = {"offer": states, "solicited": states, "mode": ("view", "control")}
        for name, known in allowed.items():
            word = self.one_of(parts[name], name, known) if name in parts else None
            if word is not None:
                stated[name] = word
        if "helpers" in parts:
            # An entry of wrong form is a policy that exists: it matches nobody (R26).
            stated["helpers"] = tuple(each.text for each in self.words(parts["helpers"], "helpers"))
        try:
            return model.PolicyText(stated, node.where)
        except UsageError as error:
            self.wrong(node, str(error))
            return None

    def firewall(self, parts: Mapping[str, Node]) -> model.FirewallText | None:
        """Return the firewall that a scenario states, by words or by the strings themselves; None if it states none."""
        if not any(name in parts for name in FIREWALL_PARTS):
            return None
        said = {}
        if "firewall" in parts:
            for name, (key, value) in self.mapping(parts["firewall"], "firewall").items():
                word = self.exception(name, key, value)
                if word is not None:
                    said[name] = word
        ports, programs = (
            tuple(each.text for each in self.words(parts[name], name)) if name in parts else ()
            for name in ("ports", "programs")
        )
        return model.FirewallText(said, ports, programs)

    def exception(self, name: str, key: Node, node: Node) -> str | None:
        port = re.fullmatch(r"([1-9]\d{0,4}) (tcp|udp)", name)
        known = FIREWALL_WORDS["port"] if port else None if name == "port" else FIREWALL_WORDS.get(name)
        if known is None or (port and int(port[1]) > 65_535):
            self.unknown(
                key,
                "word in firewall",
                name,
                ["135 tcp", "3389 tcp", *(w for w in FIREWALL_WORDS if w != "port")],
            )
            return None
        return self.one_of(node, f"what is said of {name}", tuple(known))

    def account(self, text: str, node: Node) -> str:
        try:
            parse_account(text)
        except UsageError as error:
            escapes = isinstance(node, Word) and node.escapes
            self.wrong(
                node,
                str(error),
                "in double quotes a backslash begins an escape: use single quotes" if escapes else "",
            )
        return text

    def groups(self, node: Node) -> Membership:
        told: dict[str, list[str]] = {}
        for name, (key, value) in self.mapping(node, "groups").items():
            members = self.words(value, f"the members of {name}")
            told[self.account(name, key)] = [self.account(each.text, each) for each in members]
        try:
            return Membership.of(told)
        except UsageError:
            return Membership()  # each wrong name was reported at its place

    def read_people(self, node: Node) -> None:
        sessions: dict[str, str] = {}
        for name, (key, value) in self.mapping(node, "people").items():
            if name in (*grammar.RESERVED, "last", "because", *CAPABILITIES):
                self.wrong(key, f"`{name}` is a word of scenarios and cannot be a person's name")
            if not re.fullmatch(r"[^\W\d][\w-]*", name):
                self.wrong(key, f"`{name}` is no name: letters, digits and - only")
            parts = self.known(value, f"the person {name}", ("account", "uses"))
            account = ""
            if "account" not in parts:
                self.wrong(key, f"{name} needs an `account`")
            else:
                account = self.account(self.word(parts["account"], "an account") or "", parts["account"])
            uses = self.word(parts["uses"], "a logon session") if "uses" in parts else None
            if uses is not None and uses in sessions:
                self.wrong(parts["uses"], f"the logon session {uses} is already {sessions[uses]}'s")
            if uses is not None:
                sessions[uses] = name
            elif any(p.uses is None and fold(p.account) == fold(account) for p in self.people.values()):
                self.wrong(key, f"{name} is a second expert with the account {account}")
            self.people[name] = model.Person(name, account, uses)

    def computer(self, node: Node) -> tuple[str | None, str | None]:
        """Return the operating system, and the address that offers come from."""
        parts = self.known(node, "computer", ("os", "offers from"))
        named = self.word(parts["os"], "operating system") if "os" in parts else None
        system = None if named is None else system_called(named)
        if named is not None and system is None:
            self.unknown(parts["os"], "operating system", named, SYSTEMS)
        address = self.word(parts["offers from"], "where offers come from") if "offers from" in parts else None
        if address is not None and not _is_address(address):
            self.wrong(parts["offers from"], f"`{address}` is no IPv4 address", "offers from: 10.0.0.1")
            address = None
        return system, address

    def choices(self, node: Node) -> Choices:
        hints = get_type_hints(Choices)
        names = {a.name.replace("_", " "): a.name for a in fields(Choices)}
        chosen: dict[str, Any] = {}
        for name, value in self.known(node, "choices", tuple(names)).items():
            if hints[names[name]] is timedelta:
                time = self.duration(self.word(value, "a time") or "", value)
                if time is not None:
                    chosen[names[name]] = timedelta(microseconds=time)
            else:
                word = self.one_of(value, f"value of {name}", get_args(hints[names[name]]))
                if word is not None:
                    chosen[names[name]] = word
        choices = Choices(**chosen)
        if choices.frame_time * MOST_FRAMES < choices.maximum_time:
            self.wrong(node, f"more than {MOST_FRAMES} frames in the maximum time")
        return choices

    def duration(self, text: str, node: Node) -> int | None:
        try:
            return microseconds(parse_time(text))
        except UsageError as error:
            hint = "write a number and one of us, ms, s, min, h: `30 s`" if str(error).endswith("is no time") else ""
            self.wrong(node, str(error), hint)
            return None

    # -- steps

    def steps(self, node: Node, *, inside: bool = False) -> Iterator[model.ScenarioStep]:
        for item in self.items(node, "steps"):
            entries = self.mapping(item, "a step")
            if len(entries) != 1:
                if entries:
                    self.wrong(item, "a step has one actor and what it does: `- anna: offers help to bob`")
                continue
            ((actor, (key, value)),) = entries.items()
            step = self.step(actor, key, value, inside=inside)
            if step is not None:
                yield step

    def step(self, actor: str, key: Node, value: Node, *, inside: bool) -> model.ScenarioStep | None:
        where = key.where
        if actor in ("expect", "together") and inside:
            self.wrong(where, f"`{actor}` cannot stand inside `together`")
            return None
        if actor == "wait":
            microseconds = self.duration(self.word(value, "a time") or "", value)
            return None if microseconds is None else model.Wait(microseconds, where)
        if actor == "expect":
            return self.expect(value, where)
        if actor == "together":
            steps = tuple(self.steps(value, inside=True))
            if not steps and not self.problems:
                self.wrong(value, "nothing is together")
            if len(steps) > 5:
                self.wrong(where, "more than five steps together have too many orders to play")
            return model.Together(steps, where)
        kind = self.kind_of(actor)
        if kind is None:
            known = (*self.people, *grammar.RESERVED)
            self.unknown(where, "actor", actor, known)
            return None
        if isinstance(value, MapNode) and actor == "administrator":
            parts = self.known(value, "an act of the administrator", ("applies policy", "applies firewall"))
            policy = self.policy(parts["applies policy"]) if "applies policy" in parts else None
            firewall = self.firewall({"firewall": parts["applies firewall"]}) if "applies firewall" in parts else None
            if not parts and not self.problems:
                self.wrong(
                    where, "the administrator does nothing", "administrator: {applies policy: {offer: disabled}}"
                )
            return model.Do(actor, None, where, policy, firewall) if parts else None
        return self.do(actor, kind, value, where)

    def kind_of(self, actor: str) -> grammar.Actor | None:
        if actor in self.people:
            return "expert" if self.people[actor].uses is None else "user"
        words: Mapping[str, grammar.Actor] = {
            "administrator": "administrator", "computer": "computer", "link": "link", "network": "link",
            "firewall": "firewall",
        }  # fmt: skip
        return words.get(actor)

    def do(self, actor: str, kind: grammar.Actor, node: Node, where: Where) -> model.Do | None:
        text = self.word(node, f"what {actor} does")
        if text is None:
            return None
        spoken = grammar.hear(kind, text)
        if spoken is None:
            self.unknown(node, f"step of {_a(kind)}", text, self.phrases(kind, text))
            return None
        for slot, wanted in (("expert", None), ("user", "session")):
            name = spoken.slot(slot)
            if name is None:
                continue
            person = self.people.get(name)
            if person is None:
                known = [p.name for p in self.people.values() if (p.uses is None) == (wanted is None)]
                self.unknown(node, slot, name, known)
            elif (person.uses is None) != (wanted is None):
                self.wrong(node, f"{name} is no {slot}")
        for slot, means in (("account", self.account), ("group", self.account), ("time", self.duration)):
            if (name := spoken.slot(slot)) is not None:
                means(name, node)
        unsaid = spoken.slot("user") is None and spoken.phrase not in grammar.FAULTS
        if kind == "expert" and unsaid and len(self.users()) != 1:
            self.wrong(node, "say to which user", f"users: {', '.join(self.users())}")
        return model.Do(actor, spoken, where)

    def users(self) -> list[str]:
        return [p.name for p in self.people.values() if p.uses is not None]

    def phrases(self, kind: grammar.Actor, text: str) -> Iterator[str]:
        """Yield the phrases of an actor as somebody might have meant to write them."""
        experts = [p.name for p in self.people.values() if p.uses is None] or ["anna"]
        names = {"expert": experts[0], "user": (self.users() or ["bob"])[0], "capability": "control",
                 "account": "CORP\\anna", "group": "CORP\\Helpdesk", "time": "2 s", "percent": "110"}  # fmt: skip
        tries = " ".join(text.split()).startswith("tries to ")
        begin = "tries to " if tries else ""
        for phrase in grammar.EVERY_PHRASE:
            if phrase.actor == kind:
                needed = set(re.findall(r"\{(\w+)\}", re.sub(r"\[[^]]*\]", "", phrase.text)))
                short = {slot: name for slot, name in names.items() if slot in needed}
                yield begin + phrase.written(short, infinitive=tries)
                yield begin + phrase.written(names, infinitive=tries)

    def expect(self, node: Node, where: Where) -> model.Expect | None:
        items: list[model.Expectation] = []
        because: model.Expectation | None = None
        for subject, (key, value) in self.mapping(node, "expect").items():
            if subject == "because":
                word = self.word(value, "the reason")
                because = None if word is None else model.Expectation(subject, (word,), value.where)
                if word is not None and fold(word) not in map(fold, grammar.REASONS):
                    self.unknown(value, "reason", word, grammar.REASONS)
                continue
            known = self.expected_words(subject, key)
            if known is None:
                continue
            if isinstance(value, MapNode):
                parts = self.known(value, f"what is expected of {subject}", ("either",))
                words = self.words(parts["either"], "either") if "either" in parts else ()
            else:
                self.word(value, f"what is expected of {subject}")
                words = (value,) if isinstance(value, Word) else ()
            for each in words:
                if each.text not in known:
                    self.unknown(each, f"expectation of {subject}", each.text, known)
            if not words:
                self.wrong(key, f"nothing is expected of {subject}")
            else:
                items.append(model.Expectation(subject, tuple(each.text for each in words), key.where))
        if isinstance(node, MapNode) and not node.pairs:
            self.wrong(where, "nothing is expected")
        return model.Expect(tuple(items), because, where)

    def expected_words(self, subject: str, key: Node) -> Sequence[str] | None:
        if subject == "last":
            return grammar.LAST_WORDS
        if re.fullmatch(r"port [1-9]\d{0,4}", subject) and int(subject.split()[1]) < 1 << 16:
            return grammar.PORT_WORDS
        kind = self.kind_of(subject)
        experts = [p.name for p in self.people.values() if p.uses is None]
        if kind == "expert":
            return grammar.EXPERT_WORDS
        if kind == "user":
            return [w.format(expert=e) for w in grammar.USER_WORDS for e in (experts if "{" in w else [""])]
        self.unknown(key, "subject", subject, (*self.people, "last", "because", "port 3389"))
        return None


def _is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" and kind != "user" else f"a {kind}"
