"""The page of promises: a card each, and an index over them, for a reviewer who looks one up and for one who reads them all."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from docs.generate import MADE
from docs.generate.noticed import noticed
from docs.generate.rooms import TOP
from rasim.protocol.lines import RECORD_KINDS
from rasim.verify.mutants.other_products import PROFILES
from rasim.verify.mutants.product_mistakes import PRODUCT_MISTAKES
from rasim.verify.promises.catalogue import ALWAYS, LEFT_OUT, NARROWER, TRACED, WITHIN
from rasim.verify.promises.kinds import AnyKept, Sometimes, Within
from rasim.verify.promises.witnesses import SOMETIMES

KINDS: Final[tuple[tuple[str, str, tuple[AnyKept, ...]], ...]] = (
    ("Safety properties", "safety", ALWAYS),
    ("Deadlines and liveness", "deadline", WITHIN),
    ("Properties of traces alone", "of traces", TRACED),
    ("A property of pairs of policies", "of two policies", (NARROWER,)),
)
WITNESSES: Final = "Witnesses: what must be possible"
NOTICED: Final = noticed()
SOURCES: Final = (TOP / "docs" / "reference" / "sources.md").read_text(encoding="utf-8")
CASES: Final[Mapping[str, list[str]]] = {
    row[1]: re.findall(r"case-\d+", row[0]) for row in re.finditer(r"^\| ([RASLF]\d+) \|.*", SOURCES, re.MULTILINE)
}


def promises_page() -> str:
    """Return the promises as Markdown: an index, a card each, the witnesses, and the ids that none answers for."""
    return "\n".join((*_page(), ""))


def _page() -> Iterator[str]:
    yield "# The promises"
    yield MADE
    yield ""
    yield "Safety properties hold in every reachable state, whoever sends what; deadlines say what must be over in time; witnesses keep"
    yield "both from being empty. `rasim check` proves them for the table, over all policies; `rasim judge` asks them of traces."
    yield ""
    yield from _index()
    yield "<details><summary>What the words on a card mean</summary>"
    yield ""
    yield "- **Verdict**: what `rasim check` says over all policies. *Not checked* is what only a trace can show: it is asked of traces; in a"
    yield "  model an id is one name, and a clock an event. *Not promised* presumes a choice that is not the default."
    yield "- **Stated** follows from the policy's own help text, **added** is rasim's."
    yield "- **Within** is the choice that says how long something may last; *at once* is before anything else happens, and of another"
    yield "  computer's trace within the reaction time."
    yield "- **Noticed**: mistakes planted in the table, each of which breaks this promise first (`rasim check --mutants`), and known mistakes"
    yield "  of products, which break it too. Some promises are only second to notice, and have none of their own."
    yield "- **Needs**: the kinds of lines that have to be [recorded](trace-lines.md) for a trace to be asked."
    yield "- **Covers**: ids of [the sources](sources.md); **cases** are the public cases behind them there."
    yield ""
    yield "</details>"
    for title, kind, promises in KINDS:
        yield from ("", f"## {title}")
        for promise in promises:
            yield from _card(promise, kind)
    yield from ("", f"## {WITNESSES}", "")
    yield "What *can* be done is checked from every reachable state, and not asked of traces. Each unfolds to its lines, in their order."
    for witness in SOMETIMES:
        yield from _witness(witness)
    yield from ("", "## Ids that no promise answers for", "")
    yield from (f"- **{name}**: {reason}" for name, reason in LEFT_OUT.items())


def _index() -> Iterator[str]:
    for title, _, promises in KINDS:
        yield f"**[{title}](#{_anchor(title)})**: " + " · ".join(f"[{each.name}](#{each.name})" for each in promises)
        yield ""
    yield f"**[{WITNESSES}](#{_anchor(WITNESSES)})**: {len(SOMETIMES)} · [ids that no promise answers for](#ids-that-no-promise-answers-for)"
    yield ""


def _anchor(title: str) -> str:
    return title.lower().replace(":", "").replace(" ", "-")


def _card(promise: AnyKept, kind: str) -> Iterator[str]:
    verdict = NOTICED["verdicts"][promise.name]
    planted = [mistake for mistake, by in NOTICED["mistakes"].items() if by == promise.name]
    named = [
        f"{name}: {each.says} ({each.cases})" for name, each in PRODUCT_MISTAKES.items() if promise.name in each.by
    ]
    named += [
        f"profile *{name}*: {each.says} ({each.cases})" for name, each in PROFILES.items() if promise.name in each.by
    ]
    yield from ("", f"### `{promise.name}`", "", f"{promise.says[0].upper()}{promise.says[1:]}.", "")
    counts = [f"{len(those)} {kind_}" for those, kind_ in ((planted, "planted"), (named, "known")) if those]
    count = f" · notices {', '.join(counts)}" if counts else ""
    yield f"<details><summary><b>{verdict}</b> · {kind} · {promise.source}{count}</summary>"
    yield ""
    if isinstance(promise, Within):
        yield f"- Within: {promise.bound}"
    yield from (f"- Noticed, as a known mistake: {each}" for each in named)
    if planted:
        shown = "; ".join(f"*{each.replace('`', '')}*" for each in planted[:3])
        yield f"- Noticed, as planted: {shown}" + (f", and {len(planted) - 3} more" if len(planted) > 3 else "")
    if promise.presumes:
        yield "- Presumes: " + "; ".join(f"{name}: {value}" for name, value in promise.presumes.items())
    if promise.needs:
        yield "- Needs: " + ", ".join(name for name in RECORD_KINDS if name in promise.needs)
    yield f"- Covers: [{' '.join(promise.covers)}](sources.md)"
    if cases := sorted({case for each in promise.covers for case in CASES.get(each, ())}):
        yield f"- Cases: [{' '.join(cases)}](sources.md#public-cases)"
    yield "- Kept from being empty by: " + ", ".join(
        f'<a href="#{name}"><code>{name}</code></a>' for name in promise.witnesses
    )
    yield from ("", "</details>")


def _witness(witness: Sometimes) -> Iterator[str]:
    yield ""
    yield f'<details id="{witness.name}"><summary><code>{witness.name}</code>: {witness.says}</summary>'
    yield ""
    yield " → ".join(f"`{p.event}`" + "".join(f" {name} *{value}*" for name, value in p.fields) for p in witness.path)
    yield from ("", "</details>")
