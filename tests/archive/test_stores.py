"""An archive in an S3-compatible store, listed and read through fsspec."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service.archive.problems import Unread
from service.archive.sources import Opener, open_source
from service.archive.sources.select import Source

pytest.importorskip("s3fs")
moto = pytest.importorskip("moto.server")


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    import s3fs

    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_S3": f"http://{host}:{port}",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
    }.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    store = s3fs.S3FileSystem()
    store.mkdir("copies")
    for name in ("b/7_front.jpg", "b/7_back.jpg", "a.pdf", "b/Thumbs.db"):
        store.pipe(f"copies/{name}", name.encode())
    store.pipe("copies/list.csv", b"front,back\nb/7_front.jpg,b/7_back.jpg\n")
    yield "s3://copies"
    s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


def paths(source: Source) -> list[list[str]]:
    return [[part.entry.path for part in item.parts] for item in source.items()]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_bucket_is_listed_like_a_folder_and_its_objects_are_read(bucket: str) -> None:
    source = open_source(bucket)
    assert paths(source) == [["a.pdf"], ["list.csv"], ["b/7_front.jpg", "b/7_back.jpg"]]
    opener = Opener(source.members_of)
    for item in source.items():
        for part in item.parts:
            assert part.entry.modified is not None
            if part.entry.path != "list.csv":
                assert opener.read(part.entry, 100) == part.entry.path.encode()
    (pair,) = open_source(f"{bucket}/list.csv").items()
    assert opener.read(pair.parts[1].entry, 100) == b"b/7_back.jpg"
    with pytest.raises(Unread) as caught:
        opener.read(pair.parts[1].entry, 3)
    assert caught.value.code == "payload-too-large"
