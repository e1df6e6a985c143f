-- Once, on the primary: psql --dbname postgres --file roles.sql
-- The owner migrates, past PgBouncer; web processes and workers have bounds of their own for what they do outside of
-- transactions (docs/deploy.md).
CREATE ROLE loyalty LOGIN CREATEDB PASSWORD '${LOYALTY_PASSWORD}';
CREATE ROLE loyalty_web LOGIN IN ROLE loyalty PASSWORD '${LOYALTY_PASSWORD}';
CREATE ROLE loyalty_worker LOGIN IN ROLE loyalty PASSWORD '${LOYALTY_PASSWORD}';
GRANT pg_monitor TO loyalty;
ALTER ROLE loyalty_web SET lock_timeout = '2s';
ALTER ROLE loyalty_web SET statement_timeout = '2500ms';
ALTER ROLE loyalty_web SET idle_in_transaction_session_timeout = '10s';
ALTER ROLE loyalty_worker SET lock_timeout = '30s';
ALTER ROLE loyalty_worker SET statement_timeout = '10min';
ALTER ROLE loyalty_worker SET idle_in_transaction_session_timeout = '5min';
CREATE DATABASE loyalty OWNER loyalty;
