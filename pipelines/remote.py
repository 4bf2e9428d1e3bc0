"""Object storage: what is given as `s3://bucket/folder` is fetched before a build, and finished releases are copied.

Builds work on folders alone. An address stands for its image, a folder below `DATA/.work/remote`, which is brought up
to date before a build looks at it: new and changed objects are fetched, what has gone is removed. A release is copied
under the name of its build, and named by the object `latest` last, so that readers never see two builds mixed.
Credentials and endpoints come from the environment or the files of the AWS tools, never from here.
What the files mean, and when a release is whole, is decided elsewhere.
"""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

from pipelines import work
from pipelines.changes import CHECKSUMS
from pipelines.environment import is_address

ADDRESS = re.compile(r"s3://(?P<bucket>[\w.-]+)(?P<folders>(?:/(?!\.{1,2}(?:/|$))[^/\0]+)*)/*")
LONGEST_NAME = 255  # bytes, on the file systems that are common
FETCHED_AT_ONCE, COPIED_AT_ONCE = 16, 4
PART_BYTES = 16 << 20  # of an upload; two of each file are held in memory
BATCHES, LEAST_BATCH, LEAST_BATCH_BYTES = 100, 100, 64 << 20
"""After each batch the image says what it has, so that a fetch that was killed goes on from there."""
LATEST, BUILDS = "latest", "builds"

Report = Callable[[str, int, int], None]
Stamp = list[int | str]


class RemoteError(OSError):
    """Object storage that cannot be used as it stands; the message says what to do."""


def refuse_wrong_places(seeds: str, reference: str, data: str, publish: str) -> None:
    """Nothing, where every place is one that a build can work with.

    Raises:
        RemoteError: an address is none, or stands where a folder is needed.
    """
    if is_address(data):
        raise RemoteError("DATA= is a folder of this machine; PUBLISH= names the object storage that gets the release.")
    if publish and not is_address(publish):
        raise RemoteError(f"PUBLISH= names object storage (s3://bucket/folder), which {publish} is not.")
    for name, given in (("SEEDS", seeds), ("REFERENCE", reference)):
        if publish and is_address(given) and f"{_name(publish)}/".startswith(f"{_name(given)}/"):
            raise RemoteError(f"{publish} lies among what is read ({name}={given}): name another with PUBLISH=.")


def local(place: str, data: Path) -> Path:
    """The folder that stands for a place: itself, or the image of an address."""
    return _image(data) / _name(place) if is_address(place) else Path(place)


def named(text: str, data: Path) -> str:
    """A message with the addresses of objects where it names their image."""
    return text.replace(f"{_image(data)}/", "s3://")


# --- what is given ---------------------------------------------------------------------------------------------------


def look(address: str) -> dict[str, Stamp]:
    """Every object below an address, by bucket and key: its size, its tag, and when it was written.

    Raises:
        RemoteError: there is no such bucket, or it cannot be read.
    """
    return _listed(_connect(), [address])


def fetch(seeds: str, reference: str, data: Path, report: Report) -> None:
    """Bring the images of seeds and reference up to date; what has not changed is not fetched again.

    Images of other addresses are removed.

    Raises:
        RemoteError: an address cannot be read, or has no seeds, or an object changed meanwhile.
    """
    addresses = [place for place in (seeds, reference) if is_address(place)]
    if not addresses:
        return shutil.rmtree(_folder(data), ignore_errors=True)
    connection, image = _connect(), _image(data)
    found = _listed(connection, addresses)
    if is_address(seeds) and not any(name.startswith(f"{_name(seeds)}/") for name in found):
        raise RemoteError(f"There is nothing at {seeds}. Put your texts there, or name another with SEEDS=.")
    _refuse_unnameable(found)
    _keep_only(image, found)
    known = _known(data)
    wanted = [name for name, stamp in found.items() if known.get(name) != stamp or _size(image / name) != stamp[0]]
    if wanted:
        is_whole = _fetch_all(connection, wanted, found, data, report)
        _refuse_changed(wanted, found, _listed(connection, addresses), is_whole)
    return None


def _fetch_all(connection: Any, wanted: Sequence[str], found: Mapping[str, Stamp], data: Path, report: Report) -> bool:
    """Whether every wanted object was there and came whole."""
    known, done = _known(data), 0
    with _unfinished(_folder(data)) as folder:
        for batch in _batches({name: int(found[name][0]) for name in wanted}):
            report("Fetching", done, len(wanted))
            files = [folder / str(number) for number in range(len(batch))]
            if not _get(connection, batch, files):
                return False
            for name, file in zip(batch, files, strict=True):
                if _size(file) != found[name][0]:
                    return False
                (_image(data) / name).parent.mkdir(parents=True, exist_ok=True)
                file.replace(_image(data) / name)
            known |= {name: found[name] for name in batch}
            _note(data, {name: stamp for name, stamp in known.items() if name in found})
            done += len(batch)
    report("Fetching", done, len(wanted))
    return True


def _get(connection: Any, names: Sequence[str], files: Sequence[Path]) -> bool:
    """Whether all were there."""
    with _plainly(f"s3://{os.path.commonpath(names)}"):
        try:
            connection.get(list(names), list(map(str, files)), batch_size=FETCHED_AT_ONCE, max_concurrency=1)
        except FileNotFoundError as error:
            if error.filename:  # one of ours
                raise
            return False
    return True


def _listed(connection: Any, addresses: Sequence[str]) -> dict[str, Stamp]:
    """What lies below the addresses; the empty objects that stand for folders are left out."""
    found: dict[str, Stamp] = {}
    for address in addresses:
        objects = _objects(connection, _name(address))
        if _name(address) in objects:
            raise RemoteError(f"{address} is an object. Name the folder it lies in.")
        for name, info in objects.items():
            if info["size"] or not name.endswith("/"):
                written = info["LastModified"].astimezone(UTC).isoformat()
                found[name] = [info["size"], info["ETag"], written]
    return found


def _objects(connection: Any, name: str) -> dict[str, dict[str, Any]]:
    with _plainly(f"s3://{name}"):
        found: dict[str, dict[str, Any]] = connection.find(name, detail=True)
        return found


def _refuse_unnameable(names: Collection[str]) -> None:
    """Nothing, where every object can be a file under its own name."""
    folders = {name[:at] for name in names for at in _slashes(name)}
    for name in names:
        parts = name.split("/")
        if name in folders or any(part in ("", ".", "..") or "\0" in part for part in parts):
            raise RemoteError(f"s3://{name} cannot be a file of this name in a folder. Rename the object.")
        if any(len(os.fsencode(part)) > LONGEST_NAME for part in parts):
            raise RemoteError(f"s3://{name} has a part of over {LONGEST_NAME} bytes in its name. Rename the object.")


def _slashes(name: str) -> Iterator[int]:
    return (at for at, letter in enumerate(name) if letter == "/")


def _refuse_changed(
    wanted: Sequence[str], before: Mapping[str, Stamp], now: Mapping[str, Stamp], is_whole: bool
) -> None:
    for name in wanted:
        if now.get(name) != before[name]:
            how = "changed" if name in now else "vanished"
            raise RemoteError(f"s3://{name} {how} while it was fetched. Start again when the folder is at rest.")
    if not is_whole:
        raise RemoteError(f"s3://{os.path.commonpath(wanted)} could not be fetched whole. Start again.")


# --- the image -------------------------------------------------------------------------------------------------------


def _folder(data: Path) -> Path:
    return data / ".work" / "remote"


def _image(data: Path) -> Path:
    return _folder(data) / "image"


def _known(data: Path) -> dict[str, Stamp]:
    """What the image holds, with the stamps of when it was fetched."""
    file = _folder(data) / "objects.json"
    known: dict[str, Stamp] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return known


def _note(data: Path, known: Mapping[str, Stamp]) -> None:
    file = _folder(data) / "objects.json"
    unfinished = file.with_name(f"{work.UNFINISHED}objects.json")
    unfinished.write_text(json.dumps(known), encoding="utf-8")
    unfinished.replace(file)


def _keep_only(image: Path, names: Collection[str]) -> None:
    """Remove files of other names, and the folders that become empty."""
    for folder, _, files in os.walk(image, topdown=False):
        for file in files:
            path = Path(folder) / file
            if path.relative_to(image).as_posix() not in names:
                path.unlink()
        if not any(Path(folder).iterdir()):
            Path(folder).rmdir()


def _size(file: Path) -> int:
    """The size of a file; -1 where there is none."""
    return file.stat().st_size if file.is_file() else -1


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """A folder for what is not yet whole; those that killed builds left are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{work.UNFINISHED}*/"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=work.UNFINISHED, dir=folder, ignore_cleanup_errors=True) as made:
        yield Path(made)


def _batches(sizes: Mapping[str, int]) -> Iterator[list[str]]:
    most = max(LEAST_BATCH, len(sizes) // BATCHES)
    most_bytes = max(LEAST_BATCH_BYTES, sum(sizes.values()) // BATCHES)
    batch: list[str] = []
    held = 0
    for name, size in sizes.items():
        batch.append(name)
        held += size
        if len(batch) == most or held >= most_bytes:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


# --- what is published -----------------------------------------------------------------------------------------------


def refuse_unreachable(publish: str) -> None:
    """Nothing, where there is a bucket for the release: better said before the work than after it.

    Raises:
        RemoteError: it cannot be reached, or not be looked into.
    """
    latest, connection = f"{_name(publish)}/{LATEST}", _connect()
    with _plainly(publish):
        connection.find(latest)


def release(publish: str, build: Path) -> str:
    """The address of a build's copy."""
    return f"s3://{_name(publish)}/{BUILDS}/{build.name}"


def copy(build: Path, publish: str, report: Report) -> None:
    """Copy a finished build, and let `latest` name it there.

    Objects that are there already are left as they are, those of other builds too. The checksums come after all other
    files, and `latest` after them, so that a copy that ends half-way is seen by nobody.

    Raises:
        RemoteError: it could not be copied; what `latest` names is as it was.
    """
    connection, target = _connect(), _name(release(publish, build))
    sizes = {file.relative_to(build).as_posix(): _size(file) for file in sorted(build.rglob("*")) if file.is_file()}
    missing = _missing(connection, sizes, target)
    checksums = [[CHECKSUMS]] if missing.pop(CHECKSUMS, None) else []
    done, total = 0, len(missing) + len(checksums)
    for batch in [*_batches(missing), *checksums]:
        report("Copying the release", done, total)
        _put(connection, build, batch, target)
        done += len(batch)
    report("Copying the release", done, total)
    if total and _missing(connection, sizes, target):
        raise RemoteError(f"What was written to s3://{target} is not what is there. Start again to copy it once more.")
    _point(connection, f"{_name(publish)}/{LATEST}", f"{BUILDS}/{build.name}")


def _put(connection: Any, build: Path, names: Sequence[str], target: str) -> None:
    files, objects = [str(build / name) for name in names], [f"{target}/{name}" for name in names]
    with _plainly(f"s3://{target}"):
        connection.put(files, objects, batch_size=COPIED_AT_ONCE, chunksize=PART_BYTES, max_concurrency=2)


def _missing(connection: Any, sizes: Mapping[str, int], target: str) -> dict[str, int]:
    there = {name: info["size"] for name, info in _objects(connection, target).items()}
    return {name: size for name, size in sizes.items() if there.get(f"{target}/{name}") != size}


def _point(connection: Any, latest: str, content: str) -> None:
    """Let `latest` say which build is the newest: one small object, which is replaced in one step."""
    with _plainly(f"s3://{latest}"):
        if latest in connection.find(latest) and connection.cat_file(latest) == content.encode():
            return
        connection.pipe_file(latest, content.encode())


# --- the connection --------------------------------------------------------------------------------------------------


def _name(address: str) -> str:
    """Bucket and folders, as objects' names begin."""
    if not (parts := ADDRESS.fullmatch(address)):  # which is not shown, as it may hold a secret
        raise RemoteError(
            "Object storage is named as s3://bucket/folder; credentials come from the environment, other kinds of "
            "storage are mounted or copied."
        )
    return parts["bucket"] + parts["folders"]


def _connect() -> Any:
    """The file system of fsspec, which remembers no listings."""
    try:
        import s3fs  # is there only for those who want it
    except ImportError as error:
        message = "Object storage needs the package s3fs: `make build` installs it, and so does pip install -e '.[s3]'."
        raise RemoteError(message) from error
    return s3fs.S3FileSystem(use_listings_cache=False)


@contextmanager
def _plainly(address: str) -> Iterator[None]:
    """Errors of the storage said so that people can act on them; those of this machine's own files stay as they are."""
    from botocore import exceptions

    try:
        yield
    except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError) as error:
        raise RemoteError(
            f"There are no credentials for {address}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; "
            "for a public bucket FSSPEC_S3_ANON=true."
        ) from error
    except (exceptions.ConnectionError, exceptions.HTTPClientError, TimeoutError) as error:
        raise RemoteError(
            f"The storage of {address} cannot be reached: look at the network and at AWS_ENDPOINT_URL, then start "
            f"again. ({error})"
        ) from error
    except exceptions.BotoCoreError as error:
        raise RemoteError(f"{address} cannot be used: {error}") from error
    except OSError as error:
        if error.filename:
            raise
        raise RemoteError(_plain(address, error)) from error


def _plain(address: str, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"There is no bucket for {address}: make it, or name another. ({error})"
    if isinstance(error, PermissionError):
        return f"Access to {address} is not allowed: look at the credentials and at what they may do. ({error})"
    return f"{address} cannot be used: {error}"
