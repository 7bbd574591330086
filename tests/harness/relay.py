"""A relay between libpq and PostgreSQL's unix socket, so that a test can cut connections that live."""

from __future__ import annotations

import contextlib
import pathlib
import socket
import threading

SOCKET = ".s.PGSQL.5432"


class Relay:
    """Listens in `folder`; `cut()` ends what there is and whatever comes, until `mend()`."""

    def __init__(self, folder: pathlib.Path, target: pathlib.Path) -> None:
        self.folder, self.target = folder, target
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._away = False
        folder.mkdir()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / SOCKET))
        (folder / SOCKET).chmod(0o777)
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        with self._lock:
            self._away = True
            for end in self._open:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        with self._lock:
            self._away = False

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            with self._lock:
                away = self._away
                self._open |= {client, server}
            try:
                if away:
                    raise OSError("cut")
                server.connect(str(self.target / SOCKET))
            except OSError:
                self._end(client, server)
                continue
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._copy, args=(source, sink), daemon=True).start()

    def _copy(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._end(source)  # each thread closes what it reads from

    def _end(self, *ends: socket.socket) -> None:
        with self._lock:
            self._open.difference_update(ends)
        for end in ends:
            end.close()
