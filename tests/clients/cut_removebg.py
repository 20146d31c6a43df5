"""The client `removebg`, as its readme shows it: KEY, PHOTO, RESULT."""

import os
import sys
from pathlib import Path

from removebg import RemoveBg

key, photo, result = sys.argv[1:]
RemoveBg(key, os.devnull).remove_background_from_img_file(photo, size="regular", bg_color="green")
Path(f"{photo}_no_bg.png").replace(result)
