"""Topic `verloonde-uren`, gezegd door plaatsing: wat er per baan en maand aan uren verloond is, nieuw en vorig.

Wie telt, boekt `vorig` af op zijn cel en `nieuw` bij op de zijne, en anders niets.
"""

import re
from datetime import datetime
from functools import cached_property, lru_cache
from typing import ClassVar, Self
from uuid import UUID

from pydantic import TypeAdapter, field_validator, model_validator

from .codes import Contract, Grondslag, Reden, Sector, Subsector, Vorm
from .feit import OverPersoon, Waarde
from .velden import Geheel, Gemeente, Maand


class Cel(Waarde):
    """Eén combinatie van kenmerken waaronder uren tellen; gelijke kenmerken geven gelijke canonieke bytes.

    Kenmerken zijn van de laatste dag van de maand, of van de baan als die eerder eindigde. `grondslagenMaand` gelden op
    de laatste dag van de maand, `grondslagenKwartaal` op die van het kwartaal, zoals nu bekend. Grondslagen staan op
    volgorde en elk één keer, hoe zij ook gegeven worden.
    """

    gemeente_werk: Gemeente
    gemeente_woon: Gemeente | None = None
    sector: Sector
    subsector: Subsector | None = None
    sector_inlener: Sector | None = None
    subsector_inlener: Subsector | None = None
    vorm: Vorm
    contract: Contract
    grondslagen_maand: tuple[Grondslag, ...]
    grondslagen_kwartaal: tuple[Grondslag, ...]

    @field_validator("grondslagen_maand", "grondslagen_kwartaal")
    @classmethod
    def _op_volgorde(cls, grondslagen: tuple[Grondslag, ...]) -> tuple[Grondslag, ...]:
        return tuple(sorted(set(grondslagen)))

    def bytes_(self) -> bytes:
        """Als bij elke waarde; onthouden, want dezelfde cel komt telkens terug."""
        return _cel_bytes(self)


@lru_cache(maxsize=65536)
def _cel_bytes(cel: Cel) -> bytes:
    return Waarde.bytes_(cel)


class UrenStand(Waarde):
    """De uren van één baan in één maand, in honderdsten; negatief kan, zoals in de loonaangifte.

    `uitbetaaldX100` (uitbetaald verlof en extra's, waar bekend) zit in `urenX100`. Hoeveel gewone uren er dan over
    zijn, kan net zo goed negatief zijn: er is geen grens.
    """

    uren_x100: Geheel
    uitbetaald_x100: Geheel = 0
    werkgever: UUID
    inlener: UUID | None = None
    cel: Cel

    @property
    def regulier_x100(self) -> int:
        """De uren zonder wat uitbetaald is, in honderdsten."""
        return self.uren_x100 - self.uitbetaald_x100

    @classmethod
    def van_canoniek(cls, tekst: bytes) -> Self:
        """De stand van wie deze canonieke bytes zijn; veel sneller dan het model, dat leest wat er anders uitziet.

        Zij worden meteen onthouden: wie haar `vorig` noemt schrijft haar niet opnieuw.
        """
        if (delen := _CANONIEK.fullmatch(tekst)) is None or (cel := _cel(delen[1])) is None:
            return cls.model_validate_json(tekst)
        _, inlener, uitbetaald, uren, werkgever = delen.groups()
        stand = cls(
            uren_x100=int(uren),
            uitbetaald_x100=int(uitbetaald),
            werkgever=_uuid(werkgever),
            inlener=inlener and _uuid(inlener),
            cel=cel,
        )
        stand.__dict__["_canoniek"] = tekst
        return stand

    def bytes_(self) -> bytes:
        """Als bij elke waarde; onthouden, want een stand wordt gezegd én bewaard."""
        return self._canoniek

    @cached_property
    def _canoniek(self) -> bytes:
        """Uitgeschreven omdat dit het drukste feit is: alleen getallen, uuid's en de cel."""
        inlener = b"null" if self.inlener is None else b'"%s"' % str(self.inlener).encode()
        return b'{"cel":%s,"inlener":%s,"uitbetaaldX100":%d,"urenX100":%d,"werkgever":"%s"}' % (
            *(self.cel.bytes_(), inlener, self.uitbetaald_x100, self.uren_x100),
            str(self.werkgever).encode(),
        )


_CANONIEK = re.compile(
    rb'\{"cel":(\{[^{}]*\}),"inlener":(?:null|"([0-9a-f-]{36})"),"uitbetaaldX100":(0|-?[1-9][0-9]*),'
    rb'"urenX100":(0|-?[1-9][0-9]*),"werkgever":"([0-9a-f-]{36})"\}'
)


@lru_cache(maxsize=65536)
def _cel(tekst: bytes) -> Cel | None:
    """De cel van deze bytes; None als zij niet canoniek zijn (van voor er een veld bij kwam)."""
    cel = Cel.model_validate_json(tekst)
    return cel if cel.bytes_() == tekst else None


@lru_cache(maxsize=65536)
def _uuid(tekst: bytes) -> UUID:
    return UUID(tekst.decode())


class UrenVerloond(OverPersoon):
    """De uren van deze baan in deze maand zijn `nieuw`; het laatst gezegde was `vorig` (leeg: nog niets)."""

    naam: ClassVar[str] = "uren-verloond"
    topic: ClassVar[str] = "verloonde-uren"

    plaatsing: UUID
    maand: Maand
    reden: Reden
    nieuw: UrenStand | None
    vorig: UrenStand | None

    @model_validator(mode="after")
    def _zegt_iets(self) -> Self:
        if self.nieuw is None and self.vorig is None:
            raise ValueError("nieuw en vorig zijn allebei leeg")
        return self

    def bytes_(self) -> bytes:
        """Als bij elk feit, hier uitgeschreven omdat dit het drukste is; codes, uuid's en een maand hebben geen ontsnapping."""
        bekend = b"" if self.bekend_op is None else b'"bekendOp":%s,' % _moment_bytes(self.bekend_op)
        return b'{%s"maand":"%s","nieuw":%s,"persoon":"%s","plaatsing":"%s","reden":"%s","vorig":%s}' % (
            *(bekend, self.maand.encode(), _stand_bytes(self.nieuw), str(self.persoon).encode()),
            *(str(self.plaatsing).encode(), self.reden.value.encode(), _stand_bytes(self.vorig)),
        )


def _stand_bytes(stand: UrenStand | None) -> bytes:
    return b"null" if stand is None else stand.bytes_()


@lru_cache(maxsize=4096)
def _moment_bytes(moment: datetime) -> bytes:
    """Een moment zoals het overal geschreven wordt; in geladen historie is het vaak hetzelfde."""
    return _MOMENT.dump_json(moment)


_MOMENT = TypeAdapter(datetime)
