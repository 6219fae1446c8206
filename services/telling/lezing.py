"""Snel lezen van `uren-verloond`: dezelfde velden als het contract, met de cel als ruwe bytes (een sleutel, geen inhoud)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from banenspoor_contracts import Reden, UrenVerloond
from pydantic import ValidationError

from shared.dead_letter import Vergif
from shared.envelope import Bericht

_MEESTE_X100 = 2_000_000_000
Uren = Annotated[int, msgspec.Meta(ge=-_MEESTE_X100, le=_MEESTE_X100)]
"""Honderdsten van uren, zo groot als in het grootboek past."""
Tekst = Annotated[str, msgspec.Meta(min_length=36, max_length=36)]


class Been(msgspec.Struct, rename="camel", gc=False):
    """De uren van één baan in één maand; `cel` blijft ongelezen."""

    uren_x100: Uren
    werkgever: Tekst
    cel: msgspec.Raw
    uitbetaald_x100: Uren = 0
    inlener: UUID | None = None


class Uur(msgspec.Struct, rename="camel"):
    """Wat van een `uren-verloond` nodig is om te boeken."""

    persoon: Tekst
    plaatsing: Tekst
    maand: Annotated[str, msgspec.Meta(pattern=r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$")]
    reden: Reden
    nieuw: Been | None
    vorig: Been | None
    bekend_op: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


_lezer = msgspec.json.Decoder(Uur)


def lees_uur(bericht: Bericht) -> Uur:
    """Leest een `uren-verloond`; `Vergif` als het er geen is. De melding komt van het contract en noemt geen waarden."""
    try:
        uur = _lezer.decode(bericht.waarde)
    except (msgspec.MsgspecError, UnicodeDecodeError) as fout:
        raise Vergif("ongeldig", _uitleg(bericht.waarde) or str(fout)) from None
    if uur.persoon != bericht.sleutel:
        raise Vergif("sleutel", "de Kafka-sleutel is niet die van de data")
    if uur.nieuw is None and uur.vorig is None:
        raise Vergif("ongeldig", "nieuw en vorig zijn allebei leeg")
    return uur


def _uitleg(waarde: bytes) -> str:
    """Waarom het contract deze data weigert; leeg als het contract haar aanneemt."""
    try:
        UrenVerloond.model_validate_json(waarde)
    except ValidationError as fout:
        return "; ".join(
            sorted({f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in fout.errors(include_input=False)})
        )[:500]
    return ""
