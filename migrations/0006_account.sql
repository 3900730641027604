-- People. Accounts belong to the program's own ledger; a role is held in a
-- jurisdiction, and one held in the program's own counts everywhere.

create table account (
    jurisdiction text collate "C" not null,
    id           uuid not null,
    name         text collate "C" not null,
    display_name text not null,
    password     text not null,
    version      integer not null,
    updated_at   timestamptz not null,
    deleted_at   timestamptz,
    constraint account_pkey primary key (jurisdiction, id),
    constraint account_name_taken unique (jurisdiction, name)
);

create table account_role (
    jurisdiction text collate "C" not null,
    account      uuid not null,
    role         text not null,
    constraint account_role_pkey primary key (jurisdiction, account),
    constraint account_role_name check (role in ('viewer', 'field', 'planner', 'admin'))
);
