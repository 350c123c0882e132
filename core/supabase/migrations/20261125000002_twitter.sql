-- Twitter: logins, refresh leases, rate windows, cost, publishing, and work that an owner hands to a worker.

-- When the source saw the row as it is; null where nobody knows, which is older than every time.
alter table ghostwren.tweets add column if not exists observed_at timestamptz;

alter table ghostwren.import_runs add column if not exists cost_micros bigint not null default 0;
alter table ghostwren.import_runs add column if not exists watermark text collate "C"
    check (watermark ~ '^[1-9][0-9]{0,18}$');

-- How many sealed values the account has: its owner may know that, and nothing else of them.
alter table ghostwren.accounts add column if not exists sealed_values integer not null default 0;

-- The fence grows with every refresh and every login.
alter table ghostwren_private.credentials add column if not exists fence bigint not null default 0;
alter table ghostwren_private.credentials add column if not exists leased_at timestamptz;
alter table ghostwren_private.credentials add column if not exists lease_until timestamptz;
-- Refreshes of this very token that were begun and of which nobody knows how they ended.
alter table ghostwren_private.credentials add column if not exists unended integer not null default 0;
alter table ghostwren_private.credentials add column if not exists needs_login text;
alter table ghostwren_private.credentials add column if not exists needs_login_since timestamptz;
-- For the audit of credentials: when each was last used to refresh.
alter table ghostwren_private.credentials add column if not exists used_at timestamptz;
alter table ghostwren_private.credentials add column if not exists failed_refreshes integer not null default 0;

update ghostwren.accounts a set sealed_values = c.n
from (select account_id, count(*) as n from ghostwren_private.credentials group by account_id) c
where c.account_id = a.id and a.sealed_values <> c.n;

-- Hashes only. Nothing need refer to an account: a login may be for one that is yet to be opened.
create table if not exists ghostwren_private.login_states (
    -- Grows: the oldest of too many go, also of those that came within a millisecond.
    key bigint primary key generated always as identity,
    owner uuid not null,
    state_hash text collate "C" not null check (state_hash ~ '^[0-9a-f]{64}$'),
    binding_hash text collate "C" not null check (binding_hash ~ '^[0-9a-f]{64}$'),
    key_id text not null,
    sealed text not null,
    facts jsonb not null,
    account_id uuid,
    label text,
    expires_at timestamptz not null,
    unique (owner, state_hash),
    foreign key (account_id, owner) references ghostwren.accounts (id, owner) on delete cascade
);
create index if not exists login_states_expired on ghostwren_private.login_states (expires_at);
create index if not exists login_states_account on ghostwren_private.login_states (account_id, owner);

create table if not exists ghostwren.rate_windows (
    account_id uuid not null references ghostwren.accounts (id) on delete cascade,
    scope text collate "C" not null check (scope in ('app', 'user')),
    endpoint text collate "C" not null check (octet_length(endpoint) between 1 and 200),
    kind text collate "C" not null check (kind in ('15min', '24h')),
    allowed bigint not null,
    remaining bigint not null,
    resets_at timestamptz not null,
    seen_at timestamptz not null,
    primary key (account_id, scope, endpoint, kind)
);

create table if not exists ghostwren.outbox (
    account_id uuid not null references ghostwren.accounts (id) on delete cascade,
    id uuid not null,
    draft_id uuid,
    content_hash text collate "C" not null check (content_hash ~ '^[0-9a-f]{64}$'),
    payload jsonb not null check (jsonb_array_length(payload) between 1 and 100),
    state text not null default 'pending' check (state in ('pending', 'sending', 'posted', 'failed', 'unknown')),
    posted_ids text[] not null default '{}',
    attempts integer not null default 0,
    error_code text,
    fence bigint not null default 0,
    leased_at timestamptz,
    lease_until timestamptz,
    created_at timestamptz not null default ghostwren.now_ms(),
    updated_at timestamptz not null default ghostwren.now_ms(),
    primary key (account_id, id)
);
create index if not exists outbox_newest on ghostwren.outbox (account_id, created_at, id);
-- A draft is published once: a second entry only after one that failed before anything of it was tweeted.
create unique index if not exists outbox_draft on ghostwren.outbox (account_id, draft_id)
    where draft_id is not null and (state <> 'failed' or posted_ids <> '{}');

-- Work that its owner handed to a worker. The row is the delegation: whose, for which account, what may be done, and
-- until when, at most a day.
create table if not exists ghostwren.jobs (
    id uuid primary key default ghostwren.new_id(),
    account_id uuid not null,
    owner uuid not null,
    kind text not null check (kind in ('import', 'style', 'generate', 'publish')),
    -- Which groups of functions the worker may call; see ghostwren_private.run_methods.
    actions text[] not null check (actions <@ array['import', 'style', 'generate', 'publish']),
    params jsonb not null default '{}' check (octet_length(params::text) <= 65536),
    state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
    delegated_until timestamptz not null,
    run_after timestamptz not null default ghostwren.now_ms(),
    fence bigint not null default 0,
    worker text,
    leased_at timestamptz,
    lease_until timestamptz,
    attempts integer not null default 0,
    error_code text,
    created_at timestamptz not null default ghostwren.now_ms(),
    updated_at timestamptz not null default ghostwren.now_ms(),
    check (delegated_until <= created_at + interval '24 hours'),
    foreign key (account_id, owner) references ghostwren.accounts (id, owner) on delete cascade
);
create index if not exists jobs_account on ghostwren.jobs (account_id, owner);
create index if not exists jobs_newest on ghostwren.jobs (account_id, created_at, id);
create index if not exists jobs_owner on ghostwren.jobs (owner);
create index if not exists jobs_waiting on ghostwren.jobs (run_after, id) where state in ('queued', 'running');

-- A new function is everybody's until this: who may call it stands in the grants above.
revoke execute on all functions in schema ghostwren, ghostwren_private from public, anon;

notify pgrst, 'reload schema';
