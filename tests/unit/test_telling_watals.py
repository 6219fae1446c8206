"""Wat als: andere regels op dezelfde uren, exact, en gemerkt; wat nooit verzameld is wordt geweigerd."""

from fractions import Fraction
from typing import ClassVar

import pytest
from banenspoor_contracts import Reeks

from services.telling.domain import watals
from services.telling.domain.figuur import Cel, figuur
from services.telling.domain.noten import Noot
from services.telling.domain.perioden import Onjuist, perioden
from services.telling.domain.regels import Regelboek
from services.telling.domain.selectie import Selectie, Stand
from services.telling.domain.watals import WatAlsBoek
from services.telling.rijen import WieTeltRij
from tests.unit import telling_bouw as bouw

BOEK = bouw.boek(*bouw.REGELS_004, bouw.sleutel(2016, "72.2", "27.8"))
Cellen = dict[tuple[str | None, ...], Cel]


def cijfers(
    wat: str, reeks: Reeks, periode: str, *per: str, boek: Regelboek = BOEK, standen: list[Stand] = bouw.BRIEF_004
) -> Cellen:
    selectie = Selectie(reeks, perioden(reeks, periode), per)
    if not wat:
        return {tuple(c.kenmerken.values()): c for c in figuur(standen, boek, selectie)}
    anders = watals.lees(wat)
    selectie = anders.selectie(selectie)
    cellen = figuur(standen, WatAlsBoek(boek, anders), selectie)
    return {tuple(c.kenmerken.values()): c for c in anders.merk(cellen, selectie)}


class TestNorm:
    """Een baan is een ander aantal uren per week; de uren per jaar in dezelfde verhouding."""

    def test_de_uren_per_jaar_zijn_exact_en_gelden_ook_voor_de_nulmeting(self) -> None:
        gewoon, anders = (cijfers(wat, Reeks.JAARMETING, "2023")[()] for wat in ("", "norm:24"))
        jaar = Fraction(1331) * 24 / Fraction("25.5")
        assert anders.uren == gewoon.uren
        assert anders.banen == gewoon.uren / (jaar / 4)
        assert anders.nulmeting == Fraction("25015912.05") / (jaar / 4)
        assert anders.extra == (gewoon.extra or 0) * Fraction("25.5") / 24
        assert anders.regels["norm"] is not None
        assert anders.regels["norm"].versie == "1331 × 16/17"

    def test_een_nulmeting_in_banen_gaat_via_haar_uren(self) -> None:
        boek = bouw.boek(bouw.NORM, bouw.WIE, *bouw.nulmeting("NL", totaal="75179", inleen="36206"))
        gewoon, anders = (cijfers(wat, Reeks.KWARTAAL, "2023-Q4", boek=boek)[()] for wat in ("", "norm:12.75"))
        assert [gewoon.nulmeting, anders.nulmeting] == [75_179, 2 * 75_179]
        assert anders.extra == 2 * (gewoon.extra or 0)

    def test_ook_een_norm_per_kalenderdag(self) -> None:
        kalender = bouw.NORM.model_copy(update={"soort": "kalender", "uren_per_jaar": None})
        boek = bouw.boek(kalender, bouw.WIE)
        gewoon, anders = (cijfers(wat, Reeks.KWARTAAL, "2023-Q4", boek=boek)[()] for wat in ("", "norm:51"))
        assert anders.banen == (gewoon.banen or 0) / 2

    def test_zonder_norm_is_er_niets_om_vanuit_te_rekenen(self) -> None:
        with pytest.raises(Onjuist, match="geen norm"):
            cijfers("norm:24", Reeks.KWARTAAL, "2023-Q4", boek=bouw.boek(bouw.WIE))

    def test_er_is_geen_doelstelling_naast(self) -> None:
        cel = cijfers("norm:24", Reeks.JAARMETING, "2023")[()]
        assert (cel.doel, cel.gat, Noot.WAT_ALS_GEEN_DOEL in cel.noten) == (None, None, True)


class TestSleutel:
    """De sleutel van een ander jaar verdeelt de ingeleende uren; de nulmeting houdt de hare."""

    def test_de_sectoren_verschuiven_en_het_totaal_niet(self) -> None:
        gewoon, anders = (cijfers(wat, Reeks.JAARMETING, "2023", "sector") for wat in ("", "sleutel:2016"))
        inleen = Fraction("11664684.35") / Fraction(1331, 4)
        verschil = {k: (anders[k].extra or 0) - (c.extra or 0) for k, c in gewoon.items()}
        assert verschil == {("markt",): inleen * Fraction(-6, 1000), ("overheid",): inleen * Fraction(6, 1000)}
        assert [c.nulmeting for c in anders.values()] == [c.nulmeting for c in gewoon.values()]
        assert [c.doel and c.doel.aantal for c in anders.values()] == [80_000, 25_000]
        assert all(Noot.WAT_ALS_SLEUTEL in c.noten and Noot.ANDERE_SLEUTEL not in c.noten for c in anders.values())

    def test_waar_niets_te_verdelen_is_zegt_een_noot_dat(self) -> None:
        gewoon, anders = (cijfers(wat, Reeks.KWARTAAL, "2023-Q4", "sector") for wat in ("", "sleutel:2016"))
        assert [c.extra for c in anders.values()] == [c.extra for c in gewoon.values()]
        assert all(Noot.WAT_ALS_SLEUTEL_NIET_NODIG in c.noten for c in anders.values())

    @pytest.mark.parametrize("jaar", [2017, 2030])
    def test_van_een_jaar_zonder_sleutel_kan_het_niet(self, jaar: int) -> None:
        with pytest.raises(Onjuist) as fout:
            cijfers(f"sleutel:{jaar}", Reeks.JAARMETING, "2023", "sector")
        assert (fout.value.code, str(jaar) in fout.value.detail) == ("niet_uit_te_rekenen", True)


class TestWieTelt:
    """De groep van een andere wet, uit de grondslagen die bij elk uur staan."""

    standen: ClassVar[list[Stand]] = [
        bouw.stand("2023-12", uren_x100=100, grondslagen="WSW"),
        bouw.stand("2023-12", uren_x100=1_000, grondslagen="IVA_LOONDISPENSATIE"),
        bouw.stand("2023-12", uren_x100=10_000, grondslagen="LID2_VOOR18"),
    ]

    @pytest.mark.parametrize(("wat", "uren"), [("", 1), ("2020", 1), ("2026", 11), ("wet-banenafspraak", 101)])
    def test_een_jaar_of_een_wet(self, wat: str, uren: int) -> None:
        boek = bouw.boek(
            *bouw.REGELS_004, WieTeltRij(versie="wfsv-38b-2026", van="2026-01-01", besloten_op="2025-04-23")
        )
        vraag = f"wieTelt:{wat}" if wat else ""
        cel = cijfers(vraag, Reeks.LOPEND, "2023-12", boek=boek, standen=self.standen)[()]
        assert cel.uren == uren
        assert not vraag or Noot.WAT_ALS_WIE_TELT in cel.noten


def test_naast_een_andere_wet_staat_geen_doelstelling() -> None:
    gewoon, anders = (cijfers(wat, Reeks.JAARMETING, "2023")[()] for wat in ("", "wieTelt:2020"))
    assert (gewoon.doel and gewoon.doel.aantal, anders.doel, anders.gat) == (105_000, None, None)
    assert (anders.extra, Noot.WAT_ALS_GEEN_DOEL in anders.noten) == (gewoon.extra, True)


def test_sectoren_samen_is_een_kolom_met_de_som_van_de_doelstellingen() -> None:
    gewoon = cijfers("", Reeks.JAARMETING, "2023", "sector", "vorm")
    samen = cijfers("sectoren:samen", Reeks.JAARMETING, "2023", "sector", "vorm")
    assert set(samen) == {("formeel",), ("inleen",)}
    assert sum(c.extra or 0 for c in samen.values()) == sum(c.extra or 0 for c in gewoon.values())
    (een,) = cijfers("sectoren:samen", Reeks.JAARMETING, "2023", "sector").values()
    assert (een.kenmerken, een.doel and een.doel.aantal, een.status) == ({}, 105_000, "wat-als")
    with pytest.raises(Onjuist) as fout:
        watals.lees("sectoren:samen").selectie(
            Selectie(Reeks.JAARMETING, perioden(Reeks.JAARMETING, "2023"), sector="markt")  # type: ignore[arg-type]
        )
    assert fout.value.code == "past_niet_bij_wat_als"


def test_het_peilmoment_is_overal_het_gevraagde() -> None:
    boek = WatAlsBoek(BOEK, watals.lees("peilmoment:maand"))
    for reeks in Reeks:
        keuze = boek.peilmoment(reeks, bouw.BEKEND.date())
        assert (keuze.waarde, keuze.herkomst.bron) == ("maand", "wat als: zo gevraagd, niet zo vastgesteld")


def test_elk_cijfer_draagt_wat_er_anders_is() -> None:
    alles = "sleutel:2016,norm:24,wieTelt:2026,sectoren:samen,peilmoment:maand"
    (cel,) = cijfers(alles, Reeks.JAARMETING, "2023", "sector").values()
    assert cel.status == "wat-als"
    assert {noot.name for noot in cel.noten if noot.name.startswith("WAT_ALS")} == {
        "WAT_ALS",
        "WAT_ALS_NORM",
        "WAT_ALS_WIE_TELT",
        "WAT_ALS_SECTOREN",
        "WAT_ALS_PEILMOMENT",
        "WAT_ALS_SLEUTEL_NIET_NODIG",
        "WAT_ALS_GEEN_DOEL",
    }
    assert watals.lees(alles).gevraagd == dict(deel.split(":") for deel in alles.split(","))


@pytest.mark.parametrize(
    ("tekst", "code"),
    [
        ("norm", "onjuiste_wat_als"),
        ("norm:", "onjuiste_wat_als"),
        ("norm:0", "onjuiste_wat_als"),
        ("norm:-3", "onjuiste_wat_als"),
        ("norm:1e9", "onjuiste_wat_als"),
        ("norm:24,norm:25", "onjuiste_wat_als"),
        ("kleur:rood", "onjuiste_wat_als"),
        ("sleutel:ooit", "onjuiste_wat_als"),
        ("wieTelt:iedereen", "onjuiste_wat_als"),
        ("peilmoment:dag", "niet_uit_te_rekenen"),
        ("sectoren:drie", "niet_uit_te_rekenen"),
    ],
)
def test_wat_niet_kan_zegt_waarom(tekst: str, code: str) -> None:
    with pytest.raises(Onjuist) as fout:
        watals.lees(tekst)
    assert fout.value.code == code
