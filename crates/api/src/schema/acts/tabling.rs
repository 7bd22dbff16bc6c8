//! Tabling 提请审议 (R713 art. 29).

use async_graphql::ID;

use super::case_acts;
use crate::convert::inputs::DocumentInput;

case_acts! {
    TablingActs {
        /// Ask to table the draft. Refused unless the version passed legality review (R713 art. 25).
        request_tabling as "requestTabling": RequestTabling from RequestTablingInput {
            /// Id of the version.
            draft: ID,
            /// The request.
            note: String,
            /// The file for the meeting, at least one document.
            documents: Vec<DocumentInput>,
        }

        /// Check the file for completeness.
        check_tabling_file as "checkTablingFile": CheckTablingFile from CheckTablingFileInput {
            /// Whether it is complete.
            complete: bool,
            /// What is missing; empty exactly where it is complete.
            #[graphql(default)]
            missing: Vec<String>,
        }

        /// Review as deputy in charge.
        review_tabling as "reviewTabling": ReviewTabling from ReviewTablingInput {
            /// Whether it may go on.
            agrees: bool,
            /// Opinion.
            opinion: String,
        }

        /// Decide as head whether to table.
        approve_tabling as "approveTabling": ApproveTabling from ApproveTablingInput {
            /// Whether to table.
            approves: bool,
            /// Opinion.
            opinion: String,
        }
    }
}
