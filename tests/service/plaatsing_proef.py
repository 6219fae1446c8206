"""Plaatsing op een echte database: rijen erin als door de voordeur, en wat er gezegd is eruit."""

import base64
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from banenspoor_contracts import (
    Feit,
    Grondslag,
    PlaatsingStand,
    Registratie,
    RegistratieIngegaan,
    UrenStand,
    UrenVerloond,
    Woonplaats,
    feit_van,
)

from services.plaatsing.api import SOORTEN
from services.plaatsing.api.verwijzing import banen_van
from services.plaatsing.domain import verloop
from services.plaatsing.domain.dossier import Dossier
from services.plaatsing.domain.geschiedenis import neem_over
from services.plaatsing.domain.plaatsing import Baan
from services.plaatsing.domain.stand import ONBEKEND, stand
from services.plaatsing.domain.uren import maanden
from services.plaatsing.handlers import hoor
from services.plaatsing.store import banen, omgeving, werkgevers
from shared import outbox
from shared.api import Fout, Opdracht, Rij, Uitslag, lees_rij
from shared.db import Pool, Tx, vergrendel
from shared.envelope import Bericht
from shared.kluis import HMAC, SLEUTELS, kluis
from tests.conftest import Database

NU = datetime(2024, 6, 15, 12, tzinfo=UTC)
GEMEENTE, BEDRIJF, UITZENDER = "111111111L01", "222222222L01", "333333333L01"
WERKGEVERS = [
    {"werkgever": GEMEENTE, "sector": "overheid", "subsector": "gemeente", "van": "2010-01-01"},
    {"werkgever": BEDRIJF, "sector": "markt", "van": "2010-01-01", "naam": "J. Jansen", "groep": "12345678"},
    {"werkgever": UITZENDER, "sector": "markt", "van": "2010-01-01", "sbi": "N"},
]


def baan(referentie: str, persoon: UUID, **anders: Any) -> dict[str, Any]:
    """Een rij `plaatsingen`; None laat een kolom weg."""
    rij = {
        "referentie": referentie,
        "persoon": str(persoon),
        "werkgever": BEDRIJF,
        "vorm": "formeel",
        "contract": "tijdelijk",
        "uren_per_week": "25,5",
        "gemeente_werk": "GM0014",
        "van": "2017-01-01",
    } | anders
    return {kolom: waarde for kolom, waarde in rij.items() if waarde is not None}


def uren(referentie: str, maand: int, aantal: str = "110,92", **anders: Any) -> dict[str, Any]:
    """Een rij `uren` over een maand van 2017."""
    tot = date(2018, 1, 1) if maand == 12 else date(2017, maand + 1, 1)
    tijdvak = {"tijdvak_van": f"2017-{maand:02d}-01", "tijdvak_tot": tot.isoformat()}
    return {"referentie": referentie, "uren": aantal} | tijdvak | anders


def ingegaan(persoon: UUID, grondslag: Grondslag = Grondslag.WSW, **anders: Any) -> RegistratieIngegaan:
    """Deze persoon staat sinds 2015 in het register en woont in Groningen."""
    van = date(2015, 1, 1)
    waarden: dict[str, Any] = {
        "registraties": (Registratie(grondslag=grondslag, van=van),),
        "woonplaatsen": (Woonplaats(gemeente="0014", van=van),),
    }
    return RegistratieIngegaan(persoon=persoon, grondslag=grondslag, van=van, **(waarden | anders))


@dataclass
class Plaatsing:
    """De dienst zonder bus: opdrachten en gehoorde feiten gaan rechtstreeks de database in."""

    pool: Pool
    client: str = "A"
    nu: datetime = NU
    _nummer: int = field(default=0)

    async def neem(self, soort: str, *rijen: dict[str, Any]) -> Uitslag:
        """Verwerkt rijen van een soort in één transactie, zoals de route dat doet."""
        async with self.pool.acquire() as tx, tx.transaction():
            return await self.neem_in(tx, soort, *rijen)

    async def neem_in(self, tx: Tx, soort: str, *rijen: dict[str, Any]) -> Uitslag:
        """Als `neem`, in een transactie die nog openblijft."""
        [wat] = [s for s in SOORTEN if s.naam == soort]
        goed: list[tuple[int, Any]] = []
        fouten: list[Fout] = []
        for nummer, rij in enumerate(rijen, start=1):
            gelezen = lees_rij(nummer, rij, wat.model)
            if isinstance(gelezen, list):
                fouten += gelezen
            else:
                goed.append((nummer, gelezen))
        opdracht = Opdracht(self.client, frozenset(), self.nu, self.nu.date(), uuid4())
        uitslag = await wat.verwerk(tx, goed, opdracht)
        uitslag.fouten = sorted([*fouten, *uitslag.fouten], key=lambda f: f.rij)
        return uitslag

    async def goed(self, soort: str, *rijen: dict[str, Any]) -> None:
        """Als `neem`, en elke rij is iets nieuws."""
        uitslag = await self.neem(soort, *rijen)
        assert (uitslag.aanvaard, uitslag.fouten) == (len(rijen), [])

    async def doe(self, neem: Any, model: type[Rij], referentie: str, rij: dict[str, Any]) -> Uitslag | None:
        """Een handeling bij de baan van deze referentie, zoals haar route; None als die er niet is."""
        async with self.pool.acquire() as tx, tx.transaction():
            baan = (await banen_van(tx, {referentie}, self.client)).get(referentie)
            if baan is None:
                return None
            opdracht = Opdracht(self.client, frozenset(), self.nu, self.nu.date(), uuid4())
            uitslag: Uitslag = await neem(tx, [(1, baan, model.model_validate(rij))], opdracht)
            return uitslag

    async def hoor(self, *feiten: Feit, tijd: datetime | None = None) -> None:
        """Hoort feiten zoals de inbox ze aanbiedt, elk in een eigen batch van dezelfde transactie."""
        await self._hoor([[feit] for feit in feiten], tijd)

    async def hoor_samen(self, *feiten: Feit, tijd: datetime | None = None) -> None:
        """Als `hoor`, alles in één batch."""
        await self._hoor([feiten], tijd)

    async def _hoor(self, batches: Sequence[Sequence[Feit]], tijd: datetime | None) -> None:
        """Onder de sloten, met wat eruit volgt in dezelfde transactie."""
        async with self.pool.acquire() as tx, tx.transaction():
            await vergrendel(tx, (f.sleutel() for feiten in batches for f in feiten))
            for feiten in batches:
                gevolgen = await hoor.verwerk(tx, [self._bericht(feit, tijd) for feit in feiten])
                for bericht, gevolg in gevolgen:
                    await outbox.put(tx, [gevolg], oorzaak=bericht.id)

    def _bericht(self, feit: Feit, tijd: datetime | None) -> Bericht:
        self._nummer += 1
        return Bericht(
            *(feit.topic, 0, self._nummer, self._nummer, uuid4(), "intake", feit.type_),
            *(tijd or self.nu, feit.sleutel(), feit.bytes_()),
        )

    async def gezegd(self, topic: str = "verloonde-uren") -> list[Any]:
        """Alles wat op een topic gezegd is, op volgorde."""
        rijen = await self.pool.fetch("select type, data from uitgaand where topic = $1 order by volgorde", topic)
        return [soort.model_validate_json(r["data"]) for r in rijen if (soort := feit_van(r["type"]))]

    async def uren_gezegd(self) -> Sequence[UrenVerloond]:
        """Wat er over uren gezegd is, op volgorde."""
        return await self.gezegd()

    async def nummer(self, tijd: datetime) -> None:
        """Doet de ronde van de relay na: alles wat wacht krijgt een nummer en deze tijd."""
        await self.pool.execute(
            "update uitgaand u set publicatienr = u.volgorde, ce_time = $1 where publicatienr is null", tijd
        )

    async def tel(self) -> dict[str, int]:
        """Hoeveel rijen er in elke tabel staan."""
        tabellen = ("werkgever", "opgave", "plaatsing", "urenregel", "gezegd", "register", "maandsluiting", "uitgaand")
        return {t: await self.pool.fetchval(f"select count(*) from {t}") for t in tabellen}

    async def controleer(self) -> None:
        """Wat gezegd is, is wat er nu uit alle gegevens volgt; de keten sluit; en de som is de stand."""
        async with self.pool.acquire() as tx, tx.transaction():
            ids = [r[0] for r in await tx.fetch("select plaatsing from plaatsing")]
            dossiers = list((await banen.dossiers(tx, dict.fromkeys(ids, banen.ALTIJD))).values())
            registers = await omgeving.registers(tx, {d.baan.persoon for d in dossiers})
            sectoren = await werkgevers.sectoren(tx, {w for d in dossiers for w in d.baan.werkgevers})
        laatst: dict[tuple[UUID, str], Any] = {}
        som: Counter[tuple[UUID, UUID, str, bytes]] = Counter()
        for feit in await self.uren_gezegd():
            assert feit.vorig == laatst.get((feit.plaatsing, feit.maand))
            assert feit.nieuw != feit.vorig
            laatst[feit.plaatsing, feit.maand] = feit.nieuw
            for been, teken in ((feit.vorig, -1), (feit.nieuw, 1)):
                if been is not None:
                    som[feit.persoon, feit.plaatsing, feit.maand, _kenmerken(been)] += teken * been.uren_x100
        hoort: Counter[tuple[UUID, UUID, str, bytes]] = Counter()
        for d in dossiers:
            for maand in _maanden(d):
                register = registers.get(d.baan.persoon, ONBEKEND)
                nu = None if d.baan.ongedaan else stand(d.baan, maand, d.regels.values(), register, sectoren)
                assert laatst.get((d.baan.plaatsing, maand)) == nu
                bewaard = d.gezegd.get(maand)
                assert (bewaard.stand if bewaard else None) == nu
                if nu is not None:
                    hoort[d.baan.persoon, d.baan.plaatsing, maand, _kenmerken(nu)] += nu.uren_x100
        bekend = {d.baan.plaatsing for d in dossiers}
        assert {k: n for k, n in som.items() if n and k[1] in bekend} == {k: n for k, n in hoort.items() if n}
        await self._controleer_banen(dossiers)

    async def _controleer_banen(self, dossiers: Sequence[Dossier]) -> None:
        """Wie de feiten over een baan volgt heeft haar zoals zij is; op het compacte topic staat precies wat er nog is."""
        versies: Counter[UUID] = Counter()
        gevolgd: dict[UUID, Baan] = {}
        nu = {d.baan.plaatsing: d.baan for d in dossiers}
        for feit in await self.gezegd("plaatsingen"):
            versies[feit.plaatsing] += 1
            assert feit.versie == versies[feit.plaatsing]
            if feit.plaatsing in nu:
                gevolgd[feit.plaatsing] = neem_over(gevolgd.get(feit.plaatsing), nu[feit.plaatsing], feit)
        for d in dossiers:
            volger = gevolgd[d.baan.plaatsing]
            assert (volger.van, volger.tot, volger.ongedaan) == (d.baan.van, d.baan.tot, d.baan.ongedaan)
            for dag in {deel.van for baan in (volger, d.baan) for deel in verloop.delen(baan)}:
                assert volger.op(dag).gegevens == d.baan.op(dag).gegevens
            assert d.baan.versie == versies[d.baan.plaatsing]
            grenzen = [deel.van for deel in verloop.delen(d.baan)]
            assert grenzen == sorted(set(grenzen))
            assert grenzen[0] == d.baan.van
            assert d.baan.tot is None or grenzen[-1] < d.baan.tot
        assert await self.standen() == {str(d.baan.plaatsing): d.baan.stand for d in dossiers if not d.baan.ongedaan}

    async def standen(self) -> dict[str, PlaatsingStand]:
        """Wat een lezer van het compacte topic overhoudt."""
        vraag = "select sleutel, data from uitgaand where topic = 'plaatsing-stand' order by volgorde"
        laatst = {rij["sleutel"]: rij["data"] for rij in await self.pool.fetch(vraag)}
        return {s: PlaatsingStand.model_validate_json(d) for s, d in laatst.items() if d is not None}


def _kenmerken(stand: UrenStand) -> bytes:
    """Waaronder uren tellen: alles behalve hun aantal."""
    return stand.model_copy(update={"uren_x100": 0, "uitbetaald_x100": 0}).bytes_()


def _maanden(d: Dossier) -> set[str]:
    return {m for r in d.regels.values() for m, _ in maanden(r, d.baan.van, d.baan.tot)} | d.gezegd.keys()


def zet_kluis(monkeypatch: pytest.MonkeyPatch) -> None:
    """Een kluis met vaste sleutels."""
    sleutel = base64.b64encode(bytes(32)).decode()
    monkeypatch.setenv(SLEUTELS, json.dumps({"1": sleutel}))
    monkeypatch.setenv(HMAC, sleutel)
    kluis.cache_clear()


async def begin(database: Database) -> Plaatsing:
    """Een dienst met drie werkgevers: een gemeente, een bedrijf en een uitzender."""
    dienst = Plaatsing(database.pool)
    await dienst.goed("werkgevers", *WERKGEVERS)
    return dienst
