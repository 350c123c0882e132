-- One page of an import in one call.

-- Which of these tweets are new or changed: their places in the list, from 1. A row with an equal hash need not be sent.
create or replace function ghostwren.changed(account_id uuid, ids text[], hashes uuid[]) returns integer[]
language plpgsql stable set search_path = ''
as $$
begin
    perform ghostwren.owned(account_id);
    return (select coalesce(array_agg(i.place::integer order by i.place), '{}')
        from unnest(changed.ids, changed.hashes) with ordinality as i (id, hash, place)
        where not exists (select 1 from ghostwren.tweets t
            where t.account_id = changed.account_id and t.id = i.id collate "C" and t.content_hash = i.hash));
end
$$;

-- A tweet of a page: the columns of `tweets`, with the hash and the search terms that the client worked out, and its
-- place in the thread that it makes with other tweets of the same page.
do $$
begin
    if to_regtype('ghostwren.page_tweet') is null then
        create type ghostwren.page_tweet as (
            id text, hash uuid, created_at timestamptz, kind text, lang text, is_note boolean, is_truncated boolean,
            thread_id text, thread_position integer, in_reply_to_id text, in_reply_to_user_id text, quoted_id text,
            retweeted_id text, conversation_id text, likes bigint, retweets bigint, replies bigint, quotes bigint,
            bookmarks bigint, impressions bigint, source text, client text, deleted_at timestamptz, excluded boolean,
            labels text[], edit_history text[], entities jsonb, media jsonb, full_text text, search_terms text);
    end if;
end
$$;

create or replace function ghostwren.insert_tweets(account_id uuid, tweets jsonb, observed_at timestamptz)
returns bigint language plpgsql set search_path = ''
as $$
declare
    added bigint;
begin
    with fresh as materialized (
        select i.* from jsonb_populate_recordset(null::ghostwren.page_tweet, insert_tweets.tweets) i
        where not exists (select 1 from ghostwren.tweets t
            where t.account_id = insert_tweets.account_id and t.id = i.id collate "C")
    )
    insert into ghostwren.tweets (account_id, id, content_hash, created_at, kind, lang, is_note, is_truncated, thread_id,
        thread_position, in_reply_to_id, in_reply_to_user_id, quoted_id, retweeted_id, conversation_id, likes, retweets,
        replies, quotes, bookmarks, impressions, source, client, deleted_at, excluded, labels, edit_history, entities,
        media, full_text, search_terms, observed_at)
    select insert_tweets.account_id, i.id, i.hash, i.created_at, i.kind, i.lang, coalesce(i.is_note, false),
        coalesce(i.is_truncated, false),
        -- A thread that lies in the page as a whole gets its labels with its rows; where an older part was there before,
        -- the end of the import sees that and labels anew.
        case when i.thread_id = i.id or parent.id is not null then i.thread_id end,
        case when i.thread_id = i.id or parent.id is not null then i.thread_position end,
        i.in_reply_to_id, i.in_reply_to_user_id, i.quoted_id, i.retweeted_id, i.conversation_id,
        i.likes, i.retweets, i.replies, i.quotes, i.bookmarks, i.impressions, i.source, i.client, i.deleted_at, coalesce(i.excluded, false), nullif(i.labels, '{}'),
        nullif(i.edit_history, '{}'), nullif(i.entities, '{}'), nullif(i.media, '[]'), i.full_text,
        coalesce(i.search_terms, ''), insert_tweets.observed_at
    from fresh i left join fresh parent on parent.id = i.in_reply_to_id and i.thread_id is not null
    -- In one order, so that two imports of the account cannot wait for each other.
    order by length(i.id), i.id
    on conflict do nothing;
    get diagnostics added = row_count;
    return added;
end
$$;

-- Merges what differs into what is stored, as `store::merge` says: a full text beats a preview, the longer of two beats
-- the shorter; of everything else that both know, that of the newer sighting wins; what only one side knows is kept;
-- `deleted_at` once set, the time of the tweet, and the owner's marks stay. Gives how many rows that changed.
create or replace function ghostwren.merge_tweets(account_id uuid, tweets jsonb, ids text[], observed_at timestamptz)
returns bigint language plpgsql set search_path = ''
as $$
declare
    updated bigint;
    moved text[];
begin
    -- Locked first: what is merged below is what stands there until the end of the call, also when two imports of the
    -- account meet.
    perform 1 from ghostwren.tweets t where t.account_id = merge_tweets.account_id and t.id = any (merge_tweets.ids)
        order by length(t.id), t.id for update;
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
        join ghostwren.tweets t on t.account_id = merge_tweets.account_id and t.id = i.id collate "C"
    ), merged as (
        select t.id,
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
        join ghostwren.tweets t on t.account_id = merge_tweets.account_id and t.id = i.id collate "C"
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
        where t.account_id = merge_tweets.account_id and t.id = m.id and (
            (array['retweet', 'reply', 'quote', 'note', 'original'])[m.kind], m.lang, m.is_note, m.is_truncated,
            m.in_reply_to_id, m.in_reply_to_user_id, m.quoted_id, m.retweeted_id, m.conversation_id, m.likes,
            m.retweets, m.replies, m.quotes, m.bookmarks, m.impressions, m.source, m.client, m.deleted_at,
            m.edit_history, m.entities, m.media, m.full_text)
            is distinct from (t.kind, t.lang, t.is_note, t.is_truncated, t.in_reply_to_id, t.in_reply_to_user_id,
            t.quoted_id, t.retweeted_id, t.conversation_id, t.likes, t.retweets, t.replies, t.quotes, t.bookmarks,
            t.impressions, t.source, t.client, t.deleted_at, t.edit_history, t.entities, t.media, t.full_text)
        returning t.id
    )
    -- The statement sees the rows as they were before it.
    select count(*), array_agg(t.id) filter (where t.in_reply_to_id is distinct from m.in_reply_to_id)
        into updated, moved
    from written w
    join merged m on m.id = w.id
    join ghostwren.tweets t on t.account_id = merge_tweets.account_id and t.id = w.id;
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

-- Other people's texts: the longer text wins, what is known stays.
create or replace function ghostwren.put_context(account_id uuid, context jsonb) returns void
language sql volatile set search_path = ''
as $$
    insert into ghostwren.context_tweets as t (account_id, id, author_id, author_username, created_at, full_text)
    -- Of two rows about the same tweet in a page the one with the longer text.
    select distinct on (i.id) put_context.account_id, i.id, i.author_id, i.author_username, i.created_at, i.full_text
    from jsonb_to_recordset(put_context.context)
        as i (id text, author_id text, author_username text, created_at timestamptz, full_text text)
    order by i.id, octet_length(i.full_text) desc
    on conflict on constraint context_tweets_pkey do update set
        author_id = coalesce(excluded.author_id, t.author_id),
        author_username = coalesce(excluded.author_username, t.author_username),
        created_at = coalesce(excluded.created_at, t.created_at),
        full_text = case when octet_length(excluded.full_text) >= octet_length(t.full_text) then excluded.full_text
            else t.full_text end
    where (excluded.author_id, excluded.author_username, excluded.created_at)
            is distinct from (t.author_id, t.author_username, t.created_at)
        or (octet_length(excluded.full_text) >= octet_length(t.full_text) and t.full_text <> excluded.full_text)
$$;

-- Stores one page of tweets, moves the checkpoint, settles what the page cost and extends the lease. `page.unchanged`
-- counts the tweets that the client left out, because `changed` did not name them.
create or replace function ghostwren.import_page(run_id uuid, fence bigint, page jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
declare
    p jsonb := ghostwren.arg(page);
    list jsonb := coalesce(p -> 'tweets', '[]');
    account uuid := ghostwren.leased_run(run_id, fence);
    now timestamptz := ghostwren.now_ms();
    -- A source with a wrong date must not have the last word for ever.
    seen timestamptz := case when p ->> 'observed_at' is not null then least((p ->> 'observed_at')::timestamptz, now) end;
    fresh bigint;
    changed_ids text[];
    total bigint;
    added bigint := 0;
    merged bigint := 0;
    same bigint;
    cost bigint;
begin
    if jsonb_array_length(list) > 5000 then
        perform ghostwren.fail(400, 'store.page_too_long', 'a page holds at most 5,000 tweets');
    end if;
    select count(*), count(*) filter (where t.id is null), array_agg(i.id) filter (where t.content_hash <> i.hash)
        into total, fresh, changed_ids
    from jsonb_to_recordset(list) as i (id text, hash uuid)
    left join ghostwren.tweets t on t.account_id = account and t.id = i.id collate "C";
    if fresh > 0 then
        added := ghostwren.insert_tweets(account, list, seen);
        if added < fresh then
            -- Another import of the account brought some of them at this moment.
            select array_agg(i.id) into changed_ids
            from jsonb_to_recordset(list) as i (id text, hash uuid)
            join ghostwren.tweets t on t.account_id = account and t.id = i.id collate "C"
            where t.content_hash <> i.hash;
        end if;
    end if;
    if changed_ids is not null then
        merged := ghostwren.merge_tweets(account, list, changed_ids, seen);
    end if;
    if p -> 'context' <> '[]' then
        perform ghostwren.put_context(account, p -> 'context');
    end if;
    same := total - added - merged + coalesce((p ->> 'unchanged')::bigint, 0);
    cost := ghostwren.settle_page(account, coalesce((p ->> 'cost_micros')::numeric, 0), (p ->> 'reservation')::uuid);
    update ghostwren.import_runs r set
        checkpoint = (p ->> 'checkpoint')::jsonb, inserted = r.inserted + added,
        updated = r.updated + merged, unchanged = r.unchanged + same,
        malformed = r.malformed + coalesce((p ->> 'malformed')::bigint, 0),
        cost_micros = ghostwren.micros(r.cost_micros::numeric + cost),
        watermark = case when r.watermark is null
            or (length(p ->> 'watermark'), (p ->> 'watermark') collate "C") > (length(r.watermark), r.watermark)
            then coalesce(p ->> 'watermark', r.watermark) else r.watermark end,
        leased_at = now, lease_until = ghostwren.lease_end(now, (p ->> 'lease_ms')::bigint), updated_at = now
    where r.id = run_id;
    update ghostwren.accounts a set tweet_count = a.tweet_count + added, revision = a.revision + 1,
        tweets_revision = a.tweets_revision + (added + merged > 0)::integer
    where a.id = account;
    return jsonb_build_object('inserted', added, 'updated', merged, 'unchanged', same,
        'malformed', coalesce((p ->> 'malformed')::bigint, 0));
end
$$;

grant execute on function
    ghostwren.changed(uuid, text[], uuid[]), ghostwren.insert_tweets(uuid, jsonb, timestamptz),
    ghostwren.merge_tweets(uuid, jsonb, text[], timestamptz), ghostwren.put_context(uuid, jsonb),
    ghostwren.import_page(uuid, bigint, jsonb) to authenticated;

-- A new function is everybody's until this: who may call it stands in the grants above.
revoke execute on all functions in schema ghostwren, ghostwren_private from public, anon;

notify pgrst, 'reload schema';
