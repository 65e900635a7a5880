"""The same tune is found in another key, tempo and set; different music is not."""

from training.corpora.dedupe import fingerprint, gram_hashes, joined, linked, unique_bars
from training.corpora.model import Chord, Note, Part, Piece

from songwright.seeds import rng


def melody(name: str, notes: int = 60) -> list[Note]:
    """A random walk in eighths, quarters and dotted notes."""
    draw = rng(7, "melody", name)
    made, tick, pitch = [], 0, 67
    for _ in range(notes):
        length = int(draw.choice([240, 240, 480, 720]))
        made.append(Note(tick, length, pitch))
        tick += length
        pitch += int(draw.choice([-7, -4, -3, -2, -1, 1, 2, 3, 5, 7]))
    return made


def piece(id_: str, *parts: Part, **changes) -> Piece:
    fields = {
        "source": id_.partition("/")[0], "family": "folk_dance", "numerator": 4, "denominator": 4,
        "bars": 16, "tonic_pc": 0, "minor": False, "tempo_bpm": 100.0, **changes,
    }  # fmt: skip
    return Piece(id=id_, parts=parts, **fields)


def lead(notes) -> Part:
    return Part("lead", 0, tuple(notes))


def pairs(*pieces: Piece) -> set[tuple[str, str]]:
    return {(a, b) for a, b, _ in linked([fingerprint(p) for p in pieces])}


def test_a_tune_in_another_key_and_note_values_is_the_same():
    tune = melody("a")
    other = [Note(n.onset * 2, n.duration * 2, n.pitch + 5) for n in tune]
    assert gram_hashes(tune).tolist() == gram_hashes(other).tolist()
    assert pairs(piece("x/1", lead(tune)), piece("y/1", lead(other))) == {("x/1", "y/1")}


def test_a_tune_is_found_with_an_accompaniment_and_a_few_changes():
    tune = melody("a")
    varied = [Note(n.onset, n.duration, n.pitch + (1 if i % 23 == 5 else 0)) for i, n in
              enumerate(tune)]  # fmt: skip
    bass = Part("bass", 32, tuple(Note(t, 480, 40) for t in range(0, 8000, 480)))
    assert pairs(piece("x/1", lead(tune)), piece("y/1", lead(varied), bass))


def test_different_tunes_and_common_figures_are_not_linked():
    scale = [Note(240 * i, 240, 60 + p) for i, p in enumerate([0, 2, 4, 5, 7, 9, 11, 12] * 8)]
    repeated = [Note(240 * i, 240, 60) for i in range(64)]
    assert len(gram_hashes(repeated)) == 0
    assert not pairs(
        piece("x/1", lead(melody("a"))), piece("y/1", lead(melody("b"))),
        piece("x/2", lead(repeated)), piece("y/2", lead(repeated)), piece("y/3", lead(scale)),
    )  # fmt: skip


def test_movements_of_one_file_are_not_compared():
    tune = melody("a")
    assert not pairs(piece("x/1#1", lead(tune)), piece("x/1#2", lead(tune)))


def test_grooves_and_charts_are_the_same_only_as_a_whole():
    beat = [Note(t, 120, 36 if t % 960 == 0 else 42, 90, t % 7) for t in range(0, 7680, 240)]
    louder = [Note(n.onset, 120, n.pitch, 70, -3) for n in beat]
    drums = [piece(f"x/{i}", Part("drums", 0, tuple(b))) for i, b in
             enumerate([beat, louder, [*beat, Note(7680, 120, 38)]])]  # fmt: skip
    assert pairs(*drums) == {("x/0", "x/1")}

    def chart(id_: str, tonic: int, last: int) -> Piece:
        roots = [0, 9, 5, 7, 2, 7] * 5 + [last]
        chords = tuple(
            Chord(1920 * i, 1920, (r + tonic) % 12, "min" if r in (9, 2) else "maj")
            for i, r in enumerate(roots)
        )
        return piece(id_, chords=chords, tonic_pc=tonic)

    assert pairs(chart("x/1", 0, 0), chart("y/1", 3, 0), chart("y/2", 3, 4)) == {("x/1", "y/1")}


def test_short_progressions_are_common_property_except_in_loops():
    four = (Chord(0, 1920, 0, "maj"), Chord(1920, 1920, 7, "maj"))
    songs = [piece(f"{s}/1", chords=four, family="pop_rock_song") for s in "xy"]
    loops = [piece(f"{s}/1", chords=four, family="mood_loop") for s in "xy"]
    assert not pairs(*songs)
    assert pairs(*loops) == {("x/1", "y/1")}


def test_links_join_groups_through_third_ones():
    names = joined(["a", "b", "c", "d"], [("d", "b"), ("b", "c")])
    assert names == {"a": "a", "b": "b", "c": "b", "d": "b"}


def test_repeated_bars_count_once():
    bar = [Note(0, 480, 60, 80), Note(960, 480, 64, 90)]
    notes = [
        Note(n.onset + 1920 * b, n.duration, n.pitch, 60 + b, b) for b in range(4) for n in bar
    ]
    notes += [Note(4 * 1920, 480, 60)]
    assert unique_bars(piece("x/1", lead(notes), bars=6)) == (0, 4, 5)


def test_a_chord_over_the_bar_line_belongs_to_both_bars():
    chords = (Chord(0, 3840, 0, "maj"), Chord(3840, 1920, 0, "min"))
    assert unique_bars(piece("x/1", chords=chords, bars=3)) == (0, 2)
