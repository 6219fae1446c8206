"""Bouwstenen voor de proeven van telling: regels, standen, en de gepubliceerde uren van eind 2023."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from services.telling.domain.perioden import maandnummer
from services.telling.domain.regels import Regel, Regelboek
from services.telling.domain.selectie import Stand
from services.telling.rijen import (
    DoelstellingRij,
    GebiedRij,
    MeetvensterRij,
    NormRij,
    NulmetingRij,
    PeilmomentRij,
    PlaatsRij,
    RegelRij,
    VerdeelsleutelRij,
    WieTeltRij,
)

BEKEND = datetime(2013, 1, 1, tzinfo=UTC)
NORM = NormRij(
    versie="1331", soort="vast", uren_per_week="25.5", uren_per_jaar="1331", van="2012-01-01", besloten_op="2014-12-22"
)
WIE = WieTeltRij(versie="wfsv-38b", van="2012-01-01", besloten_op="2015-05-01")


def regels(*rijen: RegelRij | tuple[RegelRij, datetime]) -> list[Regel]:
    """Rijen als vastgelegde regels, in deze volgorde; een rij kan haar eigen kennismoment meekrijgen."""
    uit = []
    for nr, gegeven in enumerate(rijen, start=1):
        rij, bekend = gegeven if isinstance(gegeven, tuple) else (gegeven, BEKEND)
        uit.append(
            Regel(
                nr, rij.regelsoort.value, rij.sleutel(), rij.versie_tekst(), rij.inhoud(), rij.bron or "proef", bekend
            )
        )
    return uit


def boek(*rijen: RegelRij | tuple[RegelRij, datetime]) -> Regelboek:
    """Een regelboek van deze rijen."""
    return Regelboek(regels(*rijen))


def nulmeting(gebied: str, versie: str = "v1", **delen: str) -> list[NulmetingRij]:
    """Een nulmeting in banen: `markt`, `overheid` (formeel), `inleen`, `totaal`; de delen die er zijn."""
    kolommen: dict[str, tuple[str | None, str | None]] = {
        "markt": ("markt", "formeel"),
        "overheid": ("overheid", "formeel"),
        "inleen": (None, "inleen"),
        "totaal": (None, None),
    }
    return [
        NulmetingRij(
            versie=versie,
            gebied=gebied,
            sector=kolommen[naam][0],
            vorm=kolommen[naam][1],
            banen=banen,
            besloten_op="2016-04-29",
        )
        for naam, banen in delen.items()
    ]


def sleutel(peiljaar: int, markt: str, overheid: str) -> VerdeelsleutelRij:
    """Een verdeelsleutel in procenten."""
    return VerdeelsleutelRij(
        peiljaar=str(peiljaar), markt=markt, overheid=overheid, besloten_op=f"{peiljaar + 1}-07-01"
    )


def doel(periode: str, aantal: int, sector: str | None = None, gebied: str = "NL") -> DoelstellingRij:
    """Een vastgestelde doelstelling van de banenafspraak."""
    return DoelstellingRij(
        doel="banenafspraak",
        gebied=gebied,
        sector=sector,
        periode=periode,
        aantal=aantal,
        besloten_op="2013-04-11",
        status="vastgesteld",
    )


def gebied(gemeente: str, regio: str, van: str = "2012-01-01", **rest: str) -> GebiedRij:
    """Een gemeente in een regio."""
    return GebiedRij(
        gemeente=gemeente,
        gemeente_naam=f"gemeente {gemeente}",
        regio=regio,
        regio_naam=f"regio {regio}",
        van=van,
        **rest,
    )


def keuzes(venster: str = "Q4", moment: str = "kwartaal", plaats: str = "werk") -> list[RegelRij]:
    """Meetvenster, peilmoment en plaats, zoals aangenomen."""
    vast: dict[str, Any] = {"van": "2012-01-01", "besloten_op": "2012-01-01", "aangenomen": "ja"}
    return [
        MeetvensterRij(venster=venster, **vast),
        *(PeilmomentRij(reeks=reeks, moment=moment, **vast) for reeks in ("kwartaal", "jaarmeting")),
        PeilmomentRij(reeks="lopend", moment="maand", **vast),
        *(PlaatsRij(reeks=reeks, plaats=plaats, **vast) for reeks in ("lopend", "kwartaal", "jaarmeting")),
    ]


def stand(maand: str, vorm: str = "formeel", uren_x100: int = 0, **rest: Any) -> Stand:
    """Een stand van één maand (`JJJJ-MM`)."""
    gegeven: Mapping[str, Any] = {
        "gemeente": None,
        "sector": "markt",
        "subsector": None,
        "contract": "vast",
        "grondslagen": "PW_INDICATIE",
    }
    return Stand(
        maand=maandnummer(int(maand[:4]), int(maand[5:])), vorm=vorm, uren_x100=uren_x100, **{**gegeven, **rest}
    )


def kwartaal(jaar: int, nr: int, uren_x100: int, **rest: Any) -> Iterable[Stand]:
    """Uren van een kwartaal, ongelijk over zijn maanden verdeeld."""
    deel = uren_x100 // 3
    for maand, uren in zip(range(nr * 3 - 2, nr * 3 + 1), (deel - 7, deel + 7, uren_x100 - 2 * deel), strict=True):
        yield stand(f"{jaar}-{maand:02d}", uren_x100=uren, **rest)


BRIEF_004 = [
    *kwartaal(2023, 4, 3_666_928_265),
    *kwartaal(2023, 4, 518_697_350, sector="overheid"),
    *kwartaal(2023, 4, 500_000_000, vorm="wsw_detachering", sector="overheid"),
    *kwartaal(2023, 4, 1_166_468_435 - 500_000_000, vorm="uitzendrelatie"),
]
"""De uren van het vierde kwartaal van 2023 zoals bij de meting: ingeleend samen 11.664.684,35."""
REGELS_004: list[RegelRij] = [
    NORM,
    WIE,
    *keuzes(),
    sleutel(2012, "76.0", "24.0"),
    sleutel(2023, "72.8", "27.2"),
    NulmetingRij(versie="v1", gebied="NL", vorm="inleen", uren="12047413.40", besloten_op="2016-04-29"),
    NulmetingRij(
        versie="v1", gebied="NL", sector="markt", vorm="formeel", uren="11371298.65", besloten_op="2016-04-29"
    ),
    NulmetingRij(
        versie="v1", gebied="NL", sector="overheid", vorm="formeel", uren="1597200.00", besloten_op="2016-04-29"
    ),
    doel("2023", 80_000, "markt"),
    doel("2023", 25_000, "overheid"),
]
"""De regels van brief 004; de splitsing van de formele nulmeting is aangenomen (nergens gepubliceerd)."""
