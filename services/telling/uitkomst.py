"""Van een vraag naar cellen, per maat: uren en banen uit standen, personen uit boekingen, het register uit zijn boekingen."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from services.telling import antwoord
from services.telling.domain.figuur import figuur
from services.telling.domain.gebieden import Grenzen
from services.telling.domain.geregistreerd import geregistreerd
from services.telling.domain.perioden import Onjuist
from services.telling.domain.personen import Geteld, peilmaanden, personen, tellend
from services.telling.domain.regels import Regelboek
from services.telling.domain.register import tellende_vormen, verwacht
from services.telling.domain.selectie import VAN_WERKGEVER, Opname, Selectie, Stand, opnames
from services.telling.domain.werkgevers import werkgevers
from services.telling.store import cijfers, hoofdbanen, registerstand
from services.telling.store import werkgevers as per_werkgever
from services.telling.vraag import GEREGISTREERD, PERSONEN, WERKGEVERS, Vraag
from shared.db import Tx


class Uitkomst(NamedTuple):
    """De cellen van een antwoord; `volledigheid` is leeg waar er niets te verwachten is (het register)."""

    cellen: list[dict[str, Any]]
    voetnoten: list[str]
    plaats: list[str]
    volledigheid: dict[str, int] | None


async def uitkomst(tx: Tx, vraag: Vraag, boek: Regelboek, toen: int | None) -> Uitkomst:
    """Rekent een vraag uit; `toen` is het kennismoment in microseconden sinds 1970, of leeg voor alles."""
    if vraag.maat == GEREGISTREERD:
        return await _register(tx, vraag.selectie, toen)
    if vraag.maat == PERSONEN:
        return await _personen(tx, vraag.selectie, boek, toen)
    if vraag.maat == WERKGEVERS:
        return await _werkgevers(tx, vraag.selectie, boek, toen)
    return await _uren(tx, vraag.selectie, boek, toen)


async def _register(tx: Tx, selectie: Selectie, toen: int | None) -> Uitkomst:
    dagen = [periode.einde for periode in selectie.perioden]
    gevonden = await registerstand.geregistreerd(tx, dagen, selectie.grondslag, "grondslag" in selectie.per, toen)
    cellen, noten = antwoord.aantallen(GEREGISTREERD, geregistreerd(gevonden, selectie), {})
    return Uitkomst(cellen, noten, [], None)


async def _personen(tx: Tx, selectie: Selectie, boek: Regelboek, toen: int | None) -> Uitkomst:
    alle, geteld = peilmaanden(selectie, boek), list[Geteld]()
    for (plaats, peilmoment), groep in _groepen(alle).items():
        soorten = await hoofdbanen.soorten(tx, peilmoment)
        per_maand = {opname.maanden[-1]: tellend(opname, boek, soorten) for opname in groep}
        waar = (per_maand, plaats, peilmoment, _nodig(selectie), toen)
        if selectie.werkgever_nodig:
            geteld += await per_werkgever.hoofdbanen(tx, selectie, *waar)
        else:
            geteld += await hoofdbanen.hoofdbanen(tx, *waar)
    cellen, noten = antwoord.aantallen(PERSONEN, personen(geteld, boek, selectie), _namen(selectie, boek))
    return Uitkomst(cellen, noten, _plaats(alle), await _volledigheid(tx, boek, alle, None, toen))


async def _werkgevers(tx: Tx, selectie: Selectie, boek: Regelboek, toen: int | None) -> Uitkomst:
    alle = peilmaanden(selectie, boek)
    standen = await _standen_per_werkgever(tx, selectie, alle, _nodig(selectie) | {"werkgever"}, toen)
    cellen, noten = antwoord.deelname(WERKGEVERS, werkgevers(standen, boek, selectie), _namen(selectie, boek))
    return Uitkomst(cellen, noten, _plaats(alle), await _volledigheid(tx, boek, alle, None, toen))


async def _uren(tx: Tx, selectie: Selectie, boek: Regelboek, toen: int | None) -> Uitkomst:
    alle, saldi = opnames(selectie, boek), None
    if selectie.werkgever_nodig:
        standen = await _standen_per_werkgever(tx, selectie, alle, _nodig(selectie), toen)
    else:
        standen = saldi = await _standen(tx, alle, _nodig(selectie), toen)
    cellen, noten = antwoord.cellen(figuur(standen, boek, selectie), _namen(selectie, boek))
    return Uitkomst(cellen, noten, _plaats(alle), await _volledigheid(tx, boek, alle, saldi, toen))


def _namen(selectie: Selectie, boek: Regelboek) -> Mapping[str, str]:
    """De namen van gebieden. Een regio die in geen enkel gebied voorkomt, is een vergissing van de vrager."""
    if not selectie.gebied_nodig:
        return {}
    namen = Grenzen.uit(boek).namen
    if selectie.regio not in (None, "onbekend") and selectie.regio not in namen:
        raise Onjuist("onbekende_regio", "Onbekende regio", f"regio={selectie.regio} staat niet in de gebieden.")
    return namen


def _plaats(alle: Sequence[Opname]) -> list[str]:
    return sorted({opname.plaats.waarde for opname in alle})


def _nodig(selectie: Selectie) -> set[str]:
    """Welke kenmerken er gelezen moeten worden."""
    nodig = set(selectie.per) & {"subsector", "contract", *VAN_WERKGEVER}
    return nodig | ({"gemeente"} if selectie.gebied_nodig else set())


def _groepen(alle: Sequence[Opname]) -> dict[tuple[str, str], list[Opname]]:
    """Opnames met dezelfde plaats en hetzelfde peilmoment bij elkaar: die worden samen gelezen."""
    groepen: dict[tuple[str, str], list[Opname]] = {}
    for opname in alle:
        groepen.setdefault((opname.plaats.waarde, opname.peilmoment.waarde), []).append(opname)
    return groepen


async def _standen(tx: Tx, alle: Sequence[Opname], nodig: set[str], toen: int | None) -> list[Stand]:
    """De standen van alle opnames; opnames met dezelfde plaats en hetzelfde peilmoment in één vraag."""
    return [
        stand
        for (plaats, peilmoment), groep in _groepen(alle).items()
        for stand in await cijfers.standen(tx, _maanden(groep), plaats, peilmoment, nodig, toen)
    ]


async def _standen_per_werkgever(
    tx: Tx, selectie: Selectie, alle: Sequence[Opname], nodig: set[str], toen: int | None
) -> list[Stand]:
    """Als `_standen`, met de kenmerken van de werkgever; gelezen uit de boekingen."""
    return [
        stand
        for (plaats, peilmoment), groep in _groepen(alle).items()
        for stand in await per_werkgever.standen(tx, selectie, _maanden(groep), plaats, peilmoment, nodig, toen)
    ]


def _maanden(alle: Sequence[Opname]) -> list[int]:
    return [maand for opname in alle for maand in opname.maanden]


async def _volledigheid(
    tx: Tx, boek: Regelboek, alle: Sequence[Opname], saldi: Sequence[Stand] | None, toen: int | None
) -> dict[str, int]:
    """Van hoeveel baan-maanden uren te verwachten waren en van hoeveel er iets gezegd is; heel het land, alle maanden.

    `saldi`: de standen van deze opnames, als die al gelezen zijn.
    """
    if saldi is None:
        saldi = await _standen(tx, alle, set(), toen)
    vormen = tellende_vormen(boek.wet(alle[-1].periode.einde).waarde)
    return {
        "verwacht": verwacht(await cijfers.verwacht(tx, vormen, toen), _maanden(alle)),
        "gehoord": sum(stand.gezegd for stand in saldi if stand.vorm in vormen),
    }
