"""SQL van beoordeling: de enige plek die haar tabellen kent."""
