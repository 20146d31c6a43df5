"""A ZIP file that is sent while it is made: no more of it is in memory than one member."""

import io
import time
import zipfile

FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The calendar of ZIP files starts here."""
READABLE_FILE = 0o100644 << 16


class Bundle:
    """Members in, bytes to send out; pictures are compressed already and are stored as they are."""

    def __init__(self) -> None:
        self._window = _Window()
        self._zip = zipfile.ZipFile(self._window, "w", zipfile.ZIP_STORED)

    def add(self, path: str, data: bytes, changed_at: float) -> bytes:
        """Return the bytes of a member; `changed_at` in Unix seconds."""
        member = zipfile.ZipInfo(path, max(FIRST_DAY, time.localtime(changed_at)[:6]))
        member.external_attr = READABLE_FILE
        self._zip.writestr(member, data)
        return self._window.take()

    def end(self) -> bytes:
        """Return the table of contents, which ends the file."""
        self._zip.close()
        return self._window.take()


class _Window:
    """The end of a file whose start is sent and forgotten.

    ZipFile goes back to the header of a member to complete it. With a sink that cannot do so it
    would put the sizes behind the data, which some unpackers do not read for stored members.
    """

    def __init__(self) -> None:
        self._sent = 0
        self._kept = io.BytesIO()

    def write(self, data: bytes) -> int:
        return self._kept.write(data)

    def tell(self) -> int:
        return self._sent + self._kept.tell()

    def seek(self, position: int) -> int:
        return self._sent + self._kept.seek(position - self._sent)

    def flush(self) -> None:
        """Nothing waits: what is written is in the window."""

    def close(self) -> None:
        self._kept.close()

    def take(self) -> bytes:
        data = self._kept.getvalue()
        self._sent += len(data)
        self._kept = io.BytesIO()
        return data
