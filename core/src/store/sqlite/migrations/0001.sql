-- Version 1. Times are text, UTC, 'YYYY-MM-DDTHH:MM:SS.mmmZ'; ids are text; lists and objects are JSON.

-- Work that the store owes itself, such as 'scrub' after an erase that could not clean the files.
CREATE TABLE store_state (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
    -- Stands for the id where there are many rows: in tweets and their indexes.
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    label TEXT NOT NULL,
    twitter_user_id TEXT,
    username TEXT,
    name TEXT,
    avatar_url TEXT,
    twitter_created_at TEXT,
    tweet_count INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL DEFAULT 1,
    tweets_revision INTEGER NOT NULL DEFAULT 1,
    -- Stands for the account in audit_log and spend, which stay when this row goes.
    subject TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    UNIQUE (owner, label)
) STRICT;

CREATE TABLE tweets (
    -- The row of tweets_search with the same rowid holds the terms.
    key INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (key),
    id TEXT NOT NULL,
    -- What the source said, to find unchanged rows without reading them.
    content_hash BLOB NOT NULL,
    created_at TEXT NOT NULL,
    kind TEXT NOT NULL,
    lang TEXT,
    is_note INTEGER NOT NULL,
    is_truncated INTEGER NOT NULL,
    thread_id TEXT,
    thread_position INTEGER,
    in_reply_to_id TEXT,
    in_reply_to_user_id TEXT,
    quoted_id TEXT,
    retweeted_id TEXT,
    conversation_id TEXT,
    likes INTEGER,
    retweets INTEGER,
    replies INTEGER,
    quotes INTEGER,
    bookmarks INTEGER,
    impressions INTEGER,
    source TEXT NOT NULL,
    client TEXT,
    deleted_at TEXT,
    excluded INTEGER NOT NULL,
    labels TEXT,
    edit_history TEXT,
    entities TEXT,
    media TEXT,
    full_text TEXT NOT NULL,
    UNIQUE (account_id, id)
) STRICT;

-- Ids are decimal without leading zeros: the longer one is the larger number. Read backwards for the newest first;
-- kept oldest first, because SQLite has a short way for appending to the end of an index, none for its beginning.
CREATE INDEX tweets_timeline ON tweets (account_id, created_at, length(id), id);
CREATE INDEX tweets_replies ON tweets (account_id, in_reply_to_id) WHERE in_reply_to_id IS NOT NULL;
CREATE INDEX tweets_threads ON tweets (account_id, thread_id) WHERE thread_id IS NOT NULL;

-- The words come cut, as the function of that name gives them; this tokenizer only splits at the spaces between them.
CREATE VIRTUAL TABLE tweets_search USING fts5 (
    search_terms, content='', contentless_delete=1, tokenize="ascii tokenchars '#@$_'"
);
-- A page of an import is flushed once instead of once per megabyte of terms.
INSERT INTO tweets_search (tweets_search, rank) VALUES ('hashsize', 4194304);
-- Sixteen segments are merged at once instead of four: terms are rewritten fewer times.
INSERT INTO tweets_search (tweets_search, rank) VALUES ('automerge', 16);

CREATE TABLE context_tweets (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    id TEXT NOT NULL,
    author_id TEXT,
    author_username TEXT,
    created_at TEXT,
    full_text TEXT NOT NULL,
    PRIMARY KEY (account_id, id)
) STRICT;

CREATE TABLE import_runs (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    source TEXT NOT NULL,
    source_key TEXT NOT NULL,
    checkpoint TEXT,
    inserted INTEGER NOT NULL DEFAULT 0,
    updated INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    malformed INTEGER NOT NULL DEFAULT 0,
    end TEXT,
    fence INTEGER NOT NULL,
    leased_at TEXT,
    lease_until TEXT,
    started_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX import_runs_account ON import_runs (account_id, started_at DESC, id DESC);

CREATE TABLE style_profiles (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    version INTEGER NOT NULL,
    corpus_hash TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    analysis TEXT,
    tweet_ids TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (account_id, version)
) STRICT;

-- Ids that the caller makes are unique within an account, so that nobody can probe for somebody else's.
CREATE TABLE generations (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    id TEXT NOT NULL,
    profile_id TEXT,
    request TEXT NOT NULL,
    model TEXT NOT NULL,
    exemplars TEXT NOT NULL,
    rejected TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (account_id, id)
) STRICT;

CREATE TABLE drafts (
    account_id TEXT NOT NULL,
    id TEXT NOT NULL,
    generation_id TEXT NOT NULL,
    text TEXT NOT NULL,
    weighted_length INTEGER NOT NULL,
    score_style REAL NOT NULL,
    score_topic REAL NOT NULL,
    score_diversity REAL NOT NULL,
    score_copied REAL NOT NULL,
    score_total REAL NOT NULL,
    state TEXT NOT NULL,
    feedback TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, generation_id) REFERENCES generations (account_id, id)
) STRICT;
CREATE INDEX drafts_newest ON drafts (account_id, created_at DESC, id DESC);
CREATE INDEX drafts_generation ON drafts (account_id, generation_id);

CREATE TABLE ai_runs (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    request_id TEXT,
    request_hash TEXT NOT NULL,
    input_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    reasoning_tokens INTEGER NOT NULL,
    cost_micros INTEGER,
    latency_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (account_id, id)
) STRICT;
CREATE INDEX ai_runs_newest ON ai_runs (account_id, created_at DESC, id DESC);

-- The subject is that of the account, and all that is left when the account is erased.
CREATE TABLE spend (
    subject TEXT NOT NULL,
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    spent_micros INTEGER NOT NULL,
    PRIMARY KEY (subject, day, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE spend_reservations (
    subject TEXT NOT NULL,
    id TEXT NOT NULL,
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount_micros INTEGER NOT NULL,
    lapses_at TEXT NOT NULL,
    PRIMARY KEY (subject, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_log (
    key INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    at TEXT NOT NULL,
    action TEXT NOT NULL,
    facts TEXT NOT NULL
) STRICT;
CREATE INDEX audit_log_subject ON audit_log (subject, key DESC);

CREATE TABLE credentials (
    account_id TEXT NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    key_id TEXT NOT NULL,
    sealed TEXT NOT NULL,
    PRIMARY KEY (account_id, name)
) STRICT, WITHOUT ROWID;
