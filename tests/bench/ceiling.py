"""How fast the load client itself is: a server that does nothing but send the same bytes again."""

from __future__ import annotations

import multiprocessing
import selectors
import socket

from tests.bench import load


def rate(body: bytes, connections: int, seconds: float) -> float:
    """Answers in a second that the client takes at most."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=128)
    port = listening.getsockname()[1]
    server = multiprocessing.get_context("fork").Process(target=_serve, args=(listening, body), daemon=True)
    server.start()
    listening.close()
    try:
        with load.connected(port, connections) as client:
            asked = load.question("/", host="bench.example")
            client.run(asked, 0.1)
            return client.run(asked, seconds).rate
    finally:
        server.kill()
        server.join()


def _serve(listening: socket.socket, body: bytes) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    selector = selectors.DefaultSelector()
    selector.register(listening, selectors.EVENT_READ)
    while True:
        for key, _events in selector.select():
            if key.fileobj is listening:
                selector.register(listening.accept()[0], selectors.EVENT_READ)
            elif key.fileobj.recv(4096):  # type: ignore[union-attr]
                key.fileobj.sendall(answer)  # type: ignore[union-attr]
            else:
                selector.unregister(key.fileobj)
