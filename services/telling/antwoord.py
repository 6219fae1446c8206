"""Een cijfer als JSON: elk bedrag afgerond én exact (`teller/noemer`), met regels, status en voetnoten erbij."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from services.telling.domain.aantal import Aantal
from services.telling.domain.bedragen import afgerond, exact, procent
from services.telling.domain.figuur import Cel
from services.telling.domain.noten import Noot
from services.telling.domain.regels import Herkomst
from services.telling.domain.werkgevers import Deelname
from shared.api import AMSTERDAM

_BEDRAGEN = ("uren", "banen", "nulmeting", "extra")


def moment(waarde: datetime | None) -> str | None:
    """Een tijdstip in Nederlandse tijd, tot op de microseconde."""
    return None if waarde is None else waarde.astimezone(AMSTERDAM).isoformat(timespec="microseconds")


def cellen(cijfers: Sequence[Cel], namen: Mapping[str, str]) -> tuple[list[dict[str, Any]], list[str]]:
    """De cellen, en de voetnoten waar zij (vanaf 1) naar verwijzen; `namen` zijn die van regio's en gemeenten."""
    nummers = _nummers(cijfers)
    return [_cel(cel, namen, nummers) for cel in cijfers], [noot.value for noot in nummers]


def aantallen(maat: str, cijfers: Sequence[Aantal], namen: Mapping[str, str]) -> tuple[list[dict[str, Any]], list[str]]:
    """Getelde aantallen onder de naam van hun maat, ook exact; verder als `cellen`."""
    nummers = _nummers(cijfers)
    uit = [
        _kenmerken(cel, namen)
        | _bedrag(maat, Fraction(cel.aantal))
        | {
            "status": cel.status,
            "regels": {naam: _herkomst(herkomst) for naam, herkomst in cel.regels.items()},
            "voetnoten": [nummers[noot] for noot in cel.noten],
        }
        for cel in cijfers
    ]
    return uit, [noot.value for noot in nummers]


def deelname(
    maat: str, cijfers: Sequence[Deelname], namen: Mapping[str, str]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Aantallen met hun totaal en hun aandeel daarin: als percentage (tekst) en exact; verder als `aantallen`."""
    cellen, noten = aantallen(maat, [cijfer.geteld for cijfer in cijfers], namen)
    return [cel | _aandeel(cijfer) for cel, cijfer in zip(cellen, cijfers, strict=True)], noten


def _aandeel(cijfer: Deelname) -> dict[str, Any]:
    deel = cijfer.aandeel
    return {
        "werkgeversTotaal": cijfer.totaal.aantal if cijfer.totaal else None,
        "aandeel": None if deel is None else procent(deel),
        "aandeelExact": None if deel is None else exact(deel),
    }


def _nummers(cijfers: Sequence[Cel | Aantal]) -> dict[Noot, int]:
    """Elke voetnoot met haar nummer, vanaf 1, op volgorde."""
    noten = sorted({noot for cel in cijfers for noot in cel.noten})
    return {noot: nummer for nummer, noot in enumerate(noten, start=1)}


def _kenmerken(cel: Cel | Aantal, namen: Mapping[str, str]) -> dict[str, Any]:
    uit: dict[str, Any] = {"periode": cel.periode}
    for kenmerk, waarde in cel.kenmerken.items():
        uit[kenmerk] = waarde
        if kenmerk in ("regio", "gemeente"):
            uit[f"{kenmerk}Naam"] = namen.get(waarde or "")
    return uit


def _cel(cel: Cel, namen: Mapping[str, str], nummers: Mapping[Noot, int]) -> dict[str, Any]:
    uit = _kenmerken(cel, namen)
    for naam in _BEDRAGEN:
        uit |= _bedrag(naam, getattr(cel, naam))
    doel = cel.doel
    uit |= {"doelstelling": doel.aantal if doel else None, "doelstellingStatus": doel.status if doel else None}
    uit |= _bedrag("gat", cel.gat)
    regels = {naam: _herkomst(herkomst) for naam, herkomst in cel.regels.items()}
    if doel is not None:
        regels["doelstelling"] = _herkomst(doel.herkomst)
    return uit | {"status": cel.status, "regels": regels, "voetnoten": [nummers[noot] for noot in cel.noten]}


def _bedrag(naam: str, bedrag: Fraction | None) -> dict[str, Any]:
    if bedrag is None:
        return {naam: None, f"{naam}Exact": None}
    return {naam: afgerond(bedrag), f"{naam}Exact": exact(bedrag)}


def _herkomst(herkomst: Herkomst | None) -> dict[str, Any] | None:
    if herkomst is None:
        return None
    return {
        "versie": herkomst.versie,
        "bron": herkomst.bron,
        "van": herkomst.van,
        "beslotenOp": herkomst.besloten_op,
        "bekendOp": moment(herkomst.bekend_op),
        "aangenomen": herkomst.aangenomen,
    }
