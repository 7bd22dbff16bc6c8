//! The files of a package that follow from its description and its other files: the E-ARK envelope (METS, PREMIS, Dublin
//! Core) and the home transfer layout's catalogue and notes.
//!
//! Builder and verifier make them by the same code, so every byte of them is checked: a package whose METS says anything
//! else than what its files give does not verify. They bear the time of the closing event, never that of a clock.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use dingce_ledger::{Digest, Hasher};

use crate::fixity::Fixity;
use crate::verify::CheckId;
use crate::volume::{CONTENT, HOW_TO_VERIFY, OTHER, VolumeFile};

mod catalogue;
mod mets;
mod premis;
mod xml;

/// The readable list of what a redacted package leaves out, among its pages.
pub const OMITTED: &str = "omitted.txt";

const SCHEMA: &str = include_str!("catalogue.xsd");

/// A file that follows from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Derived {
    HowToVerify,
    Schema,
    DublinCore,
    Notes,
    Catalogue,
    Omitted,
    Premis,
    RepresentationMets,
    Mets,
}

impl Derived {
    /// All of them, each after those that it tells of.
    pub(crate) const ALL: [Self; 9] = [
        Self::HowToVerify,
        Self::Schema,
        Self::DublinCore,
        Self::Notes,
        Self::Catalogue,
        Self::Omitted,
        Self::Premis,
        Self::RepresentationMets,
        Self::Mets,
    ];

    /// Those that a package with this description has.
    pub(crate) fn of(volume: &VolumeFile) -> impl Iterator<Item = Self> {
        let redacted = volume.redacted.is_some();
        Self::ALL.into_iter().filter(move |derived| redacted || *derived != Self::Omitted)
    }

    /// Its path below the folder of the information package.
    fn inner(self) -> String {
        match self {
            Self::HowToVerify => "documentation/VERIFY.md".to_owned(),
            Self::Schema => "schemas/catalogue.xsd".to_owned(),
            Self::DublinCore => "metadata/descriptive/dc.xml".to_owned(),
            Self::Notes => format!("{CONTENT}说明文件.TXT"),
            Self::Catalogue => format!("{CONTENT}文件目录.XML"),
            Self::Omitted => format!("{CONTENT}{OTHER}/{OMITTED}"),
            Self::Premis => "metadata/preservation/premis.xml".to_owned(),
            Self::RepresentationMets => "representations/rep1/METS.xml".to_owned(),
            Self::Mets => "METS.xml".to_owned(),
        }
    }

    /// Its path in the bag.
    pub(crate) fn path(self, volume: &VolumeFile) -> String {
        format!("data/{}/{}", volume.objid(), self.inner())
    }

    /// The check that it belongs to.
    pub(crate) fn check(self) -> CheckId {
        match self {
            Self::HowToVerify | Self::Schema | Self::Notes | Self::Catalogue | Self::Omitted => CheckId::Catalogue,
            Self::Premis => CheckId::Premis,
            Self::DublinCore | Self::RepresentationMets | Self::Mets => CheckId::Mets,
        }
    }

    /// Writes it. Of `files` those are needed that it tells of.
    pub(crate) fn write(
        self,
        volume: &VolumeFile,
        files: &BTreeMap<String, Fixity>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let package = Package { volume, files, base: format!("data/{}/", volume.objid()) };
        match self {
            Self::HowToVerify => out.write_all(HOW_TO_VERIFY.as_bytes()),
            Self::Schema => out.write_all(SCHEMA.as_bytes()),
            Self::DublinCore => catalogue::dublin_core(volume, out),
            Self::Notes => catalogue::notes(volume, out),
            Self::Catalogue => catalogue::catalogue(volume, out),
            Self::Omitted => catalogue::omitted(volume, out),
            Self::Premis => premis::write(&package, out),
            Self::RepresentationMets => mets::representation(&package, out),
            Self::Mets => mets::root(&package, out),
        }
    }

    /// The digest that it must have.
    pub(crate) fn digest(self, volume: &VolumeFile, files: &BTreeMap<String, Fixity>) -> io::Result<Digest> {
        // Writers of XML write some bytes at a time; hashing is quicker with many.
        let mut hashed = BufWriter::new(Hashed(Hasher::new()));
        self.write(volume, files, &mut hashed)?;
        Ok(hashed.into_inner().map_err(io::IntoInnerError::into_error)?.0.finish())
    }
}

/// Hashes what is written.
struct Hashed(Hasher);

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What METS and PREMIS tell of.
struct Package<'a> {
    volume: &'a VolumeFile,
    files: &'a BTreeMap<String, Fixity>,
    /// The folder of the information package, with a slash.
    base: String,
}

impl Package<'_> {
    /// The files below a folder, by their paths below `from`.
    fn below<'b>(&'b self, folder: &str, from: &'b str) -> impl Iterator<Item = (&'b str, &'b Fixity)> {
        let prefix = format!("{}{folder}", self.base);
        let cut = self.base.len() + from.len();
        let inside = self.files.range(prefix.clone()..).take_while(move |(path, _)| path.starts_with(&prefix));
        inside.map(move |(path, fixity)| (&path[cut..], fixity))
    }

    /// One file, with its path below the package.
    fn one(&self, derived: Derived) -> io::Result<(String, &Fixity)> {
        let inner = derived.inner();
        let fixity = self.files.get(&format!("{}{inner}", self.base));
        let fixity = fixity.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("{inner} is missing")))?;
        Ok((inner, fixity))
    }
}
