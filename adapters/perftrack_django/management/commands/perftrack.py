"""`manage.py perftrack`: the report of the running server, in the terminal."""

from __future__ import annotations

import json
import os
from typing import Any, TextIO, cast
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from django.core.management.base import BaseCommand, CommandError, CommandParser

from perftrack.admin.tokens import TOKEN_VARIABLE
from perftrack.terminal.table import render
from perftrack.terminal.text import wants_colour
from perftrack_django.conf import mounted_at

TIMEOUT_SECONDS = 10


class Command(BaseCommand):
    """Asks the server, whose process has the numbers; the token is the one of PERFTRACK_ADMIN_TOKEN."""

    help = "Prints what perftrack has measured in the running server."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the address."""
        parser.add_argument(
            "address", nargs="?", default="http://127.0.0.1:8000", help="where the server is (%(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Fetch the numbers and print them."""
        stats = _fetch(options["address"].rstrip("/") + mounted_at() + "/stats?include=health")
        colour = options["force_color"] or (not options["no_color"] and wants_colour(cast("TextIO", self.stdout)))
        self.stdout.write(render(stats, stats["health"], colour))


def _fetch(url: str) -> Any:
    if not url.startswith(("http://", "https://")):
        raise CommandError(f"{url} is no web address; give one such as http://127.0.0.1:8000")
    token = os.environ.get(TOKEN_VARIABLE, "").partition(",")[0].strip()
    request = Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})  # noqa: S310 - checked above
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - checked above
            return json.load(answer)
    except HTTPError as error:
        raise CommandError(f"{url} answers {error.code}; set {TOKEN_VARIABLE} as the server has it") from error
    except URLError as error:
        raise CommandError(f"{url} cannot be reached ({error.reason}); start the server or give its address") from error
