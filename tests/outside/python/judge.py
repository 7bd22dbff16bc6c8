"""Other people's validators judge an archive package: `judge.py bag FOLDER` or `judge.py csip FOLDER`.

Prints `accepted` or `refused: ` and why, and ends with status 0 or 1; any other status means that the judge itself broke.

`bag` is the Library of Congress's bagit, which also compares every digest. `csip` is eark-validator: structure, METS schema
and Schematron rules of E-ARK CSIP 2.1, warnings not counted. It never compares digests, so those in METS and PREMIS are
compared here, with hashlib and lxml.

eark-validator fetches vocabularies from the web when it is imported. The same files are in its own package; they are given
to it instead, so that no network is needed.
"""

import hashlib
import os
import sys
from pathlib import Path
from urllib.parse import unquote

METS = "{http://www.loc.gov/METS/}"
PREMIS = "{http://www.loc.gov/premis/v3}"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
# The names that hashlib knows the algorithms by.
HASHES = {"SHA-256": "sha256", "SHA-512": "sha512", "SM3": "sm3"}


class Refused(Exception):
    """What the validators say against the package."""


def judge_bag(folder: Path) -> None:
    import bagit

    try:
        bagit.Bag(str(folder)).validate()
    except bagit.BagError as error:
        raise Refused(str(error)) from error


def offline_vocabularies() -> None:
    import urllib.request

    resources = Path(next(p for p in sys.path if (Path(p) / "eark_validator").is_dir())) / "eark_validator"
    vocabularies = resources / "ipxml" / "resources" / "vocabs"

    def opened(url, *_args, **_kwargs):
        return open(vocabularies / url.rsplit("/", 1)[1], "rb")

    urllib.request.urlopen = opened


def judge_csip(folder: Path) -> None:
    offline_vocabularies()
    from eark_validator.model import Severity
    from eark_validator.packages import PackageValidator

    report = PackageValidator(folder).validation_report
    said = list(report.structure.messages)
    if report.metadata is None:
        raise Refused("; ".join(f"{m.rule_id} {m.message}" for m in said) or "it has no structure")
    said += report.metadata.schema_results.messages + report.metadata.schematron_results.messages
    errors = [f"{m.rule_id} {m.message}" for m in said if m.severity == Severity.ERROR]
    if errors:
        raise Refused("; ".join(errors))
    # Also that every file is there: eark-validator does not ask.
    compare_digests(folder)
    # Schematron rules are for the METS of the package; the schema holds for that of the representation too.
    from eark_validator.mets import MetsValidator

    validator = MetsValidator(str(folder / "representations" / "rep1"))
    validator.validate_mets("METS.xml")
    if validator.validation_errors:
        raise Refused("; ".join(m.message for m in validator.validation_errors))


def hashed(path: Path, algorithm: str) -> str:
    if HASHES[algorithm] not in hashlib.algorithms_available:
        raise KeyError(algorithm)
    with open(path, "rb") as file:
        return hashlib.file_digest(file, HASHES[algorithm]).hexdigest()


def compare_digests(folder: Path) -> None:
    from lxml import etree

    told_of = set()
    for mets in (folder / "METS.xml", folder / "representations" / "rep1" / "METS.xml"):
        for element in etree.parse(mets).iter(METS + "file", METS + "mdRef"):
            href = element if element.tag == METS + "mdRef" else element.find(METS + "FLocat")
            path = mets.parent / unquote(href.get(XLINK_HREF))
            told_of.add(path)
            if not path.is_file():
                raise Refused(f"METS tells of {path.name}, which is missing")
            if path.stat().st_size != int(element.get("SIZE")):
                raise Refused(f"METS states another size of {path.name}")
            if hashed(path, element.get("CHECKSUMTYPE")) != element.get("CHECKSUM"):
                raise Refused(f"METS states another digest of {path.name}")
    files = {Path(at) / name for at, _, names in os.walk(folder) for name in names}
    untold = files - told_of - {folder / "METS.xml"}
    if untold:
        raise Refused(f"METS does not tell of {sorted(path.name for path in untold)}")
    compared = 0
    for element in etree.parse(folder / "metadata" / "preservation" / "premis.xml").iter(PREMIS + "object"):
        value = element.find(f"{PREMIS}objectIdentifier/{PREMIS}objectIdentifierValue").text
        for fixity in element.iter(PREMIS + "fixity"):
            algorithm = fixity.find(PREMIS + "messageDigestAlgorithm").text
            try:
                found = hashed(folder / value, algorithm)
            except KeyError:
                continue  # This OpenSSL has no SM3.
            if found != fixity.find(PREMIS + "messageDigest").text:
                raise Refused(f"PREMIS states another digest of {value}")
            compared += 1
    if compared == 0:
        raise Refused("PREMIS states no digest")


def main() -> int:
    judge = {"bag": judge_bag, "csip": judge_csip}[sys.argv[1]]
    try:
        judge(Path(sys.argv[2]))
    except Refused as refused:
        print(f"refused: {refused}")
        return 1
    print("accepted")
    return 0


if __name__ == "__main__":
    sys.exit(main())
