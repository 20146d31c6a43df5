#!/bin/sh
# Bring Runpod's SDK into an environment of its own, which has all else from ours: it brings fifty
# packages that nothing but `coveshot serverless` needs.
set -eu
python=$1
folder=$2
[ -f "$folder/.installed" ] && cmp -s constraints.txt "$folder/.installed" && exit 0
rm -rf "$folder"
"$python" -m venv --without-pip "$folder"
"$python" - "$folder" <<'END'
import site, sys, sysconfig
from pathlib import Path
target = sysconfig.get_path("purelib", vars={"base": sys.argv[1]})
Path(target, "ours.pth").write_text(site.getsitepackages()[0] + "\n")
END
"$python" -m pip --python "$folder/bin/python" install --disable-pip-version-check --quiet -c constraints.txt runpod==1.12.0
cp constraints.txt "$folder/.installed"
