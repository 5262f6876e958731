r"""Who is at the other end: certificates of a small authority made for the purpose, one file for each person and one for a server.

    authority = Authority.made()
    authority.save("keys")                                    # keys/authority.pem, and its key beside it
    authority.expert("CORP\\anna", "keys/anna.pem")
    authority.server("keys/server.pem")

An account stands in its certificate as a URI, `rasim:account:CORP%5Canna`: a URI is one of the few names in a certificate that may be any
text, in percent-encoding any account survives it exactly, and Python's `ssl` reads it after it has verified the certificate (of
`otherName`, which Windows takes for user principal names, it says nothing but that there is one). A common name would do too,
but what a name means there is everybody's own custom.

TLS 1.3 only, and both sides show a certificate. An expert's is good for a client, a server's for a server, and neither for the other.
"""

import os
import re
import ssl
import stat
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import quote, unquote

from attrs import field, frozen

from rasim.errors import InputError, UsageError, Where
from rasim.inputs import lacks, not_opened
from rasim.policy import parse_account, printable
from rasim.runtime.wire.frames import Ending, WireError

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

ACCOUNT_URI: Final = "rasim:account:"
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
DAYS: Final = 365
_A_LITTLE: Final = timedelta(minutes=5)  # by which clocks may differ
_CERTIFICATE: Final = re.compile(r"-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n")
_HOST: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


def _needs_cryptography() -> UsageError:
    return lacks("tcp", "certificates need cryptography")


@frozen
class Authority:
    """Whoever says who is who: a certificate and its key."""

    certificate: "x509.Certificate"
    key: "EllipticCurvePrivateKey" = field(repr=False)

    @classmethod
    def made(cls, *, days: int = DAYS) -> Self:
        """Return a new authority. UsageError if the extra `tcp` is not installed."""
        try:
            from cryptography import x509  # noqa: PLC0415  (an extra)
            from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
        except ImportError:
            raise _needs_cryptography() from None
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "an authority of rasim")])
        uses = {"digital_signature": False, "key_cert_sign": True, "crl_sign": True}
        builder = _begun(name, name, key, key, timedelta(days=days), uses)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        return cls(_signed_by(builder, key), key)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Return the authority of a folder. InputError for a file that is not there, or none."""
        try:
            from cryptography import x509  # noqa: PLC0415  (an extra)
            from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
            from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415
        except ImportError:
            raise _needs_cryptography() from None
        pem = _secret(Path(folder, "authority.key"))
        try:
            key = load_pem_private_key(pem, None)
            certificate = x509.load_pem_x509_certificate(Path(folder, "authority.pem").read_bytes())
        except OSError as error:
            raise InputError.at(not_opened(error), Where(str(Path(folder, "authority.pem")))) from None
        except (ValueError, TypeError):
            raise InputError.at("is no authority's key and certificate", Where(str(folder))) from None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
            raise InputError.at("the key is not that of the certificate", Where(str(folder)))
        return cls(certificate, key)

    def save(self, folder: str | Path) -> None:
        """Write the certificate, and the key beside it, for its owner's eyes only. InputError if they are there already."""
        Path(folder).mkdir(parents=True, exist_ok=True)
        _write(Path(folder, "authority.key"), _key_pem(self.key))
        _write(Path(folder, "authority.pem"), _certificate_pem(self.certificate))

    def expert(self, account: str, file: str | Path, *, life: timedelta = timedelta(days=DAYS)) -> None:
        r"""Write the file by which somebody is this account. UsageError for what is no account `DOMAIN\name`; InputError as `save`."""
        from cryptography import x509  # noqa: PLC0415  (an extra)
        from cryptography.x509.oid import ExtendedKeyUsageOID  # noqa: PLC0415

        parse_account(account)
        names = [x509.UniformResourceIdentifier(ACCOUNT_URI + quote(account, safe=""))]
        self._issue(file, names, ExtendedKeyUsageOID.CLIENT_AUTH, life)

    def server(
        self, file: str | Path, hosts: Sequence[str] = LOOPBACK, *, life: timedelta = timedelta(days=DAYS)
    ) -> None:
        """Write the file of a server that is reached by these names and addresses. UsageError for no such name; InputError as `save`."""
        from cryptography import x509  # noqa: PLC0415  (an extra)
        from cryptography.x509.oid import ExtendedKeyUsageOID  # noqa: PLC0415

        names: list[x509.GeneralName] = []
        for host in hosts:
            try:
                names.append(x509.IPAddress(ip_address(host)))
            except ValueError:
                if not _HOST.fullmatch(host):
                    raise UsageError(
                        f"{printable(host)}: no address, and no name of letters of ASCII, digits, - and ."
                    ) from None
                names.append(x509.DNSName(host))
        self._issue(file, names, ExtendedKeyUsageOID.SERVER_AUTH, life)

    def _issue(self, file: str | Path, names: "Sequence[x509.GeneralName]", use: Any, life: timedelta) -> None:
        from cryptography import x509  # noqa: PLC0415  (an extra)
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

        key = ec.generate_private_key(ec.SECP256R1())
        uses = {"digital_signature": True, "key_cert_sign": False, "crl_sign": False}
        builder = _begun(x509.Name([]), self.certificate.subject, key, self.key, life, uses)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        # Where there is no subject, what is named stands in this extension, which is critical then (RFC 5280, 4.1.2.6).
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=True)
        certificates = (_signed_by(builder, self.key), self.certificate)
        _write(Path(file), _key_pem(key) + b"".join(map(_certificate_pem, certificates)))


def _begun(
    subject: "x509.Name",
    issuer: "x509.Name",
    key: "EllipticCurvePrivateKey",
    signer: "EllipticCurvePrivateKey",
    life: timedelta,
    uses: Mapping[str, bool],
) -> "x509.CertificateBuilder":
    from cryptography import x509  # noqa: PLC0415  (an extra)

    never = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    usage = x509.KeyUsage(**uses, **dict.fromkeys(never, False), encipher_only=False, decipher_only=False)
    now = datetime.now(UTC)
    begun = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    return (
        begun.not_valid_before(min(now, now + life) - _A_LITTLE)
        .not_valid_after(now + life)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )


def _signed_by(builder: "x509.CertificateBuilder", signer: "EllipticCurvePrivateKey") -> "x509.Certificate":
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415  (an extra)

    return builder.sign(signer, hashes.SHA256())


def _key_pem(key: "EllipticCurvePrivateKey") -> bytes:
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415  (an extra)

    return key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())


def _certificate_pem(certificate: "x509.Certificate") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415  (an extra)

    return certificate.public_bytes(Encoding.PEM)


# ---- files ---------------------------------------------------------------------------------------------------


def _write(file: Path, content: bytes) -> None:
    """Write a file that was not there, which nobody but its owner can read at any moment."""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
    except FileExistsError:
        raise InputError.at("is there already; a key is not written over", Where(str(file))) from None
    except OSError as error:
        raise InputError.at(not_opened(error), Where(str(file))) from None


def _secret(file: Path) -> bytes:
    """Read a file that holds a key. InputError if it is not there, or others may read it."""
    try:
        with file.open("rb") as opened:
            others = os.name == "posix" and stat.S_IMODE(os.fstat(opened.fileno()).st_mode) & 0o077
            content = opened.read(1 << 20)
    except OSError as error:
        raise InputError.at(not_opened(error), Where(str(file))) from None
    if others:
        raise InputError.at("others may read this key; chmod 600 makes it yours alone", Where(str(file)))
    return content


# ---- in use --------------------------------------------------------------------------------------------------


def server_context(file: str | Path) -> ssl.SSLContext:
    """Return what a server needs to know its experts and be known by them, from its file. InputError for a file that is none."""
    context = _context(ssl.PROTOCOL_TLS_SERVER, Path(file))
    context.num_tickets = 0  # a session that is taken up again would show no certificate
    return context


def expert_context(file: str | Path) -> ssl.SSLContext:
    """Return what an expert needs to be known by a computer and know it, from its file. InputError for a file that is none."""
    return _context(ssl.PROTOCOL_TLS_CLIENT, Path(file))


def _context(side: int, file: Path) -> ssl.SSLContext:
    pem = _secret(file).decode("latin-1")
    certificates = _CERTIFICATE.findall(pem)
    context = ssl.SSLContext(side)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    error = InputError.at("is no file of an identity: a key, its certificate, and the authority's", Where(str(file)))
    if len(certificates) != 2:  # its own, and that of the authority
        raise error
    try:
        context.load_cert_chain(file)
        context.load_verify_locations(cadata=certificates[1])
    except (ssl.SSLError, ValueError):
        raise error from None
    return context


def account_of(certificate: Mapping[str, Any] | None) -> str:
    """Return the account that a verified certificate names, exactly as it was issued. WireError if it names none, or two."""
    names = [name for kind, name in (certificate or {}).get("subjectAltName", ()) if kind == "URI"]
    if len(names) != 1 or not names[0].startswith(ACCOUNT_URI):
        raise WireError(Ending.NO_ACCOUNT)
    account = unquote(names[0].removeprefix(ACCOUNT_URI))
    if names[0] != ACCOUNT_URI + quote(account, safe=""):  # every account is written in one way
        raise WireError(Ending.NO_ACCOUNT)
    return account


_VERIFY: Final = {
    9: Ending.EXPIRED,  # X509_V_ERR_CERT_NOT_YET_VALID
    10: Ending.EXPIRED,  # X509_V_ERR_CERT_HAS_EXPIRED
    18: Ending.OTHER_AUTHORITY,  # a certificate that is signed by itself
    19: Ending.OTHER_AUTHORITY,
    20: Ending.OTHER_AUTHORITY,  # its issuer is not known here
    21: Ending.OTHER_AUTHORITY,
}
"""What OpenSSL finds wrong with a certificate (x509_vfy.h), in words of this wire."""


def handshake_reason(error: Exception) -> WireError:
    """Return why a handshake failed."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return WireError(_VERIFY.get(error.verify_code, Ending.HANDSHAKE), error.verify_message)
    if isinstance(error, ssl.SSLError) and error.reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE":
        return WireError(Ending.NO_CERTIFICATE)
    if isinstance(error, ConnectionAbortedError | TimeoutError):  # what asyncio says of one that takes too long
        return WireError(Ending.HANDSHAKE_TIME)
    if isinstance(error, ssl.SSLError):
        return WireError(Ending.HANDSHAKE, (error.reason or "").lower().replace("_", " "))
    return WireError(Ending.HANDSHAKE, "the other side is gone")
