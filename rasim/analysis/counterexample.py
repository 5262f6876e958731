"""A way through a model as a scenario file: what the explorer found, to be read, played and kept."""

from collections.abc import Iterator, Mapping

from attrs import frozen

from rasim.protocol.terms import Value
from rasim.protocol.vocabulary import CLOSED, CONSTANT, IN_USE
from rasim.scenario.grammar import CARRIED, phrase_for
from rasim.verify.states.explore import Finding
from rasim.verify.states.model import EXPERTS, OWNERS, SESSIONS, SYSTEM, Model, Step


@frozen
class Cast:
    """Who is called what in a scenario: experts with their accounts, and users."""

    experts: tuple[str, ...] = ("anna", "carol", "dora")
    accounts: tuple[str, ...] = EXPERTS
    users: tuple[str, ...] = ("bob", "erin", "frank")


CAST = Cast()


def as_scenario(finding: Finding, model: Model, *, tries: bool = False) -> str:
    """Return the scenario file that plays a finding's steps; each step that no row admits `tries to`, or with `tries` every step."""
    sentence = finding.promise.replace("_", " ") + (f": {finding.because}" if finding.because else "")
    people = [f"  {CAST.experts[e]}: {{account: '{EXPERTS[e]}'}}" for e in range(model.experts)]
    people += [f"  {CAST.users[s]}: {{account: '{OWNERS[s]}', uses: {SESSIONS[s]}}}" for s in range(model.sessions)]
    return "\n".join(
        (
            "rasim: 1",
            "scenario: '" + sentence.replace("'", "''") + "'",
            f"policy: {_policy_text(model)}",
            "people:",
            *people,
            *([f"computer: {{os: {SYSTEM}}}"] if _about_ports(finding) else []),
            "steps:",
            *(f"- {line}" for line in step_lines(finding, tries=tries)),
            "",
        )
    )


def step_lines(finding: Finding, *, tries: bool = False) -> Iterator[str]:
    """Yield the steps of a finding as lines of a scenario."""
    ports = _about_ports(finding)
    for step, rows in zip(finding.steps, finding.taken, strict=True):
        yield written(step, tries=tries or rows == ("-",), ports=ports)


# What has to be stated on `SYSTEM` for offers to get through and port 3389 to be open so; nothing: the firewall is left out.
_NEEDED = "135 tcp: open, helpsvc: allowed, helpctr: allowed, "
FIREWALLS: Mapping[Value, str] = {
    CLOSED: "",
    IN_USE: _NEEDED + "sessmgr: allowed",
    CONSTANT: _NEEDED + "remote desktop: enabled",
}


def _about_ports(finding: Finding) -> bool:
    """Tell whether a finding's policies speak of port 3389; else the firewall is left out of its scenario."""
    return any(step.carries.get("new port 3389", CLOSED) != CLOSED for step in finding.steps)


def written(step: Step, *, tries: bool = False, ports: bool = False, cast: Cast = CAST) -> str:
    """Return one step of a model as a step of a scenario; with `ports` a policy says what the firewall lets through."""
    carries = step.carries
    if step.kind == "policy is applied":
        helpers = [EXPERTS[pair[0]] for pair, happening in step.events if dict(happening.carries)["new listed"]]
        firewall = f", applies firewall: {{{FIREWALLS[carries['new port 3389']]}}}" if ports else ""
        return f"administrator: {{applies policy: {_policy(carries, helpers)}{firewall}}}"
    phrase, capability = phrase_for(step.kind, carries)
    expert, user = cast.experts[step.expert], cast.users[step.session]
    names = {"expert": expert, "user": user, "account": cast.accounts[step.expert]}
    if capability is not None:
        names["capability"] = capability
    actor = {"expert": expert, "user": user}.get(phrase.actor, phrase.actor)
    text = phrase.written(names, infinitive=tries)
    claims = [name for name, value in carries.items() if name not in CARRIED and value]
    beside = f"  # and claims: {', '.join(claims)}" if claims else ""
    return f"{actor}: {'tries to ' if tries else ''}{text}{beside}"


def _policy(carries: dict[str, Value], helpers: list[str]) -> str:
    mode = "control" if carries["new control"] else "view"
    listed = ", ".join(f"'{helper}'" for helper in dict.fromkeys(helpers))
    return f"{{offer: {carries['new offers']}, mode: {mode}, helpers: [{listed}]}}"


def _policy_text(model: Model) -> str:
    policy = model.policy
    if policy is None:
        return "{offer: not configured}"
    helpers = [EXPERTS[e] for e, listed in enumerate(policy.listed) if listed]
    return _policy({"new offers": policy.offers, "new control": policy.control}, helpers)
