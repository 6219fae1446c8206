"""Wat een volledige lijst aan één tijdlijn verandert."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from banenspoor_contracts import EindReden, Grondslag, Registratie, RegistratieBeeindigd, Woonplaats

from services.intake.domain import Tijdlijn
from services.intake.domain.volledige_lijst import Lijstrij, Vergelijking, vergelijk

G = Grondslag
VAN, PEIL = date(2018, 1, 1), date(2024, 6, 1)


def tijdlijn(*registraties: tuple[date, date | None], **anders: Any) -> Tijdlijn:
    perioden = tuple(Registratie(grondslag=G.WAJONG_OUD, van=van, tot=tot) for van, tot in registraties)
    woon = (Woonplaats(gemeente="0014", van=VAN),) if registraties else ()
    return Tijdlijn(UUID(int=1), perioden, woon, gezegd=bool(registraties), **anders)


def rij(van: date = VAN, nr: int = 2, **anders: Any) -> Lijstrij:
    velden: dict[str, Any] = {"grondslag": G.WAJONG_OUD, "van": van, "gemeente": "0014"} | anders
    return Lijstrij(nr, **velden)


def lijst(wie: Tijdlijn, *rijen: Lijstrij) -> Vergelijking:
    return vergelijk(wie, rijen, [G.WAJONG_OUD], PEIL)


@pytest.mark.parametrize(
    ("wie", "rijen", "verwacht"),
    [
        (tijdlijn((VAN, None)), [rij()], []),
        (tijdlijn((VAN, None)), [], [("einde", VAN, PEIL, "VERLOPEN")]),
        (tijdlijn((VAN, date(2030, 1, 1))), [], [("einde", VAN, PEIL, "DATUM")]),
        (tijdlijn((VAN, date(2030, 1, 1))), [rij()], []),
        (tijdlijn((VAN, date(2020, 1, 1))), [], []),
        (tijdlijn((PEIL, None)), [], []),
        (tijdlijn(), [rij()], [("begin", VAN, None, None)]),
        (tijdlijn((VAN, None)), [rij(date(2018, 2, 1))], [("correctie", date(2018, 2, 1), None, "DATUM")]),
        (
            tijdlijn((VAN, None)),
            [rij(tot=date(2024, 3, 1), reden=EindReden.OVERLEDEN)],
            [("einde", VAN, date(2024, 3, 1), "OVERLEDEN")],
        ),
        (tijdlijn((VAN, date(2020, 1, 1))), [rij()], [("afgewezen", VAN, None, "al_geeindigd")]),
        (tijdlijn((VAN, None)), [rij(), rij(nr=3)], [("afgewezen", VAN, None, "dubbel")]),
        (tijdlijn((VAN, None)), [rij(gemeente="0344")], [("afgewezen", VAN, None, "onjuist")]),
        (
            tijdlijn((VAN, None)),
            [rij(date(2018, 2, 1), gemeente="0344")],
            [("afgewezen", date(2018, 2, 1), None, "onjuist")],
        ),
        (
            tijdlijn((VAN, date(2020, 1, 1))),
            [rij(date(2019, 1, 1))],
            [("afgewezen", date(2019, 1, 1), None, "overlap")],
        ),
        (
            tijdlijn(beschut_vanaf=frozenset({date(2023, 1, 1)})),
            [rij()],
            [("begin", VAN, date(2023, 1, 1), None)],
        ),
    ],
)
def test_what_a_list_changes(wie: Tijdlijn, rijen: list[Lijstrij], verwacht: list[tuple[Any, ...]]) -> None:
    uit = lijst(wie, *rijen)
    assert [(w.soort, w.van, w.tot, w.reden or w.code) for w in uit.wijzigingen] == verwacht
    veranderd = any(w.soort != "afgewezen" for w in uit.wijzigingen)
    assert bool(uit.feiten) == bool(uit.stappen) == (uit.tijdlijn != wie) == veranderd


def test_the_same_list_again_changes_nothing() -> None:
    rijen = [rij(date(2018, 2, 1)), rij(date(2016, 1, 1), nr=3, tot=date(2017, 1, 1))]
    na = lijst(tijdlijn((VAN, None)), *rijen).tijdlijn
    assert lijst(na, *rijen).wijzigingen == ()


def test_other_grounds_are_left_alone() -> None:
    wsw = Registratie(grondslag=G.WSW, van=VAN)
    wie = Tijdlijn(UUID(int=1), (wsw,), (Woonplaats(gemeente="0014", van=VAN),))
    assert lijst(wie).wijzigingen == ()


def test_an_end_carries_the_timeline_after_it() -> None:
    (feit,) = lijst(tijdlijn((VAN, None))).feiten
    assert isinstance(feit, RegistratieBeeindigd)
    assert feit.registraties == (Registratie(grondslag=G.WAJONG_OUD, van=VAN, tot=PEIL),)


def test_a_change_names_where_someone_lives() -> None:
    assert lijst(tijdlijn((VAN, None))).wijzigingen[0].gemeente == "0014"
