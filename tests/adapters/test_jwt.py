"""JWT access: what is let in, with which right, and every way in which a token is refused."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from perftrack import AdminRequest, Decision, PerformanceTracker, SettingError
from perftrack.admin import Admin
from tests.support import FakeClock

jwt = pytest.importorskip("jwt", reason="JWT access stands on PyJWT; pip install 'pyjwt[crypto]'")
pytest.importorskip("cryptography", reason="RS256 and ES256 need the package cryptography")

from cryptography.hazmat.primitives import serialization  # noqa: E402 - only where it is installed
from cryptography.hazmat.primitives.asymmetric import ec, rsa  # noqa: E402

from perftrack_jwt import JWTAccess  # noqa: E402
from perftrack_jwt.keys import KEEP_SECONDS, PAUSE_SECONDS, STALE_SECONDS, JWKSKeys  # noqa: E402

SECRET = "a-secret-of-the-tests-with-32-bytes-or-more"
AUDIENCE, ISSUER = "perftrack", "https://issuer.example"


@cache
def made_key(bits: int, number: int) -> rsa.RSAPrivateKey:
    """Make a key once; *number* tells one from another."""
    return rsa.generate_private_key(65537, bits)


def rsa_key(bits: int = 2048, number: int = 0) -> rsa.RSAPrivateKey:
    """Give one of the keys."""
    return made_key(bits, number)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    """Make a key once."""
    return ec.generate_private_key(ec.SECP256R1())


def public_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    """Give the public half of *key* as PEM."""
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(encoding, form).decode()


def jwk(key: rsa.RSAPrivateKey, key_id: str | None, **more: str) -> dict[str, Any]:
    """Give the public half of *key* as an issuer publishes it."""
    made: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return {**made, **({"kid": key_id} if key_id else {}), **more}


def claims(**changed: Any) -> dict[str, Any]:
    """Give the claims of a good token, with changes; None takes one away."""
    now = int(time.time())
    good = {"exp": now + 600, "nbf": now - 60, "aud": AUDIENCE, "iss": ISSUER, "roles": ["admin"]}
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def signed(key: Any = SECRET, algorithm: str = "HS256", headers: dict[str, Any] | None = None, **changed: Any) -> str:
    """Make a token."""
    token: str = jwt.encode(claims(**changed), key, algorithm, headers=headers)
    return token


def access(key: str | bytes | None = SECRET, algorithm: str = "HS256", **changed: Any) -> JWTAccess:
    """Make the rule."""
    return JWTAccess(key, **{"algorithm": algorithm, "audience": AUDIENCE, "issuer": ISSUER, **changed})


def decided(rule: JWTAccess, token: str) -> Decision:
    """Ask the rule."""
    return rule(AdminRequest("GET", "/stats", "", {"authorization": f"Bearer {token}"}))


def segment(value: Any) -> str:
    """Encode a part of a token."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_the_admin_role_is_let_in() -> None:
    """A good token with the role, of each kind of key."""
    pem = public_pem
    assert decided(access(), signed()) is Decision.ADMITTED
    assert decided(access(SECRET.encode() * 2, "HS512"), signed(SECRET * 2, "HS512")) is Decision.ADMITTED
    assert decided(access(pem(rsa_key()), "RS256"), signed(rsa_key(), "RS256")) is Decision.ADMITTED
    assert decided(access(pem(rsa_key()), "PS256"), signed(rsa_key(), "PS256")) is Decision.ADMITTED
    assert decided(access(pem(ec_key()), "ES256"), signed(ec_key(), "ES256")) is Decision.ADMITTED


FORGED = {
    "expired": signed(exp=int(time.time()) - 60),
    "without expiry": signed(exp=None),
    "not yet": signed(nbf=int(time.time()) + 600),
    "another audience": signed(aud="other"),
    "no audience": signed(aud=None),
    "another issuer": signed(iss="https://issuer.example.evil"),
    "no issuer": signed(iss=None),
    "another secret": signed("another-secret-of-the-tests-with-32-bytes"),
    "another algorithm of the same secret": signed(SECRET * 2, "HS512"),
    "alg none": f"{segment({'alg': 'none', 'typ': 'JWT'})}.{segment(claims())}.",
    "alg None": f"{segment({'alg': 'None', 'typ': 'JWT'})}.{segment(claims())}.",
    "alg missing": f"{segment({'typ': 'JWT'})}.{segment(claims())}.x",
    "alg a list": f"{segment({'alg': ['HS256']})}.{segment(claims())}.x",
    "no signature": signed().rpartition(".")[0] + ".",
    "two parts": signed().rpartition(".")[0],
    "payload changed": ".".join([signed().split(".")[0], segment(claims(sub="x")), signed().split(".")[2]]),
    "payload no object": f"{segment({'alg': 'HS256'})}.{segment([1])}.x",
    "kid a list": f"{segment({'alg': 'HS256', 'kid': [1]})}.{segment(claims())}.x",
    "crit unknown": signed(headers={"crit": ["x"], "x": 1}),
    "own key": signed(rsa_key(), "RS256", headers={"jwk": {"kty": "RSA"}, "jku": "https://evil.example/keys"}),
    "empty": "",
    "dots": "..",
    "not base64": "a.b.c",
    "beyond ASCII": "\N{SNOWMAN}.\udcff.\x00",
    "huge": "x" * 100_000,
    "deep": f"{segment({'alg': 'HS256'})}.{base64.urlsafe_b64encode(b'[' * 9000).decode()}.x",
}


@pytest.mark.parametrize("kind", FORGED)
def test_what_is_not_valid_is_401(kind: str) -> None:
    """Every token that is not exactly as configured is refused the same way, and nothing of it is told."""
    admin = Admin(PerformanceTracker(), access=access())
    answer = admin.handle(AdminRequest("GET", "/stats", "", {"authorization": f"Bearer {FORGED[kind]}"}))
    assert answer.status == 401


def test_a_public_key_is_no_secret() -> None:
    """RS256 turned into HS256 with the public key as the secret: refused for the token, and as a configuration."""
    pem = public_pem(rsa_key())
    head, body = segment({"alg": "HS256", "typ": "JWT"}), segment(claims())
    signature = hmac.digest(pem.encode(), f"{head}.{body}".encode(), "sha256")
    token = f"{head}.{body}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"
    assert decided(access(pem, "RS256"), token) is Decision.UNAUTHENTICATED
    with pytest.raises(SettingError, match="key pair"):
        access(pem)


@pytest.mark.parametrize("header", ["", "Bearer", f"Basic {SECRET}", "Token x", f"bearer{' '}"])
def test_without_a_token_it_is_401(header: str) -> None:
    """No header, or that of another scheme."""
    headers = {"authorization": header} if header else {}
    assert access()(AdminRequest("GET", "/", "", headers)) is Decision.UNAUTHENTICATED


@pytest.mark.parametrize(
    ("role_claim", "changed", "decision"),
    [
        ("roles", {"roles": ["a", "admin"]}, Decision.ADMITTED),
        ("roles", {"roles": "admin"}, Decision.ADMITTED),
        ("scope", {"scope": "openid admin"}, Decision.ADMITTED),
        ("scope", {"scope": "openid look"}, Decision.VIEWER),
        ("roles", {"roles": ["look", "admin"]}, Decision.ADMITTED),
        ("roles", {"roles": ["Admin", "administrator", 1, None, ["admin"], {"admin": 1}]}, Decision.FORBIDDEN),
        ("roles", {"roles": {"admin": True}}, Decision.FORBIDDEN),
        ("roles", {"roles": True}, Decision.FORBIDDEN),
        ("roles", {"roles": None}, Decision.FORBIDDEN),
        ("realm_access.roles", {"realm_access": {"roles": ["admin"]}}, Decision.ADMITTED),
        ("realm_access.roles", {"realm_access": {"roles": ["look"]}}, Decision.VIEWER),
        ("realm_access.roles", {"realm_access": ["roles"], "roles": None}, Decision.FORBIDDEN),
        ("realm_access.roles", {"roles": ["admin"]}, Decision.FORBIDDEN),
        ("https://app.example/roles", {"https://app.example/roles": ["admin"]}, Decision.ADMITTED),
        (("a.b", "c"), {"a.b": {"c": ["admin"]}}, Decision.ADMITTED),
    ],
)
def test_roles(role_claim: Any, changed: dict[str, Any], decision: Decision) -> None:
    """The claim is found by its path, a role is an exact text in a list or a word, and without one it is 403."""
    rule = access(role_claim=role_claim, viewer_role="look")
    assert decided(rule, signed(**changed)) is decision


def test_a_viewer_cannot_reset() -> None:
    """The viewer role reads, and is 403 at the reset; the admin role resets."""
    admin = Admin(PerformanceTracker(), access=access(viewer_role="look"))
    statuses = {
        (role, method): admin.handle(
            AdminRequest(method, path, "", {"authorization": f"Bearer {signed(roles=[role])}"})
        ).status
        for role in ("look", "admin", "other")
        for method, path in (("GET", "/stats"), ("POST", "/reset"))
    }
    assert list(statuses.values()) == [200, 403, 200, 200, 403, 403]


def test_several_audiences() -> None:
    """Any of several is enough, on both sides; an audience where none is configured is refused."""
    assert decided(access(audience=["other", AUDIENCE]), signed()) is Decision.ADMITTED
    assert decided(access(), signed(aud=["other", AUDIENCE])) is Decision.ADMITTED
    assert decided(access(audience=None), signed()) is Decision.UNAUTHENTICATED
    assert decided(access(audience=None, issuer=None), signed(aud=None, iss="any")) is Decision.ADMITTED


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"algorithm": "none"}, "allowed is one of"),
        ({"algorithm": "HS1"}, "allowed is one of"),
        ({"key": "a-secret-with-under-32-bytes"}, "too few"),
        ({"key": SECRET, "algorithm": "HS512"}, "too few"),
        ({"key": "x" * 64}, "repeats"),
        ({"key": ""}, "too few"),
        ({"key": None}, "a key or a jwks_url"),
        ({"jwks_url": "https://issuer.example/keys"}, "a key or a jwks_url"),
        ({"key": None, "jwks_url": "http://issuer.example/keys", "algorithm": "RS256"}, "https"),
        ({"key": None, "jwks_url": "file:///etc/passwd", "algorithm": "RS256"}, "https"),
        ({"key": None, "jwks_url": "https://issuer.example/keys"}, "shared secret"),
        ({"key": SECRET, "algorithm": "RS256"}, "cannot be read"),
        ({"key": SECRET, "algorithm": "ES256"}, "cannot be read"),
        ({"admin_role": None}, "nobody could get in"),
        ({"role_claim": "a..b"}, "role_claim"),
        ({"role_claim": ()}, "role_claim"),
    ],
)
def test_what_cannot_be_safe_stops_the_start(changed: dict[str, Any], text: str) -> None:
    """The message says what is needed, and never the key."""
    with pytest.raises(SettingError, match=text) as caught:
        access(**{"key": SECRET, **changed})
    key = changed.get("key") or SECRET
    assert key not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_small_rsa_key_is_refused() -> None:
    """1024 bits are not enough."""
    with pytest.raises(SettingError, match="1024 bits"):
        access(public_pem(rsa_key(1024)), "RS256")


def test_the_key_is_not_shown() -> None:
    """Neither repr nor str has the secret."""
    assert SECRET not in repr(access()) + str(access())


class Issuer:
    """An issuer whose keys can change, and which can fail; it counts how often it is asked."""

    def __init__(self, *keys: dict[str, Any]) -> None:
        self.keys = list(keys)
        self.asked = 0
        self.fails = False

    def __call__(self, url: str) -> dict[str, Any]:
        """Give the keys."""
        self.asked += 1
        if self.fails:
            raise OSError("no route")
        return {"keys": self.keys}


def published(*keys: dict[str, Any]) -> tuple[JWKSKeys, Issuer, FakeClock]:
    """Make the keys of an issuer, with a clock that stands still."""
    issuer, clock = Issuer(*keys), FakeClock()
    return JWKSKeys("https://issuer.example/keys", "RS256", issuer, clock), issuer, clock


def token_of(number: int, key_id: str | None) -> str:
    """Sign with one of the issuer's keys."""
    return signed(rsa_key(number=number), "RS256", headers={"kid": key_id} if key_id else None)


def test_keys_are_found_by_their_id_and_kept() -> None:
    """One question to the issuer serves many tokens."""
    keys, issuer, clock = published(jwk(rsa_key(), "a"), jwk(rsa_key(number=1), "b", use="sig"))
    for number, key_id in ((0, "a"), (1, "b"), (0, "a")):
        assert keys.key_of(token_of(number, key_id)) is not None
    clock.tick(KEEP_SECONDS)
    assert keys.key_of(token_of(0, "a")) is not None
    assert issuer.asked == 1
    clock.tick(1)
    keys.key_of(token_of(0, "a"))
    assert issuer.asked == 2


def test_a_new_key_is_found_and_an_old_one_lost() -> None:
    """An unknown id asks again, so that an issuer can change its key; what it no longer publishes is worth nothing."""
    keys, issuer, clock = published(jwk(rsa_key(), "a"))
    assert keys.key_of(token_of(0, "a")) is not None
    issuer.keys = [jwk(rsa_key(number=1), "b")]
    clock.tick(PAUSE_SECONDS + 1)
    assert keys.key_of(token_of(1, "b")) is not None
    assert keys.key_of(token_of(0, "a")) is None


def test_strangers_cannot_make_us_ask_without_end() -> None:
    """Tokens with invented ids cost one question in half a minute."""
    keys, issuer, clock = published(jwk(rsa_key(), "a"))
    for number in range(100):
        assert keys.key_of(token_of(0, f"x{number}")) is None
    assert issuer.asked == 1
    clock.tick(PAUSE_SECONDS + 1)
    keys.key_of(token_of(0, "x"))
    assert issuer.asked == 2


def test_an_issuer_that_is_down(caplog: pytest.LogCaptureFixture) -> None:
    """Known keys are good for an hour, then nobody is let in; the log says it once."""
    keys, issuer, clock = published(jwk(rsa_key(), "a"))
    assert keys.key_of(token_of(0, "a")) is not None
    issuer.fails = True
    clock.tick(STALE_SECONDS)
    assert keys.key_of(token_of(0, "a")) is not None
    clock.tick(PAUSE_SECONDS + 1)
    assert keys.key_of(token_of(0, "a")) is None
    assert len(caplog.records) == 1
    assert issuer.asked == 3


def test_keys_for_something_else_are_not_taken() -> None:
    """Keys for encryption, of another kind, too small, or broken; a single key needs no id, two do."""
    other = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(ec_key().public_key()))
    bad = [jwk(rsa_key(), "a", use="enc"), {**other, "kid": "b"}, jwk(rsa_key(1024), "c"), {"kty": "?", "kid": "d"}]
    keys, _, _ = published(*bad, jwk(rsa_key(), "good"))
    assert [keys.key_of(token_of(0, each)) is None for each in ("a", "b", "c", "d", "good", None)] == [True] * 4 + [
        False
    ] * 2
    two, _, _ = published(jwk(rsa_key(), "a"), jwk(rsa_key(number=1), "b"))
    assert two.key_of(token_of(0, None)) is None


def test_over_http() -> None:
    """The whole way: an issuer on a socket, and the rule asked by an adapter that can wait."""
    body = json.dumps({"keys": [jwk(rsa_key(), "a")]}).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the method it replaces
            """Log nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        rule = access(None, "RS256", jwks_url=f"http://127.0.0.1:{server.server_port}/keys")
        admin = Admin(PerformanceTracker(), access=rule)
        statuses = [
            asyncio.run(
                admin.handle_async(AdminRequest("GET", "/stats", "", {"authorization": f"Bearer {token}"}))
            ).status
            for token in (token_of(0, "a"), token_of(1, "a"), token_of(1, "b"))
        ]
        server.shutdown()
    assert statuses == [200, 401, 401]
