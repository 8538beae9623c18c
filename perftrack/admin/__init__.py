"""The admin pages: a neutral request in, a neutral answer out."""

from perftrack.admin.access import Access, AllowAll
from perftrack.admin.decision import Decision
from perftrack.admin.messages import AdminRequest, AdminResponse
from perftrack.admin.routing import Admin
from perftrack.admin.tokens import BearerToken, Tokens

__all__ = [
    "Access",
    "Admin",
    "AdminRequest",
    "AdminResponse",
    "AllowAll",
    "BearerToken",
    "Decision",
    "Tokens",
]
