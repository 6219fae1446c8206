"""Van elke gebeurtenis één voorbeeld, samen één verzonnen verhaal: grondstof voor tests en documentatie.

Bouw in een test je gebeurtenis uit het voorbeeld en verander alleen waar de test over gaat:
`voorbeeld(UrenVerloond, maand="2024-02")`. Geen van deze nummers hoort bij iemand.
"""

from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID

from . import beschut_werk as b
from . import doelgroepregister as d
from . import ondersteuning as o
from . import plaatsingen as p
from . import tellingen as t
from .codes import (
    AantalBron,
    AanvraagSoort,
    Aanvrager,
    BeschutWerkReden,
    Contract,
    CorrectieReden,
    EindReden,
    Grondslag,
    Instrument,
    OngedaanReden,
    PlaatsingEindReden,
    Reden,
    Reeks,
    RegelSoort,
    Sector,
    Subsector,
    Uitkomst,
    VerstrekkerSoort,
    Vorm,
)
from .feit import Feit
from .peil import Geparkeerd, Peil
from .verloonde_uren import Cel, UrenStand, UrenVerloond

PERSOON = UUID("5b1f6c1e-0d0a-4f0e-9c2b-7a3d5e8f1a01")
DUBBEL = UUID("5b1f6c1e-0d0a-4f0e-9c2b-7a3d5e8f1a02")
PLAATSING = UUID("8c7e2d44-6a1b-4c3d-8e5f-2b9a0c1d3e01")
WERKGEVER = UUID("c3a9e0f2-41b7-4d68-a5c4-91f2d7b6e801")
NIEUWE_WERKGEVER = UUID("c3a9e0f2-41b7-4d68-a5c4-91f2d7b6e802")
INLENER = UUID("c3a9e0f2-41b7-4d68-a5c4-91f2d7b6e803")
AANVRAAG = UUID("2f4d8b6a-93c5-4e7f-b1a0-d6c8e2f40a01")
PUBLICATIE = UUID("019a1d2c-7b00-7c11-8a55-3d2e4f5a6b01")
EERDERE_PUBLICATIE = UUID("0199a4f0-1c00-7f22-9b66-4e3f5a6b7c01")
GEBEURTENIS = UUID("019a1d2c-7b00-7d33-8c77-5f4a6b7c8d01")

_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

REGISTRATIES = (
    d.Registratie(grondslag=Grondslag.PW_PRAKTIJKROUTE, van=date(2017, 3, 1)),
    d.Registratie(grondslag=Grondslag.VSO_PRO, van=date(2015, 9, 1), tot=date(2022, 9, 1)),
)
WOONPLAATSEN = (
    d.Woonplaats(gemeente="0040", van=date(2015, 9, 1), tot=date(2018, 1, 1)),
    d.Woonplaats(gemeente="1952", van=date(2018, 1, 1)),
)
GEGEVENS = p.PlaatsingGegevens(
    werkgever=WERKGEVER,
    inlener=INLENER,
    vorm=Vorm.UITZENDRELATIE,
    contract=Contract.TIJDELIJK,
    uren_per_week_x100=2400,
    gemeente_werk="0014",
    sector=Sector.MARKT,
    route="praktijkroute",
    van=date(2023, 11, 6),
    tot=date(2024, 5, 6),
)
CEL = Cel(
    gemeente_werk="0014",
    gemeente_woon="1952",
    sector=Sector.MARKT,
    sector_inlener=Sector.OVERHEID,
    subsector_inlener=Subsector.GEMEENTE,
    vorm=Vorm.UITZENDRELATIE,
    contract=Contract.TIJDELIJK,
    grondslagen_maand=(Grondslag.PW_PRAKTIJKROUTE,),
    grondslagen_kwartaal=(Grondslag.PW_PRAKTIJKROUTE,),
)
UREN = UrenStand(uren_x100=10400, uitbetaald_x100=800, werkgever=WERKGEVER, inlener=INLENER, cel=CEL)
EERDERE_UREN = UREN.model_copy(update={"uren_x100": 9600, "uitbetaald_x100": 0})
_VAST = GEGEVENS.model_copy(
    update={
        "vorm": Vorm.FORMEEL,
        "inlener": None,
        "contract": Contract.VAST,
        "tot": None,
        "werkgever": NIEUWE_WERKGEVER,
    }
)
_MEER_UREN = GEGEVENS.model_copy(update={"uren_per_week_x100": 2800})
_LANGER = _MEER_UREN.model_copy(update={"tot": date(2024, 11, 6)})
_VERSTREKKER = o.Verstrekker(soort=VerstrekkerSoort.GEMEENTE, code="1952")


def _tijdlijnen() -> dict[str, Any]:
    return {"persoon": PERSOON, "registraties": REGISTRATIES, "woonplaatsen": WOONPLAATSEN}


def _register() -> tuple[Feit, ...]:
    beeindigd = (REGISTRATIES[0].model_copy(update={"tot": date(2024, 3, 15)}), REGISTRATIES[1])
    return (
        d.RegistratieIngegaan(**_tijdlijnen(), grondslag=Grondslag.PW_PRAKTIJKROUTE, van=date(2017, 3, 1)),
        d.RegistratieBeeindigd(
            **{**_tijdlijnen(), "registraties": beeindigd},
            grondslag=Grondslag.PW_PRAKTIJKROUTE,
            tot=date(2024, 3, 15),
            reden=EindReden.BESCHUT_WERK,
        ),
        d.RegistratieGecorrigeerd(
            **_tijdlijnen(),
            vorige=(REGISTRATIES[0].model_copy(update={"van": date(2017, 2, 1)}), REGISTRATIES[1]),
            reden=CorrectieReden.DATUM,
        ),
        d.PersoonVerhuisd(**_tijdlijnen()),
        d.PersoonSamengevoegd(persoon=DUBBEL, registraties=(), woonplaatsen=(), in_=PERSOON),
        d.PersoonsgegevensVernietigd(persoon=PERSOON),
    )


def _beschut() -> tuple[Feit, ...]:
    over: dict[str, Any] = {"persoon": PERSOON, "aanvraag": AANVRAAG}
    plek: dict[str, Any] = {**over, "gemeente": "1952"}
    return (
        b.AanvraagOntvangen(
            **plek,
            soort=AanvraagSoort.BESCHUT_WERK,
            aanvrager=Aanvrager.GEMEENTE,
            ontvangen_op=date(2024, 1, 8),
            uiterlijk=date(2024, 3, 4),
        ),
        b.TermijnOpgeschort(**over, van=date(2024, 1, 15)),
        b.TermijnHervat(**over, van=date(2024, 1, 25), uiterlijk=date(2024, 3, 14)),
        b.TermijnVerlengd(**over, van=date(2024, 3, 11), uiterlijk=date(2024, 3, 28)),
        b.TermijnLooptAf(**over, uiterlijk=date(2024, 3, 14)),
        b.AanvraagBuitenBehandeling(**over),
        b.AanvraagAfgewezenZonderOnderzoek(**over),
        b.AanvraagIngetrokken(**over),
        b.AdviesUitgebracht(**over, uitkomst=Uitkomst.POSITIEF, uitgebracht_op=date(2024, 2, 26), binnen_termijn=True),
        b.BesluitBeschutWerkGenomen(
            **plek, uitkomst=Uitkomst.POSITIEF, besluit_op=date(2024, 3, 14), binnen_termijn=True
        ),
        b.IndicatieVastgesteld(**over, uitkomst=Uitkomst.NEGATIEF, op=date(2024, 2, 26)),
        b.VoorzieningBeslist(**over, uitkomst=Uitkomst.POSITIEF, op=date(2024, 2, 12), binnen_termijn=True),
        b.OpWachtlijstGeplaatst(**plek, op=date(2024, 3, 14), reden=BeschutWerkReden.PLAFOND_BEREIKT),
        b.PlaatsAangeboden(**plek, op=date(2024, 5, 6)),
        b.BeschutWerkBeeindigd(**plek, op=date(2025, 9, 1), reden=BeschutWerkReden.REGULIER_WERK),
        b.TeRealiserenAantalVastgesteld(
            gemeente="0014",
            jaar=2017,
            aantal=44,
            bron=AantalBron.REGELING,
            besloten_op=date(2017, 1, 23),
            van=date(2017, 1, 1),
        ),
    )


def _banen() -> tuple[Feit, ...]:
    def over(versie: int) -> dict[str, Any]:
        return {"persoon": PERSOON, "plaatsing": PLAATSING, "versie": versie}

    steun: dict[str, Any] = {"persoon": PERSOON, "plaatsing": PLAATSING}
    instrument: dict[str, Any] = {
        **steun,
        "instrument": Instrument.LOONKOSTENSUBSIDIE,
        "verstrekker": _VERSTREKKER,
        "van": date(2023, 11, 6),
    }
    return (
        p.PlaatsingGestart(**over(1), **GEGEVENS.model_dump()),
        p.PlaatsingGewijzigd(
            **over(2), van=date(2024, 1, 1), gewijzigd=_MEER_UREN.verschil_met(GEGEVENS), stand=_MEER_UREN
        ),
        p.PlaatsingVerlengd(**over(3), van=date(2024, 5, 6), gewijzigd=_LANGER.verschil_met(_MEER_UREN), stand=_LANGER),
        p.PlaatsingOmgezet(**over(4), van=date(2024, 8, 1), gewijzigd=_VAST.verschil_met(_LANGER), stand=_VAST),
        p.PlaatsingBeeindigd(**over(6), tot=date(2025, 8, 1), reden=PlaatsingEindReden.ANDERE_BAAN),
        p.PlaatsingOngedaanGemaakt(**over(2), reden=OngedaanReden.DUBBEL),
        p.OvergangVanOnderneming(
            **over(5), van_werkgever=WERKGEVER, naar_werkgever=NIEUWE_WERKGEVER, op=date(2025, 1, 1)
        ),
        p.PlaatsingVergeten(**over(7)),
        p.PlaatsingStand(**over(4), **_VAST.model_dump()),
        p.WerkgeverStand(
            werkgever=INLENER,
            versie=2,
            sectoren=(p.Sectorperiode(sector=Sector.OVERHEID, subsector=Subsector.GEMEENTE, van=date(2016, 1, 1)),),
            branche="O",
            grootteklasse="250+",
            gemeente_zetel="0014",
            groep=UUID("d7b2c6e4-5f80-4a19-b3d2-0c9e8f7a6b01"),
        ),
        o.InstrumentGestart(**instrument),
        o.InstrumentBeeindigd(**instrument, tot=date(2024, 8, 1)),
        o.LoonwaardeVastgesteld(**steun, procent_x100=6250, methode="UNIFORM", op=date(2023, 11, 6)),
        UrenVerloond(**steun, maand="2024-01", reden=Reden.CORRECTIE, nieuw=UREN, vorig=EERDERE_UREN),
    )


def _tellingen() -> tuple[Feit, ...]:
    publicatie: dict[str, Any] = {
        "reeks": Reeks.KWARTAAL,
        "periode": "2023-Q4",
        "bekend_op": datetime(2024, 4, 30, 22, tzinfo=UTC),
        "adres": "/v1/publicaties/2023-Q4",
        "hash": _HASH,
    }
    geparkeerd: dict[str, Any] = {
        "bron_topic": "verloonde-uren",
        "partitie": 3,
        "publicatienr": 1207,
        "id": GEBEURTENIS,
        "geparkeerde_sleutel": str(PERSOON),
    }
    herstel = UrenVerloond(
        persoon=PERSOON, plaatsing=PLAATSING, maand="2024-02", reden=Reden.LEVERING, nieuw=UREN, vorig=None
    )
    return (
        t.PublicatieVastgesteld(id=EERDERE_PUBLICATIE, **publicatie),
        t.PublicatieGecorrigeerd(
            **{**publicatie, "bekend_op": datetime(2024, 7, 31, 22, tzinfo=UTC)},
            id=PUBLICATIE,
            corrigeert=EERDERE_PUBLICATIE,
        ),
        t.RegelVastgesteld(
            soort=RegelSoort.NORM,
            versie="1331",
            inhoud={"soort": "vast", "urenPerWeekX100": 2550, "urenPerJaar": 1331, "van": "2013-01-01"},
            bron="Besluit Wfsv art. 2.32, variabele G",
        ),
        t.GebeurtenisHersteld(**geparkeerd, data=herstel.json_()),
        t.GebeurtenisVerworpen(**geparkeerd),
        t.GebeurtenisGeparkeerd(**geparkeerd, code="onjuist"),
        Peil(
            bron="urn:nld:oin:00000000000000000000:systeem:plaatsing",
            tijd=datetime(2024, 2, 29, 13, 37, 1, 250000, tzinfo=UTC),
            nummers={
                "plaatsingen": {0: 118, 1: 97},
                "verloonde-uren": {0: 1204, 1: 1331},
                "ondersteuning": {0: 12, 1: 9},
            },
            geparkeerd=Geparkeerd(aantal=1, oudste=datetime(2024, 2, 28, 9, 0, 0, 5000, tzinfo=UTC)),
        ),
    )


def examples() -> tuple[Feit, ...]:
    """Van elke gebeurtenis één voorbeeld."""
    return (*_register(), *_beschut(), *_banen(), *_tellingen())


F = TypeVar("F", bound=Feit)


def voorbeeld(klasse: type[F], **anders: Any) -> F:
    """Het voorbeeld van deze klasse, met andere waarden voor de genoemde velden (namen als in Python), nagekeken."""
    gevonden = next(feit for feit in examples() if type(feit) is klasse)
    onbekend = anders.keys() - klasse.model_fields.keys()
    if onbekend:
        raise TypeError(f"{klasse.__name__} heeft geen veld {', '.join(sorted(onbekend))}")
    return klasse.model_validate({**{veld: getattr(gevonden, veld) for veld in klasse.model_fields}, **anders})
