-- Wie opging in een ander pseudoniem: opgegaan_in is altijd de laatste, er is geen keten te volgen.
create table opgegaan (
  persoon     uuid primary key,
  opgegaan_in uuid not null check (opgegaan_in <> persoon),
  op          timestamptz not null default now()
);
create index opgegaan_in on opgegaan (opgegaan_in);

-- Van wie de gegevens vernietigd zijn: SHA-256 van het (willekeurige) pseudoniem, zodat het niet opnieuw bewaard wordt.
create table vergeten (hash bytea primary key check (octet_length(hash) = 32));
