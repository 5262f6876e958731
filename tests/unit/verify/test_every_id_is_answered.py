"""Every id of the lists of cases is answered: by a promise that covers it, or by the reason why none does."""

from rasim.verify import KEPT
from rasim.verify.promises.catalogue import LEFT_OUT

LISTS = {
    *(f"S{n}" for n in range(1, 37)), "S2b",
    *(f"L{n}" for n in range(1, 15)),
    *(f"A{n}" for n in range(1, 14)),
    *(f"R{n}" for n in (*range(1, 25), *range(30, 42))),
}  # fmt: skip


def test_every_id_is_covered_or_left_out_with_a_reason() -> None:
    """S1 to S36, L1 to L14, A1 to A13, R1 to R24 and R30 to R41: each is covered or has its reason, and none has both."""
    covered = {case for promise in KEPT for case in promise.covers}

    assert set() == LISTS - covered - set(LEFT_OUT)
    assert set() == covered & set(LEFT_OUT)
    assert set() == (covered | set(LEFT_OUT)) - LISTS
    assert all(LEFT_OUT.values())
