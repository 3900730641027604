-- What a map shows of a segment beside its own members is counted when it is
-- asked for: the living assets on it, and what entries bought.

create index asset_on_segment on asset (jurisdiction, segment) include (condition) where deleted_at is null and status <> 'removed';
create index asset_history_on_segment on asset_history (jurisdiction, segment) where deleted_at is null and status <> 'removed';

-- What segments of today take over of each share that fell on one they were split
-- off or merged from, kept in the transaction that changes it.
create table carried (
    jurisdiction text collate "C" not null,
    entry        uuid not null,
    origin       uuid not null,
    segment      uuid not null,
    basis        text not null,
    amount       bigint not null,
    constraint carried_pkey primary key (jurisdiction, entry, origin, segment)
);
create index carried_segment on carried (jurisdiction, segment, basis) include (amount);
create index carried_origin on carried (jurisdiction, origin);

create index entry_bought on entry (jurisdiction, id) where assets is not null;

-- The documents that a jurisdiction sent: its entries may name them, those of
-- another may not. Their bytes are files named by sha256.
create table document (
    jurisdiction text collate "C" not null,
    id           uuid not null,
    sha256       text collate "C" not null,
    size         bigint not null,
    media_type   text not null,
    version      integer not null,
    updated_at   timestamptz not null,
    deleted_at   timestamptz,
    constraint document_pkey primary key (jurisdiction, id)
);
create unique index document_once on document (jurisdiction, sha256) where deleted_at is null;
create index entry_document on entry (jurisdiction, document) where document <> '';
