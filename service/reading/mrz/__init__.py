"""The machine-readable zone in any picture: find its band, follow its lines, read each character's cell.

``read_zone`` is what others call.
"""

from service.reading.mrz.reading import ZoneReading, read_zone

__all__ = ["ZoneReading", "read_zone"]
