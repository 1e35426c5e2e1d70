"""Reads files with numpy, pyarrow or safetensors, and prints what they are as lines of JSON.

Usage: python3 reference.py FORMAT FOLDER NAMES, where FOLDER holds files named 0, 1, 2, ..., and
NAMES is a JSON file of the names of arrays to read in each.
"""

import base64
import json
import os
import signal
import sys


def read_npy(path, _names):
    import numpy

    with open(path, "rb") as file:
        return {"": numpy.lib.format.read_array(file, allow_pickle=False)}


def read_npz(path, _names):
    import numpy

    with numpy.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files if name + ".npy" in file.zip.namelist()}


def read_safetensors(path, _names):
    import numpy
    from safetensors import safe_open

    arrays = {}
    with safe_open(path, framework="numpy") as file:
        for name in file.keys():
            arrays[name] = numpy.asarray(file.get_tensor(name))
    return arrays


def read_parquet(path, names):
    import numpy
    import pyarrow.parquet

    table = pyarrow.parquet.ParquetFile(path).read(columns=names, use_threads=False)
    table.validate(full=True)
    arrays = {}
    for name, column in zip(table.column_names, table.columns):
        if name in arrays:
            raise ValueError("two columns of one name")
        values = column.to_pylist()
        if any(value is None for value in values):
            arrays[name] = None
            continue
        try:
            arrays[name] = numpy.asarray(values, dtype=numpy.float64)
        except (TypeError, ValueError):
            arrays[name] = None
    return arrays


def main():
    import numpy

    read = globals()["read_" + sys.argv[1]]
    folder = sys.argv[2]
    with open(sys.argv[3], encoding="utf-8") as file:
        names_of = json.load(file)
    for name in sorted(os.listdir(folder), key=int):
        signal.alarm(20)
        try:
            found = {}
            for key, array in read(os.path.join(folder, name), names_of[name]).items():
                if array is None or array.dtype.kind not in "biuf":
                    found[key] = None
                    continue
                values = numpy.ascontiguousarray(array.astype(numpy.float64))
                found[key] = {
                    "shape": list(array.shape),
                    "values": base64.b64encode(values.tobytes()).decode(),
                }
            line = {"arrays": found}
        except BaseException as error:  # pyarrow and safetensors raise errors of many kinds.
            line = {"refused": f"{type(error).__name__}: {error}"[:300]}
        signal.alarm(0)
        print(json.dumps({"file": int(name), **line}), flush=True)


def stop(_signal, _frame):
    raise TimeoutError("it took longer than 20 s")


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, stop)
    main()
