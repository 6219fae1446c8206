"""`docs/bestanden.md`: welke bestanden er zijn en hun kolommen, gemaakt uit de code (`python -m deploy.bestanden`)."""

from pathlib import Path

from deploy.elders import soorten
from shared.api import Soort

PAGINA = Path(__file__).resolve().parent.parent / "docs" / "bestanden.md"
_KOP = """# Bestanden

Gemaakt door `python -m deploy.bestanden` uit de code. CSV in UTF-8 met een kop, gescheiden door `,` of `;`; datums
`JJJJ-MM-DD`, maanden `JJJJ-MM`, een punt of komma in getallen; elke `tot` is de eerste dag erna. Een gemeente is haar CBS-code
(`0014`; `GM0014` mag). `banenspoor importeer SOORT BESTAND`: elke rij wordt apart beoordeeld; wat is afgewezen staat met rij,
kolom, code en melding in `BESTAND.fouten.csv`.

Zolang historie geladen wordt mag elke rij een kolom `bekend_op` hebben: sinds wanneer dit bekend was. Laad historie in volgorde
van kennis, ook over soorten heen: een maand wordt gezegd met het register en de baan zoals die op dat moment geladen zijn.

Een kolom tussen haken mag ontbreken of leeg zijn.
"""


def pagina() -> str:
    """De hele pagina."""
    return _KOP + "".join(_soort(soort) for soort in soorten())


def _soort(soort: Soort) -> str:
    velden = soort.model.model_fields
    kolommen = []
    for kolom in soort.volgorde:
        veld = velden.get("persoon" if soort.bsn and kolom == "bsn" else kolom)
        verplicht = veld is not None and veld.is_required()
        kolommen.append(f"`{kolom}`" if verplicht else f"[`{kolom}`]")
    uitleg = (soort.model.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
    route = f"`POST {soort.pad}` bij {soort.dienst}, scope `{soort.scope}`"
    return f"\n## {soort.naam}\n\n{' '.join(uitleg.split())}\n\n{', '.join(kolommen)}\n\n{route}\n"


if __name__ == "__main__":
    PAGINA.write_text(pagina())
