"""FastStream op Kafka: één batchabonnement per dienst dat ruwe records aan de inbox geeft, en de waakhond.

Wat FastStream standaard doet en wij niet willen (eerst bevestigen, `latest`, vanzelf topics maken, `acks=1`) staat
hier één keer goed, in `BROKER` en `ABONNEMENT`; een test leest ze na.
"""

import asyncio
import os
import time
from collections.abc import Collection
from typing import Any

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage
from faststream.security import BaseSecurity, SASLScram512

from shared import metrics
from shared.inbox import Inbox
from shared.log import log
from shared.settings import Instellingen

BROKER: dict[str, Any] = {
    "acks": "all",
    "enable_idempotence": True,
    "allow_auto_create_topics": False,
    "apply_types": False,
    "logger": None,
}
ABONNEMENT: dict[str, Any] = {
    "batch": True,
    "ack_policy": AckPolicy.MANUAL,
    "auto_offset_reset": "none",
    "batch_timeout_ms": 20,
    "fetch_max_wait_ms": 100,
    "no_reply": True,
}


async def _ruw(records: tuple[Any, ...], _verder: Any) -> KafkaMessage:
    """Raakt geen kop en geen inhoud aan: dat doet de inbox, per record."""
    return KafkaMessage(raw_message=records, body=b"", headers={}, message_id="", consumer=None)  # type: ignore[arg-type]


async def _onbewerkt(bericht: KafkaMessage, _verder: Any) -> Any:
    return bericht.raw_message


def _toegang(instellingen: Instellingen) -> BaseSecurity | None:
    """FastStream's eigen vorm van `Instellingen.kafka_verbinding`."""
    verbinding = instellingen.kafka_verbinding
    if "sasl_mechanism" in verbinding:
        naam, wachtwoord = verbinding["sasl_plain_username"], verbinding["sasl_plain_password"]
        tls = verbinding.get("ssl_context")
        return SASLScram512(naam, wachtwoord, ssl_context=tls, use_ssl=tls is not None)
    return BaseSecurity(verbinding["ssl_context"], use_ssl=True) if "ssl_context" in verbinding else None


class _Luisteraar(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka heeft geen typen
    def __init__(self, bus: "Bus") -> None:
        self._bus = bus

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        await self._bus.inbox.trek_in(revoked)

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        await self._bus.toegewezen(assigned)


class Bus:
    """Het abonnement van één dienst. De posities staan in de database; die van de groep zijn alleen ter informatie."""

    def __init__(self, instellingen: Instellingen, inbox: Inbox) -> None:
        self._in, self.inbox = instellingen, inbox
        toegang = _toegang(instellingen)
        self._broker = KafkaBroker(
            instellingen.kafka, security=toegang, client_id=f"banenspoor-{instellingen.dienst}", **BROKER
        )
        self._abonnement = self._broker.subscriber(
            *inbox.topics,
            group_id=f"banenspoor-{instellingen.dienst}",
            session_timeout_ms=instellingen.sessie_ms,
            heartbeat_interval_ms=instellingen.sessie_ms // 3,
            max_records=instellingen.batch,
            listener=_Luisteraar(self),
            parser=_ruw,
            decoder=_onbewerkt,
            **ABONNEMENT,
        )
        self._abonnement(self._ontvang)
        self._waak: asyncio.Task[None] | None = None
        self._voortgang: dict[TopicPartition, tuple[int, float]] = {}
        self._laatst_toegewezen = time.monotonic()
        self._laatst_vooruit = time.monotonic()
        self._gecommit: dict[TopicPartition, int] = {}

    @property
    def consument(self) -> Any:
        """De aiokafka-consument achter het abonnement."""
        return self._abonnement.consumer

    async def start(self) -> None:
        """Verbindt, abonneert en begint te waken."""
        await self._broker.start()
        self._waak = asyncio.create_task(self._waakhond())

    async def stop(self) -> None:
        """Stopt met waken en horen; een lopende batch is vastgelegd of teruggedraaid."""
        if self._waak is not None:
            self._waak.cancel()
        await self._broker.stop()

    async def _ontvang(self, records: Any) -> None:
        await self.inbox.ontvang(records)

    async def toegewezen(self, plaatsen: Collection[TopicPartition]) -> None:
        """Zet de consument achter de posities van de database. Lukt dat niet, dan stopt het proces: niemand leest zo."""
        self.inbox.consument = self.consument
        self._laatst_toegewezen = time.monotonic()
        self._voortgang.clear()
        for poging in range(10):
            try:
                await self.inbox.wijs_toe(plaatsen)
            except Exception as fout:  # noqa: BLE001  # database of Kafka even weg
                log.warning("toewijzing_gestoord", fout=type(fout).__name__, poging=poging)
                await asyncio.sleep(0.5)
            else:
                return
        os._exit(1)

    def redenen(self) -> list[str]:
        """Waarom er niet gehoord wordt: geen toewijzing, of werk zonder voortgang."""
        nu = time.monotonic()
        if self.consument is None or not self.consument.assignment():
            return ["geen partities toegewezen"]
        return [
            f"{p.topic}-{p.partition}: {nu - sinds:.0f} s geen voortgang"
            for p, (_, sinds) in self._voortgang.items()
            if nu - sinds > self._in.stilstand / 2 and p not in self.inbox.gestopt
        ]

    # --- waakhond --------------------------------------------------------------------------------------------------

    async def _waakhond(self) -> None:
        """Elke paar seconden voortgang; elke minuut het record op elke positie. Werk zonder voortgang: het proces stopt."""
        volgende = time.monotonic() + self._in.controle_elke
        while True:
            await asyncio.sleep(min(2.0, self._in.stilstand / 4))
            try:
                await asyncio.wait_for(self._meet(), self._in.stilstand / 2)
            except Exception as fout:  # noqa: BLE001  # Kafka of database weg: dan is er ook geen stilstand gemeten
                log.warning("waakhond_gestoord", fout=type(fout).__name__)
                self._voortgang.clear()
            if time.monotonic() >= volgende:
                volgende = time.monotonic() + self._in.controle_elke
                try:
                    await self.inbox.controleer(list(self.inbox.posities))
                except Exception as fout:  # noqa: BLE001  # de volgende minuut weer
                    log.warning("controle_gestoord", fout=type(fout).__name__)
            self._grijp_in()

    async def _meet(self) -> None:
        consument, inbox = self.consument, self.inbox
        if consument is None or not consument.assignment():
            return
        self._laatst_toegewezen = time.monotonic()
        einden = await consument.end_offsets(list(inbox.posities))
        nu = time.monotonic()
        korter = []
        for plaats, einde in einden.items():
            gelezen = inbox.posities[plaats].offset + 1 if plaats in inbox.posities else 0
            metrics.ACHTER.labels(plaats.topic, str(plaats.partition)).set(max(0, einde - gelezen))
            verbruikt = gelezen
            if plaats in consument.assignment() and plaats not in inbox.gestopt:
                verbruikt = max(gelezen, await consument.position(plaats))
            if einde < gelezen and plaats not in inbox.gestopt:
                korter.append(plaats)
            vorige = self._voortgang.get(plaats)
            stil = verbruikt >= einde and not inbox.bezig
            if vorige is not None and vorige[0] != gelezen:
                self._laatst_vooruit = nu
            if stil or vorige is None or vorige[0] != gelezen or plaats in inbox.gestopt:
                self._voortgang[plaats] = (gelezen, nu)
        if korter:  # het log is korter dan wat verwerkt is: niet een minuut wachten
            await inbox.controleer(korter)
        await self._commit(consument)

    async def _commit(self, consument: Any) -> None:
        """Zegt de groep waar wij zijn, alleen voor wie ernaar kijkt."""
        nieuw = {
            p: pos.offset + 1
            for p, pos in self.inbox.posities.items()
            if pos.nummer and self._gecommit.get(p) != pos.offset + 1
        }
        if nieuw:
            try:
                await consument.commit(nieuw)
                self._gecommit.update(nieuw)
            except KafkaError as fout:
                log.info("groep_niet_bijgewerkt", fout=type(fout).__name__)

    def _grijp_in(self) -> None:
        """Staat alles stil, dan stopt het proces. Wie inhaalt, laat een partitie wachten: die heeft tienmaal zoveel tijd."""
        nu, grens = time.monotonic(), self._in.stilstand
        wachten = grens if nu - self._laatst_vooruit > grens else 10 * grens
        stil = [p for p, (_, sinds) in self._voortgang.items() if nu - sinds > wachten and p not in self.inbox.gestopt]
        if stil or nu - self._laatst_toegewezen > grens:
            log.error("waakhond_stopt_proces", partities=[f"{p.topic}-{p.partition}" for p in stil])
            os._exit(1)
