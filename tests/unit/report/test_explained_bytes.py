"""Explanations read against the files: the place that is named holds the value that is named."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from rasim.analysis.explain import Asked, explain
from rasim.directory.merging import Given, merge_in_order
from rasim.formats import lgpo_text, reg_text, registry_pol
from rasim.policy import Membership, Policy, RegistryEntry, policy_to_entries

GROUPS = Membership.of({"CORP\\Helpdesk": ["CORP\\anna", "CORP\\Tier1"], "CORP\\Tier1": ["CORP\\dora"]})
EXPERTS = ("CORP\\anna", "corp\\DORA", "CORP\\carol", "CORP\\nobody")
LISTS = (["CORP\\Helpdesk"], ["CORP\\carol", "CORP\\Helpdesk"], ["LAB\\müller", "CORP\\carol"], [])
POLICIES = [
    Policy.of(offer=offer, mode=mode, helpers=helpers, solicited=solicited)
    for offer in ("enabled", "disabled", "unknown")
    for mode in ("view", "control", None)
    for helpers in LISTS
    for solicited in ("not configured", "disabled")
]
SOME = POLICIES[::5]
"""Every fifth of them, in which each state and mode, list and invitation is: the texts are laid out alike for all."""

CAPABILITIES: tuple[Asked, ...] = ("offer", "view", "control")
WORDS = {0: "REG_DWORD 0", 1: "REG_DWORD 1"}


def record(data: bytes, at: int) -> tuple[str, str, int, bytes]:
    """Read one record of a Registry.pol by hand: key, value name, type, data."""
    assert data[at : at + 2] == b"[\0"
    rest = data[at + 2 :]
    texts = []
    for _ in range(2):
        end = next(i for i in range(0, len(rest), 2) if rest[i : i + 2] == b"\0\0")
        texts.append(rest[:end].decode("utf-16-le"))
        assert rest[end + 2 : end + 4] == b";\0"
        rest = rest[end + 4 :]
    kind, size = int.from_bytes(rest[:4], "little"), int.from_bytes(rest[6:10], "little")
    assert (b";\0", b";\0") == (rest[4:6], rest[10:12])
    return texts[0], texts[1], kind, rest[12 : 12 + size]


def said_of(kind: int, data: bytes) -> str:
    """Return what a record's data is called in a report."""
    return WORDS[int.from_bytes(data, "little")] if kind == 4 else f'REG_SZ "{data.decode("utf-16-le").rstrip(chr(0))}"'


def reasons(data: bytes, name: str) -> Iterator[tuple[str, str, str]]:
    """Yield setting, sentence and place of every reason, for every expert, capability and two systems."""
    merged = merge_in_order([Given(name, data)])
    for expert in EXPERTS:
        for capability in CAPABILITIES:
            for os in (None, "windows-xp-sp1"):
                found = explain(merged.policy, expert, capability, GROUPS, os=os, won=merged.won)
                for reason in found.decision.because:
                    if reason.where is not None and reason.where.known:
                        yield reason.setting, reason.says, str(reason.where)


def holds(setting: str, says: str, key: str, value: str, words: str) -> bool:
    """Tell whether a value is the one that a sentence is about."""
    if setting != "RAUnsolicit":
        return value == setting and f"({words})" in says
    below = key.rpartition("\\")[2] == "RAUnsolicit"
    if " is a helper" not in says:
        return below  # nobody's own entry: the list itself
    via = re.search(r"in ([^,]+)$|member of ([^,]+)$", says)
    named = next((g for g in via.groups() if g), "") if via else says.partition(" is a helper")[0]
    return below and value.upper() == named.upper()


@pytest.mark.parametrize(
    ("policies", "least"), [(SOME, 30), pytest.param(POLICIES, 150, marks=pytest.mark.exhaustive)], ids=["some", "all"]
)
def test_places_in_registry_pol(policies: list[Policy], least: int) -> None:
    """In explanations of Registry.pol files each offset is that of a record with the value that is named."""
    explained = 0
    for policy in policies:
        data = registry_pol.render(policy_to_entries(policy))
        for setting, says, where in set(reasons(data, "x.pol")):
            key, value, kind, content = record(data, int(where.rpartition("offset ")[2]))
            assert holds(setting, says, key, value, said_of(kind, content)) or value.startswith("**delvals"), (
                says,
                where,
            )
            explained += 1

    assert explained > least


@pytest.mark.parametrize(
    ("render", "name"),
    [(reg_text.render, "x.reg"), pytest.param(lgpo_text.render, "x.txt", marks=pytest.mark.exhaustive)],
)
def test_places_in_text(render: Callable[[Iterable[RegistryEntry]], bytes], name: str) -> None:
    """In more than forty explanations of .reg and LGPO text each line named has the value that is named."""
    explained = 0
    for policy in SOME:
        data = render(policy_to_entries(policy))
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        for setting, says, where in set(reasons(data, name)):
            line = int(where.split(":")[1])
            near = "\n".join(text.splitlines()[line - 1 : line + 3])
            named = setting if setting != "RAUnsolicit" else ""
            if " is a helper" in says:
                entry = (
                    re.split(r" in | of ", says)[-1] if " as a member" in says else says.partition(" is a helper")[0]
                )
                named = entry.rpartition("\\")[2]
            assert named.upper() in near.upper(), (says, where, near)
            explained += 1

    assert explained > 40


def test_places_in_real_files(corpus: Path) -> None:
    """In every real Registry.pol that states an offer each offset is that of a record with the value that is named."""
    explained = 0
    for path in sorted(corpus.rglob("*.pol")):
        data = path.read_bytes()
        merged = merge_in_order([Given(str(path), data)])
        if merged.sources[0].error is not None:
            continue
        for helper in (*merged.policy.offer.helpers, None):
            expert = "CORP\\nobody" if helper is None or helper.flaw else helper.text
            for reason in explain(merged.policy, expert, "control").decision.because:
                if reason.where is None or reason.where.offset is None:
                    continue
                key, value, kind, content = record(data, reason.where.offset)
                words = said_of(kind, content) if kind in (1, 4) else ""
                assert holds(reason.setting, reason.says, key, value, words) or value.startswith("**"), (path, reason)
                explained += 1

    assert explained
