"""perftrack's admin pages for whoever brings a JSON Web Token with the right role: `access=JWTAccess(…)`."""

from __future__ import annotations

from perftrack_jwt.access import JWTAccess

__all__ = ["JWTAccess"]
