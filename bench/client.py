"""A bare HTTP client: kept-alive sockets and ready-made bytes, so that the load costs the machine little."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """What a run saw: seconds of each request, seconds in all, bytes of the last answer."""

    seconds: list[float]
    wall: float
    size: int


class Connection:
    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.buffer = b""

    def ask(self, request: bytes, expected: tuple[int, ...]) -> int:
        """Send, read the whole answer, and give its size; AssertionError on an unexpected status."""
        self.socket.sendall(request)
        head = self._until(b"\r\n\r\n")
        status = int(head[9:12])
        assert status in expected, head.decode(errors="replace")
        lowered = head.lower()
        if b"content-length:" in lowered:
            length = int(lowered.split(b"content-length:")[1].split(b"\r\n")[0])
            self._take(length)
            return len(head) + length
        return len(head) + self._chunks() if b"chunked" in lowered else len(head)

    def _chunks(self) -> int:
        total = 0
        while size := int(self._until(b"\r\n").strip(), 16):
            self._take(size + 2)
            total += size
        self._until(b"\r\n")
        return total

    def _fill(self) -> None:
        data = self.socket.recv(262_144)
        assert data, "the server closed the connection"
        self.buffer += data

    def _until(self, mark: bytes) -> bytes:
        while mark not in self.buffer:
            self._fill()
        head, self.buffer = self.buffer.split(mark, 1)
        return head + mark

    def _take(self, length: int) -> None:
        while len(self.buffer) < length:
            self._fill()
        self.buffer = self.buffer[length:]


def run(port: int, requests: list[bytes], *, clients: int, expected: tuple[int, ...]) -> Load:
    """Send every request once, shared between `clients` connections."""
    seconds: list[float] = []
    sizes: list[int] = []
    failures: list[BaseException] = []
    queue: Iterator[bytes] = iter(requests)
    lock = threading.Lock()

    def client() -> None:
        connection = Connection(port)
        try:
            while True:
                with lock:
                    request = next(queue, None)
                if request is None:
                    return
                start = time.perf_counter()
                sizes.append(connection.ask(request, expected))
                seconds.append(time.perf_counter() - start)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.socket.close()

    start = time.perf_counter()
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return Load(sorted(seconds), time.perf_counter() - start, sizes[-1])
