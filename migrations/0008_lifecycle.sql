-- The life cycle of a facility beyond its installation: when it went, and what
-- stands in its place. Both are set by the verbs of the life cycle alone.

alter table asset
    add column removed_on  date,
    add column replaces    uuid,
    add column replaced_by uuid;
