"""Diagrams of the table and of what happened: as Mermaid, as DOT for Graphviz, as PlantUML, and as SVG drawn here.

The state diagram is made from the rows: an arrow wherever a row changes the phase (or, inside a view, the state of control),
and one more where rule G ends what is there. The SVG is an arc diagram: states in a column, arrows forward at the right and
backward at the left, every label on a line of its own, so that nothing can overlap whatever the table says. The sequence
diagram is made from trace lines: who sent what to whom. All of its forms print the same messages.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

from attrs import frozen

from rasim.policy import printable
from rasim.protocol.lines import Line, Recorded
from rasim.protocol.terms import Is, Table


@frozen
class Arrow:
    """From one state to another, with the lines of its label; `dashed` for rule G."""

    source: str
    target: str
    label: tuple[str, ...]
    dashed: bool = False


@frozen
class States:
    """A diagram of states in their order, the first being where everything starts; `inside` names the state that holds it."""

    title: str
    states: tuple[str, ...]
    arrows: tuple[Arrow, ...]
    inside: str = ""


def states_of(rules: Table, fact: str, inside: str = "") -> States:
    """Return the state diagram of a fact: which rows change it, and from where rule G takes it away."""
    values = tuple(str(v) for v in next(f for f in rules.facts if f.name == fact).values)
    labels: dict[tuple[str, str], list[str]] = {}
    for row in rules.rows:
        for target in (change.to for change in row.then if change.fact == fact):
            words = f"{row.id}  {'; '.join(rules.kind(kind).says for kind in row.when)}"
            for source in (each for each in _sources(rules, row.id, fact) if each != target):
                labels.setdefault((source, str(target)), []).append(words)
    arrows = [Arrow(source, target, tuple(lines)) for (source, target), lines in labels.items()]
    for thing in rules.things:
        if isinstance(thing.lasts, Is) and thing.lasts.fact == fact and thing.needs:
            label = (f"G  the {thing.name} loses a need",)
            arrows += [Arrow(str(thing.lasts.value), str(over.to), label, dashed=True) for over in thing.over]
    return States(fact, values, tuple(arrows), inside)


def _sources(rules: Table, row_id: str, fact: str) -> list[str]:
    """Return the states that a row starts from: its phase, or what its conditions say of the fact."""
    row = rules.row(row_id)
    if fact == "phase":
        return [] if row.phase is None else [row.phase]
    return [str(c.holds.value) for c in row.provided if isinstance(c.holds, Is) and c.holds.fact == fact]


def of_table(rules: Table) -> tuple[States, States]:
    """Return the two diagrams of the table: the phases of an assistance, and control inside a view."""
    return states_of(rules, "phase"), states_of(rules, "control", "viewing")


# ---- printers of states --------------------------------------------------------------------------------------


def states_mermaid(phases: States, inner: States | None = None) -> str:
    """Return a Mermaid state diagram, the inner states inside the state that holds them."""
    return "\n".join(_mermaid(phases, inner))


def _mermaid(phases: States, inner: States | None) -> Iterator[str]:
    yield "stateDiagram-v2"
    yield f"    [*] --> {phases.states[0]}"
    yield from (f"    {line}" for line in _arrows(phases.arrows, ""))
    if inner is None:
        return
    yield f"    state {inner.inside} {{"
    names = {state: f"{inner.title}_{state}" for state in inner.states}
    yield from (f'        state "{inner.title} {state}" as {name}' for state, name in names.items())
    yield f"        [*] --> {names[inner.states[0]]}"
    yield from (f"        {line}" for line in _arrows(inner.arrows, f"{inner.title}_"))
    yield "    }"


def _arrows(arrows: Iterable[Arrow], prefix: str) -> Iterator[str]:
    for arrow in arrows:
        # A colon ends a label's head in Mermaid.
        label = "<br/>".join(line.replace(":", "").replace(";", ",") for line in arrow.label)
        yield f"{prefix}{arrow.source} --> {prefix}{arrow.target} : {label}"


def states_dot(phases: States, inner: States | None = None) -> str:
    """Return a DOT digraph, the inner states as a cluster."""
    return "\n".join(_dot(phases, inner))


def _dot(phases: States, inner: States | None) -> Iterator[str]:
    yield "digraph assistance {"
    yield "    rankdir=LR;"
    yield '    node [shape=box, style=rounded, fontname="sans-serif"];'
    yield '    edge [fontname="sans-serif", fontsize=10];'
    for diagram, prefix in ((phases, ""), *(((inner, f"{inner.title} "),) if inner else ())):
        indent = "    "
        if diagram.inside:
            yield f"    subgraph {_quoted(f'cluster {diagram.inside}')} {{"
            yield f"        label={_quoted(f'{diagram.title} while {diagram.inside}')};"
            indent = "        "
        yield from (f"{indent}{_quoted(prefix + state)};" for state in diagram.states)
        for arrow in diagram.arrows:
            style = ", style=dashed" if arrow.dashed else ""
            label = "\\n".join(_escaped(line) for line in arrow.label)
            yield f'{indent}{_quoted(prefix + arrow.source)} -> {_quoted(prefix + arrow.target)} [label="{label}"{style}];'
        if diagram.inside:
            yield "    }"
    yield "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


# ---- SVG -----------------------------------------------------------------------------------------------------

SVG_STYLE = (
    ":root{color-scheme:light dark}.bg{fill:#fff}.box{fill:#eef3fb;stroke:#33557f;stroke-width:1.5}"
    ".arc{fill:none;stroke:#33557f;stroke-width:1.4}.g{stroke-dasharray:5 4;stroke:#8a4b08}.lead{stroke:#bbb}"
    "text{font:13px sans-serif;fill:#111}.title{font-weight:bold}.head{fill:#33557f}"
    ".over{paint-order:stroke;stroke:#fff;stroke-width:3px}"
    "@media (prefers-color-scheme:dark){.bg{fill:#16181d}.box{fill:#22304a;stroke:#9fc0ee}.arc{stroke:#9fc0ee}"
    ".g{stroke:#f0b36b}.lead{stroke:#555}text{fill:#eee}.head{fill:#9fc0ee}.over{stroke:#16181d}}"
)
HEAD = (
    '<defs><marker id="h" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    '<path class="head" d="M0 0L8 4L0 8z"/></marker></defs>'
)
LINE, CHARACTER, BOX, LANE, MARGIN, LOOP = 16, 7.0, 112, 22, 16, 8  # pixels
NARROW = 128  # pixels between lifelines that words cover


@frozen
class _Placed:
    arrow: Arrow
    lane: int
    y: float


def states_svg(title: str, diagrams: Sequence[States]) -> str:
    """Return an SVG with the diagrams under one another."""
    parts: list[str] = []
    top, width = 3.0 * MARGIN, 0.0
    for diagram in diagrams:
        body, right, height = _arc_diagram(diagram, top)
        parts += body
        width, top = max(width, right), top + height + 2 * MARGIN
    return _document(title, width + MARGIN, top, parts)


def _safe(text: str) -> str:
    return escape(printable(text))


def _document(title: str, width: float, height: float, parts: Iterable[str], *, headed: bool = True) -> str:
    own = "" if headed else f' width="{width:.0f}"'
    head = (f'<text class="title" x="{MARGIN}" y="{MARGIN + 8}">{_safe(title)}</text>',) if headed else ()
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}"{own} role="img" aria-labelledby="t">',
            f'<title id="t">{_safe(title)}</title>',
            f"<style>{SVG_STYLE}</style>",
            HEAD,
            f'<rect class="bg" width="{width:.0f}" height="{height:.0f}"/>',
            *head,
            *parts,
            "</svg>",
            "",
        )
    )


def _side(arrows: Sequence[Arrow], place: Mapping[str, int], step: float, top: float) -> list[_Placed]:
    """Give each arrow of a side a lane of its own and its label lines of their own, in the order of their middles."""
    middles = sorted(arrows, key=lambda a: (place[a.source] + place[a.target], abs(place[a.source] - place[a.target])))
    spans = sorted(arrows, key=lambda a: abs(place[a.source] - place[a.target]))
    placed, free = [], top
    for arrow in middles:
        y = max(free, top + step * (place[arrow.source] + place[arrow.target]) / 2 - LINE * (len(arrow.label) - 1) / 2)
        placed.append(_Placed(arrow, spans.index(arrow) + 1, y))
        free = y + LINE * len(arrow.label) + 6
    return placed


def _arc_diagram(diagram: States, top: float) -> tuple[list[str], float, float]:
    place = {state: at for at, state in enumerate(diagram.states)}
    forward = [a for a in diagram.arrows if place[a.target] > place[a.source]]
    backward = [a for a in diagram.arrows if place[a.target] <= place[a.source]]
    most = max(sum(len(a.label) * LINE + 6 for a in side) for side in (forward, backward))
    step = max(84.0, most / max(len(diagram.states) - 1, 1))
    first = top + 2 * LINE
    wide = max((len(line) for a in backward for line in a.label), default=0) * CHARACTER
    x = MARGIN + wide + LANE * (len(backward) + 2)
    centre = x + BOX / 2
    inside = f", while {diagram.inside}" if diagram.inside else ""
    parts = [f'<text class="title" x="{MARGIN}" y="{top:.0f}">{_safe(diagram.title)}{_safe(inside)}</text>']
    bottom = first + step * (len(place) - 1) + 36
    right = x + BOX
    for side, sign in ((forward, 1), (backward, -1)):
        edge = centre + sign * BOX / 2
        outer = edge + sign * LANE * (len(side) + 1)
        for at, put in enumerate(_side(side, place, step, first + 18)):
            start, end = (
                first + 18 + step * place[name] + 7 * (at % 3 - 1) for name in (put.arrow.source, put.arrow.target)
            )
            if put.arrow.source == put.arrow.target:
                start, end = start - LOOP, end + LOOP
            lane = edge + sign * LANE * put.lane
            middle = put.y - 4
            style = "arc g" if put.arrow.dashed else "arc"
            parts.append(
                f'<path class="{style}" marker-end="url(#h)" d="M{edge:.1f} {start:.1f}C{lane:.1f} {start:.1f} {lane:.1f} '
                f'{start:.1f} {lane:.1f} {(start + end) / 2:.1f}S{lane:.1f} {end:.1f} {edge:.1f} {end:.1f}"/>'
            )
            parts.append(
                f'<path class="lead" fill="none" d="M{lane:.1f} {(start + end) / 2:.1f}L{outer:.1f} {middle:.1f}"/>'
            )
            anchor = "start" if sign > 0 else "end"
            for number, line in enumerate(put.arrow.label):
                y = put.y + LINE * number
                parts.append(
                    f'<text x="{outer + sign * 4:.1f}" y="{y:.1f}" text-anchor="{anchor}">{_safe(line)}</text>'
                )
                right = max(right, outer + len(line) * CHARACTER + 8) if sign > 0 else right
                bottom = max(bottom, y + LINE)
    for state, at in place.items():
        y = first + step * at
        parts.append(f'<rect class="box" x="{x:.1f}" y="{y:.1f}" width="{BOX}" height="36" rx="8"/>')
        parts.append(f'<text x="{centre:.1f}" y="{y + 23:.1f}" text-anchor="middle">{_safe(state)}</text>')
    return parts, right, bottom - top


# ---- what happened -------------------------------------------------------------------------------------------

# From whom to whom a line goes; `expert` and `user` stand for the one it is about. What is in neither is the computer's own.
SENT_BY = {
    "expert": (
        "contact", "offer_received", "offer_cancelled", "control_requested", "control_withdrawn", "capability_requested",
        "capability_withdrawn", "control_released", "input_applied", "input_dropped", "capability_used",
    ),
    "user": (
        "accepted", "denied", "paused", "resumed", "control_granted", "control_refused", "capability_granted",
        "capability_refused", "control_stopped", "logged_on", "logged_off", "locked", "unlocked",
    ),
    "to expert": (
        "sessions_disclosed", "ticket_issued", "ticket_refused", "ticket_expired", "offer_refused", "connection_opened",
        "frame_shown", "ended",
    ),
    "to user": (
        "prompt_shown", "prompt_hidden", "control_prompt_shown", "control_prompt_hidden", "capability_prompt_shown",
        "capability_prompt_hidden", "indicator_on", "indicator_off",
    ),
}  # fmt: skip
QUIET = frozenset({"local_input", "membership_checked", "sessions_disclosed", "audited"})


@frozen
class Message:
    """One line of a trace between two parties; from and to the same one for what happens there."""

    source: str
    target: str
    words: str


class Teller:
    """Tells of one line after another what went from whom to whom; it remembers whose each offer and connection is.

    `names` has the name to show for accounts of experts and for sessions of users. Without it they are called as the trace has it.
    """

    def __init__(self, names: Mapping[str, str] | None = None) -> None:
        self._names = names
        self._whose: dict[str, tuple[str, str]] = {}

    def tell(self, line: Line) -> Message | None:
        """Return the message that a line is, None for what is no matter between two."""
        expert, user = self._about(line)
        for key in ("ticket", "offer", "connection", "request"):
            if line[key] is not None:
                self._whose[str(line[key])] = (expert, user)
        if line.event in QUIET:
            return None
        words = line.event.replace("_", " ") + "".join(
            f", {line[name]}"
            for name in ("capability", "reason", "reply", "port", "state", "offers", "mode")
            if line[name] is not None
        )
        sent = next((way for way, events in SENT_BY.items() if line.event in events), "")
        ends = {"expert": (expert, "computer"), "user": (user, "computer"), "to expert": ("computer", expert)}
        ends |= {"to user": ("computer", user)}
        source, target = ends.get(sent, ("computer", "computer"))
        return Message(source or "computer", target or "computer", words)

    def _about(self, line: Line) -> tuple[str, str]:
        """Return the expert and the user that a line is about: as it says, or as the ids in it were introduced."""
        ids = (str(line[key]) for key in ("connection", "request", "offer", "ticket"))
        known = next((self._whose[each] for each in ids if each in self._whose), ("", ""))
        return self._name(line, "expert") or known[0], self._name(line, "session") or known[1]

    def _name(self, line: Line, field: str) -> str:
        said = line[field]
        if self._names is not None:
            return self._names.get(str(said), "")
        if said is None:
            return ""
        # Whatever somebody calls themselves, nobody is taken for a session or for the computer.
        like = field == "expert" and str(said).split(" ")[0] in {"computer", "session", "expert"}
        return f"{field} {printable(str(said))}" if like or field == "session" else printable(str(said))


def messages_of(trace: Iterable[Recorded], names: Mapping[str, str] | None = None) -> tuple[Message, ...]:
    """Return what went between whom, by the names that a `Teller` gives."""
    teller = Teller(names)
    told = (teller.tell(recorded.line) for recorded in trace)
    return tuple(message for message in told if message is not None)


def parties_of(messages: Iterable[Message]) -> list[str]:
    """Return the parties of messages that are called as the trace has it: experts, the computer, sessions."""
    met = dict.fromkeys(party for message in messages for party in (message.source, message.target))
    sessions = [party for party in met if party.startswith("session ")]
    return [*(party for party in met if party not in {*sessions, "computer"}), "computer", *sessions]


def sequence_mermaid(parties: Sequence[str], messages: Iterable[Message]) -> str:
    """Return a Mermaid sequence diagram."""
    lines = ["sequenceDiagram", *(f"    participant {party}" for party in parties)]
    for message in messages:
        words = message.words.replace(":", "").replace(";", "")
        if message.source == message.target:
            lines.append(f"    Note over {message.source}: {words}")
        else:
            lines.append(f"    {message.source}->>{message.target}: {words}")
    return "\n".join(lines)


def sequence_plantuml(parties: Sequence[str], messages: Iterable[Message]) -> str:
    """Return a PlantUML sequence diagram; nothing in a name or a message is read as anything but words."""
    known = {party: f"p{at}" for at, party in enumerate(parties, 1)}
    lines = ["@startuml", *(f'participant "{_plain(party)}" as {alias}' for party, alias in known.items())]
    for message in messages:
        source, target = known[message.source], known[message.target]
        way = f"note over {source}" if source == target else f"{source} -> {target}"
        lines.append(f"{way} : {_plain(message.words)}")
    return "\n".join((*lines, "@enduml"))


def _plain(words: str) -> str:
    """Return words for PlantUML: all but letters, digits and commas by number, so that no markup, link or function is in them."""
    return "".join(each if each.isalnum() or each in " ,." else f"<U+{ord(each):04X}>" for each in printable(words))


def sequence_svg(title: str, parties: Sequence[str], messages: Sequence[Message], *, narrow: bool = False) -> str:
    """Return the sequence diagram as SVG: a lifeline for each party, a line of its own for each message.

    A `narrow` one can be read on a phone: its lifelines stand closer than words are long, four as close as their boxes, and words cover them.
    """
    widest = max((len(message.words) for message in messages), default=10) * CHARACTER
    box = max(72 if narrow else 108, *(len(party) * CHARACTER + 16 for party in parties))
    apart = max(NARROW if len(parties) < 4 else 0, box + 12) if narrow else max(widest + 40, 160, box + 20)
    beside = 12 + max(box, widest - apart) / 2 if narrow else MARGIN + 6 + box / 2
    xs = {party: beside + apart * at for at, party in enumerate(parties)}
    width = max(xs.values()) + (beside if narrow else 6 + max(box, 108 + widest) / 2 + MARGIN)
    top, step = (2.0 if narrow else 4.0) * MARGIN, 26
    height = top + 30 + step * len(messages)
    parts, over = [], ' class="over"' if narrow else ""
    for party, x in xs.items():
        parts.append(f'<path class="lead" fill="none" d="M{x:.1f} {top + 12:.1f}V{height:.1f}"/>')
        parts.append(
            f'<rect class="box" x="{x - box / 2:.1f}" y="{top - 14:.1f}" width="{box:.0f}" height="26" rx="6"/>'
        )
        parts.append(f'<text x="{x:.1f}" y="{top + 4:.1f}" text-anchor="middle">{_safe(party)}</text>')
    for at, message in enumerate(messages):
        y, start, end = top + 40 + step * at, xs[message.source], xs[message.target]
        if start == end and narrow:
            parts += _note(message.words, start, y, width)
        elif start == end:
            parts.append(f'<circle class="head" cx="{start:.1f}" cy="{y - 4:.1f}" r="3.5"/>')
            parts.append(f'<text x="{start + 10:.1f}" y="{y:.1f}">{_safe(message.words)}</text>')
        else:
            parts.append(f'<path class="arc" marker-end="url(#h)" d="M{start:.1f} {y:.1f}H{end:.1f}"/>')
            middle = f'x="{(start + end) / 2:.1f}" y="{y - (6 if narrow else 4):.1f}" text-anchor="middle"'
            parts.append(f"<text{over} {middle}>{_safe(message.words)}</text>")
    return _document(title, width, height + MARGIN, parts, headed=not narrow)


def _note(words: str, x: float, y: float, width: float) -> tuple[str, str]:
    """Return what happens at one party as a note over its lifeline, inside the picture."""
    half = len(words) * CHARACTER / 2 + 6
    middle = min(max(x, half + 2), width - half - 2)
    return (
        f'<rect class="box" x="{middle - half:.1f}" y="{y - 16:.1f}" width="{2 * half:.1f}" height="20" rx="3"/>',
        f'<text x="{middle:.1f}" y="{y - 2:.1f}" text-anchor="middle">{_safe(words)}</text>',
    )
