"""Van een vraag naar cellen, per maat: uren en banen uit standen, personen uit boekingen, het register uit zijn boekingen."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from services.telling import antwoord
from services.telling.domain.figuur import figuur
from services.telling.domain.gebieden import Grenzen
from services.telling.domain.geregistreerd import geregistreerd
from services.telling.domain.perioden import Onjuist
from services.telling.domain.personen import peilmaanden, personen
from services.telling.domain.regels import Regelboek
from services.telling.domain.register import tellende_vormen, verwacht
from services.telling.domain.selectie import Opname, Selectie, Stand, opnames
from services.telling.domain.watals import Cijfer
from services.telling.maten import Personen
from services.telling.store import cijfers, registerstand
from services.telling.vraag import GEREGISTREERD, PERSONEN, Vraag
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
        return await _personen(tx, vraag, boek, toen)
    return await _uren(tx, vraag, boek, toen)


async def _register(tx: Tx, selectie: Selectie, toen: int | None) -> Uitkomst:
    dagen = [periode.einde for periode in selectie.perioden]
    gevonden = await registerstand.geregistreerd(tx, dagen, selectie.grondslag, "grondslag" in selectie.per, toen)
    cellen, noten = antwoord.aantallen(GEREGISTREERD, geregistreerd(gevonden, selectie), {})
    return Uitkomst(cellen, noten, [], None)


async def _personen(tx: Tx, vraag: Vraag, boek: Regelboek, toen: int | None) -> Uitkomst:
    selectie = vraag.selectie
    alle, geteld = peilmaanden(selectie, boek), await Personen(tx, selectie).lees(boek, toen)
    aantallen = _gemerkt(personen(geteld, boek, selectie), vraag)
    cellen, noten = antwoord.aantallen(PERSONEN, aantallen, gebiedsnamen(selectie, boek))
    standen = await cijfers.van_opnames(tx, alle, selectie.nodig, toen)
    return Uitkomst(cellen, noten, _plaats(alle), await volledigheid(tx, boek, alle, standen, toen))


async def _uren(tx: Tx, vraag: Vraag, boek: Regelboek, toen: int | None) -> Uitkomst:
    selectie = vraag.selectie
    alle = opnames(selectie, boek)
    standen = await cijfers.van_opnames(tx, alle, selectie.nodig, toen)
    cellen, noten = antwoord.cellen(_gemerkt(figuur(standen, boek, selectie), vraag), gebiedsnamen(selectie, boek))
    return Uitkomst(cellen, noten, _plaats(alle), await volledigheid(tx, boek, alle, standen, toen))


def _gemerkt(cijfers: list[Cijfer], vraag: Vraag) -> list[Cijfer]:
    """Bij een wat-als draagt elk cijfer dat zelf."""
    return vraag.wat_als.merk(cijfers, vraag.selectie) if vraag.wat_als else cijfers


def gebiedsnamen(selectie: Selectie, boek: Regelboek) -> Mapping[str, str]:
    """De namen van gebieden. Een regio die in geen enkel gebied voorkomt, is een vergissing van de vrager."""
    if not selectie.gebied_nodig:
        return {}
    namen = Grenzen.uit(boek).namen
    if selectie.regio not in (None, "onbekend") and selectie.regio not in namen:
        raise Onjuist("onbekende_regio", "Onbekende regio", f"regio={selectie.regio} staat niet in de gebieden.")
    return namen


def _plaats(alle: Sequence[Opname]) -> list[str]:
    return sorted({opname.plaats.waarde for opname in alle})


async def volledigheid(
    tx: Tx, boek: Regelboek, alle: Sequence[Opname], standen: Sequence[Stand], toen: int | None
) -> dict[str, int]:
    """Van hoeveel baan-maanden uren te verwachten waren en van hoeveel er iets gezegd is; heel het land, alle maanden."""
    vormen = tellende_vormen(boek.wet(alle[-1].periode.einde).waarde)
    maanden = [maand for opname in alle for maand in opname.maanden]
    return {
        "verwacht": verwacht(await cijfers.verwacht(tx, vormen, toen), maanden),
        "gehoord": sum(stand.gezegd for stand in standen if stand.vorm in vormen),
    }
