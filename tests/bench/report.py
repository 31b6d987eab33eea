"""The figures as a table in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.bench.figures import Row, Spread


def _ratio(spread: Spread) -> str:
    return f"{spread.median:.2f} ({spread.least:.2f}–{spread.most:.2f})"


def table(head: list[str], lines: Iterable[Sequence[object]]) -> str:
    """A table: the first column is words, the others are figures."""
    rule = ["---"] + ["---:"] * (len(head) - 1)
    every: list[Sequence[object]] = [head, rule, *lines]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in every) + "\n"


def speed(rows: list[Row]) -> str:
    """Answers in a second, and the ratios that count."""
    head = ["sessions, form", "connections", "bytes", "ours/s", "trivial/s", "file/s", "304/s"]
    head += ["ours to trivial", "ours to file", "304 to trivial"]
    return table(
        head,
        (
            [
                f"{row.size} {row.form}",
                row.connections,
                row.bytes,
                *(f"{spread.median:.0f}" for spread in (row.ours, row.trivial, row.file, row.unchanged)),
                *(_ratio(spread) for spread in (row.to_trivial, row.to_file, row.unchanged_to_trivial)),
            ]
            for row in rows
        ),
    )


def milliseconds(figures: dict[str, Spread]) -> str:
    """How long things take."""
    lines = ([what, *(f"{value:.0f}" for value in (s.median, s.least, s.most))] for what, s in figures.items())
    return table(["what", "median ms", "least", "most"], lines)


def counts(title: str, figures: dict[str, int]) -> str:
    """Figures that have no spread, and their sum."""
    return table([title, "number"], [[what, number] for what, number in figures.items()])
