"""A hosted instance whose rows and objects are reached over the network, through the gateway."""

from dataclasses import dataclass, field

import httpx

from storage.cloud.blobs import SupabaseBlobs
from storage.cloud.door import SupabaseDoor
from storage.cloud.project import TIMEOUT, Project
from storage.remote.records import RemoteRecords
from storage.remote.retention import RemoteRetention
from tests.gateway.server import Gateway
from tests.ground.server import sign_up
from tests.weather import Weather


@dataclass(slots=True)
class Site:
    """Asked as the server is; `as_user` gives what one user may do."""

    gateway: Gateway
    weather: Weather = field(default_factory=Weather)
    pauses: list[float] = field(default_factory=list)
    project: Project = field(init=False)
    door: SupabaseDoor = field(init=False)
    blobs: SupabaseBlobs = field(init=False)
    records: RemoteRecords = field(init=False)
    retention: RemoteRetention = field(init=False)

    def __post_init__(self) -> None:
        http = httpx.Client(transport=self.weather, timeout=TIMEOUT)
        self.project = Project(
            self.gateway.url, self.gateway.secret, http=http, sleep=self.pauses.append
        )
        self.door, self.blobs = SupabaseDoor(self.project), SupabaseBlobs(self.project)
        self.records, self.retention = RemoteRecords(self.door), RemoteRetention(self.door)

    def close(self) -> None:
        self.project.close()

    def signed_up(self) -> str:
        return sign_up(self.gateway.ground, balance=10)

    def as_user(self, scope: str) -> Project:
        return self.project.as_user(self.gateway.publishable, self.gateway.token(scope))
