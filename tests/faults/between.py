"""Between the pages' server and its database: a wire that can be cut at a COMMIT, before the database hears it or after
it has done it."""

import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from clinic.postgres_host import SOCKET_NAME

COMMIT = b"COMMIT\0"
ENTRY = b'INSERT INTO "clinic_entry"'


class Between:
    """Hands on what comes to a socket in ``folder``. ``before`` and ``after`` are done once, at the next COMMIT of an
    entry, and then that connection is gone."""

    def __init__(self, database: Path, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self.database, self.folder = database / SOCKET_NAME, folder
        self.before: Callable[[], None] | None = None
        self.after: Callable[[], None] | None = None
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(folder / SOCKET_NAME))
        self.listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self.listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _address = self.listener.accept()
                threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with suppress(OSError), near, socket.socket(socket.AF_UNIX) as far:
            far.connect(str(self.database))
            wrote = False
            while True:
                for end in select.select([near, far], [], [])[0]:
                    piece = end.recv(65536)
                    wrote = wrote or (end is near and ENTRY in piece)
                    if not piece or (wrote and end is near and COMMIT in piece and self._cut(far, piece)):
                        return
                    wrote = wrote and not (end is near and COMMIT in piece)
                    (far if end is near else near).sendall(piece)

    def _cut(self, far: socket.socket, piece: bytes) -> bool:
        if self.before:
            done, self.before = self.before, None
        elif self.after:
            done, self.after = self.after, None
            far.sendall(piece)
            assert COMMIT in far.recv(65536)
        else:
            return False
        done()
        return True
