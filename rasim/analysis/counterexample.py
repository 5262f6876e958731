"""A way through a model as a scenario: what the explorer found, to be written, played and kept."""

from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from rasim.protocol.terms import Value
from rasim.protocol.vocabulary import CLOSED, CONSTANT, IN_USE
from rasim.scenario.grammar import CARRIED, phrase_for
from rasim.scenario.model import Do, FirewallText, Person, PolicyText, Scenario
from rasim.verify.states.explore import Discovery
from rasim.verify.states.model import EXPERTS, OWNERS, SESSIONS, SYSTEM, Model, Step


@frozen
class Cast:
    """Who is called what in a scenario: experts with their accounts, and users."""

    experts: tuple[str, ...] = ("anna", "carol", "dora")
    accounts: tuple[str, ...] = EXPERTS
    users: tuple[str, ...] = ("bob", "erin", "frank")


CAST = Cast()


def scenario_of(finding: Discovery, model: Model, *, tries: bool = False) -> Scenario:
    """Return the scenario of a finding's steps; each step that no row admits `tries to`, or with `tries` every step."""
    experts = (Person(CAST.experts[e], EXPERTS[e]) for e in range(model.experts))
    users = (Person(CAST.users[s], OWNERS[s], SESSIONS[s]) for s in range(model.sessions))
    return Scenario(
        finding.promise.replace("_", " ") + (f": {finding.because}" if finding.because else ""),
        _frozen_policy(model),
        (*experts, *users),
        tuple(acts(finding, tries=tries)),
        os=SYSTEM if _about_ports(finding) else None,
    )


def acts(finding: Discovery, *, tries: bool = False) -> Iterator[Do]:
    """Yield the steps of a finding as steps of a scenario."""
    ports = _about_ports(finding)
    for step, rows in zip(finding.steps, finding.taken, strict=True):
        yield act(step, tries=tries or rows == ("-",), ports=ports)


# What has to be stated on `SYSTEM` for offers to get through and port 3389 to be open so; nothing: the firewall is left out.
NEEDED: Mapping[str, str] = {"135 tcp": "open", "helpsvc": "allowed", "helpctr": "allowed"}
FIREWALLS: Mapping[Value, Mapping[str, str]] = {
    CLOSED: {},
    IN_USE: {**NEEDED, "sessmgr": "allowed"},
    CONSTANT: {**NEEDED, "remote desktop": "enabled"},
}


def _about_ports(finding: Discovery) -> bool:
    """Tell whether a finding's policies speak of port 3389; else the firewall is left out of its scenario."""
    return any(step.carries.get("new port 3389", CLOSED) != CLOSED for step in finding.steps)


def act(step: Step, *, tries: bool = False, ports: bool = False, cast: Cast = CAST) -> Do:
    """Return one step of a model as a step of a scenario; with `ports` a policy says what the firewall lets through."""
    carries = step.carries
    if step.kind == "policy is applied":
        helpers = [EXPERTS[pair[0]] for pair, happening in step.events if dict(happening.carries)["new listed"]]
        policy = policy_text(carries["new offers"], helpers, control=carries["new control"] is True)
        firewall = FirewallText(FIREWALLS[carries["new port 3389"]]) if ports else None
        return Do("administrator", None, policy=policy, firewall=firewall)
    phrase, capability = phrase_for(step.kind, carries)
    expert, user = cast.experts[step.expert], cast.users[step.session]
    names = {"expert": expert, "user": user, "account": cast.accounts[step.expert]}
    if capability is not None:
        names["capability"] = capability
    claims = [name for name, value in carries.items() if name not in CARRIED and value]
    return Do(
        {"expert": expert, "user": user}.get(phrase.actor, phrase.actor),
        phrase.spoken(names, tries=tries),
        remark=f"and claims: {', '.join(claims)}" if claims else "",
    )


def policy_text(offers: Value, helpers: Iterable[str], *, control: bool) -> PolicyText:
    """Return a policy about offers in words."""
    mode = "control" if control else "view"
    return PolicyText({"offer": offers, "mode": mode, "helpers": tuple(dict.fromkeys(helpers))})


def _frozen_policy(model: Model) -> PolicyText:
    policy = model.policy
    if policy is None:
        return PolicyText({"offer": "not configured"})
    helpers = (EXPERTS[e] for e, listed in enumerate(policy.listed) if listed)
    return policy_text(policy.offers, helpers, control=policy.control)
