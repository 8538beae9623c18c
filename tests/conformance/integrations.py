"""The list of integrations: what is served, by which server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Integration:
    """One column of the matrix."""

    name: str
    """As the matrix shows it."""
    app: str
    """The kind of app, as `served.py` knows it."""
    server: Literal["uvicorn", "gunicorn"]
    needs: tuple[str, ...] = ()
    """Packages without which it cannot be served, its server's aside."""

    @property
    def asgi(self) -> bool:
        """Whether the protocol is ASGI."""
        return self.server == "uvicorn"


RAW_ASGI = Integration("ASGI", "raw_asgi", "uvicorn")
STARLETTE = Integration("Starlette", "starlette", "uvicorn", ("starlette",))
FASTAPI = Integration("FastAPI", "fastapi", "uvicorn", ("fastapi",))
RAW_WSGI = Integration("WSGI", "raw_wsgi", "gunicorn")
FLASK = Integration("Flask", "flask", "gunicorn", ("flask",))
DJANGO_WSGI = Integration("Django WSGI", "django_wsgi", "gunicorn", ("django",))
DJANGO_ASGI = Integration("Django ASGI", "django_asgi", "uvicorn", ("django",))

INTEGRATIONS = (RAW_ASGI, STARLETTE, FASTAPI, RAW_WSGI, FLASK, DJANGO_WSGI, DJANGO_ASGI)
