-- Aanvragen met hun advies en besluit. Alleen uitkomsten en data: geen criterium, geen bevinding, geen diagnose.
create table aanvraag (
  aanvraag               uuid primary key,
  referentie             text not null unique check (referentie <> ''),
  persoon                uuid not null,
  soort                  text not null check (soort in ('BESCHUT_WERK', 'INDICATIE_BANENAFSPRAAK', 'WERKGEVERSVOORZIENING',
                                                        'WERKNEMERSVOORZIENING', 'LOONKOSTENSUBSIDIE')),
  aanvrager              text not null check (aanvrager in ('GEMEENTE', 'BURGER', 'WERKGEVER', 'WERKNEMER')),
  gemeente               text not null check (gemeente ~ '^[0-9]{4}$'),
  ontvangen_op           date not null,
  uiterlijk              date not null check (uiterlijk >= ontvangen_op),
  advies                 text check (advies in ('POSITIEF', 'NEGATIEF')),
  uitgebracht_op         date,
  advies_binnen_termijn  boolean,
  besluit                text check (besluit in ('POSITIEF', 'NEGATIEF')),
  besluit_op             date,
  besluit_binnen_termijn boolean,
  constraint advies_heel check (num_nulls(advies, uitgebracht_op, advies_binnen_termijn) in (0, 3)),
  constraint besluit_heel check (num_nulls(besluit, besluit_op, besluit_binnen_termijn) in (0, 3)),
  constraint advies_na_ontvangst check (uitgebracht_op >= ontvangen_op),
  constraint besluit_na_advies check (besluit is null or (advies is not null and besluit_op >= uitgebracht_op)),
  constraint advies_in_termijn check (advies_binnen_termijn = (uitgebracht_op <= uiterlijk)),
  constraint besluit_in_termijn check (besluit_binnen_termijn = (besluit_op <= uiterlijk))
);
create index aanvraag_persoon on aanvraag (persoon);
create index aanvraag_open on aanvraag (uiterlijk, aanvraag) where besluit is null;
