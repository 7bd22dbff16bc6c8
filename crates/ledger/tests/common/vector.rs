//! Vectors kept beside the tests, read as data.

use std::path::PathBuf;

use serde_json::Value;

/// Holds what was computed against `golden/<name>`; `UPDATE_EXPECT=1` writes it again.
pub fn check(name: &str, computed: &Value) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, format!("{computed:#}\n")).unwrap();
    }
    let expected: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(&expected, computed, "{name}");
}
