-- What was recorded, each at its place in the log. The content and its salt can be erased; the leaf stays.
CREATE TABLE entries (
    place BIGINT NOT NULL PRIMARY KEY,
    leaf BYTEA NOT NULL,
    salt BYTEA,
    content TEXT,
    -- The id of the case, for finding and erasing what is about it; gone with the content.
    case_id TEXT
);
CREATE INDEX entries_of_case ON entries (case_id) WHERE case_id IS NOT NULL;

-- The nodes of the tree that never change, by the number that the tlog tiles of C2SP are made from.
CREATE TABLE hashes (
    place BIGINT NOT NULL PRIMARY KEY,
    hash BYTEA NOT NULL
);

-- How often each case was decided, and on what body; gone with the content.
CREATE TABLE revisions (
    case_id TEXT NOT NULL,
    revision BIGINT NOT NULL,
    body BYTEA NOT NULL,
    place BIGINT NOT NULL,
    PRIMARY KEY (case_id, revision)
);

-- The one row that every append locks.
CREATE TABLE head (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    size BIGINT NOT NULL,
    checkpoint TEXT NOT NULL
);
INSERT INTO head (id, size, checkpoint) VALUES (1, 0, '');
