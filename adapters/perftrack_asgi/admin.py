"""The admin pages as an ASGI app."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perftrack import AdminRequest, AdminResponse
from perftrack.admin import Admin
from perftrack.admin.messages import joined_headers
from perftrack_asgi.types import Receive, Scope, Send


class AdminApp:
    """Answers the requests whose path is below the admin prefix."""

    def __init__(self, admin: Admin) -> None:
        """Serve the pages of *admin*."""
        self._admin = admin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        rest = self._admin.rest(path_below_mount(scope)) or ""
        answer = await self.answer(scope, receive, rest)
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def answer(self, scope: Mapping[str, Any], receive: Receive, rest: str) -> AdminResponse:
        """Give the answer to the request of *scope*, whose path below the admin prefix is *rest*."""
        headers = joined_headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        query = scope.get("query_string", b"").decode("latin-1")
        body = await _beginning(receive, self._admin.body_limit(scope["method"], rest))
        request = AdminRequest(scope["method"], rest, query, headers, scope, body, scope.get("scheme", "http"))
        return await self._admin.handle_async(request)


async def _beginning(receive: Receive, limit: int) -> bytes:
    """Read the body up to *limit* bytes."""
    body, more = b"", limit > 0
    while more and len(body) < limit:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body[:limit]


def path_below_mount(scope: Mapping[str, Any]) -> str:
    """Give the path below `root_path`, whether or not the server or a proxy has left that in the path."""
    path: str = scope.get("path", "")
    root = scope.get("root_path")
    if root and path.startswith(root) and path[len(root) : len(root) + 1] in ("", "/"):
        return path[len(root) :] or "/"
    return path
