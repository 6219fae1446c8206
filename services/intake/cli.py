"""De bestanden die intake aanneemt; `banenspoor importeer` kent ze hieruit."""

from services.intake import verwerk
from services.intake.rijen import CorrectieRij, PersoonRij, RegistratieRij, VerhuizingRij
from shared.api import Soort

SCHRIJVEN = "registraties:schrijven"

SOORTEN = (
    Soort(
        naam="personen",
        dienst="intake",
        pad="/v1/personen",
        model=PersoonRij,
        verwerk=verwerk.personen,
        scope=SCHRIJVEN,
        volgorde=("bsn", "geboortedatum", "overleden_op"),
    ),
    Soort(
        naam="registraties",
        dienst="intake",
        pad="/v1/registraties",
        model=RegistratieRij,
        verwerk=verwerk.registraties,
        scope=SCHRIJVEN,
        volgorde=("bsn", "grondslag", "van", "gemeente", "tot", "reden"),
    ),
    Soort(
        naam="registratie-correcties",
        dienst="intake",
        pad="/v1/registratie-correcties",
        model=CorrectieRij,
        verwerk=verwerk.correcties,
        scope=SCHRIJVEN,
        volgorde=("bsn", "grondslag", "van", "tot", "reden"),
    ),
    Soort(
        naam="verhuizingen",
        dienst="intake",
        pad="/v1/verhuizingen",
        model=VerhuizingRij,
        verwerk=verwerk.verhuizingen,
        scope=SCHRIJVEN,
        volgorde=("bsn", "gemeente", "van"),
    ),
)
