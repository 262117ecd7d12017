"""Frames: whatever befalls the file, the whole records before it are read, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from harness.journal._frames import framed, read_frames

RECORDS = st.lists(st.binary(max_size=40), min_size=1, max_size=5)


def ends(records: list[bytes]) -> list[int]:
    """Where each record's frame ends."""
    return [sum(len(framed(each)) for each in records[: n + 1]) for n in range(len(records))]


@given(RECORDS, st.integers(0, 300))
def test_a_torn_end_is_dropped(records: list[bytes], cut: int) -> None:
    data = b"".join(map(framed, records))[:cut]

    read = read_frames(data)

    whole = [end for end in ends(records) if end <= len(data)]
    assert read.records == records[: len(whole)]
    assert (read.end, read.damage) == (whole[-1] if whole else 0, None)


@given(RECORDS, st.integers(1, 200))
def test_an_end_of_zeros_is_a_torn_end(records: list[bytes], zeros: int) -> None:
    data = b"".join(map(framed, records))

    read = read_frames(data + bytes(zeros))

    assert (read.records, read.end, read.damage) == (records, len(data), None)


@given(RECORDS, st.data())
def test_a_flipped_bit_is_told_and_what_stands_before_it_is_kept(
    records: list[bytes], data: st.DataObject
) -> None:
    whole = b"".join(map(framed, records))
    at = data.draw(st.integers(0, len(whole) - 1))
    bit = data.draw(st.integers(0, 7))
    flipped = whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :]

    read = read_frames(flipped)

    before = [end for end in ends(records) if end <= at]
    assert read.records == records[: len(before)]
    assert read.damage == (before[-1] if before else 0)
