"""De rijen over volledigheid: wat bevestigd is, en of iemand in beeld en bemiddelbaar is. Niets over gezondheid."""

from __future__ import annotations

from typing import ClassVar, Literal

from services.intake.rijen import BsnRij, Dag


class BevestigingRij(BsnRij):
    """Dit gegeven van deze persoon is op `op` nagegaan en klopt zoals het geregistreerd staat."""

    verleden: ClassVar[tuple[str, ...]] = ("op",)

    veld: Literal["grondslag", "woonplaats", "geboortedatum", "bewijs", "in_beeld", "bemiddelbaar"]
    op: Dag


class BemiddelingRij(BsnRij):
    """Is iemand in beeld bij de gemeente of UWV, is zij nu bemiddelbaar, en welke begeleiding is er op `op`."""

    verleden: ClassVar[tuple[str, ...]] = ("op",)

    in_beeld: Literal["ja", "nog_niet", "onbekend"]
    bemiddelbaar: Literal["ja", "nog_niet", "onbekend"]
    op: Dag
    begeleiding: Literal["actief", "passief"] | None = None
