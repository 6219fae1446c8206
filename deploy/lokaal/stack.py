"""De hele stack van één map: slot, staat, Kafka en PostgreSQL, en desgewenst de diensten."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType

from deploy.lokaal import databases, kluis, opstart, uitgever
from deploy.lokaal.diensten import antwoord_gereed
from deploy.lokaal.fouten import VERKEERD_GEBRUIK, LokaalFout, controleer_ruimte, vertaald
from deploy.lokaal.postgres import BEHEERDER
from deploy.lokaal.servers import Servers
from deploy.lokaal.staat import DIENSTEN, Slot, Staat

_ROLLEN = (BEHEERDER, *(rol for dienst in DIENSTEN for rol in databases.rollen(dienst)))


def stil(_: str) -> None:
    """Voortgang die niemand hoeft te zien."""


class Stack(Servers):
    """Draaiende Kafka en PostgreSQL onder ``dir``. Met ``with`` wordt er aan het eind netjes gestopt.

    ``dir`` heeft één eigenaar tegelijk (``lock``); een tweede wordt geweigerd met :class:`LokaalFout`.
    """

    def __init__(self, dir: Path, cache: Path | None, voortgang: Callable[[str], None]) -> None:
        super().__init__(dir, cache, voortgang)
        self._slot = Slot(self.dir)

    @classmethod
    def start(
        cls,
        dir: Path,
        diensten: bool = False,
        *,
        cache: Path | None = None,
        voortgang: Callable[[str], None] = stil,
        overnemen: bool = False,
        wie: str = "banenspoor",
    ) -> Stack:
        """Start Kafka en PostgreSQL (met de vier databases) naast elkaar; met ``diensten`` de hele Banenspoor.

        ``cache`` is de map voor de AOT-cache van de JVM (standaard ``dir/cache``; tests delen er een, dat scheelt
        seconden). Wat een gevallen eigenaar achterliet, wordt eerst netjes gestopt. Een stack die met opzet los draait
        (``lokaal start``) wordt met ``overnemen`` voortgezet en anders geweigerd.

        Raises:
            LokaalFout: met één regel waarom het niet kan; van deze start draait dan niets meer.
        """
        stack = cls.open(dir, cache=cache, voortgang=voortgang, wie=wie)
        try:
            with vertaald(stack.dir):
                stack._begin(overnemen, diensten)
        except BaseException:
            stack.stop()
            raise
        return stack

    @classmethod
    def open(
        cls, dir: Path, *, cache: Path | None = None, voortgang: Callable[[str], None] = stil, wie: str = "banenspoor"
    ) -> Stack:
        """Neem alleen het slot en lees de staat; er wordt niets gestart of gestopt."""
        stack = cls(dir, cache, voortgang)
        with vertaald(stack.dir):
            if not stack.dir.exists():
                stack.dir.mkdir(parents=True)
                stack.dir.chmod(0o711 if os.geteuid() == 0 else 0o700)  # voor root draait PostgreSQL als nobody
            stack._slot.neem(wie)
            try:
                stack._logs.mkdir(mode=0o700, exist_ok=True)
                stack.staat = Staat.laad(stack.dir) or stack.staat
            except BaseException:
                stack._slot.geef_vrij()
                raise
        return stack

    def _begin(self, overnemen: bool, diensten: bool) -> None:
        levend = bool(self.pids())
        if levend and self.staat.los and not overnemen:
            raise LokaalFout(
                f"Er draait al een stack in {self.dir}: stop die met `banenspoor lokaal stop`.", VERKEERD_GEBRUIK
            )
        if levend and not self.staat.los:
            self.voortgang("Resten van een gevallen eigenaar stoppen")
            self.stop_servers()
        self.staat.los = self.staat.los and levend
        self._controleer_staat()
        controleer_ruimte(self.dir, 64 if self._postgres.is_ingericht() else 400)
        for rol in _ROLLEN:
            self.staat.wachtwoord(rol)
        for naam in ("kafka", "controller", "postgres"):
            self.staat.poorten.setdefault(naam, 0)
        self.staat.bewaar(self.dir)  # voor er iets draait: een wachtwoord dat nergens staat, opent niets
        uitgever.zorg_voor(self.dir)
        kluis.zorg_voor(self.dir)
        if diensten:
            self._samen(
                (self._begin_postgres, partial(opstart.migreer, self)),
                (self._begin_kafka, partial(opstart.maak_topics, self)),
            )
            opstart.start_diensten(self)
        else:
            self._samen((self._begin_postgres,), (self._begin_kafka,))
        self.noteer()

    def hervat(self) -> None:
        """Start in een draaiende stand wat omgevallen is: Kafka en PostgreSQL eerst, dan de diensten."""
        with vertaald(self.dir):
            self._samen((self._begin_postgres,), (self._begin_kafka,))
            opstart.start_diensten(self)

    def _samen(self, *reeksen: Sequence[Callable[[], None]]) -> None:
        """Voer reeksen naast elkaar uit; de eerste fout (of Ctrl-C) breekt de andere af bij haar volgende stap."""
        with ThreadPoolExecutor(len(reeksen)) as samen:
            lopend = [samen.submit(lambda reeks: [stap() for stap in reeks], reeks) for reeks in reeksen]
            try:
                for deel in as_completed(lopend):
                    deel.result()
            except BaseException:
                self._afgebroken.set()
                raise

    def _controleer_staat(self) -> None:
        """``state.json`` hoort bij de gegevens: zonder wachtwoorden of met een ander clusterid gaat het mis."""
        op_schijf = self._kafka.cluster_id_op_schijf()
        vreemd = op_schijf not in (None, self.staat.cluster_id)
        if vreemd or (self._postgres.is_ingericht() and BEHEERDER not in self.staat.wachtwoorden):
            raise LokaalFout(
                f"state.json hoort niet bij de gegevens in {self.dir}: zet het terug of begin opnieuw met wis."
            )

    def stop(self) -> None:
        """Stop de diensten, dan Kafka, dan PostgreSQL, en laat het slot los; nog eens mag.

        Een stack die los draait (``lokaal start``) blijft draaien; daarvoor is :meth:`stop_servers`.
        """
        try:
            if self._slot.gehouden and not self.staat.los:
                self.stop_servers()
        finally:
            self._slot.geef_vrij()

    def stop_servers(self) -> None:
        """Stop alles wat er onder deze map draait, ook van een eerdere eigenaar, en vergeet de pids."""
        self.diensten.stop()
        self._kafka.stop()
        self._postgres.stop()
        self.staat.los = False
        with suppress(OSError):  # op een volle schijf: een oude state.json schaadt niet, pids worden altijd gezocht
            self.noteer()

    def geef_vrij(self) -> None:
        """Laat alleen het slot los; er wordt niets gestopt of opgeschreven."""
        self._slot.geef_vrij()

    def laat_los(self) -> None:
        """Laat alles draaien zonder eigenaar: een volgende opdracht op deze map neemt het over."""
        self.staat.los = True
        self.noteer()
        self.geef_vrij()

    def __enter__(self) -> Stack:
        return self

    def __exit__(
        self, soort: type[BaseException] | None, fout: BaseException | None, spoor: TracebackType | None
    ) -> None:
        self.stop()

    @classmethod
    def stand(cls, dir: Path) -> dict[str, dict[str, str | int | None]]:
        """Per deel het adres, de pid en de stand (``gereed``, ``niet gereed`` of ``uit``), zonder het slot te nemen."""
        stack = cls(dir, None, stil)
        stack.staat = Staat.laad(stack.dir) or stack.staat
        pids, adressen = stack.pids(), {"kafka": stack.staat.kafka, "postgres": stack.staat.postgres}
        gereed = {
            "kafka": stack._kafka_antwoordt(),
            "postgres": stack._postgres.aanvaardt_verbindingen(pids.get("postgres")),
        }
        for dienst in DIENSTEN:
            adressen[dienst] = stack.staat.adressen.get(dienst, "")
            gereed[dienst] = dienst in pids and antwoord_gereed(stack.staat.poorten[dienst])[0] == 200
        return {
            naam: {
                "adres": adres or None,
                "pid": pids.get(naam),
                "stand": "uit" if naam not in pids else "gereed" if gereed[naam] else "niet gereed",
            }
            for naam, adres in adressen.items()
        }
