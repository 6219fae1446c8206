"""Telling in één oogopslag: wat zij hoort, zegt, aanneemt en antwoordt."""

from services.telling.api import BRONNEN, router
from services.telling.handlers import TOPICS, verwerk
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
    peilbronnen=BRONNEN,
    routers=(router, reeksbrug, stromen, regellijst, pagina),
)
