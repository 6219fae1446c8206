"""Willekeurige geschiedenissen voor telling: uren, register en regels, elk op een eigen kennismoment.

Elke stap is een dag na de vorige bekend. `boek` verwerkt uren niet op volgorde van bekend worden: dat mag voor geen enkel
antwoord uitmaken. Het register komt per persoon op volgorde, zoals op het log.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from banenspoor_contracts import (
    Cel,
    Contract,
    EindReden,
    Grondslag,
    Reden,
    Registratie,
    RegistratieBeeindigd,
    Sector,
    Sectorperiode,
    Vorm,
    WerkgeverStand,
)
from hypothesis import strategies as st

from services.telling.handlers import Verwerker
from services.telling.rijen import (
    GebiedRij,
    MeetvensterRij,
    NormRij,
    PeilmomentRij,
    PlaatsRij,
    RegelRij,
    WieTeltRij,
)
from services.telling.store import regels as regelstore
from services.telling.store.regels import Nieuw
from shared.db import Tx
from shared.envelope import Bericht
from tests.service.test_telling_geregistreerd import staat
from tests.service.test_telling_grootboek import BEGIN, bericht, cel, uren
from tests.unit.telling_bouw import NORM, WIE, gebied, keuzes, nulmeting, sleutel

Regel = tuple[RegelRij, datetime]
TOEN = datetime.fromisoformat("2013-01-01T00:00:00+00:00")
WERKGEVERS = (UUID(int=7), UUID(int=8))
GEBONDEN = Grondslag.WAJONG_DUURZAAM_GEEN
VAST: dict[str, Any] = {"besloten_op": "2023-01-01", "aangenomen": "ja"}
BEGINREGELS: list[RegelRij] = [
    NORM,
    WIE,
    *keuzes(),
    gebied("0014", "AM01"),
    gebied("0363", "AM18"),
    sleutel(2012, "76", "24"),
    *nulmeting("NL", markt="10", overheid="4", inleen="2"),
    *nulmeting("AM01", totaal="1"),
]
LATERE_REGELS: list[list[RegelRij]] = [
    [
        NormRij(
            versie="1248",
            soort="vast",
            uren_per_week="24",
            uren_per_jaar="1248",
            van="2023-01-01",
            besloten_op="2024-01-01",
        )
    ],
    [WieTeltRij(versie="wet-banenafspraak", van="2023-01-01", besloten_op="2024-01-01")],
    [GebiedRij(gemeente="0014", gemeente_naam="Groningen", regio="AM18", regio_naam="Samen", van="2012-01-01")],
    [sleutel(2023, "60", "40")],
    [*nulmeting("NL", "v2", markt="9", overheid="4", inleen="3")],
    [*nulmeting("AM18", totaal="1")],
    [MeetvensterRij(venster="december", van="2023-01-01", **VAST)],
    [PeilmomentRij(reeks=reeks, moment="maand", van="2023-01-01", **VAST) for reeks in ("kwartaal", "jaarmeting")],
    [PlaatsRij(reeks=reeks, plaats="woon", van="2023-01-01", **VAST) for reeks in ("lopend", "kwartaal", "jaarmeting")],
]
CELLEN = [
    cel(
        gemeente,
        gemeente_woon=woon,
        sector=sector,
        vorm=vorm,
        contract=contract,
        grondslagen_maand=maand,
        grondslagen_kwartaal=kwartaal,
    )
    for gemeente, woon, sector, vorm, contract, maand, kwartaal in (
        ("0014", "0363", Sector.MARKT, Vorm.FORMEEL, Contract.VAST, (Grondslag.WSW,), (Grondslag.WSW,)),
        ("0014", None, Sector.OVERHEID, Vorm.FORMEEL, Contract.VAST, (Grondslag.WSW,), ()),
        ("0363", "0014", Sector.MARKT, Vorm.UITZENDRELATIE, Contract.TIJDELIJK, (), (Grondslag.PW_INDICATIE,)),
        ("0363", "0363", Sector.MARKT, Vorm.FORMEEL, Contract.TIJDELIJK, (), ()),
        ("9998", None, Sector.MARKT, Vorm.BESCHUT_WERK, Contract.VAST, (Grondslag.WSW,), (Grondslag.WSW,)),
        ("1680", "0014", Sector.MARKT, Vorm.WSW_DETACHERING, Contract.VAST, (Grondslag.WSW,), (Grondslag.WSW,)),
        ("0363", "0014", Sector.MARKT, Vorm.FORMEEL, Contract.VAST, (GEBONDEN,), (GEBONDEN,)),
    )
]
REDENEN = (Reden.LEVERING, Reden.NALEVERING, Reden.CORRECTIE, Reden.STATUS_CORRECTIE, Reden.ONGEDAAN)
DAGEN = [date(2023, 6, 30), date(2023, 9, 30), date(2023, 10, 1), date(2023, 12, 31), date(2024, 1, 1)]

Uurstap = tuple[int, int, str, Reden, tuple[int, Cel] | None]
"""(persoon, baan, maand, reden, stand): wat er over die maand het laatst gezegd is; None is ingetrokken."""
_UREN = st.tuples(
    st.integers(1, 3),
    st.integers(1, 2),
    st.sampled_from(["2023-10", "2023-12", "2023-12"]),
    st.sampled_from(REDENEN),
    st.none() | st.tuples(st.sampled_from([-100, 0, 50, 100, 33_275]), st.sampled_from(CELLEN)),
)


@st.composite
def tijdlijn(trek: st.DrawFn) -> tuple[Registratie, ...]:
    """Hoogstens één periode per grondslag."""
    uit = []
    for grond in trek(
        st.lists(st.sampled_from([Grondslag.WSW, Grondslag.PW_INDICATIE, GEBONDEN]), unique=True, max_size=2)
    ):
        van = trek(st.sampled_from(DAGEN))
        tot = trek(st.sampled_from([None, *(dag for dag in DAGEN if dag > van)]))
        uit.append(Registratie(grondslag=grond, van=van, tot=tot))
    return tuple(uit)


_REGISTER = st.tuples(st.integers(1, 3), tijdlijn(), st.sampled_from([None, EindReden.OVERLEDEN, EindReden.VERLOPEN]))
Stap = Uurstap | tuple[int, tuple[Registratie, ...], EindReden | None] | list[RegelRij]
HISTORIE: st.SearchStrategy[list[Stap]] = st.lists(
    st.one_of(_UREN, _UREN, _UREN, _REGISTER, st.sampled_from(LATERE_REGELS)), max_size=14
)


def moment(stap: int) -> datetime:
    """Net voor stap nummer `stap` bekend werd: dan zijn alle eerdere bekend."""
    return BEGIN + timedelta(days=stap, hours=-1)


async def leg_vast(tx: Tx, regels: Sequence[Regel]) -> None:
    """Legt regels vast met hun eigen kennismoment."""
    nieuw = [
        Nieuw(r.regelsoort, r.sleutel(), r.versie_tekst(), r.inhoud(), r.bron or "", bekend, uuid4())
        for r, bekend in regels
    ]
    await regelstore.voeg_toe(tx, nieuw)


Gezegd = dict[tuple[int, int, str], tuple[int, Cel]]
"""Per (persoon, baan, maand) wat er het laatst over gezegd is."""


async def boek(
    tx: Tx, historie: Sequence[Stap], vanaf: int = 0, gezegd: Gezegd | None = None, batch: int = 1000
) -> Gezegd:
    """Boekt de stappen vanaf `vanaf`, na wat er al `gezegd` was; geeft wat er daarna het laatst gezegd is."""
    gezegd = dict(gezegd or {})
    berichten, regels = list[Bericht](), [(rij, TOEN) for rij in BEGINREGELS] if vanaf == 0 else []
    for dag, stap in list(enumerate(historie))[vanaf:]:
        bekend = BEGIN + timedelta(days=dag)
        if isinstance(stap, list):
            regels += [(rij, bekend) for rij in stap]
        elif len(stap) == 3:
            berichten.append(bericht(_register(*stap), bekend))
        else:
            persoon, baan, maand, reden, nieuw = stap
            oud = gezegd.pop((persoon, baan, maand), None)
            if nieuw is not None:
                gezegd[persoon, baan, maand] = nieuw
            if oud != nieuw:
                velden: dict[str, Any] = {"cel": nieuw[1]} if nieuw else {}
                velden |= {"vorig": oud[0], "was": oud[1]} if oud else {}
                wie: dict[str, Any] = {"persoon": UUID(int=persoon), "plaatsing": UUID(int=100 * persoon + baan)}
                wie["werkgever"] = WERKGEVERS[baan % 2]
                feit = uren(nieuw[0] if nieuw else None, maand=maand, reden=reden, **wie, **velden)
                berichten.append(bericht(feit, bekend))
    await leg_vast(tx, regels)
    if vanaf == 0:
        await Verwerker()(tx, [bericht(_werkgever(wie)) for wie in WERKGEVERS])
    register = [b for b in berichten if b.topic == "doelgroepregister"]
    rest = [b for b in berichten if b.topic != "doelgroepregister"]
    helft = len(rest) // 2
    for deel in (rest[helft:], register, rest[:helft]):
        for begin in range(0, len(deel), batch):
            await Verwerker()(tx, deel[begin : begin + batch])
    return gezegd


def _werkgever(werkgever: UUID) -> WerkgeverStand:
    """De ene is bekend, met een branche en een zetel; van de andere is niets bekend."""
    sectoren = (Sectorperiode(sector=Sector.MARKT, van=date(2010, 1, 1)),)
    bekend: dict[str, Any] = {"branche": "C", "gemeente_zetel": "0014"} if werkgever == WERKGEVERS[1] else {}
    return WerkgeverStand(werkgever=werkgever, versie=1, sectoren=sectoren, **bekend)


def _register(persoon: int, rijen: tuple[Registratie, ...], einde: EindReden | None) -> Any:
    if einde is None:
        return staat(persoon, *rijen)
    return RegistratieBeeindigd(
        persoon=UUID(int=persoon),
        grondslag=Grondslag.WSW,
        tot=date(2023, 12, 31),
        reden=einde,
        registraties=rijen,
        woonplaatsen=(),
    )
