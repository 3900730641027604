-- The tenant, the one log of all writes, and the record of operations.
-- Every key begins with the jurisdiction; ids are UUIDs made by whoever
-- creates the thing, so nothing here needs a sequence across jurisdictions.

create extension if not exists postgis;

-- seq and hash are the head of the jurisdiction's chain of changes. A write
-- locks this row, so seq is gapless and in commit order.
create table jurisdiction (
    code         text collate "C" not null,
    id           uuid not null,
    name         text not null,
    profile      text not null,
    source       text not null default '',
    code_lengths json not null,
    version      integer not null default 1,
    updated_at   timestamptz not null,
    seq          bigint not null default 0,
    hash         bytea not null default '\x',
    constraint jurisdiction_pkey primary key (code),
    constraint jurisdiction_code_format check (code ~ '^[0-9]{9}$')
);

-- before and after are json, not jsonb: the hash covers their very bytes.
create table change (
    jurisdiction text collate "C" not null,
    seq          bigint not null,
    at           timestamptz not null,
    actor        text not null,
    op           uuid not null,
    noun         text not null,
    id           uuid not null,
    version      integer not null,
    kind         text not null,
    before       json,
    after        json,
    hash         bytea not null,
    constraint change_pkey primary key (jurisdiction, seq),
    constraint change_kind check (kind in ('create', 'update', 'delete', 'restore'))
);
create index change_object on change (jurisdiction, id, version);

-- One row for each operation a client named, in the same transaction as its
-- changes: the same op is applied once and answered the same. Kept for ever,
-- because a phone may come back after a year.
create table operation (
    jurisdiction text collate "C" not null,
    op           uuid not null,
    at           timestamptz not null,
    actor        text not null,
    body_sha256  bytea not null,
    first_seq    bigint not null,
    last_seq     bigint not null,
    answer       json,
    constraint operation_pkey primary key (jurisdiction, op)
);

-- The program's own ledger: accounts and the shared catalogue belong to it.
insert into jurisdiction (code, id, name, profile, code_lengths, updated_at)
values ('000000000', '00000000-0000-7000-8000-000000000000', 'Streetbook', 'CJ/T 214-2007',
        '{"division":6,"major":2,"minor":2,"serial":6}', now());
