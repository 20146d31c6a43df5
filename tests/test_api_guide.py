"""The lines of docs/api.md, run as they stand there."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.program import running

GUIDE = ROOT / "docs" / "api.md"
NEEDED = ("curl", "jq", "sha256sum")


@pytest.mark.skipif(
    not all(map(shutil.which, NEEDED)), reason=f"the guide uses {', '.join(NEEDED)}"
)
def test_the_lines_of_the_guide_lead_from_a_photo_to_a_cutout(
    tmp_path: Path, models: Path, photo: bytes
) -> None:
    lines = "".join(re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL))
    (tmp_path / "chair.jpg").write_bytes(photo)
    with running(tmp_path, models) as program:
        key = program.say("keys", "create", "--name", "shop").split()[-1]
        script = re.sub("^coveshot keys .*", "", lines).replace("cove_...", key)
        script = script.replace("http://127.0.0.1:8420", program.address)
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    assert ran.returncode == 0, ran.stderr
    assert "event: done" in ran.stdout
    assert '"kept":true' in ran.stdout
    assert (tmp_path / "chair.png").read_bytes().startswith(b"\x89PNG")
