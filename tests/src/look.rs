//! Reading past the use cases: whole streams, whole tables, and whether all copies of the truth agree.

use std::collections::BTreeMap;

use dingce_app::ports::{EventStore, Filter, ReadRow, RowQuery, StoredEvent, Value};
use dingce_app::read_rows::{CommentAnswerRow, CommentRow};
use dingce_domain::id::{CommentId, ConsultationId, StreamId};

use crate::harness::{Node, Site};

impl Node {
    /// Events of a stream.
    pub async fn events(&self, stream: impl Into<StreamId>) -> Vec<StoredEvent> {
        self.store.events(stream.into(), 0, 10_000).await.expect("events are read")
    }

    /// Kinds of the events of a stream.
    pub async fn kinds(&self, stream: impl Into<StreamId>) -> Vec<String> {
        self.events(stream).await.into_iter().map(|e| e.event.kind).collect()
    }

    /// Comments in time without an answer, oldest first.
    pub async fn unanswered(&self, consultation: ConsultationId) -> Vec<CommentId> {
        let of = |table| RowQuery::all(table).with(Filter::Eq("consultation", Value::Text(consultation.to_string())));
        let comments = self.app.rows::<CommentRow>(of(CommentRow::TABLE)).await.expect("comments");
        let answers = self.app.rows::<CommentAnswerRow>(of(CommentAnswerRow::TABLE)).await.expect("answers");
        let mut open: Vec<_> =
            comments.into_iter().filter(|c| !c.late && answers.iter().all(|a| a.comment_id != c.comment_id)).collect();
        open.sort_by_key(|c| c.n);
        open.into_iter().map(|c| c.comment_id.parse().expect("an id")).collect()
    }

    /// Every event of every stream: its stored text and the hash of its leaf.
    pub async fn everything(&self) -> BTreeMap<(String, u64), (String, [u8; 32])> {
        let mut all = BTreeMap::new();
        for (stream, _) in self.store.streams(None, 1000).await.expect("streams") {
            for stored in self.events(stream).await {
                all.insert((stream.to_string(), stored.n), (stored.event.json, stored.event.leaf_hash));
            }
        }
        all
    }

    /// Holds read tables and timers against the events.
    pub async fn agrees(&self, when: &str) {
        let report = self.app.rebuild(false, &|_, _| {}).await.expect("streams are read");
        assert_eq!(report.differing, 0, "{when}: {:#?}", report.differences);
        assert!(report.events > 0 && report.rows > 0, "{when}: nothing was compared");
    }
}

impl Site {
    /// Holds the live state of all cases of a node against that of a node that has to replay them.
    pub async fn replays(&self, node: &Node, when: &str) {
        let fresh = self.node(0xF5E5).await;
        let auditor = crate::acting::principal("auditor");
        let mut cases = 0;
        for (stream, _) in node.store.streams(None, 1000).await.expect("streams") {
            if stream.kind != dingce_domain::id::StreamKind::Case {
                continue;
            }
            let case = dingce_domain::id::CaseId::new(stream.value);
            let live = node.app.case(auditor, case).await.expect("the live case");
            let again = fresh.app.case(auditor, case).await.expect("the replayed case");
            assert_eq!(live, again, "{when}: {stream} replays to another case");
            cases += 1;
        }
        assert!(cases > 0, "{when}: nothing was replayed");
    }
}
