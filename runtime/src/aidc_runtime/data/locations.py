"""Stores: one way to list, read and write files, whether they lie in S3, HDFS, GCS, memory or on a disk."""

import errno
import os
import secrets
import time
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import fsspec

from aidc_runtime.config.base import LOCATION_SCHEMES
from aidc_runtime.exit_codes import BadSpec, StorageAway

Result = TypeVar("Result")

FIRST_WAIT, LONGEST_WAIT = 0.2, 10.0
"""Seconds between the tries of `patiently`: they double from the first to the longest."""

LASTING = (FileNotFoundError, PermissionError, FileExistsError, IsADirectoryError, NotADirectoryError)
"""Errors of a store that another try cannot cure."""
LASTING_NUMBERS = {errno.EINVAL, errno.EROFS, errno.ENAMETOOLONG, errno.ENOSYS, errno.ENOTEMPTY}
FULL = {errno.ENOSPC, errno.EDQUOT}
CLIENTS = {"aiobotocore", "aiohttp", "botocore", "gcsfs", "google", "hdfs_native", "requests"}
"""Packages of stores whose errors are not all OSErrors."""


def scheme_of(location: str) -> str:
    """`s3` of `s3://bucket/path`; `file` of a plain path. Raises BadSpec for a scheme that is not known."""
    scheme, separator, _ = location.partition("://")
    if not separator:
        return "file"
    if scheme not in LOCATION_SCHEMES:
        allowed = ", ".join(f"{name}://" for name in LOCATION_SCHEMES)
        raise BadSpec(f"{location} has the scheme {scheme}://, allowed are {allowed} and plain paths")
    return scheme


def filesystem(location: str) -> tuple[fsspec.AbstractFileSystem, str]:
    """The store that a location lies in, and the path inside it. Raises BadSpec where its client is not installed."""
    scheme = scheme_of(location)
    if scheme == "hdfs":
        return _hdfs(location)
    options: dict[str, Any] = {}
    if scheme == "s3":
        # Part of the key under which fsspec keeps clients, so that another endpoint is another client.
        endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        options = {"endpoint_url": endpoint, "use_listings_cache": False}
    elif scheme == "gs":
        options = {"use_listings_cache": False}
    try:
        store = fsspec.filesystem(scheme, **options)
    except ImportError as error:
        raise BadSpec(_remedy(location, {"gs": "gcs"}.get(scheme, ""), error)) from error
    return store, store._strip_protocol(location)


def _hdfs(location: str) -> tuple[fsspec.AbstractFileSystem, str]:
    """HDFS by hdfs-native. A name without a port is a nameservice with high availability: its namenodes are read from
    `hdfs-site.xml` in HADOOP_CONF_DIR (or HADOOP_HOME/etc/hadoop): `dfs.ha.namenodes.NAME` and
    `dfs.namenode.rpc-address.NAME.NODE`. The client fails over between them by itself."""
    try:
        from hdfs_native.fsspec import HdfsFileSystem
    except ImportError as error:
        raise BadSpec(_remedy(location, "hdfs", error)) from error
    url = urlsplit(location)
    # Not `url.hostname`: it is lower case, and names of nameservices are case-sensitive.
    host = url.netloc.rpartition(":")[0] if url.port else url.netloc
    return HdfsFileSystem(host, url.port), url.path or "/"


def _remedy(location: str, extra: str, error: ImportError) -> str:
    package = f"aidc-runtime[{extra}]" if extra else "aidc-runtime"
    return (
        f"{location} cannot be opened, as its client is not installed ({error}): pip install '{package}' in the image"
    )


def join(location: str, *names: str) -> str:
    """A location below another one."""
    return "/".join([location.rstrip("/"), *(name.strip("/") for name in names)])


def list_files(location: str) -> list[tuple[str, int]]:
    """Files at or below a location, as (location, bytes), sorted by name; empty where nothing lies.
    Files whose name, or a folder's name on the way, starts with `.` or `_` are left out: writers use such for markers."""
    store, path = filesystem(location)
    store.invalidate_cache()
    try:
        whole = store.info(path)
        if whole["type"] == "file":
            return [(with_scheme(store, path), int(whole["size"]))]
        # Stores that walk folders leave out what they cannot list, unless told otherwise: an outage looked empty.
        strict = {} if store.async_impl else {"on_error": "raise"}
        found = store.find(path, detail=True, **strict)
    except FileNotFoundError:
        return []
    files = []
    for name, info in found.items():
        below = name.removeprefix(path).strip("/").split("/")
        if info["type"] == "file" and not name.endswith("/") and not any(part[:1] in (".", "_") for part in below):
            files.append((with_scheme(store, name), int(info["size"])))
    return sorted(files)


def with_scheme(store: fsspec.AbstractFileSystem, path: str) -> str:
    """The location of a path inside a store."""
    return str(store.unstrip_protocol(path))


def read_bytes(location: str) -> bytes:
    """The whole of a file. Raises FileNotFoundError."""
    store, path = filesystem(location)
    return bytes(store.cat_file(path))


def write_bytes(location: str, content: bytes) -> None:
    """Write a file whole: nobody sees a part of it. Object stores do so by themselves; on file systems it gets its name
    once it is written. Missing folders are made."""
    store, path = filesystem(location)
    if scheme_of(location) == "file":
        _write_local(path, content)
    elif scheme_of(location) == "hdfs":
        folder, _, name = path.rpartition("/")
        store.makedirs(folder or "/", exist_ok=True)
        partial = f"{folder}/.{name}.{secrets.token_hex(6)}"
        with store.open(partial, "wb") as file:
            file.write(content)
        store.mv(partial, path, overwrite=True)
    else:
        store.pipe_file(path, content)


def _write_local(path: str, content: bytes) -> None:
    folder, name = os.path.split(path)
    os.makedirs(folder, exist_ok=True)
    partial = os.path.join(folder, f".{name}.{secrets.token_hex(6)}")
    try:
        with open(partial, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except BaseException:
        if os.path.exists(partial):
            os.unlink(partial)
        raise
    # The name too shall outlive a loss of power.
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def exists(location: str) -> bool:
    """Whether a file, or anything below a prefix, is there. Errors of the store are raised, not taken for a no."""
    store, path = filesystem(location)
    store.invalidate_cache()
    try:
        store.info(path)
    except FileNotFoundError:
        return False
    return True


def remove_tree(location: str) -> None:
    """Remove a file, or all below a prefix; nothing there is fine."""
    store, path = filesystem(location)
    store.invalidate_cache()
    try:
        store.rm(path, recursive=True)
    except FileNotFoundError:
        return


def transient(error: BaseException) -> bool:
    """Whether another try may help: the network or the store failed, not the request."""
    if isinstance(error, LASTING):
        return False
    if isinstance(error, OSError):
        return error.errno not in LASTING_NUMBERS | FULL
    return isinstance(error, TimeoutError) or type(error).__module__.partition(".")[0] in CLIENTS


def patiently(
    action: Callable[[], Result], seconds: float, what: str, sleep: Callable[[float], None] = time.sleep
) -> Result:
    """Do something with a store, again while it fails in a way that may pass, until `seconds` are over.

    `what` names it in messages, such as `listing s3://bucket/runs`. Raises StorageAway when the time is over or the store
    is full; errors that do not pass (not found, not allowed) at once, as they are.
    """
    end = time.monotonic() + seconds
    wait = FIRST_WAIT
    while True:
        try:
            return action()
        except Exception as error:
            if isinstance(error, OSError) and error.errno in FULL:
                raise StorageAway(f"{what}: the store is full ({error}); free space, or give it more") from error
            if not transient(error):
                raise
            left = end - time.monotonic()
            if left <= 0:
                cause = f"{type(error).__name__}: {error}"
                message = f"{what} failed for {seconds:g} s, last with {cause}; is the store reachable from here?"
                raise StorageAway(message) from error
            # Jitter, so that the processes of a run do not all come back at once.
            sleep(min(wait * secrets.SystemRandom().uniform(0.5, 1.0), left))
            wait = min(2 * wait, LONGEST_WAIT)
