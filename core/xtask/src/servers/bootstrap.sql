-- What a new project of Supabase has before the first migration: the roles of the API, a `postgres` that is no
-- superuser, and the schema for extensions.
create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
create role authenticator login noinherit;
create role supabase_storage_admin nologin noinherit;
create role postgres login createrole createdb bypassrls replication;
grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role, supabase_storage_admin to postgres;
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
