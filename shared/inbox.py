"""Horen: één transactie per batch voor gevolgen, wat gezegd wordt, en positie. De regels 9–14 van docs/bezorging.md.

Een positie is (offset, nummer, ce_id) van het laatst aanvaarde record; zij schuift alleen door vergelijk-en-wissel:
wie een verouderde positie heeft (een zombie) wordt door de database teruggewezen.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from aiokafka import TopicPartition
from banenspoor_contracts import Feit, feit_van
from pydantic import ValidationError

from shared import dead_letter, metrics, outbox
from shared.db import VOORBIJGAAND, Pool, Tx, vergrendel
from shared.dead_letter import Vergif
from shared.envelope import Bericht, Vreemd, lees
from shared.faalpunt import faalpunt
from shared.kafkalog import Logboek
from shared.log import log
from shared.settings import Instellingen

MAX_BYTES = 64 * 1024
F = TypeVar("F", bound=Feit)
Handler = Callable[[Any, Bericht, Tx], Awaitable[Sequence[Feit]]]
Gezegd = Sequence[tuple[Bericht, Feit]]
Verwerk = Callable[[Tx, Sequence[Bericht]], Awaitable[Gezegd]]

_POSITIES = """
select topic, partitie, log_offset, publicatienr, ce_id from verwerkt
where (topic, partitie) in (select * from unnest($1::text[], $2::smallint[]))
"""
_EERSTE = (
    "insert into verwerkt (topic, partitie) select * from unnest($1::text[], $2::smallint[]) on conflict do nothing"
)
_SCHUIF = """
update verwerkt v set log_offset = n.log_offset, publicatienr = n.nummer, ce_id = n.id
from unnest($1::text[], $2::smallint[], $3::bigint[], $4::bigint[], $5::uuid[], $6::bigint[], $7::bigint[], $8::uuid[])
  n (topic, partitie, oud_offset, oud_nummer, oud_id, log_offset, nummer, id)
where v.topic = n.topic and v.partitie = n.partitie
  and v.log_offset = n.oud_offset and v.publicatienr = n.oud_nummer and v.ce_id is not distinct from n.oud_id
"""
_AFWIJKING = "select afwijking is not null from relay_stand"
_WACHT = "een eerdere gebeurtenis van deze sleutel is geparkeerd"
_GEBRUIKT = "select tijd from peil where bron = $1"


@dataclass(frozen=True, slots=True)
class Positie:
    """Het laatst aanvaarde record van een partitie; (-1, 0, None) is het begin."""

    offset: int = -1
    nummer: int = 0
    id: UUID | None = None


class NietEigenaar(Exception):
    """De positie in de database is niet de onze: een ander heeft deze partitie verwerkt."""


class Afwijkend(Exception):
    """De startcontrole van deze dienst wijkt af: tot zij klopt hoort geen enkele instantie (protocol 5)."""


class Gestopt(Exception):
    """Deze partitie mag niet verder; de reden staat erbij."""

    def __init__(self, plaats: TopicPartition, reden: str) -> None:
        super().__init__(f"{plaats.topic}-{plaats.partition}: {reden}")
        self.plaats, self.reden = plaats, reden


NIET_PER_STUK: tuple[type[BaseException], ...] = (*VOORBIJGAAND, NietEigenaar, Gestopt, Afwijkend)


class Handlers:
    """Eén functie per gebeurtenis die een dienst hoort; `hoor(Feit, …)` is de decorator."""

    def __init__(self) -> None:
        self._op_type: dict[str, tuple[type[Feit], Handler]] = {}

    @property
    def topics(self) -> tuple[str, ...]:
        """De topics die uit de gehoorde feiten volgen."""
        return tuple(sorted({feit.topic for feit, _ in self._op_type.values()}))

    def __call__(self, *feiten: type[Feit]) -> Callable[[Handler], Handler]:
        """Meldt een handler aan voor deze feiten."""

        def meld_aan(handler: Handler) -> Handler:
            for feit in feiten:
                self._op_type[feit.type_] = (feit, handler)
            return handler

        return meld_aan

    async def verwerk(self, tx: Tx, berichten: Sequence[Bericht]) -> Gezegd:
        """Roept per bericht de handler; geeft wat gezegd wordt met het bericht dat het veroorzaakte."""
        uit: list[tuple[Bericht, Feit]] = []
        for bericht in berichten:
            if bericht.type not in self._op_type:
                if feit_van(bericht.type) is None:
                    metrics.ONBEKEND.labels(bericht.topic).inc()
                continue
            soort, handler = self._op_type[bericht.type]
            feit = ontleed(soort, bericht)
            uit.extend((bericht, gevolg) for gevolg in await handler(feit, bericht, tx))
        return uit


def ontleed(soort: type[F], bericht: Bericht) -> F:
    """Leest de data van een bericht; `Vergif` als zij niet aan het contract voldoet of de sleutel niet klopt.

    De melding noemt velden en regels, nooit waarden.
    """
    if len(bericht.waarde) > MAX_BYTES:
        raise Vergif("te_groot", "meer dan 64 KB")
    try:
        feit = soort.model_validate_json(bericht.waarde)
    except ValidationError as fout:
        plaatsen = sorted({f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in fout.errors(include_input=False)})
        raise Vergif("ongeldig", "; ".join(plaatsen)[:500]) from None
    if feit.sleutel() != bericht.sleutel:
        raise Vergif("sleutel", "de Kafka-sleutel is niet die van de data")
    return feit


class Inbox:
    """Neemt ruwe records aan, verwerkt ze precies één keer en onthoudt per partitie de positie."""

    def __init__(
        self,
        instellingen: Instellingen,
        pool: Pool,
        logboek: Logboek,
        verwerk: Verwerk,
        topics: Collection[str],
        *,
        onbekend_parkeert: bool = False,
        met_slot: bool = True,
    ) -> None:
        """`onbekend_parkeert`: een onbekend type wordt geparkeerd (telling). `met_slot`: sloten op alle sleutels."""
        self._in, self._pool, self._logboek, self._verwerk = instellingen, pool, logboek, verwerk
        self.topics = tuple(topics)
        self._bronnen = {t: instellingen.bron_van(instellingen.topiclijst[t].bron or "") for t in topics}
        self._onbekend_parkeert, self._met_slot = onbekend_parkeert, met_slot
        self.posities: dict[TopicPartition, Positie] = {}
        self.gestopt: dict[TopicPartition, str] = {}
        self.consument: Any = None
        self._nieuw_geparkeerd: list[float] = []
        self._bezig = asyncio.Lock()

    # --- toewijzing ------------------------------------------------------------------------------------------------

    async def wijs_toe(self, plaatsen: Collection[TopicPartition]) -> None:
        """Leest de posities uit de database, controleert ze op het log en zet de consument erachter (protocol 12)."""
        plaatsen = sorted(plaatsen)
        if not plaatsen:
            return
        topics, partities = [p.topic for p in plaatsen], [p.partition for p in plaatsen]
        async with self._pool.acquire() as conn:
            await conn.execute(_EERSTE, topics, partities)
            rijen = await conn.fetch(_POSITIES, topics, partities)
        for rij in rijen:
            plaats = TopicPartition(rij["topic"], rij["partitie"])
            self.posities[plaats] = Positie(rij["log_offset"], rij["publicatienr"], rij["ce_id"])
        await self.controleer(plaatsen, zet=True)

    async def trek_in(self, plaatsen: Iterable[TopicPartition]) -> None:
        """Laat partities los; wacht eerst een lopende batch af."""
        async with self._bezig:
            for plaats in plaatsen:
                self.posities.pop(plaats, None)
                self._hervat(plaats)

    async def controleer(self, plaatsen: Collection[TopicPartition], *, zet: bool = False) -> None:
        """Het record op elke positie moet die gebeurtenis zijn; anders zoeken op nummer; anders stopt de partitie."""
        gemeten = {p: self.posities[p] for p in plaatsen if p in self.posities}
        op_log = await self._logboek.op_offset({p: pos.offset for p, pos in gemeten.items() if pos.nummer})
        einden = await self._logboek.einden(list(gemeten)) if gemeten else {}
        for plaats, positie in gemeten.items():
            offset = positie.offset
            if positie.nummer and not self._is(op_log.get(plaats), positie):
                if self._gecompacteerd(plaats.topic) and einden[plaats] > positie.offset:
                    pass  # het record zelf kan weggecompacteerd zijn
                else:
                    bron = self._bronnen[plaats.topic]
                    gevonden = await self._logboek.zoek_nummer(plaats, bron, positie.nummer)
                    if gevonden is None or gevonden.id != positie.id:
                        self._stop(plaats, "het log heeft de laatst verwerkte gebeurtenis niet: vervangen log")
                        continue
                    offset, zet = gevonden.offset, True
            if plaats in self.gestopt:
                self._hervat(plaats)
                self._zoek(plaats, offset + 1)
            elif zet:
                self._zoek(plaats, offset + 1)

    def _is(self, record: Any, positie: Positie) -> bool:
        if record is None:
            return False
        try:
            bericht = lees(record, self._bronnen[record.topic])
        except Vreemd:
            return False
        return (bericht.nummer, bericht.id) == (positie.nummer, positie.id)

    def _gecompacteerd(self, topic: str) -> bool:
        return self._in.topiclijst[topic].gecompacteerd

    def _zoek(self, plaats: TopicPartition, offset: int) -> None:
        if self.consument is not None and plaats in self.consument.assignment():
            self.consument.seek(plaats, offset)

    def _stop(self, plaats: TopicPartition, reden: str) -> None:
        if self.gestopt.get(plaats) != reden:
            log.error("partitie_gestopt", topic=plaats.topic, partitie=plaats.partition, reden=reden)
        self.gestopt[plaats] = reden
        metrics.GESTOPT.labels(plaats.topic, str(plaats.partition)).set(1)
        if self.consument is not None and plaats in self.consument.assignment():
            self.consument.pause(plaats)

    def _hervat(self, plaats: TopicPartition) -> None:
        if self.gestopt.pop(plaats, None) is not None:
            metrics.GESTOPT.labels(plaats.topic, str(plaats.partition)).set(0)
            if self.consument is not None and plaats in self.consument.assignment():
                self.consument.resume(plaats)

    # --- ontvangst -------------------------------------------------------------------------------------------------

    async def ontvang(self, records: Sequence[Any]) -> None:
        """Verwerkt een batch ruwe records. Storing wordt opnieuw geprobeerd; een fout van ons stopt de partities, luid."""
        per_plaats: dict[TopicPartition, list[Any]] = defaultdict(list)
        for record in records:
            per_plaats[TopicPartition(record.topic, record.partition)].append(record)
        wacht = 0.05
        async with self._bezig:
            while per_plaats := {p: r for p, r in per_plaats.items() if p in self.posities and p not in self.gestopt}:
                try:
                    await self._batch(per_plaats)
                    return
                except Gestopt as stop:
                    self._stop(stop.plaats, stop.reden)
                except Afwijkend:
                    self._stop_alle(per_plaats, "log en database van deze dienst wijken af")
                except NietEigenaar:
                    log.warning("positie_van_ander", partities=[f"{p.topic}-{p.partition}" for p in per_plaats])
                    await self._opnieuw(list(per_plaats))
                    return
                except VOORBIJGAAND as fout:
                    log.warning("batch_gestoord", fout=type(fout).__name__, opnieuw_over=wacht)
                    await asyncio.sleep(wacht)
                    wacht = min(wacht * 2, 5)
                except Exception as fout:  # noqa: BLE001  # een fout van ons: niets overslaan, luid stilstaan
                    log.error("batch_mislukt", fout=type(fout).__name__, exc_info=fout)
                    self._stop_alle(per_plaats, f"de batch mislukte: {type(fout).__name__}")

    @property
    def bezig(self) -> bool:
        """Of er nu een batch verwerkt wordt."""
        return self._bezig.locked()

    def _stop_alle(self, plaatsen: Iterable[TopicPartition], reden: str) -> None:
        for plaats in plaatsen:
            self._stop(plaats, reden)

    async def _opnieuw(self, plaatsen: list[TopicPartition]) -> None:
        """Leest de posities opnieuw: de database beslist wie verder mag en waarvandaan."""
        try:
            await self.wijs_toe(plaatsen)
        except Exception as fout:  # noqa: BLE001  # lukt het niet, dan probeert de controle per minuut het weer
            for plaats in plaatsen:
                self._stop(plaats, f"positie niet te lezen: {type(fout).__name__}")

    async def _batch(self, per_plaats: dict[TopicPartition, list[Any]]) -> None:
        begin = time.monotonic()
        aanvaard: list[Bericht] = []
        nieuw: dict[TopicPartition, Positie] = {}
        vreemd: list[tuple[Any, str]] = []
        per_topic: dict[str, int] = defaultdict(int)
        for plaats, records in per_plaats.items():
            metrics.GEHOORD.labels(plaats.topic).inc(len(records))
            gekozen, positie = await self._kies(plaats, records, vreemd)
            aanvaard.extend(gekozen)
            if gekozen:
                nieuw[plaats] = positie
                per_topic[plaats.topic] += len(gekozen)
        if not aanvaard and not vreemd:
            return
        te_veel: set[TopicPartition] = set()
        try:
            async with self._pool.acquire() as conn, conn.transaction():
                await self._leg_vast(conn, aanvaard, nieuw, vreemd)
                faalpunt("voor_vastleggen")
        except NIET_PER_STUK:
            raise
        except Exception as fout:  # noqa: BLE001  # één rotte gebeurtenis: per stuk, zodat alleen haar sleutel wacht
            log.warning("batch_per_stuk", fout=type(fout).__name__, berichten=len(aanvaard))
            async with self._pool.acquire() as conn, conn.transaction():
                nieuw, geparkeerd, te_veel = await self._leg_per_stuk_vast(conn, aanvaard, vreemd)
            self._nieuw_geparkeerd += [time.monotonic()] * geparkeerd
        faalpunt("na_vastleggen")
        self.posities.update(nieuw)
        self._stop_alle(te_veel, "te veel geparkeerd: de fout is van ons")
        metrics.BATCH.observe(len(aanvaard))
        metrics.DUUR.observe(time.monotonic() - begin)
        for topic, aantal in per_topic.items():
            metrics.VERWERKT.labels(topic).inc(aantal)
        if aanvaard:
            metrics.LEEFTIJD.labels(aanvaard[-1].topic).observe(max(0.0, time.time() - aanvaard[-1].tijd.timestamp()))

    async def _kies(
        self, plaats: TopicPartition, records: Sequence[Any], vreemd: list[tuple[Any, str]]
    ) -> tuple[list[Bericht], Positie]:
        """De nieuwe berichten van één partitie, op volgorde; dubbele vallen weg, een gat of tegenspraak stopt."""
        positie, gekozen, bron = self.posities[plaats], [], self._bronnen[plaats.topic]
        for record in records:
            try:
                bericht = lees(record, bron)
            except Vreemd as fout:
                vreemd.append((record, str(fout)))
                continue
            if bericht.nummer == positie.nummer and bericht.id != positie.id:
                raise Gestopt(plaats, f"nummer {bericht.nummer} heeft twee gebeurtenissen")
            if bericht.nummer <= positie.nummer:
                metrics.DUBBEL.labels(plaats.topic).inc()
                continue
            if bericht.nummer != positie.nummer + 1 and not self._gecompacteerd(plaats.topic):
                await self._gat(plaats, bron, positie)
                break
            gekozen.append(bericht)
            positie = Positie(bericht.offset, bericht.nummer, bericht.id)
        return gekozen, positie

    async def _gat(self, plaats: TopicPartition, bron: str, positie: Positie) -> None:
        """Zoekt het ontbrekende nummer op het log; staat het er, dan leest de consument vanaf daar, anders stop."""
        gevonden = await self._logboek.zoek_nummer(plaats, bron, positie.nummer + 1)
        if gevonden is None:
            raise Gestopt(plaats, f"nummer {positie.nummer + 1} ontbreekt op het log")
        self._zoek(plaats, gevonden.offset)

    async def _leg_vast(
        self,
        tx: Tx,
        aanvaard: Sequence[Bericht],
        nieuw: dict[TopicPartition, Positie],
        vreemd: Sequence[tuple[Any, str]],
    ) -> None:
        """Gevolgen, gezegde en posities in één transactie; gooit `NietEigenaar` als een positie niet de onze is."""
        wachtend = await self._begin(tx, aanvaard, vreemd)
        vrij = []
        for bericht in aanvaard:
            if (bericht.topic, bericht.sleutel) in wachtend:
                await self._parkeer(tx, bericht, "wacht", _WACHT)
            else:
                vrij.append(bericht)
        if vrij:
            await zeg(tx, await self._verwerk(tx, self._gekeurd(vrij)))
        if nieuw:
            await self._schuif(tx, nieuw)

    async def _leg_per_stuk_vast(
        self, tx: Tx, aanvaard: Sequence[Bericht], vreemd: Sequence[tuple[Any, str]]
    ) -> tuple[dict[TopicPartition, Positie], int, set[TopicPartition]]:
        """Als `_leg_vast`, elk bericht in een savepoint. Geeft de posities tot waar het kwam, hoeveel sleutels er nieuw
        geparkeerd zijn, en welke partities niet verder mogen: parkeren houdt op bij de grens per minuut."""
        nu = time.monotonic()
        self._nieuw_geparkeerd = [t for t in self._nieuw_geparkeerd if nu - t < 60]
        ruimte = self._in.parkeer_per_minuut - len(self._nieuw_geparkeerd)
        wachtend = await self._begin(tx, aanvaard, vreemd)
        nieuw: dict[TopicPartition, Positie] = {}
        te_veel: set[TopicPartition] = set()
        geparkeerd = 0
        for bericht in aanvaard:
            plaats, sleutel = TopicPartition(bericht.topic, bericht.partitie), (bericht.topic, bericht.sleutel)
            if plaats in te_veel:
                continue
            if sleutel in wachtend:
                await self._parkeer(tx, bericht, "wacht", _WACHT)
            elif (vergif := await self._los(tx, bericht)) is not None:
                if geparkeerd >= ruimte:
                    te_veel.add(plaats)
                    continue
                geparkeerd += await self._parkeer(tx, bericht, *vergif)
                wachtend.add(sleutel)
            nieuw[plaats] = Positie(bericht.offset, bericht.nummer, bericht.id)
        if nieuw:
            await self._schuif(tx, nieuw)
        return nieuw, geparkeerd, te_veel

    async def _begin(
        self, tx: Tx, aanvaard: Sequence[Bericht], vreemd: Sequence[tuple[Any, str]]
    ) -> set[tuple[str, str]]:
        """Wat vóór de verwerking komt: mag er gehoord worden, dode brieven, sloten; geeft de geparkeerde sleutels."""
        if await tx.fetchval(_AFWIJKING):
            raise Afwijkend
        for record, reden in vreemd:
            await dead_letter.begraaf(tx, record, reden)
        await self._geen_verleden(tx, aanvaard)
        if self._met_slot:
            await vergrendel(tx, (b.sleutel for b in aanvaard))
        return await dead_letter.geparkeerde_sleutels(tx, aanvaard)

    def _gekeurd(self, berichten: Sequence[Bericht]) -> Sequence[Bericht]:
        if self._onbekend_parkeert and any(feit_van(b.type) is None for b in berichten):
            raise Vergif("onbekend_type", "dit type kent deze dienst niet")
        return berichten

    async def verwerk_los(self, tx: Tx, berichten: Sequence[Bericht]) -> Gezegd:
        """Verwerkt berichten buiten de batch om (redrive); gooit wat de verwerking gooit."""
        return await self._verwerk(tx, self._gekeurd(berichten))

    async def _los(self, tx: Tx, bericht: Bericht) -> tuple[str, str] | None:
        """Verwerkt één bericht in een savepoint; None als het lukte, anders (code, melding) waarom het vergif is."""
        try:
            async with tx.transaction():
                await zeg(tx, await self._verwerk(tx, self._gekeurd([bericht])))
        except VOORBIJGAAND:
            raise
        except Vergif as fout:
            return fout.code, fout.melding
        except Exception as fout:  # noqa: BLE001  # een fout in de verwerking is vergif voor deze sleutel, meer niet
            log.error("verwerking_mislukt", id=str(bericht.id), type=bericht.type, fout=type(fout).__name__)
            return "fout", type(fout).__name__
        return None

    async def _parkeer(self, tx: Tx, bericht: Bericht, code: str, melding: str) -> bool:
        metrics.GEPARKEERD.labels(bericht.topic, code).inc()
        return await dead_letter.parkeer(tx, bericht, code, melding)

    async def _geen_verleden(self, tx: Tx, aanvaard: Sequence[Bericht]) -> None:
        """Een gebeurtenis van vóór een al gebruikt peil zou een vaste vintage veranderen: de partitie stopt.

        Een peil noemt de compacte topics niet: wat daarop komt is nooit te laat, en legt niets vast.
        """
        for topic in {b.topic for b in aanvaard if not self._gecompacteerd(b.topic)}:
            gebruikt = await tx.fetchval(_GEBRUIKT, self._in.topiclijst[topic].bron)
            for bericht in aanvaard:
                if gebruikt is not None and bericht.topic == topic and bericht.tijd <= gebruikt:
                    plaats = TopicPartition(topic, bericht.partitie)
                    raise Gestopt(plaats, f"nummer {bericht.nummer} is ouder dan een al gebruikt peil")

    async def _schuif(self, tx: Tx, nieuw: dict[TopicPartition, Positie]) -> None:
        plaatsen = sorted(nieuw)
        oud = [self.posities[p] for p in plaatsen]
        gezet = [nieuw[p] for p in plaatsen]
        antwoord = await tx.execute(
            _SCHUIF,
            [p.topic for p in plaatsen],
            [p.partition for p in plaatsen],
            [p.offset for p in oud],
            [p.nummer for p in oud],
            [p.id for p in oud],
            [p.offset for p in gezet],
            [p.nummer for p in gezet],
            [p.id for p in gezet],
        )
        if int(antwoord.rsplit(" ", 1)[1]) != len(plaatsen):
            raise NietEigenaar


async def zeg(tx: Tx, gevolgen: Gezegd) -> None:
    """Zet gevolgen klaar, elk met het bericht dat het veroorzaakte."""
    await outbox.put_elk(tx, [(feit, b.correlatie or b.id, b.id) for b, feit in gevolgen])
