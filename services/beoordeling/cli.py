"""De bestanden die beoordeling aanneemt; `banenspoor importeer` kent ze hieruit."""

from services.beoordeling import aantallen, rijen, verwerk
from shared.api import Rij, Soort, Verwerker

SCHRIJVEN = "beoordeling:schrijven"


def _stap(naam: str, model: type[Rij], doe: Verwerker, *kolommen: str) -> Soort:
    """Een stap van aanvragen: als bestand, als `POST /v1/<naam>`, en bij één aanvraag (`api/stappen.py`)."""
    return Soort(naam, "beoordeling", f"/v1/{naam}", model, doe, SCHRIJVEN, ("referentie", *kolommen))


STAPPEN = (
    _stap(
        "adviezen",
        rijen.AdviesRij,
        verwerk.adviezen,
        "uitkomst",
        "uitgebracht_op",
        "aanpassingen",
        "toezicht",
        "wsw",
        "gegevens_van",
        "bevinding",
    ),
    _stap(
        "besluiten",
        rijen.BesluitRij,
        verwerk.besluiten,
        "uitkomst",
        "besluit_op",
        "onzorgvuldig_advies",
        "herziening",
        "voorrang",
    ),
    _stap("opschortingen", rijen.OpschortingRij, verwerk.opschortingen, "van", "tot"),
    _stap("verlengingen", rijen.VerlengingRij, verwerk.verlengingen, "op", "weken"),
    _stap("intrekkingen", rijen.IntrekkingRij, verwerk.intrekkingen, "op"),
    _stap("afsluitingen", rijen.AfsluitingRij, verwerk.afsluitingen, "uitkomst", "op"),
    _stap("bezwaren", rijen.BezwaarRij, verwerk.bezwaren, "op", "gegrond", "beslist_op"),
    _stap("processtappen", rijen.ProcesstapRij, verwerk.processtappen, "stap", "op"),
    _stap("uitstroom", rijen.UitstroomRij, verwerk.uitstroom, "naar", "op"),
    _stap("terugkeer", rijen.TerugkeerRij, verwerk.terugkeer, "op"),
)

SOORTEN = (
    Soort(
        naam="aanvragen",
        dienst="beoordeling",
        pad="/v1/aanvragen",
        model=rijen.AanvraagRij,
        verwerk=verwerk.aanvragen,
        scope=SCHRIJVEN,
        bsn=True,
        volgorde=("referentie", "soort", "bsn", "aanvrager", "gemeente", "ontvangen_op", "kantoor", "nieuwe_feiten"),
    ),
    *STAPPEN,
    Soort(
        naam="te-realiseren",
        dienst="beoordeling",
        pad="/v1/te-realiseren",
        model=rijen.TeRealiserenRij,
        verwerk=aantallen.te_realiseren,
        scope=SCHRIJVEN,
        volgorde=("gemeente", "jaar", "aantal", "besloten_op", "van", "bron"),
    ),
    Soort(
        naam="wachtlijstvolgorde",
        dienst="beoordeling",
        pad="/v1/wachtlijstvolgorde",
        model=rijen.VolgordeRij,
        verwerk=aantallen.wachtlijstvolgorde,
        scope=SCHRIJVEN,
        volgorde=("gemeente", "volgorde", "van"),
    ),
)
