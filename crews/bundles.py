"""A crew version as bytes: its folder as a ZIP, known by the hash of what is in it."""

import hashlib
import io
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from crews.errors import BundleProblem
from crews.settings import MEBIBYTE

MAX_FILES: Final = 2000
MAX_BYTES: Final = 50 * MEBIBYTE

DECLARATIVE: Final = "declarative"
"""The binding of every version without Python code."""

_LEFT_OUT: Final = frozenset({"__pycache__", "node_modules", "venv"})
_LEFT_OUT_SUFFIXES: Final = frozenset({".pyc", ".pyo"})

_THE_SAME_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest that a ZIP can say: equal folders give equal bytes."""

_ENTRY_FILE: Final = "entry.json"
_FILES: Final = "files"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bundle:
    """A packed crew. `entry` is a YAML file in it, or `module:ClassName`."""

    hash: str
    entry: str
    archive: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class UnpackedBundle:
    """A crew version as files again, ready to be run."""

    hash: str
    entry: str
    root: Path
    has_code: bool

    @property
    def binding(self) -> str:
        """Tell which versions may share a process: those without Python all may.

        Two crews' modules of one name must never meet; a flow in YAML has none.
        """
        return self.hash if self.has_code else DECLARATIVE


def pack(files: Mapping[str, Path], entry: str) -> Bundle:
    """Pack files, by the name that each has in the bundle.

    Raises:
        BundleProblem: too many or too large, or one cannot be read.

    """
    if len(files) > MAX_FILES:
        raise BundleProblem(".", f"{len(files)} files; at most {MAX_FILES} are allowed")
    contents = {name: _content(name, files[name]) for name in sorted(files)}
    if sum(map(len, contents.values())) > MAX_BYTES:
        limit = MAX_BYTES // MEBIBYTE
        raise BundleProblem(".", f"larger than {limit} MB; keep data elsewhere")
    return Bundle(
        hash=_hash(contents, entry), entry=entry, archive=_zip(contents, entry)
    )


def files_of(folder: Path) -> dict[str, Path]:
    """List what of a folder belongs to the crew.

    Hidden files, virtual environments and compiled Python stay out.

    Raises:
        BundleProblem: a link leads out of the folder, or to a folder.

    """
    inside = folder.resolve()
    found: dict[str, Path] = {}
    for path in _walk(folder):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() and not path.resolve().is_relative_to(inside):
            raise BundleProblem(name, "is a link that leads out of the crew's folder")
        if path.is_symlink() and path.is_dir():
            raise BundleProblem(name, "is a link to a folder; put the folder there")
        found[name] = path
        if len(found) > MAX_FILES:
            raise BundleProblem(".", f"more than {MAX_FILES} files")
    return found


class BundleCache:
    """Unpacked crew versions in a folder, by hash. The folder can be deleted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, hash_: str) -> UnpackedBundle | None:
        """Give a version that is unpacked already."""
        place = self._folder / hash_
        try:
            entry = json.loads((place / _ENTRY_FILE).read_text("utf-8"))["entry"]
        except (OSError, ValueError, KeyError):
            return None
        root = place / _FILES
        return UnpackedBundle(
            hash=hash_,
            entry=entry,
            root=root,
            has_code=next(root.rglob("*.py"), None) is not None,
        )

    def unpack(self, hash_: str, archive: bytes) -> UnpackedBundle:
        """Unpack a version; it appears whole or not at all.

        Raises:
            BundleProblem: the archive is damaged, or not what its hash says.

        """
        contents, entry = _unzip(archive)
        if _hash(contents, entry) != hash_:
            raise BundleProblem(hash_[:12], "the stored crew is not what its hash says")
        self._folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix="unpacking-", dir=self._folder))
        try:
            _write(made / _FILES, contents)
            (made / _ENTRY_FILE).write_text(json.dumps({"entry": entry}), "utf-8")
            # A folder of this name that has files in it is the same version.
            with suppress(OSError):
                made.rename(self._folder / hash_)
        finally:
            shutil.rmtree(made, ignore_errors=True)
        found = self.find(hash_)
        if found is None:
            raise BundleProblem(hash_[:12], f"cannot be unpacked in {self._folder}")
        return found


def _walk(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        here = Path(place)
        links = [name for name in folders if (here / name).is_symlink()]
        yield from (here / name for name in _kept(links))
        # Told to os.walk: do not go there.
        folders[:] = sorted(_kept(set(folders) - set(links)))
        yield from (here / name for name in sorted(_kept(names)))


def _kept(names: Iterable[str]) -> list[str]:
    return [
        name
        for name in names
        if not name.startswith(".")
        and name not in _LEFT_OUT
        and PurePosixPath(name).suffix not in _LEFT_OUT_SUFFIXES
    ]


def _content(name: str, path: Path) -> bytes:
    if not path.is_file():
        raise BundleProblem(name, "is not a file")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BundleProblem(name, f"is larger than {MAX_BYTES // MEBIBYTE} MB")
        return path.read_bytes()
    except OSError as error:
        raise BundleProblem(name, f"cannot be read: {error.strerror}") from error


def _hash(contents: Mapping[str, bytes], entry: str) -> str:
    whole = hashlib.sha256(f"{entry}\n".encode())
    for name in sorted(contents):
        content = hashlib.sha256(contents[name]).hexdigest()
        whole.update(f"{name}\0{content}\n".encode())
    return whole.hexdigest()


def _zip(contents: Mapping[str, bytes], entry: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            info = zipfile.ZipInfo(name, _THE_SAME_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
        archive.comment = json.dumps({"entry": entry}).encode("ascii")
    return made.getvalue()


def _unzip(data: bytes) -> tuple[dict[str, bytes], str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(info.file_size for info in archive.infolist()) > MAX_BYTES:
                raise BundleProblem(".", "the stored crew is too large")
            contents = {
                _safe(info.filename): archive.read(info) for info in archive.infolist()
            }
            return contents, str(json.loads(archive.comment)["entry"])
    except (zipfile.BadZipFile, ValueError, KeyError, EOFError) as error:
        raise BundleProblem(".", f"the stored crew is damaged: {error}") from error


def _safe(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
        raise BundleProblem(name, "is not a name that a stored crew may have")
    return name


def _write(root: Path, contents: Mapping[str, bytes]) -> None:
    root.mkdir()
    for name, content in contents.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
