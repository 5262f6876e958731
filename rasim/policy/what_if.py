"""What if: a policy with something in it changed, as the editor would write it; no file is touched.

`what_if` makes one changed policy. What did not matter before can matter then: a mode that cannot be read, once offers are
enabled. So the doubts are asked for anew; those that no value shows (something missing from a merge) stay.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import evolve

from rasim.errors import UsageError
from rasim.policy.accounts import Flaw, flaw_of
from rasim.policy.exceptions import PortException, ProgramException, parse_port, parse_program
from rasim.policy.firewall import FIREWALL_WORDS, NAMED, PORTS, SWITCHES, Firewall, Switched
from rasim.policy.names import fold
from rasim.policy.offer import Policy, doubts_of
from rasim.policy.settings import OFFER_HELPERS, OFFER_MODE, OFFER_STATE, SOLICITED_STATE, Setting
from rasim.policy.stated import Helper, Mode, Offer, State, Stated
from rasim.policy.unclear import OF_ANYTHING
from rasim.words import did_you_mean, not_called, printable

WHAT_IF: Final = "what if"

STATE_WORDS: Final = tuple(state.value for state in State if state is not State.UNKNOWN)
MODE_WORDS: Final = (*(mode.value for mode in Mode), "not configured")


def settable() -> dict[str, tuple[str, ...]]:
    """Return what `what_if` can set, each with the words for it."""
    firewall = {name: tuple(words) for name, words in FIREWALL_WORDS.items() if name != "port"}
    ports = dict.fromkeys(PORTS, tuple(FIREWALL_WORDS["port"]))
    return {"offer": STATE_WORDS, "mode": MODE_WORDS, "solicited": STATE_WORDS, **ports, **firewall}


def what_if(
    policy: Policy,
    settings: Mapping[str, str] | None = None,
    *,
    add_helpers: Iterable[str] = (),
    remove_helpers: Iterable[str] = (),
) -> Policy:
    """Return the policy with settings changed (`{"offer": "enabled", "mode": "control"}`) and helpers added and removed.

    A firewall exception is stated by its short name (`sessmgr`, `135 tcp`) for everybody; the firewall is then on, unless it
    is said to be off. Helpers are compared in any letter case; one that stands there already is not added again.

    Raises:
        UsageError: a setting or a word that `settable` does not have; a helper to remove that is not on the list.

    """
    offer, solicited, firewall = policy.offer, policy.solicited, policy.firewall
    known = settable()
    for name, word in (settings or {}).items():
        if name not in known:
            raise UsageError(not_called("nothing to set", name, known))
        if word not in known[name]:
            raise UsageError(
                f"{name} is one of {', '.join(known[name])}, not {printable(word)!r}{_near(word, known[name])}"
            )
        if name == "offer":
            offer = evolve(offer, state=State(word), stated=_stated(OFFER_STATE, word))
        elif name == "mode":
            mode = None if word == "not configured" else Mode(word)
            offer = evolve(offer, mode=mode, mode_stated=_stated(OFFER_MODE, word))
        elif name == "solicited":
            solicited = evolve(solicited, state=State(word), stated=_stated(SOLICITED_STATE, word))
        else:
            firewall = _with(firewall, name, word)
    offer = _without(offer, remove_helpers)
    offer = _adding(offer, add_helpers)
    changed = evolve(policy, offer=offer, solicited=solicited, firewall=firewall)
    # What a file does not tell of mode and list it does not tell of a changed policy either.
    untold = {OFFER_HELPERS.field, *([] if "mode" in (settings or {}) else [OFFER_MODE.field])}
    others = (d for d in policy.unclear if d.topic in OF_ANYTHING or (d.topic == "untold" and d.parts & untold))
    return evolve(changed, unclear=tuple(dict.fromkeys(doubts_of(changed, others))))


def _stated(setting: Setting, word: str) -> Stated:
    """Return what would stand there if the editor had written it."""
    number = next((number for number, meaning in setting.meanings.items() if meaning == word), None)
    return Stated(str(setting)) if number is None else Stated(str(setting), "stated", f"REG_DWORD {number}, {WHAT_IF}")


def _without(offer: Offer, removed: Iterable[str]) -> Offer:
    for text in removed:
        kept = tuple(helper for helper in offer.helpers if fold(helper.text) != fold(text))
        if len(kept) == len(offer.helpers):
            listed = [printable(helper.text) for helper in offer.helpers]
            raise UsageError(
                f"{printable(text)!r} is not on the helper list: it cannot be removed{_near(text, listed)}"
            )
        offer = evolve(offer, helpers=kept, helpers_stated=_list_stated(kept))
    return offer


def _near(word: str, known: Iterable[str]) -> str:
    meant = did_you_mean(word, known)
    return meant and f"; {meant}"


def _adding(offer: Offer, added: Iterable[str]) -> Offer:
    for text in added:
        if "\0" in text:
            raise UsageError("the name of a helper cannot hold a NUL")
        if all(fold(helper.text) != fold(text) for helper in offer.helpers):
            more = (*offer.helpers, Helper(text, flaw_of(text)))
            offer = evolve(offer, helpers=more, helpers_stated=_list_stated(more))
        elif any(fold(h.text) == fold(text) and h.flaw in {Flaw.UNLIKE_DATA, Flaw.NOT_TEXT} for h in offer.helpers):
            cured = tuple(Helper(h.text, flaw_of(h.text)) if fold(h.text) == fold(text) else h for h in offer.helpers)
            offer = evolve(offer, helpers=cured)
    return offer


def _list_stated(helpers: tuple[Helper, ...]) -> Stated:
    where = next((helper.where for helper in helpers if helper.where is not None), None)
    return Stated(str(OFFER_HELPERS), "stated", f"{len(helpers)} listed, {WHAT_IF}", where)


def _with(firewall: Firewall, name: str, word: str) -> Firewall:
    """Return the firewall with one exception or switch as the word says."""
    if name in SWITCHES:
        switch: dict[str, Any] = {SWITCHES[name]: _switched(FIREWALL_WORDS[name][word])}
        changed = evolve(firewall, **switch)
        return changed if word == "not configured" else _on(changed)
    old, status = firewall.entries_for(name), FIREWALL_WORDS["port" if name in PORTS else name][word]
    ports = tuple(each for each in firewall.ports if each not in old)
    programs = tuple(each for each in firewall.programs if each not in old)
    text = NAMED.get(name, "3389:TCP:*:Enabled:Remote Desktop").replace(":Enabled:", f":{status}:")
    parsed = (parse_port if name in PORTS else parse_program)(text) if status else None
    if isinstance(parsed, PortException):
        ports = (*ports, parsed)
    elif isinstance(parsed, ProgramException):
        programs = (*programs, parsed)
    changed = evolve(firewall, ports=ports, programs=programs)
    if not status:
        return changed
    defined: dict[str, Any] = {"ports_defined" if name in PORTS else "programs_defined": _switched("enabled")}
    return _on(evolve(changed, **defined))


def _on(firewall: Firewall) -> Firewall:
    """Return the firewall switched on, unless something is stated about that."""
    return (
        firewall if firewall.protection.state != "not configured" else evolve(firewall, protection=_switched("enabled"))
    )


def _switched(state: Any) -> Switched:
    return Switched(state, "absent" if state == "not configured" else f"{state}, {WHAT_IF}")
