"""What those ask for who watch over the program."""

from collections.abc import Sequence
from pathlib import Path

from fastapi import FastAPI

from inference.studio import Studio
from storage.ports.records import Records
from ui.api.metrics import Metrics
from ui.api.readiness import Readiness, checks_of
from ui.lane import Lane


def add_probes(
    app: FastAPI,
    lane: Lane,
    studio: Studio,
    libraries: Sequence[Records],
    folder: Path,
    token: str = "",
) -> None:
    """Add `/readyz`, which looks at the disk below a folder, too, and `/metrics` for a token."""
    readiness = Readiness(lane, checks_of(studio.networks, libraries, folder))
    metrics = Metrics(lane, studio, libraries, token)
    for path, read in ("/readyz", readiness.read), ("/metrics", metrics.read):
        app.add_api_route(path, read, methods=["GET"], include_in_schema=False)
