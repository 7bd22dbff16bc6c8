//! METS of E-ARK CSIP 2.1: one for the package, one for its only representation.

use std::io::{self, Write};

use super::xml::{Xml, url};
use super::{Derived, Package};
use crate::fixity::Fixity;
use crate::volume::{CONTENT, FORMAT};

/// `CSIP63`: each group of files states the type of its content.
const OTHER_CONTENT: [(&str, &str); 2] =
    [("csip:CONTENTINFORMATIONTYPE", "OTHER"), ("csip:OTHERCONTENTINFORMATIONTYPE", FORMAT)];

/// `METS.xml` of the package.
pub(super) fn root(package: &Package<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut xml = begin(package, out, &package.volume.objid())?;
    let created = package.volume.closed_at.as_str();
    let current = [("CREATED", created), ("STATUS", "CURRENT")];
    let (path, fixity) = package.one(Derived::DublinCore)?;
    xml.open("dmdSec", &[&[("ID", "dmd-dc")], current.as_slice()].concat())?;
    reference(&mut xml, "DC", &path, fixity, created)?;
    xml.close("dmdSec")?;
    let (path, fixity) = package.one(Derived::Premis)?;
    xml.open("amdSec", &[("ID", "amd")])?;
    xml.open("digiprovMD", &[&[("ID", "digiprov-premis")], current.as_slice()].concat())?;
    reference(&mut xml, "PREMIS", &path, fixity, created)?;
    xml.close("digiprovMD")?;
    xml.close("amdSec")?;

    xml.open("fileSec", &[("ID", "files")])?;
    for (id, usage, derived, media_type) in [
        ("group-documentation", "Documentation", Derived::HowToVerify, "text/markdown"),
        ("group-schemas", "Schemas", Derived::Schema, "application/xml"),
        ("group-rep1", "Representations/rep1", Derived::RepresentationMets, "application/xml"),
    ] {
        let (path, fixity) = package.one(derived)?;
        open_group(&mut xml, id, usage)?;
        file(&mut xml, &format!("file-{id}"), &path, fixity, media_type, created)?;
        xml.close("fileGrp")?;
    }
    xml.close("fileSec")?;

    xml.open("structMap", &[("ID", "structure"), ("TYPE", "PHYSICAL"), ("LABEL", "CSIP")])?;
    xml.open("div", &[("ID", "div-package"), ("LABEL", &package.volume.objid())])?;
    xml.empty(
        "div",
        &[("ID", "div-metadata"), ("LABEL", "Metadata"), ("ADMID", "digiprov-premis"), ("DMDID", "dmd-dc")],
    )?;
    for (id, label, group) in
        [("div-documentation", "Documentation", "group-documentation"), ("div-schemas", "Schemas", "group-schemas")]
    {
        xml.open("div", &[("ID", id), ("LABEL", label)])?;
        xml.empty("fptr", &[("FILEID", group)])?;
        xml.close("div")?;
    }
    xml.open("div", &[("ID", "div-representations"), ("LABEL", "Representations")])?;
    xml.empty("fptr", &[("FILEID", "group-rep1")])?;
    xml.open("div", &[("ID", "div-rep1"), ("LABEL", "Representations/rep1")])?;
    let (path, _) = package.one(Derived::RepresentationMets)?;
    xml.empty(
        "mptr",
        &[("LOCTYPE", "URL"), ("xlink:type", "simple"), ("xlink:href", &url(&path)), ("xlink:title", "group-rep1")],
    )?;
    for open in ["div", "div", "div", "structMap", "mets"] {
        xml.close(open)?;
    }
    xml.finish()
}

/// `representations/rep1/METS.xml`: every file of the content.
pub(super) fn representation(package: &Package<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut xml = begin(package, out, "rep1")?;
    let created = package.volume.closed_at.as_str();
    // Its paths are below its own folder.
    let files = || package.below(CONTENT, "representations/rep1/");
    xml.open("fileSec", &[("ID", "files")])?;
    open_group(&mut xml, "group-data", "Data")?;
    for (n, (path, fixity)) in files().enumerate() {
        file(&mut xml, &format!("file-{:06}", n + 1), path, fixity, fixity.found.format.media_type(), created)?;
    }
    xml.close("fileGrp")?;
    xml.close("fileSec")?;
    xml.open("structMap", &[("ID", "structure"), ("TYPE", "PHYSICAL"), ("LABEL", "CSIP")])?;
    xml.open("div", &[("ID", "div-rep1"), ("LABEL", "rep1")])?;
    xml.open("div", &[("ID", "div-data"), ("LABEL", "Data")])?;
    xml.empty("fptr", &[("FILEID", "group-data")])?;
    for open in ["div", "div", "structMap", "mets"] {
        xml.close(open)?;
    }
    xml.finish()
}

fn begin<'a>(package: &Package<'_>, out: &'a mut dyn Write, objid: &str) -> io::Result<Xml<'a>> {
    let mut xml = Xml::new(out)?;
    let volume = package.volume;
    // A whole volume is kept; one with parts left out is handed out.
    let (kind, profile) = match volume.redacted {
        None => ("AIP", "https://earkcsip.dilcis.eu/profile/E-ARK-CSIP.xml"),
        Some(_) => ("DIP", "https://earkdip.dilcis.eu/profile/E-ARK-DIP.xml"),
    };
    let root = [
        ("xmlns", "http://www.loc.gov/METS/"),
        ("xmlns:csip", "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"),
        ("xmlns:xlink", "http://www.w3.org/1999/xlink"),
        ("OBJID", objid),
        ("TYPE", "Mixed"),
        ("LABEL", &volume.title),
        ("PROFILE", profile),
    ];
    xml.open("mets", &[&root, OTHER_CONTENT.as_slice()].concat())?;
    xml.open(
        "metsHdr",
        &[("CREATEDATE", &volume.closed_at), ("LASTMODDATE", &volume.closed_at), ("csip:OAISPACKAGETYPE", kind)],
    )?;
    xml.open("agent", &[("ROLE", "CREATOR"), ("TYPE", "OTHER"), ("OTHERTYPE", "SOFTWARE")])?;
    xml.text("name", &[], "Dingce")?;
    // The format's version and not the program's: later programs give the same bytes.
    xml.text("note", &[("csip:NOTETYPE", "SOFTWARE VERSION")], FORMAT)?;
    xml.close("agent")?;
    xml.close("metsHdr")?;
    Ok(xml)
}

fn open_group(xml: &mut Xml<'_>, id: &str, usage: &str) -> io::Result<()> {
    xml.open("fileGrp", &[&[("ID", id), ("USE", usage)], OTHER_CONTENT.as_slice()].concat())
}

fn file(xml: &mut Xml<'_>, id: &str, path: &str, fixity: &Fixity, media_type: &str, created: &str) -> io::Result<()> {
    let size = fixity.size_bytes.to_string();
    xml.open(
        "file",
        &[
            ("ID", id),
            ("MIMETYPE", media_type),
            ("SIZE", &size),
            ("CREATED", created),
            ("CHECKSUM", &fixity.sha256_hex),
            ("CHECKSUMTYPE", "SHA-256"),
        ],
    )?;
    xml.empty("FLocat", &[("LOCTYPE", "URL"), ("xlink:type", "simple"), ("xlink:href", &url(path))])?;
    xml.close("file")
}

fn reference(xml: &mut Xml<'_>, kind: &str, path: &str, fixity: &Fixity, created: &str) -> io::Result<()> {
    let size = fixity.size_bytes.to_string();
    xml.empty(
        "mdRef",
        &[
            ("LOCTYPE", "URL"),
            ("xlink:type", "simple"),
            ("xlink:href", &url(path)),
            ("MDTYPE", kind),
            ("MIMETYPE", "application/xml"),
            ("SIZE", &size),
            ("CREATED", created),
            ("CHECKSUM", &fixity.sha256_hex),
            ("CHECKSUMTYPE", "SHA-256"),
        ],
    )
}
