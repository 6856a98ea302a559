-- Four roles and a database, once for a PostgreSQL server, by psql as one who
-- may make roles and databases:
--
--   psql -X -f roles.sql                        the database edgesignal
--   psql -X -v database=signals -f roles.sql    another name
--
-- Running it again changes nothing. The roles have no passwords yet: give each
-- one with \password, or let pg_hba.conf know them by certificate.
--
--   edgesignal_owner      owns the schema: edgesignal migrate, grants.sql
--   edgesignal_publisher  publish, activate, rollback, with the program or plain SQL
--   edgesignal_host       edgesignal serve
--   edgesignal_reader     dashboards; status and releases on the command line

\set ON_ERROR_STOP on
\if :{?database}
\else
    \set database edgesignal
\endif

SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', name)
FROM unnest(ARRAY['edgesignal_owner', 'edgesignal_publisher', 'edgesignal_host', 'edgesignal_reader']) AS name
WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = name) \gexec

SELECT format('CREATE DATABASE %I OWNER edgesignal_owner TEMPLATE template0 ENCODING ''UTF8''', :'database')
WHERE NOT EXISTS (SELECT 1 FROM pg_database WHERE datname = :'database') \gexec

-- Whoever else has an account on the server stays out.
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO edgesignal_publisher, edgesignal_host, edgesignal_reader;

-- A dashboard that forgets a transaction must not hold up a migration.
ALTER ROLE edgesignal_reader IN DATABASE :"database" SET default_transaction_read_only = on;
ALTER ROLE edgesignal_reader IN DATABASE :"database" SET statement_timeout = '30s';
ALTER ROLE edgesignal_reader IN DATABASE :"database" SET idle_in_transaction_session_timeout = '60s';

-- Only the owner makes tables here (PostgreSQL 14 lets everybody).
\connect :"database"
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO edgesignal_owner;
GRANT USAGE ON SCHEMA public TO edgesignal_publisher, edgesignal_host, edgesignal_reader;
