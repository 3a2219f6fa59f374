"""The directory: made for this user alone, and refused where others could tamper with it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.queues.spool.directory import Directory, NotOurs

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@pytest.fixture
def umask() -> Iterator[Callable[[int], int]]:
    """Sets the umask, until the test is over."""
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.parametrize("mask", [0, 0o022, 0o077])
def test_what_is_missing_is_made_private(tmp_path: Path, umask: Callable[[int], int], mask: int) -> None:
    """Whatever the umask, directories are for this user alone, and so are files."""
    umask(mask)
    directory = Directory.open(tmp_path / "a" / "b" / "spool", "shop")
    os.close(directory.create("new"))
    os.close(directory.open_file("other", create=True))
    for path in ("a", "a/b", "a/b/spool", "a/b/spool/shop"):
        assert _mode(tmp_path / path) == 0o700
    for name in ("new", "other"):
        assert _mode(directory.path / name) == 0o600
    directory.close()


def test_it_is_opened_again(root: Path) -> None:
    """One that is there is used, and known by whatever path."""
    first, second = Directory.open(root, "shop"), Directory.open_existing(root / "." / "shop")
    assert first.identity == second.identity
    first.close()
    second.close()


class TestRefused:
    """Where no message is kept."""

    def _refused(self, root: Path) -> str:
        with pytest.raises(ConfigurationError) as caught:
            Directory.open(root, "shop")
        return str(caught.value)

    @pytest.mark.parametrize("mode", [0o777, 0o770, 0o1777, 0o722])
    @pytest.mark.parametrize("place", ["", "shop"])
    def test_writable_by_others(self, root: Path, mode: int, place: str) -> None:
        """A directory that another user may write to, outer or inner; the error names it."""
        (root / "shop").mkdir(mode=0o700, parents=True)
        root.chmod(0o700)
        (root / place).chmod(mode)
        said = self._refused(root)
        assert f"{root / place} may be written by other users; chmod go-w" in said

    @pytest.mark.parametrize("place", ["", "shop"])
    def test_a_link(self, root: Path, tmp_path: Path, place: str) -> None:
        """A link in its place, wherever it leads."""
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        if place:
            root.mkdir(mode=0o700)
        (root / place).symlink_to(tmp_path / "elsewhere")
        assert "is a link or no directory" in self._refused(root)
        assert list((tmp_path / "elsewhere").iterdir()) == []

    def test_a_dangling_link(self, root: Path, tmp_path: Path) -> None:
        """A link to nothing, at whose end nothing is made."""
        root.symlink_to(tmp_path / "elsewhere")
        assert "is a link or no directory" in self._refused(root)
        assert not (tmp_path / "elsewhere").exists()

    def test_a_file(self, root: Path) -> None:
        """A file in its place."""
        root.write_text("")
        assert "is a link or no directory" in self._refused(root)

    @needs_root
    @pytest.mark.parametrize("place", ["", "shop"])
    def test_another_user_s(self, root: Path, place: str) -> None:
        """A directory of another user's."""
        (root / "shop").mkdir(mode=0o700, parents=True)
        root.chmod(0o700)
        os.chown(root / place, 12_345, 12_345)
        assert "belongs to another user" in self._refused(root)


class TestFiles:
    """What is opened within."""

    def test_a_new_file_is_new(self, directory: Directory) -> None:
        """A file that is there already is never taken for a new one."""
        os.close(directory.create("a"))
        with pytest.raises(FileExistsError):
            directory.create("a")

    def test_a_link_is_not_followed(self, directory: Directory, tmp_path: Path) -> None:
        """Neither to a file nor to nothing, neither to read nor to write nor to make."""
        victim = tmp_path / "victim"
        victim.write_text("untouched")
        (directory.path / "link").symlink_to(victim)
        (directory.path / "dangling").symlink_to(tmp_path / "nothing")
        for name in ("link", "dangling"):
            with pytest.raises(FileExistsError):
                directory.create(name)
            for options in ({}, {"write": True}, {"create": True}):
                with pytest.raises(NotOurs):
                    directory.open_file(name, **options)
        assert victim.read_text() == "untouched"
        assert not (tmp_path / "nothing").exists()

    def test_a_fifo_is_not_waited_for(self, directory: Directory) -> None:
        """A FIFO is refused at once, though nobody is at its other end."""
        os.mkfifo(directory.path / "fifo")
        for options in ({}, {"write": True}):
            with pytest.raises(NotOurs):
                directory.open_file("fifo", **options)

    @needs_root
    def test_a_device_is_refused(self, directory: Directory) -> None:
        """A device is no file to write messages to."""
        os.mknod(directory.path / "device", 0o600 | stat.S_IFCHR, os.makedev(1, 3))
        with pytest.raises(NotOurs):
            directory.open_file("device", write=True)

    @needs_root
    def test_another_user_s_file_is_refused(self, directory: Directory) -> None:
        """Only what this user has written is read."""
        path = directory.path / "theirs"
        path.write_text("")
        os.chown(path, 12_345, 12_345)
        with pytest.raises(NotOurs):
            directory.open_file("theirs")

    def test_a_removed_file_is_not_the_named_one(self, directory: Directory) -> None:
        """An open file knows whether its name is another's by now."""
        descriptor = directory.create("a")
        assert directory.is_file("a", descriptor)
        directory.remove("a")
        assert not directory.is_file("a", descriptor)
        os.close(directory.create("a"))
        assert not directory.is_file("a", descriptor)
        os.close(descriptor)

    def test_closing_twice_closes_nothing_else(self, root: Path) -> None:
        """A descriptor's number may be another file's after it was closed."""
        directory = Directory.open(root, "shop")
        number = directory.descriptor
        directory.close()
        other = os.open(root, os.O_RDONLY)
        os.dup2(other, number)
        directory.close()
        assert os.path.samestat(os.fstat(number), os.fstat(other))
        for each in {other, number}:
            os.close(each)
