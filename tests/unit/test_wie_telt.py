"""Wie telt: grondslag × vorm × versie van de wet, met de artikelen."""

from datetime import date

import pytest
from banenspoor_contracts.codes import INLEEN, Grondslag, Vorm
from banenspoor_contracts.wie_telt import (
    TABELLEN,
    WET_BANENAFSPRAAK,
    WFSV,
    WFSV_2026,
    hoort_bij,
    telt,
    versie_op,
    waarom,
)
from hypothesis import given
from hypothesis import strategies as st

G, V = Grondslag, Vorm
NOOIT = (V.BESCHUT_WERK, V.WSW_BESCHUT, V.PROEFPLAATSING, V.OVERIGE_DETACHERING)
TELLENDE_VORMEN = tuple(vorm for vorm in V if vorm not in NOOIT)
VERSIES = st.sampled_from(sorted(TABELLEN))
GRONDSLAGEN = st.frozensets(st.sampled_from(G))
VORMEN = st.sampled_from(V)


@pytest.mark.parametrize(
    ("geval", "grondslagen", "werkt", "beschut", "verwacht"),
    [
        ("a: Participatiewet, loonwaarde door UWV", {G.PW_INDICATIE}, False, False, True),
        ("a: praktijkroute", {G.PW_PRAKTIJKROUTE}, False, False, True),
        ("b: Wsw-indicatie", {G.WSW}, False, False, True),
        ("c: Wajong", {G.WAJONG_NIEUW}, False, False, True),
        ("c: duurzaam geen mogelijkheden, werkt niet", {G.WAJONG_DUURZAAM_GEEN}, False, False, False),
        ("c: duurzaam geen mogelijkheden, werkt", {G.WAJONG_DUURZAAM_GEEN}, True, False, True),
        ("werkt, zonder grondslag", set(), True, False, False),
        ("d: AMvB, vso of pro", {G.VSO_PRO}, False, False, True),
        ("e: eigen verzoek", {G.EIGEN_VERZOEK}, False, False, True),
        ("f: overgang", {G.OVERGANG}, False, False, True),
        ("lid 6: de registratie is niet beëindigd, dus de grondslag staat er nog", {G.PW_INDICATIE}, True, False, True),
        ("lid 6: de registratie is beëindigd, dus er staat niets meer", set(), False, False, False),
        ("aanhef: beschut werk wint van grond a", {G.PW_INDICATIE}, True, True, False),
        ("geen grondslag", set(), False, False, False),
    ],
)
def test_de_waarheidstabel_van_artikel_38b(
    geval: str, grondslagen: set[Grondslag], werkt: bool, beschut: bool, verwacht: bool
) -> None:
    """De gevallen van MinBZK/regelrecht-corpus bij Wfsv art. 38b, peildatum 1-7-2026."""
    assert hoort_bij(grondslagen, versie_op(date(2026, 7, 1)), werkt=werkt, beschut=beschut) is verwacht, geval


@pytest.mark.parametrize("versie", TABELLEN)
def test_elke_versie_kent_elke_grondslag_en_elke_vorm_met_een_artikel(versie: str) -> None:
    tabel = TABELLEN[versie]
    assert tabel.versie == versie
    assert set(tabel.grondslagen) == set(Grondslag)
    assert set(tabel.vormen) == set(Vorm)
    for regel in (*tabel.grondslagen.values(), *tabel.vormen.values()):
        assert regel.artikel
        assert regel.telt or not regel.alleen_werkend
    for grondslag, regel in tabel.grondslagen.items():
        assert regel.artikel.startswith(("Wfsv art. 38", "Wfsv art. 122n", "Wet banenafspraak art. 2")), grondslag


@given(GRONDSLAGEN, VERSIES, st.sampled_from(NOOIT))
def test_beschut_werk_proefplaatsing_en_overige_detachering_tellen_nooit(
    grondslagen: frozenset[Grondslag], versie: str, vorm: Vorm
) -> None:
    assert not telt(grondslagen, vorm, versie)


@given(VERSIES, VORMEN)
def test_zonder_grondslag_telt_niemand(versie: str, vorm: Vorm) -> None:
    assert not telt((), vorm, versie)


@given(GRONDSLAGEN, GRONDSLAGEN, VORMEN, VERSIES)
def test_een_grondslag_erbij_neemt_nooit_iets_weg(
    deze: frozenset[Grondslag], meer: frozenset[Grondslag], vorm: Vorm, versie: str
) -> None:
    assert telt(deze | meer, vorm, versie) == (telt(deze, vorm, versie) or telt(meer, vorm, versie))


@given(GRONDSLAGEN, VERSIES, st.booleans())
def test_beschut_wint_van_elke_grondslag(grondslagen: frozenset[Grondslag], versie: str, werkt: bool) -> None:
    assert not hoort_bij(grondslagen, versie, werkt=werkt, beschut=True)


@given(GRONDSLAGEN, VORMEN, VERSIES)
def test_waarom_geeft_hetzelfde_antwoord_als_telt_en_noemt_een_artikel(
    grondslagen: frozenset[Grondslag], vorm: Vorm, versie: str
) -> None:
    uitleg = waarom(grondslagen, vorm, versie)
    assert uitleg.telt == telt(grondslagen, vorm, versie)
    assert uitleg.versie == versie
    assert uitleg.zin.startswith("Telt mee: " if uitleg.telt else "Telt niet mee: ")
    assert uitleg.artikelen or not grondslagen


@pytest.mark.parametrize("vorm", TELLENDE_VORMEN)
@pytest.mark.parametrize("versie", TABELLEN)
def test_een_gewone_grondslag_telt_in_elke_vorm_die_telt(versie: str, vorm: Vorm) -> None:
    assert telt({G.PW_INDICATIE}, vorm, versie)


def test_uitzend_en_wsw_detachering_zijn_inleen_en_tellen() -> None:
    assert INLEEN - set(NOOIT) == {V.UITZENDRELATIE, V.WSW_DETACHERING}
    assert telt({G.WSW}, V.WSW_DETACHERING, WFSV)
    assert not telt({G.WSW}, V.WSW_BESCHUT, WFSV)


def test_duurzaam_geen_arbeidsvermogen_telt_pas_vanaf_de_tekst_van_2026() -> None:
    assert not telt({G.WAJONG_DUURZAAM_GEEN}, V.FORMEEL, WFSV)
    assert telt({G.WAJONG_DUURZAAM_GEEN}, V.FORMEEL, WFSV_2026)
    assert telt({G.WAJONG_DUURZAAM_GEEN}, V.FORMEEL, WET_BANENAFSPRAAK)
    assert not hoort_bij({G.WAJONG_DUURZAAM_GEEN}, WET_BANENAFSPRAAK)


def test_iva_met_loondispensatie_telt_alleen_onder_de_wfsv_van_2026() -> None:
    assert [v for v in TABELLEN if telt({G.IVA_LOONDISPENSATIE}, V.FORMEEL, v)] == [WFSV_2026]


def test_lid_2_telt_pas_onder_de_wet_banenafspraak() -> None:
    assert [v for v in TABELLEN if telt({G.LID2_VOOR18}, V.FORMEEL, v)] == [WET_BANENAFSPRAAK]
    assert "quotum" in waarom({G.LID2_VOOR18}, V.FORMEEL, WFSV).zin


@pytest.mark.parametrize(
    ("op", "versie"),
    [
        (date(2012, 12, 31), WFSV),
        (date(2015, 5, 1), WFSV),
        (date(2025, 12, 31), WFSV),
        (date(2026, 1, 1), WFSV_2026),
        (date(2030, 1, 1), WFSV_2026),
    ],
)
def test_de_versie_volgt_de_datum_en_de_wet_banenafspraak_wacht_op_haar_besluit(op: date, versie: str) -> None:
    assert versie_op(op) == versie
    assert TABELLEN[WET_BANENAFSPRAAK].van is None


def test_waarom_noemt_de_artikelen_van_grondslag_en_vorm() -> None:
    uitleg = waarom({G.WSW, G.VSO_PRO}, V.UITZENDRELATIE, WFSV)
    assert uitleg.artikelen == (
        "Wfsv art. 38b lid 1 onder d jo. Besluit Wfsv art. 2.24",
        "Wfsv art. 38b lid 1 onder b",
        "Wfsv art. 122n lid 5 (tot 2020: lid 4)",
    )
    assert uitleg.zin == "Telt mee: VSO_PRO, WSW, werkend als uitzendrelatie."


def test_een_onbekende_versie_is_een_fout() -> None:
    for vraag in (telt, waarom):
        with pytest.raises(ValueError, match="onbekende versie"):
            vraag({G.WSW}, V.FORMEEL, "wfsv")
    with pytest.raises(ValueError, match="onbekende versie"):
        hoort_bij({G.WSW}, "wfsv")


def test_de_tabel_kan_niet_veranderd_worden() -> None:
    with pytest.raises(TypeError):
        TABELLEN[WFSV].vormen[V.PROEFPLAATSING] = TABELLEN[WFSV].vormen[V.FORMEEL]  # type: ignore[index]
