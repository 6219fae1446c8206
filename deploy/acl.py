"""Rechten op Kafka volgens ``kafka/acl.yml``: deny by default; nog eens doen verandert niets.

aiokafka heeft hier geen methoden voor, wel de verzoeken; zij gaan door de eigen deur van de beheerclient
(``_send_request``), die een proef op een echte broker bewaakt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.admin import CreateAclsRequest, DeleteAclsRequest, DescribeAclsRequest

from deploy.lokaal.fouten import LokaalFout

BESTAND = Path(__file__).with_name("kafka") / "acl.yml"
# De codes van het protocol: soort bron, handeling, en wat niet van belang is.
TOPIC, GROEP = 2, 3
LEES, SCHRIJF, ZIE = 3, 4, 8
_ELKE, _LETTERLIJK, _TOEGESTAAN = 1, 3, 3


@dataclass(frozen=True, slots=True, order=True)
class Recht:
    """Wie (``User:…``) welke handeling op welk topic of welke groep mag."""

    wie: str
    soort: int
    naam: str
    handeling: int


def lees(bestand: Path, topics: Mapping[str, object]) -> set[Recht]:
    """De rechten die het bestand geeft. Lezen en schrijven houden zien (``ZIE``) in; zien mag elke dienst elk topic.

    Raises:
        LokaalFout: het bestand noemt een topic dat er niet is, of iets anders dan ``zegt`` en ``hoort``.
    """
    uit = set()
    for dienst, regel in yaml.safe_load(bestand.read_text(encoding="utf-8"))["diensten"].items():
        zegt, hoort = regel.get("zegt", []), regel.get("hoort", [])
        if fout := sorted({*zegt, *hoort} - set(topics)) or sorted(set(regel) - {"zegt", "hoort"}):
            raise LokaalFout(f"{bestand}: {dienst} noemt onbekend {', '.join(fout)}.")
        wie = f"User:{dienst}"
        uit |= {Recht(wie, TOPIC, topic, ZIE) for topic in topics}
        uit |= {Recht(wie, TOPIC, topic, SCHRIJF) for topic in zegt}
        uit |= {Recht(wie, TOPIC, topic, LEES) for topic in {*zegt, *hoort}}
        if hoort:
            uit.add(Recht(wie, GROEP, f"banenspoor-{dienst}", LEES))
    return uit


def van_afnemers(afnemers: Iterable[str]) -> set[Recht]:
    """Wie van buiten afneemt mag het eigen topic lezen, in een groep met de eigen naam, en meer niet; plaatsing schrijft het."""
    uit = set()
    for naam in afnemers:
        wie, topic = f"User:afnemer-{naam}", f"afname-{naam}"
        uit |= {
            Recht(wie, TOPIC, topic, LEES),
            Recht(wie, TOPIC, topic, ZIE),
            Recht(wie, GROEP, f"afnemer-{naam}", LEES),
        }
        uit |= {Recht("User:plaatsing", TOPIC, topic, handeling) for handeling in (SCHRIJF, LEES, ZIE)}
    return uit


class _Geef(CreateAclsRequest):  # type: ignore[misc]  # aiokafka heeft geen typen
    """Alle rechten in één verzoek; die van aiokafka draagt er één."""

    def __init__(self, rechten: Sequence[Recht]) -> None:
        super().__init__(*_velden(rechten[0]))
        self._rechten = rechten

    def build(self, vorm: Any) -> Any:
        return vorm([_velden(recht) for recht in self._rechten])


async def zorg_voor(verbinding: Mapping[str, Any], rechten: set[Recht]) -> tuple[list[Recht], list[Recht]]:
    """Geef wie er in ``rechten`` voorkomt precies die rechten; geeft wat erbij kwam en wat wegging.

    Raises:
        LokaalFout: Kafka is niet te bereiken of weigert (ook: er is geen authorizer).
    """
    beheer = AIOKafkaAdminClient(**verbinding, request_timeout_ms=20_000)
    try:
        await beheer.start()
        gezien: set[Recht] = set()
        for wie in {recht.wie for recht in rechten}:
            gezien |= await _rechten_van(beheer, wie)
        nieuw, weg = sorted(rechten - gezien), sorted(gezien - rechten)
        if nieuw:
            antwoord = await beheer._send_request(_Geef(nieuw))
            for code, melding in antwoord.creation_responses:
                _keur(code, melding)
        for recht in weg:
            antwoord = await beheer._send_request(DeleteAclsRequest(*_velden(recht)))
            for code, melding, _ in antwoord.filter_responses:
                _keur(code, melding)
    except KafkaError as fout:
        raise LokaalFout(f"Kafka op {verbinding['bootstrap_servers']} is niet te bereiken of weigert: {fout}") from fout
    finally:
        await beheer.close()
    return nieuw, weg


async def _rechten_van(beheer: AIOKafkaAdminClient, wie: str) -> set[Recht]:
    vraag = DescribeAclsRequest(_ELKE, None, _ELKE, wie, None, _ELKE, _ELKE)
    antwoord = await beheer._send_request(vraag)
    _keur(antwoord.error_code, antwoord.error_message)
    return {
        Recht(principal, soort, naam, handeling)
        for soort, naam, _, acls in antwoord.resources
        for principal, _, handeling, _ in acls
    }


def _velden(recht: Recht) -> tuple[int, str, int, str, str, int, int]:
    return recht.soort, recht.naam, _LETTERLIJK, recht.wie, "*", recht.handeling, _TOEGESTAAN


def _keur(code: int, melding: str | None) -> None:
    if code:
        raise LokaalFout(f"Kafka weigert de rechten: {melding or for_code(code).__name__}")
