"""What goes on in numbers, as Prometheus reads them: of the instance, and of this process."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from inference.errors import InferenceError
from inference.meter import BOUNDS, Meter, Tally
from inference.studio import Studio
from storage.errors import StorageError
from storage.ports.records import Records
from storage.records import Status

WAITING = (Status.AWAITING_UPLOAD, Status.VERIFYING, Status.QUEUED, Status.RUNNING)
HELP = {
    Tally.JOBS: ("state", "Jobs that ended in this process"),
    Tally.MATTES: ("result", "Mattes that were asked for: hit where one was kept"),
    Tally.VERSIONS: ("result", "Announced photos: hit where the result was here already"),
    Tally.HOOKS: ("result", "Messages to programs that wait for a job"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Numbers(Collector):
    """Reads the rows when it is asked; a library that does not answer is told as such."""

    studio: Studio
    libraries: Sequence[Records]

    def collect(self) -> Iterator[Metric]:
        yield from self._of_rows()
        yield from _of_process(self.studio.meter)
        yield from self._of_device()

    def _of_rows(self) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("coveshot_jobs", "Jobs that have not ended", labels=["state"])
        age = GaugeMetricFamily("coveshot_queue_age_seconds", "How long the first in line waits")
        held = GaugeMetricFamily("coveshot_credits_held", "Credits that jobs under way will take")
        up = GaugeMetricFamily("coveshot_database_up", "Whether the database answers")
        try:
            read = [records.vitals() for records in self.libraries]
        except StorageError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        for status in WAITING:
            jobs.add_metric([status.value], sum(one.jobs.get(status, 0) for one in read))
        age.add_metric([], max((one.age for one in read), default=0.0))
        held.add_metric([], sum(one.held for one in read))
        yield from (up, jobs, age, held)

    def _of_device(self) -> Iterator[Metric]:
        try:
            device = self.studio.networks.device()
        except InferenceError:
            return
        told = {"name": device.name, "provider": device.provider}
        yield InfoMetricFamily("coveshot_device", "What computes", value=told)


def _of_process(meter: Meter) -> Iterator[Metric]:
    reading = meter.read()
    for tally, (label, says) in HELP.items():
        counter = CounterMetricFamily(f"coveshot_{tally}", says, labels=[label])
        for (counted, word), number in sorted(reading.counts.items()):
            if counted is tally:
                counter.add_metric([word], number)
        yield counter
    stages = HistogramMetricFamily(
        "coveshot_stage_seconds", "How long the stages of a job take", labels=["stage"]
    )
    for stage, spread in reading.stages.items():
        buckets = [(str(bound), float(n)) for bound, n in zip(BOUNDS, spread.up_to, strict=True)]
        stages.add_metric([stage.value], [*buckets, ("+Inf", spread.count)], spread.seconds)
    yield stages


class Sheet:
    """Writes all numbers down, in the form that Prometheus reads."""

    mime = CONTENT_TYPE_LATEST

    def __init__(self, studio: Studio, libraries: Sequence[Records]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(Numbers(studio, libraries))
        ProcessCollector(registry=self._registry)
        GCCollector(registry=self._registry)

    def write(self) -> bytes:
        """Ask for them and return the text. May block."""
        return generate_latest(self._registry)
