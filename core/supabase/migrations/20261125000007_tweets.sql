-- Reading, searching and marking tweets.

create or replace function ghostwren.tweet_record(t ghostwren.tweets) returns json
language sql stable parallel safe set search_path = ''
as $$
    select json_build_object('id', t.id, 'full_text', t.full_text, 'created_at', t.created_at, 'lang', t.lang,
        'kind', t.kind, 'is_note', t.is_note, 'is_truncated', t.is_truncated, 'thread_id', t.thread_id,
        'thread_position', t.thread_position, 'in_reply_to_id', t.in_reply_to_id,
        'in_reply_to_user_id', t.in_reply_to_user_id, 'quoted_id', t.quoted_id, 'retweeted_id', t.retweeted_id,
        'conversation_id', t.conversation_id,
        'counts', json_build_object('likes', t.likes, 'retweets', t.retweets, 'replies', t.replies,
            'quotes', t.quotes, 'bookmarks', t.bookmarks, 'impressions', t.impressions),
        'entities', coalesce(t.entities, '{}'), 'media', coalesce(t.media, '[]'), 'source', t.source,
        'client', t.client, 'edit_history', coalesce(t.edit_history, '{}'), 'deleted_at', t.deleted_at,
        'excluded', t.excluded, 'labels', coalesce(t.labels, '{}'))
$$;

-- The conditions of a query as SQL over `ghostwren.tweets t`, with $1 the account and $2 the query. A search is a list of
-- clauses as `text::SearchQuery` reads them: tokens in a row, the last one perhaps only the beginning of a word.
-- It looks through the account's own rows: an index of words would double what an import costs (measured: 42 instead of
-- 21 microseconds a row), and PostgreSQL may not use one below a policy, for its operator could tell of rows that the
-- policy hides (<https://www.postgresql.org/docs/current/rules-privileges.html>).
create or replace function ghostwren.tweet_conditions(query jsonb) returns text
language plpgsql immutable set search_path = ''
as $$
declare
    sql text := 't.account_id = $1';
    clause jsonb;
begin
    for clause in select * from jsonb_array_elements(query -> 'search') loop
        sql := sql || format(' and strpos('' '' || t.search_terms || '' '', %L) > 0',
            ' ' || (select string_agg(token, ' ' order by place)
                from jsonb_array_elements_text(clause -> 'tokens') with ordinality as c (token, place))
            || case when (clause ->> 'prefix')::boolean then '' else ' ' end);
    end loop;
    if query -> 'kinds' <> '[]' then
        sql := sql || ' and t.kind = any (array(select jsonb_array_elements_text($2 -> ''kinds'')))';
    end if;
    if query ->> 'lang' is not null then
        sql := sql || ' and coalesce(t.lang, ''und'') = $2 ->> ''lang''';
    end if;
    if query ->> 'since' is not null then
        sql := sql || ' and t.created_at >= ($2 ->> ''since'')::timestamptz';
    end if;
    if query ->> 'until' is not null then
        sql := sql || ' and t.created_at < ($2 ->> ''until'')::timestamptz';
    end if;
    if query ->> 'label' is not null then
        sql := sql || ' and t.labels @> array[$2 ->> ''label'']';
    end if;
    if query ->> 'excluded' is not null then
        sql := sql || ' and t.excluded = ($2 ->> ''excluded'')::boolean';
    end if;
    if not coalesce((query ->> 'with_deleted')::boolean, false) then
        sql := sql || ' and t.deleted_at is null';
    end if;
    return sql;
end
$$;

create or replace function ghostwren.tweets(account_id uuid, query jsonb default '{}', page_size integer default 100,
    after_at timestamptz default null, after_id text default null)
returns json language plpgsql stable set search_path = ''
as $$
declare
    q jsonb := ghostwren.arg(query);
    oldest boolean := coalesce(q ->> 'order', '') = 'oldest_first';
    way text := case when oldest then 'asc' else 'desc' end;
    sql text := ghostwren.tweet_conditions(q);
    rows json[];
begin
    perform ghostwren.sized(page_size);
    perform ghostwren.owned(account_id);
    if after_at is not null then
        -- The time alone beside it, since only that may be looked up in the index: below a policy PostgreSQL filters by what
        -- is not leakproof, as the length of a text (measured: 9 buffers instead of 23,900).
        sql := sql || format(
            ' and t.created_at %1$s= $3 and (t.created_at, length(t.id), t.id) %1$s ($3, length($4), $4 collate "C")',
            case when oldest then '>' else '<' end);
    end if;
    execute format('select array_agg(ghostwren.tweet_record(p) order by p.created_at %1$s, length(p.id) %1$s, p.id %1$s)
        from (select t.* from ghostwren.tweets t where %2$s
            order by t.created_at %1$s, length(t.id) %1$s, t.id %1$s limit %3$s) p', way, sql, page_size + 1)
        into rows using account_id, q, after_at, after_id;
    return json_build_object('items', to_json(coalesce(rows[:page_size], '{}')),
        'more', coalesce(cardinality(rows) > page_size, false));
end
$$;

create or replace function ghostwren.count_tweets(account_id uuid, query jsonb default '{}') returns bigint
language plpgsql stable set search_path = '' set statement_timeout = '60s'
as $$
declare
    q jsonb := ghostwren.arg(query);
    found bigint;
begin
    perform ghostwren.owned(account_id);
    execute 'select count(*) from ghostwren.tweets t where ' || ghostwren.tweet_conditions(q)
        into found using account_id, q;
    return found;
end
$$;

create or replace function ghostwren.tweet_totals(account_id uuid) returns jsonb
language plpgsql stable set search_path = '' set statement_timeout = '60s'
as $$
begin
    perform ghostwren.owned(account_id);
    return (
        with groups as (
            select t.deleted_at is not null as deleted, t.kind, coalesce(t.lang, 'und') as lang, count(*) as n,
                count(t.thread_id) as in_threads, count(t.edit_history) as edited,
                count(*) filter (where t.excluded) as excluded, min(t.created_at) as oldest, max(t.created_at) as newest
            from ghostwren.tweets t where t.account_id = tweet_totals.account_id group by 1, 2, 3
        ), kept as (select * from groups where not deleted)
        select jsonb_build_object('total', coalesce(sum(k.n), 0),
            'by_kind', coalesce((select jsonb_object_agg(b.kind, b.n) from (select kind, sum(n) as n from kept group by kind) b), '{}'),
            'by_lang', coalesce((select jsonb_object_agg(b.lang, b.n) from (select lang, sum(n) as n from kept group by lang) b), '{}'),
            'threads', (select count(distinct t.thread_id) from ghostwren.tweets t
                where t.account_id = tweet_totals.account_id and t.thread_id is not null and t.deleted_at is null),
            'in_threads', coalesce(sum(k.in_threads), 0), 'edited', coalesce(sum(k.edited), 0),
            'deleted', (select coalesce(sum(n), 0) from groups where deleted),
            'excluded', coalesce(sum(k.excluded), 0), 'oldest', min(k.oldest), 'newest', max(k.newest))
        from kept k);
end
$$;

-- The ids without those that came before, with their places.
create or replace function ghostwren.places(ids text[]) returns table (id text, place bigint)
language sql immutable parallel safe set search_path = ''
as $$ select i.id, min(i.place) from unnest(ids) with ordinality as i (id, place) group by i.id $$;

create or replace function ghostwren.few(ids text[]) returns void
language plpgsql immutable set search_path = ''
as $$
begin
    if cardinality(ids) > 1000 then
        perform ghostwren.fail(400, 'store.too_many_ids', cardinality(ids) || ' ids were given',
            'Give at most 1,000 ids at a time.');
    end if;
end
$$;

create or replace function ghostwren.tweets_by_id(account_id uuid, ids text[]) returns json
language plpgsql stable set search_path = ''
as $$
begin
    perform ghostwren.few(ids);
    perform ghostwren.owned(account_id);
    return (select coalesce(json_agg(ghostwren.tweet_record(t) order by i.place), '[]')
        from ghostwren.places(ids) i
        join ghostwren.tweets t on t.account_id = tweets_by_id.account_id and t.id = i.id collate "C");
end
$$;

create or replace function ghostwren.context_tweets(account_id uuid, ids text[]) returns json
language plpgsql stable set search_path = ''
as $$
begin
    perform ghostwren.few(ids);
    perform ghostwren.owned(account_id);
    return (select coalesce(json_agg(json_build_object('id', t.id,
            'author', case when t.author_id is not null
                then json_build_object('id', t.author_id, 'username', t.author_username) end,
            'full_text', t.full_text, 'created_at', t.created_at) order by i.place), '[]')
        from ghostwren.places(ids) i
        join ghostwren.context_tweets t on t.account_id = context_tweets.account_id and t.id = i.id collate "C");
end
$$;

create or replace function ghostwren.mark_tweets(account_id uuid, ids text[], marks jsonb) returns bigint
language plpgsql set search_path = ''
as $$
declare
    m jsonb := ghostwren.arg(marks);
    add text[] := array(select jsonb_array_elements_text(m -> 'add_labels'));
    remove text[] := array(select jsonb_array_elements_text(m -> 'remove_labels'));
    changed bigint;
begin
    perform ghostwren.few(ids);
    perform ghostwren.owned(account_id);
    update ghostwren.tweets t set excluded = n.excluded, labels = n.labels
    from (
        select o.id, coalesce((m ->> 'excluded')::boolean, o.excluded) as excluded, nullif(array(
            select distinct l.label collate "C" from unnest(o.labels || add) as l (label)
            where l.label <> all (remove) order by 1), '{}') as labels
        from ghostwren.tweets o
        where o.account_id = mark_tweets.account_id and o.id = any (mark_tweets.ids)
    ) n
    where t.account_id = mark_tweets.account_id and t.id = n.id
        and (t.excluded, t.labels) is distinct from (n.excluded, n.labels);
    get diagnostics changed = row_count;
    if exists (select 1 from ghostwren.tweets t where t.account_id = mark_tweets.account_id
            and t.id = any (mark_tweets.ids) and cardinality(t.labels) > 100) then
        perform ghostwren.fail(400, 'store.too_many_labels', 'a tweet takes at most 100 labels');
    end if;
    if changed > 0 then
        perform ghostwren.touch(account_id, true);
    end if;
    return changed;
end
$$;

-- Labels anew the chains of replies in which a link is labelled wrong; gives whether there were any. A link counts from a
-- tweet to an older own one, so that no chain can be a circle. Labels are right when the two ends of every link carry the
-- same thread, and every thread names its oldest tweet.
create or replace function ghostwren.label_threads(account_id uuid) returns boolean
language plpgsql set search_path = ''
as $$
declare
    wrong text[];
begin
    select array_agg(child.id) into wrong
    from ghostwren.tweets child
    join ghostwren.tweets parent on parent.account_id = child.account_id and parent.id = child.in_reply_to_id
        and (length(parent.id), parent.id) < (length(child.id), child.id)
    where child.account_id = label_threads.account_id and child.in_reply_to_id is not null
        and (child.thread_id is null or child.thread_id is distinct from parent.thread_id);
    if wrong is null then
        return false;
    end if;
    with recursive member (id) as (
        select w.id collate "C" from unnest(wrong) as w (id)
        union
        select next.id from member m cross join lateral (
            select p.id from ghostwren.tweets t
                join ghostwren.tweets p on p.account_id = t.account_id and p.id = t.in_reply_to_id
                    and (length(p.id), p.id) < (length(t.id), t.id)
                where t.account_id = label_threads.account_id and t.id = m.id collate "C"
            union all
            select c.id from ghostwren.tweets c
                where c.account_id = label_threads.account_id and c.in_reply_to_id = m.id collate "C"
                    and (length(m.id), m.id collate "C") < (length(c.id), c.id)
        ) next
    ), node as materialized (
        select t.id, t.created_at, p.id as parent
        from member m
        join ghostwren.tweets t on t.account_id = label_threads.account_id and t.id = m.id collate "C"
        left join ghostwren.tweets p on p.account_id = t.account_id and p.id = t.in_reply_to_id
            and (length(p.id), p.id) < (length(t.id), t.id)
    ), tree (id, root) as (
        select n.id, n.id from node n where n.parent is null
        union all
        select n.id, tree.root from tree join node n on n.parent = tree.id
    ), place as (
        select tree.id, tree.root, row_number() over (partition by tree.root
            order by tree.id <> tree.root, n.created_at, length(n.id), n.id) as position
        from tree join node n on n.id = tree.id
    )
    update ghostwren.tweets t set thread_id = place.root, thread_position = place.position
    from place
    where t.account_id = label_threads.account_id and t.id = place.id
        and (t.thread_id, t.thread_position) is distinct from (place.root, place.position::integer);
    return true;
end
$$;

create or replace function ghostwren.finish_import(run_id uuid, fence bigint, outcome jsonb) returns jsonb
language plpgsql set search_path = '' set statement_timeout = '60s'
as $$
declare
    account uuid := ghostwren.leased_run(run_id, fence);
    finished ghostwren.import_runs;
begin
    perform ghostwren.touch(account, ghostwren.label_threads(account));
    update ghostwren.import_runs r set outcome = ghostwren.arg(finish_import.outcome), lease_until = null,
        updated_at = ghostwren.now_ms() where r.id = run_id returning * into finished;
    return ghostwren.run_record(finished);
end
$$;

grant execute on function
    ghostwren.tweet_record(ghostwren.tweets), ghostwren.tweet_conditions(jsonb),
    ghostwren.tweets(uuid, jsonb, integer, timestamptz, text), ghostwren.count_tweets(uuid, jsonb),
    ghostwren.tweet_totals(uuid), ghostwren.places(text[]), ghostwren.few(text[]),
    ghostwren.tweets_by_id(uuid, text[]), ghostwren.context_tweets(uuid, text[]),
    ghostwren.mark_tweets(uuid, text[], jsonb), ghostwren.label_threads(uuid),
    ghostwren.finish_import(uuid, bigint, jsonb) to authenticated;

-- A new function is everybody's until this: who may call it stands in the grants above.
revoke execute on all functions in schema ghostwren, ghostwren_private from public, anon;

notify pgrst, 'reload schema';
