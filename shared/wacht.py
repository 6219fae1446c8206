"""Wachten tot wat een dienst gezegd heeft, met alle gevolgen, in de cijfers zit."""

import time
from collections.abc import Callable
from functools import partial

from shared.client import Client, OpdrachtFout

KETEN = ("beoordeling", "intake", "plaatsing", "telling")
"""De weg van een gebeurtenis: een dienst hoort wie vóór haar staat, en wat zij daarop zegt hoort wie na haar staat.

Wat een dienst doet met wat verderop gezegd wordt, wacht niet mee.
"""
Stap = Callable[[str, int, int | None], None]
"""Meldt voortgang: wat er gebeurt, hoever, en van hoeveel (None: nog onbekend)."""


def wacht(client: Client, dienst: str, stap: Stap) -> str | None:
    """Wacht tot alles wat `dienst` nu gezegd heeft, met alle gevolgen, gehoord is; geeft dan `vastTot`.

    `OpdrachtFout` (3) als er te lang niets beweegt (BANENSPOOR_WACHT_STIL).
    """
    weg = KETEN[KETEN.index(dienst) :]
    for plek, zegger in enumerate(weg):
        _tot(client, stap, zegger, partial(_wachtend, client, zegger))
        gezegd = client.get(zegger, "/v1/beheer/nummers")["nummers"]
        for hoorder in weg[plek:]:
            _tot(client, stap, hoorder, partial(_achterstand, client, hoorder, gezegd))
    tot: str | None = client.get("telling", "/v1/beheer/vast-tot")["vastTot"]
    return tot


def _wachtend(client: Client, zegger: str) -> int:
    return int(client.get(zegger, "/v1/beheer/nummers")["wachtend"])


def _achterstand(client: Client, hoorder: str, gezegd: dict[str, dict[str, int]]) -> int:
    """Hoeveel van `gezegd` deze dienst nog moet verwerken; een topic dat zij niet hoort telt niet."""
    bereikt = client.get(hoorder, "/v1/beheer/posities")["posities"]
    return sum(
        max(0, nummer - bereikt[topic].get(partitie, 0))
        for topic, partities in gezegd.items()
        if topic in bereikt
        for partitie, nummer in partities.items()
    )


def _tot(client: Client, stap: Stap, dienst: str, meet: Callable[[], int]) -> None:
    begin = rest = meet()
    bewoog = time.monotonic()
    while rest:
        stap(f"wachten op {dienst}", begin - rest, begin)
        time.sleep(0.1)
        vorige, rest = rest, meet()
        if rest != vorige:
            bewoog = time.monotonic()
        elif time.monotonic() - bewoog > client.instellingen.wacht_stil:
            raise OpdrachtFout(f"{dienst} staat stil met nog {rest} te gaan: zie `banenspoor doctor` en `dlq list`.", 3)
