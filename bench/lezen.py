"""Meting van telling: hoe lang een vraag duurt op een grootboek met miljoenen boekingen.

`python -m bench.lezen` start PostgreSQL, Kafka en telling in een tijdelijke map, laadt de vastgestelde regels door de voordeur
en vult het grootboek rechtstreeks in de database, want door de voordeur zou dat een uur duren: 150.000 banen met elke maand
een boeking, 4 % te laat en 2,5 % gecorrigeerd, en een register. De mensen zijn verzonnen. Elke ronde stelt elke vraag één keer,
warm; de tabel zegt p50 en p95 in milliseconden, wat de allereerste keer kostte, en de grens van het ontwerp.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import signal
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import httpx

from deploy import topics
from deploy.lokaal import databases, vulling
from deploy.lokaal.stack import Stack
from services.telling.domain.perioden import maandnummer
from shared.client import lokaal_token
from shared.migreer import migreer

UITKOMST = Path(__file__).with_name("lezen.json")
BANEN, PERSONEN, WERKGEVERS = 150_000, 140_000, 20_000
LAATSTE = maandnummer(2023, 12)
Q4, LAND = {"reeks": "kwartaal", "periode": "2023-Q4"}, {"reeks": "kwartaal", "periode": "2021-Q1..2023-Q4"}
VENSTER = {"bekendVan": "2024-02-10", "bekendTot": "2024-08-01"}


@dataclass(frozen=True, slots=True)
class Vraagstuk:
    """Een vraag, en binnen hoeveel milliseconden (p50) zij beantwoord moet zijn; None: daar is geen grens voor."""

    naam: str
    pad: str
    parameters: dict[str, str]
    grens: int | None


VRAGEN = [
    Vraagstuk("cijfer van een kwartaal", "tellingen", Q4, 100),
    Vraagstuk("regio × sector", "tellingen", Q4 | {"per": "regio,sector"}, 100),
    Vraagstuk("zoals toen bekend", "tellingen", Q4 | {"bekendOp": "2024-02-10"}, 100),
    Vraagstuk("gemeente", "tellingen", Q4 | {"gemeente": "0014"}, 100),
    Vraagstuk("twaalf kwartalen × regio's", "tellingen", LAND | {"per": "regio"}, 300),
    Vraagstuk("idem, zoals toen bekend", "tellingen", LAND | {"per": "regio", "bekendOp": "2024-02-10"}, 300),
    Vraagstuk(
        "jaarmeting per sector en vorm",
        "tellingen",
        {"reeks": "jaarmeting", "periode": "2023", "per": "sector,vorm"},
        100,
    ),
    Vraagstuk("personen van een kwartaal", "tellingen", Q4 | {"maat": "personen", "per": "sector"}, 500),
    Vraagstuk("register van een kwartaal", "tellingen", Q4 | {"maat": "geregistreerd", "per": "grondslag"}, None),
    Vraagstuk("brug van een kwartaal", "tellingen/revisie", Q4 | VENSTER | {"per": "sector"}, 500),
    Vraagstuk("brug van personen", "tellingen/revisie", Q4 | VENSTER | {"maat": "personen"}, 500),
    Vraagstuk("verklaring van een regio", "tellingen/verklaring", Q4 | {"regio": "AM01", "sector": "markt"}, 100),
    Vraagstuk("verklaring van het land", "tellingen/verklaring", Q4, 100),
    Vraagstuk("stromen per regio", "stromen", {"periode": "2023-Q4", "per": "regio"}, None),
    Vraagstuk("verklaring van personen", "tellingen/verklaring", Q4 | {"maat": "personen", "regio": "AM01"}, None),
]

_VUL = """
insert into persoon (persoon) select gen_random_uuid() from generate_series(1, {personen});
insert into plaatsing (plaatsing) select gen_random_uuid() from generate_series(1, {banen});
insert into werkgever (werkgever) select gen_random_uuid() from generate_series(1, {werkgevers});
insert into bron (topic, partitie)
select t, p from unnest(array['verloonde-uren', 'doelgroepregister']) t, generate_series(0, 11) p;
create unlogged table kenmerk as
with g as (select inhoud->>'gemeente' code, row_number() over (order by inhoud->>'gemeente') nr
           from regel where soort = 'gebieden' and inhoud->>'tot' is null), n as (select count(*) aantal from g)
select b as baan, 1 + b % {personen} as persoon, 1 + (b * 7919::bigint % {werkgevers})::int as werkgever,
       w.code as werk, t.code as woon, (array['markt', 'markt', 'overheid'])[1 + b % 3] as sector,
       (array['formeel', 'formeel', 'formeel', 'uitzendrelatie', 'wsw_detachering'])[1 + b % 5] as vorm,
       (array['vast', 'tijdelijk'])[1 + b / 7 % 2] as contract,
       (array['PW_INDICATIE', 'WAJONG_OUD', 'WSW', 'VSO_PRO'])[1 + b / 11 % 4] as gronden
from generate_series(1, {banen}) b cross join n
join g w on w.nr = 1 + b * 31::bigint % n.aantal join g t on t.nr = 1 + (b * 31::bigint + b % 5) % n.aantal;
insert into cel (sleutel, gemeente_werk, gemeente_woon, sector, vorm, contract, grondslagen_maand, grondslagen_kwartaal)
select distinct concat_ws('|', werk, woon, sector, vorm, contract, gronden), werk, woon, sector, vorm, contract, gronden,
       gronden from kenmerk;
create unlogged table werk as select k.*, c.cel_id from kenmerk k
join cel c on c.sleutel = concat_ws('|', k.werk, k.woon, k.sector, k.vorm, k.contract, k.gronden);
insert into registerboeking (persoon_nr, grondslag, van, tot, delta, bron, bekend_op, publicatienr, soort)
select distinct on (persoon) persoon, gronden, date '2013-01-01', null::date, 1, 13 + persoon % 12, 1356998400000000, persoon,
       'registratie-ingegaan' from werk;
"""
_MAAND = """
with bekend as (
  select extract(epoch from make_date({maand} / 12, {maand} % 12 + 1, 1) + interval '5 weeks')::bigint * 1000000 as op
), geleverd as (
  select *, hashint4(baan + {maand} * 7) % 25 = 0 as laat, 6000 + abs(hashint4(baan * 13 + {maand})) % 9000 as uren from werk
)
insert into boeking (maand, reden, been, bron, cel_id, delta_uren_x100, persoon_nr, plaatsing_nr, werkgever_nr, bekend_op,
                     publicatienr)
select {maand}, case when laat then 2 else 1 end, 1, 1 + persoon % 12, cel_id, uren, persoon, baan, werkgever,
       op + case when laat then 86400000000 * (60 + baan % 90) else 0 end, {maand}::bigint * 1000000 + baan
from geleverd, bekend
union all
select {maand}, 3, been, 1 + persoon % 12, cel_id, been * uren + case when been = 1 then 500 else 0 end, persoon, baan, werkgever,
       op + 86400000000 * (100 + baan % 60), {maand}::bigint * 1000000 + 500000 + baan
from geleverd, bekend, unnest(array[-1, 1]) been where hashint4(baan * 3 + {maand}) % 40 = 0
"""
_SALDI = """
insert into stand (maand, cel_id, shard, uren_x100, boekingen, gezegd)
select maand, cel_id, bron - 1, sum(delta_uren_x100), count(*), sum(been) from boeking group by 1, 2, 3
"""


async def vul(url: str, boekingen: int) -> int:
    """Vult een leeg grootboek, maand voor maand terug vanaf december 2023; geeft hoeveel boekingen er staan."""
    conn = await asyncpg.connect(url, timeout=60)
    try:
        await conn.execute(_VUL.format(personen=PERSONEN, banen=BANEN, werkgevers=WERKGEVERS))
        maand, geboekt = LAATSTE, 0
        while geboekt < boekingen:
            geboekt += int((await conn.execute(_MAAND.format(maand=maand), timeout=600)).split()[-1])
            maand -= 1
            sys.stderr.write(f"\r{geboekt:,} boekingen")
        await conn.execute(_SALDI, timeout=1200)
        await conn.execute("vacuum analyze", timeout=1200)
        return geboekt
    finally:
        await conn.close()


def vraag(http: httpx.Client, stuk: Vraagstuk) -> float:
    """Milliseconden van vraag tot heel antwoord."""
    begin = time.perf_counter()
    antwoord = http.get(f"/v1/{stuk.pad}", params=stuk.parameters)
    duur = (time.perf_counter() - begin) * 1000
    if antwoord.status_code != 200:
        raise SystemExit(f"{stuk.naam}: {antwoord.text}")
    return duur


def meet(boekingen: int, rondes: int) -> dict[str, Any]:
    """Alles, in een eigen stack die daarna weg is."""
    with TemporaryDirectory(prefix="bench-lezen-") as naam:
        Path(naam).chmod(0o711)  # voor root draait PostgreSQL als een ander
        with Stack.start(Path(naam) / "stack") as stack:
            return _meet(stack, boekingen, rondes)


def _meet(stack: Stack, boekingen: int, rondes: int) -> dict[str, Any]:
    eigenaar = stack.postgres_url("telling", databases.rollen("telling")[0])
    migreer("telling", eigenaar)
    asyncio.run(topics.zorg_voor(stack.kafka))
    stack.staat.kafka, stack.staat.postgres = stack.kafka, stack.postgres
    stack.diensten.start(stack.staat, "telling")
    stack.noteer()
    stack.diensten.wacht_tot_gereed(stack.staat, ("telling",))
    vulling.regels(stack.dir, lambda _: None)
    begin = time.perf_counter()
    geboekt = asyncio.run(vul(eigenaar, boekingen))
    sys.stderr.write(f"\r{geboekt:,} boekingen in {time.perf_counter() - begin:.0f} s\n")
    kop = {"Authorization": f"Bearer {lokaal_token(stack.dir)}"}
    duren: dict[str, list[float]] = {stuk.naam: [] for stuk in VRAGEN}
    with httpx.Client(base_url=stack.staat.adressen["telling"], headers=kop, timeout=120) as http:
        for _ in range(rondes + 1):
            for stuk in VRAGEN:
                duur = vraag(http, stuk)
                duren[stuk.naam].append(duur)
    rijen = []
    for stuk in VRAGEN:
        eerste, *warm = duren[stuk.naam]
        p50, p95 = statistics.median(warm), sorted(warm)[int(rondes * 0.95)]
        duur = {"p50": round(p50), "p95": round(p95), "eerste": round(eerste)}
        rijen.append({"vraag": stuk.naam, **duur, "grens": stuk.grens})
        sys.stderr.write(
            f"{stuk.naam:32} p50 {p50:6.0f}  p95 {p95:6.0f}  eerste {eerste:6.0f}  grens {stuk.grens or '–'}\n"
        )
    machine = {"kernen": os.cpu_count(), "belasting": [round(x, 2) for x in os.getloadavg()]}
    return {
        "machine": machine | {"python": platform.python_version()},
        "boekingen": geboekt,
        "rondes": rondes,
        "vragen": rijen,
    }


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ook dan wordt alles gestopt
    keuze = argparse.ArgumentParser(description=__doc__)
    keuze.add_argument("--boekingen", type=int, default=15_000_000)
    keuze.add_argument("--rondes", type=int, default=10)
    gekozen = keuze.parse_args()
    gemeten = meet(gekozen.boekingen, gekozen.rondes)
    UITKOMST.write_text(json.dumps(gemeten, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(gemeten, indent=2, ensure_ascii=False) + "\n")
