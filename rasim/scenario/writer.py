r"""A scenario as the text that it is read from: `read_scenario(write_scenario(one)) == one`, of all but places and remarks.

Each part stands on one line and each step on its own. What people chose (a sentence, an account, a file) stands in single quotes,
in which a backslash begins nothing; a word of scenarios stands plainly; what cannot be seen is escaped in double quotes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Final

from attrs import asdict

from rasim.protocol.choices import STRICT, microseconds
from rasim.scenario import model
from rasim.words import printable

# What means itself in YAML, inside brackets too: no indicator, no comment, no colon, no blank at an end.
_PLAIN: Final = re.compile(r"[^\W_]([\w\\ ./()'-]*[\w\\./()'-])?")


def write_scenario(scenario: model.Scenario) -> str:
    """Return the text of a scenario; remarks become comments."""
    return "".join(f"{line}\n" for line in _lines(scenario))


def write_step(step: model.Do) -> str:
    """Return an act as a step of a scenario says it."""
    remark = f"  # {printable(step.remark)}" if step.remark else ""
    if step.spoken is not None:
        return f"{step.actor}: {_word(step.text)}{remark}"
    applied = {} if step.policy is None else {"applies policy": _policy(step.policy)}
    applied |= {} if step.firewall is None else {"applies firewall": _firewall(step.firewall)}
    return f"{step.actor}: {_mapping(applied)}{remark}"


def write_replay(replay: model.Replay) -> str:
    """Return the part of a saved failure that says how it was played."""
    return "".join(f"{line}\n" for line in _replay(replay))


def _lines(scenario: model.Scenario) -> Iterator[str]:
    if scenario.remark:
        yield f"# {printable(scenario.remark)}"
    yield "rasim: 1"
    yield f"scenario: {_quoted(scenario.name)}"
    yield f"policy: {_policy(scenario.policy)}"
    yield "people:"
    for person in scenario.people:
        uses = {} if person.uses is None else {"uses": _word(person.uses)}
        yield f"  {person.name}: {_mapping({'account': _quoted(person.account), **uses})}"
    computer = {"os": scenario.os, "offers from": scenario.address}
    told = {name: value for name, value in computer.items() if value is not None}
    if told:
        yield f"computer: {_mapping(told)}"
    if scenario.membership.groups:
        groups = scenario.membership.groups
        yield f"groups: {_mapping({_quoted(str(group)): _list(sorted(map(str, those))) for group, those in groups})}"
    if scenario.firewall is not None:
        yield from _own_firewall(scenario.firewall)
    chosen = {name: value for name, value in scenario.choices.values().items() if STRICT.values()[name] != value}
    if chosen:
        yield f"choices: {_mapping({name: _choice(value) for name, value in chosen.items()})}"
    yield "steps:"
    yield from _steps(scenario.steps)
    if scenario.replay is not None:
        yield from _replay(scenario.replay)


def _policy(policy: model.PolicyText) -> str:
    said = policy.said.items()
    return _mapping({name: _word(value) if isinstance(value, str) else _list(value) for name, value in said})


def _firewall(firewall: model.FirewallText) -> str:
    return _mapping({name: _word(word) for name, word in firewall.said.items()})


def _own_firewall(firewall: model.FirewallText) -> Iterator[str]:
    remark = f"  # {printable(firewall.remark)}" if firewall.remark else ""
    if firewall.said or not (firewall.ports or firewall.programs):
        yield f"firewall: {_firewall(firewall)}{remark}"
    for name, strings in (("ports", firewall.ports), ("programs", firewall.programs)):
        if strings:
            yield f"{name}: {_list(strings)}"


def _choice(value: object) -> str:
    return _time(microseconds(value)) if isinstance(value, timedelta) else _word(str(value))


def _time(count: int) -> str:
    whole, part = divmod(count, 1_000_000)
    return f"{whole}.{part:06}".rstrip("0").rstrip(".") + " s"


def _steps(steps: Iterable[model.ScenarioStep]) -> Iterator[str]:
    for step in steps:
        match step:
            case model.Do():
                yield f"- {write_step(step)}"
            case model.Wait():
                yield f"- wait: {_time(step.microseconds)}"
            case model.Expect():
                because = () if step.because is None else (step.because,)
                yield f"- expect: {_mapping({each.subject: _expected(each) for each in (*step.items, *because)})}"
            case model.Together():
                yield "- together:" if step.steps else "- together: []"
                yield from (f"  {line}" for line in _steps(step.steps))


def _expected(item: model.Expectation) -> str:
    if len(item.words) == 1:
        return _word(item.words[0])
    return f"{{either: [{', '.join(map(_word, item.words))}]}}"


def _replay(replay: model.Replay) -> Iterator[str]:
    default = asdict(model.Replay())
    yield "replay:" if replay != model.Replay() else "replay: {}"
    for name, value in asdict(replay).items():
        if value != default[name]:
            yield f"  {name}: {value if isinstance(value, int) else _quoted(value)}"


# ---- YAML ----------------------------------------------------------------------------------------------------


def _mapping(entries: Mapping[str, str]) -> str:
    return f"{{{', '.join(f'{name}: {value}' for name, value in entries.items())}}}"


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _word(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and text.casefold() != "null" else _quoted(text)


def _quoted(text: str) -> str:
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    code = ord(letter)
    return (
        letter
        if letter.isprintable()
        else f"\\x{code:02x}"
        if code < 1 << 8
        else f"\\u{code:04x}"
        if code < 1 << 16
        else f"\\U{code:08x}"
    )
