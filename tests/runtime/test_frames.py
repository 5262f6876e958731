"""Frames: a length and one message, whole, or nothing at all."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rasim.protocol import Line
from rasim.runtime.wire.frames import (
    FROM_COMPUTER,
    FROM_EXPERT,
    LONGEST_FRAME,
    Admission,
    Call,
    Deed,
    Ending,
    Farewell,
    Frames,
    FromExpert,
    Observed,
    Picture,
    Reply,
    StillHere,
    WireError,
    framed,
)

DEED = Deed(7, "offers help", "s1", "prompt-1", "ticket-1", "connection-1", (("ticket", "used"),), "äöü\x1b")


def frame(text: str | bytes) -> bytes:
    """Return anything as a frame."""
    body = text.encode() if isinstance(text, str) else text
    return len(body).to_bytes(4, "big") + body


def reason_of(data: bytes) -> Ending:
    """Return why these bytes end a connection."""
    with pytest.raises(WireError) as caught:
        list(Frames(FROM_EXPERT).take(data))
    return caught.value.reason


@pytest.mark.parametrize("message", [Call("pc1"), DEED, Deed(0, "withdraws", "s1"), StillHere()])
def test_what_an_expert_sends_arrives(message: FromExpert) -> None:
    """Every message of an expert is read as it was sent."""
    assert [message] == list(Frames(FROM_EXPERT).take(framed(message)))


@pytest.mark.parametrize(
    "message",
    [
        Admission("pc1", r"CORP\anna", 90_000),
        Reply(3, "refused", ("control",)),
        Observed(Line("prompt_shown", (("offer", "offer-1"), ("session", "s1")))),
        Picture("s1", "┌─┐\n└─┘"),
        Farewell(Ending.FLOOD, "at last"),
    ],
)
def test_what_a_computer_sends_arrives(message: Any) -> None:
    """Every message of a computer is read as it was sent."""
    assert [message] == list(Frames(FROM_COMPUTER).take(framed(message)))


@given(st.lists(st.integers(1, 40)))
def test_a_stream_may_be_cut_anywhere(cuts: list[int]) -> None:
    """Wherever a stream is cut on its way, the same messages arrive, and each when its last byte does."""
    data = framed(Call("pc1")) + framed(DEED) + framed(StillHere())
    frames, arrived, at = Frames(FROM_EXPERT), [], 0
    for cut in [*cuts, len(data)]:
        arrived += frames.take(data[at : at + cut])
        at += cut

    assert [Call("pc1"), DEED, StillHere()] == arrived
    assert not frames.partial


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ((LONGEST_FRAME + 1).to_bytes(4, "big"), Ending.TOO_LONG),
        (b"GET / HTTP/1.1\r\n\r\n", Ending.TOO_LONG),
        (frame(b""), Ending.NO_MESSAGE),
        (frame(b"\xff\xfe"), Ending.NO_MESSAGE),
        (frame("[]"), Ending.NO_MESSAGE),
        (frame("[" * 60_000), Ending.NO_MESSAGE),
        (frame('{"is":"here"}{"is":"here"}'), Ending.NO_MESSAGE),
        (frame('{"is":"here","is":"here"}'), Ending.NO_MESSAGE),
        (frame('{"is":"gone"}'), Ending.NO_MESSAGE),
        (frame('{"is":["call"],"computer":"pc1"}'), Ending.NO_MESSAGE),
        (frame('{"is":"reply","number":1,"verdict":"done"}'), Ending.NO_MESSAGE),
        (frame('{"is":"call"}'), Ending.NO_MESSAGE),
        (frame('{"is":"call","computer":"pc1","wire":true}'), Ending.NO_MESSAGE),
        (frame('{"is":"call","computer":"pc1","wire":1.0}'), Ending.NO_MESSAGE),
        (frame('{"is":"call","computer":"pc1","wire":-1}'), Ending.NO_MESSAGE),
        (frame('{"is":"call","computer":"pc1","wire":NaN}'), Ending.NO_MESSAGE),
        (frame('{"is":"call","computer":"' + "p" * 257 + '"}'), Ending.NO_MESSAGE),
        (frame('{"is":"call","computer":"\\ud800"}'), Ending.NO_MESSAGE),
        (frame('{"is":"act","number":1,"kind":"withdraws","session":null}'), Ending.NO_MESSAGE),
        (frame('{"is":"act","number":1,"kind":"withdraws","session":"s1","alarm":1}'), Ending.NO_MESSAGE),
        (frame('{"is":"act","number":1,"kind":"withdraws","session":"s1","expert":"CORP\\\\carol"}'), Ending.SAYS_WHO),
        (frame('{"is":"act","number":1,"kind":"accepts","session":"s1","by":"CORP\\\\bob"}'), Ending.SAYS_WHO),
        (frame('{"is":"act","number":1,"kind":"accepts","session":"s1","origin":"local"}'), Ending.SAYS_WHO),
        (
            frame('{"is":"act","number":1,"kind":"accepts","session":"s1","carries":[["origin","local"]]}'),
            Ending.SAYS_WHO,
        ),
        (frame('{"is":"act","number":1,"kind":"a","session":"s","carries":[["phase","viewing"]]}'), Ending.NO_MESSAGE),
        (frame('{"is":"act","number":1,"kind":"a","session":"s","carries":[["ticket",1]]}'), Ending.NO_MESSAGE),
        (frame('{"is":"act","number":1,"kind":"a","session":"s","carries":{"ticket":"own"}}'), Ending.NO_MESSAGE),
    ],
)
def test_what_is_no_message_is_an_error(data: bytes, reason: Ending) -> None:
    """Too long, no text, no JSON, other fields, other types, a word about who it is from: each ends the connection with its reason."""
    assert reason == reason_of(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_messages_or_an_error(data: bytes) -> None:
    """Whatever arrives, frames are read or a WireError is raised, and nothing else."""
    for stream in (data, frame(data)):
        with suppress(WireError):
            list(Frames(FROM_EXPERT).take(stream))


VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.lists(st.text(max_size=3)))


@settings(max_examples=50)
@given(
    VALUES,
    st.sampled_from(["is", "number", "kind", "session", "ticket", "carries", "keys", "line", "reason", "because"]),
    st.sampled_from([*FROM_EXPERT, *FROM_COMPUTER]),
)
def test_any_object_is_a_message_or_an_error(value: Any, name: str, word: str) -> None:
    """Whatever stands in a field, it is taken as the contract has it or it is a WireError."""
    said = {"is": word, "number": 1, "kind": "withdraws", "session": "s1", name: value}
    for messages in (FROM_EXPERT, FROM_COMPUTER):
        with suppress(WireError):
            list(Frames(messages).take(frame(json.dumps(said))))


def test_what_is_cut_off_is_not_used() -> None:
    """A frame whose end never comes yields nothing, and is an error when the stream ends."""
    frames: Frames[FromExpert] = Frames(FROM_EXPERT)

    assert [] == list(frames.take(framed(DEED)[:-1]))
    with pytest.raises(WireError) as caught:
        frames.end()
    assert Ending.TRUNCATED == caught.value.reason


def test_nothing_longer_than_a_frame_is_sent() -> None:
    """A message that no frame can hold is refused before it is sent."""
    with pytest.raises(WireError, match="longer than the limit"):
        framed(Picture("s1", "ä" * (LONGEST_FRAME - 1000)))
