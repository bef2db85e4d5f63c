"""A TCP proxy whose far side can be made to refuse, to hang, or to be well again."""

from __future__ import annotations

import contextlib
import socket
import threading
from enum import Enum


class Far(Enum):
    """What the far side does."""

    WELL = "well"
    HANGS = "hangs"  # connections stay and new ones are taken, but nothing passes any more
    REFUSES = "refuses"  # connections are cut and new ones cut at once


class TcpProxy:
    """Passes bytes to `port` of this machine, in threads, until told otherwise."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._far = Far.WELL
        self._pairs: list[socket.socket] = []
        self._well = threading.Event()
        self._well.set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def set(self, far: Far) -> None:
        self._far = far
        if far is Far.REFUSES:
            self._cut()
        if far is Far.HANGS:
            self._well.clear()
        else:
            self._well.set()

    def close(self) -> None:
        self._well.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._cut()

    def _cut(self) -> None:
        pairs, self._pairs = self._pairs, []
        for one in pairs:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            if self._far is Far.REFUSES:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._port), 5)
            except OSError:
                near.close()
                continue
            self._pairs += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._well.wait()
                sink.sendall(data)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
