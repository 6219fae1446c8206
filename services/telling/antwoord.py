"""Een cijfer als JSON: elk bedrag afgerond én exact (`teller/noemer`), met regels, status en voetnoten erbij."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from banenspoor_contracts import RegelSoort

from services.telling.domain.aantal import Aantal
from services.telling.domain.bedragen import afgerond, exact, procent
from services.telling.domain.brug import Brug, Stap
from services.telling.domain.figuur import Cel
from services.telling.domain.grootboek import uit_microseconden
from services.telling.domain.noten import Noot
from services.telling.domain.regels import Herkomst
from services.telling.domain.werkgevers import Deelname
from services.telling.verklaring import Invoer, Regel, Verklaring
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
        _kenmerken(cel.periode, cel.kenmerken, namen)
        | _bedrag(maat, Fraction(cel.aantal))
        | {
            "status": cel.status,
            "regels": herkomsten(cel.regels),
            "voetnoten": [nummers[noot] for noot in cel.noten],
        }
        for cel in cijfers
    ]
    return uit, [noot.value for noot in nummers]


def bruggen(gevonden: Sequence[Brug], per: Sequence[str], namen: Mapping[str, str]) -> list[dict[str, Any]]:
    """Bruggen: begin, eind en elke stap afgerond en exact; `afronding` maakt de afgeronde getallen sluitend."""
    return [
        _kenmerken(brug.plek[0], dict(zip(per, brug.plek[1], strict=True)), namen)
        | _bedrag("begin", brug.begin)
        | _bedrag("eind", brug.eind)
        | _bedrag("verschil", brug.verschil)
        | {"stappen": [_stap(stap) for stap in brug.stappen], "afronding": brug.afronding}
        for brug in gevonden
    ]


def _stap(stap: Stap) -> dict[str, Any]:
    uit = {"soort": stap.soort, "naam": stap.naam} | _bedrag("bedrag", stap.bedrag)
    return uit | {"boekingen": stap.boekingen} if stap.soort == "reden" else uit


def verklaringen(maat: str, uit: Verklaring, per: Sequence[str], namen: Mapping[str, str]) -> list[dict[str, Any]]:
    """Elke cel met haar invoer en bijdragen: de nulmeting af en elke reden bij, samen precies het cijfer."""
    cellen = []
    for brug in uit.bruggen:
        open_ = brug if brug.begin == 0 else brug.vanaf_nul(RegelSoort.NULMETING)
        invoer = uit.invoer.get(brug.plek)
        cellen.append(
            _kenmerken(brug.plek[0], dict(zip(per, brug.plek[1], strict=True)), namen)
            | _bedrag(maat, brug.eind)
            | {"invoer": invoer and _invoer(invoer)}
            | {"bijdragen": [_stap(stap) for stap in open_.stappen], "afronding": open_.afronding}
        )
    return cellen


def _invoer(invoer: Invoer) -> dict[str, Any]:
    return {
        "urenFormeelExact": exact(invoer.formeel),
        "urenIngeleendExact": exact(invoer.ingeleend),
        "deelIngeleendExact": exact(invoer.deel),
        "urenPerBaanExact": None if invoer.norm is None else exact(invoer.norm),
    }


def regels(
    gevonden: Sequence[Regel],
    per: Sequence[str],
    namen: Mapping[str, str],
    pseudoniemen: Mapping[str, Mapping[int, UUID]],
) -> list[dict[str, Any]]:
    """Boekingen met hun plek op het log; `pseudoniemen` (per soort nummer) zijn leeg voor wie ze niet mag zien."""
    return [
        {
            "gebeurtenis": regel.gebeurtenis,
            "reden": regel.reden,
            "maand": regel.maand,
            "urenX100": regel.uren_x100,
            "bekendOp": moment(uit_microseconden(regel.plaats[0])),
            "positie": dict(zip(("topic", "partitie", "publicatienr"), regel.plaats[1:4], strict=True)),
            **_wie(regel, pseudoniemen),
            "delen": [
                _kenmerken(deel.plek[0], dict(zip(per, deel.plek[1], strict=True)), namen)
                | {"deelExact": exact(deel.deel), "bedragExact": None if deel.bedrag is None else exact(deel.bedrag)}
                for deel in regel.delen
            ],
        }
        for regel in gevonden
    ]


def _wie(regel: Regel, pseudoniemen: Mapping[str, Mapping[int, UUID]]) -> dict[str, str | None]:
    nummers = {"persoon": regel.persoon_nr, "plaatsing": regel.plaatsing_nr, "werkgever": regel.werkgever_nr}
    return {
        soort: None if (wie := per_nummer.get(nummers[soort] or 0)) is None else str(wie)
        for soort, per_nummer in pseudoniemen.items()
    }


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


def _kenmerken(periode: str, kenmerken: Mapping[str, str | None], namen: Mapping[str, str]) -> dict[str, Any]:
    uit: dict[str, Any] = {"periode": periode}
    for kenmerk, waarde in kenmerken.items():
        uit[kenmerk] = waarde
        if kenmerk in ("regio", "gemeente"):
            uit[f"{kenmerk}Naam"] = namen.get(waarde or "")
    return uit


def _cel(cel: Cel, namen: Mapping[str, str], nummers: Mapping[Noot, int]) -> dict[str, Any]:
    uit = _kenmerken(cel.periode, cel.kenmerken, namen)
    for naam in _BEDRAGEN:
        uit |= _bedrag(naam, getattr(cel, naam))
    doel = cel.doel
    uit |= {"doelstelling": doel.aantal if doel else None, "doelstellingStatus": doel.status if doel else None}
    uit |= _bedrag("gat", cel.gat)
    regels = herkomsten(cel.regels)
    if doel is not None:
        regels["doelstelling"] = _herkomst(doel.herkomst)
    return uit | {"status": cel.status, "regels": regels, "voetnoten": [nummers[noot] for noot in cel.noten]}


def _bedrag(naam: str, bedrag: Fraction | None) -> dict[str, Any]:
    if bedrag is None:
        return {naam: None, f"{naam}Exact": None}
    return {naam: afgerond(bedrag), f"{naam}Exact": exact(bedrag)}


def herkomsten(regels: Mapping[str, Herkomst | None]) -> dict[str, Any]:
    """De toegepaste regels, elk met haar versie en bron."""
    return {naam: _herkomst(herkomst) for naam, herkomst in regels.items()}


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
