"""The machine-readable zone in any picture: find its band, follow its lines, read each character's cell.

``read_zone`` takes any picture; ``read_face_zone`` one in which a card was looked for; ``zone_fields`` says
what was read in the words of the contract.
"""

from service.reading.mrz.document import read_face_zone
from service.reading.mrz.fields import zone_fields
from service.reading.mrz.reading import ZoneReading, read_zone

__all__ = ["ZoneReading", "read_face_zone", "read_zone", "zone_fields"]
