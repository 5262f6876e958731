"""A way through a model as a scenario file: what the explorer found, to be read, played and kept."""

from collections.abc import Iterator

from rasim.protocol.terms import Value
from rasim.scenario.words import phrase_for
from rasim.verify.explore import Finding
from rasim.verify.model import EXPERTS, OWNERS, SESSIONS, Model, Step

NAMES = ("anna", "carol", "dora")
USERS = ("bob", "erin")


def as_scenario(finding: Finding, model: Model) -> str:
    """Return the scenario file that plays a finding's steps; each step that no row admits `tries to`."""
    sentence = finding.promise.replace("_", " ") + (f": {finding.because}" if finding.because else "")
    people = [f"  {NAMES[e]}: {{account: '{EXPERTS[e]}'}}" for e in range(model.experts)]
    people += [f"  {USERS[s]}: {{account: '{OWNERS[s]}', uses: {SESSIONS[s]}}}" for s in range(model.sessions)]
    return "\n".join(
        (
            "rasim: 1",
            "scenario: '" + sentence.replace("'", "''") + "'",
            f"policy: {_policy_text(model)}",
            "people:",
            *people,
            "steps:",
            *(f"- {line}" for line in step_lines(finding)),
            "",
        )
    )


def step_lines(finding: Finding) -> Iterator[str]:
    """Yield the steps of a finding as lines of a scenario."""
    for step, rows in zip(finding.steps, finding.taken, strict=True):
        yield written(step, tries=rows == ("-",))


def written(step: Step, *, tries: bool = False) -> str:
    """Return one step of a model as a step of a scenario."""
    carries = step.carries
    if step.kind == "policy is applied":
        helpers = [EXPERTS[pair[0]] for pair, happening in step.events if dict(happening.carries)["new listed"]]
        return f"administrator: {{applies policy: {_policy(carries, helpers)}}}"
    phrase, capability = phrase_for(step.kind, carries)
    expert, user = NAMES[step.expert], USERS[step.session]
    names = {"expert": expert, "user": user, "account": EXPERTS[step.expert]}
    if capability is not None:
        names["capability"] = capability
    actor = {"expert": expert, "user": user}.get(phrase.actor, phrase.actor)
    text = phrase.written(names, infinitive=tries)
    return f"{actor}: {'tries to ' if tries else ''}{text}"


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
