"""`Admin`: the one object an adapter talks to about the admin pages."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from perftrack.admin.access import Access, Gate
from perftrack.admin.messages import AdminRequest, AdminResponse

if TYPE_CHECKING:
    from perftrack.admin.pages import Pages
    from perftrack.admin.source import Source


class Admin:
    """The admin pages of one tracker: paths, methods, access and answers for every framework.

    Args:
        source: The tracker whose numbers are shown.
        access: A token, several, `Tokens()`, a callable of `AdminRequest`, `AllowAll()`, or `None` for
            `PERFTRACK_ADMIN_TOKEN`, else closed.
        prefix: Where the pages are mounted; `None` takes the tracker's setting `admin_prefix`.
    """

    def __init__(self, source: Source, access: Access = None, prefix: str | None = None) -> None:
        self._source = source
        self._gate = Gate(access)
        segments = (source.settings.admin_prefix if prefix is None else prefix).strip("/")
        self._prefix = f"/{segments}" if segments else ""

    @cached_property
    def _pages(self) -> Pages:
        # At the first request to them: what the pages need takes longer to import than all that an app needs to start.
        from perftrack.admin.pages import Pages

        return Pages(self._source, self._gate, self._prefix)

    @property
    def prefix(self) -> str:
        """Return the path prefix, with a leading slash and none at the end."""
        return self._prefix

    def rest(self, path: str) -> str | None:
        """Return the part of *path* after the prefix, `None` when the path is not ours."""
        if not path.startswith(self._prefix):
            return None
        rest = path[len(self._prefix) :]
        return rest if rest[:1] in ("", "/") else None

    def knows(self, rest: str) -> bool:
        """Return whether *rest* is one of our paths, for whoever needs a bounded set of names."""
        return self._pages.knows(rest)

    def body_limit(self, method: str, rest: str) -> int:
        """Return how many bytes of the body the core wants of such a request; an adapter reads no more of any other."""
        return self._pages.body_limit(method, rest)

    def handle(self, request: AdminRequest) -> AdminResponse:
        """Return the answer to *request*; never raises."""
        return self._pages.handle(request)

    async def handle_async(self, request: AdminRequest) -> AdminResponse:
        """Return the answer to *request* where an access callable may be a coroutine function; never raises."""
        return await self._pages.handle_async(request)
