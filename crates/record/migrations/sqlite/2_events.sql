-- What happened, as it was told: records for the histories of later calls, each version of one.
CREATE TABLE events (
    place INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    -- Seconds since 1970: when it happened, and when what is said of it came to be known.
    at INTEGER NOT NULL,
    known INTEGER NOT NULL,
    json TEXT NOT NULL,
    -- The case that it is about, where it is a call: erased with it.
    case_id TEXT
) STRICT;
CREATE INDEX events_of_case ON events (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX events_by_time ON events (at);

-- To when each feed says that it has told everything, and how late it may be before it counts as late.
CREATE TABLE sources (
    kind TEXT NOT NULL PRIMARY KEY,
    complete_to INTEGER NOT NULL,
    lag INTEGER
) STRICT;

-- What decisions say will come: at each time the case is decided again, and somebody is told, once.
CREATE TABLE due (
    number INTEGER NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL,
    -- The entry of the decision that says so.
    decision INTEGER NOT NULL,
    at INTEGER NOT NULL,
    says TEXT NOT NULL,
    -- The entry that tells of it; none as long as it is still to come.
    told INTEGER
) STRICT;
CREATE INDEX due_ahead ON due (at) WHERE told IS NULL;
CREATE INDEX due_told ON due (told) WHERE told IS NOT NULL;
CREATE INDEX due_of_case ON due (case_id);

-- Counted under the lock of this row, so that whoever reads up to a count has all that comes before it.
ALTER TABLE head ADD COLUMN events INTEGER NOT NULL DEFAULT 0;
ALTER TABLE head ADD COLUMN due INTEGER NOT NULL DEFAULT 0;
-- How often something was erased: what is in memory is then read anew.
ALTER TABLE head ADD COLUMN erasures INTEGER NOT NULL DEFAULT 0;
