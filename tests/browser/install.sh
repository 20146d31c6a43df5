#!/bin/sh
# Bring a Chromium for the tests: Debian's where we may install it, else Playwright's own.
set -eu
python=$1
if command -v chromium >/dev/null 2>&1; then
  exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
else
  "$python" -m playwright install chromium
fi
