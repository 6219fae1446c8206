"""Het burgerservicenummer: negen cijfers die de elfproef doorstaan (acht krijgen een nul ervoor)."""

from __future__ import annotations

from stdnum.nl import bsn as _bsn

ELFPROEF = "dit is geen burgerservicenummer: het zijn geen acht of negen cijfers of de elfproef klopt niet"
"""De melding bij een verkeerd nummer; zij noemt het nummer niet."""


def geldig_bsn(tekst: str) -> str | None:
    """Het nummer in negen cijfers, of None als het de elfproef niet doorstaat. Of het is uitgegeven, zegt dat niet."""
    cijfers = tekst.strip()
    if len(cijfers) not in (8, 9) or not cijfers.isascii() or not cijfers.isdigit():
        return None
    cijfers = cijfers.zfill(9)
    return cijfers if _bsn.is_valid(cijfers) else None
