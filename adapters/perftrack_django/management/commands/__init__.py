"""perftrack's commands for `manage.py`."""
