"""Het log lezen op plaats of nummer, buiten elke groep om: voor startcontrole, posities en peilen."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from types import TracebackType
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.envelope import Bericht, Vreemd, lees


class Logboek:
    """Leest losse records van het log. Eén lezer tegelijk (een slot); `async with` opent en sluit."""

    def __init__(self, verbinding: Mapping[str, Any]) -> None:
        """`verbinding`: `Instellingen.kafka_verbinding`."""
        self._verbinding = verbinding
        self._slot = asyncio.Lock()
        self._lezer: AIOKafkaConsumer | None = None

    async def __aenter__(self) -> "Logboek":
        return self

    async def __aexit__(
        self, _t: type[BaseException] | None, _f: BaseException | None, _s: TracebackType | None
    ) -> None:
        await self.sluit()

    async def sluit(self) -> None:
        """Sluit de verbinding; een volgende vraag opent een nieuwe."""
        lezer, self._lezer = self._lezer, None
        if lezer is not None:
            await lezer.stop()

    async def _open(self) -> AIOKafkaConsumer:
        if self._lezer is None:
            lezer = AIOKafkaConsumer(
                **self._verbinding,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                request_timeout_ms=10_000,
            )
            try:
                await lezer.start()
            except BaseException:
                await lezer.stop()
                raise
            self._lezer = lezer
        return self._lezer

    async def partities(self, topic: str) -> int:
        """Het aantal partities dat het topic bij de broker heeft; 0 als het topic er niet is."""
        async with self._slot:
            lezer = await self._open()
            return len((await lezer._client.fetch_all_metadata()).partitions_for_topic(topic) or ())

    async def einden(self, plaatsen: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """De eerste nog vrije offset van elke partitie."""
        async with self._slot:
            lezer = await self._open()
            lezer.assign(list(plaatsen))
            einden: dict[TopicPartition, int] = await lezer.end_offsets(list(plaatsen))
            return einden

    async def op_offset(self, plaatsen: Mapping[TopicPartition, int]) -> dict[TopicPartition, Any]:
        """Per partitie het record precies op de offset; weg als het er niet (meer) staat."""
        gevonden: dict[TopicPartition, Any] = {}
        einden = await self.einden(list(plaatsen)) if plaatsen else {}
        async with self._slot:
            for plaats, offset in plaatsen.items():
                if 0 <= offset < einden[plaats]:
                    async for record in self._vanaf(plaats, offset, offset + 1):
                        if record.offset == offset:
                            gevonden[plaats] = record
        return gevonden

    async def vanaf(self, plaats: TopicPartition, offset: int) -> list[Any]:
        """Alle records van een partitie vanaf de offset tot het einde van nu."""
        einde = (await self.einden([plaats]))[plaats]
        async with self._slot:
            return [r async for r in self._vanaf(plaats, offset, einde)]

    async def zoek_nummer(self, plaats: TopicPartition, bron: str, nummer: int) -> Bericht | None:
        """Het eerste bericht van de bron met dit publicatienummer, waar het ook staat; anders None."""
        einde = (await self.einden([plaats]))[plaats]
        async with self._slot:
            async for record in self._vanaf(plaats, 0, einde):
                try:
                    bericht = lees(record, bron)
                except Vreemd:
                    continue
                if bericht.nummer == nummer:
                    return bericht
        return None

    async def _vanaf(self, plaats: TopicPartition, offset: int, einde: int) -> AsyncIterator[Any]:
        """Records met offset in [offset, einde); houdt het slot niet zelf."""
        if offset >= einde:
            return
        lezer = await self._open()
        lezer.assign([plaats])
        lezer.seek(plaats, offset)
        stil = 0
        while True:
            stapel = (await lezer.getmany(plaats, timeout_ms=1000)).get(plaats, [])
            stil = 0 if stapel else stil + 1
            for record in stapel:
                if record.offset >= einde:
                    return
                yield record
            if await lezer.position(plaats) >= einde:
                return
            if stil >= 10:
                raise TimeoutError(f"{plaats.topic}-{plaats.partition}: geen antwoord van Kafka")
