"""A computer that people reach: it gives out ids, reads policy into facts, puts every act through the table, records it.

Sans-IO: `receive(act) -> Record`. It decides nothing that the table decides. What it adds is names: which ticket is the
expert's own, which prompt is on show, which account is on the list; and alarms, by which whoever has a clock lets time pass.
"""

from collections.abc import Iterator, Mapping, Sequence
from operator import is_not

from attrs import evolve, frozen

from rasim.errors import UsageError
from rasim.policy import (
    Firewall,
    HelperList,
    Membership,
    Policy,
    Reach,
    State,
    fold,
    parse_account,
    reach,
)
from rasim.policy.reach import is_stated, seen_from, stated_exceptions
from rasim.protocol.acts import Act
from rasim.protocol.choices import STRICT, Choices, microseconds
from rasim.protocol.computer import Computer, Happening, Pair
from rasim.protocol.lines import FieldValue, Line, Recorded, line_from
from rasim.protocol.rules import CONTROL, table
from rasim.protocol.step import Event, Outcome, Situation, rules_of
from rasim.protocol.terms import Kind, Value
from rasim.protocol.trace_writer import CountedIds, capability_named, id_key, told, with_ids, world_line, written
from rasim.protocol.vocabulary import Capability
from rasim.protocol.world import PolicyFacts, said_of


@frozen
class Alarm:
    """Time that something may take: after `microseconds` this act comes, unless the alarm is stopped before."""

    number: int
    microseconds: int
    act: Act


@frozen
class Record:
    """What one act did: outcomes by assistance, the lines it left, the alarms it started and stopped."""

    act: Act
    outcomes: tuple[Happening, ...]
    lines: tuple[Recorded, ...]
    about: tuple[Pair | None, ...]  # for each line the assistance it is about, None for the whole world
    started: tuple[Alarm, ...]
    stopped: tuple[int, ...]

    @property
    def outcome(self) -> Outcome:
        """Return what it did to the assistance that it was aimed at."""
        return self.outcomes[0].outcome


class Host:
    r"""The computer of a meeting: the experts who may come, the logon sessions with their owners, policy and groups.

    `experts` are accounts, `sessions` maps session ids to their owners' accounts, `address` is where the experts are, for
    exceptions of the firewall with a scope, `own` the computer's own firewall, which counts where policy does not tell.
    Everything starts not configured, with nobody logged on; policy arrives by an act like everything else.
    """

    def __init__(  # noqa: PLR0913  (one keyword for each thing that a computer has)
        self,
        experts: Sequence[str],
        sessions: Mapping[str, str],
        *,
        membership: Membership | None = None,
        os: str | None = None,
        address: str | None = None,
        own: Firewall | None = None,
        choices: Choices = STRICT,
        capabilities: Sequence[Capability] = (CONTROL,),
    ) -> None:
        self.address, self.own = address, own
        self.experts, self.sessions, self.owners = list(experts), list(sessions), dict(sessions)
        self._experts = {fold(name): n for n, name in reversed([*enumerate(experts)])}
        self.choices, self.os = choices, os
        self.membership = membership or Membership()
        self.policy = Policy()
        self.rules = rules_of(table(choices, capabilities))
        # A computer nobody may come to is still a computer: world events need somebody to happen to.
        self._computer = Computer(self.rules, max(len(self.experts), 1), max(len(self.sessions), 1))
        self._state = self._computer.start(self.rules.start())
        self._ids = CountedIds()
        self._alarms: dict[tuple[Pair, str, str], Alarm] = {}
        self.trace: list[Recorded] = []
        self._lines, self._wound, self._versions = 0, 0, 0
        self._through = True
        self._reached: tuple[tuple[Firewall, Firewall], Reach] | None = None  # what these come to

    # ---- questions ------------------------------------------------------------------------------------------

    def situation(self, expert: str, session: str) -> Situation:
        """Return what the assistance of this expert and session sees. UsageError for a name it does not know."""
        return self._computer.situation(self._state, self._pair(expert, session))

    def ids(self, expert: str, session: str) -> Mapping[str, FieldValue | None]:
        """Return the ids in use between this expert and session: ticket, offer, prompts, connection, requests."""
        return self._ids.known(self._pair(expert, session))

    def _pair(self, expert: str | None, session: str | None) -> Pair:
        names = self._experts
        if expert is not None and fold(expert) not in names:
            raise UsageError(f"nobody called {expert} can come to this computer")
        if session is not None and session not in self.sessions:
            raise UsageError(f"this computer has no logon session {session}")
        return (
            0 if expert is None else names[fold(expert)],
            0 if session is None else self.sessions.index(session),
        )

    # ---- acts -----------------------------------------------------------------------------------------------

    def receive(self, act: Act, at: int | None = None) -> Record:
        """Put one act through the table; `at` is the clock in microseconds, if there is one.

        Raises KeyError for a kind of event the table does not have, UsageError for an expert or session it does not know.
        """
        if act.alarm is not None and all(alarm.number != act.alarm for alarm in self._alarms.values()):
            return Record(act, (), (), (), (), ())  # stopped while it was on its way
        kind = self.rules.table.kind(act.kind)
        act = self._named(act, kind)
        pair = self._pair(act.expert, act.session)
        act = self._signed(with_ids(act, kind, pair, self._ids), kind, pair)
        events, world = self._events(act, kind, pair)
        before = self._state
        self._state, happenings = self._computer.happen(before, events)
        spoken = [*self._spoken(act, kind, happenings, world)]
        spoken += [(None, each) for each in told(self._computer.shared_effects(before, self._state, happenings))]
        lines = tuple(self._recorded(each, at) for _, each in spoken)
        started, stopped = self._time(happenings, act)
        self.trace += lines
        record = Record(act, happenings, lines, tuple(about for about, _ in spoken), started, stopped)
        return record if act.kind != "policy is applied" else self._let_through(record, at)

    def _let_through(self, record: Record, at: int | None) -> Record:
        """Open or close the firewall for offers where a policy that was applied changed its verdict (R30)."""
        through = not self.firewall_stated or self.reach().through
        if through == self._through:
            return record
        self._through = through
        more = self.receive(Act("firewall opens" if through else "firewall closes"), at)
        names = ("outcomes", "lines", "about", "started", "stopped")
        return evolve(record, **{name: getattr(record, name) + getattr(more, name) for name in names})

    def reach(self) -> Reach:
        """Return what the firewall of the policy in force means on this computer's system; its own where that cannot tell."""
        firewalls = self._firewalls()
        if self._reached is None or any(map(is_not, self._reached[0], firewalls)):
            self._reached = firewalls, self._reach(*firewalls)
        return self._reached[1]

    def _reach(self, stated: Firewall, own: Firewall) -> Reach:
        found = reach(seen_from(stated, self.address), self.os, address=self.address)
        if own is stated:
            return found
        there = reach(seen_from(own, self.address), self.os, address=self.address)
        return evolve(
            found,
            offer=there.offer if found.offer == "cannot tell" else found.offer,
            port_3389=there.port_3389 if found.port_3389 == "cannot tell" else found.port_3389,
            port_135=there.port_135 if found.port_135 == "unclear" else found.port_135,
        )

    def _firewalls(self) -> tuple[Firewall, Firewall]:
        return self.policy.firewall, self.policy.firewall if self.own is None else self.own

    @property
    def firewall_stated(self) -> bool:
        """Return whether anything is stated about the firewall; else nothing holds offers back here."""
        return any(is_stated(each, self.os) for each in self._firewalls())

    def open_port(self, port: int) -> bool:
        """Return whether a TCP port is open now: 3389 as the table has it, another one as the exceptions state it."""
        if port == 3389:
            return any(
                thing.name == "open port"
                for pair in self._computer.pairs
                for thing in self.rules.things(self._computer.situation(self._state, pair))
            )
        if port == 135:
            return self.reach().port_135 == "open"
        firewall = self.policy.firewall
        entries = firewall.entries_for(f"{port} tcp")
        excepted = bool(entries) and all(entry.enabled for entry in entries)
        # Whether an offer gets through is another question: it may lack something else.
        return firewall.protection.state == "disabled" or (excepted and firewall.no_exceptions.state != "enabled")

    def _signed(self, act: Act, kind: Kind, pair: Pair) -> Act:
        """Return the act with whose hand did it: at a session only its owner's is local, whoever says so."""
        if kind.owner != "user" or act.origin != "local" or not self.sessions:
            return act
        owner = self.owners[self.sessions[pair[1]]]
        if act.by is None or fold(act.by) == fold(owner):
            return evolve(act, by=owner)
        return evolve(act, origin="injected")

    def _named(self, act: Act, kind: Kind) -> Act:
        """Return the act with the names it needs, before anything changes; UsageError where one is missing."""
        if act.kind in ("helper is added", "helper is removed"):
            if act.entry is None and act.group is None:
                act = evolve(act, entry=act.expert)  # an expert is taken off the list, and not only off this moment
            if not act.entry:
                raise UsageError(f"{act.kind}: who? an entry or an expert has to be named")
        if kind.scope in ("session", "assistance") and act.session is None:
            raise UsageError(f"{act.kind}: a logon session has to be named")
        if kind.scope == "assistance" and act.expert is None and self.experts:
            raise UsageError(f"{act.kind}: an expert has to be named")
        return act

    def _events(self, act: Act, kind: Kind, pair: Pair) -> tuple[dict[Pair, Event], dict[str, FieldValue | None]]:
        """Return the event for each assistance that an act concerns, and what its world line says."""
        carries: dict[str, Value] = {}
        facts = {fact.name for fact in kind.carries}
        if "origin" in facts:
            carries["origin"] = act.origin
        if "prompt" in facts:
            shown = self._ids.known(pair).get(id_key("prompt", capability_named(act.kind)))
            carries["prompt"] = "on show" if shown is not None and act.prompt == shown else "another"
        if "ticket" in facts:
            carries["ticket"] = self._ids.ticket(pair, act.ticket)
        if act.kind == "policy is applied":
            return self._policy_applied(act.policy or Policy())
        if act.kind in ("helper is added", "helper is removed"):
            return self._list_changed(act, act.entry or "")  # `_named` has seen to it
        happening = Event(act.kind, tuple(sorted(carries.items())))
        said: dict[str, FieldValue | None] = {"session": act.session, "expert": act.expert}
        if act.session is not None:
            said["by"] = self.owners[act.session]
        return dict.fromkeys(self._computer.concerned(act.kind, pair), happening), said

    def _listed(self) -> list[bool]:
        helpers = HelperList(self.policy, self.membership)
        listed = [helpers.has(parse_account(expert)).allowed for expert in self.experts]
        return listed or [False]

    def _policy_applied(self, policy: Policy) -> tuple[dict[Pair, Event], dict[str, FieldValue | None]]:
        self.policy = policy
        self._versions += 1
        facts = PolicyFacts.of(policy, self._listed(), self.os, self.reach().port_3389)
        events = facts.events(self._computer.pairs)
        return events, {
            **said_of(dict(events[0, 0].carries)),
            "version": str(self._versions),
            "helpers": tuple(h.text for h in policy.offer.helpers if h.flaw is None),
            "members": tuple((str(g), tuple(sorted(map(str, m)))) for g, m in self.membership.groups),
            "solicited": None if policy.solicited.state is State.UNKNOWN else policy.solicited.state.value,
            "os": self.os,
            "exceptions": self._exceptions(),
        }

    def _exceptions(self) -> tuple[str, ...] | None:
        """Return what is stated to be let in: by the policy, and by the computer's own firewall where the policy cannot tell."""
        stated, own = self._firewalls()
        told = reach(seen_from(stated, self.address), self.os, address=self.address).port_3389 != "cannot tell"
        said = [each for each in map(stated_exceptions, (stated,) if told else (stated, own)) if each is not None]
        return tuple(dict.fromkeys(name for each in said for name in each)) if said else None

    def _list_changed(self, act: Act, entry: str) -> tuple[dict[Pair, Event], dict[str, FieldValue | None]]:
        """Change the list, or a group, and tell each assistance whose expert is on the list or off it now."""
        before = self._listed()
        added = act.kind == "helper is added"
        if act.group is not None:
            groups = {str(group): [str(m) for m in members] for group, members in self.membership.groups}
            members = next((m for g, m in groups.items() if fold(g) == fold(act.group)), None)
            members = groups.setdefault(act.group, []) if members is None else members
            members[:] = [m for m in members if fold(m) != fold(entry)]
            members += [entry] if added else []
            self.membership = Membership.of(groups)
        else:
            helpers = tuple(h for h in self.policy.offer.helpers if fold(h.text) != fold(entry))
            helpers += Policy.of(offer="enabled", mode="view", helpers=[entry]).offer.helpers if added else ()
            self.policy = evolve(self.policy, offer=evolve(self.policy.offer, helpers=helpers))
        now = self._listed()
        events = {
            pair: Event("helper is added" if now[pair[0]] else "helper is removed")
            for pair in self._computer.pairs
            if before[pair[0]] != now[pair[0]]
        }
        # An entry that changes nothing for anybody here still happened.
        still = {pair: Event("helper is added" if now[pair[0]] else "helper is removed") for pair in [(0, 0)]}
        return events or still, {"expert": entry, "group": act.group, "account": entry}

    # ---- what it leaves -------------------------------------------------------------------------------------

    def _spoken(
        self, act: Act, kind: Kind, happenings: tuple[Happening, ...], world: Mapping[str, FieldValue | None]
    ) -> Iterator[tuple[Pair | None, Line]]:
        if act.kind in ("helper is added", "helper is removed"):
            what = "helper" if act.group is None else "member"
            yield None, line_from(f"{what}_{act.kind.removeprefix('helper is ')}", world)
        else:
            yield from ((None, each) for each in world_line(happenings[0].outcome, world))
        if self.experts and self.sessions:
            yield from written(act, kind, happenings, self._ids, self._names, self._computer.told_once)

    def _names(self, pair: Pair) -> dict[str, FieldValue | None]:
        situations = {session: self._computer.situation(self._state, (0, n)) for n, session in enumerate(self.sessions)}
        on = [session for session, now in situations.items() if now["logged on"]]
        return {"expert": self.experts[pair[0]], "session": self.sessions[pair[1]], "sessions": tuple(on)}

    def _recorded(self, spoken: Line, at: int | None) -> Recorded:
        self._lines += 1
        return Recorded(self._lines, spoken, at)

    def _time(self, happenings: tuple[Happening, ...], act: Act) -> tuple[tuple[Alarm, ...], tuple[int, ...]]:
        """Start the timers of what began, stop those of what ended, and wind up again those that come again."""
        started: list[Alarm] = []
        stopped: list[int] = []
        for h in happenings:
            pair = (h.expert, h.session)
            for name in h.outcome.ended:
                for timer in self.rules.timers[name]:
                    alarm = self._alarms.pop((pair, name, timer.kind), None)
                    stopped += [alarm.number] if alarm is not None else []
            rings = h.outcome.began or act.alarm is not None
            for thing in self.rules.things(h.outcome.after) if rings else ():
                for timer in thing.timers:
                    key = (pair, thing.name, timer.kind)
                    rung = act.alarm is not None and key in self._alarms and self._alarms[key].number == act.alarm
                    if rung:
                        del self._alarms[key]
                    if thing.name in h.outcome.began or (rung and timer.again):
                        started.append(self._alarm(key, timer.choice))
        return tuple(started), tuple(stopped)

    def _alarm(self, key: tuple[Pair, str, str], choice: str) -> Alarm:
        (expert, session), _, kind = key
        self._wound = number = self._wound + 1
        time = getattr(self.choices, choice.replace(" ", "_"))
        act = Act(kind, self.experts[expert], self.sessions[session], alarm=number)
        self._alarms[key] = Alarm(number, microseconds(time), act)
        return self._alarms[key]
