-- Tweets are looked up by account and id. With the account as a constant PostgreSQL takes an account that its statistics do not
-- know for one with hardly a tweet, reads all of it for each lookup, and compares every row with every other. Measured where a
-- hundred accounts had fifteen tweets each, on a busy machine: 208 s for the end of an import of 20,000 tweets (now 4 s), 25 s
-- to change 1,000 of them (1.4 s), 62 s to erase 500 (0.1 s). An account that comes out of a list is taken for one like others;
-- `offset 0` keeps the planner from looking into the list.

create or replace function ghostwren.merge_tweets(account_id uuid, tweets jsonb, ids text[], observed_at timestamptz)
returns bigint language plpgsql set search_path = '' set plan_cache_mode = 'force_custom_plan'
as $$
declare
    updated bigint;
    moved text[];
begin
    -- Locked first: what is merged below is what stands there until the end of the call, also when two imports of the
    -- account meet.
    perform 1 from (select merge_tweets.account_id as account_id, unnest(merge_tweets.ids) as id offset 0) i
        join ghostwren.tweets t on t.account_id = i.account_id and t.id = i.id collate "C"
        order by length(t.id), t.id for update of t;
    with incoming as materialized (
        select i.*, coalesce(merge_tweets.observed_at, '-infinity') >= coalesce(t.observed_at, '-infinity') as newer,
            case
                when i.cut <> t.is_truncated then t.is_truncated
                when octet_length(i.full_text) = octet_length(t.full_text) then
                    coalesce(merge_tweets.observed_at, '-infinity') >= coalesce(t.observed_at, '-infinity')
                else octet_length(i.full_text) > octet_length(t.full_text)
            end as take
        from (select p.*, coalesce(p.is_truncated, false) as cut, nullif(p.entities, '{}') as e, nullif(p.media, '[]') as m, nullif(p.edit_history, '{}') as h
            from jsonb_populate_recordset(null::ghostwren.page_tweet, merge_tweets.tweets) p
            join unnest(merge_tweets.ids) changed (id) on changed.id = p.id) i
        cross join (select merge_tweets.account_id as id offset 0) a
        cross join lateral (select * from ghostwren.tweets o
            where o.account_id = a.id and o.id = i.id collate "C" offset 0) t
    ), merged as materialized (
        select merge_tweets.account_id as account_id, t.id, t.in_reply_to_id as was_in_reply_to_id,
            case when i.newer then i.hash else t.content_hash end as content_hash,
            least(array_position(array['retweet', 'reply', 'quote', 'note', 'original'], t.kind),
                array_position(array['retweet', 'reply', 'quote', 'note', 'original'], i.kind)) as kind,
            case when i.newer then coalesce(nullif(i.lang, 'und'), t.lang, i.lang)
                else coalesce(nullif(t.lang, 'und'), i.lang, t.lang) end as lang,
            t.is_note or coalesce(i.is_note, false) as is_note,
            case when i.take then i.cut else t.is_truncated end as is_truncated,
            case when i.newer then coalesce(i.in_reply_to_id, t.in_reply_to_id)
                else coalesce(t.in_reply_to_id, i.in_reply_to_id) end as in_reply_to_id,
            case when i.newer then coalesce(i.in_reply_to_user_id, t.in_reply_to_user_id)
                else coalesce(t.in_reply_to_user_id, i.in_reply_to_user_id) end as in_reply_to_user_id,
            case when i.newer then coalesce(i.quoted_id, t.quoted_id)
                else coalesce(t.quoted_id, i.quoted_id) end as quoted_id,
            case when i.newer then coalesce(i.retweeted_id, t.retweeted_id)
                else coalesce(t.retweeted_id, i.retweeted_id) end as retweeted_id,
            case when i.newer then coalesce(i.conversation_id, t.conversation_id)
                else coalesce(t.conversation_id, i.conversation_id) end as conversation_id,
            case when i.newer then coalesce(i.likes, t.likes)
                else coalesce(t.likes, i.likes) end as likes,
            case when i.newer then coalesce(i.retweets, t.retweets)
                else coalesce(t.retweets, i.retweets) end as retweets,
            case when i.newer then coalesce(i.replies, t.replies)
                else coalesce(t.replies, i.replies) end as replies,
            case when i.newer then coalesce(i.quotes, t.quotes)
                else coalesce(t.quotes, i.quotes) end as quotes,
            case when i.newer then coalesce(i.bookmarks, t.bookmarks)
                else coalesce(t.bookmarks, i.bookmarks) end as bookmarks,
            case when i.newer then coalesce(i.impressions, t.impressions)
                else coalesce(t.impressions, i.impressions) end as impressions,
            case when i.take then i.source else t.source end as source,
            case when i.newer then coalesce(i.client, t.client) else coalesce(t.client, i.client) end as client,
            coalesce(t.deleted_at, i.deleted_at) as deleted_at,
            case when cardinality(coalesce(i.h, '{}')) > cardinality(coalesce(t.edit_history, '{}'))
                or (i.newer and cardinality(i.h) = cardinality(t.edit_history)) then i.h else t.edit_history end
                as edit_history,
            -- A list that is there is never empty.
            case when i.take then coalesce(t.entities || i.e, i.e, t.entities)
                else coalesce(i.e || t.entities, t.entities, i.e) end as entities,
            case when i.newer then coalesce(i.m, t.media) else coalesce(t.media, i.m) end as media,
            case when i.take then i.full_text else t.full_text end as full_text,
            case when i.take then coalesce(i.search_terms, '') else t.search_terms end as search_terms,
            greatest(t.observed_at, merge_tweets.observed_at) as observed_at
        from incoming i
        cross join (select merge_tweets.account_id as id offset 0) a
        cross join lateral (select * from ghostwren.tweets o
            where o.account_id = a.id and o.id = i.id collate "C" offset 0) t
    ), written as (
        update ghostwren.tweets t set content_hash = m.content_hash,
            kind = (array['retweet', 'reply', 'quote', 'note', 'original'])[m.kind], lang = m.lang, is_note = m.is_note,
            is_truncated = m.is_truncated, in_reply_to_id = m.in_reply_to_id,
            in_reply_to_user_id = m.in_reply_to_user_id, quoted_id = m.quoted_id, retweeted_id = m.retweeted_id,
            conversation_id = m.conversation_id, likes = m.likes, retweets = m.retweets, replies = m.replies,
            quotes = m.quotes, bookmarks = m.bookmarks, impressions = m.impressions, source = m.source,
            client = m.client, deleted_at = m.deleted_at, edit_history = m.edit_history, entities = m.entities,
            media = m.media, full_text = m.full_text, search_terms = m.search_terms, observed_at = m.observed_at
        from merged m
        where t.account_id = m.account_id and t.id = m.id and (
            (array['retweet', 'reply', 'quote', 'note', 'original'])[m.kind], m.lang, m.is_note, m.is_truncated,
            m.in_reply_to_id, m.in_reply_to_user_id, m.quoted_id, m.retweeted_id, m.conversation_id, m.likes,
            m.retweets, m.replies, m.quotes, m.bookmarks, m.impressions, m.source, m.client, m.deleted_at,
            m.edit_history, m.entities, m.media, m.full_text)
            is distinct from (t.kind, t.lang, t.is_note, t.is_truncated, t.in_reply_to_id, t.in_reply_to_user_id,
            t.quoted_id, t.retweeted_id, t.conversation_id, t.likes, t.retweets, t.replies, t.quotes, t.bookmarks,
            t.impressions, t.source, t.client, t.deleted_at, t.edit_history, t.entities, t.media, t.full_text)
        returning t.id, m.was_in_reply_to_id is distinct from m.in_reply_to_id as is_moved
    )
    select count(*), array_agg(w.id) filter (where w.is_moved) into updated, moved from written w;
    if moved is not null then
        -- A tweet that answers another one now leaves its thread: the end of the import labels what has no label.
        update ghostwren.tweets t set thread_id = null, thread_position = null
        where t.account_id = merge_tweets.account_id and (t.id = any (moved) or t.thread_id in (
            select o.thread_id from ghostwren.tweets o where o.account_id = merge_tweets.account_id
                and o.id = any (moved) and o.thread_id is not null));
    end if;
    return updated;
end
$$;

-- Labels anew the chains of replies in which a link is labelled wrong; gives whether there were any. A link counts from a
-- tweet to an older own one, so that no chain can be a circle. Labels are right when the two ends of every link carry the
-- same thread, and every thread names its oldest tweet.
create or replace function ghostwren.label_threads(account_id uuid) returns boolean
language plpgsql set search_path = '' set plan_cache_mode = 'force_custom_plan'
as $$
declare
    wrong text[];
begin
    select array_agg(child.id) into wrong
    from (select label_threads.account_id as id offset 0) a
    join ghostwren.tweets child on child.account_id = a.id
    cross join lateral (select p.id, p.thread_id from ghostwren.tweets p
        where p.account_id = a.id and p.id = child.in_reply_to_id offset 0) parent
    where child.in_reply_to_id is not null
        and (length(parent.id), parent.id) < (length(child.id), child.id)
        and (child.thread_id is null or child.thread_id is distinct from parent.thread_id);
    if wrong is null then
        return false;
    end if;
    with recursive member (id) as (
        select w.id collate "C" from unnest(wrong) as w (id)
        union
        select next.id from member m
        cross join (select label_threads.account_id as id offset 0) a
        cross join lateral (
            select p.id
            from (select o.id, o.in_reply_to_id from ghostwren.tweets o
                where o.account_id = a.id and o.id = m.id collate "C" offset 0) t
            cross join lateral (select o.id from ghostwren.tweets o
                where o.account_id = a.id and o.id = t.in_reply_to_id offset 0) p
            where (length(p.id), p.id) < (length(t.id), t.id)
            union all
            select c.id from ghostwren.tweets c
                where c.account_id = a.id and c.in_reply_to_id = m.id collate "C"
                    and (length(m.id), m.id collate "C") < (length(c.id), c.id)
        ) next
    ), node as materialized (
        select t.id, t.created_at, p.id as parent
        from member m
        cross join (select label_threads.account_id as id offset 0) a
        cross join lateral (select o.id, o.created_at, o.in_reply_to_id from ghostwren.tweets o
            where o.account_id = a.id and o.id = m.id collate "C" offset 0) t
        left join lateral (select o.id from ghostwren.tweets o
            where o.account_id = a.id and o.id = t.in_reply_to_id offset 0) p
            on (length(p.id), p.id) < (length(t.id), t.id)
    ), tree (id, root) as (
        select n.id, n.id from node n where n.parent is null
        union all
        select n.id, tree.root from tree join node n on n.parent = tree.id
    ), place as materialized (
        select label_threads.account_id as account_id, tree.id, tree.root, row_number() over (partition by tree.root
            order by tree.id <> tree.root, n.created_at, length(n.id), n.id) as position
        from tree join node n on n.id = tree.id
    )
    update ghostwren.tweets t set thread_id = place.root, thread_position = place.position
    from place
    where t.account_id = place.account_id and t.id = place.id
        and (t.thread_id, t.thread_position) is distinct from (place.root, place.position::integer);
    return true;
end
$$;

create or replace function ghostwren.erase_tweets(account_id uuid, ids text[]) returns jsonb
language plpgsql set search_path = '' set statement_timeout = '60s' set plan_cache_mode = 'force_custom_plan'
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
    select array_agg(distinct about.id) into orphans
        from (select erase_tweets.account_id as account_id, unnest(erase_tweets.ids) as id offset 0) i
        join ghostwren.tweets t on t.account_id = i.account_id and t.id = i.id collate "C"
        cross join lateral (values (t.quoted_id), (t.in_reply_to_id), (t.retweeted_id)) about (id)
        where about.id is not null;
    -- A thread that loses a tweet is labelled anew from what is left of it.
    with lost as materialized (
        select distinct o.account_id, o.thread_id
        from (select erase_tweets.account_id as account_id, unnest(erase_tweets.ids) as id offset 0) i
        join ghostwren.tweets o on o.account_id = i.account_id and o.id = i.id collate "C"
        where o.thread_id is not null
    )
    update ghostwren.tweets t set thread_id = null, thread_position = null
        from lost where t.account_id = lost.account_id and t.thread_id = lost.thread_id;
    erased := ghostwren.erase_derived(account_id, ids);
    delete from ghostwren.tweets t
        using (select distinct erase_tweets.account_id as account_id, unnest(erase_tweets.ids) as id offset 0) i
        where t.account_id = i.account_id and t.id = i.id collate "C";
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

create or replace function ghostwren.schema_version() returns bigint
language sql immutable parallel safe set search_path = ''
as $$ select 20261128200001 $$;

-- A new function is everybody's until this: who may call it stands in the grants above.
revoke execute on all functions in schema ghostwren, ghostwren_private from public, anon;

notify pgrst, 'reload schema';
