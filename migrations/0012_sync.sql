-- What phones do in the street: conflicts of what they wrote offline, walks,
-- inspections, photos; who they are; and which life of the database this is.

-- Two edits of one object that cannot both stand. The object keeps theirs;
-- fields holds base, mine and theirs of each, until somebody chooses.
create table conflict (
    jurisdiction text collate "C" not null,
    id           uuid not null,
    noun         text not null,
    object       uuid not null,
    kind         text not null,
    op           uuid not null,
    device       uuid not null,
    actor        text not null,
    said_at      timestamptz not null,
    received_at  timestamptz not null,
    base         integer not null,
    fields       json not null,
    choice       text not null,
    resolved_by  text not null,
    resolved_at  timestamptz,
    version      integer not null,
    updated_at   timestamptz not null,
    deleted_at   timestamptz,
    constraint conflict_pkey primary key (jurisdiction, id),
    constraint conflict_kind check (kind in ('fields', 'delete_edit', 'edit_delete')),
    constraint conflict_choice check (choice in ('', 'mine', 'theirs', 'fields'))
);
create index conflict_open on conflict (jurisdiction, id) where choice = '';

-- Somebody stood before a facility, or where it should be.
create table inspection (
    jurisdiction text collate "C" not null,
    id           uuid not null,
    asset        uuid not null,
    result       text not null,
    condition    text not null,
    note         text not null,
    accuracy_m   double precision,
    said_at      timestamptz not null,
    actor        text not null,
    geom         geometry(point, 4326),
    version      integer not null,
    updated_at   timestamptz not null,
    deleted_at   timestamptz,
    constraint inspection_pkey primary key (jurisdiction, id),
    constraint inspection_result check (result in ('found', 'not_found'))
);
create index inspection_asset on inspection (jurisdiction, asset, said_at);

-- A walk, and the sides of segments on which all was seen.
create table walk (
    jurisdiction text collate "C" not null,
    id           uuid not null,
    actor        text not null,
    started_at   timestamptz not null,
    ended_at     timestamptz not null,
    sides        json not null,
    note         text not null,
    track        geometry(linestring, 4326),
    version      integer not null,
    updated_at   timestamptz not null,
    deleted_at   timestamptz,
    constraint walk_pkey primary key (jurisdiction, id)
);
create index walk_ended on walk (jurisdiction, ended_at);

-- A photo of an object. Its bytes are a file named by sha256; stored_at says
-- since when they are there, whole and seen to be an image.
create table photo (
    jurisdiction text collate "C" not null,
    id           uuid not null,
    noun         text not null,
    object       uuid not null,
    sha256       text collate "C" not null,
    size         bigint not null,
    media_type   text not null,
    taken_at     timestamptz,
    caption      text not null,
    original     boolean not null,
    position     geometry(point, 4326),
    accuracy_m   double precision,
    actor        text not null,
    width        integer not null,
    height       integer not null,
    stored_at    timestamptz,
    version      integer not null,
    updated_at   timestamptz not null,
    deleted_at   timestamptz,
    constraint photo_pkey primary key (jurisdiction, id)
);
create unique index photo_once on photo (jurisdiction, noun, object, sha256) where deleted_at is null;
create index photo_sha256 on photo (jurisdiction, sha256);

-- Who holds what unsent, as the phones say themselves. Like sessions these rows
-- are no part of the history.
create table device (
    jurisdiction  text collate "C" not null,
    id            uuid not null,
    account       text not null,
    name          text not null,
    app           text not null,
    unsent_ops    integer not null,
    unsent_photos integer not null,
    oldest_unsent timestamptz,
    seen_at       timestamptz not null,
    constraint device_pkey primary key (jurisdiction, id)
);

-- The life of the database: a restored one begins another, the latest row is
-- the present one. Phones then offer again what they still hold.
create table epoch (
    jurisdiction text collate "C" not null,
    id           uuid not null,
    since        timestamptz not null,
    reason       text not null,
    constraint epoch_pkey primary key (jurisdiction, id)
);
insert into epoch values ('000000000', gen_random_uuid(), now(), 'created');
