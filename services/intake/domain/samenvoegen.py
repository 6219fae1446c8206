"""Twee nummers blijken één mens: de tijdlijnen van het ene gaan op in die van het andere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import pairwise

from banenspoor_contracts import (
    CorrectieReden,
    Feit,
    PersoonSamengevoegd,
    PersoonVerhuisd,
    Registratie,
    RegistratieGecorrigeerd,
    Woonplaats,
)

from .tijdlijn import Gevolg, Tijdlijn, loopt_over, op_volgorde, velden


def voeg_samen(oud: Tijdlijn, in_: Tijdlijn) -> tuple[Tijdlijn, Gevolg]:
    """`oud` gaat op in `in_`: de lege tijdlijn van het oude pseudoniem, en het gevolg voor het nieuwe.

    Per grondslag gelden alle dagen die voor een van beide golden. Een besluit beschut werk, en de grens van AOW of
    overlijden, eindigt ook wat alleen onder het andere nummer bekend was. Woonplaatsen zijn die van het nieuwe, met die
    van het oude voor de tijd ervóór.
    """
    registraties = _verenig([*_eindig(oud.registraties, in_, oud), *_eindig(in_.registraties, oud, in_)])
    na = replace(
        in_,
        registraties=registraties,
        woonplaatsen=_woonplaatsen(oud.woonplaatsen, in_.woonplaatsen),
        verworpen=(oud.verworpen | in_.verworpen) - {r.grondslag for r in registraties},
        beschut_vanaf=oud.beschut_vanaf | in_.beschut_vanaf,
        vervallen=oud.vervallen | in_.vervallen,
    )
    leeg = replace(Tijdlijn(oud.persoon), gezegd=True)
    feiten: list[Feit] = []
    if (na.registraties, na.woonplaatsen) != (in_.registraties, in_.woonplaatsen):
        na = replace(na, gezegd=True, bekend_op=in_.kennistijd(None))
        if na.registraties != in_.registraties:
            feiten.append(RegistratieGecorrigeerd(**velden(na), vorige=in_.registraties, reden=CorrectieReden.BSN))
        else:
            feiten.append(PersoonVerhuisd(**velden(na)))
    feiten.append(PersoonSamengevoegd(**velden(leeg), in_=in_.persoon))
    return leeg, Gevolg(na, tuple(feiten))


def _eindig(registraties: Iterable[Registratie], ander: Tijdlijn, eigen: Tijdlijn) -> Iterable[Registratie]:
    """Wat eroverheen loopt eindigt op de dagen die alleen van de ander bekend waren."""
    dagen: set[date] = set(ander.beschut_vanaf - eigen.beschut_vanaf)
    if ander.grens is not None and eigen.grens is None:
        dagen.add(ander.grens.dag)
    for r in registraties:
        tot = min((dag for dag in dagen if loopt_over(r, dag)), default=r.tot)
        yield r if tot == r.tot else Registratie(grondslag=r.grondslag, van=r.van, tot=tot)


def _verenig(alle: Iterable[Registratie]) -> tuple[Registratie, ...]:
    """Perioden van één grondslag die elkaar raken of overlappen worden één."""
    uit: list[Registratie] = []
    for r in sorted(alle, key=lambda r: (r.grondslag, r.van)):
        vorige = uit[-1] if uit and uit[-1].grondslag == r.grondslag else None
        if vorige is None or (vorige.tot is not None and vorige.tot < r.van):
            uit.append(r)
        elif vorige.tot is not None and (r.tot is None or r.tot > vorige.tot):
            uit[-1] = Registratie(grondslag=r.grondslag, van=vorige.van, tot=r.tot)
    return op_volgorde(uit)


def _woonplaatsen(oud: tuple[Woonplaats, ...], nieuw: tuple[Woonplaats, ...]) -> tuple[Woonplaats, ...]:
    """Die van het nieuwe, en die van het oude voor de tijd ervóór; zij sluiten op elkaar aan."""
    if not nieuw:
        return oud
    begin = [(w.gemeente, w.van) for w in oud if w.van < nieuw[0].van]
    begin += [(w.gemeente, w.van) for w in nieuw]
    kort = [begin[0], *(tweede for eerste, tweede in pairwise(begin) if eerste[0] != tweede[0])]
    einden = [van for _, van in kort[1:]] + [nieuw[-1].tot]
    return tuple(
        Woonplaats(gemeente=gemeente, van=van, tot=tot) for (gemeente, van), tot in zip(kort, einden, strict=True)
    )
