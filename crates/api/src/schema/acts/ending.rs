//! Reporting before issuance, issuance, publication and archiving (R713 arts. 31 to 34).

use async_graphql::ID;
use dingce_domain::id::Digest;
use dingce_domain::words::{ReportReply, Retention, Volume};

use super::case_acts;
use crate::convert::inputs::{DocumentInput, MaterialAnswerInput};
use crate::convert::{Date, Word};

case_acts! {
    EndingActs {
        /// Record the reply of the body asked before issuance (R713 art. 31).
        record_report_reply as "recordReportReply": RecordReportReply from RecordReportReplyInput {
            /// The body, e.g. the Party committee.
            body: String,
            /// Number of its reply.
            reference: String,
            /// Day on which the report was sent.
            sent_on: Date,
            /// Day of the reply.
            replied_on: Date,
            /// The reply.
            reply: Word<ReportReply>,
            /// Its comments; empty where there are none.
            #[graphql(default)]
            comments: String,
            /// Scan of the reply.
            documents: Vec<DocumentInput>,
        }

        /// Issue the decision (R713 art. 34).
        issue_decision as "issueDecision": IssueDecision from IssueDecisionInput {
            /// Id of the version issued.
            draft: ID,
            /// Document number 发文字号.
            document_no: String,
            /// Day of issue.
            issued_on: Date,
            /// Id of the unit that executes it.
            executing_unit: ID,
            /// By when.
            execution_due_on: Date,
            /// The issued document, at least one.
            documents: Vec<DocumentInput>,
        }

        /// Publish the decision (R713 art. 32).
        publish_decision as "publishDecision": PublishDecision from PublishDecisionInput {
            /// Day of publication.
            published_on: Date,
            /// Where, at least one.
            channels: Vec<String>,
            /// How public and expert opinions were adopted, for matters of wide concern.
            adoption_account: String,
            /// Policy explanation 解读, or why there is none.
            explanation: String,
            /// What is published. It becomes public.
            documents: Vec<DocumentInput>,
        }

        /// Check the volume for completeness (R713 art. 33).
        check_volume as "checkVolume": CheckVolume from CheckVolumeInput {
            /// Which.
            #[graphql(default_with = "Word(Volume::Decision)")]
            volume: Word<Volume>,
            /// Whether it is complete.
            complete: bool,
            /// What is missing; empty exactly where it is complete.
            #[graphql(default)]
            missing: Vec<String>,
            /// How long it is kept.
            #[graphql(default_with = "Word(Retention::Permanent)")]
            retention: Word<Retention>,
            /// What becomes of each material that the definition demands of the stages filed in the volume; all of them where
            /// it is complete.
            #[graphql(default)]
            materials: Vec<MaterialAnswerInput>,
        }

        /// Close the volume 封卷. Nothing is ever added to it again. The decision volume is closed first. Count
        /// and root of its events are worked out.
        close_volume as "closeVolume": CloseVolume from CloseVolumeInput {
            /// Which.
            #[graphql(default_with = "Word(Volume::Decision)")]
            volume: Word<Volume>,
            ;
            count: 0,
            root: Digest::new([0; 32]),
        }
    }
}
