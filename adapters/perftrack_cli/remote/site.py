"""The admin pages of a running app: found from the URL that the user gave, asked for typed answers."""

from __future__ import annotations

import argparse
import json
from typing import Any, TypeVar
from urllib.parse import urlencode

from perftrack.shapes import Health, SlowQueries, Stats
from perftrack.terminal.text import cut
from perftrack_cli.errors import CommandError
from perftrack_cli.remote import address, credentials, fetch, shape
from perftrack_cli.remote.fetch import Answer, Fetcher

LONGEST_DETAIL = 160

Shape = TypeVar("Shape")


class Site:
    """Asks the admin pages. The first question finds them."""

    def __init__(self, at: address.Address, fetcher: Fetcher) -> None:
        """Take the address that the user gave."""
        self.shown = at.shown
        """The address, as text."""
        self._bases = at.bases()
        self._fetcher = fetcher

    def stats(self, **query: str) -> Stats:
        """Return everything; *query* as the contract has it."""
        return self._ask("/stats", query, Stats)

    def stats_and_health(self, **query: str) -> tuple[Stats, Health]:
        """Return everything with the verdict on it, of one moment; *query* may include more."""
        stats = self.stats(**{"include": "health", **query})
        if "health" not in stats:
            raise CommandError(f"{self.shown} leaves out the verdict; do both ends have the same version?")
        return stats, stats["health"]

    def health(self) -> Health:
        """Return the verdict."""
        return self._ask("/health", {}, Health)

    def slow(self, **query: str) -> SlowQueries:
        """Return the slow requests, newest first."""
        return self._ask("/slow-queries", query, SlowQueries)

    def _ask(self, page: str, query: dict[str, str], expected: type[Shape]) -> Shape:
        answer = self._answer(page + (f"?{urlencode(query)}" if query else ""))
        if answer.status != 200:
            raise CommandError(self._refusal(answer))
        try:
            return shape.read(answer.body, expected)
        except CommandError as error:
            raise CommandError(f"{answer.url}: {error}; do both ends have the same version?") from None

    def _answer(self, page: str) -> Answer:
        """Return the first answer of perftrack itself, and from then on ask only there."""
        others: list[Answer] = []
        for base in self._bases:
            answer = self._fetcher.get(base + page)
            if answer.is_perftrack and answer.status != 404:
                self._bases = [base]
                return answer
            others.append(answer)
        raise CommandError(self._strange(others))

    def _refusal(self, answer: Answer) -> str:
        if answer.status == 401:
            return f"{self.shown} {self._about_token()}"
        return f"{self.shown} answers {answer.phrase}: {_detail(answer)}"

    def _about_token(self) -> str:
        token = self._fetcher.token
        if token is None:
            return "asks for the admin token; give --token, PERFTRACK_TOKEN or a netrc file"
        return f"does not accept the token of {token.source}; give the one that the app was started with"

    def _strange(self, answers: list[Answer]) -> str:
        """Say why none of *answers* is one of perftrack; the one that tells most comes first."""
        answer = min(answers, key=_silence)
        if answer.status in (401, 403):
            token = self._fetcher.token
            sent = "without a token" if token is None else f"with the token of {token.source}"
            return f"{answer.url} answers {answer.phrase} {sent}; it is the app, or a proxy before it, that refuses"
        if answer.elsewhere is not None:
            origin = address.shown_origin(answer.elsewhere)
            return f"{answer.url} redirects to {origin}, where no token is sent; give the URL there, if it is right"
        return (
            f"{self.shown} is not perftrack: its admin pages are neither there nor below {address.DEFAULT_PREFIX}"
            f" ({answer.phrase}); give the URL of the app or of its admin pages"
        )


def from_options(options: argparse.Namespace) -> Site:
    """Return the site that the options of `remote.options` name.

    Raises:
        CommandError: an option cannot be used.
    """
    at = address.read(options.url)
    token = credentials.find(options.token, options.netrc_file, at.host)
    return Site(at, Fetcher(at, token, options.timeout, fetch.tls(options.ca_file, options.insecure)))


def _silence(answer: Answer) -> int:
    if answer.status in (401, 403):
        return 0
    return 1 if answer.elsewhere is not None else 2 if answer.status >= 500 else 3


def _detail(answer: Answer) -> str:
    """Return the detail of a problem; what is none has none."""
    try:
        problem: Any = json.loads(answer.body)
        return cut(str(problem["detail"]), LONGEST_DETAIL)
    except (ValueError, RecursionError, LookupError, TypeError):
        return "no reason is given"
