#!/bin/sh
# Bring a Chromium and ImageMagick for the tests: Debian's where we may install them. Elsewhere the
# browser is Playwright's own, and what needs ImageMagick says so if it is not there.
set -eu
python=$1
wanted=
command -v chromium >/dev/null 2>&1 || wanted="$wanted chromium"
# Other programs are called convert, too: it is asked who it is.
{ magick -version || convert -version; } 2>/dev/null | grep -q ImageMagick || wanted="$wanted imagemagick"
[ -n "$wanted" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq
  # shellcheck disable=SC2086 # several words
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $wanted >/dev/null
elif ! command -v chromium >/dev/null 2>&1; then
  "$python" -m playwright install chromium
fi
