"""Run everything, print the tables and write them to var/bench.md.

A trivial view is a Django view without any middleware that returns bytes it holds, in the same processes of the same
server. A file is the same bytes served by whitenoise as shipped. Each is asked in turn with the agenda, round by round,
over the same connections.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import ceiling, figures, report, site

READING = """
Answers in a second; ratios as median (least–most) of the rounds. “trivial” is a Django view without middleware that
returns the same bytes from memory, “file” the same bytes served by whitenoise, “304” the answer to who has the agenda
already; all by the same server, in turn, over the same connections. Bytes are compressed. Where a figure comes near
that of the load client alone, the client is what is measured, and the ratio is too low.
"""
VAR = Path(__file__).resolve().parents[2] / "var"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[45, 200, 1000], help="sessions of the programmes")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 16, 64])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.4, help="of each address in each round")
    return parser.parse_args()


def main() -> int:
    """Measure and report."""
    options = _options()
    VAR.mkdir(exist_ok=True)
    static = Path(tempfile.mkdtemp(prefix="bench-static-", dir=VAR))
    try:
        with site.database() as address:
            site.settle(address, static)
            text = _measured(options, static)
    finally:
        shutil.rmtree(static)
    (VAR / "bench.md").write_text(text)
    sys.stdout.write(f"{text}\nWritten to {VAR / 'bench.md'}\n")
    return 0


def _measured(options: argparse.Namespace, static: Path) -> str:
    import django

    django.setup()
    from tests.bench import inside

    inside.prepare(options.sizes)
    largest = max(options.sizes)
    _say("Drawing")
    drawn = inside.drawing_times(largest)
    queries = inside.queries(largest)
    for size in options.sizes:
        for form, below in figures.FORMS.items():
            path = f"/editions/bench-{size}/{below}"
            figures.hold(f"{form}-{size}", inside.body(path, "gzip"), inside.body(path, "identity"), static)
    inside.hang_up()
    rows = []
    with site.running(VAR / "bench.log") as port:
        for row in figures.rows(port, options.sizes, options.connections, options.rounds, options.seconds):
            _say(f"{row.size} {row.form} at {row.connections}: {row.to_trivial.median:.2f}")
            rows.append(row)
        view = figures.first_view(port, f"/editions/bench-{min(options.sizes)}/agenda/")
    ceilings = {f"{size} bytes": round(ceiling.rate(b"x" * size, 16, options.seconds)) for size in (0, 10_000, 100_000)}
    view["all told"] = sum(view.values())
    parts: list[tuple[str, Callable[[], str]]] = [
        ("Speed", lambda: report.speed(rows)),
        ("Cold drawing of the largest programme", lambda: report.milliseconds(drawn)),
        (
            "Queries of a warm answer of the site itself; one from memory costs none",
            lambda: report.counts("address", queries),
        ),
        ("First view", lambda: report.counts("compressed bytes", view)),
        ("The load client alone, answers in a second", lambda: report.counts("answer", ceilings)),
    ]
    machine = f"{os.cpu_count()} processors, Python {platform.python_version()}, {site.WORKERS} workers\n{READING}"
    return "\n".join([f"# Benchmark\n\n{machine}", *(f"## {title}\n\n{text()}" for title, text in parts)])


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")


if __name__ == "__main__":
    sys.exit(main())
