"""What was learned of a product: its machine, beside the one that the table is, and the shortest word on which the two differ.

A machine has finitely many states, and answers each act in each of them with lines; of a line all but the names is kept, which are new
each time. A difference from the table is no broken promise: the table is one product among those that keep them.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal, Self, TypeVar

from attrs import frozen

from rasim.errors import Exit
from rasim.protocol.lines import VALUES, Line
from rasim.scenario import Scenario

S = TypeVar("S")
Lines = tuple[Line, ...]
ActWord = tuple[str, ...]
_Verdict = Literal["equivalent", "differs", "not deterministic", "adapter failed", "not complete"]
_KEPT: Final = {*VALUES, "port"}  # whatever else a line has is a name that somebody gave


def reduced(line: Line) -> Line:
    """Return a line without the names in it: what it tells of, in the words of the vocabulary."""
    kept = _KEPT | ({"kind"} if line.event == "audited" else set())
    return Line(line.event, tuple(each for each in line.fields if each[0] in kept))


def lines_in_words(lines: Lines) -> str:
    """Return in words what an act left."""
    said = (" ".join((line.event, *(f"({name}: {value})" for name, value in line.fields))) for line in lines)
    return ", ".join(said) or "nothing"


@frozen
class Mealy:
    """States by number, the first being where it starts: `rows` has for each state and act the state after it, and the lines it leaves.

    States stand in the order in which they are met, by the acts in theirs. So two minimised machines are equal exactly if they do the same.
    """

    acts: tuple[str, ...]
    rows: tuple[tuple[tuple[int, Lines], ...], ...]

    @classmethod
    def explored(cls, acts: Sequence[str], start: S, does: Callable[[S, str], tuple[S, Lines]]) -> Self:
        """Return what can be reached from a start, by a function that says what an act does in a state."""
        number, order, rows = {start: 0}, [start], list[tuple[tuple[int, Lines], ...]]()
        for state in order:
            done = [does(state, act) for act in acts]
            for target, _ in done:
                if number.setdefault(target, len(order)) == len(order):
                    order.append(target)
            rows.append(tuple((number[target], lines) for target, lines in done))
        return cls(tuple(acts), tuple(rows))

    def does(self, state: int, act: str) -> tuple[int, Lines]:
        """Return the state after an act, and the lines that it leaves."""
        return self.rows[state][self.acts.index(act)]

    def answers(self, word: ActWord, state: int = 0) -> tuple[Lines, ...]:
        """Return what each act of a word leaves, from a state."""
        found: list[Lines] = []
        for act in word:
            state, lines = self.does(state, act)
            found.append(lines)
        return tuple(found)

    def after(self, word: ActWord) -> int:
        """Return the state after a word, from the start."""
        state = 0
        for act in word:
            state, _ = self.does(state, act)
        return state

    def minimised(self) -> "Mealy":
        """Return the machine without states that no word tells apart: blocks are split until each act leads into one block."""
        block: list[int] = [0] * len(self.rows)
        count = 0
        while count != len(set(block)):
            count = len(set(block))
            looks = [(block[at], tuple((block[to], lines) for to, lines in row)) for at, row in enumerate(self.rows)]
            numbers = {look: number for number, look in enumerate(dict.fromkeys(looks))}
            block = [numbers[look] for look in looks]
        one_of = {number: at for at, number in reversed(list(enumerate(block)))}

        def does(state: int, act: str) -> tuple[int, Lines]:
            target, lines = self.does(one_of[state], act)
            return block[target], lines

        return Mealy.explored(self.acts, block[0], does)

    def ways(self) -> list[ActWord]:
        """Return the shortest word to each state."""
        found: dict[int, ActWord] = {0: ()}
        for state in range(len(self.rows)):  # states are numbered as they are met
            for act, (target, _) in zip(self.acts, self.rows[state], strict=True):
                found.setdefault(target, (*found[state], act))
        return [found[state] for state in range(len(self.rows))]

    def difference(self, other: "Mealy", here: int = 0, there: int = 0) -> ActWord | None:
        """Return the shortest word that this machine and another answer differently, from a state of each; None if there is none."""
        met: dict[tuple[int, int], ActWord] = {(here, there): ()}
        order = [(here, there)]
        for mine, its in order:
            for act in self.acts:
                (to, lines), (its_to, its_lines) = self.does(mine, act), other.does(its, act)
                if lines != its_lines:
                    return (*met[mine, its], act)
                if met.setdefault((to, its_to), (*met[mine, its], act)) == (*met[mine, its], act):
                    order.append((to, its_to))
        return None

    def telling_apart(self) -> list[ActWord]:
        """Return words by whose answers every two states differ that differ at all."""
        words: list[ActWord] = []
        groups = [list(range(len(self.rows)))]
        while groups:
            first, *others = groups.pop()
            word = next((w for each in others if (w := self.difference(self, first, each)) is not None), None)
            if word is None:
                continue
            words.append(word)
            split: dict[tuple[Lines, ...], list[int]] = {}
            for state in (first, *others):
                split.setdefault(self.answers(word, state), []).append(state)
            groups += split.values()
        return list(dict.fromkeys(words))

    def telling(self, state: int, words: Iterable[ActWord]) -> list[ActWord]:
        """Return those of the words that are needed to tell a state from every other that any of them tells it from."""
        others, needed = set(range(len(self.rows))) - {state}, list[ActWord]()
        for word in words:
            told = {each for each in others if self.answers(word, each) != self.answers(word, state)}
            needed += [word] if told else []
            others -= told
        return needed or [()]


@frozen
class Departure:
    """A word, what the product recorded at each of its acts and what the table would, and the word as a scenario."""

    word: ActWord
    product: tuple[Lines, ...]
    table: tuple[Lines, ...]
    scenario: Scenario


@frozen
class Unsteady:
    """A product that answered the same acts in two ways: no machine is learned of it."""

    word: ActWord
    once: Lines
    again: Lines


@frozen
class Learned:
    """What was learned. `machine` is None where nothing was, and `why` says why; `table` is the table's machine, minimised.

    `queries` are stories that were told to a product, `acts` what was done in them in all; `extra_states` is up to how many states more a
    machine was looked for, and `walks` drawn by `seed` beside; `events` are the lines that counted, None for all that the product records.
    """

    adapter: str
    scene: str
    machine: Mealy | None
    table: Mealy
    difference: Departure | None
    queries: int
    acts: int
    extra_states: int
    walks: int
    seed: int
    why: str = ""
    unsteady: Unsteady | None = None
    failed: bool = False
    events: tuple[str, ...] | None = None

    @property
    def verdict(self) -> _Verdict:
        """Return the answer in a word; a difference that was seen counts also where not all was asked."""
        if self.unsteady is not None:
            return "not deterministic"
        if self.failed:
            return "adapter failed"
        if self.difference is not None:
            return "differs"
        return "equivalent" if self.machine is not None else "not complete"

    @property
    def exit_code(self) -> Exit:
        """Return the exit code of the answer."""
        codes = {"equivalent": Exit.OK, "differs": Exit.FAILED}
        return codes.get(self.verdict, Exit.INCONCLUSIVE)


def seen_difference(
    seen: Iterable[ActWord], answers: Callable[[ActWord], tuple[Lines, ...]], table: Mealy
) -> ActWord | None:
    """Return the shortest word among those that were told to the product which the table answers differently."""
    for word in sorted(seen, key=len):
        if answers(word) != table.answers(word):
            return word
    return None
