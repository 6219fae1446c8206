"""HTTP van beoordeling naast de schrijfroutes per soort."""

from services.beoordeling.api import aanvragen, gemeenten, stappen

ROUTERS = (aanvragen.router, gemeenten.router, stappen.router)
