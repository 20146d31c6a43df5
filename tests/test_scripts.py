"""The scripts of our components can be read, each by itself."""

import shutil
import subprocess

import pytest

from tests.conftest import ROOT

NODE = shutil.which("node")
READ = """
import { readFileSync } from "node:fs";
import { SourceTextModule } from "node:vm";
for (const name of process.argv.slice(1))
  try {
    new SourceTextModule(readFileSync(name, "utf8"), { identifier: name });
  } catch (error) {
    console.log(`${name}: ${error.message}`);
  }
"""


@pytest.mark.skipif(NODE is None, reason="node reads them")
def test_each_script_can_be_read() -> None:
    scripts = sorted(map(str, (ROOT / "ui" / "components").glob("*.js")))
    node = [str(NODE), "--no-warnings", "--experimental-vm-modules", "--input-type=module"]
    read = subprocess.run(
        [*node, "--eval", READ, "--", *scripts], capture_output=True, text=True, check=True
    )

    assert scripts
    assert read.stdout == ""
