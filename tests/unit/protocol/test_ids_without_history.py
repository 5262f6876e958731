"""Ids in an exploration: a state has no history, so what there is to be named is called by whose it is."""

from rasim.protocol import event, start, step
from rasim.protocol.trace_writer import CountedIds, Ids, Symbols

PAIR = (1, 0)
READY = start(offers="enabled", logged_on=True, listed=True, admitted=True)


def symbols() -> Symbols:
    """Return the ids of a computer that two experts come to."""
    return Symbols(("anna", "carol"), ("s1",))


def test_everything_has_a_symbol_from_the_start() -> None:
    """Every id of an assistance is known before anything happened, and is called by its expert and its session."""
    known = symbols().known(PAIR)

    assert ("ticket carol s1", "prompt control carol s1") == (known["ticket"], known["prompt control"])


def test_what_is_changed_of_it_stays_with_who_asked() -> None:
    """What a line puts among the known ids of an event is not known to the next one."""
    ids = symbols()
    ids.known(PAIR)["ticket"] = "ticket-1"

    assert "ticket carol s1" == ids.known(PAIR)["ticket"]


def test_what_is_turned_away_has_a_name_of_its_own() -> None:
    """A thing that is turned away is called stray, so that no line about what goes on can be taken to name it."""
    assert ["stray ticket carol s1", "ticket carol s1"] == [
        symbols().fresh(PAIR, "ticket", stray=stray) for stray in (True, False)
    ]


def test_what_is_brought_is_the_own_or_another() -> None:
    """The own id, and the one on show, are those that are known; any other is called by what it is instead."""
    assert ["ticket carol s1", "prompt view carol s1", "another prompt", "used ticket"] == [
        symbols().brought(PAIR, key, kind)
        for key, kind in (("ticket", "own"), ("prompt view", "on show"), ("prompt view", "another"), ("ticket", "used"))
    ]


def test_nothing_is_kept() -> None:
    """After an event by which a ticket ends, a computer that runs forgets it, and an exploration knows it as before."""
    outcome = step(READY.so(phase="ticketed"), event("expert ends"))
    counted, explored = CountedIds(), symbols()
    counted.keep(PAIR, step(READY, event("asks for a ticket")), {"ticket": "ticket-1"})

    def ticket_after(ids: Ids) -> object:
        ids.keep(PAIR, outcome, ids.known(PAIR))
        return ids.known(PAIR).get("ticket")

    assert "ticket-1" == counted.known(PAIR)["ticket"]
    assert [None, "ticket carol s1"] == [ticket_after(ids) for ids in (counted, explored)]
