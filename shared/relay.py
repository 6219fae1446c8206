"""Zeggen, tweede helft: één relay per database nummert ná het vastleggen, zendt op volgorde en zegt peilen.

De regels 2–7 van docs/bezorging.md staan hier. Een ronde is één transactie: zij noteert wat bevestigd is, en geeft
wat wacht zijn nummers en één `ce_time`.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError
from banenspoor_contracts import Peil
from banenspoor_contracts.peil import Geparkeerd

from shared import metrics, outbox
from shared.db import VOORBIJGAAND, verbind
from shared.envelope import Vreemd, hoogste_nummer, koppen, lees, uuid7
from shared.faalpunt import faalpunt
from shared.kafkalog import Logboek
from shared.log import log
from shared.peil import lees_peil
from shared.settings import Instellingen

MS = timedelta(milliseconds=1)
ADEM, VOL = 0.1, 500
"""Na een ronde van zoveel gebeurtenissen rust de relay zoveel seconden: in een import zijn grote rondes per gebeurtenis half
zo duur, en wie daarnaast iets zegt wacht er hooguit zo lang op."""
DRUK = 0.3
"""Seconden dat de relay na een `put` in dit proces kort op zijn vastlegging let."""

_SLOT = "select pg_try_advisory_lock(hashtext('banenspoor-relay'))"
_NAAM = "update relay_stand set relay = $1, pid = pg_backend_pid(), gecontroleerd = false"
_STAND = "select relay, ronde, historie from relay_stand for update"
_MERKEN = "select topic, partitie, genummerd, bevestigd, log_offset, ce_id from relay_merk order by topic, partitie"
_ONBEVESTIGD = """
select u.* from uitgaand u join relay_merk m using (topic, partitie)
where u.publicatienr > m.bevestigd order by u.topic, u.partitie, u.publicatienr
"""
_WACHTEND = "select * from uitgaand where publicatienr is null order by volgorde limit $1"
_BEVESTIG = """
update relay_merk m set bevestigd = b.nummer, log_offset = b.log_offset, ce_id = b.id
from unnest($1::text[], $2::smallint[], $3::bigint[], $4::bigint[], $5::uuid[]) b (topic, partitie, nummer, log_offset, id)
where m.topic = b.topic and m.partitie = b.partitie and b.nummer > m.bevestigd
"""
_VOLGENDE = """
insert into relay_merk (topic, partitie, genummerd)
select * from unnest($1::text[], $2::smallint[], $3::bigint[]) as n (topic, partitie, aantal)
on conflict (topic, partitie) do update set genummerd = relay_merk.genummerd + excluded.genummerd
returning topic, partitie, genummerd
"""
_NUMMER = """
update uitgaand u set publicatienr = n.nummer, ce_time = $3
from unnest($1::uuid[], $2::bigint[]) n (id, nummer) where u.id = n.id
"""
_ID = "select id from uitgaand where topic = $1 and partitie = $2 and publicatienr = $3"
_NOG = """
select (select count(*) from uitgaand where publicatienr is null) + coalesce(sum(genummerd - bevestigd), 0)::bigint
from relay_merk
"""
_KLOK = "select clock_timestamp()"


Gezegd = Callable[[str, bytes], None]
"""Krijgt van elke gebeurtenis het type en de inhoud zodra het log haar bevestigde; rekent alleen, en faalt nooit."""


@lru_cache(maxsize=64)
def _ms(tijd: datetime) -> int:
    """Onthouden: een hele ronde heeft dezelfde tijd."""
    return int(tijd.timestamp() * 1000)


class LogWijktAf(Exception):
    """Log en database horen niet bij elkaar: vervangen log of oudere database. De dienst is niet gereed (protocol 5)."""


class Verdrongen(Exception):
    """Een andere relay heeft deze database overgenomen; dit proces stopt (protocol 3)."""


@dataclass(frozen=True, slots=True)
class Bevestiging:
    """Het laatst bevestigde record van een partitie na een zending."""

    nummer: int
    offset: int
    id: UUID


class Relay:
    """De relay van één database. `start` neemt het slot en controleert; `ronde` en `zend` doen het werk."""

    def __init__(self, instellingen: Instellingen, logboek: Logboek, gezegd: Gezegd | None = None) -> None:
        self._in = instellingen
        self._logboek = logboek
        self._gezegd = gezegd
        self.naam = f"{instellingen.dienst}-{uuid4()}"
        self._conn: asyncpg.Connection[Any] | None = None
        self._zender: AIOKafkaProducer | None = None
        self._bevestigd: dict[TopicPartition, Bevestiging] = {}
        self._peil_bevestigd: datetime | None = None
        self._mislukt = False
        self._druk_tot = 0.0
        self._aan_zet = False
        self._op_log: dict[TopicPartition, int] = {}
        self._laatste_peil = 0.0
        self._peil: Peil | None = None
        self.afwijking: str | None = None

    # --- start -----------------------------------------------------------------------------------------------------

    async def start(self) -> bool:
        """Neemt het slot (False: een andere relay heeft het), schrijft de naam en doet de startcontrole.

        Daarna is gezonden wat genummerd was en nog niet op het log stond. `LogWijktAf` als log en database niet
        bij elkaar horen.
        """
        await self.sluit()
        conn = self._conn = await verbind(self._in.database_url)
        if not await conn.fetchval(_SLOT):
            self._aan_zet = False
            await self.sluit()
            return False
        if not self._aan_zet:
            self._aan_zet, self._laatste_peil = True, asyncio.get_running_loop().time() - self._in.peil_elke
        async with conn.transaction():
            await conn.execute(_NAAM, self.naam)
            merken = await conn.fetch(_MERKEN)
            onbevestigd = await conn.fetch(_ONBEVESTIGD)
        op_log = await self.controleer(merken)
        self._zender, self._mislukt = await self._maak_zender(), False
        rest = [r for r in onbevestigd if r["publicatienr"] > op_log.get((r["topic"], r["partitie"]), 0)]
        await self.zend(rest)
        async with conn.transaction():
            if (await conn.fetchrow(_STAND))["relay"] != self.naam:  # type: ignore[index]
                raise Verdrongen
            await self._noteer()
            await conn.execute("update relay_stand set gecontroleerd = true, afwijking = null")
        self.afwijking = None
        log.info("relay_gestart", naam=self.naam, opnieuw_gezonden=len(rest))
        return True

    async def _maak_zender(self) -> AIOKafkaProducer:
        zender = AIOKafkaProducer(
            **self._in.kafka_verbinding,
            acks="all",
            enable_idempotence=True,
            compression_type="zstd",
            request_timeout_ms=self._in.zend_ms,
            max_batch_size=512 * 1024,
            linger_ms=0,
        )
        try:
            await zender.start()
        except BaseException:
            await zender.stop()
            raise
        return zender

    async def controleer(self, merken: Sequence[Any]) -> dict[tuple[str, int], int]:
        """De startcontrole (protocol 5): per partitie het hoogste eigen nummer dat op het log staat.

        Zet ook de vorige ronde op het hoogste van de eigen ronde, het eigen laatste peil en de laatste `ce_time`.
        """
        assert self._conn is not None  # noqa: S101
        bron, hoogste, tijden = self._in.bron, {}, []
        genummerd = {(m["topic"], m["partitie"]): m["genummerd"] for m in merken}
        self._op_log = {}
        laatst = {TopicPartition(m["topic"], m["partitie"]): m["log_offset"] for m in merken if m["bevestigd"]}
        gevonden = await self._logboek.op_offset(laatst)
        for merk in merken:
            plaats = TopicPartition(merk["topic"], merk["partitie"])
            waar = f"{plaats.topic}-{plaats.partition}"
            if merk["bevestigd"] and not self._gecompacteerd(plaats.topic):
                self._zelfde(waar, merk, gevonden.get(plaats))
            vanaf = merk["log_offset"] or 0
            if merk["bevestigd"] and (await self._logboek.einden([plaats]))[plaats] <= vanaf:
                raise LogWijktAf(f"{waar}: het log is vervangen (korter dan wat bevestigd was)")
            top = hoogste_nummer(await self._logboek.vanaf(plaats, vanaf), bron)
            if top is None:
                hoogste[plaats.topic, plaats.partition] = merk["bevestigd"]
                continue
            if top.nummer > merk["genummerd"]:
                raise LogWijktAf(f"{waar}: het log ({top.nummer}) is verder dan de database ({merk['genummerd']})")
            if await self._conn.fetchval(_ID, plaats.topic, plaats.partition, top.nummer) != top.id:
                raise LogWijktAf(f"{waar}: nummer {top.nummer} is op het log een andere gebeurtenis dan in de database")
            hoogste[plaats.topic, plaats.partition] = top.nummer
            tijden.append(top.tijd)
            self._bevestigd[plaats] = Bevestiging(top.nummer, top.offset, top.id)
        for topic, regel in self._in.topiclijst.items():
            if regel.bron == self._in.dienst:
                await self._onbekende_partities(topic, regel.partities, genummerd)
        peil = await self._eigen_peil()
        if peil is not None:
            tijden.append(peil.tijd)
            if not peil.historie:  # eens en voorgoed, ook als de database van vóór het sluiten is (protocol 20)
                await self._conn.execute("update relay_stand set historie = false")
            for topic, nummers in peil.nummers.items():
                if any(n > genummerd.get((topic, int(p)), 0) for p, n in nummers.items()):
                    raise LogWijktAf(f"{topic}: het eigen peil op het log is verder dan de database")
        if tijden:
            await self._conn.execute("update relay_stand set ronde = greatest(ronde, $1)", max(tijden))
        return hoogste

    def _gecompacteerd(self, topic: str) -> bool:
        return topic in self._in.topiclijst and self._in.topiclijst[topic].gecompacteerd

    def _zelfde(self, waar: str, merk: Any, record: Any) -> None:
        try:
            bericht = lees(record, self._in.bron) if record is not None else None
        except Vreemd:
            bericht = None
        if bericht is None or (bericht.nummer, bericht.id) != (merk["bevestigd"], merk["ce_id"]):
            raise LogWijktAf(f"{waar}: het log is vervangen (bevestigd nummer {merk['bevestigd']} staat er niet)")

    async def _onbekende_partities(self, topic: str, partities: int, genummerd: dict[tuple[str, int], int]) -> None:
        """Partities waar deze database nooit iets nummerde: daar mag ook niets van ons staan."""
        plaatsen = [TopicPartition(topic, p) for p in range(partities) if (topic, p) not in genummerd]
        einden = await self._logboek.einden(plaatsen) if plaatsen else {}
        for plaats in plaatsen:
            if einden[plaats] and hoogste_nummer(await self._logboek.vanaf(plaats, 0), self._in.bron):
                raise LogWijktAf(f"{topic}-{plaats.partition}: het log heeft gebeurtenissen die de database niet kent")

    async def _eigen_peil(self) -> Peil | None:
        eigen: Peil | None = None
        for record in await self._logboek.vanaf(TopicPartition("peil", 0), 0):
            eigen = lees_peil(record, [self._in.bron]) or eigen
        return eigen

    # --- ronde -----------------------------------------------------------------------------------------------------

    async def ronde(self) -> list[Any]:
        """Eén ronde: noteert bevestigingen, nummert wat wacht, zet zo nodig een peil klaar. Geeft de rijen om te zenden."""
        assert self._conn is not None  # noqa: S101
        self._peil = None
        peiltijd = asyncio.get_running_loop().time() - self._laatste_peil >= self._in.peil_elke
        if (
            not peiltijd
            and not self._bevestigd
            and not await self._conn.fetchval("select exists (select from uitgaand where publicatienr is null)")
        ):
            return []
        async with self._conn.transaction():
            stand = await self._conn.fetchrow(_STAND)
            if stand is None or stand["relay"] != self.naam:
                raise Verdrongen
            await self._noteer()
            rijen = await self._conn.fetch(_WACHTEND, self._in.relay_ronde)
            if not rijen and not peiltijd:
                return []
            klok = await self._conn.fetchval(_KLOK)
            tijd = klok.replace(microsecond=klok.microsecond // 1000 * 1000)
            if stand["ronde"] is not None:
                tijd = max(tijd, stand["ronde"] + MS)
            te_zenden = await self._nummer(rijen, tijd)
            await self._conn.execute("update relay_stand set ronde = $1", tijd)
            if peiltijd:
                self._peil = await self._maak_peil(tijd, stand["historie"])
        metrics.RONDE.set(tijd.timestamp())
        faalpunt("na_nummeren")
        return te_zenden

    async def _noteer(self) -> None:
        """Schrijft op wat sinds de vorige ronde bevestigd is."""
        assert self._conn is not None  # noqa: S101
        if self._bevestigd:
            plaatsen, bewijzen = list(self._bevestigd), list(self._bevestigd.values())
            await self._conn.execute(
                _BEVESTIG,
                [p.topic for p in plaatsen],
                [p.partition for p in plaatsen],
                [b.nummer for b in bewijzen],
                [b.offset for b in bewijzen],
                [b.id for b in bewijzen],
            )
            self._bevestigd = {}
        if self._peil_bevestigd is not None:
            await self._conn.execute("update relay_stand set peil_bevestigd = $1", self._peil_bevestigd)
            self._peil_bevestigd = None

    async def _nummer(self, rijen: Sequence[Any], tijd: datetime) -> list[dict[str, Any]]:
        """Geeft de rijen, in volgorde van invoegen, hun nummers per (topic, partitie)."""
        assert self._conn is not None  # noqa: S101
        if not rijen:
            return []
        aantal: dict[tuple[str, int], int] = {}
        for rij in rijen:
            aantal[rij["topic"], rij["partitie"]] = aantal.get((rij["topic"], rij["partitie"]), 0) + 1
        plaatsen = sorted(aantal)
        einde = await self._conn.fetch(
            _VOLGENDE, [t for t, _ in plaatsen], [p for _, p in plaatsen], [aantal[x] for x in plaatsen]
        )
        volgende = {(r["topic"], r["partitie"]): r["genummerd"] - aantal[r["topic"], r["partitie"]] + 1 for r in einde}
        uit = []
        for rij in rijen:
            plaats = (rij["topic"], rij["partitie"])
            uit.append(dict(rij.items(), publicatienr=volgende[plaats], ce_time=tijd))
            volgende[plaats] += 1
        await self._conn.execute(_NUMMER, [r["id"] for r in uit], [r["publicatienr"] for r in uit], tijd)
        return uit

    async def _maak_peil(self, tijd: datetime, historie: bool) -> Peil:
        """Het peil van deze ronde; de compacte topics staan er niet in."""
        assert self._conn is not None  # noqa: S101
        nummers: dict[str, dict[int, int]] = {}
        for merk in await self._conn.fetch(_MERKEN):
            if merk["topic"] in self._in.topiclijst and not self._gecompacteerd(merk["topic"]):
                nummers.setdefault(merk["topic"], {})[merk["partitie"]] = merk["genummerd"]
        metrics.WACHTEND.set(await self._conn.fetchval(_NOG))
        rij = await self._conn.fetchrow("select count(*) as aantal, min(ce_time) as oudste from geparkeerd")
        assert rij is not None  # noqa: S101
        geparkeerd = Geparkeerd(aantal=rij["aantal"], oudste=rij["oudste"])
        return Peil(bron=self._in.bron, tijd=tijd, nummers=nummers, geparkeerd=geparkeerd, historie=historie)

    # --- zenden ----------------------------------------------------------------------------------------------------

    async def zend(self, rijen: Sequence[Any]) -> None:
        """Zendt genummerde rijen, per partitie op volgorde; stopt bij de eerste fout. Onthoudt wat bevestigd is."""
        per_plaats: dict[TopicPartition, list[Any]] = {}
        for rij in rijen:
            per_plaats.setdefault(TopicPartition(rij["topic"], rij["partitie"]), []).append(rij)
        if self._mislukt:
            raise RuntimeError("na een mislukte zending eerst de startcontrole")
        werk = (self._zend_partitie(plaats, rij) for plaats, rij in per_plaats.items())
        fouten = [f for f in await asyncio.gather(*werk, return_exceptions=True) if isinstance(f, BaseException)]
        if fouten:
            self._mislukt = True
            raise fouten[0]
        if rijen:
            faalpunt("na_zenden")

    async def _zend_partitie(self, plaats: TopicPartition, rijen: list[Any]) -> None:
        assert self._zender is not None  # noqa: S101
        i = 0
        while i < len(rijen):
            stapel = self._zender.create_batch()
            eerste = i
            while i < len(rijen) and self._pas(stapel, rijen[i]):
                i += 1
            if i == eerste:
                raise ValueError(f"gebeurtenis {rijen[i]['id']} past in geen zending")
            stapel.close()
            antwoord = await self._zender.send_batch(stapel, plaats.topic, partition=plaats.partition)
            bewijs = await antwoord
            self._verder(plaats, bewijs.offset)
            laatste = rijen[i - 1]
            self._bevestigd[plaats] = Bevestiging(
                laatste["publicatienr"], bewijs.offset + i - eerste - 1, laatste["id"]
            )
            metrics.GEZEGD.labels(plaats.topic).inc(i - eerste)
            if (gezegd := self._gezegd) is not None:
                for rij in rijen[eerste:i]:
                    gezegd(rij["type"], rij["data"])

    def _verder(self, plaats: TopicPartition, offset: int) -> None:
        """Een bevestiging staat altijd voorbij de vorige; anders is het log onder ons vervangen."""
        if offset < 0:  # de broker had deze zending al: waar zij staat, zegt de startcontrole
            raise KafkaError("bevestigd zonder plaats")
        if offset <= self._op_log.get(plaats, -1):
            raise LogWijktAf(f"{plaats.topic}-{plaats.partition}: het log is vervangen terwijl deze dienst draaide")
        self._op_log[plaats] = offset

    def _pas(self, stapel: Any, rij: Any) -> bool:
        kop = koppen(rij, self._in.bron)
        tijd = _ms(rij["ce_time"])
        return stapel.append(key=rij["sleutel"].encode(), value=rij["data"], timestamp=tijd, headers=kop) is not None

    async def zend_peil(self) -> None:
        """Zegt het peil dat in de laatste ronde is vastgelegd."""
        if self._peil is None:
            return
        assert self._zender is not None  # noqa: S101
        peil = self._peil
        rij = {
            "id": uuid7(),
            "type": peil.type_,
            "ce_time": peil.tijd,
            "publicatienr": 1,
            "correlatie": None,
            "oorzaak": None,
            "traceparent": None,
        }
        kop = [(k, v) for k, v in koppen(rij, self._in.bron) if not k.startswith("ce_sequence")]
        ms = int(peil.tijd.timestamp() * 1000)
        bewijs = await self._zender.send_and_wait(
            "peil", peil.bytes_(), key=peil.sleutel().encode(), headers=kop, partition=0, timestamp_ms=ms
        )
        self._verder(TopicPartition("peil", 0), bewijs.offset)
        self._peil_bevestigd = peil.tijd
        self._laatste_peil = asyncio.get_running_loop().time()

    # --- loop ------------------------------------------------------------------------------------------------------

    async def loop(self) -> None:
        """Zegt tot de taak wordt afgebroken. Na élke fout eerst weer de startcontrole (protocol 4)."""
        while True:
            try:
                if await self.start():
                    await self._werk()
                await asyncio.sleep(1)  # een andere instantie heeft het slot
            except Verdrongen:
                raise
            except LogWijktAf as fout:
                if self.afwijking != str(fout):
                    log.error("relay_weigert", reden=str(fout))
                self.afwijking = str(fout)
                await self._zeg_afwijking()
                await asyncio.sleep(5)
            except Exception as fout:  # noqa: BLE001  # Kafka of database weg: opnieuw, met startcontrole
                metrics.RELAY_FOUT.inc()
                log.warning("relay_gestoord", fout=type(fout).__name__, voorbijgaand=isinstance(fout, VOORBIJGAAND))
                await asyncio.sleep(1)

    async def _zeg_afwijking(self) -> None:
        """Laat ook de andere instanties weten dat er niets aangenomen of gehoord mag worden."""
        if self._conn is not None:
            with contextlib.suppress(*VOORBIJGAAND):
                await self._conn.execute("update relay_stand set afwijking = $1", self.afwijking)

    async def _werk(self) -> None:
        while True:
            rijen = await self.ronde()
            await self.zend(rijen)
            await self.zend_peil()
            if not rijen:
                await self._rust()
            elif VOL <= len(rijen) < self._in.relay_ronde:
                await asyncio.sleep(ADEM)

    def stil(self) -> float:
        """Hoeveel seconden de eigen peilen al niet bevestigd worden; 0 als een andere instantie de relay is."""
        return asyncio.get_running_loop().time() - self._laatste_peil if self._aan_zet else 0.0

    async def _rust(self) -> None:
        """Wacht op werk: kort zolang dit proces net iets klaarzette (het moet nog vastgelegd worden), anders langer."""
        nu = asyncio.get_running_loop().time()
        if outbox.wek.is_set():
            outbox.wek.clear()
            self._druk_tot = nu + DRUK
        if nu < self._druk_tot:
            await asyncio.sleep(self._in.relay_rust)
        else:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(outbox.wek.wait(), self._in.relay_elke)

    async def sluit(self) -> None:
        """Sluit zender en slot; wat genummerd is blijft wachten op de volgende start."""
        zender, self._zender = self._zender, None
        conn, self._conn = self._conn, None
        self._bevestigd, self._peil_bevestigd = {}, None
        if zender is not None:
            try:
                await asyncio.wait_for(zender.stop(), 5)
            except (TimeoutError, OSError) as fout:
                log.warning("zender_sluit_niet", fout=type(fout).__name__)
        if conn is not None:
            conn.terminate()
