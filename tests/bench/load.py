"""A load client: some kept-alive connections that ask again as soon as they were answered. Sockets and one selector."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

CHUNK = 2**18


@dataclass(frozen=True)
class Question:
    """A request as bytes and the status that it must be answered with."""

    request: bytes
    status: int = 200


def question(path: str, *, host: str, status: int = 200, **headers: str) -> Question:
    """A GET of a reader behind the proxy, who takes compressed answers."""
    told = {"Host": host, "X-Forwarded-Proto": "https", "Accept-Encoding": "gzip"}
    told |= {name.replace("_", "-").title(): value for name, value in headers.items()}
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items()), "", ""]
    return Question("\r\n".join(lines).encode(), status)


@dataclass
class Run:
    """What came of asking for a while: how often, how many bytes, and how long each took."""

    seconds: float = 0.0
    bytes: int = 0
    took: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return len(self.took) / self.seconds


class _Connection:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.begun = 0.0
        self.left = -1  # bytes of the answer still to come; below 0 its head has not come
        self.head = b""

    def ask(self, asked: Question) -> None:
        self.begun, self.left, self.head = time.perf_counter(), -1, b""
        self.socket.sendall(asked.request)

    def read(self, asked: Question) -> bool:
        """Take what has come; whether the answer is whole."""
        came = self.socket.recv(CHUNK)
        if not came:
            raise ConnectionError("The server closed a kept-alive connection.")
        if self.left >= 0:
            self.left -= len(came)
            return self.left == 0
        self.head += came
        end = self.head.find(b"\r\n\r\n")
        if end < 0:
            return False
        if int(self.head[9:12]) != asked.status:
            raise ConnectionError(f"Answered {self.head[:200]!r} to {asked.request!r}")
        self.left = _length(self.head[:end].lower()) - (len(self.head) - end - 4)
        return self.left == 0


def _length(head: bytes) -> int:
    at = head.find(b"\r\ncontent-length:")
    if at < 0:
        if b"\r\ntransfer-encoding:" in head:
            raise ConnectionError("The answer came in chunks, which this client does not read.")
        return 0  # 304
    return int(head[at + 17 : (head + b"\r\n").find(b"\r\n", at + 17)])


class Load:
    """Open connections to ask over. The same ones ask for everything that is compared."""

    def __init__(self, port: int, connections: int) -> None:
        self._selector = selectors.DefaultSelector()
        self._connections = [_Connection(port) for _number in range(connections)]
        for connection in self._connections:
            self._selector.register(connection.socket, selectors.EVENT_READ, connection)

    def run(self, asked: Question, seconds: float) -> Run:
        """Ask over every connection for that long, then let the last answers come in."""
        done = Run()
        begun = time.perf_counter()
        deadline, waiting = begun + seconds, len(self._connections)
        for connection in self._connections:
            connection.ask(asked)
        while waiting:
            for key, _events in self._selector.select():
                connection = key.data
                if not connection.read(asked):
                    continue
                now = time.perf_counter()
                done.took.append(now - connection.begun)
                if now < deadline:
                    connection.ask(asked)
                else:
                    waiting -= 1
        done.seconds = time.perf_counter() - begun
        return done

    def close(self) -> None:
        """Hang up."""
        for connection in self._connections:
            connection.socket.close()
        self._selector.close()


@contextmanager
def connected(port: int, connections: int) -> Iterator[Load]:
    """Connections that are hung up at the end."""
    load = Load(port, connections)
    try:
        yield load
    finally:
        load.close()
