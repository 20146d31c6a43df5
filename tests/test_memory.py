"""Memory that goes back to the computer."""

import subprocess
import sys

import psutil
import pytest

from tests.conftest import ROOT

THREAD = """
from threading import Thread
import psutil
from inference.memory import give_back, share_heap

share_heap()

def resident():
    return psutil.Process().memory_info().rss / 1e6

def work():
    bytearray(24_000_000)  # from then on, glibc takes what is smaller from a heap
    many = [bytearray(100_000) for _ in range(300)]
    del many
    give_back()
    print(round(resident() - before))

before = resident()
thread = Thread(target=work)
thread.start()
thread.join()
"""


@pytest.mark.skipif(not psutil.LINUX, reason="other systems give memory back by themselves")
def test_a_thread_that_goes_on_keeps_nothing_of_what_it_has_freed() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", THREAD], cwd=ROOT, check=True, capture_output=True, text=True
    )

    assert int(ran.stdout) < 10
