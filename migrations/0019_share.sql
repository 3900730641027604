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
drop index carried_segment;
create index carried_segment on carried (jurisdiction, segment, booked_on, entry) include (basis, amount, project, origin);
