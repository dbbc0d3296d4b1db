"""Releases on disk: whole, current, pinned, damaged, shared between processes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.errors import LibraryError, UnknownReleaseError
from knowledge.library import Held, Library
from knowledge.model import Domain, Matrix, Release, ReleaseContents, Tactic, Technique


def release(version: str, domain: Domain = Domain.ENTERPRISE, *, snapshot: bool = False) -> ReleaseContents:
    tactic = Tactic(
        stix_id="x-mitre-tactic--1", id="TA0002", name="Execution", shortname="execution", domains=(domain,)
    )
    technique = Technique(
        stix_id="attack-pattern--1",
        id="T1059",
        name=f"Interpreter of {version}",
        tactics=("execution",),
        domains=(domain,),
    )
    return ReleaseContents(
        release=Release(domain=domain, version=version, published="2025-01-01", snapshot=snapshot),
        matrices=(Matrix("m", ("x-mitre-tactic--1",)),),
        tactics=(tactic,),
        techniques=(technique,),
    )


def name_of_the_technique(library: Library) -> str:
    item = library.catalog().get("T1059")
    assert item is not None
    return item.name


def versions(library: Library) -> list[tuple[str, bool]]:
    return [(held.release.version, held.current) for held in library.releases()]


def test_what_was_added_is_read_back_equal(tmp_path: Path) -> None:
    contents = release("18.1")

    Library(tmp_path).add(contents)

    assert Library(tmp_path).contents(Domain.ENTERPRISE, "18.1") == contents


def test_the_newest_release_is_current_by_number_not_by_spelling(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.add(release("17.1"))
    library.add(release("9.0"))

    assert versions(library) == [("17.1", True), ("9.0", False)]


def test_a_real_release_replaces_the_snapshot_of_the_same_version(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.add(release("17.1", snapshot=True))
    assert library.add(release("17.1"))

    assert not library.catalog().releases[0].snapshot
    assert library.add(release("17.1", snapshot=True)) is False


def test_a_real_release_replaces_a_snapshot_whatever_their_versions(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.add(release("2020", Domain.ICS, snapshot=True))

    assert library.add(release("18.1", Domain.ICS))
    assert not library.catalog().releases[0].snapshot


def test_a_pinned_release_stays_until_another_is_pinned(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.add(release("18.1"))
    library.add(release("17.1"), pin=True)
    library.add(release("19.0"))
    assert name_of_the_technique(library) == "Interpreter of 17.1"

    library.add(release("19.0"), pin=True)
    assert name_of_the_technique(library) == "Interpreter of 19.0"


def test_a_pin_stays_where_its_release_was_damaged(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.add(release("18.1"))
    library.add(release("17.1"), pin=True)
    next(tmp_path.glob("*17.1*")).write_bytes(b"")
    assert name_of_the_technique(Library(tmp_path)) == "Interpreter of 18.1"

    assert library.add(release("19.0")) is False
    assert library.add(release("17.1"))

    assert versions(library) == [("19.0", False), ("18.1", False), ("17.1", True)]


def test_the_snapshot_does_not_replace_a_pinned_release_of_its_version(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.add(release("17.1"), pin=True)

    assert library.add(release("17.1", snapshot=True)) is False


def test_old_releases_go_when_more_are_held_than_kept_but_never_the_current_one(tmp_path: Path) -> None:
    library = Library(tmp_path, keep=2)
    library.add(release("15.1"), pin=True)
    for version in ("16.0", "17.0", "18.0"):
        library.add(release(version))

    assert versions(library) == [("18.0", False), ("15.1", True)]


def test_a_catalog_in_use_does_not_change_when_a_release_arrives(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.add(release("17.1"))
    in_use = library.catalog()
    library.add(release("18.1"))

    assert in_use.releases[0].version == "17.1"
    assert library.catalog().releases[0].version == "18.1"
    assert library.catalog() is library.catalog()


def test_another_process_adding_a_release_is_noticed(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.add(release("17.1"))
    assert name_of_the_technique(library) == "Interpreter of 17.1"
    program = (
        "import sys; from pathlib import Path; from tests.knowledge.test_library import release;"
        "from knowledge.library import Library; Library(Path(sys.argv[1])).add(release('18.1'))"
    )
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, cwd=root, env={**os.environ})

    assert name_of_the_technique(library) == "Interpreter of 18.1"


@pytest.mark.parametrize("damage", ["cut", "flipped", "emptied", "garbage"])
def test_a_damaged_release_is_set_aside_and_an_older_one_answers(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    library = Library(tmp_path)
    library.add(release("17.1"))
    library.add(release("18.1"))
    path = next(held.path for held in library.releases() if held.current)
    raw = path.read_bytes()
    middle = len(raw) - 40
    flipped = raw[:middle] + bytes([raw[middle] ^ 0xFF]) + raw[middle + 1 :]
    path.write_bytes({"cut": raw[:-9], "flipped": flipped, "emptied": b"", "garbage": b"\0" * 99}[damage])

    assert name_of_the_technique(Library(tmp_path)) == "Interpreter of 17.1"
    assert path.with_suffix(".damaged").exists()
    assert "set aside" in caplog.text


def test_a_flipped_bit_in_a_header_takes_no_answer_away(tmp_path: Path) -> None:
    Library(tmp_path).add(release("17.1"))
    Library(tmp_path).add(release("18.1"))
    path = next(tmp_path.glob("*18.1*"))
    good = path.read_bytes()
    for at in range(8, good.index(b"}") + 1):
        path.write_bytes(good[:at] + bytes([good[at] ^ 0x80]) + good[at + 1 :])

        assert name_of_the_technique(Library(tmp_path)) in ("Interpreter of 17.1", "Interpreter of 18.1")

        path.write_bytes(good)


def test_damage_that_somebody_else_has_just_set_aside_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library(tmp_path)
    library.add(release("17.1"))
    library.add(release("18.1"))
    next(tmp_path.glob("*18.1*")).write_bytes(b"")
    rename = Path.rename

    def rename_second(path: Path, target: Path) -> Path:
        rename(path, target)
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", rename_second)

    assert name_of_the_technique(library) == "Interpreter of 17.1"


def test_every_flipped_bit_in_a_header_is_noticed_by_a_listing(tmp_path: Path) -> None:
    Library(tmp_path).add(release("18.1"))
    path = next(tmp_path.glob("*.attack"))
    good = path.read_bytes()
    for at in range(good.index(b"{")):
        for bit in range(8):
            path.write_bytes(good[:at] + bytes([good[at] ^ 1 << bit]) + good[at + 1 :])
            assert Library(tmp_path).releases() == (), (at, bit)
    for at in range(good.index(b"{"), good.index(b"}") + 1):
        path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        assert Library(tmp_path).releases() == (), at


def as_it_was_written_before(raw: bytes) -> bytes:
    """A release in the format whose header had no checksum."""
    return b"ATTACK1\n" + raw[12:]


def test_a_file_whose_header_has_no_checksum_is_still_read(tmp_path: Path) -> None:
    contents = release("18.1")
    library = Library(tmp_path)
    library.add(contents)
    path = next(tmp_path.glob("*.attack"))
    path.write_bytes(as_it_was_written_before(path.read_bytes()))

    assert versions(Library(tmp_path)) == [("18.1", True)]
    assert Library(tmp_path).contents(Domain.ENTERPRISE, "18.1") == contents
    assert name_of_the_technique(Library(tmp_path)) == "Interpreter of 18.1"


def test_a_flipped_version_in_such_a_header_is_noticed_when_it_is_read(tmp_path: Path) -> None:
    Library(tmp_path).add(release("18.1"))
    path = next(tmp_path.glob("*.attack"))
    path.write_bytes(as_it_was_written_before(path.read_bytes()).replace(b'"18.1"', b'"19.1"', 1))

    with pytest.raises(LibraryError, match=r"19\.1 was damaged"):
        Library(tmp_path).contents(Domain.ENTERPRISE, "19.1")


@pytest.mark.parametrize("damage", [lambda raw: raw[:-9], lambda raw: raw[:-40] + b"\0" + raw[-39:]])
def test_a_damaged_older_release_is_set_aside_and_the_sentence_says_what_to_do(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    library = Library(tmp_path)
    library.add(release("17.1"))
    library.add(release("18.1"))
    path = next(tmp_path.glob("*17.1*"))
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(LibraryError, match=r"Enterprise 17\.1 was damaged .* enterprise-17\.1\.damaged") as caught:
        library.contents(Domain.ENTERPRISE, "17.1")

    assert "'attackbot sync --release 17.1', which also makes it the current one." in str(caught.value)
    assert versions(library) == [("18.1", True)]
    with pytest.raises(UnknownReleaseError):
        library.contents(Domain.ENTERPRISE, "17.1")


def test_what_is_set_aside_is_known_until_it_is_stored_again(tmp_path: Path) -> None:
    library = Library(tmp_path)
    for contents in (release("17.1"), release("2020", Domain.ICS, snapshot=True)):
        library.add(contents)
    for path in tmp_path.glob("*.attack"):
        path.write_bytes(b"")
    library.releases()

    assert [(each.name, each.fetch) for each in Library(tmp_path).set_aside()] == [
        ("enterprise-17.1", "attackbot sync --release 17.1"),
        ("ics-2020-snapshot", "attackbot sync --from snapshot"),
    ]
    assert all(each.path.exists() for each in library.set_aside())
    library.add(release("17.1"))
    assert [each.name for each in library.set_aside()] == ["ics-2020-snapshot"]


def test_a_release_that_goes_while_it_is_read_is_told_as_a_damaged_one(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.add(release("17.1"))
    library.add(release("18.1"))
    listed = library.releases
    path = next(tmp_path.glob("*17.1*"))

    class Pruned(Library):
        def releases(self) -> tuple[Held, ...]:
            found = listed()
            path.unlink(missing_ok=True)
            return found

    with pytest.raises(LibraryError, match=r"17\.1 has just gone from the disk; .*'attackbot sync --release 17\.1'"):
        Pruned(tmp_path).contents(Domain.ENTERPRISE, "17.1")


def blocked(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


@pytest.mark.parametrize("name", ["current.json", "enterprise-18.1.attack"])
def test_what_cannot_be_read_is_one_sentence_and_stays_where_it_is(tmp_path: Path, name: str) -> None:
    Library(tmp_path).add(release("18.1"))
    blocked(tmp_path / name)
    library = Library(tmp_path)

    for ask in (library.releases, library.catalog, lambda: library.contents(Domain.ENTERPRISE, "18.1")):
        with pytest.raises(LibraryError, match=f"{name} cannot be read .*; give the bot the right to read it"):
            ask()
    assert (tmp_path / name).is_dir()


def test_a_folder_that_cannot_be_listed_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "releases").write_text("")

    with pytest.raises(LibraryError, match=r"releases.* cannot be read \(Not a directory\)"):
        Library(tmp_path / "releases").releases()


def test_a_snapshot_and_a_real_release_of_one_version_are_told_apart(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.add(release("17.1", snapshot=True), pin=True)
    library.add(release("18.1"))
    snapshot = library.contents(Domain.ENTERPRISE, "17.1").release.snapshot
    library.add(release("17.1"), pin=True)

    assert snapshot
    assert not library.contents(Domain.ENTERPRISE, "17.1").release.snapshot
    for which in (True, False):
        assert library.contents(Domain.ENTERPRISE, "17.1", snapshot=which).release.snapshot is which


def test_the_current_one_of_two_of_a_version_is_meant(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.add(release("17.1"))
    library.add(release("17.1", snapshot=True), pin=True)
    library.add(release("18.1"))

    assert library.contents(Domain.ENTERPRISE, "17.1").release.snapshot
    with pytest.raises(UnknownReleaseError, match=r"there: 18\.1, 17\.1\)"):
        library.contents(Domain.ENTERPRISE, "16.1")


@pytest.mark.parametrize("damaged", [b"{not json", b'{"\xff'])
def test_a_damaged_choice_file_still_answers(tmp_path: Path, damaged: bytes) -> None:
    Library(tmp_path).add(release("18.1"))
    (tmp_path / "current.json").write_bytes(damaged)

    assert name_of_the_technique(Library(tmp_path)) == "Interpreter of 18.1"


def test_an_unknown_version_names_those_that_are_there(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.add(release("17.1"))

    with pytest.raises(UnknownReleaseError, match=r"18\.1 is not on disk \(there: 17\.1\)"):
        library.contents(Domain.ENTERPRISE, "18.1")


def test_a_hostile_version_stays_inside_the_folder(tmp_path: Path) -> None:
    library = Library(tmp_path / "releases")
    library.add(release("../../etc/18.1"))

    assert [path.parent for path in tmp_path.rglob("*.attack")] == [tmp_path / "releases"]


def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")

    with pytest.raises(LibraryError, match="could not be stored"):
        Library(blocked / "releases").add(release("18.1"))


def test_readers_see_whole_releases_while_writers_swap(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.add(release("1.0"))
    seen: set[str] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            catalog = library.catalog()
            item = catalog.get("T1059")
            assert item is not None
            assert item.name == f"Interpreter of {catalog.releases[0].version}"
            seen.add(item.name)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(2, 30):
        library.add(release(f"{number}.0"))
    done.set()
    for reader in readers:
        reader.join()

    assert len(seen) > 1
