"""The app for INSTALLED_APPS: it adds the system checks and `manage.py perftrack`."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import register


class PerftrackConfig(AppConfig):
    """perftrack as a Django app. It has no tables, and the permissions `perftrack.view` and `perftrack.reset`."""

    name = "perftrack_django"
    label = "perftrack"
    default_auto_field = "django.db.models.BigAutoField"  # no table has it, but the system check asks for one
    verbose_name = "perftrack"

    def ready(self) -> None:
        """Register the system checks."""
        from perftrack_django.checks import check_setup  # noqa: PLC0415 - the checks need the settings

        register(check_setup)
