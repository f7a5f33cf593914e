"""Fetches the training runtime, verifies it, and becomes it: `bootstrap.py URI SHA256`.

The image brings Python, torch and fsspec with what its stores need; the runtime comes from the data store, so that it can change
without a new image. Nothing of the bundle is unpacked or run before its hash is found right.

Exit codes are those of the runtime: 74 when the store is away, 64 when the bundle is not what was asked for or cannot be run here.
"""

import hashlib
import io
import json
import os
import sys
import time
import zipfile
from pathlib import Path
from typing import NoReturn

BAD_SPEC = 64
STORAGE = 74
WAIT_SECONDS = float(os.environ.get("AIDC_BOOTSTRAP_SECONDS", "120"))
LARGEST = 64 * 1024 * 1024
"""Bytes of a bundle; it holds sources and no frameworks."""


def end(code: int, reason: str) -> NoReturn:
    """Tell people and Kubernetes why, and leave."""
    print(f"bootstrap: {reason}", file=sys.stderr, flush=True)
    try:
        Path(os.environ.get("AIDC_TERMINATION_LOG", "/dev/termination-log")).write_text(json.dumps({"reason": reason}))
    except OSError:
        pass
    sys.exit(code)


def read(uri: str) -> bytes:
    """The bundle's bytes. A local file needs nothing but Python."""
    if uri.startswith("file://"):
        with open(uri[len("file://") :], "rb") as file:
            return file.read(LARGEST + 1)
    import fsspec

    with fsspec.open(uri, "rb") as file:
        return file.read(LARGEST + 1)


def fetch(uri: str, seconds: float) -> bytes:
    """As `read`, patiently: pods start before their credentials and routes are there."""
    deadline = time.monotonic() + seconds
    pause = 1.0
    while True:
        try:
            return read(uri)
        except ImportError as error:
            end(BAD_SPEC, f"the image lacks what {uri} is read with: {error}; install fsspec and s3fs, gcsfs or hdfs-native")
        except Exception as error:  # noqa: BLE001 -- each store has errors of its own
            if time.monotonic() + pause > deadline:
                end(STORAGE, f"{uri} cannot be read after {seconds:g} seconds: {type(error).__name__}: {error}")
            print(f"bootstrap: {uri} cannot be read yet: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            time.sleep(pause)
            pause = min(2 * pause, 15.0)


def unpack(bundle: bytes, folder: Path) -> None:
    """Into a folder that is whole once it has its name. Names that leave it are refused."""
    if folder.exists():
        return
    started = folder.with_name(f"{folder.name}.{os.getpid()}")
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        for name in archive.namelist():
            parts = Path(name).parts
            if not parts or Path(name).is_absolute() or ".." in parts:
                end(BAD_SPEC, f"the bundle holds {name!r}, which lies outside of it")
        archive.extractall(started)
    try:
        started.rename(folder)
    except OSError:
        if not folder.exists():
            raise


def main() -> None:
    if len(sys.argv) != 3:
        end(BAD_SPEC, f"two arguments are needed, URI and SHA256; got {sys.argv[1:]}")
    uri, wanted = sys.argv[1:]
    bundle = fetch(uri, WAIT_SECONDS)
    found = hashlib.sha256(bundle).hexdigest()
    if found != wanted:
        end(BAD_SPEC, f"{uri} is not the runtime that was asked for: sha256 {found}, wanted {wanted}")
    folder = Path(os.environ.get("TMPDIR", "/tmp")) / f"aidc-runtime-{wanted[:16]}"
    unpack(bundle, folder)
    before = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = f"{folder}{os.pathsep}{before}" if before else str(folder)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "aidc_runtime.cli", "launch"])


if __name__ == "__main__":
    main()
