"""Peilen horen en `vastTot` bepalen (protocol 7 en 18).

Een peil van een bron zegt: na deze nummers komt niets meer met `ce_time` ≤ T. Gepasseerd is een peil als alle
nummers van de topics die wij horen bereikt zijn. `vastTot` is de laagste gepasseerde T over alle bronnen.
"""

import asyncio
from collections import deque
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from banenspoor_contracts import TOPICS, Peil
from pydantic import ValidationError

from shared import metrics
from shared.db import VOORBIJGAAND, Pool, Tx
from shared.log import log

TOPIC = "peil"
_WACHTRIJ = 512

_POSITIES = "select topic, partitie, publicatienr from verwerkt where topic = any($1::text[])"
_BEWAAR = """
insert into peil (bron, tijd, historie) values ($1, $2, $3)
on conflict (bron) do update set tijd = greatest(peil.tijd, excluded.tijd), historie = peil.historie and excluded.historie
where excluded.tijd > peil.tijd
"""
_VAST_TOT = """
select (select count(*) filter (where not historie and tijd is not null) from peil where bron = any($1::text[])) as bronnen,
       (select min(tijd) from peil where bron = any($1::text[])) as laagste,
       (select min(ce_time) from geparkeerd where topic <> all($2::text[])) as geparkeerd,
       exists (select from geparkeerd
               where topic <> all($2::text[]) and position('"bekendOp"'::bytea in waarde) > 0) as historie_geparkeerd,
       (select peil_bevestigd from relay_stand) as eigen,
       (select historie from relay_stand) as historie
"""
_MS = timedelta(milliseconds=1)
_COMPACT = [topic.naam for topic in TOPICS.values() if topic.verdicht]


def lees_peil(record: Any, bronnen: Collection[str]) -> Peil | None:
    """Het peil in dit record; None als het van geen van de bronnen is of niet te lezen valt."""
    bron = (dict(record.headers).get("ce_source") or b"").decode(errors="replace")
    if bron not in bronnen:
        return None
    try:
        peil = Peil.model_validate_json(record.value or b"")
    except ValidationError:
        metrics.VREEMD.labels(TOPIC).inc()
        return None
    return peil if peil.bron == bron else None


async def vast_tot(tx: Tx, bronnen: Collection[str]) -> datetime | None:
    """Tot en met welk moment niets meer kan komen; None zolang niets vast is (of er geen bronnen zijn).

    De laagste gepasseerde T over álle `bronnen`; strikt onder de oudste geparkeerde gebeurtenis (wat op een compact topic
    staat legt niets vast en telt niet mee); niet boven het eigen laatst bevestigde peil. Lees dit in dezelfde momentopname
    (`repeatable read`) als het cijfer.
    """
    rij = await tx.fetchrow(_VAST_TOT, list(bronnen), _COMPACT)
    assert rij is not None  # noqa: S101  # een vraag zonder from geeft altijd één rij
    if not bronnen or rij["bronnen"] < len(bronnen) or rij["eigen"] is None or rij["historie"]:
        return None
    if rij["historie_geparkeerd"]:  # zij zou, eenmaal verwerkt, in het verleden boeken
        return None
    grenzen: list[datetime] = [rij["laagste"], rij["eigen"]]
    if rij["geparkeerd"] is not None:
        grenzen.append(rij["geparkeerd"] - _MS)
    return min(grenzen)


class Peilen:
    """Leest het topic `peil` naast de inbox en bewaart per bron het hoogste gepasseerde peil."""

    def __init__(
        self, pool: Pool, verbinding: Mapping[str, Any], bronnen: dict[str, str], topics: Collection[str]
    ) -> None:
        """`bronnen`: ce_source → naam van de dienst; `topics`: wat deze dienst hoort."""
        self._pool, self._verbinding, self._bronnen, self._topics = pool, verbinding, bronnen, list(topics)
        self._wachtend: dict[str, deque[Peil]] = {bron: deque() for bron in bronnen}

    def hoor(self, record: Any) -> None:
        """Neemt één record van het topic in de wachtrij van zijn bron; wat vreemd is, telt niet mee."""
        peil = lees_peil(record, self._bronnen)
        if peil is None:
            return
        rij = self._wachtend[peil.bron]
        rij.append(peil)
        if len(rij) > _WACHTRIJ:  # ver achter: uitdunnen, de nieuwste blijft
            self._wachtend[peil.bron] = deque(list(rij)[1::2])

    async def verwerk(self) -> None:
        """Bewaart per bron het hoogste peil waarvan alle nummers bereikt zijn."""
        async with self._pool.acquire() as conn, conn.transaction():
            rijen = await conn.fetch(_POSITIES, self._topics)
            bereikt = {(r["topic"], r["partitie"]): r["publicatienr"] for r in rijen}
            for bron, wachtrij in self._wachtend.items():
                laatste: Peil | None = None
                while wachtrij and self._gepasseerd(wachtrij[0], bereikt):
                    laatste = wachtrij.popleft()
                if laatste is not None:
                    await conn.execute(_BEWAAR, self._bronnen[bron], laatste.tijd, laatste.historie)

    def _gepasseerd(self, peil: Peil, bereikt: dict[tuple[str, int], int]) -> bool:
        return all(
            bereikt.get((topic, int(partitie)), 0) >= nummer
            for topic, nummers in peil.nummers.items()
            if topic in self._topics
            for partitie, nummer in nummers.items()
        )

    async def loop(self) -> None:
        """Hoort en verwerkt tot de taak wordt afgebroken; een storing begint opnieuw van voren af aan."""
        while True:
            lezer = AIOKafkaConsumer(**self._verbinding, enable_auto_commit=False, auto_offset_reset="earliest")
            try:
                await lezer.start()
                plaats = TopicPartition(TOPIC, 0)
                lezer.assign([plaats])
                await lezer.seek_to_beginning(plaats)
                while True:
                    for record in (await lezer.getmany(timeout_ms=250)).get(plaats, []):
                        self.hoor(record)
                    await self.verwerk()
            except VOORBIJGAAND as fout:
                log.warning("peilen_gestoord", fout=type(fout).__name__)
            except Exception as fout:  # noqa: BLE001  # KafkaError kent geen gemeenschappelijke basis met de rest
                log.error("peilen_gestoord", fout=type(fout).__name__)
            finally:
                await lezer.stop()
            await asyncio.sleep(1)
