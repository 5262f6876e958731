"""What a review claims, and what in the answers makes each claim hold.

Read `review_claims`: five branches, each a function from the answers of the leaves to claims. A claim is a sentence, the leaf it rests on,
whether it holds, and beside it what it does not cover. `holds` is None where the answer cannot tell: then `found` has every reading.
Nothing is worked out here that an answer does not say; a claim that only reports a value holds, and changes with the answer's hash.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from rasim.errors import Exit, worst
from rasim.policy.systems import in_short
from rasim.review.leaves import SOMEBODY, LeafEvidence
from rasim.words import listed, plural, some

BRANCHES: Final = {
    "read": "What was given is read whole, and in one way",
    "configured": "What is configured is known, and nothing in it is a grave fault",
    "who": "Who may offer help and who may control is known",
    "roads": "By no stated road does anybody reach a screen unasked",
    "consent": "Under this policy the promises about consent are kept in every state",
}
"""The branches of the argument, by the first word of their claims' ids."""

Holds = bool | None
LeafAnswers = Mapping[str, LeafEvidence]

_VACUOUS: Final = "VACUOUS"
_OUTCOMES: Final[dict[str, tuple[Holds, str]]] = {
    "holds": (True, ""),
    "witnessed": (True, "it happens"),
    "vacuous": (True, f"{_VACUOUS}: nothing under this policy could break it, so this says little"),
    "unreachable": (True, "no state has it"),
    "holds to bound": (None, "not every state was explored"),
    "broken": (False, "BROKEN"),
}
"""What a promise's verdict makes of the claim about it, and what is said of it."""


@frozen
class ReviewClaim:
    """A sentence of the review, the evidence it rests on, and whether it holds; `found` is what was found, `beyond` what it does not cover."""

    id: str
    says: str
    evidence: LeafEvidence
    holds: Holds
    found: str = ""
    beyond: str = ""

    @property
    def branch(self) -> str:
        """Return the branch of the argument that it stands on."""
        return self.id.partition(".")[0]

    @property
    def vacuous(self) -> bool:
        """Return whether it holds only because nothing could break it."""
        return self.found.startswith(_VACUOUS)

    def as_json(self) -> dict[str, Any]:
        """Return it as the manifest has it; null is *cannot tell*."""
        leaf = self.evidence.leaf
        return {
            "id": self.id,
            "says": self.says,
            "command": leaf.command,
            "sha256": self.evidence.digest,
            "holds": self.holds,
            "evidence": leaf.file,
            "found": self.found,
            "does_not_cover": self.beyond,
        }


def review_claims(answers: LeafAnswers) -> tuple[ReviewClaim, ...]:
    """Return all claims of a review, in the order of its argument."""
    return (*_read(answers), *_configured(answers), *_who(answers), *_roads(answers), *_consent(answers))


def verdict_of(claims: Sequence[ReviewClaim]) -> Exit:
    """Return the exit code: a claim that does not hold 1, one that cannot be told 3, else 0."""
    codes = {True: Exit.OK, False: Exit.FAILED, None: Exit.INCONCLUSIVE}
    return worst(*(codes[each.holds] for each in claims))


def policy_in(answers: LeafAnswers) -> Any:
    """Return the one policy that the inputs result in, as the audit has it."""
    return answers["audit"].answer["files"][0]["policy"]


def not_asked(answers: LeafAnswers) -> list[Any]:
    """Return the promises that this check did not ask, or that hold by a choice that was not made."""
    return [each for each in answers["check"].answer["promises"] if each["verdict"] not in _OUTCOMES]


# ---- read ----------------------------------------------------------------------------------------------------


def _read(answers: LeafAnswers) -> Iterator[ReviewClaim]:
    audit, policy = answers["audit"], policy_in(answers)
    file, skipped = audit.answer["files"][0], audit.answer["passed_over"]
    yield ReviewClaim(
        "read.whole",
        "Every input was read to its end",
        audit,
        bool(audit.answer["complete"]) and file["error"] is None,
        f"{file['format'] or 'several formats'}, {plural(file['entries'] or 0, 'entry', 'entries')}"
        + "".join(f"; skipped {each['path']}: {each['message']}" for each in skipped),
        "inputs that were not given: another policy that is applied later can change every value",
    )
    unread = [each for each in policy["unread"] if not each["certain"]]
    yield ReviewClaim(
        "read.nothing-left",
        "Nothing in the inputs that could change an answer was left unread",
        audit,
        None if unread else True,
        "; ".join(f"{each['what']}: {each['says']}{_place(each)}" for each in unread),
    )
    doubts = policy["offer"]["unclear"]
    if not doubts:
        yield ReviewClaim("read.one-way", "No value that was read can be taken in two ways", audit, True)
    for at, doubt in enumerate(doubts, 1):
        yield ReviewClaim(
            f"read.one-way.{at}",
            f"What {doubt['setting']} says can be taken in one way only",
            audit,
            None,
            f"{doubt['says']}{_place(doubt)}; {_readings(doubt)}",
        )


def _readings(doubt: Any) -> str:
    """Return every reading of what is unclear, each by its letter."""
    return "; ".join(f"reading {letter}: {says}" for letter, says in zip("abcdefgh", doubt["readings"], strict=False))


def _place(said: Any) -> str:
    place = ", ".join(filter(None, (said["file"], said["where"])))
    return f" ({place})" if place else ""


# ---- configured ----------------------------------------------------------------------------------------------


def _configured(answers: LeafAnswers) -> Iterator[ReviewClaim]:
    audit, policy = answers["audit"], policy_in(answers)
    yield ReviewClaim("configured.offers", _offers(policy), audit, policy["offer"]["state"] != "unknown" or None)
    invited = policy["solicited"]
    mode = f"; who is invited may {invited['mode']}" if invited["mode"] else ""
    yield ReviewClaim(
        "configured.invitations",
        f"Invitations (solicited assistance) are {invited['state']}{mode}",
        audit,
        invited["state"] != "unknown" or None,
    )
    findings = audit.answer["findings"]
    high = [each for each in findings if each["severity"] == "high"]
    lower = len(findings) - len(high)
    yield ReviewClaim(
        "configured.no-high-finding",
        "No finding about these inputs is of severity high",
        audit,
        not high,
        "; ".join(f"{each['rule']}: {each['message']}{_place(each)}" for each in high)
        or (f"{plural(lower, 'finding')} below high: {_rules(findings)}" if lower else "no finding at all"),
        "faults that no finding of rasim is about",
    )


def _rules(findings: Sequence[Any]) -> str:
    return ", ".join(dict.fromkeys(f"{each['rule']} ({each['severity']})" for each in findings))


def _offers(policy: Any) -> str:
    offer = policy["offer"]
    if offer["state"] == "not configured":
        return "By these inputs offers of help are not configured; another policy can still enable them"
    if offer["state"] != "enabled":
        return f"Offers of help are {offer['state']}"
    may = {"view": "may view only", "control": "may view, and control after a second yes"}.get(
        offer["mode"], "may do what is not stated"
    )
    helpers = listed(offer["helpers"]) if offer["helpers"] else "nobody: the list of helpers is empty"
    return f"Offers of help are enabled for {helpers}; who helps {may}"


# ---- who -----------------------------------------------------------------------------------------------------


def _who(answers: LeafAnswers) -> Iterator[ReviewClaim]:
    helpers = policy_in(answers)["offer"]["helpers"]
    for at, helper in enumerate(helpers, 1):
        for capability, may in (("offer", "offer help"), ("control", "be given control by the user")):
            evidence = answers[f"who-{at}-{capability}"]
            holds, may_not, found = _decided(evidence.answer)
            says = f"{helper} {'may not' if may_not else 'may'} {may}"
            beyond = f"who is in {helper}, if it is a group: nobody told"
            yield ReviewClaim(f"who.{at}.{capability}", says, evidence, holds, found, beyond)
    evidence = answers["who-else"]
    holds, may_not, found = _decided(evidence.answer)
    yield ReviewClaim(
        "who.nobody-else",
        "An account that is neither listed nor in a listed group may not offer help",
        evidence,
        holds and may_not,
        f"asked for {SOMEBODY}: {found}",
        "the computer's administrators, and direct members of its local group Offer Remote Assistance Helpers",
    )


def _decided(answer: Any) -> tuple[Holds, bool, str]:
    """Return whether a decision is known, whether it is a no, and why."""
    if "error" in answer:
        return None, False, answer["error"]
    because = [f"{each['rule']} {each['says']}{_place(each)}" for each in answer["because"]]
    doubts = [f"{each['says']}{_place(each)}; {_readings(each)}" for each in answer["unclear"]]
    known = answer["decision"] != "unclear" or None
    return known, answer["decision"] == "deny", "; ".join([*(doubts if known is None else ()), *because])


# ---- roads ---------------------------------------------------------------------------------------------------


def _roads(answers: LeafAnswers) -> Iterator[ReviewClaim]:
    audit = answers["audit"]
    file = audit.answer["files"][0]
    unstated = [each["road"] for each in file["roads"] if each["open"] == "not stated"]
    left = f"what these inputs do not state: {', '.join(unstated)}" if unstated else ""
    yield ReviewClaim(
        "roads.stated",
        "Every road to the screen was looked at, and what is stated about it is told",
        audit,
        True,
        _open_roads(file["roads"]),
        left,
    )
    for road in file["roads"]:
        if road["open"] in {"yes", "cannot tell"} and road["asks the user"] != "yes":
            asks = False if (road["open"], road["asks the user"]) == ("yes", "no") else None
            said = [f"{each['says']}{_place(each)}" for each in road["because"]]
            yield ReviewClaim(
                f"roads.{road['road'].replace(' ', '-')}",
                f"By {road['road']} nobody reaches the screen unless the user says yes",
                audit,
                asks,
                f"open: {road['open']}; asks the user: {road['asks the user'] or 'not stated'}; gives: {road['gives']}"
                f"{_to(road['who'])}; {'; '.join(said)}",
            )
    yield from _firewall(audit, file["firewall"])


def _open_roads(roads: Sequence[Any]) -> str:
    is_open = [f"{each['road']} ({each['gives']}{_to(each['who'])})" for each in roads if each["open"] == "yes"]
    closed = [each["road"] for each in roads if each["open"] == "no"]
    return "; ".join(
        f"{state}: {', '.join(names)}" for state, names in (("open", is_open), ("closed", closed)) if names
    )


def _to(who: Sequence[str]) -> str:
    return f", to {some(who)}" if who else ""


def _firewall(audit: LeafEvidence, systems: Mapping[str, Any]) -> Iterator[ReviewClaim]:
    """Yield what the firewall lets through; where nothing is stated about it the claim is that, and no more."""
    silent = all(
        any("nothing is stated" in why or "has no firewall" in why for why in each["because"])
        for each in systems.values()
    )
    if silent:
        yield ReviewClaim(
            "roads.firewall",
            "These inputs state nothing about the firewall",
            audit,
            True,
            "",
            "whether an offer gets through, and whether port 3389 is open: the computer's own settings decide",
        )
        return
    for what, says in (
        ("offer", "Whether an offer gets through the firewall"),
        ("port 3389", "Whether port 3389 is open"),
    ):
        told: dict[str, list[str]] = {}
        for system, each in systems.items():
            told.setdefault(each[what], []).append(system)
        yield ReviewClaim(
            f"roads.firewall.{what.replace(' ', '-')}",
            f"{says} is known for every system",
            audit,
            None if "cannot tell" in told else True,
            "; ".join(f"{verdict}: {in_short(which)}" for verdict, which in told.items()),
            "profiles other than the domain's, rules of the computer itself, other firewalls and routers",
        )


# ---- consent -------------------------------------------------------------------------------------------------


def _consent(answers: LeafAnswers) -> Iterator[ReviewClaim]:
    check = answers["check"]
    found = check.answer
    broken = [each["name"] for each in found["promises"] if each["verdict"] == "broken"]
    asked = len(found["promises"]) - len(not_asked(answers))
    yield ReviewClaim(
        "consent.explored",
        "Every state that this policy can lead to was explored",
        check,
        bool(found["complete"]) or None,
        f"{plural(found['states'], 'state')}, {plural(found['transitions'], 'transition')}, {plural(len(found['models']), 'model')}",
        _beyond_states(found["unclear"]),
    )
    yield ReviewClaim(
        "consent.none-broken",
        "No promise is broken in any state that was explored",
        check,
        not broken,
        f"BROKEN: {', '.join(broken)}" if broken else f"{plural(asked, 'promise')} asked",
        f"{plural(len(not_asked(answers)), 'promise')} that {'was' if len(not_asked(answers)) == 1 else 'were'} not asked",
    )
    for each in found["promises"]:
        if each["verdict"] in _OUTCOMES:
            holds, says = _OUTCOMES[each["verdict"]]
            because = "; ".join(filter(None, (says, each["because"])))
            yield ReviewClaim(f"consent.{each['name']}", _sentence(each), check, holds, because, "")


def _beyond_states(doubts: Sequence[Any]) -> str:
    settings = some(dict.fromkeys(each["setting"] for each in doubts))
    unclear = [f"the other reading of what is unclear ({settings}), which was explored as forbidden"] if doubts else []
    beyond = ("Windows itself, for it is rasim's table that was explored", "how long things take", "the firewall")
    return "; ".join((*unclear, *beyond))


def _sentence(promise: Any) -> str:
    """Return what a promise says, as a sentence of its kind."""
    if promise["kind"] != "sometimes":
        return f"{promise['says'][0].upper()}{promise['says'][1:]}"
    can = "cannot happen under this policy" if promise["verdict"] == "unreachable" else "can happen"
    return f"It {can}: {promise['says']}"
