"""A library of one's own computer on its way to the account, over the network and back."""

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
import pytest

from auth.account import LOCAL
from auth.errors import Unreachable as GateUnreachable
from inference.checkpoint import HARMFUL, Checkpoint
from inference.inspector import MISSING, OTHER, Inspector
from inference.scan import CLEAN, NotScanned, Verdict
from storage.cloud.carrier import SupabaseCarrier
from storage.cloud.project import TIMEOUT, Project
from storage.outbox import Mark
from storage.records import Version
from storage.remote.arrivals import RemoteArrivals
from storage.sync import GONE_THERE, LOST, NEEDS_PLAN, Phase, Standing, Sync, Ticket
from tests.ground.server import sign_up
from tests.ground.site import Site
from tests.kept import SIZE, Kept, noise, picture
from tests.weather import Weather


@dataclass(slots=True)
class Computer:
    """One that somebody is signed in on; `restart` is the next run of the program."""

    site: Site
    folder: Path
    user: str
    keeps: bool = True
    over: int = 0
    """How many tokens are over already when they are used."""
    tickets: int = 0
    weather: Weather = field(default_factory=Weather)
    kept: Kept = field(init=False)
    sync: Sync = field(init=False)
    _http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.kept = Kept(self.folder)
        self._http = httpx.Client(transport=self.weather, timeout=TIMEOUT)
        gateway = self.site.gateway
        key = gateway.publishable
        project = Project(gateway.url, key, http=self._http, sleep=lambda _: None)
        outbox = self.kept.records.outbox
        self.sync = Sync(
            outbox,
            self.kept.blobs,
            whose=lambda: self.user,
            ticket=self.ticket,
            carrier=lambda: SupabaseCarrier(project, key, outbox),
        )

    def ticket(self) -> Ticket:
        self.tickets += 1
        seconds = 0.0
        if self.over:
            self.over -= 1
            seconds = -60.0
        return Ticket(self.user, self.site.gateway.token(self.user, seconds), self.keeps)

    def rounds(self, count: int = 1) -> Standing:
        for _ in range(count):
            self.sync.round()
        return self.sync.standing

    def restart(self) -> None:
        self.close()
        self.start()

    def close(self) -> None:
        self.sync.close()
        self.kept.close()
        self._http.close()


class Watchman:
    """A scanner that knows one virus, and can be away."""

    def __init__(self) -> None:
        self.away = False

    def scan(self, file: Path) -> Verdict:
        if self.away:
            raise NotScanned
        return Verdict("EICAR") if b"EICAR" in file.read_bytes() else CLEAN


@pytest.fixture
def computer(site: Site, tmp_path: Path) -> Iterator[Computer]:
    computer = Computer(site, tmp_path / "computer", sign_up(site.gateway.ground))
    yield computer
    computer.close()


@pytest.fixture
def watchman() -> Watchman:
    return Watchman()


@pytest.fixture
def inspector(site: Site, watchman: Watchman) -> Inspector:
    return Inspector(RemoteArrivals(site.door), site.blobs, Checkpoint(scanner=watchman))


def told(text: bytes) -> bytes:
    """A chunk of a PNG that has a text."""
    content = b"tEXtAuthor\0" + text
    return struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))


@dataclass(frozen=True, slots=True)
class Cloud:
    """What the user sees on the hosted instance, and what is there whoever looks."""

    site: Site
    user: str

    def photos(self) -> list[tuple[str, bool]]:
        rows = psycopg.connect(self.site.gateway.ground)
        with rows:
            found = rows.execute(
                "select name, deleted_at is not null from public.images where scope = %s"
                " and verified order by name",
                [self.user],
            ).fetchall()
        rows.close()
        return [(name, trashed) for name, trashed in found]

    def versions(self) -> int:
        return sum(
            len(self.site.records.history(self.user, holding)) for holding in self.image_ids()
        )

    def image_ids(self) -> list[str]:
        page = self.site.door.rows("images", "id,verified", scope=self.user)
        return [row["id"].replace("-", "") for row in page if row["verified"]]

    def readable(self) -> int:
        """How many objects the user can read with a token of one's own."""
        key = self.site.gateway.publishable
        headers = {"apikey": key, "Authorization": f"Bearer {self.site.gateway.token(self.user)}"}
        found = 0
        for name in self.objects():
            url = f"{self.site.gateway.url}/storage/v1/object/authenticated/user-library/{name}"
            found += httpx.get(url, headers=headers).is_success
        return found

    def objects(self) -> list[str]:
        with psycopg.connect(self.site.gateway.over) as rows:
            found = rows.execute("select name from storage.objects order by name").fetchall()
        return [name for (name,) in found]


@pytest.fixture
def cloud(site: Site, computer: Computer) -> Cloud:
    return Cloud(site, computer.user)


def test_a_version_is_there_once_the_server_has_opened_it(
    computer: Computer, inspector: Inspector, cloud: Cloud
) -> None:
    version = computer.kept.cut("vase.png")
    assert computer.rounds() == Standing(Phase.SYNCING, left=1)
    assert (cloud.photos(), cloud.readable(), len(cloud.objects())) == ([], 0, 3)
    assert computer.sync.marks(version.image_id) == {version.id: Mark("sent")}

    assert inspector.round() == 1
    assert computer.rounds() == Standing(Phase.SYNCED)
    assert computer.sync.marks(version.image_id) == {version.id: Mark("synced")}
    assert (cloud.photos(), cloud.versions(), cloud.readable()) == ([("vase.png", False)], 1, 3)


def test_a_second_version_takes_its_own_objects_along_and_no_original(
    computer: Computer, inspector: Inspector, cloud: Cloud
) -> None:
    computer.kept.cut("vase.png", "white")
    computer.kept.cut("vase.png", "black")
    computer.rounds(2)
    while inspector.round():
        pass

    assert computer.rounds() == Standing(Phase.SYNCED)
    assert cloud.versions() == 2
    assert sum("original" in name for name in cloud.objects()) == 1


def spoiled_original(kept: Kept, version: Version) -> None:
    kept.spoil(kept.image(version).path)


def another_photo(kept: Kept, version: Version) -> None:
    """As many bytes, a sound picture, and not the one that was announced."""
    path = kept.image(version).path
    wanted = kept.blobs.size(path)
    other = next(data for data in map(picture, map(str, range(1000))) if len(data) == wanted)
    kept.spoil(path, other)


def a_page_for_a_cutout(kept: Kept, version: Version) -> None:
    size = kept.blobs.size(version.path)
    kept.spoil(version.path, b"<html><script>".ljust(size, b" "))


def a_virus_in_the_thumbnail(kept: Kept, version: Version) -> None:
    data = kept.blobs.get(version.thumbnail_path)
    kept.spoil(version.thumbnail_path, data[:-5] + b"EICAR")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (another_photo, OTHER),
        (spoiled_original, ""),
        (a_page_for_a_cutout, ""),
        (a_virus_in_the_thumbnail, HARMFUL),
    ],
)
def test_what_is_not_as_announced_is_seen_by_nobody_and_goes(
    computer: Computer,
    inspector: Inspector,
    cloud: Cloud,
    spoil: Callable[[Kept, Version], None],
    says: str,
) -> None:
    version = computer.kept.cut()
    spoil(computer.kept, version)
    computer.rounds()
    assert (cloud.photos(), cloud.readable()) == ([], 0)
    inspector.round()
    standing = computer.rounds()

    assert (standing.phase, standing.refused) == (Phase.REFUSED, 1)
    assert standing.says
    assert says in standing.says
    assert (cloud.photos(), cloud.readable()) == ([], 0)
    computer.site.retention.settle()
    leavings = computer.site.records.trash.leavings(10)
    assert {name.removeprefix("user-library/") for name in leavings} == set(cloud.objects())


def test_a_bomb_of_a_picture_is_not_unpacked(
    computer: Computer, inspector: Inspector, cloud: Cloud
) -> None:
    version = computer.kept.cut()
    size = computer.kept.blobs.size(version.path)
    bomb = picture("bomb")[:16] + (30_000).to_bytes(4) + (30_000).to_bytes(4)
    computer.kept.spoil(version.path, bomb.ljust(size, b"\0"))
    computer.rounds()
    inspector.round()

    assert computer.rounds().phase is Phase.REFUSED
    assert cloud.photos() == []


def test_what_the_plan_does_not_take_is_not_sent(computer: Computer, cloud: Cloud) -> None:
    with psycopg.connect(computer.site.gateway.over) as rows:
        rows.execute("update public.plans set max_bytes = 100 where id = 'paid'")
    computer.kept.cut()
    standing = computer.rounds()

    assert (standing.phase, standing.refused) == (Phase.REFUSED, 1)
    assert standing.says
    assert cloud.objects() == []


def test_while_nobody_can_scan_everything_waits(
    computer: Computer, inspector: Inspector, watchman: Watchman, cloud: Cloud
) -> None:
    computer.kept.cut()
    computer.rounds()
    watchman.away = True
    with pytest.raises(NotScanned):
        inspector.round()
    assert computer.rounds().phase is Phase.SYNCING
    assert cloud.photos() == []

    watchman.away = False
    inspector.round()
    assert computer.rounds().phase is Phase.SYNCED


def test_what_never_arrived_whole_is_not_looked_at(
    computer: Computer, inspector: Inspector, cloud: Cloud
) -> None:
    version = computer.kept.cut()
    computer.kept.spoil(version.path, b"\x89PNG")
    computer.rounds()

    assert inspector.round() == 0
    assert computer.sync.standing.says == "Not everything has arrived yet."
    assert cloud.photos() == []


def test_an_object_that_goes_before_it_was_looked_at_is_missed(
    computer: Computer, inspector: Inspector, cloud: Cloud
) -> None:
    computer.kept.cut()
    computer.rounds()
    computer.site.blobs.clear([f"user-library/{name}" for name in cloud.objects()])
    inspector.round()

    assert computer.rounds().says == MISSING


def test_an_upload_that_was_cut_goes_on_in_the_next_run_of_the_program(
    computer: Computer, inspector: Inspector
) -> None:
    computer.kept.cut("large.png", photo=noise(14))
    computer.weather.blow("cut", "PATCH .* 6291456", times=99)
    computer.weather.blow("refuse", "HEAD", times=99)
    assert computer.rounds() == Standing(Phase.OFFLINE, left=1)
    computer.weather.clear_up()
    computer.restart()
    computer.rounds()
    inspector.round()

    assert computer.rounds() == Standing(Phase.SYNCED)
    assert computer.weather.count("POST /storage/v1/upload/resumable") == 1
    assert computer.weather.count("PATCH .* 0$") == 1


def test_without_the_network_everything_waits_and_goes_on_by_itself(
    computer: Computer, inspector: Inspector
) -> None:
    computer.kept.cut("vase.png")
    computer.kept.cut("bowl.png")
    with computer.site.gateway.gone():
        assert computer.rounds() == Standing(Phase.OFFLINE, left=2)
        first, second = computer.sync.round(), computer.sync.round()
        assert first
        assert second
        assert second > first
    computer.rounds(2)
    while inspector.round():
        pass

    assert computer.rounds() == Standing(Phase.SYNCED)


def test_an_answer_that_was_lost_brings_nothing_twice(
    computer: Computer, inspector: Inspector, cloud: Cloud
) -> None:
    computer.kept.cut()
    computer.weather.blow("lose", "POST /rest/v1/rpc/sync_open")
    computer.weather.blow("lose", "POST /storage/v1/object/user-library")
    computer.weather.blow("lose", "POST /rest/v1/rpc/sync_done")
    computer.rounds(4)
    inspector.round()

    assert computer.rounds() == Standing(Phase.SYNCED)
    assert (cloud.versions(), len(cloud.objects())) == (1, 3)


def test_a_token_that_ends_on_the_way_is_another_one(
    computer: Computer, inspector: Inspector
) -> None:
    computer.kept.cut()
    computer.over = 1
    assert computer.sync.round() == 0
    computer.rounds()
    inspector.round()

    assert computer.rounds() == Standing(Phase.SYNCED)
    assert computer.tickets == 3


def test_who_is_signed_out_elsewhere_is_told(computer: Computer) -> None:
    computer.kept.cut()
    computer.over = 2
    standing = computer.rounds(2)

    assert standing == Standing(Phase.OFF, says="You are signed out. Sign in again and go on.")


def test_without_a_paid_plan_nothing_is_asked_there(computer: Computer) -> None:
    version = computer.kept.cut()
    computer.keeps = False

    assert computer.rounds() == Standing(Phase.OFF, says=NEEDS_PLAN)
    assert computer.weather.seen == []
    assert computer.sync.marks(version.image_id) == {}


def test_a_plan_that_has_just_ended_refuses_no_version(
    computer: Computer, inspector: Inspector
) -> None:
    computer.kept.cut()
    with psycopg.connect(computer.site.gateway.over) as rows:
        rows.execute("update public.profiles set plan_until = now() - interval '1 day'")
    assert computer.rounds() == Standing(Phase.OFF, says=NEEDS_PLAN)

    with psycopg.connect(computer.site.gateway.over) as rows:
        rows.execute("update public.profiles set plan_until = 'infinity'")
    computer.rounds()
    inspector.round()
    assert computer.rounds() == Standing(Phase.SYNCED)


def test_nobody_signed_in_asks_nobody(computer: Computer) -> None:
    computer.kept.cut()
    computer.user = ""

    assert computer.sync.round() is None
    assert computer.sync.standing == Standing()
    assert (computer.weather.seen, computer.tickets) == ([], 0)


def test_a_gate_that_is_out_of_reach_is_the_network(computer: Computer) -> None:
    computer.kept.cut()

    def away() -> Ticket:
        raise GateUnreachable

    outbox = computer.kept.records.outbox
    sync = Sync(
        outbox,
        computer.kept.blobs,
        whose=lambda: computer.user,
        ticket=away,
        carrier=lambda: pytest.fail("nobody asks"),
    )
    sync.round()

    assert sync.standing == Standing(Phase.OFFLINE, left=1)


def test_names_and_the_trash_follow_and_what_is_deleted_here_is_thrown_away_there(
    computer: Computer, inspector: Inspector, cloud: Cloud
) -> None:
    version = computer.kept.cut("vase.png")
    records = computer.kept.records
    computer.rounds()
    inspector.round()
    computer.rounds()
    records.holdings.rename(LOCAL.scope, version.image_id, "Blue vase")
    computer.rounds()
    assert cloud.photos() == [("Blue vase", False)]

    records.trash.throw(LOCAL.scope, [version.image_id])
    computer.rounds()
    assert cloud.photos() == [("Blue vase", True)]
    records.trash.take_back(LOCAL.scope, [version.image_id])
    computer.rounds()
    assert cloud.photos() == [("Blue vase", False)]
    records.trash.throw(LOCAL.scope, [version.image_id])
    computer.kept.library.purge(LOCAL.scope, [version.image_id])
    computer.rounds(2)
    assert cloud.photos() == [("Blue vase", True)]
    assert computer.weather.count("rpc/trash") == 3


def test_a_name_that_was_given_there_later_stays(
    computer: Computer, inspector: Inspector, cloud: Cloud
) -> None:
    computer.kept.cut("vase.png")
    computer.rounds()
    inspector.round()
    computer.rounds()
    computer.site.records.holdings.rename(computer.user, cloud.image_ids()[0], "Theirs")
    computer.rounds(2)

    assert cloud.photos() == [("Theirs", False)]


def test_what_was_refused_is_tried_again_when_somebody_asks(
    computer: Computer, inspector: Inspector
) -> None:
    version = computer.kept.cut()
    path = computer.kept.image(version).path
    whole = computer.kept.blobs.get(path)
    computer.kept.spoil(path)
    computer.rounds()
    inspector.round()
    assert computer.rounds(2).phase is Phase.REFUSED

    computer.kept.spoil(path, whole)
    computer.sync.again()
    computer.rounds()
    inspector.round()
    assert computer.rounds() == Standing(Phase.SYNCED)


def test_a_file_that_is_missing_here_is_named(computer: Computer) -> None:
    version = computer.kept.cut()
    computer.kept.blobs.remove(version.path)

    standing = computer.rounds()
    assert (standing.phase, standing.says) == (Phase.REFUSED, LOST)


def test_what_goes_there_before_it_is_looked_at_is_told(computer: Computer, cloud: Cloud) -> None:
    computer.kept.cut()
    computer.rounds()
    with psycopg.connect(computer.site.gateway.over) as rows:
        rows.execute("delete from public.syncs")
        rows.execute("delete from public.jobs")
        rows.execute("delete from public.images")

    assert computer.rounds().says == GONE_THERE
    assert cloud.photos() == []


def test_another_account_gets_the_library_as_well(
    computer: Computer, inspector: Inspector, site: Site
) -> None:
    computer.kept.cut()
    computer.rounds()
    inspector.round()
    computer.rounds()
    computer.user = sign_up(site.gateway.ground)
    assert computer.rounds() == Standing(Phase.SYNCING, left=1)
    inspector.round()

    assert computer.rounds() == Standing(Phase.SYNCED)
    assert Cloud(site, computer.user).photos() == [("vase.png", False)]


def test_a_photo_is_kept_there_without_what_it_tells_and_known_again(
    computer: Computer, inspector: Inspector, cloud: Cloud, site: Site, watchman: Watchman
) -> None:
    secret = b"Ann at 52.5200 N"
    photo = picture("vase.png")[:-12] + told(secret) + picture("vase.png")[-12:]
    first = computer.kept.cut("vase.png", "white", photo=photo)
    computer.rounds()
    inspector.round()
    computer.rounds()
    original = next(name for name in cloud.objects() if "original" in name)
    assert secret not in site.blobs.get(f"user-library/{original}")
    assert secret in computer.kept.blobs.get(computer.kept.image(first).path)

    computer.kept.cut("vase.png", "black", photo=photo)
    computer.rounds()
    Inspector(RemoteArrivals(site.door), site.blobs, Checkpoint(scanner=watchman)).round()
    assert computer.rounds() == Standing(Phase.SYNCED)
    assert cloud.versions() == 2


def test_a_photo_that_is_there_from_elsewhere_brings_its_version_alone(
    computer: Computer, inspector: Inspector, cloud: Cloud, site: Site, tmp_path: Path
) -> None:
    computer.kept.cut("vase.png", "white")
    computer.rounds()
    inspector.round()
    other = Computer(site, tmp_path / "laptop", computer.user)
    other.kept.cut("vase.png", "white")
    other.kept.cut("vase.png", "black")
    assert other.rounds(2).left == 1
    inspector.round()
    assert other.rounds() == Standing(Phase.SYNCED)
    other.close()

    assert cloud.versions() == 2
    assert sum("original" in name for name in cloud.objects()) == 1
    assert SIZE == (64, 48)
