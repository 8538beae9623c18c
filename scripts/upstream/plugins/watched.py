"""The tracker of a wrapped test run, and the report of what went through it."""

from __future__ import annotations

import gc
import json
import os
import traceback
from pathlib import Path
from typing import Any

from perftrack import PerformanceTracker


class WatchedTracker(PerformanceTracker):
    """Counts as always, and keeps perftrack's own failures with the test in which they happened."""

    def __init__(self) -> None:
        super().__init__("upstream", skip=())
        self.failures: list[dict[str, str]] = []

    def failed(self, error: BaseException) -> None:
        """Keep the failure, then treat it as always."""
        test = os.environ.get("PYTEST_CURRENT_TEST", "between tests")
        self.failures.append({"test": test, "trace": "".join(traceback.format_exception(error))})
        super().failed(error)

    def report(self) -> dict[str, Any]:
        """Tell what was counted in the whole run."""
        gc.collect()  # an answer that a test never closed ends when it is freed
        stats = self.stats()
        return {
            "requests": stats["total_requests"],
            "websockets": stats["websockets"]["opened"],
            "in_flight": stats["in_flight"],
            "outcomes": stats["outcomes"],
            "rows": len(stats["endpoint_stats"]),
            "failures": self.failures,
        }

    def write_report(self) -> None:
        """Leave the report in the file that the environment names."""
        Path(os.environ["PERFTRACK_UPSTREAM_REPORT"]).write_text(json.dumps(self.report()), encoding="utf-8")


def wraps_outside() -> bool:
    """Tell which of the two runs this is: wrapped where the tests call an app, or in the app itself."""
    return os.environ["PERFTRACK_UPSTREAM_MODE"] == "outside"
