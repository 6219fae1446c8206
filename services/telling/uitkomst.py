"""Van een vraag naar cellen, per maat: uren en banen uit standen, personen uit boekingen, het register uit zijn boekingen."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from services.telling import antwoord
from services.telling.domain.aantal import Aantal
from services.telling.domain.figuur import Cel, figuur
from services.telling.domain.gebieden import Grenzen
from services.telling.domain.geregistreerd import Gevonden, geregistreerd
from services.telling.domain.perioden import Onjuist, Periode
from services.telling.domain.personen import peilmaanden, personen
from services.telling.domain.regels import Regelboek
from services.telling.domain.register import tellende_vormen, verwacht
from services.telling.domain.selectie import Opname, Selectie, opnames
from services.telling.domain.watals import Cijfer
from services.telling.domain.werkgevers import Deelname, werkgevers
from services.telling.maten import Personen, Register, Uren, Werkgevers
from services.telling.onthouden import bij_periode, onthoud
from services.telling.store import cijfers
from services.telling.store.geheugen import per_periode
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
        return await _register(tx, vraag, boek, toen)
    if vraag.maat == PERSONEN:
        return await _personen(tx, vraag, boek, toen)
    if vraag.maat == WERKGEVERS:
        return await _werkgevers(tx, vraag, boek, toen)
    return await _uren(tx, vraag, boek, toen)


async def _register(tx: Tx, vraag: Vraag, boek: Regelboek, toen: int | None) -> Uitkomst:
    async def maak(s: Selectie) -> Mapping[Periode, Gevonden]:
        gevonden = await Register(tx, s).lees(boek, toen)
        return {p: {plek: aantal for plek, aantal in gevonden.items() if plek[0] == p.einde} for p in s.perioden}

    gevonden = await onthoud(tx, "cijfer", vraag, (boek,), toen, maak)
    samen = {plek: aantal for van_periode in gevonden.values() for plek, aantal in van_periode.items()}
    cellen, noten = antwoord.aantallen(GEREGISTREERD, geregistreerd(samen, vraag.selectie), {})
    return Uitkomst(cellen, noten, [], None)


async def _personen(tx: Tx, vraag: Vraag, boek: Regelboek, toen: int | None) -> Uitkomst:
    async def maak(s: Selectie) -> Mapping[Periode, list[Aantal]]:
        return bij_periode(s, personen(await Personen(tx, s).lees(boek, toen), boek, s), lambda cel: cel.periode)

    selectie, gevonden = vraag.selectie, await onthoud(tx, "cijfer", vraag, (boek,), toen, maak)
    aantallen = _gemerkt([cel for cellen in gevonden.values() for cel in cellen], vraag)
    cellen, noten = antwoord.aantallen(PERSONEN, aantallen, gebiedsnamen(selectie, boek))
    alle = peilmaanden(selectie, boek)
    return Uitkomst(cellen, noten, _plaats(alle), await volledigheid(tx, boek, alle, toen))


async def _werkgevers(tx: Tx, vraag: Vraag, boek: Regelboek, toen: int | None) -> Uitkomst:
    async def maak(s: Selectie) -> Mapping[Periode, list[Deelname]]:
        alle = werkgevers(await Werkgevers(tx, s).lees(boek, toen), boek, s)
        return bij_periode(s, alle, lambda deelname: deelname.geteld.periode)

    selectie, gevonden = vraag.selectie, await onthoud(tx, "cijfer", vraag, (boek,), toen, maak)
    deelnames = [
        replace(deelname, geteld=_gemerkt([deelname.geteld], vraag)[0])
        for van_periode in gevonden.values()
        for deelname in van_periode
    ]
    cellen, noten = antwoord.deelname(WERKGEVERS, deelnames, gebiedsnamen(selectie, boek))
    alle = peilmaanden(selectie, boek)
    return Uitkomst(cellen, noten, _plaats(alle), await volledigheid(tx, boek, alle, toen))


async def _uren(tx: Tx, vraag: Vraag, boek: Regelboek, toen: int | None) -> Uitkomst:
    async def maak(s: Selectie) -> Mapping[Periode, list[Cel]]:
        return bij_periode(s, figuur(await Uren(tx, s, vraag.maat).lees(boek, toen), boek, s), lambda cel: cel.periode)

    selectie, gevonden = vraag.selectie, await onthoud(tx, "cijfer", vraag, (boek,), toen, maak)
    cijfers_ = _gemerkt([cel for cellen in gevonden.values() for cel in cellen], vraag)
    cellen, noten = antwoord.cellen(cijfers_, gebiedsnamen(selectie, boek))
    alle = opnames(selectie, boek)
    return Uitkomst(cellen, noten, _plaats(alle), await volledigheid(tx, boek, alle, toen))


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


async def volledigheid(tx: Tx, boek: Regelboek, alle: Sequence[Opname], toen: int | None) -> dict[str, int]:
    """Van hoeveel baan-maanden uren te verwachten waren en van hoeveel er iets gezegd is; heel het land, alle maanden."""
    maanden = [maand for opname in alle for maand in opname.maanden]

    async def maak(nieuw: list[int]) -> Mapping[int, dict[str, int]]:
        gezegd = await cijfers.gezegd(tx, nieuw, toen)
        return {maand: {vorm: aantal for (m, vorm), aantal in gezegd.items() if m == maand} for maand in nieuw}

    per_maand = await per_periode(tx, ("gezegd", toen), {maand: [maand] for maand in maanden}, maak)
    vormen = tellende_vormen(boek.wet(alle[-1].periode.einde).waarde)
    return {
        "verwacht": verwacht(await cijfers.verwacht(tx, vormen, toen), maanden),
        "gehoord": sum(n for maand in maanden for vorm, n in per_maand[maand].items() if vorm in vormen),
    }
