-- Money: what it is for, each dated amount, and what of it falls where. Amounts
-- are fen. Entries are never changed but for the mark that one reverses them.

create table project (
    jurisdiction  text collate "C" not null,
    id            uuid not null,
    code          text collate "C" not null,
    name          text not null,
    kind          text not null,
    fund          text not null,
    department    uuid,
    contractor    text not null,
    planned_start date,
    planned_end   date,
    actual_start  date,
    actual_end    date,
    status        text not null,
    budget        bigint,
    targets       json not null,
    rule          json not null,
    rule_reason   text not null,
    version       integer not null,
    updated_at    timestamptz not null,
    deleted_at    timestamptz,
    constraint project_pkey primary key (jurisdiction, id)
);
create unique index project_code_taken on project (jurisdiction, code) where deleted_at is null;

-- counted is the amount with the sign it has under its basis: a refund lessens
-- what is paid.
create table entry (
    jurisdiction  text collate "C" not null,
    id            uuid not null,
    project       uuid not null,
    booked_on     date not null,
    kind          text not null,
    amount        bigint not null,
    voucher       text not null,
    counterparty  text not null,
    note          text not null,
    document      text collate "C" not null,
    document_name text not null,
    reverses      uuid,
    reversed_by   uuid,
    targets       json,
    rule          json,
    assets        json,
    basis         text not null,
    counted       bigint not null,
    version       integer not null,
    updated_at    timestamptz not null,
    deleted_at    timestamptz,
    constraint entry_pkey primary key (jurisdiction, id),
    constraint entry_kind check (kind in ('contract', 'change_order', 'payment', 'refund', 'grant')),
    constraint entry_basis check (basis in ('paid', 'committed', 'granted'))
);
-- The same voucher counts once, until it is reversed.
create unique index entry_voucher_taken on entry (jurisdiction, kind, counterparty, voucher)
    where voucher <> '' and reverses is null and reversed_by is null;
create unique index entry_reversed_once on entry (jurisdiction, reverses) where reverses is not null;
create index entry_day on entry (jurisdiction, booked_on, id);
create index entry_project on entry (jurisdiction, project);

-- What falls where. The row without a noun is what falls nowhere, so that the
-- rows of an entry always add up to what it counts.
create table allocation (
    jurisdiction text collate "C" not null,
    entry        uuid not null,
    noun         text not null,
    target       uuid not null,
    basis        text not null,
    amount       bigint not null,
    rule         text not null,
    weight       bigint not null,
    weight_total bigint not null,
    constraint allocation_pkey primary key (jurisdiction, entry, noun, target),
    constraint allocation_noun check (noun in ('', 'segment', 'area', 'asset'))
);
create index allocation_target on allocation (jurisdiction, noun, target);

-- The sum of the allocations of each target, kept in the transaction that books
-- them.
create table rollup (
    jurisdiction text collate "C" not null,
    basis        text not null,
    noun         text not null,
    target       uuid not null,
    amount       bigint not null,
    entries      bigint not null,
    constraint rollup_pkey primary key (jurisdiction, basis, noun, target)
);
