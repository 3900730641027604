-- Who is signed in, from where people tried to, and the keys of programs.

-- epoch is counted up to end every session of an account at once.
alter table account
    add column epoch       integer not null default 0,
    add column disabled_at timestamptz,
    add column password_at timestamptz not null default now();

-- Kept by the library of sessions, which gives the shape of this table. The
-- token is a secret of 256 random bits; nothing of a jurisdiction is in it.
create table sessions (
    token  text primary key,
    data   bytea not null,
    expiry timestamptz not null
);
create index sessions_expiry on sessions (expiry);

-- Failures of signing in, by account and address and by account alone. A name
-- that no account has is counted as well: the answer must not tell.
create table login_failure (
    jurisdiction text collate "C" not null,
    key          text collate "C" not null,
    failures     integer not null,
    since        timestamptz not null,
    constraint login_failure_pkey primary key (jurisdiction, key)
);

-- Addresses from which an account signed in. From there its owner still gets in
-- while strangers try out passwords.
create table login_address (
    jurisdiction text collate "C" not null,
    account      uuid not null,
    address      text collate "C" not null,
    at           timestamptz not null,
    constraint login_address_pkey primary key (jurisdiction, account, address)
);

-- Keys of programs (QGIS, a city platform). place limits one to a jurisdiction,
-- '' stands for all of its account's; sha256 is all that is kept of the secret.
create table token (
    jurisdiction text collate "C" not null,
    id           uuid not null,
    account      uuid not null,
    name         text not null,
    role         text not null,
    place        text collate "C" not null default '',
    lenient      boolean not null default false,
    sha256       bytea not null,
    expires_at   timestamptz,
    version      integer not null,
    updated_at   timestamptz not null,
    deleted_at   timestamptz,
    last_used_at timestamptz,
    constraint token_pkey primary key (jurisdiction, id),
    constraint token_secret unique (jurisdiction, sha256),
    constraint token_role check (role in ('viewer', 'field', 'planner', 'admin'))
);
create index token_account on token (jurisdiction, account);
