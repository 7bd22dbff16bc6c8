-- Names that only one stream of an organ may bear, such as the number of an issued document. Those given before are taken in.
CREATE TABLE claims (
    organ text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    stream text COLLATE "C" NOT NULL,
    PRIMARY KEY (organ, kind, name)
);
INSERT INTO claims (organ, kind, name, stream)
SELECT organ, 'document_no', btrim(json::jsonb #>> '{body,given,document_no}'), stream
FROM events
WHERE kind = 'decision_issued' AND json::jsonb #>> '{body,given,document_no}' IS NOT NULL
ORDER BY recorded_at, stream, n
ON CONFLICT DO NOTHING;
