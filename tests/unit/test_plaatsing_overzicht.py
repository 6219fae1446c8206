"""De tabel van een werkgever: elke cel veilig, en de totalen zijn die van de regels."""

import csv
import io
from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.plaatsing.domain.overzicht import (
    KOLOMMEN,
    Gemeente,
    Maand,
    Rol,
    Werkplek,
    decimaal,
    regels,
    rol,
    totaalregels,
    veilig,
)


def werkplek(referentie: str | None = "P-1", maanden: tuple[Maand, ...] = (), tot: date | None = None) -> Werkplek:
    """Een formele baan in Groningen."""
    vast = ("formeel", "vast", 2550, "0014", date(2017, 1, 1), tot)
    return Werkplek(uuid4(), referentie, Rol.FORMEEL, uuid4(), None, *vast, maanden)


@pytest.mark.parametrize(
    ("tekst", "cel"),
    [
        ("=1+1", "'=1+1"),
        ("+31", "'+31"),
        ("-x", "'-x"),
        ("@SUM", "'@SUM"),
        ("\tx", " x"),
        ("\r=x", "' =x"),
        ("a\nb", "a b"),
        ("\uff1dx", "'\uff1dx"),
        ("P-1", "P-1"),
        ("", ""),
    ],
)
def test_a_cell_never_becomes_a_formula(tekst: str, cel: str) -> None:
    assert veilig(tekst) == cel


def test_numbers_stay_numbers() -> None:
    assert [decimaal(n) for n in (0, 5, -5, 11092, -11092)] == ["0.00", "0.05", "-0.05", "110.92", "-110.92"]


def test_a_job_without_hours_has_one_line_and_a_role_follows_the_formal_employer() -> None:
    een, ander = uuid4(), uuid4()
    assert (rol(een, [een, ander]), rol(een, [ander])) == (Rol.FORMEEL, Rol.INGELEEND)
    [regel] = regels([werkplek(None, tot=date(2018, 1, 1))])
    cellen = dict(zip(KOLOMMEN, regel, strict=True))
    assert (cellen["regel"], cellen["referentie"], cellen["tot"], cellen["maand"]) == ("maand", "", "2018-01-01", "")


_MAANDEN = st.lists(
    st.builds(
        Maand,
        maand=st.sampled_from(["2017-11", "2017-12"]),
        uren_x100=st.integers(-(10**6), 10**6),
        uitbetaald_x100=st.integers(0, 10**4),
        rol=st.just(Rol.FORMEEL),
    ),
    max_size=5,
).map(tuple)


@given(st.lists(st.builds(werkplek, st.none() | st.text(max_size=8), _MAANDEN), max_size=6))
def test_every_line_has_every_column_and_reads_back(banen: list[Werkplek]) -> None:
    tekst = io.StringIO(newline="")
    alle = [m for b in banen for m in b.maanden]
    gemeenten = [Gemeente("0014", len(banen), len(banen))]
    csv.writer(tekst, lineterminator="\n").writerows([*regels(banen), *totaalregels(alle, gemeenten)])
    gelezen = list(csv.DictReader(io.StringIO(tekst.getvalue(), newline=""), KOLOMMEN))
    assert not any(None in rij or None in rij.values() for rij in gelezen)
    assert not any(rij["referentie"].lstrip().startswith(("=", "+", "-", "@")) for rij in gelezen)
    uren = [round(float(rij["uren"]) * 100) for rij in gelezen if rij["regel"] == "maand" and rij["uren"]]
    assert sum(uren) == round(float(gelezen[-1]["uren"]) * 100) == sum(m.uren_x100 for m in alle)
    assert gelezen[-1]["plaatsingen"] == str(len(banen))
