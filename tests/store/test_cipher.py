from __future__ import annotations

import base64
import secrets
from pathlib import Path

import pytest

from service.errors import ConfigurationError
from service.store.cipher import KEY_FILE, Cipher, DecryptionFailed


def test_the_key_file_is_private_and_survives_a_restart(tmp_path: Path) -> None:
    sealed = Cipher.open(tmp_path).seal(b"secret", "row/1")
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert Cipher.open(tmp_path).open_sealed(sealed, "row/1") == b"secret"
    assert [p.name for p in tmp_path.iterdir()] == [KEY_FILE]


def test_a_value_opens_in_its_own_row_only(tmp_path: Path) -> None:
    cipher = Cipher.open(tmp_path)
    with pytest.raises(DecryptionFailed):
        cipher.open_sealed(cipher.seal(b"secret", "row/1"), "row/2")


@pytest.mark.parametrize("place", [0, 5, 20, -1])
def test_a_changed_value_does_not_open(tmp_path: Path, place: int) -> None:
    cipher = Cipher.open(tmp_path)
    sealed = bytearray(cipher.seal(b"secret", "row"))
    sealed[place] ^= 1
    with pytest.raises(DecryptionFailed):
        cipher.open_sealed(bytes(sealed), "row")


def test_a_new_key_on_top_encrypts_and_the_old_one_still_opens(tmp_path: Path) -> None:
    before = Cipher.open(tmp_path)
    sealed, hashed = before.seal(b"old", "row"), before.fingerprint("key", b"x")
    path = tmp_path / KEY_FILE
    path.write_bytes(base64.b64encode(secrets.token_bytes(32)) + b"\n" + path.read_bytes())
    after = Cipher.open(tmp_path)
    assert after.open_sealed(sealed, "row") == b"old"
    assert after.fingerprint("key", b"x") == hashed
    assert before.open_sealed(after.seal(b"new", "row"), "row") == b"new", "a running process looks it up"
    unknown = Cipher((secrets.token_bytes(32),)).seal(b"new", "row")
    with pytest.raises(DecryptionFailed):
        before.open_sealed(unknown, "row")


@pytest.mark.parametrize("content", [b"", b"short", b"!!!!", base64.b64encode(bytes(31)), b"\xff\xfe"])
def test_a_broken_key_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / KEY_FILE).write_bytes(content)
    with pytest.raises(ConfigurationError, match=KEY_FILE):
        Cipher.open(tmp_path)


def test_fingerprints_are_apart_by_purpose(tmp_path: Path) -> None:
    cipher = Cipher.open(tmp_path)
    assert cipher.fingerprint("a", b"x") != cipher.fingerprint("b", b"x")
