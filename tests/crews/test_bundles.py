"""A crew's folder becomes bytes with a hash, and the same files again elsewhere."""

import io
import zipfile
from pathlib import Path

import pytest

from crews import bundles
from crews.bundles import DECLARATIVE, BundleCache, files_of, pack
from crews.errors import BundleProblem


def write(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.fixture
def crew(tmp_path: Path) -> Path:
    folder = write(tmp_path / "crew", flow="schema: crewai.flow/v1", data__list="a\nb")
    (folder / ".env").write_text("SECRET=1")
    (folder / "data" / "__pycache__").mkdir()
    (folder / "data" / "__pycache__" / "x.pyc").write_bytes(b"x")
    return folder


def test_only_what_belongs_to_the_crew_is_packed(crew: Path) -> None:
    """Hidden files may be secrets; compiled Python differs from machine to machine."""
    assert sorted(files_of(crew)) == ["data/list", "flow"]


def test_the_same_folder_gives_the_same_bytes(crew: Path, tmp_path: Path) -> None:
    """Order, times and place of the files do not matter."""
    copy = write(tmp_path / "copy", data__list="a\nb", flow="schema: crewai.flow/v1")

    assert pack(files_of(copy), "flow") == pack(files_of(crew), "flow")


@pytest.mark.parametrize("changed", ["content", "name", "entry"])
def test_any_change_gives_another_hash(crew: Path, changed: str) -> None:
    """A crew version is what is in it, under which names, and where it begins."""
    before = pack(files_of(crew), "flow").hash
    if changed == "content":
        (crew / "data" / "list").write_text("a\nc")
    elif changed == "name":
        (crew / "data" / "list").rename(crew / "data" / "lists")

    after = pack(files_of(crew), "data/list" if changed == "entry" else "flow")

    assert after.hash != before


def test_it_comes_back_whole(crew: Path, tmp_path: Path) -> None:
    """Unpacked under its hash, found without the archive the next time."""
    packed = pack(files_of(crew), "flow")
    cache = BundleCache(tmp_path / "cache")

    unpacked = cache.unpack(packed.hash, packed.archive)

    assert unpacked.entry == "flow"
    assert (unpacked.root / "data" / "list").read_text() == "a\nb"
    assert cache.find(packed.hash) == unpacked
    assert cache.unpack(packed.hash, packed.archive) == unpacked
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [packed.hash]


def test_only_code_keeps_a_version_apart(crew: Path, tmp_path: Path) -> None:
    """Modules of one name in two crews must not meet; YAML cannot clash."""
    cache = BundleCache(tmp_path / "cache")
    plain = pack(files_of(crew), "flow")
    (crew / "data" / "tools.py").write_text("x = 1")
    coded = pack(files_of(crew), "flow")

    assert cache.unpack(plain.hash, plain.archive).binding == DECLARATIVE
    assert cache.unpack(coded.hash, coded.archive).binding == coded.hash


def test_what_was_half_unpacked_is_not_found(tmp_path: Path) -> None:
    """A crash while unpacking leaves nothing that could be run."""
    cache = BundleCache(tmp_path)
    (tmp_path / "abc" / "files").mkdir(parents=True)

    assert cache.find("abc") is None


def test_a_link_out_of_the_folder_is_refused(crew: Path, tmp_path: Path) -> None:
    """A bundle must not carry away what is elsewhere on the machine."""
    (tmp_path / "secret").write_text("x")
    (crew / "link").symlink_to(tmp_path / "secret")

    with pytest.raises(BundleProblem, match="leads out of the crew's folder"):
        files_of(crew)


def test_a_link_to_a_folder_outside_is_refused(crew: Path, tmp_path: Path) -> None:
    """Folders are not followed either."""
    (crew / "all").symlink_to(tmp_path)

    with pytest.raises(BundleProblem, match="leads out of the crew's folder"):
        files_of(crew)


def test_a_link_within_the_folder_is_its_file(crew: Path) -> None:
    """What is in the folder anyway may have two names."""
    (crew / "link").symlink_to(crew / "flow")

    assert "link" in files_of(crew)


def test_an_archive_that_was_tampered_with_is_refused(
    crew: Path, tmp_path: Path
) -> None:
    """What is run is what its hash says, or nothing."""
    packed = pack(files_of(crew), "flow")
    (crew / "flow").write_text("schema: evil")
    other = pack(files_of(crew), "flow")

    with pytest.raises(BundleProblem, match="not what its hash says"):
        BundleCache(tmp_path / "cache").unpack(packed.hash, other.archive)


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "a\\..\\b"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    """An archive writes nowhere but into its own folder."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, "x")
        archive.comment = b'{"entry":"x"}'

    with pytest.raises(BundleProblem, match="not a name"):
        BundleCache(tmp_path).unpack("abc", made.getvalue())


def test_damage_is_named(tmp_path: Path) -> None:
    """Not a ZIP, or one of somebody else's."""
    with pytest.raises(BundleProblem, match="damaged"):
        BundleCache(tmp_path).unpack("abc", b"not a zip")


def test_too_much_is_refused(crew: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data set does not belong in a crew's folder."""
    monkeypatch.setattr(bundles, "MAX_BYTES", 10)

    with pytest.raises(BundleProblem, match="larger"):
        pack(files_of(crew), "flow")
