-- One row: the name of this warehouse, which its copies (backups, stores) keep.
CREATE TABLE lineage (lineage VARCHAR NOT NULL);
INSERT INTO lineage SELECT uuid()::VARCHAR;
