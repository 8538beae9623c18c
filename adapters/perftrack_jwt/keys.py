"""The keys: one that is configured, or those that an issuer publishes, kept for a while."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import jwt
from jwt.algorithms import get_default_algorithms

from perftrack import SettingError

ALGORITHMS: Final = (
    *("HS256", "HS384", "HS512"),
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
)
KEEP_SECONDS: Final = 300.0
"""Keys are asked for again after this time, and at once for a key id that is not known."""
PAUSE_SECONDS: Final = 30.0
"""But never sooner than this after the last time: a stranger's key ids must not make us ask without end."""
STALE_SECONDS: Final = 3600.0
"""While the issuer does not answer, keys are good for this long."""
FETCH_SECONDS: Final = 3.0
SMALLEST_RSA_BITS: Final = 2048

_log = logging.getLogger("perftrack")

LoadKeys = Callable[[str], dict[str, Any]]


class Keys(Protocol):
    """Gives the key with which a token has to be signed."""

    def key_of(self, token: str) -> Any:
        """Return the key for *token*, `None` when there is none; raises PyJWT's errors for what is no token."""
        ...


class OneKey:
    """A key that is configured. It is not kept under a name that a traceback or a repr would show."""

    __slots__ = ("_key",)

    def __init__(self, key: str | bytes | None, algorithm: str) -> None:
        """Check *key* for *algorithm*; no message shows it."""
        data = key.encode("utf-8") if isinstance(key, str) else key or b""
        if algorithm.startswith("HS"):
            _check_secret(data, algorithm)
            self._key: Any = data
            return
        self._key = _public_key(data, algorithm)

    def key_of(self, token: str) -> Any:
        """Return the key."""
        return self._key


class JWKSKeys:
    """The keys that an issuer publishes at a URL, by key id."""

    def __init__(
        self, url: str, algorithm: str, load: LoadKeys | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take keys for *algorithm* from *url*; nothing is fetched before the first token comes."""
        if algorithm.startswith("HS"):
            raise SettingError(f"JWT algorithm {algorithm} has a shared secret, which no jwks_url publishes; give key=")
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1")):
            raise SettingError("jwks_url must begin with https://: who can change the answer can sign tokens")
        self._url = url
        self._algorithm = algorithm
        self._load = load or _fetched
        self._clock = clock
        self._keys: dict[str | None, Any] = {}
        self._loaded_at = self._asked_at = float("-inf")
        self._told = False

    def key_of(self, token: str) -> Any:
        """Return the key whose id *token* names; without an id, the only key there is."""
        key_id: object = jwt.get_unverified_header(token).get("kid")
        now = self._clock()
        known = self._find(key_id)
        if (known is None or now - self._loaded_at > KEEP_SECONDS) and now - self._asked_at > PAUSE_SECONDS:
            self._refresh(now)
            known = self._find(key_id)
        return known if now - self._loaded_at <= STALE_SECONDS else None

    def _find(self, key_id: object) -> Any:
        if key_id is None:
            return next(iter(self._keys.values())) if len(self._keys) == 1 else None
        return self._keys.get(key_id) if isinstance(key_id, str) else None

    def _refresh(self, now: float) -> None:
        self._asked_at = now
        try:
            keys = self._load(self._url)
            self._keys = {each.key_id: each.key for each in jwt.PyJWKSet.from_dict(keys).keys if self._is_ours(each)}
        except Exception as error:
            if not self._told:
                _log.warning("perftrack: the keys of jwks_url cannot be had (%s)", type(error).__name__)
            self._told = True
            return
        self._loaded_at, self._told = now, False

    def _is_ours(self, key: jwt.PyJWK) -> bool:
        """Tell whether *key* is for signatures with our algorithm; a key that says neither fits by its type alone."""
        if key.public_key_use not in (None, "sig"):
            return False
        try:
            _check_strength(get_default_algorithms()[self._algorithm].prepare_key(key.key), self._algorithm)
        except (jwt.InvalidKeyError, SettingError, TypeError, ValueError):
            return False
        return True


def _fetched(url: str) -> dict[str, Any]:
    client = jwt.PyJWKClient(url, cache_jwk_set=False, timeout=FETCH_SECONDS)
    keys: dict[str, Any] = client.fetch_data()
    return keys


def _check_secret(secret: bytes, algorithm: str) -> None:
    shortest = int(algorithm[2:]) // 8
    if len(secret) < shortest:
        raise SettingError(f"JWT secret: {len(secret)} bytes are too few, {algorithm} needs {shortest} or more")
    if len(set(secret)) < 8:
        raise SettingError("JWT secret: it repeats a few bytes only; make one with secrets.token_urlsafe(48)")
    # Everybody has the public key: as a secret it would let anybody sign.
    if b"-----BEGIN" in secret or secret.startswith((b"ssh-", b"ecdsa-")):
        raise SettingError(f"JWT secret: this is a key of a key pair, {algorithm} needs a shared secret")


def _public_key(data: bytes, algorithm: str) -> Any:
    try:
        key = get_default_algorithms()[algorithm].prepare_key(data)
    except KeyError:
        raise SettingError(
            f"JWT algorithm {algorithm} needs the package cryptography; pip install 'pyjwt[crypto]'"
        ) from None
    except Exception as error:
        raise SettingError(
            f"JWT key: it cannot be read as a public key for {algorithm} ({type(error).__name__}); needed is PEM"
        ) from None
    _check_strength(key, algorithm)
    # A private key would do, and has no place in an app that only checks.
    return key.public_key() if hasattr(key, "public_key") else key


def _check_strength(key: Any, algorithm: str) -> None:
    if algorithm.startswith(("RS", "PS")) and key.key_size < SMALLEST_RSA_BITS:
        raise SettingError(f"JWT key: {key.key_size} bits are too few for RSA, needed are {SMALLEST_RSA_BITS} or more")
