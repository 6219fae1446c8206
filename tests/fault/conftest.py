"""Een keten onder last waarin dingen stukgaan, en een onafhankelijke natelling van het ruwe log."""

import asyncio
import json
import os
import random
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from pydantic.alias_generators import to_camel

from deploy import synthetisch
from deploy.lokaal.stack import Stack
from shared.client import lokaal_token
from shared.settings import WORTEL, lees_topics
from tests.keten.conftest import Keten

TOPIC = "verloonde-uren"
KEREN = int(os.environ.get("BANENSPOOR_FAULT", "1"))
"""Hoe vaak elke fout wordt herhaald; `make fault` zet dit hoger."""


class Storm:
    """Schrijft onophoudelijk urenregels naar plaatsing en onthoudt wat bevestigd is."""

    def __init__(self, keten: Keten, uren: list[dict[str, Any]], zaad: int = 1) -> None:
        self._keten, self._loting = keten, random.Random(zaad)
        self._regels = [r for r in uren if r["tijdvak_van"].endswith("-01")]
        self.bevestigd: dict[tuple[str, str], int] = {}
        self.opdrachten = 0
        self._stop = threading.Event()
        self._draad = threading.Thread(target=self._loop, daemon=True)

    def __enter__(self) -> "Storm":
        self._draad.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._draad.join(90)
        assert not self._draad.is_alive(), "de storm houdt niet op"

    def _loop(self) -> None:
        with httpx.Client(timeout=10) as http:
            while not self._stop.is_set():
                rijen = self._loting.sample(self._regels, 8)
                uren = [self._loting.randint(1, synthetisch.MAX_MAAND) for _ in rijen]
                regels = [
                    {k: r[k] for k in ("referentie", "tijdvak_van", "tijdvak_tot")}
                    | {"uren": f"{u // 100}.{u % 100:02d}"}
                    for r, u in zip(rijen, uren, strict=True)
                ]
                self._post(http, "\n".join(json.dumps(r) for r in regels))
                for r, u in zip(rijen, uren, strict=True):
                    self.bevestigd[r["referentie"], r["tijdvak_van"][:7]] = u

    def _post(self, http: httpx.Client, lichaam: str) -> None:
        """Eén opdracht, met dezelfde sleutel tot zij bevestigd is: precies één keer."""
        sleutel = str(uuid4())
        while True:
            try:
                koppen = {
                    "Authorization": f"Bearer {lokaal_token(self._keten.stack.dir)}",
                    "Idempotency-Key": sleutel,
                    "Content-Type": "application/x-ndjson",
                }
                adres = self._keten.stack.staat.adressen["plaatsing"]
                antwoord = http.post(f"{adres}/v1/uren", content=lichaam, headers=koppen)
                if antwoord.status_code == 200:
                    assert antwoord.json()["fouten"] == [], antwoord.text
                    self.opdrachten += 1
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)


class Proef:
    """De keten met een kleine bevolking, gesloten historie, en wat er van haar waar moet blijven."""

    def __init__(self, keten: Keten, uren: list[dict[str, Any]]) -> None:
        self.keten, self.stack, self.uren = keten, keten.stack, uren
        self.vintages: dict[str, Any] = {}
        self.heel = True

    def storm(self) -> Storm:
        """Een nieuwe storm op deze bevolking."""
        return Storm(self.keten, self.uren, random.randrange(10**6))

    def sterf(self, dienst: str, faalpunt: str, binnen: float = 45) -> None:
        """Herstart een dienst met een gewapend faalpunt, wacht tot zij sterft, en start haar weer gewoon."""
        self.stack.diensten.stop([dienst])
        self.stack.diensten.start(self.stack.staat, dienst, {"BANENSPOOR_FAALPUNT": faalpunt})
        einde = time.monotonic() + binnen
        while self.stack.diensten.pid(dienst) is not None:
            assert time.monotonic() < einde, f"{dienst} stierf niet op {faalpunt}"
            time.sleep(0.05)
        self.start(dienst)

    def start(self, *diensten: str) -> None:
        """Start diensten en wacht tot zij gereed zijn."""
        for dienst in diensten:
            self.stack.diensten.start(self.stack.staat, dienst)
        self.stack.noteer()
        self.stack.diensten.wacht_tot_gereed(self.stack.staat, diensten)

    def onthoud(self) -> None:
        """Leest een vast cijfer op een paar momenten; die mogen nooit meer veranderen."""
        tot = self.wacht_op_vast()
        antwoord = self.cijfer(bekendOp=tot)
        assert antwoord["vast"]
        self.vintages[tot] = antwoord["cellen"]

    def cijfer(self, **vraag: Any) -> Any:
        """Het cijfer van het kwartaal van de proef, per sector en vorm."""
        return self.keten.tellingen(reeks="kwartaal", periode="2024-Q1", per="sector,vorm", maat="uren", **vraag)

    def wacht_op_vast(self) -> str:
        """Wacht tot alles verwerkt is en er een `vastTot` is."""
        einde = time.monotonic() + 60
        while (tot := self.keten.wacht()) is None:
            assert time.monotonic() < einde, "er werd niets vast"
            time.sleep(0.2)
        return tot

    def klopt(self, storm: Storm) -> None:
        """Na herstel: alles verwerkt, log = bron = grootboek = cijfer, en elke vaste vintage is wat zij was."""
        self.keten.wacht()
        asyncio.run(self._klopt(storm))
        for tot, cellen in self.vintages.items():
            nu = self.cijfer(bekendOp=tot)
            assert nu["vast"]
            assert nu["cellen"] == cellen, f"de vaste vintage {tot} is veranderd"
        self.onthoud()

    async def _klopt(self, storm: Storm) -> None:
        log = await lees_log(self.stack.kafka)
        laatste = fold(log)
        plaatsing = await asyncpg.connect(self.stack.postgres_url("plaatsing", "plaatsing_app"))
        telling = await asyncpg.connect(self.stack.postgres_url("telling", "telling_app"))
        try:
            gezegd = {
                r[0]: r[1]
                for r in await plaatsing.fetch("select id, publicatienr from uitgaand where topic = $1", TOPIC)
            }
            assert gezegd == {b["id"]: b["nummer"] for b in log}, "het log is niet wat de database zegt"
            await self._bron_klopt(plaatsing, laatste, storm)
            boek = {r[0]: r[1] for r in await telling.fetch("select maand, sum(uren_x100) from stand group by maand")}
            boekingen = {
                r[0]: r[1]
                for r in await telling.fetch("select maand, sum(delta_uren_x100) from boeking group by maand")
            }
            assert boek == boekingen, "balans en boekingen verschillen"
            assert await _grootboek(telling) == cellen_van(laatste), "het grootboek is niet het log, cel voor cel"
            assert self._cijfer() == kwartaal_van(laatste), "het cijfer is niet het log"
            assert await telling.fetchval("select count(*) from geparkeerd") == 0
        finally:
            await plaatsing.close()
            await telling.close()

    def _cijfer(self) -> dict[tuple[str | None, str], int]:
        """(sector, vorm) → honderdsten uren van 2024-Q1, zoals de API ze geeft."""
        return {
            (c["sector"], c["vorm"]): int(Fraction(c["urenExact"]) * 100) for c in self.cijfer()["cellen"] if c["uren"]
        }

    def verwerkt(self, dienst: str) -> int:
        """Hoeveel gebeurtenissen een dienst volgens haar posities verwerkt heeft."""

        async def som() -> int:
            conn = await asyncpg.connect(self.stack.postgres_url(dienst, f"{dienst}_app"))
            try:
                return int(await conn.fetchval("select sum(publicatienr) from verwerkt"))
            finally:
                await conn.close()

        return asyncio.run(som())

    async def _bron_klopt(self, plaatsing: Any, laatste: dict[tuple[str, str], Any], storm: Storm) -> None:
        """Wat bevestigd is aan de storm, staat als laatste op het log."""
        ids = {r[0]: str(r[1]) for r in await plaatsing.fetch("select referentie, plaatsing from plaatsing")}
        for (referentie, maand), uren in storm.bevestigd.items():
            stand = laatste[ids[referentie], maand]
            assert stand["urenX100"] == uren, f"{referentie} {maand}"


async def lees_log(kafka: str) -> list[dict[str, Any]]:
    """Alle gebeurtenissen van `verloonde-uren`, ontdubbeld op id; nummers per partitie zonder gaten, op volgorde."""
    aantal = lees_topics(WORTEL / "deploy" / "topics.yml")[TOPIC].partities
    plaatsen = [TopicPartition(TOPIC, p) for p in range(aantal)]
    lezer = AIOKafkaConsumer(bootstrap_servers=kafka, enable_auto_commit=False, auto_offset_reset="earliest")
    await lezer.start()
    uit = []
    try:
        lezer.assign(plaatsen)
        await lezer.seek_to_beginning(*plaatsen)
        einden = await lezer.end_offsets(plaatsen)
        gezien: dict[str, int] = {}
        hoogste: dict[int, int] = defaultdict(int)
        while any([await lezer.position(p) < einden[p] for p in plaatsen]):
            for records in (await lezer.getmany(timeout_ms=500)).values():
                for r in records:
                    kop = {k: v.decode() for k, v in r.headers}
                    nummer = int(kop["ce_sequence"])
                    if kop["ce_id"] in gezien:
                        assert gezien[kop["ce_id"]] == nummer
                        continue
                    assert nummer == hoogste[r.partition] + 1, (
                        f"gat: partitie {r.partition}, {hoogste[r.partition]} → {nummer}"
                    )
                    hoogste[r.partition] = nummer
                    gezien[kop["ce_id"]] = nummer
                    uit.append({"id": UUID(kop["ce_id"]), "nummer": nummer, "data": json.loads(r.value)})
    finally:
        await lezer.stop()
    return uit


_DIMENSIES = (
    "gemeente_werk", "gemeente_woon", "sector", "subsector", "sector_inlener", "subsector_inlener", "vorm", "contract",
    "grondslagen_maand", "grondslagen_kwartaal",
)  # fmt: skip
TELT = {"formeel": "formeel", "uitzendrelatie": "inleen", "wsw_detachering": "inleen"}
"""De vormen in deze proef die meetellen, en in welke kolom."""


async def _grootboek(telling: Any) -> dict[Any, int]:
    """(jaar, maand, dimensies) → honderdsten uren, uit de balansen van telling; nullen vallen weg."""
    rijen = await telling.fetch(
        f"select s.maand, {', '.join(_DIMENSIES)}, sum(s.uren_x100) from stand s join cel using (cel_id) "
        f"group by s.maand, {', '.join(_DIMENSIES)} having sum(s.uren_x100) <> 0"
    )
    return {tuple(r)[:-1]: r[-1] for r in rijen}


def cellen_van(laatste: dict[tuple[str, str], Any]) -> dict[Any, int]:
    """Hetzelfde als `_grootboek`, maar uit het ruwe log."""
    uit: dict[Any, int] = defaultdict(int)
    for (_, maand), stand in laatste.items():
        if stand:
            dimensies = [stand["cel"][to_camel(d)] for d in _DIMENSIES]
            sleutel = (maandnummer(maand), *(",".join(w) if isinstance(w, list) else w for w in dimensies))
            uit[sleutel] += stand["urenX100"]
    return {sleutel: uren for sleutel, uren in uit.items() if uren}


def kwartaal_van(laatste: dict[tuple[str, str], Any]) -> dict[tuple[str | None, str], int]:
    """Tellende uren van 2024-Q1 per (sector, kolom): een tellende vorm en een grondslag aan het eind van het kwartaal."""
    uit: dict[tuple[str | None, str], int] = defaultdict(int)
    for (_, maand), stand in laatste.items():
        if stand and "2024-01" <= maand <= "2024-03":
            cel = stand["cel"]
            if cel["vorm"] in TELT and cel["grondslagenKwartaal"]:
                kolom = TELT[cel["vorm"]]
                uit[cel["sector"] if kolom == "formeel" else None, kolom] += stand["urenX100"]
    return {sleutel: uren for sleutel, uren in uit.items() if uren}


def maandnummer(maand: str) -> int:
    """Hoe telling een maand bewaart: jaar × 12 + maand - 1."""
    jaar, nr = maand.split("-")
    return int(jaar) * 12 + int(nr) - 1


def fold(log: list[dict[str, Any]]) -> dict[tuple[str, str], Any]:
    """De laatste stand per (plaatsing, maand); elk `vorig` is het vorige `nieuw`."""
    laatste: dict[tuple[str, str], Any] = {}
    for bericht in log:
        data = bericht["data"]
        if not data:  # het vergif van een proef
            continue
        sleutel = data["plaatsing"], data["maand"]
        assert data["vorig"] == laatste.get(sleutel), "vorig is niet het vorige nieuw"
        laatste[sleutel] = data["nieuw"]
    return laatste


@pytest.fixture(scope="module")
def proef(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proef]:
    """Een verse keten met een kleine bevolking in 2024-Q1; de historie is gesloten."""
    from deploy.lokaal import vulling

    werkmap: Path = tmp_path_factory.mktemp("fault")
    with Stack.start(werkmap / "stack", diensten=True, cache=WORTEL / ".lokaal" / "cache") as stack:
        vulling.regels(stack.dir, lambda _: None)
        keten = Keten(stack, werkmap)
        kolommen = [synthetisch.Kolom(k, 60 * synthetisch.BAAN_KWARTAAL) for k in ("markt", "overheid", "inleen")]
        bevolking = synthetisch.maak(kolommen, ("0014", "0363", "0599"), 2024, 1, zaad=5)
        for soort, rijen in bevolking.bestanden().items():
            assert keten.importeer(soort, rijen, "--wacht")["fouten"] == 0
        keten.sluit_historie()
        proef = Proef(keten, bevolking.uren)
        proef.onthoud()
        yield proef
        if proef.heel:
            keten.geen_bsn()
