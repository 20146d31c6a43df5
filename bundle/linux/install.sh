#!/bin/sh
# Puts Coveshot into the menu of your desktop, for you alone: it stays where it lies.
# `sh install.sh --remove` takes it out again.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
share=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$share/applications/app.coveshot.Coveshot.desktop
icon=$share/icons/hicolor/scalable/apps/app.coveshot.Coveshot.svg
tell() { # desktops which photos it opens
  if command -v update-desktop-database > /dev/null && [ -d "$(dirname "$entry")" ]; then
    update-desktop-database "$(dirname "$entry")"
  fi
}
if [ "${1:-}" = --remove ]; then
  rm -f "$entry" "$icon"
  tell
  exit
fi
mkdir -p "$(dirname "$entry")" "$(dirname "$icon")"
cp "$here/_internal/assets/icons/coveshot.svg" "$icon"
# In a quoted argument, four characters are written with a backslash (Desktop Entry Specification),
# and a backslash of the file itself with two.
program=$(printf %s "$here/coveshot" | sed 's/[\\"`$]/\\\\&/g; s/%/%%/g')
cat > "$entry" <<END
[Desktop Entry]
Type=Application
Name=Coveshot
Comment=Cut photos out on your own computer
Exec="$program" %F
Icon=app.coveshot.Coveshot
Categories=Graphics;Photography;
MimeType=image/jpeg;image/png;image/webp;image/avif;image/heic;image/heif;image/tiff;image/bmp;image/gif;
StartupWMClass=coveshot
Terminal=false
END
tell
