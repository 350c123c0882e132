-- Version 2: Twitter. Logins, refresh leases, rate windows, cost, publishing.

-- When the source saw the row as it is, in milliseconds since 1970; NULL where nobody knows. A number and no text, since
-- there is one in every tweet: 6 bytes instead of 24.
ALTER TABLE tweets ADD COLUMN observed_at INTEGER;

ALTER TABLE import_runs ADD COLUMN cost_micros INTEGER NOT NULL DEFAULT 0;
ALTER TABLE import_runs ADD COLUMN watermark TEXT;

-- The fence grows with every refresh and every login.
ALTER TABLE credentials ADD COLUMN fence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE credentials ADD COLUMN leased_at TEXT;
ALTER TABLE credentials ADD COLUMN lease_until TEXT;
-- Refreshes of this very token that were begun and of which nobody knows how they ended.
ALTER TABLE credentials ADD COLUMN unended INTEGER NOT NULL DEFAULT 0;
ALTER TABLE credentials ADD COLUMN needs_login TEXT;
ALTER TABLE credentials ADD COLUMN needs_login_since TEXT;

-- Hashes only. Nothing refers to the account: a login may be for one that is yet to be opened.
CREATE TABLE login_states (
    -- Grows: the oldest of too many go, also of those that came within a millisecond.
    key INTEGER PRIMARY KEY,
    owner TEXT NOT NULL,
    state_hash TEXT NOT NULL,
    binding_hash TEXT NOT NULL,
    key_id TEXT NOT NULL,
    sealed TEXT NOT NULL,
    facts TEXT NOT NULL,
    account_id TEXT,
    label TEXT,
    expires_at TEXT NOT NULL,
    UNIQUE (owner, state_hash)
) STRICT;
CREATE INDEX login_states_expired ON login_states (expires_at);

CREATE TABLE rate_windows (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    scope TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    kind TEXT NOT NULL,
    allowed INTEGER NOT NULL,
    remaining INTEGER NOT NULL,
    resets_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (account_id, scope, endpoint, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    id TEXT NOT NULL,
    draft_id TEXT,
    content_hash TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    posted_ids TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    error_code TEXT,
    fence INTEGER NOT NULL,
    leased_at TEXT,
    lease_until TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (account_id, id)
) STRICT;
CREATE INDEX outbox_newest ON outbox (account_id, created_at DESC, id DESC);
-- A draft is published once: a second entry only after one that failed before anything of it was tweeted.
CREATE UNIQUE INDEX outbox_draft ON outbox (account_id, draft_id)
    WHERE draft_id IS NOT NULL AND (state <> 'failed' OR posted_ids <> '[]');
