"""The permissions: Django makes them for models, so there is one, without a table."""

from __future__ import annotations

from django.db import models


class Performance(models.Model):
    """The admin pages, as something that users and groups can be given permissions for."""

    class Meta:
        """No table, and no permissions but these."""

        managed = False
        default_permissions = ()
        permissions = (
            ("view", "Can see the performance numbers"),
            ("reset", "Can see and reset the performance numbers"),
        )
        verbose_name = verbose_name_plural = "performance numbers"
