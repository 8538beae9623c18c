"""The code of a sign-in link: good for five minutes and for one sign-in, whichever worker is asked."""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

CODE_SECONDS: Final = 300


class SignInCode:
    """A one-time code. The workers of one host agree that it is used up by an empty file that the first one removes.

    It travels to them by fork or by pickle.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """Make a code; *clock* is wall time, because workers share no other."""
        import secrets  # noqa: PLC0415 - they import much, and only `perftrack run` makes a code
        import tempfile  # noqa: PLC0415

        self.text = secrets.token_urlsafe(24)
        """What the link carries behind its `#`."""
        self._clock = clock
        self._expires = clock() + CODE_SECONDS
        descriptor, self._marker = tempfile.mkstemp(prefix="perftrack-code-")
        os.close(descriptor)

    def redeem(self, given: str) -> bool:
        """Use the code up. Return whether *given* is the code, for the first time and in time."""
        right = hmac.compare_digest(given.encode("utf-8", "surrogatepass"), self.text.encode("ascii"))
        return right and self.discard() and self._clock() < self._expires

    def discard(self) -> bool:
        """Use the code up. Return whether it was unused until now."""
        with suppress(OSError):
            os.unlink(self._marker)  # noqa: PTH108 - one system call, which exactly one worker survives
            return True
        return False

    def __repr__(self) -> str:
        """Return a text without the code."""
        return "SignInCode(***)"
