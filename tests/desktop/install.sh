#!/bin/sh
# Bring what the tests of the window need, where we may install it: a screen that nobody sees, a
# window manager and hands; the libraries that Qt finds on every desktop; and what PyInstaller reads
# libraries with. Ends with what is lacking, where something is.
set -eu

fail() {
  echo "$1" >&2
  exit 1
}

# Newer Debians call some of them by another name.
installed() {
  dpkg-query -W -f '${Status}\n' "$1" "${1}t64" 2>/dev/null | grep -q 'ok installed'
}
offered() {
  apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [0-9]'
}

wanted=
if command -v dpkg-query >/dev/null 2>&1; then
  for package in \
    xvfb openbox xclip xdotool binutils \
    libasound2 libdbus-1-3 libegl1 libfontconfig1 libgbm1 libgl1 libglib2.0-0 libgssapi-krb5-2 \
    libnspr4 libnss3 libwayland-cursor0 libwayland-egl1 libwayland-server0 libxcb-cursor0 libxcb-glx0 \
    libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcomposite1 libxdamage1 libxkbcommon-x11-0 libxkbfile1 \
    libxrandr2 libxtst6
  do
    installed "$package" || wanted="$wanted $package"
  done
fi
if [ -n "$wanted" ]; then
  [ "$(id -u)" = 0 ] || fail "The tests of the window lack packages. As root: apt-get install$wanted"
  apt-get update -qq </dev/null || true # what it has said is in the way of the next step alone
  names=
  for package in $wanted; do
    ! offered "${package}t64" || package="${package}t64"
    names="$names $package"
  done
  # shellcheck disable=SC2086 # several words
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y -qq \
    --no-install-recommends $names </dev/null >/dev/null \
    || fail "These packages cannot be had; is there a network? Install them:$wanted"
fi
lacking=
for tool in Xvfb openbox xclip xdotool objdump strip; do
  command -v "$tool" >/dev/null 2>&1 || lacking="$lacking $tool"
done
[ -z "$lacking" ] || fail "The tests of the window need programs that are not here:$lacking"
