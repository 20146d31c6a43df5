"""The other side of a darkroom: a process that reads pictures and owns nothing else."""

import os
import resource
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import cv2

from inference.errors import OutOfMemory, PhotoRejected
from inference.header import Limits
from inference.photo import Photo, inspect
from inference.plate import packed
from inference.wire import Message, Torn, receive, send

READY = {"ready": True}


def serve(line: socket.socket, memory: int, seconds: float) -> None:
    """Read what comes, one picture after the other, until the other side has gone.

    `memory` is bytes beyond what it takes now. A reader that hangs ends this process: nobody may
    be left to do that.
    """
    cv2.setNumThreads(1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        most = _address_space() + memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())  # libraries complain there
    send(line, READY)
    while True:
        try:
            message = receive(line)
        except (Torn, OSError):
            return
        signal.setitimer(signal.ITIMER_REAL, 2 * seconds)
        said, handle = _answered(message)
        signal.setitimer(signal.ITIMER_REAL, 0)
        send(line, said, handle)
        if handle is not None:
            os.close(handle)


def _answered(message: Message) -> tuple[dict[str, Any], int | None]:
    handle, said = message.handle, message.said
    assert handle is not None
    try:
        limits = Limits(*said["limits"])
        if said["look"]:
            header = inspect(Path(f"/dev/fd/{handle}"), limits)
            return {"width": header.width, "height": header.height}, None
        with open(handle, "rb", closefd=False) as file:
            file.seek(0)
            data = file.read()
        return packed(Photo.open(data, limits, deep=said["deep"]))
    except PhotoRejected as error:
        return {"says": error.says, "refusal": error.refusal.name}, None
    except (MemoryError, OSError, OutOfMemory):
        return {"memory": True}, None
    finally:
        os.close(handle)


def _address_space() -> int:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()


if __name__ == "__main__":
    handle, most, patience = sys.argv[1:]
    serve(socket.socket(fileno=int(handle)), int(most), float(patience))
