"""Commands that ask a running app for its numbers: where it is, who may ask, and what its answers must look like."""

from __future__ import annotations
