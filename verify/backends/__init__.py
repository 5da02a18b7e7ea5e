"""Array libraries, each behind the same small interface; a library is imported only when its backend is opened."""

from __future__ import annotations

from importlib import import_module

from verify.backends.base import Backend, BackendError, DeviceError, DtypeError, LibraryError

NAMES = ("numpy", "torch", "jax")
DEVICES = ("cpu", "cuda")
DTYPES = ("float64", "float32", "bfloat16")


def find(name: str, device: str = "cpu", dtype: str = "float64") -> Backend:
    """The backend `name` on a device, computing in `dtype`.

    Raises:
        LibraryError: the backend is unknown, or its library is not installed (names the extra that brings it).
        DeviceError: the device is unknown, or not there.
        DtypeError: the dtype is none of those above, or NumPy does not have it.
    """
    if name not in NAMES:
        raise LibraryError(f"there is no backend '{name}'; use {', '.join(NAMES)}")
    if device not in DEVICES:
        raise DeviceError(f"there is no device '{device}'; use {', '.join(DEVICES)} or auto")
    if dtype not in DTYPES:
        raise DtypeError(f"there is no dtype '{dtype}'; use {', '.join(DTYPES)}")
    if name == "numpy" and dtype == "bfloat16":
        raise DtypeError("numpy has no bfloat16; use torch or jax")
    try:
        module = import_module(f"verify.backends.{name}_backend")
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] == "verify":
            raise
        raise LibraryError(f"{error.name} is not installed: pip install 'derive[verify]'") from error
    return module.open_backend(device, dtype)


__all__ = ["DEVICES", "DTYPES", "NAMES", "Backend", "BackendError", "DeviceError", "DtypeError", "LibraryError", "find"]
