"""HTTP van beoordeling naast de schrijfroutes per soort."""

from services.beoordeling.api import aanvragen, stappen

ROUTERS = (aanvragen.router, stappen.router)
