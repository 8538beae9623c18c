"""The small shop that `perftrack demo` serves: quick, slow, failing and streaming pages, all decided by the request."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from perftrack_wsgi.request import declared_length

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PRODUCTS = 40
SLOW_SEARCH = "everything"
SLOW_SECONDS = 0.6
DECLINED_CARD = "declined"
BROKEN_CARD = "broken"
EXPORT_CHUNKS = 8
FEED_CHUNKS = 1500
PAUSE_SECONDS = 0.01
LARGEST_BODY = 4096

Reply = tuple[str, str, Iterable[bytes]]


class PaymentError(Exception):
    """The payment service gave an answer that the shop does not know."""


class Shop:
    """A WSGI app. *sleep* stands for the work that a real shop would do."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        """Open the shop."""
        self._sleep = sleep
        self._pages: dict[tuple[str, str], Callable[[WSGIEnvironment], Reply]] = {
            ("GET", "/"): self._home,
            ("GET", "/products"): self._products,
            ("GET", "/search"): self._search,
            ("GET", "/export.csv"): self._export,
            ("GET", "/orders/feed"): self._feed,
            ("POST", "/checkout"): self._checkout,
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO") or "/"
        status, kind, body = self._page("GET" if method == "HEAD" else method, path)(environ)
        headers = [("Content-Type", kind)]
        if isinstance(body, list):
            headers.append(("Content-Length", str(sum(map(len, body)))))
        start_response(status, headers)
        return [] if method == "HEAD" else body

    def _page(self, method: str, path: str) -> Callable[[WSGIEnvironment], Reply]:
        if method == "GET" and path.startswith("/products/"):
            return self._product
        return self._pages.get((method, path), self._missing)

    def _home(self, environ: WSGIEnvironment) -> Reply:
        pages = "".join(f'<li><a href="{path}">{path}</a>' for method, path in self._pages if method == "GET")
        return "200 OK", "text/html", [f"<!doctype html><title>Demo shop</title><ul>{pages}</ul>".encode()]

    def _products(self, environ: WSGIEnvironment) -> Reply:
        self._sleep(PAUSE_SECONDS)
        return _json([_product(number) for number in range(1, PRODUCTS + 1)])

    def _product(self, environ: WSGIEnvironment) -> Reply:
        number = environ["PATH_INFO"].removeprefix("/products/")
        if not (number.isascii() and number.isdigit() and 1 <= int(number[:9]) <= PRODUCTS):
            return self._missing(environ)
        return _json(_product(int(number)))

    def _search(self, environ: WSGIEnvironment) -> Reply:
        words = parse_qs(environ.get("QUERY_STRING", "")).get("q", [""])[0]
        self._sleep(SLOW_SECONDS if words == SLOW_SEARCH else PAUSE_SECONDS * 2)
        return _json([_product(number) for number in range(1, PRODUCTS + 1) if words in str(number)])

    def _checkout(self, environ: WSGIEnvironment) -> Reply:
        length = min(declared_length(environ.get("CONTENT_LENGTH") or "") or 0, LARGEST_BODY)
        card = parse_qs(environ["wsgi.input"].read(length).decode("latin-1")).get("card", [""])[0]
        self._sleep(PAUSE_SECONDS)
        if card == BROKEN_CARD:
            raise PaymentError("the payment service answered nonsense")
        if card == DECLINED_CARD:
            return "500 Internal Server Error", "text/plain", [b"the payment service does not answer\n"]
        return "201 Created", "text/plain", [b"thank you\n"]

    def _export(self, environ: WSGIEnvironment) -> Reply:
        return "200 OK", "text/csv", self._rows(EXPORT_CHUNKS)

    def _feed(self, environ: WSGIEnvironment) -> Reply:
        """Stream for much longer than anyone listens: whoever asks for it leaves half-way."""
        return "200 OK", "text/plain", self._rows(FEED_CHUNKS)

    def _rows(self, chunks: int) -> Iterator[bytes]:
        for number in range(chunks):
            yield f"order {number},{number * 3}\n".encode() * 50
            self._sleep(PAUSE_SECONDS)

    def _missing(self, environ: WSGIEnvironment) -> Reply:
        return "404 Not Found", "text/plain", [b"no such page\n"]


def _product(number: int) -> dict[str, object]:
    return {"id": number, "name": f"Product {number}", "price": number * 5}


def _json(value: object) -> Reply:
    return "200 OK", "application/json", [json.dumps(value).encode()]
