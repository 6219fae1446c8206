#!/usr/bin/env python3
"""Voorbeeld van een abonnee: telt de uren die meetellen op uit het topic `verloonde-uren`.

Nodig zijn alleen `pip install aiokafka banenspoor-contracts`; niets van Banenspoor zelf. Leest het hele topic één keer, of
blijft met `--blijf` luisteren, en schrijft de totalen als JSON: `{"2024-Q1": {"markt/formeel": uren × 100, …}, …}`.

Wat u hier voor uw eigen abonnee van overneemt:

* elke gebeurtenis kan meer dan één keer komen: ontdubbel op `ce_source` en `ce_id`. Per partitie volstaat het laatste
  `ce_sequence`, want dat telt zonder gaten op;
* een correctie is een gewone gebeurtenis: `vorig` eraf, `nieuw` erbij, en anders niets;
* een type dat u niet kent slaat u over, een veld dat u niet kent ook;
* van wie niet `bron` in `ce_source` heeft, telt u niets.
"""

import argparse
import asyncio
import json
import os
import ssl
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from banenspoor_contracts import UrenStand, UrenVerloond, feit_van, telt, versie_op

TOPIC = UrenVerloond.topic


class Optelling:
    """De totalen tot nu toe, per kwartaal en cel, in honderdsten van uren."""

    def __init__(self, bron: str) -> None:
        self.bron = bron
        self.laatste: dict[tuple[str, int], int] = {}
        self.totalen: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def neem(self, record: Any) -> None:
        """Verwerkt één record; een dubbele en een vreemde doen niets, een gat is een fout."""
        kop = {naam: waarde.decode() for naam, waarde in record.headers}
        if not kop.get("ce_source", "").endswith(f":{self.bron}"):
            return
        plek, nummer = (record.topic, record.partition), int(kop["ce_sequence"])
        vorige = self.laatste.get(plek, 0)
        if nummer <= vorige:
            return
        if nummer != vorige + 1:
            sys.exit(f"{plek}: na {vorige} kwam {nummer}: er ontbreekt iets, begin opnieuw")
        self.laatste[plek] = nummer
        soort = feit_van(kop["ce_type"])
        if soort is UrenVerloond:
            self._boek(UrenVerloond.model_validate_json(record.value))

    def _boek(self, feit: UrenVerloond) -> None:
        jaar, maand = map(int, feit.maand.split("-"))
        kwartaal = f"{jaar}-Q{(maand + 2) // 3}"
        for stand, teken in ((feit.vorig, -1), (feit.nieuw, 1)):
            if stand is not None and self._telt(stand, date(jaar, maand, 1)):
                self.totalen[kwartaal][f"{stand.cel.sector}/{stand.cel.vorm}"] += teken * stand.uren_x100

    @staticmethod
    def _telt(stand: UrenStand, maand: date) -> bool:
        return telt(stand.cel.grondslagen_kwartaal, stand.cel.vorm, versie_op(maand))

    def als_json(self) -> str:
        """De totalen, zonder wat op nul uitkwam."""
        uit = {k: {c: n for c, n in sorted(t.items()) if n} for k, t in sorted(self.totalen.items())}
        return json.dumps({k: cellen for k, cellen in uit.items() if cellen})


def verbinding() -> dict[str, Any]:
    """Uit de omgeving: KAFKA (adres), en met SCRAM ook KAFKA_GEBRUIKER, KAFKA_WACHTWOORD en zo nodig KAFKA_CA."""
    uit: dict[str, Any] = {"bootstrap_servers": os.environ["KAFKA"]}
    ca = os.environ.get("KAFKA_CA")
    if gebruiker := os.environ.get("KAFKA_GEBRUIKER"):
        uit |= {
            "security_protocol": "SASL_SSL" if ca else "SASL_PLAINTEXT",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": gebruiker,
            "sasl_plain_password": os.environ["KAFKA_WACHTWOORD"],
        }
    return uit | ({"ssl_context": ssl.create_default_context(cafile=ca)} if ca else {})


async def lees(optelling: Optelling, *, blijf: bool) -> None:
    """Leest vanaf het begin, zonder groep: wij houden zelf bij waar wij zijn."""
    async with AIOKafkaConsumer(TOPIC, **verbinding(), auto_offset_reset="earliest") as consument:
        plekken = list(consument.assignment())
        await consument.seek_to_beginning(*plekken)
        einden = await consument.end_offsets(plekken)
        while blijf or await _nog_niet(consument, einden.items()):
            for records in (await consument.getmany(timeout_ms=500)).values():
                for record in records:
                    optelling.neem(record)
            if blijf:
                print(optelling.als_json(), flush=True)


async def _nog_niet(consument: AIOKafkaConsumer, einden: Iterable[tuple[TopicPartition, int]]) -> bool:
    return any([await consument.position(plek) < einde for plek, einde in einden])


if __name__ == "__main__":
    keuze = argparse.ArgumentParser(description="Telt verloonde uren die meetellen op, per kwartaal, sector en vorm.")
    keuze.add_argument("--bron", default="plaatsing", help="het systeem achter in ce_source")
    keuze.add_argument("--blijf", action="store_true", help="blijven luisteren, en na elke ronde de totalen schrijven")
    gekozen = keuze.parse_args()
    telling = Optelling(gekozen.bron)
    asyncio.run(lees(telling, blijf=gekozen.blijf))
    print(telling.als_json())
