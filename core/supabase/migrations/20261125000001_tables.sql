-- Accounts, tweets, imports, style, drafts, money and the audit log. Every statement may be run again.
-- Ids of Twitter are text in the order of bytes: decimal numbers without leading zeros, of which the longer is the larger.

create schema if not exists ghostwren;
-- Never exposed: sealed values, and what decides about access.
create schema if not exists ghostwren_private;

-- A UUID of version 7: sorts by the time it was made.
create or replace function ghostwren.new_id() returns uuid
language sql volatile parallel safe set search_path = ''
as $$
    select encode(
        set_bit(
            set_bit(
                overlay(
                    uuid_send(gen_random_uuid())
                    placing substring(int8send(
                        (extract(epoch from clock_timestamp()) * 1000)::bigint), 3)
                    from 1 for 6),
                52, 1),
            53, 1),
        'hex')::uuid
$$;

-- The time, cut to the millisecond that every store keeps.
create or replace function ghostwren.now_ms() returns timestamptz
language sql volatile parallel safe set search_path = ''
as $$ select date_trunc('milliseconds', clock_timestamp()) $$;

create table if not exists ghostwren.accounts (
    id uuid primary key default ghostwren.new_id(),
    owner uuid not null,
    label text not null check (octet_length(label) between 1 and 200),
    twitter_user_id text collate "C" check (twitter_user_id ~ '^[1-9][0-9]{0,18}$'),
    username text,
    name text,
    avatar_url text,
    twitter_created_at timestamptz,
    tweet_count bigint not null default 0,
    revision bigint not null default 1,
    tweets_revision bigint not null default 1,
    -- Stands for the account in audit_log and spend, which stay when this row goes. Random: it must not say when the
    -- account was made.
    subject uuid not null unique default gen_random_uuid(),
    created_at timestamptz not null default ghostwren.now_ms(),
    unique (owner, label),
    -- What other tables refer to where they keep the owner as well.
    unique (id, owner)
);

create table if not exists ghostwren.tweets (
    account_id uuid not null references ghostwren.accounts (id) on delete cascade,
    id text collate "C" not null check (id ~ '^[1-9][0-9]{0,18}$'),
    -- The first 16 bytes of SHA-256 over what the source said, to find unchanged rows without reading them. A uuid is
    -- the type of 16 bytes.
    content_hash uuid not null,
    created_at timestamptz not null,
    kind text not null check (kind in ('original', 'reply', 'quote', 'retweet', 'note')),
    lang text,
    is_note boolean not null default false,
    is_truncated boolean not null default false,
    thread_id text collate "C",
    thread_position integer,
    in_reply_to_id text collate "C",
    in_reply_to_user_id text collate "C",
    quoted_id text collate "C",
    retweeted_id text collate "C",
    conversation_id text collate "C",
    likes bigint,
    retweets bigint,
    replies bigint,
    quotes bigint,
    bookmarks bigint,
    impressions bigint,
    source text not null check (source in ('archive', 'api')),
    client text,
    deleted_at timestamptz,
    excluded boolean not null default false,
    labels text[],
    edit_history text[],
    entities jsonb,
    media jsonb,
    full_text text not null,
    -- The words as `text::search_terms` cuts them, separated by single spaces.
    search_terms text not null default '',
    primary key (account_id, id)
);
-- Read backwards for the newest first.
create index if not exists tweets_timeline on ghostwren.tweets (account_id, created_at, length(id), id);
create index if not exists tweets_replies on ghostwren.tweets (account_id, in_reply_to_id) where in_reply_to_id is not null;
create index if not exists tweets_threads on ghostwren.tweets (account_id, thread_id) where thread_id is not null;

create table if not exists ghostwren.context_tweets (
    account_id uuid not null references ghostwren.accounts (id) on delete cascade,
    id text collate "C" not null check (id ~ '^[1-9][0-9]{0,18}$'),
    author_id text collate "C",
    author_username text,
    created_at timestamptz,
    full_text text not null,
    primary key (account_id, id)
);

create table if not exists ghostwren.import_runs (
    id uuid primary key default ghostwren.new_id(),
    account_id uuid not null references ghostwren.accounts (id) on delete cascade,
    source text not null check (source in ('archive', 'timeline')),
    source_key text not null check (octet_length(source_key) between 1 and 500),
    checkpoint jsonb,
    inserted bigint not null default 0,
    updated bigint not null default 0,
    unchanged bigint not null default 0,
    malformed bigint not null default 0,
    -- How it ended; null while it runs or after a crash.
    outcome jsonb,
    fence bigint not null default 1,
    leased_at timestamptz,
    lease_until timestamptz,
    started_at timestamptz not null default ghostwren.now_ms(),
    updated_at timestamptz not null default ghostwren.now_ms()
);
create index if not exists import_runs_newest on ghostwren.import_runs (account_id, started_at, id);
create index if not exists import_runs_source on ghostwren.import_runs (account_id, source, source_key, started_at, id);

create table if not exists ghostwren.style_profiles (
    id uuid primary key default ghostwren.new_id(),
    account_id uuid not null references ghostwren.accounts (id) on delete cascade,
    version integer not null,
    corpus_hash text not null,
    fingerprint jsonb not null,
    analysis jsonb,
    tweet_ids text[] not null,
    created_at timestamptz not null default ghostwren.now_ms(),
    unique (account_id, version)
);

-- Ids that the caller makes are unique within an account, so that nobody can probe for somebody else's.
create table if not exists ghostwren.generations (
    account_id uuid not null references ghostwren.accounts (id) on delete cascade,
    id uuid not null,
    profile_id uuid,
    request jsonb not null,
    model text not null,
    exemplars jsonb not null,
    rejected jsonb not null,
    created_at timestamptz not null,
    primary key (account_id, id)
);
create index if not exists generations_newest on ghostwren.generations (account_id, created_at, id);

create table if not exists ghostwren.drafts (
    account_id uuid not null,
    id uuid not null,
    generation_id uuid not null,
    text text not null,
    weighted_length integer not null,
    score_style double precision not null,
    score_topic double precision not null,
    score_diversity double precision not null,
    score_copied double precision not null,
    score_total double precision not null,
    state text not null check (state in ('draft', 'approved', 'rejected', 'published')),
    feedback jsonb,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (account_id, id),
    foreign key (account_id, generation_id) references ghostwren.generations (account_id, id) on delete cascade
);
create index if not exists drafts_newest on ghostwren.drafts (account_id, created_at, id);
create index if not exists drafts_generation on ghostwren.drafts (account_id, generation_id);

create table if not exists ghostwren.ai_runs (
    account_id uuid not null references ghostwren.accounts (id) on delete cascade,
    id uuid not null,
    purpose text not null,
    provider text not null,
    model text not null,
    request_id text,
    request_hash text not null,
    input_tokens bigint not null,
    cached_tokens bigint not null,
    output_tokens bigint not null,
    reasoning_tokens bigint not null,
    cost_micros bigint,
    latency_ms bigint not null,
    attempts integer not null,
    outcome jsonb not null,
    created_at timestamptz not null,
    primary key (account_id, id)
);
create index if not exists ai_runs_newest on ghostwren.ai_runs (account_id, created_at, id);

-- The subject is that of the account, and all that is left when the account is erased: no foreign key.
create table if not exists ghostwren.spend (
    subject uuid not null,
    day date not null,
    kind text not null check (kind in ('model', 'twitter')),
    spent_micros bigint not null check (spent_micros >= 0),
    primary key (subject, day, kind)
);

create table if not exists ghostwren.spend_reservations (
    subject uuid not null,
    id uuid not null default ghostwren.new_id(),
    day date not null,
    kind text not null check (kind in ('model', 'twitter')),
    amount_micros bigint not null check (amount_micros >= 0),
    lapses_at timestamptz not null,
    primary key (subject, id)
);

create table if not exists ghostwren.audit_log (
    key bigint primary key generated always as identity,
    subject uuid not null,
    at timestamptz not null default ghostwren.now_ms(),
    action text not null check (octet_length(action) between 1 and 100),
    facts jsonb not null check (octet_length(facts::text) <= 16384)
);
create index if not exists audit_log_subject on ghostwren.audit_log (subject, key);

create table if not exists ghostwren_private.credentials (
    account_id uuid not null,
    owner uuid not null,
    name text not null check (octet_length(name) between 1 and 200),
    key_id text not null,
    sealed text not null,
    created_at timestamptz not null default ghostwren.now_ms(),
    primary key (account_id, name),
    foreign key (account_id, owner) references ghostwren.accounts (id, owner) on delete cascade
);
create index if not exists credentials_owner on ghostwren_private.credentials (owner, account_id);
create index if not exists credentials_account on ghostwren_private.credentials (account_id, owner);

-- A new function is everybody's until this: who may call it stands in the grants above.
revoke execute on all functions in schema ghostwren, ghostwren_private from public, anon;

notify pgrst, 'reload schema';
