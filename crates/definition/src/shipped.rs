//! The definitions that are shipped, each after the one that it stands on.

use dingce_domain::words::StageId;

use crate::reference::BaseFile;

macro_rules! shipped {
    ($($folder:literal),+ $(,)?) => {
        /// Folder in `workflows/` and text of each, as they are written; the first stands on none, and cases are opened under it
        /// where nothing else is said.
        pub const DEFINITIONS: &[(&str, &str)] =
            &[$(($folder, include_str!(concat!("../../../workflows/", $folder, "/definition.yaml")))),+];
    };
}

shipped!(
    "major-decision-national",
    "major-decision-guangdong-district",
    "major-decision-guangdong-town",
    "major-decision-department",
    "major-decision-shandong",
    "major-decision-hunan",
    "major-decision-functional-zone",
    "major-decision-county-ballot",
    "major-decision-panyu",
    "major-decision-nansha",
    "major-decision-pengjiang",
    "normative-document",
    "enforcement-dispute",
    "information-request",
);

/// The shipped definition of this name, on which others may stand; none where it is not shipped.
pub fn base(name: &StageId, _version: u32) -> Option<BaseFile> {
    let wanted = name.as_str().replace('_', "-");
    let (folder, text) = DEFINITIONS.iter().find(|(folder, _)| *folder == wanted)?;
    Some(BaseFile { path: format!("(shipped) {folder}/definition.yaml"), bytes: text.as_bytes().to_vec() })
}
