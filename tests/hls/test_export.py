"""The canonical form of an IP that Vitis HLS exported."""

from __future__ import annotations

import io
import stat
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bitwright.errors import ReportError
from bitwright.hls import export
from bitwright.hls.export import canonical
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.read import corpus as real

COMPONENT = """<?xml version="1.0" encoding="UTF-8"?>
<spirit:component xmlns:xilinx="http://www.xilinx.com" \
xmlns:spirit="http://www.spiritconsortium.org/XMLSchema/SPIRIT/1685-2009">
  <spirit:vendor>lab</spirit:vendor>
  <spirit:library>hls</spirit:library>
  <spirit:name>scale</spirit:name>
  <spirit:version>1.0</spirit:version>
  <spirit:fileSets>
    <spirit:fileSet>
      <spirit:name>xilinx_verilogsynthesis_view_fileset</spirit:name>
{files}
    </spirit:fileSet>
  </spirit:fileSets>
  <spirit:vendorExtensions>
    <xilinx:coreExtensions>
      <xilinx:definitionSource>HLS</xilinx:definitionSource>
      <xilinx:coreRevision>{revision}</xilinx:coreRevision>
      <xilinx:coreCreationDateTime>{created}</xilinx:coreCreationDateTime>{tags}
    </xilinx:coreExtensions>
    <xilinx:packagingInfo>
      <xilinx:xilinxVersion>2025.1.1</xilinx:xilinxVersion>
      <xilinx:checksum xilinx:scope="fileGroups" xilinx:value="11afd938"/>
    </xilinx:packagingInfo>
  </spirit:vendorExtensions>
</spirit:component>
"""
TAGS = """
      <xilinx:tags>
        <xilinx:tag xilinx:name="ui.data.coregen.dd@12b5_ARCHIVE_LOCATION">{root}/ip</xilinx:tag>
      </xilinx:tags>"""
HDL = {
    "hdl/verilog/scale.v": b"module scale;\nendmodule\n",
    "hdl/verilog/scale_mul.v": b"module scale_mul;\nendmodule\n",
    "misc/logo.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
}


@dataclass(frozen=True)
class Export:
    """One export of one IP: what is in it, and when and where it was made."""

    files: dict[str, bytes] = field(default_factory=lambda: dict(HDL))
    root: str = "/home/ada/build/hls"
    revision: str = "2114476632"
    created: str = "2026-02-12T04:12:46Z"
    time: tuple[int, int, int, int, int, int] = (2026, 2, 12, 4, 12, 46)
    tags: bool = False
    backwards: bool = False
    method: int = zipfile.ZIP_DEFLATED
    mode: int = 0o644
    left: dict[str, bytes] = field(default_factory=dict)  # beside what component.xml lists
    folder: str = ""

    def component(self) -> bytes:
        files = "\n".join(
            f"      <spirit:file><spirit:name>{name}</spirit:name></spirit:file>"
            for name in self.files
        )
        tags = TAGS.format(root=self.root) if self.tags else ""
        return COMPONENT.format(
            files=files, revision=self.revision, created=self.created, tags=tags
        ).encode()

    def write(self, path: Path) -> Path:
        members = {"component.xml": self.component(), **self.files, **self.left}
        names = sorted(members, reverse=self.backwards)
        with zipfile.ZipFile(path, "w", self.method) as archive:
            for name in names:
                info = zipfile.ZipInfo(self.folder + name, self.time)
                info.compress_type = self.method
                info.external_attr = (stat.S_IFREG | self.mode) << 16
                data = members[name].replace(b"@ROOT@", self.root.encode())
                archive.writestr(info, data)
        return path


FIRST = Export(
    files={**HDL, "drivers/scale_v1_0/data/scale.mdd": b"# made in @ROOT@/ip\nOPTION x;\n"}
)
LATER = replace(
    FIRST,
    root="/scratch/7/other place/hls",
    revision="2201251806",
    created="2027-11-30T23:59:59Z",
    time=(2027, 11, 30, 23, 59, 58),
    tags=True,
    backwards=True,
    method=zipfile.ZIP_STORED,
    mode=0o600,
    left={
        "run_ippack.tcl": b'set ip_out_dir "@ROOT@/ip"\n',
        "vivado.log": b"# Start of session at: Tue Nov 30\n",
        "vivado_4711.backup.jou": b"# Log file: @ROOT@\n",
        ".Xil/pid": b"4711\n",
    },
)


def made(export: Export, tmp_path: Path, name: str = "export.zip") -> Path:
    return export.write(tmp_path / name)


def form(export: Export, tmp_path: Path, *, name: str = "export.zip", vlnv: str = "") -> bytes:
    """The canonical bytes of an export."""
    out = tmp_path / f"canonical-{name}"
    canonical(made(export, tmp_path, name), out, root=Path(export.root), vlnv=vlnv)
    return out.read_bytes()


def test_two_exports_at_other_times_in_other_places_give_the_same_bytes(tmp_path: Path) -> None:
    assert form(FIRST, tmp_path, name="a.zip") == form(LATER, tmp_path, name="b.zip")


@pytest.mark.parametrize("name", sorted(HDL))
def test_a_changed_file_gives_other_bytes(name: str, tmp_path: Path) -> None:
    changed = replace(FIRST, files={**FIRST.files, name: HDL[name] + b"// more\n"})
    assert form(FIRST, tmp_path) != form(changed, tmp_path)


def test_a_renamed_file_gives_other_bytes(tmp_path: Path) -> None:
    files = {name.replace("_mul", "_mac"): data for name, data in FIRST.files.items()}
    assert form(FIRST, tmp_path) != form(replace(FIRST, files=files), tmp_path)


def test_hdl_is_kept_to_the_byte_and_only_revision_and_time_of_the_component_change(
    tmp_path: Path,
) -> None:
    archive = zipfile.ZipFile(io.BytesIO(form(FIRST, tmp_path)))
    assert archive.testzip() is None
    assert set(archive.namelist()) == {"component.xml", *FIRST.files}
    for name, data in HDL.items():
        assert archive.read(name) == data
    assert archive.read("drivers/scale_v1_0/data/scale.mdd") == b"# made in ./ip\nOPTION x;\n"
    expected = FIRST.component().replace(b">2114476632<", b">1<")
    expected = expected.replace(b">2026-02-12T04:12:46Z<", b">1980-01-01T00:00:00Z<")
    assert archive.read("component.xml") == expected


def test_the_digest_is_that_of_the_file_and_again_is_the_same(tmp_path: Path) -> None:
    import hashlib

    out = tmp_path / "new" / "folder" / "scale.zip"
    digest = canonical(made(FIRST, tmp_path), out)
    assert digest == hashlib.sha256(out.read_bytes()).hexdigest()
    assert canonical(out, tmp_path / "again.zip") == digest
    assert [path.name for path in out.parent.iterdir()] == ["scale.zip"]


def test_members_are_stored_sorted_with_one_time_and_mode(tmp_path: Path) -> None:
    infos = zipfile.ZipFile(io.BytesIO(form(LATER, tmp_path))).infolist()
    assert [info.filename for info in infos] == sorted(info.filename for info in infos)
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert {info.external_attr >> 16 for info in infos} == {stat.S_IFREG | 0o644}
    assert {info.compress_type for info in infos} == {zipfile.ZIP_STORED}


def test_an_xo_with_its_ip_in_a_folder_is_canonical_as_well(tmp_path: Path) -> None:
    def xo(export: Export, project: str) -> Export:
        xml = f'<root ProjectID="{project}"><SourceLocation>@ROOT@/a.cpp</SourceLocation></root>'
        return replace(export, folder="ip_repo/lab_hls_scale_1_0/", left={"xo.xml": xml.encode()})

    first, later = xo(FIRST, "0" * 31 + "a"), xo(replace(LATER, left={}), "f" * 32)
    found = form(first, tmp_path, name="a.xo")
    assert found == form(later, tmp_path, name="b.xo")
    xml = zipfile.ZipFile(io.BytesIO(found)).read("ip_repo/lab_hls_scale_1_0/xo.xml")
    assert xml == b'<root ProjectID="%s"><SourceLocation>./a.cpp</SourceLocation></root>' % (
        b"0" * 32
    )


def test_a_path_that_only_begins_or_ends_like_the_folder_stays(tmp_path: Path) -> None:
    text = b"@ROOT@2/x /mnt@ROOT@/y @ROOT@.old\n"
    export = replace(FIRST, files={**HDL, "doc/ReleaseNotes.txt": text})
    archive = zipfile.ZipFile(io.BytesIO(form(export, tmp_path)))
    root = export.root.encode()
    assert archive.read("doc/ReleaseNotes.txt") == text.replace(b"@ROOT@", root)


def test_a_log_that_the_component_lists_stays(tmp_path: Path) -> None:
    export = replace(FIRST, files={**HDL, "doc/change.log": b"1.0.0: first\n"})
    assert "doc/change.log" in zipfile.ZipFile(io.BytesIO(form(export, tmp_path))).namelist()


# ------------------------------------------------------------------------------------ refused


def refused(path: Path, tmp_path: Path, vlnv: str = "") -> str:
    out = tmp_path / "out" / "ip.zip"
    with pytest.raises(ReportError) as caught:
        canonical(path, out, vlnv=vlnv)
    assert not out.parent.exists()  # nothing half-done
    return str(caught.value)


def with_member(tmp_path: Path, name: str, data: bytes = b"", mode: int = stat.S_IFREG) -> Path:
    path = made(FIRST, tmp_path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system = 3
        info.external_attr = (mode | 0o644) << 16
        archive.writestr(info, data)
    return path


@pytest.mark.parametrize(
    "name", ["../evil.v", "hdl/../../evil.v", "/etc/evil", "..\\evil.v", "C:/evil.v", "hdl\\evil.v"]
)
def test_a_member_that_leads_elsewhere_is_refused(name: str, tmp_path: Path) -> None:
    assert "is not touched" in refused(with_member(tmp_path, name, b"x"), tmp_path)


@pytest.mark.parametrize(
    ("mode", "told"), [(stat.S_IFLNK, "symbolic link"), (stat.S_IFCHR, "no file but c")]
)
def test_links_and_devices_are_refused(mode: int, told: str, tmp_path: Path) -> None:
    assert told in refused(with_member(tmp_path, "hdl/x.v", b"/etc/passwd", mode), tmp_path)


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        path = with_member(tmp_path, "hdl/verilog/scale.v", b"module other;\n")
    assert "a second file of that name" in refused(path, tmp_path)


def test_a_bomb_is_refused_unread(tmp_path: Path) -> None:
    path = with_member(tmp_path, "hdl/bomb.v", bytes(40 << 20))
    assert "40 MiB from" in refused(path, tmp_path)


def test_too_many_bytes_are_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert export.WHOLE == 512 << 20
    monkeypatch.setattr(export, "WHOLE", 1 << 20)  # or this test would write 512 MiB
    path = made(FIRST, tmp_path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        for at in range(3):
            archive.writestr(f"hdl/{at}.v", bytes(400 << 10))
    assert "this archive is too large" in refused(path, tmp_path)


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
    ],
)
def test_a_component_with_entities_is_refused(head: str, tmp_path: Path) -> None:
    path = tmp_path / "ip.zip"
    text = FIRST.component().decode().replace("<spirit:component", f"{head}<spirit:component", 1)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("component.xml", text)
    assert "cannot be trusted" in refused(path, tmp_path)


def test_an_ip_that_lacks_a_file_it_lists_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ip.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("component.xml", FIRST.component())
        archive.writestr("misc/logo.png", b"")
    text = refused(path, tmp_path)
    assert "this IP is not whole" in text
    assert "3 are not: drivers/scale_v1_0/data/scale.mdd, hdl/verilog/scale.v" in text


def test_an_ip_of_another_name_is_refused(tmp_path: Path) -> None:
    path = made(FIRST, tmp_path)
    assert canonical(path, tmp_path / "good.zip", vlnv="lab:hls:scale:1.0")
    text = refused(path, tmp_path, vlnv="bitwright:hls:ffn:1.0")
    assert "expected  bitwright:hls:ffn:1.0" in text
    assert "found     lab:hls:scale:1.0" in text


def test_an_ip_may_bring_parts_that_are_ips_themselves(tmp_path: Path) -> None:
    part = FIRST.component().replace(b">scale<", b">multiplier<")
    files = {f"hdl/ip/{name}": data for name, data in FIRST.files.items()}
    whole = replace(FIRST, left={"hdl/ip/component.xml": part, **files})
    assert form(whole, tmp_path, vlnv="lab:hls:scale:1.0")
    archive = zipfile.ZipFile(io.BytesIO(form(whole, tmp_path)))
    assert b"coreRevision>1<" in archive.read("hdl/ip/component.xml")


def test_other_xml_is_no_component(tmp_path: Path) -> None:
    path = tmp_path / "ip.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("component.xml", "<root/>")
    assert "expected  <component>" in refused(path, tmp_path)


def test_an_archive_without_a_component_is_no_ip(tmp_path: Path) -> None:
    path = tmp_path / "rtl.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hdl/scale.v", b"")
    assert "this is no IP" in refused(path, tmp_path)


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06", b"no archive at all"])
def test_what_is_no_archive_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    assert "archive is broken" in refused(path, tmp_path)


@given(st.data())
def test_a_damaged_archive_is_refused_or_read(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("zip")
    whole = bytearray(made(FIRST, folder).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    path = folder / "damaged.zip"
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    with suppress(ReportError):
        canonical(path, folder / "out.zip")


# -------------------------------------------------------------------------------- real components

COMPONENTS = real.FOLDER.parent / "ip" / "component_xml"
FROM_HLS = sorted(  # some have a line of their owners before the XML declaration: no XML any more
    path.name
    for path in COMPONENTS.glob("*.xml")
    if (text := path.read_text()).startswith("<?xml") and "definitionSource>HLS<" in text
)


@pytest.mark.skipif(not FROM_HLS, reason=f"no real component.xml in {COMPONENTS}")
@pytest.mark.parametrize("name", FROM_HLS)
def test_a_real_component_changes_in_revision_and_time_alone(name: str, tmp_path: Path) -> None:
    text = (COMPONENTS / name).read_bytes()
    root = ElementTree.fromstring(text)
    spirit = root.tag.removesuffix("component")
    files = {
        each.findtext(f"{spirit}name") or "": b"// stands for a file of the tool\n"
        for each in root.iter(f"{spirit}file")
    }
    path, out = tmp_path / "export.zip", tmp_path / "out.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for member, data in {"component.xml": text, **files}.items():
            archive.writestr(member, data)
    canonical(path, out)
    found = zipfile.ZipFile(out).read("component.xml").splitlines()
    changed = [(a, b) for a, b in zip(text.splitlines(), found, strict=True) if a != b]
    assert [b.strip() for _, b in changed] == [
        b"<xilinx:coreRevision>1</xilinx:coreRevision>",
        b"<xilinx:coreCreationDateTime>1980-01-01T00:00:00Z</xilinx:coreCreationDateTime>",
    ]
