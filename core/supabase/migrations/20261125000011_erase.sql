-- Erasing.

-- What was made of tweets: the generation that used one as an example, with its request, its rejected candidates, its
-- drafts and what is to be published of them; profiles whose corpus holds one. A worker that is sending one finds its
-- entry gone, and stops.
create or replace function ghostwren.erase_derived(account_id uuid, ids text[]) returns jsonb
language plpgsql set search_path = ''
as $$
declare
    made uuid[];
    n_outbox bigint;
    n_drafts bigint;
    n_generations bigint;
    n_profiles bigint;
begin
    select coalesce(array_agg(g.id), '{}') into made from ghostwren.generations g
        where g.account_id = erase_derived.account_id and exists (
            select 1 from jsonb_array_elements(g.exemplars) used where used ->> 'tweet_id' = any (ids));
    delete from ghostwren.outbox o where o.account_id = erase_derived.account_id and o.draft_id in (
        select d.id from ghostwren.drafts d
        where d.account_id = erase_derived.account_id and d.generation_id = any (made));
    get diagnostics n_outbox = row_count;
    delete from ghostwren.drafts d where d.account_id = erase_derived.account_id and d.generation_id = any (made);
    get diagnostics n_drafts = row_count;
    delete from ghostwren.generations g where g.account_id = erase_derived.account_id and g.id = any (made);
    get diagnostics n_generations = row_count;
    delete from ghostwren.style_profiles p where p.account_id = erase_derived.account_id and p.tweet_ids && ids;
    get diagnostics n_profiles = row_count;
    if n_profiles > 0 then
        update ghostwren.generations g set profile_id = null
        where g.account_id = erase_derived.account_id and g.profile_id is not null and not exists (
            select 1 from ghostwren.style_profiles p where p.id = g.profile_id);
    end if;
    return jsonb_build_object('tweets', 0, 'profiles', n_profiles, 'drafts', n_drafts, 'generations', n_generations,
        'sealed', 0, 'imports', 0, 'ai_runs', 0, 'outbox', n_outbox, 'marked', 0);
end
$$;

create or replace function ghostwren.erased_something(erased jsonb) returns boolean
language sql immutable parallel safe set search_path = ''
as $$ select exists (select 1 from jsonb_each(erased) e where e.value <> '0') $$;

-- Own tweets that are gone at Twitter are marked and kept; what was made of them goes, and other people's texts go.
create or replace function ghostwren.mark_deleted(account_id uuid, ids text[], at timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
    erased jsonb;
    n_marked bigint;
    n_context bigint;
begin
    perform ghostwren.few(ids);
    perform ghostwren.owned(account_id);
    erased := ghostwren.erase_derived(account_id, ids);
    -- The hash stays that of what the source said: a source that still has the tweet changes nothing.
    update ghostwren.tweets t set deleted_at = date_trunc('milliseconds', mark_deleted.at)
        where t.account_id = mark_deleted.account_id and t.id = any (mark_deleted.ids) and t.deleted_at is null;
    get diagnostics n_marked = row_count;
    delete from ghostwren.context_tweets t where t.account_id = mark_deleted.account_id and t.id = any (mark_deleted.ids);
    get diagnostics n_context = row_count;
    erased := erased || jsonb_build_object('marked', n_marked, 'tweets', n_context);
    if ghostwren.erased_something(erased) then
        insert into ghostwren.audit_log (subject, action, facts)
            values (ghostwren.owned(account_id), 'tweets.deleted', erased);
        perform ghostwren.touch(account_id, true);
    end if;
    return erased;
end
$$;

create or replace function ghostwren.erase_tweets(account_id uuid, ids text[]) returns jsonb
language plpgsql set search_path = '' set statement_timeout = '60s'
as $$
declare
    erased jsonb;
    orphans text[];
    n_tweets bigint;
    n_context bigint;
begin
    perform ghostwren.few(ids);
    perform ghostwren.owned(account_id);
    -- Other people's texts go when they are named, and when nothing quotes or answers them any more.
    select array_agg(distinct about.id) into orphans from ghostwren.tweets t,
        lateral (values (t.quoted_id), (t.in_reply_to_id), (t.retweeted_id)) about (id)
        where t.account_id = erase_tweets.account_id and t.id = any (erase_tweets.ids) and about.id is not null;
    -- A thread that loses a tweet is labelled anew from what is left of it.
    update ghostwren.tweets t set thread_id = null, thread_position = null
        where t.account_id = erase_tweets.account_id and t.thread_id in (
            select o.thread_id from ghostwren.tweets o where o.account_id = erase_tweets.account_id
                and o.id = any (erase_tweets.ids) and o.thread_id is not null);
    erased := ghostwren.erase_derived(account_id, ids);
    delete from ghostwren.tweets t where t.account_id = erase_tweets.account_id and t.id = any (erase_tweets.ids);
    get diagnostics n_tweets = row_count;
    update ghostwren.accounts a set tweet_count = a.tweet_count - n_tweets where a.id = erase_tweets.account_id;
    delete from ghostwren.context_tweets c where c.account_id = erase_tweets.account_id and (c.id = any (erase_tweets.ids)
        or (c.id = any (orphans) and not exists (
            select 1 from ghostwren.tweets t where t.account_id = erase_tweets.account_id
                and c.id in (t.quoted_id, t.in_reply_to_id, t.retweeted_id))));
    get diagnostics n_context = row_count;
    erased := erased || jsonb_build_object('tweets', n_tweets + n_context);
    if ghostwren.erased_something(erased) then
        perform ghostwren.label_threads(account_id);
        insert into ghostwren.audit_log (subject, action, facts)
            values (ghostwren.owned(account_id), 'erase.tweets', erased);
        perform ghostwren.touch(account_id, true);
    end if;
    return erased;
end
$$;

-- Everything goes with the row of the account, sealed values and logins included; the audit log and the spending stay,
-- without a name.
create or replace function ghostwren.erase_account(account_id uuid) returns jsonb
language plpgsql set search_path = '' set statement_timeout = '60s'
as $$
declare
    who uuid := ghostwren.owned(account_id);
    erased jsonb;
begin
    -- Nobody writes to it any more.
    perform 1 from ghostwren.accounts a where a.id = erase_account.account_id for update;
    select jsonb_build_object(
        'tweets', (select count(*) from ghostwren.tweets t where t.account_id = a.id)
            + (select count(*) from ghostwren.context_tweets c where c.account_id = a.id),
        'profiles', (select count(*) from ghostwren.style_profiles p where p.account_id = a.id),
        'drafts', (select count(*) from ghostwren.drafts d where d.account_id = a.id),
        'generations', (select count(*) from ghostwren.generations g where g.account_id = a.id),
        'sealed', a.sealed_values,
        'imports', (select count(*) from ghostwren.import_runs r where r.account_id = a.id),
        'ai_runs', (select count(*) from ghostwren.ai_runs r where r.account_id = a.id),
        'outbox', (select count(*) from ghostwren.outbox o where o.account_id = a.id), 'marked', 0)
        into erased from ghostwren.accounts a where a.id = erase_account.account_id;
    delete from ghostwren.spend_reservations r where r.subject = who;
    insert into ghostwren.audit_log (subject, action, facts) values (who, 'erase.account', erased);
    delete from ghostwren.accounts a where a.id = erase_account.account_id;
    return erased;
end
$$;

grant execute on function
    ghostwren.erase_derived(uuid, text[]), ghostwren.erased_something(jsonb),
    ghostwren.mark_deleted(uuid, text[], timestamptz), ghostwren.erase_tweets(uuid, text[]),
    ghostwren.erase_account(uuid) to authenticated;

-- A new function is everybody's until this: who may call it stands in the grants above.
revoke execute on all functions in schema ghostwren, ghostwren_private from public, anon;

notify pgrst, 'reload schema';
