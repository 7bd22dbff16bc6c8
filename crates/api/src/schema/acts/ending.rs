//! Reporting before issuance, issuance, publication and archiving (R713 arts. 31 to 34).

use async_graphql::ID;
use dingce_domain::id::Digest;
use dingce_domain::words::{Disclosure, ReportReply, Retention, Volume};

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
            /// Whether the matter is of wide concern to the public.
            #[graphql(default)]
            wide_concern: bool,
            /// How public and expert opinions were adopted; required for matters of wide concern or technical nature.
            adoption_account: Option<String>,
            /// Policy explanation 解读, where it is published together with the decision; else it is owed.
            explanation: Option<String>,
            /// What is published, each reviewed for release before. It becomes public.
            documents: Vec<DocumentInput>,
        }

        /// Publish an explanation of the decision 政策解读; again as often as there is more to explain.
        publish_explanation as "publishExplanation": PublishExplanation from PublishExplanationInput {
            /// Day of publication.
            published_on: Date,
            /// Where, at least one.
            channels: Vec<String>,
            /// The explanation.
            text: String,
            /// What is published with it, each reviewed for release before.
            #[graphql(default)]
            documents: Vec<DocumentInput>,
        }

        /// Review documents for release: whether and how each is disclosed (Open Government Information Regulation
        /// arts. 14 to 18). The reviewer is on the record. Nothing is published without it, and what is not published is
        /// looked at again. A document found public after the decision was published becomes public by that.
        review_disclosure as "reviewDisclosure": ReviewDisclosure from ReviewDisclosureInput {
            /// How they are disclosed.
            attribute: Word<Disclosure>,
            /// The article it rests on; required unless they are published.
            #[graphql(default)]
            basis: String,
            /// Why; what was looked at before a release.
            reason: String,
            /// The documents, at least one; on file or coming now.
            documents: Vec<DocumentInput>,
        }

        /// Record where the paper original of a document lies.
        record_paper_original as "recordPaperOriginal": RecordPaperOriginal from RecordPaperOriginalInput {
            /// Digest of the document on file, `sha256:` and 64 hex digits.
            document: String,
            /// Where it lies: room, box, folder.
            location: String,
            /// How many pages it has.
            pages: u32,
            /// Who signed it; empty where nobody did.
            #[graphql(default)]
            signatory: String,
            /// Whose seal it bears; empty where it bears none.
            #[graphql(default)]
            seal: String,
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
