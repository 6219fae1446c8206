"""Telling in één oogopslag: wat zij hoort, zegt, aanneemt en antwoordt."""

from services.telling.api import BRONNEN, router
from services.telling.beschut import TOPICS, verwerk
from services.telling.beschut_api import BRONNEN as BESCHUT_BRONNEN
from services.telling.beschut_api import router as beschut
from services.telling.pagina import router as pagina
from services.telling.reeksbrug import router as reeksbrug
from services.telling.regelinvoer import SOORTEN
from services.telling.regellijst import router as regellijst
from services.telling.stromen import router as stromen
from shared.service import Dienst

DIENST = Dienst(
    naam="telling",
    zegt=("tellingen", "tellingen-intern"),
    soorten=SOORTEN,
    verwerk=verwerk,
    hoort_topics=TOPICS,
    peilbronnen=tuple(sorted({*BRONNEN, *BESCHUT_BRONNEN})),
    routers=(router, reeksbrug, stromen, beschut, regellijst, pagina),
)
