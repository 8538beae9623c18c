"""`PerfTrack`: the Flask extension."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from flask import Flask, got_request_exception

from perftrack import AllowAll, PerformanceTracker, SettingError
from perftrack.admin import Access, Admin
from perftrack.admin.tokens import tokens_in
from perftrack.entrance import chosen_tracker
from perftrack.settings import settings_in
from perftrack_flask.blueprint import Decorator, admin_blueprint
from perftrack_flask.labels import noting_mount, remember_rule, route_template
from perftrack_wsgi import PerformanceMiddleware


class PerfTrack:
    """Measures Flask apps and gives them the admin pages.

    Settings are taken from the keywords, else from `app.config["PERFTRACK_…"]`, else from the environment.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        tracker: PerformanceTracker | None = None,
        access: Access = None,
        decorators: Sequence[Decorator] | None = None,
        admin_prefix: str | None = None,
        **settings: Any,
    ) -> None:
        """Set up *app* if it is given.

        Args:
            app: The app; without it, call `init_app` later, for as many apps as there are.
            tracker: Where to count; None takes `perftrack.get_tracker()`.
            access: Who may see the admin pages, as everywhere; None takes `app.config["PERFTRACK_ADMIN_TOKEN"]`,
                else the token of that variable.
            decorators: View decorators such as `flask_login.login_required`. With them, also with an empty list, the
                pages are a blueprint of the app, inside its sessions and `before_request`; without *access* they
                decide alone, except that an empty list leaves the pages closed.
            admin_prefix: Where the admin pages are; None takes the setting.
            settings: Settings by keyword.

        Raises:
            SettingError: A value is not allowed, or both *tracker* and *settings* are given.
        """
        self._tracker = tracker
        self._access = access
        self._decorators = decorators
        self._admin_prefix = admin_prefix
        self._settings = settings
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Set up *app*, once: all of Flask is inside the measurement.

        Raises:
            SettingError: A value in `app.config` is not allowed, or the app has been set up before.
        """
        if "perftrack" in app.extensions:
            raise SettingError(f"perftrack is already set up for the app {app.name!r}; call init_app once for each app")
        config = cast("dict[str, Any]", app.config)
        settings = self._settings if self._tracker else {**settings_in(config), **self._settings}
        tracker = chosen_tracker(self._tracker, settings)
        access = self._access_of(config)
        if self._decorators is not None:
            admin = Admin(tracker, access, self._admin_prefix)
            app.register_blueprint(admin_blueprint(admin, self._decorators))
        middleware = PerformanceMiddleware(
            noting_mount(app),
            tracker,
            access,
            self._admin_prefix,
            route_template,
            serve_admin=self._decorators is None,
        )
        app.wsgi_app = middleware  # type: ignore[method-assign] # Flask's documented place for middleware
        got_request_exception.connect(remember_rule, app)
        app.extensions["perftrack"] = tracker

    def _access_of(self, config: Mapping[str, Any]) -> Access:
        if self._access is not None:
            return self._access
        return AllowAll() if self._decorators else tokens_in(config)
