"""Every limit and path of the service in one place, with units. Read from ``HONMONO_*`` variables."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["ROOT", "Settings", "TrustProfile", "settings"]

ROOT = Path(__file__).resolve().parent.parent
"""Folder that holds ``service/`` and ``models/``."""

TrustProfile = Literal["production", "official_test", "sample"]


class Settings(BaseSettings):
    """The operator's settings. Each may be given as ``HONMONO_`` + the name in capitals."""

    model_config = SettingsConfigDict(env_prefix="HONMONO_", extra="ignore", frozen=True)

    # Paths
    data_dir: Path = Field(default=ROOT / "data", description="Database and keys live here.")
    trust_dir: Path = Field(
        default=ROOT / "service" / "chip" / "trust",
        description="Folder with anchors.json and the files it lists.",
    )
    chip_codes: Path | None = Field(
        default=None, description="The issuer's code tables of the 2026 chip, as docs/chip.md describes."
    )
    models_dir: Path = Field(default=ROOT / "models", description="ONNX files and their manifest.")
    cache_dir: Path = Field(default=ROOT / ".cache", description="Files derived from pinned models.")
    enrolment_dir: Path | None = Field(
        default=None, description="Signed enrolments of genuine cards; `enrolments` in data_dir by default."
    )
    database_url: str | None = Field(
        default=None, description="SQLAlchemy URL; SQLite in data_dir by default."
    )

    # Trust and demo
    trust_profile: TrustProfile = Field(default="production", description="Whose anchors count as real.")
    demo: bool = Field(default=False, description="Set by serve --demo: banner everywhere, sample profile.")
    bootstrap_key: str | None = Field(default=None, description="An admin key given from outside.")

    # Limits of one request
    max_request_bytes: int = Field(default=48 * 1024 * 1024, description="Whole request body, bytes.")
    max_part_bytes: int = Field(default=24 * 1024 * 1024, description="One picture or dump, bytes.")
    max_parts: int = Field(default=64, description="Parts in one multipart request.")
    max_pixels: int = Field(default=50_000_000, description="Pixels of one picture, read from its header.")
    max_side_px: int = Field(default=20_000, description="Longest side of one picture, pixels.")
    max_pages: int = Field(default=1, description="Pages of a PDF or TIFF given as one picture.")
    max_frames: int = Field(default=32, description="Tilt frames of one sequence.")
    max_video_seconds: float = Field(default=20.0, description="Length of a tilt video, seconds.")
    max_video_frames: int = Field(default=900, description="Frames of a tilt video.")
    max_video_pixels: int = Field(default=9_500_000, description="Pixels of one frame of a tilt video.")
    video_frames: int = Field(default=24, description="Frames that are judged of a tilt video.")
    max_dump_bytes: int = Field(default=1024 * 1024, description="A chip dump, bytes, unpacked too.")
    max_dump_files: int = Field(default=64, description="Files in one chip dump.")
    max_certificate_bytes: int = Field(default=8192, description="One X.509 certificate, bytes.")
    max_json_depth: int = Field(default=16, description="Nesting of a JSON body or dump.")
    time_limit_s: float = Field(default=30.0, description="One verification, seconds.")
    concurrency: int = Field(default=2, description="Verifications that run at once in one process.")
    queue_length: int = Field(default=8, description="Verifications that may wait before 503.")
    chip_concurrency: int = Field(default=1, description="Chip dumps alone that are verified at once.")
    chip_queue_length: int = Field(default=16, description="Chip dumps alone that may wait before 503.")
    onnx_threads: int = Field(default=2, description="Threads of one ONNX Runtime session.")

    # Card reader of this machine
    reader_wait_s: float = Field(
        default=30.0, description="Seconds that `honmono read-chip` waits for a card."
    )
    reader_silence_s: float = Field(default=10.0, description="Seconds that a card may take for one answer.")

    # Records
    report_days: int = Field(default=30, description="Days that a stored report is kept.")
    evidence_enabled: bool = Field(
        default=False, description="Whether callers may ask to keep the submitted files, encrypted."
    )
    evidence_days: int = Field(default=30, description="Days that stored, encrypted pictures are kept.")
    idempotency_hours: int = Field(default=24, description="Hours that an idempotency answer is kept.")
    requests_per_minute: int = Field(default=120, description="Requests of one key per minute.")
    wrong_keys_per_minute: int = Field(
        default=120, description="Wrong keys that one network may try per minute."
    )
    browser_session_hours: int = Field(default=8, description="Hours until a browser must sign in again.")
    key_overlap_hours: int = Field(
        default=24, description="Hours that the old text of a rotated key still works."
    )
    claim_hours: int = Field(default=8, description="Hours after which a claimed review is free again.")
    lapse_inquiry_url: str = Field(
        default="https://lapse-immi.moj.go.jp/",
        description="The issuer's page for lapse inquiries; it has moved before.",
    )
    session_minutes: int = Field(default=10, description="Minutes that the code of a hand-over holds.")
    session_dump_minutes: int = Field(
        default=30, description="Minutes that a delivered dump waits for its verification."
    )
    max_open_sessions: int = Field(default=50, description="Hand-overs that one key may have open at once.")
    code_guesses_per_minute: int = Field(
        default=10, description="Wrong codes that one network may try per minute."
    )
    capture_token_minutes: int = Field(
        default=15, description="Minutes that the token of an embedded capture holds, unless asked for less."
    )
    max_open_capture_tokens: int = Field(
        default=200, description="Unused capture tokens that one key may have open at once."
    )
    embed_origins: str = Field(
        default="",
        description="Origins, separated by spaces, whose pages may embed `<card-capture>` or frame `/embed`.",
    )
    retention_sweep_s: int = Field(default=3600, description="Seconds between purges of what has ended.")

    # Pages
    offline_queue_enabled: bool = Field(
        default=False,
        description="Whether people may let a browser keep unsent captures, encrypted, for 24 hours.",
    )

    # Batches and webhooks
    batch_workers: int = Field(
        default=1, description="Worker processes for batches that `serve` starts; 0 leaves them to `worker`."
    )
    max_batch_bytes: int = Field(default=512 * 1024 * 1024, description="One batch as sent, bytes.")
    max_batch_unpacked_bytes: int = Field(
        default=1024 * 1024 * 1024, description="One batch with every member unpacked, bytes."
    )
    max_batch_items: int = Field(default=10_000, description="Items of one batch.")
    max_batch_backlog: int = Field(default=50_000, description="Items that may wait before batches get 503.")
    batch_uploads: int = Field(default=2, description="Batches that may come in at once.")
    batch_upload_s: float = Field(default=600.0, description="Seconds that a batch may take to come in.")
    batch_lease_s: float = Field(
        default=20.0, description="Seconds after which the item of a dead worker is taken up again."
    )
    webhooks_enabled: bool = Field(default=True, description="Whether webhooks may be registered and sent.")
    webhook_allowed_hosts: str = Field(
        default="",
        description="Hosts that may be private or without TLS, with commas between, e.g. `hr.internal`.",
    )
    webhook_timeout_s: float = Field(default=10.0, description="Seconds that a receiver may take to answer.")

    # Re-checks of archives
    archive_max_file_bytes: int = Field(
        default=256 * 1024 * 1024, description="One file of an archive, bytes, unpacked too."
    )
    archive_max_pages: int = Field(default=2000, description="Pages of one document in an archive.")
    archive_max_cards: int = Field(default=24, description="Cards that are looked for on one page.")
    archive_step_s: float = Field(default=120.0, description="Seconds that one page or card may take.")
    archive_memory_mib: int = Field(
        default=4096, description="Memory that one process of a re-check may write to, MiB."
    )
    archive_resident_mib: int = Field(
        default=1536, description="Memory from which a process of a re-check is replaced by a new one, MiB."
    )
    archive_recycle: int = Field(
        default=1000, description="Files after which a process of a re-check is replaced by a new one."
    )

    @property
    def effective_enrolment_dir(self) -> Path:
        """The folder of enrolments in use."""
        return self.enrolment_dir or self.data_dir / "enrolments"

    @property
    def effective_database_url(self) -> str:
        """The database in use."""
        return self.database_url or f"sqlite:///{self.data_dir / 'honmono.sqlite3'}"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
