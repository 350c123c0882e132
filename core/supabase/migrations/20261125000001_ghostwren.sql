create schema if not exists ghostwren;
