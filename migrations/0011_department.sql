-- Departments (部门) that attributes refer to: in charge, owner, maintainer.

create table department (
    jurisdiction text collate "C" not null,
    id           uuid not null,
    code         text collate "C" not null,
    name         text not null,
    version      integer not null,
    updated_at   timestamptz not null,
    deleted_at   timestamptz,
    constraint department_pkey primary key (jurisdiction, id)
);
create unique index department_code_taken on department (jurisdiction, code) where code <> '' and deleted_at is null;
create unique index department_name_taken on department (jurisdiction, name) where deleted_at is null;

-- A class that was deleted gives its code free.
alter table class drop constraint class_code_taken;
create unique index class_code_taken on class (jurisdiction, profile, code) where deleted_at is null;
