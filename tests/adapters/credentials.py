"""The ways to configure access, and for each of them every kind of credential with what it is good for."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from perftrack import AllowAll, Tokens
from perftrack.admin import Access
from perftrack_jwt import JWTAccess

TOKEN, VIEWER = "the-token-for-admins", "the-token-for-viewers"
SECRET = "a-secret-of-the-tests-with-32-bytes-or-more"
AUDIENCE, ISSUER = "perftrack", "https://issuer.example"
PRIVATE_PEM = rsa.generate_private_key(65537, 2048).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)


class Credential(NamedTuple):
    """One way to come, and what it is good for: nobody (401), forbidden (403), viewer, admin or closed (403)."""

    configured: str
    kind: str
    headers: tuple[tuple[str, str], ...]
    right: str


def accesses(private_pem: bytes) -> Mapping[str, Access]:
    """Make every kind of access; *private_pem* is the key of the issuer."""
    jwt_options: dict[str, Any] = {
        "audience": AUDIENCE,
        "issuer": ISSUER,
        "role_claim": "realm_access.roles",
        "viewer_role": "viewer",
    }
    return {
        "closed": None,
        "tokens": Tokens([TOKEN, f"{TOKEN}-new"], [VIEWER]),
        "open": AllowAll(),
        "hs256": JWTAccess(SECRET, algorithm="HS256", **jwt_options),
        "rs256": JWTAccess(public_pem(private_pem), algorithm="RS256", **jwt_options),
    }


def public_pem(private_pem: bytes) -> bytes:
    """Give the public half."""
    key = serialization.load_pem_private_key(private_pem, None).public_key()
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


@cache
def credentials() -> tuple[Credential, ...]:
    """List all of them."""
    return (*_closed(), *_tokens(), *_jwt("hs256"), *_jwt("rs256"), Credential("open", "none", (), "admin"))


def _closed() -> Iterator[Credential]:
    yield Credential("closed", "none", (), "closed")
    yield Credential("closed", "token", _bearer(TOKEN), "closed")


def _tokens() -> Iterator[Credential]:
    good = (("token", TOKEN, "admin"), ("new token", f"{TOKEN}-new", "admin"), ("viewer", VIEWER, "viewer"))
    for kind, token, right in good:
        yield Credential("tokens", kind, _bearer(token), right)
        cookie = _cookie(token)
        yield Credential("tokens", f"{kind} session", (("cookie", cookie),), right)
        yield Credential("tokens", f"{kind} session changed", (("cookie", cookie[:-1] + "x"),), "nobody")
    bad = {
        "none": (),
        "malformed": (("authorization", "Bearer"),),
        "wrong": _bearer("another-token-of-good-length"),
        "another scheme": (("authorization", f"Basic {TOKEN}"),),
        "twice": _bearer(TOKEN) * 2,
        "right and wrong": _bearer("another-token-of-good-length") + _bearer(TOKEN),
        "oversized": _bearer(TOKEN + "x" * 60_000),
        "in the cookie": (("cookie", f"token={TOKEN}"),),
        "for a proxy": (("proxy-authorization", f"Bearer {TOKEN}"),),
    }
    for kind, headers in bad.items():
        yield Credential("tokens", kind, headers, "nobody")


def _jwt(configured: str) -> Iterator[Credential]:
    other = rsa.generate_private_key(65537, 2048) if configured == "rs256" else SECRET[::-1]
    tokens = {
        "admin": (_signed(configured), "admin"),
        "viewer": (_signed(configured, realm_access={"roles": ["viewer"]}), "viewer"),
        "wrong role": (_signed(configured, realm_access={"roles": ["guest"]}), "forbidden"),
        "no role": (_signed(configured, realm_access=None), "forbidden"),
        "expired": (_signed(configured, exp=int(time.time()) - 60), "nobody"),
        "not yet": (_signed(configured, nbf=int(time.time()) + 600), "nobody"),
        "wrong audience": (_signed(configured, aud="other"), "nobody"),
        "wrong issuer": (_signed(configured, iss="https://evil.example"), "nobody"),
        "wrong key": (_signed(configured, key=other), "nobody"),
        "alg none": (_unsigned({"alg": "none"}), "nobody"),
        "confused": (_confused(), "nobody"),
        "malformed": ("not.a.token", "nobody"),
        "a token": (TOKEN, "nobody"),
    }
    yield Credential(configured, "none", (), "nobody")
    for kind, (token, right) in tokens.items():
        yield Credential(configured, kind, _bearer(token), right)


def _bearer(token: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token}"),)


def _cookie(token: str) -> str:
    found = Tokens([TOKEN, f"{TOKEN}-new"], [VIEWER]).sign_in(token, None, secure=False)
    assert found is not None
    return found[1].partition(";")[0]


def _claims(**changed: Any) -> dict[str, Any]:
    good = {"exp": int(time.time()) + 3600, "aud": AUDIENCE, "iss": ISSUER, "realm_access": {"roles": ["admin"]}}
    return {**good, **changed}


def _signed(configured: str, key: Any = None, **changed: Any) -> str:
    own: Any = SECRET if configured == "hs256" else serialization.load_pem_private_key(PRIVATE_PEM, None)
    return jwt.encode(_claims(**changed), own if key is None else key, configured.upper())


def _unsigned(header: dict[str, str]) -> str:
    parts = (json.dumps(part).encode() for part in (header, _claims()))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


def _confused() -> str:
    """Sign with HS256 and everybody's key as the secret."""
    signed = _unsigned({"alg": "HS256"})[:-1]
    signature = hmac.digest(public_pem(PRIVATE_PEM), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"
