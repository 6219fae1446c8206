"""Telling in één oogopslag: wat zij hoort, zegt, aanneemt en antwoordt."""

from services.telling.api import BRONNEN, router
from services.telling.beschut import TOPICS, verwerk
from services.telling.beschut_api import BRONNEN as BESCHUT_BRONNEN
from services.telling.beschut_api import router as beschut
from services.telling.pagina import router as pagina
from services.telling.regelinvoer import SOORTEN
from shared.service import Dienst

DIENST = Dienst(
    naam="telling",
    zegt=("tellingen", "tellingen-intern"),
    soorten=SOORTEN,
    verwerk=verwerk,
    hoort_topics=TOPICS,
    peilbronnen=tuple(sorted({*BRONNEN, *BESCHUT_BRONNEN})),
    routers=(router, beschut, pagina),
)
