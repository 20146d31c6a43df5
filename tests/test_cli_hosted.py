"""What a hosted instance needs before it starts."""

import base64
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from main import build
from tests.conftest import ROOT
from ui.cli.console import Misused
from ui.cli.hosted import instance_at, secret_of, site_of, token_of
from ui.settings import Settings

GOOD = secrets.token_hex(32)


@pytest.mark.parametrize(
    "bad",
    [
        "secret",
        "changeme" * 8,
        "0" * 64,
        "00112233445566778899aabbccddeeff" * 2,
        pytest.param(secrets.token_hex(31), id="a byte short"),
        pytest.param(secrets.token_urlsafe(20), id="short in Base64"),
        "correct horse battery staple correct horse battery staple",
        pytest.param("your-secret-here-" + secrets.token_urlsafe(32), id="not all of it random"),
    ],
)
def test_a_secret_that_could_be_guessed_is_refused_with_what_to_do(bad: str) -> None:
    with pytest.raises(Misused, match="openssl rand -hex 32"):
        secret_of(bad, None)


def test_a_random_secret_is_taken_in_hex_and_in_base64_and_from_a_file(tmp_path: Path) -> None:
    raw = bytes.fromhex(GOOD)
    file = tmp_path / "secret"
    file.write_text(f"{GOOD}\n")

    assert secret_of(GOOD, None) == raw
    assert secret_of(base64.b64encode(raw).decode(), None) == raw
    assert secret_of(base64.urlsafe_b64encode(raw).decode().rstrip("="), None) == raw
    assert secret_of("", file) == raw


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Misused, match="cannot be read"):
        secret_of("", tmp_path / "none")


@pytest.mark.parametrize(
    ("hosts", "says"),
    [
        ("", "needs COVESHOT_HOSTS"),
        (" , ", "needs COVESHOT_HOSTS"),
        ("*", "no \\*"),
        ("*.example.com", "no \\*"),
        ("https://a.example/path", "whole names"),
        ("ftp://a.example", "whole names"),
        ("http://cutouts.example.com", "https"),
        ("http://0.0.0.0:80", "https"),
    ],
)
def test_a_list_of_hosts_that_lets_others_in_is_refused(hosts: str, says: str) -> None:
    with pytest.raises(Misused, match=says):
        site_of(hosts, "")


def test_names_are_reached_by_https_and_this_computer_without_it() -> None:
    site = site_of("Cutouts.example.com, b.example:8443", "127.0.0.1 10.0.0.0/8")

    assert site.hosts == {"cutouts.example.com", "b.example:8443"}
    assert site.origins == {"https://cutouts.example.com", "https://b.example:8443"}
    assert site.secure
    assert not site_of("http://127.0.0.1:8420", "").secure


@pytest.mark.parametrize("proxies", ["0.0.0.0/0", "::/0", "*", "proxy"])
def test_not_everybody_is_a_proxy(proxies: str) -> None:
    with pytest.raises(Misused, match="COVESHOT_PROXIES"):
        site_of("cutouts.example.com", proxies)


def test_nothing_is_opened_without_them(tmp_path: Path, models: Path) -> None:
    with pytest.raises(Misused, match="COVESHOT_HOSTS"):
        build(Settings(home=tmp_path / "home", models=models, hosted=True))
    with pytest.raises(Misused, match="COVESHOT_SECRET"):
        build(Settings(home=tmp_path / "home", models=models, hosted=True, hosts="a.example"))
    assert not (tmp_path / "home").exists()


def test_a_command_that_serves_nothing_waits_for_no_server() -> None:
    code = "import sys, main; print(*{one.partition('.')[0] for one in sys.modules})"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)

    assert not {"starlette", "fastapi", "nicegui", "limits", "httpx", "numpy"} & {
        *told.stdout.decode().split()
    }


def test_a_token_of_workers_is_random_too() -> None:
    assert token_of(GOOD) == GOOD
    for bad in ("", "token", "0" * 64, GOOD[:-2]):
        with pytest.raises(Misused, match="COVESHOT_WORKER_TOKEN"):
            token_of(bad)


def test_a_worker_shows_its_token_over_https_alone_but_on_this_computer() -> None:
    assert instance_at("https://cutouts.example.com/") == "https://cutouts.example.com"
    assert instance_at("http://127.0.0.1:8420") == "http://127.0.0.1:8420"
    for bad in ("", "cutouts.example.com", "http://cutouts.example.com", "https://a.example/x"):
        with pytest.raises(Misused, match="COVESHOT_INSTANCE"):
            instance_at(bad)


def test_nobody_computes_elsewhere_without_a_project(tmp_path: Path) -> None:
    wanted = {"home": tmp_path, "compute": "elsewhere", "worker_token": GOOD}

    with pytest.raises(Misused, match="SUPABASE_SECRET_KEY"):
        build(Settings.model_validate(wanted))


def test_a_hosted_instance_starts_without_anything_that_works_on_pixels(
    tmp_path: Path, models: Path
) -> None:
    code = """
import sys
from main import build
from ui.settings import Settings
from ui.app import mount
house = build(Settings())
mount(house)
assert not {"numpy", "cv2", "PIL", "onnxruntime", "openvino"} & set(sys.modules)
house.close()
"""
    environment = {
        "COVESHOT_HOME": str(tmp_path),
        "COVESHOT_MODELS": str(models),
        "COVESHOT_HOSTED": "1",
        "COVESHOT_HOSTS": "cutouts.example.com",
        "COVESHOT_SECRET": GOOD,
    }
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | environment,
        check=False,
        capture_output=True,
        text=True,
    )

    assert ran.returncode == 0, ran.stderr
