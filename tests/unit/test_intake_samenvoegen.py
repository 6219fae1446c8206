"""Verenigen van twee tijdlijnen, tegen een naïef model: per grondslag de dagen die voor een van beide golden."""

from datetime import date, timedelta
from uuid import UUID

from banenspoor_contracts import Grondslag, PersoonSamengevoegd, Registratie, RegistratieGecorrigeerd, Woonplaats
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain import Tijdlijn
from services.intake.domain.samenvoegen import voeg_samen
from services.intake.domain.tijdlijn import geldt, op_volgorde

BEGIN = date(2015, 1, 1)
OUD, IN = UUID(int=1), UUID(int=2)
GRONDSLAGEN = (Grondslag.WSW, Grondslag.VSO_PRO)
DAGEN = [BEGIN + timedelta(days=n) for n in range(30)]


@st.composite
def registraties(kies: st.DrawFn) -> tuple[Registratie, ...]:
    """Per grondslag perioden zonder overlap, binnen dertig dagen; de laatste kan doorlopen."""
    uit: list[Registratie] = []
    for grondslag in GRONDSLAGEN:
        grenzen = sorted(kies(st.sets(st.sampled_from(DAGEN), max_size=5)))
        paren = list(zip(grenzen[::2], [*grenzen[1::2], None], strict=False))
        uit += [Registratie(grondslag=grondslag, van=van, tot=tot) for van, tot in paren]
    return op_volgorde(uit)


@st.composite
def tijdlijnen(kies: st.DrawFn, persoon: UUID) -> Tijdlijn:
    """Een tijdlijn met registraties, één of twee woonplaatsen en hooguit één besluit beschut werk."""
    regs = kies(registraties())
    besluit = kies(st.sets(st.sampled_from(DAGEN), max_size=1))
    if besluit:
        [dag] = besluit
        regs = tuple(r.model_copy(update={"tot": dag}) if r.van < dag and geldt(r, dag) else r for r in regs)
    eerste, tweede = sorted(kies(st.tuples(st.sampled_from(DAGEN), st.sampled_from(DAGEN))))
    woon = [Woonplaats(gemeente="0014", van=eerste, tot=tweede if eerste < tweede else None)]
    woon += [Woonplaats(gemeente="0114", van=tweede)] if eerste < tweede else []
    return Tijdlijn(persoon, regs, tuple(woon) if regs else (), beschut_vanaf=frozenset(besluit), gezegd=bool(regs))


def geldend(t: Tijdlijn, grondslag: Grondslag, dag: date, ander: Tijdlijn) -> bool:
    """Gold deze grondslag op deze dag, ook na een besluit dat alleen bij de ander bekend was?"""
    for r in t.registraties:
        if r.grondslag == grondslag and geldt(r, dag):
            einden = [b for b in ander.beschut_vanaf - t.beschut_vanaf if r.van < b and geldt(r, b)]
            return not any(dag >= b for b in einden)
    return False


@given(oud=tijdlijnen(OUD), in_=tijdlijnen(IN))
def test_every_day_counts_that_counted_under_either_number(oud: Tijdlijn, in_: Tijdlijn) -> None:
    leeg, gevolg = voeg_samen(oud, in_)
    na = gevolg.tijdlijn
    for grondslag in GRONDSLAGEN:
        for dag in [*DAGEN, date(2030, 1, 1)]:
            verwacht = geldend(oud, grondslag, dag, in_) or geldend(in_, grondslag, dag, oud)
            assert any(r.grondslag == grondslag and geldt(r, dag) for r in na.registraties) == verwacht
    assert (leeg.registraties, leeg.woonplaatsen, leeg.persoon) == ((), (), OUD)
    for dag in DAGEN:
        woont = next((w.gemeente for t in (in_, oud) for w in t.woonplaatsen if geldt(w, dag)), None)
        if in_.woonplaatsen and dag < in_.woonplaatsen[0].van:
            woont = next((w.gemeente for w in oud.woonplaatsen if geldt(w, dag)), None)
        assert next((w.gemeente for w in na.woonplaatsen if geldt(w, dag)), None) == woont


@given(oud=tijdlijnen(OUD), in_=tijdlijnen(IN))
def test_the_facts_carry_what_the_timelines_became(oud: Tijdlijn, in_: Tijdlijn) -> None:
    leeg, gevolg = voeg_samen(oud, in_)
    *eerder, laatste = gevolg.feiten
    assert isinstance(laatste, PersoonSamengevoegd)
    assert (laatste.persoon, laatste.in_) == (OUD, IN)
    veranderd = gevolg.tijdlijn.registraties != in_.registraties
    assert [isinstance(f, RegistratieGecorrigeerd) for f in eerder] in ([veranderd], [])
    assert bool(eerder) == (veranderd or gevolg.tijdlijn.woonplaatsen != in_.woonplaatsen)
    assert all(f.json_()["registraties"] == [r.json_() for r in gevolg.tijdlijn.registraties] for f in eerder)
    nog_eens = voeg_samen(leeg, gevolg.tijdlijn)[1]
    assert (nog_eens.tijdlijn.registraties, nog_eens.tijdlijn.woonplaatsen) == (
        gevolg.tijdlijn.registraties,
        gevolg.tijdlijn.woonplaatsen,
    )
