"""What is measured."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench import load, site

FORMS = {"page": "agenda/", "ics": "agenda.ics", "json": "agenda.json", "xml": "agenda.xml"}
WARM_UP = 0.1  # seconds, so that every worker has drawn its answer


@dataclass(frozen=True)
class Spread:
    """The middle of some figures, and the ends."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        """Of one figure for each round."""
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True)
class Row:
    """One address at so many connections: answers in a second, and ratios round by round."""

    size: int
    form: str
    connections: int
    bytes: int
    ours: Spread
    trivial: Spread
    file: Spread
    unchanged: Spread
    to_trivial: Spread
    to_file: Spread
    unchanged_to_trivial: Spread


def hold(name: str, body: bytes, plain: bytes, static: Path) -> None:
    """Lay the bytes of an answer where the trivial view and the server of files find them."""
    folder = static / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.held").write_bytes(body)
    (folder / f"{name}.txt").write_bytes(plain)
    (folder / f"{name}.txt.gz").write_bytes(body)


def rows(port: int, sizes: list[int], connections: list[int], rounds: int, seconds: float) -> Iterator[Row]:
    """Every address of every size, in turn with what it is compared with, over the same connections."""
    for size in sizes:
        for form, below in FORMS.items():
            path = f"/editions/bench-{size}/{below}"
            for number in connections:
                yield _row(port, size, form, path, number, rounds, seconds)


def _row(port: int, size: int, form: str, path: str, connections: int, rounds: int, seconds: float) -> Row:
    _status, headers, body = site.fetched(port, path)
    name = f"{form}-{size}"
    asked = {
        "ours": load.question(path, host=site.HOST),
        "trivial": load.question(f"/trivial/{name}", host=site.HOST),
        "file": load.question(f"/static/bench/{name}.txt", host=site.HOST),
        "unchanged": load.question(path, host=site.HOST, status=304, if_none_match=headers["etag"]),
    }
    rates: dict[str, list[float]] = {what: [] for what in asked}
    with load.connected(port, connections) as client:
        for question in asked.values():
            client.run(question, WARM_UP)
        for _round in range(rounds):
            for what, question in asked.items():
                rates[what].append(client.run(question, seconds).rate)

    def ratio(what: str, to: str) -> Spread:
        return Spread.of([one / other for one, other in zip(rates[what], rates[to], strict=True)])

    return Row(
        size=size,
        form=form,
        connections=connections,
        bytes=len(body),
        ours=Spread.of(rates["ours"]),
        trivial=Spread.of(rates["trivial"]),
        file=Spread.of(rates["file"]),
        unchanged=Spread.of(rates["unchanged"]),
        to_trivial=ratio("ours", "trivial"),
        to_file=ratio("ours", "file"),
        unchanged_to_trivial=ratio("unchanged", "trivial"),
    )


def first_view(port: int, path: str) -> dict[str, int]:
    """Bytes of a page and of each file that it loads, compressed, with nothing kept from before."""
    page = site.fetched(port, path)[2]
    loaded = {path: len(page)}
    text = site.fetched(port, path, "identity")[2].decode()
    tags = re.findall(r"<(?:link|script|img)\b[^>]*>", text)
    for tag in tags:
        link = re.search(r'(?:href|src)="(/static/[^"]+)"', tag)
        if link and 'rel="manifest"' not in tag:
            loaded[link[1]] = len(site.fetched(port, link[1])[2])
    return loaded


def drawn(make: Callable[[], object], forget: Callable[[], None], times: int = 5) -> Spread:
    """Milliseconds that it takes to draw something of which nothing is kept."""
    took = []
    for _time in range(times):
        forget()
        begun = time.perf_counter()
        make()
        took.append((time.perf_counter() - begun) * 1000)
    return Spread.of(took)
