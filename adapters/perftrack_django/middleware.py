"""The entry for MIDDLEWARE."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from perftrack.exchange import Exchange, begin
from perftrack_django.caches import watch_caches
from perftrack_django.conf import admin, tracker
from perftrack_django.handlers import measure_handlers
from perftrack_django.labels import ROUTE, leave_request, leave_route, route_template, source_of

GetResponse = Callable[[HttpRequest], Any]


class PerformanceMiddleware:
    """Measures the project. The first place in MIDDLEWARE is the best: then all of the others are inside.

    It is a coroutine function exactly where the next one is, so that it never forces a change of threads.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        """Stand before *get_response*."""
        self.get_response = get_response
        measure_handlers()
        watch_caches()
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Serve one request."""
        return self._async_call(request) if self._is_async else self._sync_call(request)

    def _sync_call(self, request: HttpRequest) -> HttpResponseBase:
        exchange = _unmeasured(request)
        try:
            response: HttpResponseBase = self.get_response(request)
        except BaseException:
            _finish(request, exchange, None)
            raise
        _finish(request, exchange, response)
        return response

    async def _async_call(self, request: HttpRequest) -> HttpResponseBase:
        exchange = _unmeasured(request)
        try:
            response: HttpResponseBase = await self.get_response(request)
        except BaseException:
            _finish(request, exchange, None)
            raise
        _finish(request, exchange, response)
        return response


def _unmeasured(request: HttpRequest) -> Exchange | None:
    """Start to measure where no handler does: under Django's test client, which goes past the handlers."""
    try:
        path, source = request.path_info, source_of(request)
        is_measured = ROUTE in source
        leave_request(request)
        if not (is_measured or path in tracker().skip or admin().rest(path) is not None):
            return begin(Exchange, tracker(), route_template, source, request.method or "", path)
    except Exception as error:
        tracker().failed(error)
    return None


def _finish(request: HttpRequest, exchange: Exchange | None, response: HttpResponseBase | None) -> None:
    try:
        leave_route(request)
    except Exception as error:
        tracker().failed(error)
    if exchange is None:
        return
    if response is None:
        exchange.raised()
        return
    exchange.status = response.status_code
    exchange.complete()
