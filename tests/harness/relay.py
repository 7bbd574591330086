"""Relays between a client and a server: connections that a test cuts, slows, parts or makes vanish."""

from __future__ import annotations

import contextlib
import pathlib
import queue
import random
import socket
import threading
import time
from collections.abc import Callable

SOCKET = ".s.PGSQL.5432"
RESENT = 0.25  # s; a segment that TCP lost comes so much later, and all behind it


class Relay:
    """Carries what comes at `listener` to where `connect` leads.

    Each part of up to 64 KiB arrives `delay` seconds later, and with a chance of `loss` as late as TCP makes it.
    """

    def __init__(self, listener: socket.socket, connect: Callable[[], socket.socket], delay: float = 0.0,
                 loss: float = 0.0) -> None:  # fmt: skip
        self.delay, self.loss = delay, loss
        self._connect = connect
        self._chance = random.Random(1)
        self._changed = threading.Condition()
        self._open: set[socket.socket] = set()  # guarded by _changed, as all below
        self._lost: set[socket.socket] = set()
        self._away = self._parted = False
        self._listener = listener
        listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Ends what there is and whatever comes, until `mend`."""
        with self._changed:
            self._away = True
            for end in self._open:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            self._changed.notify_all()

    def part(self) -> None:
        """Nothing passes and nobody is told, until `mend`."""
        with self._changed:
            self._parted = True

    def lose(self) -> None:
        """The connections that live carry nothing any more, and nobody is told; new ones do."""
        with self._changed:
            self._lost |= self._open

    def mend(self) -> None:
        with self._changed:
            self._away = self._parted = False
            self._changed.notify_all()

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                with self._changed:
                    away = self._away
                if away:
                    client.close()
                    continue
                server = self._connect()
            except OSError:
                if self._listener.fileno() < 0:
                    return
                client.close()
                continue
            with self._changed:
                self._open |= {client, server}
            for source, sink in ((client, server), (server, client)):
                late: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
                threading.Thread(target=self._read, args=(source, late), daemon=True).start()
                threading.Thread(target=self._write, args=(source, sink, late), daemon=True).start()

    def _read(self, source: socket.socket, late: queue.SimpleQueue[tuple[float, bytes]]) -> None:
        data = b"more"
        while data:
            try:
                data = source.recv(65536)
            except OSError:
                data = b""
            resent = RESENT if self.loss and self._chance.random() < self.loss else 0.0
            late.put((time.monotonic() + self.delay + resent, data))

    def _write(self, source: socket.socket, sink: socket.socket, late: queue.SimpleQueue[tuple[float, bytes]]) -> None:
        """Ends with the empty part. Whoever closes `source` is this thread: the other direction only reads from it."""
        with contextlib.suppress(OSError):
            while True:
                due, data = late.get()
                time.sleep(max(0.0, due - time.monotonic()))
                with self._changed:
                    self._changed.wait_for(lambda: self._away or not (self._parted or source in self._lost))
                if not data:
                    break
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        with self._changed:
            self._open.discard(source)
            self._lost.discard(source)
        source.close()


def before_postgres(folder: pathlib.Path, target: pathlib.Path) -> Relay:
    """Between libpq and PostgreSQL's unix socket: `folder` has the socket that leads to the one in `target`."""
    folder.mkdir()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(folder / SOCKET))
    (folder / SOCKET).chmod(0o777)

    def connect() -> socket.socket:
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(str(target / SOCKET))
        except OSError:
            server.close()
            raise
        return server

    return Relay(listener, connect)


def before_tcp(port: int, delay: float = 0.0, loss: float = 0.0, host: str = "127.0.0.1") -> tuple[Relay, str]:
    """Between a client and a server of this machine: the relay, and the address to give to the client."""
    listener = socket.create_server((host, 0))
    relay = Relay(listener, lambda: socket.create_connection(("127.0.0.1", port)), delay, loss)
    return relay, f"{host}:{listener.getsockname()[1]}"
