-- Nothing is made of tweets that are gone: a profile, or a draft with its examples, names only own tweets that are there.

create or replace function ghostwren.still_there(account uuid, ids text[]) returns void
language plpgsql stable set search_path = ''
as $$
begin
    if exists (select from unnest(ids) as asked (id) where not exists (
        select from ghostwren.tweets t
        where t.account_id = account and t.id = asked.id collate "C" and t.deleted_at is null)) then
        perform ghostwren.fail(409, 'store.tweets_gone', 'tweets that it was made of are not there, or are deleted',
            'Make it anew of the tweets that are left.');
    end if;
end
$$;

create or replace function ghostwren.save_profile(account_id uuid, profile jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
declare
    p jsonb := ghostwren.arg(profile);
    ids text[] := array(select jsonb_array_elements_text(p -> 'tweet_ids'));
    kept ghostwren.style_profiles;
begin
    perform ghostwren.owned(account_id);
    -- Counting it as a write locks the account: the versions have no gap and no double, and erasing waits or has been.
    perform ghostwren.touch(account_id);
    perform ghostwren.still_there(account_id, ids);
    insert into ghostwren.style_profiles (account_id, version, corpus_hash, fingerprint, analysis, tweet_ids)
    values (save_profile.account_id,
        (select coalesce(max(s.version), 0) + 1 from ghostwren.style_profiles s
            where s.account_id = save_profile.account_id),
        p ->> 'corpus_hash', (p ->> 'fingerprint')::jsonb, (p ->> 'analysis')::jsonb, ids)
    returning * into kept;
    return ghostwren.profile_record(kept);
end
$$;

create or replace function ghostwren.save_generation(generation jsonb, drafts jsonb) returns void
language plpgsql set search_path = ''
as $$
#variable_conflict use_column
declare
    g jsonb := ghostwren.arg(generation);
    account uuid := (g ->> 'account_id')::uuid;
begin
    perform ghostwren.owned(account);
    -- The same call again writes nothing, not even a revision.
    if exists (select from ghostwren.generations k where k.account_id = account and k.id = (g ->> 'id')::uuid) then
        return;
    end if;
    -- First, so that erasing waits or has been.
    perform ghostwren.touch(account);
    perform ghostwren.still_there(account,
        array(select e ->> 'tweet_id' from jsonb_array_elements(g -> 'exemplars') as e));
    insert into ghostwren.generations (account_id, id, profile_id, request, model, exemplars, rejected, created_at)
    values (account, (g ->> 'id')::uuid, (g ->> 'profile_id')::uuid, (g ->> 'request')::jsonb, g ->> 'model',
        g -> 'exemplars', g -> 'rejected', (g ->> 'created_at')::timestamptz)
    on conflict do nothing;
    if not found then
        return;
    end if;
    insert into ghostwren.drafts (account_id, id, generation_id, text, weighted_length, score_style, score_topic,
        score_diversity, score_copied, score_total, state, feedback, created_at, updated_at)
    select account, i.id, (g ->> 'id')::uuid, i.text, i.weighted_length, (i.scores ->> 'style')::double precision,
        (i.scores ->> 'topic')::double precision, (i.scores ->> 'diversity')::double precision,
        (i.scores ->> 'copied')::double precision, (i.scores ->> 'total')::double precision, i.state,
        nullif(i.feedback, 'null'), i.created_at, i.updated_at
    from jsonb_to_recordset(ghostwren.arg(save_generation.drafts)) as i (id uuid, text text, weighted_length integer,
        scores jsonb, state text, feedback jsonb, created_at timestamptz, updated_at timestamptz);
end
$$;

create or replace function ghostwren.schema_version() returns bigint
language sql immutable parallel safe set search_path = ''
as $$ select 20261125000015 $$;

grant execute on function ghostwren.still_there(uuid, text[]) to authenticated;

-- A new function is everybody's until this: who may call it stands in the grants above.
revoke execute on all functions in schema ghostwren, ghostwren_private from public, anon;

notify pgrst, 'reload schema';
