-- Style profiles, generations and drafts. What only the client reads (requests, fingerprints, analyses) goes in and out
-- as text that holds JSON, so that every number comes back as it was written.

create or replace function ghostwren.profile_record(p ghostwren.style_profiles) returns jsonb
language sql stable parallel safe set search_path = ''
as $$
    select jsonb_build_object('id', p.id, 'account_id', p.account_id, 'version', p.version,
        'corpus_hash', p.corpus_hash, 'fingerprint', p.fingerprint::text, 'analysis', p.analysis::text,
        'tweet_ids', p.tweet_ids, 'created_at', p.created_at)
$$;

create or replace function ghostwren.save_profile(account_id uuid, profile jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
declare
    p jsonb := ghostwren.arg(profile);
    kept ghostwren.style_profiles;
begin
    perform ghostwren.owned(account_id);
    -- Counting it as a write locks the account: the versions have no gap and no double.
    perform ghostwren.touch(account_id);
    insert into ghostwren.style_profiles (account_id, version, corpus_hash, fingerprint, analysis, tweet_ids)
    values (save_profile.account_id,
        (select coalesce(max(s.version), 0) + 1 from ghostwren.style_profiles s
            where s.account_id = save_profile.account_id),
        p ->> 'corpus_hash', (p ->> 'fingerprint')::jsonb, (p ->> 'analysis')::jsonb,
        array(select jsonb_array_elements_text(p -> 'tweet_ids')))
    returning * into kept;
    return ghostwren.profile_record(kept);
end
$$;

create or replace function ghostwren.latest_profile(account_id uuid, corpus_hash text default null) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
    perform ghostwren.owned(account_id);
    return (select ghostwren.profile_record(p) from ghostwren.style_profiles p
        where p.account_id = latest_profile.account_id
            and (latest_profile.corpus_hash is null or p.corpus_hash = latest_profile.corpus_hash)
        order by p.version desc limit 1);
end
$$;

create or replace function ghostwren.generation_record(g ghostwren.generations) returns jsonb
language sql stable parallel safe set search_path = ''
as $$
    select jsonb_build_object('id', g.id, 'account_id', g.account_id, 'profile_id', g.profile_id,
        'request', g.request::text, 'model', g.model, 'exemplars', g.exemplars, 'rejected', g.rejected,
        'created_at', g.created_at)
$$;

create or replace function ghostwren.draft_record(d ghostwren.drafts) returns jsonb
language sql stable parallel safe set search_path = ''
as $$
    select jsonb_build_object('id', d.id, 'account_id', d.account_id, 'generation_id', d.generation_id, 'text', d.text,
        'weighted_length', d.weighted_length, 'scores', jsonb_build_object('style', d.score_style,
            'topic', d.score_topic, 'diversity', d.score_diversity, 'copied', d.score_copied, 'total', d.score_total),
        'state', d.state, 'feedback', d.feedback, 'created_at', d.created_at, 'updated_at', d.updated_at)
$$;

-- Kept by the caller's own id: a second call with the same id changes nothing, so that it may be repeated.
create or replace function ghostwren.save_generation(generation jsonb, drafts jsonb) returns void
language plpgsql set search_path = ''
as $$
#variable_conflict use_column
declare
    g jsonb := ghostwren.arg(generation);
    account uuid := (g ->> 'account_id')::uuid;
begin
    perform ghostwren.owned(account);
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
    perform ghostwren.touch(account);
end
$$;

create or replace function ghostwren.generation(generation_id uuid) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
    found jsonb;
begin
    -- By way of the accounts: the key leads with the account.
    select ghostwren.generation_record(g) into found from ghostwren.accounts a
        join ghostwren.generations g on g.account_id = a.id
        where a.owner = (select auth.uid()) and g.id = generation_id;
    if found is null then
        perform ghostwren.fail(404, 'store.no_generation', 'there is no such generation');
    end if;
    return found;
end
$$;

create or replace function ghostwren.generations(
    account_id uuid, page_size integer default 100, after_at timestamptz default null, after_id uuid default null)
returns jsonb language plpgsql stable set search_path = ''
as $$
begin
    perform ghostwren.sized(page_size);
    perform ghostwren.owned(account_id);
    return (
        select ghostwren.page(jsonb_agg(ghostwren.generation_record(g) order by g.created_at desc, g.id desc), page_size)
        from (select * from ghostwren.generations i where i.account_id = generations.account_id
                and (after_at is null or (i.created_at, i.id) < (after_at, after_id))
            order by i.created_at desc, i.id desc limit page_size + 1) g);
end
$$;

create or replace function ghostwren.drafts(account_id uuid, state text default null, generation_id uuid default null,
    page_size integer default 100, after_at timestamptz default null, after_id uuid default null)
returns jsonb language plpgsql stable set search_path = ''
as $$
begin
    perform ghostwren.sized(page_size);
    perform ghostwren.owned(account_id);
    return (
        select ghostwren.page(jsonb_agg(ghostwren.draft_record(d) order by d.created_at desc, d.id desc), page_size)
        from (select * from ghostwren.drafts i where i.account_id = drafts.account_id
                and (drafts.state is null or i.state = drafts.state)
                and (drafts.generation_id is null or i.generation_id = drafts.generation_id)
                and (after_at is null or (i.created_at, i.id) < (after_at, after_id))
            order by i.created_at desc, i.id desc limit page_size + 1) d);
end
$$;

create or replace function ghostwren.own_draft(draft_id uuid) returns ghostwren.drafts
language plpgsql stable set search_path = ''
as $$
declare
    found ghostwren.drafts;
begin
    select d.* into found from ghostwren.accounts a join ghostwren.drafts d on d.account_id = a.id
        where a.owner = (select auth.uid()) and d.id = draft_id;
    if found.id is null then
        perform ghostwren.fail(404, 'store.no_draft', 'there is no such draft');
    end if;
    return found;
end
$$;

create or replace function ghostwren.draft(draft_id uuid) returns jsonb
language sql stable set search_path = ''
as $$ select ghostwren.draft_record(ghostwren.own_draft(draft_id)) $$;

create or replace function ghostwren.change_draft(draft_id uuid, change jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
declare
    c jsonb := ghostwren.arg(change);
    before ghostwren.drafts := ghostwren.own_draft(draft_id);
    now timestamptz;
begin
    -- Locked, then read again: of two changes the second one sees what the first one did.
    select * into before from ghostwren.drafts d
        where d.account_id = before.account_id and d.id = draft_id for update;
    now := ghostwren.now_ms();
    if not c -> 'from' ? before.state then
        perform ghostwren.fail(409, 'draft.state', format('the draft is in the state ''%s''', before.state),
            'Read the draft again, then decide.');
    end if;
    if c ->> 'to' <> 'approved' or c ->> 'text' is not null then
        perform ghostwren.withdraw(before.account_id, draft_id, now);
    end if;
    update ghostwren.drafts d set state = c ->> 'to',
        feedback = coalesce(nullif(c -> 'feedback', 'null'), d.feedback), text = coalesce(c ->> 'text', d.text),
        weighted_length = case when c ->> 'text' is null then d.weighted_length
            else (c ->> 'weighted_length')::integer end,
        updated_at = now
    where d.account_id = before.account_id and d.id = draft_id;
    perform ghostwren.touch(before.account_id);
    return ghostwren.draft(draft_id);
end
$$;

grant execute on function
    ghostwren.profile_record(ghostwren.style_profiles), ghostwren.save_profile(uuid, jsonb),
    ghostwren.latest_profile(uuid, text), ghostwren.generation_record(ghostwren.generations),
    ghostwren.draft_record(ghostwren.drafts), ghostwren.save_generation(jsonb, jsonb), ghostwren.generation(uuid),
    ghostwren.generations(uuid, integer, timestamptz, uuid),
    ghostwren.drafts(uuid, text, uuid, integer, timestamptz, uuid), ghostwren.own_draft(uuid), ghostwren.draft(uuid),
    ghostwren.change_draft(uuid, jsonb) to authenticated;

-- A new function is everybody's until this: who may call it stands in the grants above.
revoke execute on all functions in schema ghostwren, ghostwren_private from public, anon;

notify pgrst, 'reload schema';
