-- Names that only one stream of an organ may bear, such as the number of an issued document. Those given before are taken in.
CREATE TABLE claims (
    organ TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    stream TEXT NOT NULL,
    PRIMARY KEY (organ, kind, name)
) STRICT;
INSERT OR IGNORE INTO claims (organ, kind, name, stream)
SELECT organ, 'document_no', trim(json_extract(json, '$.body.given.document_no')), stream
FROM events
WHERE kind = 'decision_issued' AND json_extract(json, '$.body.given.document_no') IS NOT NULL
ORDER BY recorded_at, stream, n;
