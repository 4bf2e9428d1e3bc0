"""A server that speaks S3, as a process of its own, for tests of what is read from and written to object storage."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import s3fs

SECONDS = 60
SERVER = "import sys; from moto.server import main; main(sys.argv[1:])"


@dataclass
class Server:
    """One that runs, and the log of what it was asked."""

    endpoint: str
    log: Path

    def environment(self) -> dict[str, str]:
        """What a user sets for it."""
        keys = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1"}
        return {**keys, "AWS_ENDPOINT_URL": self.endpoint, "AWS_ALLOW_HTTP": "true"}

    def files(self) -> Any:
        """Its objects as files; a connection of the tests' own, which remembers nothing."""
        region = {"region_name": "us-east-1"}
        return s3fs.S3FileSystem(
            key="nobody", secret="secret", endpoint_url=self.endpoint, client_kwargs=region, use_listings_cache=False
        )

    def make_bucket(self, name: str) -> str:
        """A new bucket."""
        self.files().call_s3("create_bucket", Bucket=name)
        return name

    def put(self, place: str, contents: Mapping[str, bytes]) -> None:
        """Write objects below a place."""
        files = self.files()
        for name, content in contents.items():
            files.pipe_file(f"{place}/{name}", content)

    def put_folder(self, place: str, folder: Path) -> None:
        """Write a folder's files as objects below a place."""
        found = [file for file in sorted(folder.rglob("*")) if file.is_file()]
        self.put(place, {file.relative_to(folder).as_posix(): file.read_bytes() for file in found})

    def requests(self, method: str, bucket: str) -> list[str]:
        """The objects of a bucket that were asked for so far, by the method."""
        words = [line.split('"')[1].split() for line in self.log.read_text().splitlines() if '"' in line]
        start = f"/{bucket}/"
        return [path[len(start) :] for verb, path, *_ in words if verb == method and path.startswith(start)]


@contextmanager
def served(log: Path, **environment: str) -> Iterator[Server]:
    """A server on a free port of this machine; it goes with the test."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with log.open("w") as told:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVER, "-H", "127.0.0.1", "-p", str(port)],
            env={**os.environ, **environment}, stdout=told, stderr=told,
        )  # fmt: skip
        try:
            _wait(port, process)
            yield Server(f"http://127.0.0.1:{port}", log)
        finally:
            process.kill()
            process.wait()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The server did not start (exit status {process.poll()}).")
