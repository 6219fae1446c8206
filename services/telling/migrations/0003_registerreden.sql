-- Waarom iemand in of uit het register ging: de naam van de gebeurtenis, en de reden die zij zelf noemt (anders leeg). Van
-- wat eerder geboekt is, is het niet onthouden: 'onbekend'.
alter table registerboeking
  add column soort text not null default 'onbekend',
  add column reden text;
