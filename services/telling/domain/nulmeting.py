"""De nulmeting: hoeveel banen er eind 2012 waren, per gebied en zo ver gesplitst als zij bekend is.

Zij is herzien, dus een versie is er één van meer; de versie die het laatst voor het eerst bekend werd, geldt.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from banenspoor_contracts import Sector

from services.telling.domain.regels import NULMAANDEN, Herkomst, Norm, Regelboek, herkomst

FORMEEL, INLEEN = "formeel", "inleen"

Kolom = tuple[str | None, str | None]
"""(sector, vorm) van een deel van de nulmeting; (None, None) is een totaal dat nooit gesplitst is."""


@dataclass(frozen=True, slots=True)
class Deel:
    """Eén bedrag: in uren van een kwartaal of in banen."""

    uren: Fraction | None
    banen: Fraction | None

    def in_banen(self, norm: Norm) -> Fraction:
        """Het bedrag in banen; uren volgens de norm over het kwartaal van de nulmeting."""
        if self.banen is not None:
            return self.banen
        return (self.uren or Fraction(0)) / norm.uren(NULMAANDEN)


@dataclass(frozen=True, slots=True)
class Nulmeting:
    """Eén versie voor één gebied. `besloten_op` zegt ook in welke grenzen het gebied bedoeld is."""

    delen: Mapping[Kolom, Deel]
    besloten_op: date
    herkomst: Herkomst

    def banen(self, norm: Norm, formeel: frozenset[Sector], inleen: Fraction) -> Fraction | None:
        """De banen van deze formele sectoren plus dit deel van de inleen; None als zij zo niet gesplitst is.

        `inleen` is 0 (hoort er niet bij), 1 (helemaal) of het deel volgens de verdeelsleutel van de nulmeting.
        """
        bekend = {kolom: deel.in_banen(norm) for kolom, deel in self.delen.items()}
        delen = _delen(bekend)
        if formeel == frozenset(Sector) and inleen == 1:
            return delen.get("alles")
        som: Fraction | None = Fraction(0)
        if formeel == frozenset(Sector):
            som = delen.get("formeel")
        elif formeel:
            (sector,) = formeel
            som = bekend.get((sector.value, FORMEEL))
        if som is None or not inleen:
            return som
        return None if "inleen" not in delen else som + delen["inleen"] * inleen


def _delen(bekend: Mapping[Kolom, Fraction]) -> dict[str, Fraction]:
    """Alles, formeel en inleen, waar zij bekend zijn of uit de andere twee volgen; eigen delen gaan voor het totaal."""
    gevonden: dict[str, Fraction] = {}
    sectoren = [bekend[s.value, FORMEEL] for s in Sector if (s.value, FORMEEL) in bekend]
    if len(sectoren) == len(Sector):
        gevonden["formeel"] = sum(sectoren, Fraction(0))
    elif (None, FORMEEL) in bekend:
        gevonden["formeel"] = bekend[None, FORMEEL]
    if (None, INLEEN) in bekend:
        gevonden["inleen"] = bekend[None, INLEEN]
    if len(gevonden) == 2:
        return gevonden | {"alles": gevonden["formeel"] + gevonden["inleen"]}
    if (None, None) in bekend:
        alles = gevonden["alles"] = bekend[None, None]
        if "inleen" in gevonden:
            gevonden["formeel"] = alles - gevonden["inleen"]
        elif "formeel" in gevonden:
            gevonden["inleen"] = alles - gevonden["formeel"]
    return gevonden


def nulmeting(boek: Regelboek, gebied: str) -> Nulmeting | None:
    """De nulmeting van een gebied volgens de regels in `boek`, of None als er voor dat gebied geen is."""
    alle = [regel for regel in boek.alle if regel.soort == "nulmeting" and regel.inhoud["gebied"] == gebied]
    if not alle:
        return None
    versie = list(dict.fromkeys(regel.versie for regel in alle))[
        -1
    ]  # `alle` staat op kennismoment: de laatst begonnene
    rijen = [r for r in boek.geldend("nulmeting").values() if (r.inhoud["gebied"], r.versie) == (gebied, versie)]
    delen = {
        (rij.inhoud.get("sector"), rij.inhoud.get("vorm")): Deel(rij.getal("uren"), rij.getal("banen")) for rij in rijen
    }
    laatste = max(rijen, key=lambda regel: regel.volgorde)
    aangenomen = any(rij.inhoud.get("aangenomen") for rij in rijen)
    bron = herkomst(laatste)
    return Nulmeting(
        delen,
        date.fromisoformat(laatste.inhoud["beslotenOp"]),
        Herkomst(versie, bron.bron, besloten_op=bron.besloten_op, bekend_op=bron.bekend_op, aangenomen=aangenomen),
    )
