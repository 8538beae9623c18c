"""The errors that perftrack raises to the people who set it up. Requests never see one."""

from __future__ import annotations


class SettingError(ValueError):
    """A setting has a name or a value that is not allowed.

    The message is one line: the setting, the value, and what is allowed.
    """
