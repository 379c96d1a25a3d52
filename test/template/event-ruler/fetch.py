"""Fetches the jars of jars.txt that are missing, checks the digest of each, and removes others.

python fetch.py FOLDER
"""

import hashlib
import pathlib
import sys


def read_lock():
    lines = pathlib.Path(__file__).with_name("jars.txt").read_text(encoding="utf-8").splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


def fetch(coordinates, jar):
    import truststore

    truststore.inject_into_ssl()
    from maven_artifact import Artifact, Downloader

    partial = jar.with_suffix(".partial")
    try:
        Downloader().download(Artifact.parse(coordinates), str(partial))
    except Exception as error:
        sys.exit(f"{coordinates} could not be fetched from Maven Central: {getattr(error, 'msg', error)}")
    partial.replace(jar)


folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
jars = {folder / f"{digest}.jar": (coordinates, digest) for coordinates, digest in read_lock()}
for stray in set(folder.iterdir()) - set(jars):
    stray.unlink()
for jar, (coordinates, digest) in jars.items():
    if not jar.exists():
        fetch(coordinates, jar)
    found = hashlib.sha256(jar.read_bytes()).hexdigest()
    if found != digest:
        jar.unlink()
        sys.exit(f"{coordinates} has the SHA-256 digest {found}, not the one in jars.txt")
