"""What this process's matrix products run with, and how fast: the library from /proc/self/maps, what it says of itself, and the GFLOP/s of
a float32 product of 128 x 784 and 784 x 256, the best of many. On as many threads as the measured part had."""
import ctypes
import os
import re
import time

ROWS, INNER, COLUMNS, SECONDS = 128, 784, 256, 0.2


def best(multiply, seconds=SECONDS):
    """The least time of one call, in seconds."""
    least, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        multiply()
        least = min(least, time.perf_counter() - began)
    return least


def mapped():
    """The files that are mapped into this process."""
    with open("/proc/self/maps", encoding="utf-8") as maps:
        columns = [line.split(None, 5) for line in maps]
    return sorted({os.path.realpath(c[5].strip()) for c in columns if len(c) == 6 and c[5].startswith("/")})


class Symbol(ctypes.Structure):  # Dl_info, dladdr(3)
    _fields_ = [("file", ctypes.c_char_p), ("base", ctypes.c_void_p), ("name", ctypes.c_char_p), ("address", ctypes.c_void_p)]


def provider(file):
    """The file in which sgemm_ lies for whoever is linked with this one."""
    product, found = ctypes.CDLL(file).sgemm_, Symbol()
    ctypes.CDLL(None).dladdr(ctypes.cast(product, ctypes.c_void_p), ctypes.byref(found))
    return os.path.realpath(found.file.decode())


def blas():
    """The BLAS' file and version. A libblas.so.3 may be the reference BLAS while another library is mapped for somebody else, or
    a door to OpenBLAS, in whose folder it lies then."""
    files = mapped()
    for door in (f for f in files if os.path.basename(f).startswith("libblas.so")):
        file = provider(door)
        if not re.search("openblas|mkl|blis|atlas", file):
            return file, os.path.basename(file)
    for name in ("lib\\w*openblas", "libmkl_(core|rt)", "libblis", "lib\\w*atlas", "libblas", "libcblas"):
        for file in files:
            if re.match(rf"{name}.*\.so", os.path.basename(file)):
                return file, version(file)
    return "no BLAS is mapped", ""


def version(file):
    library = ctypes.CDLL(file)
    for name in ("openblas_get_config", "openblas_get_config64_", "scipy_openblas_get_config", "scipy_openblas_get_config64_"):
        if hasattr(library, name):
            config = getattr(library, name)
            config.restype = ctypes.c_char_p
            return config().decode()
    return os.path.basename(file)


def of_torch():
    import torch

    a, b = torch.rand(ROWS, INNER), torch.rand(INNER, COLUMNS)
    rate = 2e-9 * ROWS * INNER * COLUMNS / best(lambda: torch.mm(a, b))
    built = re.search(r"BLAS_INFO=(\w+)", torch.__config__.show())
    if built and built.group(1) == "mkl":  # a part of libtorch itself
        file = next(f for f in mapped() if os.path.basename(f).startswith("libtorch_cpu"))
        return {"library": file, "version": f"PyTorch {torch.__version__} with MKL", "gflops": rate}
    file, said = blas()
    return {"library": file, "version": f"{said}; PyTorch {torch.__version__}", "gflops": rate}


def of_numpy():
    import numpy

    random = numpy.random.default_rng(1)
    a, b = random.random((ROWS, INNER), "f4"), random.random((INNER, COLUMNS), "f4")
    rate = 2e-9 * ROWS * INNER * COLUMNS / best(lambda: a @ b)
    file, said = blas()
    return {"library": file, "version": f"{said}; numpy {numpy.__version__}", "gflops": rate}
