"""A review as a document: the verdict, six lines, what to sign, the argument, and the evidence in appendices.

Read `review_document`. What cannot be told stands first under the verdict, then what does not hold; no count of what holds stands anywhere
without them. Beside each claim stands what it does not cover. No date and no name is in it but those that people write by hand, so that
two builds are equal.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from attrs import frozen

from rasim.document import blocks as doc
from rasim.document.diagrams import messages_of, parties_of
from rasim.errors import Exit
from rasim.policy.systems import in_short
from rasim.protocol.trace_text import read_trace
from rasim.review.claims import BRANCHES, Holds, LeafAnswers, ReviewClaim, not_asked, policy_in, verdict_of
from rasim.words import plural, some

_TONES: Final[dict[Exit, doc.Tone]] = {Exit.OK: "good", Exit.FAILED: "bad", Exit.INCONCLUSIVE: "unclear"}
_SAID: Final[dict[Holds, tuple[str, doc.Tone, str]]] = {
    True: ("holds", "good", "✓"),
    False: ("DOES NOT HOLD", "bad", "✗"),
    None: ("CANNOT TELL", "unclear", "?"),
}
_COURSES: Final = (
    ("control_can_be_used", "The longest way: an offer, the user's yes, a request for control, a second yes"),
    ("a_user_can_let_an_expert_view", "How an expert comes to see the screen: an offer, and the user's yes"),
    ("a_stranger_can_be_refused", "How an expert is refused at the door"),
)
_BLANK: Final = "." * 36
_UNSAID: Final = "–"


@frozen
class Input:
    """A file that was given, as it was copied, with its hash."""

    file: str
    sha256: str


def review_document(
    version: str, inputs: Sequence[Input], answers: LeafAnswers, claims: Sequence[ReviewClaim]
) -> doc.Document:
    """Return the document of a review."""
    return doc.Document(
        "Security review of Remote Assistance",
        _verdict(claims),
        _TONES[verdict_of(claims)],
        f"{claims_by_id(claims)['configured.offers'].says}.",
        (
            *_blamed(claims),
            doc.Section("In short", (doc.Pairs(_first(answers, claims)),), "in-short", "in short"),
            _inputs(version, inputs),
            _signed(),
            *_argument(claims),
            *_appendices(answers, claims),
        ),
        _first(answers, claims),
    )


def claims_by_id(claims: Iterable[ReviewClaim]) -> dict[str, ReviewClaim]:
    """Return claims by their ids."""
    return {each.id: each for each in claims}


def _of(holds: Holds, claims: Iterable[ReviewClaim]) -> list[ReviewClaim]:
    return [each for each in claims if each.holds is holds]


def _verdict(claims: Sequence[ReviewClaim]) -> str:
    unknown, wrong = len(_of(None, claims)), len(_of(False, claims))
    parts = (
        f"{plural(unknown, 'claim')} CANNOT BE TOLD" if unknown else "",
        f"{plural(wrong, 'claim')} {'DOES' if wrong == 1 else 'DO'} NOT HOLD" if wrong else "",
    )
    vacuous = sum(each.vacuous for each in claims)
    empty = f", {vacuous} of them vacuous" if vacuous else ""
    return "; ".join(filter(None, parts)) or f"all {len(claims)} claims hold{empty}"


def _ids(claims: Sequence[ReviewClaim]) -> str:
    return some((each.id for each in claims), 4, len(claims)) if claims else "nothing"


def _first(answers: LeafAnswers, claims: Sequence[ReviewClaim]) -> Iterator[tuple[doc.Wording, doc.Wording]]:
    """Yield the six lines under the verdict."""
    named, check = claims_by_id(claims), answers["check"].answer
    others = [each for each in claims if each.id.startswith("roads.") and each.holds is not True]
    roads = named["roads.stated"].found or "none is stated to be open or closed"
    yield "cannot be told", _ids(_of(None, claims))
    yield "does not hold", _ids(_of(False, claims))
    yield "who", f"{named['configured.offers'].says}; {_nobody_else(named['who.nobody-else'])}"
    unstated = sum(each["open"] == "not stated" for each in answers["audit"].answer["files"][0]["roads"])
    left = f"; not stated, and left to the computer: {unstated}" if unstated else ""
    yield "roads", f"{roads}{left}{f'; see {_ids(others)}' if others else ''}"
    explored = "all" if check["complete"] else "NOT ALL, but"
    yield "consent", f"in {explored} {plural(check['states'], 'state')}: {_promises(claims)}"
    left = f"{plural(len(_limits(answers)), 'limit')}, {plural(len(not_asked(answers)), 'promise')} not asked"
    yield "not covered", f"{left}, no second opinion: appendices E to H"


def _nobody_else(claim: ReviewClaim) -> str:
    words = {
        True: "nobody else by these inputs, which do not show local administrators and group members",
        False: "OTHERS MAY TOO",
        None: "whether others may CANNOT BE TOLD",
    }
    return words[claim.holds]


def _promises(claims: Sequence[ReviewClaim]) -> str:
    """Return how many promises have which outcome; what is empty or impossible is never counted as kept."""
    ours = _promised(claims)
    empty = [each for each in ours if each.vacuous]
    impossible = [each for each in ours if each.says.startswith("It cannot happen")]
    kept = [each for each in ours if each.holds and each not in empty and each not in impossible]
    rest = [each for each in ours if not each.holds]
    return ", ".join(
        filter(
            None,
            (
                f"{plural(len(rest), 'promise')} NOT KEPT or not known" if rest else "",
                f"{plural(len(kept), 'promise')} kept",
                f"{len(empty)} vacuous" if empty else "",
                f"{plural(len(impossible), 'thing')} that cannot happen" if impossible else "",
            ),
        )
    )


def _badge(holds: Holds) -> doc.Span:
    says, tone, sign = _SAID[holds]
    return doc.badge(says, tone, sign)


def _badge_of(claim: ReviewClaim) -> doc.Span:
    return doc.badge("vacuous", "unclear", "?") if claim.vacuous else _badge(claim.holds)


def _blamed(claims: Sequence[ReviewClaim]) -> Iterator[doc.Section]:
    """Yield what keeps the verdict from being good: what cannot be told, then what does not hold."""
    for holds, title, anchor in ((None, "Cannot be told", "cannot-be-told"), (False, "Does not hold", "does-not-hold")):
        if blamed := _of(holds, claims):
            cards = (_card(each) for each in blamed)
            yield doc.Section(title, tuple(cards), anchor, title.lower(), always=True)


def _card(claim: ReviewClaim) -> doc.Card:
    badge, tone, sign = _SAID[claim.holds]
    pairs: list[tuple[doc.Wording, doc.Wording]] = [
        ("found", claim.found),
        ("not covered", claim.beyond),
        ("claim", doc.code(claim.id)),
        ("run again", doc.code(claim.evidence.leaf.command)),
    ]
    return doc.Card(claim.says, (doc.Pairs(each for each in pairs if doc.plain(each[1])),), tone, badge, sign)


# ---- what was reviewed, and by whom --------------------------------------------------------------------------


def _inputs(version: str, inputs: Sequence[Input]) -> doc.Section:
    rows = [(doc.code(each.file), doc.code(each.sha256)) for each in inputs]
    words = (
        f"Made by rasim {version}. The inputs stand in this folder as they were given, the lowest precedence first.",
        "Every number and every name below is an answer of rasim to these files.",
    )
    return doc.Section(
        "What was reviewed",
        (doc.Para(" ".join(words)), doc.Table("Inputs", ("file", "SHA-256"), rows)),
        "inputs",
        "inputs",
    )


def _signed() -> doc.Section:
    rows = [(who, _BLANK, _BLANK, "." * 16) for who in ("prepared by", "reviewed by", "accepted by")]
    words = (
        "Before you sign, run ",
        doc.code("rasim review --verify ."),
        " in this folder: it asks every leaf again and names what changed. ",
        "What is signed for is the policy in these inputs, with what is listed as not covered.",
    )
    table = doc.Table("Signatures", ("", "name", "signature", "date"), rows)
    return doc.Section("To sign", (doc.Para(words), table), "sign", "to sign")


# ---- the argument --------------------------------------------------------------------------------------------


def _argument(claims: Sequence[ReviewClaim]) -> Iterator[doc.Section]:
    """Yield the argument: what is claimed of the whole, its branches, and the leaves of each."""
    said = "What this policy lets anybody see and do is known, and nobody sees or controls a desktop by it unless its user said yes."
    rows = []
    for branch, says in BRANCHES.items():
        ours = [each for each in claims if each.branch == branch]
        blamed = [each for each in ours if each.holds is not True]
        verdict = _badge(_all(each.holds for each in ours))
        rows.append((doc.code(branch), says, verdict, _ids(blamed) if blamed else ""))
    whole = doc.Table("Branches of the argument", ("branch", "claim", "verdict", "because of"), rows)
    top = doc.Para((_badge(_all(each.holds for each in claims)), " ", said))
    promises = doc.Para(
        ("The branch ", doc.code("consent"), " stands on a claim for each promise, which are in appendix E."), soft=True
    )
    parts = (_branch(branch, claims) for branch in BRANCHES)
    yield doc.Section("The argument", (top, whole, promises, *parts), "argument", "the argument")


def _all(each: Iterable[Holds]) -> Holds:
    found = set(each)
    return False if False in found else None if None in found else True


def _branch(branch: str, claims: Sequence[ReviewClaim]) -> doc.Part:
    promised = _promised(claims)
    ours = [each for each in claims if each.branch == branch and each not in promised]
    return doc.Part(BRANCHES[branch], (_claims(f"Claims of the branch {branch}", ours),))


def _promised(claims: Sequence[ReviewClaim]) -> list[ReviewClaim]:
    """Return the claims of which each is about one promise."""
    return [
        each
        for each in claims
        if each.branch == "consent" and each.id not in {"consent.explored", "consent.none-broken"}
    ]


def _claims(caption: str, claims: Iterable[ReviewClaim]) -> doc.Table:
    rows = ((doc.code(each.id), _badge_of(each), each.says, each.found, each.beyond, _leaf(each)) for each in claims)
    return doc.Table(caption, ("id", "verdict", "claim", "found", "not covered", "evidence"), rows)


def _leaf(claim: ReviewClaim) -> doc.Wording:
    return doc.code(claim.evidence.leaf.name)


# ---- appendices ----------------------------------------------------------------------------------------------


def _appendices(answers: LeafAnswers, claims: Sequence[ReviewClaim]) -> Iterator[doc.Section]:
    yield doc.Section("A. What is configured, and where it stands", _configured(answers), "configured", "A. configured")
    yield doc.Section("B. Every road to the screen", (_roads(answers),), "roads", "B. roads")
    yield doc.Section("C. The firewall", (_firewall(answers),), "firewall", "C. firewall")
    yield doc.Section("D. How it goes under this policy", tuple(_courses(answers)), "course", "D. how it goes")
    yield doc.Section("E. The promises", tuple(_promise_tables(answers, _promised(claims))), "promises", "E. promises")
    yield doc.Section("F. What was explored", tuple(_explored(answers)), "explored", "F. explored")
    yield doc.Section("G. Findings and choices", tuple(_findings(answers)), "findings", "G. findings, choices")
    yield doc.Section("H. What is not covered", (doc.Items(_limits(answers)),), "limits", "H. not covered")
    yield doc.Section("I. The evidence, and how to ask for it again", (_leaves(answers),), "evidence", "I. evidence")


def _configured(answers: LeafAnswers) -> tuple[doc.Block, ...]:
    policy, file = policy_in(answers), answers["audit"].answer["files"][0]
    rows = [(doc.code(each["setting"]), doc.code(each["says"]), _at(each)) for each in policy["stated"]]
    stated: doc.Block = (
        doc.Table("Settings that are stated", ("setting", "value", "where"), rows)
        if rows
        else doc.Para("No setting of Remote Assistance is stated.")
    )
    lost = [
        (doc.code(each["setting"]), doc.code(said["says"]), _at(said))
        for each in file["won"]
        for said in each["overrode"]
    ]
    overrode = (doc.Table("Values that another input overrode", ("setting", "value", "where"), lost),) if lost else ()
    known = (
        ("offers", policy["offer"]["state"]),
        ("who helps may", policy["offer"]["mode"] or "not stated"),
        ("invitations", policy["solicited"]["state"]),
        ("session logging", policy["logging"]),
        ("the computer's own switch for invitations", policy["local"]["solicited"]),
    )
    return (doc.Pairs(known), stated, *overrode)


def _at(said: Any) -> doc.Wording:
    return doc.place(", ".join(filter(None, (said["file"], said["where"]))) or _UNSAID)


def _roads(answers: LeafAnswers) -> doc.Table:
    rows = []
    for each in answers["audit"].answer["files"][0]["roads"]:
        because = "; ".join(
            f"{why['says']} ({why['file']}, {why['where']})" if why["file"] else why["says"] for why in each["because"]
        )
        rows.append(
            (
                each["road"],
                each["open"],
                each["asks the user"] or _UNSAID,
                each["gives"],
                "; ".join(each["who"]),
                because,
            )
        )
    return doc.Table("Roads", ("road", "open", "asks the user", "gives", "to whom", "because"), rows)


def _firewall(answers: LeafAnswers) -> doc.Table:
    groups: dict[tuple[str, str, str, str], list[str]] = {}
    for system, each in answers["audit"].answer["files"][0]["firewall"].items():
        key = (
            each["offer"],
            each["port 3389"],
            ", ".join(each["missing"]),
            "; ".join(each["because"]).replace(system, "it"),
        )
        groups.setdefault(key, []).append(system)
    rows = ((in_short(systems), *told) for told, systems in groups.items())
    return doc.Table("By system", ("system", "an offer", "port 3389", "missing for an offer", "because"), rows)


def _courses(answers: LeafAnswers) -> Iterator[doc.Block]:
    """Yield drawings of the witnesses that the check found, with their names, which are the model's."""
    traces = {
        each["name"]: each["trace"] for each in answers["check"].answer["promises"] if each["verdict"] == "witnessed"
    }
    drawn = [(name, title) for name, title in _COURSES if name in traces]
    if not drawn:
        yield doc.Para("Nothing to draw: under this policy nobody comes as far as the door.")
        return
    yield doc.Para(
        "People are called CORP\\anna, CORP\\bob and so on here: they are the model's, and none is an account of the inputs."
    )
    for name, title in drawn:
        messages = messages_of(recorded for _, recorded in read_trace(traces[name]))
        yield doc.SequenceDiagram(title, parties_of(messages), messages)


def _promise_tables(answers: LeafAnswers, claims: Sequence[ReviewClaim]) -> Iterator[doc.Block]:
    promises = {each["name"]: each for each in answers["check"].answer["promises"]}
    kinds = {
        "always": "What is never so, or always",
        "within": "What happens in time",
        "sometimes": "What can happen, and what cannot",
    }
    for kind, title in kinds.items():
        rows = []
        for each in claims:
            promise = promises[each.id.removeprefix("consent.")]
            if promise["kind"] == kind:
                covers = ", ".join((*promise["covers"], *(f"presumes {said}" for said in promise["presumes"])))
                rows.append((doc.code(promise["name"]), _badge_of(each), each.says, each.found, covers))
        if rows:
            yield doc.Table(title, ("promise", "verdict", "claim", "found", "covers"), rows)
    if left := not_asked(answers):
        unasked = ((doc.code(each["name"]), each["verdict"], each["says"]) for each in left)
        yield doc.Table("Not asked here, and so no claim", ("promise", "verdict", "it would say"), unasked)


def _explored(answers: LeafAnswers) -> Iterator[doc.Block]:
    check = answers["check"].answer
    rows = (
        (
            each["name"],
            "all" if each["complete"] else "NOT ALL",
            f"{each['states']:,}",
            f"{each['transitions']:,}",
            doc.code(str(each["digest"])),
            each["leaves_out"],
        )
        for each in check["models"]
    )
    yield doc.Table("Models", ("model", "explored", "states", "transitions", "digest of the edges", "leaves out"), rows)
    yield doc.Para(
        (
            "Second opinions were not asked: neither mutants, nor Spin, nor a proof with z3 is part of this review. ",
            doc.code("rasim check --mutants --spin --prove"),
            " asks them of the table, over all policies.",
        )
    )


def _findings(answers: LeafAnswers) -> Iterator[doc.Block]:
    findings = answers["audit"].answer["findings"]
    if not findings:
        yield doc.Para("No finding.")
    for each in findings:
        guides = "; ".join(f"{guide['guide']} {guide['id']} ({guide['mark']})" for guide in each["guidance"])
        found = doc.join(each["message"], " ", _at(each))
        pairs: list[tuple[doc.Wording, doc.Wording]] = [
            ("found", found),
            ("what to do", each["remedy"]),
            ("asked for by", guides),
        ]
        tone: doc.Tone = "bad" if each["severity"] == "high" else "plain"
        yield doc.Card(
            doc.code(each["rule"]), (doc.Pairs(pair for pair in pairs if doc.plain(pair[1])),), tone, each["severity"]
        )
    rows = ((each["choice"], each["default"], each["says"]) for each in answers["choices"].answer["choices"])
    yield doc.Table(
        "Choices that this review made: where the source is silent, rasim's defaults",
        ("choice", "value", "what it decides"),
        rows,
    )


def _limits(answers: LeafAnswers) -> list[str]:
    return list(dict.fromkeys((*answers["audit"].answer["limits"], *answers["check"].answer["limits"])))


def _leaves(answers: LeafAnswers) -> doc.Table:
    rows = (
        (doc.code(each.leaf.name), doc.code(each.leaf.command), str(each.exit), doc.code(each.digest))
        for each in answers.values()
    )
    return doc.Table("Leaves", ("leaf", "command, in this folder", "exit", "SHA-256 of evidence/LEAF.json"), rows)
