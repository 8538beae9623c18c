"""The entry for MIDDLEWARE."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from perftrack.exchange import Exchange, begin
from perftrack_django.caches import watch_caches
from perftrack_django.conf import admin, tracker
from perftrack_django.handlers import measure_handlers
from perftrack_django.labels import ROUTE, route_of, route_template, source_of, template_of

Source = MutableMapping[str, Any]
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
        if self._is_async:
            return self._async_call(request)
        # What a request of a WSGI server needs is written out: after the app has run, a call costs as much as this.
        environ = request.META
        if ROUTE not in environ:
            return self._sync_call(request)
        try:
            response: HttpResponseBase = self.get_response(request)
        finally:
            try:
                match = request.resolver_match  # as `route_of` does
                environ[ROUTE] = None if match is None else template_of(match.route)
            except Exception as error:
                tracker().failed(error)
        return response

    def _sync_call(self, request: HttpRequest) -> HttpResponseBase:
        exchange = _enter(request)
        try:
            response: HttpResponseBase = self.get_response(request)
        except BaseException:
            _leave(request)
            if exchange is not None:
                exchange.raised()
            raise
        _leave(request)
        if exchange is not None:
            _finish(exchange, response)
        return response

    async def _async_call(self, request: HttpRequest) -> HttpResponseBase:
        exchange = _enter(request)
        try:
            response: HttpResponseBase = await self.get_response(request)
        except BaseException:
            _leave(request)
            if exchange is not None:
                exchange.raised()
            raise
        _leave(request)
        if exchange is not None:
            _finish(exchange, response)
        return response


def _enter(request: HttpRequest) -> Exchange | None:
    """Leave *request* for `route_template`, which an ASGI server's cancellation may call before the middleware goes on.

    Give an exchange where no handler measures: under Django's test client, which goes past the handlers.
    """
    try:
        source = source_of(request)
        is_measured = ROUTE in source
        source[ROUTE] = None if source is request.META else request
        return None if is_measured else _unmeasured(request, source)
    except Exception as error:
        tracker().failed(error)
        return None


def _unmeasured(request: HttpRequest, source: Source) -> Exchange | None:
    path = request.path_info
    if path in tracker().skip or admin().rest(path) is not None:
        return None
    return begin(Exchange, tracker(), route_template, source, request.method or "", path)


def _leave(request: HttpRequest) -> None:
    """Leave the route alone: a request that is kept by what it keeps itself would have to be found by the collector."""
    try:
        source_of(request)[ROUTE] = route_of(request)
    except Exception as error:
        tracker().failed(error)


def _finish(exchange: Exchange, response: HttpResponseBase) -> None:
    exchange.status = response.status_code
    exchange.complete()
