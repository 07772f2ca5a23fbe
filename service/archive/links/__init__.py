"""Links between cards of an archive: what no two genuine cards share.

1. each card leaves fingerprints in its row, as it is judged                   fingerprints
2. what all cards of the archive have in common is taken out of them           common
3. cards that may be alike are found by slices of their codes, not in pairs    candidates
4. each pair is measured, and told in bits against the chance among genuine    photos, grounds, numbers
5. pairs that have an innocent reason are left out                             persons, places
6. links above a strength make clusters; tables, graph and drawing             clusters, outputs, drawing

Links never change a verdict. They say where a person should look, and why.
"""

from __future__ import annotations

from service.archive.links.find import find_links

__all__ = ["find_links"]
