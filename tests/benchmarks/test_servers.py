"""What the benchmark reads of wrk and of the system."""

from __future__ import annotations

import os
import subprocess
import sys
from time import process_time

import pytest

from benchmarks.servers import read_wrk, tree_cpu_seconds

OUTPUT = """\
Running 3s test @ http://127.0.0.1:8000/projects/42
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.32ms  312.51us   9.50ms   93.46%
    Req/Sec     6.10k   402.23     6.59k    90.00%
  18231 requests in 3.00s, 2.87MB read
Requests/sec:   6074.57
Transfer/sec:      0.96MB
"""

BURN = "import sys, time\nwhile time.process_time() < 0.3: pass\nprint(flush=True)\nsys.stdin.read()"
NEST = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BURN!r}])"


def test_wrk_is_read() -> None:
    """The number of requests and their rate are read from wrk's output."""
    assert read_wrk(OUTPUT) == (18231, 6074.57)


def test_bad_answers_are_no_result() -> None:
    """A server that answers with errors is not measured as if it had served."""
    with pytest.raises(ValueError, match="Non-2xx"):
        read_wrk(OUTPUT + "  Non-2xx or 3xx responses: 3\n")


def test_no_rate_is_no_result() -> None:
    """What wrk prints when it cannot connect is not taken for a result."""
    with pytest.raises(ValueError, match="unable to connect"):
        read_wrk("unable to connect to 127.0.0.1:8000 Connection refused")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_cpu_of_a_tree() -> None:
    """The CPU time of a process is counted with that of what it started."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", NEST], **pipes) as parent:  # type: ignore[call-overload] # two pipes
        assert parent.stdout is not None
        assert parent.stdin is not None
        parent.stdout.readline()
        assert tree_cpu_seconds(parent.pid) >= 0.29
        parent.stdin.close()
    assert abs(tree_cpu_seconds(os.getpid()) - process_time()) < 0.5
