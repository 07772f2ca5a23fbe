"""The operator's enrolments: signed files in a folder, verified at the start, one in force a layout."""

from service.enrolments.folder import Enrolments, Stored, load_enrolments, retire, store, stored_in
from service.enrolments.signature import KEY_FILE, PUBLIC_FILE, SigningKey, VerifyingKey

__all__ = [
    "KEY_FILE",
    "PUBLIC_FILE",
    "Enrolments",
    "SigningKey",
    "Stored",
    "VerifyingKey",
    "load_enrolments",
    "retire",
    "store",
    "stored_in",
]
