-- When a share was booked and for which project stands beside it: of an entry
-- neither ever changes. The money of a segment is then one piece of one index, in
-- the order of days, however many entries fell on it.

alter table allocation add column booked_on date not null default '-infinity', add column project uuid not null default '00000000-0000-0000-0000-000000000000';
update allocation a set booked_on = e.booked_on, project = e.project from entry e where e.jurisdiction = a.jurisdiction and e.id = a.entry;
alter table allocation alter column booked_on drop default, alter column project drop default;
drop index allocation_target;
create index allocation_target on allocation (jurisdiction, noun, target, booked_on, entry) include (basis, amount, project);

alter table carried add column booked_on date not null default '-infinity', add column project uuid not null default '00000000-0000-0000-0000-000000000000';
update carried c set booked_on = e.booked_on, project = e.project from entry e where e.jurisdiction = c.jurisdiction and e.id = c.entry;
alter table carried alter column booked_on drop default, alter column project drop default;
-- Of the shares of an entry that a segment has, booked on it or taken over, one counts
-- the entry.
alter table carried add column counts boolean not null default true;
update carried c set counts = false from (select jurisdiction, entry, origin, segment, row_number() over (partition by jurisdiction, segment, entry order by origin) as first from carried) x
    where c.jurisdiction = x.jurisdiction and c.entry = x.entry and c.origin = x.origin and c.segment = x.segment
    and (x.first > 1 or exists (select from allocation a where a.jurisdiction = c.jurisdiction and a.entry = c.entry and a.noun = 'segment' and a.target = c.segment));
drop index carried_segment;
create index carried_segment on carried (jurisdiction, segment, booked_on, entry) include (basis, amount, project, origin, counts);
