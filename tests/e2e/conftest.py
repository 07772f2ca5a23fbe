from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.samples import SAMPLE_CARDS
from tests.e2e.service import Service, serving


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that trusts the sample CA, for every test that needs nothing else."""
    folder = tmp_path_factory.mktemp("service")
    with serving(folder, trust_profile="sample", trust_dir=SAMPLE_CARDS / "trust") as running:
        yield running
