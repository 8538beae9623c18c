"""The instructions that a request costs, as valgrind counts them, beside those of the parent commit.

    python -m benchmarks.instructions [--against REV] [GROUP ...]

A second measure beside CPU time, and one without noise: two runs of one state count the same. It weighs no instruction,
so it says whether something grew, not how long it takes. The status is 1 when perftrack adds a quarter more than at
the other commit; a commit that means to says so in a line `Instructions: why`.
"""

from __future__ import annotations

import argparse
import compileall
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.counted import GO, MARK, SUBJECTS

CHECKOUT = Path(__file__).resolve().parent.parent

PATIENCE = 120
"""Seconds after which a process is given up."""

GROWTH_LIMIT = 0.25
"""Share by which what perftrack adds may grow without a note."""

NOTE = "Instructions:"
"""Begins the line of a commit's message that lets it grow more."""

GROUPS = tuple(dict.fromkeys(name.partition(", ")[0] for name in SUBJECTS))
MEASURED = ("perftrack", "private", "shared")
LEAST = {"add": "floor", "ASGI": "wrapper", "WSGI": "wrapper"}
"""What perftrack is a multiple of."""

Counts = Mapping[str, float]
"""Subject -> instructions a call."""


@dataclass(frozen=True, slots=True)
class Row:
    """What perftrack adds in one place, here and at the other commit."""

    name: str
    added: float
    least: float | None
    """What the least that does the same adds."""
    before: float | None

    @property
    def growth(self) -> float:
        """The share by which it grew."""
        return self.added / self.before - 1.0 if self.before else 0.0


def count_group(tree: Path, scratch: Path, group: str) -> tuple[Counts, list[str]]:
    """Count the loops of *group* in a process of their own, with the perftrack that is in *tree*.

    Give the counts, and what could not be counted, with the reason.
    """
    subjects = [name for name in SUBJECTS if name.startswith(f"{group}, ")]
    process = _start(tree, scratch, subjects)
    try:
        lines = _lines_until_ready(process)
        if process.poll() is None:
            _have_counted(process, scratch)
        errors = process.communicate(timeout=PATIENCE)[1]
        if process.returncode:
            return {}, [f"{group}: {errors.strip().rpartition(chr(10))[2]}"]
        missing = [f"{name}: {error}" for name, error in lines if error]
        return _counts(scratch, [name for name, error in lines if not error]), missing
    except (OSError, subprocess.SubprocessError) as error:
        return {}, [f"{group}: {error}"]
    finally:
        process.kill()
        process.communicate()


def _start(tree: Path, scratch: Path, subjects: Sequence[str]) -> subprocess.Popen[str]:
    scratch.mkdir(parents=True)
    paths = os.pathsep.join(map(str, (tree, tree / "adapters", CHECKOUT)))
    options = ["-q", "--instr-atstart=no", "--callgrind-out-file=counts"]
    marks = [f"--toggle-collect={MARK}", f"--dump-after={MARK}"]
    return subprocess.Popen(
        [
            _found("valgrind"),
            "--tool=callgrind",
            *options,
            *marks,
            sys.executable,
            "-m",
            "benchmarks.counted",
            *subjects,
        ],
        cwd=scratch,
        env={"PATH": os.defpath, "PYTHONHASHSEED": "0", "PYTHONPATH": paths, "PERFTRACK_DIR": str(scratch)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _found(program: str) -> str:
    return shutil.which(program) or program


def _lines_until_ready(process: subprocess.Popen[str]) -> list[list[str]]:
    """Read which subjects there are: name and error, up to an empty line, or the end of a process that failed."""
    assert process.stdout is not None  # noqa: S101 - it is a pipe, see `_start`
    lines = itertools.takewhile(str.strip, process.stdout)
    return [line.rstrip("\n").split("\t") for line in lines]


def _have_counted(process: subprocess.Popen[str], scratch: Path) -> None:
    on = [_found("vgdb"), f"--pid={process.pid}", "instrumentation", "on"]
    subprocess.run(on, check=True, capture_output=True, timeout=PATIENCE)
    (scratch / GO).touch()


def _counts(scratch: Path, names: Sequence[str]) -> Counts:
    """Read the dumps: the first is of a call of nothing, which is taken off the others."""
    dumps = [scratch / f"counts.{number}" for number in range(1, len(names) + 2)]
    nothing, *sums = [instructions(dump.read_text(encoding="utf-8")) for dump in dumps]
    return {name: (total - nothing) / SUBJECTS[name][0] for name, total in zip(names, sums, strict=True)}


def instructions(dump: str) -> int:
    """Read the sum in what callgrind has dumped."""
    return int(next(line for line in dump.splitlines() if line.startswith("summary:")).split()[1])


def main(arguments: Sequence[str] | None = None) -> int:
    """Count, print the table, and give the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instructions", description="Instructions a request.")
    parser.add_argument("--against", default="HEAD~1", metavar="REV", help="the other commit; else the parent")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"some of {', '.join(GROUPS)}; else all")
    options = parser.parse_args(arguments)
    if shutil.which("valgrind") is None:
        print("SKIPPED: instructions are not counted, there is no valgrind (Debian and Ubuntu: apt install valgrind)")
        return 0
    with tempfile.TemporaryDirectory(prefix="perftrack-instructions-") as folder:
        here, before = _count(Path(folder), options.against, options.groups or GROUPS)
    rows = compared(here, before)
    print(table(rows, options.against))
    grown = [row for row in rows if row.growth > GROWTH_LIMIT]
    for row in grown:
        print(f"GREW: {row.name}, by more than {GROWTH_LIMIT:.0%}")
    return 1 if (grown and not _noted()) or not rows else 0


def _count(folder: Path, revision: str, groups: Sequence[str]) -> tuple[Counts, Counts]:
    """Count here and at the other commit. What cannot be counted is printed."""
    trees = {"here": CHECKOUT}
    other = _unpacked(revision, folder / "other")
    if other is None:
        print(f"there is no commit {revision}: nothing to compare with")
    else:
        trees[revision] = other
    places = [(name, group) for group in groups for name in trees]
    counts: dict[str, dict[str, float]] = {name: {} for name in ("here", revision)}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        running = [
            pool.submit(count_group, trees[name], folder / f"{number} {group}", group)
            for number, (name, group) in enumerate(places)
        ]
        found = [future.result() for future in running]
    for (name, _), (counted, missing) in zip(places, found, strict=True):
        counts[name].update(counted)
        for reason in missing:
            print(f"not counted at {name}: {reason}")
    return counts["here"], counts[revision]


def _unpacked(revision: str, folder: Path) -> Path | None:
    """Unpack the packages of a commit. None when there is no such commit."""
    archive = folder.with_suffix(".tar")
    git = ["git", "-C", str(CHECKOUT), "archive", f"--output={archive}", revision, "perftrack", "adapters"]
    if subprocess.run(git, check=False, capture_output=True).returncode:
        return None
    shutil.unpack_archive(archive, folder)
    compileall.compile_dir(folder, quiet=2)  # as the packages here are: what compiles has used memory in another order
    return folder


def compared(here: Counts, before: Counts) -> list[Row]:
    """Take off what the bare app costs, and put both sides together."""
    rows: list[Row] = []
    for name in here:
        group, _, variant = name.partition(", ")
        if variant.partition(",")[0] not in MEASURED:
            continue
        label = f"memory.add, {variant}" if group == "add" else group
        least = _added(here, group, LEAST[group]) if group in LEAST else None
        rows.append(Row(label, _added(here, group, variant) or 0.0, least, _added(before, group, variant)))
    return rows


def _added(counts: Counts, group: str, variant: str) -> float | None:
    whole = counts.get(f"{group}, {variant}")
    return None if whole is None else whole - counts.get(f"{group}, bare", 0.0)


def table(rows: Sequence[Row], revision: str) -> str:
    """Align the rows."""
    lines = [f"{'instructions that perftrack adds':<34}{'here':>8}  {'x least':>7}  {revision[:12]:>12}  change"]
    for row in rows:
        least = f"{row.added / row.least:.2f}" if row.least else ""
        before = "" if row.before is None else f"{row.before:.0f}"
        change = "" if row.before is None else f"{row.growth:+.1%}"
        lines.append(f"{row.name:<34}{row.added:>8.0f}  {least:>7}  {before:>12}  {change:>6}".rstrip())
    note = "least: for memory.add the floor, a lock with four sums; for the others a wrapper that does nothing"
    return "\n".join([*lines, "", note])


def _noted() -> bool:
    """Tell whether the last commit's message says why."""
    git = ["git", "-C", str(CHECKOUT), "log", "-1", "--format=%B"]
    message = subprocess.run(git, check=False, capture_output=True, text=True).stdout
    return any(line.startswith(NOTE) for line in message.splitlines())


if __name__ == "__main__":
    sys.exit(main())
