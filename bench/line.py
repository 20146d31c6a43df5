"""A hosted instance whose photos others cut out: how quick its line is, and what it bears."""

import io
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory
from uuid import uuid4

import numpy as np
import psutil
import psycopg
from PIL import Image as Picture

from bench.figures import Skipped, note
from bench.visit import late
from inference.catalogue import SMALL, model_named
from inference.matter import F32
from inference.recipe import Recipe
from inference.weights import Weights
from storage.postgres import PostgresDoor
from storage.records import Image, Job, Order, Status
from storage.remote.records import RemoteRecords
from tests.crew import Firm, Worker, firm, until
from tests.ground.cluster import start_cluster
from tests.ground.parts import missing
from tests.ground.server import sign_up
from tests.program import running
from tests.teller import Teller, teller

NAME = "vase.png"
CACHED = 300
AT_ONCE = 100
STARTS = 400
SLEEPS = 0.2
PHOTOS = 60
JOBS = 1000
TWICE = 5
"""Each fifth message comes twice."""
KILLED_EVERY = 50
LEASE = 31


@dataclass(frozen=True, slots=True)
class Crowd:
    errors: int
    growth_mb: float


@dataclass(frozen=True, slots=True)
class Endurance:
    """What became of jobs whose workers were killed again and again."""

    undone: int
    wrong_by: int
    """Credits that were taken too often, or not at all."""


def cached_ms(models: Path) -> float:
    """Return how long it takes to be told of a result that is there, in most cases."""
    with TemporaryDirectory() as folder, running(Path(folder), models) as program:
        secret = program.say("keys", "create", "--name", "bench").strip()
        with teller(program.address, secret) as shop:
            photo = picture(640, 480, 1)
            job = shop.sent(photo, NAME)
            until(lambda: shop.job(job)["status"] == "done")
            took = [_timed(lambda: _hit(shop, photo)) for _ in range(CACHED)]
    note(f"{CACHED} cached intakes: median {median(took):.1f} ms, the longest {max(took):.1f} ms")
    return late(took)


def crowd(models: Path) -> Crowd:
    """Announce, send and queue very many photos at once."""
    photos = [picture(640, 480, number) for number in range(AT_ONCE)]
    with opened(models) as instance, instance.member(balance=AT_ONCE) as (shop, _):
        web = psutil.Process(instance.pid)
        before, peak = web.memory_info().rss, 0
        with ThreadPoolExecutor(AT_ONCE) as pool:
            start = time.perf_counter()
            sent = [pool.submit(shop.sent, photo, NAME) for photo in photos]
            while not all(one.done() for one in sent):
                peak = max(peak, web.memory_info().rss)
                time.sleep(0.02)
            seconds = time.perf_counter() - start
        errors = [error for one in sent if (error := one.exception())]
        queued = instance.records.ahead()
        assert errors or queued == AT_ONCE, queued
    note(
        f"{AT_ONCE} intakes at once took {seconds:.1f} s; {len(errors)} failed"
        f"{f': {errors[0]}' if errors else ''}; {(peak - before) / 1e6:.0f} MB more at the most"
    )
    return Crowd(len(errors), (peak - before) / 1e6)


def start_ms(models: Path) -> float:
    """Return how long the queue takes to give a job to a worker, in the least disturbed tenth."""
    if lacking := missing():
        raise Skipped(f"this computer lacks {', '.join(lacking)}")
    cluster = start_cluster()
    try:
        ground = cluster.ground()
        records = RemoteRecords(PostgresDoor(ground))
        scopes = (sign_up(ground, balance=STARTS), "visit")
        for number in range(STARTS):
            admit(records, scopes[number % 2], picture(48, 32, number), small(models))
        with psycopg.connect(ground) as rows:
            rows.execute("analyze public.jobs")  # as any project does by itself
        took = [_timed(lambda: records.start("bench")) for _ in range(STARTS)]
        records.close()
    finally:
        cluster.close()
    note(f"{STARTS} starts: median {median(took):.2f} ms, the longest {max(took):.1f} ms")
    tenth = STARTS // 10
    return min(fmean(took[at : at + tenth]) for at in range(0, STARTS, tenth))


def speed_up(models: Path) -> float:
    """Return how much more two workers do than one, of a device that takes a fifth of a second."""
    with opened(models) as instance:
        one, two = (_rate(instance, workers) for workers in (1, 2))
    note(f"photos a second, of {1 / SLEEPS:.0f} that the device can: {one:.2f}, two: {two:.2f}")
    return two / one


def endurance(models: Path) -> Endurance:
    """Let workers that are killed again and again do what is told twice now and then."""
    with opened(models) as instance:
        scope = sign_up(instance.gateway.ground, balance=JOBS)
        for number in range(JOBS):
            put(instance, scope, picture(48, 32, number))
        _twice(instance)
        start, kills = time.perf_counter(), 0
        with ExitStack() as stack:
            crew = [stack.enter_context(instance.worker()) for _ in range(2)]
            for target in range(KILLED_EVERY, JOBS, KILLED_EVERY):
                until(partial(_reached, instance, target), 300)
                crew[kills % 2].kill()
                instance.wait(LEASE)
                crew[kills % 2] = stack.enter_context(instance.worker())
                kills += 1
            until(lambda: _done(instance) >= JOBS or not _alive(instance), 300)
            _end(crew)
        seconds = time.perf_counter() - start
        instance.audit()
        left = instance.records.terms.balance(scope) or 0
        undone = JOBS - _done(instance)
    note(f"{JOBS} jobs, {kills} workers killed, {seconds:.0f} s; undone {undone}, credits {left}")
    return Endurance(undone, abs(left - undone))


@contextmanager
def opened(models: Path) -> Iterator[Firm]:
    """An instance on a project of its own. Raises Skipped."""
    if lacking := missing():
        raise Skipped(f"this computer lacks {', '.join(lacking)}")
    cluster = start_cluster()
    try:
        with TemporaryDirectory() as folder, firm(cluster, Path(folder) / "firm", models) as made:
            yield made
    finally:
        cluster.close()


def picture(width: int, height: int, number: int) -> bytes:
    """Return a PNG that no other number has, with something dark in it."""
    pixels = np.full((height, width, 3), 220, np.uint8)
    pixels[height // 4 : -height // 4, width // 4 : -width // 4] = 30
    pixels[0, :3] = np.frombuffer(number.to_bytes(9, "little"), np.uint8).reshape(3, 3)
    file = io.BytesIO()
    Picture.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def admit(records: RemoteRecords, scope: str, photo: bytes, recipe: Recipe) -> Job:
    with Picture.open(io.BytesIO(photo)) as opened_photo:
        width, height = opened_photo.size
    image = Image(
        id=uuid4().hex,
        scope=scope,
        sha256=sha256(photo).hexdigest(),
        mime="image/png",
        extension="png",
        width=width,
        height=height,
        bytes=len(photo),
        path="",
        created_at=time.time(),
    )
    order = Order(key=recipe.key, op_key=recipe.op_key, recipe=recipe.canonical)
    return records.admit(image, order)


def small(models: Path) -> Recipe:
    """Return what cuts out with the small model alone."""
    weights = Weights(models).sha256(model_named(SMALL))
    return Recipe(model=SMALL, weights=weights, precision=F32, second="")


def put(instance: Firm, scope: str, photo: bytes) -> None:
    """Queue a photo as the instance does, without its pages."""
    job = admit(instance.records, scope, photo, small(instance.models))
    path = instance.records.image(scope, job.image_id).path
    instance.blobs.put(path, photo)


def _rate(instance: Firm, workers: int) -> float:
    """Return photos a second between the first that is done and the last one."""
    scope = sign_up(instance.gateway.ground, balance=PHOTOS)
    for number in range(PHOTOS):
        put(instance, scope, picture(640, 480, number))
    with ExitStack() as stack:
        crew = [stack.enter_context(instance.worker(seconds=SLEEPS)) for _ in range(workers)]
        until(lambda: not _alive(instance), 120)
        _end(crew)
    ends = sorted(_ends(instance, scope))
    gaps = [later - earlier for earlier, later in pairwise(ends)]
    note(f"{workers}: longest gap {max(gaps):.2f} s, median {median(gaps):.3f} s")
    return (len(ends) - 1) / (ends[-1] - ends[0])


def _ends(instance: Firm, scope: str) -> Sequence[float]:
    with psycopg.connect(instance.gateway.over) as rows:
        found = rows.execute(
            "select extract(epoch from updated_at)::float8 from public.jobs"
            " where scope = %s and status = 'done'",
            [scope],
        )
        return [moment for (moment,) in found.fetchall()]


def _reached(instance: Firm, target: int) -> bool:
    return _done(instance) >= target


def _done(instance: Firm) -> int:
    return _count(instance, Status.DONE)


def _alive(instance: Firm) -> int:
    return _count(instance, Status.QUEUED) + _count(instance, Status.RUNNING)


def _count(instance: Firm, status: Status) -> int:
    with psycopg.connect(instance.gateway.over) as rows:
        counted = "select count(*) from public.jobs where status = %s"
        return int(rows.execute(counted, [status.value]).fetchall()[0][0])


def _twice(instance: Firm) -> None:
    """Let some messages come twice, and some photos be announced again."""
    with psycopg.connect(instance.gateway.over) as rows:
        rows.execute(
            "select pgmq.send('jobs_paid', message) from pgmq.q_jobs_paid where msg_id %% %s = 0",
            [TWICE],
        )


def _end(crew: Sequence[Worker]) -> None:
    for one in crew:
        one.process.terminate()
    for one in crew:
        one.ended()


def _hit(shop: Teller, photo: bytes) -> None:
    assert shop.announce(photo, NAME).json()["cached"]


def _timed(work: Callable[[], object]) -> float:
    """Return milliseconds."""
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)
