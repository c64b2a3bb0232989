"""What docs/promises.md says of TLS: no certificate is taken that is not right, by nobody."""

import ast
import asyncio
import datetime as dt
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from alerts.errors import SourceUnreachable
from alerts.httpclient import Client
from tests.conftest import Server

ROOT = Path(__file__).resolve().parents[1]
AUTHORITY = trustme.CA()
FAULTS = {
    "right": "", "unknown authority": "unable to get local issuer certificate",
    "self-signed": "self-signed certificate", "another name": "IP address mismatch",
    "another address": "IP address mismatch", "expired": "certificate has expired",
    "not yet valid": "certificate is not yet valid", "only a name": "IP address mismatch",
    "old TLS": "TLS could not be agreed on",
}  # fmt: skip


def self_signed(folder: Path) -> ssl.SSLContext:
    """Return what a server shows that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + dt.timedelta(days=9)
    ).sign(key, hashes.SHA256())
    file = folder / "self.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(file)
    return shown


def shown_by(fault: str, folder: Path) -> ssl.SSLContext:
    """Return what a server with this fault shows."""
    if fault == "self-signed":
        return self_signed(folder)
    now = datetime.now(UTC)
    names = {"another name": "a.test", "another address": "127.0.0.2", "only a name": "localhost"}
    cert = (trustme.CA() if fault == "unknown authority" else AUTHORITY).issue_cert(
        names.get(fault, "127.0.0.1"),
        not_before=now + timedelta(days=1) if fault == "not yet valid" else None,
        not_after=now - timedelta(days=1) if fault == "expired" else now + timedelta(days=9),
    )
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if fault == "old TLS":
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            shown.maximum_version = ssl.TLSVersion.TLSv1_1
    cert.configure_cert(shown)
    return shown


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("way", ["fetch", "post", "redirect"])
def test_a_certificate_that_is_not_right_is_refused_by_name(
    make_server: Callable[..., Server], tmp_path: Path, fault: str, way: str
) -> None:
    server, first = make_server(shown_by(fault, tmp_path)), make_server()
    server.reply("/", body="safe")
    url = server.url()
    first.reply("/", redirect=url)
    trusted = ssl.create_default_context()
    AUTHORITY.configure_trust(trusted)

    async def talk() -> bytes:
        client = Client(tls=trusted)
        if way == "post":
            sent = await client.sender(allow_private=True)(url, content=b"{}", headers={})
            return sent.body
        start = url if way == "fetch" else first.url()
        return (await client.fetcher(allow_private=True)(start)).body

    if fault == "right":
        assert asyncio.run(talk()) == b"safe"
        return
    with pytest.raises(SourceUnreachable, match=FAULTS[fault]):
        asyncio.run(talk())
    assert server.requests == []


def test_nothing_in_the_code_turns_the_check_of_certificates_off() -> None:
    loosening = {"CERT_NONE", "CERT_OPTIONAL", "_create_unverified_context", "check_hostname"}
    found = []
    for file in sorted([*(ROOT / "alerts").rglob("*.py"), *(ROOT / "classifier").rglob("*.py")]):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            named = getattr(node, "attr", None) or getattr(node, "id", None)
            off = (
                isinstance(node, ast.keyword)
                and node.arg == "verify"
                and isinstance(node.value, ast.Constant)
            )
            if named in loosening or off:
                found.append(f"{file.name}:{getattr(node, 'lineno', 0)}")

    assert found == []
