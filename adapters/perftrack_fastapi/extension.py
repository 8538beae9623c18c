"""`PerfTrack`: middleware and admin pages together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette

from perftrack import PerformanceTracker, SettingError
from perftrack.admin import Access, Admin
from perftrack.entrance import chosen_tracker
from perftrack_asgi.types import ASGIApp
from perftrack_fastapi.middleware import PerformanceMiddleware

if TYPE_CHECKING:
    from fastapi.params import Depends


class PerfTrack:
    """Measures FastAPI and Starlette apps and gives them the admin pages."""

    def __init__(
        self,
        app: Starlette | None = None,
        *,
        tracker: PerformanceTracker | None = None,
        access: Access = None,
        dependencies: Sequence[Depends] = (),
        admin_prefix: str | None = None,
        include_in_schema: bool = True,
        **settings: Any,
    ) -> None:
        """Choose the tracker, and set up *app* if it is given.

        Args:
            app: The app; without it, call `init_app` later.
            tracker: Where to count; None takes `perftrack.get_tracker()`, made with *settings*.
            access: Who may see the admin pages, as everywhere.
            dependencies: FastAPI dependencies that raise for whoever may not see the pages.
            admin_prefix: Where the admin pages are; None takes the setting.
            include_in_schema: Show the admin pages in a FastAPI app's OpenAPI document.
            settings: Settings by keyword.

        Raises:
            SettingError: A value is not allowed, or both *tracker* and *settings* are given.
        """
        self.tracker = chosen_tracker(tracker, settings)
        Admin(self.tracker, access, admin_prefix)  # refuses here what is wrong, not when the app starts
        self._access = access
        self._dependencies = dependencies
        self._admin_prefix = admin_prefix
        self._include_in_schema = include_in_schema
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Starlette) -> None:
        """Set up *app*, once; where in its making does not matter, as long as it has not started.

        Raises:
            SettingError: The app has been set up before or has started, or it has no routers and so cannot use
                *dependencies*.
        """
        if hasattr(app.state, "perftrack"):
            raise SettingError("perftrack is already set up for this app; call PerfTrack(app) or init_app(app) once")
        if app.middleware_stack is not None:
            raise SettingError("the app has already started; call PerfTrack(app) or init_app(app) while it is made")
        if hasattr(app, "include_router"):
            self._include_router(app)
        elif self._dependencies:
            raise SettingError(f"dependencies= is for FastAPI apps, not for {type(app).__name__}; use access=")
        self._wrap(app)
        app.state.perftrack = self.tracker

    def _wrap(self, app: Starlette) -> None:
        """Put the middleware around all others, also those that the app adds later."""
        build = app.build_middleware_stack

        def build_measured() -> ASGIApp:
            return PerformanceMiddleware(
                build(),
                tracker=self.tracker,
                access=self._access,
                admin_prefix=self._admin_prefix,
                serve_admin=not self._dependencies,
            )

        app.build_middleware_stack = build_measured  # type: ignore[method-assign] # the app's own hook for its stack

    def _include_router(self, app: Any) -> None:
        """Show the pages in the OpenAPI document; with dependencies, they are also answered there."""
        from perftrack_fastapi.router import admin_router  # noqa: PLC0415 - Starlette apps need no FastAPI

        if self._include_in_schema or self._dependencies:
            app.include_router(
                admin_router(
                    self.tracker,
                    access=self._access,
                    dependencies=self._dependencies,
                    admin_prefix=self._admin_prefix,
                    include_in_schema=self._include_in_schema,
                )
            )
