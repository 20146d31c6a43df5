"""rembg as its users call it. Runs in an environment of its own; see constraints-rembg.txt."""

import os
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from rembg import new_session, remove

from bench.contender import serve


def main() -> None:
    name, mode = sys.argv[1:]
    weights = Path(os.environ["REMBG_HOME"], "models", name, f"{name}.onnx")
    if not weights.exists():  # rembg would go and fetch it
        sys.exit(f"There are no weights at {weights}.")
    session = new_session(name)

    def cut(data: bytes) -> bytes:
        if mode == "network":
            session.predict(Image.open(BytesIO(data)).convert("RGB").reduce(8))
            return b""
        png = remove(data, session=session, decontaminate=mode == "decontaminated")
        assert isinstance(png, bytes)
        return png

    serve(cut)


if __name__ == "__main__":
    main()
