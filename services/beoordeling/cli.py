"""De bestanden die beoordeling aanneemt; `banenspoor importeer` kent ze hieruit."""

from services.beoordeling import verwerk
from services.beoordeling.rijen import AanvraagRij, AdviesRij, BesluitRij
from shared.api import Soort

SCHRIJVEN = "beoordeling:schrijven"

SOORTEN = (
    Soort(
        naam="aanvragen",
        dienst="beoordeling",
        pad="/v1/aanvragen",
        model=AanvraagRij,
        verwerk=verwerk.aanvragen,
        scope=SCHRIJVEN,
        bsn=True,
        volgorde=("referentie", "soort", "bsn", "aanvrager", "gemeente", "ontvangen_op"),
    ),
    Soort(
        naam="adviezen",
        dienst="beoordeling",
        pad="/v1/adviezen",
        model=AdviesRij,
        verwerk=verwerk.adviezen,
        scope=SCHRIJVEN,
        volgorde=("referentie", "uitkomst", "uitgebracht_op"),
    ),
    Soort(
        naam="besluiten",
        dienst="beoordeling",
        pad="/v1/besluiten",
        model=BesluitRij,
        verwerk=verwerk.besluiten,
        scope=SCHRIJVEN,
        volgorde=("referentie", "uitkomst", "besluit_op"),
    ),
)
