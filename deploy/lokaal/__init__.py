"""Ingebedde stand: een echte Kafka en een echte PostgreSQL uit pakketten, zonder Docker, Java of root.

Alles staat onder één map (``.lokaal``): gegevens, logboeken, ``state.json``, sleutels en het slot. Begin bij
:class:`deploy.lokaal.stack.Stack`.
"""
