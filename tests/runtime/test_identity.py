"""Identities: who may say to be whom, and what is made of everybody else."""

import os
import ssl
import stat
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rasim.errors import InputError, UsageError
from rasim.runtime.wire import Authority, WireError, WireServer, connect, expert_context
from rasim.runtime.wire.frames import Ending
from rasim.runtime.wire.identity import ACCOUNT_URI, account_of, server_context
from tests.runtime.wires import keys, refused, served


@pytest.mark.asyncio
@pytest.mark.parametrize("who", ["anna", "carol"])
async def test_who_is_known_comes_in_as_who_it_is(who: str) -> None:
    r"""The account of a certificate, `DOMAIN\\name`, is that by which the computer knows the expert."""
    async with served() as here, here.connects(who) as expert:
        assert rf"CORP\{who}" == expert.account


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("who", "reason", "named"),
    [
        ("mallory", Ending.NOBODY_KNOWS, r"CORP\mallory"),
        ("expired", Ending.EXPIRED, ""),
        ("stranger", Ending.OTHER_AUTHORITY, ""),
        ("server", Ending.HANDSHAKE, ""),
    ],
)
async def test_who_is_not_known_is_sent_away(who: str, reason: Ending, named: str) -> None:
    """An account nobody knows, an expired certificate, one of another authority, one that is no expert's: refused, and counted."""
    async with served() as here:
        told = await refused(here.connects(who))
        ticket = [r.line for r in here.meeting.trace if r.line["expert"] is not None]

    assert {(reason, named): 1} == dict(here.server.turned_away)
    assert told.reason == (reason if named else Ending.HANDSHAKE)
    assert [] == ticket


@pytest.mark.asyncio
async def test_who_shows_no_certificate_is_sent_away() -> None:
    """A client without a certificate does not get past the handshake."""
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    bare.load_verify_locations(keys() / "authority.pem")
    async with served() as here:
        await refused(connect("127.0.0.1", here.port, bare, "pc1"))

    assert {(Ending.NO_CERTIFICATE, ""): 1} == dict(here.server.turned_away)


@pytest.mark.asyncio
async def test_an_older_tls_is_not_spoken() -> None:
    """TLS 1.2 is refused."""
    context = expert_context(keys() / "anna")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    async with served() as here:
        told = await refused(connect("127.0.0.1", here.port, context, "pc1"))

    assert Ending.HANDSHAKE == told.reason


@pytest.mark.asyncio
@pytest.mark.parametrize("who", ["imposter", "anna"])
async def test_an_expert_knows_its_computer(who: str) -> None:
    """A server of another authority, or with an expert's certificate, is not talked to."""
    server = WireServer(server_context(keys() / who))
    async with server.listening("127.0.0.1") as port:
        told = await refused(connect("127.0.0.1", port, keys() / "anna", "pc1"))

    assert told.reason in (Ending.OTHER_AUTHORITY, Ending.HANDSHAKE)


@pytest.mark.asyncio
async def test_no_computer_of_that_name() -> None:
    """A call for a computer that is not served is refused by name."""
    async with served() as here:
        told = await refused(here.connects(computer="pc2"))

    assert Ending.NO_SUCH_COMPUTER == told.reason


@given(st.text())
def test_any_account_survives_its_certificate(account: str) -> None:
    """Percent-encoded, an account comes back as it was; what is written in another way names nobody."""
    try:
        uri = ACCOUNT_URI + quote(account, safe="")
    except UnicodeEncodeError:
        return
    assert account == account_of({"subjectAltName": (("URI", uri),)})


@pytest.mark.parametrize(
    "names",
    [
        (),
        (("DNS", "anna"),),
        (("URI", "https://example.org/anna"),),
        (("URI", ACCOUNT_URI + "CORP\\anna"),),
        (("URI", ACCOUNT_URI + "CORP%5cann%61"),),
        (("URI", ACCOUNT_URI + "CORP%5Canna"), ("URI", ACCOUNT_URI + "CORP%5Cbob")),
    ],
)
def test_a_certificate_names_one_account(names: tuple[tuple[str, str], ...]) -> None:
    """None, two, or one in another writing is no account."""
    with pytest.raises(WireError, match="names no account"):
        account_of({"subjectAltName": names})


def test_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    """Files with keys are made so that nobody else can read them, are not written over, and are not used if others may read them."""
    authority = Authority.made()
    authority.save(tmp_path)
    authority.expert(r"CORP\anna", tmp_path / "anna")

    for name in ("authority.key", "anna"):
        assert os.name != "posix" or 0o600 == stat.S_IMODE((tmp_path / name).stat().st_mode)
    with pytest.raises(InputError, match="there already"):
        authority.expert(r"CORP\anna", tmp_path / "anna")
    if os.name == "posix":
        (tmp_path / "anna").chmod(0o640)
        with pytest.raises(InputError, match="others may read"):
            expert_context(tmp_path / "anna")


def test_an_authority_is_read_again(tmp_path: Path) -> None:
    """An authority from its folder says who is who as the one that was saved; a folder without one is an error."""
    Authority.made().save(tmp_path)
    Authority.load(tmp_path).expert(r"CORP\anna", tmp_path / "anna", life=timedelta(days=1))

    expert_context(tmp_path / "anna")
    with pytest.raises(InputError, match="no such file"):
        Authority.load(tmp_path / "nowhere")
    with pytest.raises(InputError, match="no file of an identity"):
        expert_context(tmp_path / "authority.key")


def test_what_is_no_account_has_no_certificate(tmp_path: Path) -> None:
    r"""A certificate is made for `DOMAIN\\name` alone."""
    with pytest.raises(UsageError, match="is no account"):
        Authority.made().expert("anna", tmp_path / "anna")
