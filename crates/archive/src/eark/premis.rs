//! PREMIS 3.0: the representation, each file of its content with digests and format, the closing, and the software.

use std::io::{self, Write};

use super::Package;
use super::xml::Xml;
use crate::manifest::Algorithm;
use crate::volume::{CONTENT, FORMAT};

const ALGORITHMS: [(Algorithm, &str); 3] =
    [(Algorithm::Sha256, "SHA-256"), (Algorithm::Sha512, "SHA-512"), (Algorithm::Sm3, "SM3")];

/// `metadata/preservation/premis.xml`.
pub(super) fn write(package: &Package<'_>, out: &mut dyn Write) -> io::Result<()> {
    let volume = package.volume;
    let objid = volume.objid();
    let names: Vec<(String, &String)> =
        volume.documents.iter().map(|row| (format!("data/{}", row.path), &row.name)).collect();
    let original: std::collections::BTreeMap<&str, &String> =
        names.iter().rev().map(|(path, name)| (path.as_str(), *name)).collect();
    let mut xml = Xml::new(out)?;
    xml.open(
        "premis",
        &[
            ("xmlns", "http://www.loc.gov/premis/v3"),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            ("version", "3.0"),
        ],
    )?;
    xml.open("object", &[("xsi:type", "representation")])?;
    identifier(&mut xml, "object", &objid)?;
    xml.text("originalName", &[], &volume.title)?;
    xml.close("object")?;
    for (path, fixity) in package.below(CONTENT, "representations/rep1/") {
        xml.open("object", &[("xsi:type", "file")])?;
        identifier(&mut xml, "object", &format!("representations/rep1/{path}"))?;
        xml.open("objectCharacteristics", &[])?;
        for (algorithm, name) in ALGORITHMS {
            let digest = fixity.hex(algorithm);
            if !digest.is_empty() {
                xml.open("fixity", &[])?;
                xml.text("messageDigestAlgorithm", &[], name)?;
                xml.text("messageDigest", &[], digest)?;
                xml.close("fixity")?;
            }
        }
        xml.text("size", &[], &fixity.size_bytes.to_string())?;
        xml.open("format", &[])?;
        xml.open("formatDesignation", &[])?;
        xml.text("formatName", &[], fixity.found.format.media_type())?;
        xml.close("formatDesignation")?;
        xml.text("formatNote", &[], &format!("{}: by its signature, not validated", fixity.found.format.name()))?;
        xml.close("format")?;
        xml.close("objectCharacteristics")?;
        if let Some(name) = original.get(path) {
            xml.text("originalName", &[], name)?;
        }
        xml.close("object")?;
    }
    xml.open("event", &[])?;
    identifier(&mut xml, "event", &volume.last_leaf.to_string())?;
    xml.text("eventType", &[], "closing of the volume 封卷")?;
    xml.text("eventDateTime", &[], &volume.closed_at)?;
    xml.open("linkingAgentIdentifier", &[])?;
    xml.text("linkingAgentIdentifierType", &[], "local")?;
    xml.text("linkingAgentIdentifierValue", &[], FORMAT)?;
    xml.close("linkingAgentIdentifier")?;
    xml.open("linkingObjectIdentifier", &[])?;
    xml.text("linkingObjectIdentifierType", &[], "local")?;
    xml.text("linkingObjectIdentifierValue", &[], &objid)?;
    xml.close("linkingObjectIdentifier")?;
    xml.close("event")?;
    xml.open("agent", &[])?;
    identifier(&mut xml, "agent", FORMAT)?;
    xml.text("agentName", &[], "Dingce")?;
    xml.text("agentType", &[], "software")?;
    xml.close("agent")?;
    xml.close("premis")?;
    xml.finish()
}

fn identifier(xml: &mut Xml<'_>, of: &str, value: &str) -> io::Result<()> {
    let name = format!("{of}Identifier");
    xml.open(&name, &[])?;
    xml.text(&format!("{name}Type"), &[], "local")?;
    xml.text(&format!("{name}Value"), &[], value)?;
    xml.close(&name)
}
