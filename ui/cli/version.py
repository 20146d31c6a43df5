"""Which Coveshot this is."""

import tomllib
from importlib import metadata
from pathlib import Path


def version() -> str:
    """Return the version as installed, or that of the checkout that is run without installing."""
    try:
        return metadata.version("coveshot")
    except metadata.PackageNotFoundError:
        project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
        return str(project["project"]["version"])
