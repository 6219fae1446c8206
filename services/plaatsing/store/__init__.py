"""SQL van plaatsing: de enige plek die haar tabellen kent. Alles leest en schrijft in reeksen, nooit per rij."""
